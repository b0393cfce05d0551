//! Calendar months, the unit in which SU is paid.

use std::fmt;

use super::Period;
use super::day::{Day, pair};

/// A calendar month, held as months since year 0: differences are whole months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i32);

const MARCH_OF_YEAR_0: i32 = 2;
/// Days from the first of that month to 1970-01-01.
const EPOCH_FROM_MARCH: i32 = 719_468;
/// Days of 400 years, after which the calendar comes again.
const DAYS_OF_CYCLE: i32 = 146_097;

impl Month {
    /// `month` is 1 to 12.
    pub const fn new(year: i32, month: u32) -> Month {
        Month(year * 12 + month as i32 - 1)
    }

    pub const fn from_index(index: i32) -> Month {
        Month(index)
    }

    pub const fn index(self) -> i32 {
        self.0
    }

    pub const fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// 1 to 12.
    pub const fn number(self) -> u32 {
        self.0.rem_euclid(12) as u32 + 1
    }

    /// Reads `YYYY-MM`, nothing else.
    pub fn parse_iso(text: &str) -> Option<Month> {
        Day::parse_iso(&format!("{text}-01")).map(Day::month)
    }

    pub fn plus(self, months: i32) -> Month {
        Month(self.0 + months)
    }

    pub const fn first_day(self) -> Day {
        let months = self.0 - MARCH_OF_YEAR_0;
        let (cycle, months) = (months.div_euclid(4_800), months.rem_euclid(4_800).cast_unsigned());
        let (year, month) = (months / 12, months % 12);
        // Of a year that begins in March five months have 153 days, and a leap day is the last.
        let days = 365 * year + year / 4 - year / 100 + (153 * month + 2) / 5;
        Day::from_epoch_days(cycle * DAYS_OF_CYCLE + days.cast_signed() - EPOCH_FROM_MARCH)
    }

    /// The month that a day lies in: the way back.
    pub(super) const fn of(day: Day) -> Month {
        let days = day.epoch_days().saturating_add(EPOCH_FROM_MARCH);
        let (cycle, days) = (days.div_euclid(DAYS_OF_CYCLE), days.rem_euclid(DAYS_OF_CYCLE).cast_unsigned());
        // Without the leap days before it every year has 365.
        let year = (days - days / 1_460 + days / 36_524 - days / 146_096) / 365;
        let month = (5 * (days - (365 * year + year / 4 - year / 100)) + 2) / 153;
        Month(cycle * 4_800 + (12 * year + month).cast_signed() + MARCH_OF_YEAR_0)
    }

    pub fn last_day(self) -> Day {
        self.plus(1).first_day().plus_days(-1)
    }

    pub fn days(self) -> Period {
        Period { first: self.first_day(), last: self.last_day() }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = (self.year(), self.number() as u8);
        let Ok(year @ 0..=9999) = u16::try_from(year) else { return write!(f, "{year:04}-{month:02}") };
        let ([a, b], [c, d]) = (pair((year / 100) as u8), pair((year % 100) as u8));
        let [e, g] = pair(month);
        f.write_str(std::str::from_utf8(&[a, b, c, d, b'-', e, g]).map_err(|_| fmt::Error)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_know_their_days() {
        let february = Month::parse_iso("2028-02").expect("a month");
        assert_eq!(february.last_day(), Day::parse_iso("2028-02-29").expect("a date"));
        assert_eq!(february.plus(11).to_string(), "2029-01");
        for wrong in ["2028-13", "2028-2", "02-2028", "2028-02-01", "2028/02"] {
            assert_eq!(Month::parse_iso(wrong), None, "{wrong}");
        }
    }
}
