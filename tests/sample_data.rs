//! The sample data holds every verdict there is, and a run over it says what was worked out by
//! hand in `sample_data/scenarios.toml`.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[path = "support/klip.rs"]
#[allow(dead_code, reason = "the tests of the commands use the rest")]
mod program;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::Path;

use arrow::array::Array;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use klippekort::verdicts::*;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use program::{SAMPLE, code, klip, stderr, text};
use serde::Deserialize;

#[derive(Deserialize)]
struct Scenarios {
    scenario: Vec<Scenario>,
    rejected: Vec<Rejected>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    id: String,
    enrolment_id: String,
    #[serde(rename = "what")]
    _what: String,
    #[serde(rename = "why")]
    _why: String,
    #[serde(default = "yes")]
    inspected: bool,
    review_reasons: Option<BTreeSet<String>>,
    letters: Option<BTreeSet<String>>,
    #[serde(default)]
    inspection: BTreeMap<String, toml::Value>,
    #[serde(default)]
    findings: BTreeMap<String, String>,
    #[serde(default)]
    attempts: BTreeMap<String, BTreeMap<String, toml::Value>>,
    #[serde(default)]
    claims: BTreeMap<String, BTreeMap<String, toml::Value>>,
}

#[derive(Deserialize)]
struct Rejected {
    table: String,
    reason: String,
}

fn yes() -> bool {
    true
}

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/sample_data"))
}

fn scenarios() -> Scenarios {
    toml::from_str(&fs::read_to_string(folder().join("scenarios.toml")).unwrap()).unwrap()
}

/// One row of a Parquet table as text; a null is missing.
type Row = BTreeMap<String, String>;

fn read(path: &Path) -> Vec<Row> {
    let reader =
        ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap().build().unwrap();
    let mut rows = Vec::new();
    for batch in reader.map(Result::unwrap) {
        let options = FormatOptions::default();
        let formatters: Vec<_> =
            batch.columns().iter().map(|column| ArrayFormatter::try_new(column, &options).unwrap()).collect();
        for at in 0..batch.num_rows() {
            let schema = batch.schema();
            let cells = schema.fields().iter().zip(&formatters).zip(batch.columns());
            let known = cells.filter(|(_, column)| !column.is_null(at));
            rows.push(known.map(|((field, f), _)| (field.name().clone(), f.value(at).to_string())).collect());
        }
    }
    rows
}

