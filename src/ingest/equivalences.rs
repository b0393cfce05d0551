//! Which courses are one and the same: union-find over the `same` rows.

use super::register::Row;
use super::staged::Rows;
use crate::contract::column;
use crate::student::codes::EquivalenceKind;
use crate::student::exports::{Catalogue, Course};

/// The catalogue with its groups. `None` means that no equivalences are known.
pub fn catalogue(courses: Vec<Course>, equivalences: Option<&Rows>) -> Catalogue {
    let codes = courses.iter().map(|course| course.code.clone()).collect::<Vec<_>>();
    let mut group_of = (0..courses.len()).map(|index| index as u32).collect::<Vec<_>>();
    let mut blocked = Vec::new();
    if let Some(rows) = equivalences {
        for row in 0..rows.len() {
            let row = Row { rows, row };
            let pair = (
                row.index(column!(CourseEquivalences.course_code)),
                row.index(column!(CourseEquivalences.equivalent_course_code)),
            );
            match row.code(
                column!(CourseEquivalences.kind),
                EquivalenceKind::from_index,
                EquivalenceKind::Same,
            ) {
                EquivalenceKind::Same => unite(&mut group_of, pair),
                EquivalenceKind::Blocked => blocked.push(pair),
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
