#![doc = include_str!("su105.md")]

use crate::base::counted;
use crate::contract::Table;
use crate::contract::codes::Status;
use crate::rules::su::su101::StudyProgress;
use crate::rules::su::su102::StartCheckDecision;
use crate::rules::{
    Case, Decisions, Family, Judges, LostRows, Outcome, Report, Rule, RuleStatus, Unfavourable,
};
use crate::student::exports::Project;
use crate::student::view::{Known, ResultRow};
use crate::verdicts::{Severity, SuStatus};

pub static RULE: Rule = Rule {
    code: "SU105",
    name: "final-project-cover",
    title: "Inactive, but registered for the final project",
    family: Family::Su,
    status: RuleStatus::Stable,
    since: "0.1.0",
    needs: &[Table::Projects, Table::ApprovalsAbroad],
    parameters: &[],
    sources: &["SU office pages, Final assignment and study activity"],
    documentation: include_str!("su105.md"),
    judges: Judges::EndedToo(|case| case.ends_later()),
    calls_for: &[],
    unfavourable: Some(Unfavourable {
        told: |_, decisions| decisions.final_project.stops(),
        lost_rows: LostRows::OfEnrolment,
        joined: None,
    }),
    speaks,
    report,
};

/// The cover of a final project, and the SU status that follows from all of SU1.
#[derive(Clone, Copy, Debug)]
pub struct FinalProject<'a> {
    /// The project the student is registered for on the inspection date.
    pub project: Known<Option<&'a Project>>,
    pub su_status: Known<SuStatus>,
    /// Its cover is asked for, and its course group is passed already: a person decides.
    pub passed: bool,
}

impl FinalProject<'_> {
    /// Nothing keeps SU, unless a person finds that a stay abroad does.
    pub fn stops(&self) -> bool {
        matches!(self.su_status, Ok(SuStatus::Inactive | SuStatus::InactiveAbroad))
    }

    /// The same, when the reason is progress: what a project covers is stopped by the start check alone.
    pub fn stops_for_progress(&self) -> bool {
        self.stops() && !matches!(self.project, Ok(Some(_)))
    }
}

/// The first that applies: on leave by the register; if progress or start check say inactive,
/// final project (for progress only), approved stay abroad, inactive; else active.
pub fn decide<'a>(
    case: &Case<'a>,
    progress: &StudyProgress,
    start_check: &StartCheckDecision,
) -> FinalProject<'a> {
    let project = case.current_final_project();
    let asked_for = progress.is_inactive() == Ok(true) && case.enrolment.status != Status::OnLeave;
    FinalProject {
        project,
        su_status: su_status(case, project, progress.is_inactive(), start_check.is_failed()),
        passed: asked_for && project.is_ok_and(|project| project.is_some_and(|it| is_passed(case, it))),
    }
}

fn is_passed(case: &Case, project: &Project) -> bool {
    passes(case, project).next().is_some()
}

/// Passes of the project's own course group.
fn passes<'a>(case: &Case<'a>, project: &Project) -> impl Iterator<Item = ResultRow<'a>> + use<'a> {
    let group = project.course.map(|course| case.exports.catalogue.group(course));
    case.results().filter(move |row| row.code.passed && Some(row.group) == group)
}

fn su_status(
    case: &Case,
    project: Known<Option<&Project>>,
    inactive: Known<bool>,
    start_check_failed: Known<bool>,
) -> Known<SuStatus> {
    if case.enrolment.status == Status::OnLeave {
        return Ok(SuStatus::OnLeave);
    }
    match (inactive, start_check_failed) {
        (Ok(false), Ok(false)) => return Ok(SuStatus::Active),
        (Ok(true), _) | (_, Ok(true)) => {}
        (Err(unknown), _) | (_, Err(unknown)) => return Err(unknown),
    }
    // Inactive for certain. The cover of a project needs progress alone to be the reason.
    let covered = match (inactive, start_check_failed) {
        (_, Ok(true)) | (Ok(false), _) => false,
        _ => {
            let registered = project?.is_some();
            if registered {
                inactive?;
                start_check_failed?;
            }
            registered
        }
    };
    if covered {
        return Ok(SuStatus::InactiveFinalProject);
    }
    let inspection = case.cutoffs.inspection_date;
    let abroad = case.approvals_abroad()?.iter().any(|approval| approval.period.contains(inspection));
    Ok(if abroad { SuStatus::InactiveAbroad } else { SuStatus::Inactive })
}

