//! The record of a run: counts, fixed order, and back again.

use std::collections::BTreeMap;

use klippekort::base::{Cutoffs, Day};
use klippekort::diagnostics::Blame;
use klippekort::output::{self, InputRecord, LawRecord, PipelineRecord, RunRecord, Stage};

use crate::samples;

fn input() -> InputRecord {
    InputRecord {
        table: "results".to_owned(),
        path: "exports/resultater.csv".to_owned(),
        format: "csv".to_owned(),
        encoding: Some("windows-1252".to_owned()),
        bytes: 10,
        sha256: "cc".to_owned(),
        rows_read: 10,
        rows_accepted: 9,
        rows_rejected: 1,
        rows_repaired: 9,
        notices: vec![],
        doubts: vec![],
    }
}

pub fn record() -> RunRecord {
    let day = |text: &str| Day::parse_iso(text).expect("a date");
    let pipeline =
        PipelineRecord { path: "klip.toml".to_owned(), sha256: "aa".to_owned(), title: "Forår".to_owned() };
    let law = LawRecord { sha256: "bb".to_owned(), ..LawRecord::default() };
    let dates = Cutoffs {
        inspection_date: day("2027-03-31"),
        payments_through: day("2027-03-31").month(),
        results_through: day("2027-03-31"),
    };
    let record = RunRecord {
        inputs: vec![input()],
        absent_tables: vec!["leaves".to_owned()],
        ..RunRecord::begun(pipeline, law, dates)
    };
    record.with_counts(output::count(&samples::inspection(), samples::REGISTER))
}

#[test]
fn verdicts_are_counted_with_the_unknown_and_the_zeros() {
    let counts = output::count(&samples::inspection(), samples::REGISTER);
    let of = |column: &str| {
        counts.verdicts[column].iter().map(|(code, n)| (code.as_str(), *n)).collect::<Vec<_>>()
    };
    assert_eq!(of("progress"), [("behind", 0), ("inactive", 0), ("on_track", 1), ("unknown", 1)]);
    assert_eq!(of("robust"), [("false", 1), ("true", 0), ("unknown", 1)]);
    let attempts = [("exhausted", 0), ("last_attempt", 2), ("open", 0), ("passed", 0), ("unknown", 0)];
    assert_eq!(of("attempt_state"), attempts);
    assert_eq!((counts.letters["last_attempt"], counts.letters["hearing_notice"]), (1, 0));
    assert_eq!((counts.letters_held["last_attempt"], counts.review_reasons["abroad"]), (0, 0));
    assert_eq!((counts.students.register, counts.students.inspected), (3, 2));
    assert_eq!(counts.students.excluded, BTreeMap::from([("completed".to_owned(), 1)]));
}

#[test]
fn a_record_is_read_back_as_it_was_written() {
    let folder = tempfile::tempdir().expect("folder");
    let stage = Stage::begin(folder.path(), "run").expect("stage");
    stage.write("a.txt", b"abc").expect("written");
    let written = record().write(&stage).expect("written").record;
    let run = stage.publish().expect("published");
    assert_eq!(RunRecord::read(&run).expect("read"), written);
    assert_eq!(written.outputs.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), ["a.txt"]);
}

#[test]
fn keys_stand_in_a_fixed_order_and_nothing_names_time_or_place() {
    let json = record().to_json().expect("json");
    assert_eq!(json, record().to_json().expect("json"));
    let keys: Vec<&str> = json
        .lines()
        .filter(|line| line.starts_with("  \""))
        .filter_map(|line| line.split('"').nth(1))
        .collect();
    let expected = [
        "tool",
        "pipeline",
        "law",
        "curricula",
        "templates",
        "dates",
        "previous",
        "inputs",
        "absent_tables",
        "students",
        "verdicts",
        "review_reasons",
        "letters",
        "letters_held",
        "letters_not_printed",
        "letters_skipped",
        "rules_not_run",
        "outputs",
    ];
    assert_eq!(keys, expected);
    assert!(json.ends_with("}\n"));
}

#[test]
fn a_broken_or_missing_record_is_explained() {
    let folder = tempfile::tempdir().expect("folder");
    let missing = RunRecord::read(folder.path()).expect_err("missing");
    assert!(missing.to_string().contains("cannot be read"), "{missing}");
    std::fs::write(folder.path().join("run.json"), "{\n  \"tool\": 1\n}").expect("written");
    let broken = RunRecord::read(folder.path()).expect_err("broken");
    assert_eq!(broken.blame(), Blame::Input);
    assert!(broken.to_string().contains("run.json:2:"), "{broken}");
    let json = record().to_json().expect("json").replace("\"2027-03\"", "\"2027-13\"");
    std::fs::write(folder.path().join("run.json"), json).expect("written");
    let broken = RunRecord::read(folder.path()).expect_err("no such month").to_string();
    assert!(broken.contains("a month is written YYYY-MM"), "{broken}");
}

#[test]
fn every_row_read_is_accepted_or_rejected() {
    output::audit_inputs(&[input()]).expect("9 + 1 = 10");
    let lost = InputRecord { rows_read: 11, ..input() };
    let too_many_repairs = InputRecord { rows_repaired: 10, ..input() };
    for wrong in [lost, too_many_repairs] {
        let problems = output::audit_inputs(&[input(), wrong]).expect_err("does not add up");
        assert_eq!((problems.len(), problems.blame()), (1, Blame::Output));
    }
}
