//! Exit codes, summaries, and the commands that need no run.

use std::fs;

use klippekort::rules::RULES;
use serde_json::Value;

use crate::*;

#[test]
fn exit_0_and_a_summary_that_says_what_happened() {
    let output = tempfile::tempdir().unwrap();
    let ran = klip(&["run", SAMPLE, "--output", text(output.path())]);
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    let summary = stdout(&ran);
    for part in
        ["Read ", "rejected", "inspected", "Letters written", "Cases that wait for a person", "klip explain"]
    {
        assert!(summary.contains(part), "{part} is missing in:\n{summary}");
    }
    // Words, not codes, for who meets the program for the first time.
    for part in [
        "note: 1 part of the law is past its review date",
        "Exports read from sample_data",
        "portions left of the frame",
        "start check",
        "took part",
        "not known from the data 1",
        "klip verify RUN --seal SEAL",
    ] {
        assert!(summary.contains(part), "{part} is missing in:\n{summary}");
    }
    let verdicts = summary.split("inspected ").nth(1).unwrap().split("Cases that wait").next().unwrap();
    assert!(!verdicts.contains('_') && !verdicts.contains("true"), "a code in:\n{verdicts}");
    // Progress belongs on a terminal only.
    assert_eq!(stderr(&ran), "");
    assert!(output.path().join("inspection_date=2027-03-15/run.json").is_file());
}

#[test]
fn exit_1_when_a_finding_reaches_the_severity_asked_for() {
    let output = tempfile::tempdir().unwrap();
    let ran = klip(&["run", SAMPLE, "--output", text(output.path()), "--quiet", "--fail-on", "review"]);
    assert_eq!((code(&ran), stdout(&ran)), (1, String::new()));
    // The results are published all the same.
    assert!(output.path().join("inspection_date=2027-03-15/inspection.parquet").is_file());
}

#[test]
fn exit_2_for_command_pipeline_and_law() {
    assert_eq!(code(&klip(&["run"])), 2);
    assert_eq!(code(&klip(&["run", SAMPLE, "--inspection-date", "15-03-2027"])), 2);
    let missing = klip(&["run", "no_such_pipeline.toml"]);
    assert_eq!(code(&missing), 2);
    assert!(stderr(&missing).contains("no_such_pipeline.toml"));
    // Before 2010 no value of the law is in force.
    let early = klip(&["run", SAMPLE, "--inspection-date", "2009-12-31", "--dry-run"]);
    assert_eq!(code(&early), 2);
    assert!(stderr(&early).contains("has no value for inspection date 2009-12-31"), "{}", stderr(&early));
    let unknown = klip(&["rule", "SU999"]);
    assert_eq!(code(&unknown), 2);
    assert!(stderr(&unknown).contains("SU101"));
}

#[test]
fn exit_3_for_missing_and_unusable_input_and_nothing_is_written() {
    let scratch = tempfile::tempdir().unwrap();
    let (input, output) = (scratch.path().join("in"), scratch.path().join("out"));
    fs::create_dir(&input).unwrap();
    let ran = klip(&["run", PLAIN, "--input", text(&input), "--output", text(&output)]);
    assert_eq!(code(&ran), 3);
    // All required tables are named at once.
    for table in ["enrolments", "programmes", "courses", "results", "su_payments"] {
        assert!(stderr(&ran).contains(table), "{table}: {}", stderr(&ran));
    }
    assert!(!output.join("inspection_date=2027-03-15").exists());
}

#[test]
fn exit_3_when_too_many_rows_do_not_fit() {
    let scratch = tempfile::tempdir().unwrap();
    let (input, output) = (scratch.path().join("in"), scratch.path().join("out"));
    let made = klip(&["generate", "--students", "60", "--seed", "1", "--output", text(&input)]);
    assert_eq!(code(&made), 0);
    let path = input.join("su_payments.csv");
    let content = fs::read_to_string(&path).unwrap();
    let broken: Vec<String> = content
        .lines()
        .enumerate()
        .map(
            |(line, row)| if (1..=40).contains(&line) { row.replace(",1,", ",one,") } else { row.to_owned() },
        )
        .collect();
    fs::write(&path, broken.join("\n") + "\n").unwrap();
    let ran = klip(&["run", PLAIN, "--input", text(&input), "--output", text(&output)]);
    assert_eq!(code(&ran), 3, "{}", stderr(&ran));
    assert!(stderr(&ran).contains("su_payments.csv"), "{}", stderr(&ran));
    assert!(!output.join("inspection_date=2027-03-15").exists());
}

