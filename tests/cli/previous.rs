//! The run of an earlier inspection as input of a later one.

use std::fs;
use std::path::{Path, PathBuf};

use klippekort::contract::Table;
use serde_json::Value;

use crate::hostile_exports::first_line;
use crate::*;

const EARLIER: &str = "inspection_date=2026-09-15";
const LATER: &str = "inspection_date=2027-03-15";

/// The sample data inspected half a year earlier.
fn earlier(output: &Path) -> PathBuf {
    let made = klip(&["run", SAMPLE, "--output", text(output), "--inspection-date", "2026-09-15", "--quiet"]);
    assert_eq!(code(&made), 0, "{}", stderr(&made));
    output.join(EARLIER)
}

fn later(output: &Path, previous: &Path) -> Output {
    klip(&["run", SAMPLE, "--output", text(output), "--previous", text(previous)])
}

fn record(run: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(run.join("run.json")).unwrap()).unwrap()
}

/// Enrolment of a scenario of the sample data.
fn enrolment(scenario: &str) -> String {
    let scenarios: toml::Table = fs::read_to_string("sample_data/scenarios.toml").unwrap().parse().unwrap();
    let all = scenarios["scenario"].as_array().unwrap();
    let found = all.iter().find(|one| one["id"].as_str() == Some(scenario)).unwrap();
    found["enrolment_id"].as_str().unwrap().to_owned()
}

fn without_it(record: &Value) -> Vec<&str> {
    let rules = record["rules_not_run"].as_array().unwrap().iter();
    rules
        .filter(|rule| rule["why"] == "no previous run was given")
        .filter_map(|r| r["rule"].as_str())
        .collect()
}

#[test]
fn a_later_run_says_who_can_resume_and_explains_it() {
    let output = tempfile::tempdir().unwrap();
    let first = earlier(output.path());
    assert_eq!(without_it(&record(&first)), ["SU106"]);
    let ran = later(output.path(), &first);
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    assert!(stdout(&ran).contains("Previous inspection 2026-09-15"), "{}", stdout(&ran));
    let run = output.path().join(LATER);
    let made = record(&run);
    assert!(without_it(&made).is_empty());
    assert_eq!(made["previous"]["path"], text(&first));
    assert_eq!(made["previous"]["inspection_date"], "2026-09-15");
    assert_eq!(code(&klip(&["verify", text(&run)])), 0);

    for (scenario, outcome, said) in [
        ("resumes", "met", "0 ECTS above. SU can resume from 2027-01 at the earliest"),
        ("resumes-not-yet", "not met", "2.5 ECTS still missing"),
    ] {
        let explained = klip(&["explain", text(&run), &enrolment(scenario), "SU106", "--json"]);
        assert_eq!(code(&explained), 0, "{}", stderr(&explained));
        let value: Value = serde_json::from_str(&stdout(&explained)).unwrap();
        let report = &value[0]["rules"][0]["reports"][0];
        assert_eq!(report["outcome"], outcome, "{report}");
        assert!(report["message"].as_str().unwrap().contains(said), "{report}");
    }

    // Who works in the worklist sees it there; what is still missing is no task.
    let list = crate::workbook::rows(&run.join("worklist.xlsx"), "worklist");
    let at = |heading: &str| list[0].iter().position(|cell| *cell == heading).unwrap();
    let (id, reasons) = (at("enrolment_id"), at("reasons"));
    let told = |scenario: &str| {
        let enrolment = enrolment(scenario);
        list.iter().any(|row| {
            row[id] == enrolment.as_str()
                && crate::workbook::text(&row[reasons]).contains("SU can resume from")
        })
    };
    assert_eq!((told("resumes"), told("resumes-not-yet")), (true, false));

    // The earlier run is known by what it holds, not by where it stands.
    let ask = || klip(&["explain", text(&run), &enrolment("resumes"), "SU106"]);
    let kept = output.path().join("kept");
    fs::rename(&first, &kept).unwrap();
    let refused = ask();
    assert_eq!(code(&refused), 3);
    assert!(
        stderr(&refused).contains("the previous run that this run was given is not there"),
        "{}",
        stderr(&refused)
    );
    std::os::unix::fs::symlink("kept", &first).unwrap();
    assert_eq!(code(&ask()), 0, "{}", stderr(&ask()));

    // One that is another today would explain something else.
    let record = kept.join("run.json");
    let written = fs::read_to_string(&record).unwrap();
    fs::write(&record, written.clone() + "\n").unwrap();
    assert!(
        stderr(&ask()).contains("this seal is missing, or it is not that of run.json"),
        "{}",
        stderr(&ask())
    );
    fs::write(&record, written).unwrap();
    let again =
        klip(&["run", SAMPLE, "--output", text(output.path()), "--inspection-date", "2026-09-14", "--quiet"]);
    assert_eq!(code(&again), 0, "{}", stderr(&again));
    fs::remove_file(&first).unwrap();
    std::os::unix::fs::symlink("inspection_date=2026-09-14", &first).unwrap();
    assert_eq!(code(&ask()), 3);
    assert!(stderr(&ask()).contains("the previous run changed since the run"), "{}", stderr(&ask()));
}

