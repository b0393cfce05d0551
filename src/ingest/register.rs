//! The keyed tables: programmes, courses, enrolments with the people behind them.

use std::collections::BTreeMap;
use std::hash::BuildHasher;

use compact_str::CompactString;
use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::checked_rows::Row;
use super::keyed::{Kept, keep_one_per_key};
use super::keys::KeyIndex;
use super::staged::{Piece, Rows};
use crate::base::Cpr;
use crate::contract::codes::{CourseLevel, Grading, Language, ProgrammeLevel, Status};
use crate::contract::{Table, column};
use crate::student::exports::{Course, Enrolment, Person, Programme, Students};

pub fn programmes(Piece { rows, rejections, .. }: &mut Piece) -> (Vec<Programme>, KeyIndex) {
    let kept = keep_one_per_key(Table::Programmes, rows, rejections);
    let programme = |row: usize| {
        let row = Row { rows, row };
        Programme {
            code: row.owned(column!(Programmes.programme_code)),
            title: row.owned(column!(Programmes.title)),
            level: row.code(column!(Programmes.level), ProgrammeLevel::from_index, ProgrammeLevel::BSc),
            ects: row.ects(column!(Programmes.ects)),
            prescribed_months: row.number(column!(Programmes.prescribed_months)),
            max_months: row.number(column!(Programmes.max_months)),
            line: row.line(),
        }
    };
    let programmes = kept.rows.into_iter().map(programme).collect::<Vec<_>>();
    let keys = KeyIndex::of(programmes.iter().map(|programme| programme.code.as_str()));
    (programmes, keys)
}

