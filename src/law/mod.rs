//! The law as dated data.
//!
//! Every number, date, code list, authority and citation that a verdict or a letter rests on is a
//! parameter in `pipelines/law/*.toml`: its values, the window each is in force for, the date that
//! selects it, its source and paragraph, and when a person last checked it. [`LawBook`] reads the
//! files and refuses gaps, overlaps, unknown keys and uncited values before any data are read.
//! [`Law`] is the law of one inspection: for every cohort of programme starts the typed
//! [`Parameters`] that the rules read, so that a rule never holds a date or an amount.

mod book;
mod cards;
pub mod curricula;
mod file;
mod folder;
mod lists;
mod parameters;
mod reader;
mod requirement;

pub use book::{Axis, DatedValue, LawBook, Parameter, Value, Window};
pub use cards::{CardEvent, CardFee, CardPolicy, CardRemedy, CardStep, CardSwitch, Cards};
pub use curricula::CurriculumBook;
pub use lists::{OverTime, ReexamPeriod, ThesisLength, reexam_month};
pub use parameters::Parameters;
pub use reader::Reader;
pub use requirement::{Requirement, RequirementMethod};

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::base::Day;
use crate::diagnostics::Diagnostics;
use crate::student::result_codes::ResultCodes;

/// The law in force for one inspection date.
#[derive(Debug)]
pub struct Law {
    pub book: LawBook,
    pub inspection_date: Day,
    pub result_codes: ResultCodes,
    /// First programme start of each cohort, ascending, with its parameters.
    cohorts: Vec<(Day, Parameters)>,
    /// Per cohort.
    facts: Vec<Facts>,
}

/// By key: the value in force and where it stands, in words. Every finding looks up some.
type Facts = HashMap<String, (String, String), FixedState>;

impl Law {
    /// Fixes the law of an inspection date. Errors name the file and line of the parameter that is
    /// missing, of the wrong type, or not in force.
    pub fn in_force(book: LawBook, inspection_date: Day) -> Result<Law, Diagnostics> {
        let mut problems = Diagnostics::default();
        let mut cohorts = Vec::new();
        for start in book.programme_start_edges() {
            match Parameters::resolve(&book, inspection_date, start) {
                Ok(parameters) => cohorts.push((start, parameters)),
                Err(found) => problems.extend(found),
            }
        }
        problems.into_result(())?;
        let facts = cohorts.iter().map(|(start, _)| facts(&book, inspection_date, *start)).collect();
        let result_codes = book.result_codes.clone();
        Ok(Law { book, inspection_date, result_codes, cohorts, facts })
    }

    /// First programme start of each cohort, ascending, with its parameters.
    pub fn cohorts(&self) -> &[(Day, Parameters)] {
        &self.cohorts
    }

    /// The parameters for a programme begun on `start`.
    pub fn for_start(&self, start: Day) -> &Parameters {
        &self.cohorts[self.cohort(start)].1
    }

    fn cohort(&self, start: Day) -> usize {
        self.cohorts.partition_point(|(first, _)| *first <= start).saturating_sub(1)
    }

    /// The value in force for a programme begun on `start`, and where it stands, in words.
    pub fn fact(&self, key: &str, start: Day) -> Option<(&str, &str)> {
        let (value, source) = self.facts.get(self.cohort(start))?.get(key)?;
        Some((value, source))
    }

    /// The dated value in force for a programme begun on `start`.
    pub fn value(&self, key: &str, start: Day) -> Option<&DatedValue> {
        self.value_on(key, self.inspection_date, start)
    }

    /// The value that was in force on another day than the inspection's.
    pub fn value_on(&self, key: &str, day: Day, start: Day) -> Option<&DatedValue> {
        self.book.parameter(key)?.at(day, start).ok()
    }
}

fn facts(book: &LawBook, inspection_date: Day, start: Day) -> Facts {
    let in_force = book.parameters.iter().filter_map(|parameter| {
        let value = parameter.at(inspection_date, start).ok()?;
        let source = format!("law {}: {}", parameter.key, value.citation());
        Some((parameter.key.clone(), (value.value.to_string(), source)))
    });
    in_force.collect()
}
