//! One Parquet table of a published run, held against the hash that its record has of it.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Decimal128Type};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::base::{Ects, sha256_of};
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::output::OutputFile;
use crate::student::previous::PreviousVerdict;
use crate::verdicts::{LetterKind, Progress, StartCheck, SuStatus};

const VERDICTS: [&str; 6] =
    ["enrolment_id", "su_status", "progress", "start_check", "ects_required", "letters"];

pub struct TableOfRun {
    path: PathBuf,
    file: File,
}

impl TableOfRun {
    /// Opens a table whose bytes are still those that the run wrote.
    pub fn open(folder: &Path, name: &str, outputs: &[OutputFile]) -> Result<TableOfRun, Diagnostic> {
        let path = folder.join(name);
        let refused = |message: &str| {
            Diagnostic::input(Place::file(path.display().to_string()), message)
                .hint("fetch the previous run from a copy, or make it again; `klip verify` checks a run")
        };
        let written = outputs
            .iter()
            .find(|output| output.path == name)
            .ok_or_else(|| refused("the record of the previous run does not list this table"))?;
        let mut file = File::open(&path)
            .map_err(|error| refused(&format!("this table of the previous run cannot be read: {error}")))?;
        let (_, digest) = sha256_of(&mut file)
            .map_err(|error| refused(&format!("this table of the previous run cannot be read: {error}")))?;
        if digest != written.sha256 {
            return Err(refused("this table of the previous run was changed after that run"));
        }
        Ok(TableOfRun { path, file })
    }

    /// The verdicts by enrolment, sorted.
    pub fn verdicts(self) -> Result<Vec<(String, PreviousVerdict)>, Diagnostics> {
        let mut verdicts = Vec::new();
        self.batches(&VERDICTS, |batch| {
            let ids = texts(batch, "enrolment_id")?;
            let (status, progress, start) =
                (texts(batch, "su_status")?, texts(batch, "progress")?, texts(batch, "start_check")?);
            let required =
                batch.column_by_name("ects_required")?.as_primitive_opt::<Decimal128Type>()?.clone();
            let letters = batch.column_by_name("letters")?.as_list_opt::<i32>()?.clone();
            for row in 0..batch.num_rows() {
                let kinds = letters.value(row).as_string_opt::<i32>()?.clone();
                let code = |column: &StringArray| column.is_valid(row).then(|| column.value(row).to_owned());
                let hundredths = required.is_valid(row).then(|| i32::try_from(required.value(row)).ok());
                let verdict = PreviousVerdict {
                    su_status: known(code(&status), SuStatus::from_code)?,
                    progress: known(code(&progress), Progress::from_code)?,
                    start_check: known(code(&start), StartCheck::from_code)?,
                    required: hundredths.flatten().map(Ects::hundredths),
                    letters: kinds.iter().flatten().map(LetterKind::from_code).collect::<Option<_>>()?,
                };
                verdicts.push((ids.value(row).to_owned(), verdict));
            }
            Some(())
        })?;
        verdicts.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(verdicts)
    }

    /// The different texts of a column.
    pub fn distinct(self, column: &'static str) -> Result<BTreeSet<String>, Diagnostics> {
        let mut found = BTreeSet::new();
        self.batches(&[column], |batch| {
            for text in texts(batch, column)?.iter().flatten() {
                if !found.contains(text) {
                    found.insert(text.to_owned());
                }
            }
            Some(())
        })?;
        Ok(found)
    }

    /// Calls `each` with every batch of some columns; `None` from it means that they are not of the
    /// shape that a run writes.
    fn batches(
        self,
        columns: &[&str],
        mut each: impl FnMut(&RecordBatch) -> Option<()>,
    ) -> Result<(), Diagnostics> {
        let name = self.path.display().to_string();
        let unreadable = |error: &dyn std::fmt::Display| {
            Diagnostic::input(Place::file(&name), format!("this table cannot be read: {error}"))
                .hint("the previous run must be made by this program; make it again")
        };
        let builder =
            ParquetRecordBatchReaderBuilder::try_new(self.file).map_err(|error| unreadable(&error))?;
        let fields = builder.schema().fields();
        let wanted = fields.iter().enumerate().filter(|(_, field)| columns.contains(&field.name().as_str()));
        let mask =
            ProjectionMask::roots(builder.parquet_schema(), wanted.map(|(at, _)| at).collect::<Vec<_>>());
        let reader = builder.with_projection(mask).build().map_err(|error| unreadable(&error))?;
        for batch in reader {
            let batch = batch.map_err(|error| unreadable(&error))?;
            each(&batch).ok_or_else(|| unreadable(&"a column is missing or of another kind"))?;
        }
        Ok(())
    }
}

/// A code that this program does not know is not of its own making; an empty cell is unknown.
fn known<T>(code: Option<String>, read: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    code.map_or(Some(None), |code| read(&code).map(Some))
}

/// A column of texts or of codes.
fn texts(batch: &RecordBatch, column: &str) -> Option<StringArray> {
    let texts = cast(batch.column_by_name(column)?, &DataType::Utf8).ok()?;
    texts.as_string_opt::<i32>().cloned()
}