/// `[a, b]` as a set.
fn set(text: Option<&String>) -> BTreeSet<String> {
    let inner = text.map_or("", |text| text.trim_matches(['[', ']']));
    inner.split(", ").filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether a cell is the wanted value: `55` and `55.00` are one amount, "unknown" is a null.
fn agrees(cell: Option<&String>, wanted: &toml::Value) -> bool {
    match (cell, wanted) {
        (cell, toml::Value::String(text)) if text == "unknown" => cell.is_none(),
        (None, _) => false,
        (Some(cell), toml::Value::Array(list)) => {
            set(Some(cell)) == list.iter().map(|item| item.as_str().unwrap().to_owned()).collect()
        }
        (Some(cell), toml::Value::String(text)) => {
            let short =
                if cell.contains('.') { cell.trim_end_matches('0').trim_end_matches('.') } else { cell };
            cell == text || short == text
        }
        (Some(cell), other) => *cell == other.to_string(),
    }
}

fn differences(what: &str, row: &Row, wanted: &BTreeMap<String, toml::Value>) -> Vec<String> {
    let wrong = wanted.iter().filter(|(column, value)| !agrees(row.get(*column), value));
    wrong.map(|(column, value)| format!("{what}: {column} is {:?}, not {value}", row.get(column))).collect()
}

/// Everything in which the tables of a run differ from the scenarios.
fn check(run: &Path) -> Vec<String> {
    let [inspection, attempts, claims, findings] = ["inspection", "attempts", "extra_portions", "findings"]
        .map(|table| read(&run.join(format!("{table}.parquet"))));
    let mut wrong = Vec::new();
    for scenario in scenarios().scenario {
        let id = &scenario.id;
        let row = inspection.iter().find(|row| row["enrolment_id"] == scenario.enrolment_id);
        match (row, scenario.inspected) {
            (None, false) => {}
            (Some(_), false) => wrong.push(format!("{id}: is inspected")),
            (None, true) => wrong.push(format!("{id}: is not inspected")),
            (Some(row), true) => {
                wrong.extend(differences(id, row, &scenario.inspection));
                for (column, wanted) in
                    [("review_reasons", &scenario.review_reasons), ("letters", &scenario.letters)]
                {
                    if let Some(wanted) = wanted.as_ref().filter(|wanted| **wanted != set(row.get(column))) {
                        wrong.push(format!("{id}: {column} are {:?}, not {wanted:?}", row.get(column)));
                    }
                }
            }
        }
        for (rule, wanted) in &scenario.findings {
            let of_rule = |row: &&Row| row["enrolment_id"] == scenario.enrolment_id && row["rule"] == *rule;
            let found = findings.iter().find(of_rule).map(|row| row["severity"].as_str());
            if found.unwrap_or("none") != wanted {
                wrong.push(format!("{id}: {rule} is {found:?}, not {wanted}"));
            }
        }
        for (group, wanted) in &scenario.attempts {
            let fits =
                |row: &&Row| row["enrolment_id"] == scenario.enrolment_id && row["course_group"] == *group;
            match attempts.iter().find(fits) {
                Some(row) => wrong.extend(differences(&format!("{id} {group}"), row, wanted)),
                None => wrong.push(format!("{id}: no attempts in {group}")),
            }
        }
        for (claim, wanted) in &scenario.claims {
            let Some(row) = claims.iter().find(|row| row["claim_id"] == *claim) else {
                wrong.push(format!("{id}: no estimate for {claim}"));
                continue;
            };
            let plain = |name: &&String| !["not_met", "unknown"].contains(&name.as_str());
            let columns = wanted.iter().filter(|(name, _)| plain(name)).map(|(n, v)| (n.clone(), v.clone()));
            wrong.extend(differences(id, row, &columns.collect()));
            for state in ["not_met", "unknown"] {
                let Some(names) = wanted.get(state).and_then(toml::Value::as_array) else { continue };
                let found = row["conditions"].matches(&format!("state: {state}}}")).count();
                let all = names.iter().all(|name| {
                    row["conditions"]
                        .contains(&format!("{{name: {}, state: {state}}}", name.as_str().unwrap()))
                });
                if !all || found != names.len() {
                    wrong.push(format!("{id}: {state} are {}, not {names:?}", row["conditions"]));
                }
            }
        }
    }
    wrong
}

/// The folder of a run over `sample_data/` as the first command of the README makes it.
fn run_folder(output: &Path) -> std::path::PathBuf {
    let ran = klip(&["run", SAMPLE, "--quiet", "--output", text(output)]);
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    output.join("inspection_date=2027-03-15")
}

#[test]
fn a_run_says_what_was_worked_out_by_hand() {
    let output = tempfile::tempdir().unwrap();
    let wrong = check(&run_folder(output.path()));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_broken_row_is_rejected_or_repaired_for_its_reason() {
    let output = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(run_folder(output.path()).join("rejected.csv")).unwrap();
    let mut reader =
        csv::ReaderBuilder::new().delimiter(b';').from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let column = |name: &str, row: &csv::StringRecord, headers: &csv::StringRecord| {
        row[headers.iter().position(|header| header == name).unwrap()].to_owned()
    };
    let headers = reader.headers().unwrap().clone();
    let mut found: Vec<(String, String)> = reader
        .records()
        .map(|row| row.unwrap())
        .map(|row| (column("table", &row, &headers), column("reason", &row, &headers)))
        .collect();
    let mut listed: Vec<(String, String)> =
        scenarios().rejected.into_iter().map(|row| (row.table, row.reason)).collect();
    found.sort();
    listed.sort();
    assert_eq!(found, listed);
}

fn codes<T: Copy>(all: &[T], code: impl Fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|item| code(*item)).collect()
}

#[test]
fn every_verdict_letter_and_review_reason_is_a_scenario() {
    let scenarios = scenarios();
    let columns = [
        ("regime", codes(Regime::ALL, Regime::code)),
        ("progress", codes(Progress::ALL, Progress::code)),
        ("start_check", codes(StartCheck::ALL, StartCheck::code)),
        ("su_status", codes(SuStatus::ALL, SuStatus::code)),
        ("flips", codes(Reading::ALL, Reading::code)),
        ("five_ects", codes(FiveEcts::ALL, FiveEcts::code)),
        ("maximum_state", codes(MaximumState::ALL, MaximumState::code)),
        ("guidance", codes(Guidance::ALL, Guidance::code)),
        ("pass_fail_third", codes(PassFailThird::ALL, PassFailThird::code)),
        ("external_third", codes(ExternalThird::ALL, ExternalThird::code)),
    ];
    let held = |column: &str, code: &str| {
        scenarios.scenario.iter().any(|scenario| match scenario.inspection.get(column) {
            Some(toml::Value::Array(list)) => list.iter().any(|item| item.as_str() == Some(code)),
            value => value.and_then(toml::Value::as_str) == Some(code),
        })
    };
    for (column, codes) in columns {
        for code in codes {
            assert!(held(column, code), "no scenario has {column} {code}");
        }
    }
    for state in AttemptState::ALL {
        let state = toml::Value::from(state.code());
        let mut groups = scenarios.scenario.iter().flat_map(|scenario| scenario.attempts.values());
        assert!(groups.any(|group| group.get("state") == Some(&state)), "no scenario has attempts {state}");
    }
    for letter in LetterKind::ALL {
        let mut all = scenarios.scenario.iter().filter_map(|scenario| scenario.letters.as_ref());
        assert!(all.any(|kinds| kinds.contains(letter.code())), "no scenario has a letter {}", letter.code());
    }
    for reason in ReviewReason::ALL {
        let code = reason.code();
        let reviewed = scenarios
            .scenario
            .iter()
            .any(|scenario| scenario.review_reasons.as_ref().is_some_and(|all| all.contains(code)));
        let condition =
            scenarios.scenario.iter().flat_map(|scenario| scenario.claims.values()).any(|claim| {
                let named = |state: &str| claim.get(state).and_then(toml::Value::as_array);
                ["not_met", "unknown"]
                    .iter()
                    .filter_map(|state| named(state))
                    .flatten()
                    .any(|item| item.as_str() == Some(code))
            });
        // Only an absent table gives these, or a run with an early cut-off; here is none of them.
        let elsewhere = code.starts_with("missing_") || *reason == ReviewReason::ResultsCutOff;
        assert!(reviewed || condition || elsewhere, "no scenario has a review for {code}");
    }
}

#[test]
fn every_reason_to_reject_or_repair_occurs_and_no_file_has_too_many() {
    let scenarios = scenarios();
    for reason in [
        "missing_cell",
        "extra_cell",
        "stray_quote",
        "bad_encoding",
        "bad_number",
        "bad_date",
        "bad_month",
        "bad_bool",
        "unknown_code",
        "unknown_enrolment",
        "unknown_course",
        "unknown_programme",
        "duplicate_key",
        "duplicate_row",
        "repayment",
        "out_of_range",
        "blank_line",
        "excess_decimals",
        "bad_cpr",
        "repaired_code",
        "repaired_cpr",
        "repaired_course_code",
    ] {
        assert!(scenarios.rejected.iter().any(|row| row.reason == reason), "no row is {reason}");
    }
    let mut tables: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &scenarios.rejected {
        *tables.entry(&row.table).or_default() += 1;
    }
    assert!(tables.values().all(|rows| *rows <= 20) && !tables.contains_key("programmes"), "{tables:?}");
}

#[test]
fn the_register_is_in_the_encoding_of_an_older_system() {
    let bytes = fs::read(folder().join("enrolments.csv")).unwrap();
    assert!(std::str::from_utf8(&bytes).is_err());
    assert!(bytes.windows(7).any(|window| window == b"S\xF8nderb"));
    assert!(fs::read(folder().join("leaves.csv")).unwrap().starts_with(b"\xEF\xBB\xBF"));
}
