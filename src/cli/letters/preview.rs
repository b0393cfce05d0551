//! `klip letters preview`: the letters due to one student, in a folder beside the run.

use std::collections::BTreeSet;
use std::path::Path;

use compact_str::CompactString;

use super::super::reread::nobody;
use super::super::{Exit, letter_files, terminal};
use super::{home_of, inspect};
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::engine::explain;
use crate::letters::{Batch, Press, Selection, Templates, print_one};
use crate::output;
use crate::verdicts::{InspectionRow, LetterKind, ReviewReason};

pub fn preview(
    run: &Path,
    id: &str,
    only: Option<LetterKind>,
    folder: Option<&Path>,
) -> Result<Exit, Diagnostics> {
    let inspected = inspect(run)?;
    let exports = &inspected.reread.ingested.exports;
    let found = explain::find(exports, id);
    if found.is_empty() {
        return Err(nobody(run).into());
    }
    let rows: Vec<&InspectionRow> = inspected
        .inspection
        .inspection
        .iter()
        .zip(&inspected.inspection.register_index)
        .filter(|(_, register)| found.contains(&(**register as usize)))
        .map(|(row, _)| row)
        .collect();
    let wanted = |kind: &LetterKind| only.is_none_or(|only| only == *kind);
    let due: BTreeSet<(CompactString, LetterKind)> = rows
        .iter()
        .flat_map(|row| row.letters.iter().map(|kind| (row.enrolment_id.clone(), *kind)))
        .filter(|(_, kind)| wanted(kind))
        .collect();
    if due.is_empty() {
        return Err(nothing_due(run, &rows, wanted).into());
    }
    let templates = Templates::load(&inspected.reread.pipeline.letters)?;
    let press = Press::new()?;
    let (pipeline, law) = (&inspected.reread.pipeline, &inspected.law);
    let batch = Batch {
        only: Some(Selection { letters: &due, drafts: &[] }),
        ..letter_files::batch(pipeline, exports, &inspected.inspection, law, &templates, &press)
    };
    let home = home_of(run)?.as_written.join("preview");
    let folder = folder.unwrap_or(&home);
    for (enrolment, kind) in &due {
        let (letter_id, pdf) = print_one(&batch, enrolment, *kind)?;
        let path = folder.join(format!("{letter_id}.pdf"));
        output::write_alone(&path, &pdf)?;
        terminal::print(&format!("{} to enrolment {enrolment}: {}", kind.code(), path.display()));
    }
    Ok(Exit::Done)
}

fn nothing_due(run: &Path, rows: &[&InspectionRow], wanted: impl Fn(&LetterKind) -> bool) -> Diagnostic {
    let held: Vec<&str> = rows
        .iter()
        .flat_map(|row| &row.letters_held)
        .filter(|kind| wanted(kind))
        .map(|kind| kind.code())
        .collect();
    let place = Place::file(run.display().to_string());
    if held.is_empty() {
        return Diagnostic::setup(place, "no such letter is due to this student")
            .hint("`klip explain RUN STUDENT` shows what was decided");
    }
    let reasons: BTreeSet<ReviewReason> = rows.iter().flat_map(|row| row.reviews.iter()).collect();
    let reasons: Vec<&str> = reasons.into_iter().map(ReviewReason::meaning).collect();
    let message = format!("no letter is written while the case waits for a person ({})", held.join(", "));
    Diagnostic::setup(place, message).hint(reasons.join("; "))
}
