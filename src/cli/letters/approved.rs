//! `klip letters RUN --worklist FILE`: what a caseworker has approved, in a folder of its own.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use compact_str::CompactString;

use super::super::args::Letters;
use super::super::{Exit, letter_files, run, terminal, today};
use super::{Home, Inspected, earlier, heard, home_of, inspect};
use crate::base::{counted, sha256_hex};
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::ingest;
use crate::letters::worklist::{self, Decided};
use crate::letters::{self, Batch, Press, Selection, Templates, Written};
use crate::output::{self, Counts, RunRecord, Settled, Stage, WorklistRecord};
use crate::verdicts::{LetterKind, Paper};

/// The largest worklist that is read; one of a hundred thousand rows has some 20 MB.
const LARGEST_WORKLIST: u64 = 200 << 20;

pub fn write(run: &Path, file: &Path, args: &Letters) -> Result<Exit, Diagnostics> {
    run::use_threads(args.threads);
    let Inspected { reread, inspection, law } = inspect(run)?;
    let (pipeline, exports, record) = (&reread.pipeline, &reread.ingested.exports, &reread.record);
    let recounted = output::count(&inspection, exports.enrolments.len());
    if recounted.letters != record.letters || recounted.letters_held != record.letters_held {
        let place = Place::file(run.display().to_string());
        let problem = Diagnostic::input(place, "this version of klip decides otherwise than the run did");
        return Err(problem.hint("run the inspection again, and use the new worklist").into());
    }
    let templates = Templates::load(&pipeline.letters)?;
    let press = Press::new()?;

    let name = file.display().to_string();
    let bytes = read(file, &name)?;
    let source = letter_files::worklist_source(pipeline, exports, &inspection, &law);
    let entries = worklist::entries(&source);
    // By a process that can be ended: the file has been in other hands.
    let sheet = |sheet: &str| ingest::sheet(pipeline.reader.as_deref(), file, sheet);
    let decided = worklist::read(&name, &sheet, &source, &entries, &record.run_id())?;
    let letters: BTreeSet<(CompactString, LetterKind)> = decided
        .approved
        .iter()
        .filter_map(|approval| match approval.entry().paper {
            Some(Paper::Letter(kind)) => Some((approval.entry().who.enrolment.enrolment_id.clone(), kind)),
            _ => None,
        })
        .collect();
    let Home { as_written, whole, run_name } = home_of(run)?;
    let home = args.output.as_deref().unwrap_or(&as_written);
    let sha256 = sha256_hex(&bytes);
    let folder = folder_name(home, &format!("letters_{run_name}_{}", &sha256[..8]), args.again);
    // Before the earlier rounds are read: none may be written meanwhile.
    let stage = Stage::begin(home, &folder)?;
    let (earlier, untold) = earlier::read(&[home, &as_written, &whole]);
    if !args.again {
        untold.into_result(())?;
    }
    let given = heard::read(&args.heard, &earlier, &reread.law.book)?;
    let drafts = heard::drafts(&name, &decided, &given.hearings, pipeline.cutoffs.inspection_date)?;

    let selection = Selection { letters: &letters, drafts: &drafts };
    let batch = Batch {
        only: Some(selection),
        ..letter_files::batch(pipeline, exports, &inspection, &law, &templates, &press)
    };
    if !args.again {
        earlier::refuse(&earlier, &batch, &selection)?;
    }

    let written = letters::write_all(&batch, &mut letter_files::Staged::new(&stage))?;
    letter_files::store_lists(&stage, &batch, &written, pipeline)?;
    let letter_counts: Counts =
        written.counts.iter().map(|(kind, count)| (kind.code().to_owned(), u64::from(*count))).collect();
    let settled = settle(record, &letter_counts, &written, &decided)?;
    let worklist = WorklistRecord { run_id: record.run_id(), sha256, heard: given.records, ..settled };
    let new = RunRecord {
        letters: letter_counts,
        letters_skipped: false,
        templates: letter_files::templates_record(&templates),
        letters_not_printed: letter_files::not_printed(&written),
        worklist: Some(worklist.clone()),
        ..record.clone()
    };
    let mut notes = earlier::notes(&earlier, &batch)?;
    notes.push_str(&reworded(record, &new));
    new.clone().write(&stage)?;
    let published = stage.publish_beside()?;
    let answer_by = pipeline.cutoffs.inspection_date.plus_days(law.response_days);
    if answer_by < today() && letters.iter().any(|(_, kind)| letters::hears_the_student(*kind)) {
        notes.push_str(&format!(
            "Hearings among them ask for an answer by {answer_by}, which is past: to send them now, run the inspection \
             again with a later --inspection-date\n"
        ));
    }
    tell(&worklist, &decided, &notes, &published);
    Ok(Exit::Done)
}

