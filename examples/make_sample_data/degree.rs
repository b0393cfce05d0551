//! The university's own rules: five ECTS, maximum duration, guidance, the two thirds.

use klippekort::generate::catalogue::{MSC, MSC_INDUSTRY, MSC_THESIS};

use crate::book::Book;
use crate::student::{Student, USUAL_DATES};

const START: &str = "2025-02-01";

pub fn write(book: &mut Book) {
    five_ects(book);
    maximum(book);
    guidance(book);
    thirds(book);
    external(book);
}

/// On the line at twelve klip: 60 ECTS, nothing to say.
fn steady<'b>(book: &'b mut Book, id: &'static str, what: &'static str) -> Student<'b> {
    book.student(id, MSC, START, what).su("2026-03", "2027-02")
}

fn five_ects(book: &mut Book) {
    let before = &["2025-06-24", "2026-01-26"];
    book.student("five-none", MSC, START, "passed nothing in the last two semesters")
        .su("2025-02", "2026-01")
        .ladder_on(0, 60, before)
        .progress(12, "60", "on_track", "active")
        .expect("ects_last_two_semesters", "0")
        .expect("five_ects", "not_met")
        .letters(&["five_ects_warning"])
        .why("spring 2026 and autumn 2026: 0 < 5");
    steady(book, "five-short", "half a course in the last two semesters")
        .ladder_on(0, 60, before)
        .result("01037", "BE", "2027-01-20")
        .expect("ects_last_two_semesters", "2.5")
        .expect("five_ects", "not_met")
        .letters(&["five_ects_warning"])
        .why("2.5 < 5");
    steady(book, "five-exact", "one course in the last two semesters, on the first day of them")
        .ladder_on(0, 60, before)
        .result("22511", "7", "2026-02-01")
        .expect("ects_last_two_semesters", "5")
        .expect("five_ects", "met")
        .why("2026-02-01 lies in spring 2026: 5 >= 5");
    steady(book, "five-exempt", "nothing passed, but exempt from study activity")
        .ladder_on(0, 60, before)
        .exempt("study_activity", None, "2026-10-01", 0)
        .expect("five_ects", "not_met")
        .why("the verdict is unchanged, the letter is not sent");
    book.student("five-leave", MSC, START, "a semester of leave is skipped")
        .leave("2026-09-01", "2027-01-31", "athlete")
        .su("2025-09", "2026-08")
        .ladder_on(0, 30, before)
        .progress(12, "30", "behind", "active")
        .expect("ects_last_two_semesters", "15")
        .expect("five_ects", "met")
        .expect("maximum_date", "2028-07-31")
        .why("autumn 2026 is skipped: spring 2026 gives 0, autumn 2025 three courses of 5");
    book.student("five-short-leave", MSC, START, "four months of leave are no semester")
        .leave("2026-09-01", "2026-12-31", "special")
        .su("2025-09", "2026-08")
        .ladder(30)
        .progress(12, "30", "behind", "active")
        .expect("five_ects", "met")
        .expect("maximum_date", "2028-01-31")
        .why("(4+1)/6 = 0 semesters; January is not covered, so autumn 2026 counts");
}

fn maximum(book: &mut Book) {
    late(book, "late-18", "2023-09-01", "a year and a half late, past the maximum");
    late(book, "late-13", "2024-02-01", "thirteen months late: interview");
    late(book, "late-12-day", "2024-03-14", "twelve months and a day late: interview");
    late(book, "late-12", "2024-03-15", "twelve months late to the day: still the meeting");
    late(book, "last-day", "2024-03-16", "the inspection falls on the last day");
    late(book, "late-6", "2024-09-15", "six months late on the day: the meeting");
    late(book, "late-5", "2024-09-16", "one day less: five months");
    book.student("within", MSC, "2024-10-01", "the last day is just outside six months")
        .su("2025-09", "2027-02")
        .ladder(60)
        .expect("maximum_date", "2027-09-30")
        .expect("maximum_state", "within")
        .expect("months_late", 5)
        .expect("guidance", "none")
        .why("2027-03-15 + 6 months = 2027-09-15 < 2027-09-30");
}

/// Start, and what 24 and 36 months make of it.
fn late(book: &mut Book, id: &'static str, start: &str, what: &'static str) {
    let (date, state, months, guidance) = match start {
        "2023-09-01" => ("2026-08-31", "exceeded", 18, "personal_interview"),
        "2024-02-01" => ("2027-01-31", "exceeded", 13, "personal_interview"),
        "2024-03-14" => ("2027-03-13", "exceeded", 12, "personal_interview"),
        "2024-03-15" => ("2027-03-14", "exceeded", 12, "information_meeting"),
        "2024-03-16" => ("2027-03-15", "last_semester", 11, "information_meeting"),
        "2024-09-15" => ("2027-09-14", "last_semester", 6, "information_meeting"),
        _ => ("2027-09-15", "last_semester", 5, "none"),
    };
    let letters: &[&str] = if guidance == "none" { &[] } else { &["guidance_invitation"] };
    book.student(id, MSC, start, what)
        .su("2025-09", "2027-02")
        .ladder(60)
        .progress(18, "60", "behind", "active")
        .expect("maximum_date", date)
        .expect("maximum_state", state)
        .expect("months_late", months)
        .expect("guidance", guidance)
        .letters(letters)
        .why("last day: start + 36 months - 1; late: whole months from start + 24 months to 2027-03-15");
}

