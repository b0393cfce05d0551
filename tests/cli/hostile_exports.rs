//! Exports that are damaged as a whole, or where it hurts: no letter may rest on them.

use std::fs;

use serde_json::Value;

use crate::*;

/// A folder of 50 generated students, one of whose files is changed.
pub fn damaged(table: &str, change: impl Fn(&str) -> String) -> (tempfile::TempDir, Output) {
    let scratch = tempfile::tempdir().unwrap();
    let (input, output) = (scratch.path().join("in"), scratch.path().join("out"));
    assert_eq!(code(&klip(&["generate", "--students", "50", "--output", text(&input)])), 0);
    let path = input.join(format!("{table}.csv"));
    let content = change(&fs::read_to_string(&path).unwrap());
    fs::write(&path, content).unwrap();
    let ran = klip(&["run", PLAIN, "--input", text(&input), "--output", text(&output), "--json"]);
    (scratch, ran)
}

pub fn first_line(content: &str) -> String {
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
pub type Exports<'a> = &'a [(&'a str, &'a str)];

/// One student in an otherwise empty register: `rows` of the tables, the others with a header alone.
pub fn one_student(rows: Exports) -> (tempfile::TempDir, Output) {
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
