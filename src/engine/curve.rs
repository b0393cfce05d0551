//! The curve of the progress diagram: cumulative net klip and ECTS, month by month.

use crate::base::{Ects, Month};
use crate::rules::{Case, Decisions};
use crate::verdicts::ProgressPoint;

/// Every month from the start to the inspection month. Net klip of a month are the klip paid up to
/// it less the grants dated by its last day; ECTS are those assessed by its last day.
pub fn points(case: &Case, decisions: &Decisions) -> Vec<ProgressPoint> {
    let first = case.enrolment.started_on.month();
    let last = case.cutoffs.inspection_date.month();
    let months = (last.index() - first.index() + 1).max(0) as usize;
    // What happened before the start stands in the first month. A run may also reach a month
    // further than the inspection (SU is paid in advance): that stands in the last.
    let position =
        |month: Month| ((month.index() - first.index()).max(0) as usize).min(months.saturating_sub(1));

    // Net klip and ECTS that each month adds.
    let mut added = vec![(0, Ects::ZERO); months];
    for payment in case.payments().iter().filter(|row| case.law.counted_payments.contains(&row.kind)) {
        added[position(payment.month)].0 += payment.portions;
    }
    let grants_known = case.grants().map(|grants| {
        for grant in grants.filter(|grant| case.law.deducted_grants.contains(&grant.reason)) {
            added[position(grant.granted_on.month())].0 -= grant.portions;
        }
    });
    let ects_known = decisions.passes().map(|passes| {
        for pass in passes {
            added[position(pass.assessed_on.month())].1 += pass.ects;
        }
    });

    let (mut net, mut passed) = (0_i32, Ects::ZERO);
    let point = |(at, (klip, ects))| {
        net += klip;
        passed += ects;
        ProgressPoint {
            month: first.plus(at as i32),
            klip_net: grants_known.ok().map(|()| net.max(0)),
            ects: ects_known.ok().map(|()| passed),
        }
    };
    added.into_iter().enumerate().map(point).collect()
}
