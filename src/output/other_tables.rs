//! The columns of the tables beside `inspection.parquet`, in the order of the contract.
//!
//! A finding's rule, a claim's cap and the texts inside a struct are plain texts: Parquet's own
//! dictionary pages make them just as small, and every reader understands them.

use super::column::{Column, Columns, Part, Table};
use super::rejects::{Action, RejectedRecord};
use crate::base::Month;
use crate::verdicts::{
    AttemptRow, AttemptState, Cap, ClaimRow, Condition, Evidence, Finding, Inspection, ProgrammeRatios,
    ProgressPoint, RequirementRow, Severity,
};

/// The tables whose rows stand in an [`Inspection`] as they are written.
macro_rules! plain_tables {
    ($($table:ident: $rows:ident of $row:ty),*) => {$(
        pub(super) struct $table;

        impl super::column::Table for $table {
            type Source = crate::verdicts::Inspection;
            type Row<'r> = &'r $row;

            fn rows(source: &Self::Source) -> impl Iterator<Item = &$row> {
                source.$rows.iter()
            }
        }
    )*};
}
pub(super) use plain_tables;

plain_tables! {
    Attempts: attempts of AttemptRow,
    Claims: extra_portions of ClaimRow,
    Findings: findings of Finding,
    Ratios: programme_ratios of ProgrammeRatios
}

pub(super) fn attempts() -> Columns<Attempts> {
    type C = Column<Attempts>;
    Columns::new(vec![
        C::text("enrolment_id", |r| Some(&r.enrolment_id)).known(),
        C::text("course_group", |r| Some(&r.course_group)).known(),
        C::int("used", |r| Some(r.used)).known(),
        C::int("allowed", |r| r.allowed),
        C::int("ill", |r| Some(r.ill)).known(),
        C::flag("passed", |r| Some(r.passed)).known(),
        C::flag("pending", |r| Some(r.pending)).known(),
        C::code("state", AttemptState::CODES, |r| r.state.map(|v| v as i32)),
        C::date("last_exam_date", |r| r.last_exam_date),
    ])
}

pub(super) fn extra_portions() -> Columns<Claims> {
    type C = Column<Claims>;
    Columns::new(vec![
        C::text("claim_id", |r| Some(&r.claim_id)).known(),
        C::text("enrolment_id", |r| Some(&r.enrolment_id)).known(),
        C::int("months_supported", |r| Some(r.months_supported)).known(),
        C::ects("ects_expected", |r| r.ects_expected),
        C::ects("ects_passed", |r| r.ects_passed),
        C::ects("ects_delay", |r| r.ects_delay),
        C::ects("ects_remainder", |r| r.ects_remainder),
        C::int("portions_estimate", |r| r.portions_estimate),
        C::text("capped_by", |r| r.capped_by.map(Cap::code)),
        C::structs(
            "conditions",
            |part| part.extra_portions.iter().map(|r| r.conditions.as_slice()).collect(),
            vec![
                Part::text("name", |c: &Condition| c.name.code()),
                Part::text("state", |c: &Condition| c.state.code()),
            ],
        ),
        C::flag("needs_review", |r| Some(!r.reviews.is_empty())).known(),
        C::texts("review_reasons", |r, items| {
            r.reviews.iter().for_each(|why| items.append_value(why.code()))
        }),
        C::ects("ects_whole_delay", |r| r.ects_whole_delay),
        C::int("portions_granted", |r| r.portions_granted),
        C::int("committee_left", |r| r.committee_left),
    ])
}

pub(super) fn findings() -> Columns<Findings> {
    type C = Column<Findings>;
    type P = Part<Evidence>;
    Columns::new(vec![
        C::text("finding_id", |r| Some(&r.finding_id)).known(),
        C::text("enrolment_id", |r| Some(&r.enrolment_id)).known(),
        C::text("rule", |r| Some(r.rule)).known(),
        C::code("severity", Severity::CODES, |r| Some(r.severity as i32)).known(),
        C::text("message", |r| Some(&r.message)).known(),
        C::structs(
            "evidence",
            |part| part.findings.iter().map(|r| r.evidence.as_slice()).collect(),
            vec![
                P::text("fact", |e| e.fact),
                P::text("value", |e| &e.value),
                P::text("source", |e| &e.source),
            ],
        ),
    ])
}

/// One month of one enrolment's curve.
pub(super) struct ProgressRow<'a> {
    enrolment_id: &'a str,
    point: &'a ProgressPoint,
}

