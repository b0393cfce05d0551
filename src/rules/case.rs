//! What a rule is given: one enrolment and the law of its dates.

use std::borrow::Cow;
use std::ops::Deref;

use compact_str::ToCompactString;

use crate::base::{Day, Month};
use crate::contract::Table;
use crate::law::{Law, Parameters};
use crate::student::view::EnrolmentView;
use crate::verdicts::Evidence;

/// One enrolment under the law that applies to it. Dereferences to its view.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    pub view: EnrolmentView<'a>,
    pub law: &'a Parameters,
    book: &'a Law,
    words: Words,
}

/// How much evidence is to be written out. What a rule decides never depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// The names of the facts alone, to find out whether there is anything to say.
    None,
    /// Without the lines of the rows, which no table shows.
    NoLines,
    All,
}

impl<'a> Case<'a> {
    pub fn new(view: EnrolmentView<'a>, law: &'a Law) -> Case<'a> {
        Case { view, law: law.for_start(view.enrolment.started_on), book: law, words: Words::All }
    }

    /// The same case, with so much evidence.
    pub fn with(self, words: Words) -> Case<'a> {
        Case { words, ..self }
    }

    /// The same enrolment as it was known by the end of an earlier month, under the law of the run.
    pub fn by_end_of(&self, month: Month) -> Case<'a> {
        let mut earlier = *self;
        let cutoffs = &mut earlier.view.cutoffs;
        cutoffs.inspection_date = cutoffs.inspection_date.min(month.last_day());
        cutoffs.results_through = cutoffs.results_through.min(month.last_day());
        cutoffs.payments_through = cutoffs.payments_through.min(month);
        earlier
    }

    /// A fact that stands in rows of a table of this enrolment.
    pub fn rows(
        &self,
        fact: &'static str,
        value: impl ToCompactString,
        table: Table,
        lines: impl IntoIterator<Item = u32>,
    ) -> Evidence {
        self.rows_of(&self.view, fact, value, table, lines)
    }

    /// A fact that stands in rows of a table of another enrolment of the student.
    pub fn rows_of(
        &self,
        other: &EnrolmentView,
        fact: &'static str,
        value: impl ToCompactString,
        table: Table,
        lines: impl IntoIterator<Item = u32>,
    ) -> Evidence {
        if self.words == Words::None {
            return Evidence::unsaid(fact);
        }
        let rows = (self.words == Words::All).then(|| {
            let mut lines: Vec<u32> = lines.into_iter().collect();
            lines.sort_unstable();
            (table, lines)
        });
        let source = [table.name(), " enrolment_id=", &other.enrolment.enrolment_id].concat();
        Evidence { fact, value: value.to_compact_string(), source: source.into(), rows }
    }

    /// The courses of result rows, given with their lines, by their codes.
    pub fn courses(&self, rows: impl Iterator<Item = (u32, u32)> + Clone) -> Evidence {
        let lines = rows.clone().map(|(_, line)| line);
        if self.words == Words::None {
            return Evidence::unsaid("courses");
        }
        let mut codes: Vec<&str> = rows.map(|(course, _)| self.exports.catalogue.code(course)).collect();
        codes.sort_unstable();
        codes.dedup();
        self.rows("courses", codes.join(" "), Table::Results, lines)
    }

    /// A fact of the register row of this enrolment.
    pub fn register(&self, fact: &'static str, value: impl ToCompactString) -> Evidence {
        self.rows(fact, value, Table::Enrolments, [self.enrolment.line])
    }

    /// A fact of the programme table.
    pub fn programme_fact(&self, fact: &'static str, value: impl ToCompactString) -> Evidence {
        if self.words == Words::None {
            return Evidence::unsaid(fact);
        }
        let source = [Table::Programmes.name(), " programme_code=", &self.programme.code].concat();
        let rows = (self.words == Words::All).then(|| (Table::Programmes, vec![self.programme.line]));
        Evidence { fact, value: value.to_compact_string(), source: source.into(), rows }
    }

    /// A fact of a course of the catalogue.
    pub fn course_fact(&self, fact: &'static str, value: impl ToCompactString, course: u32) -> Evidence {
        let Some(row) = self.exports.catalogue.course(course).filter(|_| self.words != Words::None) else {
            return Evidence::unsaid(fact);
        };
        let source = [Table::Courses.name(), " course_code=", &row.code].concat();
        let rows = (self.words == Words::All).then(|| (Table::Courses, vec![row.line]));
        Evidence { fact, value: value.to_compact_string(), source: source.into(), rows }
    }

    /// An intermediate figure, with the formula it comes from.
    pub fn figure(
        &self,
        fact: &'static str,
        value: impl ToCompactString,
        formula: impl Into<Cow<'static, str>>,
    ) -> Evidence {
        if self.words == Words::None {
            return Evidence::unsaid(fact);
        }
        Evidence { fact, value: value.to_compact_string(), source: formula.into(), rows: None }
    }

    /// The amount of the law that was applied, with its citation.
    pub fn law_fact(&self, fact: &'static str, key: &str) -> Evidence {
        if self.words == Words::None {
            return Evidence::unsaid(fact);
        }
        let (value, source) = match self.book.fact(key, self.enrolment.started_on) {
            Some((value, source)) => (value.into(), source.to_owned()),
            None => ("not in the law files".into(), format!("law {key}: ")),
        };
        Evidence { fact, value, source: source.into(), rows: None }
    }

    /// An amount of the law as it was on another day, with its citation.
    pub fn law_fact_on(&self, fact: &'static str, key: &str, day: Day) -> Evidence {
        if self.words == Words::None {
            return Evidence::unsaid(fact);
        }
        let (value, citation) = match self.book.value_on(key, day, self.enrolment.started_on) {
            Some(value) => (value.value.to_compact_string(), value.citation()),
            None => ("not in the law files".into(), String::new()),
        };
        Evidence { fact, value, source: format!("law {key}: {citation}").into(), rows: None }
    }
}

impl<'a> Deref for Case<'a> {
    type Target = EnrolmentView<'a>;

    fn deref(&self) -> &EnrolmentView<'a> {
        &self.view
    }
}
