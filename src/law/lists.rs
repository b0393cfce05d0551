//! Entries of lists that hold more than one word each.

use super::book::Window;
use super::file;
use crate::base::{Day, Ects, Month};
use crate::contract::codes::{CourseLevel, ProgrammeLevel};

/// A value with all its windows of inspection dates: for what the law of another day than the inspection's
/// decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverTime<T> {
    pub(super) windows: Vec<(Window, T)>,
    /// In force at the inspection.
    pub(super) now: T,
}

impl<T: Copy> OverTime<T> {
    /// The value in force on a day; `None` outside the law of the files.
    pub fn on(&self, day: Day) -> Option<T> {
        self.windows.iter().find(|(window, _)| window.contains(day)).map(|(_, value)| *value)
    }

    /// The same; before the law begins its first value, and in a gap of it the value of the inspection.
    pub fn on_or_first(&self, day: Day) -> T {
        let first = self.windows.iter().min_by_key(|(window, _)| window.from);
        let before = first.filter(|(window, _)| window.from.is_some_and(|from| day < from));
        self.on(day).or(before.map(|(_, value)| *value)).unwrap_or(self.now)
    }
}

/// In which month the re-exam of an exam of another month is: `12 05`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReexamPeriod {
    pub exam: u32,
    pub reexam: u32,
}

impl ReexamPeriod {
    pub fn from_code(text: &str) -> Option<ReexamPeriod> {
        let (exam, reexam) = text.split_once(' ')?;
        Some(ReexamPeriod { exam: month_number(exam)?, reexam: month_number(reexam)? })
    }
}

/// The re-exam month of an exam: the next such month after that of the exam. `None` when the list
/// does not know the exam's month.
pub fn reexam_month(periods: &[ReexamPeriod], exam: Day) -> Option<Month> {
    let month = exam.month();
    let period = periods.iter().find(|period| period.exam == month.number())?;
    let same_year = Month::new(month.year(), period.reexam);
    Some(if same_year > month { same_year } else { same_year.plus(12) })
}

/// How long a thesis of so many ECTS takes, in half months: `32.5 11`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThesisLength {
    pub ects: Ects,
    pub half_months: i32,
}

impl ThesisLength {
    pub fn from_code(text: &str) -> Option<ThesisLength> {
        let (ects, half_months) = text.split_once(' ')?;
        Some(ThesisLength { ects: file::ects(ects)?, half_months: half_months.parse().ok()? })
    }

    /// `start` + the length: whole months first, then the days of an odd half.
    pub fn end(self, start: Day, half_month_days: i32) -> Day {
        start.plus_months_clamped(self.half_months / 2).plus_days(self.half_months % 2 * half_month_days)
    }
}

/// A level of programme and a level of course that do not go together: `MSc BEng`.
pub(super) fn refused_level(text: &str) -> Option<(ProgrammeLevel, CourseLevel)> {
    let (programme, course) = text.split_once(' ')?;
    Some((ProgrammeLevel::from_code(programme)?, CourseLevel::from_code(course)?))
}

/// A grade as it is recorded and as it is reckoned with: `02`.
pub(super) fn grade(text: &str) -> Option<(String, i32)> {
    Some((text.to_owned(), text.parse().ok()?))
}

/// `05` for May.
pub(super) fn month_number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|number| (1..=12).contains(number))
}

/// `12-25` for Christmas Day.
pub(super) fn day_of_year(text: &str) -> Option<(u32, u32)> {
    let (month, day) = text.split_once('-')?;
    Some((month_number(month)?, day.parse().ok().filter(|day| (1..=31).contains(day))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse_iso(text).expect("a date")
    }

    #[test]
    fn a_reexam_is_in_the_next_month_of_the_list() {
        let list = ["12 05", "05 08", "01 05", "06 08", "07 08", "08 12"];
        let list: Vec<ReexamPeriod> = list.iter().filter_map(|text| ReexamPeriod::from_code(text)).collect();
        for (exam, wanted) in [
            ("2026-12-01", Some("2027-05")),
            ("2026-12-31", Some("2027-05")),
            ("2027-01-01", Some("2027-05")),
            ("2027-01-31", Some("2027-05")),
            ("2027-02-01", None),
            ("2027-04-30", None),
            ("2027-05-01", Some("2027-08")),
            ("2027-05-31", Some("2027-08")),
            ("2027-06-30", Some("2027-08")),
            ("2027-07-01", Some("2027-08")),
            ("2027-08-01", Some("2027-12")),
            ("2027-08-31", Some("2027-12")),
            ("2027-09-01", None),
            ("2027-11-30", None),
        ] {
            let found = reexam_month(&list, day(exam)).map(|month| month.to_string());
            assert_eq!(found.as_deref(), wanted, "exam on {exam}");
        }
        for wrong in ["12", "13 05", "00 05", "12-05", ""] {
            assert_eq!(ReexamPeriod::from_code(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_thesis_takes_months_and_half_months() {
        let end = |text: &str, start: &str| {
            ThesisLength::from_code(text).expect("a length").end(day(start), 15).to_string()
        };
        assert_eq!(end("30 10", "2026-09-01"), "2027-02-01");
        assert_eq!(end("32.5 11", "2026-09-01"), "2027-02-16");
        assert_eq!(end("35 12", "2026-09-01"), "2027-03-01");
        assert_eq!(end("30 10", "2026-08-31"), "2027-01-31");
        assert_eq!(end("30 10", "2026-09-30"), "2027-02-28");
        assert_eq!(end("30 20", "2026-09-01"), "2027-07-01");
        assert_eq!(end("32.5 22", "2026-09-01"), "2027-08-01");
        assert_eq!(ThesisLength::from_code("32.505 11"), None);
    }
}