#[test]
fn the_pipeline_may_name_it_and_a_pointer_is_followed() {
    let output = tempfile::tempdir().unwrap();
    let first = earlier(output.path());
    let pointer = output.path().join("current");
    assert_eq!(fs::read_link(&pointer).unwrap(), Path::new(EARLIER));
    assert_eq!(code(&later(output.path(), &pointer)), 0);
    assert_eq!(record(&output.path().join(LATER))["previous"]["path"], text(&first));

    let pipeline = moved_pipeline(SAMPLE, output.path(), |written| {
        let earlier = format!("run = \"{}\"", text(&first));
        written.replace("# [previous] ", "[previous] # ").replace(
            &format!("# run = \"{}/inspection_date=2026-09-15\"", text(&output.path().join("runs"))),
            &earlier,
        )
    });
    let ran = klip(&["run", text(&pipeline), "--dry-run", "--json"]);
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    let value: Value = serde_json::from_str(&stdout(&ran)).unwrap();
    assert_eq!(value["previous"]["path"], text(&first));
}

#[test]
fn letters_that_the_earlier_run_called_for_too_are_told() {
    let output = tempfile::tempdir().unwrap();
    let first = earlier(output.path());
    let ran = later(output.path(), &first);
    let made = record(&output.path().join(LATER));
    let repeated = made["letters_repeated"].as_object().unwrap();
    let due = made["letters"].as_object().unwrap();
    assert!(!repeated.is_empty());
    for (kind, count) in repeated {
        assert!(count.as_u64() <= due[kind].as_u64(), "{kind}");
    }
    let total: u64 = repeated.values().filter_map(Value::as_u64).sum();
    let told = format!("Of these called for by the inspection of 2026-09-15 too {total}: ");
    assert!(stdout(&ran).contains(&told), "{}", stdout(&ran));
    assert_eq!(record(&first).get("letters_repeated"), None);
}

#[test]
fn a_run_under_pseudonyms_is_no_previous_run() {
    let output = tempfile::tempdir().unwrap();
    let apart = tempfile::tempdir().unwrap();
    let key = apart.path().join("key");
    fs::write(&key, [7; 32]).unwrap();
    fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let fixed =
        ["run", SAMPLE, "--output", text(output.path()), "--quiet", "--inspection-date", "2026-09-15"];
    let made = klip(&[&fixed[..], &["--pseudonymise", text(&key)]].concat());
    assert_eq!(code(&made), 0, "{}", stderr(&made));
    let under_pseudonyms = fs::read_dir(output.path()).unwrap().map(|entry| entry.unwrap().path());
    let folder = under_pseudonyms.into_iter().find(|path| text(path).contains("pseudonymised=")).unwrap();
    let refused = later(output.path(), &folder.join(EARLIER));
    assert_eq!(code(&refused), 2, "{}", stderr(&refused));
    assert!(stderr(&refused).contains("the previous run is under pseudonyms"), "{}", stderr(&refused));
}

