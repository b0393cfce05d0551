//! `klip run`: the whole way from exports to a published run folder.

use super::args::{self, Run};
use super::inspecting::Inspecting;
use super::terminal::{self, Progress};
use super::{Exit, summary};
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::engine;
use crate::ingest::{self, FileReport, Ingested, Room};
use crate::law::{Law, LawBook};
use crate::letters::{self, LetterDates, Press, Templates};
use crate::output::{
    self, DatesRecord, InputRecord, LawRecord, LetterNotPrinted, PipelineRecord, RejectedRecord, RuleNotRun,
    RunRecord, Stage, TableMetadata, ToolRecord,
};
use crate::pipeline::{Overrides, Pipeline};
use crate::previous::PreviousRun;
use crate::rules;
use crate::student::view::Cutoffs;

pub fn overrides(args: &args::Overrides) -> Overrides {
    Overrides {
        input: args.input.clone(),
        output: None,
        inspection_date: args.inspection_date,
        payments_through: args.payments_through,
        results_through: args.results_through,
        // Without a path of its own the program reads in its own process.
        reader: std::env::current_exe().ok(),
        previous: args.previous.clone(),
    }
}

pub fn run(args: &Run) -> Result<Exit, Diagnostics> {
    if let Some(threads) = args.threads {
        // Fails only when the pool exists already, and nothing before this line makes one.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(usize::from(threads)).build_global();
    }
    let progress = Progress::new(args.quiet || args.json);
    progress.step("reading pipeline, law and letters");
    let overrides = Overrides { output: args.output.clone(), ..overrides(&args.overrides) };
    let pipeline = Pipeline::load(&args.pipeline, &overrides)?;
    let law = Law::in_force(LawBook::load(&pipeline.law)?, pipeline.inspection_date)?;
    let letter_law = letters::law_in_force(&law)?;
    let templates = Templates::load(&pipeline.letters)?;
    let press = Press::new()?;
    let previous = previous_run(&pipeline)?;

    progress.step("reading the exports");
    let room = Room { memory: args.memory, folder: pipeline.output.clone(), ..Room::default() };
    let mut ingested = ingest::read_bulk_apart(&pipeline, &law.result_codes, &room)?;
    if let Some(previous) = &previous {
        previous.lay_beside(&mut ingested, &pipeline)?;
    }
    let inputs = inputs(&ingested.files);
    output::audit_inputs(&inputs)?;
    let metadata = TableMetadata {
        inspection_date: pipeline.inspection_date,
        tool_version: ToolRecord::present().version,
        pipeline_sha256: pipeline.sha256.clone(),
        law_sha256: law.book.sha256.clone(),
    };
    let stage = if args.dry_run {
        None
    } else {
        Some(Stage::begin(&pipeline.output, &format!("inspection_date={}", pipeline.inspection_date))?)
    };
    progress.enrolments(ingested.exports.enrolments.len());
    let inspecting = Inspecting {
        ingested: &ingested,
        law: &law,
        cutoffs: cutoffs(&pipeline),
        letters: !args.dry_run && !args.no_letters,
        progress: &progress,
    };
    let inspected = inspecting.run(stage.as_ref().map(|stage| (stage, &metadata)))?;
    progress.step("writing letters and the record");
    let mut record = RunRecord {
        previous: previous.map(|previous| previous.record),
        ..record(&pipeline, &law, &ingested, inputs).with_counts(inspected.counts)
    };

    let folder = match stage {
        None => None,
        Some(stage) => {
            record.letters_skipped = args.no_letters;
            if !args.no_letters {
                let batch = letters::Batch {
                    exports: &ingested.exports,
                    inspection: &inspected.for_letters,
                    law: &letter_law,
                    templates: &templates,
                    press: &press,
                    dates: letter_dates(&pipeline),
                    separator: pipeline.separator,
                    threads: rayon::current_num_threads(),
                };
                record.letters_not_printed = write_letters(&batch, &stage, record.letters.values().sum())?;
            }
            record.clone().write(&stage)?;
            Some(stage.publish()?)
        }
    };
    progress.finish();

    if args.json {
        terminal::print(&summary::as_json(&record, folder.as_deref()));
    } else if !args.quiet {
        terminal::print(&summary::as_text(&record, &ingested, folder.as_deref()));
    }
    let fail_on = args.fail_on.or(pipeline.fail_on);
    let reached = fail_on.is_some_and(|severity| inspected.loudest >= Some(severity));
    Ok(if reached { Exit::Findings } else { Exit::Done })
}

