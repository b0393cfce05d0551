//! Everything a run or a worklist writes for the office: letters, drafts, and the files that list them.

use std::collections::BTreeSet;
use std::io::Write;

use super::run_sheet::run_sheet;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::letters::digital_post::{DigitalPost, Posted};
use crate::letters::{self, Batch, LetterLaw, Press, Store, Templates, Written, worklist};
use crate::output::{Counts, LetterNotPrinted, RunRecord, Stage, StagedFile, TemplatesRecord};
use crate::pipeline::Pipeline;
use crate::student::exports::Exports;
use crate::verdicts::{Inspection, LetterKind};

/// By which wording letters are written.
pub fn templates_record(templates: &Templates) -> TemplatesRecord {
    TemplatesRecord { sha256: templates.sha256.clone(), files: templates.files.iter().cloned().collect() }
}

/// The letters of a run, all of them that are due.
pub fn batch<'a>(
    pipeline: &Pipeline,
    exports: &'a Exports,
    inspection: &'a Inspection,
    law: &'a LetterLaw,
    templates: &'a Templates,
    press: &'a Press,
) -> Batch<'a> {
    Batch {
        exports,
        inspection,
        law,
        templates,
        press,
        cutoffs: pipeline.cutoffs,
        separator: pipeline.separator,
        threads: rayon::current_num_threads(),
        only: None,
    }
}

/// The files of a run or a round, and those of its letters and drafts that had to be written by hand; but for
/// drafts on an application, whose file is called after it, while the record names the enrolment alone.
pub fn papers(record: &RunRecord) -> BTreeSet<String> {
    let on = record.dates.inspection_date;
    let by_hand = record.letters_not_printed.iter();
    let by_hand = by_hand.map(|paper| match LetterKind::from_code(&paper.letter) {
        Some(kind) => letters::letter_file(on, &paper.enrolment_id, kind.code()),
        None => letters::draft_file(on, &paper.enrolment_id, &paper.letter),
    });
    record.outputs.iter().map(|output| output.path.clone()).chain(by_hand).collect()
}

/// The letters that are due and that the previous run called for as well.
pub fn repeated(exports: &Exports, inspection: &Inspection) -> Counts {
    let mut counts = Counts::new();
    let Some(previous) = &exports.previous else { return counts };
    for (row, register) in inspection.inspection.iter().zip(&inspection.register_index) {
        for kind in row.letters.iter().filter(|kind| previous.called_for(*register as usize, **kind)) {
            *counts.entry(kind.code().to_owned()).or_default() += 1;
        }
    }
    counts
}

/// The stage as a store of letters.
pub struct Staged<'s> {
    stage: &'s Stage,
    growing: Option<StagedFile<'s>>,
}

impl<'s> Staged<'s> {
    pub fn new(stage: &'s Stage) -> Staged<'s> {
        Staged { stage, growing: None }
    }
}

impl Store for Staged<'_> {
    fn whole(&mut self, name: &str, bytes: &[u8]) -> Result<(), Diagnostics> {
        self.stage.write(name, bytes)
    }

    fn more(&mut self, name: &str, bytes: &[u8]) -> Result<(), Diagnostics> {
        let mut file = match self.growing.take().filter(|file| file.name() == name) {
            Some(file) => file,
            None => self.stage.create(name)?,
        };
        if let Err(error) = file.write_all(bytes) {
            return Err(file.failed(&error));
        }
        self.growing = Some(file);
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), Diagnostics> {
        self.growing.take().filter(|file| file.name() == name).map_or(Ok(()), |file| file.finish(None))
    }
}

/// Letters, print files, mail merge and records for Digital Post; what could not be printed comes back.
pub fn write_letters(
    batch: &Batch<'_>,
    stage: &Stage,
    pipeline: &Pipeline,
    due: u64,
) -> Result<Vec<LetterNotPrinted>, Diagnostics> {
    let written = letters::write_all(batch, &mut Staged::new(stage))?;
    store_lists(stage, batch, &written, pipeline)?;
    let made: u64 = written.counts.iter().map(|(_, count)| u64::from(*count)).sum();
    let failed = written.failed.len() as u64;
    if due != made + failed {
        let message = format!("{due} letters are due, but {made} were written and {failed} listed");
        return Err(Diagnostic::output(Place::file("letters"), message).into());
    }
    Ok(not_printed(&written))
}

pub fn not_printed(written: &Written) -> Vec<LetterNotPrinted> {
    let listed = |letter: &letters::Failed| LetterNotPrinted {
        enrolment_id: letter.enrolment_id.clone(),
        letter: letter.kind.code().to_owned(),
        why: letter.reason.clone(),
    };
    written.failed.iter().map(listed).collect()
}

/// The mail merge, and the records for Digital Post when the pipeline asks for them.
pub fn store_lists(
    stage: &Stage,
    batch: &Batch<'_>,
    written: &Written,
    pipeline: &Pipeline,
) -> Result<(), Diagnostics> {
    stage.write("mail_merge.csv", &written.mail_merge.0)?;
    stage.write("mail_merge.xlsx", &written.mail_merge.1)?;
    let Some(sender_cvr) = &pipeline.digital_post else { return Ok(()) };
    let hashes: std::collections::BTreeMap<String, String> =
        stage.finished_files().into_iter().map(|file| (file.path, file.sha256)).collect();
    let mut post = DigitalPost::new(sender_cvr)?;
    letters::for_each(batch, &written.failed, &mut |ready| {
        let hears = letters::hears_the_student(ready.kind);
        let last_day = batch.cutoffs.inspection_date.plus_days(batch.law.response_days);
        let title = batch.templates.render(&ready.letter)?.title();
        let enrolment = batch.exports.enrolments.get(ready.register);
        post.add(&Posted {
            letter: &ready.letter,
            title: &title,
            file: &ready.file,
            sha256: hashes.get(&ready.file).map_or("", String::as_str),
            person: ready.person,
            digital_post: enrolment.is_some_and(|enrolment| enrolment.digital_post),
            answer_by: hears.then_some((last_day, batch.law.response_time.as_str())),
        })?;
        Ok(())
    })?;
    for (name, bytes) in post.finish()? {
        stage.write(name, &bytes)?;
    }
    Ok(())
}

pub fn worklist_source<'a>(
    pipeline: &Pipeline,
    exports: &'a Exports,
    inspection: &'a Inspection,
    law: &'a LetterLaw,
) -> worklist::Source<'a> {
    worklist::Source { exports, inspection, law, inspection_date: pipeline.cutoffs.inspection_date }
}

pub fn write_worklist(
    stage: &Stage,
    source: &worklist::Source<'_>,
    record: &RunRecord,
) -> Result<(), Diagnostics> {
    let (bytes, rows) = worklist::write(source, &run_sheet(record, source))?;
    let mut file = stage.create("worklist.xlsx")?;
    match file.write_all(&bytes) {
        Ok(()) => file.finish(Some(rows)),
        Err(error) => Err(file.failed(&error)),
    }
}
