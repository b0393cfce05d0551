//! What the letters of the sample tell of the facts behind their figures, and of applications that wait.

use std::collections::BTreeMap;
use std::fs;

use crate::workbook::{column, rows};
use crate::*;

/// The rows of the mail merge by enrolment and letter: heading and cell.
type Merged = BTreeMap<(String, String), BTreeMap<String, String>>;

/// The run over sample_data with more applications and grants; also the reasons of the worklist, by the same key.
fn run(claims: &str, grants: &str) -> (Merged, BTreeMap<(String, String), String>) {
    let scratch = tempfile::tempdir().unwrap();
    let (input, home) = (scratch.path().join("input"), scratch.path().join("out"));
    copy("sample_data", &input);
    for (file, more) in [("extra_portion_claims.csv", claims), ("extra_portion_grants.csv", grants)] {
        let mut bytes = fs::read(input.join(file)).unwrap();
        bytes.extend_from_slice(more.as_bytes());
        fs::write(input.join(file), bytes).unwrap();
    }
    let ran = klip(&["run", SAMPLE, "--input", text(&input), "--output", text(&home), "--quiet"]);
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    let run = home.join("inspection_date=2027-03-15");
    let merge = fs::read_to_string(run.join("mail_merge.csv")).unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_reader(merge.trim_start_matches('\u{feff}').as_bytes());
    let headings = reader.headers().unwrap().clone();
    let merged = reader.records().map(|record| {
        let cells: BTreeMap<String, String> = headings
            .iter()
            .zip(&record.unwrap())
            .map(|(heading, cell)| (heading.to_owned(), cell.to_owned()))
            .collect();
        ((cells["enrolment_id"].clone(), cells["letter"].clone()), cells)
    });
    let list = rows(&run.join("worklist.xlsx"), "worklist");
    let of = |row: &[calamine::Data], heading: &str| crate::workbook::text(&row[column(&list, heading)]);
    let reasons = list[1..]
        .iter()
        .map(|row| ((of(row, "enrolment_id"), of(row, "letter")), of(row, "reasons")))
        .collect();
    (merged.collect(), reasons)
}

fn of(enrolment: &str, letter: &str) -> (String, String) {
    (enrolment.to_owned(), letter.to_owned())
}

#[test]
fn a_letter_tells_what_its_figures_are_made_of() {
    let (merged, _) = run("", "");
    let cell = |enrolment: &str, letter: &str, heading: &str| merged[&of(enrolment, letter)][heading].clone();
    // Sat once of three.
    let used_up = cell("E9000095", "attempts_used_up", "attempts");
    for said in ["16 January 2026, did not attend", "14 June 2026, exam prerequisite not met"] {
        assert!(used_up.contains(said), "{used_up}");
    }
    assert!(used_up.ends_with("no. 3, 16 January 2027, not passed"), "{used_up}");
    // The last exam used no attempt.
    let last = cell("E9000100", "last_attempt", "attempts");
    assert!(last.contains("no. 2, 14. juni 2026, ikke bestået") && !last.contains("2027"), "{last}");
    // Twelve passes of 5 ECTS, of which one stands for another.
    assert_eq!(cell("E9000013", "hearing_notice", "ects_counted"), "55");
    let other = cell("E9000013", "hearing_notice", "not_counted");
    assert!(other.starts_with("10852 ") && other.contains(" = 10851 "), "{other}");
    assert_eq!(cell("E9000001", "hearing_notice", "not_counted"), "");

    let mut reduced = 0;
    for ((enrolment, letter), cells) in &merged {
        if letter != "portions_running_out" {
            continue;
        }
        let number = |heading: &str| match cells[heading].as_str() {
            "" => 0,
            figure => figure.replace('\u{2212}', "-").parse::<i32>().unwrap(),
        };
        let sum = |plus: &[&str], less: &[&str]| {
            plus.iter().map(|heading| number(heading)).sum::<i32>()
                - less.iter().map(|heading| number(heading)).sum::<i32>()
        };
        let of_programme = sum(
            &["klip_prescribed", "klip_extension", "klip_granted_here"],
            &["klip_credit", "klip_used_here"],
        );
        let of_frame =
            sum(&["klip_frame", "klip_frame_supplement", "klip_granted_in_all"], &["klip_used_in_all"]);
        assert_eq!(of_programme, number("klip_left_of_programme"), "{enrolment}");
        assert_eq!(of_frame, number("klip_left_of_frame"), "{enrolment}");
        assert_eq!(of_programme.min(of_frame).max(0), number("klip_left"), "{enrolment}");
        if !cells["frame_reduced_since"].is_empty() {
            reduced += 1;
            assert_eq!((number("klip_frame"), number("klip_extension")), (58, 0), "{enrolment}");
        } else {
            assert_eq!(number("klip_frame"), 70, "{enrolment}");
        }
    }
    assert!(reduced > 0);
}

#[test]
fn an_application_that_waits_is_told_in_the_letter_and_on_the_worklist() {
    const CLAIM: &str =
        "K999001;E0000183;sygdom;2026-09;2027-01;4;10-02-2027;03-03-2027;psykiater;nej;ja;ja;ja;\n";
    let notice = of("E0000183", "hearing_notice");
    let told = |claims: &str, grants: &str| {
        let (merged, reasons) = run(claims, grants);
        let letter = merged.get(&notice).map(|cells| cells["applications"].clone());
        (letter, reasons.get(&notice).is_some_and(|said| said.contains("application K999001 for extra klip")))
    };
    let waits = (Some("K999001".to_owned()), true);
    let is_none = (Some(String::new()), false);
    assert_eq!(told("", ""), is_none);
    assert_eq!(told(CLAIM, ""), waits);
    // A decision is made within ten weeks of the form: long since, it may have been a refusal.
    assert_eq!(told(&CLAIM.replace("10-02-2027", "04-01-2027"), ""), waits);
    let in_the_worklist_alone = (Some(String::new()), true);
    assert_eq!(told(&CLAIM.replace("10-02-2027", "03-01-2027"), ""), in_the_worklist_alone);
    // Made after the inspection.
    assert_eq!(told(&CLAIM.replace("10-02-2027", "16-03-2027"), ""), is_none);
    // Granted for the whole period; for a part of it; before the form.
    let grant = |day: &str, from: &str| format!("E0000183;{day};1;sygdom;{from};2027-01\n");
    assert_eq!(told(CLAIM, &grant("01-03-2027", "2026-09")), is_none);
    assert_eq!(told(CLAIM, &grant("01-03-2027", "2026-10")), waits);
    assert_eq!(told(CLAIM, &grant("01-02-2027", "2026-09")), waits);
    // For another reason.
    let internship = grant("01-03-2027", "2026-09").replace("sygdom", "praktik");
    assert_eq!(told(CLAIM, &internship), waits);
}
