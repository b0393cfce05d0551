//! What a run tells the caseworker: what came in, what was decided, who is waiting, where to look.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::base::counted;
use crate::ingest::Ingested;
use crate::output::{Counts, RunRecord};
use crate::student::view::ENDS_LATER;
use crate::verdicts::ReviewReason;

/// Where a run stands, and the SHA-256 of its record.
pub struct Published {
    pub folder: PathBuf,
    pub seal: String,
    /// Of the run of this date that it replaced, if there was one.
    pub letters_withdrawn: Option<usize>,
}

pub fn as_text(record: &RunRecord, ingested: &Ingested, published: Option<&Published>) -> String {
    let mut text = String::new();
    let dates = &record.dates;
    text.push_str(&format!(
        "{}\nInspection date {}, payments through {}, results through {}\n",
        record.pipeline.title, dates.inspection_date, dates.payments_through, dates.results_through
    ));
    if let Some(folder) = record.inputs.first().and_then(|input| Path::new(&input.path).parent()) {
        text.push_str(&format!("Exports read from {}\n", folder.display()));
    }
    if let Some(previous) = &record.previous {
        text.push_str(&format!("Previous inspection {}: {}\n", previous.inspection_date, previous.path));
    }
    let past_review = record.law.past_review.len();
    if past_review > 0 {
        let parts = counted(
            past_review,
            "part of the law is past its review date; `klip check` lists it",
            "parts of the law are past their review date; `klip check` lists them",
        );
        text.push_str(&format!("note: {parts}\n"));
    }
    let unknown = record.curricula.unknown_courses.len();
    if unknown > 0 {
        let courses = counted(
            unknown,
            "course of the curricula is not in the catalogue; `klip check` lists it",
            "courses of the curricula are not in the catalogue; `klip check` lists them",
        );
        text.push_str(&format!("note: {courses}\n"));
    }
    text.push_str(&read_section(record));
    text.push_str(&students_section(record));
    text.push_str(&letters_section(record, published.is_some()));
    text.push_str(&review_section(record));
    text.push_str(&next_section(record, ingested, published));
    text.trim_end().to_owned()
}

fn read_section(record: &RunRecord) -> String {
    let mut text =
        format!("\n{:<22} {:>10} {:>10} {:>10} {:>10}\n", "Read", "rows", "accepted", "rejected", "repaired");
    for input in &record.inputs {
        text.push_str(&format!(
            "  {:<20} {:>10} {:>10} {:>10} {:>10}\n",
            input.table, input.rows_read, input.rows_accepted, input.rows_rejected, input.rows_repaired
        ));
    }
    for input in &record.inputs {
        for notice in &input.notices {
            text.push_str(&format!("  note: {}: {notice}\n", input.path));
        }
    }
    for file in record.files_not_there.iter().chain(&record.files_not_read) {
        text.push_str(&format!("  note: {file}\n"));
    }
    text
}

fn students_section(record: &RunRecord) -> String {
    let students = &record.students;
    let excluded = students.excluded.iter();
    let excluded = excluded.map(|(reason, count)| format!("{count} {}", why_not_inspected(reason)));
    let excluded: Vec<String> = excluded.collect();
    let excluded = if excluded.is_empty() { "none".to_owned() } else { excluded.join(", ") };
    let mut text = format!(
        "\nEnrolments in the register {}, inspected {}; not inspected: {excluded}\n",
        students.register, students.inspected
    );
    let verdicts: Vec<(&str, &Counts)> =
        record.verdicts.iter().map(|(column, counts)| (in_words(column), counts)).collect();
    let width = verdicts.iter().map(|(words, _)| words.chars().count()).max().unwrap_or(0);
    for (words, counts) in verdicts {
        text.push_str(&format!("  {words:<width$}  {}\n", by_code(counts)));
    }
    text
}

/// Why an enrolment is not inspected.
pub fn why_not_inspected(reason: &str) -> String {
    match reason {
        ENDS_LATER => "ended only after the inspection (for a person to look at)".to_owned(),
        reason => words(reason),
    }
}

/// What a column of verdicts is about, for who has no table before them.
fn in_words(column: &str) -> &str {
    match column {
        "attempt_state" => "exam attempts, by course",
        "external_third" => "a third with external examiner",
        "five_ects" => "five ECTS in two semesters",
        "guidance" => "guidance of late students",
        "maximum_state" => "maximum duration",
        "needs_review" => "waits for a person",
        "pass_fail_third" => "at most a third pass/fail",
        "portions_left" => "portions left of the frame",
        "progress" => "ECTS for the klip used",
        "regime" => "rules of the klip",
        "robust" => "same verdict by every reading",
        "start_check" => "start check",
        "su_status" => "SU status",
        column => column,
    }
}

/// A code as words; what nobody could decide must not look like one more verdict.
pub fn words(code: &str) -> String {
    match code {
        "unknown" => "not known from the data".to_owned(),
        "true" => "yes".to_owned(),
        "false" => "no".to_owned(),
        code => code.replace('_', " ").replace("ects", "ECTS"),
    }
}

fn by_code(counts: &Counts) -> String {
    let shown: Vec<String> = counts
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(code, count)| format!("{} {count}", words(code)))
        .collect();
    if shown.is_empty() { "none".to_owned() } else { shown.join(", ") }
}

