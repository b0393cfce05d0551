//! The facts of a run that is done, read again: for what is asked of it later.

use std::path::{Path, PathBuf};

use super::run::{bind, previous_run};
use crate::base::Cutoffs;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::ingest::{self, Ingested};
use crate::law::{CurriculumBook, Law, LawBook};
use crate::output::RunRecord;
use crate::pipeline::{Overrides, Pipeline};
use crate::previous::PreviousRun;

pub struct Reread {
    pub record: RunRecord,
    pub pipeline: Pipeline,
    pub law: Law,
    pub ingested: Ingested,
}

/// Reads the same exports again under the same dates and law. Exports, pipeline or law that were
/// changed since the run are refused: they would speak of another run.
pub fn reread(run: &Path) -> Result<Reread, Diagnostics> {
    let record = RunRecord::read(run)?;
    let pipeline = Path::new(&record.pipeline.path);
    if !pipeline.is_file() {
        let place = Place::file(pipeline.display().to_string());
        let problem = Diagnostic::setup(place, "the pipeline file of this run is not there");
        return Err(problem.hint(FROM_WHERE).into());
    }
    let mut pipeline = Pipeline::load(pipeline, &overrides(&record))?;
    pipeline.previous = record.previous.as_ref().map(|previous| PathBuf::from(&previous.path));
    if let Some(previous) = pipeline.previous.as_ref().filter(|previous| !previous.is_dir()) {
        let place = Place::file(previous.display().to_string());
        let problem = Diagnostic::input(place, "the previous run that this run was given is not there");
        return Err(problem.hint("move it back, or put a link there").into());
    }
    if !pipeline.input.is_dir() {
        let place = Place::file(pipeline.input.display().to_string());
        let problem = Diagnostic::input(place, "the exports of this run are not there");
        return Err(problem.hint(FROM_WHERE).into());
    }
    let law = Law::in_force(LawBook::load(&pipeline.law)?, pipeline.cutoffs.inspection_date)?;
    let curricula = CurriculumBook::load(&pipeline.curricula)?;
    let previous = previous_run(&pipeline)?;
    let mut ingested = ingest::read(&pipeline, &law.result_codes)?;
    unchanged(&record, &pipeline, &law, &curricula, &ingested, previous.as_ref())?;
    bind(&curricula, &mut ingested);
    if let Some(previous) = &previous {
        previous.lay_beside(&mut ingested, &pipeline)?;
    }
    Ok(Reread { record, pipeline, law, ingested })
}

const FROM_WHERE: &str = "ask about a run from the folder in which it was made";

/// No student or enrolment of that id.
pub fn nobody(run: &Path) -> Diagnostic {
    let place = Place::file(run.display().to_string());
    Diagnostic::setup(place, "the register of this run has no such student or enrolment")
        .hint("rows that were rejected are listed in rejected.csv")
}

/// The dates and the input folder of the run, whatever the pipeline file says today.
fn overrides(record: &RunRecord) -> Overrides {
    let Cutoffs { inspection_date, payments_through, results_through } = record.dates;
    let folder = |path: &str| Path::new(path).parent().map(PathBuf::from);
    Overrides {
        input: record.inputs.first().and_then(|input| folder(&input.path)),
        output: None,
        previous: None,
        inspection_date: Some(inspection_date),
        payments_through: Some(payments_through),
        results_through: Some(results_through),
        reader: std::env::current_exe().ok(),
    }
}

fn unchanged(
    record: &RunRecord,
    pipeline: &Pipeline,
    law: &Law,
    curricula: &CurriculumBook,
    ingested: &Ingested,
    previous: Option<&PreviousRun>,
) -> Result<(), Diagnostics> {
    let mut problems = Diagnostics::default();
    let hint = "run the inspection again, and use the new run";
    let mut differs = |file: String, what: &str| {
        let message = format!("{what} changed since the run; the answer would be of another run");
        problems.push(Diagnostic::input(Place::file(file), message).hint(hint));
    };
    if record.pipeline.sha256 != pipeline.sha256 {
        differs(pipeline.path.display().to_string(), "the pipeline file");
    }
    if record.law.sha256 != law.book.sha256 {
        differs(pipeline.law.display().to_string(), "the law");
    }
    if record.curricula.sha256 != curricula.sha256 {
        differs(pipeline.curricula.display().to_string(), "a curriculum");
    }
    // By what it holds, not by where it stands.
    let same = |previous: &&PreviousRun| {
        record.previous.as_ref().is_some_and(|then| then.sha256 == previous.record.sha256)
    };
    if let Some(previous) = previous.filter(|previous| !same(previous)) {
        differs(previous.record.path.clone(), "the previous run");
    }
    for file in &ingested.files {
        let then = record.inputs.iter().find(|input| input.table == file.table.name());
        if then.is_none_or(|then| then.sha256 != file.sha256) {
            differs(file.path.clone(), "the export");
        }
    }
    for then in &record.inputs {
        if !ingested.files.iter().any(|file| file.table.name() == then.table) {
            differs(then.path.clone(), "the export");
        }
    }
    problems.into_result(())
}
