//! Exports that hold less than those of the previous run.
//!
//! A truncated export is well formed row by row: nothing in it shows what is missing. Beside an
//! earlier run it shows: tables that only ever grow have fewer rows, or keys that were inspected are
//! gone. A drop above both limits stops the run before anything is decided.

use std::collections::BTreeSet;

use super::PreviousRun;
use crate::base::counted;
use crate::contract::Table;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::ingest::{FileReport, Ingested};
use crate::pipeline::Pipeline;

/// Registrations, applications and cards leave the exports when they are past; everything else is
/// history, and history does not shrink.
const fn only_grows(table: Table) -> bool {
    !matches!(table, Table::ExamRegistrations | Table::ExtraPortionClaims | Table::YouthCards)
}

pub fn check(previous: &PreviousRun, ingested: &Ingested, pipeline: &Pipeline) -> Diagnostics {
    let mut problems = Diagnostics::default();
    let limits = pipeline.limits;
    let date = previous.inspection_date;
    let file = |table: Table| ingested.files.iter().find(|file| file.table == table);
    let share = limits.shrink_share_basis_points;
    let rows = counted(limits.reject_rows, "row", "rows");
    let allowed = format!("{}.{:02} % and {rows}", share / 100, share % 100);
    let mut problem = |table: Table, message: String| {
        let path = file(table).map_or_else(|| pipeline.input.display().to_string(), |file| file.path.clone());
        problems.push(Diagnostic::input(Place::file(path), format!("{message} (limits: {allowed})")).hint(
            "export the whole table again; if so much is really gone, raise shrink_share_percent \
                 under [limits]",
        ));
    };

    for table in Table::ALL.into_iter().filter(|table| only_grows(*table)) {
        let of_table = previous.inputs.iter().filter(|input| input.table == table.name());
        let before: u64 = of_table.map(|input| input.rows_read).sum();
        let now = file(table).map_or(0, |file| file.rows_read);
        if limits.shrunk(before, before.saturating_sub(now)) {
            problem(
                table,
                format!("{table} has {}, and had {before} in the run of {date}", counted(now, "row", "rows")),
            );
        }
    }

    let exports = &ingested.exports;
    let enrolments: BTreeSet<&str> = exports.enrolments.iter().map(|row| row.enrolment_id.as_str()).collect();
    let courses: BTreeSet<&str> = exports.catalogue.courses.iter().map(|row| row.code.as_str()).collect();
    let programmes: BTreeSet<&str> = exports.programmes.iter().map(|row| row.code.as_str()).collect();
    let ids: Vec<&str> = previous.verdicts.iter().map(|(id, _)| id.as_str()).collect();
    let taken: Vec<&str> = previous.courses.iter().map(String::as_str).collect();
    let offered: Vec<&str> = previous.programmes.iter().map(String::as_str).collect();
    let keys = [
        (Table::Enrolments, ids, enrolments, "enrolments inspected"),
        (Table::Courses, taken, courses, "courses with attempts"),
        (Table::Programmes, offered, programmes, "programmes"),
    ];
    for (table, before, now, what) in keys {
        let gone = before.iter().filter(|key| !now.contains(*key)).count();
        if limits.shrunk(before.len() as u64, gone as u64) {
            let all = before.len();
            problem(
                table,
                format!("{gone} of {all} {what} in the run of {date} are not in {table} any more"),
            );
        }
    }
    problems
}

/// Rows up to which a file may honestly be that of the term before. Catalogues change when they are revised; of
/// the register, results, registrations and payments none stays as it was; of leaves, grants and the like a small
/// university may have no new one, and a large one has.
const fn may_stay(table: Table) -> u64 {
    match table {
        Table::Programmes | Table::Courses | Table::CourseEquivalences => u64::MAX,
        Table::Enrolments | Table::Results | Table::ExamRegistrations | Table::SuPayments => 0,
        _ => 100,
    }
}

/// Ids that a notice names.
const NAMED: usize = 5;

/// What is to be told of exports that are not refused: enrolments that are gone, and files of a new term that
/// are those of the earlier one.
pub fn doubts(previous: &PreviousRun, ingested: &Ingested) -> Vec<(Table, String)> {
    let mut notices = Vec::new();
    let date = previous.inspection_date;
    let enrolments: BTreeSet<&str> =
        ingested.exports.enrolments.iter().map(|row| row.enrolment_id.as_str()).collect();
    let ids = previous.verdicts.iter().map(|(id, _)| id.as_str());
    let gone: Vec<&str> = ids.filter(|id| !enrolments.contains(id)).collect();
    if !gone.is_empty() {
        let more = if gone.len() > NAMED { ", ..." } else { "" };
        let message = format!(
            "{} in the run of {date} and not in this file any more: {}{more}",
            counted(gone.len(), "enrolment was inspected", "enrolments were inspected"),
            gone[..gone.len().min(NAMED)].join(", ")
        );
        notices.push((Table::Enrolments, message));
    }
    let is_same = |file: &&FileReport| {
        let before = previous.inputs.iter().find(|input| input.table == file.table.name());
        before.is_some_and(|before| before.sha256 == file.sha256) && file.rows_read > may_stay(file.table)
    };
    for file in ingested.files.iter().filter(is_same) {
        notices.push((file.table, format!("this is byte for byte the file of the run of {date}")));
    }
    notices
}
