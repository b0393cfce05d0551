//! What a run tells the caseworker: what came in, what was decided, who is waiting, where to look.

use std::path::Path;

use serde_json::json;

use crate::ingest::Ingested;
use crate::output::{Counts, RunRecord};
use crate::verdicts::ReviewReason;

pub fn as_text(record: &RunRecord, ingested: &Ingested, folder: Option<&Path>) -> String {
    let mut text = String::new();
    let dates = &record.dates;
    text.push_str(&format!(
        "{}\nInspection date {}, payments through {}, results through {}\n",
        record.pipeline.title, dates.inspection_date, dates.payments_through, dates.results_through
    ));
    if let Some(previous) = &record.previous {
        text.push_str(&format!("Previous inspection {}: {}\n", previous.inspection_date, previous.path));
    }
    if !record.law.past_review.is_empty() {
        text.push_str(&format!(
            "note: {} law parameters are past their review date; `klip check` lists them\n",
            record.law.past_review.len()
        ));
    }
    text.push_str(&read_section(record));
    text.push_str(&students_section(record));
    text.push_str(&letters_section(record));
    text.push_str(&review_section(record));
    text.push_str(&next_section(record, ingested, folder));
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
    text
}

fn students_section(record: &RunRecord) -> String {
    let students = &record.students;
    let excluded: Vec<String> =
        students.excluded.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    let excluded = if excluded.is_empty() { "none".to_owned() } else { excluded.join(", ") };
    let mut text = format!(
        "\nEnrolments in the register {}, inspected {}; not inspected: {excluded}\n",
        students.register, students.inspected
    );
    let width = record.verdicts.keys().map(|column| column.chars().count()).max().unwrap_or(0);
    for (column, counts) in &record.verdicts {
        text.push_str(&format!("  {column:<width$}  {}\n", counted(counts)));
    }
    text
}

fn counted(counts: &Counts) -> String {
    let shown: Vec<String> = counts
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(code, count)| format!("{code} {count}"))
        .collect();
    if shown.is_empty() { "none".to_owned() } else { shown.join(", ") }
}

fn letters_section(record: &RunRecord) -> String {
    let total = |counts: &Counts| counts.values().sum::<u64>();
    let by_hand = record.letters_not_printed.len() as u64;
    let (verb, number) = if record.letters_skipped {
        ("due, none written,", total(&record.letters))
    } else {
        ("written", total(&record.letters) - by_hand)
    };
    let mut text = format!(
        "\nLetters {verb} {number}: {}\nLetters held for a person {}: {}\n",
        counted(&record.letters),
        total(&record.letters_held),
        counted(&record.letters_held)
    );
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
    let mut text = format!("\nCases that wait for a person: {waiting}\n");
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

fn next_section(record: &RunRecord, ingested: &Ingested, folder: Option<&Path>) -> String {
    let Some(folder) = folder else {
        return "\nDry run: nothing was written.\n".to_owned();
    };
    let shown = folder.display();
    let mut text = format!("\nWritten to {shown}\n  inspection.parquet    one row per enrolment\n");
    text.push_str("  findings.parquet      what each rule found, with its evidence\n");
    if !record.letters_skipped {
        text.push_str("  letters/, mail_merge.csv, and print/ with all letters of a kind in one file\n");
    }
    if !ingested.rejected.is_empty() {
        text.push_str("  rejected.csv          rows that were rejected or repaired, with file and line\n");
    }
    if let Some(input) = record.inputs.iter().find(|input| input.rows_rejected > 0) {
        text.push_str(&format!(
            "\nNext: mend the rows in rejected.csv (first file: {}) and run again;\n",
            input.path
        ));
    } else {
        text.push_str("\nNext:\n");
    }
    text.push_str(&format!("  klip explain {shown} ENROLMENT   shows how a verdict came about\n"));
    text
}

pub fn as_json(record: &RunRecord, folder: Option<&Path>) -> String {
    let mut value = serde_json::to_value(record).unwrap_or_default();
    if let Some(object) = value.as_object_mut() {
        object.insert("run_folder".to_owned(), json!(folder.map(|folder| folder.display().to_string())));
        // Filled in as the run folder is written; run.json has it.
        object.remove("outputs");
    }
    format!("{value:#}")
}