fn guidance(book: &mut Book) {
    book.student("longer", MSC, "2024-02-01", "a year more by exemption")
        .su("2025-09", "2027-02")
        .ladder(60)
        .exempt("maximum_duration", None, "2026-11-15", 12)
        .expect("maximum_date", "2028-01-31")
        .expect("maximum_state", "within")
        .expect("guidance", "personal_interview")
        .letters_not_held()
        .why("2027-01-31 + 12 months; the prescribed end does not move");
    book.student("thesis-extended", MSC, "2024-02-01", "an extended thesis carries the last day")
        .su("2025-03", "2027-02")
        .ladder(90)
        .project("msc_thesis", MSC_THESIS, ["2026-09-01", "2027-01-31", "2027-06-30", ""])
        .progress(24, "90", "behind", "active")
        .expect("maximum_date", "2027-06-30")
        .expect("maximum_state", "last_semester")
        .letters(&["guidance_invitation"])
        .why("not before the extension: 2027-06-30, within six months of 2027-03-15");
    book.student("readmitted", MSC, "2021-09-01", "readmitted a year ago with half a year passed")
        .readmitted("2026-02-01")
        .su("2026-03", "2027-02")
        .ladder_on(0, 30, &["2022-06-24"])
        .ladder_on(6, 30, &["2026-06-24", "2027-01-26"])
        .progress(12, "60", "on_track", "active")
        .expect("maximum_date", "2028-07-31")
        .expect("maximum_state", "within")
        .expect("months_late", 42)
        .letters(&["guidance_invitation"])
        .why("2026-02-01 + 24 + 12 - 6 months - 1 day; late since 2023-09-01");
    book.student("transitional", MSC, START, "30 ECTS passed in the transitional semester")
        .su("2026-03", "2027-02")
        .transitional_ladder(30, "2025-06-24")
        .ladder_on(6, 30, USUAL_DATES)
        .progress(12, "60", "on_track", "active")
        .expect("maximum_date", "2027-07-31")
        .expect("maximum_state", "last_semester")
        .why("2028-01-31 less 6 months for 30 transitional ECTS");
    book.student("industry", MSC_INDUSTRY, "2023-02-01", "beside a job, without SU")
        .ladder_on(0, 60, &["2024-06-24", "2025-06-24", "2026-06-24", "2027-01-26"])
        .progress(0, "60", "on_track", "active")
        .expect("level", "MSc-Industry")
        .expect("maximum_date", "2028-01-31")
        .expect("months_late", 1)
        .expect("guidance", "none")
        .expect("portions_left", 60)
        .why("6 months per 15 ECTS: prescribed end 2027-02-01; left = min(70, 48+12) = 60");
}

/// Courses graded pass or fail, none a version of another.
const PASS_FAIL: [&str; 9] =
    ["10386", "10420", "10730", "10750", "10851", "22652", "22653", "22654", "22655"];

fn passed<'b>(mut student: Student<'b>, codes: &[&'static str], result: &'static str) -> Student<'b> {
    for (at, code) in codes.iter().enumerate() {
        student = student.result(code, result, USUAL_DATES[at % USUAL_DATES.len()]);
    }
    student
}

fn thirds(book: &mut Book) {
    passed(steady(book, "pass-fail-45", "45 ECTS assessed pass/fail"), &PASS_FAIL, "BE")
        .ladder(15)
        .progress(12, "60", "on_track", "active")
        .expect("pass_fail_ects", "45")
        .expect("pass_fail_third", "breached")
        .why("3*45 = 135 > 120");
    passed(steady(book, "pass-fail-40", "exactly a third assessed pass/fail"), &PASS_FAIL[..8], "BE")
        .ladder(20)
        .progress(12, "60", "on_track", "active")
        .expect("pass_fail_ects", "40")
        .expect("pass_fail_third", "within")
        .why("3*40 = 120, not above 120");
    let differs = steady(book, "denominators", "the denominator decides").transferred(60, "2024-06-24");
    passed(differs, &PASS_FAIL[..5], "BE")
        .ladder(20)
        .progress(12, "105", "on_track", "active")
        .expect("ratio_base", "60")
        .expect("pass_fail_ects", "25")
        .expect("pass_fail_third", "breached")
        .reviews(&["ratio_denominator"])
        .why("B = 120-60: 75 > 60 is breached; with 120 it is not, so a person looks");
}

/// Graded courses without external examiner, none a version of another.
const INTERNAL: [&str; 17] = [
    "10200", "10220", "10305", "10318", "10325", "10333", "10339", "10384", "10385", "10400", "10401",
    "10850", "10856", "10862", "22512", "22603", "27665",
];

fn external(book: &mut Book) {
    let graded = ["10112", "10302", "10380", "22283"];
    passed(steady(book, "external-met", "a third with external examiner"), &graded, "10")
        .expect("external_ects", "40")
        .expect("external_third", "met")
        .why("3*40 = 120 >= 120");
    passed(steady(book, "external-reachable", "a third can just be reached"), &INTERNAL[..16], "7")
        .expect("external_ects", "0")
        .expect("external_third", "reachable")
        .why("80 passed, 40 open: 3*40 = 120 >= 120");
    passed(steady(book, "external-unreachable", "a third cannot be reached any more"), &INTERNAL, "7")
        .expect("external_ects", "0")
        .expect("external_third", "unreachable")
        .why("85 passed, 35 open: 3*35 = 105 < 120");
}
