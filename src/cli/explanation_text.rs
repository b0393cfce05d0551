//! An explanation as text and as JSON: verdict, margin, facts with their cells, law with its source.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::summary::words;
use crate::contract::Table;
use crate::engine::explain::Explanation;
use crate::rules::{Report, Rule};
use crate::student::exports::Enrolment;
use crate::verdicts::{Evidence, InspectionRow};

/// The file each table was read from.
pub type Files = BTreeMap<Table, String>;

/// More lines than this are counted, not listed, in the text (the JSON lists all).
const LINES_SHOWN: usize = 12;

pub fn as_text(enrolment: &Enrolment, explanation: &Explanation, files: &Files) -> String {
    let mut text = format!(
        "Enrolment {} of student {}, begun {}\n",
        enrolment.enrolment_id, enrolment.student_id, enrolment.started_on
    );
    if let Some(reason) = explanation.excluded {
        text.push_str(&format!("Not inspected: {reason}.\n"));
    }
    if let Some(row) = &explanation.row {
        text.push_str(&headline(row));
    }
    if !explanation.lost_rows.is_empty() {
        let tables: Vec<&str> = explanation.lost_rows.iter().map(|table| table.name()).collect();
        text.push_str(&format!(
            "Rows that name this enrolment could not be read (rejected.csv has them); what follows is without them: {}\n",
            tables.join(", ")
        ));
    }
    for (rule, reports) in &explanation.rules {
        text.push_str(&format!("\n{} {}\n", rule.code, rule.title));
        for report in reports {
            text.push_str(&report_text(report, files));
        }
    }
    text
}

fn headline(row: &InspectionRow) -> String {
    let code = |code: Option<&str>| code.map_or("unknown".to_owned(), words);
    let mut text = format!(
        "SU status: {}   progress: {}   start check: {}   same verdict by every reading: {}\n",
        code(row.su_status.map(|v| v.code())),
        code(row.progress.map(|v| v.code())),
        code(row.start_check.map(|v| v.code())),
        row.robust.map_or("unknown", |robust| if robust { "yes" } else { "no" }),
    );
    let list = |codes: Vec<&str>| if codes.is_empty() { "none".to_owned() } else { codes.join(", ") };
    let letters = list(row.letters.iter().map(|kind| kind.code()).collect());
    text.push_str(&format!("Letters: {letters}\n"));
    if !row.reviews.is_empty() {
        text.push_str("A person must look at it:\n");
        for reason in row.reviews.iter() {
            text.push_str(&format!("  {}: {}\n", reason.code(), reason.meaning()));
        }
    }
    if !row.letters_held.is_empty() {
        let held = list(row.letters_held.iter().map(|kind| kind.code()).collect());
        text.push_str(&format!("Letters that wait for that person: {held}\n"));
    }
    text
}

fn report_text(report: &Report, files: &Files) -> String {
    let mut text = String::new();
    let scope = if report.scope.is_empty() { String::new() } else { format!("[{}] ", report.scope) };
    text.push_str(&format!("  {scope}{}: {}\n", report.outcome.name(), report.message));
    if let Some(why) = report.outcome.because() {
        text.push_str(&format!("  because {why}\n"));
    }
    if let Some(margin) = &report.margin {
        text.push_str(&format!("  margin: {margin}\n"));
    }
    let width = report.evidence.iter().map(|fact| fact.fact.chars().count()).max().unwrap_or(0);
    for fact in &report.evidence {
        let value = match fact.value.as_str() {
            "true" => "yes",
            "false" => "no",
            value => value,
        };
        text.push_str(&format!("    {:width$} = {value}   <- {}\n", fact.fact, origin(fact, files)));
    }
    text
}

/// Where a fact stands: file and lines, or the law, or a formula.
fn origin(fact: &Evidence, files: &Files) -> String {
    let Some((table, lines)) = &fact.rows else { return fact.source.clone().into_owned() };
    let file = files.get(table).map_or_else(|| table.name().to_owned(), Clone::clone);
    match lines.as_slice() {
        [] => format!("{file}: no row that counts"),
        lines => {
            let shown: Vec<String> = lines.iter().take(LINES_SHOWN).map(ToString::to_string).collect();
            let more = lines.len().saturating_sub(LINES_SHOWN);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let word = if lines.len() == 1 { "line" } else { "lines" };
            format!("{file} {word} {}{more}", shown.join(", "))
        }
    }
}

pub fn as_json(enrolment: &Enrolment, explanation: &Explanation, files: &Files) -> Value {
    let rules: Vec<Value> =
        explanation.rules.iter().map(|(rule, reports)| rule_json(rule, reports, files)).collect();
    let verdicts = explanation.row.as_ref().map(|row| {
        json!({
            "su_status": row.su_status.map(|v| v.code()),
            "progress": row.progress.map(|v| v.code()),
            "start_check": row.start_check.map(|v| v.code()),
            "robust": row.robust,
            "flips": row.flips.as_ref().map(|all| all.iter().map(|v| v.code()).collect::<Vec<_>>()),
            "five_ects": row.five_ects.map(|v| v.code()),
            "maximum_state": row.maximum_state.map(|v| v.code()),
            "guidance": row.guidance.map(|v| v.code()),
            "pass_fail_third": row.pass_fail_third.map(|v| v.code()),
            "external_third": row.external_third.map(|v| v.code()),
            "review_reasons": row.reviews.iter().map(|v| v.code()).collect::<Vec<_>>(),
            "letters": row.letters.iter().map(|v| v.code()).collect::<Vec<_>>(),
            "letters_held": row.letters_held.iter().map(|v| v.code()).collect::<Vec<_>>(),
        })
    });
    json!({
        "enrolment_id": enrolment.enrolment_id.as_str(),
        "student_id": enrolment.student_id.as_str(),
        "excluded": explanation.excluded,
        "verdicts": verdicts,
        "tables_with_rejected_rows": explanation.lost_rows.iter().map(|table| table.name()).collect::<Vec<_>>(),
        "rules": rules,
    })
}

fn rule_json(rule: &Rule, reports: &[Report], files: &Files) -> Value {
    let reports: Vec<Value> = reports
        .iter()
        .map(|report| {
            let evidence: Vec<Value> = report
                .evidence
                .iter()
                .map(|fact| {
                    json!({
                        "fact": fact.fact,
                        "value": fact.value.as_str(),
                        "source": fact.source,
                        "file": fact.rows.as_ref().and_then(|(table, _)| files.get(table)),
                        "lines": fact.rows.as_ref().map(|(_, lines)| lines),
                    })
                })
                .collect();
            json!({
                "scope": report.scope,
                "outcome": report.outcome.name(),
                "because": report.outcome.because(),
                "margin": report.margin,
                "message": report.message,
                "evidence": evidence,
            })
        })
        .collect();
    json!({ "rule": rule.code, "title": rule.title, "reports": reports })
}
