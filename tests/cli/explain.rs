//! Explanations lead to the cells, and are refused when the cells have changed.

use std::fs;

use serde_json::Value;

use crate::hostile_exports::damaged;
use crate::*;

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

    // The amount of a payment, from a cell in the dialect of the exports.
    let on_leave = stdout(&klip(&["explain", text(&run), "E9000026", "SU103"]));
    assert!(on_leave.contains("2026-10; 1 portion, 7426.00 DKK."), "{on_leave}");

    let text_form = stdout(&klip(&["explain", text(&run), "E9000001"]));
    assert!(
        text_form.contains("SU101") && text_form.contains("sample_data/su_payments.csv line"),
        "{text_form}"
    );
    assert_eq!(code(&klip(&["explain", text(&run), "nobody"])), 2);

    // What the run found comes first, the gravest before the others, and SU before exams and degree.
    let place = |part: &str| text_form.find(part).unwrap_or_else(|| panic!("{part}: {text_form}"));
    let order =
        ["\nSU101 ", " [info]\n", "The other rules have no finding", "\nSU102 ", "\nEX301 ", "\nDG401 "];
    assert!(order.map(place).is_sorted(), "{text_form}");
    assert!(place(" [action]\n") < place(" [info]\n"), "{text_form}");
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
fn explain_names_the_tables_of_which_a_row_is_lost() {
    let (scratch, ran) =
        damaged("results", |text| format!("{text}E0000001,01005,five,12,2026-01-20,2026-01-30,0,,,\n"));
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    let run = scratch.path().join("out/inspection_date=2027-03-15");
    let explained = klip(&["explain", text(&run), "E0000001"]);
    let last = fs::read_to_string(scratch.path().join("in/results.csv")).unwrap().lines().count();
    let told = format!("results.csv line {last}: ects, ");
    assert!(stdout(&explained).contains(&told), "{}", stdout(&explained));
    let json = klip(&["explain", text(&run), "E0000001", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&stdout(&json)).unwrap();
    assert_eq!(json[0]["tables_with_rejected_rows"], serde_json::json!(["results"]));
    assert_eq!(json[0]["rejected_rows"][0]["line"], last);

    // A row of the register that says something else of the same enrolment.
    let (scratch, ran) = damaged("enrolments", |text| {
        let row = text.lines().find(|row| row.contains(",E0000001,")).unwrap();
        format!("{text}{}\n", row.replacen("@student.example", "@other.example", 1))
    });
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    let run = scratch.path().join("out/inspection_date=2027-03-15");
    let explained = stdout(&klip(&["explain", text(&run), "E0000001"]));
    assert!(explained.contains("enrolments.csv line ") && explained.contains("duplicate_key"), "{explained}");
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

/// Reasons for a person that are found in rows and that no rule speaks of.
const FOUND_IN_ROWS: [&str; 12] = [
    "same_exam_twice",
    "credit_merged",
    "implausible_result_date",
    "paid_before_start",
    "too_many_portions",
    "repeated_payment",
    "portion_paid_back",
    "enrolled_twice",
    "implausible_register_row",
    "overlapping_leaves",
    "status_conflict",
    "identity_conflict",
];

#[test]
fn what_a_person_must_look_at_is_shown_where_it_stands() {
    let output = tempfile::tempdir().unwrap();
    klip(&["run", SAMPLE, "--output", text(output.path()), "--quiet", "--no-letters"]);
    let run = output.path().join("inspection_date=2027-03-15");
    let scenarios: toml::Table = fs::read_to_string("sample_data/scenarios.toml").unwrap().parse().unwrap();
    let mut met = std::collections::BTreeSet::new();
    for scenario in scenarios["scenario"].as_array().unwrap() {
        let reasons = scenario.get("review_reasons").and_then(toml::Value::as_array);
        let reasons = reasons.into_iter().flatten().filter_map(toml::Value::as_str);
        let expected: Vec<&str> = reasons.filter(|reason| FOUND_IN_ROWS.contains(reason)).collect();
        if expected.is_empty() || expected.iter().all(|reason| !met.insert((*reason).to_owned())) {
            continue;
        }
        let enrolment = scenario["enrolment_id"].as_str().unwrap();
        let explained = klip(&["explain", text(&run), enrolment, "SU107", "--json"]);
        let value: Value = serde_json::from_str(&stdout(&explained)).unwrap();
        let places = value[0]["rows_in_doubt"].as_array().unwrap();
        for reason in expected {
            let of_reason: Vec<&Value> = places.iter().filter(|place| place["reason"] == reason).collect();
            assert!(!of_reason.is_empty(), "{enrolment} {reason}: {places:?}");
            for place in of_reason {
                let file = fs::read(place["file"].as_str().unwrap()).unwrap();
                let lines: Vec<&[u8]> = file.split(|byte| *byte == b'\n').collect();
                let named = place["lines"].as_array().unwrap().iter();
                let rows =
                    named.map(|line| String::from_utf8_lossy(lines[line.as_u64().unwrap() as usize - 1]));
                let own = rows.filter(|row| row.split(';').any(|cell| cell == enrolment)).count();
                assert!(own > 0, "{enrolment} {reason}: {place}");
            }
        }
    }
    assert_eq!(met.len(), FOUND_IN_ROWS.len(), "{met:?}");
}

#[test]
fn an_explanation_says_of_which_run_and_programme_it_speaks() {
    let output = tempfile::tempdir().unwrap();
    klip(&["run", SAMPLE, "--output", text(output.path()), "--quiet", "--no-letters"]);
    let run = output.path().join("inspection_date=2027-03-15");
    let hearing = stdout(&klip(&["explain", text(&run), "E9000001"]));
    assert!(
        hearing.starts_with("Enrolment E9000001 of student s900001 on MSC-FYS (MSc), begun "),
        "{hearing}"
    );
    let dates = "Inspection of 2027-03-15: results through 2027-03-15, payments through 2027-03\n";
    assert!(hearing.contains(dates) && hearing.contains("[action]\n"), "{hearing}");
    assert!(!hearing.contains("Drafts"), "{hearing}");
    let applied = stdout(&klip(&["explain", text(&run), "E9000106", "XK201"]));
    assert!(applied.contains("Drafts that the worklist offers: extra_klip_decision\n"), "{applied}");
    let ended = stdout(&klip(&["explain", text(&run), "E9000130", "SU101"]));
    assert!(ended.contains("Not inspected: withdrawn.") && ended.contains("SU101 judges"), "{ended}");
}

#[test]
fn a_table_that_is_absent_is_no_empty_one_and_text_has_lines_whatever_the_file_is_called() {
    let scratch = tempfile::tempdir().unwrap();
    let (input, output) = (scratch.path().join("in"), scratch.path().join("out"));
    klip(&["generate", "--students", "20", "--output", text(&input)]);
    fs::remove_file(input.join("leaves.csv")).unwrap();
    fs::remove_file(input.join("extra_portion_grants.csv")).unwrap();
    fs::rename(input.join("su_payments.csv"), input.join("su_payments.TXT")).unwrap();
    let pipeline = plain_pipeline_with(
        scratch.path(),
        "[tables.leaves]\nnone = true\n[tables.su_payments]\nfile = \"su_payments.TXT\"",
    );
    let ran = klip(&[
        "run",
        text(&pipeline),
        "--input",
        text(&input),
        "--output",
        text(&output),
        "--no-letters",
        "--quiet",
    ]);
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    let register = fs::read_to_string(input.join("enrolments.csv")).unwrap();
    let active = register.lines().find(|row| row.contains(",active,")).unwrap().split(',').nth(1).unwrap();
    let explained = stdout(&klip(&["explain", text(&output.join("current")), active]));
    assert!(explained.contains("<- leaves: the table is empty by the pipeline\n"), "{explained}");
    assert!(explained.contains("<- extra_portion_grants: the table was not given\n"), "{explained}");
    assert!(explained.contains("su_payments.TXT line"), "{explained}");
}

/// SU on every programme counts against the frame.
#[test]
fn a_rejected_row_of_another_enrolment_of_the_student_is_shown() {
    let scratch = tempfile::tempdir().unwrap();
    let (input, output) = (scratch.path().join("in"), scratch.path().join("out"));
    klip(&["generate", "--students", "60", "--output", text(&input)]);
    let register = fs::read_to_string(input.join("enrolments.csv")).unwrap();
    let mut of_student = std::collections::BTreeMap::<&str, Vec<&str>>::new();
    for row in register.lines().skip(1) {
        let mut cells = row.split(',');
        of_student.entry(cells.next().unwrap()).or_default().push(cells.next().unwrap());
    }
    let [one, other] = of_student.values().find(|enrolments| enrolments.len() == 2).unwrap()[..] else {
        panic!()
    };
    let payments = input.join("su_payments.csv");
    let content = fs::read_to_string(&payments).unwrap();
    fs::write(&payments, format!("{content}{other},2026-13,ordinary,1,7000\n")).unwrap();
    klip(&["run", PLAIN, "--input", text(&input), "--output", text(&output), "--no-letters", "--quiet"]);
    let explained = stdout(&klip(&["explain", text(&output.join("current")), one, "SU107"]));
    let told = format!("su_payments.csv line {}: month, bad_month\n", content.lines().count() + 1);
    assert!(explained.contains(&told), "{explained}");
}
