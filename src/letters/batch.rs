//! All letters of a run: printed side by side, handed over one by one in a fixed order.

use std::collections::BTreeSet;

use compact_str::CompactString;

use super::context::{self, Facts, LetterContext};
use super::drafts::Draft;
use super::law::LetterLaw;
use super::mail_merge::{self, MailMerge};
use super::press::{self, Press, Printed, Sheet, Unprinted};
use super::print_file::{self, PrintFiles};
use super::sendable::Sendable;
use super::side_by_side;
use super::store::Store;
use super::templates::Templates;
use crate::base::{Cutoffs, Day};
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::pipeline::Separator;
use crate::student::exports::{Exports, Person};
use crate::student::undecided::undecided;
use crate::verdicts::{AttemptRow, Inspection, LetterKind, Paper, ProgressPoint};

/// Problems shown of one run; a fault of a template would otherwise repeat for every student.
const MOST_PROBLEMS: usize = 20;

/// What the letters of one run are made from.
#[derive(Clone, Copy)]
pub struct Batch<'a> {
    pub exports: &'a Exports,
    pub inspection: &'a Inspection,
    pub law: &'a LetterLaw,
    pub templates: &'a Templates,
    pub press: &'a Press,
    pub cutoffs: Cutoffs,
    pub separator: Separator,
    /// Threads that set letters; the result does not depend on it.
    pub threads: usize,
    /// `None`: every letter that is due, and no draft.
    pub only: Option<Selection<'a>>,
}

/// What a person has chosen: of the letters that are due some, and drafts.
#[derive(Clone, Copy, Debug)]
pub struct Selection<'a> {
    /// Enrolment id and kind.
    pub letters: &'a BTreeSet<(CompactString, LetterKind)>,
    pub drafts: &'a [Draft<'a>],
}

/// A letter that is due, or an approved draft, that could not be printed. It is not in the mail merge
/// either: someone must write it by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    pub enrolment_id: String,
    pub kind: Paper,
    pub letter_id: String,
    /// Never quotes the letter.
    pub reason: String,
}

/// What was written beside the letters themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// `mail_merge.csv` and `mail_merge.xlsx`.
    pub mail_merge: (Vec<u8>, Vec<u8>),
    /// Every kind, also those with no letter, in the order of the code list.
    pub counts: Vec<(LetterKind, u32)>,
    pub drafts: u32,
    /// Letters in the order of enrolment id and kind, then drafts in that of the selection.
    pub failed: Vec<Failed>,
}

/// One letter that is due.
#[derive(Clone, Copy, Debug)]
struct Job {
    /// Index into the inspection rows.
    row: usize,
    /// Index into the register.
    register: usize,
    kind: LetterKind,
}

/// A letter with all that is known of its reader.
pub struct Ready<'a> {
    pub letter: LetterContext,
    /// Within the run's folder.
    pub file: String,
    pub kind: LetterKind,
    pub person: &'a Person,
    /// Index into the register.
    pub register: usize,
}

/// The file of a letter to an enrolment, in an inspection of that day.
pub fn letter_file(inspection: Day, enrolment_id: &str, kind: &str) -> String {
    file_name(&context::letter_id(inspection, enrolment_id, kind))
}

/// The same of a draft that is about no application.
pub fn draft_file(inspection: Day, enrolment_id: &str, kind: &str) -> String {
    draft_file_name(&context::letter_id(inspection, enrolment_id, kind))
}

/// The folder of the letters, within that of a run.
pub const LETTERS: &str = "letters/";

/// `letters/<id>.pdf`.
fn file_name(letter_id: &str) -> String {
    format!("{LETTERS}{letter_id}.pdf")
}

/// `drafts/<id>.pdf`.
fn draft_file_name(letter_id: &str) -> String {
    format!("drafts/{letter_id}.pdf")
}

