//! Rows into one Parquet file, group by group.
//!
//! A table is never held whole: rows come in batches, and as soon as there are enough for a row group
//! it is encoded, appended and forgotten. Groups are encoded on several threads and appended in order;
//! where a group begins depends on the row number alone, and where a page begins on the lengths of the
//! batches, which follow the register; so the number of threads does not show in the bytes. No wall
//! clock is written anywhere.

use std::io;
use std::path::Path;

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, Field, SchemaRef};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;
use rayon::prelude::*;

use super::stage::{Stage, StagedFile};
use super::trouble::disk;
use crate::base::Day;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};

/// DuckDB's own group size: one group per thread when it scans.
pub const ROWS_PER_GROUP: usize = 122_880;
/// A finding has a thousand bytes where other rows have fifty, and a group waits in memory until it is full.
const FINDINGS_PER_GROUP: usize = 30_720;
/// Columns that are written plainly: their cells hardly ever come twice, or the cell above is mostly the same or
/// nearly so, which the compression sees for half of what a dictionary costs.
const WITHOUT_DICTIONARY: [&str; 9] =
    ["finding_id", "message", "claim_id", "enrolment_id", "student_id", "klip_net", "used", "ill", "allowed"];
/// Columns in which nobody looks for a range, as nobody does in one of codes: the least and the greatest text of
/// them is work for nothing.
const WITHOUT_STATISTICS: [&[&str]; 6] = [
    &["finding_id"],
    &["course_group"],
    &["message"],
    &["evidence", "list", "element", "fact"],
    &["evidence", "list", "element", "value"],
    &["evidence", "list", "element", "source"],
];
const FINDINGS: &str = "findings.parquet";
/// Level 3 made no column more than a tenth smaller.
const ZSTD_LEVEL: i32 = 1;

/// What every Parquet file of a run carries as key-value metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableMetadata {
    pub inspection_date: Day,
    pub tool_version: String,
    pub pipeline_sha256: String,
    pub law_sha256: String,
}

/// A table that is written while its rows come, in batches of any length.
pub(super) struct TableWriter<'s> {
    /// File name.
    name: &'static str,
    schema: SchemaRef,
    /// Columns of Parquet that each field becomes.
    leaves: Vec<usize>,
    rows_per_group: usize,
    rows: u64,
    /// `None` after a failure.
    file: Option<SerializedFileWriter<StagedFile<'s>>>,
    factory: ArrowRowGroupWriterFactory,
    groups: usize,
    /// Rows that no group has yet, in their order: always fewer than a group.
    pending: Vec<RecordBatch>,
    pending_rows: usize,
}

/// The rows of one row group, before they are encoded.
pub(super) struct Group {
    number: usize,
    slices: Vec<RecordBatch>,
}

/// The column chunks of one row group, or why there are none.
pub(super) type Encoded = Result<Vec<ArrowColumnChunk>, ParquetError>;

