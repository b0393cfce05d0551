//! What leaves the house: tables, the record of the run, and the one moment they become visible.
//!
//! The way out is always the same, and each step needs the one before it:
//!
//! ```text
//! Stage::begin ─► audit ─► Tables ─► letters, reports (Stage::create) ─► RunRecord::write ─► Stage::publish
//! ```
//!
//! A reader never sees half a run, a run that fails its audit is never seen at all, and the same
//! inputs give the same bytes. This room knows Arrow and Parquet, and of the rules only whom each judges: it
//! writes the typed rows of [`crate::verdicts`], and `None` becomes null, never zero or false.

mod audit;
mod column;
mod counts;
mod inspection_table;
mod other_tables;
mod parquet_file;
mod pointer;
mod pseudonym;
mod recovery;
mod rejects;
mod room;
mod run_record;
mod seal;
pub mod spreadsheet_csv;
mod stage;
mod trouble;

use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use rayon::prelude::*;

pub use audit::{Audited, Sequence, Trace, audit, audit_part};
pub use counts::{VerdictCounts, count};
pub use parquet_file::{ROWS_PER_GROUP, TableMetadata};
pub use pointer::CURRENT;
pub use pseudonym::{Identifier, PseudonymKey, PseudonymRecord};
pub use rejects::{Action, RejectedRecord};
pub use room::{require_room, room_for_letters, room_for_tables};
pub use run_record::{
    Counts, CurriculaRecord, InputRecord, LawRecord, LetterNotPrinted, PipelineRecord, PreviousRecord,
    RUN_RECORD, RuleNotRun, RunRecord, Settled, StudentsRecord, TemplatesRecord, ToolRecord, WorklistRecord,
    audit_inputs,
};
pub use seal::{SEAL_FILE, Sealed, verify};
pub use stage::{OutputFile, Stage, StagedFile, write_alone};

use crate::base::Month;
use crate::diagnostics::Diagnostics;
use crate::verdicts::Inspection;
use column::{Columns, Table};
use other_tables::{Attempts, Curriculum, Curves, Findings};
use parquet_file::{Encoded, Group, TableWriter};

/// Writes every table of the contract, and `rejected.csv`, into the stage. Tables under pseudonyms have no
/// `rejected`: those rows repeat cells of the exports.
pub fn tables(
    stage: &Stage,
    audited: Audited<'_>,
    rejected: Option<&[RejectedRecord]>,
    metadata: &TableMetadata,
) -> Result<(), Diagnostics> {
    let inspection = audited.inspection();
    let layout = Layout::of(inspection);
    let mut tables = Tables::begin(stage, &layout, metadata)?;
    tables.add(vec![Batches::of(audited, &layout)]);
    tables.finish(inspection, rejected)
}

/// First and last month of all diagrams.
fn months_of(inspection: &Inspection) -> (Month, Month) {
    let starts = inspection.progress.iter().filter_map(|(_, points)| points.first());
    let ends = inspection.progress.iter().filter_map(|(_, points)| points.last());
    let first = starts.map(|point| point.month).min();
    first.zip(ends.map(|point| point.month).max()).unwrap_or(NO_MONTHS)
}

/// First and last month of a diagram that has none.
const NO_MONTHS: (Month, Month) = (Month::new(1, 1), Month::new(0, 12));

/// The tables that grow with every enrolment.
const LONG: usize = 5;

/// What their columns are.
pub struct Layout {
    inspection: Columns<inspection_table::Inspected>,
    attempts: Columns<Attempts>,
    findings: Columns<Findings>,
    progress: Columns<Curves>,
    curriculum: Columns<Curriculum>,
}

impl Layout {
    /// `months` are the first and last that the diagram of any enrolment of the run has, `requirements` the
    /// codes of all curricula, as in [`Inspection::requirements`].
    pub fn new(months: (Month, Month), requirements: &[String]) -> Layout {
        Layout {
            inspection: inspection_table::columns(),
            attempts: other_tables::attempts(),
            findings: other_tables::findings(),
            progress: other_tables::progress(months),
            curriculum: other_tables::curriculum(requirements),
        }
    }

    fn of(inspection: &Inspection) -> Layout {
        Layout::new(months_of(inspection), &inspection.requirements)
    }

    fn schemas(&self) -> [(&'static str, SchemaRef); LONG] {
        [
            ("inspection.parquet", self.inspection.schema()),
            ("attempts.parquet", self.attempts.schema()),
            ("findings.parquet", self.findings.schema()),
            ("progress.parquet", self.progress.schema()),
            ("curriculum.parquet", self.curriculum.schema()),
        ]
    }
}

/// The rows of a part of the register in the order of the layout, ready to be written. Only an audited part
/// can be.
pub struct Batches([Result<RecordBatch, ArrowError>; LONG]);

impl Batches {
    pub fn of(audited: Audited<'_>, layout: &Layout) -> Batches {
        let part = audited.inspection();
        Batches([
            layout.inspection.batch(part),
            layout.attempts.batch(part),
            layout.findings.batch(part),
            layout.progress.batch(part),
            layout.curriculum.batch(part),
        ])
    }