/// Writes every letter that the inspection lists as due, and the print files.
///
/// `store` takes each file as soon as it is made, in the order of kind and enrolment id, so that a run
/// need not hold them all; a print file grows meanwhile. A letter that is due but cannot be built is a
/// defect and stops the run: after a problem nothing more is handed over, and what was stored before must
/// be thrown away. A letter whose characters no font has is listed in [`Written::failed`], and the others
/// go on.
pub fn write_all(batch: &Batch<'_>, store: &mut dyn Store) -> Result<Written, Diagnostics> {
    let mut jobs = jobs(batch)?;
    let mut counts: Vec<(LetterKind, u32)> = LetterKind::ALL.iter().map(|kind| (*kind, 0)).collect();
    let mut failed = Vec::new();
    let mut problems = Diagnostics::default();
    jobs.sort_by_key(|job| LetterKind::ALL.iter().position(|kind| *kind == job.kind));
    let parts = print_file::parts(&jobs.iter().map(|job| job.kind).collect::<Vec<_>>());
    let mut print = PrintFiles::default();
    let make = |position: usize| print_part(batch, &jobs[parts[position].clone()]);
    side_by_side::in_order(parts.len(), batch.threads, &make, &mut |position, part| {
        let kind = jobs[parts[position].start].kind;
        for made in part.letters {
            match made {
                Ok(Ok((file, pdf))) if problems.is_empty() => {
                    store.whole(&file, &pdf)?;
                    if let Some((_, count)) = counts.iter_mut().find(|(known, _)| *known == kind) {
                        *count += 1;
                    }
                }
                Ok(Ok(_)) => {}
                Ok(Err(letter)) => failed.push(letter),
                Err(problem) => problems.push(problem),
            }
            if problems.len() == MOST_PROBLEMS {
                return Err(std::mem::take(&mut problems));
            }
        }
        match part.bound {
            Some(bound) if problems.is_empty() => print.add(kind, &bound?, store),
            _ => Ok(()),
        }
    })?;
    problems.into_result(())?;
    print.finish(store)?;

    let key = |letter: &Failed| (letter.enrolment_id.clone(), letter.kind.code());
    failed.sort_by_key(key);
    let mut mail_merge = MailMerge::new(batch.cutoffs.inspection_date)?;
    for_each(batch, &failed, &mut |ready| {
        mail_merge.add(&mail_merge::cells(&ready.letter, &ready.file)).map_err(Diagnostics::from)
    })?;
    let drafts = write_drafts(batch, &mut mail_merge, &mut failed, store)?;
    Ok(Written { mail_merge: mail_merge.finish()?, counts, drafts, failed })
}

