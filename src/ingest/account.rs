//! Opens the files of a pipeline, reads them, and keeps the account.

use std::path::PathBuf;

use arrow::record_batch::RecordBatch;

use super::convert::{Converter, Keys};
use super::locate::{Found, absent, file_name, locate, unread, unread_beside};
use super::report::{FileReport, Format, RejectedRow};
use super::staged::Piece;
use super::{csv_file, foreign};
use crate::contract::Table;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::pipeline::{Dialect, Pipeline, TableSettings};
use crate::student::exports::LostRow;
use crate::student::result_codes::ResultCodes;
use crate::verdicts::ReviewReason;

pub struct Gate<'a> {
    pipeline: &'a Pipeline,
    result_codes: &'a ResultCodes,
    /// The file of each table, in the order of [`Table::ALL`].
    found: Vec<Option<Found>>,
    /// Tables that are in memory already.
    batches: Vec<(Table, RecordBatch)>,
    pub keys: Keys,
    pub files: Vec<FileReport>,
    pub rejected: Vec<RejectedRow>,
    /// Table and enrolment that a rejected row names.
    pub lost: Vec<LostRow>,
}

/// The rows of one table and the account that is still open.
pub struct Loaded {
    pub piece: Piece,
    /// `None` for a table that the pipeline declares empty.
    report: Option<FileReport>,
}

impl Loaded {
    /// Tells something of the file, if there is one.
    pub fn note(&mut self, notices: Vec<String>) {
        if let Some(report) = &mut self.report {
            report.notices.extend(notices);
        }
    }
}

