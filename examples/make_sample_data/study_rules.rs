//! The curriculum, leave, thesis, complaints and transitional semester: what only findings tell.

use klippekort::contract::Table;
use klippekort::generate::catalogue::{BSC, MSC, MSC_THESIS};
use klippekort::generate::rows::Cell;

use crate::book::{Book, day};
use crate::student::Student;

const START: &str = "2025-02-01";
const BEFORE: &[&str] = &["2025-06-24", "2026-01-26", "2026-06-24"];

pub fn write(book: &mut Book) {
    curriculum(book);
    leave(book);
    thesis(book);
    complaints(book);
    transitional(book);
}

fn steady<'b>(book: &'b mut Book, id: &'static str, what: &'static str) -> Student<'b> {
    book.student(id, MSC, START, what).su("2026-03", "2027-02")
}

fn passed<'b>(mut student: Student<'b>, codes: &[&'static str], dates: &[&str]) -> Student<'b> {
    for (at, code) in codes.iter().enumerate() {
        student = student.result(code, "7", dates[at % dates.len()]);
    }
    student
}

/// Innovation 5, Innovation in Engineering 5, B 5, C 5, D 10; the C is last.
const GENERAL: [&str; 5] = ["10750", "42500", "10326", "10112", "10350"];
const SPECIALISATION: [&str; 6] = ["10200", "10314", "10339", "10384", "10385", "10400"];
/// On no list for those who began in 2025.
const ELECTIVES: [&str; 6] = ["10220", "10305", "10306", "10323", "10856", "22680"];

fn curriculum(book: &mut Book) {
    let complete = steady(book, "curriculum-complete", "everything that the curriculum asks for is passed");
    let complete = passed(complete, &GENERAL, BEFORE);
    let complete = passed(complete, &SPECIALISATION, BEFORE);
    passed(complete, &ELECTIVES, BEFORE)
        .project("msc_thesis", MSC_THESIS, ["2026-08-17", "2027-01-17", "", "2027-01-26"])
        .result(MSC_THESIS, "10", "2027-01-26")
        .progress(12, "120", "on_track", "active")
        .finding("DG407", "none")
        .finding("DG406", "none")
        .why("30 general competence + 30 specialisation + 30 electives + 30 thesis");
    let short = steady(book, "curriculum-one-short", "90 ECTS of courses, none of list C");
    let short = passed(short, &GENERAL[..4], BEFORE);
    let short = passed(short, &SPECIALISATION, BEFORE);
    passed(short, &ELECTIVES, BEFORE)
        .result("22512", "7", "2026-06-24")
        .progress(12, "90", "on_track", "active")
        .finding("DG407", "notice")
        .why("C lacks 5; 35 would be electives, 5 of them have no room");
    let ceiling = steady(book, "curriculum-ceiling", "15 ECTS at bachelor level");
    let ceiling = passed(ceiling, &GENERAL, BEFORE);
    passed(ceiling, &["01015", "01020", "01025", "10200", "10314", "10339"], BEFORE)
        .progress(12, "60", "on_track", "active")
        .finding("DG407", "notice")
        .why("10 of 15 count as electives");
    for (id, start, finding) in
        [("curriculum-until-2023", "2023-08-31", "none"), ("curriculum-from-2023", "2023-09-01", "notice")]
    {
        let earlier =
            book.student(id, MSC, start, "10318 is specialisation for those who began before September 2023");
        let earlier = passed(earlier.su("2025-09", "2027-02"), &GENERAL, BEFORE);
        let earlier = passed(earlier, &SPECIALISATION[..5], BEFORE);
        passed(earlier, &["10318", "10220", "10305", "10306", "10323", "10856", "22680"], BEFORE)
            .progress(18, "90", "on_track", "active")
            .letters_not_held()
            .finding("DG407", finding)
            .why("otherwise it would be a 35th ECTS of electives, and the specialisation lacks 5");
    }
}

fn leave(book: &mut Book) {
    for (id, applied, finding) in [
        ("leave-applied-in-time", "2026-09-22", "none"),
        ("leave-applied-late", "2026-09-23", "notice"),
        ("leave-applied-unknown", "", "info"),
    ] {
        on_leave(book, id, "athlete", applied, "a leave from 1 September 2026, applied for on that day")
            .ladder_on(0, 30, &["2025-06-24", "2026-01-26"])
            .finding("DG408", finding)
            .why("three weeks into the leave: 2026-09-22");
    }
    on_leave(book, "leave-none-15", "none", "2026-08-20", "a leave without reason after 15 mandatory ECTS")
        .ladder_on(0, 30, &["2025-06-24", "2026-01-26"])
        .finding("DG408", "notice")
        .why("of 30 passed D has 5, C 5 and the specialisation 5: 15 < 30");
    let listed = ["10112", "10200", "10314", "10339", "10350"];
    let enough = on_leave(book, "leave-none-30", "none", "2026-08-20", "a leave without reason after 30");
    passed(enough, &listed, &["2025-06-24", "2026-01-26"])
        .finding("DG408", "none")
        .why("D 10, specialisation 15, C 5");
}

/// Away in autumn 2026, with twelve klip and 30 ECTS.
fn on_leave<'b>(
    book: &'b mut Book,
    id: &'static str,
    reason: &'static str,
    applied: &str,
    what: &'static str,
) -> Student<'b> {
    let student = book.student(id, MSC, START, what);
    let row = [
        student.enrolment(),
        Cell::Day(day("2026-09-01")),
        Cell::Day(day("2027-01-31")),
        Cell::Code(reason),
        if applied.is_empty() { Cell::Empty } else { Cell::Day(day(applied)) },
    ];
    student.row(Table::Leaves, row).su("2025-09", "2026-08").progress(12, "30", "behind", "active")
}

