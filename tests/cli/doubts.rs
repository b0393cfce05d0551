//! What is told of exports that a run accepts, where verdicts may be wrong all the same.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::*;

/// The notices of the results, of a run that writes nothing.
fn of_results(pipeline: &str, input: &Path, date: &str) -> Vec<String> {
    let ran =
        klip(&["run", pipeline, "--input", text(input), "--inspection-date", date, "--dry-run", "--json"]);
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    let record: Value = serde_json::from_str(&stdout(&ran)).unwrap();
    let inputs = record["inputs"].as_array().unwrap();
    let results = inputs.iter().find(|input| input["table"] == "results").unwrap();
    let doubts = results["doubts"].as_array().cloned().unwrap_or_default();
    let notices = results["notices"].as_array().unwrap();
    assert!(doubts.iter().all(|doubt| notices.contains(doubt)), "{results}");
    doubts.iter().map(|doubt| doubt.as_str().unwrap().to_owned()).collect()
}

/// Exams have seasons: in November the newest results are two months old every year.
#[test]
fn no_term_is_said_to_be_missing_that_is_there() {
    let scratch = tempfile::tempdir().unwrap();
    let generated = scratch.path().join("in");
    assert_eq!(code(&klip(&["generate", "--students", "300", "--output", text(&generated)])), 0);
    let sample = Path::new("sample_data");
    for date in [
        "2026-02-01",
        "2026-03-15",
        "2026-05-01",
        "2026-06-15",
        "2026-08-01",
        "2026-09-15",
        "2026-10-15",
        "2026-11-15",
        "2026-12-15",
        "2027-01-20",
        "2027-03-15",
    ] {
        for (pipeline, input) in [(PLAIN, generated.as_path()), (SAMPLE, sample)] {
            let told = of_results(pipeline, input, date);
            assert!(!told.iter().any(|told| told.contains("term")), "{date} {told:?}");
        }
    }
}

#[test]
fn a_missing_term_is_told_although_stragglers_of_it_are_there() {
    let scratch = tempfile::tempdir().unwrap();
    let input = scratch.path().join("in");
    assert_eq!(code(&klip(&["generate", "--students", "300", "--output", text(&input)])), 0);
    let path = input.join("results.csv");
    let all = fs::read_to_string(&path).unwrap();
    let assessed = |line: &str| line.split(',').nth(5).unwrap_or_default().to_owned();
    let of_term = |line: &str| ("2026-12-01"..="2027-03-15").contains(&assessed(line).as_str());
    let term = all.lines().filter(|line| of_term(line)).count();
    assert!(term > 300);
    let mut stragglers = 0;
    let kept = all.lines().filter(|line| {
        stragglers += usize::from(of_term(line));
        !of_term(line) || stragglers <= 3
    });
    let kept: String = kept.map(|line| format!("{line}\n")).collect();
    fs::write(&path, kept).unwrap();
    let told = of_results(PLAIN, &input, "2027-03-15");
    assert!(
        told.iter().any(|told| told.contains("in the same half year before it: is a term missing?")),
        "{told:?}"
    );
    assert!(told.iter().any(|told| told.contains("registered for and not withdrawn from")), "{told:?}");

    // Who approves the letters reads the worklist.
    let output = scratch.path().join("out");
    let ran = klip(&["run", PLAIN, "--input", text(&input), "--output", text(&output)]);
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    for said in &told {
        assert!(stdout(&ran).contains(said), "{said} in\n{}", stdout(&ran));
    }
    let sheet = crate::workbook::rows(&output.join("inspection_date=2027-03-15/worklist.xlsx"), "run");
    let first: Vec<String> =
        sheet.iter().filter(|row| row[0] == "check first: results").map(|row| row[1].to_string()).collect();
    assert_eq!(first, told);
}

#[test]
fn what_a_run_would_accept_and_is_doubtful_is_told_by_check() {
    let scratch = tempfile::tempdir().unwrap();
    let input = scratch.path().join("in");
    assert_eq!(code(&klip(&["generate", "--students", "20", "--output", text(&input)])), 0);
    let settings = "[tables.leaves]\nfile = \"Orlov.csv\"\n[tables.enrolments.columns]\nreadmitted_on = \"Genoptaget\"\n";
    let pipeline = crate::plain_pipeline_with(scratch.path(), settings);
    let check = || {
        let checked = klip(&["check", text(&pipeline), "--input", text(&input)]);
        assert_eq!(code(&checked), 0, "{}", stderr(&checked));
        stdout(&checked)
    };
    fs::rename(input.join("leaves.csv"), input.join("Orlov.csv")).unwrap();
    assert!(check().contains("letters and headers are in order"), "{}", check());
    fs::remove_file(input.join("Orlov.csv")).unwrap();
    fs::write(input.join("su_payments (1).csv"), "").unwrap();
    let path = input.join("enrolments.csv");
    let renamed = fs::read_to_string(&path).unwrap().replacen("readmitted_on", "Ny start", 1);
    fs::write(&path, renamed).unwrap();
    let told = check();
    for said in [
        "note: Orlov.csv, which the pipeline names for leaves, is not there",
        "enrolments.csv: `Genoptaget` is not in the file: readmitted_on is empty",
        "su_payments.csv: su_payments (1).csv beside it is not read",
        "of headers and files see the notes",
    ] {
        assert!(told.contains(said), "{said} in\n{told}");
    }
    let ran = klip(&["run", text(&pipeline), "--input", text(&input), "--dry-run"]);
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    assert!(
        stdout(&ran).contains("Orlov.csv, which the pipeline names for leaves, is not there"),
        "{}",
        stdout(&ran)
    );
}
