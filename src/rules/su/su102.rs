#![doc = include_str!("su102.md")]

use crate::base::{Cutoffs, Day, Month, counted};
use crate::contract::Table;
use crate::contract::codes::Status;
use crate::rules::{
    Case, Decisions, Family, Judges, LostRows, Outcome, Report, Rule, RuleStatus, Unfavourable, known,
};
use crate::student::view::{EnrolmentView, Known, ResultRow, Unknown};
use crate::verdicts::{DraftKind, LetterKind, Paper, Severity, StartCheck};

pub static RULE: Rule = Rule {
    code: "SU102",
    name: "start-check",
    title: "Has taken part in an exam since the start",
    family: Family::Su,
    status: RuleStatus::Stable,
    since: "0.1.0",
    needs: &[Table::CourseEquivalences, Table::ExamRegistrations],
    parameters: &[
        "su.start_check_due_months",
        "su.start_check_late_months",
        "exams.reexam_months",
        "extra_portions.grading_lag_months",
    ],
    sources: &["SU office pages, The SU Office checks if you have started your education"],
    documentation: include_str!("su102.md"),
    judges: Judges::Inspected,
    calls_for: &[Paper::Letter(LetterKind::StartCheckHearing), Paper::Draft(DraftKind::StartCheckDecision)],
    unfavourable: Some(Unfavourable {
        told: |_, decisions| decisions.stop_for_start_check(),
        lost_rows: LostRows::OfEnrolment,
        joined: None,
    }),
    speaks,
    report,
};

#[derive(Clone, Copy, Debug)]
pub struct StartCheckDecision {
    pub verdict: Known<StartCheck>,
    /// The first day on which the check is due.
    pub due_from: Day,
    /// The last day on which it is not late.
    pub late_after: Day,
    /// Failed, and there is a cheating decision: a person decides.
    pub cheating_case: bool,
    /// Failed while on leave: a person decides.
    pub on_leave: bool,
    /// Failed by results that do not reach far enough to say so: a person decides.
    pub results_cut_off: bool,
    /// A result of the exports that is not read shows that the student took part.
    pub took_part_later: bool,
}

impl StartCheckDecision {
    /// An exam whose result is still awaited is a matter for review, not a failed check.
    pub fn is_failed(&self) -> Known<bool> {
        match self.verdict {
            Ok(verdict) => Ok(matches!(verdict, StartCheck::Failed | StartCheck::FailedLate)),
            Err(Unknown::ExamResult) => Ok(false),
            Err(unknown) => Err(unknown),
        }
    }
}

pub fn decide(case: &Case) -> StartCheckDecision {
    let started_on = case.enrolment.started_on;
    let inspection = case.cutoffs.inspection_date;
    let due_from = started_on.plus_months_clamped(case.law.start_check_due_months);
    let late_after = started_on.plus_months_clamped(case.law.start_check_late_months);
    let verdict = if inspection < due_from {
        Ok(StartCheck::NotDue)
    } else if own_exams_since_start(case).any(|row| row.code.took_part) {
        Ok(StartCheck::TookPart)
    } else {
        match pending_exam(case) {
            Err(unknown) => Err(unknown),
            Ok(Some(_)) => Err(Unknown::ExamResult),
            Ok(None) if inspection <= late_after => Ok(StartCheck::Failed),
            Ok(None) => Ok(StartCheck::FailedLate),
        }
    };
    let failed = matches!(verdict, Ok(StartCheck::Failed | StartCheck::FailedLate));
    StartCheckDecision {
        verdict,
        due_from,
        late_after,
        cheating_case: failed && own_exams_since_start(case).any(|row| row.code.cheating),
        on_leave: failed && case.enrolment.status == Status::OnLeave,
        results_cut_off: failed && results_cut_off(case),
        took_part_later: failed && took_part_later(case),
    }
}

/// By a result that was known by the inspection but that the run does not read.
fn took_part_later(case: &Case) -> bool {
    let by_inspection = case.view.reading_results_through(case.cutoffs.inspection_date);
    own_exams_since_start(&by_inspection).any(|row| row.code.took_part)
}

/// Whether results of the last month of exams since the start may have been known by the inspection
/// that the run does not read: it is cut off before they are all assessed.
fn results_cut_off(case: &Case) -> bool {
    let Cutoffs { inspection_date, results_through, .. } = case.cutoffs;
    let since_start = case.enrolment.started_on.month().index()..=inspection_date.month().index();
    let periods = &case.law.reexam_periods;
    let has_exams = |month: &Month| periods.iter().any(|period| period.exam == month.number());
    let assessed_by = |month: Month| month.plus(case.law.grading_lag_months).last_day();
    let last = since_start.rev().map(Month::from_index).find(has_exams);
    last.is_some_and(|month| results_through < assessed_by(month).min(inspection_date))
}

pub(super) fn own_exams_since_start<'a>(
    view: &EnrolmentView<'a>,
) -> impl Iterator<Item = ResultRow<'a>> + use<'a> {
    let started_on = view.enrolment.started_on;
    view.results().filter(move |row| !row.transferred && row.exam_date.is_some_and(|held| held >= started_on))
}

