#![doc = include_str!("ex306.md")]

use crate::base::{Day, Ects};
use crate::contract::Table;
use crate::rules::{Case, Decisions, Family, Outcome, Report, Rule, RuleStatus, loudest};
use crate::student::exports::Registration;
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
    parameters: &[],
    sources: &["Study rules, Rules for choice of courses"],
    documentation: include_str!("ex306.md"),
    speaks,
    report,
};

fn speaks(case: &Case, decisions: &Decisions) -> Option<Severity> {
    loudest(&said(case, decisions))
}

fn report(case: &Case, decisions: &Decisions) -> Vec<Report> {
    said(case, decisions)
}

fn said(case: &Case, _: &Decisions) -> Vec<Report> {
    judged(case)
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

fn judged(case: &Case) -> Known<Vec<Report>> {
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
    for (group, row) in &open {
        let blocking = |pass: &&ResultRow| {
            let pair = (pass.group.min(*group), pass.group.max(*group));
            catalogue.blocked.contains(&pair)
        };
        if let Some(pass) = passes.iter().find(blocking) {
            reports.push(overlaps(case, *group, pass, row));
        }
    }
    reports.extend(amount(case, &passes, &open, reports.is_empty()));
    Ok(reports)
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

/// Passed and registered ECTS against those of the programme; said in full only when alone.
fn amount(case: &Case, passes: &[ResultRow], open: &[(u32, &Registration)], alone: bool) -> Option<Report> {
    let passed: Ects = passes.iter().map(|pass| pass.ects).sum();
    let of = |row: &&Registration| case.exports.catalogue.course(row.course).map(|course| course.ects);
    let registered: Ects = open.iter().filter_map(|(_, row)| of(row)).sum();
    let evidence = vec![
        case.rows("ects_passed", passed, Table::Results, passes.iter().map(|pass| pass.line)),
        case.rows(
            "ects_registered",
            registered,
            Table::ExamRegistrations,
            open.iter().map(|(_, row)| row.line),
        ),
        case.programme_fact("programme_ects", case.programme.ects),
    ];
    let left = case.programme.ects - passed - registered;
    if left < Ects::ZERO && registered > Ects::ZERO {
        let over = Ects::ZERO - left;
        let message = format!("Registered for {over} ECTS beyond those of the programme; refused.");
        let report = Report::new(Outcome::NotMet, message, evidence).scope("programme_ects");
        return Some(report.severity(Severity::Action).margin(format!("{over} ECTS too many")));
    }
    let message = format!("Registered for {registered} ECTS of courses not passed; within the programme.");
    alone
        .then(|| Report::new(Outcome::Met, message, evidence).margin(format!("{} ECTS left", left.or_zero())))
}
