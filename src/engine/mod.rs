//! Runs the rules over every enrolment and collects what they say.
//!
//! rayon works on plain slices of sorted columns, one enrolment at a time, and the results are
//! collected in the order of the register; so neither the number of threads nor the order of the
//! input rows can change a byte. Polars never runs in here. [`explain`] re-runs one enrolment with
//! the same code and keeps the words that the batch does not need.

mod curve;
pub mod explain;
mod summary;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::contract::Table;
use crate::law::Law;
use crate::rules::{self, Case, Decisions, RULES};
use crate::student::exports::Exports;
use crate::student::view::{Cutoffs, EnrolmentView};
use crate::verdicts::{
    AttemptRow, ClaimRow, Evidence, ExternalThird, Finding, Inspection, InspectionRow, PassFailThird,
    ProgrammeRatios, ProgressPoint, RequirementRow,
};

/// Enrolments evaluated as one piece: large enough to keep rayon's bookkeeping small.
const CHUNK: usize = 1024;

/// Inspects every enrolment of the register. `done` is called with the number of enrolments that
/// were finished since its last call, from any thread.
pub fn inspect(exports: &Exports, law: &Law, cutoffs: Cutoffs, done: &(dyn Fn(u64) + Sync)) -> Inspection {
    let indexes: Vec<usize> = (0..exports.enrolments.len()).collect();
    let parts: Vec<Part> = indexes
        .par_chunks(CHUNK)
        .map(|chunk| {
            let mut part = Part::default();
            chunk.iter().for_each(|index| part.add(exports, law, cutoffs, *index));
            done(chunk.len() as u64);
            part
        })
        .collect();
    let mut ratios: Vec<ProgrammeRatios> = exports
        .programmes
        .iter()
        .map(|programme| ProgrammeRatios {
            programme_code: programme.code.clone(),
            ..ProgrammeRatios::default()
        })
        .collect();
    let mut inspection = Inspection::default();
    let mut excluded: Vec<(&'static str, u32)> = Vec::new();
    for part in parts {
        for (row, (programme, own)) in part.inspection.iter().zip(&part.programme_and_own) {
            add_to_programme(&mut ratios[*programme as usize], row, *own);
        }
        inspection.inspection.extend(part.inspection);
        inspection.register_index.extend(part.register_index);
        inspection.attempts.extend(part.attempts);
        inspection.extra_portions.extend(part.extra_portions);
        inspection.findings.extend(part.findings);
        inspection.progress.extend(part.progress);
        for reason in part.excluded {
            match excluded.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, count)) => *count += 1,
                None => excluded.push((reason, 1)),
            }
        }
    }
    excluded.sort_unstable();
    inspection.excluded = excluded;
    inspection.extra_portions.par_sort_by(|a, b| a.claim_id.cmp(&b.claim_id));
    inspection.programme_ratios = ratios;
    inspection.requirements = exports.curricula.codes();
    if !inspection.requirements.is_empty() {
        inspection.curriculum = requirements(exports, law, cutoffs, &inspection);
    }
    inspection
}

/// The curriculum's requirements of everyone inspected, in the order of the inspection.
fn requirements(
    exports: &Exports,
    law: &Law,
    cutoffs: Cutoffs,
    inspection: &Inspection,
) -> Vec<RequirementRow> {
    let of = |(row, index): (usize, &u32)| {
        let case = Case::new(EnrolmentView::new(exports, &law.result_codes, cutoffs, *index as usize), law);
        rules::degree::dg407::rows(&case, row as u32, &inspection.requirements)
    };
    let inspected: Vec<(usize, &u32)> = inspection.register_index.iter().enumerate().collect();
    let parts: Vec<Vec<RequirementRow>> =
        inspected.par_chunks(CHUNK).map(|chunk| chunk.iter().copied().flat_map(of).collect()).collect();
    parts.concat()
}

