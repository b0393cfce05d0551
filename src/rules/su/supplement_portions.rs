//! The extra portions of a disability supplement, and study activity. Part of SU101.

use crate::base::Ects;
use crate::rules::{Case, Decisions};
use crate::student::view::Known;

/// Whether the student would be active without the portions used beyond the programme, up to those of the
/// supplement. From 2027 on these do not count for students under the reform (su.dk, 12 June 2024); the
/// rules of the inspection do not say so, and no table tells which portions they are, so a person decides.
pub fn turn_the_verdict(case: &Case, decisions: &Decisions) -> bool {
    if !(case.enrolment.disability_supplement && decisions.progress.is_inactive() == Ok(true)) {
        return false;
    }
    let active = || -> Known<bool> {
        // 0 before the reform and outside it.
        let supplement = case.law.frame_supplement_portions.on_or_first(case.cutoffs.inspection_date);
        let portions = &decisions.portions;
        let beyond = (portions.used_here - portions.programme?).clamp(0, supplement);
        let required: Ects = case.law.requirement.required((decisions.progress.net? - beyond).max(0));
        Ok(decisions.progress.ects?.counted >= required)
    };
    active() == Ok(true)
}
