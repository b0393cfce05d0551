//! Synthetic exports: every table of the contract, for as many invented students as wanted.
//!
//! The data is a function of the seed and the number of students, whatever the number of threads:
//! each student has dice of their own ([`chance`]), students are made in chunks of a fixed size,
//! and the chunks are written in order. A chunk is all that is held in memory per thread, so a
//! million students take no more room than a thousand. Within a chunk the rows of each table are
//! shuffled, for real exports come in no order that anybody may rely on.
//!
//! The histories are made around the inspection of 15 March 2027 ([`plan::inspection`]) and know
//! a few days more than that, which an inspection must not count.

mod cards;
pub mod catalogue;
pub mod chance;
mod columns;
mod correspondence;
mod parts;
pub mod people;
mod plan;
mod projects;
mod rarities;
pub mod rows;
mod sink;
mod student;
mod studies;
mod support;
pub mod text;

use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

pub use text::{Dialect, Headers};

use crate::contract::Table;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use chance::Chance;
use rows::Tables;
use sink::{Encoded, Sink};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Parquet,
}

impl Format {
    pub const fn extension(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Parquet => "parquet",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Options {
    pub students: u32,
    pub seed: u64,
    /// A folder that is empty or does not exist yet.
    pub output: PathBuf,
    /// Of CSV; Parquet has types of its own.
    pub dialect: Dialect,
    pub format: Format,
    pub headers: Headers,
}

/// One written file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub table: Table,
    pub path: PathBuf,
    pub rows: u64,
}

/// What was written, in the order of [`Table::ALL`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub files: Vec<Written>,
}

/// Students made together; part of what decides the bytes, so never a matter of the machine.
const CHUNK: u32 = 1024;
/// Student numbers have an id of their own for two enrolments each.
const MOST_STUDENTS: u32 = u32::MAX / 4;

/// Writes the exports, one file per table.
pub fn write(options: &Options) -> Result<Report, Diagnostics> {
    if options.students > MOST_STUDENTS {
        let message = format!("more students than there are numbers for: at most {MOST_STUDENTS}");
        return Err(Diagnostic::setup(Place::default(), message).into());
    }
    empty_folder(&options.output)?;
    let failed = |path: &Path, message: String| {
        Diagnostics::from(Diagnostic::output(Place::file(path.display().to_string()), message))
    };
    let mut sinks = Table::ALL
        .into_iter()
        .map(|table| {
            let path = options.output.join(format!("{table}.{}", options.format.extension()));
            Sink::create(table, path, options)
        })
        .collect::<Result<Vec<_>, _>>()
        .map_err(|(path, message)| failed(&path, message))?;
    let mut catalogue = Tables::default();
    catalogue::write(&mut catalogue);
    let chunks = (0..options.students.div_ceil(CHUNK)).map(Some);
    // The catalogue first, in its own order; then chunk after chunk.
    let all: Vec<Option<u32>> = std::iter::once(None).chain(chunks).collect();
    for wave in all.chunks(rayon::current_num_threads().max(1) * 2) {
        let encoded: Vec<Result<Vec<Encoded>, String>> = wave
            .par_iter()
            .map(|chunk| match chunk {
                None => encode(&catalogue, None, options),
                Some(chunk) => encode(&chunk_of(*chunk, options), Some(*chunk), options),
            })
            .collect();
        for tables in encoded {
            let tables = tables.map_err(|message| failed(&options.output, message))?;
            sinks
                .par_iter_mut()
                .zip(tables)
                .try_for_each(|(sink, encoded)| sink.write(encoded).map_err(|m| (sink.path().to_owned(), m)))
                .map_err(|(path, message)| failed(&path, message))?;
        }
    }
    let mut report = Report::default();
    for sink in sinks {
        let path = sink.path().to_owned();
        report.files.push(sink.finish().map_err(|message| failed(&path, message))?);
    }
    Ok(report)
}

/// Every row of the students with these numbers, in the order they are made: for callers that
/// write files of their own, such as the sample data.
pub fn students(seed: u64, numbers: std::ops::RangeInclusive<u32>, tables: &mut Tables) {
    for number in numbers {
        student::write(seed, number, tables);
    }
}

fn chunk_of(chunk: u32, options: &Options) -> Tables {
    let mut tables = Tables::default();
    let first = chunk * CHUNK + 1;
    students(options.seed, first..=(first + CHUNK - 1).min(options.students), &mut tables);
    tables
}

fn encode(tables: &Tables, chunk: Option<u32>, options: &Options) -> Result<Vec<Encoded>, String> {
    tables
        .iter()
        .map(|rows| {
            let mut order: Vec<u32> = (0..rows.len() as u32).collect();
            if let Some(chunk) = chunk {
                // Apart from every student's own dice.
                let things = u64::from(u32::MAX) + u64::from(chunk) * 64 + rows.table() as u64;
                Chance::of(options.seed, things).shuffle(&mut order);
            }
            sink::encode(rows, &order, options)
        })
        .collect()
}

/// Creates the folder; one that holds anything is left alone, whatever it holds.
fn empty_folder(folder: &Path) -> Result<(), Diagnostics> {
    let place = || Place::file(folder.display().to_string());
    let unusable = |error: std::io::Error| {
        Diagnostics::from(Diagnostic::output(place(), format!("the folder cannot be used: {error}")))
    };
    fs::create_dir_all(folder).map_err(unusable)?;
    if fs::read_dir(folder).map_err(unusable)?.next().is_some() {
        return Err(Diagnostic::setup(place(), "the folder is not empty, and nothing is ever overwritten")
            .hint("name a new folder with --output, or empty this one yourself")
            .into());
    }
    Ok(())
}
