//! The commands as a user meets them: exit codes, messages, and what may never be printed.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use arrow::util::display::{ArrayFormatter, FormatOptions};
use klippekort::rules::RULES;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

fn klip(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_klip"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(arguments)
        .output()
        .unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

const SAMPLE: &str = "pipelines/semester_inspection.toml";
const PLAIN: &str = "pipelines/semester_inspection_plain.toml";

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

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

#[test]
fn a_dry_run_writes_nothing() {
    let scratch = tempfile::tempdir().unwrap();
    let output = scratch.path().join("out");
    let ran = klip(&["run", SAMPLE, "--output", text(&output), "--dry-run"]);
    assert_eq!(code(&ran), 0);
    assert!(stdout(&ran).contains("nothing was written") && !output.exists());
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
    let checked = klip(&["check", PLAIN, "--input", text(&input)]);
    assert_eq!(code(&checked), 3);
    let problems = stderr(&checked);
    assert!(problems.contains("results.csv:1") && problems.contains("su_payments.csv:1"), "{problems}");
    assert!(problems.contains("assessed_on") && problems.contains("portions"), "{problems}");
}

#[test]
fn explain_leads_to_the_cells_and_the_law() {
    let output = tempfile::tempdir().unwrap();
    klip(&["run", SAMPLE, "--output", text(output.path()), "--quiet"]);
    let run = output.path().join("inspection_date=2027-03-15");
    let explained = klip(&["explain", text(&run), "E9000001", "SU101", "--json"]);
    assert_eq!(code(&explained), 0, "{}", stderr(&explained));
    let value: Value = serde_json::from_str(&stdout(&explained)).unwrap();
    let report = &value[0]["rules"][0]["reports"][0];
    let fact = |name: &str| {
        report["evidence"].as_array().unwrap().iter().find(|fact| fact["fact"] == name).unwrap().clone()
    };
    // The lines named are the student's own payments, and they add up.
    let gross = fact("klip_gross");
    let file = fs::read_to_string(gross["file"].as_str().unwrap()).unwrap();
    let lines: Vec<&str> = file.lines().collect();
    let named = gross["lines"].as_array().unwrap();
    assert!(!named.is_empty());
    let mut portions = 0;
    for line in named {
        let row: Vec<&str> = lines[line.as_u64().unwrap() as usize - 1].split(';').collect();
        assert_eq!(row[0], "E9000001");
        portions += row[3].parse::<i32>().unwrap();
    }
    assert_eq!(gross["value"], portions.to_string());
    assert!(fact("allowed_delay_ects")["source"].as_str().unwrap().contains("su.allowed_delay_ects"));

    let text_form = stdout(&klip(&["explain", text(&run), "E9000001"]));
    assert!(
        text_form.contains("SU101") && text_form.contains("sample_data/su_payments.csv line"),
        "{text_form}"
    );
    assert_eq!(code(&klip(&["explain", text(&run), "nobody"])), 2);
}

#[test]
fn explain_refuses_inputs_that_changed_since_the_run() {
    let scratch = tempfile::tempdir().unwrap();
    let (input, output) = (scratch.path().join("in"), scratch.path().join("out"));
    klip(&["generate", "--students", "20", "--seed", "1", "--output", text(&input)]);
    klip(&["run", PLAIN, "--input", text(&input), "--output", text(&output), "--quiet"]);
    let run = output.join("inspection_date=2027-03-15");
    assert_eq!(code(&klip(&["explain", text(&run), "s000001"])), 0);
    let path = input.join("leaves.csv");
    let content = fs::read_to_string(&path).unwrap();
    fs::write(&path, content + "E0000001,2027-01-01,2027-01-31,none\n").unwrap();
    let explained = klip(&["explain", text(&run), "s000001"]);
    assert_eq!(code(&explained), 3);
    assert!(stderr(&explained).contains("leaves.csv") && stderr(&explained).contains("changed"));
}

#[test]
fn every_rule_is_documented() {
    let all: Value = serde_json::from_str(&stdout(&klip(&["rule", "--all", "--json"]))).unwrap();
    assert_eq!(all.as_array().unwrap().len(), RULES.len());
    for rule in all.as_array().unwrap() {
        let page = stdout(&klip(&["rule", rule["code"].as_str().unwrap()]));
        assert!(page.contains("## What it decides") && page.contains("## Sources"), "{page}");
    }
    assert_eq!(stdout(&klip(&["rule", "--all"])).lines().count(), RULES.len());
}

/// All cells of a Parquet file as text: its pages are compressed.
fn cells(path: &Path) -> Vec<u8> {
    let file = fs::File::open(path).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
    let mut text = String::new();
    for batch in reader.map(Result::unwrap) {
        for column in batch.columns() {
            let options = FormatOptions::default();
            let formatter = ArrayFormatter::try_new(column, &options).unwrap();
            (0..batch.num_rows()).for_each(|row| text.push_str(&format!("{}\n", formatter.value(row))));
        }
    }
    text.into_bytes()
}

/// Distinctive names and CPR numbers go through a run whose register has broken rows; they may
/// appear in letters and mail merge only.
#[test]
fn names_and_cpr_stay_out_of_tables_messages_and_file_names() {
    let scratch = tempfile::tempdir().unwrap();
    let (input, output) = (scratch.path().join("in"), scratch.path().join("out"));
    klip(&["generate", "--students", "200", "--seed", "5", "--output", text(&input)]);
    let path = input.join("enrolments.csv");
    let content = fs::read_to_string(&path).unwrap();
    let mut lines: Vec<String> = content.lines().map(str::to_owned).collect();
    let header: Vec<String> = lines[0].split(',').map(str::to_owned).collect();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    for line in lines.iter_mut().skip(1) {
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        cells[at("cpr")] = "991299-4242".to_owned();
        cells[at("given_name")] = "Sentinelina".to_owned();
        cells[at("family_name")] = "Zzyzxsen".to_owned();
        cells[at("email")] = "sentinel@zzyzx.example".to_owned();
        *line = cells.join(",");
    }
    // A broken row: its status is unknown, and its cells are personal.
    let broken = lines[1]
        .replace("active", "sleeping")
        .replace("completed", "sleeping")
        .replace("withdrawn", "sleeping");
    lines.push(broken.replace("E0000001", "E8888888"));
    lines.push("s1,E7777777,991299-4242,\"Sentinelina\"x,Zzyzxsen,sentinel@zzyzx.example".to_owned());
    fs::write(&path, lines.join("\n") + "\n").unwrap();
    let ran = klip(&["run", PLAIN, "--input", text(&input), "--output", text(&output)]);
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    let run = output.join("inspection_date=2027-03-15");
    let explained = klip(&["explain", text(&run), "s000001"]);
    let mut seen_in_letters = false;
    let mut check = |name: &str, bytes: &[u8], allowed: bool| {
        for secret in ["991299", "Sentinelina", "Zzyzxsen", "zzyzx.example"] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(allowed || !found, "{secret} in {name}");
            seen_in_letters |= allowed && found;
        }
    };
    for (name, bytes) in [("summary", &ran.stdout), ("stderr", &ran.stderr), ("explain", &explained.stdout)] {
        check(name, bytes, false);
    }
    let mut folders = vec![run];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            check("a file name", text(&path).as_bytes(), false);
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = text(&path).to_owned();
            let allowed = name.contains("/letters/") || name.ends_with("mail_merge.csv");
            let bytes = if name.ends_with(".parquet") { cells(&path) } else { fs::read(&path).unwrap() };
            check(&name, &bytes, allowed);
        }
    }
    assert!(seen_in_letters);
}

