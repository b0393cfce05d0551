#![doc = include_str!("ex306.md")]

use crate::base::{Day, Ects};
use crate::contract::Table;
use crate::rules::exams::ex302::{Binding, State};
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus, loudest};
use crate::student::exports::{Project, Registration};
use crate::student::view::{Known, ResultRow};
use crate::verdicts::Severity;

pub static RULE: Rule = Rule {
    code: "EX306",
    name: "exam-registrations",
    title: "Registrations for what is passed, overlaps, or is beyond the programme",
    family: Family::Exams,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[Table::CourseEquivalences, Table::ExamRegistrations],
    parameters: &["exams.refused_levels"],
    sources: &["Study rules, Rules for choice of courses"],
    documentation: include_str!("ex306.md"),
    judges: Judges::Inspected,
    calls_for: &[],
    unfavourable: None,
    speaks,
    report,
};

fn speaks(case: &Case, decisions: &Decisions) -> Option<Severity> {
    loudest(&said(case, decisions))
}

fn report(case: &Case, decisions: &Decisions) -> Vec<Report> {
    said(case, decisions)
}

fn said(case: &Case, decisions: &Decisions) -> Vec<Report> {
    judged(case, decisions)
        .unwrap_or_else(|unknown| vec![Report::unknown(unknown, Vec::new()).severity(Severity::Review)])
}

/// The registrations for exams not held before the inspection, the first of each group.
fn ahead<'a>(case: &Case<'a>) -> Known<Vec<(u32, &'a Registration)>> {
    let group = |row: &Registration| case.exports.catalogue.group(row.course);
    let inspection = case.cutoffs.inspection_date;
    let rows = case.registrations()?.filter(|row| row.exam_date >= inspection);
    let mut found: Vec<(u32, &Registration)> = rows.map(|row| (group(row), row)).collect();
    found.sort_by_key(|(group, row)| (*group, row.registered_on, row.exam_date));
    Ok(found)
}

fn judged(case: &Case, decisions: &Decisions) -> Known<Vec<Report>> {
    let ahead = ahead(case)?;
    let passes: Vec<ResultRow> = case.counted_passes(|row| row.code.provisional)?.collect();
    let catalogue = &case.exports.catalogue;
    let mut reports = Vec::new();
    let (mut passed_first, mut open) = (Vec::new(), Vec::<(u32, &Registration)>::new());
    for (group, row) in &ahead {
        match pass_of(&passes, *group) {
            Some(pass) if pass.assessed_on <= row.registered_on => {
                if passed_first.last() != Some(group) {
                    passed_first.push(*group);
                    reports.push(already_passed(case, *group, pass, row));
                }
            }
            Some(_) => {}
            None if open.last().is_some_and(|(known, _)| known == group) => {}
            None => open.push((*group, row)),
        }
    }
    let overlapping = |group: u32| catalogue.blocked.iter().any(|pair| pair.0 == group || pair.1 == group);
    let bindings: &[Binding] = match &decisions.bindings {
        _ if !open.iter().any(|(group, _)| overlapping(*group)) => &[],
        Ok(bindings) => bindings,
        Err(unknown) => return Err(*unknown),
    };
    for (group, row) in &open {
        let blocking = |pass: &&ResultRow| {
            let pair = (pass.group.min(*group), pass.group.max(*group));
            catalogue.blocked.contains(&pair)
        };
        if let Some(pass) = passes.iter().find(blocking) {
            reports.push(overlaps(case, *group, pass, row));
        }
        let pair = |other: u32| (other.min(*group), other.max(*group));
        let bound = |binding: &&Binding| {
            matches!(binding.state, State::Bound(_)) && catalogue.blocked.contains(&pair(binding.group))
        };
        if let Some(binding) = bindings.iter().find(bound) {
            reports.push(overlaps_with_bound(case, *group, binding.group, row));
        }
        reports.extend(refused_level(case, *group, row));
    }
    let planned =
        Planned { projects: projects(case, &passes, &open), awaited: awaited(case, &passes, &open)? };
    reports.extend(amount(case, &passes, &open, &planned, reports.is_empty()));
    Ok(reports)
}

