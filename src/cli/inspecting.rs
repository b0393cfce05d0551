//! The register, bucket by bucket: inspected, audited, counted and written.
//!
//! No more than a few buckets are in memory at a time. While the rows of one wave of buckets are
//! written, the next wave is inspected; waves come in the order of the register.

use std::collections::BTreeSet;
use std::ops::Range;

use super::terminal::Progress;
use crate::base::{Cutoffs, Month};
use crate::diagnostics::Diagnostics;
use crate::engine::{self, HeldExams};
use crate::ingest::{BulkRows, Ingested};
use crate::law::Law;
use crate::letters::worklist;
use crate::output::{
    self, Batches, Layout, RejectedRecord, Sequence, Stage, TableMetadata, Tables, Trace, VerdictCounts,
};
use crate::student::exports::Bulk;
use crate::student::view::EnrolmentView;
use crate::verdicts::{Inspection, InspectionRow, Severity};
use rayon::prelude::*;

/// Buckets of a wave, for each thread.
const BUCKETS: usize = 2;

/// Enrolments that are inspected before their rows become columns: so few that the rows are still in
/// the processor's cache then, and their room is used again by the next.
const AT_A_TIME: usize = 256;

pub struct Inspecting<'a> {
    pub ingested: &'a Ingested,
    /// Its rows by bucket, which nobody needs afterwards.
    pub bulk: BulkRows,
    pub law: &'a Law,
    pub cutoffs: Cutoffs,
    /// Keep what the letters and the worklist say.
    pub letters: bool,
    pub progress: &'a Progress,
}

/// What is left when the long tables are written.
#[derive(Default)]
pub struct Inspected {
    pub counts: VerdictCounts,
    /// Of all findings.
    pub loudest: Option<Severity>,
    pub held_exams: HeldExams,
    /// Only the enrolments that get a letter or stand on the worklist, inspected or not.
    pub for_office: Inspection,
    /// Applications, ratios and the excluded.
    rest: Inspection,
    sequence: Sequence,
}

/// A run of enrolments, inspected.
struct Part {
    /// Without what only the long tables show.
    inspection: Inspection,
    trace: Trace,
    batches: Option<Batches>,
    counts: VerdictCounts,
    loudest: Option<Severity>,
    held_exams: HeldExams,
}

impl Inspecting<'_> {
    /// Writes the tables into the stage, if there is one.
    pub fn run(self, stage: Option<(&Stage, &TableMetadata)>) -> Result<Inspected, Diagnostics> {
        let layout = Layout::new(self.months(), self.ingested.exports.curricula.codes());
        let tables = stage.map(|(stage, metadata)| Tables::begin(stage, &layout, metadata));
        let mut tables = tables.transpose()?;
        let wanted = tables.is_some().then_some(&layout);
        let buckets: Vec<usize> = (0..self.bulk.buckets()).collect();
        let mut inspected = Inspected::default();
        let mut ready: Vec<Batches> = Vec::new();
        for wave in buckets.chunks(rayon::current_num_threads().max(1) * BUCKETS) {
            let inspect = || wave.par_iter().map(|bucket| self.bucket(*bucket, wanted)).collect::<Vec<_>>();
            let write = || {
                if let Some(tables) = &mut tables {
                    tables.add(std::mem::take(&mut ready));
                }
            };
            let (parts, ()) = rayon::join(inspect, write);
            for bucket in parts {
                ready.extend(bucket?.into_iter().filter_map(|part| inspected.add(part)));
            }
        }
        let Inspecting { ingested, bulk, .. } = self;
        if let Some(tables) = &mut tables {
            rayon::join(|| tables.add(ready), || drop(bulk));
        }
        inspected.rest.sort_claims();
        inspected.for_office.extra_portions.clone_from(&inspected.rest.extra_portions);
        std::mem::take(&mut inspected.sequence).finish(&inspected.rest.extra_portions)?;
        if let Some(tables) = tables {
            let rejected: Vec<RejectedRecord> =
                ingested.rejected.iter().map(super::run::rejected_record).collect();
            tables.finish(&inspected.rest, Some(&rejected))?;
        }
        Ok(inspected)
    }

    /// First and last month that the diagram of any enrolment can have.
    fn months(&self) -> (Month, Month) {
        let last = self.cutoffs.inspection_date.month();
        let exports = &self.ingested.exports;
        let views = (0..exports.enrolments.len())
            .map(|index| EnrolmentView::new(exports, &self.law.result_codes, self.cutoffs, index));
        let starts =
            views.filter(|view| view.exclusion().is_none()).map(|view| view.enrolment.started_on.month());
        (starts.min().unwrap_or(last.plus(1)), last)
    }

    fn bucket(&self, bucket: usize, layout: Option<&Layout>) -> Result<Vec<Part>, Diagnostics> {
        let bulk = self.bulk.bulk(bucket, &self.ingested.exports.catalogue)?;
        let own = bulk.results.members.own();
        let run = |first: usize| first..(first + AT_A_TIME).min(own.end);
        let runs = own.clone().into_par_iter().step_by(AT_A_TIME).map(run);
        runs.map(|places| self.part(&bulk, places, layout)).collect()
    }

    fn part(&self, bulk: &Bulk, places: Range<usize>, layout: Option<&Layout>) -> Result<Part, Diagnostics> {
        let exports = &self.ingested.exports;
        let inspection = engine::inspect_places(exports, bulk, self.law, self.cutoffs, places.clone());
        let audited = output::audit_part(&inspection, places.clone())?;
        let trace = Trace::of(audited);
        let batches = layout.map(|layout| Batches::of(audited, layout));
        let counts = output::count(&inspection, places.len());
        let loudest = inspection.findings.iter().map(|finding| finding.severity).max();
        self.progress.advance(places.len() as u64);
        let inspection = if self.letters { for_office(inspection) } else { without_rows(inspection) };
        let held_exams = engine::held_exams(exports, Some(bulk), self.law, self.cutoffs, places);
        Ok(Part { batches, counts, loudest, held_exams, trace, inspection })
    }
}

