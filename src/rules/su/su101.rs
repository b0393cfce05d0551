#![doc = include_str!("su101.md")]

use super::readings::{self, Flip, Portions, robustness};
use super::supplement_portions;
use crate::base::{Cutoffs, Ects, counted};
use crate::contract::Table;
use crate::contract::codes::PaymentKind;
use crate::rules::{
    Case, Decisions, Family, Judges, LostRows, Outcome, Report, Rule, RuleStatus, Unfavourable, known,
};
use crate::student::view::{Known, ResultRow, Unknown};
use crate::verdicts::{DraftKind, Evidence, LetterKind, Paper, Progress, Regime, Severity};

pub static RULE: Rule = Rule {
    code: "SU101",
    name: "study-progress",
    title: "Enough ECTS for the portions used",
    family: Family::Su,
    status: RuleStatus::Stable,
    since: "0.1.0",
    needs: &[Table::CourseEquivalences, Table::ExtraPortionGrants, Table::Projects],
    parameters: &[
        "su.regime",
        "su.regime_needs_review",
        "su.requirement_method",
        "su.allowed_delay_ects",
        "su.ects_per_portion",
        "su.control_point_portions",
        "su.counted_payment_kinds",
        "su.deducted_grant_reasons",
    ],
    sources: &[
        "SU office pages, Inspection of study activity",
        "Public control-point table of Aalborg University",
    ],
    documentation: include_str!("su101.md"),
    judges: Judges::Inspected,
    calls_for: &[Paper::Letter(LetterKind::HearingNotice), Paper::Draft(DraftKind::LegacyHearing)],
    unfavourable: Some(Unfavourable {
        told: |_, decisions| decisions.stop_for_progress(),
        lost_rows: LostRows::OfEnrolment,
        joined: Some([groups_passed, groups_passed]),
    }),
    speaks,
    report,
};

/// ECTS of the passes that count, and two parts of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CountedEcts {
    pub counted: Ects,
    /// Awaiting a decision.
    pub provisional: Ects,
    pub transferred: Ects,
}

/// How the student stands to the requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub missing: Ects,
    /// Behind normal progression; negative when ahead.
    pub behind: Ects,
    pub progress: Progress,
}

#[derive(Clone, Debug)]
pub struct StudyProgress {
    pub regime: Regime,
    pub gross: i32,
    pub parental: i32,
    pub extra: Known<i32>,
    pub net: Known<i32>,
    pub control_point: Known<i32>,
    /// The requirement at the control point reached.
    pub required: Known<Ects>,
    pub ects: Known<CountedEcts>,
    pub standing: Known<Standing>,
    /// Known only when every open reading could be tried.
    pub robust: Known<bool>,
    /// Readings under which the verdict would be the other one.
    pub flips: Vec<Flip>,
    /// A paid internship names no course, so its reading cannot be tried.
    pub internship_course_unknown: bool,
    /// Inactive, and the exports hold a pass of the days after those that are read: a person decides.
    pub results_cut_off: bool,
}

impl StudyProgress {
    pub fn is_inactive(&self) -> Known<bool> {
        self.standing.map(|standing| standing.progress == Progress::Inactive)
    }
}

pub fn decide<'a>(case: &Case<'a>, passes: Known<&[ResultRow<'a>]>) -> StudyProgress {
    let law = case.law;
    let paid = case.portions_by_kind();
    let gross: i32 = law.counted_payments.iter().map(|kind| paid[*kind as usize]).sum();
    let extra = deducted(case);
    let net = extra.map(|extra| (gross - extra).max(0));
    let ects = passes.map(counted_ects);
    let required = net.map(|net| law.requirement.required(net));
    let standing = net.and_then(|net| ects.map(|ects| standing(case, net, ects.counted)));
    let (robust, flips, internship_course_unknown) = match (standing, extra, passes) {
        (Ok(standing), Ok(extra), Ok(passes)) => {
            let loan_counts = law.counted_payments.contains(&PaymentKind::CompletionLoan);
            let loan = if loan_counts { paid[PaymentKind::CompletionLoan as usize] } else { 0 };
            let inactive = standing.progress == Progress::Inactive;
            robustness(case, inactive, Portions { gross, extra, loan }, passes)
        }
        (Err(unknown), ..) | (_, Err(unknown), _) | (.., Err(unknown)) => (Err(unknown), Vec::new(), false),
    };
    let inactive = standing.is_ok_and(|standing| standing.progress == Progress::Inactive);
    StudyProgress {
        results_cut_off: inactive && passes_cut_off(case).next().is_some(),
        regime: law.regime,
        gross,
        parental: paid[PaymentKind::Parental as usize],
        extra,
        net,
        control_point: net.map(|net| law.requirement.control_point(net)),
        required,
        ects,
        standing,
        robust,
        flips,
        internship_course_unknown,
    }
}

