//! Rows that are well formed each by itself and cannot all be true: nothing is written of the student.

use klippekort::contract::Table;
use klippekort::generate::catalogue::MSC;
use klippekort::generate::rows::Cell;

use crate::book::{Book, day, month};
use crate::student::Student;

fn steady<'b>(book: &'b mut Book, id: &'static str, what: &'static str) -> Student<'b> {
    book.student(id, MSC, "2025-02-01", what).su("2026-03", "2027-02").ladder(60)
}

/// A course of the catalogue of five points.
fn result<'b>(
    student: Student<'b>,
    code: &'static str,
    result: &'static str,
    days: [&str; 2],
) -> Student<'b> {
    let row = [
        student.enrolment(),
        Cell::Code(code),
        Cell::Hundredths(500),
        Cell::Code(result),
        Cell::Day(day(days[0])),
        Cell::Day(day(days[1])),
        Cell::Bool(false),
        Cell::Empty,
        Cell::Empty,
        Cell::Empty,
    ];
    student.row(Table::Results, row)
}

fn payment<'b>(student: Student<'b>, of: &str, portions: i32, hundredths: i32) -> Student<'b> {
    let row = [
        student.enrolment(),
        Cell::Month(month(of)),
        Cell::Code("ordinary"),
        Cell::Int(portions),
        Cell::Hundredths(hundredths),
    ];
    student.row(Table::SuPayments, row)
}

pub fn write(book: &mut Book) {
    let twice = steady(book, "exam-twice", "two results of one exam day, assessed on two days");
    let twice = result(twice, "22512", "00", ["2026-05-20", "2026-06-10"]);
    result(twice, "22512", "00", ["2026-05-20", "2026-06-11"])
        .attempt("22512", "last_attempt", 2, 3)
        .reviews(&["course_released", "same_exam_twice"])
        .why("nobody sits an exam twice in a day: perhaps one attempt, and no letter about the last one");
    let merged = steady(book, "credit-merged", "two courses from outside under one code");
    let credit = |points: i32| {
        [
            merged.enrolment(),
            Cell::Code("MERIT"),
            Cell::Hundredths(points),
            Cell::Code("BE"),
            Cell::Empty,
            Cell::Day(day("2026-01-20")),
            Cell::Bool(true),
            Cell::Code("Københavns Universitet"),
            Cell::Empty,
            Cell::Empty,
        ]
    };
    let rows = [credit(500), credit(750)];
    let merged = rows.into_iter().fold(merged, |student, row| student.row(Table::Results, row));
    merged
        .expect("ects_counted", "65")
        .reviews(&["credit_merged"])
        .why("one code is one course, of which the pass with fewer ECTS counts; perhaps there are two");
    result(
        steady(book, "graded-next-century", "a grade with a wrong year"),
        "22512",
        "7",
        ["2026-12-10", "2072-12-26"],
    )
    .expect("ects_counted", "60")
    .reviews(&["implausible_result_date"])
    .why("nothing after the inspection is known, but the exam is over: the year is 2026");
    payment(steady(book, "paid-long-ago", "SU years before the programme"), "2020-03", 1, 742_600)
        .expect("klip_net", 13)
        .reviews(&["paid_before_start"])
        .why("March 2020 belongs to another enrolment, or to another year");
    payment(steady(book, "three-portions", "three portions in a month"), "2026-09", 2, 1_485_200)
        .expect("klip_net", 14)
        .reviews(&["too_many_portions"])
        .why("one and two in September 2026: a double payment is two");
    payment(steady(book, "paid-twice", "one payment on two rows"), "2026-09", 1, 742_600)
        .expect("klip_net", 13)
        .reviews(&["repeated_payment"])
        .why("September 2026 stands twice, and no paid internship begins in October");
    payment(steady(book, "paid-back", "SU paid back, with no portion"), "2026-09", 0, -742_600)
        .expect("klip_net", 12)
        .reviews(&["portion_paid_back"])
        .why("the portion of September 2026 was paid back and counts all the same");
    let first = steady(book, "enrolled-twice", "two enrolments on one programme")
        .reviews(&["enrolled_twice"])
        .why("the other begins with no klip and no result of its own");
    book.student("enrolled-twice-too", MSC, "2025-02-01", "the other of the two")
        .same_student(first)
        .reviews(&["enrolled_twice"])
        .why("as above");
    steady(book, "readmitted-before", "readmitted before the programme began")
        .readmitted("2024-02-01")
        .reviews(&["implausible_register_row"])
        .why("2024-02-01 lies before 2025-02-01");
    book.student("supplement-beyond", MSC, "2025-09-01", "inactive by portions of a disability supplement")
        .disability_supplement()
        .shortening(60)
        .su("2025-09", "2027-02")
        .ladder_on(0, 40, &["2026-01-26", "2026-06-24", "2027-01-26"])
        .progress(18, "40", "inactive", "inactive")
        .expect("portions_left", 0)
        .reviews(&["supplement_portions"])
        .why("R = 60 > 40; the programme has 24-60/5 = 12 portions, for which R = 30 <= 40");
}
