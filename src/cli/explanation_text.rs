//! An explanation as text: verdict, margin, facts with their cells, law with its source.

use std::cmp::Reverse;

use super::summary::{why_not_inspected, words};
use crate::base::Cutoffs;
use crate::contract::Table;
use crate::engine::explain::{Explanation, Said};
use crate::ingest::{FileReport, Format, RejectedRow};
use crate::letters::drafts;
use crate::rules::Report;
use crate::student::exports::Exports;
use crate::verdicts::{DraftKind, Evidence, InspectionRow};

/// What was asked, of which run.
pub struct Asked<'a> {
    pub exports: &'a Exports,
    pub files: &'a [FileReport],
    pub cutoffs: Cutoffs,
    pub rule: Option<&'a str>,
    /// Sorted.
    pub rejected: &'a [RejectedRow],
}

impl Asked<'_> {
    /// The file a table was read from.
    pub fn file(&self, table: Table) -> Option<&FileReport> {
        self.files.iter().find(|file| file.table == table)
    }

    /// File and lines; of Parquet and workbooks the rows.
    fn place(&self, table: Table, lines: &[u32]) -> String {
        let Some(FileReport { path, format, .. }) = self.file(table) else {
            let why =
                if self.exports.is_absent(table) { "was not given" } else { "is empty by the pipeline" };
            return format!("{table}: the table {why}");
        };
        if lines.is_empty() {
            return format!("{path}: no row that counts");
        }
        let shown: Vec<String> = lines.iter().take(LINES_SHOWN).map(ToString::to_string).collect();
        let more = lines.len().saturating_sub(LINES_SHOWN);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let word = if *format == Format::Csv { "line" } else { "row" };
        let plural = if lines.len() == 1 { "" } else { "s" };
        format!("{path} {word}{plural} {}{more}", shown.join(", "))
    }

    /// The column and the reason of a rejected row. Its value is not shown: it may be of anybody.
    pub fn why_rejected(&self, table: Table, line: u32) -> Option<String> {
        let row =
            self.rejected.iter().find(|row| (row.table, row.line, row.repaired) == (table, line, false))?;
        let column = if row.column.is_empty() { String::new() } else { format!("{}, ", row.column) };
        Some(format!("{column}{}", row.reason.code()))
    }
}

/// More lines than this are counted, not listed, in the text (the JSON lists all).
const LINES_SHOWN: usize = 12;

/// `index`: of the register.
pub fn as_text(asked: &Asked, index: usize, explanation: &Explanation) -> String {
    let enrolment = &asked.exports.enrolments[index];
    let programme = &asked.exports.programmes[enrolment.programme as usize];
    let Cutoffs { inspection_date, payments_through, results_through } = asked.cutoffs;
    let ended = enrolment.ended_on.map_or(String::new(), |day| format!(", ended {day}"));
    let mut text = format!(
        "Enrolment {} of student {} on {} ({}), begun {}, {}{ended}\n\
         Inspection of {inspection_date}: results through {results_through}, payments through {payments_through}\n",
        enrolment.enrolment_id,
        enrolment.student_id,
        programme.code,
        programme.level.code(),
        enrolment.started_on,
        words(enrolment.status.code()),
    );
    if let Some(reason) = explanation.excluded {
        text.push_str(&format!("Not inspected: {}.\n", why_not_inspected(reason)));
    }
    if let Some(row) = &explanation.row {
        text.push_str(&headline(asked, row, explanation));
    }
    let drafts = drafts_offered(explanation);
    if !drafts.is_empty() {
        text.push_str(&format!("Drafts that the worklist offers: {}\n", drafts.join(", ")));
    }
    if !explanation.rejected_rows.is_empty() {
        text.push_str(
            "Rows that name an enrolment of the student were rejected; what follows is without them:\n",
        );
        for (table, line) in &explanation.rejected_rows {
            let why = asked.why_rejected(*table, *line).map_or(String::new(), |why| format!(": {why}"));
            text.push_str(&format!("  {}{why}\n", asked.place(*table, &[*line])));
        }
    }
    text.push_str(&rules_text(asked, explanation, &enrolment.enrolment_id));
    if let Some(rule) = asked.rule.filter(|_| explanation.rules.is_empty()) {
        text.push_str(&format!("\n{rule} judges enrolments that are inspected.\n"));
    }
    text
}

