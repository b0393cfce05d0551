//! A scratch folder of small exports, written in any dialect or format from one set of rows.

#![allow(dead_code, reason = "every test file uses its own part of this")]

pub mod workbook;

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array, StringArray,
};
use arrow::record_batch::RecordBatch;
use klippekort::base::Day;
use klippekort::contract::{Kind, Table};
use klippekort::diagnostics::Blame;
use klippekort::ingest::{self, Ingested, Reason};
use klippekort::pipeline::{Overrides, Pipeline};
use klippekort::student::exports::Exports;
use klippekort::student::result_codes::{ResultCode, ResultCodes};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tempfile::TempDir;

const ROWS: &[(Table, &[&str])] = &[
    (Table::Programmes, &["CS,Computer Science,BSc,180,36,48"]),
    (
        Table::Courses,
        &[
            "01005,Mathematics,5,BSc,seven_point,1,E1",
            "02101,Programming,7.5,BSc,pass_fail,0,",
            "02102,Mathematics for all,5,BSc,seven_point,1,",
            "10999,Physics,2.25,MSc,seven_point,0,",
        ],
    ),
    (
        Table::Enrolments,
        &[
            "S1,E1,990199-0007,Søren,Ågård,s@example.org,da,DK,DK,CS,2026-09-01,active,,,2.5,,1,0,1",
            "S2,E2,,Ann,Lee,l@example.org,en,UK,,CS,2025-09-01,on_leave,,6,,2026-02-01,,,0",
            "S3,E3,990199AB07,Bo,Bæk,b@example.org,da,DK,DK,CS,2024-09-01,withdrawn,2026-06-30,,,,,,",
        ],
    ),
    (Table::CourseEquivalences, &["02102,01005,same", "02101,02102,blocked"]),
    (
        Table::Results,
        &[
            "E1,01005,5,12,2026-12-10,2026-12-20,0,,,",
            "E1,02102,5,AB,2026-06-10,2026-06-20,0,,,",
            "E1,02101,7.5,02,2026-12-11,2026-12-21,0,,1,",
            "E1,AAU-7,10,12,,2026-08-20,1,Aalborg,,",
            "E2,01005,5,00,2026-12-10,2026-12-20,0,,,1",
        ],
    ),
    (
        Table::SuPayments,
        &["E1,2026-10,ordinary,1,6589.00", "E1,2026-09,parental,2,1234.5", "E2,2026-09,ordinary,1,"],
    ),
    (
        Table::ExamRegistrations,
        &["E1,10999,2027-05-20,2027-02-10,", "E1,02101,2026-12-11,2026-10-01,2026-11-01"],
    ),
    (Table::ExtraPortionGrants, &["E1,2026-11-01,2,illness,2026-09,2026-10"]),
    (
        Table::ExtraPortionClaims,
        &["C1,E1,illness,2026-09,2026-10,2,2026-11-02,,general_practitioner,0,1,1,,"],
    ),
    (Table::Leaves, &["E2,2026-02-01,2026-08-31,parental"]),
    (Table::Exemptions, &["E1,study_activity,,2026-11-01,", "E1,extra_attempt,01005,2026-11-01,1"]),
    (Table::Projects, &["E3,bsc_project,15,2026-02-01,2026-06-30,,2026-06-29,,10999"]),
    (Table::ApprovalsAbroad, &["E1,2027-02-01,2027-06-30,30"]),
    (Table::YouthCards, &["E1,2026-09-01,2027-08-31"]),
    (Table::PartResults, &["E1,01005,2026-12-10,1,50,12", "E1,01005,2026-12-10,2,50,02"]),
    (
        Table::StudentCards,
        &["E1,ntnu,1,0,0,1,Dragvoll,2026-09-01,2026-09-10,2026-09-10,12,2026-12-01,0,1,0,0,0,0"],
    ),
];