fn letters_section(record: &RunRecord, is_published: bool) -> String {
    let total = |counts: &Counts| counts.values().sum::<u64>();
    let by_hand = record.letters_not_printed.len();
    let mut letters = record.letters.clone();
    let verb = if is_published && !record.letters_skipped {
        for letter in &record.letters_not_printed {
            letters.entry(letter.letter.clone()).and_modify(|count| *count = count.saturating_sub(1));
        }
        "written"
    } else {
        "due, none written,"
    };
    let mut text = format!(
        "\nLetters {verb} {}: {}\nLetters that wait for a person {}: {}\n",
        total(&letters),
        by_code(&letters),
        total(&record.letters_held),
        by_code(&record.letters_held)
    );
    if !record.letters_repeated.is_empty() {
        let date =
            record.previous.as_ref().map_or(String::new(), |previous| previous.inspection_date.to_string());
        text.push_str(&format!(
            "Of these called for by the inspection of {date} too {}: {}\n",
            total(&record.letters_repeated),
            by_code(&record.letters_repeated)
        ));
    }
    if by_hand > 0 {
        text.push_str(&format!("Letters that could not be printed, to be written by hand: {by_hand}\n"));
        for letter in &record.letters_not_printed {
            text.push_str(&format!("  {} {}: {}\n", letter.enrolment_id, letter.letter, letter.why));
        }
    }
    text
}

fn review_section(record: &RunRecord) -> String {
    let waiting =
        record.verdicts.get("needs_review").and_then(|counts| counts.get("true")).copied().unwrap_or(0);
    let ended_later = record.students.excluded.get(ENDS_LATER).copied().unwrap_or(0);
    let mut text = format!("\nCases that wait for a person: {}\n", waiting + ended_later);
    if ended_later > 0 {
        text.push_str(&format!("  {ended_later:>8}  not inspected, but ended only after the inspection\n"));
    }
    let mut reasons: Vec<(&String, &u64)> =
        record.review_reasons.iter().filter(|(_, count)| **count > 0).collect();
    reasons.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    for (reason, count) in reasons {
        let meaning = ReviewReason::from_code(reason).map_or("", ReviewReason::meaning);
        text.push_str(&format!("  {count:>8}  {reason}: {meaning}\n"));
    }
    for rule in &record.rules_not_run {
        text.push_str(&format!("  {} could not decide everything: {}\n", rule.rule, rule.why));
    }
    text
}

/// The first rows that were rejected or repaired, as masked as in rejected.csv.
pub fn values(ingested: &Ingested) -> String {
    const SHOWN: usize = 20;
    let rows = &ingested.rejected;
    let mut text = format!("\nRejected and repaired rows, {} of {}\n", rows.len().min(SHOWN), rows.len());
    for row in rows.iter().take(SHOWN) {
        let done = if row.repaired { "repaired" } else { "rejected" };
        let (file, line, column, reason) = (&row.file, row.line, row.column, row.reason.code());
        text.push_str(&format!("  {file}:{line} {column}: {done}, {reason}: {:?}\n", row.value));
    }
    text.trim_end().to_owned()
}

fn next_section(record: &RunRecord, ingested: &Ingested, published: Option<&Published>) -> String {
    let Some(Published { folder, seal, letters_withdrawn }) = published else {
        return "\nDry run: nothing was written.\n".to_owned();
    };
    let shown = folder.display();
    let mut text = format!("\nWritten to {shown}\n");
    if let Some(count) = letters_withdrawn.filter(|count| *count > 0) {
        let letters = counted(count, "letter of it is", "letters of it are");
        text.push_str(&format!("It replaces a run of this date: {letters} not called for any more\n"));
    }
    text.push_str("  inspection.parquet    one row per enrolment\n");
    text.push_str("  findings.parquet      what each rule found, with its evidence\n");
    if let Some(pseudonyms) = &record.pseudonyms {
        let key = &pseudonyms.key_id;
        text.push_str(&format!("Under pseudonyms of key {key}; no letters, no rejected rows\n"));
        text.push_str(&seal_section(seal));
        return text;
    }
    if !record.letters_skipped {
        text.push_str("  letters/, mail_merge.xlsx, and print/ with one file for each kind of letter\n");
        text.push_str("  worklist.xlsx         every case that wants an action or an eye\n");
    }
    if !ingested.rejected.is_empty() {
        text.push_str("  rejected.csv          rows that were rejected or repaired, with file and line\n");
    }
    if let Some(input) = record.inputs.iter().find(|input| input.rows_rejected > 0) {
        text.push_str(&format!(
            "\nNext: mend in the exports what rejected.csv lists (first file: {}) and run again;\n",
            input.path
        ));
    } else {
        text.push_str("\nNext:\n");
    }
    text.push_str(&format!("  klip explain {shown} ENROLMENT   shows how a verdict came about\n"));
    if !record.letters_skipped {
        let command = format!("klip letters {shown} --worklist FILE");
        text.push_str(&format!("  {command}   writes only what a filled-in worklist approves\n"));
    }
    text.push_str(&seal_section(seal));
    text
}

fn seal_section(seal: &str) -> String {
    format!(
        "\nSeal {seal}\n  keep it apart from the run: `klip verify RUN --seal SEAL` then finds every later change\n"
    )
}

pub fn as_json(record: &RunRecord, published: Option<&Published>) -> String {
    let mut value = serde_json::to_value(record).unwrap_or_default();
    if let Some(object) = value.as_object_mut() {
        let folder = published.map(|published| published.folder.display().to_string());
        object.insert("run_folder".to_owned(), json!(folder));
        object.insert("seal".to_owned(), json!(published.map(|published| &published.seal)));
        let withdrawn = published.and_then(|published| published.letters_withdrawn);
        object.insert("letters_withdrawn".to_owned(), json!(withdrawn));
        // Filled in as the run folder is written; run.json has it.
        object.remove("outputs");
    }
    format!("{value:#}")
}
