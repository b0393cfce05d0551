#![doc = include_str!("dg411.md")]

use super::{complaints, internship_reports};
use crate::base::{Day, counted};
use crate::contract::Table;
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus, loud_alone, loudest};
use crate::student::view::{Known, ResultRow};
use crate::verdicts::{Evidence, Severity};

pub static RULE: Rule = Rule {
    code: "DG411",
    name: "graded-in-time",
    title: "Exams graded within 20 working days, and complained of within two weeks",
    family: Family::Degree,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[Table::Projects, Table::ExamComplaints],
    parameters: &[
        "degree.grading_working_days",
        "degree.three_week_months",
        "degree.fixed_holidays",
        "degree.easter_holidays",
        "degree.prayer_day_after_easter",
        "degree.prayer_day_abolished_from",
        "degree.complaint_weeks",
        "degree.complaint_pause",
    ],
    sources: &["Study rules, Deadlines for grading", "Danish public holidays"],
    documentation: include_str!("dg411.md"),
    judges: Judges::Inspected,
    calls_for: &[],
    unfavourable: None,
    speaks,
    report: said,
};

fn speaks(case: &Case, _: &Decisions) -> Option<Severity> {
    let gradings = late(case).next().and_then(|_| loudest(&gradings(case)));
    gradings.max(internship_reports::severity(case)).max(complaints::severity(case))
}

/// A result assessed after the last working day that the exam date alone allows.
struct Late {
    course: u32,
    days: i32,
    three_weeks: bool,
    line: u32,
}

fn said(case: &Case, _: &Decisions) -> Vec<Report> {
    let mut all = gradings(case);
    all.extend(internship_reports::said(case));
    all.extend(complaints::said(case));
    loud_alone(all)
}

fn gradings(case: &Case) -> Vec<Report> {
    let late: Vec<Late> = late(case).collect();
    if late.is_empty() {
        let message = "No result assessed later than the working days allowed after its exam.";
        return vec![Report::new(Outcome::Met, message, working_day_facts(case))];
    }
    let late = match without_projects(case, late) {
        Ok(late) => late,
        Err(unknown) => {
            return vec![Report::unknown(unknown, working_day_facts(case)).severity(Severity::Review)];
        }
    };
    let of = |three_weeks: bool| -> Vec<&Late> {
        late.iter().filter(|late| late.three_weeks == three_weeks).collect()
    };
    let allowed = counted(case.law.grading_working_days, "working day", "working days");
    let mut reports = Vec::new();
    if let Some(worst) = worst(&of(false)) {
        let message = format!(
            "{} assessed later than {allowed} after the exam.",
            counted(of(false).len(), "result", "results")
        );
        let report = Report::new(Outcome::NotMet, message, facts(case, &of(false)));
        reports.push(report.scope("late").severity(Severity::Info).margin(worst));
    }
    if let Some(worst) = worst(&of(true)) {
        let why = "the last day of the three-week period is not in the tables".to_owned();
        let message = format!(
            "{} assessed later than {allowed} after an exam of a three-week month: {why}.",
            counted(of(true).len(), "result", "results")
        );
        let report = Report::new(Outcome::Unknown(why), message, facts(case, &of(true)));
        reports.push(report.scope("three_weeks").severity(Severity::Info).margin(worst));
    }
    if reports.is_empty() {
        let message = "Only results of projects were assessed later than the working days after an exam.";
        reports.push(Report::new(Outcome::Met, message, working_day_facts(case)));
    }
    reports
}

/// The days of grading, and which days are none.
pub(super) fn working_day_facts(case: &Case) -> Vec<Evidence> {
    vec![
        case.law_fact("grading_working_days", "degree.grading_working_days"),
        case.law_fact("fixed_holidays", "degree.fixed_holidays"),
        case.law_fact("easter_holidays", "degree.easter_holidays"),
        case.law_fact("prayer_day_abolished_from", "degree.prayer_day_abolished_from"),
    ]
}

fn facts(case: &Case, late: &[&Late]) -> Vec<Evidence> {
    let rows = case.rows("results_late", late.len(), Table::Results, late.iter().map(|late| late.line));
    let mut facts = working_day_facts(case);
    facts.push(rows);
    facts.push(case.courses(late.iter().map(|late| (late.course, late.line))));
    facts
}

fn worst(late: &[&Late]) -> Option<String> {
    let worst = late.iter().map(|late| late.days).max()?;
    Some(format!("at most {} late", counted(worst, "day", "days")))
}

fn late(case: &Case) -> impl Iterator<Item = Late> {
    case.results().filter(is_graded).filter_map(|row| late_row(case, &row))
}

/// Somebody took part here, and the assessment is settled; EM, IG, SYG and SN are not graded.
pub(super) fn is_graded(row: &ResultRow) -> bool {
    !row.transferred && row.code.took_part && !row.code.provisional
}

fn late_row(case: &Case, row: &ResultRow) -> Option<Late> {
    let (law, exam) = (case.law, row.exam_date?);
    let allowed = law.grading_working_days;
    let worked_before = law.holidays.working_days_until(exam, row.assessed_on.plus_days(-1));
    if worked_before < allowed || reassessed(case, row.group, exam) {
        return None;
    }
    let days = law.holidays.working_day_after(exam, allowed).days_until(row.assessed_on);
    let three_weeks = law.three_week_months.contains(&exam.month().number());
    Some(Late { course: row.group, days, three_weeks, line: row.line })
}

/// A new assessment of the same exam after a complaint keeps the exam's date.
fn reassessed(case: &Case, group: u32, exam: Day) -> bool {
    case.all_results().any(|row| row.superseded && row.group == group && row.exam_date == Some(exam))
}

/// Projects and internships have other deadlines; only then is the table of projects needed.
fn without_projects(case: &Case, mut late: Vec<Late>) -> Known<Vec<Late>> {
    let projects = case.projects()?;
    let catalogue = &case.exports.catalogue;
    let courses: Vec<u32> =
        projects.filter_map(|project| project.course).map(|course| catalogue.group(course)).collect();
    late.retain(|late| !courses.contains(&late.course));
    Ok(late)
}