/// Every letter that was written, in the order of enrolment id and kind: for the files that list
/// letters. Each is built anew, so that a run need not hold them.
pub fn for_each(
    batch: &Batch<'_>,
    failed: &[Failed],
    take: &mut dyn FnMut(&Ready<'_>) -> Result<(), Diagnostics>,
) -> Result<(), Diagnostics> {
    let failed: BTreeSet<&str> = failed.iter().map(|letter| letter.letter_id.as_str()).collect();
    for job in jobs(batch)? {
        let ready = ready(batch, &job)?;
        if !failed.contains(ready.letter.letter_id.as_str()) {
            take(&ready)?;
        }
    }
    Ok(())
}

/// The drafts of the selection, in its order; few, so one after the other.
fn write_drafts(
    batch: &Batch<'_>,
    mail_merge: &mut MailMerge,
    failed: &mut Vec<Failed>,
    store: &mut dyn Store,
) -> Result<u32, Diagnostics> {
    let mut written = 0;
    for draft in batch.only.map_or(&[][..], |only| only.drafts) {
        let (paper, enrolment) = (Paper::Draft(draft.kind()), draft.entry().who.enrolment);
        let letter = draft.context(batch.law, &batch.cutoffs);
        let letter = letter.map_err(|error| defect(&enrolment.enrolment_id, paper, &error.to_string()))?;
        let file = draft_file_name(&letter.letter_id);
        match print(batch, &letter, paper)? {
            Ok(printed) => store.whole(&file, &printed.pdf)?,
            Err(unprinted) => {
                failed.push(unprinted);
                continue;
            }
        }
        mail_merge.add(&mail_merge::cells(&letter, &file))?;
        written += 1;
    }
    press::forget_all();
    Ok(written)
}

/// The names that all letters and drafts of the batch would have in an inspection of this date.
pub fn file_names(batch: &Batch<'_>, inspection: Day) -> Result<BTreeSet<String>, Diagnostics> {
    let of_letter = |job: &Job| {
        let row = &batch.inspection.inspection[job.row];
        letter_file(inspection, &row.enrolment_id, job.kind.code())
    };
    let mut names: BTreeSet<String> = jobs(batch)?.iter().map(of_letter).collect();
    let drafts = batch.only.map_or(&[][..], |only| only.drafts);
    names.extend(drafts.iter().map(|draft| draft_file_name(&draft.letter_id(inspection))));
    Ok(names)
}

/// One letter that is due: its id and its PDF.
pub fn print_one(
    batch: &Batch<'_>,
    enrolment_id: &str,
    kind: LetterKind,
) -> Result<(String, Vec<u8>), Diagnostics> {
    let jobs = jobs(batch)?;
    let is_it =
        |job: &&Job| job.kind == kind && batch.inspection.inspection[job.row].enrolment_id == enrolment_id;
    let job =
        jobs.iter().find(is_it).ok_or_else(|| defect(enrolment_id, Paper::Letter(kind), "it is not due"))?;
    match print_letter(batch, job)? {
        Ok((file, printed)) => {
            let name = file.rsplit('/').next().unwrap_or(&file);
            Ok((name.trim_end_matches(".pdf").to_owned(), printed.pdf))
        }
        Err(failed) => Err(defect(enrolment_id, Paper::Letter(kind), &failed.reason).into()),
    }
}

/// In the order of enrolment id and kind.
fn jobs(batch: &Batch<'_>) -> Result<Vec<Job>, Diagnostics> {
    let inspection = batch.inspection;
    let chosen = |enrolment_id: &CompactString, kind: LetterKind| {
        batch.only.is_none_or(|only| only.letters.contains(&(enrolment_id.clone(), kind)))
    };
    let mut jobs = Vec::new();
    for (position, row) in inspection.inspection.iter().enumerate() {
        for kind in row.letters.iter().filter(|kind| chosen(&row.enrolment_id, **kind)) {
            let register = inspection.register_index.get(position).ok_or_else(|| {
                defect(&row.enrolment_id, Paper::Letter(*kind), "the row has no place in the register")
            })?;
            jobs.push(Job { row: position, register: *register as usize, kind: *kind });
        }
    }
    let key = |job: &Job| (inspection.inspection[job.row].enrolment_id.as_str(), job.kind.code());
    jobs.sort_by(|a, b| key(a).cmp(&key(b)));
    jobs.dedup_by(|a, b| key(a) == key(b));
    Ok(jobs)
}

fn ready<'a>(batch: &Batch<'a>, job: &Job) -> Result<Ready<'a>, Diagnostic> {
    let row = &batch.inspection.inspection[job.row];
    let problem = |text: &str| defect(&row.enrolment_id, Paper::Letter(job.kind), text);
    let sendable = Sendable::check(row, job.kind).map_err(|refusal| problem(&refusal.to_string()))?;
    let Some(who) = batch.exports.registered(job.register) else {
        return Err(problem("the register has no such entry, or the programme table no such programme"));
    };
    let facts = Facts {
        attempts: attempts_of(batch, &row.enrolment_id),
        progress: progress_of(batch, &row.enrolment_id),
        particulars: batch.inspection.particulars_of(&row.enrolment_id),
        undecided: &undecided(batch.exports, job.register, batch.cutoffs.inspection_date),
    };
    let letter = context::build(sendable, who, &facts, batch.law, &batch.cutoffs)
        .map_err(|error| problem(&error.to_string()))?;
    let file = file_name(&letter.letter_id);
    Ok(Ready { letter, file, kind: job.kind, person: who.person, register: job.register })
}