/// The columns that the rows above fill; later optional ones are left out of the file.
fn header(table: Table) -> Vec<&'static str> {
    let columns = table.columns().iter().map(|column| column.name);
    let rows = ROWS.iter().find(|(other, _)| *other == table).and_then(|(_, rows)| rows.first());
    columns.take(rows.map_or(usize::MAX, |row| cells(row).len())).collect()
}

fn cells(row: &str) -> Vec<String> {
    row.split(',').map(str::to_owned).collect()
}

pub struct ExportsFolder {
    folder: TempDir,
    pipeline: &'static str,
    /// Added to the pipeline file.
    settings: &'static str,
    line_breaks: bool,
}

impl ExportsFolder {
    fn new(pipeline: &'static str) -> ExportsFolder {
        ExportsFolder {
            folder: TempDir::new().expect("a scratch folder"),
            pipeline,
            settings: "",
            line_breaks: false,
        }
    }

    /// Comma, decimal point, ISO dates, the contract's own headers.
    pub fn plain() -> ExportsFolder {
        ExportsFolder::shuffled(0)
    }

    /// As [`ExportsFolder::plain`], with the rows of every file turned and, on odd turns, reversed.
    pub fn shuffled(turn: usize) -> ExportsFolder {
        let folder = ExportsFolder::new("semester_inspection_plain.toml");
        for (table, rows) in ROWS {
            let mut rows = rows.to_vec();
            let by = turn % rows.len();
            rows.rotate_left(by);
            if turn % 2 == 1 {
                rows.reverse();
            }
            let text = format!("{}\n{}\n", header(*table).join(","), rows.join("\n"));
            fs::write(folder.path(&format!("{table}.csv")), text).expect("writable");
        }
        folder
    }

    /// The headers, code words and dialect of the Danish pipeline of the project.
    pub fn danish() -> ExportsFolder {
        let folder = ExportsFolder::new("semester_inspection.toml");
        let pipeline = folder.pipeline();
        for (table, rows) in ROWS {
            let settings = pipeline.table(*table);
            let headers =
                settings.headers.iter().map(|header| header.clone().expect("every header is mapped"));
            let headers = headers.take(header(*table).len());
            let mut text = headers.collect::<Vec<_>>().join(";") + "\n";
            for row in *rows {
                let danish =
                    cells(row).into_iter().enumerate().map(|(at, cell)| match table.columns()[at].kind {
                        Kind::Ects { .. } | Kind::Kroner => match cell.replace('.', ",") {
                            cell if cell == "1234,5" => "1.234,50".to_owned(),
                            cell => cell,
                        },
                        Kind::Date if !cell.is_empty() => {
                            let mark = if at % 2 == 0 { "-" } else { "." };
                            format!("{2}{mark}{1}{mark}{0}", &cell[..4], &cell[5..7], &cell[8..])
                        }
                        Kind::Bool => cell.replace('1', "Ja").replace('0', "nej"),
                        Kind::Code(codes) => {
                            let position = codes.iter().position(|code| *code == cell);
                            let word =
                                settings.words[at].iter().find(|word| Some(word.1 as usize) == position);
                            word.map_or(cell, |word| word.0.clone())
                        }
                        _ => cell,
                    });
                text.push_str(&danish.collect::<Vec<_>>().join(";"));
                text.push('\n');
            }
            let file = settings.file.clone().unwrap_or_else(|| format!("{table}.csv"));
            fs::write(folder.path(&file), text).expect("writable");
        }
        folder
    }

    /// Typed columns; ECTS as decimals, or as doubles.
    pub fn parquet(doubles: bool) -> ExportsFolder {
        let folder = ExportsFolder::new("semester_inspection_plain.toml");
        for (table, rows) in ROWS {
            let rows = rows.iter().map(|row| cells(row)).collect::<Vec<_>>();
            folder.write_parquet(*table, &rows, doubles);
        }
        folder
    }

