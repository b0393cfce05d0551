#![doc = include_str!("dg402.md")]

use crate::contract::Table;
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus};
use crate::verdicts::{ExternalThird, Severity};

pub static RULE: Rule = Rule {
    code: "DG402",
    name: "external-third",
    title: "At least a third with an external examiner",
    family: Family::Degree,
    status: RuleStatus::Stable,
    since: "0.1.0",
    needs: &[Table::CourseEquivalences, Table::Projects],
    parameters: &["degree.third_parts"],
    sources: &["Study rules, Assessment forms"],
    documentation: include_str!("dg402.md"),
    judges: Judges::Inspected,
    calls_for: &[],
    unfavourable: None,
    speaks,
    report,
};

fn speaks(_: &Case, decisions: &Decisions) -> Option<Severity> {
    let thirds = &decisions.thirds;
    match thirds.external_third {
        Err(_) => Some(Severity::Review),
        Ok(_) if thirds.external_base_matters => Some(Severity::Review),
        Ok(ExternalThird::Unreachable) => Some(Severity::Notice),
        Ok(_) if thirds.project_without_examiner || thirds.project_without_course => Some(Severity::Notice),
        Ok(ExternalThird::Met | ExternalThird::Reachable) => None,
    }
}

fn report(case: &Case, decisions: &Decisions) -> Vec<Report> {
    let thirds = &decisions.thirds;
    let (shares, external, verdict) = match (thirds.shares, thirds.external, thirds.external_third) {
        (Ok(shares), Ok(external), Ok(verdict)) => (shares, external, verdict),
        (Err(unknown), ..) | (_, Err(unknown), _) | (.., Err(unknown)) => {
            return vec![Report::unknown(unknown, Vec::new())];
        }
    };
    let open = shares.open();
    let parts = case.law.third_parts;
    let passes = decisions.passes().unwrap_or_default().iter();
    let own = passes.filter(|pass| !pass.transferred).map(|pass| pass.line);
    let evidence = vec![
        case.figure(
            "external_ects",
            external,
            "own passed ECTS with an external examiner by the catalogue; final projects always",
        ),
        case.rows("own_ects", shares.own, Table::Results, own),
        case.figure("ects_open", open, "max(0, ratio_base − own_ects)"),
        case.programme_fact("programme_ects", case.programme.ects),
        case.figure("ratio_base", shares.base, "programme_ects − ects_transferred"),
        case.law_fact("third_parts", "degree.third_parts"),
    ];
    let (outcome, verdict) = match verdict {
        ExternalThird::Met => (Outcome::Met, "a third is met"),
        ExternalThird::Reachable => (
            Outcome::Unknown("what is still to be passed decides".to_owned()),
            "a third can still be reached",
        ),
        ExternalThird::Unreachable => (Outcome::NotMet, "a third can no longer be reached"),
    };
    let mut message = format!("{external} of {} ECTS have an external examiner: {verdict}.", shares.base);
    if thirds.project_without_examiner {
        message.push_str(" Warning: the catalogue gives a final project no external examiner.");
    }
    if thirds.project_without_course {
        message.push_str(
            " Warning: a final project names no course, so it is not counted as external by itself.",
        );
    }
    let outcome = if thirds.external_base_matters {
        Outcome::NeedsHuman("with the whole programme as base, a third would be judged otherwise".to_owned())
    } else {
        outcome
    };
    let margin = format!("{parts} × {external} = {} against {} ECTS", external * parts, shares.base);
    vec![Report::new(outcome, message, evidence).margin(margin)]
}