#[test]
fn a_run_under_pseudonyms_knows_the_previous_one_too() {
    let output = tempfile::tempdir().unwrap();
    let apart = tempfile::tempdir().unwrap();
    let first = earlier(output.path());
    let key = apart.path().join("key");
    fs::write(&key, [7; 32]).unwrap();
    fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let run = |previous: &Path| {
        let fixed = ["run", SAMPLE, "--dry-run", "--json", "--pseudonymise", text(&key)];
        klip(&[&fixed[..], &["--previous", text(previous)]].concat())
    };
    let known = run(&first);
    assert_eq!(code(&known), 0, "{}", stderr(&known));
    let told: Value = serde_json::from_str(&stdout(&known)).unwrap();
    assert!(!told["previous"].is_null(), "{told}");
    assert_eq!(code(&run(&output.path().join("nowhere"))), 3);
}

#[test]
fn a_previous_run_that_cannot_be_one_is_refused() {
    let output = tempfile::tempdir().unwrap();
    let first = earlier(output.path());
    let same_day =
        klip(&["run", SAMPLE, "--dry-run", "--inspection-date", "2026-09-15", "--previous", text(&first)]);
    assert_eq!(code(&same_day), 2);
    assert!(
        stderr(&same_day).contains("is not before this inspection on 2026-09-15"),
        "{}",
        stderr(&same_day)
    );
    let next_day =
        klip(&["run", SAMPLE, "--dry-run", "--inspection-date", "2026-09-16", "--previous", text(&first)]);
    assert_eq!(code(&next_day), 0, "{}", stderr(&next_day));
    assert_eq!(code(&klip(&["check", SAMPLE, "--previous", text(&first)])), 0);

    let table = first.join("inspection.parquet");
    let mut bytes = fs::read(&table).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&table, bytes).unwrap();
    for command in ["run", "check"] {
        let mut arguments = vec![command, SAMPLE, "--previous", text(&first)];
        arguments.extend((command == "run").then_some("--dry-run"));
        let changed = klip(&arguments);
        assert_eq!(code(&changed), 3);
        assert!(stderr(&changed).contains("was changed after that run"), "{}", stderr(&changed));
    }
    fs::remove_file(&table).unwrap();
    let missing = later(output.path(), &first);
    assert_eq!(code(&missing), 3);
    assert!(stderr(&missing).contains("cannot be read"), "{}", stderr(&missing));
    let no_run = later(output.path(), output.path());
    assert_eq!(code(&no_run), 3);
    assert!(stderr(&no_run).contains("name the folder of a run"), "{}", stderr(&no_run));
    assert!(!output.path().join(LATER).exists());
}

/// A folder of generated exports, and the earlier run over it.
fn generated(scratch: &Path) -> (PathBuf, PathBuf) {
    let input = scratch.join("in");
    assert_eq!(code(&klip(&["generate", "--students", "300", "--output", text(&input)])), 0);
    let output = scratch.join("out");
    let made = klip(&[
        "run",
        PLAIN,
        "--input",
        text(&input),
        "--output",
        text(&output),
        "--inspection-date",
        "2026-09-15",
        "--quiet",
    ]);
    assert_eq!(code(&made), 0, "{}", stderr(&made));
    (input, output.join(EARLIER))
}

