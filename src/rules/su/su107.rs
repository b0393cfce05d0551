#![doc = include_str!("su107.md")]

use crate::base::{Day, counted};
use crate::contract::Table;
use crate::contract::codes::PaymentKind;
use crate::rules::{
    Case, Decisions, Family, Judges, LostRows, Outcome, Report, Rule, RuleStatus, Unfavourable, known,
};
use crate::student::exports::Grant;
use crate::student::view::{Known, Unknown, grants_of};
use crate::verdicts::{Evidence, LetterKind, Paper, PortionsCalculation, Severity};

pub static RULE: Rule = Rule {
    code: "SU107",
    name: "portions-left",
    title: "Portions left of frame and programme",
    family: Family::Su,
    status: RuleStatus::Stable,
    since: "0.1.0",
    needs: &[Table::ExtraPortionGrants],
    parameters: &[
        "su.frame_portions",
        "su.frame_supplement_portions",
        "su.support_extension_applies",
        "su.credit_ects_per_portion",
        "su.portions_left_warning",
    ],
    sources: &["SU act, section 16", "Public pages on the SU reform of 2025 and 2027"],
    documentation: include_str!("su107.md"),
    judges: Judges::Inspected,
    calls_for: &[Paper::Letter(LetterKind::PortionsRunningOut)],
    unfavourable: Some(Unfavourable {
        told: |case, decisions| decisions.portions.running_out(case),
        lost_rows: LostRows::OfStudent(&[Table::Enrolments, Table::SuPayments, Table::ExtraPortionGrants]),
        joined: None,
    }),
    speaks,
    report,
};

#[derive(Clone, Copy, Debug)]
pub struct PortionsLeft {
    pub frame: i32,
    pub extra_in_all: Known<i32>,
    pub used_in_all: i32,
    pub programme: Known<i32>,
    pub credit_reduction: i32,
    pub extra_here: Known<i32>,
    pub used_here: i32,
    /// All that `left` is reckoned from.
    pub calculation: Known<PortionsCalculation>,
    pub left: Known<i32>,
}

impl PortionsLeft {
    /// So few are left that the student is told.
    pub fn running_out(&self, case: &Case) -> bool {
        self.left.is_ok_and(|left| left <= case.law.portions_left_warning)
    }
}

pub fn decide(case: &Case) -> PortionsLeft {
    decide_under(case, case.cutoffs.inspection_date)
}

/// The same under the law of another day.
pub fn decide_under(case: &Case, day: Day) -> PortionsLeft {
    let law = case.law;
    let enrolment = case.enrolment;
    let supplement = enrolment.disability_supplement || enrolment.single_parent;
    let supplement = if supplement { law.frame_supplement_portions.on_or_first(day) } else { 0 };
    let frame_by_law = law.frame_portions.on_or_first(day);
    let frame = frame_by_law + supplement;
    let credit_reduction = enrolment.shortening_credit.whole_steps(law.credit_ects_per_portion);
    let extension = if law.support_extension_applies.on_or_first(day) {
        enrolment.support_extension_months.ok_or(Unknown::SupportExtension)
    } else {
        Ok(0)
    };
    let prescribed = case.programme.prescribed_months;
    let programme = extension.map(|months| prescribed + months - credit_reduction);
    let extra_in_all = extra_in_all(case);
    let extra_here = case.grants().map(|grants| grants.map(|grant| grant.portions).sum());
    let used_here = case.portions_paid(PaymentKind::Ordinary);
    let elsewhere = case.enrolments_of_student().iter().filter(|index| **index as usize != case.index);
    let used_elsewhere = elsewhere.map(|index| case.other(*index).portions_paid(PaymentKind::Ordinary));
    let used_in_all = used_here + used_elsewhere.sum::<i32>();
    let calculation = extra_in_all.and_then(|granted_in_all| {
        Ok(PortionsCalculation {
            prescribed,
            extension: extension?,
            credit: credit_reduction,
            granted_here: extra_here?,
            used_here,
            frame: frame_by_law,
            supplement,
            granted_in_all,
            used_in_all,
        })
    });
    PortionsLeft {
        frame,
        extra_in_all,
        used_in_all,
        programme,
        credit_reduction,
        extra_here,
        used_here,
        left: calculation.map(|calculation| calculation.left()),
        calculation,
    }
}

/// Grants of all enrolments of the student, ended ones too.
fn extra_in_all(case: &Case) -> Known<i32> {
    let mut sum = 0;
    for index in case.enrolments_of_student() {
        let grants = grants_of(case.exports, *index as usize, case.cutoffs.inspection_date)?;
        sum += grants.map(|grant| grant.portions).sum::<i32>();
    }
    Ok(sum)
}

