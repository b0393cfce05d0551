//! How the verdicts on one enrolment came about, in words.

use crate::base::Cutoffs;
use crate::contract::Table;
use crate::law::Law;
use crate::rules::{self, Case, Judges, RULES, Report, Rule};
use crate::student::exports::Exports;
use crate::student::view::EnrolmentView;
use crate::verdicts::InspectionRow;

use super::summary;

/// Everything that every rule says about one enrolment, also where it had nothing to report.
pub struct Explanation {
    /// Why the enrolment is not inspected, if so; then [`Judges`] says by which rules it is judged.
    pub excluded: Option<&'static str>,
    pub row: Option<InspectionRow>,
    pub rules: Vec<(&'static Rule, Vec<Report>)>,
    /// Tables of which a rejected row names the enrolment: what the rules say rests on the other rows.
    pub lost_rows: Vec<Table>,
}

/// Re-runs one enrolment with the same code as the batch. `only` restricts to one rule.
pub fn explain(
    exports: &Exports,
    law: &Law,
    cutoffs: Cutoffs,
    index: usize,
    only: Option<&str>,
) -> Explanation {
    let view = EnrolmentView::new(exports, &law.result_codes, cutoffs, index);
    let excluded = view.exclusion();
    let case = Case::new(view, law);
    let decisions = rules::decide(&case);
    let applies = |rule: &Rule| match rule.judges {
        Judges::Inspected => excluded.is_none(),
        Judges::EndedToo(_) => true,
        Judges::Applications => excluded.is_none() || !decisions.claims.is_empty(),
    };
    let rules = RULES
        .iter()
        .filter(|rule| applies(rule) && only.is_none_or(|code| rule.code.eq_ignore_ascii_case(code)))
        .map(|rule| (*rule, (rule.report)(&case, &decisions)))
        .collect();
    let row = excluded.is_none().then(|| summary::inspection_row(&case, &decisions));
    let lost_rows = Table::ALL.into_iter().filter(|table| exports.has_lost_row(*table, index)).collect();
    Explanation { excluded, row, rules, lost_rows }
}

/// Register indexes of an enrolment id, or of all enrolments of a student id.
pub fn find(exports: &Exports, id: &str) -> Vec<usize> {
    let found = exports.enrolments.binary_search_by(|enrolment| enrolment.enrolment_id.as_str().cmp(id));
    match found {
        Ok(index) => vec![index],
        Err(_) => {
            let of_student = |(index, enrolment): (usize, &crate::student::exports::Enrolment)| {
                (enrolment.student_id == id).then_some(index)
            };
            exports.enrolments.iter().enumerate().filter_map(of_student).collect()
        }
    }
}
