//! All letters of a run: names, order, counts and the mail-merge file.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[path = "letters/fixture.rs"]
#[allow(dead_code, reason = "shared with the tests of the single letter")]
mod fixture;

use fixture::*;
use klippekort::diagnostics::Diagnostics;
use klippekort::letters::context::letter_id;
use klippekort::letters::mail_merge::{LONGEST_CELL, cells, csv_cell, headings};
use klippekort::letters::{Batch, Press, Templates, Written, write_all};
use klippekort::pipeline::Separator;
use klippekort::student::codes::{CourseLevel, Grading, Language};
use klippekort::student::exports::*;
use klippekort::verdicts::*;

fn course(code: &str, title: &str) -> Course {
    Course {
        code: code.to_owned(),
        title: title.to_owned(),
        ects: klippekort::base::Ects::points(5),
        level: CourseLevel::BSc,
        grading: Grading::SevenPoint,
        external_examiner: false,
        oral: None,
        discontinued_on: None,
        line: 2,
    }
}

fn exports() -> Exports {
    let mut second = enrolment(Language::En);
    second.enrolment_id = "E2".to_owned();
    let mut person_two = person();
    person_two.given_name = "=1+1".to_owned();
    Exports {
        enrolments: vec![enrolment(Language::Da), second],
        people: vec![person(), person_two],
        programmes: vec![programme()],
        catalogue: Catalogue {
            courses: vec![course("01005", "Matematik 1"), course("02105", "Algoritmer")],
            ..Catalogue::default()
        },
        results: Results::default(),
        su_payments: Payments::default(),
        exam_registrations: None,
        extra_portion_grants: None,
        extra_portion_claims: None,
        leaves: None,
        exemptions: None,
        projects: None,
        approvals_abroad: None,
        parental_rights: None,
        youth_cards: None,
        exam_complaints: None,
        part_results: None,
        early_starts: None,
        transitional_semesters: None,
        student_cards: None,
        rejected_input: vec![false, false],
        lost_rows: Vec::new(),
        previous: None,
        students: Students::default(),
    }
}

/// Rows in the wrong order on purpose.
fn inspection() -> Inspection {
    let mut second = row();
    second.enrolment_id = "E2".to_owned();
    second.letters = vec![LetterKind::PortionsRunningOut, LetterKind::GuidanceInvitation];
    Inspection {
        inspection: vec![second, row()],
        register_index: vec![1, 0],
        attempts: attempts(),
        progress: vec![("E1".to_owned(), progress(&row())), ("E2".to_owned(), progress(&row()))],
        ..Inspection::default()
    }
}

/// File names and bytes.
type Stored = Vec<(String, Vec<u8>)>;

fn run(inspection: &Inspection) -> Result<(Written, Stored), Diagnostics> {
    run_with(&exports(), inspection, Separator::None, 2)
}

fn run_with(
    exports: &Exports,
    inspection: &Inspection,
    separator: Separator,
    threads: usize,
) -> Result<(Written, Stored), Diagnostics> {
    let templates = Templates::load(&root().join("reports/letters"))?;
    let (law, press) = (law(), Press::new()?);
    let batch = Batch {
        exports,
        inspection,
        law: &law,
        templates: &templates,
        press: &press,
        dates: dates(),
        separator,
        threads,
    };
    let mut files = Vec::new();
    let written = write_all(&batch, &mut |name, bytes| {
        files.push((name.to_owned(), bytes.to_vec()));
        Ok(())
    })?;
    Ok((written, files))
}

