//! What reading the exports gives: the rows, and an account of every file and lost row.

use std::collections::BTreeMap;

use super::BulkRows;
use super::reason::Reason;
use crate::base::counted;
use crate::contract::Table;
use crate::diagnostics::{Diagnostic, Place};
use crate::pipeline::Limits;
use crate::student::exports::Exports;

pub struct Ingested {
    pub exports: Exports,
    /// The rows that are left in their buckets, where they are not in the exports.
    pub bulk: BulkRows,
    /// In the order of [`Table::ALL`]; tables without a file are left out.
    pub files: Vec<FileReport>,
    /// Sorted by table, line and column.
    pub rejected: Vec<RejectedRow>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Parquet,
    Xlsx,
}

impl Format {
    pub fn from_name(name: &str) -> Option<Format> {
        [Format::Csv, Format::Parquet, Format::Xlsx].into_iter().find(|format| format.name() == name)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Parquet => "parquet",
            Format::Xlsx => "xlsx",
        }
    }
}

/// One input file. Rows read = rows accepted + rows rejected; repaired rows are accepted ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileReport {
    pub table: Table,
    pub path: String,
    pub bytes: u64,
    /// Of the bytes of the file, in hexadecimal.
    pub sha256: String,
    pub format: Format,
    /// Empty for Parquet and XLSX, whose texts are always UTF-8.
    pub encoding: &'static str,
    pub rows_read: u64,
    pub rows_accepted: u64,
    pub rows_rejected: u64,
    pub rows_repaired: u64,
    /// What was read differently from what one might expect.
    pub notices: Vec<String>,
}

impl FileReport {
    /// The account must balance: a difference is a defect of this program, never of the file.
    pub fn imbalance(&self) -> Option<Diagnostic> {
        (self.rows_read != self.rows_accepted + self.rows_rejected).then(|| {
            let message = format!(
                "{}: {} rows read, but {} accepted and {} rejected",
                self.table, self.rows_read, self.rows_accepted, self.rows_rejected
            );
            Diagnostic::output(Place::file(&self.path), message)
                .hint("this is a defect of klip; no verdict was made from these rows")
        })
    }
}

/// A row that was rejected, or accepted after a repair.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RejectedRow {
    pub table: Table,
    pub line: u32,
    /// Contract name; empty when the row as a whole is the problem.
    pub column: &'static str,
    pub reason: Reason,
    /// Masked where personal, cut to 60 characters.
    pub value: String,
    /// The row was accepted after this repair.
    pub repaired: bool,
    /// Name of the file without its folder.
    pub file: String,
}

/// Tells something of the files of tables.
pub fn note(files: &mut [FileReport], notices: Vec<(Table, String)>) {
    for (table, notice) in notices {
        if let Some(file) = files.iter_mut().find(|file| file.table == table) {
            file.notices.push(notice);
        }
    }
}

/// The problem of a file that lost more rows than a run may lose.
pub fn too_many_rejects(report: &FileReport, rejected: &[RejectedRow], limits: Limits) -> Option<Diagnostic> {
    let lost = |row: &&RejectedRow| row.table == report.table && !row.repaired;
    let none_allowed = report.table == Table::Programmes
        && rejected.iter().filter(lost).any(|row| row.reason != Reason::BlankLine);
    if !none_allowed && !limits.exceeded(report.rows_read, report.rows_rejected) {
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
    let message = format!(
        "{} of {} rows of {} rejected ({allowed}): {named}",
        report.rows_rejected, report.rows_read, report.table
    );
    let mut hint = reasons.first().map_or(String::new(), |(reason, _)| reason.advice().to_owned());
    let of_register = || rejected.iter().filter(|row| row.table == Table::Enrolments && !row.repaired);
    if report.table != Table::Enrolments
        && reasons.first().is_some_and(|(reason, _)| *reason == Reason::UnknownEnrolment)
        && let Some(first) = of_register().min_by_key(|row| row.line)
    {
        let rows = counted(of_register().count(), "row", "rows");
        let (file, line, reason) = (&first.file, first.line, first.reason.code());
        hint.push_str(&format!(
            "; {rows} of {file} rejected, first on line {line} ({reason}): mend them first"
        ));
    }
    Some(Diagnostic::input(Place::line(&report.path, first as usize, 1), message).hint(hint))
}