pub fn courses(Piece { rows, rejections, .. }: &mut Piece) -> (Vec<Course>, KeyIndex) {
    let kept = keep_one_per_key(Table::Courses, rows, rejections);
    let course = |row: usize| {
        let row = Row { rows, row };
        Course {
            code: row.owned(column!(Courses.course_code)),
            title: row.owned(column!(Courses.title)),
            ects: row.ects(column!(Courses.ects)),
            level: row.code(column!(Courses.level), CourseLevel::from_index, CourseLevel::BSc),
            grading: row.code(column!(Courses.grading), Grading::from_index, Grading::SevenPoint),
            external_examiner: row.truth(column!(Courses.external_examiner), false),
            oral: row.maybe_truth(column!(Courses.oral)),
            discontinued_on: row.maybe_day(column!(Courses.discontinued_on)),
            general_engineering: row.maybe_truth(column!(Courses.general_engineering)),
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
    /// Enrolments whose key stands on another row too, which says something else or cannot be read, and its
    /// line.
    pub contradicted: Vec<(u32, u32)>,
    /// Enrolments of students who have another enrolment on a row that was rejected, and its line.
    pub of_lost_rows: Vec<(u32, u32)>,
}

pub fn enrolments(piece: &mut Piece, with_people: bool) -> (Register, KeyIndex) {
    let Piece { rows, rejections, lost_keys, .. } = piece;
    let Kept { rows: kept, lost } = keep_one_per_key(Table::Enrolments, rows, rejections);
    let (mut enrolments, mut numbers) = (Vec::new(), Vec::new());
    kept.par_iter()
        .map(|row| enrolment(&Row { rows, row: *row }))
        .unzip_into_vecs(&mut enrolments, &mut numbers);
    let person = |(row, cpr): (&usize, &Option<Cpr>)| person(&Row { rows, row: *row }, *cpr);
    let people = if with_people { kept.par_iter().zip(&numbers).map(person).collect() } else { Vec::new() };
    let keys = KeyIndex::of_keys(enrolments.iter().map(|enrolment| enrolment.enrolment_id.as_str()));
    let lost = lost.into_iter().map(|row| {
        let row = Row { rows, row };
        let text = |column: usize| row.text(column).unwrap_or("");
        ([text(column!(Enrolments.student_id)), text(column!(Enrolments.enrolment_id))], row.line())
    });
    let unread = lost_keys.iter().map(|(keys, line)| (keys.each_ref().map(String::as_str), *line));
    let mut contradicted = Vec::new();
    let mut students: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for ([student, enrolment], line) in lost.chain(unread) {
        let index = keys.find(enrolment.as_bytes());
        contradicted.extend(index.map(|index| (index, line)));
        if index.is_none_or(|index| enrolments[index as usize].student_id != student) {
            students.entry(student).or_default().push(line);
        }
    }
    contradicted.sort_unstable();
    let registered = if students.is_empty() { 0..0 } else { 0..enrolments.len() as u32 };
    let lines = |index: u32| students.get(enrolments[index as usize].student_id.as_str());
    let of_lost_rows =
        registered.flat_map(|index| lines(index).into_iter().flatten().map(move |line| (index, *line)));
    let of_lost_rows = of_lost_rows.collect();
    (Register { enrolments, people, numbers, contradicted, of_lost_rows }, keys)
}

fn enrolment(row: &Row<Rows>) -> (Enrolment, Option<Cpr>) {
    let cpr = row.text(column!(Enrolments.cpr)).and_then(Cpr::parse);
    let text = |column: usize| CompactString::from(row.text(column).unwrap_or_default());
    let enrolment = Enrolment {
        student_id: text(column!(Enrolments.student_id)),
        enrolment_id: text(column!(Enrolments.enrolment_id)),
        has_cpr: cpr.is_some(),
        language: row.code(column!(Enrolments.language), Language::from_index, Language::Da),
        country: text(column!(Enrolments.country)),
        citizenship: row.text(column!(Enrolments.citizenship)).map(CompactString::from),
        programme: row.index(column!(Enrolments.programme_code)),
        started_on: row.day(column!(Enrolments.started_on)),
        status: row.code(column!(Enrolments.status), Status::from_index, Status::Active),
        ended_on: row.maybe_day(column!(Enrolments.ended_on)),
        support_extension_months: row.maybe(column!(Enrolments.support_extension_months)),
        shortening_credit: row.ects(column!(Enrolments.shortening_credit_ects)),
        readmitted_on: row.maybe_day(column!(Enrolments.readmitted_on)),
        disability_supplement: row.truth(column!(Enrolments.disability_supplement), false),
        single_parent: row.truth(column!(Enrolments.single_parent), false),
        digital_post: row.truth(column!(Enrolments.digital_post), true),
        line: row.line(),
    };
    (enrolment, cpr)
}

fn person(row: &Row<Rows>, cpr: Option<Cpr>) -> Person {
    Person {
        given_name: row.owned(column!(Enrolments.given_name)),
        family_name: row.owned(column!(Enrolments.family_name)),
        email: row.owned(column!(Enrolments.email)),
        cpr,
    }
}

/// Hash of the civil registration number and enrolment; those with the same number are neighbours.
pub type ByNumber = Vec<(u64, u32)>;

pub fn by_number(numbers: &[Option<Cpr>]) -> ByNumber {
    let cpr = |index: u32| numbers[index as usize];
    // By a hash first, so that the numbers themselves are hardly ever compared.
    let hash = |index: u32| Some((FixedState::default().hash_one(cpr(index)?), index));
    let mut by_number: ByNumber = (0..numbers.len() as u32).into_par_iter().filter_map(hash).collect();
    by_number.par_sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| cpr(a.1).cmp(&cpr(b.1))));
    by_number
}

/// Enrolments, sorted, of students with two civil registration numbers, and of students who share
/// one: what is summed over the enrolments of a student may be another person's, or not all of it.
pub fn identity_conflicts(numbers: &[Option<Cpr>], by_number: &ByNumber, students: &Students) -> Vec<u32> {
    let cpr = |index: &u32| numbers[*index as usize];
    let mut conflicts = Vec::new();
    for family in students.families() {
        let mut numbers = family.iter().filter_map(cpr);
        let first = numbers.next();
        if numbers.any(|number| Some(number) != first) {
            conflicts.extend(family);
        }
    }
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
