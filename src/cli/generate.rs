//! `klip generate`: invented exports of every table.

use super::args::{Dialect, Format, Generate};
use super::{Exit, terminal};
use crate::diagnostics::Diagnostics;
use crate::generate::{self, Headers, Options};

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
            Dialect::Danish => Headers::danish()?,
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