/// What was sent stays as it was: what is written once more gets a folder of its own.
fn folder_name(home: &Path, name: &str, again: bool) -> String {
    let mut folder = name.to_owned();
    let mut round = 2;
    while again && home.join(&folder).exists() {
        folder = format!("{name}_{round}");
        round += 1;
    }
    folder
}

/// The letters follow the templates as they are, and who approved them may have read others.
fn reworded(run: &RunRecord, new: &RunRecord) -> String {
    let changed = run.templates.changed(&new.templates);
    if run.templates.files.is_empty() || changed.is_empty() {
        return String::new();
    }
    format!(
        "Templates changed since the run; these letters follow them as they are now: {}\n",
        changed.join(", ")
    )
}

fn read(file: &Path, name: &str) -> Result<Vec<u8>, Diagnostics> {
    let problem = |message: String| {
        Diagnostic::input(Place::file(name), message)
            .hint("give the worklist.xlsx of this run, filled in and saved under any name")
    };
    let size = fs::metadata(file).map(|about| about.len());
    let size = size.map_err(|error| problem(format!("the worklist cannot be read: {error}")))?;
    if size > LARGEST_WORKLIST {
        return Err(problem("this file is too large for a worklist".to_owned()).into());
    }
    Ok(fs::read(file).map_err(|error| problem(format!("the worklist cannot be read: {error}")))?)
}

/// Every verdict that calls for a letter is accounted for: written, held or for review.
fn settle(
    record: &RunRecord,
    written: &Counts,
    files: &Written,
    decided: &Decided<'_>,
) -> Result<WorklistRecord, Diagnostics> {
    let total = |counts: &Counts| counts.values().sum::<u64>();
    let held = |is: fn(&Paper) -> bool| {
        decided.held.iter().filter(|entry| entry.paper.as_ref().is_some_and(is)).count() as u64
    };
    let approved = |is: fn(&Paper) -> bool| {
        decided.approved.iter().filter(|approval| approval.entry().paper.as_ref().is_some_and(is)).count()
            as u64
    };
    let is_letter = |paper: &Paper| matches!(paper, Paper::Letter(_));
    let is_draft = |paper: &Paper| matches!(paper, Paper::Draft(_));
    let unprintable =
        |is: fn(&Paper) -> bool| files.failed.iter().filter(|failed| is(&failed.kind)).count() as u64;
    let letters = Settled {
        proposed: total(&record.letters) + total(&record.letters_held),
        written: total(written),
        held: held(is_letter),
        for_review: total(&record.letters_held),
        unprintable: unprintable(is_letter),
    };
    let drafts = Settled {
        proposed: approved(is_draft) + held(is_draft),
        written: u64::from(files.drafts),
        held: held(is_draft),
        unprintable: unprintable(is_draft),
        ..Settled::default()
    };
    let mut problems = Diagnostics::default();
    for (what, settled) in [("letters", letters), ("drafts", drafts)] {
        if settled.written + settled.held + settled.for_review + settled.unprintable != settled.proposed {
            let message = format!("the sum is wrong: {}", sum(&settled));
            problems.push(Diagnostic::output(Place::file(what), message));
        }
    }
    problems.into_result(WorklistRecord { letters, drafts, ..WorklistRecord::default() })
}

fn sum(settled: &Settled) -> String {
    let Settled { proposed, written, held, for_review, unprintable } = settled;
    let unprintable = match unprintable {
        0 => String::new(),
        count => format!(" + {count} that cannot be printed (see run.json)"),
    };
    format!(
        "{written} written + {held} not approved + {for_review} for review{unprintable} = {proposed} that the verdicts call for"
    )
}

fn tell(worklist: &WorklistRecord, decided: &Decided<'_>, notes: &str, folder: &Path) {
    let line = |what: &str, settled: &Settled| format!("{what}: {}\n", sum(settled));
    let mut text = line("Letters", &worklist.letters) + &line("Drafts", &worklist.drafts);
    if decided.left_out > 0 {
        let rows = counted(
            decided.left_out,
            "row of the run is not in this worklist; nothing is written for it",
            "rows of the run are not in this worklist; nothing is written for them",
        );
        text.push_str(&format!("{rows}\n"));
    }
    text.push_str(notes);
    text.push_str(&format!("Written to {}", folder.display()));
    terminal::print(&text);
}
