//! `inspection.parquet`: one row per enrolment that was inspected.

use super::column::{Column, Columns};
use super::other_tables::plain_tables;
use crate::contract::codes::{ProgrammeLevel, Status};
use crate::verdicts::{
    ExternalThird, FiveEcts, Guidance, InspectionRow, MaximumState, PassFailThird, Progress, Regime,
    StartCheck, SuStatus,
};

plain_tables!(Inspected: inspection of InspectionRow);

type C = Column<Inspected>;

/// In the order of the contract; `letters_held` is an addition and therefore stands last.
pub(super) fn columns() -> Columns<Inspected> {
    let mut columns = who();
    columns.extend(portions_and_points());
    columns.extend(standing());
    columns.extend(limits());
    columns.extend(next_steps());
    Columns::new(columns)
}

fn who() -> Vec<C> {
    vec![
        C::text("student_id", |r| Some(&r.student_id)).known(),
        C::text("enrolment_id", |r| Some(&r.enrolment_id)).known(),
        C::text("programme_code", |r| Some(&r.programme_code)).known(),
        C::code("level", ProgrammeLevel::CODES, |r| Some(r.level as i32)).known(),
        C::date("started_on", |r| Some(r.started_on)).known(),
        C::code("status", Status::CODES, |r| Some(r.status as i32)).known(),
        C::date("inspection_date", |r| Some(r.inspection_date)).known(),
        C::code("regime", Regime::CODES, |r| Some(r.regime as i32)).known(),
    ]
}

fn portions_and_points() -> Vec<C> {
    vec![
        C::int("klip_gross", |r| Some(r.klip_gross)).known(),
        C::int("klip_parental", |r| Some(r.klip_parental)).known(),
        C::int("klip_extra", |r| r.klip_extra),
        C::int("klip_net", |r| r.klip_net),
        C::int("control_point", |r| r.control_point),
        C::ects("ects_counted", |r| r.ects_counted),
        C::ects("ects_provisional", |r| r.ects_provisional),
        C::ects("ects_transferred", |r| r.ects_transferred),
        C::ects("ects_required", |r| r.ects_required),
        C::ects("ects_missing", |r| r.ects_missing),
        C::ects("ects_behind", |r| r.ects_behind),
    ]
}

fn standing() -> Vec<C> {
    vec![
        C::code("progress", Progress::CODES, |r| r.progress.map(|v| v as i32)),
        C::code("start_check", StartCheck::CODES, |r| r.start_check.map(|v| v as i32)),
        C::code("su_status", SuStatus::CODES, |r| r.su_status.map(|v| v as i32)),
        C::flag("robust", |r| r.robust),
        C::texts_if(
            "flips",
            |r| r.flips.is_some(),
            |r, items| r.flips.iter().flatten().for_each(|reading| items.append_value(reading.code())),
        ),
        C::int("portions_left", |r| r.portions_left),
        C::ects("ects_last_two_semesters", |r| r.ects_last_two_semesters),
        C::code("five_ects", FiveEcts::CODES, |r| r.five_ects.map(|v| v as i32)),
    ]
}

fn limits() -> Vec<C> {
    vec![
        C::date("maximum_date", |r| r.maximum_date),
        C::code("maximum_state", MaximumState::CODES, |r| r.maximum_state.map(|v| v as i32)),
        C::int("months_late", |r| r.months_late),
        C::code("guidance", Guidance::CODES, |r| r.guidance.map(|v| v as i32)),
        C::int("courses_last_attempt", |r| r.courses_last_attempt),
        C::int("courses_exhausted", |r| r.courses_exhausted),
        C::ects("pass_fail_ects", |r| r.pass_fail_ects),
        C::ects("external_ects", |r| r.external_ects),
        C::ects("ratio_base", |r| r.ratio_base),
        C::code("pass_fail_third", PassFailThird::CODES, |r| r.pass_fail_third.map(|v| v as i32)),
        C::code("external_third", ExternalThird::CODES, |r| r.external_third.map(|v| v as i32)),
    ]
}

fn next_steps() -> Vec<C> {
    vec![
        C::flag("needs_review", |r| Some(!r.reviews.is_empty())).known(),
        C::texts("review_reasons", |r, items| {
            r.reviews.iter().for_each(|why| items.append_value(why.code()))
        }),
        C::texts("letters", |r, items| r.letters.iter().for_each(|kind| items.append_value(kind.code()))),
        C::texts("letters_held", |r, items| {
            r.letters_held.iter().for_each(|kind| items.append_value(kind.code()))
        }),
    ]
}
