//! The curve of the progress diagram: cumulative net klip and ECTS, month by month.

use crate::base::{Ects, Month};
use crate::rules::Case;
use crate::verdicts::ProgressPoint;

/// Every month from the start to the inspection month. Net klip of a month are the klip paid up to
/// it less the grants dated by its last day; ECTS are those assessed by its last day.
pub fn points(case: &Case) -> Vec<ProgressPoint> {
    let first = case.enrolment.started_on.month();
    let last = case.cutoffs.inspection_date.month();
    let months = (last.index() - first.index() + 1).max(0) as usize;
    // What happened before the start stands in the first month. A run may also reach a month
    // further than the inspection (SU is paid in advance): that stands in the last.
    let position =
        |month: Month| ((month.index() - first.index()).max(0) as usize).min(months.saturating_sub(1));

    let mut gross = vec![0_i32; months];
    for payment in case.payments().filter(|row| case.law.counted_payments.contains(&row.kind)) {
        gross[position(payment.month)] += payment.portions;
    }
    let mut extra = vec![0_i32; months];
    let grants_known = case.grants().map(|grants| {
        for grant in grants.filter(|grant| case.law.deducted_grants.contains(&grant.reason)) {
            extra[position(grant.granted_on.month())] += grant.portions;
        }
    });
    let mut ects = vec![Ects::ZERO; months];
    let ects_known = case.counted_passes(|_| false).map(|passes| {
        for pass in passes {
            ects[position(pass.assessed_on.month())] += pass.ects;
        }
    });

    let (mut paid, mut granted, mut passed) = (0, 0, Ects::ZERO);
    (0..months)
        .map(|position| {
            paid += gross[position];
            granted += extra[position];
            passed += ects[position];
            ProgressPoint {
                month: first.plus(position as i32),
                klip_net: grants_known.ok().map(|()| (paid - granted).max(0)),
                ects: ects_known.ok().map(|()| passed),
            }
        })
        .collect()
}