#[test]
fn letters_come_in_order_with_opaque_names_and_are_counted() {
    let (written, files) = run(&inspection()).expect("written");
    let text = String::from_utf8(written.mail_merge).expect("UTF-8");
    let lines: Vec<&str> = text.split("\r\n").filter(|line| !line.is_empty()).collect();
    assert!(text.starts_with("\u{feff}enrolment_id;letter;language;given_name;family_name;email;file;"));
    let letters = || files.iter().filter(|(name, _)| name.starts_with("letters/"));
    assert_eq!((letters().count(), lines.len()), (9, 10));
    let keys: Vec<String> =
        lines[1..].iter().map(|l| l.split(';').take(2).collect::<Vec<_>>().join(" ")).collect();
    assert!(keys.is_sorted() && keys[8] == "E2 portions_running_out", "{keys:?}");
    for line in &lines[1..] {
        let named = letters().filter(|(name, _)| line.contains(name.as_str())).count();
        assert_eq!(named, 1, "{line}");
    }
    for (name, bytes) in letters() {
        assert!(bytes.starts_with(b"%PDF-1.7"), "{name}");
        let id = name.strip_prefix("letters/").and_then(|n| n.strip_suffix(".pdf")).expect("a name");
        assert!(id.len() == 16 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{name}");
    }
    let prints: Vec<&str> =
        files.iter().map(|(name, _)| name.as_str()).filter(|name| name.starts_with("print/")).collect();
    let wanted: Vec<String> =
        LetterKind::ALL.iter().map(|kind| format!("print/{}.pdf", kind.code())).collect();
    assert_eq!(prints, wanted);
    assert!(lines[9].contains(";en;'=1+1;"), "{}", lines[9]);
    assert_eq!(written.counts.iter().map(|(_, n)| n).sum::<u32>(), 9);
    assert!(written.counts.contains(&(LetterKind::PortionsRunningOut, 2)));
}

#[test]
fn a_name_depends_on_inspection_enrolment_and_kind() {
    let name = |date: &str, enrolment: &str, kind| letter_id(day(date), enrolment, kind);
    let first = name("2027-03-18", "E1", LetterKind::LastAttempt);
    assert_eq!(first, name("2027-03-18", "E1", LetterKind::LastAttempt));
    assert_ne!(first, name("2027-09-18", "E1", LetterKind::LastAttempt));
    assert_ne!(first, name("2027-03-18", "E2", LetterKind::LastAttempt));
    assert_ne!(first, name("2027-03-18", "E1", LetterKind::HearingNotice));
}

#[test]
fn a_letter_that_cannot_be_built_stops_the_run() {
    let mut held = inspection();
    held.inspection[1].reviews.add(ReviewReason::Abroad);
    let problems = run(&held).expect_err("a defect").to_string();
    assert!(problems.contains("enrolment E1") && problems.contains("waits for a person"), "{problems}");
    let mut unknown = inspection();
    unknown.inspection[1].klip_extra = None;
    assert!(run(&unknown).expect_err("a defect").to_string().contains("`klip_extra` is unknown"));
}

#[test]
fn cells_are_defused_and_short() {
    for start in ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "\0"] {
        assert!(csv_cell(&format!("{start}1")).starts_with('\''), "{start:?}");
    }
    assert_eq!(csv_cell("a=b\r\nc"), "a=b  c");
    assert_eq!(csv_cell(&"å".repeat(300)).chars().count(), LONGEST_CELL);
    assert_eq!(csv_cell(&format!("={}", "å".repeat(254))).chars().count(), LONGEST_CELL);
    for heading in headings() {
        assert!(heading.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{heading}");
    }
}

/// Each figure part of the context must be found, value by value, in the row.
#[test]
fn the_row_holds_every_figure_that_the_letter_quotes() {
    fn leaves(value: &serde_json::Value, into: &mut Vec<String>) {
        match value {
            serde_json::Value::String(text) => into.push(text.clone()),
            serde_json::Value::Array(items) => items.iter().for_each(|item| leaves(item, into)),
            serde_json::Value::Object(fields) => fields.values().for_each(|field| leaves(field, into)),
            _ => {}
        }
    }
    for (kind, language) in all() {
        let letter = letter(kind, language);
        let row = cells(&letter, "letters/x.pdf");
        assert_eq!(row.len(), headings().len());
        let json = serde_json::to_value(&letter).expect("JSON");
        for part in ["answer", "su", "start_check", "attempts", "five_ects", "guidance", "portions", "dates"]
        {
            let mut quoted = Vec::new();
            leaves(&json[part], &mut quoted);
            for figure in quoted {
                let found =
                    row.iter().any(|cell| *cell == figure || (part == "attempts" && cell.contains(&figure)));
                assert!(found, "{}: {part} {figure}", kind.code());
            }
        }
    }
}
