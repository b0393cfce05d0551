#![doc = include_str!("dg403.md")]

use crate::base::{Ects, Period, Semester};
use crate::contract::Table;
use crate::contract::codes::ExemptionKind;
use crate::rules::su::su101;
use crate::rules::{
    Case, Decisions, Family, Judges, LostRows, Outcome, Report, Rule, RuleStatus, Unfavourable, known,
};
use crate::student::leave;
use crate::student::view::{Known, ResultRow};
use crate::verdicts::{FiveEcts, LetterKind, Paper, Severity};

pub static RULE: Rule = Rule {
    code: "DG403",
    name: "five-ects",
    title: "Five ECTS in the last two full semesters",
    family: Family::Degree,
    status: RuleStatus::Stable,
    since: "0.1.0",
    needs: &[Table::CourseEquivalences, Table::Leaves, Table::Exemptions],
    parameters: &["degree.five_ects", "degree.five_ects_semesters"],
    sources: &["Study rules, Study activity requirement"],
    documentation: include_str!("dg403.md"),
    judges: Judges::Inspected,
    calls_for: &[Paper::Letter(LetterKind::FiveEctsWarning)],
    unfavourable: Some(Unfavourable {
        told: |_, decisions| decisions.five_ects.calls_for_warning(),
        lost_rows: LostRows::OfEnrolment,
        joined: Some([groups_counted, su101::groups_passed]),
    }),
    speaks,
    report,
};

#[derive(Clone, Debug)]
pub struct FiveEctsDecision {
    /// The student's own full semesters that are looked at, latest first.
    pub semesters: Known<Vec<Semester>>,
    pub ects: Known<Ects>,
    pub verdict: Known<FiveEcts>,
    /// Only looked up when the requirement is not met: an exemption stops the letter.
    pub exempt: Known<bool>,
    /// Not met by results that end before the semesters do: a person decides.
    pub results_cut_off: bool,
    /// Not met in semesters that had begun before the readmission: a person decides.
    pub readmitted: bool,
}

impl FiveEctsDecision {
    /// The semesters in which too little was passed.
    pub fn missed(&self) -> &[Semester] {
        let missed = self.verdict == Ok(FiveEcts::NotMet);
        self.semesters.as_deref().ok().filter(|_| missed).unwrap_or_default()
    }

    /// Not met, and no exemption for certain.
    pub fn calls_for_warning(&self) -> bool {
        self.verdict == Ok(FiveEcts::NotMet) && self.exempt == Ok(false)
    }
}

pub fn decide(case: &Case, passes: Known<&[ResultRow]>) -> FiveEctsDecision {
    let semesters = last_full_semesters(case);
    let ects = match &semesters {
        Ok(semesters) => passes.map(|passes| counted_in(case, semesters, passes).map(|pass| pass.ects).sum()),
        Err(unknown) => Err(*unknown),
    };
    let wanted = case.law.five_ects_semesters as usize;
    let verdict = match &semesters {
        Err(unknown) => Err(*unknown),
        Ok(found) if found.len() < wanted => Ok(FiveEcts::NotDue),
        Ok(_) => ects.map(|ects| if ects >= case.law.five_ects { FiveEcts::Met } else { FiveEcts::NotMet }),
    };
    let exempt = match verdict {
        Ok(FiveEcts::NotMet) => case
            .exemptions()
            .map(|mut exemptions| exemptions.any(|exemption| exemption.kind == ExemptionKind::StudyActivity)),
        _ => Ok(false),
    };
    let warned = verdict == Ok(FiveEcts::NotMet) && exempt != Ok(true);
    let looked_at = || semesters.iter().flatten();
    let results_cut_off =
        warned && looked_at().any(|semester| case.cutoffs.results_through < semester.days().last);
    let readmitted = warned
        && case
            .readmitted_on()
            .is_some_and(|day| looked_at().any(|semester| semester.first_month().last_day() < day));
    FiveEctsDecision { semesters, ects, verdict, exempt, results_cut_off, readmitted }
}

/// The last full semesters of the student's own, ended before the inspection and not wholly on
/// leave; at most as many as the rule looks at.
fn last_full_semesters(case: &Case) -> Known<Vec<Semester>> {
    let leaves = case.leaves()?;
    let wanted = case.law.five_ects_semesters as usize;
    let mut found = Vec::new();
    let mut semester = Semester::of(case.cutoffs.inspection_date).previous();
    while found.len() < wanted && case.enrolment.started_on <= semester.first_month().last_day() {
        if !leave::covers_whole(leaves, semester.days()) {
            found.push(semester);
        }
        semester = semester.previous();
    }
    Ok(found)
}

