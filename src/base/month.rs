//! Calendar months, the unit in which SU is paid.

use std::fmt;

use super::{Day, Period};

/// A calendar month, held as months since year 0: differences are whole months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i32);

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
        if text.len() != 7 || !text.is_ascii() {
            return None;
        }
        Day::parse_iso(&format!("{text}-01")).map(Day::month)
    }

    pub fn plus(self, months: i32) -> Month {
        Month(self.0 + months)
    }

    pub fn first_day(self) -> Day {
        Day::ymd(self.year(), self.number(), 1).unwrap_or(Day::from_epoch_days(0))
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
        write!(f, "{:04}-{:02}", self.year(), self.number())
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