fn speaks(case: &Case, decisions: &Decisions) -> Option<Severity> {
    if case.exclusion().is_some() {
        return case.ends_later().then_some(Severity::Review);
    }
    match decisions.final_project.su_status {
        _ if decisions.final_project.passed => Some(Severity::Review),
        Ok(SuStatus::InactiveFinalProject) => Some(Severity::Notice),
        Ok(SuStatus::InactiveAbroad) | Err(_) => Some(Severity::Review),
        Ok(_) => None,
    }
}

/// Of an enrolment that is not inspected: it has no SU status, but it may be that it should have one.
fn not_inspected(case: &Case, why: &str) -> Report {
    let status = case.enrolment.status.code();
    let mut evidence = vec![case.register("status", status)];
    let Some(ended_on) = case.enrolment.ended_on.filter(|_| case.ends_later()) else {
        let why = format!("the enrolment is not inspected: {why}");
        return Report::new(Outcome::NotApplicable(why), "No SU status.", evidence);
    };
    evidence.push(case.register("ended_on", ended_on));
    let inspection = case.cutoffs.inspection_date;
    let message = format!(
        "Not inspected: {status} by the register, but ended on {ended_on}, after the inspection of {inspection}."
    );
    let why = "whether the enrolment ran on the inspection date is for a person".to_owned();
    let days = inspection.days_until(ended_on);
    Report::new(Outcome::NeedsHuman(why), message, evidence)
        .margin(format!("{} after the inspection", counted(days, "day", "days")))
}

fn report(case: &Case, decisions: &Decisions) -> Vec<Report> {
    if let Some(why) = case.exclusion() {
        return vec![not_inspected(case, why)];
    }
    let cover = &decisions.final_project;
    let mut evidence = Vec::new();
    if let Ok(Some(project)) = cover.project {
        let line = [project.line];
        evidence.push(case.rows("final_project", project.kind.code(), Table::Projects, line));
        evidence.push(case.rows("final_project_ends_on", project.deadline(), Table::Projects, line));
        if cover.passed {
            let passes = passes(case, project).map(|pass| pass.line);
            evidence.push(case.rows("final_project_passed", "yes", Table::Results, passes));
        }
    }
    let inspection = case.cutoffs.inspection_date;
    if let Ok(approvals) = case.approvals_abroad() {
        let covering = approvals.iter().filter(|approval| approval.period.contains(inspection));
        let lines: Vec<u32> = covering.map(|approval| approval.line).collect();
        evidence.push(case.rows("approved_stays_abroad", lines.len(), Table::ApprovalsAbroad, lines));
    }
    let status = match cover.su_status {
        Ok(status) => status,
        Err(unknown) => return vec![Report::unknown(unknown, evidence)],
    };
    evidence.push(case.figure("su_status", status.code(), "the first of the rule's list that applies"));
    vec![match (status, cover.project) {
        (_, Ok(Some(project))) if cover.passed => {
            let why = "whether the final project still runs is for a person".to_owned();
            let message = format!(
                "Registered for the final project until {}, but its course is passed.",
                project.deadline()
            );
            Report::new(Outcome::NeedsHuman(why), message, evidence)
        }
        (SuStatus::InactiveFinalProject, Ok(Some(project))) => {
            let message =
                format!("Keeps SU while registered for the final project, until {}.", project.deadline());
            let days = inspection.days_until(project.deadline());
            Report::new(Outcome::Met, message, evidence)
                .margin(format!("{} of cover left", counted(days, "day", "days")))
        }
        (SuStatus::InactiveAbroad, _) => {
            let why = "an approved stay abroad covers the inspection date".to_owned();
            Report::new(Outcome::NeedsHuman(why), "Inactive during an approved stay abroad.", evidence)
        }
        (SuStatus::Inactive, Ok(Some(_))) => Report::new(
            Outcome::NotMet,
            "Inactive by the start check, which the final project does not cover.",
            evidence,
        ),
        (SuStatus::Inactive, _) => Report::new(
            Outcome::NotMet,
            "Inactive, and no final project covers the inspection date.",
            evidence,
        ),
        (status, _) => {
            let why = format!("the SU status is {}", status.meaning());
            Report::new(Outcome::NotApplicable(why), "No cover is needed.", evidence)
        }
    }]
}
