//! The columns of the tables beside `inspection.parquet`, in the order of the contract.
//!
//! A finding's rule and a claim's cap are plain text: their lists belong to the rules, which this
//! room does not know. The texts inside a struct stay plain too; Parquet's own dictionary pages
//! make them just as small, and every reader understands them.

use super::column::Column;
use super::rejects::{Action, RejectedRecord};
use crate::base::Month;
use crate::verdicts::{
    AttemptRow, AttemptState, ClaimRow, Finding, ProgrammeRatios, ProgressPoint, RequirementRow, Severity,
};

pub(super) fn attempts() -> Vec<Column<AttemptRow>> {
    type C = Column<AttemptRow>;
    vec![
        C::text("enrolment_id", |r| Some(&r.enrolment_id)).known(),
        C::text("course_group", |r| Some(&r.course_group)).known(),
        C::int("used", |r| Some(r.used)).known(),
        C::int("allowed", |r| r.allowed),
        C::int("ill", |r| Some(r.ill)).known(),
        C::flag("passed", |r| Some(r.passed)).known(),
        C::flag("pending", |r| Some(r.pending)).known(),
        C::code("state", AttemptState::ALL.iter().map(|c| c.code()), |r| r.state.map(|v| v as i32)),
        C::date("last_exam_date", |r| r.last_exam_date),
    ]
}

pub(super) fn extra_portions() -> Vec<Column<ClaimRow>> {
    type C = Column<ClaimRow>;
    vec![
        C::text("claim_id", |r| Some(&r.claim_id)).known(),
        C::text("enrolment_id", |r| Some(&r.enrolment_id)).known(),
        C::int("months_supported", |r| Some(r.months_supported)).known(),
        C::ects("ects_expected", |r| r.ects_expected),
        C::ects("ects_passed", |r| r.ects_passed),
        C::ects("ects_delay", |r| r.ects_delay),
        C::ects("ects_remainder", |r| r.ects_remainder),
        C::int("portions_estimate", |r| r.portions_estimate),
        C::text("capped_by", |r| r.capped_by),
        C::structs("conditions", &["name", "state"], |r, items| {
            r.conditions.iter().for_each(|c| items.push([c.name.code(), c.state.code()]));
        }),
        C::flag("needs_review", |r| Some(!r.reviews.is_empty())).known(),
        C::texts("review_reasons", |r, items| r.reviews.iter().for_each(|why| items.push([why.code()]))),
    ]
}

pub(super) fn findings() -> Vec<Column<Finding>> {
    type C = Column<Finding>;
    vec![
        C::text("finding_id", |r| Some(&r.finding_id)).known(),
        C::text("enrolment_id", |r| Some(&r.enrolment_id)).known(),
        C::text("rule", |r| Some(r.rule)).known(),
        C::code("severity", Severity::ALL.iter().map(|c| c.code()), |r| Some(r.severity as i32)).known(),
        C::text("message", |r| Some(&r.message)).known(),
        C::structs("evidence", &["fact", "value", "source"], |r, items| {
            r.evidence.iter().for_each(|e| items.push([e.fact, &e.value, &e.source]));
        }),
    ]
}

/// One month of one enrolment's curve.
pub(super) struct ProgressRow<'a> {
    pub enrolment_id: &'a str,
    pub point: ProgressPoint,
    /// Months after the table's first month.
    pub month_position: i32,
}

/// `months` are all months from the table's first to its last, so that neither the order nor the
/// gaps of the data show in the dictionary.
pub(super) fn progress<'a>(months: impl Iterator<Item = Month>) -> Vec<Column<ProgressRow<'a>>> {
    vec![
        Column::text("enrolment_id", |r: &ProgressRow| Some(r.enrolment_id)).known(),
        Column::code("month", months.map(|m| m.to_string()), |r: &ProgressRow| Some(r.month_position))
            .known(),
        Column::int("klip_net", |r: &ProgressRow| r.point.klip_net),
        Column::ects("ects", |r: &ProgressRow| r.point.ects),
    ]
}

/// One requirement of one enrolment's curriculum.
pub(super) struct RequirementCells<'a> {
    pub enrolment_id: Option<&'a str>,
    pub row: RequirementRow,
}

pub(super) fn curriculum<'a>(requirements: &[String]) -> Vec<Column<RequirementCells<'a>>> {
    type R<'a> = RequirementCells<'a>;
    vec![
        Column::text("enrolment_id", |r: &R| r.enrolment_id).known(),
        Column::code("requirement", requirements, |r: &R| Some(i32::from(r.row.requirement))).known(),
        Column::ects("required", |r: &R| Some(r.row.required)).known(),
        Column::ects("counted", |r: &R| r.row.counted),
        Column::ects("missing", |r: &R| r.row.missing),
    ]
}

pub(super) fn programme_ratios() -> Vec<Column<ProgrammeRatios>> {
    type C = Column<ProgrammeRatios>;
    vec![
        C::text("programme_code", |r| Some(&r.programme_code)).known(),
        C::int("students", |r| Some(r.students)).known(),
        C::ects_sum("pass_fail_ects", |r| Some(r.pass_fail_ects)).known(),
        C::ects_sum("external_ects", |r| Some(r.external_ects)).known(),
        C::ects_sum("own_ects", |r| Some(r.own_ects)).known(),
        C::int("pass_fail_within", |r| Some(r.pass_fail_within)).known(),
        C::int("pass_fail_breached", |r| Some(r.pass_fail_breached)).known(),
        C::int("external_met", |r| Some(r.external_met)).known(),
        C::int("external_reachable", |r| Some(r.external_reachable)).known(),
        C::int("external_unreachable", |r| Some(r.external_unreachable)).known(),
        C::int("unknown", |r| Some(r.unknown)).known(),
    ]
}

/// A line beyond what an `int` holds is null rather than another line's number.
pub(super) fn rejected<'a>() -> Vec<Column<&'a RejectedRecord>> {
    vec![
        Column::text("table", |r: &&RejectedRecord| Some(&r.table)).known(),
        Column::text("file", |r: &&RejectedRecord| Some(&r.file)).known(),
        Column::int("line", |r: &&RejectedRecord| i32::try_from(r.line).ok()),
        Column::text("column", |r: &&RejectedRecord| Some(&r.column)).known(),
        Column::text("reason", |r: &&RejectedRecord| Some(r.reason)).known(),
        Column::text("value", |r: &&RejectedRecord| Some(&r.value)).known(),
        Column::code("action", Action::ALL.iter().map(|c| c.code()), |r: &&RejectedRecord| {
            Some(r.action as i32)
        })
        .known(),
    ]
}
