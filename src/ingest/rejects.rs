//! The problem of a file that lost more rows than a run may lose, causes before what follows from them.
//!
//! Where every course of the catalogue was rejected, every result names a course that nobody knows: that is no
//! problem of the results, and to mend it there would make it worse.

use std::collections::BTreeMap;

use super::reason::Reason;
use super::report::{FileReport, Format, RejectedRow};
use crate::base::counted;
use crate::contract::Table;
use crate::diagnostics::{Diagnostic, Place};
use crate::pipeline::Limits;

/// What became of the tables whose keys the others name.
pub struct LostKeys {
    tables: Vec<LostTable>,
}

struct LostTable {
    /// Of a row that names a key which is not there.
    unknown: Reason,
    /// The table has rows, and none was accepted.
    all: bool,
    /// How many rows are lost, and where the first is; for what follows from them.
    told: String,
}

impl LostKeys {
    pub fn of(files: &[FileReport], rejected: &[RejectedRow]) -> LostKeys {
        let keys = [
            (Table::Programmes, Reason::UnknownProgramme),
            (Table::Courses, Reason::UnknownCourse),
            (Table::Enrolments, Reason::UnknownEnrolment),
        ];
        let of_table = |(table, unknown): (Table, Reason)| {
            let lost = || rejected.iter().filter(|row| row.table == table && !row.repaired);
            let first = lost().filter(|row| row.reason != Reason::BlankLine).min_by_key(|row| row.line)?;
            let rows = counted(lost().count(), "row", "rows");
            let (file, line, reason) = (&first.file, first.line, first.reason.code());
            let report = files.iter().find(|report| report.table == table)?;
            let told = format!("{rows} of {file} rejected, first on line {line} ({reason}): mend them first");
            Some(LostTable { unknown, all: report.rows_accepted == 0, told })
        };
        LostKeys { tables: keys.into_iter().filter_map(of_table).collect() }
    }

    /// The table whose lost rows explain a reason.
    fn explaining(&self, reason: Reason) -> Option<&LostTable> {
        self.tables.iter().find(|table| table.unknown == reason)
    }

    /// Whether a row was rejected because not one row of another table was accepted.
    fn follows(&self, row: &RejectedRow) -> bool {
        self.explaining(row.reason).is_some_and(|table| table.all)
    }
}

pub fn too_many_rejects(
    report: &FileReport,
    rejected: &[RejectedRow],
    limits: Limits,
    keys: &LostKeys,
) -> Option<Diagnostic> {
    let lost = |row: &&RejectedRow| row.table == report.table && !row.repaired && !keys.follows(row);
    let followed = |row: &&RejectedRow| row.table == report.table && !row.repaired && keys.follows(row);
    let count = report.rows_rejected - rejected.iter().filter(followed).count() as u64;
    let none_allowed = report.table == Table::Programmes
        && rejected.iter().filter(lost).any(|row| row.reason != Reason::BlankLine);
    let all = count > 0 && count == report.rows_read;
    if !none_allowed && !limits.exceeded(report.rows_read, count) {
        return None;
    }
    let mut reasons: BTreeMap<Reason, (u64, (u32, &str))> = BTreeMap::new();
    for row in rejected.iter().filter(lost) {
        let place = (row.line, row.column);
        let entry = reasons.entry(row.reason).or_insert((0, place));
        *entry = (entry.0 + 1, entry.1.min(place));
    }
    let mut reasons = reasons.into_iter().collect::<Vec<_>>();
    reasons.sort_by_key(|(reason, (count, _))| (std::cmp::Reverse(*count), *reason));
    let named = reasons
        .iter()
        .take(3)
        .map(|(reason, (count, (line, column)))| {
            let column = if column.is_empty() { String::new() } else { format!(" in {column}") };
            let times = counted(*count, "time", "times");
            format!("{} {times}, first on line {line}{column}", reason.code())
        })
        .collect::<Vec<_>>()
        .join("; ");
    let first = reasons.iter().map(|(_, (_, (line, _)))| *line).min().unwrap_or(1);
    let allowed = if none_allowed {
        "no row of this table may be lost".to_owned()
    } else {
        let share = limits.reject_share_basis_points;
        let rows = counted(limits.reject_rows, "row", "rows");
        format!("limits: {}.{:02} % and {rows}", share / 100, share % 100)
    };
    let rows = match all {
        true => format!("all {count} rows of {} rejected", report.table),
        false => format!("{count} of {} rows of {} rejected", report.rows_read, report.table),
    };
    let hint = reasons.first().map_or(String::new(), |(reason, _)| {
        let advice = advice(*reason, report.format);
        keys.explaining(*reason).map_or(advice.to_owned(), |table| format!("{}. {advice}", table.told))
    });
    let message = format!("{rows} ({allowed}): {named}");
    Some(Diagnostic::input(Place::line(&report.path, first as usize, 1), message).hint(hint))
}

/// Tables so short that all of their rows may be lost, and are: what needs them takes them for empty.
pub fn lost_whole(files: &[FileReport], rejected: &[RejectedRow]) -> Vec<(Table, String)> {
    let reason = |file: &FileReport| {
        let mut lost = rejected.iter().filter(|row| row.table == file.table && !row.repaired);
        lost.find(|row| row.reason != Reason::BlankLine).map(|row| row.reason)
    };
    let none = files.iter().filter(|file| file.rows_read > 0 && file.rows_accepted == 0);
    let told = none.filter_map(|file| {
        let rows = counted(file.rows_read, "row", "rows");
        let code = reason(file)?.code();
        Some((file.table, format!("{rows}, and none was accepted ({code}): it is read as if it were empty")))
    });
    told.collect()
}

/// Texts of Parquet have no dialect that could be corrected.
fn advice(reason: Reason, format: Format) -> &'static str {
    match (reason, format) {
        (Reason::BadNumber, Format::Parquet) => {
            "Texts in Parquet have a point as decimal mark and no thousands; write the column as numbers."
        }
        (Reason::BadDate, Format::Parquet) => {
            "Texts in Parquet are dates as YYYY-MM-DD; write the column as dates."
        }
        _ => reason.advice(),
    }
}
