//! Own results that do not go with the enrolment or the course on their line, or with themselves.
//!
//! One such row may be true: a course that was worth more then, a result moved here from an earlier enrolment.
//! Many of them are a column that was sorted by itself, or two that were swapped, of which no single row tells.

use super::packed::{ResultCells, ResultRecord};
use crate::base::counted;
use crate::student::exports::{Catalogue, Enrolment, NO_DAY, result_flag};

/// Up to one in so many, or up to so many rows, nothing is said.
const ONE_IN: u64 = 10;
const FEWEST: u64 = 20;

const SORTED: &str = "was a column sorted by itself?";
const SWAPPED: &str =
    "are exam_date and assessed_on mapped the wrong way round, or was a column sorted by itself?";

/// What results are held against.
pub struct Standards {
    /// By register index, days since 1970.
    started_on: Vec<i32>,
    /// By course index, hundredths.
    ects: Vec<i32>,
}

impl Standards {
    pub fn of(enrolments: &[Enrolment], catalogue: &Catalogue) -> Standards {
        Standards {
            started_on: enrolments.iter().map(|enrolment| enrolment.started_on.epoch_days()).collect(),
            ects: catalogue.courses.iter().map(|course| course.ects.as_hundredths()).collect(),
        }
    }
}

/// How many own results there are, and how many do not go with what they stand beside.
#[derive(Clone, Copy, Default)]
pub struct Misfits {
    own: u64,
    other_ects: u64,
    before_start: u64,
    assessed_before: u64,
}

impl Misfits {
    /// Of the results of one enrolment.
    pub fn of(records: &[ResultRecord], enrolment: usize, standards: &Standards) -> Misfits {
        let started_on = standards.started_on.get(enrolment).copied().unwrap_or(i32::MIN);
        let mut found = Misfits::default();
        let is_own = |cells: &ResultCells| cells.flags() & result_flag::TRANSFERRED == 0;
        for cells in records.iter().map(|record| ResultCells(*record)).filter(is_own) {
            let ects = standards.ects.get(cells.course() as usize);
            let exam = cells.exam_date();
            found.own += 1;
            found.other_ects += u64::from(ects.is_some_and(|ects| *ects != cells.ects()));
            found.before_start += u64::from(exam != NO_DAY && exam < started_on);
            found.assessed_before += u64::from(exam != NO_DAY && cells.assessed_on() < exam);
        }
        found
    }

    pub fn add(&mut self, other: Misfits) {
        self.own += other.own;
        self.other_ects += other.other_ects;
        self.before_start += other.before_start;
        self.assessed_before += other.assessed_before;
    }

    pub fn notices(self) -> impl Iterator<Item = String> {
        let own = self.own;
        let found = [
            (self.other_ects, "other ECTS than their course in the catalogue", SORTED),
            (self.before_start, "an exam before the programme began", SORTED),
            (self.assessed_before, "an assessment before their exam", SWAPPED),
        ];
        let many = found.into_iter().filter(move |(rows, ..)| *rows > FEWEST && rows * ONE_IN > own);
        many.map(move |(rows, what, ask)| {
            let rows = counted(rows, "result", "results");
            format!("{rows} of {own} that are not transferred have {what}: {ask}")
        })
    }
}
