//! Ids that are well formed and cannot be ids: civil registration numbers, and one id for many persons.

use crate::base::Cpr;
use crate::contract::Table;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::pipeline::Limits;
use crate::student::exports::Exports;

/// Of one student, within one university.
const MOST_ENROLMENTS: usize = 50;

/// What no run may go on with; `path` gives the file of a table.
pub fn check(exports: &Exports, path: &impl Fn(Table) -> String) -> Diagnostics {
    let mut problems = numbers_as_ids(exports, path);
    problems.extend(placeholder_student(exports, path));
    problems
}

/// What may as well be in order.
pub fn doubts(exports: &Exports, limits: &Limits) -> Vec<(Table, String)> {
    id_columns(exports).iter().filter_map(|ids| ids.doubt(limits)).collect()
}

/// Ids stand in every table that is handed on, and civil registration numbers in none.
fn numbers_as_ids(exports: &Exports, path: &impl Fn(Table) -> String) -> Diagnostics {
    let mut problems = Diagnostics::default();
    let most = id_columns(exports).into_iter().filter(|ids| ids.like_numbers * 2 > ids.all);
    for IdColumn { table, column, .. } in most {
        let message = format!("{column} holds what looks like civil registration numbers (CPR)");
        problems.push(Diagnostic::input(Place::file(path(table)), message).hint(format!(
            "ids stand in every table and file name: map {column} to another column under [tables.{table}.columns]"
        )));
    }
    problems
}

/// A column of ids, and how many of them look like civil registration numbers. One in fourteen of arbitrary ids
/// of ten digits begins with a date.
struct IdColumn {
    table: Table,
    column: &'static str,
    like_numbers: u64,
    all: u64,
}

impl IdColumn {
    fn of<'t>(table: Table, column: &'static str, ids: impl Iterator<Item = &'t str>) -> IdColumn {
        ids.fold(IdColumn { table, column, like_numbers: 0, all: 0 }, |found, id| IdColumn {
            like_numbers: found.like_numbers + u64::from(Cpr::parse(id).is_some_and(|id| id.has_date())),
            all: found.all + 1,
            ..found
        })
    }

    /// Some are told, where they are more than chance makes.
    fn doubt(&self, limits: &Limits) -> Option<(Table, String)> {
        let IdColumn { table, column, like_numbers, all } = self;
        let are_some = *like_numbers > limits.reject_rows && like_numbers * 10 > *all;
        are_some.then(|| {
            let message = format!(
                "{like_numbers} of {all} in {column} look like civil registration numbers (CPR): ids stand in every \
                 table and file name"
            );
            (*table, message)
        })
    }
}

fn id_columns(exports: &Exports) -> [IdColumn; 3] {
    let enrolments = || exports.enrolments.iter();
    let claims = exports.extra_portion_claims.iter().flat_map(|claims| &claims.rows);
    [
        IdColumn::of(Table::Enrolments, "student_id", enrolments().map(|row| row.student_id.as_str())),
        IdColumn::of(Table::Enrolments, "enrolment_id", enrolments().map(|row| row.enrolment_id.as_str())),
        IdColumn::of(Table::ExtraPortionClaims, "claim_id", claims.map(|claim| claim.claim_id.as_str())),
    ]
}

/// One id for persons of whom none is known makes one student of them all.
fn placeholder_student(exports: &Exports, path: &impl Fn(Table) -> String) -> Diagnostics {
    let mut problems = Diagnostics::default();
    for family in exports.students.families().filter(|family| family.len() > MOST_ENROLMENTS) {
        let line = family.iter().map(|index| exports.enrolments[*index as usize].line).min().unwrap_or(1);
        let message = format!("{} enrolments have this student_id", family.len());
        problems.push(
            Diagnostic::input(Place::line(path(Table::Enrolments), line as usize, 1), message)
                .hint("it stands for nobody: give each student an id, or remove the rows from the export"),
        );
    }
    problems
}
