#![doc = include_str!("dg401.md")]

use crate::contract::Table;
use crate::contract::codes::Grading;
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus};
use crate::verdicts::{PassFailThird, Severity};

pub static RULE: Rule = Rule {
    code: "DG401",
    name: "pass-fail-third",
    title: "At most a third assessed pass/fail",
    family: Family::Degree,
    status: RuleStatus::Stable,
    since: "0.1.0",
    needs: &[Table::CourseEquivalences],
    parameters: &["degree.third_parts"],
    sources: &["Study rules, Assessment forms"],
    documentation: include_str!("dg401.md"),
    judges: Judges::Inspected,
    calls_for: &[],
    unfavourable: None,
    speaks,
    report,
};

fn speaks(_: &Case, decisions: &Decisions) -> Option<Severity> {
    let thirds = &decisions.thirds;
    match thirds.pass_fail_third {
        Err(_) => Some(Severity::Review),
        Ok(_) if thirds.pass_fail_base_matters => Some(Severity::Review),
        Ok(PassFailThird::Breached) => Some(Severity::Notice),
        Ok(PassFailThird::Within) => None,
    }
}

fn report(case: &Case, decisions: &Decisions) -> Vec<Report> {
    let thirds = &decisions.thirds;
    let (shares, verdict) = match (thirds.shares, thirds.pass_fail_third) {
        (Ok(shares), Ok(verdict)) => (shares, verdict),
        (Err(unknown), _) | (_, Err(unknown)) => return vec![Report::unknown(unknown, Vec::new())],
    };
    let passes = decisions.passes().unwrap_or_default().iter();
    let pass_fail = passes.filter(|pass| {
        let course = case.exports.catalogue.course(pass.course);
        !pass.transferred && course.is_some_and(|course| course.grading == Grading::PassFail)
    });
    let evidence = vec![
        case.rows("pass_fail_ects", shares.pass_fail, Table::Results, pass_fail.map(|pass| pass.line)),
        case.programme_fact("programme_ects", case.programme.ects),
        case.figure("ects_transferred", shares.transferred, "from other universities"),
        case.figure("ratio_base", shares.base, "programme_ects − ects_transferred"),
        case.law_fact("third_parts", "degree.third_parts"),
    ];
    let (outcome, message) = match verdict {
        PassFailThird::Within => (
            Outcome::Met,
            format!("{} of {} ECTS are pass/fail: within a third.", shares.pass_fail, shares.base),
        ),
        PassFailThird::Breached => (
            Outcome::NotMet,
            format!("{} of {} ECTS are pass/fail: more than a third.", shares.pass_fail, shares.base),
        ),
    };
    let outcome = if thirds.pass_fail_base_matters {
        Outcome::NeedsHuman("with the whole programme as base, a third would be judged otherwise".to_owned())
    } else {
        outcome
    };
    vec![Report::new(outcome, message, evidence).margin(format!(
        "{0} × {1} = {2} against {3} ECTS",
        case.law.third_parts,
        shares.pass_fail,
        shares.pass_fail * case.law.third_parts,
        shares.base
    ))]
}