fn thesis(book: &mut Book) {
    for (id, defended, finding) in
        [("defence-in-time", "2026-12-15", "none"), ("defence-late", "2026-12-16", "notice")]
    {
        let student = steady(book, id, "a thesis due on 1 December 2026").ladder_on(0, 90, BEFORE);
        with_thesis(student, "", defended, None)
            .result(MSC_THESIS, "10", defended)
            .progress(12, "120", "on_track", "active")
            .finding("DG406", finding)
            .why("ten working days after the deadline: 2026-12-15");
    }
    for (id, weeks, extended, finding) in
        [("board-weeks-6", 6, "2027-01-12", "none"), ("board-weeks-7", 7, "2027-01-19", "notice")]
    {
        let student = steady(book, id, "a thesis extended by the board of studies").ladder_on(0, 90, BEFORE);
        with_thesis(student, extended, "2027-01-20", Some(weeks))
            .result(MSC_THESIS, "10", "2027-01-26")
            .progress(12, "120", "on_track", "active")
            .finding("DG406", finding)
            .why("2026-12-01 + 6 weeks = 2027-01-12, more only by the board of exemptions");
    }
}

/// From 1 July to 1 December 2026, in the order of the contract.
fn with_thesis<'b>(
    student: Student<'b>,
    extended: &str,
    defended: &str,
    board_weeks: Option<i32>,
) -> Student<'b> {
    let date = |text: &str| if text.is_empty() { Cell::Empty } else { Cell::Day(day(text)) };
    let row = [
        student.enrolment(),
        Cell::Code("msc_thesis"),
        Cell::Hundredths(3000),
        date("2026-07-01"),
        date("2026-12-01"),
        date(extended),
        date(if extended.is_empty() { "2026-12-01" } else { extended }),
        date(defended),
        Cell::Code(MSC_THESIS),
        Cell::Empty,
        date(defended),
        Cell::Empty,
        Cell::maybe(board_weeks, Cell::Int),
    ];
    student.row(Table::Projects, row)
}

fn complaints(book: &mut Book) {
    for (id, code, submitted, finding, why) in [
        (
            "complaint-in-time",
            "22511",
            "2027-02-09",
            "none",
            "written: 14 days after the grade of 2027-01-26",
        ),
        (
            "complaint-late",
            "22511",
            "2027-02-10",
            "notice",
            "written: 14 days after 2027-01-26 is 2027-02-09",
        ),
        (
            "complaint-oral-late",
            "10411",
            "2027-01-31",
            "notice",
            "oral: 14 days after the exam of 2027-01-16",
        ),
    ] {
        let student = steady(book, id, "a complaint about an exam");
        let row =
            [student.enrolment(), Cell::Code(code), Cell::Day(day("2027-01-16")), Cell::Day(day(submitted))];
        student
            .row(Table::ExamComplaints, row)
            .ladder_on(0, 60, BEFORE)
            .result(code, "02", "2027-01-26")
            .progress(12, "65", "on_track", "active")
            .finding("DG411", finding)
            .why(why);
    }
}

fn transitional(book: &mut Book) {
    for (id, passed_before, applied, finding, why) in [
        ("transition-55", 125, "2025-08-20", "none", "180 - 125 = 55, at most 55"),
        ("transition-60", 120, "2025-08-20", "notice", "180 - 120 = 60 > 55"),
        ("transition-new-rules", 125, "2025-09-01", "review", "new requirements from 2025-09-01 on"),
    ] {
        let student = book.student(id, BSC, "2024-02-01", "a transitional semester applied for");
        let row = [student.enrolment(), Cell::Day(day(applied))];
        let skipped = usize::try_from(passed_before / 5).expect("points of a scenario");
        student
            .row(Table::TransitionalSemesters, row)
            .su("2025-09", "2027-02")
            .ladder_on(0, passed_before, &["2024-06-24", "2025-06-24"])
            .ladder_on(skipped, 10, &["2026-06-24"])
            .expect("klip_net", 18)
            .expect("su_status", "active")
            .finding("DG409", finding)
            .why(why);
    }
}
