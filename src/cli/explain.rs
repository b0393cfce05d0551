//! `klip explain`: how the verdicts on one student came about.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::args::Explain;
use super::explanation_text::{self, Files};
use super::{Exit, rule, run, terminal};
use crate::base::{Day, Month};
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::engine::explain;
use crate::ingest;
use crate::law::{Law, LawBook};
use crate::output::RunRecord;
use crate::pipeline::{Overrides, Pipeline};
use crate::previous::PreviousRun;
use crate::rules;

/// Reads the same exports again under the same dates and law, and re-runs the one student. Exports,
/// pipeline or law that were changed since the run are refused: they would explain another run.
pub fn explain(args: &Explain) -> Result<Exit, Diagnostics> {
    if let Some(code) = &args.rule
        && rules::rule(code).is_none()
    {
        return Err(rule::unknown(code).into());
    }
    let record = RunRecord::read(&args.run)?;
    let pipeline = Path::new(&record.pipeline.path);
    if !pipeline.is_file() {
        let place = Place::file(pipeline.display().to_string());
        let problem = Diagnostic::setup(place, "the pipeline file of this run is not there");
        return Err(problem.hint("explain a run from the folder in which it was made").into());
    }
    let mut pipeline = Pipeline::load(pipeline, &overrides(&record, &args.run)?)?;
    pipeline.previous = record.previous.as_ref().map(|previous| PathBuf::from(&previous.path));
    if !pipeline.input.is_dir() {
        let place = Place::file(pipeline.input.display().to_string());
        let problem = Diagnostic::input(place, "the exports of this run are not there");
        return Err(problem.hint("explain a run from the folder in which it was made").into());
    }
    let law = Law::in_force(LawBook::load(&pipeline.law)?, pipeline.inspection_date)?;
    let previous = run::previous_run(&pipeline)?;
    let mut ingested = ingest::read(&pipeline, &law.result_codes)?;
    unchanged(&record, &pipeline, &law, &ingested, previous.as_ref())?;
    if let Some(previous) = &previous {
        previous.lay_beside(&mut ingested, &pipeline)?;
    }

    let exports = &ingested.exports;
    let found = explain::find(exports, &args.id);
    if found.is_empty() {
        let place = Place::file(args.run.display().to_string());
        let problem = Diagnostic::setup(place, "the register of this run has no such student or enrolment");
        return Err(problem.hint("rows that were rejected are listed in rejected.csv").into());
    }
    let files: Files = ingested.files.iter().map(|file| (file.table, file.path.clone())).collect();
    let explained = found.into_iter().map(|index| {
        let explanation =
            explain::explain(exports, &law, run::cutoffs(&pipeline), index, args.rule.as_deref());
        (&exports.enrolments[index], explanation)
    });
    if args.json {
        let all: Vec<Value> =
            explained.map(|(enrolment, one)| explanation_text::as_json(enrolment, &one, &files)).collect();
        terminal::print(&format!("{:#}", Value::from(all)));
    } else {
        let all: Vec<String> =
            explained.map(|(enrolment, one)| explanation_text::as_text(enrolment, &one, &files)).collect();
        terminal::print(all.join("\n").trim_end());
    }
    Ok(Exit::Done)
}

/// The dates and the input folder of the run, whatever the pipeline file says today.
fn overrides(record: &RunRecord, run: &Path) -> Result<Overrides, Diagnostics> {
    let wrong = |what: &str| {
        Diagnostic::input(
            Place::file(run.join("run.json").display().to_string()),
            format!("{what} is not readable"),
        )
    };
    let dates = &record.dates;
    let folder = |path: &str| Path::new(path).parent().map(PathBuf::from);
    Ok(Overrides {
        input: record.inputs.first().and_then(|input| folder(&input.path)),
        output: None,
        previous: None,
        inspection_date: Some(
            Day::parse_iso(&dates.inspection_date).ok_or_else(|| wrong("inspection_date"))?,
        ),
        payments_through: Some(
            Month::parse_iso(&dates.payments_through).ok_or_else(|| wrong("payments_through"))?,
        ),
        results_through: Some(
            Day::parse_iso(&dates.results_through).ok_or_else(|| wrong("results_through"))?,
        ),
        reader: std::env::current_exe().ok(),
    })
}

fn unchanged(
    record: &RunRecord,
    pipeline: &Pipeline,
    law: &Law,
    ingested: &ingest::Ingested,
    previous: Option<&PreviousRun>,
) -> Result<(), Diagnostics> {
    let mut problems = Diagnostics::default();
    let hint = "run the inspection again, then explain the new run";
    let mut differs = |file: String, what: &str| {
        let message = format!("{what} changed since the run; the explanation would be of another run");
        problems.push(Diagnostic::input(Place::file(file), message).hint(hint));
    };
    if record.pipeline.sha256 != pipeline.sha256 {
        differs(pipeline.path.display().to_string(), "the pipeline file");
    }
    if record.law.sha256 != law.book.sha256 {
        differs(pipeline.law.display().to_string(), "the law");
    }
    if let Some(previous) = previous
        && record.previous.as_ref() != Some(&previous.record)
    {
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
