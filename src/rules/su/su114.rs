#![doc = include_str!("su114.md")]

use crate::base::counted;
use crate::contract::Table;
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus};
use crate::student::exports::ApprovalAbroad;
use crate::student::view::{Known, Unknown};
use crate::verdicts::{Severity, SuStatus};

pub static RULE: Rule = Rule {
    code: "SU114",
    name: "inactive-abroad",
    title: "Inactive during an approved stay abroad",
    family: Family::Su,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[Table::ApprovalsAbroad],
    parameters: &[],
    sources: &["SU office pages, Study trips abroad arranged by DTU"],
    documentation: include_str!("su114.md"),
    judges: Judges::Inspected,
    calls_for: &[],
    unfavourable: None,
    speaks,
    report,
};

/// The approved stay that covers the inspection; of several, the one that ends last.
pub fn decide<'a>(case: &Case<'a>) -> Known<Option<&'a ApprovalAbroad>> {
    let date = case.cutoffs.inspection_date;
    let covering = case.approvals_abroad()?.iter().filter(|approval| approval.period.contains(date));
    Ok(covering.max_by_key(|approval| approval.period.last))
}

fn speaks(case: &Case, decisions: &Decisions) -> Option<Severity> {
    let needed = match (decide(case), decisions.final_project.su_status) {
        (Ok(Some(_)), Ok(status)) => status == SuStatus::InactiveAbroad,
        (Ok(Some(_)), Err(_)) => true,
        (Ok(None), _) => false,
        (Err(_), status) => status == Err(Unknown::Absent(Table::ApprovalsAbroad)),
    };
    needed.then_some(Severity::Review)
}

fn report(case: &Case, decisions: &Decisions) -> Vec<Report> {
    let status = decisions.final_project.su_status;
    let stay = match decide(case) {
        Ok(Some(stay)) => stay,
        Ok(None) => {
            let why = "no approved stay abroad covers the inspection date".to_owned();
            return vec![Report::new(Outcome::NotApplicable(why), "Not abroad.", Vec::new())];
        }
        Err(unknown) => return vec![Report::unknown(unknown, Vec::new())],
    };
    let line = [stay.line];
    let evidence = vec![
        case.rows("stay_begins_on", stay.period.first, Table::ApprovalsAbroad, line),
        case.rows("stay_ends_on", stay.period.last, Table::ApprovalsAbroad, line),
        case.rows("approved_ects", stay.ects, Table::ApprovalsAbroad, line),
        case.figure(
            "su_status",
            status.map_or("unknown", |status| status.code()),
            "by SU105, the first of its list that applies",
        ),
    ];
    let until = stay.period.last;
    let days = case.cutoffs.inspection_date.days_until(until);
    let report = match status {
        Ok(SuStatus::InactiveAbroad) => {
            let why = "inactive, and the approved stay abroad may exempt from it".to_owned();
            let message =
                format!("Inactive during an approved stay abroad until {until}: no letter before review.");
            Report::new(Outcome::NeedsHuman(why), message, evidence)
        }
        Ok(status) => {
            let why = format!("the SU status is {}", status.meaning());
            Report::new(Outcome::NotApplicable(why), format!("Abroad until {until}."), evidence)
        }
        Err(unknown) => Report::unknown(unknown, evidence),
    };
    vec![report.margin(format!("{} of the stay left", counted(days, "day", "days")))]
}
