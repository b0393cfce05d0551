//! Working days: Monday to Friday, without public holidays. Which days those are is law.

use std::sync::OnceLock;

use super::{Day, YEARS};

/// The public holidays of every year.
#[derive(Clone, Debug, Default)]
pub struct Holidays {
    /// Month and day.
    pub fixed: Vec<(u32, u32)>,
    /// Days after Easter Sunday; negative before it.
    pub from_easter: Vec<i32>,
    /// One that was abolished: days after Easter Sunday, and the first day without it.
    pub abolished: Option<(i32, Day)>,
    /// Made when it is first asked for.
    calendar: OnceLock<Calendar>,
}

/// Working days from the first day of [`YEARS`] up to and including each day of them.
#[derive(Clone, Debug)]
struct Calendar {
    first: i32,
    worked: Vec<i32>,
}

impl Holidays {
    pub fn new(fixed: Vec<(u32, u32)>, from_easter: Vec<i32>, abolished: Option<(i32, Day)>) -> Holidays {
        Holidays { fixed, from_easter, abolished, calendar: OnceLock::new() }
    }

    pub fn contains(&self, day: Day) -> bool {
        let month = day.month();
        if self.fixed.contains(&(month.number(), day.of_month())) {
            return true;
        }
        let Some(easter) = easter_sunday(month.year()) else { return false };
        let after = easter.days_until(day);
        self.from_easter.contains(&after)
            || self.abolished.is_some_and(|(offset, until)| after == offset && day < until)
    }

    fn is_working_day(&self, day: Day) -> bool {
        !is_weekend(day) && !self.contains(day)
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

    /// Working days after `day`, up to and including `last`; none when `last` is not after it.
    pub fn working_days_until(&self, day: Day, last: Day) -> i32 {
        let calendar = self.calendar.get_or_init(|| Calendar::new(self));
        if let (Some(before), Some(by_last)) = (calendar.worked_by(day), calendar.worked_by(last)) {
            return (by_last - before).max(0);
        }
        let days = day.epoch_days() + 1..=last.epoch_days();
        days.map(|number| i32::from(self.is_working_day(Day::from_epoch_days(number)))).sum()
    }
}

impl Calendar {
    fn new(holidays: &Holidays) -> Calendar {
        let first_of = |year: i32| Day::ymd(year, 1, 1).map_or(0, Day::epoch_days);
        let (first, end) = (first_of(*YEARS.start()), first_of(*YEARS.end() + 1));
        let mut free: Vec<bool> = (first..end).map(|day| is_weekend(Day::from_epoch_days(day))).collect();
        for year in YEARS {
            let fixed = holidays.fixed.iter().filter_map(|(month, day)| Day::ymd(year, *month, *day));
            let easter = easter_sunday(year);
            let offsets = holidays.from_easter.iter().copied();
            let abolished = holidays.abolished.into_iter().map(|(offset, _)| offset);
            let movable = offsets.chain(abolished).filter_map(|offset| Some(easter?.plus_days(offset)));
            for day in fixed.chain(movable).filter(|day| holidays.contains(*day)) {
                if let Some(free) = free.get_mut((day.epoch_days() - first) as usize) {
                    *free = true;
                }
            }
        }
        let mut sum = 0;
        let worked = free.into_iter().map(|free| {
            sum += i32::from(!free);
            sum
        });
        Calendar { first, worked: worked.collect() }
    }

    fn worked_by(&self, day: Day) -> Option<i32> {
        let position = usize::try_from(day.epoch_days() - self.first).ok()?;
        self.worked.get(position).copied()
    }
}

fn is_weekend(day: Day) -> bool {
    // 1970-01-01 was a Thursday; 5 and 6 are Saturday and Sunday.
    (day.epoch_days() + 3).rem_euclid(7) >= 5
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
        Holidays::new(
            vec![(1, 1), (12, 25), (12, 26)],
            vec![-3, -2, 0, 1, 39, 49, 50],
            Some((26, day("2024-01-01"))),
        )
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
        assert_eq!(holidays.working_days_until(day("2200-02-14"), day("2200-02-01")), 0);
        // Over all years, and beyond those that are counted beforehand.
        let (first, last) = (day("1900-01-01"), day("2199-12-31"));
        let one_by_one = |first: Day, last: Day| {
            let days = first.epoch_days() + 1..=last.epoch_days();
            days.filter(|number| holidays.is_working_day(Day::from_epoch_days(*number))).count() as i32
        };
        assert_eq!(holidays.working_days_until(first, last), one_by_one(first, last));
        assert_eq!(holidays.working_days_until(last, last.plus_days(9)), one_by_one(last, last.plus_days(9)));
    }
}