fn deducted(case: &Case) -> Known<i32> {
    let reasons = &case.law.deducted_grants;
    Ok(case.grants()?.filter(|grant| reasons.contains(&grant.reason)).map(|grant| grant.portions).sum())
}

/// Every course group that was passed. Two of them that are one would have been counted twice.
pub fn groups_passed(_: &Case, decisions: &Decisions) -> Vec<u32> {
    decisions.passes().unwrap_or_default().iter().map(|pass| pass.group).collect()
}

fn counted_ects(passes: &[ResultRow]) -> CountedEcts {
    let mut sums = CountedEcts::default();
    for pass in passes {
        sums.counted += pass.ects;
        if pass.code.provisional {
            sums.provisional += pass.ects;
        }
        if pass.transferred {
            sums.transferred += pass.ects;
        }
    }
    sums
}

/// Passes that were known by the inspection but that the run does not read.
fn passes_cut_off<'a>(case: &Case<'a>) -> impl Iterator<Item = ResultRow<'a>> + use<'a> {
    let Cutoffs { results_through, inspection_date, .. } = case.cutoffs;
    let read_later = case.view.reading_results_through(inspection_date);
    read_later.results().filter(move |row| row.code.passed && row.assessed_on > results_through)
}

fn standing(case: &Case, net: i32, counted: Ects) -> Standing {
    let law = case.law.requirement;
    let required = law.required(net);
    let behind = law.ects_per_portion * net - counted;
    let progress = if counted < required {
        Progress::Inactive
    } else if behind > Ects::ZERO {
        Progress::Behind
    } else {
        Progress::OnTrack
    };
    Standing { missing: (required - counted).or_zero(), behind, progress }
}

fn speaks(case: &Case, decisions: &Decisions) -> Option<Severity> {
    let progress = &decisions.progress;
    match progress.standing {
        Err(_) => Some(Severity::Review),
        Ok(_) if doubt(case, decisions).is_some() => Some(Severity::Review),
        Ok(standing) => match standing.progress {
            Progress::Inactive => Some(Severity::Action),
            Progress::Behind => Some(Severity::Info),
            Progress::OnTrack => None,
        },
    }
}

fn report(case: &Case, decisions: &Decisions) -> Vec<Report> {
    let progress = &decisions.progress;
    let evidence = evidence(case, decisions);
    let (standing, required, ects) = match (progress.standing, progress.required, progress.ects) {
        (Ok(standing), Ok(required), Ok(ects)) => (standing, required, ects),
        (Err(unknown), ..) | (_, Err(unknown), _) | (.., Err(unknown)) => {
            return vec![Report::unknown(unknown, evidence)];
        }
    };
    let above = || format!("{} ECTS above", ects.counted - required);
    let missing = standing.missing;
    let net = known(progress.net.map(|net| counted(net, "net klip requires", "net klip require")));
    let (outcome, message, margin) = match standing.progress {
        Progress::Inactive => (
            Outcome::NotMet,
            format!("Inactive: {net} {required} ECTS; {missing} ECTS missing."),
            format!("{missing} ECTS short"),
        ),
        Progress::Behind => (
            Outcome::Met,
            format!("{} ECTS behind normal progression, but enough: {net} {required} ECTS.", standing.behind),
            above(),
        ),
        Progress::OnTrack => (Outcome::Met, format!("On track: {net} {required} ECTS."), above()),
    };
    let report = match doubt(case, decisions) {
        Some(doubt) => Report::for_a_person(message, doubt.in_words(case), evidence),
        None => Report::new(outcome, message, evidence),
    };
    vec![report.margin(margin)]
}

/// Why a person must look at a verdict.
enum Doubt<'p> {
    /// Under these readings it would be the other one.
    Turned(&'p [Flip]),
    Untried(Unknown),
    InternshipCourse,
    Regime,
    CutOff,
    Supplement,
}

