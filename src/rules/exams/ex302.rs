#![doc = include_str!("ex302.md")]

use std::collections::BTreeSet;

use crate::base::{Day, counted};
use crate::contract::Table;
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus};
use crate::student::exports::Registration;
use crate::student::view::{Known, ResultRow};
use crate::verdicts::{Evidence, Severity};

pub static RULE: Rule = Rule {
    code: "EX302",
    name: "binding-courses",
    title: "Courses that a student is bound by and has not passed",
    family: Family::Exams,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[Table::CourseEquivalences, Table::ExamRegistrations],
    parameters: &[],
    sources: &["Study rules, Binding courses", "Study rules, Cancellation of courses"],
    documentation: include_str!("ex302.md"),
    judges: Judges::Inspected,
    calls_for: &[],
    unfavourable: None,
    speaks,
    report,
};

/// A course group with an exam that was registered for or held, and not passed.
#[derive(Clone, Copy, Debug)]
pub struct Binding<'a> {
    pub group: u32,
    pub state: State<'a>,
}

#[derive(Clone, Copy, Debug)]
pub enum State<'a> {
    Bound(Attempt<'a>),
    /// The student may still withdraw.
    Open(&'a Registration, Day),
    ReleasedByCancellation(&'a Registration),
    ReleasedByDiscontinuation(Day),
    /// Nothing tells whether the student withdrew in time, or by when to withdraw.
    Unknown(&'a Registration),
    /// Withdrawn in time, or ill.
    NotBound,
}

impl State<'_> {
    /// Why the student is released on request; `None` when not.
    pub fn release(&self) -> Option<String> {
        match self {
            State::ReleasedByCancellation(row) => {
                Some(format!("the exam of {} was cancelled", row.exam_date))
            }
            State::ReleasedByDiscontinuation(day) => Some(format!("it is not offered since {day}")),
            _ => None,
        }
    }
}

/// The first exam that binds.
#[derive(Clone, Copy, Debug)]
pub enum Attempt<'a> {
    Registered(&'a Registration),
    /// Exam date and line of a result.
    Held(Day, u32),
}

/// What one exam does to the binding.
#[derive(Clone, Copy)]
enum Effect<'a> {
    Binds(Attempt<'a>),
    Releases(&'a Registration),
    Open(&'a Registration, Day),
    Unknown(&'a Registration),
    Nothing,
}

/// One per course group, sorted by group. `passed`: the groups that are, sorted.
pub fn decide<'a>(case: &Case<'a>, passed: &[u32]) -> Known<Vec<Binding<'a>>> {
    case.equivalences()?;
    let registrations = case.registrations_and_withdrawals()?;
    let catalogue = &case.exports.catalogue;
    let passed = |group: u32| passed.binary_search(&group).is_ok();
    let mut exams: Vec<(u32, Day, Effect<'a>)> = Vec::new();
    for row in held(case).filter(|row| !passed(row.group)) {
        let Some(day) = row.exam_date else { continue };
        let binds = Effect::Binds(Attempt::Held(day, row.line));
        exams.push((row.group, day, if row.code.uses_attempt { binds } else { Effect::Nothing }));
    }
    let known = exams.len();
    for row in registrations {
        let group = catalogue.group(row.course);
        // The result of an exam tells more than its registration.
        if !passed(group) && !exams[..known].iter().any(|exam| (exam.0, exam.1) == (group, row.exam_date)) {
            exams.push((group, row.exam_date, effect(row, case.cutoffs.inspection_date)));
        }
    }
    // Stable: of one day, what stands first in the sorted tables.
    exams.sort_by_key(|(group, day, _)| (*group, *day));
    let groups = exams.chunk_by(|one, other| one.0 == other.0);
    Ok(groups
        .map(|exams| {
            let group = exams[0].0;
            let state = state(exams);
            let may_bind = matches!(state, State::Bound(_) | State::Unknown(_));
            let released = may_bind.then(|| discontinued(case, group)).flatten();
            Binding { group, state: released.map_or(state, State::ReleasedByDiscontinuation) }
        })
        .collect())
}

/// Own results: none is without the date of its exam.
fn held<'a>(case: &Case<'a>) -> impl Iterator<Item = ResultRow<'a>> + use<'a> {
    case.results().filter(|row| !row.transferred)
}

/// How many course groups have an exam that was registered for or held, passed or not.
fn course_groups(case: &Case) -> usize {
    let registered = case.registrations_and_withdrawals().into_iter().flatten();
    let registered = registered.map(|row| case.exports.catalogue.group(row.course));
    held(case).map(|row| row.group).chain(registered).collect::<BTreeSet<u32>>().len()
}

/// Withdrawal is in time up to and including the day of the deadline.
fn effect(row: &Registration, inspection: Day) -> Effect<'_> {
    let binds = Effect::Binds(Attempt::Registered(row));
    let withdrawn = row.withdrawn_on.filter(|day| *day <= inspection);
    match (withdrawn, row.withdrawal_deadline) {
        (Some(day), Some(deadline)) if day <= deadline => Effect::Nothing,
        _ if row.course_cancelled => Effect::Releases(row),
        (Some(_), Some(_)) => binds,
        // Not withdrawn from at all, whatever the deadline was.
        (None, _) if row.exam_date <= inspection => binds,
        (None, Some(deadline)) if deadline < inspection => binds,
        (None, Some(deadline)) => Effect::Open(row, deadline),
        (_, None) => Effect::Unknown(row),
    }
}

/// The exams of one group in the order of their days.
fn state<'a>(exams: &[(u32, Day, Effect<'a>)]) -> State<'a> {
    let (mut bound, mut otherwise) = (None, State::NotBound);
    for (_, _, effect) in exams {
        match *effect {
            Effect::Binds(attempt) => bound = bound.or(Some(attempt)),
            Effect::Releases(row) => (bound, otherwise) = (None, State::ReleasedByCancellation(row)),
            Effect::Unknown(row) => otherwise = State::Unknown(row),
            Effect::Open(row, deadline) if !matches!(otherwise, State::Unknown(_)) => {
                otherwise = State::Open(row, deadline);
            }
            Effect::Open(..) | Effect::Nothing => {}
        }
    }
    bound.map_or(otherwise, State::Bound)
}

