//! Calendar days and inclusive periods.

use std::fmt;
use std::num::NonZeroU32;

use chrono::{Datelike, Months, NaiveDate};

use super::Month;

/// A calendar day as days since 1970-01-01 (the value of Arrow's `date32`). Registers hold millions of
/// days that may be missing, so an `Option` of it is no larger.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(
    /// The days with the sign turned, which keeps their order; 0 would be the least of all numbers.
    NonZeroU32,
);

const SIGN: u32 = 1 << 31;
const EPOCH_FROM_CE: i32 = 719_163;

impl Day {
    /// Days since 1970-01-01; `i32::MIN`, which is no day of any calendar, becomes the day after it.
    pub const fn from_epoch_days(days: i32) -> Day {
        match NonZeroU32::new(days.cast_unsigned() ^ SIGN) {
            Some(turned) => Day(turned),
            None => Day(NonZeroU32::MIN),
        }
    }

    pub const fn epoch_days(self) -> i32 {
        (self.0.get() ^ SIGN).cast_signed()
    }

    /// The day of a calendar date, or `None` when there is no such date.
    pub fn ymd(year: i32, month: u32, day: u32) -> Option<Day> {
        NaiveDate::from_ymd_opt(year, month, day).map(Day::from_date)
    }

    /// Reads `YYYY-MM-DD`, nothing else.
    pub fn parse_iso(text: &str) -> Option<Day> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        Day::ymd(digits(&bytes[..4])? as i32, digits(&bytes[5..7])?, digits(&bytes[8..])?)
    }

    pub fn from_date(date: NaiveDate) -> Day {
        Day::from_epoch_days(date.num_days_from_ce() - EPOCH_FROM_CE)
    }

    pub fn date(self) -> NaiveDate {
        // Columns only hold days of the years 1900 to 2199, so the date always exists.
        NaiveDate::from_num_days_from_ce_opt(self.epoch_days().saturating_add(EPOCH_FROM_CE))
            .unwrap_or_default()
    }

    pub fn month(self) -> Month {
        Month::of(self)
    }

    /// `months` later on the same day of the month, or on the last day of a shorter month:
    /// 31 August + 6 months is 28 (29) February. All months are added at once.
    pub fn plus_months_clamped(self, months: i32) -> Day {
        let date = self.date();
        // Past the end of the calendar it is the calendar's last day, never this day again.
        let moved = if months.is_negative() {
            date.checked_sub_months(Months::new(months.unsigned_abs())).unwrap_or(NaiveDate::MIN)
        } else {
            date.checked_add_months(Months::new(months.unsigned_abs())).unwrap_or(NaiveDate::MAX)
        };
        Day::from_date(moved)
    }

    pub fn plus_days(self, days: i32) -> Day {
        Day::from_epoch_days(self.epoch_days() + days)
    }

    /// The day of its month, from 1.
    pub fn of_month(self) -> u32 {
        self.month().first_day().days_until(self).unsigned_abs() + 1
    }

    /// Negative when `later` lies before.
    pub fn days_until(self, later: Day) -> i32 {
        later.epoch_days() - self.epoch_days()
    }

    /// The largest `k` with `self.plus_months_clamped(k) <= later`; 0 when `later` lies before.
    pub fn whole_months_until(self, later: Day) -> i32 {
        let guess = later.month().index() - self.month().index();
        let months = if self.plus_months_clamped(guess) <= later { guess } else { guess - 1 };
        months.max(0)
    }
}

fn digits(bytes: &[u8]) -> Option<u32> {
    bytes
        .iter()
        .try_fold(0_u32, |value, byte| byte.is_ascii_digit().then(|| value * 10 + u32::from(byte - b'0')))
}

