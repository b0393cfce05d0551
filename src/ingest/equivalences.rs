//! Which courses are one and the same: union-find over the `same` rows.

use super::register::Row;
use super::staged::Rows;
use crate::contract::column;
use crate::student::codes::EquivalenceKind;
use crate::student::exports::{Catalogue, Course};

/// What is to be told of pairs that are blocked and are, perhaps by way of others, one course.
pub fn notices(catalogue: &Catalogue, equivalences: &Rows) -> Vec<String> {
    let blocked = (0..equivalences.len()).filter_map(|row| {
        let row = Row { rows: equivalences, row };
        let (one, other) = pair(row);
        let within = catalogue.group(one) == catalogue.group(other) && one != other;
        (kind(row) == EquivalenceKind::Blocked && within).then(|| {
            let (one, other) = (catalogue.code(one), catalogue.code(other));
            format!(
                "{one} and {other} are blocked and, by other rows, the same course: they are read as the same"
            )
        })
    });
    blocked.collect()
}

fn pair(row: Row) -> (u32, u32) {
    let course = row.index(column!(CourseEquivalences.course_code));
    (course, row.index(column!(CourseEquivalences.equivalent_course_code)))
}

fn kind(row: Row) -> EquivalenceKind {
    row.code(column!(CourseEquivalences.kind), EquivalenceKind::from_index, EquivalenceKind::Same)
}

/// The catalogue with its groups. `None` means that no equivalences are known.
pub fn catalogue(courses: Vec<Course>, equivalences: Option<&Rows>) -> Catalogue {
    let codes = courses.iter().map(|course| course.code.clone()).collect::<Vec<_>>();
    let mut group_of = (0..courses.len()).map(|index| index as u32).collect::<Vec<_>>();
    let mut blocked = Vec::new();
    if let Some(rows) = equivalences {
        for row in 0..rows.len() {
            let row = Row { rows, row };
            match kind(row) {
                EquivalenceKind::Same => unite(&mut group_of, pair(row)),
                EquivalenceKind::Blocked => blocked.push(pair(row)),
            }
        }
    }
    for index in 0..group_of.len() {
        group_of[index] = root(&group_of, index as u32);
    }
    let mut blocked = blocked
        .into_iter()
        .map(|(a, b)| (group_of[a as usize], group_of[b as usize]))
        .filter(|(a, b)| a != b)
        .map(|(a, b)| (a.min(b), a.max(b)))
        .collect::<Vec<_>>();
    blocked.sort_unstable();
    blocked.dedup();
    Catalogue { courses, codes, group_of, blocked, equivalences_known: equivalences.is_some() }
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