impl<'a> Gate<'a> {
    /// Finds every file and checks every header; all problems at once.
    pub fn open(pipeline: &'a Pipeline, result_codes: &'a ResultCodes) -> Result<Gate<'a>, Diagnostics> {
        let mut problems = Diagnostics::default();
        if !pipeline.input.is_dir() {
            let place = Place::file(pipeline.input.display().to_string());
            let what = if pipeline.input.exists() { "is not a folder" } else { "does not exist" };
            return Err(Diagnostic::input(place, format!("the input folder {what}"))
                .hint("set [input] folder in the pipeline, or use --input")
                .into());
        }
        std::fs::read_dir(&pipeline.input).map_err(|error| {
            let place = Place::file(pipeline.input.display().to_string());
            Diagnostic::input(place, format!("the input folder cannot be read: {error}"))
                .hint("ask for the right to read it")
        })?;
        let mut found = Vec::new();
        for table in Table::ALL {
            let mut located = locate(pipeline, table).unwrap_or_else(|problem| {
                problems.push(problem);
                None
            });
            if let Some(file) = &mut located {
                let settings = pipeline.table(table);
                let checked = match file.format {
                    Format::Csv => csv_file::check(&file.path, table, settings),
                    Format::Parquet | Format::Xlsx => {
                        let request = request(file, table, settings);
                        foreign::check(pipeline.reader.as_deref(), &request, table, settings)
                    }
                };
                file.layout = checked.map_err(|others| problems.extend(others)).ok();
            }
            found.push(located);
        }
        let missing =
            Table::ALL.into_iter().zip(&found).any(|(table, file)| table.required() && file.is_none());
        if let Some(unread) = unread(&pipeline.input, &found).filter(|_| missing) {
            let place = Place::file(pipeline.input.display().to_string());
            problems.push(Diagnostic::input(place, unread));
        }
        problems.into_result(Gate::new(pipeline, result_codes, found, Vec::new()))
    }

    /// Takes tables that are in memory; the name of a table stands for its file.
    pub fn of_batches(
        pipeline: &'a Pipeline,
        result_codes: &'a ResultCodes,
        batches: Vec<(Table, RecordBatch)>,
    ) -> Result<Gate<'a>, Diagnostics> {
        let mut problems = Diagnostics::default();
        let found = Table::ALL.map(|table| {
            let (_, batch) = batches.iter().find(|(given, _)| *given == table)?;
            let path = PathBuf::from(table.name());
            if let Err(others) = foreign::check_batch(&path, batch, table, pipeline.table(table)) {
                problems.extend(others);
            }
            Some(Found { path, format: Format::Parquet, layout: None })
        });
        problems.into_result(Gate::new(pipeline, result_codes, found.to_vec(), batches))
    }

    fn new(
        pipeline: &'a Pipeline,
        result_codes: &'a ResultCodes,
        found: Vec<Option<Found>>,
        batches: Vec<(Table, RecordBatch)>,
    ) -> Gate<'a> {
        let (files, rejected, lost) = (Vec::new(), Vec::new(), Vec::new());
        Gate { pipeline, result_codes, found, batches, keys: Keys::default(), files, rejected, lost }
    }

    /// What is doubtful of files by their names and headers, each with its path.
    pub fn doubts(&self) -> Vec<String> {
        let mut doubts = Vec::new();
        for (table, file) in Table::ALL.into_iter().zip(&self.found) {
            let Some(file) = file else { continue };
            let of_header = file.layout.iter().flat_map(|layout| layout.doubts.iter().cloned());
            let all = of_header.chain(unread_beside(&file.path, table, &self.found));
            doubts.extend(all.map(|doubt| format!("{}: {doubt}", file.path.display())));
        }
        doubts
    }

    /// Files that the pipeline names and that are not there, with their tables. Tables in memory have no file.
    pub fn not_there(&self) -> Vec<String> {
        let without = Table::ALL.into_iter().zip(&self.found).filter(|(_, found)| found.is_none());
        let named = without.filter_map(|(table, _)| Some((self.pipeline.table(table).file.as_ref()?, table)));
        named.filter(|_| self.batches.is_empty()).map(|(file, table)| absent(file, table)).collect()
    }

    /// Tables without a file and without a word of the pipeline, for which letters or verdicts wait.
    pub fn not_given(&self) -> Vec<String> {
        let is_open = |table: Table| {
            let settings = self.pipeline.table(table);
            settings.file.is_none() && !settings.declared_empty && ReviewReason::missing(table).is_some()
        };
        let without = Table::ALL.into_iter().zip(&self.found).filter(|(_, found)| found.is_none());
        let tell = |table: Table| {
            format!(
                "{table} is not given: letters and verdicts that need it will wait; put its export there, or write \
                 `none = true` under [tables.{table}] when there is nothing of it"
            )
        };
        without.filter(|(table, _)| is_open(*table)).map(|(table, _)| tell(table)).collect()
    }

    /// Files of the input folder that no table reads, in one sentence.
    pub fn not_read(&self) -> Option<String> {
        let folder = &self.pipeline.input;
        let found = unread(folder, &self.found).filter(|_| self.batches.is_empty());
        found.map(|unread| format!("{}: {unread}", folder.display()))
    }

    /// Whether the rows of a table are in a workbook.
    pub fn is_workbook(&self, table: Table) -> bool {
        self.found[table as usize].as_ref().is_some_and(|file| file.format == Format::Xlsx)
    }

    /// Reads the rows of a table; `None` when it is optional and absent.
    pub fn load(&self, table: Table) -> Result<Option<Loaded>, Diagnostics> {
        let settings = self.pipeline.table(table);
        let Some(file) = &self.found[table as usize] else {
            return Ok(settings.declared_empty.then(|| Loaded { piece: Piece::new(table), report: None }));
        };
        let plain = Dialect::plain();
        let dialect = match file.format {
            Format::Csv | Format::Xlsx => &settings.dialect,
            Format::Parquet => &plain,
        };
        let converter = Converter::new(table, dialect, settings, &self.keys, self.result_codes);
        let batch = self.batches.iter().find(|(given, _)| *given == table);
        let content = match (batch, &file.layout) {
            (Some((_, batch)), _) => foreign::read_batch(&file.path, batch, &converter)?,
            (None, Some(layout)) if file.format != Format::Csv => {
                let (request, reader) = (request(file, table, settings), self.pipeline.reader.as_deref());
                foreign::read(reader, &request, layout, &converter)?
            }
            (None, _) => csv_file::read(&file.path, &converter)?,
        };
        let (mut notices, mut doubts) = (content.notices, content.doubts);
        if batch.is_none() {
            doubts.extend(unread_beside(&file.path, table, &self.found));
        }
        notices.extend(doubts.iter().cloned());
        let report = FileReport {
            table,
            path: file.path.display().to_string(),
            bytes: content.bytes,
            sha256: content.sha256,
            format: file.format,
            encoding: content.encoding,
            rows_read: content.piece.rows_read,
            rows_accepted: 0,
            rows_rejected: 0,
            rows_repaired: 0,
            notices,
            doubts,
        };
        Ok(Some(Loaded { piece: content.piece, report: Some(report) }))
    }

    pub fn load_required(&self, table: Table) -> Result<Loaded, Diagnostics> {
        self.load(table)?.ok_or_else(|| {
            let place = Place::file(self.pipeline.input.display().to_string());
            Diagnostic::input(place, format!("{table} is missing")).into()
        })
    }

    /// Closes the account of a table: `accepted` is counted from what was handed over.
    pub fn close(&mut self, loaded: Loaded, accepted: usize) {
        let Some(mut report) = loaded.report else { return };
        self.lost.extend(loaded.piece.named.into_iter().map(|(enrolment, line)| LostRow {
            table: report.table,
            enrolment,
            line,
        }));
        let file = self.found[report.table as usize].as_ref().map(|found| file_name(&found.path));
        let file = file.unwrap_or_default();
        let mut rejections = loaded.piece.rejections;
        rejections.sort_by(|a, b| a.line.cmp(&b.line).then(a.repaired.cmp(&b.repaired)));
        let (mut rejected_line, mut repaired_line) = (None, None);
        for rejection in rejections {
            if !rejection.repaired {
                rejected_line = Some(rejection.line);
                report.rows_rejected += 1;
            } else if rejected_line == Some(rejection.line) {
                // The row was rejected later on, as a duplicate: its repair no longer matters.
                continue;
            } else if repaired_line != Some(rejection.line) {
                repaired_line = Some(rejection.line);
                report.rows_repaired += 1;
            }
            self.rejected.push(RejectedRow {
                table: report.table,
                line: rejection.line,
                column: rejection.column,
                reason: rejection.reason,
                value: rejection.value,
                repaired: rejection.repaired,
                file: file.clone(),
            });
        }
        report.rows_accepted = accepted as u64;
        self.files.push(report);
    }
}

fn request(file: &Found, table: Table, settings: &TableSettings) -> foreign::Request {
    foreign::Request {
        format: file.format,
        path: file.path.clone(),
        sheet: settings.sheet.clone(),
        table: table.name().to_owned(),
        columns: None,
    }
}
