//! How the verdicts on one enrolment came about, in words.

use std::collections::BTreeSet;

use crate::base::Cutoffs;
use crate::contract::Table;
use crate::law::Law;
use crate::rules::{self, Case, Decisions, Judges, RULES, Report, Rule, Words};
use crate::student::exports::{Enrolment, Exports};
use crate::student::view::EnrolmentView;
use crate::verdicts::{ClaimRow, InspectionRow, ReviewReason, Reviews, Severity};

pub use super::contradictions::Contradiction;

use super::{contradictions, summary};

/// Everything that every rule says about one enrolment, also where it had nothing to report.
pub struct Explanation {
    /// Why the enrolment is not inspected, if so; then [`Judges`] says by which rules it is judged.
    pub excluded: Option<&'static str>,
    pub row: Option<InspectionRow>,
    /// Where the rows stand for which a person must look at it, of the reasons that no rule speaks of.
    pub rows_in_doubt: Vec<Contradiction>,
    /// Applications for extra portions.
    pub claims: Vec<ClaimRow>,
    pub rules: Vec<Said>,
    /// Rejected rows that name an enrolment of the student, by table and line: what the rules say rests on the
    /// other rows.
    pub rejected_rows: BTreeSet<(Table, u32)>,
}

/// What one rule says.
pub struct Said {
    pub rule: &'static Rule,
    /// Of the finding; `None` when it has none.
    pub severity: Option<Severity>,
    pub reports: Vec<Report>,
}

/// Re-runs one enrolment with the same code as the batch. `only` restricts to one rule.
pub fn explain(
    exports: &Exports,
    law: &Law,
    cutoffs: Cutoffs,
    index: usize,
    only: Option<&str>,
) -> Explanation {
    let view = EnrolmentView::new(exports, &law.result_codes, cutoffs, index);
    let excluded = view.exclusion();
    let case = Case::new(view, law);
    let decisions = rules::decide(&case);
    let applies = |rule: &Rule| match rule.judges {
        Judges::Inspected => excluded.is_none(),
        Judges::EndedToo(_) => true,
        Judges::Applications => excluded.is_none() || !decisions.claims.is_empty(),
    };
    let rules = RULES
        .iter()
        .filter(|rule| applies(rule) && only.is_none_or(|code| rule.code.eq_ignore_ascii_case(code)))
        .map(|rule| Said {
            rule,
            severity: (rule.speaks)(&case.with(Words::None), &decisions),
            reports: (rule.report)(&case, &decisions),
        })
        .collect();
    let row = excluded.is_none().then(|| summary::inspection_row(&case, &decisions));
    let rows_in_doubt = row.as_ref().map_or(Vec::new(), |row| rows_in_doubt(&case, &decisions, &row.reviews));
    let claims = decisions.claims.iter().map(|estimate| summary::claim_row(&case, estimate)).collect();
    let rejected_rows = exports.rejected_rows_of(exports.enrolments_of_student(index));
    Explanation { excluded, row, rows_in_doubt, claims, rules, rejected_rows }
}

fn rows_in_doubt(case: &Case, decisions: &Decisions, reviews: &Reviews) -> Vec<Contradiction> {
    let mut found: Vec<Contradiction> = contradictions::found(case, decisions).collect();
    let mut when = |reason: ReviewReason, table: Table, lines: Vec<u32>| {
        if reviews.contains(reason) && !lines.is_empty() {
            found.push(Contradiction { reason, table, lines });
        }
    };
    let leaves = || case.leaves().unwrap_or_default().iter();
    when(ReviewReason::OverlappingLeaves, Table::Leaves, leaves().map(|leave| leave.line).collect());
    when(ReviewReason::StatusConflict, Table::Enrolments, vec![case.enrolment.line]);
    let today = leaves().filter(|leave| leave.period.contains(case.cutoffs.inspection_date));
    when(ReviewReason::StatusConflict, Table::Leaves, today.map(|leave| leave.line).collect());
    when(ReviewReason::IdentityConflict, Table::Enrolments, of_the_same_person(case));
    found.iter_mut().for_each(|rows| rows.lines.sort_unstable());
    found
}

/// Register rows of the student, and of whoever has a civil registration number of the student's.
fn of_the_same_person(case: &Case) -> Vec<u32> {
    let exports = case.exports;
    let own = case.enrolments_of_student();
    let number = |index: &u32| exports.people.get(*index as usize).and_then(|person| person.cpr.as_ref());
    let numbers: Vec<_> = own.iter().filter_map(number).collect();
    let all = 0..exports.enrolments.len() as u32;
    let same =
        all.filter(|index| own.contains(index) || number(index).is_some_and(|cpr| numbers.contains(&cpr)));
    same.map(|index| exports.enrolments[index as usize].line).collect()
}

/// Register indexes of an enrolment id, or of all enrolments of a student id.
pub fn find(exports: &Exports, id: &str) -> Vec<usize> {
    if let Some(index) = exports.index_of(id) {
        return vec![index];
    }
    let of_student = |(_, enrolment): &(usize, &Enrolment)| enrolment.student_id == id;
    exports.enrolments.iter().enumerate().filter(of_student).map(|(index, _)| index).collect()
}
