//! TOML with places: typed look-ups that collect what is wrong instead of stopping.
//!
//! A [`Keys`] remembers what was asked of it; [`Keys::no_other_keys`] then reports every key that
//! nobody asked for, with the nearest one that would have been understood.

use std::cell::RefCell;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::suggestion::did_you_mean;
use crate::base::{Day, Month, YEARS};
use crate::diagnostics::{Diagnostic, Diagnostics, Place};

pub struct Document<'t> {
    file: &'t str,
    text: &'t str,
    root: DeTable<'t>,
    problems: RefCell<Diagnostics>,
}

impl<'t> Document<'t> {
    pub fn parse(file: &'t str, text: &'t str) -> Result<Document<'t>, Diagnostics> {
        let (root, errors) = DeTable::parse_recoverable(text);
        let mut problems = Diagnostics::default();
        for error in errors {
            let place = match error.span() {
                Some(span) => Place::of_offset(file, text, span.start),
                None => Place::file(file),
            };
            problems.push(Diagnostic::setup(place, format!("not valid TOML: {}", error.message())));
        }
        let root = root.into_inner();
        problems.into_result(Document { file, text, root, problems: RefCell::default() })
    }

    pub fn root(&self) -> Keys<'_> {
        Keys {
            document: self,
            table: Some(&self.root),
            name: String::new(),
            place: Place::file(self.file),
            asked: RefCell::default(),
        }
    }

    pub fn into_problems(self) -> Diagnostics {
        self.problems.into_inner()
    }

    fn place(&self, span: Range<usize>) -> Place {
        Place::of_offset(self.file, self.text, span.start)
    }
}

/// One table of the file; also a stand-in for a table that is not there.
pub struct Keys<'d> {
    document: &'d Document<'d>,
    table: Option<&'d DeTable<'d>>,
    /// Dotted name, for messages.
    name: String,
    place: Place,
    asked: RefCell<Vec<String>>,
}

impl<'d> Keys<'d> {
    pub fn is_there(&self) -> bool {
        self.table.is_some()
    }

    /// The keys in the order of the file.
    pub fn names(&self) -> Vec<String> {
        let mut keys = self
            .table
            .into_iter()
            .flat_map(|table| table.iter())
            .map(|(key, _)| (key.span().start, key.get_ref().to_string()))
            .collect::<Vec<_>>();
        keys.sort();
        keys.into_iter().map(|(_, key)| key).collect()
    }

    pub fn problem(&self, place: Place, message: impl Into<String>, hint: &str) {
        self.document.problems.borrow_mut().push(Diagnostic::setup(place, message).hint(hint));
    }

    /// A problem at a key, or at the table when the key is not written.
    pub fn problem_at(&self, key: &str, message: impl Into<String>, hint: &str) {
        self.problem(self.place_of(key), message, hint);
    }

    fn place_of(&self, key: &str) -> Place {
        match self.entry(key) {
            Some((place, _)) => place,
            None => self.place.clone(),
        }
    }

    fn entry(&self, key: &str) -> Option<(Place, &'d Spanned<DeValue<'d>>)> {
        let (_, value) = self.table?.iter().find(|(written, _)| written.get_ref() == key)?;
        Some((self.document.place(value.span()), value))
    }

    fn ask(&self, key: &str) -> Option<(Place, &'d Spanned<DeValue<'d>>)> {
        self.asked.borrow_mut().push(key.to_owned());
        self.entry(key)
    }

    fn dotted(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }

