#![doc = include_str!("su115.md")]

use super::{month_list, payment_lines, sum};
use crate::base::{Day, Month, counted};
use crate::contract::Table;
use crate::contract::codes::{PaymentKind, ProgrammeLevel};
use crate::rules::degree::dg405;
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus};
use crate::student::view::Known;
use crate::verdicts::Severity;

pub static RULE: Rule = Rule {
    code: "SU115",
    name: "beng-end-of-support",
    title: "End of support on a BEng programme",
    family: Family::Su,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[Table::Leaves],
    parameters: &["su.beng_support_ends_months"],
    sources: &["SU office pages, Final assignment and study activity"],
    documentation: include_str!("su115.md"),
    judges: Judges::Inspected,
    calls_for: &[],
    unfavourable: None,
    speaks,
    report,
};

/// The last day of support, and ordinary SU of later months.
pub struct EndOfSupport {
    pub last_day: Day,
    pub later: Vec<(Month, i32)>,
}

/// `None` for a programme that is no BEng.
pub fn decide(case: &Case) -> Option<Known<EndOfSupport>> {
    if case.programme.level != ProgrammeLevel::BEng {
        return None;
    }
    Some(dg405::prescribed_end_less(case, case.law.beng_support_ends_months).map(|end| {
        let last_day = end.plus_days(-1);
        let last_month = last_day.month();
        let paid = case.portions_by_month(PaymentKind::Ordinary);
        EndOfSupport { last_day, later: paid.filter(|(month, _)| *month > last_month).collect() }
    }))
}

fn speaks(case: &Case, _: &Decisions) -> Option<Severity> {
    match decide(case)? {
        Err(_) => Some(Severity::Review),
        Ok(end) if !end.later.is_empty() => Some(Severity::Notice),
        Ok(end) => (case.cutoffs.inspection_date > end.last_day).then_some(Severity::Info),
    }
}

fn report(case: &Case, _: &Decisions) -> Vec<Report> {
    let end = match decide(case) {
        None => {
            let why = "only a BEng programme has a paid internship in it".to_owned();
            return vec![Report::new(Outcome::NotApplicable(why), "No BEng programme.", Vec::new())];
        }
        Some(Err(unknown)) => return vec![Report::unknown(unknown, Vec::new())],
        Some(Ok(end)) => end,
    };
    let last_day = end.last_day;
    let lines = payment_lines(case, PaymentKind::Ordinary, &end.later);
    let mut evidence = vec![
        case.register("started_on", case.enrolment.started_on),
        case.programme_fact("programme_ects", case.programme.ects),
        case.law_fact("beng_support_ends_months", "su.beng_support_ends_months"),
        case.figure(
            "last_day_of_support",
            last_day,
            "end of the programme, with leave, less beng_support_ends_months",
        ),
        case.rows("portions_later", sum(&end.later), Table::SuPayments, lines),
    ];
    if let Ok(leaves) = case.leaves() {
        let lines = leaves.iter().map(|leave| leave.line);
        evidence.push(case.rows("leaves", leaves.len(), Table::Leaves, lines));
    }
    let left = case.cutoffs.inspection_date.days_until(last_day);
    let margin = match left {
        left if left >= 0 => format!("{} of support left", counted(left, "day", "days")),
        past => format!("{} past the end of support", counted(-past, "day", "days")),
    };
    let (outcome, message) = if !end.later.is_empty() {
        let months = month_list(&end.later);
        let why = "whether the programme was extended in the SU system is in no table".to_owned();
        let ends = if left < 0 { "ended" } else { "ends" };
        let message =
            format!("Support {ends} {last_day} unless it was extended; ordinary SU later: {months}.");
        (Outcome::Unknown(why), message)
    } else if left < 0 {
        let message =
            format!("Support ended {last_day}: the student must have the programme extended to get more.");
        (Outcome::NotMet, message)
    } else {
        (Outcome::Met, format!("Support ends {last_day}."))
    };
    vec![Report::new(outcome, message, evidence).margin(margin)]
}
