#![doc = include_str!("su103.md")]

use super::{month_list, payment_lines, sum};
use crate::base::{Month, counted};
use crate::contract::Table;
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus};
use crate::student::codes::PaymentKind;
use crate::student::leave;
use crate::student::view::Known;
use crate::verdicts::Severity;

pub static RULE: Rule = Rule {
    code: "SU103",
    name: "su-during-leave",
    title: "SU for months of leave",
    family: Family::Su,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[Table::Leaves],
    parameters: &[],
    sources: &["SU office pages, Sick leave", "Study rules, Leave of absence"],
    documentation: include_str!("su103.md"),
    judges: Judges::Inspected,
    calls_for: &[],
    unfavourable: None,
    speaks,
    report,
};

/// Months wholly on leave with ordinary SU, and the portions of each.
pub fn decide(case: &Case) -> Known<Vec<(Month, i32)>> {
    let leaves = case.leaves()?;
    if leaves.is_empty() {
        return Ok(Vec::new());
    }
    let paid = case.portions_by_month(PaymentKind::Ordinary);
    Ok(paid.filter(|(month, _)| leave::covers_whole(leaves, month.days())).collect())
}

fn speaks(case: &Case, _: &Decisions) -> Option<Severity> {
    match decide(case) {
        Ok(paid) => (!paid.is_empty()).then_some(Severity::Action),
        Err(_) => (case.portions_paid(PaymentKind::Ordinary) > 0).then_some(Severity::Review),
    }
}

fn report(case: &Case, _: &Decisions) -> Vec<Report> {
    let (paid, leaves) = match (decide(case), case.leaves()) {
        (Ok(paid), Ok(leaves)) => (paid, leaves),
        (Err(unknown), _) | (_, Err(unknown)) => return vec![Report::unknown(unknown, Vec::new())],
    };
    if leaves.is_empty() {
        let why = "no leave is registered".to_owned();
        return vec![Report::new(Outcome::NotApplicable(why), "No leave.", Vec::new())];
    }
    let lines = payment_lines(case, PaymentKind::Ordinary, &paid);
    let evidence = vec![
        case.rows("leaves", leaves.len(), Table::Leaves, leaves.iter().map(|leave| leave.line)),
        case.rows("portions_on_leave", sum(&paid), Table::SuPayments, lines),
        case.figure(
            "payments_through",
            case.cutoffs.payments_through,
            "last month of payments that is known",
        ),
    ];
    let portions = counted(sum(&paid), "portion", "portions");
    let margin = format!("{portions} in {} of leave", counted(paid.len(), "month", "months"));
    let (outcome, message) = if paid.is_empty() {
        (Outcome::Met, "No ordinary SU for a month wholly on leave.".to_owned())
    } else {
        let months = month_list(&paid);
        (Outcome::NotMet, format!("Ordinary SU for months wholly on leave: {months}; {portions}."))
    };
    vec![Report::new(outcome, message, evidence).margin(margin)]
}
