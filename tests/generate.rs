//! The synthetic exports: the same from one thread and many, whole, and never written over others.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use klippekort::base::Cutoffs;
use klippekort::contract::{Kind, Table};
use klippekort::engine::explain::{Said, explain};
use klippekort::generate::{Dialect, Format, Headers, Options, write};
use klippekort::ingest;
use klippekort::law::{Law, LawBook};
use klippekort::pipeline::{Overrides, Pipeline};

fn options(output: &Path, students: u32, format: Format) -> Options {
    Options {
        students,
        seed: 7,
        output: output.to_owned(),
        dialect: Dialect::Plain,
        format,
        headers: Headers::default(),
    }
}

fn bytes(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(path).unwrap()))
        .collect()
}

#[test]
fn the_bytes_do_not_depend_on_the_number_of_threads() {
    for format in [Format::Csv, Format::Parquet] {
        let scratch = tempfile::tempdir().unwrap();
        let written = |threads: usize| {
            let folder = scratch.path().join(threads.to_string());
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| write(&options(&folder, 2500, format))).unwrap();
            bytes(&folder)
        };
        assert!(written(1) == written(3));
    }
}

/// Tables ("" for the column) and columns that the generator leaves empty.
const NOT_YET_GENERATED: &[(Table, &str)] = &[];

#[test]
fn every_code_of_the_contract_occurs() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("data");
    let report = write(&options(&folder, 6000, Format::Csv)).unwrap();
    let filled = |table: Table| !NOT_YET_GENERATED.contains(&(table, ""));
    assert!(report.files.iter().all(|file| file.rows > 0 || !filled(file.table)), "{report:?}");
    for file in &report.files {
        let mut reader = csv::Reader::from_path(&file.path).unwrap();
        let records: Vec<_> = reader.records().map(Result::unwrap).collect();
        assert_eq!(records.len() as u64, file.rows, "{}", file.table);
        for (at, column) in file.table.columns().iter().enumerate() {
            if !filled(file.table) || NOT_YET_GENERATED.contains(&(file.table, column.name)) {
                continue;
            }
            let wanted: &[&str] = match column.kind {
                Kind::Code(codes) => codes,
                Kind::ResultCode => {
                    &["12", "10", "7", "4", "02", "00", "-3", "BE", "IB", "EM", "IG", "SN", "AB", "AI", "SYG"]
                }
                Kind::Bool => &["1"],
                _ => continue,
            };
            for code in wanted {
                let found = records.iter().any(|record| &record[at] == *code);
                assert!(found, "{}.{} never holds {code}", file.table, column.name);
            }
        }
    }
    let rows = |table: Table| report.files.iter().find(|file| file.table == table).unwrap().rows;
    assert!((6300..=6900).contains(&rows(Table::Enrolments)), "{}", rows(Table::Enrolments));
    assert!((26..=38).contains(&(rows(Table::Results) / 6000)), "{}", rows(Table::Results));
    assert!((22..=34).contains(&(rows(Table::SuPayments) / 6000)), "{}", rows(Table::SuPayments));
}

#[test]
fn a_folder_that_holds_anything_is_left_alone() {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("notes.txt"), "mine").unwrap();
    let refused = write(&options(scratch.path(), 3, Format::Csv)).unwrap_err();
    assert!(refused.to_string().contains("help: name a new folder"), "{refused}");
    assert_eq!(bytes(scratch.path()).len(), 1);
}

#[test]
fn the_danish_dialect_uses_the_headers_it_is_given() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("data");
    let mut options = options(&folder, 20, Format::Csv);
    options.dialect = Dialect::Danish;
    options.headers.columns.insert((Table::SuPayments, "month"), "Måned".to_owned());
    options.headers.words.insert((Table::SuPayments, "kind", "ordinary"), "almindelig".to_owned());
    write(&options).unwrap();
    let text = fs::read_to_string(folder.join("su_payments.csv")).unwrap();
    assert!(text.starts_with("enrolment_id;Måned;kind;portions;amount_dkk\r\n"), "{}", &text[..80]);
    assert!(text.contains(";almindelig;1;") && !text.contains("ordinary"));
    let courses = fs::read_to_string(folder.join("courses.csv")).unwrap();
    assert!(courses.contains("01037;Mathematical Writing;2,5;BSc;pass_fail;nej;Autumn;nej;;nej\r\n"));
}

/// Whether a cell says what a fact says: a number in any of its forms, an empty cell its default.
fn says(cell: &str, value: &str) -> bool {
    let number = |text: &str| text.parse::<f64>().ok();
    match value {
        "unknown" | "none" => cell.is_empty(),
        "no" | "false" => ["", "0", "false"].contains(&cell),
        "yes" | "true" => ["1", "true"].contains(&cell),
        value if cell.is_empty() => value == "0",
        value => cell == value || (number(cell).is_some() && number(cell) == number(value)),
    }
}

/// What may not be quoted, or is told in a word of its own: the number of a person and their citizenship.
const TOLD_IN_WORDS: [(&str, &str); 2] = [("SU112", "cpr_registered"), ("SU112", "citizen")];

/// A fact that is said to stand in one row of the register or of the programmes does stand there.
#[test]
fn evidence_of_one_row_quotes_one_of_its_cells() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("data");
    write(&options(&folder, 1500, Format::Csv)).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let flags = Overrides { input: Some(folder.clone()), ..Overrides::default() };
    let pipeline = Pipeline::load(&root.join("pipelines/semester_inspection_plain.toml"), &flags).unwrap();
    let law = Law::in_force(LawBook::load(&pipeline.law).unwrap(), pipeline.cutoffs.inspection_date).unwrap();
    let exports = ingest::read(&pipeline, &law.result_codes).unwrap().exports;
    let cutoffs = Cutoffs {
        inspection_date: pipeline.cutoffs.inspection_date,
        payments_through: pipeline.cutoffs.payments_through,
        results_through: pipeline.cutoffs.results_through,
    };
    let rows = |table: Table| {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_path(folder.join(format!("{table}.csv")))
            .unwrap();
        reader.records().map(Result::unwrap).collect::<Vec<_>>()
    };
    let (register, programmes) = (rows(Table::Enrolments), rows(Table::Programmes));
    let mut wrong = BTreeMap::new();
    let mut seen = BTreeMap::new();
    for index in 0..exports.enrolments.len() {
        for Said { rule, reports, .. } in explain(&exports, &law, cutoffs, index, None).rules {
            for fact in reports.into_iter().flat_map(|report| report.evidence) {
                let row = match &fact.rows {
                    Some((Table::Enrolments, lines)) if lines.len() == 1 => &register[lines[0] as usize - 1],
                    Some((Table::Programmes, lines)) if lines.len() == 1 => {
                        &programmes[lines[0] as usize - 1]
                    }
                    _ => continue,
                };
                *seen.entry((rule.code, fact.fact)).or_insert(0) += 1;
                let told = (rule.code, fact.fact);
                if !row.iter().any(|cell| says(cell, &fact.value)) && !TOLD_IN_WORDS.contains(&told) {
                    wrong.insert(told, format!("{} is not in {row:?}", fact.value));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    for fact in ["counted_from", "ects_of_the_programme", "shortening_credit_ects"] {
        assert!(seen.contains_key(&("DG404", fact)), "{fact}: {seen:?}");
    }
}