/// The day from which no version of the course is offered any more, when it has come.
pub fn discontinued(case: &Case, group: u32) -> Option<Day> {
    let catalogue = &case.exports.catalogue;
    let ended = |index: u32| {
        let day = catalogue.course(index).and_then(|course| course.discontinued_on);
        day.filter(|day| *day <= case.cutoffs.inspection_date)
    };
    let first = ended(group)?;
    versions(case, group).map(ended).try_fold(first, |latest, day| day.map(|day| latest.max(day)))
}

/// The courses of the catalogue that belong to a group.
fn versions<'c>(case: &'c Case, group: u32) -> impl Iterator<Item = u32> + use<'c> {
    let catalogue = &case.exports.catalogue;
    (0..catalogue.courses.len() as u32).filter(move |index| catalogue.group(*index) == group)
}

fn speaks(_: &Case, decisions: &Decisions) -> Option<Severity> {
    let Ok(bindings) = &decisions.bindings else { return Some(Severity::Info) };
    let worth = |binding: &Binding| matches!(binding.state, State::Bound(_) | State::Unknown(_));
    bindings.iter().any(worth).then_some(Severity::Info)
}

fn report(case: &Case, decisions: &Decisions) -> Vec<Report> {
    let bindings = match &decisions.bindings {
        Ok(bindings) => bindings,
        Err(unknown) => return vec![Report::unknown(*unknown, Vec::new()).severity(Severity::Info)],
    };
    let mut reports: Vec<Report> = bindings.iter().filter_map(|binding| spoken(case, binding)).collect();
    if reports.is_empty() {
        reports = bindings.iter().filter_map(|binding| explained(case, binding)).collect();
    }
    if reports.is_empty() {
        let message = "No course is binding that is not passed.";
        let figure = case.figure("course_groups", course_groups(case), "with a registration or a result");
        reports.push(Report::new(Outcome::Met, message, vec![figure]));
    }
    reports
}

/// What is worth a finding.
fn spoken(case: &Case, binding: &Binding) -> Option<Report> {
    let name = case.exports.catalogue.code(binding.group);
    let inspection = case.cutoffs.inspection_date;
    let days = |day: Day| counted(day.days_until(inspection), "day", "days");
    let report = match binding.state {
        State::Bound(Attempt::Held(exam, line)) => {
            let message = format!("Course group {name}: bound since the exam of {exam}, and not passed.");
            let evidence = vec![case.rows("exam_date", exam, Table::Results, [line])];
            Report::new(Outcome::NotMet, message, evidence)
                .margin(format!("{} since the first attempt", days(exam)))
        }
        State::Bound(Attempt::Registered(row)) => {
            let exam = row.exam_date;
            let message = format!(
                "Course group {name}: bound by the registration for the exam of {exam}, and not passed."
            );
            let report = Report::new(Outcome::NotMet, message, of_registration(case, row));
            let since = row.withdrawal_deadline.unwrap_or(exam);
            report.margin(format!("{} since one could withdraw", days(since)))
        }
        State::Unknown(row) => {
            let exam = row.exam_date;
            let why = format!("the registration for the exam of {exam} has no withdrawal deadline");
            let message = format!("Course group {name}: whether it is binding is unknown: {why}.");
            Report::new(Outcome::Unknown(why), message, of_registration(case, row))
        }
        _ => return None,
    };
    Some(report.scope(name).severity(Severity::Info))
}

/// What only an explanation tells.
fn explained(case: &Case, binding: &Binding) -> Option<Report> {
    let name = case.exports.catalogue.code(binding.group);
    let row = match binding.state {
        State::Open(row, _) | State::ReleasedByCancellation(row) => Some(row),
        _ => None,
    };
    let message = match (binding.state, binding.state.release()) {
        (State::Open(_, deadline), _) => {
            format!("Course group {name}: one may withdraw up to and including {deadline}.")
        }
        (_, Some(why)) => format!("Course group {name}: released on request, for {why}."),
        _ => return None,
    };
    let mut evidence = row.map_or(Vec::new(), |row| of_registration(case, row));
    if let State::ReleasedByDiscontinuation(_) = binding.state {
        evidence.extend(versions(case, binding.group).filter_map(|version| {
            let day = case.exports.catalogue.course(version)?.discontinued_on?;
            Some(case.course_fact("discontinued_on", day, version))
        }));
    }
    let report = Report::new(Outcome::Met, message, evidence).scope(name);
    Some(match binding.state {
        State::Open(_, deadline) => {
            let left = case.cutoffs.inspection_date.days_until(deadline);
            report.margin(format!("{} left to withdraw", counted(left, "day", "days")))
        }
        _ => report,
    })
}

fn of_registration(case: &Case, row: &Registration) -> Vec<Evidence> {
    let day = |day: Option<Day>| day.map_or("empty".to_owned(), |day| day.to_string());
    let fact = |fact, value: String| case.rows(fact, value, Table::ExamRegistrations, [row.line]);
    vec![
        fact("exam_date", row.exam_date.to_string()),
        fact("withdrawal_deadline", day(row.withdrawal_deadline)),
        fact("withdrawn_on", day(row.withdrawn_on)),
        fact("course_cancelled", row.course_cancelled.to_string()),
    ]
}
