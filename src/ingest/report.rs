//! What reading the exports gives: the rows, and an account of every file and lost row.

use super::BulkRows;
use super::reason::Reason;
use crate::contract::Table;
use crate::diagnostics::{Diagnostic, Place};
use crate::student::exports::Exports;

pub struct Ingested {
    pub exports: Exports,
    /// The rows that are left in their buckets, where they are not in the exports.
    pub bulk: BulkRows,
    /// In the order of [`Table::ALL`]; tables without a file are left out.
    pub files: Vec<FileReport>,
    /// Sorted by table, line and column.
    pub rejected: Vec<RejectedRow>,
    /// Files that the pipeline names and that are not there, with their tables.
    pub not_there: Vec<String>,
    /// Files of the input folder that no table reads, in one sentence.
    pub not_read: Option<String>,
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
    /// Those of the notices by which verdicts may be wrong.
    pub doubts: Vec<String>,
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
pub fn note(files: &mut [FileReport], notices: impl IntoIterator<Item = (Table, String)>) {
    for (table, notice) in notices {
        if let Some(file) = files.iter_mut().find(|file| file.table == table) {
            file.notices.push(notice);
        }
    }
}

/// The same of what is doubtful.
pub fn doubt(files: &mut [FileReport], doubts: impl IntoIterator<Item = (Table, String)>) {
    for (table, doubt) in doubts {
        if let Some(file) = files.iter_mut().find(|file| file.table == table) {
            file.doubts.push(doubt.clone());
            file.notices.push(doubt);
        }
    }
}