impl<'s> TableWriter<'s> {
    pub fn begin(
        stage: &'s Stage,
        name: &'static str,
        schema: SchemaRef,
        metadata: &TableMetadata,
    ) -> Result<TableWriter<'s>, Diagnostics> {
        let file = stage.create(name)?;
        let rows_per_group = if name == FINDINGS { FINDINGS_PER_GROUP } else { ROWS_PER_GROUP };
        let properties =
            properties(metadata, &schema, rows_per_group).map_err(|error| explain(name, &error))?;
        let writer = ArrowWriter::try_new(file, schema.clone(), Some(properties))
            .and_then(ArrowWriter::into_serialized_writer);
        let (file, factory) = writer.map_err(|error| explain(name, &error))?;
        let mut leaves = vec![0; schema.fields().len()];
        let columns = file.schema_descr();
        (0..columns.num_columns()).for_each(|leaf| leaves[columns.get_column_root_idx(leaf)] += 1);
        Ok(TableWriter {
            name,
            schema,
            leaves,
            rows_per_group,
            rows: 0,
            file: Some(file),
            factory,
            groups: 0,
            pending: Vec::new(),
            pending_rows: 0,
        })
    }

    /// Takes the rows that follow, and cuts off the groups that are full.
    pub fn push(&mut self, batch: RecordBatch) -> Vec<Group> {
        let mut full = Vec::new();
        let mut rest = batch;
        self.rows += rest.num_rows() as u64;
        while self.pending_rows + rest.num_rows() >= self.rows_per_group {
            let wanted = self.rows_per_group - self.pending_rows;
            self.pending.push(rest.slice(0, wanted));
            rest = rest.slice(wanted, rest.num_rows() - wanted);
            full.extend(self.cut());
        }
        self.pending_rows += rest.num_rows();
        if rest.num_rows() > 0 {
            self.pending.push(rest);
        }
        full
    }

    /// The group of all rows that wait.
    pub fn cut(&mut self) -> Option<Group> {
        let slices = std::mem::take(&mut self.pending);
        self.pending_rows = 0;
        if slices.is_empty() {
            return None;
        }
        self.groups += 1;
        Some(Group { number: self.groups - 1, slices })
    }

    /// Where a page begins depends on how rows are handed over: always in the slices in which they came,
    /// whose lengths depend on the register alone. Columns are encoded side by side, and each is let go as
    /// soon as it is written.
    pub fn encode(&self, group: Group) -> Encoded {
        let mut writers = self.factory.create_column_writers(group.number)?.into_iter();
        let mut slices: Vec<_> =
            group.slices.into_iter().map(|slice| slice.columns().to_vec().into_iter()).collect();
        let columns = self.schema.fields().iter().zip(&self.leaves).map(|(field, leaves)| {
            let slices: Vec<ArrayRef> = slices.iter_mut().filter_map(Iterator::next).collect();
            (field, slices, writers.by_ref().take(*leaves).collect::<Vec<_>>())
        });
        let columns = columns.collect::<Vec<_>>().into_par_iter();
        let chunks = columns.map(|(field, slices, writers)| encode_column(field, slices, writers));
        Ok(chunks.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    /// Groups must come in their order.
    pub fn append(&mut self, encoded: Encoded) -> Result<(), Diagnostics> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let appended = encoded.and_then(|chunks| {
            let mut row_group = file.next_row_group()?;
            for chunk in chunks {
                chunk.append_to_row_group(&mut row_group)?;
            }
            row_group.close()?;
            Ok(())
        });
        appended.map_err(|error| self.failed(&error))
    }

    /// Nothing more is written; the file is never finished.
    pub fn failed(&mut self, error: &ParquetError) -> Diagnostics {
        self.file = None;
        explain(self.name, error)
    }

    pub fn finish(mut self) -> Result<(), Diagnostics> {
        let Some(file) = self.file.take() else { return Ok(()) };
        let file = file.into_inner().map_err(|error| explain(self.name, &error))?;
        file.finish(Some(self.rows))
    }
}

fn encode_column(field: &Field, slices: Vec<ArrayRef>, mut writers: Vec<ArrowColumnWriter>) -> Encoded {
    for slice in slices {
        for (writer, leaf) in writers.iter_mut().zip(compute_leaves(field, &slice)?) {
            writer.write(&leaf)?;
        }
    }
    writers.into_iter().map(ArrowColumnWriter::close).collect()
}

fn properties(
    metadata: &TableMetadata,
    schema: &SchemaRef,
    rows_per_group: usize,
) -> Result<WriterProperties, ParquetError> {
    let pairs = [
        ("inspection_date", metadata.inspection_date.to_string()),
        ("tool_version", metadata.tool_version.clone()),
        ("pipeline_sha256", metadata.pipeline_sha256.clone()),
        ("law_sha256", metadata.law_sha256.clone()),
    ];
    let pairs = pairs.into_iter().map(|(key, value)| KeyValue::new(key.to_owned(), value)).collect();
    let builder = WITHOUT_DICTIONARY.into_iter().fold(WriterProperties::builder(), |builder, column| {
        builder.set_column_dictionary_enabled(ColumnPath::from(column), false)
    });
    let codes = schema.fields().iter().filter(|field| matches!(field.data_type(), DataType::Dictionary(..)));
    let codes = codes.map(|field| vec![field.name().clone()]);
    let others = WITHOUT_STATISTICS.into_iter();
    let others = others.map(|path| path.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>());
    let builder = codes.chain(others).fold(builder, |builder, path| {
        builder.set_column_statistics_enabled(ColumnPath::from(path), EnabledStatistics::None)
    });
    Ok(builder
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
        .set_max_row_group_row_count(Some(rows_per_group))
        .set_created_by(format!("klippekort {}", metadata.tool_version))
        .set_key_value_metadata(Some(pairs))
        .build())
}

/// A failed write is the disk's problem; anything else is a defect of the program or a value
/// that its column cannot hold.
pub(super) fn explain(name: &str, error: &ParquetError) -> Diagnostics {
    if let ParquetError::External(cause) = error
        && let Some(io_error) = cause.downcast_ref::<io::Error>()
    {
        return disk(Path::new(name), "written", io_error);
    }
    Diagnostic::output(Place::file(name), format!("the table cannot be written: {error}"))
        .hint("a value does not fit its column; nothing was published. Please report this with run.json")
        .into()
}