/// A folder of 50 generated students, one of whose files is changed.
fn damaged(table: &str, change: impl Fn(&str) -> String) -> (tempfile::TempDir, Output) {
    let scratch = tempfile::tempdir().unwrap();
    let (input, output) = (scratch.path().join("in"), scratch.path().join("out"));
    assert_eq!(code(&klip(&["generate", "--students", "50", "--output", text(&input)])), 0);
    let path = input.join(format!("{table}.csv"));
    let content = change(&fs::read_to_string(&path).unwrap());
    fs::write(&path, content).unwrap();
    let ran = klip(&["run", PLAIN, "--input", text(&input), "--output", text(&output), "--json"]);
    (scratch, ran)
}

fn first_line(content: &str) -> String {
    format!("{}\n", content.lines().next().unwrap())
}

#[test]
fn exports_that_cannot_be_whole_are_refused_before_a_letter_is_written() {
    type Change = fn(&str) -> String;
    let cases: [(&str, Change, &str); 6] = [
        ("results", first_line, "results has no row"),
        ("su_payments", first_line, "su_payments has no row"),
        ("su_payments", |all| all.to_owned() + all.split_once('\n').unwrap().1, "repeat another row"),
        ("programmes", |all| all.replace(",180,", ",0,"), "first on line 3 in ects"),
        (
            "results",
            |all| {
                let id = all.lines().nth(1).unwrap().split(',').next().unwrap();
                let row = |n| format!("{id},X{n},360,12,,2020-01-10,1,Elsewhere,,\n");
                all.to_owned() + &(0..10_000).map(row).collect::<String>()
            },
            "more ECTS than can be true",
        ),
        (
            "su_payments",
            |all| {
                let id = all.lines().nth(1).unwrap().split(',').next().unwrap();
                let row = |n| format!("{id},2025-{:02},ordinary,3,\n", n % 12 + 1);
                all.to_owned() + &(0..10_000).map(row).collect::<String>()
            },
            "more portions than can be true",
        ),
    ];
    for (table, change, message) in cases {
        let (scratch, ran) = damaged(table, change);
        assert_eq!(code(&ran), 3, "{message}: {}", stderr(&ran));
        assert!(stderr(&ran).contains(message), "{message}: {}", stderr(&ran));
        assert!(!scratch.path().join("out/inspection_date=2027-03-15").exists());
    }
    // Nobody had begun: nothing to refuse.
    assert_eq!(code(&klip(&["run", SAMPLE, "--inspection-date", "2010-01-01", "--dry-run"])), 0);
    let wrong_year = klip(&["run", SAMPLE, "--results-through", "1927-03-15", "--dry-run"]);
    assert_eq!(code(&wrong_year), 2);
    assert!(stderr(&wrong_year).contains("results_through 1927-03-15"), "{}", stderr(&wrong_year));
    assert_eq!(code(&klip(&["run", SAMPLE, "--inspection-date", "9999-12-31", "--dry-run"])), 2);
}

