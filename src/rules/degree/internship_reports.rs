//! Reports of internships: assessed in time or not. Part of DG411.

use super::dg411;
use crate::base::{Day, counted};
use crate::contract::Table;
use crate::contract::codes::ProjectKind;
use crate::rules::{Case, Outcome, Report};
use crate::student::exports::Project;
use crate::student::view::ResultRow;
use crate::verdicts::Severity;

/// A report that was handed in, and its first assessment.
struct Assessed<'a> {
    internship: &'a Project,
    submitted: Day,
    result: ResultRow<'a>,
    last_day: Day,
}

impl Assessed<'_> {
    fn days_late(&self) -> i32 {
        self.last_day.days_until(self.result.assessed_on)
    }
}

/// Internships whose course, report and assessment the tables know by the inspection.
fn assessed<'a>(case: &Case<'a>) -> impl Iterator<Item = Assessed<'a>> + use<'a> {
    let case = *case;
    let internship = |project: &&Project| {
        matches!(project.kind, ProjectKind::InternshipPaid | ProjectKind::InternshipUnpaid)
    };
    // Without the table nothing is known of internships; `gradings` says that it is missing.
    case.projects().into_iter().flatten().filter(internship).filter_map(move |internship| {
        let submitted = internship.submitted_on?;
        let group = case.exports.catalogue.group(internship.course?);
        let known = |row: &ResultRow| {
            row.group == group
                && dg411::is_graded(row)
                && (submitted..=case.cutoffs.results_through).contains(&row.assessed_on)
        };
        let result = case.all_results().filter(known).min_by_key(|row| (row.assessed_on, row.line))?;
        let last_day = case.law.holidays.working_day_after(submitted, case.law.grading_working_days);
        Some(Assessed { internship, submitted, result, last_day })
    })
}

pub fn severity(case: &Case) -> Option<Severity> {
    assessed(case).any(|report| report.days_late() > 0).then_some(Severity::Info)
}

/// One report per internship.
pub fn said(case: &Case) -> Vec<Report> {
    let scoped = |(at, assessed): (usize, Assessed)| of(case, &assessed).scope(format!("internship {at}"));
    assessed(case).enumerate().map(scoped).collect()
}

fn of(case: &Case, assessed: &Assessed) -> Report {
    let Assessed { internship, submitted, result, last_day } = assessed;
    let mut facts = dg411::working_day_facts(case);
    facts.push(case.rows("submitted_on", submitted, Table::Projects, [internship.line]));
    facts.push(case.rows("assessed_on", result.assessed_on, Table::Results, [result.line]));
    facts.push(case.figure("last_day", last_day, "submission + working days"));
    let message = |how: &str| {
        format!(
            "Internship report of {submitted}: assessed on {}, {how} until {last_day}.",
            result.assessed_on
        )
    };
    let days = assessed.days_late();
    if days > 0 {
        let report = Report::new(Outcome::NotMet, message("too late, in time"), facts);
        return report.severity(Severity::Info).margin(format!("{} late", counted(days, "day", "days")));
    }
    Report::new(Outcome::Met, message("in time"), facts)
        .margin(format!("{} to spare", counted(-days, "day", "days")))
}