fn counted_in<'p, 'a>(
    case: &Case<'a>,
    semesters: &[Semester],
    passes: &'p [ResultRow<'a>],
) -> impl Iterator<Item = &'p ResultRow<'a>> + use<'p, 'a> {
    let started_on = case.enrolment.started_on;
    let semesters: Vec<Period> = semesters.iter().map(|semester| semester.days()).collect();
    passes.iter().filter(move |pass| {
        !pass.is_entry_credit(started_on) && semesters.iter().any(|days| days.contains(pass.assessed_on))
    })
}

/// The passes that the figure is made of.
pub fn counted<'d, 'a>(
    case: &Case<'a>,
    decisions: &'d Decisions<'a>,
) -> Known<impl Iterator<Item = &'d ResultRow<'a>> + use<'d, 'a>> {
    let semesters = decisions.five_ects.semesters.as_deref().map_err(|unknown| *unknown)?;
    Ok(counted_in(case, semesters, decisions.passes()?))
}

fn groups_counted(case: &Case, decisions: &Decisions) -> Vec<u32> {
    counted(case, decisions).into_iter().flatten().map(|pass| pass.group).collect()
}

fn speaks(_: &Case, decisions: &Decisions) -> Option<Severity> {
    let decision = &decisions.five_ects;
    match (decision.verdict, decision.exempt) {
        _ if decision.results_cut_off || decision.readmitted => Some(Severity::Review),
        (Err(_), _) | (Ok(FiveEcts::NotMet), Err(_)) => Some(Severity::Review),
        (Ok(FiveEcts::NotMet), Ok(true)) => Some(Severity::Info),
        (Ok(FiveEcts::NotMet), Ok(false)) => Some(Severity::Action),
        (Ok(FiveEcts::Met | FiveEcts::NotDue), _) => None,
    }
}

fn report(case: &Case, decisions: &Decisions) -> Vec<Report> {
    let decision = &decisions.five_ects;
    let mut evidence = vec![case.law_fact("five_ects", "degree.five_ects")];
    if let Ok(semesters) = &decision.semesters {
        for semester in semesters {
            let days = semester.days();
            evidence.push(case.figure(
                "semester",
                format!("{} to {}", days.first, days.last),
                "full, and the student's own",
            ));
        }
        if let Ok(passes) = decisions.passes() {
            let lines = counted_in(case, semesters, passes).map(|pass| pass.line);
            evidence.push(case.rows("ects_last_two_semesters", known(decision.ects), Table::Results, lines));
        }
    }
    if let Ok(leaves) = case.leaves() {
        evidence.push(case.rows(
            "leaves",
            leaves.len(),
            Table::Leaves,
            leaves.iter().map(|leave| leave.line),
        ));
    }
    let verdict = match decision.verdict {
        Ok(verdict) => verdict,
        Err(unknown) => return vec![Report::unknown(unknown, evidence)],
    };
    let ects = known(decision.ects);
    let margin = match decision.ects {
        Ok(ects) if ects >= case.law.five_ects => format!("{} ECTS above", ects - case.law.five_ects),
        Ok(ects) => format!("{} ECTS short", case.law.five_ects - ects),
        Err(_) => "unknown".to_owned(),
    };
    let report = match (verdict, decision.exempt) {
        (FiveEcts::Met, _) => {
            Report::new(Outcome::Met, format!("{ects} ECTS in the last two full semesters."), evidence)
        }
        (FiveEcts::NotDue, _) => {
            let why = "fewer than two full semesters of the student's own have ended".to_owned();
            return vec![Report::new(Outcome::NotApplicable(why), "Not due yet.", evidence)];
        }
        (FiveEcts::NotMet, Ok(true)) => {
            let message =
                format!("{ects} ECTS in the last two full semesters; an exemption is granted, no letter.");
            Report::new(Outcome::NotMet, message, evidence)
        }
        (FiveEcts::NotMet, Ok(false)) => {
            let outcome = match (decision.results_cut_off, decision.readmitted) {
                (true, _) => Outcome::NeedsHuman(format!(
                    "results are read up to {} only",
                    case.cutoffs.results_through
                )),
                (_, true) => Outcome::NeedsHuman("readmitted since these semesters began".to_owned()),
                _ => Outcome::NotMet,
            };
            Report::new(outcome, format!("Only {ects} ECTS in the last two full semesters."), evidence)
        }
        (FiveEcts::NotMet, Err(unknown)) => {
            let message = format!("Only {ects} ECTS in the last two full semesters; exemptions are unknown.");
            Report::new(Outcome::NeedsHuman(unknown.to_string()), message, evidence)
        }
    };
    vec![report.margin(margin)]
}