pub(super) struct Curves;

impl Table for Curves {
    type Source = Inspection;
    type Row<'r> = ProgressRow<'r>;

    fn rows(source: &Inspection) -> impl Iterator<Item = ProgressRow<'_>> {
        source.progress.iter().flat_map(|(enrolment_id, points)| {
            points.iter().map(move |point| ProgressRow { enrolment_id, point })
        })
    }
}

/// `first` and `last` are the table's months: all between them are in the dictionary, so that neither the
/// order nor the gaps of the data show in it.
pub(super) fn progress((first, last): (Month, Month)) -> Columns<Curves> {
    type C = Column<Curves>;
    let (first, last) = (first.index(), last.index());
    let months = (first..=last).map(|month| Month::from_index(month).to_string());
    Columns::new(vec![
        C::text("enrolment_id", |r| Some(r.enrolment_id)).known(),
        C::code("month", months, move |r| Some(r.point.month.index() - first)).known(),
        C::int("klip_net", |r| r.point.klip_net),
        C::ects("ects", |r| r.point.ects),
    ])
}

/// One requirement of one enrolment's curriculum.
pub(super) struct RequirementCells<'a> {
    enrolment_id: Option<&'a str>,
    row: &'a RequirementRow,
}

pub(super) struct Curriculum;

impl Table for Curriculum {
    type Source = Inspection;
    type Row<'r> = RequirementCells<'r>;

    fn rows(source: &Inspection) -> impl Iterator<Item = RequirementCells<'_>> {
        source.curriculum.iter().map(|row| {
            let inspected = source.inspection.get(row.inspected as usize);
            RequirementCells { enrolment_id: inspected.map(|inspected| inspected.enrolment_id.as_str()), row }
        })
    }
}

/// `requirements` are the codes of all requirements, as in [`Inspection::requirements`].
pub(super) fn curriculum(requirements: &[String]) -> Columns<Curriculum> {
    type C = Column<Curriculum>;
    Columns::new(vec![
        C::text("enrolment_id", |r| r.enrolment_id).known(),
        C::code("requirement", requirements, |r| Some(i32::from(r.row.requirement))).known(),
        C::ects("required", |r| Some(r.row.required)).known(),
        C::ects("counted", |r| r.row.counted),
        C::ects("missing", |r| r.row.missing),
    ])
}

/// A programme without students has no ECTS; one whose students are all unknown has an unknown number.
fn of_nobody(ratios: &ProgrammeRatios) -> Option<i64> {
    (ratios.students == 0).then_some(0)
}

pub(super) fn programme_ratios() -> Columns<Ratios> {
    type C = Column<Ratios>;
    Columns::new(vec![
        C::text("programme_code", |r| Some(&r.programme_code)).known(),
        C::int("students", |r| Some(r.students)).known(),
        C::ects_sum("pass_fail_ects", |r| r.pass_fail_ects.or(of_nobody(r))),
        C::ects_sum("external_ects", |r| r.external_ects.or(of_nobody(r))),
        C::ects_sum("own_ects", |r| r.own_ects.or(of_nobody(r))),
        C::int("pass_fail_within", |r| Some(r.pass_fail_within)).known(),
        C::int("pass_fail_breached", |r| Some(r.pass_fail_breached)).known(),
        C::int("external_met", |r| Some(r.external_met)).known(),
        C::int("external_reachable", |r| Some(r.external_reachable)).known(),
        C::int("external_unreachable", |r| Some(r.external_unreachable)).known(),
        C::int("unknown", |r| Some(r.unknown)).known(),
    ])
}

pub(super) struct Rejected;

impl Table for Rejected {
    type Source = [RejectedRecord];
    type Row<'r> = &'r RejectedRecord;

    fn rows(source: &[RejectedRecord]) -> impl Iterator<Item = &RejectedRecord> {
        source.iter()
    }
}

/// A line beyond what an `int` holds is null rather than another line's number.
pub(super) fn rejected() -> Columns<Rejected> {
    type C = Column<Rejected>;
    Columns::new(vec![
        C::text("table", |r| Some(&r.table)).known(),
        C::text("file", |r| Some(&r.file)).known(),
        C::int("line", |r| i32::try_from(r.line).ok()),
        C::text("column", |r| Some(&r.column)).known(),
        C::text("reason", |r| Some(r.reason)).known(),
        C::text("value", |r| Some(&r.value)).known(),
        C::code("action", Action::CODES, |r| Some(r.action as i32)).known(),
    ])
}
