//! The facts behind the figures of a letter, gathered while the rows of the enrolment are at hand.

use crate::rules::degree::dg403;
use crate::rules::exams::ex301;
use crate::rules::{Case, Decisions};
use crate::student::view::{Known, ResultRow};
use crate::verdicts::*;

/// What the letters due and the drafts offered tell of; `None` when they tell of nothing.
pub fn particulars(case: &Case, decisions: &Decisions, row: &InspectionRow) -> Option<Particulars> {
    let due = |kinds: &[LetterKind]| row.letters.iter().any(|kind| kinds.contains(kind));
    let inactive = row.progress == Some(Progress::Inactive);
    if row.letters.is_empty() && !inactive {
        return None;
    }
    let courses = due(&[LetterKind::AttemptsUsedUp, LetterKind::LastAttempt]);
    let five_ects = due(&[LetterKind::FiveEctsWarning]);
    let portions = due(&[LetterKind::PortionsRunningOut]);
    let guidance = due(&[LetterKind::GuidanceInvitation]);
    Some(Particulars {
        enrolment_id: case.enrolment.enrolment_id.clone(),
        courses: if courses { courses_at_limit(case, decisions) } else { Vec::new() },
        not_counted: if inactive { not_counted(case).ok() } else { None },
        five_ects: if five_ects { passes_of_semesters(case, decisions) } else { None },
        portions: if portions { decisions.portions.calculation.ok() } else { None },
        prescribed_end: if guidance { decisions.lateness.prescribed_end.ok() } else { None },
        readmitted_on: if guidance { case.readmitted_on() } else { None },
    })
}

fn courses_at_limit(case: &Case, decisions: &Decisions) -> Vec<CourseAtLimit> {
    let course = |group: &ex301::GroupAttempts| {
        let mut rows: Vec<ResultRow> = ex301::using_attempts(case, group.group).collect();
        rows.sort_by_key(|row| (row.exam_date, row.assessed_on, row.line));
        let attempts = rows.iter().map(|row| UsedAttempt {
            course: named(case, row.course),
            exam_date: row.exam_date,
            result: row.code.code.as_str().into(),
        });
        let CourseName { code, title } = named(case, group.group);
        CourseAtLimit { course_group: code, title, attempts: attempts.collect() }
    };
    decisions.attempts.at_limit().map(course).collect()
}

/// The first pass of a group counts, and the rows of a group stand together.
fn not_counted(case: &Case) -> Known<Vec<NotCounted>> {
    case.equivalences()?;
    let mut counted: Option<ResultRow> = None;
    let mut others = Vec::new();
    for row in case.results().filter(|row| row.code.passed) {
        match counted {
            Some(first) if first.group == row.group => {
                others.push(NotCounted { pass: pass(case, &row), counted: named(case, first.course) });
            }
            _ => counted = Some(row),
        }
    }
    Ok(others)
}

fn passes_of_semesters(case: &Case, decisions: &Decisions) -> Option<Vec<Pass>> {
    let counted = dg403::counted(case, decisions).ok()?;
    let mut passes: Vec<Pass> = counted.map(|row| pass(case, row)).collect();
    passes.sort_by(|a, b| (a.assessed_on, &a.course.code).cmp(&(b.assessed_on, &b.course.code)));
    Some(passes)
}

fn pass(case: &Case, row: &ResultRow) -> Pass {
    Pass { course: named(case, row.course), assessed_on: row.assessed_on, ects: row.ects }
}

fn named(case: &Case, course: u32) -> CourseName {
    let catalogue = &case.exports.catalogue;
    let title = catalogue.course(course).map_or("", |row| row.title.trim());
    CourseName { code: catalogue.code(course).into(), title: title.to_owned() }
}
