//! Applications for extra portions that wait for a decision.

use super::exports::{Claim, Exports};
use super::view::grants_of;
use crate::base::Day;

/// The applications of one enrolment that were made by a day and that no grant of that time answers: one
/// for the same reason since the form, whose period holds the application's. A refusal stands in no table.
pub fn undecided(exports: &Exports, index: usize, by: Day) -> Vec<&Claim> {
    let claims = exports.extra_portion_claims.as_ref().map_or(&[][..], |claims| claims.of(index));
    let answered = |claim: &Claim| {
        let mut grants = grants_of(exports, index, by).into_iter().flatten();
        grants.any(|grant| {
            grant.reason.code() == claim.reason.code()
                && grant.granted_on >= claim.form_completed_on
                && grant.period_from <= claim.period_from
                && claim.period_to <= grant.period_to
        })
    };
    claims.iter().filter(|claim| claim.form_completed_on <= by && !answered(claim)).collect()
}
