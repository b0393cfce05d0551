//! The two semesters of the study year.

use super::{Day, Month, Period};

/// Autumn runs from 1 September to 31 January, spring from 1 February to 31 August.
/// Source: the study rules, transitional semester.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Semester {
    /// First month: a September or a February.
    first: Month,
}

impl Semester {
    /// The semester that a day lies in.
    pub fn of(day: Day) -> Semester {
        let month = day.month();
        let first = match month.number() {
            2..=8 => Month::new(month.year(), 2),
            1 => Month::new(month.year() - 1, 9),
            _ => Month::new(month.year(), 9),
        };
        Semester { first }
    }

    fn months(self) -> i32 {
        if self.first.number() == 9 { 5 } else { 7 }
    }

    pub fn previous(self) -> Semester {
        Semester { first: self.first.plus(self.months() - 12) }
    }

    /// So many semesters later.
    pub fn later(self, count: i32) -> Semester {
        (0..count).fold(self, |semester, _| Semester { first: semester.first.plus(semester.months()) })
    }

    pub fn first_month(self) -> Month {
        self.first
    }

    pub fn days(self) -> Period {
        Period { first: self.first.first_day(), last: self.first.plus(self.months() - 1).last_day() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_semester_is_found_from_both_of_its_edges() {
        for (first, last) in [("2026-09-01", "2027-01-31"), ("2027-02-01", "2027-08-31")] {
            let (first, last) = (Day::parse_iso(first).expect("date"), Day::parse_iso(last).expect("date"));
            let days = Period { first, last };
            assert_eq!(Semester::of(first).days(), days);
            assert_eq!(Semester::of(last).days(), days);
            assert_eq!(Semester::of(first).previous(), Semester::of(first.plus_days(-1)));
            assert_eq!(Semester::of(last).later(0), Semester::of(first));
            assert_eq!(Semester::of(first).later(1), Semester::of(last.plus_days(1)));
            assert_eq!(Semester::of(first).later(4).days().first, first.plus_months_clamped(24));
        }
    }
}
