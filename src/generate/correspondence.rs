//! What students write to the study administration: complaints about exams, and applications for a
//! transitional semester.

use super::chance::Chance;
use super::plan::{Plan, exported, inspection};
use super::rows::{Cell, Tables};
use super::studies::Outcome;
use crate::base::Day;
use crate::contract::Table;

/// ECTS, in hundredths, that are lacking when students begin to think of the master programme.
const NEAR_THE_END: i32 = 7_000;

pub fn write(plan: &Plan, outcome: &Outcome, first_result: usize, apart: &mut Chance, tables: &mut Tables) {
    complaints(first_result, apart, tables);
    transitional(plan, outcome, apart, tables);
}

/// About results that were replaced afterwards, and about a few others; some of them too late.
fn complaints(first_result: usize, apart: &mut Chance, tables: &mut Tables) {
    let results = tables.of(Table::Results);
    let mut complaints: Vec<[Cell; 4]> = Vec::new();
    for at in first_result..results.len() {
        // In the order of the contract.
        let [enrolment, course, _, _, exam, Cell::Day(assessed), Cell::Bool(false), _, _, superseded] =
            results.row(at)
        else {
            continue;
        };
        let upheld = *superseded == Cell::Bool(true);
        if upheld || apart.per_mille(3) {
            let submitted = assessed.plus_days(apart.between(1, if upheld { 9 } else { 17 }));
            if submitted <= exported() {
                complaints.push([enrolment.clone(), course.clone(), exam.clone(), Cell::Day(submitted)]);
            }
        }
    }
    for complaint in complaints {
        tables.of_mut(Table::ExamComplaints).push(complaint);
    }
}

/// In the last year of a bachelor programme, for the master after it.
fn transitional(plan: &Plan, outcome: &Outcome, apart: &mut Chance, tables: &mut Tables) {
    if !matches!(plan.programme.level, "BSc" | "BEng") {
        return;
    }
    let lacking = plan.programme.ects * 100 - outcome.earned;
    let applied: Option<Day> = match outcome.completed_on {
        Some(completed) => {
            plan.student.is_multiple_of(23).then(|| completed.plus_days(-apart.between(120, 200)))
        }
        None if lacking <= NEAR_THE_END && plan.withdraws_on.is_none() && apart.per_mille(250) => {
            Some(inspection().plus_days(-apart.between(5, 40)))
        }
        None => None,
    };
    if let Some(applied) = applied.filter(|applied| *applied > plan.started_on) {
        let row = [Cell::Enrolment(plan.enrolment), Cell::Day(applied)];
        tables.of_mut(Table::TransitionalSemesters).push(row);
    }
}
