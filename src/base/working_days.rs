//! Working days: Monday to Friday, without public holidays. Which days those are is law.

use super::Day;

/// The public holidays of every year.
#[derive(Clone, Debug, Default)]
pub struct Holidays {
    /// Month and day.
    pub fixed: Vec<(u32, u32)>,
    /// Days after Easter Sunday; negative before it.
    pub from_easter: Vec<i32>,
    /// One that was abolished: days after Easter Sunday, and the first day without it.
    pub abolished: Option<(i32, Day)>,
}

impl Holidays {
    pub fn contains(&self, day: Day) -> bool {
        let month = day.month();
        let in_month = day.epoch_days() - month.first_day().epoch_days() + 1;
        if self.fixed.iter().any(|(number, of)| *number == month.number() && *of as i32 == in_month) {
            return true;
        }
        let Some(easter) = easter_sunday(month.year()) else { return false };
        let after = day.epoch_days() - easter.epoch_days();
        self.from_easter.contains(&after)
            || self.abolished.is_some_and(|(offset, until)| after == offset && day < until)
    }

    pub fn is_working_day(&self, day: Day) -> bool {
        // 1970-01-01 was a Thursday; 5 and 6 are Saturday and Sunday.
        (day.epoch_days() + 3).rem_euclid(7) < 5 && !self.contains(day)
    }

    /// The `count`th working day after a day; the day itself is not counted.
    pub fn working_day_after(&self, day: Day, count: i32) -> Day {
        let (mut last, mut found) = (day, 0);
        while found < count {
            last = last.plus_days(1);
            found += i32::from(self.is_working_day(last));
        }
        last
    }

    /// Working days after `day`, up to and including `last`.
    pub fn working_days_until(&self, day: Day, last: Day) -> i32 {
        let days = day.epoch_days() + 1..=last.epoch_days();
        days.map(|number| i32::from(self.is_working_day(Day::from_epoch_days(number)))).sum()
    }
}

/// Easter Sunday of the Gregorian calendar (the algorithm of Meeus, Jones and Butcher).
pub fn easter_sunday(year: i32) -> Option<Day> {
    let (golden, century, of_century) = (year % 19, year / 100, year % 100);
    let moved = (century - (century + 8) / 25 + 1) / 3;
    let moon = (19 * golden + century - century / 4 - moved + 15) % 30;
    let sunday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - moon - of_century % 4) % 7;
    let late = (golden + 11 * moon + 22 * sunday) / 451;
    let sum = moon + sunday - 7 * late + 114;
    Day::ymd(year, u32::try_from(sum / 31).ok()?, u32::try_from(sum % 31 + 1).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse_iso(text).expect("a date")
    }

    fn danish() -> Holidays {
        Holidays {
            fixed: vec![(1, 1), (12, 25), (12, 26)],
            from_easter: vec![-3, -2, 0, 1, 39, 49, 50],
            abolished: Some((26, day("2024-01-01"))),
        }
    }

    #[test]
    fn easter_is_found() {
        for easter in [
            "2000-04-23",
            "2008-03-23",
            "2011-04-24",
            "2016-03-27",
            "2019-04-21",
            "2023-04-09",
            "2024-03-31",
            "2025-04-20",
            "2026-04-05",
            "2027-03-28",
            "2035-03-25",
            "2038-04-25",
            "2049-04-18",
        ] {
            let year = day(easter).month().year();
            assert_eq!(easter_sunday(year), Some(day(easter)));
        }
    }

    #[test]
    fn the_great_prayer_day_is_a_working_day_from_2024() {
        assert!(!danish().is_working_day(day("2022-05-13")) && !danish().is_working_day(day("2023-05-05")));
        assert!(danish().is_working_day(day("2024-04-26")) && danish().is_working_day(day("2025-05-16")));
    }

    #[test]
    fn the_holidays_of_a_year() {
        let all: Vec<String> = (0..365)
            .map(|after| day("2026-01-01").plus_days(after))
            .filter(|day| danish().contains(*day))
            .map(|day| day.to_string())
            .collect();
        assert_eq!(
            all,
            [
                "2026-01-01",
                "2026-04-02",
                "2026-04-03",
                "2026-04-05",
                "2026-04-06",
                "2026-05-14",
                "2026-05-24",
                "2026-05-25",
                "2026-12-25",
                "2026-12-26",
            ]
        );
        // Constitution Day and the last day of the year are none.
        assert!(danish().is_working_day(day("2026-06-05")) && danish().is_working_day(day("2026-12-31")));
    }

    #[test]
    fn working_days_are_counted_from_the_day_after() {
        let holidays = danish();
        // From a Friday: Monday is the first.
        assert_eq!(holidays.working_day_after(day("2026-11-20"), 1), day("2026-11-23"));
        assert_eq!(holidays.working_day_after(day("2026-11-20"), 20), day("2026-12-18"));
        assert_eq!(holidays.working_day_after(day("2026-11-20"), 0), day("2026-11-20"));
        for count in 0..300 {
            let last = holidays.working_day_after(day("2026-02-14"), count);
            assert_eq!(holidays.working_days_until(day("2026-02-14"), last), count);
        }
        assert_eq!(holidays.working_days_until(day("2026-02-14"), day("2026-02-01")), 0);
    }
}
