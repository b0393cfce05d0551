//! Registers that contradict themselves, and enrolments that are not inspected.

use klippekort::generate::catalogue::{BENG, MSC, PAID_INTERNSHIP, UNPAID_INTERNSHIP};

use crate::book::Book;
use crate::student::Student;

const START: &str = "2025-02-01";

fn steady<'b>(book: &'b mut Book, id: &'static str, what: &'static str) -> Student<'b> {
    book.student(id, MSC, START, what).su("2026-03", "2027-02").ladder(60)
}

pub fn write(book: &mut Book) {
    steady(book, "on-leave-without-leave", "on leave by status, without a leave")
        .status("on_leave")
        .expect("su_status", "on_leave")
        .reviews(&["status_conflict"])
        .why("no leave covers 2027-03-15");
    steady(book, "leave-without-status", "a leave covers the inspection of an active student")
        .leave("2027-03-01", "2027-08-31", "relative")
        .expect("su_status", "active")
        .reviews(&["status_conflict"])
        .why("the status is taken as exported, a person finds out");
    steady(book, "ends-later", "active with an end after the inspection")
        .ended("2027-06-30")
        .expect("su_status", "active")
        .reviews(&["status_conflict"])
        .why("ended_on 2027-06-30 is after 2027-03-15");
    book.student("leaves-overlap", MSC, START, "two leaves share a month")
        .status("on_leave")
        .leave("2026-09-01", "2027-01-31", "illness")
        .leave("2027-01-01", "2027-08-31", "parental")
        .su("2025-09", "2026-08")
        .ladder(60)
        .expect("su_status", "on_leave")
        .reviews(&["overlapping_leaves"])
        .why("January 2027 lies in both");
    steady(book, "not-begun", "begins in autumn")
        .begins("2027-09-01")
        .not_inspected()
        .why("started_on is after the inspection");
    steady(book, "completed", "completed in January, and paid in March")
        .status("completed")
        .ended("2027-01-31")
        .su("2027-03", "2027-03")
        .not_inspected()
        .finding("SU113", "action")
        .why("a completed enrolment has no row; SU of February and March came after its end");
    steady(book, "withdrawn", "left in October")
        .status("withdrawn")
        .ended("2026-10-15")
        .not_inspected()
        .finding("SU113", "action")
        .why("a withdrawn enrolment has no row; SU went on from November");
    book.student("internship-paid-twice", BENG, START, "SU in a month of a paid internship")
        .su("2025-09", "2026-08")
        .su("2026-10", "2026-10")
        .su("2027-02", "2027-02")
        .ladder(60)
        .project("internship_paid", PAID_INTERNSHIP, ["2026-09-01", "2027-01-18", "", ""])
        .progress(14, "60", "behind", "active")
        .expect("robust", true)
        .why("October 2026 is one of the five months; its points are not passed yet");
    let internship = ["2026-09-01", "2027-01-18", "", "2027-01-18"];
    book.student("internship-unpaid", BENG, START, "five portions for an unpaid internship")
        .grant("2026-08-20", 5, "internship", "2026-09", "2027-01")
        .su("2025-09", "2027-02")
        .ladder(60)
        .project("internship_unpaid", UNPAID_INTERNSHIP, internship)
        .result(UNPAID_INTERNSHIP, "BE", "2027-01-25")
        .progress(18, "90", "on_track", "active")
        .expect("klip_extra", 0)
        .expect("portions_left", 35)
        .why("the five raise what is left (36+12+5-18 = 35) and are not deducted: n = 18");
    steady(book, "supplements", "single parent with supplements and a loan")
        .pay("dependents_supplement", "2026-09", "2026-12", 1)
        .pay("supplementary_loan", "2026-09", "2026-12", 1)
        .expect("klip_gross", 12)
        .why("supplements and other loans are no klip");
}
