//! Verdicts that stand, of which nothing is written: the data behind them are late, lost or
//! contradict each other.

use klippekort::contract::Table;
use klippekort::generate::catalogue::{BENG, MSC, MSC_THESIS, PAID_INTERNSHIP};
use klippekort::generate::people::impossible_cpr;
use klippekort::generate::rows::Cell;

use crate::book::{Book, day};
use crate::student::Student;

fn steady<'b>(book: &'b mut Book, id: &'static str, what: &'static str) -> Student<'b> {
    book.student(id, MSC, "2025-02-01", what).su("2026-03", "2027-02").ladder(60)
}

pub fn write(book: &mut Book) {
    book.student("readmitted-lately", MSC, "2021-09-01", "readmitted after the semesters of the five ECTS")
        .readmitted("2027-02-01")
        .ladder_on(0, 30, &["2022-06-24"])
        .expect("five_ects", "not_met")
        .expect("ects_last_two_semesters", "0")
        .reviews(&["readmitted"])
        .why("spring and autumn 2026 began before 2027-02-01: the student was not enrolled");
    steady(book, "thesis-again", "a third thesis is under way after two that failed")
        .project("msc_thesis", MSC_THESIS, ["2025-09-01", "2026-01-31", "", "2026-01-26"])
        .project("msc_thesis", MSC_THESIS, ["2026-03-01", "2026-06-01", "", "2026-06-24"])
        .project("msc_thesis", MSC_THESIS, ["2027-02-01", "2027-05-01", "", ""])
        .results(&[(MSC_THESIS, "00", "2026-02-05"), (MSC_THESIS, "00", "2026-06-10")])
        .attempt(MSC_THESIS, "last_attempt", 2, 3)
        .reviews(&["agreement_attempt"])
        .finding("EX303", "notice")
        .why("two by results, and the agreement of 2027-02-01 is the third: none is left");
    let first = steady(book, "number-shared", "two student ids with one civil registration number")
        .reviews(&["identity_conflict"])
        .why("one person, or a wrong number: nobody knows whose klip the frame holds");
    let mut second = steady(book, "number-shared-too", "the other of the two");
    second.person.cpr = Some(impossible_cpr(first));
    second.reviews(&["identity_conflict"]).why("as above");
    steady(book, "one-row-broken", "the same key on a sound row of the register and a broken one")
        .broken(
            Table::Enrolments,
            "unknown_code",
            "s990007;{E};;Ågot;Sønderby;s990007@student.example;da;DK;DK;MSC-FYS;01-02-2025;aktv;;12;;;;;",
        )
        .reviews(&["rejected_input"])
        .why("nobody knows which of the two is right");
    steady(book, "repayment", "a portion that was paid back stands as one more")
        .broken(Table::SuPayments, "repayment", "{E};2027-02;ordinary;1;-7426")
        .reviews(&["rejected_input"])
        .why("the portion of February 2027 is paid back, not paid twice");
    steady(book, "grant-twice", "one grant stands on two rows")
        .grant("2026-06-15", 2, "illness", "2026-03", "2026-04")
        .broken(Table::ExtraPortionGrants, "duplicate_row", "{E};15-06-2026;2;illness;2026-03;2026-04")
        .expect("klip_extra", 2)
        .reviews(&["rejected_input"])
        .why("the second row would deduct the two portions once more");
    steady(book, "released-at-last", "failed twice in a course that is not offered any more")
        .results(&[("22512", "00", "2026-01-26"), ("22512", "00", "2026-06-24")])
        .attempt("22512", "last_attempt", 2, 3)
        .reviews(&["course_released"])
        .finding("EX301", "review")
        .why("2 = 3-1, but the course ended on 31 January 2027: released, so no letter goes by itself");
    book.student(
        "thesis-passed",
        MSC,
        "2025-02-01",
        "inactive, and passed the thesis that nobody marked as finished",
    )
    .su("2025-03", "2027-02")
    .ladder(55)
    .result(MSC_THESIS, "10", "2027-03-10")
    .project("msc_thesis", MSC_THESIS, ["2026-11-01", "2027-04-01", "", ""])
    .progress(24, "85", "inactive", "inactive_final_project")
    .reviews(&["project_passed"])
    .finding("SU105", "review")
    .why("R = 90 > 85; the project is open until 2027-04-01, its course passed on 2027-03-10");
    book.student("internship-late", BENG, "2025-09-01", "SU in the first month of a paid internship alone")
        .su("2025-09", "2026-09")
        .su("2027-03", "2027-03")
        .ladder(60)
        .project("internship_paid", PAID_INTERNSHIP, ["2026-09-01", "2027-01-18", "", ""])
        .progress(14, "60", "behind", "active")
        .reviews(&["internship_registered_late"])
        .finding("SU104", "review")
        .why("September 2026 was paid and February 2027 was not: perhaps registered one month late");
    let old = steady(book, "credit-too-old", "entry credit passed more than five years before admission");
    let row = [
        old.enrolment(),
        Cell::Code("KU-OLD"),
        Cell::Hundredths(500),
        Cell::Code("BE"),
        Cell::Day(day("2019-12-19")),
        Cell::Day(day("2025-01-20")),
        Cell::Bool(true),
        Cell::Code("Københavns Universitet"),
        Cell::Empty,
        Cell::Empty,
    ];
    old.row(Table::Results, row)
        .expect("ects_counted", "65")
        .reviews(&["old_entry_credit"])
        .finding("DG412", "review")
        .why("19 December 2019 + 60 months lies before 1 February 2025");
}