/// The outer error stops the run; the inner one is about this letter alone.
type Made<T> = Result<Result<T, Failed>, Diagnostic>;

/// Letters of one part of a print file, and the part unless there is nothing in it.
struct Part {
    /// File names and PDFs.
    letters: Vec<Made<(String, Vec<u8>)>>,
    bound: Option<Result<Vec<u8>, Diagnostic>>,
}

fn print_part(batch: &Batch<'_>, jobs: &[Job]) -> Part {
    let mut pages = Vec::new();
    let mut letters = Vec::new();
    for (position, job) in jobs.iter().enumerate() {
        let letter = print_letter(batch, job).map(|made| {
            made.map(|(file, printed)| {
                pages.push(printed.pages);
                (file, printed.pdf)
            })
        });
        letters.push(letter);
        press::forget_after(position);
    }
    let kind = jobs.first().filter(|_| !pages.is_empty()).map(|job| job.kind);
    let bound = kind.map(|kind| {
        print_file::bind(batch.press, batch.cutoffs.inspection_date, batch.separator, kind, pages)
    });
    Part { letters, bound }
}

fn print_letter(batch: &Batch<'_>, job: &Job) -> Made<(String, Printed)> {
    let Ready { letter, file, kind, .. } = ready(batch, job)?;
    Ok(print(batch, &letter, Paper::Letter(kind))?.map(|printed| (file, printed)))
}

fn print(batch: &Batch<'_>, letter: &LetterContext, paper: Paper) -> Made<Printed> {
    let enrolment_id = &letter.recipient.enrolment_id;
    let wording = batch.templates.render(letter)?;
    match batch.press.print(&wording, &Sheet::of(letter, batch.cutoffs.inspection_date)) {
        Ok(printed) => Ok(Ok(printed)),
        Err(Unprinted::Character(reason)) => {
            let (enrolment_id, letter_id) = (enrolment_id.clone(), letter.letter_id.clone());
            Ok(Err(Failed { enrolment_id, kind: paper, letter_id, reason }))
        }
        Err(Unprinted::Fault(problem)) => Err(Diagnostic { place: place(enrolment_id, paper), ..problem }),
    }
}

/// The attempts of one enrolment; the table is sorted by its key.
fn attempts_of<'a>(batch: &Batch<'a>, enrolment_id: &str) -> &'a [AttemptRow] {
    let all = &batch.inspection.attempts;
    let first = all.partition_point(|attempt| attempt.enrolment_id.as_str() < enrolment_id);
    let own = all[first..].partition_point(|attempt| attempt.enrolment_id == enrolment_id);
    &all[first..first + own]
}

/// The curve of one enrolment; the table is sorted by its key.
fn progress_of<'a>(batch: &Batch<'a>, enrolment_id: &str) -> &'a [ProgressPoint] {
    let all = &batch.inspection.progress;
    let found = all.binary_search_by(|(id, _)| id.as_str().cmp(enrolment_id));
    found.ok().and_then(|position| all.get(position)).map_or(&[], |(_, points)| points)
}

fn place(enrolment_id: &str, paper: Paper) -> Place {
    let what = match paper {
        Paper::Letter(_) => "letter",
        Paper::Draft(_) => "draft",
    };
    Place::file(format!("{what} {} to enrolment {enrolment_id}", paper.code()))
}

fn defect(enrolment_id: &str, paper: Paper, text: &str) -> Diagnostic {
    Diagnostic::output(place(enrolment_id, paper), text)
}
