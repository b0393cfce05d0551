//! What goes with SU: resuming it, an early start, money from a host, youth cards.

use klippekort::contract::Table;
use klippekort::generate::catalogue::{BENG, MSC, SUMMER_COURSE, UNPAID_INTERNSHIP};
use klippekort::generate::rows::Cell;

use crate::book::{Book, day};
use crate::student::Student;

const START: &str = "2025-02-01";
/// Known to an inspection on 2026-09-15.
const BY_THEN: &[&str] = &["2025-06-24", "2026-01-26", "2026-06-24"];
const EXAM: &str = "2026-08-21";

/// 55 ECTS for 18 klip on 2026-09-15: stopped then.
fn stopped<'b>(book: &'b mut Book, id: &'static str, what: &'static str) -> Student<'b> {
    book.student(id, MSC, START, what).su("2025-02", "2026-07").ladder_on(0, 55, BY_THEN)
}

/// Begun in August with an exam of the summer, and paid from then on.
fn early<'b>(book: &'b mut Book, id: &'static str, what: &'static str, result: &'static str) -> Student<'b> {
    let student = book.student(id, MSC, "2026-08-01", what).su("2026-08", "2027-02");
    let row = [student.enrolment(), Cell::Code(SUMMER_COURSE), Cell::Day(day(EXAM))];
    let student = student.row(Table::EarlyStarts, row).ladder_on(0, 30, &["2027-01-26"]);
    student.result(SUMMER_COURSE, result, "2026-08-31")
}

/// An unpaid internship of the autumn with its five portions, gratuity and expenses in kroner.
fn internship<'b>(book: &'b mut Book, id: &'static str, what: &'static str, money: [i32; 2]) -> Student<'b> {
    let student = book.student(id, BENG, START, what).su("2025-09", "2027-02").ladder(60);
    let row = [
        student.enrolment(),
        Cell::Code("internship_unpaid"),
        Cell::Hundredths(3000),
        Cell::Day(day("2026-09-01")),
        Cell::Day(day("2027-01-18")),
        Cell::Empty,
        Cell::Empty,
        Cell::Day(day("2027-01-18")),
        Cell::Code(UNPAID_INTERNSHIP),
        Cell::Empty,
        Cell::Empty,
        Cell::Empty,
        Cell::Empty,
        Cell::Hundredths(money[0] * 100),
        Cell::Hundredths(money[1] * 100),
    ];
    student
        .row(Table::Projects, row)
        .grant("2026-08-20", 5, "internship", "2026-09", "2027-01")
        .result(UNPAID_INTERNSHIP, "BE", "2027-01-25")
        .progress(18, "90", "on_track", "active")
}

pub fn write(book: &mut Book) {
    stopped(book, "resumes", "stopped in September, reached the letter's 60 in January")
        .result("10862", "7", "2027-01-26")
        .progress(18, "60", "behind", "active")
        .why("R was and is 60 > 55; 60 on 2027-01-26: with the run of 2026-09-15 SU106 names January 2027");
    stopped(book, "resumes-not-yet", "stopped in September, 2.5 ECTS still missing")
        .result("01037", "BE", "2027-01-26")
        .progress(18, "57.5", "inactive", "inactive")
        .letters(&["hearing_notice"])
        .why("60-57.5 = 2.5");
    early(book, "early-start-absent", "stayed away from the exam of an early start", "EM")
        .progress(7, "30", "behind", "active")
        .finding("SU109", "action")
        .why("EM is no taking part: SU of August 2026 is repaid");
    early(book, "early-start-failed", "failed the exam of an early start", "00")
        .progress(7, "30", "behind", "active")
        .finding("SU109", "none")
        .why("a failed exam is taking part: nothing is repaid, no finding");
    internship(book, "gratuity", "a gratuity of the study rules' level", [3286, 0])
        .finding("SU104", "review")
        .why("3,286 > 3,000, the limit for SU");
    internship(book, "expenses", "covered expenses above the monthly SU", [3000, 7427])
        .finding("SU104", "review")
        .why("7,427 > 7,426, the rate of 2026; 3,000 is just within its limit");
    let student = book.student("card-and-subsidy", MSC, START, "a youth card beside another subsidy");
    let row =
        [student.enrolment(), Cell::Day(day("2026-12-01")), Cell::Day(day("2027-02-28")), Cell::Bool(true)];
    student
        .row(Table::YouthCards, row)
        .su("2026-03", "2027-02")
        .ladder(60)
        .finding("SU116", "review")
        .why("90 days are in order, the other subsidy is not");
    for (id, what, status) in [
        ("withdrawn-later", "left, but only after the inspection", "withdrawn"),
        ("completed-later", "completed, but only after the inspection", "completed"),
    ] {
        let student = book.student(id, MSC, START, what).su("2025-09", "2027-02").ladder(55);
        student
            .status(status)
            .ended("2027-03-20")
            .not_inspected()
            .finding("SU105", "review")
            .why("2027-03-20 is after 2027-03-15: for a person, no letter although 18 klip ask for 60 ECTS");
    }
}
