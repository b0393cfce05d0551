//! The start check, and the portions that are left.

use klippekort::generate::catalogue::{BSC, BSC_PROJECT, MSC};

use crate::book::Book;

pub fn write(book: &mut Book) {
    start_check(book);
    portions(book);
    two_enrolments(book);
}

const AUTUMN: &str = "2026-09-01";

fn start_check(book: &mut Book) {
    book.student("start-not-due", MSC, "2027-02-01", "began six weeks ago")
        .su("2027-02", "2027-03")
        .progress(2, "0", "behind", "active")
        .expect("start_check", "not_due")
        .expect("five_ects", "not_due")
        .expect("portions_left", 22)
        .why("due from 2027-07-01; reform: 24-2 = 22");
    book.student("start-failed", MSC, AUTUMN, "has been to no exam; credit is not taking part")
        .su("2026-09", "2027-02")
        .transferred(10, "2026-06-20")
        .result("10122", "EM", "2027-01-20")
        .progress(6, "10", "behind", "inactive")
        .expect("start_check", "failed")
        .attempt("10122", "open", 1, 3)
        .letters(&["start_check_hearing"])
        .why("due 2027-02-01, late after 2027-04-01; EM and transferred credit are not taking part");
    book.student("start-failed-late", MSC, "2026-08-01", "the same, more than seven months ago")
        .su("2026-09", "2027-02")
        .progress(6, "0", "behind", "inactive")
        .expect("start_check", "failed_late")
        .expect("five_ects", "not_due")
        .letters(&["start_check_hearing"])
        .why("begin + 7 months = 2027-03-01 < 2027-03-15; spring 2026 is not an own semester");
    book.student("start-seven-months", MSC, "2026-08-15", "exactly seven months")
        .su("2026-09", "2027-02")
        .progress(6, "0", "behind", "inactive")
        .expect("start_check", "failed")
        .letters(&["start_check_hearing"])
        .why("begin + 7 months = 2027-03-15: up to and including that day it is not late");
    book.student("start-pending", MSC, AUTUMN, "an exam was held and nobody knows the result")
        .su("2026-09", "2027-02")
        .register("10122", "2027-01-20", "")
        .expect("klip_net", 6)
        .expect("start_check", "unknown")
        .reviews(&["exam_result_pending"])
        .why("registered, not withdrawn, held before the inspection, no result: not failed, a person looks");
    book.student("start-withdrew", MSC, AUTUMN, "withdrew from the only exam")
        .su("2026-09", "2027-02")
        .register("10122", "2027-01-20", "2026-12-10")
        .progress(6, "0", "behind", "inactive")
        .expect("start_check", "failed")
        .letters(&["start_check_hearing"])
        .why("a withdrawn registration is no exam that awaits its result");
    book.student("start-cheating", MSC, AUTUMN, "the only result is a cheating decision")
        .su("2026-09", "2027-02")
        .result("10122", "SN", "2027-01-20")
        .progress(6, "0", "behind", "inactive")
        .expect("start_check", "failed")
        .reviews(&["cheating_case_only"])
        .attempt("10122", "open", 1, 3)
        .why("SN is not taking part; alone it goes to a person, and no letter names it");
    book.student("start-on-leave", MSC, AUTUMN, "took part in nothing, then went on leave")
        .status("on_leave")
        .leave("2027-02-01", "2027-08-31", "illness")
        .su("2026-09", "2027-01")
        .progress(5, "0", "behind", "on_leave")
        .expect("start_check", "failed")
        .reviews(&["start_check_on_leave"])
        .why("computed all the same, but a person decides");
    book.student("start-awaiting", MSC, AUTUMN, "took part, the result awaits a decision")
        .su("2026-09", "2027-02")
        .result("10122", "AI", "2027-02-01")
        .progress(6, "0", "behind", "active")
        .expect("start_check", "took_part")
        .attempt("10122", "open", 1, 3)
        .why("AI is an assessed result, counted as failed");
}

const START: &str = "2025-02-01";

