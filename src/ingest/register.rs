//! The keyed tables: programmes, courses, enrolments with the people behind them.

use super::keyed::{Kept, keep_one_per_key};
use super::keys::KeyIndex;
use super::staged::{Rejection, Rows};
use crate::base::{Cpr, Day, Ects};
use crate::contract::Table;
use crate::student::codes::{CourseLevel, Grading, Language, ProgrammeLevel, Status};
use crate::student::exports::{Course, Enrolment, Person, Programme};

/// Cells of one row by the name of the column, for rows whose cells have been checked.
pub struct Row<'a> {
    pub rows: &'a Rows,
    pub table: Table,
    pub row: usize,
}

impl<'a> Row<'a> {
    fn at(&self, name: &str) -> usize {
        self.table.columns().iter().position(|column| column.name == name).unwrap_or(0)
    }

    pub fn maybe(&self, name: &str) -> Option<i32> {
        self.rows.number(self.at(name), self.row)
    }

    /// A cell that the gate has found not to be empty, or 0.
    pub fn number(&self, name: &str) -> i32 {
        self.maybe(name).unwrap_or(0)
    }

    pub fn index(&self, name: &str) -> u32 {
        self.number(name).unsigned_abs()
    }

    pub fn day(&self, name: &str) -> Day {
        Day::from_epoch_days(self.number(name))
    }

    pub fn maybe_day(&self, name: &str) -> Option<Day> {
        self.maybe(name).map(Day::from_epoch_days)
    }

    pub fn ects(&self, name: &str) -> Ects {
        Ects::hundredths(self.number(name))
    }

    pub fn truth(&self, name: &str, empty: bool) -> bool {
        self.maybe(name).map_or(empty, |value| value == 1)
    }

    pub fn text(&self, name: &str) -> Option<&'a str> {
        self.rows.text(self.at(name), self.row)
    }

    pub fn owned(&self, name: &str) -> String {
        self.text(name).unwrap_or_default().to_owned()
    }

    /// The value of a code; `fallback` is never used on a checked row.
    pub fn code<T>(&self, name: &str, from_index: fn(usize) -> Option<T>, fallback: T) -> T {
        self.maybe(name).and_then(|position| from_index(usize::try_from(position).ok()?)).unwrap_or(fallback)
    }

    pub fn line(&self) -> u32 {
        self.rows.lines[self.row]
    }
}

pub fn programmes(rows: &Rows, rejections: &mut Vec<Rejection>) -> (Vec<Programme>, KeyIndex) {
    let kept = keep_one_per_key(Table::Programmes, rows, rejections);
    let programme = |row: usize| {
        let row = Row { rows, table: Table::Programmes, row };
        Programme {
            code: row.owned("programme_code"),
            title: row.owned("title"),
            level: row.code("level", ProgrammeLevel::from_index, ProgrammeLevel::BSc),
            ects: row.ects("ects"),
            prescribed_months: row.number("prescribed_months"),
            max_months: row.number("max_months"),
            line: row.line(),
        }
    };
    let programmes = kept.rows.into_iter().map(programme).collect::<Vec<_>>();
    let keys = KeyIndex::of(programmes.iter().map(|programme| programme.code.as_str()));
    (programmes, keys)
}

pub fn courses(rows: &Rows, rejections: &mut Vec<Rejection>) -> (Vec<Course>, KeyIndex) {
    let kept = keep_one_per_key(Table::Courses, rows, rejections);
    let course = |row: usize| {
        let row = Row { rows, table: Table::Courses, row };
        Course {
            code: row.owned("course_code"),
            title: row.owned("title"),
            ects: row.ects("ects"),
            level: row.code("level", CourseLevel::from_index, CourseLevel::BSc),
            grading: row.code("grading", Grading::from_index, Grading::SevenPoint),
            external_examiner: row.truth("external_examiner", false),
            oral: row.maybe("oral").map(|value| value == 1),
            discontinued_on: row.maybe_day("discontinued_on"),
            general_engineering: row.maybe("general_engineering").map(|value| value == 1),
            line: row.line(),
        }
    };
    let courses = kept.rows.into_iter().map(course).collect::<Vec<_>>();
    let keys = KeyIndex::of(courses.iter().map(|course| course.code.as_str()));
    (courses, keys)
}

pub struct Register {
    pub enrolments: Vec<Enrolment>,
    pub people: Vec<Person>,
    pub keys: KeyIndex,
    /// Per enrolment: its key stood on two different rows.
    pub contradicted: Vec<bool>,
}

pub fn enrolments(rows: &Rows, rejections: &mut Vec<Rejection>) -> Register {
    let Kept { rows: kept, contradicted } = keep_one_per_key(Table::Enrolments, rows, rejections);
    let mut enrolments = Vec::with_capacity(kept.len());
    let mut people = Vec::with_capacity(kept.len());
    for row in kept {
        let row = Row { rows, table: Table::Enrolments, row };
        let cpr = row.text("cpr").and_then(Cpr::parse);
        enrolments.push(Enrolment {
            student_id: row.owned("student_id"),
            enrolment_id: row.owned("enrolment_id"),
            has_cpr: cpr.is_some(),
            language: row.code("language", Language::from_index, Language::Da),
            country: row.owned("country"),
            citizenship: row.text("citizenship").map(str::to_owned),
            programme: row.index("programme_code"),
            started_on: row.day("started_on"),
            status: row.code("status", Status::from_index, Status::Active),
            ended_on: row.maybe_day("ended_on"),
            support_extension_months: row.maybe("support_extension_months"),
            shortening_credit: row.ects("shortening_credit_ects"),
            readmitted_on: row.maybe_day("readmitted_on"),
            disability_supplement: row.truth("disability_supplement", false),
            single_parent: row.truth("single_parent", false),
            digital_post: row.truth("digital_post", true),
            line: row.line(),
        });
        people.push(Person {
            given_name: row.owned("given_name"),
            family_name: row.owned("family_name"),
            email: row.owned("email"),
            cpr,
        });
    }
    let keys = KeyIndex::of(enrolments.iter().map(|enrolment| enrolment.enrolment_id.as_str()));
    Register { enrolments, people, keys, contradicted }
}