/// What one chunk of enrolments adds, in register order.
#[derive(Default)]
struct Part {
    inspection: Vec<InspectionRow>,
    register_index: Vec<u32>,
    /// Programme index and own passed ECTS in hundredths (`None`: unknown), per inspection row.
    programme_and_own: Vec<(u32, Option<i32>)>,
    attempts: Vec<AttemptRow>,
    extra_portions: Vec<ClaimRow>,
    findings: Vec<Finding>,
    progress: Vec<(String, Vec<ProgressPoint>)>,
    excluded: Vec<&'static str>,
}

impl Part {
    fn add(&mut self, exports: &Exports, law: &Law, cutoffs: Cutoffs, index: usize) {
        let view = EnrolmentView::new(exports, &law.result_codes, cutoffs, index);
        let case = Case::new(view, law);
        if let Some(reason) = view.exclusion() {
            self.excluded.push(reason);
            // An application stands on its own, also after the programme.
            let claims = rules::extra_portions::xk201::decide(&case);
            self.extra_portions.extend(claims.iter().map(|estimate| summary::claim_row(&case, estimate)));
            return;
        }
        let decisions = rules::decide(&case);
        self.register_index.push(index as u32);
        let own = decisions.thirds.shares.ok().map(|shares| shares.own.as_hundredths());
        self.programme_and_own.push((case.enrolment.programme, own));
        self.attempts.extend(summary::attempt_rows(&case, &decisions));
        self.extra_portions
            .extend(decisions.claims.iter().map(|estimate| summary::claim_row(&case, estimate)));
        findings(&case, &decisions, &mut self.findings);
        self.progress.push((case.enrolment.enrolment_id.clone(), curve::points(&case)));
        self.inspection.push(summary::inspection_row(&case, &decisions));
    }
}

/// One finding per rule that has something to say, whatever the number of course groups or claims it
/// speaks of.
fn findings(case: &Case, decisions: &Decisions, findings: &mut Vec<Finding>) {
    for rule in RULES {
        let Some(severity) = (rule.speaks)(case, decisions) else { continue };
        let reports = (rule.report)(case, decisions);
        let messages: Vec<&str> = reports.iter().map(|report| report.message.as_str()).collect();
        findings.push(Finding {
            finding_id: finding_id(case, rule.code),
            enrolment_id: case.enrolment.enrolment_id.clone(),
            rule: rule.code,
            severity,
            message: messages.join(" "),
            // Lines are for `explain`; a table never shows them.
            evidence: reports
                .into_iter()
                .flat_map(|report| report.evidence)
                .map(|fact| Evidence { rows: None, ..fact })
                .collect(),
        });
    }
}

/// Stable over runs of the same inspection date, and opaque.
fn finding_id(case: &Case, rule: &str) -> String {
    let name = format!("{}|{}|{rule}", case.cutoffs.inspection_date, case.enrolment.enrolment_id);
    let hash = Sha256::digest(name.as_bytes());
    let hex: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{rule}-{hex}")
}

fn add_to_programme(ratios: &mut ProgrammeRatios, row: &InspectionRow, own: Option<i32>) {
    ratios.students += 1;
    ratios.own_ects += i64::from(own.unwrap_or(0));
    ratios.pass_fail_ects += row.pass_fail_ects.map_or(0, |ects| i64::from(ects.as_hundredths()));
    ratios.external_ects += row.external_ects.map_or(0, |ects| i64::from(ects.as_hundredths()));
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
    ratios.unknown += i32::from(row.pass_fail_third.is_none() || row.external_third.is_none());
}

/// Rules that could not decide in full because an optional table was not given.
pub fn rules_not_run(exports: &Exports) -> Vec<(&'static str, Table)> {
    let missing = |rule: &&'static rules::Rule| {
        let code = rule.code;
        rule.needs
            .iter()
            .filter(|table| exports.is_absent(**table))
            .map(move |table| (code, *table))
            .collect::<Vec<_>>()
    };
    RULES.iter().flat_map(missing).collect()
}