#[test]
fn exit_4_when_the_output_cannot_be_written() {
    let scratch = tempfile::tempdir().unwrap();
    let occupied = scratch.path().join("a_file");
    fs::write(&occupied, "not a folder").unwrap();
    let ran = klip(&["run", SAMPLE, "--output", text(&occupied)]);
    assert_eq!(code(&ran), 4);
    assert!(stderr(&ran).contains("a_file"));
}

/// A device that takes nothing, as a full disk does.
#[test]
fn exit_4_when_what_is_printed_does_not_arrive() {
    for arguments in [&["rule", "--all"][..], &["law", "check"], &["run", SAMPLE, "--dry-run", "--json"]] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let ran = std::process::Command::new(env!("CARGO_BIN_EXE_klip"))
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(arguments)
            .stdout(full)
            .output()
            .unwrap();
        assert_eq!(code(&ran), 4, "{arguments:?}");
        assert!(stderr(&ran).contains("what was printed is not all there"), "{}", stderr(&ran));
    }
}

#[test]
fn nothing_is_written_into_a_finished_run() {
    let scratch = tempfile::tempdir().unwrap();
    let output = scratch.path().join("out");
    assert_eq!(code(&klip(&["run", SAMPLE, "--output", text(&output), "--no-letters"])), 0);
    let run = output.join("inspection_date=2027-03-15");
    for inside in [run.clone(), run.join("below"), output.join("current")] {
        for arguments in [
            &["run", SAMPLE, "--output", text(&inside), "--no-letters"][..],
            &["letters", "preview", text(&run), "s900001", "--output", text(&inside)],
        ] {
            let ran = klip(arguments);
            assert_eq!(code(&ran), 2, "{arguments:?}");
            assert!(stderr(&ran).contains("nothing is ever written into one"), "{}", stderr(&ran));
        }
    }
    assert_eq!(code(&klip(&["verify", text(&run)])), 0);
}

/// A worklist that somebody fills in where it lies, and a note beside it.
#[test]
fn a_run_takes_the_place_of_no_work_of_people() {
    let scratch = tempfile::tempdir().unwrap();
    let output = scratch.path().join("out");
    let again = || klip(&["run", SAMPLE, "--output", text(&output), "--no-letters"]);
    assert_eq!(code(&again()), 0);
    let run = output.join("inspection_date=2027-03-15");
    for name in ["notes.txt", "worklist_mine.xlsx", "rejected.csv", "letters/mine.pdf"] {
        let path = run.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let before = fs::read(&path).ok();
        fs::write(&path, "by hand").unwrap();
        let refused = again();
        assert_eq!(code(&refused), 4, "{name}");
        let told = stderr(&refused);
        assert!(told.contains(name) && told.contains("would be lost"), "{told}");
        assert_eq!(fs::read(&path).unwrap(), b"by hand");
        before.map_or_else(|| fs::remove_file(&path), |before| fs::write(&path, before)).unwrap();
    }
    // Damage is mended, and what systems leave behind is no loss.
    fs::write(run.join("attempts.parquet"), "damaged").unwrap();
    fs::write(run.join(".DS_Store"), "").unwrap();
    assert_eq!(code(&again()), 0);
    assert_eq!(code(&klip(&["verify", text(&run)])), 0);
}

#[test]
fn a_dry_run_writes_nothing() {
    let scratch = tempfile::tempdir().unwrap();
    let output = scratch.path().join("out");
    let ran = klip(&["run", SAMPLE, "--output", text(&output), "--dry-run"]);
    assert_eq!(code(&ran), 0);
    let summary = stdout(&ran);
    assert!(summary.contains("nothing was written") && !output.exists());
    assert!(
        summary.contains("Letters due, none written, ") && !summary.contains("Letters written"),
        "{summary}"
    );
}

