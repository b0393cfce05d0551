#![doc = include_str!("su103.md")]

use std::slice;

use super::{kroner, month_list, payment_lines, payments_of, sum};
use crate::base::{Month, counted};
use crate::contract::Table;
use crate::contract::codes::PaymentKind;
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus};
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

/// What was paid as ordinary SU for some months, in hundredths of a krone; `None` when the amount of one
/// payment is not given.
fn amount(case: &Case, months: &[(Month, i32)]) -> Option<i64> {
    // Rows of no portions are no SU for a month; what they regulate is not known.
    let rows = payments_of(case, PaymentKind::Ordinary, months).filter(|row| row.portions > 0);
    rows.map(|row| row.amount.map(i64::from)).sum()
}

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
    let lines = |months| payment_lines(case, PaymentKind::Ordinary, months);
    let in_kroner = |months| amount(case, months).map_or("unknown".to_owned(), kroner);
    let mut evidence =
        vec![case.rows("leaves", leaves.len(), Table::Leaves, leaves.iter().map(|leave| leave.line))];
    for paid in &paid {
        let ((month, portions), of_month) = (paid, slice::from_ref(paid));
        evidence.push(case.rows("month", month, Table::SuPayments, lines(of_month)));
        evidence.push(case.rows("portions", portions, Table::SuPayments, lines(of_month)));
        evidence.push(case.rows("amount_dkk", in_kroner(of_month), Table::SuPayments, lines(of_month)));
    }
    evidence.push(case.rows("portions_on_leave", sum(&paid), Table::SuPayments, lines(&paid)));
    evidence.push(case.rows("amount_dkk_on_leave", in_kroner(&paid), Table::SuPayments, lines(&paid)));
    evidence.push(case.figure(
        "payments_through",
        case.cutoffs.payments_through,
        "last month of payments that is known",
    ));
    let portions = counted(sum(&paid), "portion", "portions");
    let margin = format!("{portions} in {} of leave", counted(paid.len(), "month", "months"));
    let (outcome, message) = if paid.is_empty() {
        (Outcome::Met, "No ordinary SU for a month wholly on leave.".to_owned())
    } else {
        let months = month_list(&paid);
        let dkk = amount(case, &paid)
            .map_or("how many DKK is unknown".to_owned(), |dkk| format!("{} DKK", kroner(dkk)));
        (Outcome::NotMet, format!("Ordinary SU for months wholly on leave: {months}; {portions}, {dkk}."))
    };
    vec![Report::new(outcome, message, evidence).margin(margin)]
}
