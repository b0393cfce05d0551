//! What earlier rounds have written: no student gets a letter twice, and none is heard after the decision.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::super::letter_files;
use crate::base::{Day, counted};
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::letters::{self, Batch, LETTERS, Selection, draft_file};
use crate::output::RunRecord;
use crate::verdicts::{DraftKind, LetterKind, Paper};

/// The files of one round of letters.
pub struct Earlier {
    pub folder: PathBuf,
    pub on: Day,
    /// As printed.
    pub written: BTreeSet<String>,
    /// And those that were written by hand.
    pub papers: BTreeSet<String>,
}

impl Earlier {
    /// How many of the papers of a batch were written here, under the date of this round.
    fn written_again(&self, batch: &Batch) -> Result<usize, Diagnostics> {
        Ok(self.written.intersection(&letters::file_names(batch, self.on)?).count())
    }
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
        match RunRecord::read_as_input(&folder) {
            Ok((record, _)) if record.worklist.is_some() => {
                let papers = letter_files::papers(&record);
                let written = record.outputs.into_iter().map(|output| output.path).collect();
                earlier.push(Earlier { folder, on: record.dates.inspection_date, written, papers });
            }
            Err(_)
                if bears_the_name
                    || RunRecord::read(&folder).is_ok_and(|record| record.worklist.is_some()) =>
            {
                let message = "which letters were written here cannot be told: there is no run.json to be read, or not the sealed one";
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

/// Refuses what was written already, in whatever run of the same date, and anything more about a start check that
/// is decided.
pub fn refuse(earlier: &[Earlier], batch: &Batch, selection: &Selection) -> Result<(), Diagnostics> {
    let mut problems = Diagnostics::default();
    let inspection = batch.cutoffs.inspection_date;
    for round in earlier {
        let mut refuse = |message: String, hint: &str| {
            let place = Place::file(round.folder.display().to_string());
            problems.push(Diagnostic::input(place, message).hint(hint));
        };
        let both = round.written_again(batch)?;
        if both > 0 && round.on == inspection {
            let were = counted(both, "of the approved papers was", "of the approved papers were");
            refuse(
                format!("{were} written here before"),
                "set them to hold in the worklist, or give --again to write them once more",
            );
        }
        let mut refuse_decided = |what: Paper, enrolments: Vec<&str>| {
            let decision = DraftKind::StartCheckDecision.code();
            let is_decided = |id: &&str| round.papers.contains(&draft_file(round.on, id, decision));
            let decided: Vec<&str> = enrolments.into_iter().filter(is_decided).collect();
            if !decided.is_empty() {
                let ids = decided.join(", ");
                refuse(
                    format!("{} is approved, and a decision was drafted here: {ids}", what.code()),
                    "set it to hold in the worklist, or give --again when the decision was not sent",
                );
            }
        };
        let heard = selection.letters.iter().filter(|(_, kind)| *kind == LetterKind::StartCheckHearing);
        refuse_decided(
            Paper::Letter(LetterKind::StartCheckHearing),
            heard.map(|(id, _)| id.as_str()).collect(),
        );
        if round.on != inspection {
            let drafts = selection.drafts.iter();
            let decided = drafts.filter(|draft| draft.kind() == DraftKind::StartCheckDecision);
            let ids = decided.map(|draft| draft.entry().who.enrolment.enrolment_id.as_str()).collect();
            refuse_decided(Paper::Draft(DraftKind::StartCheckDecision), ids);
        }
    }
    problems.into_result(())
}

/// What was written in inspections of other dates: the same letter or draft to the same enrolment. And what was
/// written on the same date by a run of other exports, and would not be written by this one.
pub fn notes(earlier: &[Earlier], batch: &Batch) -> Result<String, Diagnostics> {
    let inspection = batch.cutoffs.inspection_date;
    let due = letters::file_names(&Batch { only: None, ..*batch }, inspection)?;
    let mut text = String::new();
    for round in earlier {
        let folder = round.folder.display();
        if round.on == inspection {
            let letters = round.written.iter().filter(|file| file.starts_with(LETTERS));
            let undue = letters.filter(|file| !due.contains(*file)).count();
            if undue > 0 {
                let were = counted(undue, "letter was", "letters were");
                text.push_str(&format!("{were} written before that this run does not call for ({folder})\n"));
            }
        } else {
            let both = round.written_again(batch)?;
            if both > 0 {
                let were = counted(both, "of these papers was", "of these papers were");
                text.push_str(&format!("{were} also written on {} ({folder})\n", round.on));
            }
        }
    }
    Ok(text)
}
