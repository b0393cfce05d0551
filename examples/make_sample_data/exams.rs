//! Binding courses, agreements on a thesis, part-exams and student cards: what only findings tell.

use klippekort::generate::catalogue::{MSC, MSC_THESIS};
use klippekort::generate::rows::Cell;

use crate::book::{Book, day};
use crate::student::Student;

fn steady<'b>(book: &'b mut Book, id: &'static str, what: &'static str) -> Student<'b> {
    book.student(id, MSC, "2025-02-01", what).su("2026-03", "2027-02").ladder(60)
}

/// An exam whose result is in the ladder of nobody here.
const COURSE: &str = "10420";
const EXAM: &str = "2027-05-20";

pub fn write(book: &mut Book) {
    binding(book);
    agreements(book);
    parts(book);
    cards(book);
}

fn binding(book: &mut Book) {
    steady(book, "binding-deadline-day", "may still withdraw from an exam in May on the day itself")
        .register_until(COURSE, [EXAM, "2027-03-15", ""], false)
        .finding("EX302", "none")
        .why("the day of the deadline is in time");
    steady(book, "binding-deadline-over", "the deadline to withdraw was yesterday")
        .register_until(COURSE, [EXAM, "2027-03-14", ""], false)
        .finding("EX302", "info")
        .why("not withdrawn in time: bound");
    steady(book, "binding-cancelled", "the course was cancelled after the deadline")
        .register_until(COURSE, [EXAM, "2027-03-14", ""], true)
        .finding("EX302", "none")
        .why("released");
    steady(book, "binding-ill", "ill at the first attempt")
        .result(COURSE, "SYG", "2027-01-26")
        .finding("EX302", "none")
        .why("SYG at the first attempt does not bind");
    steady(book, "binding-withdrawn-late", "withdrew a day after the deadline")
        .register_until(COURSE, [EXAM, "2027-03-01", "2027-03-02"], false)
        .finding("EX302", "info")
        .why("withdrawn on 2 March, in time until 1 March");
    steady(book, "binding-no-deadline", "the export has no deadline to withdraw")
        .register_until(COURSE, [EXAM, "", ""], false)
        .finding("EX302", "info")
        .why("whether one may still withdraw is unknown");
    steady(book, "binding-discontinued", "failed a course that is not offered any more")
        .result("22512", "00", "2026-06-24")
        .finding("EX302", "none")
        .why("bound by the failure, released since the course ended on 31 January 2027");
}

fn agreements(book: &mut Book) {
    steady(book, "agreement-begun", "a thesis under way, no result yet")
        .project("msc_thesis", MSC_THESIS, ["2027-02-01", "2027-06-30", "", ""])
        .finding("EX303", "info")
        .why("the agreement uses the first of three attempts from its start date");
    steady(book, "agreement-tomorrow", "a thesis that begins tomorrow")
        .project("msc_thesis", MSC_THESIS, ["2027-03-16", "2027-08-15", "", ""])
        .finding("EX303", "none")
        .why("it may be cancelled until the start date");
    steady(book, "agreement-missed", "a thesis whose deadline has passed without a submission")
        .project("msc_thesis", MSC_THESIS, ["2026-09-01", "2027-02-01", "", ""])
        .finding("EX303", "action")
        .why("the missed deadline uses an attempt, and EM is not recorded");
    steady(book, "agreement-too-long", "a second thesis of five months after a missed deadline")
        .project("msc_thesis", MSC_THESIS, ["2026-02-01", "2026-06-30", "", ""])
        .result(MSC_THESIS, "EM", "2026-07-10")
        .project("msc_thesis", MSC_THESIS, ["2027-02-01", "2027-06-30", "", ""])
        .finding("EX303", "notice")
        .why("1 February + 3 months = 1 May; attempts 1 by the result + 1 by the agreement");
}

fn parts(book: &mut Book) {
    let exam = "2027-01-16";
    let known = "2027-01-26";
    steady(book, "parts-halfway", "4 and 7 in two parts of equal weight")
        .result("22603", "7", known)
        .parts("22603", exam, &[(50, "4"), (50, "7")])
        .finding("EX304", "none")
        .why("5.5 is halfway between 4 and 7: up");
    steady(book, "parts-differ", "the same parts, recorded as 4")
        .result("22603", "4", known)
        .parts("22603", exam, &[(50, "4"), (50, "7")])
        .finding("EX304", "action")
        .why("5.5 is 7, but 4 is recorded");
    steady(book, "parts-below-the-floor", "12 in nearly all, -3 in a small part")
        .result("22603", "00", known)
        .parts("22603", exam, &[(90, "12"), (10, "-3")])
        .finding("EX304", "none")
        .why("a part below 00: not passed, at most 00");
    steady(book, "parts-just-below", "a mean of 1.99")
        .result("22603", "02", known)
        .parts("22603", exam, &[(1, "00"), (199, "02")])
        .finding("EX304", "action")
        .why("398/200 = 1.99 rounds to 02 and does not pass: 00, but 02 is recorded");
    steady(book, "parts-missing", "did not take one of two parts")
        .result("22603", "IB", known)
        .parts("22603", exam, &[(50, "12"), (50, "")])
        .attempt("22603", "open", 1, 3)
        .finding("EX304", "none")
        .why("a missing part: not passed, IB");
    steady(book, "parts-none", "took none of two parts, and nothing is recorded")
        .parts("22603", exam, &[(50, ""), (50, "")])
        .finding("EX304", "info")
        .why("EM by its parts, and no result");
}

fn cards(book: &mut Book) {
    let yes = || Cell::Bool(true);
    let on = |date: &str| Cell::Day(day(date));
    steady(book, "card-in-order", "a card ordered and activated")
        .card(&[
            ("photo_in_register", yes()),
            ("ordered_on", on("2025-01-20")),
            ("activated_on", on("2025-02-03")),
        ])
        .finding("ID501", "none")
        .why("photo, order and activation");
    steady(book, "card-no-photo", "no photo in the register")
        .card(&[("photo_in_register", Cell::Bool(false))])
        .finding("ID501", "notice")
        .why("no card can be ordered without a photo");
    steady(book, "card-lost-not-activated", "lost a card that was never activated")
        .card(&[
            ("photo_in_register", yes()),
            ("ordered_on", on("2025-01-20")),
            ("lost_on", on("2027-03-01")),
        ])
        .finding("ID501", "notice")
        .why("only an activated card is replaced by oneself: write in");
    steady(book, "card-of-norway", "a guest from NTNU who lost the card there")
        .card(&[
            ("issuer", Cell::Code("ntnu")),
            ("ordered_on", on("2026-08-20")),
            ("lost_on", on("2027-03-03")),
        ])
        .finding("ID501", "notice")
        .why("replaced for NOK 150");
    steady(book, "card-of-taiwan", "a guest from NTU who activated the new card at 11")
        .card(&[
            ("issuer", Cell::Code("ntu")),
            ("collected_on", on("2025-02-03")),
            ("activated_on", on("2025-02-10")),
            ("activated_hour", Cell::Int(11)),
            ("added_functions", yes()),
        ])
        .finding("ID501", "notice")
        .why("access moved at 15:00; the functions of the old card are to be set up again");
}