/// Line of a registered exam, held since the start, whose result is not known: there is none of the same
/// course group and day.
fn pending_exam(case: &Case) -> Known<Option<u32>> {
    let (started_on, inspection) = (case.enrolment.started_on, case.cutoffs.inspection_date);
    let held = |exam_date: Day| started_on <= exam_date && exam_date <= inspection;
    for registration in case.registrations()?.filter(|registration| held(registration.exam_date)) {
        let that_day =
            || own_exams_since_start(case).filter(|row| row.exam_date == Some(registration.exam_date));
        let group = case.exports.catalogue.group(registration.course);
        if that_day().any(|row| row.group == group) {
            continue;
        }
        if that_day().next().is_some() {
            // Which may be of the same group.
            case.equivalences()?;
        }
        return Ok(Some(registration.line));
    }
    Ok(None)
}

fn speaks(_: &Case, decisions: &Decisions) -> Option<Severity> {
    let check = &decisions.start_check;
    match check.verdict {
        Err(_) => Some(Severity::Review),
        Ok(StartCheck::Failed | StartCheck::FailedLate) if doubt(check).is_some() => Some(Severity::Review),
        Ok(StartCheck::Failed | StartCheck::FailedLate) => Some(Severity::Action),
        Ok(StartCheck::NotDue | StartCheck::TookPart) => None,
    }
}

/// Why a person must look at a failed check.
enum Doubt {
    Cheating,
    OnLeave,
    TookPartLater,
    CutOff,
}

/// The first that there is.
fn doubt(check: &StartCheckDecision) -> Option<Doubt> {
    if check.cheating_case {
        Some(Doubt::Cheating)
    } else if check.on_leave {
        Some(Doubt::OnLeave)
    } else if check.took_part_later {
        Some(Doubt::TookPartLater)
    } else if check.results_cut_off {
        Some(Doubt::CutOff)
    } else {
        None
    }
}

impl Doubt {
    /// Of what a result says of cheating nothing is told.
    fn in_words(&self, case: &Case) -> String {
        let through = case.cutoffs.results_through;
        match self {
            Doubt::Cheating => "the only exams carry a result that a person must judge".to_owned(),
            Doubt::OnLeave => "the student is on leave".to_owned(),
            Doubt::TookPartLater => format!(
                "results are read up to {through} only, and a later one of an exam taken part in is in the exports"
            ),
            Doubt::CutOff => {
                format!("results are read up to {through} only, and those of the last exams come later")
            }
        }
    }
}

fn report(case: &Case, decisions: &Decisions) -> Vec<Report> {
    let check = &decisions.start_check;
    let inspection = case.cutoffs.inspection_date;
    let took_part: Vec<u32> =
        own_exams_since_start(case).filter(|row| row.code.took_part).map(|row| row.line).collect();
    let mut evidence = vec![
        case.register("started_on", case.enrolment.started_on),
        case.law_fact("due_after_months", "su.start_check_due_months"),
        case.law_fact("late_after_months", "su.start_check_late_months"),
        case.rows("exams_taken_part_in", took_part.len(), Table::Results, took_part),
    ];
    if check.cheating_case {
        let judged = own_exams_since_start(case).filter(|row| row.code.cheating).map(|row| row.line);
        let judged: Vec<u32> = judged.collect();
        evidence.push(case.rows("exams_for_a_person", judged.len(), Table::Results, judged));
    }
    if let Ok(pending) = pending_exam(case) {
        let held = if pending.is_some() { "yes" } else { "no" };
        evidence.push(case.rows("exam_held_without_result", held, Table::ExamRegistrations, pending));
    }
    evidence.push(case.figure(
        "start_check",
        known(check.verdict.map(|verdict| verdict.code())),
        "from the facts above and the inspection date",
    ));
    let days = |days: i32| counted(days, "day", "days");
    let margin = if inspection <= check.late_after {
        format!("{} before it is late", days(inspection.days_until(check.late_after)))
    } else {
        format!("{} late", days(check.late_after.days_until(inspection)))
    };
    let report = match check.verdict {
        Err(unknown) => return vec![Report::unknown(unknown, evidence)],
        Ok(StartCheck::NotDue) => {
            let why = format!("the programme began too recently; due from {}", check.due_from);
            Report::new(Outcome::NotApplicable(why), format!("Not due before {}.", check.due_from), evidence)
        }
        Ok(StartCheck::TookPart) => {
            return vec![Report::new(Outcome::Met, "Has taken part in an exam.", evidence)];
        }
        Ok(StartCheck::Failed | StartCheck::FailedLate) => {
            let message = "Has taken part in no exam since the programme began.";
            match doubt(check) {
                Some(doubt) => Report::for_a_person(message, doubt.in_words(case), evidence),
                None => Report::new(Outcome::NotMet, message, evidence),
            }
        }
    };
    vec![report.margin(margin)]
}
