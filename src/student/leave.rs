//! Arithmetic on the leaves of one enrolment.

use super::exports::Leave;
use crate::base::{Day, Period};

/// Two leaves share a day.
pub fn overlap(leaves: &[Leave]) -> bool {
    let mut periods: Vec<Period> = leaves.iter().map(|leave| leave.period).collect();
    periods.sort_unstable();
    periods.windows(2).any(|pair| pair[1].first <= pair[0].last)
}

/// Some leave covers the day.
pub fn covers(leaves: &[Leave], day: Day) -> bool {
    leaves.iter().any(|leave| leave.period.contains(day))
}

/// Every day of the period lies in some leave; adjoining leaves cover together.
pub fn covers_whole(leaves: &[Leave], period: Period) -> bool {
    let mut periods: Vec<Period> = leaves.iter().map(|leave| leave.period).collect();
    periods.sort_unstable();
    let mut uncovered = period.first;
    for leave in periods {
        if leave.first > uncovered {
            break;
        }
        uncovered = uncovered.max(leave.last.plus_days(1));
    }
    uncovered > period.last
}

/// Semesters that the leaves count as, each leave by itself: ⌊(whole months + rounding) / 6⌋.
pub fn semesters<'a>(
    leaves: impl IntoIterator<Item = &'a Leave>,
    rounding_months: i32,
    semester_months: i32,
) -> i32 {
    leaves.into_iter().map(|leave| (leave.period.whole_months() + rounding_months) / semester_months).sum()
}

/// Whole months of leave up to and including a day, each leave by itself.
pub fn whole_months_until(leaves: &[Leave], last: Day) -> i32 {
    let until = |leave: &Leave| Period { first: leave.period.first, last: leave.period.last.min(last) };
    leaves.iter().map(until).filter(|period| period.first <= period.last).map(Period::whole_months).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::codes::LeaveReason;

    fn leave(first: &str, last: &str) -> Leave {
        let day = |text: &str| Day::parse_iso(text).expect("a date");
        let period = Period { first: day(first), last: day(last) };
        Leave { period, reason: LeaveReason::None, applied_on: None, line: 0 }
    }

    #[test]
    fn a_semester_of_leave_is_an_autumn_or_a_spring() {
        let count = |first, last| semesters(&[leave(first, last)], 1, 6);
        assert_eq!(count("2026-09-01", "2027-01-31"), 1);
        assert_eq!(count("2026-09-01", "2027-01-30"), 0);
        assert_eq!(count("2027-02-01", "2027-08-31"), 1);
        assert_eq!(count("2026-09-01", "2027-08-31"), 2);
        assert_eq!(count("2026-09-01", "2027-07-31"), 2);
        assert_eq!(count("2026-09-01", "2027-07-30"), 1);
    }

    #[test]
    fn adjoining_leaves_cover_together_and_do_not_overlap() {
        let whole = leave("2026-09-01", "2027-01-31").period;
        let parts = [leave("2026-11-01", "2027-02-15"), leave("2026-08-20", "2026-10-31")];
        assert!(covers_whole(&parts, whole) && !overlap(&parts));
        let gap = [leave("2026-11-02", "2027-02-15"), leave("2026-08-20", "2026-10-31")];
        assert!(!covers_whole(&gap, whole));
        assert!(overlap(&[leave("2026-09-01", "2026-10-31"), leave("2026-10-31", "2026-11-30")]));
    }
}
