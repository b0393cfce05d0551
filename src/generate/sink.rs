//! The files: chunks of encoded rows go in, in order, and are counted.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::columns;
use super::rows::Rows;
use super::text::CsvText;
use super::{Format, Options, Written};
use crate::contract::Table;

/// Rows of one table and one chunk, ready to be written.
pub struct Encoded {
    rows: u64,
    body: Body,
}

enum Body {
    Csv(Vec<u8>),
    Parquet(RecordBatch),
}

enum Target {
    Csv(BufWriter<File>),
    Parquet(Box<ArrowWriter<File>>),
}

pub struct Sink {
    table: Table,
    path: PathBuf,
    rows: u64,
    target: Target,
}

/// Small enough to be read in parallel, and no larger in memory than needed.
const ROW_GROUP: usize = 122_880;

pub fn encode(rows: &Rows, order: &[u32], options: &Options) -> Result<Encoded, String> {
    let body = match options.format {
        Format::Csv => {
            let mut text = CsvText::new(options.dialect, &options.headers);
            for row in order {
                text.row(rows, *row as usize).map_err(|error| error.to_string())?;
            }
            Body::Csv(text.into_bytes().map_err(|error| error.to_string())?)
        }
        Format::Parquet => {
            Body::Parquet(columns::batch(rows, order, &options.headers).map_err(|error| error.to_string())?)
        }
    };
    Ok(Encoded { rows: order.len() as u64, body })
}

impl Sink {
    pub fn create(table: Table, path: PathBuf, options: &Options) -> Result<Sink, (PathBuf, String)> {
        let target = Sink::target(table, &path, options);
        match target {
            Ok(target) => Ok(Sink { table, path, rows: 0, target }),
            Err(message) => Err((path, message)),
        }
    }

    fn target(table: Table, path: &Path, options: &Options) -> Result<Target, String> {
        let file = File::create_new(path).map_err(|error| error.to_string())?;
        match options.format {
            Format::Csv => {
                let mut header = CsvText::new(options.dialect, &options.headers);
                header.header(table).map_err(|error| error.to_string())?;
                let mut file = BufWriter::new(file);
                let bytes = header.into_bytes().map_err(|error| error.to_string())?;
                file.write_all(&bytes).map_err(|error| error.to_string())?;
                Ok(Target::Csv(file))
            }
            Format::Parquet => {
                let level = ZstdLevel::try_new(1).map_err(|error| error.to_string())?;
                let properties = WriterProperties::builder()
                    .set_compression(Compression::ZSTD(level))
                    .set_max_row_group_row_count(Some(ROW_GROUP))
                    .set_created_by(concat!("klippekort ", env!("CARGO_PKG_VERSION")).to_owned())
                    .build();
                let schema = columns::schema(table, &options.headers);
                let writer = ArrowWriter::try_new(file, schema, Some(properties))
                    .map_err(|error| error.to_string())?;
                Ok(Target::Parquet(Box::new(writer)))
            }
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn write(&mut self, encoded: Encoded) -> Result<(), String> {
        match (&mut self.target, encoded.body) {
            (Target::Csv(file), Body::Csv(bytes)) => {
                file.write_all(&bytes).map_err(|error| error.to_string())?;
            }
            (Target::Parquet(writer), Body::Parquet(batch)) => {
                writer.write(&batch).map_err(|error| error.to_string())?;
            }
            _ => return Err("rows of another format than the file".to_owned()),
        }
        self.rows += encoded.rows;
        Ok(())
    }

    pub fn finish(self) -> Result<Written, String> {
        match self.target {
            Target::Csv(mut file) => file.flush().map_err(|error| error.to_string())?,
            Target::Parquet(writer) => {
                writer.close().map_err(|error| error.to_string())?;
            }
        }
        Ok(Written { table: self.table, path: self.path, rows: self.rows })
    }
}
