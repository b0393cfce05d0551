//! All letters of a run, rendered side by side and handed over one by one.

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::context::{self, LetterDates};
use super::law::LetterLaw;
use super::mail_merge::{self, MailMerge};
use super::render::Templates;
use super::sendable::Sendable;
use crate::base::Day;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::student::exports::Exports;
use crate::verdicts::{AttemptRow, Inspection, LetterKind};

/// Letters rendered before they are handed over: enough for every core, little memory.
const CHUNK: usize = 512;

/// Problems shown of one run; a fault of a template would otherwise repeat for every student.
const MOST_PROBLEMS: usize = 20;

/// What the letters of one run are made from.
pub struct Batch<'a> {
    pub exports: &'a Exports,
    pub inspection: &'a Inspection,
    pub law: &'a LetterLaw,
    pub templates: &'a Templates,
    pub dates: LetterDates,
}

/// What was written beside the letters themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub mail_merge: Vec<u8>,
    /// Every kind, also those with no letter, in the order of the code list.
    pub counts: Vec<(LetterKind, u32)>,
}

struct Job {
    /// Index into the inspection rows.
    row: usize,
    /// Index into the register.
    register: usize,
    kind: LetterKind,
}

struct Letter {
    file: String,
    html: String,
    cells: Vec<String>,
}

/// `letters/<id>.html`. The id says nothing about the student, and is the same in every run of the
/// same inspection.
pub fn file_name(inspection: Day, enrolment_id: &str, kind: LetterKind) -> String {
    let digest = Sha256::digest(format!("{inspection}\n{enrolment_id}\n{}", kind.code()));
    let id: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("letters/{id}.html")
}

/// Takes a finished file: its name and its bytes.
pub type Store<'a> = &'a mut dyn FnMut(&str, &[u8]) -> Result<(), Diagnostics>;

/// Writes every letter that the inspection lists as due, in the order of enrolment id and kind.
///
/// `store` takes each file as soon as its chunk is rendered, so that a run need not hold them all. A
/// letter that is due but cannot be built is a defect and stops the run: after a problem nothing
/// more is handed over, and what was stored before must be thrown away.
pub fn write_all(batch: &Batch<'_>, store: Store<'_>) -> Result<Written, Diagnostics> {
    let jobs = jobs(batch.inspection)?;
    let mut mail_merge = MailMerge::new()?;
    let mut counts: Vec<(LetterKind, u32)> = LetterKind::ALL.iter().map(|kind| (*kind, 0)).collect();
    for chunk in jobs.chunks(CHUNK) {
        let letters: Vec<Result<Letter, Diagnostic>> =
            chunk.par_iter().map(|job| write(batch, job)).collect();
        let mut problems = Diagnostics::default();
        for (job, letter) in chunk.iter().zip(letters) {
            match letter {
                Ok(letter) if problems.is_empty() => {
                    store(&letter.file, letter.html.as_bytes())?;
                    mail_merge.add(&letter.cells)?;
                    if let Some((_, count)) = counts.iter_mut().find(|(kind, _)| *kind == job.kind) {
                        *count += 1;
                    }
                }
                Ok(_) => {}
                Err(problem) if problems.len() < MOST_PROBLEMS => problems.push(problem),
                Err(_) => {}
            }
        }
        problems.into_result(())?;
    }
    Ok(Written { mail_merge: mail_merge.finish()?, counts })
}

fn jobs(inspection: &Inspection) -> Result<Vec<Job>, Diagnostics> {
    let mut jobs = Vec::new();
    for (position, row) in inspection.inspection.iter().enumerate() {
        for kind in &row.letters {
            let register = inspection
                .register_index
                .get(position)
                .ok_or_else(|| defect(&row.enrolment_id, *kind, "the row has no place in the register"))?;
            jobs.push(Job { row: position, register: *register as usize, kind: *kind });
        }
    }
    let key = |job: &Job| (inspection.inspection[job.row].enrolment_id.as_str(), job.kind.code());
    jobs.sort_by(|a, b| key(a).cmp(&key(b)));
    jobs.dedup_by(|a, b| key(a) == key(b));
    Ok(jobs)
}

fn write(batch: &Batch<'_>, job: &Job) -> Result<Letter, Diagnostic> {
    let row = &batch.inspection.inspection[job.row];
    let problem = |text: &str| defect(&row.enrolment_id, job.kind, text);
    let sendable = Sendable::check(row, job.kind).map_err(|refusal| problem(&refusal.to_string()))?;
    let enrolment = batch.exports.enrolments.get(job.register);
    let person = batch.exports.people.get(job.register);
    let (Some(enrolment), Some(person)) = (enrolment, person) else {
        return Err(problem("the register has no such entry"));
    };
    let Some(programme) = batch.exports.programmes.get(enrolment.programme as usize) else {
        return Err(problem("the programme is not in the programme table"));
    };
    let attempts = attempts_of(batch, &row.enrolment_id);
    let letter = context::build(sendable, person, enrolment, programme, &attempts, batch.law, &batch.dates)
        .map_err(|error| error.diagnostic(&row.enrolment_id, job.kind))?;
    let html = batch.templates.render(&letter)?;
    let file = file_name(batch.dates.inspection, &row.enrolment_id, job.kind);
    let cells = mail_merge::cells(&letter, &file);
    Ok(Letter { file, html, cells })
}

/// The attempts of one enrolment with the titles of the courses; the table is sorted by its key.
fn attempts_of<'a>(batch: &Batch<'a>, enrolment_id: &str) -> Vec<(&'a AttemptRow, &'a str)> {
    let all = &batch.inspection.attempts;
    let first = all.partition_point(|attempt| attempt.enrolment_id.as_str() < enrolment_id);
    let own = all[first..].iter().take_while(|attempt| attempt.enrolment_id == enrolment_id);
    own.map(|attempt| (attempt, course_title(batch.exports, &attempt.course_group))).collect()
}

/// Empty when the catalogue has no such course; the letter then names the code alone.
fn course_title<'a>(exports: &'a Exports, code: &str) -> &'a str {
    let courses = &exports.catalogue.courses;
    let found = courses.binary_search_by(|course| course.code.as_str().cmp(code));
    found.ok().and_then(|position| courses.get(position)).map_or("", |course| &course.title)
}

fn defect(enrolment_id: &str, kind: LetterKind, text: &str) -> Diagnostic {
    Diagnostic::output(Place::file(format!("letter {} to enrolment {enrolment_id}", kind.code())), text)
}
