//! The law as dated data.
//!
//! Every number, date, code list, authority and citation that a verdict or a letter rests on is a
//! parameter in `pipelines/law/*.toml`: its values, the window each is in force for, the date that
//! selects it, its source and paragraph, and when a person last checked it. [`LawBook`] reads the
//! files and refuses gaps, overlaps, unknown keys and uncited values before any data are read.
//! [`Law`] is the law of one inspection: for every cohort of programme starts the typed
//! [`Parameters`] that the rules read, so that a rule never holds a date or an amount.

mod book;
pub mod curricula;
mod file;
mod lists;
mod parameters;
mod reader;

pub use book::{Axis, DatedValue, LawBook, Parameter, Value, Window};
pub use curricula::CurriculumBook;
pub use lists::{ReexamPeriod, ThesisLength, reexam_month};
pub use parameters::{Parameters, RequirementMethod};
pub use reader::Reader;

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
}

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
        let result_codes = book.result_codes.clone();
        problems.into_result(()).map(|()| Law { book, inspection_date, result_codes, cohorts })
    }

    /// First programme start of each cohort, ascending, with its parameters.
    pub fn cohorts(&self) -> &[(Day, Parameters)] {
        &self.cohorts
    }

    /// The parameters for a programme begun on `start`.
    pub fn for_start(&self, start: Day) -> &Parameters {
        let after = self.cohorts.partition_point(|(first, _)| *first <= start);
        &self.cohorts[after.saturating_sub(1)].1
    }

    /// The dated value in force for a programme begun on `start`.
    pub fn value(&self, key: &str, start: Day) -> Option<&DatedValue> {
        self.book.parameter(key)?.at(self.inspection_date, start).ok()
    }
}