    /// Writes the table again, as doubles, with one more row.
    pub fn write_parquet_with(&self, table: Table, more: &[&str]) {
        let rows = ROWS.iter().find(|(other, _)| *other == table).expect("the table has rows").1;
        let mut rows = rows.iter().map(|row| cells(row)).collect::<Vec<_>>();
        rows.push(more.iter().map(|cell| (*cell).to_owned()).collect());
        self.write_parquet(table, &rows, true);
    }

    /// Writes the table again with another name of a column.
    pub fn rename_parquet_column(&self, table: Table, from: &str, to: &str) {
        let file = fs::File::open(self.path(&format!("{table}.parquet"))).expect("readable");
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).and_then(|builder| builder.build());
        let batch = reader.expect("a reader").next().expect("a batch").expect("readable");
        let name = |name: &str| if name == from { to.to_owned() } else { name.to_owned() };
        let schema = batch.schema();
        let columns = schema.fields().iter().zip(batch.columns());
        let columns = columns.map(|(field, column)| (name(field.name()), column.clone(), true));
        self.save_parquet(table, &RecordBatch::try_from_iter_with_nullable(columns).expect("equal lengths"));
    }

    fn write_parquet(&self, table: Table, rows: &[Vec<String>], doubles: bool) {
        let array = |at: usize| -> ArrayRef {
            let cells = rows.iter().map(|row| Some(row[at].as_str()).filter(|cell| !cell.is_empty()));
            match table.columns()[at].kind {
                Kind::Ects { .. } | Kind::Kroner if doubles => Arc::new(
                    cells
                        .map(|cell| cell.map(|cell| cell.parse::<f64>().expect("a number")))
                        .collect::<Float64Array>(),
                ),
                Kind::Ects { .. } | Kind::Kroner => {
                    let hundredths = |cell: &str| {
                        let (whole, part) = cell.split_once('.').unwrap_or((cell, "0"));
                        format!("{whole}{part:0<2}").parse::<i128>().expect("a number")
                    };
                    let array = cells.map(|cell| cell.map(hundredths)).collect::<Decimal128Array>();
                    Arc::new(array.with_precision_and_scale(9, 2).expect("fits"))
                }
                Kind::Date => {
                    let day = |cell: &str| Day::parse_iso(cell).expect("a date").epoch_days();
                    Arc::new(cells.map(|cell| cell.map(day)).collect::<Date32Array>())
                }
                Kind::Int { .. } => {
                    let number = |cell: &str| cell.parse::<i32>().expect("a number");
                    Arc::new(cells.map(|cell| cell.map(number)).collect::<Int32Array>())
                }
                Kind::Bool => {
                    Arc::new(cells.map(|cell| cell.map(|cell| cell == "1")).collect::<BooleanArray>())
                }
                _ => Arc::new(cells.collect::<StringArray>()),
            }
        };
        let columns = header(table).into_iter().enumerate().map(|(at, name)| (name, array(at), true));
        self.save_parquet(table, &RecordBatch::try_from_iter_with_nullable(columns).expect("equal lengths"));
    }

    fn save_parquet(&self, table: Table, batch: &RecordBatch) {
        let file = fs::File::create(self.path(&format!("{table}.parquet"))).expect("writable");
        let mut writer = ArrowWriter::try_new(file, batch.schema(), None).expect("a writer");
        writer.write(batch).expect("writable");
        writer.close().expect("closable");
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn with_settings(mut self, settings: &'static str) -> ExportsFolder {
        self.settings = settings;
        self
    }

    /// The pipeline allows line breaks inside quotation marks, in every file.
    pub fn with_line_breaks(mut self) -> ExportsFolder {
        self.line_breaks = true;
        self
    }

    /// A pipeline of the project, reading this folder.
    pub fn pipeline(&self) -> Pipeline {
        let shipped = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("pipelines").join(self.pipeline);
        let text = fs::read_to_string(shipped).expect("readable") + self.settings;
        let allowed = format!("[dialect]\nquoted_line_breaks = {} #", self.line_breaks);
        let text = text.replacen("[dialect]", &allowed, 1);
        let beside = TempDir::new().expect("a scratch folder");
        let path = beside.path().join(self.pipeline);
        fs::write(&path, text).expect("writable");
        let flags = Overrides { input: Some(self.folder.path().to_owned()), ..Overrides::default() };
        match Pipeline::load(&path, &flags) {
            Ok(pipeline) => pipeline,
            Err(problems) => panic!("{problems}"),
        }
    }

    /// Appends a line to a plain file; gives its number.
    pub fn append_line(&self, table: Table, line: &str) -> u32 {
        let path = self.path(&format!("{table}.csv"));
        let text = fs::read_to_string(&path).expect("readable") + line + "\n";
        fs::write(path, &text).expect("writable");
        text.matches('\n').count() as u32
    }

    pub fn rewrite(&self, table: Table, change: impl Fn(&str) -> String) {
        let path = self.path(&format!("{table}.csv"));
        let text = fs::read_to_string(&path).expect("readable");
        fs::write(path, change(&text)).expect("writable");
    }

    /// Writes every file anew from its text.
    pub fn convert(&self, change: impl Fn(&str) -> Vec<u8>) {
        for entry in fs::read_dir(self.folder.path()).expect("readable") {
            let path = entry.expect("readable").path();
            let text = fs::read_to_string(&path).expect("readable");
            fs::write(path, change(&text)).expect("writable");
        }
    }
}

