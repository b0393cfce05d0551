//! What leaves the house: tables, the record of the run, and the one moment they become visible.
//!
//! The way out is always the same, and each step needs the one before it:
//!
//! ```text
//! Stage::begin ─► audit ─► tables(…) ─► letters, reports (Stage::create) ─► RunRecord::write ─► Stage::publish
//! ```
//!
//! A reader never sees half a run, a run that fails its audit is never seen at all, and the same
//! inputs give the same bytes. This room knows Arrow and Parquet but no rule: it writes the typed
//! rows of [`crate::verdicts`], and `None` becomes null, never zero or false.

mod audit;
mod column;
mod counts;
mod inspection_table;
mod other_tables;
mod parquet_file;
mod recovery;
mod rejects;
mod run_record;
mod stage;
mod trouble;

use std::ops::Range;

use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use rayon::prelude::*;

pub use audit::{Audited, audit};
pub use counts::{VerdictCounts, count};
pub use parquet_file::{ROWS_PER_GROUP, TableMetadata};
pub use rejects::{Action, RejectedRecord, without_formula};
pub use run_record::{
    Counts, CurriculaRecord, DatesRecord, InputRecord, LawRecord, PipelineRecord, RUN_RECORD, RuleNotRun,
    RunRecord, StudentsRecord, ToolRecord, audit_inputs,
};
pub use stage::{OutputFile, Stage, StagedFile, sha256_hex};

use crate::base::Month;
use crate::diagnostics::Diagnostics;
use crate::verdicts::{Inspection, ProgressPoint};
use other_tables::{ProgressRow, RequirementCells};
use parquet_file::Table;

/// Writes every table of the contract, and `rejected.csv`, into the stage. Tables are written side
/// by side; neither that nor the order of `rejected` shows in the bytes.
pub fn tables(
    stage: &Stage,
    audited: Audited<'_>,
    rejected: &[RejectedRecord],
    metadata: &TableMetadata,
) -> Result<(), Diagnostics> {
    let inspection = audited.inspection();
    let rejected = rejects::sorted(rejected);
    let mut written: Vec<Result<(), Diagnostics>> =
        all(inspection, &rejected).par_iter().map(|table| table.write(stage, metadata)).collect();
    written.push(rejects::write_csv(stage, &rejected));
    let mut problems = Diagnostics::default();
    for failed in written.into_iter().filter_map(Result::err) {
        problems.extend(failed);
    }
    problems.into_result(())
}

/// File name and schema of every Parquet table, as the reference page prints them.
pub fn schemas() -> Vec<(&'static str, SchemaRef)> {
    all(&Inspection::default(), &[]).into_iter().map(|table| (table.name, table.schema)).collect()
}

fn all<'a>(inspection: &'a Inspection, rejected: &'a [&'a RejectedRecord]) -> Vec<Table<'a>> {
    vec![
        Table::of_rows("inspection.parquet", inspection_table::columns(), &inspection.inspection),
        Table::of_rows("attempts.parquet", other_tables::attempts(), &inspection.attempts),
        Table::of_rows("extra_portions.parquet", other_tables::extra_portions(), &inspection.extra_portions),
        Table::of_rows("findings.parquet", other_tables::findings(), &inspection.findings),
        progress(&inspection.progress),
        Table::of_rows(
            "programme_ratios.parquet",
            other_tables::programme_ratios(),
            &inspection.programme_ratios,
        ),
        curriculum(inspection),
        Table::of_rows("rejected.parquet", other_tables::rejected(), rejected),
    ]
}

/// Laid out from positions a row group at a time.
fn curriculum(inspection: &Inspection) -> Table<'_> {
    let columns = other_tables::curriculum(&inspection.requirements);
    let schema = column::schema(&columns);
    let batch_schema = schema.clone();
    let batch = move |range: Range<usize>| -> Result<RecordBatch, ArrowError> {
        let rows: Vec<RequirementCells<'_>> = inspection.curriculum[range]
            .iter()
            .map(|row| {
                let enrolment = inspection.inspection.get(row.inspected as usize);
                RequirementCells { enrolment_id: enrolment.map(|row| row.enrolment_id.as_str()), row: *row }
            })
            .collect();
        column::batch(&batch_schema, &columns, &rows)
    };
    Table { name: "curriculum.parquet", schema, rows: inspection.curriculum.len(), batch: Box::new(batch) }
}

/// By far the longest table: its rows are laid out from the curves a row group at a time.
fn progress(curves: &[(String, Vec<ProgressPoint>)]) -> Table<'_> {
    let months = || curves.iter().flat_map(|(_, points)| points.iter().map(|point| point.month));
    let first = months().min().unwrap_or(Month::from_index(0));
    let last = months().max().unwrap_or(first.plus(-1));
    let columns = other_tables::progress((first.index()..=last.index()).map(Month::from_index));
    let schema = column::schema(&columns);
    // The first row of each curve, and the number of rows after the last.
    let mut starts = Vec::with_capacity(curves.len() + 1);
    let mut rows = 0_usize;
    for (_, points) in curves {
        starts.push(rows);
        rows += points.len();
    }
    let batch_schema = schema.clone();
    let batch = move |range: Range<usize>| -> Result<RecordBatch, ArrowError> {
        let curve = starts.partition_point(|start| *start <= range.start).saturating_sub(1);
        let skipped = range.start - starts.get(curve).copied().unwrap_or(0);
        let points = curves.iter().skip(curve).flat_map(|(enrolment_id, points)| {
            points.iter().map(move |point| ProgressRow {
                enrolment_id,
                point: *point,
                month_position: point.month.index() - first.index(),
            })
        });
        let rows: Vec<ProgressRow<'_>> = points.skip(skipped).take(range.len()).collect();
        column::batch(&batch_schema, &columns, &rows)
    };
    Table { name: "progress.parquet", schema, rows, batch: Box::new(batch) }
}
