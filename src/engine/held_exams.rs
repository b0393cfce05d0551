//! Exams that were held and have no result, over the whole register: a term of results that is missing.
//!
//! Every row that is there is sound, so no rule sees it; the registrations do. Counted beside the inspection,
//! bucket by bucket, where both tables are in memory anyway.

use std::ops::Range;

use crate::base::{Cutoffs, Day, counted};
use crate::law::Law;
use crate::student::exports::{Bulk, Exports};
use crate::student::view::EnrolmentView;

/// Results of an exam are there by then, also those that are late.
const GRADED_DAYS: i32 = 45;
/// The exams of a term.
const TERM_DAYS: i32 = 183;
/// The registration may name another day of the same exam.
const MOVED_DAYS: i32 = 31;
/// Up to so many exams, or up to one in so many, have no result because something was not registered.
const FEWEST: u64 = 20;
const ONE_IN: u64 = 4;

/// Exams of the last term that a student was registered for to the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeldExams {
    pub held: u64,
    /// Without a result of the course from about that day on.
    pub without: u64,
}

/// Those of the enrolments at these places of the register, whose rows are in `bulk`, or in the exports.
pub fn held_exams(
    exports: &Exports,
    bulk: Option<&Bulk>,
    law: &Law,
    cutoffs: Cutoffs,
    places: Range<usize>,
) -> HeldExams {
    let mut found = HeldExams::default();
    for index in places {
        let view = EnrolmentView::new(exports, &law.result_codes, cutoffs, index);
        let view = bulk.map_or(view, |bulk| view.within(bulk));
        if view.exclusion().is_none() {
            found.add(of_enrolment(&view));
        }
    }
    found
}

fn of_enrolment(view: &EnrolmentView) -> HeldExams {
    let (first, last) = term(view.cutoffs.results_through);
    let mut found = HeldExams::default();
    let Ok(registrations) = view.registrations() else { return found };
    for exam in registrations.filter(|exam| first <= exam.exam_date && exam.exam_date <= last) {
        let group = view.exports.catalogue.group(exam.course);
        let from = exam.exam_date.plus_days(-MOVED_DAYS);
        let mut results = view.all_results();
        let known = results.any(|row| {
            row.group == group
                && row.assessed_on <= view.cutoffs.results_through
                && row.exam_date.unwrap_or(row.assessed_on) >= from
        });
        found.held += 1;
        found.without += u64::from(!known);
    }
    found
}

fn term(results_through: Day) -> (Day, Day) {
    let last = results_through.plus_days(-GRADED_DAYS);
    (last.plus_days(-TERM_DAYS), last)
}

impl HeldExams {
    pub fn add(&mut self, other: HeldExams) {
        self.held += other.held;
        self.without += other.without;
    }

    pub fn notice(self, results_through: Day) -> Option<String> {
        let is_many = self.without > FEWEST && self.without * ONE_IN > self.held;
        let (first, last) = term(results_through);
        is_many.then(|| {
            format!(
                "of {} held from {first} to {last} that a student was registered for and not withdrawn from, {} no \
                 result: is a term missing? Export the results again before letters are sent",
                counted(self.held, "exam", "exams"),
                counted(self.without, "has", "have")
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_one_in_four_and_more_than_twenty_are_told() {
        let through = Day::parse_iso("2027-03-15").expect("a day");
        let notice = |without, held| HeldExams { held, without }.notice(through);
        assert_eq!([notice(20, 30), notice(100, 400), notice(0, 0)], [None, None, None]);
        assert!(
            notice(21, 83)
                .is_some_and(|told| told.starts_with("of 83 exams held from 2026-07-30 to 2027-01-29"))
        );
    }
}