fn speaks(case: &Case, decisions: &Decisions) -> Option<Severity> {
    match decisions.portions.left {
        Err(Unknown::SupportExtension) => Some(Severity::Info),
        Err(_) => Some(Severity::Review),
        Ok(_) => decisions.portions.running_out(case).then_some(Severity::Notice),
    }
}

fn report(case: &Case, decisions: &Decisions) -> Vec<Report> {
    let portions = &decisions.portions;
    let evidence = evidence(case, portions);
    let left = match portions.left {
        Ok(left) => left,
        Err(unknown) => return vec![Report::unknown(unknown, evidence)],
    };
    let warning = case.law.portions_left_warning;
    let outcome = if portions.running_out(case) { Outcome::NotMet } else { Outcome::Met };
    let margin = match left - warning {
        above if above > 0 => format!("{} above the warning level", counted(above, "portion", "portions")),
        below => format!("{} at or below the warning level", counted(-below, "portion", "portions")),
    };
    let mut message = format!("{} left.", counted(left, "portion", "portions"));
    if let Ok(beyond @ 1..) = portions.calculation.map(|calculation| calculation.used_beyond()) {
        message += &format!(" {} used beyond what there is.", counted(beyond, "portion", "portions"));
    }
    vec![Report::new(outcome, message, evidence).margin(margin)]
}

fn evidence(case: &Case, portions: &PortionsLeft) -> Vec<Evidence> {
    let used = case.payments().iter().filter(|row| row.kind == PaymentKind::Ordinary && row.portions > 0);
    let grants =
        case.grants().map(|grants| grants.map(|grant| grant.line).collect()).unwrap_or_else(|_| Vec::new());
    let enrolment = case.enrolment;
    let mut facts = vec![case.law_fact("frame_portions", "su.frame_portions")];
    for (fact, applies) in [
        ("disability_supplement", enrolment.disability_supplement),
        ("single_parent", enrolment.single_parent),
    ] {
        if applies {
            facts.push(case.register(fact, "yes"));
            facts.push(case.law_fact("frame_supplement_portions", "su.frame_supplement_portions"));
        }
    }
    facts.push(case.figure("frame", portions.frame, "frame_portions, with the supplement where it applies"));
    facts.extend(elsewhere(case));
    facts.extend([
        case.figure(
            "extra_in_all",
            known(portions.extra_in_all),
            "extra_here and extra_elsewhere, of all enrolments of the student",
        ),
        case.figure(
            "used_in_all",
            portions.used_in_all,
            "used_here and used_elsewhere, of all enrolments of the student",
        ),
        case.programme_fact("prescribed_months", case.programme.prescribed_months),
        case.law_fact("support_extension_applies", "su.support_extension_applies"),
        case.register(
            "support_extension_months",
            case.enrolment.support_extension_months.map_or("unknown".to_owned(), |months| months.to_string()),
        ),
        case.register("shortening_credit_ects", case.enrolment.shortening_credit),
        case.figure(
            "programme",
            known(portions.programme),
            "prescribed_months + extension − whole portions of shortening credit",
        ),
        case.rows("extra_here", known(portions.extra_here), Table::ExtraPortionGrants, grants),
        case.rows("used_here", portions.used_here, Table::SuPayments, used.map(|row| row.line)),
        case.figure(
            "portions_left",
            known(portions.left),
            "max(0, min(frame + extra_in_all − used_in_all, programme + extra_here − used_here))",
        ),
    ]);
    facts
}

/// What the student's other enrolments have used and were granted, each by itself.
fn elsewhere(case: &Case) -> Vec<Evidence> {
    let mut facts = Vec::new();
    for index in case.enrolments_of_student().iter().filter(|index| **index as usize != case.index) {
        let other = case.other(*index);
        let used =
            || other.payments().iter().filter(|row| row.kind == PaymentKind::Ordinary && row.portions != 0);
        if used().next().is_some() {
            let portions = other.portions_paid(PaymentKind::Ordinary);
            let lines = used().map(|row| row.line);
            facts.push(case.rows_of(&other, "used_elsewhere", portions, Table::SuPayments, lines));
        }
        let granted: Vec<&Grant> = other.grants().map_or(Vec::new(), Iterator::collect);
        if !granted.is_empty() {
            let portions: i32 = granted.iter().map(|grant| grant.portions).sum();
            let lines = granted.iter().map(|grant| grant.line);
            facts.push(case.rows_of(&other, "extra_elsewhere", portions, Table::ExtraPortionGrants, lines));
        }
    }
    facts
}
