#![doc = include_str!("su111.md")]

use crate::base::counted;
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus};
use crate::verdicts::Severity;

pub static RULE: Rule = Rule {
    code: "SU111",
    name: "portions-taken-by-credit",
    title: "Portions that shortening credit takes from the programme",
    family: Family::Su,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[],
    parameters: &["su.credit_ects_per_portion"],
    sources: &["SU office pages, Changing study programme", "SU office pages, Changing field of study"],
    documentation: include_str!("su111.md"),
    judges: Judges::Inspected,
    calls_for: &[],
    unfavourable: None,
    speaks,
    report,
};

fn speaks(_: &Case, decisions: &Decisions) -> Option<Severity> {
    (decisions.portions.credit_reduction > 0).then_some(Severity::Info)
}

fn report(case: &Case, decisions: &Decisions) -> Vec<Report> {
    let credit = case.enrolment.shortening_credit;
    let step = case.law.credit_ects_per_portion;
    let portions = decisions.portions.credit_reduction;
    let evidence = vec![
        case.register("shortening_credit_ects", credit),
        case.law_fact("credit_ects_per_portion", "su.credit_ects_per_portion"),
        case.figure("portions_taken", portions, "whole times credit_ects_per_portion goes into the credit"),
    ];
    let margin = format!("{} ECTS below the next portion", step - credit.remainder(step));
    let (outcome, message) = if portions > 0 {
        let taken = counted(portions, "portion", "portions");
        let message = format!("{credit} ECTS of shortening credit take {taken} from the programme.");
        (Outcome::Met, message)
    } else {
        let why = "the shortening credit takes no portion".to_owned();
        (Outcome::NotApplicable(why), "No portion is taken.".to_owned())
    };
    vec![Report::new(outcome, message, evidence).margin(margin)]
}
