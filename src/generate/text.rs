//! Rows as CSV, in the plain or the Danish dialect.

use std::collections::BTreeMap;
use std::path::Path;

use csv::{Terminator, Writer, WriterBuilder};

use super::rows::{Cell, Rows};
use crate::base::{Ects, Month};
use crate::contract::{Kind, Table};
use crate::diagnostics::Diagnostics;
use crate::pipeline::{Overrides, Pipeline};

/// How numbers, dates and separators are spelt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Semicolon, decimal comma, dd-mm-yyyy, ja/nej, lines ended by CR LF.
    Danish,
    /// Comma, decimal point, yyyy-mm-dd, 1/0, lines ended by LF.
    Plain,
}

/// The names an export uses instead of the contract's own.
#[derive(Clone, Debug, Default)]
pub struct Headers {
    /// (table, column of the contract) to the header in the file.
    pub columns: BTreeMap<(Table, &'static str), String>,
    /// (table, column, code of the contract) to the word in the file.
    pub words: BTreeMap<(Table, &'static str, &'static str), String>,
}

/// The Danish pipeline: what it understands is what the Danish dialect writes.
const DANISH_PIPELINE: (&str, &str) =
    ("pipelines/semester_inspection.toml", include_str!("../../pipelines/semester_inspection.toml"));

impl Headers {
    /// The headers and words of the Danish pipeline.
    pub fn danish() -> Result<Headers, Diagnostics> {
        let (path, text) = DANISH_PIPELINE;
        let pipeline = Pipeline::from_text(Path::new(path), text, &Overrides::default())?;
        let mut headers = Headers::default();
        for table in Table::ALL {
            let settings = pipeline.table(table);
            for ((column, header), words) in
                table.columns().iter().zip(&settings.headers).zip(&settings.words)
            {
                if let Some(header) = header {
                    headers.columns.insert((table, column.name), header.clone());
                }
                let Kind::Code(codes) = column.kind else { continue };
                for (word, position) in words {
                    if let Some(code) = codes.get(usize::from(*position)) {
                        headers.words.insert((table, column.name, code), word.clone());
                    }
                }
            }
        }
        Ok(headers)
    }

    /// The header of a column: its own name unless another is given.
    pub fn column(&self, table: Table, name: &'static str) -> &str {
        self.columns.get(&(table, name)).map_or(name, String::as_str)
    }

    fn word(&self, table: Table, name: &'static str, code: &'static str) -> &str {
        if self.words.is_empty() {
            return code;
        }
        self.words.get(&(table, name, code)).map_or(code, String::as_str)
    }
}

/// Writes rows of one table as bytes of CSV.
pub struct CsvText<'a> {
    dialect: Dialect,
    headers: &'a Headers,
    writer: Writer<Vec<u8>>,
    scratch: Vec<u8>,
}

impl<'a> CsvText<'a> {
    pub fn new(dialect: Dialect, headers: &'a Headers) -> CsvText<'a> {
        let mut builder = WriterBuilder::new();
        if dialect == Dialect::Danish {
            builder.delimiter(b';').terminator(Terminator::CRLF);
        } else {
            builder.terminator(Terminator::Any(b'\n'));
        }
        CsvText { dialect, headers, writer: builder.from_writer(Vec::new()), scratch: Vec::new() }
    }

    pub fn header(&mut self, table: Table) -> Result<(), csv::Error> {
        let headers = self.headers;
        self.writer.write_record(table.columns().iter().map(|column| headers.column(table, column.name)))
    }

    pub fn row(&mut self, rows: &Rows, index: usize) -> Result<(), csv::Error> {
        let table = rows.table();
        for (column, cell) in table.columns().iter().zip(rows.row(index)) {
            self.scratch.clear();
            if let Cell::Code(code) = cell {
                self.scratch.extend(self.headers.word(table, column.name, code).bytes());
            } else {
                spell(cell, self.dialect, &mut self.scratch);
            }
            self.writer.write_field(&self.scratch)?;
        }
        self.writer.write_record(None::<&[u8]>)
    }

    pub fn into_bytes(self) -> Result<Vec<u8>, std::io::Error> {
        self.writer.into_inner().map_err(|error| std::io::Error::other(error.to_string()))
    }
}

/// Writes a number with at least so many digits.
fn digits(number: u32, least: usize, out: &mut Vec<u8>) {
    let mut reversed = [b'0'; 10];
    let (mut rest, mut length) = (number, 0);
    while rest > 0 || length < least {
        reversed[length] = b'0' + (rest % 10) as u8;
        rest /= 10;
        length += 1;
    }
    out.extend(reversed[..length].iter().rev());
}

fn named(prefix: u8, number: u32, least: usize, out: &mut Vec<u8>) {
    out.push(prefix);
    digits(number, least, out);
}

/// The text of a cell; a month is YYYY-MM in both dialects, as the contract has it.
pub(super) fn spell(cell: &Cell, dialect: Dialect, out: &mut Vec<u8>) {
    let danish = dialect == Dialect::Danish;
    match cell {
        Cell::Empty => {}
        Cell::Code(text) => out.extend(text.bytes()),
        Cell::Text(text) => out.extend(text.bytes()),
        Cell::Student(number) => named(b's', *number, 6, out),
        Cell::Enrolment(number) => named(b'E', *number, 7, out),
        Cell::Claim(number) => named(b'K', *number, 6, out),
        Cell::Int(number) => {
            if *number < 0 {
                out.push(b'-');
            }
            digits(number.unsigned_abs(), 1, out);
        }
        Cell::Bool(yes) => out.extend(match (danish, yes) {
            (true, true) => "ja".bytes(),
            (true, false) => "nej".bytes(),
            (false, true) => "1".bytes(),
            (false, false) => "0".bytes(),
        }),
        Cell::Day(day) => {
            let month = day.month();
            let date = day.of_month();
            if danish {
                digits(date, 2, out);
                out.push(b'-');
                digits(month.number(), 2, out);
                out.push(b'-');
                digits(month.year().unsigned_abs(), 4, out);
            } else {
                spell_month(month, out);
                out.push(b'-');
                digits(date, 2, out);
            }
        }
        Cell::Month(month) => spell_month(*month, out),
        Cell::Hundredths(amount) => {
            let text = Ects::hundredths(*amount).to_string();
            out.extend(text.bytes().map(|byte| if danish && byte == b'.' { b',' } else { byte }));
        }
    }
}

fn spell_month(month: Month, out: &mut Vec<u8>) {
    digits(month.year().unsigned_abs(), 4, out);
    out.push(b'-');
    digits(month.number(), 2, out);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Day;

    #[test]
    fn a_cell_is_spelt_in_both_dialects() {
        let spelt = |cell: &Cell, dialect| {
            let mut out = Vec::new();
            spell(cell, dialect, &mut out);
            String::from_utf8(out).expect("text")
        };
        let day = Cell::Day(Day::ymd(2027, 3, 5).expect("a day"));
        for (cell, danish, plain) in [
            (day, "05-03-2027", "2027-03-05"),
            (Cell::Hundredths(250), "2,5", "2.5"),
            (Cell::Hundredths(1000), "10", "10"),
            (Cell::Bool(true), "ja", "1"),
            (Cell::Enrolment(12), "E0000012", "E0000012"),
            (Cell::Month(Month::new(2027, 2)), "2027-02", "2027-02"),
            (Cell::Int(-3), "-3", "-3"),
            (Cell::Empty, "", ""),
        ] {
            assert_eq!(spelt(&cell, Dialect::Danish), danish);
            assert_eq!(spelt(&cell, Dialect::Plain), plain);
        }
    }
}
