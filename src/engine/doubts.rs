//! Whether a verdict to the student's disadvantage could be another one with the rows that could not
//! be read.
//!
//! A rejected row of most tables sends the enrolment it names to a person, whatever the verdict
//! ([`Table::rejects_need_review`]). What is left is asked here, of what students are told to their
//! disadvantage alone: each rule says itself which lost rows that rests on ([`Unfavourable`]).
//!
//! [`Table::rejects_need_review`]: crate::contract::Table::rejects_need_review

use crate::rules::{Case, CourseGroups, Decisions, LostRows, RULES, Rule, Unfavourable};

/// Whether the verdicts on an enrolment rest on a row that was lost.
pub fn rest_on_lost_row(case: &Case, decisions: &Decisions) -> bool {
    if case.exports.lost_rows.is_empty() && case.exports.lost_equivalences.is_empty() {
        return false;
    }
    let told = RULES.iter().filter_map(|rule| rule.unfavourable.as_ref().map(|told| (rule, told)));
    told.filter(|(_, unfavourable)| (unfavourable.told)(case, decisions)).any(|(rule, unfavourable)| {
        lost_row(case, rule, unfavourable)
            || unfavourable.joined.is_some_and(|groups| lost_equivalence(case, decisions, groups))
    })
}

fn lost_row(case: &Case, rule: &Rule, unfavourable: &Unfavourable) -> bool {
    let own = [case.index as u32];
    let (tables, of) = match unfavourable.lost_rows {
        LostRows::OfEnrolment => (rule.needs, &own[..]),
        LostRows::OfStudent(tables) => (tables, case.enrolments_of_student()),
    };
    tables.iter().any(|table| of.iter().any(|index| case.exports.has_lost_row(*table, *index as usize)))
}

/// An equivalence of which only one course can be read may join that one with any other.
fn lost_equivalence(case: &Case, decisions: &Decisions, groups: [CourseGroups; 2]) -> bool {
    let [some, others] = groups.map(|groups| groups(case, decisions));
    let joined = |one, other| some.contains(&one) && others.contains(&other);
    case.exports.lost_equivalences.iter().any(|pair| {
        match pair.map(|course| course.map(|it| case.exports.catalogue.group(it))) {
            [Some(one), Some(other)] => one != other && (joined(one, other) || joined(other, one)),
            [Some(one), None] | [None, Some(one)] => some.contains(&one),
            [None, None] => false,
        }
    })
}