/// What fills the programme beside passes and registrations.
struct Planned<'a> {
    /// Final projects under way.
    projects: Vec<&'a Project>,
    /// Groups with an exam held whose result is not known.
    awaited: Vec<(u32, &'a Registration)>,
}

/// Of passed and registered courses, projects are none yet. Not known: none, for a registration that
/// is too much without them is too much with them.
fn projects<'a>(case: &Case<'a>, passes: &[ResultRow], open: &[(u32, &Registration)]) -> Vec<&'a Project> {
    let Ok(projects) = case.projects() else { return Vec::new() };
    let inspection = case.cutoffs.inspection_date;
    let catalogue = &case.exports.catalogue;
    let under_way = projects.iter().filter(|project| {
        let group = project.course.map(|course| catalogue.group(course));
        let ended = [project.finished_on, project.abandoned_on].into_iter().flatten().min();
        let elsewhere =
            |group: u32| pass_of(passes, group).is_some() || open.iter().any(|(other, _)| *other == group);
        project.kind.is_final_project()
            && project.starts_on <= inspection
            && inspection <= project.deadline()
            && ended.is_none_or(|day| day > inspection)
            && group.is_some_and(|group| !elsewhere(group))
    });
    under_way.collect()
}

fn awaited<'a>(
    case: &Case<'a>,
    passes: &[ResultRow],
    open: &[(u32, &Registration)],
) -> Known<Vec<(u32, &'a Registration)>> {
    let catalogue = &case.exports.catalogue;
    // A group with an exam ahead is open or passed, so what is neither was held.
    let mut found: Vec<(u32, &Registration)> = case
        .registrations()?
        .map(|row| (catalogue.group(row.course), row))
        .filter(|(group, row)| {
            let known = |result: ResultRow| result.group == *group && result.exam_date >= Some(row.exam_date);
            pass_of(passes, *group).is_none()
                && open.iter().all(|(other, _)| other != group)
                && !case.results().any(known)
        })
        .collect();
    found.sort_by_key(|(group, row)| (*group, row.exam_date));
    found.dedup_by_key(|(group, _)| *group);
    Ok(found)
}

fn overlaps_with_bound(case: &Case, group: u32, bound: u32, row: &Registration) -> Report {
    let catalogue = &case.exports.catalogue;
    let (name, other) = (catalogue.code(group), catalogue.code(bound));
    let message = format!(
        "Course group {name}: registered, and it overlaps with {other}, which the student is bound by."
    );
    let evidence = vec![case.rows("registered_on", row.registered_on, Table::ExamRegistrations, [row.line])];
    Report::new(Outcome::NotMet, message, evidence).scope(name).severity(Severity::Notice)
}

/// A course of a level that the programme may not hold.
fn refused_level(case: &Case, group: u32, row: &Registration) -> Option<Report> {
    let catalogue = &case.exports.catalogue;
    let course = catalogue.course(row.course)?;
    let (programme, level) = (case.programme.level, course.level);
    if !case.law.refused_levels.contains(&(programme, level)) {
        return None;
    }
    let name = catalogue.code(group);
    let (programme, level) = (programme.code(), level.code());
    let message = format!(
        "Course group {name}: registered for course {} of level {level} on a programme of level {programme}; refused.",
        course.code
    );
    let evidence = vec![
        case.rows("registered_on", row.registered_on, Table::ExamRegistrations, [row.line]),
        case.programme_fact("programme_level", programme),
        case.law_fact("refused_levels", "exams.refused_levels"),
    ];
    Some(Report::new(Outcome::NotMet, message, evidence).scope(name).severity(Severity::Action))
}

fn pass_of<'r, 'a>(passes: &'r [ResultRow<'a>], group: u32) -> Option<&'r ResultRow<'a>> {
    passes.iter().find(|pass| pass.group == group)
}

