//! `klip run --pseudonymise KEYFILE`: the same inspection for a recipient who may not know whom it
//! is about.
//!
//! A run of its own beside the caseworkers', in a folder per key: analysts' tables and a record
//! only. Letters, print files, the mail-merge file and the rejected rows name people or repeat cells of the
//! exports, and one folder with both would give the pseudonyms away.

use super::args::Run;
use super::summary::Published;
use super::terminal::Progress;
use super::{Exit, run};
use crate::contract::Table;
use crate::diagnostics::Diagnostics;
use crate::law::{CurriculumBook, Law};
use crate::output::{self, PseudonymKey, Stage};
use crate::pipeline::Pipeline;
use crate::{engine, ingest};

/// Publishes into `OUTPUT/pseudonymised=KEY_ID/inspection_date=DATE`; the record says so. The whole
/// inspection is held in memory, because its rows are sorted by keys that the register has not.
pub fn run(
    args: &Run,
    key: &PseudonymKey,
    pipeline: &Pipeline,
    law: &Law,
    curricula: &CurriculumBook,
    progress: &Progress,
) -> Result<Exit, Diagnostics> {
    let previous = run::previous_run(pipeline)?;
    progress.step("reading the exports");
    let mut ingested = ingest::read(pipeline, &law.result_codes)?;
    if let Some(previous) = &previous {
        previous.lay_beside(&mut ingested, pipeline)?;
    }
    let curricula = run::bind(curricula, &mut ingested);
    let exports = &ingested.exports;
    let register = exports.enrolments.len();
    let inputs = run::inputs(&ingested.files);
    output::audit_inputs(&inputs)?;
    progress.enrolments(register);
    let inspection = engine::inspect(exports, law, pipeline.cutoffs, &|done| progress.advance(done));
    output::audit(&inspection, register)?;
    let loudest = inspection.findings.iter().map(|finding| finding.severity).max();
    let counts = output::count(&inspection, register);
    let mut record = run::record(pipeline, law, &ingested, inputs).with_counts(counts);
    record.pseudonyms = Some(key.record());
    record.previous = previous.map(|previous| previous.record);
    // Of what else lies in the folder a recipient need not know.
    record.files_not_read = None;
    record.curricula = curricula;
    let held = engine::held_exams(exports, None, law, pipeline.cutoffs, 0..register);
    record.doubt(Table::Results, held.notice(pipeline.cutoffs.results_through));
    record.letters.clear();
    record.letters_skipped = true;

    progress.step("writing the tables under pseudonyms");
    let published = if args.dry_run {
        None
    } else {
        let inspection = key.pseudonymise(inspection, exports);
        let audited = output::audit(&inspection, register)?;
        let folder = pipeline.output.join(format!("pseudonymised={}", key.id()));
        output::require_room(&folder, output::room_for_tables(register))?;
        let stage = Stage::begin(&folder, &run::run_name(pipeline))?;
        output::tables(&stage, audited, None, &run::metadata(pipeline, law))?;
        let seal = record.clone().write(&stage)?.seal;
        Some(Published { folder: stage.publish()?, seal, letters_withdrawn: None })
    };
    progress.finish();
    run::tell(args, &record, &ingested, published.as_ref());
    Ok(run::exit(args, pipeline, loudest))
}
