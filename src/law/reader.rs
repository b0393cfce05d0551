//! Typed reading of parameters, with every problem collected.

use super::book::{LawBook, Value};
use super::lists::{OverTime, day_of_year};
use crate::base::{Day, Ects, YearlyPause};
use crate::diagnostics::{Diagnostic, Diagnostics, Place};

/// Reads the values in force on two dates. The stand-ins it returns after a problem are never seen:
/// [`Reader::finish`] then gives the problems instead of what was read.
pub struct Reader<'a> {
    book: &'a LawBook,
    inspection: Day,
    start: Day,
    problems: Diagnostics,
}

impl<'a> Reader<'a> {
    pub fn new(book: &'a LawBook, inspection: Day, start: Day) -> Reader<'a> {
        Reader { book, inspection, start, problems: Diagnostics::default() }
    }

    pub fn problem(&mut self, problem: Diagnostic) {
        self.problems.push(problem);
    }

    /// What was read, when nothing was wrong.
    pub fn finish<T>(self, read: T) -> Result<T, Diagnostics> {
        self.problems.into_result(read)
    }

    pub fn text(&mut self, key: &str) -> String {
        match self.value(key) {
            Some((Value::Text(text), _)) => text,
            Some((_, place)) => {
                self.wrong(key, place, "a text");
                String::new()
            }
            None => String::new(),
        }
    }

    pub fn list(&mut self, key: &str) -> Vec<String> {
        match self.value(key) {
            Some((Value::List(items), _)) => items,
            Some((_, place)) => {
                self.wrong(key, place, "a list of texts");
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    fn value(&mut self, key: &str) -> Option<(Value, Place)> {
        let Some(parameter) = self.book.parameter(key) else {
            let place = Place::file("law");
            self.problems.push(
                Diagnostic::setup(place, format!("the law has no parameter {key}")).hint(
                    "every parameter of pipelines/law/ is needed; restore it from the program's own law",
                ),
            );
            return None;
        };
        match parameter.at(self.inspection, self.start) {
            Ok(value) => Some((value.value.clone(), value.place.clone())),
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        }
    }

    fn wrong(&mut self, key: &str, place: Place, wanted: &str) {
        self.problems.push(
            Diagnostic::setup(place, format!("{key} must be {wanted}"))
                .hint("correct unit and value; the program's own law has both"),
        );
    }

    /// Zero or above.
    pub fn number(&mut self, key: &str) -> i32 {
        self.number_from(key, 0, "a whole number, not below 0")
    }

    /// Of what is divided by or counted in.
    pub fn number_above_zero(&mut self, key: &str) -> i32 {
        self.number_from(key, 1, "a whole number above 0")
    }

    fn number_from(&mut self, key: &str, least: i32, wanted: &str) -> i32 {
        match self.value(key) {
            Some((Value::Int(number), _)) if number >= least => number,
            Some((_, place)) => {
                self.wrong(key, place, wanted);
                least
            }
            None => least,
        }
    }

    /// The numbers that a parameter has on all inspection dates, for this start of the programme.
    pub fn number_over_time(&mut self, key: &str) -> OverTime<i32> {
        let now = self.number(key);
        self.over_time(key, now, "a whole number, not below 0", |value| match value {
            Value::Int(number) => Some(*number).filter(|number| *number >= 0),
            _ => None,
        })
    }

    /// The same of one that is true or false.
    pub fn yes_no_over_time(&mut self, key: &str) -> OverTime<bool> {
        let now = self.yes_no(key);
        self.over_time(key, now, "true or false", |value| match value {
            Value::Bool(value) => Some(*value),
            _ => None,
        })
    }

    fn over_time<T>(
        &mut self,
        key: &str,
        now: T,
        wanted: &str,
        read: impl Fn(&Value) -> Option<T>,
    ) -> OverTime<T> {
        let (book, start) = (self.book, self.start);
        let values = book.parameter(key).map_or(&[][..], |parameter| parameter.values.as_slice());
        let mut windows = Vec::new();
        for value in values.iter().filter(|value| value.windows[1].contains(start)) {
            match read(&value.value) {
                Some(read) => windows.push((value.windows[0], read)),
                None => self.wrong(key, value.place.clone(), wanted),
            }
        }
        OverTime { windows, now }
    }

    /// Zero or above.
    pub fn ects(&mut self, key: &str) -> Ects {
        self.ects_from(key, Ects::ZERO, "an ECTS amount, not below 0")
    }

    /// Of what is divided by or counted in.
    pub fn ects_above_zero(&mut self, key: &str) -> Ects {
        self.ects_from(key, Ects::hundredths(1), "an ECTS amount above 0")
    }

    fn ects_from(&mut self, key: &str, least: Ects, wanted: &str) -> Ects {
        match self.value(key) {
            Some((Value::Ects(amount), _)) if amount >= least => amount,
            Some((_, place)) => {
                self.wrong(key, place, wanted);
                least
            }
            None => least,
        }
    }

    pub fn yes_no(&mut self, key: &str) -> bool {
        match self.value(key) {
            Some((Value::Bool(value), _)) => value,
            Some((_, place)) => {
                self.wrong(key, place, "true or false");
                false
            }
            None => false,
        }
    }

    pub fn code<T>(&mut self, key: &str, read: impl Fn(&str) -> Option<T>, otherwise: T) -> T {
        match self.value(key) {
            Some((Value::Text(text), place)) => read(&text).unwrap_or_else(|| {
                self.wrong(key, place, "one of its known codes");
                otherwise
            }),
            Some((_, place)) => {
                self.wrong(key, place, "a code");
                otherwise
            }
            None => otherwise,
        }
    }

    /// A first and a last day, or none.
    pub fn pause(&mut self, key: &str) -> YearlyPause {
        match self.codes(key, day_of_year)[..] {
            [first, last] => return YearlyPause { days: Some((first, last)) },
            [] => {}
            _ => {
                if let Some((_, place)) = self.value(key) {
                    self.wrong(key, place, "a first and a last day, or an empty list");
                }
            }
        }
        YearlyPause::default()
    }

    /// Written `YYYY-MM-DD`.
    pub fn day(&mut self, key: &str) -> Day {
        self.code(key, Day::parse_iso, Day::from_epoch_days(0))
    }

    pub fn codes<T>(&mut self, key: &str, read: impl Fn(&str) -> Option<T>) -> Vec<T> {
        match self.value(key) {
            Some((Value::List(items), place)) => {
                let found: Vec<T> = items.iter().filter_map(|item| read(item)).collect();
                if found.len() != items.len() {
                    self.wrong(key, place, "a list of known codes");
                }
                found
            }
            Some((_, place)) => {
                self.wrong(key, place, "a list of codes");
                Vec::new()
            }
            None => Vec::new(),
        }
    }
}
