//! `klip run`: the whole way from exports to a published run folder.

use super::args::{self, Run};
use super::inspecting::Inspecting;
use super::letter_files;
use super::summary::Published;
use super::terminal::{self, Progress};
use super::{Exit, pseudonyms, summary};
use crate::contract::Table;
use crate::diagnostics::Diagnostics;
use crate::engine;
use crate::ingest::{self, FileReport, Ingested, Room};
use crate::law::{CurriculumBook, Law, LawBook};
use crate::letters::{self, LETTERS, Press, Templates};
use crate::output::{
    self, CurriculaRecord, InputRecord, LawRecord, PipelineRecord, PseudonymKey, RejectedRecord, RuleNotRun,
    RunRecord, Sealed, Stage, TableMetadata, ToolRecord,
};
use crate::pipeline::{Overrides, Pipeline};
use crate::previous::PreviousRun;
use crate::verdicts::Severity;

pub fn overrides(args: &args::Overrides) -> Overrides {
    Overrides {
        input: args.input.clone(),
        // Without a path of its own the program reads in its own process.
        reader: std::env::current_exe().ok(),
        previous: args.previous.clone(),
        ..dates(&args.dates)
    }
}

pub fn dates(args: &args::DateOverrides) -> Overrides {
    Overrides {
        inspection_date: args.inspection_date,
        payments_through: args.payments_through,
        results_through: args.results_through,
        ..Overrides::default()
    }
}

/// Before anything is done that may use several threads. This one is among them: it works where it
/// would wait for the others, and when there is no other, all that is written has one order.
pub fn use_threads(threads: Option<u16>) {
    let count = threads.map_or(0, usize::from);
    // Fails only when the pool exists already.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(count).use_current_thread().build_global();
}

pub fn run(args: &Run) -> Result<Exit, Diagnostics> {
    use_threads(args.threads);
    let progress = Progress::new(args.quiet || args.json);
    progress.step("reading pipeline, law and letters");
    let overrides = Overrides { output: args.output.clone(), ..overrides(&args.overrides) };
    let pipeline = Pipeline::load(&args.pipeline, &overrides)?;
    let law = Law::in_force(LawBook::load(&pipeline.law)?, pipeline.cutoffs.inspection_date)?;
    let curricula = CurriculumBook::load(&pipeline.curricula)?;
    if let Some(path) = &args.pseudonymise {
        let key = PseudonymKey::read(path, &pipeline.output)?;
        return pseudonyms::run(args, &key, &pipeline, &law, &curricula, &progress);
    }
    let letter_law = letters::law_in_force(&law)?;
    let templates = Templates::load(&pipeline.letters)?;
    let press = Press::new()?;
    let previous = previous_run(&pipeline)?;

    progress.step("reading the exports");
    let with_letters = !args.dry_run && !args.no_letters;
    let room = Room {
        bucket: None,
        memory: args.memory,
        // A dry run leaves the output folder alone as long as the memory allows.
        rows: if args.dry_run { u64::MAX } else { Room::ROWS },
        folder: pipeline.output.clone(),
        people: with_letters,
    };
    let mut ingested = ingest::read_bulk_apart(&pipeline, &law.result_codes, &room)?;
    if let Some(previous) = &previous {
        previous.lay_beside(&mut ingested, &pipeline)?;
    }
    let curricula_record = bind(&curricula, &mut ingested);
    let inputs = inputs(&ingested.files);
    output::audit_inputs(&inputs)?;
    let metadata = metadata(&pipeline, &law);
    let stage = if args.dry_run {
        None
    } else {
        output::require_room(&pipeline.output, output::room_for_tables(ingested.exports.enrolments.len()))?;
        Some(Stage::begin(&pipeline.output, &run_name(&pipeline))?)
    };
    progress.enrolments(ingested.exports.enrolments.len());
    let bulk = std::mem::take(&mut ingested.bulk);
    let inspecting = Inspecting {
        ingested: &ingested,
        bulk,
        law: &law,
        cutoffs: pipeline.cutoffs,
        letters: with_letters,
        progress: &progress,
    };
    let inspected = inspecting.run(stage.as_ref().map(|stage| (stage, &metadata)))?;
    progress.step("writing letters and the record");
    let mut record = RunRecord {
        previous: previous.map(|previous| previous.record),
        ..record(&pipeline, &law, &ingested, inputs).with_counts(inspected.counts)
    };
    record.law.past_review.extend(curricula.past_review(pipeline.cutoffs.inspection_date));
    record.curricula = curricula_record;
    record.doubt(Table::Results, inspected.held_exams.notice(pipeline.cutoffs.results_through));

    let published = match stage {
        None => None,
        Some(stage) => {
            record.letters_skipped = args.no_letters;
            if !args.no_letters {
                record.templates = letter_files::templates_record(&templates);
                let due = record.letters.values().sum();
                output::require_room(&pipeline.output, output::room_for_letters(due))?;
                let (exports, office) = (&ingested.exports, &inspected.for_office);
                let source = letter_files::worklist_source(&pipeline, exports, office, &letter_law);
                record.letters_repeated = letter_files::repeated(exports, office);
                letter_files::write_worklist(&stage, &source, &record)?;
                let batch = letter_files::batch(&pipeline, exports, office, &letter_law, &templates, &press);
                record.letters_not_printed = letter_files::write_letters(&batch, &stage, &pipeline, due)?;
            }
            let Sealed { record: written, seal } = record.clone().write(&stage)?;
            let replaced = RunRecord::read(&stage.run_folder()).ok();
            let letters_withdrawn = replaced.map(|replaced| withdrawn(&replaced, &written));
            Some(Published { folder: stage.publish()?, seal, letters_withdrawn })
        }
    };
    progress.finish();

    tell(args, &record, &ingested, published.as_ref());
    // The process ends: the system takes the register back faster than it can be taken apart.
    std::mem::forget(ingested);
    Ok(exit(args, &pipeline, inspected.loudest))
}

