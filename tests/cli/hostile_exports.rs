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
    let cases: [(&str, Change, &str); 7] = [
        ("results", first_line, "results has no row"),
        ("su_payments", first_line, "su_payments has no row"),
        ("su_payments", |all| all.to_owned() + all.split_once('\n').unwrap().1, "repeat another row"),
        ("programmes", |all| all.replace(",180,", ",0,"), "first on line 3 in ects"),
        ("programmes", |all| all.replace(",34,", ",0,"), "first on line 3 in prescribed_months"),
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

/// Written and held letters of one kind.
fn letters_of(ran: &Output, kind: &str) -> (u64, u64) {
    let record: Value = serde_json::from_slice(&ran.stdout).unwrap();
    let number = |key: &str| record[key][kind].as_u64().unwrap_or(0);
    (number("letters"), number("letters_held"))
}

fn enrolment(student: &str, enrolment: &str, programme: &str, dates: [&str; 2]) -> String {
    let [start, end] = dates;
    let status = if end.is_empty() { "active" } else { "completed" };
    format!(
        "{student},{enrolment},,Ann,Lee,a@student.example,en,DK,DK,{programme},{start},{status},{end},0,,,,,"
    )
}

/// One ordinary portion in each of so many months.
fn paid(enrolment: &str, from: (i32, i32), months: i32) -> String {
    let month = |n: i32| (from.0 + (from.1 - 1 + n) / 12, (from.1 - 1 + n) % 12 + 1);
    let row = |n: i32| format!("{enrolment},{}-{:02},ordinary,1,\n", month(n).0, month(n).1);
    (0..months).map(row).collect()
}

#[test]
fn portions_left_rest_on_the_rows_of_all_enrolments_of_the_student() {
    let bachelor = enrolment("s1", "E0", "BSC-FYS", ["2020-09-01", "2025-06-30"]);
    let register = [
        &bachelor,
        &enrolment("s1", "E1", "MSC-FYS", ["2025-09-01", ""]),
        &enrolment("s2", "E2", "BSC-FYS", ["2020-09-01", "2025-06-30"]),
    ];
    // 24 portions of the programme, 18 of them used: six are left, and the student is told.
    let own = paid("E1", (2025, 10), 18);
    let run = |register: &[&String], payments: &str, grants: &str| {
        let register = register.iter().map(|row| row.as_str()).collect::<Vec<_>>().join("\n");
        let payments = format!("{own}{payments}");
        let exports: Exports = &[
            ("enrolments", &register),
            ("su_payments", payments.trim_end()),
            ("extra_portion_grants", grants),
        ];
        let (_scratch, ran) = one_student(exports);
        assert_eq!(code(&ran), 0, "{}", stderr(&ran));
        letters_of(&ran, "portions_running_out")
    };
    let grant = "E1,2026-01-10,1,special,2026-01,2026-01";
    let sent = |payments: &str, grants: &str| run(&[register[0], register[1], register[2]], payments, grants);
    assert_eq!(sent("", ""), (1, 0));
    assert_eq!(sent("E0,2022-09,ordinary,1,", grant), (0, 0), "seven are left");
    assert_eq!(sent("E0,2022-13,ordinary,1,", ""), (0, 1), "a payment of the earlier programme is lost");
    assert_eq!(sent("E2,2022-13,ordinary,1,", ""), (1, 0), "a payment of another student is lost");
    assert_eq!(sent("", "E0,2022-01-10,x,special,2022-01,2022-01"), (0, 1));
    assert_eq!(sent("", "E2,2022-01-10,x,special,2022-01,2022-01"), (1, 0));
    // The register row of the earlier programme is lost, and all its payments with it.
    let unread = bachelor.replace(",completed,", ",faerdig,");
    assert_eq!(run(&[&unread, register[1]], "E0,2022-09,ordinary,1,", ""), (0, 1));
    let of_another = unread.replace("s1,", "s3,");
    assert_eq!(run(&[&of_another, register[1]], "", ""), (1, 0));
    // The same person under another id, and a namesake.
    let with_number = |row: &String, number: &str| row.replace(",,Ann", &format!(",{number},Ann"));
    let one = with_number(register[1], "990199-0007");
    let same_person = with_number(register[2], "9901990007");
    let another = with_number(register[2], "990199-0008");
    assert_eq!(run(&[&one, &same_person], "", ""), (0, 1));
    assert_eq!(run(&[&one, &another], "", ""), (1, 0));
}

#[test]
fn a_lost_equivalence_holds_the_letters_of_those_who_have_both_courses() {
    let student = enrolment("s1", "E1", "BSC-FYS", ["2026-02-01", ""]);
    let failed = "E1,01015,5,00,2026-04-10,2026-04-20,0,,,\nE1,01015,5,00,2026-05-10,2026-05-20,0,,,\n\
                  E1,01015,5,00,2026-06-10,2026-06-20,0,,,\nE1,01020,5,7,2026-06-10,2026-06-20,0,,,";
    let passed = "E1,01015,5,7,2026-06-10,2026-06-20,0,,,\nE1,01020,5,7,2026-06-10,2026-06-20,0,,,";
    let klip = paid("E1", (2026, 2), 14);
    let letters = |results: &str, equivalence: &str, kind: &str| {
        let exports: Exports = &[
            ("enrolments", &student),
            ("results", results),
            ("su_payments", klip.trim_end()),
            ("course_equivalences", equivalence),
        ];
        let (_scratch, ran) = one_student(exports);
        assert_eq!(code(&ran), 0, "{}", stderr(&ran));
        letters_of(&ran, kind)
    };
    for (results, kind) in [(failed, "attempts_used_up"), (passed, "hearing_notice")] {
        assert_eq!(letters(results, "01015,01020,gleich", kind), (0, 1), "{kind}: both courses");
        assert_eq!(letters(results, "0X020,01015,same", kind), (0, 1), "{kind}: with one nobody can name");
        assert_eq!(letters(results, "01015,01025,gleich", kind), (1, 0), "{kind}: one of the courses");
        assert_eq!(letters(results, "01025,01030,gleich", kind), (1, 0), "{kind}: neither");
    }
}
