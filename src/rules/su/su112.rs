#![doc = include_str!("su112.md")]

use crate::contract::Table;
use crate::contract::codes::{PaymentKind, ProgrammeLevel};
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus};
use crate::verdicts::Severity;

pub static RULE: Rule = Rule {
    code: "SU112",
    name: "identity-and-equal-status",
    title: "CPR number in the register, equal status, and a full-time programme",
    family: Family::Su,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[],
    parameters: &["su.citizenship_of_denmark"],
    sources: &["SU office pages, SU for a new study programme", "SU office pages, SU conditions"],
    documentation: include_str!("su112.md"),
    judges: Judges::Inspected,
    calls_for: &[],
    unfavourable: None,
    speaks,
    report,
};

/// Whether the student is a Danish citizen; `Unknown` when the register does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Citizen {
    Danish,
    Other,
    Unknown,
}

impl Citizen {
    const fn name(self) -> &'static str {
        match self {
            Citizen::Danish => "danish",
            Citizen::Other => "other",
            Citizen::Unknown => "unknown",
        }
    }
}

pub fn citizen(case: &Case) -> Citizen {
    let Some(citizenship) = &case.enrolment.citizenship else { return Citizen::Unknown };
    let danish = case.law.citizenship_of_denmark.iter().any(|code| code.eq_ignore_ascii_case(citizenship));
    if danish { Citizen::Danish } else { Citizen::Other }
}

/// Some support was paid on this enrolment.
fn is_paid(case: &Case) -> bool {
    case.payments().iter().any(|row| row.portions > 0)
}

/// Lines of ordinary SU on a programme that is not full-time.
fn paid_part_time(case: &Case) -> Vec<u32> {
    if case.programme.level != ProgrammeLevel::MScIndustry {
        return Vec::new();
    }
    let ordinary = case.payments().iter().filter(|row| row.kind == PaymentKind::Ordinary && row.portions > 0);
    ordinary.map(|row| row.line).collect()
}

fn speaks(case: &Case, _: &Decisions) -> Option<Severity> {
    let part_time = (!paid_part_time(case).is_empty()).then_some(Severity::Review);
    of_the_register(case).max(part_time)
}

fn of_the_register(case: &Case) -> Option<Severity> {
    match (case.enrolment.has_cpr, citizen(case)) {
        (false, _) if is_paid(case) => Some(Severity::Review),
        (false, _) | (true, Citizen::Other) => Some(Severity::Notice),
        (true, Citizen::Unknown) => Some(Severity::Info),
        (true, Citizen::Danish) => None,
    }
}

/// SU on a part-time programme by itself; what is in order is not said beside it.
fn report(case: &Case, _: &Decisions) -> Vec<Report> {
    let lines = paid_part_time(case);
    if lines.is_empty() {
        return vec![in_register(case)];
    }
    let facts = vec![
        case.programme_fact("programme_level", case.programme.level.code()),
        case.rows("ordinary_rows", lines.len(), Table::SuPayments, lines),
    ];
    let why = "SU is for full-time programmes".to_owned();
    let part_time = Report::for_a_person("Ordinary SU on a part-time programme.", why, facts);
    let told = of_the_register(case).map(|severity| in_register(case).severity(severity));
    told.into_iter().chain([part_time.scope("part_time").severity(Severity::Review)]).collect()
}

fn in_register(case: &Case) -> Report {
    let citizen = citizen(case);
    let paid = case.payments().iter().filter(|row| row.portions > 0).map(|row| row.line);
    let evidence = vec![
        case.register("cpr_registered", case.enrolment.has_cpr),
        case.register("citizen", citizen.name()),
        case.law_fact("citizenship_of_denmark", "su.citizenship_of_denmark"),
        case.rows("support_paid", is_paid(case), Table::SuPayments, paid),
    ];
    let status = match citizen {
        Citizen::Danish => "A Danish citizen by the register.",
        Citizen::Other => "Not a Danish citizen by the register: equal status is needed.",
        Citizen::Unknown => "The register has no citizenship: whether equal status is needed is unknown.",
    };
    let (outcome, message) = match (case.enrolment.has_cpr, citizen) {
        (false, _) if is_paid(case) => {
            let why = "support was paid, but the register has no CPR number".to_owned();
            (
                Outcome::NeedsHuman(why),
                format!("No CPR number in the register, although support was paid. {status}"),
            )
        }
        (false, _) => {
            let message = format!("No CPR number in the register: SU cannot be approved. {status}");
            (Outcome::NotMet, message)
        }
        (true, Citizen::Danish) => (Outcome::Met, format!("A CPR number is in the register. {status}")),
        (true, Citizen::Other) => {
            let why = "equal status is in no table".to_owned();
            (Outcome::Unknown(why), format!("A CPR number is in the register. {status}"))
        }
        (true, Citizen::Unknown) => {
            let why = "the register has no citizenship".to_owned();
            (Outcome::Unknown(why), format!("A CPR number is in the register. {status}"))
        }
    };
    Report::new(outcome, message, evidence)
}
