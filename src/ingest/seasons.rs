//! Own results by when they were assessed: those of the last weeks beside the same weeks a year before.
//!
//! Exams have seasons. In November the newest results are honestly two months old, and a single late one says
//! nothing of a term that is missing; beside the same half year of the year before both show.

use super::packed::{ResultCells, ResultRecord};
use crate::base::{Day, counted};
use crate::student::exports::result_flag;

/// Grades of a term are there two months after its exams, and an inspection follows them.
const QUIET_DAYS: i32 = 60;
/// A term and its exams, wherever it begins.
const HALF_YEAR: i32 = 183;
const YEAR: i32 = 365;
/// Fewer than one of so many results a year before: those weeks are quiet every year.
const QUIET_ONE_IN: u64 = 1000;
/// So many results less are chance.
const FEWEST: u64 = 20;

/// Only results that are known by the cut-off, none of them transferred: credit comes at any time.
#[derive(Clone, Copy, Default)]
pub struct Seasons {
    /// Days from the newest to the cut-off.
    youngest: Option<i32>,
    /// Of the last half year, and of the same half year a year before.
    half: u64,
    half_before: u64,
    /// A year before: of the last [`QUIET_DAYS`], and of all time.
    lately_before: u64,
    all_before: u64,
}

impl Seasons {
    pub fn of(records: &[ResultRecord], results_through: i32) -> Seasons {
        let mut found = Seasons::default();
        for cells in records.iter().map(|record| ResultCells(*record)) {
            let age = results_through - cells.assessed_on();
            if age < 0 || cells.flags() & result_flag::TRANSFERRED != 0 {
                continue;
            }
            found.youngest = Some(found.youngest.map_or(age, |youngest| youngest.min(age)));
            found.half += u64::from(age <= HALF_YEAR);
            found.half_before += u64::from((YEAR..=YEAR + HALF_YEAR).contains(&age));
            found.lately_before += u64::from((YEAR..=YEAR + QUIET_DAYS).contains(&age));
            found.all_before += u64::from(age >= YEAR);
        }
        found
    }

    pub fn add(&mut self, other: Seasons) {
        self.youngest = self.youngest.into_iter().chain(other.youngest).min();
        self.half += other.half;
        self.half_before += other.half_before;
        self.lately_before += other.lately_before;
        self.all_before += other.all_before;
    }

    pub fn notice(&self, results_through: Day) -> Option<String> {
        let days = self.youngest?;
        let quiet_every_year =
            self.all_before > FEWEST && self.lately_before * QUIET_ONE_IN < self.all_before;
        if days > QUIET_DAYS && !quiet_every_year {
            let newest = Day::from_epoch_days(results_through.epoch_days() - days);
            return Some(format!(
                "the newest result was assessed on {newest}, {days} days before results_through: is this the \
                 export of an earlier term?"
            ));
        }
        let is_missing = self.half_before > FEWEST && self.half * 2 < self.half_before;
        is_missing.then(|| {
            format!(
                "{} in the half year up to results_through {results_through}, and {} in the same half year before \
                 it: is a term missing? Export it again before letters are sent",
                counted(self.half, "result was assessed", "results were assessed"),
                self.half_before
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seasons(youngest: i32, half: [u64; 2], lately_before: u64) -> Option<String> {
        let [half, half_before] = half;
        let all_before = half_before + 5000;
        let seasons = Seasons { youngest: Some(youngest), half, half_before, lately_before, all_before };
        seasons.notice(Day::parse_iso("2027-03-15")?)
    }

    #[test]
    fn a_term_is_missing_where_half_of_a_year_before_is_not_reached() {
        assert_eq!(seasons(0, [500, 1000], 300), None);
        assert!(seasons(0, [499, 1000], 300).is_some_and(|told| told.starts_with("499 results were")));
        assert_eq!(seasons(0, [0, 20], 300), None);
        assert!(
            seasons(0, [1, 21], 300).is_some_and(|told| told.starts_with("1 result was assessed in the"))
        );
    }

    #[test]
    fn quiet_weeks_that_are_quiet_every_year_are_none_to_tell() {
        assert!(seasons(61, [900, 1000], 6).is_some_and(|told| told.contains("61 days before")));
        assert_eq!(seasons(61, [900, 1000], 5), None);
        assert_eq!(seasons(60, [900, 1000], 6), None);
        assert!(seasons(61, [499, 1000], 5).is_some_and(|told| told.contains("is a term missing")));
    }
}