/// Drafts that the worklist offers of it.
pub fn drafts_offered(explanation: &Explanation) -> Vec<&'static str> {
    let of_row = explanation.row.iter().flat_map(drafts::offered_to);
    let of_claims = explanation.claims.iter().filter(|claim| drafts::offered_for(claim));
    let offered = of_row.chain(of_claims.map(|_| DraftKind::ExtraKlipDecision));
    offered.map(DraftKind::code).collect()
}

fn headline(asked: &Asked, row: &InspectionRow, explanation: &Explanation) -> String {
    let code = |code: Option<&str>| code.map_or("unknown".to_owned(), words);
    let mut text = format!(
        "SU status: {}   progress: {}   start check: {}   same verdict by every reading: {}\n",
        code(row.su_status.map(|v| v.code())),
        code(row.progress.map(|v| v.code())),
        code(row.start_check.map(|v| v.code())),
        row.robust.map_or("unknown", |robust| if robust { "yes" } else { "no" }),
    );
    let list = |codes: Vec<&str>| if codes.is_empty() { "none".to_owned() } else { codes.join(", ") };
    let letters = list(row.letters.iter().map(|kind| kind.code()).collect());
    text.push_str(&format!("Letters: {letters}\n"));
    if !row.reviews.is_empty() {
        text.push_str("A person must look at it:\n");
        for reason in row.reviews.iter() {
            text.push_str(&format!("  {}: {}\n", reason.code(), reason.meaning()));
            for rows in explanation.rows_in_doubt.iter().filter(|rows| rows.reason == reason) {
                text.push_str(&format!("    <- {}\n", asked.place(rows.table, &rows.lines)));
            }
        }
    }
    if !row.letters_held.is_empty() {
        let held = list(row.letters_held.iter().map(|kind| kind.code()).collect());
        text.push_str(&format!("Letters that wait for that person: {held}\n"));
    }
    text
}

/// The rules with a finding come first, the gravest before the others, and those of SU before those of exams
/// and the degree. `own` is the enrolment that is explained.
fn rules_text(asked: &Asked, explanation: &Explanation, own: &str) -> String {
    let mut rules: Vec<&Said> = explanation.rules.iter().collect();
    rules.sort_by_key(|said| (Reverse(said.severity), said.rule.family));
    let findings = rules.iter().filter(|said| said.severity.is_some()).count();
    let mut text = String::new();
    for (nth, Said { rule, severity, reports }) in rules.into_iter().enumerate() {
        if asked.rule.is_none() && nth == findings {
            let before =
                if findings == 0 { "No rule has a finding" } else { "The other rules have no finding" };
            text.push_str(&format!("\n{before}; what they say:\n"));
        }
        let severity = severity.map_or(String::new(), |severity| format!(" [{}]", severity.code()));
        text.push_str(&format!("\n{} {}{severity}\n", rule.code, rule.title));
        for report in reports {
            text.push_str(&report_text(asked, report, own));
        }
    }
    text
}

fn report_text(asked: &Asked, report: &Report, own: &str) -> String {
    let mut text = String::new();
    let scope = if report.scope.is_empty() { String::new() } else { format!("[{}] ", report.scope) };
    text.push_str(&format!("  {scope}{}: {}\n", report.outcome.name(), report.message));
    if let Some(why) = report.outcome.because() {
        text.push_str(&format!("  because {why}\n"));
    }
    if let Some(margin) = &report.margin {
        text.push_str(&format!("  margin: {margin}\n"));
    }
    let width = report.evidence.iter().map(|fact| fact.fact.chars().count()).max().unwrap_or(0);
    for fact in &report.evidence {
        let value = match fact.value.as_str() {
            "true" => "yes",
            "false" => "no",
            value => value,
        };
        text.push_str(&format!("    {:width$} = {value}   <- {}\n", fact.fact, origin(asked, fact, own)));
    }
    text
}

/// Where a fact stands: file and lines, or the law, or a formula.
fn origin(asked: &Asked, fact: &Evidence, own: &str) -> String {
    let Some((table, lines)) = &fact.rows else { return fact.source.clone().into_owned() };
    let place = asked.place(*table, lines);
    match fact.source.split_once("enrolment_id=") {
        Some((_, other)) if other != own => format!("{place} (enrolment {other})"),
        _ => place,
    }
}