/// The earlier run that the pipeline or the command line names.
pub fn previous_run(pipeline: &Pipeline) -> Result<Option<PreviousRun>, Diagnostics> {
    let folder = pipeline.previous.as_deref();
    folder.map(|folder| PreviousRun::read(folder, pipeline.inspection_date)).transpose()
}

/// Letters, print files and mail merge; what could not be printed comes back.
fn write_letters(
    batch: &letters::Batch<'_>,
    stage: &Stage,
    due: u64,
) -> Result<Vec<LetterNotPrinted>, Diagnostics> {
    let written = letters::write_all(batch, &mut |name, bytes| stage.write(name, bytes))?;
    stage.write("mail_merge.csv", &written.mail_merge)?;
    let made: u64 = written.counts.iter().map(|(_, count)| u64::from(*count)).sum();
    let failed = written.failed.len() as u64;
    if due != made + failed {
        let message = format!("{due} letters are due, but {made} were written and {failed} listed");
        return Err(Diagnostic::output(Place::file("letters"), message).into());
    }
    let listed = |letter: letters::Failed| LetterNotPrinted {
        enrolment_id: letter.enrolment_id,
        letter: letter.kind.code().to_owned(),
        why: letter.reason,
    };
    Ok(written.failed.into_iter().map(listed).collect())
}

fn letter_dates(pipeline: &Pipeline) -> LetterDates {
    LetterDates {
        inspection: pipeline.inspection_date,
        payments_through: pipeline.payments_through,
        results_through: pipeline.results_through,
    }
}

pub fn cutoffs(pipeline: &Pipeline) -> Cutoffs {
    Cutoffs {
        inspection_date: pipeline.inspection_date,
        payments_through: pipeline.payments_through,
        results_through: pipeline.results_through,
    }
}

fn inputs(files: &[FileReport]) -> Vec<InputRecord> {
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
        })
        .collect();
    inputs.sort_by(|a, b| (&a.table, &a.path).cmp(&(&b.table, &b.path)));
    inputs
}

pub fn rejected_record(row: &ingest::RejectedRow) -> RejectedRecord {
    RejectedRecord {
        table: row.table.name().to_owned(),
        file: row.file.clone(),
        line: u64::from(row.line),
        column: row.column.to_owned(),
        reason: row.reason.code(),
        action: if row.repaired { output::Action::Repaired } else { output::Action::Rejected },
        value: row.value.clone(),
    }
}

fn record(pipeline: &Pipeline, law: &Law, ingested: &Ingested, inputs: Vec<InputRecord>) -> RunRecord {
    let exports = &ingested.exports;
    let absent = crate::contract::Table::ALL.into_iter().filter(|table| exports.is_absent(*table));
    RunRecord {
        tool: ToolRecord::present(),
        pipeline: PipelineRecord {
            path: pipeline.path.display().to_string(),
            sha256: pipeline.sha256.clone(),
            title: pipeline.title.clone(),
        },
        law: LawRecord {
            sha256: law.book.sha256.clone(),
            files: law.book.files.iter().cloned().collect(),
            past_review: law
                .book
                .past_review(pipeline.inspection_date)
                .into_iter()
                .map(str::to_owned)
                .collect(),
        },
        dates: DatesRecord {
            inspection_date: pipeline.inspection_date.to_string(),
            payments_through: pipeline.payments_through.to_string(),
            results_through: pipeline.results_through.to_string(),
        },
        inputs,
        absent_tables: absent.map(|table| table.name().to_owned()).collect(),
        rules_not_run: engine::rules_not_run(exports)
            .into_iter()
            .map(|(rule, why)| RuleNotRun { rule: rule.to_owned(), why: rules::missing(why) })
            .collect(),
        ..RunRecord::default()
    }
}
