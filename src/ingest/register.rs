//! The keyed tables: programmes, courses, enrolments with the people behind them.

use std::collections::BTreeSet;
use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::keyed::{Kept, keep_one_per_key};
use super::keys::KeyIndex;
use super::staged::{Rejection, Rows};
use crate::base::{Cpr, Day, Ects};
use crate::contract::Table;
use crate::student::codes::{CourseLevel, Grading, Language, ProgrammeLevel, Status};
use crate::student::exports::{Course, Enrolment, Person, Programme, Students};

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
    /// Empty when nobody will ask for them.
    pub people: Vec<Person>,
    /// Per enrolment.
    pub numbers: Vec<Option<Cpr>>,
    pub keys: KeyIndex,
    /// Per enrolment: its key stands on another row too, which says something else or cannot be read.
    pub contradicted: Vec<bool>,
    /// Enrolments of students who have another enrolment on a row that was rejected.
    pub of_lost_rows: Vec<u32>,
}

/// `lost_keys` are student and enrolment of the rows that could not be read.
pub fn enrolments(
    rows: &Rows,
    lost_keys: &[[String; 2]],
    with_people: bool,
    rejections: &mut Vec<Rejection>,
) -> Register {
    let Kept { rows: kept, lost } = keep_one_per_key(Table::Enrolments, rows, rejections);
    let mut enrolments = Vec::with_capacity(kept.len());
    let mut numbers = Vec::with_capacity(kept.len());
    let mut people = Vec::new();
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
        numbers.push(cpr);
        if with_people {
            people.push(Person {
                given_name: row.owned("given_name"),
                family_name: row.owned("family_name"),
                email: row.owned("email"),
                cpr,
            });
        }
    }
    let keys = KeyIndex::of_keys(enrolments.iter().map(|enrolment| enrolment.enrolment_id.as_str()));
    let lost = lost.into_iter().map(|row| {
        let row = Row { rows, table: Table::Enrolments, row };
        [row.text("student_id").unwrap_or(""), row.text("enrolment_id").unwrap_or("")]
    });
    let mut contradicted = vec![false; enrolments.len()];
    let mut students = BTreeSet::new();
    for [student, enrolment] in lost.chain(lost_keys.iter().map(|keys| keys.each_ref().map(String::as_str))) {
        let index = keys.find(enrolment.as_bytes()).map(|index| index as usize);
        if let Some(index) = index {
            contradicted[index] = true;
        }
        if index.is_none_or(|index| enrolments[index].student_id != student) {
            students.insert(student);
        }
    }
    let of_lost_rows = if students.is_empty() { 0..0 } else { 0..enrolments.len() as u32 };
    let of_lost_rows =
        of_lost_rows.filter(|index| students.contains(enrolments[*index as usize].student_id.as_str()));
    let of_lost_rows = of_lost_rows.collect();
    Register { enrolments, people, numbers, keys, contradicted, of_lost_rows }
}

/// Enrolments, sorted, of students with two civil registration numbers, and of students who share
/// one: what is summed over the enrolments of a student may be another person's, or not all of it.
pub fn identity_conflicts(numbers: &[Option<Cpr>], students: &Students) -> Vec<u32> {
    let cpr = |index: &u32| numbers[*index as usize];
    let mut conflicts = Vec::new();
    for family in students.families() {
        let mut numbers = family.iter().filter_map(cpr);
        let first = numbers.next();
        if numbers.any(|number| Some(number) != first) {
            conflicts.extend(family);
        }
    }
    // By a hash first, so that the numbers themselves are hardly ever compared.
    let hash = |index: u32| Some((FixedState::default().hash_one(cpr(&index)?), index));
    let mut by_number: Vec<(u64, u32)> = (0..numbers.len() as u32).into_par_iter().filter_map(hash).collect();
    by_number.par_sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| cpr(&a.1).cmp(&cpr(&b.1))));
    for same in by_number.chunk_by(|a, b| a.0 == b.0 && cpr(&a.1) == cpr(&b.1)) {
        let family = |(_, index): &(u64, u32)| students.of_enrolment(*index as usize);
        if same.iter().any(|one| family(one) != family(&same[0])) {
            conflicts.extend(same.iter().flat_map(family));
        }
    }
    conflicts.sort_unstable();
    conflicts.dedup();
    conflicts
}
