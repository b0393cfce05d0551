//! Runs the rules over every enrolment and collects what they say.
//!
//! rayon works on plain slices of sorted rows, one enrolment at a time, and the results are
//! collected in the order of the register; so neither the number of threads, nor the size of the
//! buckets, nor the order of the input rows can change a byte. [`explain`] re-runs one enrolment with
//! the same code and keeps the words that the batch does not need.

mod contradictions;
mod curve;
mod doubts;
pub mod explain;
mod held_exams;
mod particulars;
mod summary;

use std::ops::Range;

use compact_str::{CompactString, ToCompactString};
pub use held_exams::{HeldExams, held_exams};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::base::{Cutoffs, hex_digits};
use crate::law::Law;
use crate::rules::{self, Case, Decisions, Judges, RULES, Rule, Words};
use crate::student::exports::{Bulk, Exports, Programme};
use crate::student::view::{EnrolmentView, Unknown};
use crate::verdicts::{
    ExternalThird, Finding, Inspection, InspectionRow, PassFailThird, ProgrammeRatios, add_known,
};

/// Enrolments evaluated as one piece: large enough to keep rayon's bookkeeping small.
const CHUNK: usize = 1024;

/// Inspects every enrolment of the register, whose results and payments are in the exports. `done` is
/// called with the number of enrolments that were finished since its last call, from any thread.
pub fn inspect(exports: &Exports, law: &Law, cutoffs: Cutoffs, done: &(dyn Fn(u64) + Sync)) -> Inspection {
    let indexes: Vec<usize> = (0..exports.enrolments.len()).collect();
    let parts: Vec<Inspection> = indexes
        .par_chunks(CHUNK)
        .map(|chunk| {
            let views =
                chunk.iter().map(|index| EnrolmentView::new(exports, &law.result_codes, cutoffs, *index));
            let mut part = nothing_said(exports);
            views.for_each(|view| add(&mut part, law, view));
            done(chunk.len() as u64);
            part
        })
        .collect();
    let mut inspection = nothing_said(exports);
    parts.into_iter().for_each(|part| inspection.append(part));
    inspection.sort_claims();
    inspection
}

/// Inspects the enrolments of one bucket: a pure function of what stays in the exports, the rows of the
/// bucket and the law. What it gives for an enrolment does not depend on the bucket it is in, and
/// what it gives for all buckets in their order, appended, is the inspection of the register.
pub fn inspect_bucket(exports: &Exports, bulk: &Bulk, law: &Law, cutoffs: Cutoffs) -> Inspection {
    inspect_places(exports, bulk, law, cutoffs, bulk.results.members.own())
}

/// Inspects the enrolments at these places of the register, which are all of the bucket.
pub fn inspect_places(
    exports: &Exports,
    bulk: &Bulk,
    law: &Law,
    cutoffs: Cutoffs,
    places: Range<usize>,
) -> Inspection {
    let mut inspection = Inspection {
        inspection: Vec::with_capacity(places.len()),
        register_index: Vec::with_capacity(places.len()),
        progress: Vec::with_capacity(places.len()),
        // About as many as there usually are.
        findings: Vec::with_capacity(2 * places.len()),
        attempts: Vec::with_capacity(8 * places.len()),
        ..nothing_said(exports)
    };
    for index in places {
        let view = EnrolmentView::new(exports, &law.result_codes, cutoffs, index).within(bulk);
        add(&mut inspection, law, view);
    }
    inspection.sort_claims();
    inspection
}

/// An inspection of nobody, to be added to.
fn nothing_said(exports: &Exports) -> Inspection {
    let requirements = exports.curricula.codes().to_vec();
    Inspection { programme_ratios: no_ratios(exports), requirements, ..Inspection::default() }
}

fn no_ratios(exports: &Exports) -> Vec<ProgrammeRatios> {
    let none = |programme: &Programme| ProgrammeRatios {
        programme_code: programme.code.clone(),
        ..ProgrammeRatios::default()
    };
    exports.programmes.iter().map(none).collect()
}