    /// A table inside this one. A missing table that is required is a problem; one that is not
    /// behaves like an empty table.
    pub fn section(&self, key: &str, required: bool) -> Keys<'d> {
        let name = self.dotted(key);
        let found = self.ask(key);
        let mut place = self.place.clone();
        let mut table = None;
        match found {
            Some((at, value)) => {
                place = at;
                table = value.get_ref().as_table();
                if table.is_none() {
                    self.problem(
                        place.clone(),
                        format!("`{name}` is not a table"),
                        &format!("write [{name}] on a line of its own"),
                    );
                }
            }
            None if required => {
                self.problem(place.clone(), format!("[{name}] is missing"), &format!("add a table [{name}]"));
            }
            None => {}
        }
        Keys { document: self.document, table, name, place, asked: RefCell::default() }
    }

    pub fn text(&self, key: &str) -> Option<String> {
        let (place, value) = self.ask(key)?;
        let text = value.get_ref().as_str().filter(|text| !text.trim().is_empty());
        if text.is_none() {
            self.problem(place, format!("`{}` is not a text", self.dotted(key)), "write it in quotes");
        }
        text.map(str::to_owned)
    }

    /// A text that may consist of a blank, such as a separator.
    pub fn mark(&self, key: &str) -> Option<String> {
        let (place, value) = self.ask(key)?;
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.problem(place, format!("`{}` is not a text", self.dotted(key)), "write it in quotes");
        }
        text.map(str::to_owned)
    }

    pub fn required_text(&self, key: &str) -> Option<String> {
        let text = self.text(key);
        if self.is_there() && self.entry(key).is_none() {
            self.missing(key);
        }
        text
    }

    fn missing(&self, key: &str) {
        let name = self.dotted(key);
        self.problem(
            self.place.clone(),
            format!("`{name}` is missing"),
            &format!("add `{key}` to [{}]", self.name),
        );
    }

    pub fn texts(&self, key: &str) -> Option<Vec<(Place, String)>> {
        let (place, value) = self.ask(key)?;
        let one = |value: &Spanned<DeValue>| {
            let text = value.get_ref().as_str()?.to_owned();
            Some((self.document.place(value.span()), text))
        };
        let texts = match value.get_ref() {
            DeValue::String(_) => one(value).map(|text| vec![text]),
            DeValue::Array(list) => list.iter().map(one).collect(),
            _ => None,
        };
        if texts.as_ref().is_none_or(Vec::is_empty) {
            let name = self.dotted(key);
            self.problem(place, format!("`{name}` is not a list of texts"), "write [\"one\", \"two\"]");
            return None;
        }
        texts
    }

    pub fn boolean(&self, key: &str) -> Option<bool> {
        let (place, value) = self.ask(key)?;
        let answer = value.get_ref().as_bool();
        if answer.is_none() {
            self.problem(
                place,
                format!("`{}` is not true or false", self.dotted(key)),
                "write true or false",
            );
        }
        answer
    }

    pub fn integer(&self, key: &str, least: i64, most: i64) -> Option<i64> {
        let (place, value) = self.ask(key)?;
        let number = value
            .get_ref()
            .as_integer()
            .and_then(|number| i64::from_str_radix(number.as_str(), number.radix()).ok())
            .filter(|number| (least..=most).contains(number));
        if number.is_none() {
            let name = self.dotted(key);
            let hint = format!("write a whole number from {least} to {most} without quotes");
            self.problem(place, format!("`{name}` is not a number that can be used"), &hint);
        }
        number
    }

    /// A number written as text (so that it is exact) or as a whole number.
    pub fn text_or_integer(&self, key: &str) -> Option<String> {
        match self.entry(key).map(|(_, value)| value.get_ref()) {
            Some(DeValue::Integer(number)) => {
                self.asked.borrow_mut().push(key.to_owned());
                Some(number.as_str().to_owned())
            }
            _ => self.text(key),
        }
    }

    /// A date, in quotes or as TOML writes dates.
    pub fn day(&self, key: &str, required: bool) -> Option<Day> {
        let Some((place, value)) = self.ask(key) else {
            if required && self.is_there() {
                self.missing(key);
            }
            return None;
        };
        let text = match value.get_ref() {
            DeValue::Datetime(date) => date.to_string(),
            other => other.as_str().unwrap_or_default().to_owned(),
        };
        let day = Day::parse_iso(&text).filter(|day| YEARS.contains(&day.month().year()));
        if day.is_none() {
            self.problem(place, format!("`{}` is not a date", self.dotted(key)), "write \"2027-03-15\"");
        }
        day
    }

    pub fn month(&self, key: &str) -> Option<Month> {
        let (place, value) = self.ask(key)?;
        let text = value.get_ref().as_str().unwrap_or_default();
        let month = Month::parse_iso(text).filter(|month| YEARS.contains(&month.year()));
        if month.is_none() {
            self.problem(place, format!("`{}` is not a month", self.dotted(key)), "write \"2027-03\"");
        }
        month
    }

    /// Reports every key that was not asked for.
    pub fn no_other_keys(&self) {
        let asked = self.asked.borrow();
        for (key, _) in self.table.into_iter().flat_map(|table| table.iter()) {
            let written: &str = key.get_ref();
            if asked.iter().any(|known| known == written) {
                continue;
            }
            self.unknown_key(key, asked.iter().map(String::as_str));
        }
    }

    fn unknown_key<'n>(&self, key: &Spanned<std::borrow::Cow<str>>, known: impl Iterator<Item = &'n str>) {
        let known = known.collect::<Vec<_>>();
        let hint = match did_you_mean(key.get_ref(), known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => "remove it".to_owned(),
            None => format!("known here: {}", known.join(", ")),
        };
        let name = self.dotted(key.get_ref());
        self.problem(self.document.place(key.span()), format!("`{name}` is not known"), &hint);
    }
}