/// The first that there is, of a standing that is known.
fn doubt<'p>(case: &Case, decisions: &'p Decisions) -> Option<Doubt<'p>> {
    let progress = &decisions.progress;
    match progress.robust {
        Ok(false) => Some(Doubt::Turned(&progress.flips)),
        Err(unknown) => Some(Doubt::Untried(unknown)),
        Ok(true) if progress.internship_course_unknown => Some(Doubt::InternshipCourse),
        Ok(true) if case.law.regime_needs_review => Some(Doubt::Regime),
        Ok(true) if progress.results_cut_off => Some(Doubt::CutOff),
        Ok(true) if supplement_portions::turn_the_verdict(case, decisions) => Some(Doubt::Supplement),
        Ok(true) => None,
    }
}

impl Doubt<'_> {
    fn in_words(&self, case: &Case) -> String {
        match self {
            Doubt::Turned(flips) => {
                let left_out: Vec<&str> = flips.iter().map(|flip| flip.reading.leaves_out()).collect();
                format!("the verdict would be the other one without {}", left_out.join(", or without "))
            }
            Doubt::Untried(unknown) => format!("not every reading could be tried, {unknown}"),
            Doubt::InternshipCourse => {
                "a paid internship names no course, so its reading could not be tried".to_owned()
            }
            Doubt::Supplement => {
                "without the extra portions of a disability supplement the student is active".to_owned()
            }
            Doubt::Regime => "cases of this regime are decided by a person at the institution".to_owned(),
            Doubt::CutOff => {
                let through = case.cutoffs.results_through;
                format!("results are read up to {through} only, and one passed later is in the exports")
            }
        }
    }
}

fn evidence(case: &Case, decisions: &Decisions) -> Vec<Evidence> {
    let (law, progress) = (case.law, &decisions.progress);
    let payments =
        case.payments().iter().filter(|row| law.counted_payments.contains(&row.kind) && row.portions > 0);
    let mut facts = Vec::with_capacity(20);
    facts.extend([
        case.law_fact("regime", "su.regime"),
        case.law_fact("allowed_delay_ects", "su.allowed_delay_ects"),
        case.law_fact("ects_per_portion", "su.ects_per_portion"),
        case.register("started_on", case.enrolment.started_on),
        case.rows("klip_gross", progress.gross, Table::SuPayments, payments.map(|row| row.line)),
    ]);
    if let Ok(grants) = case.grants() {
        let counted = grants.filter(|grant| law.deducted_grants.contains(&grant.reason));
        let lines = counted.map(|grant| grant.line);
        facts.push(case.rows("klip_extra", known(progress.extra), Table::ExtraPortionGrants, lines));
    }
    let parental = case.payments().iter().filter(|row| row.kind == PaymentKind::Parental && row.portions > 0);
    let parental = parental.map(|row| row.line);
    facts.push(case.rows("klip_parental", progress.parental, Table::SuPayments, parental));
    facts.push(case.figure("klip_net", known(progress.net), "max(0, klip_gross − klip_extra)"));
    facts.push(case.figure(
        "control_point",
        known(progress.control_point),
        format!("the last full multiple of {} net klip", case.law.requirement.step()),
    ));
    if let (Ok(ects), Ok(passes)) = (progress.ects, decisions.passes()) {
        let lines = passes.iter().map(|pass| pass.line);
        facts.push(case.rows("ects_counted", ects.counted, Table::Results, lines));
        facts.push(case.figure(
            "ects_provisional",
            ects.provisional,
            "part of ects_counted that awaits a decision",
        ));
        facts.push(case.figure("ects_transferred", ects.transferred, "part of ects_counted from outside"));
    }
    if progress.results_cut_off {
        let later: Vec<u32> = passes_cut_off(case).map(|pass| pass.line).collect();
        facts.push(case.rows("passes_cut_off", later.len(), Table::Results, later));
    }
    if let Ok(required) = progress.required {
        let formula = if law.requirement.in_steps() {
            "max(0, ects_per_portion × control_point − allowed_delay_ects)"
        } else {
            "max(0, ects_per_portion × klip_net − allowed_delay_ects)"
        };
        facts.push(case.figure("ects_required", required, formula));
    }
    if let Ok(standing) = progress.standing {
        facts.push(case.figure("ects_missing", standing.missing, "max(0, ects_required − ects_counted)"));
        facts.push(case.figure("ects_behind", standing.behind, "ects_per_portion × klip_net − ects_counted"));
    }
    if let Err(absent @ Unknown::Absent(_)) = progress.robust {
        facts.push(case.figure("robust", "unknown", absent.to_string()));
    } else {
        facts.push(case.figure(
            "robust",
            known(progress.robust),
            "whether every open reading of the sources gives the same verdict",
        ));
    }
    facts.extend(readings::facts(case, &progress.flips, decisions.passes().unwrap_or_default()));
    facts
}
