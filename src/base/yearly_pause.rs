//! Days of every year that do not count in a time limit. Which days those are is law.

use super::Day;

/// First and last day, both left out, each as month and day; a pause may run over New Year. Without
/// days nothing is left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct YearlyPause {
    pub days: Option<((u32, u32), (u32, u32))>,
}

impl YearlyPause {
    pub fn contains(self, day: Day) -> bool {
        let Some((first, last)) = self.days else { return false };
        let of_year = (day.month().number(), day.of_month());
        if first <= last { first <= of_year && of_year <= last } else { first <= of_year || of_year <= last }
    }

    /// The `count`th day after a day that is not left out; the day itself is not counted.
    pub fn day_after(self, day: Day, count: i32) -> Day {
        let (mut last, mut found) = (day, 0);
        while found < count {
            last = last.plus_days(1);
            found += i32::from(!self.contains(last));
        }
        last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(pause: YearlyPause, day: &str, count: i32) -> String {
        pause.day_after(Day::parse_iso(day).expect("a date"), count).to_string()
    }

    #[test]
    fn two_weeks_leave_out_christmas() {
        let christmas = YearlyPause { days: Some(((12, 24), (1, 1))) };
        assert_eq!(after(christmas, "2026-12-09", 14), "2026-12-23");
        assert_eq!(after(christmas, "2026-12-10", 14), "2027-01-02");
        assert_eq!(after(christmas, "2026-12-15", 14), "2027-01-07");
        // From a day inside, the first that counts is the 2nd of January.
        assert_eq!(after(christmas, "2026-12-24", 14), "2027-01-15");
        assert_eq!(after(christmas, "2027-01-01", 14), "2027-01-15");
        assert_eq!(after(christmas, "2027-01-02", 14), "2027-01-16");
    }

    #[test]
    fn six_weeks_leave_out_july() {
        let july = YearlyPause { days: Some(((7, 1), (7, 31))) };
        assert_eq!(after(july, "2026-05-19", 42), "2026-06-30");
        assert_eq!(after(july, "2026-05-20", 42), "2026-08-01");
        assert_eq!(after(july, "2026-06-20", 42), "2026-09-01");
        assert_eq!(after(july, "2026-07-15", 42), "2026-09-11");
        assert_eq!(after(july, "2026-08-01", 42), "2026-09-12");
    }

    #[test]
    fn a_pause_may_be_one_day() {
        let may_day = YearlyPause { days: Some(((5, 1), (5, 1))) };
        assert_eq!(after(may_day, "2026-04-30", 2), "2026-05-03");
        assert_eq!(after(may_day, "2026-05-01", 1), "2026-05-02");
    }

    #[test]
    fn without_days_every_day_counts() {
        assert_eq!(after(YearlyPause::default(), "2026-12-20", 14), "2027-01-03");
        assert_eq!(after(YearlyPause::default(), "2026-12-20", 0), "2026-12-20");
    }
}