fn portions(book: &mut Book) {
    book.student("left-6", MSC, START, "six portions left")
        .extension(Some(0))
        .su("2025-09", "2027-02")
        .ladder(60)
        .progress(18, "60", "behind", "active")
        .expect("portions_left", 6)
        .letters(&["portions_running_out"])
        .why("24+0-18 = 6: warn at 6");
    book.student("left-7", MSC, START, "seven portions left")
        .extension(Some(0))
        .su("2025-10", "2027-02")
        .ladder(60)
        .progress(17, "60", "behind", "active")
        .expect("portions_left", 7)
        .why("24+0-17 = 7: no warning yet");
    book.student("left-unknown", MSC, START, "nobody exported the extension")
        .extension(None)
        .su("2025-09", "2027-02")
        .ladder(60)
        .progress(18, "60", "behind", "active")
        .expect("portions_left", "unknown")
        .why("an unknown extension is not zero");
    book.student("credit-30", MSC, START, "30 ECTS of credit take six portions and half a year")
        .shortening(30)
        .transferred(30, "2024-06-24")
        .su("2025-09", "2027-02")
        .ladder(60)
        .progress(18, "90", "on_track", "active")
        .expect("robust", true)
        .expect("portions_left", 12)
        .expect("ratio_base", "90")
        .expect("maximum_date", "2027-07-31")
        .expect("maximum_state", "last_semester")
        .why("36-30/5-18 = 12; 60 own alone reach R = 60; start + 36 - 6 months - 1 day = 2027-07-31");
    book.student("reform", MSC, "2025-09-01", "begun after the reform: no extension")
        .su("2025-09", "2027-02")
        .ladder_on(0, 60, &["2026-01-26", "2026-06-24", "2027-01-26"])
        .progress(18, "60", "behind", "active")
        .expect("portions_left", 6)
        .letters(&["portions_running_out"])
        .why("min(58-18, 24-18) = 6: the 12 months of extension are gone");
}

fn two_enrolments(book: &mut Book) {
    let student = bachelor(book, "frame-58-bachelor", "2022-09-01", ["2022-09", "2025-08"], "2025-08-20");
    book.student("frame-58", MSC, "2025-09-01", "the frame of 58 is nearer than the programme's months")
        .same_student(student)
        .su("2025-09", "2027-02")
        .ladder_on(0, 60, &["2026-01-26", "2026-06-24", "2027-01-26"])
        .progress(18, "60", "behind", "active")
        .expect("portions_left", 4)
        .letters(&["portions_running_out"])
        .why("used in all 36+18 = 54: min(58-54, 24-18) = 4");
    let student = bachelor(book, "supplement-bachelor", "2021-09-01", ["2021-09", "2025-08"], "2025-08-20");
    book.student("supplement", MSC, "2025-09-01", "twelve portions more with a disability supplement")
        .same_student(student)
        .disability_supplement()
        .su("2026-03", "2027-02")
        .ladder_on(0, 60, &["2026-01-26", "2026-06-24", "2027-01-26"])
        .progress(12, "60", "on_track", "active")
        .expect("portions_left", 10)
        .why("used in all 48+12 = 60: min(58+12-60, 24-12) = 10");
    let student = bachelor(book, "frame-70-bachelor", "2020-02-01", ["2020-04", "2025-01"], "2025-01-30");
    book.student("frame-70", MSC, START, "the whole frame is used")
        .same_student(student)
        .su("2026-03", "2027-02")
        .ladder(60)
        .progress(12, "60", "on_track", "active")
        .expect("portions_left", 0)
        .letters(&["portions_running_out"])
        .why("used in all 58+12 = 70: max(0, min(70-70, 36-12)) = 0");
}

/// A completed bachelor's enrolment with SU in these months, and the student it belongs to.
fn bachelor(
    book: &mut Book,
    id: &'static str,
    started_on: &str,
    [first, last]: [&str; 2],
    ended: &str,
) -> u32 {
    book.student(id, BSC, started_on, "the completed bachelor's programme of the next student")
        .status("completed")
        .ended(ended)
        .su(first, last)
        .ladder_on(0, 145, &["2023-01-25", "2023-06-24", "2024-01-25", "2024-06-24"])
        .results(&[
            ("01005", "7", "2023-01-25"),
            ("03010", "7", "2023-01-25"),
            (BSC_PROJECT, "10", "2025-01-28"),
        ])
        .not_inspected()
        .why("ended: its portions still count in the frame")
}