fn evidence(case: &Case, pass: &ResultRow, row: &Registration) -> Vec<crate::verdicts::Evidence> {
    vec![
        case.rows("passed_on", pass.assessed_on, Table::Results, [pass.line]),
        case.rows("registered_on", row.registered_on, Table::ExamRegistrations, [row.line]),
        case.rows("exam_date", row.exam_date, Table::ExamRegistrations, [row.line]),
    ]
}

fn margin(passed: Day, registered: Day) -> String {
    format!("registered {} days after the pass", registered.epoch_days() - passed.epoch_days())
}

fn already_passed(case: &Case, group: u32, pass: &ResultRow, row: &Registration) -> Report {
    let name = case.exports.catalogue.code(group);
    let message = format!("Course group {name}: registered for an exam although already passed; refused.");
    Report::new(Outcome::NotMet, message, evidence(case, pass, row))
        .scope(name)
        .severity(Severity::Action)
        .margin(margin(pass.assessed_on, row.registered_on))
}

fn overlaps(case: &Case, group: u32, pass: &ResultRow, row: &Registration) -> Report {
    let catalogue = &case.exports.catalogue;
    let (name, other) = (catalogue.code(group), catalogue.code(pass.group));
    let message = format!("Course group {name}: registered, and it overlaps with {other}, which is passed.");
    Report::new(Outcome::NotMet, message, evidence(case, pass, row)).scope(name).severity(Severity::Notice)
}

/// Passed, registered and planned ECTS against those of the programme; said in full only when alone.
fn amount(
    case: &Case,
    passes: &[ResultRow],
    open: &[(u32, &Registration)],
    planned: &Planned,
    alone: bool,
) -> Option<Report> {
    let of = |row: &Registration| case.exports.catalogue.course(row.course).map(|course| course.ects);
    let sum = |rows: &[(u32, &Registration)]| -> Ects { rows.iter().filter_map(|(_, row)| of(row)).sum() };
    let lines = |rows: &[(u32, &Registration)]| rows.iter().map(|(_, row)| row.line).collect::<Vec<_>>();
    let passed: Ects = passes.iter().map(|pass| pass.ects).sum();
    let project: Ects = planned.projects.iter().map(|project| project.ects).sum();
    let (registered, awaited) = (sum(open), sum(&planned.awaited));
    let registrations = Table::ExamRegistrations;
    let mut evidence = vec![
        case.rows("ects_passed", passed, Table::Results, passes.iter().map(|pass| pass.line)),
        case.rows("ects_registered", registered, registrations, lines(open)),
        case.programme_fact("programme_ects", case.programme.ects),
    ];
    if project > Ects::ZERO {
        let lines = planned.projects.iter().map(|project| project.line);
        evidence.push(case.rows("ects_under_way", project, Table::Projects, lines));
    }
    if awaited > Ects::ZERO {
        evidence.push(case.rows("ects_awaited", awaited, registrations, lines(&planned.awaited)));
    }
    let left = case.programme.ects - passed - registered - project;
    if left < Ects::ZERO && registered > Ects::ZERO {
        let over = Ects::ZERO - left;
        let message = format!("Registered for {over} ECTS beyond those of the programme; refused.");
        let report = Report::new(Outcome::NotMet, message, evidence).scope("programme_ects");
        return Some(report.severity(Severity::Action).margin(format!("{over} ECTS too many")));
    }
    if left < awaited && registered > Ects::ZERO {
        let over = awaited - left;
        let why = "exams were held whose results are not known".to_owned();
        let message = format!("Registered for up to {over} ECTS beyond those of the programme: {why}.");
        let report = Report::new(Outcome::Unknown(why), message, evidence).scope("programme_ects");
        return Some(
            report.severity(Severity::Info).margin(format!("{over} ECTS too many if all are passed")),
        );
    }
    let message = format!("Registered for {registered} ECTS of courses not passed; within the programme.");
    alone
        .then(|| Report::new(Outcome::Met, message, evidence).margin(format!("{} ECTS left", left.or_zero())))
}