#[test]
fn exports_that_shrank_since_stop_the_run() {
    type Change = fn(&str) -> String;
    // Without the last tenth of the rows and a few more.
    let tail: Change = |all| {
        let lines: Vec<&str> = all.lines().collect();
        lines[..lines.len() * 88 / 100].join("\n") + "\n"
    };
    // As many rows as before, but of other enrolments.
    let others: Change = |all| {
        let mut lines: Vec<String> = all.lines().map(str::to_owned).collect();
        for line in lines.iter_mut().skip(1) {
            *line = line.replacen(",E", ",F", 1);
        }
        lines.join("\n") + "\n"
    };
    let scratch = tempfile::tempdir().unwrap();
    let (input, previous) = generated(scratch.path());
    let run = |extra: &[&str]| {
        let mut arguments = vec!["run", PLAIN, "--input", text(&input), "--dry-run", "--quiet"];
        arguments.extend(extra);
        klip(&arguments)
    };
    assert_eq!(code(&run(&["--previous", text(&previous)])), 0);
    let cases: [(&str, Change, &str); 4] = [
        ("results", tail, "results has "),
        ("su_payments", tail, "su_payments has "),
        ("projects", first_line, "projects has 0 rows, and had "),
        ("exam_registrations", first_line, ""),
    ];
    for (table, change, message) in cases {
        let path = input.join(format!("{table}.csv"));
        let whole = fs::read_to_string(&path).unwrap();
        fs::write(&path, change(&whole)).unwrap();
        assert_eq!(code(&run(&[])), 0, "{table}: nothing shows without the earlier run");
        let ran = run(&["--previous", text(&previous)]);
        assert_eq!(code(&ran), if message.is_empty() { 0 } else { 3 }, "{table}: {}", stderr(&ran));
        assert!(stderr(&ran).contains(message), "{table}: {}", stderr(&ran));
        fs::write(&path, whole).unwrap();
    }

    // Other keys than before: the same number of rows says nothing.
    for table in Table::ALL {
        let path = input.join(format!("{table}.csv"));
        let whole = fs::read_to_string(&path).unwrap();
        let renamed = match table {
            Table::Enrolments => others(&whole),
            _ if table.columns()[0].name == "enrolment_id" => whole.replace("\nE", "\nF"),
            Table::ExtraPortionClaims => others(&whole),
            _ => continue,
        };
        fs::write(&path, renamed).unwrap();
    }
    assert_eq!(code(&run(&[])), 0, "{}", stderr(&run(&[])));
    let ran = run(&["--previous", text(&previous)]);
    assert_eq!(code(&ran), 3, "{}", stderr(&ran));
    assert!(
        stderr(&ran).contains("enrolments inspected in the run of 2026-09-15 are not in"),
        "{}",
        stderr(&ran)
    );
}

#[test]
fn a_table_may_lose_up_to_the_share_and_no_more() {
    let scratch = tempfile::tempdir().unwrap();
    let (input, previous) = generated(scratch.path());
    let path = input.join("results.csv");
    let whole = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let rows = lines.len() - 1;
    let allowed = rows / 10;
    for (gone, wanted) in [(allowed, 0), (allowed + 1, 3)] {
        fs::write(&path, lines[..lines.len() - gone].join("\n") + "\n").unwrap();
        let ran = klip(&[
            "run",
            PLAIN,
            "--input",
            text(&input),
            "--dry-run",
            "--quiet",
            "--previous",
            text(&previous),
        ]);
        assert_eq!(code(&ran), wanted, "{gone} of {rows}: {}", stderr(&ran));
    }
}

#[test]
fn what_is_gone_or_the_same_since_is_told() {
    let scratch = tempfile::tempdir().unwrap();
    let (input, previous) = generated(scratch.path());
    let told = || {
        let ran = klip(&["run", PLAIN, "--input", text(&input), "--dry-run", "--previous", text(&previous)]);
        assert_eq!(code(&ran), 0, "{}", stderr(&ran));
        stdout(&ran)
    };
    let same = "is byte for byte the file of the run of";
    // Of the register, the results, the registrations and the payments; and of long tables, but of no catalogue.
    let first = told();
    for table in ["enrolments", "results", "exam_registrations", "su_payments", "part_results"] {
        assert!(first.contains(&format!("/{table}.csv: this {same}")), "{table} in\n{first}");
    }
    for table in ["courses", "programmes", "leaves"] {
        assert!(!first.contains(&format!("/{table}.csv: this {same}")), "{table} in\n{first}");
    }
    assert!(!told().contains("not in this file any more"));

    // Nine enrolments are gone, with all their rows; some of them were inspected.
    for entry in fs::read_dir(&input).unwrap().map(|entry| entry.unwrap().path()) {
        let whole = fs::read_to_string(&entry).unwrap();
        let kept: String = whole.split_inclusive('\n').filter(|line| !line.contains("E000000")).collect();
        fs::write(&entry, kept).unwrap();
    }
    let gone = told();
    assert!(
        gone.contains("were inspected in the run of 2026-09-15 and not in this file any more: E000000"),
        "{gone}"
    );
    assert_eq!(gone.matches(same).count(), 1, "{gone}");
    assert!(gone.contains("/youth_cards.csv: this"), "{gone}");
}