#[test]
fn the_summary_is_also_json() {
    let output = tempfile::tempdir().unwrap();
    let ran = klip(&["run", SAMPLE, "--output", text(output.path()), "--json"]);
    let summary: Value = serde_json::from_str(&stdout(&ran)).unwrap();
    let students = &summary["students"];
    let excluded: u64 = students["excluded"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(students["register"].as_u64().unwrap(), students["inspected"].as_u64().unwrap() + excluded);
}

#[test]
fn check_finds_every_problem_at_once() {
    assert_eq!(code(&klip(&["check", SAMPLE])), 0);
    let scratch = tempfile::tempdir().unwrap();
    let input = scratch.path().join("in");
    klip(&["generate", "--students", "20", "--seed", "1", "--output", text(&input)]);
    for (table, from, to) in [("results", "assessed_on", "assesed_on"), ("su_payments", "portions", "klip")] {
        let path = input.join(format!("{table}.csv"));
        let content = fs::read_to_string(&path).unwrap();
        fs::write(&path, content.replacen(from, to, 1)).unwrap();
    }
    copy("pipelines/law", &scratch.path().join("law"));
    fs::write(scratch.path().join("law/cards.toml"), "[").unwrap();
    let templates = at("reports/letters");
    let pipeline =
        moved_pipeline(PLAIN, scratch.path(), |written| written.replace(text(&templates), "nowhere"));
    let checked = klip(&["check", text(&pipeline), "--input", text(&input)]);
    assert_eq!(code(&checked), 3);
    let problems = stderr(&checked);
    for part in ["results.csv:1", "assessed_on", "su_payments.csv:1", "portions", "cards.toml:1", "nowhere"] {
        assert!(problems.contains(part), "{part}: {problems}");
    }
}

#[test]
fn every_rule_is_documented() {
    let all: Value = serde_json::from_str(&stdout(&klip(&["rule", "--all", "--json"]))).unwrap();
    assert_eq!(all.as_array().unwrap().len(), RULES.len());
    for rule in all.as_array().unwrap() {
        let page = stdout(&klip(&["rule", rule["code"].as_str().unwrap()]));
        assert!(page.contains("## What it decides") && page.contains("## Sources"), "{page}");
    }
    let listed = stdout(&klip(&["rule", "--all"]));
    assert_eq!(listed.lines().take_while(|line| !line.is_empty()).count(), RULES.len());
}

#[test]
fn the_law_is_checked_shown_and_reviewed() {
    assert_eq!(code(&klip(&["law", "check"])), 0);
    let shown = stdout(&klip(&["law", "show", "su.frame_portions"]));
    assert!(shown.contains("58") && shown.contains("programme start from 2025-07-01"), "{shown}");
    let unknown = klip(&["law", "show", "frame_portions"]);
    assert_eq!(code(&unknown), 2);
    assert!(stderr(&unknown).contains("su.frame_portions"));
    // Nothing is due on the day everything was checked; everything is in the far future.
    let none = stdout(&klip(&["law", "due", "--within", "30d", "--on", "2026-11-20"]));
    assert!(none.starts_with("0 values"), "{none}");
    let all = stdout(&klip(&["law", "due", "--within", "30d", "--on", "2040-01-01"]));
    assert!(all.contains("overdue") && all.contains("su.toml:"), "{all}");
}

#[test]
fn verify_finds_a_changed_a_missing_and_an_extra_file() {
    let output = tempfile::tempdir().unwrap();
    klip(&["run", SAMPLE, "--output", text(output.path()), "--quiet"]);
    let run = output.path().join("inspection_date=2027-03-15");
    assert_eq!(code(&klip(&["verify", text(&run)])), 0);
    let path = run.join("attempts.parquet");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    fs::remove_file(run.join("mail_merge.csv")).unwrap();
    fs::write(run.join("letters/extra.pdf"), "x").unwrap();
    let verified = klip(&["verify", text(&run)]);
    assert_eq!(code(&verified), 3);
    let told = stderr(&verified);
    for part in
        ["attempts.parquet", "changed", "mail_merge.csv", "missing", "letters/extra.pdf", "3 problems"]
    {
        assert!(told.contains(part), "{part}: {told}");
    }
}

#[test]
fn the_reference_page_is_what_the_code_says() {
    let written = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rules.md"));
    let made = stdout(&klip(&["rule", "--reference"]));
    let fresh = written.is_ok_and(|written| written.trim_end() == made.trim_end());
    assert!(fresh, "docs/rules.md is stale: cargo run --release -- rule --reference > docs/rules.md");
}

#[test]
fn all_rules_are_listed_with_the_statements_they_decide() {
    let listed = stdout(&klip(&["rule", "--all"]));
    assert!(listed.contains("SU101") && listed.contains("needs a person") && listed.contains("no data"));
    let json: serde_json::Value =
        serde_json::from_str(&stdout(&klip(&["rule", "SU107", "--json"]))).expect("JSON");
    let decides = json["decides"].as_array().expect("a list");
    assert!(decides.iter().any(|statement| statement["place"] == "Change of programme"), "{decides:?}");
    let page = stdout(&klip(&["rule", "SU107"]));
    assert!(page.contains("\n- Change of programme: ") && !page.contains("\n\n\n"), "{page}");
}
