//! An explanation as JSON, with every line.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::explanation_text::{Asked, drafts_offered};
use crate::contract::Table;
use crate::engine::explain::{Explanation, Said};

/// `index`: of the register.
pub fn as_json(asked: &Asked, index: usize, explanation: &Explanation) -> Value {
    let enrolment = &asked.exports.enrolments[index];
    let rules: Vec<Value> = explanation.rules.iter().map(|said| rule_json(asked, said)).collect();
    let tables: BTreeSet<Table> = explanation.rejected_rows.iter().map(|(table, _)| *table).collect();
    let file = |table: Table| asked.file(table).map(|file| &file.path);
    let rejected = explanation.rejected_rows.iter().map(|(table, line)| {
        json!({
            "table": table.name(),
            "file": file(*table),
            "line": line,
            "why": asked.why_rejected(*table, *line),
        })
    });
    let in_doubt = explanation.rows_in_doubt.iter().map(|rows| {
        json!({
            "reason": rows.reason.code(),
            "table": rows.table.name(),
            "file": file(rows.table),
            "lines": rows.lines,
        })
    });
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
        "programme_code": asked.exports.programmes[enrolment.programme as usize].code,
        "started_on": enrolment.started_on,
        "status": enrolment.status.code(),
        "ended_on": enrolment.ended_on,
        "dates": asked.cutoffs,
        "excluded": explanation.excluded,
        "verdicts": verdicts,
        "drafts_offered": drafts_offered(explanation),
        "rows_in_doubt": in_doubt.collect::<Vec<_>>(),
        "tables_with_rejected_rows": tables.iter().map(|table| table.name()).collect::<Vec<_>>(),
        "rejected_rows": rejected.collect::<Vec<_>>(),
        "rules": rules,
    })
}

fn rule_json(asked: &Asked, said: &Said) -> Value {
    let reports: Vec<Value> = said
        .reports
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
                        "file": fact.rows.as_ref().and_then(|(table, _)| asked.file(*table)).map(|file| &file.path),
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
    let severity = said.severity.map(|severity| severity.code());
    json!({ "rule": said.rule.code, "title": said.rule.title, "severity": severity, "reports": reports })
}
