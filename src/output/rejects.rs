//! The rows of the exports that were refused or mended, for the people who must mend the source.
//!
//! `rejected.csv` is for a spreadsheet. Its cells repeat what a stranger's file held, so a cell that
//! would be taken for a formula is made text. `rejected.parquet` is for machines and keeps the value
//! as it is.

use super::spreadsheet_csv::{self, without_formula};
use super::stage::{Stage, StagedFile};
use crate::contract::codes::codes;
use crate::diagnostics::Diagnostics;

codes!(
    /// What became of the row.
    Action { Rejected => "rejected", Repaired => "repaired" }
);

/// One row of `rejected.parquet` and `rejected.csv`; the caller has masked what is personal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RejectedRecord {
    pub table: String,
    pub file: String,
    pub line: u64,
    /// Empty when the whole row is meant.
    pub column: String,
    pub reason: &'static str,
    /// The reason in a sentence, and what to do; for people, in the CSV alone.
    pub explanation: &'static str,
    pub advice: &'static str,
    pub action: Action,
    pub value: String,
}

const CSV_NAME: &str = "rejected.csv";
const HEADER: [&str; 9] =
    ["table", "file", "line", "column", "reason", "value", "action", "explanation", "advice"];

/// Sorted by place, so that the order in which files were read does not show.
pub(super) fn sorted(records: &[RejectedRecord]) -> Vec<RejectedRecord> {
    let mut sorted = records.to_vec();
    sorted.sort();
    sorted
}

pub(super) fn write_csv(stage: &Stage, records: &[RejectedRecord]) -> Result<(), Diagnostics> {
    let mut file = stage.create(CSV_NAME)?;
    if let Err(error) = csv_rows(&mut file, records) {
        return Err(file.failed(&error));
    }
    file.finish(Some(records.len() as u64))
}

fn csv_rows(file: &mut StagedFile<'_>, records: &[RejectedRecord]) -> std::io::Result<()> {
    let mut csv = spreadsheet_csv::writer(file)?;
    csv.write_record(HEADER)?;
    for record in records {
        let line = record.line.to_string();
        let cells: [&str; 9] = [
            &record.table,
            &record.file,
            &line,
            &record.column,
            record.reason,
            &record.value,
            record.action.code(),
            record.explanation,
            record.advice,
        ];
        csv.write_record(cells.map(|cell| without_formula(cell)).iter().map(|cell| cell.as_bytes()))?;
    }
    csv.flush()
}
