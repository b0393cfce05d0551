//! The synthetic exports: the same from one thread and many, whole, and never written over others.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use klippekort::contract::codes::Status;
use klippekort::contract::{Kind, Table};
use klippekort::engine::explain::{Said, explain};
use klippekort::engine::inspect;
use klippekort::generate::{Dialect, Format, Headers, Options, write};
use klippekort::ingest::{self, Ingested};
use klippekort::law::{CurriculumBook, Law, LawBook};
use klippekort::pipeline::{Overrides, Pipeline};
use klippekort::rules::{NEEDS_PREVIOUS_RUN, RULES};
use klippekort::verdicts::{
    AttemptState, Cap, ConditionState, ExternalThird, FiveEcts, Guidance, Inspection, LetterKind,
    MaximumState, PassFailThird, Progress, Reading, Regime, ReviewReason, Severity, StartCheck, SuStatus,
};

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

#[test]
fn every_code_of_the_contract_occurs() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("data");
    let report = write(&options(&folder, 6000, Format::Csv)).unwrap();
    assert!(report.files.iter().all(|file| file.rows > 0), "{report:?}");
    for file in &report.files {
        let mut reader = csv::Reader::from_path(&file.path).unwrap();
        let records: Vec<_> = reader.records().map(Result::unwrap).collect();
        assert_eq!(records.len() as u64, file.rows, "{}", file.table);
        for (at, column) in file.table.columns().iter().enumerate() {
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

/// The exports of this folder, read by the plain pipeline, and the law of its inspection.
fn read(folder: &Path) -> (Pipeline, Law, Ingested) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let flags = Overrides { input: Some(folder.to_owned()), ..Overrides::default() };
    let pipeline = Pipeline::load(&root.join("pipelines/semester_inspection_plain.toml"), &flags).unwrap();
    let law = Law::in_force(LawBook::load(&pipeline.law).unwrap(), pipeline.cutoffs.inspection_date).unwrap();
    let mut ingested = ingest::read(&pipeline, &law.result_codes).unwrap();
    let exports = &mut ingested.exports;
    let curricula = CurriculumBook::load(&pipeline.curricula).unwrap();
    exports.curricula = curricula.bind(&exports.programmes, &exports.catalogue).0;
    (pipeline, law, ingested)
}

/// Column and value, `unknown` for one that is empty.
type Values = BTreeSet<(&'static str, &'static str)>;

/// Why a person would look only at exports that lack a table or have rejected rows, or whose results are
/// read to a day before the inspection; the months with support are never fewer than the delay is worth.
fn not_of_whole_exports((column, value): &(&str, &str)) -> bool {
    let reasons = ["rejected_input", "results_cut_off"];
    match *column {
        "review_reasons" => reasons.contains(value) || value.starts_with("missing_"),
        "capped_by" => *value == Cap::Support.code(),
        _ => false,
    }
}

fn possible() -> Values {
    let columns = [
        ("status", &[Status::Active.code(), Status::OnLeave.code()][..]),
        ("regime", Regime::CODES),
        ("progress", Progress::CODES),
        ("start_check", StartCheck::CODES),
        ("start_check", &["unknown"]),
        ("su_status", SuStatus::CODES),
        ("flips", Reading::CODES),
        ("five_ects", FiveEcts::CODES),
        ("maximum_state", MaximumState::CODES),
        ("guidance", Guidance::CODES),
        ("pass_fail_third", PassFailThird::CODES),
        ("external_third", ExternalThird::CODES),
        ("review_reasons", ReviewReason::CODES),
        ("letters", LetterKind::CODES),
        ("letters_held", LetterKind::CODES),
        ("state", AttemptState::CODES),
        ("passed", &["yes", "no"]),
        ("pending", &["yes", "no"]),
        ("capped_by", Cap::CODES),
        ("capped_by", &["unknown"]),
        ("conditions", ConditionState::CODES),
        ("severity", Severity::CODES),
    ];
    let columns =
        columns.into_iter().flat_map(|(column, codes)| codes.iter().map(move |code| (column, *code)));
    let rules = RULES.iter().filter(|rule| rule.code != NEEDS_PREVIOUS_RUN.code);
    columns
        .filter(|value| !not_of_whole_exports(value))
        .chain(rules.map(|rule| ("rule", rule.code)))
        .collect()
}

fn reached(inspection: &Inspection) -> Values {
    let yes_or_no = |yes: bool| if yes { "yes" } else { "no" };
    let mut values = Values::new();
    for row in &inspection.inspection {
        let of = |column, code: Option<&'static str>| (column, code.unwrap_or("unknown"));
        values.extend([
            ("status", row.status.code()),
            ("regime", row.regime.code()),
            of("progress", row.progress.map(Progress::code)),
            of("start_check", row.start_check.map(StartCheck::code)),
            of("su_status", row.su_status.map(SuStatus::code)),
            of("five_ects", row.five_ects.map(FiveEcts::code)),
            of("maximum_state", row.maximum_state.map(MaximumState::code)),
            of("guidance", row.guidance.map(Guidance::code)),
            of("pass_fail_third", row.pass_fail_third.map(PassFailThird::code)),
            of("external_third", row.external_third.map(ExternalThird::code)),
        ]);
        values.extend(row.flips.iter().flatten().map(|reading| ("flips", reading.code())));
        values.extend(row.reviews.iter().map(|reason| ("review_reasons", reason.code())));
        values.extend(row.letters.iter().map(|kind| ("letters", kind.code())));
        values.extend(row.letters_held.iter().map(|kind| ("letters_held", kind.code())));
    }
    for row in &inspection.attempts {
        values.extend([("passed", yes_or_no(row.passed)), ("pending", yes_or_no(row.pending))]);
        values.insert(("state", row.state.map_or("unknown", AttemptState::code)));
    }
    for row in &inspection.extra_portions {
        values.insert(("capped_by", row.capped_by.map_or("unknown", Cap::code)));
        values.extend(row.conditions.iter().map(|condition| ("conditions", condition.state.code())));
        values.extend(row.reviews.iter().map(|reason| ("review_reasons", reason.code())));
    }
    values.extend(inspection.findings.iter().map(|one| ("severity", one.severity.code())));
    values.extend(inspection.findings.iter().map(|one| ("rule", one.rule)));
    values
}

/// What no student is, no comparison of two programs on these exports can find wrong.
#[test]
fn every_rule_speaks_and_every_verdict_is_reached() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("data");
    write(&options(&folder, 5500, Format::Csv)).unwrap();
    let (pipeline, law, ingested) = read(&folder);
    assert!(ingested.rejected.is_empty(), "{:?}", ingested.rejected);
    let inspection = inspect(&ingested.exports, &law, pipeline.cutoffs, &|_| {});
    let (possible, reached) = (possible(), reached(&inspection));
    let never: Vec<_> = possible.difference(&reached).collect();
    assert!(never.is_empty(), "never: {never:?}");
    let unforeseen: Vec<_> = reached.difference(&possible).collect();
    assert!(unforeseen.is_empty(), "also: {unforeseen:?}");
}

/// A fact that is said to stand in one row of the register or of the programmes does stand there.
#[test]
fn evidence_of_one_row_quotes_one_of_its_cells() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("data");
    write(&options(&folder, 1500, Format::Csv)).unwrap();
    let (pipeline, law, Ingested { exports, .. }) = read(&folder);
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
        for Said { rule, reports, .. } in explain(&exports, &law, pipeline.cutoffs, index, None).rules {
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