#[test]
fn blanks_of_every_kind_around_a_cell_and_a_blank_last_line_do_no_harm() {
    let (_undamaged, as_it_was) = damaged("results", str::to_owned);
    let before: Value = serde_json::from_slice(&as_it_was.stdout).unwrap();
    for (table, change) in [
        (
            "results",
            (|all| all.replace(",12,", ",12\u{A0},").replace("\nE", "\n\u{A0}E")) as fn(&str) -> String,
        ),
        ("programmes", |all| all.to_owned() + "\n"),
    ] {
        let (_scratch, ran) = damaged(table, change);
        assert_eq!(code(&ran), 0, "{}", stderr(&ran));
        let after: Value = serde_json::from_slice(&ran.stdout).unwrap();
        assert_eq!(after["verdicts"], before["verdicts"], "{table}");
        assert_eq!(after["letters"], before["letters"], "{table}");
    }
}

/// Tables with lines to add to them.
type Exports<'a> = &'a [(&'a str, &'a str)];

/// One student in an otherwise empty register: `rows` of the tables, the others with a header alone.
fn one_student(rows: Exports) -> (tempfile::TempDir, Output) {
    let scratch = tempfile::tempdir().unwrap();
    let (input, output) = (scratch.path().join("in"), scratch.path().join("out"));
    assert_eq!(code(&klip(&["generate", "--students", "0", "--output", text(&input)])), 0);
    for (table, lines) in rows {
        let path = input.join(format!("{table}.csv"));
        let content = fs::read_to_string(&path).unwrap() + lines + "\n";
        fs::write(&path, content).unwrap();
    }
    let ran = klip(&["run", PLAIN, "--input", text(&input), "--output", text(&output), "--json"]);
    (scratch, ran)
}

fn letters(ran: &Output) -> (u64, u64) {
    let record: Value = serde_json::from_slice(&ran.stdout).unwrap();
    let sum = |key: &str| record[key].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
    (sum("letters"), sum("letters_held"))
}

