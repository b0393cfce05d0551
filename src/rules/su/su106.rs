#![doc = include_str!("su106.md")]

use super::su102::own_exams_since_start;
use crate::base::{Day, Ects, Month};
use crate::contract::Table;
use crate::contract::codes::Status;
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus, known};
use crate::student::view::{Known, ResultRow, Unknown};
use crate::verdicts::{Evidence, Progress, Severity, StartCheck, SuStatus};

pub static RULE: Rule = Rule {
    code: "SU106",
    name: "resuming",
    title: "Resuming SU after having been inactive",
    family: Family::Su,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[Table::CourseEquivalences],
    parameters: &[],
    sources: &["SU office pages, Resume your SU after opting out or having been declared study inactive"],
    documentation: include_str!("su106.md"),
    judges: Judges::Inspected,
    calls_for: &[],
    unfavourable: None,
    speaks,
    report,
};

/// What the earlier inspection leaves to do.
pub enum Resuming<'a> {
    NotInspectedThen,
    /// Progress was not judged then, so SU that an inspection before it stopped may be stopped still.
    OnLeaveThen,
    /// SU went on, or was not stopped by the inspection.
    NotStopped(SuStatus),
    /// The earlier inspection could not say.
    UnknownThen,
    Stopped(Stopped<'a>),
}

/// An enrolment that the earlier inspection found inactive.
pub struct Stopped<'a> {
    pub su_status: SuStatus,
    pub inspected_on: Day,
    /// The ECTS of the letter; `None`: progress was not the reason.
    pub aim: Option<Aim<'a>>,
    /// The start check was failed then: the first exam taken part in, once there is one.
    pub start: Option<Option<ResultRow<'a>>>,
    /// A result that counts was assessed by the earlier cut-off, but was not known then.
    pub known_late: bool,
}

/// The requirement of the letter, and the results towards it.
pub struct Aim<'a> {
    pub required: Ects,
    pub counted: Ects,
    /// The result with which it was reached.
    pub reached_by: Option<ResultRow<'a>>,
    /// What is settled does not reach it: it is reached only with results that await a decision, or not yet.
    pub awaiting: bool,
}

impl Stopped<'_> {
    /// The month of the last result that it took; `None`: not there yet.
    pub fn earliest(&self) -> Option<Month> {
        let aim = self.aim.as_ref().map(|aim| aim.reached_by.as_ref());
        let start = self.start.as_ref().map(Option::as_ref);
        let mut days = Vec::new();
        for result in aim.into_iter().chain(start) {
            days.push(result?.assessed_on);
        }
        days.into_iter().max().map(Day::month)
    }

    /// Why a person must look at it before the student is told.
    fn doubt(&self, decisions: &Decisions) -> Option<&'static str> {
        if self.earliest().is_none() {
            None
        } else if decisions.progress.is_inactive() != Ok(false) {
            Some("by this inspection the progress is not active, whatever was asked for then")
        } else if decisions.start_check.is_failed() != Ok(false) {
            Some("by this inspection the student fails the start check, or it is unknown")
        } else if self.aim.as_ref().is_some_and(|aim| aim.awaiting) {
            Some("it is reached only with results that await a decision")
        } else if self.known_late {
            Some("a result was assessed before the earlier inspection, but was not known to it")
        } else if self.start.is_some() {
            Some("the sources name no month for SU stopped by the start check")
        } else if self.su_status == SuStatus::InactiveAbroad {
            Some("whether SU was stopped during the stay abroad was for a person")
        } else {
            None
        }
    }
}

