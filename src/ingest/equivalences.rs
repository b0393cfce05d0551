//! Which courses are one and the same: union-find over the `same` rows.

use std::collections::BTreeSet;

use super::checked_rows::{CheckedRows, Row};
use super::staged::Rows;
use crate::contract::codes::EquivalenceKind;
use crate::contract::column;
use crate::student::exports::{Catalogue, Course};

/// What is to be told of pairs that are blocked and are, perhaps by way of others, one course.
pub fn notices(catalogue: &Catalogue) -> Vec<String> {
    let told = catalogue.blocked_within.iter().map(|(one, other)| {
        let (one, other) = (catalogue.code(*one), catalogue.code(*other));
        format!(
            "{one} and {other} are blocked and, by other rows, the same course: they are read as the same, \
             and who has passed both, or used attempts in both, goes to a person"
        )
    });
    told.collect()
}

fn pair(row: &Row<Rows>) -> (u32, u32) {
    let course = row.index(column!(CourseEquivalences.course_code));
    (course, row.index(column!(CourseEquivalences.equivalent_course_code)))
}

fn kind(row: &Row<Rows>) -> EquivalenceKind {
    row.code(column!(CourseEquivalences.kind), EquivalenceKind::from_index, EquivalenceKind::Same)
}

/// The catalogue with its groups. `None` means that no equivalences are known.
pub fn catalogue(courses: Vec<Course>, equivalences: Option<&Rows>) -> Catalogue {
    let codes = courses.iter().map(|course| course.code.clone()).collect::<Vec<_>>();
    let mut group_of = (0..courses.len()).map(|index| index as u32).collect::<Vec<_>>();
    let mut blocked = Vec::new();
    if let Some(rows) = equivalences {
        for row in 0..rows.len() {
            let row = &Row { rows, row };
            match kind(row) {
                EquivalenceKind::Same => unite(&mut group_of, pair(row)),
                EquivalenceKind::Blocked => blocked.push(pair(row)),
            }
        }
    }
    for index in 0..group_of.len() {
        group_of[index] = root(&group_of, index as u32);
    }
    let group = |course: u32| group_of[course as usize];
    let of_one_group = |(a, b): &(u32, u32)| group(*a) == group(*b);
    let (within, between): (Vec<_>, Vec<_>) = blocked.into_iter().partition(of_one_group);
    let blocked = distinct(between.into_iter().map(|(a, b)| (group(a), group(b))));
    let blocked_within = distinct(within.into_iter().filter(|(a, b)| a != b));
    let equivalences_known = equivalences.is_some();
    Catalogue { courses, codes, group_of, blocked, blocked_within, equivalences_known }
}

/// Smaller first, sorted, each once.
fn distinct(pairs: impl Iterator<Item = (u32, u32)>) -> Vec<(u32, u32)> {
    pairs.map(|(a, b)| (a.min(b), a.max(b))).collect::<BTreeSet<_>>().into_iter().collect()
}

fn root(group_of: &[u32], mut index: u32) -> u32 {
    while group_of[index as usize] != index {
        index = group_of[index as usize];
    }
    index
}

/// The smaller root names the group: courses are sorted, so it has the smallest code.
fn unite(group_of: &mut [u32], (a, b): (u32, u32)) {
    let (a, b) = (root(group_of, a), root(group_of, b));
    group_of[a.max(b) as usize] = a.min(b);
}