fn add<'a>(inspection: &mut Inspection, law: &'a Law, view: EnrolmentView<'a>) {
    let case = Case::new(view, law);
    if let Some(reason) = view.exclusion() {
        inspection.add_excluded(reason, 1);
        // An application stands on its own, also after the programme.
        let claims = rules::extra_portions::xk201::decide(&case);
        inspection.extra_portions.extend(claims.iter().map(|estimate| summary::claim_row(&case, estimate)));
        let concerned = |rule: &&Rule| matches!(rule.judges, Judges::EndedToo(says) if says(&case));
        if RULES.iter().any(concerned) {
            findings(&case, &rules::decide(&case), concerned, &mut inspection.findings);
        }
        return;
    }
    let decisions = rules::decide(&case);
    inspection.register_index.push(view.index as u32);
    inspection.attempts.extend(summary::attempt_rows(&case, &decisions));
    inspection
        .extra_portions
        .extend(decisions.claims.iter().map(|estimate| summary::claim_row(&case, estimate)));
    findings(&case, &decisions, |_| true, &mut inspection.findings);
    inspection.progress.push((case.enrolment.enrolment_id.clone(), curve::points(&case, &decisions)));
    let position = inspection.inspection.len() as u32;
    let requirements = rules::degree::dg407::rows(&case, &decisions, position);
    inspection.curriculum.extend(requirements);
    let row = summary::inspection_row(&case, &decisions);
    inspection.particulars.extend(particulars::particulars(&case, &decisions, &row));
    let own = decisions.thirds.shares.ok().map(|shares| shares.own.as_hundredths());
    add_to_programme(&mut inspection.programme_ratios[case.enrolment.programme as usize], &row, own);
    inspection.inspection.push(row);
}

/// One finding per rule that has something to say, whatever the number of course groups or claims it
/// speaks of.
fn findings(
    case: &Case,
    decisions: &Decisions,
    applies: impl Fn(&&Rule) -> bool,
    findings: &mut Vec<Finding>,
) {
    let mut subject = None;
    // Lines are for `explain`; a table never shows them.
    let (silent, spoken) = (case.with(Words::None), case.with(Words::NoLines));
    for rule in RULES.iter().copied().filter(applies) {
        let Some(severity) = (rule.speaks)(&silent, decisions) else { continue };
        let mut reports = (rule.report)(&spoken, decisions).into_iter();
        let first = reports.next().map(|report| (report.message, report.evidence));
        let (mut message, mut evidence) = first.unwrap_or_default();
        for report in reports {
            message.push(' ');
            message.push_str(&report.message);
            evidence.extend(report.evidence);
        }
        let subject = subject.get_or_insert_with(|| {
            let date = case.cutoffs.inspection_date.to_compact_string();
            let parts = [date.as_str(), "|", &case.enrolment.enrolment_id, "|"];
            parts.iter().fold(Sha256::new(), |hash, part| hash.chain_update(part))
        });
        findings.push(Finding {
            finding_id: finding_id(subject, rule.code),
            enrolment_id: case.enrolment.enrolment_id.clone(),
            rule: rule.code,
            severity,
            message,
            evidence,
        });
    }
}

/// Stable over runs of the same inspection date, and opaque. `subject`: the hash so far, of the date and the
/// enrolment.
fn finding_id(subject: &Sha256, rule: &str) -> CompactString {
    let hash = subject.clone().chain_update(rule).finalize();
    let mut id = CompactString::from(rule);
    id.push('-');
    id.extend(hex_digits(&hash[..8]));
    id
}

fn add_to_programme(ratios: &mut ProgrammeRatios, row: &InspectionRow, own: Option<i32>) {
    ratios.students += 1;
    add_known(&mut ratios.own_ects, own.map(i64::from));
    add_known(&mut ratios.pass_fail_ects, row.pass_fail_ects.map(|ects| ects.as_hundredths().into()));
    add_known(&mut ratios.external_ects, row.external_ects.map(|ects| ects.as_hundredths().into()));
    match row.pass_fail_third {
        Some(PassFailThird::Within) => ratios.pass_fail_within += 1,
        Some(PassFailThird::Breached) => ratios.pass_fail_breached += 1,
        None => {}
    }
    match row.external_third {
        Some(ExternalThird::Met) => ratios.external_met += 1,
        Some(ExternalThird::Reachable) => ratios.external_reachable += 1,
        Some(ExternalThird::Unreachable) => ratios.external_unreachable += 1,
        None => {}
    }
    // What makes the third of pass/fail unknown makes this one unknown too.
    ratios.unknown += i32::from(row.external_third.is_none());
}

/// Rules that could not decide in full, and the input that was not given.
pub fn rules_not_run(exports: &Exports) -> Vec<(&'static str, Unknown)> {
    let missing = |rule: &&'static rules::Rule| {
        let absent = rule.needs.iter().filter(|table| exports.is_absent(**table));
        let mut gaps: Vec<Unknown> = absent.map(|table| Unknown::Absent(*table)).collect();
        if exports.previous.is_none() && rule.code == rules::NEEDS_PREVIOUS_RUN.code {
            gaps.push(Unknown::PreviousRun);
        }
        let code = rule.code;
        gaps.into_iter().map(move |gap| (code, gap))
    };
    RULES.iter().flat_map(missing).collect()
}
