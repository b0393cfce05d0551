#![doc = include_str!("ex305.md")]

use crate::base::{Day, Ects, Month};
use crate::contract::Table;
use crate::law::reexam_month;
use crate::rules::exams::ex301::GroupAttempts;
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus, loudest};
use crate::student::view::ResultRow;
use crate::verdicts::{AttemptState, Evidence, Severity};

pub static RULE: Rule = Rule {
    code: "EX305",
    name: "re-exam-period",
    title: "Month of the re-exam of a course not passed",
    family: Family::Exams,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[Table::CourseEquivalences, Table::Exemptions, Table::Projects],
    parameters: &[
        "exams.reexam_results",
        "exams.reexam_months",
        "exams.discontinued_reexams",
        "exams.quick_reexam_results",
        "exams.quick_reexam_days",
    ],
    sources: &["Study rules, Re-exams", "Study rules, Quick re-exam"],
    documentation: include_str!("ex305.md"),
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

fn list(case: &Case) -> Evidence {
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
    let mut evidence = evidence;
    let further = case.law.discontinued_reexams;
    let mut message = format!("Course group {name}: the re-exam is in {month}");
    if let Some((number, discontinued)) = further_reexam(case, latest.course, month) {
        evidence.push(case.law_fact("further_reexams", "exams.discontinued_reexams"));
        if number > further {
            let message = format!(
                "Course group {name}: discontinued on {discontinued}, and its {further} further re-exams are over."
            );
            let report = Report::new(Outcome::NotMet, message, evidence).scope(name);
            return Some(report.severity(Severity::Notice).margin(format!("{} too late", number - further)));
        }
        message.push_str(&format!(
            ", number {number} of {further} after the course was discontinued on {discontinued}"
        ));
    }
    message.push_str(registered(case, group.group, month));
    message.push('.');
    if has_parts(case, latest.course) {
        message.push_str(" Only the last part-exam is repeated.");
    }
    let report = Report::new(Outcome::Met, message, evidence).scope(name).margin(margin);
    match quick(case, latest) {
        Some((by, evidence)) => {
            let message = format!(
                "{} It is the last course: a quick re-exam may be asked for until {by}.",
                report.message
            );
            let evidence = report.evidence.iter().cloned().chain(evidence).collect();
            Some(Report { message, evidence, ..report }.severity(Severity::Notice))
        }
        None => Some(report.severity(Severity::Info)),
    }
}

/// Which re-exam after the end of a discontinued course the one of a month is, counted from 1.
fn further_reexam(case: &Case, course: u32, month: Month) -> Option<(i32, Day)> {
    let known = |day: &Day| *day <= case.cutoffs.inspection_date;
    let discontinued = case.exports.catalogue.course(course)?.discontinued_on.filter(known)?;
    let ended = discontinued.month();
    let years = month.year() - ended.year();
    // The same month of every year; that of the end itself is none after it.
    let number = if Month::new(ended.year(), month.number()) > ended { years + 1 } else { years };
    (number > 0).then_some((number, discontinued))
}

fn registered(case: &Case, group: u32, month: Month) -> &'static str {
    let Ok(mut rows) = case.registrations() else { return "" };
    let catalogue = &case.exports.catalogue;
    if rows.any(|row| catalogue.group(row.course) == group && row.exam_date.month() == month) {
        "; registered"
    } else {
        "; not registered yet"
    }
}

fn has_parts(case: &Case, course: u32) -> bool {
    case.part_results().is_ok_and(|parts| parts.iter().any(|part| part.course == course))
}

/// Until when a quick re-exam may be asked for: nothing else is missing, and the result allows it.
fn quick(case: &Case, latest: &ResultRow) -> Option<(Day, Vec<Evidence>)> {
    let by = latest.assessed_on.plus_days(case.law.quick_reexam_days);
    if by < case.cutoffs.inspection_date || !case.law.quick_reexam_results.contains(&latest.code.code) {
        return None;
    }
    let passes: Vec<ResultRow> = case.counted_passes(|_| false).ok()?.collect();
    let passed: Ects = passes.iter().map(|pass| pass.ects).sum();
    let programme = case.programme.ects;
    (passed < programme && programme <= passed + latest.ects).then(|| {
        let facts = vec![
            case.rows("ects_passed", passed, Table::Results, passes.iter().map(|pass| pass.line)),
            case.rows("ects_of_the_course", latest.ects, Table::Results, [latest.line]),
            case.programme_fact("programme_ects", programme),
            case.law_fact("quick_reexam_days", "exams.quick_reexam_days"),
        ];
        (by, facts)
    })
}
