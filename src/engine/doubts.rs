//! Whether a verdict to the student's disadvantage could be another one with the rows that could not
//! be read.
//!
//! A rejected row of most tables sends the enrolment it names to a person, whatever the verdict
//! ([`Table::rejects_need_review`]). What is left is asked here, of the verdicts that cause letters and
//! drafts alone: each rests on the tables that its rules need, and only a lost row of those is a doubt.

use crate::contract::Table;
use crate::rules::degree::{dg403, dg405};
use crate::rules::exams::{ex301, ex303};
use crate::rules::su::{su101, su102, su105, su107};
use crate::rules::{Case, Decisions, Rule};
use crate::verdicts::*;

/// Whether the verdicts on an enrolment rest on a row that was lost.
pub fn rest_on_lost_row(case: &Case, decisions: &Decisions) -> bool {
    let exports = case.exports;
    if exports.lost_rows.is_empty() && exports.lost_equivalences.is_empty() {
        return false;
    }
    let lost = |table: Table, of: &[u32]| exports.lost_rows_of(table).any(|named| of.contains(&named));
    let own = [case.index as u32];
    against_the_student(case, decisions).any(|rule| {
        // The frame is the student's: it is made of rows of all their enrolments.
        let of = if rule.code == su107::RULE.code { case.enrolments_of_student() } else { &own };
        let tables = if rule.code == su107::RULE.code { su107::SUMMED } else { rule.needs };
        tables.iter().any(|table| lost(*table, of)) || counts_lost_equivalents(rule, case, decisions)
    })
}

/// The rules by which the student is told something unfavourable.
fn against_the_student<'d>(
    case: &Case,
    decisions: &'d Decisions,
) -> impl Iterator<Item = &'static Rule> + 'd {
    let status = decisions.final_project.su_status;
    let inactive = matches!(status, Ok(SuStatus::Inactive | SuStatus::InactiveAbroad));
    let five_ects = &decisions.five_ects;
    let not_met = five_ects.verdict == Ok(FiveEcts::NotMet) && five_ects.exempt == Ok(false);
    let late = decisions.lateness.guidance.is_ok_and(|guidance| guidance != Guidance::None);
    let few_left = decisions.portions.left.is_ok_and(|left| left <= case.law.portions_left_warning);
    let at_limit = decisions.attempts.at_limit().next().is_some();
    let said: [(bool, &'static Rule); 8] = [
        (inactive && decisions.progress.is_inactive() == Ok(true), &su101::RULE),
        (inactive && decisions.start_check.is_failed() == Ok(true), &su102::RULE),
        (inactive, &su105::RULE),
        (at_limit, &ex301::RULE),
        (at_limit, &ex303::RULE),
        (not_met, &dg403::RULE),
        (late, &dg405::RULE),
        (few_left, &su107::RULE),
    ];
    said.into_iter().filter_map(|(said, rule)| said.then_some(rule))
}

/// Whether a lost equivalence may make one group of two that the rule has counted apart: ECTS counted
/// twice, or attempts not counted together. Without its other course it may be with any.
fn counts_lost_equivalents(rule: &Rule, case: &Case, decisions: &Decisions) -> bool {
    let pairs = &case.exports.lost_equivalences;
    if pairs.is_empty() {
        return false;
    }
    let mut passed = Vec::new();
    if let Ok(passes) = case.counted_passes(|_| false) {
        passed.extend(passes.map(|pass| (pass.group, pass.assessed_on)));
    }
    let has_passed = |group: u32| passed.iter().any(|(other, _)| *other == group);
    let of_semesters = |group: u32| {
        let mut semesters = decisions.five_ects.semesters.iter().flatten();
        let pass = passed.iter().find(|(other, _)| *other == group);
        pass.is_some_and(|(_, day)| semesters.any(|semester| semester.days().contains(*day)))
    };
    let at_limit = |group: u32| decisions.attempts.at_limit().any(|attempts| attempts.group == group);
    let has_result = |group: u32| case.results().any(|row| row.group == group);
    let merges = |concerns: &dyn Fn(u32) -> bool, others: &dyn Fn(u32) -> bool| {
        pairs.iter().any(|pair| match pair.map(|course| course.map(|it| case.exports.catalogue.group(it))) {
            [Some(one), Some(other)] => {
                one != other && ((concerns(one) && others(other)) || (concerns(other) && others(one)))
            }
            [Some(one), None] | [None, Some(one)] => concerns(one),
            [None, None] => false,
        })
    };
    match rule.code {
        code if code == su101::RULE.code => merges(&has_passed, &has_passed),
        code if code == dg403::RULE.code => merges(&of_semesters, &has_passed),
        code if code == ex301::RULE.code => merges(&at_limit, &has_result),
        _ => false,
    }
}
