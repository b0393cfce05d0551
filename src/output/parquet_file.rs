//! Rows into one Parquet file, chunk by chunk.
//!
//! A table is never held whole as Arrow: each row group is built from its slice of the rows,
//! encoded, appended and forgotten. The groups of a wave are encoded on several threads and
//! appended in order; where a group begins depends on the row number alone, so the number of
//! threads never shows in the bytes. No wall clock is written anywhere.

use std::io;
use std::ops::Range;

use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use rayon::prelude::*;

use super::column::{self, Column};
use super::stage::{Stage, StagedFile};
use crate::base::Day;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};

/// DuckDB's own group size: one group per thread when it scans.
pub const ROWS_PER_GROUP: usize = 122_880;
const ZSTD_LEVEL: i32 = 3;

/// What every Parquet file of a run carries as key-value metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableMetadata {
    pub inspection_date: Day,
    pub tool_version: String,
    pub pipeline_sha256: String,
    pub law_sha256: String,
}

type Batch<'a> = Box<dyn Fn(Range<usize>) -> Result<RecordBatch, ArrowError> + Send + Sync + 'a>;

/// A table that is ready to be written: its schema and how to build any slice of its rows.
pub(super) struct Table<'a> {
    /// File name.
    pub name: &'static str,
    pub schema: SchemaRef,
    pub rows: usize,
    pub batch: Batch<'a>,
}

impl<'a> Table<'a> {
    pub fn of_rows<R>(name: &'static str, columns: Vec<Column<R>>, rows: &'a [R]) -> Table<'a>
    where
        R: Sync + 'a,
    {
        let schema = column::schema(&columns);
        let batch_schema = schema.clone();
        let batch: Batch<'a> = Box::new(move |range| {
            column::batch(&batch_schema, &columns, rows.get(range).unwrap_or_default())
        });
        Table { name, schema, rows: rows.len(), batch }
    }

    pub fn write(&self, stage: &Stage, metadata: &TableMetadata) -> Result<(), Diagnostics> {
        let mut file = stage.create(self.name)?;
        match self.encode(&mut file, metadata) {
            Ok(()) => file.finish(Some(self.rows as u64)),
            Err(error) => Err(explain(error, file)),
        }
    }

    fn encode(&self, file: &mut StagedFile<'_>, metadata: &TableMetadata) -> Result<(), ParquetError> {
        let writer = ArrowWriter::try_new(file, self.schema.clone(), Some(properties(metadata)?))?;
        let (mut writer, factory) = writer.into_serialized_writer()?;
        let groups: Vec<usize> = (0..self.rows.div_ceil(ROWS_PER_GROUP)).collect();
        for wave in groups.chunks(rayon::current_num_threads().max(1)) {
            let encoded: Vec<Result<Vec<ArrowColumnChunk>, ParquetError>> =
                wave.par_iter().map(|group| self.encode_group(&factory, *group)).collect();
            for chunks in encoded {
                let mut row_group = writer.next_row_group()?;
                for chunk in chunks? {
                    chunk.append_to_row_group(&mut row_group)?;
                }
                row_group.close()?;
            }
        }
        writer.close()?;
        Ok(())
    }

    fn encode_group(
        &self,
        factory: &ArrowRowGroupWriterFactory,
        group: usize,
    ) -> Result<Vec<ArrowColumnChunk>, ParquetError> {
        let first = group * ROWS_PER_GROUP;
        let batch = (self.batch)(first..self.rows.min(first + ROWS_PER_GROUP))?;
        let mut writers = factory.create_column_writers(group)?.into_iter();
        let mut chunks = Vec::new();
        for (field, array) in self.schema.fields().iter().zip(batch.columns()) {
            for leaf in compute_leaves(field, array)? {
                let Some(mut writer) = writers.next() else {
                    return Err(ParquetError::General(format!("no writer for column {}", field.name())));
                };
                writer.write(&leaf)?;
                chunks.push(writer.close()?);
            }
        }
        Ok(chunks)
    }
}

fn properties(metadata: &TableMetadata) -> Result<WriterProperties, ParquetError> {
    let pairs = [
        ("inspection_date", metadata.inspection_date.to_string()),
        ("tool_version", metadata.tool_version.clone()),
        ("pipeline_sha256", metadata.pipeline_sha256.clone()),
        ("law_sha256", metadata.law_sha256.clone()),
    ];
    let pairs = pairs.into_iter().map(|(key, value)| KeyValue::new(key.to_owned(), value)).collect();
    Ok(WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
        .set_max_row_group_row_count(Some(ROWS_PER_GROUP))
        .set_created_by(format!("klippekort {}", metadata.tool_version))
        .set_key_value_metadata(Some(pairs))
        .build())
}

/// A failed write is the disk's problem; anything else is a defect of the program or a value
/// that its column cannot hold.
fn explain(error: ParquetError, file: StagedFile<'_>) -> Diagnostics {
    if let ParquetError::External(cause) = &error
        && let Some(io_error) = cause.downcast_ref::<io::Error>()
    {
        return file.failed(io_error);
    }
    Diagnostic::output(Place::file(file.name()), format!("the table cannot be written: {error}"))
        .hint("a value does not fit its column; nothing was published. Please report this with run.json")
        .into()
}