pub fn read(folder: &ExportsFolder) -> Ingested {
    match ingest::read(&folder.pipeline(), &result_codes()) {
        Ok(ingested) => ingested,
        Err(problems) => panic!("{problems}"),
    }
}

pub fn problems(folder: &ExportsFolder) -> String {
    match ingest::read(&folder.pipeline(), &result_codes()) {
        Ok(_) => panic!("the exports were accepted"),
        Err(problems) => {
            assert_eq!(problems.blame(), Blame::Input);
            problems.to_string()
        }
    }
}

/// Table, line, column, reason, and whether the row was accepted after a repair.
pub fn listed(ingested: &Ingested) -> Vec<(Table, u32, &'static str, Reason, bool)> {
    ingested.rejected.iter().map(|row| (row.table, row.line, row.column, row.reason, row.repaired)).collect()
}

pub fn result_codes() -> ResultCodes {
    let code = |code: &str, alias: &str, passed: bool, provisional: bool| ResultCode {
        code: code.to_owned(),
        aliases: Some(alias.to_owned()).filter(|alias| !alias.is_empty()).into_iter().collect(),
        passed,
        uses_attempt: true,
        took_part: true,
        provisional,
        ill: false,
        cheating: false,
    };
    ResultCodes::new(vec![
        code("12", "", true, false),
        code("02", "2", true, false),
        code("00", "0", false, false),
        code("AB", "", true, true),
    ])
}

/// Everything in the exports but the lines, as text.
pub fn snapshot(exports: &Exports) -> String {
    let mut results = exports.results.clone();
    let mut payments = exports.su_payments.clone();
    results.rows.iter_mut().for_each(|row| row.line = 0);
    payments.rows.iter_mut().for_each(|row| row.line = 0);
    let people = exports
        .people
        .iter()
        .map(|person| {
            let cpr = person.cpr.as_ref().map(|cpr| cpr.masked());
            format!("{} {} {} {cpr:?}", person.given_name, person.family_name, person.email)
        })
        .collect::<Vec<_>>();
    let contradicting = exports.contradicting_rows.iter().map(|(enrolment, _)| enrolment).collect::<Vec<_>>();
    let text = format!(
        "{:#?}",
        (
            (&exports.enrolments, people, &exports.programmes, &exports.catalogue, results, payments),
            (
                &exports.small,
                &exports.extra_portion_grants,
                &exports.extra_portion_claims,
                &exports.exemptions
            ),
            (&exports.rejected_input, &exports.lost_rows, contradicting, &exports.lost_equivalences),
            &exports.identity_conflicts,
        )
    );
    text.lines().filter(|line| !line.trim_start().starts_with("line: ")).collect::<Vec<_>>().join("\n")
}
