//! `klip generate`: invented exports of every table.

use super::args::{Dialect, Format, Generate};
use std::path::Path;

use super::{Exit, terminal};
use crate::contract::{Kind, Table};
use crate::diagnostics::Diagnostics;
use crate::generate::{self, Headers, Options};
use crate::pipeline::{Overrides, Pipeline};

/// The Danish headers and words are those that the Danish pipeline understands.
const DANISH_PIPELINE: (&str, &str) =
    ("pipelines/semester_inspection.toml", include_str!("../../pipelines/semester_inspection.toml"));

pub fn generate(args: &Generate) -> Result<Exit, Diagnostics> {
    let options = Options {
        students: args.students,
        seed: args.seed,
        output: args.output.clone(),
        dialect: match args.dialect {
            Dialect::Danish => generate::Dialect::Danish,
            Dialect::Plain => generate::Dialect::Plain,
        },
        format: match args.format {
            Format::Csv => generate::Format::Csv,
            Format::Parquet => generate::Format::Parquet,
        },
        headers: match args.dialect {
            Dialect::Danish => danish_headers()?,
            Dialect::Plain => Headers::default(),
        },
    };
    let report = generate::write(&options)?;
    for file in &report.files {
        terminal::print(&format!("{:>10} rows  {}", file.rows, file.path.display()));
    }
    let pipeline = match args.dialect {
        Dialect::Danish => "pipelines/semester_inspection.toml",
        Dialect::Plain => "pipelines/semester_inspection_plain.toml",
    };
    terminal::print(&format!("\nNext: klip run {pipeline} --input {}", args.output.display()));
    Ok(Exit::Done)
}

pub fn danish_headers() -> Result<Headers, Diagnostics> {
    let (path, text) = DANISH_PIPELINE;
    let pipeline = Pipeline::from_text(Path::new(path), text, &Overrides::default())?;
    let mut headers = Headers::default();
    for table in Table::ALL {
        let settings = pipeline.table(table);
        for ((column, header), words) in table.columns().iter().zip(&settings.headers).zip(&settings.words) {
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
