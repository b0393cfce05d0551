//! Writes `sample_data/`: hand-written scenarios, filler students and broken rows, with the list
//! of what an inspection must say of them. The same bytes every time.

mod attempts;
mod book;
mod broken;
mod claims;
mod conflicts;
mod contradictions;
mod degree;
mod doubts;
mod exams;
mod expectations;
mod progress;
mod render;
mod start_and_portions;
mod student;
mod study_rules;
mod support;

use std::error::Error;
use std::fs;
use std::path::Path;

use klippekort::contract::Table;
use klippekort::generate::chance::Chance;
use klippekort::generate::text::{CsvText, Dialect, Headers};
use klippekort::generate::{catalogue, students};

use book::Book;

const SEED: u64 = 2027;
const FILLER: u32 = 200;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "sample_data".to_owned());
    let folder = Path::new(&folder);
    fs::create_dir_all(folder)?;
    let mut book = Book::default();
    catalogue::write(&mut book.tables);
    progress::write(&mut book);
    start_and_portions::write(&mut book);
    degree::write(&mut book);
    study_rules::write(&mut book);
    attempts::write(&mut book);
    claims::write(&mut book);
    conflicts::write(&mut book);
    broken::write(&mut book);
    exams::write(&mut book);
    support::write(&mut book);
    doubts::write(&mut book);
    contradictions::write(&mut book);
    students(SEED, 1..=FILLER, &mut book.tables);
    for table in Table::ALL {
        fs::write(folder.join(format!("{table}.csv")), file(&book, table)?)?;
    }
    fs::write(folder.join("scenarios.toml"), render::toml(&book)?)?;
    fs::write(folder.join("README.md"), render::readme(&book)?)?;
    Ok(())
}

/// The bytes of one table: rows shuffled, broken lines among them, in the file's encoding.
fn file(book: &Book, table: Table) -> Result<Vec<u8>, Box<dyn Error>> {
    let headers = Headers::danish().expect("the Danish pipeline");
    let mut text = CsvText::new(Dialect::Danish, &headers);
    text.header(table)?;
    let rows = book.tables.of(table);
    let mut order: Vec<usize> = (0..rows.len()).collect();
    if !matches!(table, Table::Programmes | Table::Courses | Table::CourseEquivalences) {
        Chance::of(SEED, 1 << 40 | table as u64).shuffle(&mut order);
    }
    for row in order {
        text.row(rows, row)?;
    }
    let text = String::from_utf8(text.into_bytes()?)?;
    let mut lines: Vec<Vec<u8>> = text.lines().map(|line| line.as_bytes().to_vec()).collect();
    let broken = book.broken.iter().filter(|broken| broken.table == table);
    for (at, broken) in broken.enumerate() {
        lines.insert((2 + at * 5).min(lines.len()), broken.line.clone());
    }
    let mut bytes = Vec::new();
    if table == Table::Leaves {
        bytes.extend("\u{feff}".bytes());
    }
    for line in lines {
        bytes.extend(encoded(line, table)?);
        bytes.extend(b"\r\n");
    }
    Ok(bytes)
}

/// The register comes from an older system, in Windows-1252.
fn encoded(line: Vec<u8>, table: Table) -> Result<Vec<u8>, Box<dyn Error>> {
    if table != Table::Enrolments {
        return Ok(line);
    }
    let text = String::from_utf8(line)?;
    let (bytes, _, lost) = encoding_rs::WINDOWS_1252.encode(&text);
    if lost { Err(format!("not in Windows-1252: {text}").into()) } else { Ok(bytes.into_owned()) }
}
