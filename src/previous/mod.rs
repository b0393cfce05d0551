//! An earlier run as input of this one: what it decided, and what it read.
//!
//! A run folder is believed only as far as its own record vouches for it: every table read here must
//! still have the SHA-256 of `run.json`. Its verdicts let SU106 say who can resume SU; its row counts
//! and keys show an export that was cut short ([`shrunk`]).

mod shrunk;
mod table;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::base::{Cutoffs, Day};
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::ingest::{self, Ingested};
use crate::output::{InputRecord, PreviousRecord, RUN_RECORD, RunRecord};
use crate::pipeline::Pipeline;
use crate::student::exports::Enrolment;
use crate::student::previous::{PreviousInspection, PreviousVerdict};
use table::TableOfRun;

/// An earlier run that has been read and checked against its own record.
#[derive(Debug)]
pub struct PreviousRun {
    /// How the run that uses it names it.
    pub record: PreviousRecord,
    inspection_date: Day,
    results_through: Day,
    /// Sorted by enrolment.
    verdicts: Vec<(String, PreviousVerdict)>,
    /// Course groups with attempts.
    courses: BTreeSet<String>,
    programmes: BTreeSet<String>,
    inputs: Vec<InputRecord>,
}

impl PreviousRun {
    /// Reads a run folder. It must be of an earlier inspection date than `inspection_date`.
    pub fn read(folder: &Path, inspection_date: Day) -> Result<PreviousRun, Diagnostics> {
        let folder = pointed_to(folder);
        let (record, previous) = RunRecord::read_as_input(&folder)?;
        let Cutoffs { inspection_date: date, results_through, .. } = record.dates;
        if date >= inspection_date {
            let message = format!(
                "the previous run is of {date}, which is not before this inspection on {inspection_date}"
            );
            let place = Place::file(folder.join(RUN_RECORD).display().to_string());
            return Err(Diagnostic::setup(place, message)
                .hint("name the run of an earlier inspection date with --previous")
                .into());
        }
        if record.pseudonyms.is_some() {
            let place = Place::file(folder.join(RUN_RECORD).display().to_string());
            return Err(Diagnostic::setup(
                place,
                "the previous run is under pseudonyms, and none of its ids is in this register",
            )
            .hint("name the run of the same date without --pseudonymise")
            .into());
        }
        let open = |name: &'static str| TableOfRun::open(&folder, name, &record.outputs);
        let verdicts = open("inspection.parquet")?.verdicts()?;
        let courses = open("attempts.parquet")?.distinct("course_group")?;
        let programmes = open("programme_ratios.parquet")?.distinct("programme_code")?;
        Ok(PreviousRun {
            record: previous,
            inspection_date: date,
            results_through,
            verdicts,
            courses,
            programmes,
            inputs: record.inputs,
        })
    }

    /// Its verdicts by the register of another run.
    fn verdicts_of(&self, enrolments: &[Enrolment]) -> PreviousInspection {
        let of = |enrolment: &Enrolment| {
            let id = enrolment.enrolment_id.as_str();
            let found = self.verdicts.binary_search_by(|(known, _)| known.as_str().cmp(id)).ok()?;
            self.verdicts.get(found).map(|(_, verdict)| verdict.clone())
        };
        PreviousInspection {
            inspection_date: self.inspection_date,
            results_through: self.results_through,
            verdicts: enrolments.iter().map(of).collect(),
        }
    }

    /// Refuses exports that shrank since, tells what is doubtful and yet no reason to refuse them, then lays the earlier verdicts beside the register.
    pub fn lay_beside(&self, ingested: &mut Ingested, pipeline: &Pipeline) -> Result<(), Diagnostics> {
        shrunk::check(self, ingested, pipeline).into_result(())?;
        let doubts = shrunk::doubts(self, ingested);
        ingest::doubt(&mut ingested.files, doubts);
        ingested.exports.previous = Some(self.verdicts_of(&ingested.exports.enrolments));
        Ok(())
    }
}

/// The folder itself where a name such as `current` points to it: tomorrow it may point elsewhere.
fn pointed_to(folder: &Path) -> PathBuf {
    match fs::read_link(folder) {
        Ok(target) => folder.parent().map_or_else(|| target.clone(), |parent| parent.join(&target)),
        Err(_) => folder.to_owned(),
    }
}