/// Letters of a run of the same date that the one in its place does not have.
fn withdrawn(replaced: &RunRecord, written: &RunRecord) -> usize {
    let kept = letter_files::papers(written);
    let letters = replaced.outputs.iter().filter(|output| output.path.starts_with(LETTERS));
    letters.filter(|output| !written.letters_skipped && !kept.contains(&output.path)).count()
}

/// The summary, in the form asked for.
pub fn tell(args: &Run, record: &RunRecord, ingested: &Ingested, published: Option<&Published>) {
    if args.json {
        terminal::print(&summary::as_json(record, published));
    } else if !args.quiet {
        terminal::print(&summary::as_text(record, ingested, published));
        if args.show_values {
            terminal::print(&summary::values(ingested));
        }
    }
}

pub fn exit(args: &Run, pipeline: &Pipeline, loudest: Option<Severity>) -> Exit {
    let fail_on = args.fail_on.or(pipeline.fail_on);
    let reached = fail_on.is_some_and(|severity| loudest >= Some(severity));
    if reached { Exit::Findings } else { Exit::Done }
}

pub fn run_name(pipeline: &Pipeline) -> String {
    format!("inspection_date={}", pipeline.cutoffs.inspection_date)
}

pub fn metadata(pipeline: &Pipeline, law: &Law) -> TableMetadata {
    TableMetadata {
        inspection_date: pipeline.cutoffs.inspection_date,
        tool_version: ToolRecord::present().version,
        pipeline_sha256: pipeline.sha256.clone(),
        law_sha256: law.book.sha256.clone(),
    }
}

/// The earlier run that the pipeline or the command line names.
pub fn previous_run(pipeline: &Pipeline) -> Result<Option<PreviousRun>, Diagnostics> {
    let folder = pipeline.previous.as_deref();
    folder.map(|folder| PreviousRun::read(folder, pipeline.cutoffs.inspection_date)).transpose()
}

pub fn inputs(files: &[FileReport]) -> Vec<InputRecord> {
    let mut inputs: Vec<InputRecord> = files
        .iter()
        .map(|file| InputRecord {
            table: file.table.name().to_owned(),
            path: file.path.clone(),
            format: file.format.name().to_owned(),
            encoding: (!file.encoding.is_empty()).then(|| file.encoding.to_owned()),
            bytes: file.bytes,
            sha256: file.sha256.clone(),
            rows_read: file.rows_read,
            rows_accepted: file.rows_accepted,
            rows_rejected: file.rows_rejected,
            rows_repaired: file.rows_repaired,
            notices: file.notices.clone(),
            doubts: file.doubts.clone(),
        })
        .collect();
    inputs.sort_by(|a, b| (&a.table, &a.path).cmp(&(&b.table, &b.path)));
    inputs
}

/// Gives the exports the curricula of their programmes.
pub fn bind(curricula: &CurriculumBook, ingested: &mut Ingested) -> CurriculaRecord {
    let exports = &mut ingested.exports;
    let (bound, unknown) = curricula.bind(&exports.programmes, &exports.catalogue);
    exports.curricula = bound;
    CurriculaRecord {
        sha256: curricula.sha256.clone(),
        files: curricula.files.iter().cloned().collect(),
        unknown_courses: unknown.iter().map(|found| format!("{}: {}", found.place, found.message)).collect(),
    }
}

pub fn rejected_record(row: &ingest::RejectedRow) -> RejectedRecord {
    RejectedRecord {
        table: row.table.name().to_owned(),
        file: row.file.clone(),
        line: u64::from(row.line),
        column: row.column.to_owned(),
        reason: row.reason.code(),
        explanation: row.reason.explanation(),
        advice: row.reason.advice(),
        action: if row.repaired { output::Action::Repaired } else { output::Action::Rejected },
        value: row.value.clone(),
    }
}

pub fn record(pipeline: &Pipeline, law: &Law, ingested: &Ingested, inputs: Vec<InputRecord>) -> RunRecord {
    let exports = &ingested.exports;
    let absent = Table::ALL.into_iter().filter(|table| exports.is_absent(*table));
    let about = PipelineRecord {
        path: pipeline.path.display().to_string(),
        sha256: pipeline.sha256.clone(),
        title: pipeline.title.clone(),
    };
    let past_review = law.book.past_review(pipeline.cutoffs.inspection_date);
    let in_force = LawRecord {
        sha256: law.book.sha256.clone(),
        files: law.book.files.iter().cloned().collect(),
        past_review: past_review.into_iter().map(str::to_owned).collect(),
    };
    RunRecord {
        inputs,
        absent_tables: absent.map(|table| table.name().to_owned()).collect(),
        files_not_there: ingested.not_there.clone(),
        files_not_read: ingested.not_read.clone(),
        rules_not_run: engine::rules_not_run(exports)
            .into_iter()
            .map(|(rule, why)| RuleNotRun { rule: rule.to_owned(), why: why.to_string() })
            .collect(),
        ..RunRecord::begun(about, in_force, pipeline.cutoffs)
    }
}