/// The two digits of a number below 100.
pub(super) fn pair(number: u8) -> [u8; 2] {
    [b'0' + number / 10, b'0' + number % 10]
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Day").field(&self.epoch_days()).finish()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.date();
        let (year, month, day) = (date.year(), date.month() as u8, date.day() as u8);
        let Ok(year @ 0..=9999) = u16::try_from(year) else {
            return write!(f, "{year:04}-{month:02}-{day:02}");
        };
        // Written some ten times for each enrolment: digits without the machinery of `write!`.
        let ([a, b], [c, d]) = (pair((year / 100) as u8), pair((year % 100) as u8));
        let ([e, g], [h, i]) = (pair(month), pair(day));
        let text = [a, b, c, d, b'-', e, g, b'-', h, i];
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

/// First and last day, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    pub first: Day,
    pub last: Day,
}

impl Period {
    pub fn contains(self, day: Day) -> bool {
        self.first <= day && day <= self.last
    }

    /// Whole months from the first day to the day after the last.
    pub fn whole_months(self) -> i32 {
        self.first.whole_months_until(self.last.plus_days(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse_iso(text).expect("a date")
    }

    #[test]
    fn months_are_clamped_and_added_at_once() {
        assert_eq!(day("2027-08-31").plus_months_clamped(6), day("2028-02-29"));
        assert_eq!(day("2026-01-31").plus_months_clamped(2), day("2026-03-31"));
        assert_eq!(day("2026-03-31").plus_months_clamped(-1), day("2026-02-28"));
        assert!(day("2026-03-31").plus_months_clamped(i32::MAX) > day("2199-12-31"));
        assert!(day("2026-03-31").plus_months_clamped(i32::MIN) < day("1900-01-01"));
    }

    #[test]
    fn months_are_those_of_the_calendar() {
        for number in day("1896-01-01").epoch_days()..day("2204-01-01").epoch_days() {
            let day = Day::from_epoch_days(number);
            let date = day.date();
            assert_eq!(day.month(), Month::new(date.year(), date.month()), "{date}");
            assert_eq!(day.month().first_day().date(), date.with_day(1).expect("a date"), "{date}");
            assert_eq!(day.of_month(), date.day(), "{date}");
        }
    }

    #[test]
    fn days_until_an_earlier_day_are_negative() {
        assert_eq!(day("2028-02-28").days_until(day("2028-03-01")), 2);
        assert_eq!(day("2028-03-01").days_until(day("2028-02-28")), -2);
    }

    #[test]
    fn whole_months_are_the_largest_that_fit() {
        assert_eq!(day("2026-09-01").whole_months_until(day("2027-01-31")), 4);
        assert_eq!(day("2026-09-01").whole_months_until(day("2027-02-01")), 5);
        assert_eq!(day("2026-01-31").whole_months_until(day("2026-02-28")), 1);
        assert_eq!(day("2026-02-28").whole_months_until(day("2026-01-31")), 0);
        assert_eq!(day("2026-02-28").whole_months_until(day("2026-02-27")), 0);
        let autumn = Period { first: day("2026-09-01"), last: day("2027-01-31") };
        let spring = Period { first: day("2027-02-01"), last: day("2027-08-31") };
        assert_eq!((autumn.whole_months(), spring.whole_months()), (5, 7));
    }

    #[test]
    fn days_keep_their_order_and_a_missing_one_takes_no_room() {
        let days = [i32::MIN + 1, -1, 0, 1, i32::MAX].map(Day::from_epoch_days);
        assert!(days.is_sorted());
        assert_eq!(days.map(Day::epoch_days), [i32::MIN + 1, -1, 0, 1, i32::MAX]);
        assert_eq!(Day::from_epoch_days(i32::MIN), days[0]);
        assert_eq!(size_of::<Option<Day>>(), size_of::<i32>());
    }

    #[test]
    fn only_real_iso_dates_are_read() {
        assert_eq!(day("1970-01-01").epoch_days(), 0);
        for wrong in ["2027-02-29", "27-02-2027", "2027-2-01", "2027-02-0x", "2027x02-01", "2027-02x01", ""] {
            assert_eq!(Day::parse_iso(wrong), None, "{wrong}");
        }
    }
}