#[test]
fn no_letter_rests_on_a_row_that_could_not_be_read() {
    let student =
        |start: &str| format!("s1,E1,,Ann,Lee,a@student.example,en,DK,DK,BSC-FYS,{start},active,,0,,,,,");
    // The exam of a new student, the stay abroad of an inactive one, the course that was passed
    // under another code: each damaged, and each readable.
    let (new, delayed, steady) = (student("2026-09-01"), student("2026-02-01"), student("2026-02-01"));
    let paid: Vec<String> =
        (0..14).map(|n| format!("E1,{}-{:02},ordinary,1,", 2026 + (n + 1) / 12, (n + 1) % 12 + 1)).collect();
    let paid = paid.join("\n");
    let took_part = "E1,01004,5,7,2026-06-10,2026-06-20,0,,,";
    let failed = "E1,01015,5,00,2026-04-10,2026-04-20,0,,,\nE1,01015,5,00,2026-05-10,2026-05-20,0,,,\n\
                  E1,01015,5,00,2026-06-10,2026-06-20,0,,,\nE1,01004,5,7,2026-06-10,2026-06-20,0,,,";
    let cases: [(Exports, Exports); 3] = [
        (
            &[("enrolments", &new), ("exam_registrations", "E1,01004,2027-02-30,2026-10-01,")],
            &[("enrolments", &new), ("exam_registrations", "E1,01004,2027-02-20,2026-10-01,")],
        ),
        (
            &[
                ("enrolments", &delayed),
                ("su_payments", &paid),
                ("results", took_part),
                ("approvals_abroad", "E1,2027-02-01,2027-06-31,30"),
            ],
            &[
                ("enrolments", &delayed),
                ("su_payments", &paid),
                ("results", took_part),
                ("approvals_abroad", "E1,2027-02-01,2027-06-30,30"),
            ],
        ),
        (
            &[("enrolments", &steady), ("results", failed), ("course_equivalences", "01004,01015,gleich")],
            &[("enrolments", &steady), ("results", failed), ("course_equivalences", "01004,01015,same")],
        ),
    ];
    for (damaged, readable) in cases {
        let ((_damaged, ran), (_readable, as_meant)) = (one_student(damaged), one_student(readable));
        assert_eq!((code(&ran), code(&as_meant)), (0, 0), "{}", stderr(&ran));
        assert_eq!(letters(&as_meant).0, 0, "{readable:?}");
        let (sent, held) = letters(&ran);
        assert_eq!(sent, 0, "{damaged:?}");
        assert!(held > 0, "{damaged:?}");
    }
}

#[test]
fn explain_refuses_a_run_whose_exports_are_no_longer_there() {
    let (scratch, ran) = damaged("leaves", str::to_owned);
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    let run = scratch.path().join("out/inspection_date=2027-03-15");
    fs::remove_file(scratch.path().join("in/leaves.csv")).unwrap();
    let explained = klip(&["explain", text(&run), "E0000001"]);
    assert_eq!(code(&explained), 3);
    assert!(stderr(&explained).contains("leaves.csv"), "{}", stderr(&explained));
    fs::rename(scratch.path().join("in"), scratch.path().join("elsewhere")).unwrap();
    let explained = klip(&["explain", text(&run), "E0000001"]);
    assert!(stderr(&explained).contains("the folder in which it was made"), "{}", stderr(&explained));
}

#[test]
fn names_in_shifted_cells_are_hidden() {
    let rows = "s2,E2,,x,y,Jens,Hemmelig,DK,DK,BSC-FYS,2026-09-01,active,,,,,,,\n\
                s3,E3,,x,y,z,da,DK,DK,Hemmelig,2026-09-01,active,,,,,,,\n\
                s4,E4,,x,y,z,da,DK,DK,BSC-FYS,Hemmelig Jens,active,,,,,,,\n\
                s5,E5,,x,y,z,H\u{1}emmelig,DK,DK,BSC-FYS,2026-09-01,active,,,,,,,";
    let (scratch, ran) = one_student(&[("enrolments", rows)]);
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    let run = scratch.path().join("out/inspection_date=2027-03-15");
    let rejected = fs::read_to_string(run.join("rejected.csv")).unwrap();
    assert_eq!(rejected.matches("(hidden)").count(), 4, "{rejected}");
    assert!(!rejected.contains("emmelig"), "{rejected}");
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
    fs::write(run.join("letters/extra.html"), "x").unwrap();
    let verified = klip(&["verify", text(&run)]);
    assert_eq!(code(&verified), 3);
    let told = stderr(&verified);
    for part in
        ["attempts.parquet", "changed", "mail_merge.csv", "missing", "letters/extra.html", "3 problems"]
    {
        assert!(told.contains(part), "{part}: {told}");
    }
}
