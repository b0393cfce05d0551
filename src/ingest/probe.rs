//! Parts of the gate, each by itself: those that take texts apart, for fuzzers and property tests, and
//! the reader of foreign files under limits that a test chooses.

use std::path::Path;

use super::encoding::{decode, has_control};
use super::foreign::{Frame, Frames, Limits, Request};
use super::header::{HeaderCell, find_columns};
use super::masking::shown;
use super::reason::Reason;
use super::record::Cells;
use super::values;
use crate::base::{Day, Month};
use crate::contract::Table;
use crate::pipeline::{DateForm, Dialect, Encoding, TableSettings};

/// A line to cells; `None` for bytes that are no letters.
pub fn line(bytes: &[u8], separator: u8, windows_1252: bool) -> Option<Result<Vec<String>, Reason>> {
    let encoding = if windows_1252 { Encoding::Windows1252 } else { Encoding::Utf8 };
    let text = decode(bytes, encoding).ok().filter(|text| !has_control(text, separator))?;
    let mut cells = Cells::default();
    let cell = |at: usize, cells: &Cells| cells.cell(&text, at).unwrap_or_default().to_owned();
    Some(cells.split(&text, separator).map(|()| (0..cells.len()).map(|at| cell(at, &cells)).collect()))
}

/// A decimal number in hundredths.
pub fn hundredths(text: &str, danish: bool) -> Result<i64, Reason> {
    let dialect = match danish {
        true => Dialect { decimal: b',', thousands: Some(b'.'), ..Dialect::plain() },
        false => Dialect::plain(),
    };
    values::hundredths(text, &dialect)
}

pub fn day(text: &str) -> Result<Day, Reason> {
    let marks = [b'-', b'.', b'/'].map(DateForm::DayFirst);
    values::day(text, &[&[DateForm::Iso], &marks[..]].concat())
}

pub fn month(text: &str) -> Result<Month, Reason> {
    values::month(text)
}

/// Positions of the contract's columns in a header, or the text of all problems.
pub fn columns(
    table: Table,
    settings: &TableSettings,
    header: &[String],
) -> Result<Vec<Option<usize>>, String> {
    let cell = |(at, name): (usize, &String)| HeaderCell { name: name.clone(), column: at + 1 };
    let cells = header.iter().enumerate().map(cell).collect::<Vec<_>>();
    match find_columns(table, settings, &cells, "header.csv", 1) {
        Ok(layout) => Ok(layout.positions),
        Err(problems) => Err(problems.to_string()),
    }
}

/// A cell as the table of rejected rows shows it.
pub fn masked(text: &str) -> String {
    shown(text, false)
}

/// Rows of a workbook or Parquet file that `program` reads within limits, or what is wrong.
pub fn foreign_rows(program: &Path, request: &Request, limits: Limits) -> Result<u64, String> {
    let mut frames = Frames::open_within(limits, Some(program), request)?;
    loop {
        if let Frame::End { rows } = frames.next()? {
            return Ok(rows);
        }
    }
}
