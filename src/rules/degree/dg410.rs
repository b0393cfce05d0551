#![doc = include_str!("dg410.md")]

use crate::base::Ects;
use crate::contract::Table;
use crate::contract::codes::ProgrammeLevel;
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus, loud_alone, loudest};
use crate::student::exports::ApprovalAbroad;
use crate::student::view::Known;
use crate::verdicts::Severity;

pub static RULE: Rule = Rule {
    code: "DG410",
    name: "exchange-stay",
    title: "ECTS before an exchange stay, and room for its credit",
    family: Family::Degree,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[Table::CourseEquivalences, Table::ApprovalsAbroad],
    parameters: &["degree.exchange_ects_before", "degree.exchange_transfer_ects"],
    sources: &["Study rules, Studying abroad"],
    documentation: include_str!("dg410.md"),
    judges: Judges::Inspected,
    calls_for: &[],
    unfavourable: None,
    speaks,
    report: said,
};

fn speaks(case: &Case, decisions: &Decisions) -> Option<Severity> {
    let none = case.approvals_abroad().is_ok_and(<[ApprovalAbroad]>::is_empty);
    if none { None } else { loudest(&said(case, decisions)) }
}

fn said(case: &Case, decisions: &Decisions) -> Vec<Report> {
    let unknown = |unknown| vec![Report::unknown(unknown, Vec::new()).severity(Severity::Review)];
    let stays = match case.approvals_abroad() {
        Ok(stays) => stays,
        Err(absent) => return unknown(absent),
    };
    if stays.is_empty() {
        let why = "no stay is approved".to_owned();
        return vec![Report::new(Outcome::NotApplicable(why), "No approved stay abroad.", Vec::new())];
    }
    let mut all = Vec::new();
    for (position, stay) in stays.iter().enumerate() {
        match of_stay(case, decisions, stay) {
            Ok(reports) => all
                .extend(reports.into_iter().map(|(part, report)| report.scope(format!("{part} {position}")))),
            Err(absent) => return unknown(absent),
        }
    }
    loud_alone(all)
}

fn of_stay(case: &Case, decisions: &Decisions, stay: &ApprovalAbroad) -> Known<Vec<(&'static str, Report)>> {
    let first = stay.period.first;
    let (mut passed, mut lines) = (Ects::ZERO, Vec::new());
    for pass in decisions.passes()?.iter().filter(|pass| pass.assessed_on < first) {
        passed += pass.ects;
        lines.push(pass.line);
    }
    let at_least = |what: &str, has: Ects, wanted: Ects, evidence, open: bool| {
        let message = format!("Stay abroad from {first}: {has} ECTS {what}, at least {wanted}");
        if has >= wanted {
            let report = Report::new(Outcome::Met, message + ".", evidence);
            return report.margin(format!("{} ECTS above", has - wanted));
        }
        let report = if open {
            let why = format!("results are known only through {}", case.cutoffs.results_through);
            let message = format!("{message}. Not yet decided: {why}.");
            Report::new(Outcome::Unknown(why), message, evidence).severity(Severity::Info)
        } else {
            Report::new(Outcome::NotMet, message + ".", evidence).severity(Severity::Notice)
        };
        report.margin(format!("{} ECTS short", wanted - has))
    };
    let before = case.rows("ects_passed_before", passed, Table::Results, lines);
    let begins = case.rows("stay_begins", first, Table::ApprovalsAbroad, [stay.line]);
    let transfer = case.law_fact("ects_to_transfer", "degree.exchange_transfer_ects");
    let wanted = case.law.exchange_transfer_ects;
    let mut reports = Vec::new();
    if !case.programme.level.is_master() {
        // The day before the stay must be known for a shortage to be final.
        let open = case.cutoffs.results_through < first.plus_days(-1);
        let law = case.law_fact("ects_before_exchange", "degree.exchange_ects_before");
        let evidence = vec![law, begins.clone(), before.clone()];
        let what = "passed before it (not asked of a summer school)";
        reports.push(("before", at_least(what, passed, case.law.exchange_ects_before, evidence, open)));
    }
    if case.programme.level == ProgrammeLevel::MScIndustry {
        let message = format!("Stay abroad from {first} on a part-time programme.");
        let evidence = vec![begins.clone(), case.programme_fact("level", case.programme.level.code())];
        let report = Report::new(Outcome::NotMet, message, evidence).severity(Severity::Notice);
        reports.push(("full_time", report));
    }
    let room = (case.programme.ects - passed).or_zero();
    let evidence = vec![
        transfer.clone(),
        begins.clone(),
        before,
        case.programme_fact("programme_ects", case.programme.ects),
    ];
    reports.push(("room", at_least("of room in the programme", room, wanted, evidence, false)));
    let approved = case.rows("ects_approved", stay.ects, Table::ApprovalsAbroad, [stay.line]);
    let evidence = vec![transfer, begins, approved];
    reports.push(("approved", at_least("approved for transfer", stay.ects, wanted, evidence, false)));
    Ok(reports)
}