pub fn decide<'a>(case: &Case<'a>) -> Known<Resuming<'a>> {
    let (previous, verdict) = case.previous()?;
    let Some(verdict) = verdict else { return Ok(Resuming::NotInspectedThen) };
    let Some(su_status) = verdict.su_status else { return Ok(Resuming::UnknownThen) };
    if su_status == SuStatus::OnLeave {
        return Ok(Resuming::OnLeaveThen);
    }
    if !matches!(su_status, SuStatus::Inactive | SuStatus::InactiveAbroad) {
        return Ok(Resuming::NotStopped(su_status));
    }
    let aim = match (verdict.progress, verdict.required) {
        (Some(Progress::Inactive), Some(required)) => Some(aim(case, required)?),
        (Some(Progress::Inactive) | None, _) => return Ok(Resuming::UnknownThen),
        _ => None,
    };
    let failed = matches!(verdict.start_check, Some(StartCheck::Failed | StartCheck::FailedLate));
    let start = failed.then(|| first_exam(case));
    if aim.is_none() && start.is_none() {
        return Ok(Resuming::UnknownThen);
    }
    let reached = aim.as_ref().and_then(|aim| aim.reached_by.as_ref());
    let results = reached.into_iter().chain(start.iter().flatten());
    let known_late = results.map(|row| row.assessed_on).any(|day| day <= previous.results_through);
    let inspected_on = previous.inspection_date;
    Ok(Resuming::Stopped(Stopped { su_status, inspected_on, aim, start, known_late }))
}

fn aim<'a>(case: &Case<'a>, required: Ects) -> Known<Aim<'a>> {
    let mut passes: Vec<ResultRow> = case.counted_passes(|_| false)?.collect();
    passes.sort_by_key(|pass| (pass.assessed_on, pass.group));
    let settled: Ects = passes.iter().filter(|pass| !pass.code.provisional).map(|pass| pass.ects).sum();
    let mut counted = Ects::ZERO;
    let mut reached_by = None;
    for pass in passes {
        counted += pass.ects;
        if counted >= required && reached_by.is_none() {
            reached_by = Some(pass);
        }
    }
    Ok(Aim { required, counted, awaiting: settled < required, reached_by })
}

/// The own result since the start by which the student first took part in an exam.
fn first_exam<'a>(case: &Case<'a>) -> Option<ResultRow<'a>> {
    own_exams_since_start(case)
        .filter(|row| row.code.took_part)
        .min_by_key(|row| (row.assessed_on, row.group))
}

fn speaks(case: &Case, decisions: &Decisions) -> Option<Severity> {
    match decide(case) {
        // Without a previous run there is nothing to say of anybody; the summary says it of all.
        Err(_) if case.previous().is_err() => None,
        Err(_) => Some(Severity::Review),
        Ok(Resuming::NotInspectedThen | Resuming::NotStopped(_)) => None,
        Ok(Resuming::UnknownThen | Resuming::OnLeaveThen) => Some(Severity::Info),
        Ok(Resuming::Stopped(stopped)) => Some(match (stopped.earliest(), stopped.doubt(decisions)) {
            (None, _) => Severity::Info,
            (Some(_), None) => Severity::Notice,
            (Some(_), Some(_)) => Severity::Review,
        }),
    }
}

