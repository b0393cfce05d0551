#![doc = include_str!("ex305.md")]

use crate::contract::Table;
use crate::law::reexam_month;
use crate::rules::exams::ex301::GroupAttempts;
use crate::rules::{Case, Decisions, Family, Outcome, Report, Rule, RuleStatus, loudest};
use crate::student::view::ResultRow;
use crate::verdicts::{AttemptState, Severity};

pub static RULE: Rule = Rule {
    code: "EX305",
    name: "re-exam-period",
    title: "Month of the re-exam of a course not passed",
    family: Family::Exams,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[Table::CourseEquivalences, Table::Exemptions, Table::Projects],
    parameters: &["exams.reexam_results", "exams.reexam_months"],
    sources: &["Study rules, Re-exams"],
    documentation: include_str!("ex305.md"),
    speaks,
    report,
};

fn speaks(case: &Case, decisions: &Decisions) -> Option<Severity> {
    loudest(&said(case, decisions))
}

fn report(case: &Case, decisions: &Decisions) -> Vec<Report> {
    said(case, decisions)
}

/// One report per course group whose re-exam lies ahead or cannot be placed.
fn said(case: &Case, decisions: &Decisions) -> Vec<Report> {
    let groups = match &decisions.attempts.groups {
        Ok(groups) => groups,
        Err(unknown) => return vec![Report::unknown(*unknown, Vec::new()).severity(Severity::Review)],
    };
    let projects = match case.projects() {
        Ok(projects) => projects,
        Err(unknown) => return vec![Report::unknown(unknown, Vec::new()).severity(Severity::Review)],
    };
    let catalogue = &case.exports.catalogue;
    let of_project = |group: u32| {
        projects.iter().any(|project| project.course.is_some_and(|course| catalogue.group(course) == group))
    };
    let open = groups.iter().filter(|group| {
        !group.passed && group.state != Ok(AttemptState::Exhausted) && !of_project(group.group)
    });
    let mut reports: Vec<Report> = open.filter_map(|group| of_group(case, group)).collect();
    if reports.is_empty() {
        let message = "No re-exam lies ahead.";
        reports.push(Report::new(Outcome::Met, message, vec![list(case)]));
    }
    reports
}

fn list(case: &Case) -> crate::verdicts::Evidence {
    case.law_fact("reexam_months", "exams.reexam_months")
}

/// `None`: the latest result asks for no re-exam, or its re-exam month is over.
fn of_group(case: &Case, group: &GroupAttempts) -> Option<Report> {
    let own: Vec<ResultRow> =
        case.results().filter(|row| row.group == group.group && !row.transferred).collect();
    let latest = own.iter().max_by_key(|row| (row.exam_date, row.assessed_on))?;
    if !case.law.reexam_results.contains(&latest.code.code) {
        return None;
    }
    let name = group.name;
    let exam = latest.exam_date?;
    let evidence = vec![case.rows("exam_date", exam, Table::Results, [latest.line]), list(case)];
    if let Err(unknown) = group.state {
        return Some(Report::unknown(unknown, evidence).scope(name).severity(Severity::Review));
    }
    let periods = &case.law.reexam_periods;
    let unplaced = |why: &str, evidence| {
        let message = format!("Course group {name}: the month of the next exam is unknown: {why}.");
        let report = Report::new(Outcome::Unknown(why.to_owned()), message, evidence);
        Some(report.scope(name).severity(Severity::Info))
    };
    let earlier = own.iter().filter_map(|row| row.exam_date).filter(|day| *day < exam);
    if earlier.filter_map(|day| reexam_month(periods, day)).any(|month| month == exam.month()) {
        return unplaced("the last exam was itself held in a re-exam period", evidence);
    }
    let Some(month) = reexam_month(periods, exam) else {
        return unplaced("the list has no re-exam period for the month of the exam", evidence);
    };
    let inspection = case.cutoffs.inspection_date;
    if month.last_day() < inspection {
        return None;
    }
    let days = month.first_day().epoch_days() - inspection.epoch_days();
    let margin =
        if days > 0 { format!("{days} days until it begins") } else { format!("{} days into it", -days) };
    let message = format!("Course group {name}: the re-exam is in {month}.");
    Some(Report::new(Outcome::Met, message, evidence).scope(name).severity(Severity::Info).margin(margin))
}
