//! Exam attempts: what uses one, what allows one more, what a version of a course shares.

use klippekort::generate::catalogue::MSC;

use crate::book::Book;
use crate::student::{Student, USUAL_DATES};

/// On the line at twelve klip, so that only the attempts speak.
fn steady<'b>(book: &'b mut Book, id: &'static str, what: &'static str) -> Student<'b> {
    book.student(id, MSC, "2025-02-01", what).su("2026-03", "2027-02").ladder(60)
}

/// The three dates of the attempts.
const FIRST: &str = "2026-01-26";
const SECOND: &str = "2026-06-24";
const THIRD: &str = "2027-01-26";

pub fn write(book: &mut Book) {
    steady(book, "attempt-open", "failed once")
        .result("22511", "00", FIRST)
        .attempt("22511", "open", 1, 3)
        .expect("courses_last_attempt", 0)
        .why("1 < 3-1");
    steady(book, "attempt-last", "failed twice")
        .results(&[("22511", "00", FIRST), ("22511", "-3", SECOND)])
        .attempt("22511", "last_attempt", 2, 3)
        .expect("courses_last_attempt", 1)
        .letters(&["last_attempt"])
        .why("2 = 3-1");
    steady(book, "attempt-exhausted", "not met, prerequisite not met, failed")
        .results(&[("22511", "EM", FIRST), ("22511", "IG", SECOND), ("22511", "00", THIRD)])
        .attempt("22511", "exhausted", 3, 3)
        .expect("courses_exhausted", 1)
        .letters(&["attempts_used_up"])
        .why("EM, IG and 00 each use one: 3 = 3");
    steady(book, "attempt-passed", "passed at the third attempt")
        .results(&[("22511", "00", FIRST), ("22511", "00", SECOND), ("22511", "02", THIRD)])
        .attempt("22511", "passed", 3, 3)
        .expect("courses_exhausted", 0)
        .why("passed comes first of all");
    steady(book, "attempt-pass-fail", "did not pass, then passed a course without grades")
        .results(&[("10420", "IB", FIRST), ("10420", "BE", SECOND)])
        .attempt("10420", "passed", 2, 3)
        .why("IB uses an attempt");
    steady(book, "attempt-exempt", "a fourth attempt was granted")
        .results(&[("22511", "00", FIRST), ("22511", "00", SECOND), ("22511", "00", THIRD)])
        .exempt("extra_attempt", Some("22511"), "2027-02-20", 1)
        .attempt("22511", "last_attempt", 3, 4)
        .letters_not_held()
        .why("3 = 3+1-1");
    steady(book, "attempt-renumbered", "failed under the old and the new number")
        .results(&[("10851", "IB", FIRST), ("10852", "IB", SECOND)])
        .attempt("10851", "last_attempt", 2, 3)
        .letters(&["last_attempt"])
        .why("one group, named by the smaller code");
    steady(book, "attempt-ill", "ill at the third attempt")
        .results(&[("22511", "00", FIRST), ("22511", "00", SECOND), ("22511", "SYG", THIRD)])
        .attempt("22511", "last_attempt", 2, 3)
        .letters(&["last_attempt"])
        .why("SYG uses none");
    steady(book, "attempt-pending", "a second attempt awaits a decision")
        .results(&[("22511", "00", FIRST), ("22511", "AI", THIRD)])
        .attempt("22511", "last_attempt", 2, 3)
        .reviews(&["attempt_pending"])
        .finding("EX301", "review")
        .why("AI uses an attempt, counted as failed, and is pending: no letter before the decision");
    steady(book, "attempt-cheating", "cheated once, failed once")
        .results(&[("22511", "SN", FIRST), ("22511", "00", SECOND)])
        .attempt("22511", "last_attempt", 2, 3)
        .letters(&["last_attempt"])
        .why("SN uses an attempt; the letter does not say so");
    steady(book, "blocked-passes", "passed both of two courses that overlap")
        .results(&[("10314", "7", FIRST), ("10315", "10", SECOND)])
        .reviews(&["blocked_pair"])
        .why("not merged; two passes go to a person");
    steady(book, "blocked-attempts", "reached the limit only with both of two overlapping courses")
        .results(&[("10314", "00", FIRST), ("10315", "00", SECOND), ("10315", "00", THIRD)])
        .attempt("10314", "open", 1, 3)
        .attempt("10315", "last_attempt", 2, 3)
        .reviews(&["blocked_pair"])
        .why("1 and 2 are below 3, 1+2 is not");
    book.student("attempt-readmitted", MSC, "2021-09-01", "used up before the readmission")
        .readmitted("2026-02-01")
        .su("2026-03", "2027-02")
        .ladder_on(0, 60, USUAL_DATES)
        .results(&[
            ("22511", "00", "2022-01-26"),
            ("22511", "00", "2022-06-24"),
            ("22511", "00", "2023-01-26"),
        ])
        .attempt("22511", "last_attempt", 3, 4)
        .letters(&["last_attempt", "guidance_invitation"])
        .why("one more after readmission on a course that was used up: 3 = 3+1-1");
}