fn report(case: &Case, decisions: &Decisions) -> Vec<Report> {
    let not_applicable =
        |why: String, message: &str| vec![Report::new(Outcome::NotApplicable(why), message, Vec::new())];
    let unknown = |why: &str| {
        let message = format!("Unknown: {why}.");
        vec![Report::new(Outcome::Unknown(why.to_owned()), message, Vec::new())]
    };
    let stopped = match decide(case) {
        Err(unknown) => return vec![Report::unknown(unknown, Vec::new())],
        Ok(Resuming::NotInspectedThen) => {
            let why = "the enrolment was not inspected by the previous run".to_owned();
            return not_applicable(why, "Not inspected then.");
        }
        Ok(Resuming::NotStopped(status)) => {
            let why = format!("the SU status was {} at the previous inspection", status.meaning());
            return not_applicable(why, "SU was not stopped then.");
        }
        Ok(Resuming::OnLeaveThen) => {
            return unknown(
                "on leave at the previous inspection, which does not say whether SU was stopped before",
            );
        }
        Ok(Resuming::UnknownThen) => {
            return unknown("the previous inspection could not say why or whether SU was to stop");
        }
        Ok(Resuming::Stopped(stopped)) => stopped,
    };
    let mut messages = vec![format!("Inactive at the inspection of {}.", stopped.inspected_on)];
    let mut margin = None;
    if let Some(Aim { required, counted, .. }) = stopped.aim {
        let standing = match counted >= required {
            true => format!("{} ECTS above", counted - required),
            false => format!("{} ECTS still missing", required - counted),
        };
        messages.push(format!("It asked for {required} ECTS; counted now: {counted}, {standing}."));
        margin = Some(standing);
    }
    if let Some(start) = &stopped.start {
        messages.push(match start {
            Some(row) => format!("Has taken part in an exam, assessed on {}.", row.assessed_on),
            None => "Has still taken part in no exam.".to_owned(),
        });
    }
    let outcome = match (stopped.earliest(), stopped.doubt(decisions)) {
        (None, _) => Outcome::NotMet,
        (Some(month), doubt) => {
            messages.push(format!("SU can resume from {month} at the earliest; it must be applied for."));
            match doubt {
                Some(why) => {
                    messages.push(format!("For a person: {why}."));
                    Outcome::NeedsHuman(why.to_owned())
                }
                None => Outcome::Met,
            }
        }
    };
    if outcome == Outcome::NotMet {
        messages.extend(by_this_inspection(decisions).map(str::to_owned));
    }
    if case.enrolment.status == Status::OnLeave {
        messages.push("There is no SU during a leave.".to_owned());
    }
    let report = Report::new(outcome, messages.join(" "), evidence(case, decisions, &stopped));
    vec![match margin {
        Some(margin) => report.margin(margin),
        None => report,
    }]
}

/// What this inspection says of a student who has not reached what the earlier one asked for.
fn by_this_inspection(decisions: &Decisions) -> impl Iterator<Item = &'static str> {
    let check = decisions.start_check.verdict;
    let is_failed = matches!(check, Ok(StartCheck::Failed | StartCheck::FailedLate));
    let progress = (decisions.progress.is_inactive() == Ok(false)).then_some(if is_failed {
        "By this inspection the progress is active, but the student fails the start check."
    } else {
        "By this inspection the progress is active all the same."
    });
    let awaited =
        (check == Err(Unknown::ExamResult)).then_some("An exam was held whose result is not yet known.");
    progress.into_iter().chain(awaited)
}

fn evidence(case: &Case, decisions: &Decisions, stopped: &Stopped) -> Vec<Evidence> {
    let then = format!("previous run of {}", stopped.inspected_on);
    let mut facts = vec![case.figure("previous_su_status", stopped.su_status.code(), then.clone())];
    if let Some(aim) = &stopped.aim {
        let passes = case.counted_passes(|_| false);
        let lines: Vec<u32> = passes.map_or(Vec::new(), |passes| passes.map(|pass| pass.line).collect());
        facts.push(case.figure("previous_ects_required", aim.required, then));
        facts.push(case.rows("ects_counted", aim.counted, Table::Results, lines));
        if let Some(row) = &aim.reached_by {
            facts.push(case.rows("reached_on", row.assessed_on, Table::Results, [row.line]));
        }
    }
    if let Some(Some(row)) = &stopped.start {
        facts.push(case.rows("took_part_on", row.assessed_on, Table::Results, [row.line]));
    }
    if let Some(month) = stopped.earliest() {
        facts.push(case.figure("earliest_month", month, "the month of the last result that it took"));
    }
    let now = decisions.final_project.su_status.map(SuStatus::code);
    facts.push(case.figure("su_status", known(now), "of this inspection"));
    if let Err(unknown) = now {
        facts.push(case.figure("su_status_unknown", unknown, "of this inspection"));
    }
    facts
}
