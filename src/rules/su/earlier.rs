//! Study activity and portions left as they were by the end of an earlier month.

use super::su101::{self, StudyProgress};
use super::su107;
use crate::base::Month;
use crate::rules::{Case, known};
use crate::student::view::Known;
use crate::verdicts::Evidence;

/// Inactive by SU101 at the end of a month and not registered for a final project then.
pub fn inactive_by(case: &Case, month: Month) -> Known<bool> {
    let then = case.by_end_of(month);
    Ok(progress(&then).is_inactive()? && then.current_final_project()?.is_none())
}

fn progress(then: &Case) -> StudyProgress {
    let passes = then.passes();
    su101::decide(then, passes.as_deref().map_err(|unknown| *unknown))
}

/// The figures of SU101 by the end of a month in which the student was inactive.
pub fn inactive_facts(case: &Case, month: Month) -> Vec<Evidence> {
    let progress = progress(&case.by_end_of(month));
    let by_then = format!("as in SU101, by the end of {month}");
    vec![
        case.figure("inactive_by_the_end_of", month, "the month before the parental SU"),
        case.figure("klip_net_then", known(progress.net), by_then.clone()),
        case.figure("ects_counted_then", known(progress.ects.map(|ects| ects.counted)), by_then.clone()),
        case.figure("ects_required_then", known(progress.required), by_then),
    ]
}

/// Ordinary portions left before a month, under the law of that month.
pub fn left_before(case: &Case, month: Month) -> Known<i32> {
    su107::decide_under(&case.by_end_of(month.plus(-1)), month.first_day()).left
}
