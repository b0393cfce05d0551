//! What earlier rounds have written: no student gets a letter twice, and none is heard after the decision.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use compact_str::CompactString;

use crate::base::{Day, counted};
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::letters::{draft_file, letter_file};
use crate::output::RunRecord;
use crate::verdicts::{DraftKind, LetterKind};

/// Enrolment and kind of letter.
pub type Approved = BTreeSet<(CompactString, LetterKind)>;

/// The files of one round of letters.
pub struct Earlier {
    pub folder: PathBuf,
    pub on: Day,
    pub written: BTreeSet<String>,
}

/// Every round in these folders, whatever its own folder is called by now, and what cannot be told of others.
pub fn read(homes: &[&Path]) -> (Vec<Earlier>, Diagnostics) {
    let mut folders = BTreeMap::new();
    for home in homes {
        for entry in fs::read_dir(home).into_iter().flatten().flatten() {
            let folder = entry.path();
            let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
            if let Some(whole) = folder.canonicalize().ok().filter(|whole| !is_hidden && whole.is_dir()) {
                folders.insert(whole, folder);
            }
        }
    }
    let mut earlier = Vec::new();
    let mut problems = Diagnostics::default();
    for folder in folders.into_values() {
        let bears_the_name =
            folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with("letters_"));
        match RunRecord::read(&folder) {
            Ok(record) if record.worklist.is_some() => {
                let written = record.outputs.into_iter().map(|output| output.path).collect();
                earlier.push(Earlier { folder, on: record.dates.inspection_date, written });
            }
            Err(_) if bears_the_name => {
                let message =
                    "which letters were written here cannot be told: there is no run.json to be read";
                problems.push(
                    Diagnostic::input(Place::file(folder.display().to_string()), message)
                        .hint("put its run.json back or move the folder away, or give --again"),
                );
            }
            _ => {}
        }
    }
    (earlier, problems)
}

/// Refuses what was written already, in whatever run of the same date, and hearings about a start check that
/// is decided. `names` are the files that would be written.
pub fn refuse(earlier: &[Earlier], names: &BTreeSet<String>, approved: &Approved) -> Result<(), Diagnostics> {
    let mut problems = Diagnostics::default();
    for round in earlier {
        let mut refuse = |count: usize, message: String, hint: &str| {
            if count > 0 {
                let place = Place::file(round.folder.display().to_string());
                problems.push(Diagnostic::input(place, message).hint(hint));
            }
        };
        let both = round.written.intersection(names).count();
        refuse(
            both,
            format!(
                "{} written here before",
                counted(both, "of the approved letters was", "of the approved letters were")
            ),
            "set them to hold in the worklist, or give --again to write them once more",
        );
        let decision = DraftKind::StartCheckDecision.code();
        let decided = |(enrolment, kind): &&(CompactString, LetterKind)| {
            *kind == LetterKind::StartCheckHearing
                && round.written.contains(&draft_file(round.on, enrolment, decision))
        };
        let decided: Vec<&str> =
            approved.iter().filter(decided).map(|(enrolment, _)| enrolment.as_str()).collect();
        refuse(
            decided.len(),
            format!(
                "start_check_hearing is approved, and a decision was drafted here: {}",
                decided.join(", ")
            ),
            "set it to hold in the worklist, or give --again when the decision was not sent",
        );
    }
    problems.into_result(())
}

/// What was written in inspections of other dates: the same kind of letter to the same enrolment.
pub fn of_other_dates(earlier: &[Earlier], approved: &Approved, inspection: Day) -> String {
    let mut text = String::new();
    for round in earlier.iter().filter(|round| round.on != inspection) {
        let again = |(enrolment, kind): &&(CompactString, LetterKind)| {
            round.written.contains(&letter_file(round.on, enrolment, kind.code()))
        };
        let count = approved.iter().filter(again).count();
        if count > 0 {
            text.push_str(&format!(
                "{} also written on {} ({})\n",
                counted(count, "of these letters was", "of these letters were"),
                round.on,
                round.folder.display()
            ));
        }
    }
    text
}