impl Inspected {
    /// Adds the part that follows.
    fn add(&mut self, part: Part) -> Option<Batches> {
        let Part { mut inspection, trace, batches, counts, loudest, held_exams } = part;
        self.sequence.add(trace);
        self.counts.add(counts);
        self.loudest = self.loudest.max(loudest);
        self.held_exams.add(held_exams);
        self.rest.append_small(&mut inspection);
        self.for_office.append(inspection);
        batches
    }
}

fn without_rows(mut inspection: Inspection) -> Inspection {
    let mut rest = Inspection::default();
    rest.append_small(&mut inspection);
    rest
}

/// What is said of the enrolments that get a letter or stand on the worklist. Findings leave their
/// evidence, and only letters need attempts and curves.
fn for_office(mut inspection: Inspection) -> Inspection {
    let claimants: BTreeSet<&str> =
        inspection.extra_portions.iter().map(|claim| claim.enrolment_id.as_str()).collect();
    let findings = &inspection.findings;
    let own = |id: &str| {
        let first = findings.partition_point(|finding| finding.enrolment_id.as_str() < id);
        let length = findings[first..].partition_point(|finding| finding.enrolment_id == id);
        &findings[first..first + length]
    };
    let wanted = |row: &InspectionRow| {
        worklist::concerns(row, own(&row.enrolment_id)) || claimants.contains(row.enrolment_id.as_str())
    };
    let rows = inspection.inspection.into_iter().zip(inspection.register_index);
    (inspection.inspection, inspection.register_index) = rows.filter(|(row, _)| wanted(row)).unzip();
    let rows = &inspection.inspection;
    let of = |id: &str| {
        let found = rows.binary_search_by(|row| row.enrolment_id.as_str().cmp(id));
        found.ok().map(|position| &rows[position])
    };
    let lettered = |id: &str| of(id).is_some_and(|row| !row.letters.is_empty());
    inspection.attempts.retain(|attempt| lettered(&attempt.enrolment_id));
    inspection.progress.retain(|(enrolment_id, _)| lettered(enrolment_id));
    inspection.particulars.retain(|told| of(&told.enrolment_id).is_some());
    // Every inspected enrolment of which a finding wants an eye is wanted; the others are not inspected.
    inspection
        .findings
        .retain(|finding| of(&finding.enrolment_id).is_some() || worklist::wants_an_eye(finding));
    inspection.findings.iter_mut().for_each(|finding| finding.evidence = Vec::new());
    inspection.curriculum = Vec::new();
    inspection
}