    /// Every table with rows per enrolment or application, under its file name.
    pub fn of_all(audited: Audited<'_>) -> Result<Vec<(&'static str, RecordBatch)>, Diagnostics> {
        let layout = Layout::of(audited.inspection());
        let Batches(long) = Batches::of(audited, &layout);
        let names = layout.schemas().map(|(name, _)| name);
        let claims = other_tables::extra_portions().batch(audited.inspection());
        let all = names.into_iter().zip(long).chain([("extra_portions.parquet", claims)]);
        all.map(|(name, batch)| match batch {
            Ok(batch) => Ok((name, batch)),
            Err(error) => Err(parquet_file::explain(name, &error.into())),
        })
        .collect()
    }
}

/// The tables of a run while they are written.
pub struct Tables<'s> {
    stage: &'s Stage,
    metadata: &'s TableMetadata,
    long: Vec<TableWriter<'s>>,
    problems: Diagnostics,
}

impl<'s> Tables<'s> {
    pub fn begin(
        stage: &'s Stage,
        layout: &Layout,
        metadata: &'s TableMetadata,
    ) -> Result<Tables<'s>, Diagnostics> {
        let long = layout.schemas().into_iter();
        let long = long.map(|(name, schema)| TableWriter::begin(stage, name, schema, metadata));
        Ok(Tables {
            stage,
            metadata,
            long: long.collect::<Result<_, _>>()?,
            problems: Diagnostics::default(),
        })
    }

    /// Writes the rows of the parts that follow in the register. Groups are encoded side by side;
    /// what goes wrong is told at the end.
    pub fn add(&mut self, parts: Vec<Batches>) {
        let mut groups = Vec::new();
        for Batches(batches) in parts {
            for (table, (writer, batch)) in self.long.iter_mut().zip(batches).enumerate() {
                match batch {
                    Ok(batch) => groups.extend(writer.push(batch).into_iter().map(|group| (table, group))),
                    Err(error) => self.problems.extend(writer.failed(&error.into())),
                }
            }
        }
        self.write(groups);
    }

    fn write(&mut self, groups: Vec<(usize, Group)>) {
        let long = &self.long;
        let encoded: Vec<(usize, Encoded)> =
            groups.into_par_iter().map(|(table, group)| (table, long[table].encode(group))).collect();
        for (table, encoded) in encoded {
            if let Err(problems) = self.long[table].append(encoded) {
                self.problems.extend(problems);
            }
        }
    }

    /// Writes what is left, and the tables that are short: those of `rest`, and of the rejected rows if they
    /// are to be seen.
    pub fn finish(
        mut self,
        rest: &Inspection,
        rejected: Option<&[RejectedRecord]>,
    ) -> Result<(), Diagnostics> {
        let groups = self.long.iter_mut().enumerate();
        let groups = groups.filter_map(|(table, writer)| Some((table, writer.cut()?))).collect();
        self.write(groups);
        let Tables { stage, metadata, long, mut problems } = self;
        let mut note = |written: Result<(), Diagnostics>| {
            if let Err(failed) = written {
                problems.extend(failed);
            }
        };
        long.into_iter().for_each(|writer| note(writer.finish()));
        claims_and_ratios(rest).into_iter().for_each(|table| note(table.write(stage, metadata)));
        if let Some(rejected) = rejected {
            let rejected = rejects::sorted(rejected);
            note(rejected_table(&rejected).write(stage, metadata));
            note(rejects::write_csv(stage, &rejected));
        }
        problems.into_result(())
    }
}

/// A table that is there as a whole before it is written.
struct ShortTable {
    name: &'static str,
    schema: SchemaRef,
    batch: Result<RecordBatch, ArrowError>,
}

impl ShortTable {
    fn of<T: Table>(name: &'static str, columns: &Columns<T>, source: &T::Source) -> ShortTable {
        ShortTable { name, schema: columns.schema(), batch: columns.batch(source) }
    }

    fn write(self, stage: &Stage, metadata: &TableMetadata) -> Result<(), Diagnostics> {
        let mut writer = TableWriter::begin(stage, self.name, self.schema, metadata)?;
        let batch = self.batch.map_err(|error| writer.failed(&error.into()))?;
        let mut groups = writer.push(batch);
        groups.extend(writer.cut());
        for group in groups {
            let encoded = writer.encode(group);
            writer.append(encoded)?;
        }
        writer.finish()
    }
}

fn claims_and_ratios(rest: &Inspection) -> [ShortTable; 2] {
    [
        ShortTable::of("extra_portions.parquet", &other_tables::extra_portions(), rest),
        ShortTable::of("programme_ratios.parquet", &other_tables::programme_ratios(), rest),
    ]
}

fn rejected_table(rejected: &[RejectedRecord]) -> ShortTable {
    ShortTable::of("rejected.parquet", &other_tables::rejected(), rejected)
}

/// File name and schema of every Parquet table.
pub fn schemas() -> Vec<(&'static str, SchemaRef)> {
    let [inspection, attempts, findings, progress, curriculum] = Layout::of(&Inspection::default()).schemas();
    let named = |table: ShortTable| (table.name, table.schema);
    let [extra_portions, ratios] = claims_and_ratios(&Inspection::default()).map(named);
    let rejected = named(rejected_table(&[]));
    vec![inspection, attempts, extra_portions, findings, progress, ratios, curriculum, rejected]
}
