//! The columns of the worklist: typed, with the same headings as in the tables where they exist.

use super::entries::Entry;
use crate::base::{Day, Ects, opaque_id};
use crate::letters::mail_merge::one_line;
use crate::verdicts::{InspectionRow, Paper};

/// To be filled in: `approve` or `hold`. Empty is `hold`.
pub const DECISION: &str = "decision";
/// To be filled in, for the caseworker alone: nothing reads it.
pub const NOTE: &str = "note";
/// What a row is known by when it comes back.
pub(super) const CASE_ID: &str = "case_id";

/// What a cell holds. Unknown is empty, never zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    Empty,
    Text(String),
    /// In the plain form of the program: digits, decimal point.
    Number(String),
    Date(Day),
}

pub(super) struct Column {
    pub heading: &'static str,
    /// In characters.
    pub width: i32,
    pub wrapped: bool,
    pub content: fn(&Entry<'_>, Day) -> Cell,
}

const fn column(heading: &'static str, width: i32, content: fn(&Entry<'_>, Day) -> Cell) -> Column {
    Column { heading, width, wrapped: false, content }
}

/// The two columns to fill in come first, so that they stay in sight when the sheet is scrolled.
pub(super) const COLUMNS: &[Column] = &[
    column(DECISION, 11, |_, _| Cell::Empty),
    Column { heading: NOTE, width: 24, wrapped: true, content: |_, _| Cell::Empty },
    column("student_id", 11, |entry, _| text(&entry.who.enrolment.student_id)),
    column("enrolment_id", 13, |entry, _| text(&entry.who.enrolment.enrolment_id)),
    column("name", 24, |entry, _| {
        text(&format!("{} {}", entry.who.person.given_name.trim(), entry.who.person.family_name.trim()))
    }),
    column("step", 8, |entry, _| text(entry.step.code())),
    column("letter", 21, |entry, _| entry.paper.map_or(Cell::Empty, |paper| text(paper.code()))),
    column("deadline", 12, |entry, _| entry.deadline.map_or(Cell::Empty, Cell::Date)),
    Column { heading: "reasons", width: 60, wrapped: true, content: |entry, _| text(&entry.reasons) },
    Column { heading: "rules", width: 20, wrapped: true, content: |entry, _| rules(entry) },
    Column { heading: "letters_held", width: 23, wrapped: true, content: |entry, _| held(entry) },
    column("language", 9, |entry, _| text(entry.who.enrolment.language.code())),
    column("digital_post", 12, |entry, _| text(if entry.who.enrolment.digital_post { "yes" } else { "no" })),
    column("programme_code", 16, |entry, _| text(&entry.who.programme.code)),
    column("started_on", 11, |entry, _| Cell::Date(entry.who.enrolment.started_on)),
    column("status", 10, |entry, _| text(entry.who.enrolment.status.code())),
    column("su_status", 21, |entry, _| code(entry, |row| row.su_status.map(|code| code.code()))),
    column("progress", 10, |entry, _| code(entry, |row| row.progress.map(|code| code.code()))),
    column("klip_net", 9, |entry, _| number(entry, |row| row.klip_net)),
    column("control_point", 13, |entry, _| number(entry, |row| row.control_point)),
    column("ects_counted", 13, |entry, _| ects(entry, |row| row.ects_counted)),
    column("ects_required", 13, |entry, _| ects(entry, |row| row.ects_required)),
    column("ects_missing", 13, |entry, _| ects(entry, |row| row.ects_missing)),
    column("start_check", 12, |entry, _| code(entry, |row| row.start_check.map(|code| code.code()))),
    column("portions_left", 12, |entry, _| number(entry, |row| row.portions_left)),
    column("five_ects", 10, |entry, _| code(entry, |row| row.five_ects.map(|code| code.code()))),
    column("ects_last_two_semesters", 22, |entry, _| ects(entry, |row| row.ects_last_two_semesters)),
    column("courses_exhausted", 17, |entry, _| number(entry, |row| row.courses_exhausted)),
    column("courses_last_attempt", 19, |entry, _| number(entry, |row| row.courses_last_attempt)),
    column("guidance", 20, |entry, _| code(entry, |row| row.guidance.map(|code| code.code()))),
    column("months_late", 12, |entry, _| number(entry, |row| row.months_late)),
    column("maximum_date", 13, |entry, _| {
        entry.row.and_then(|row| row.maximum_date).map_or(Cell::Empty, Cell::Date)
    }),
    column(
        "claim_id",
        12,
        |entry, _| if entry.claim.is_some() { text(entry.claim_id()) } else { Cell::Empty },
    ),
    column("months_applied", 14, |entry, _| {
        entry.claim.map_or(Cell::Empty, |(_, form)| Cell::Number(form.months_applied.to_string()))
    }),
    column("ects_delay", 11, |entry, _| {
        let delay = entry.claim.and_then(|(row, _)| row.ects_delay);
        delay.map_or(Cell::Empty, |delay| Cell::Number(delay.to_string()))
    }),
    column("portions_estimate", 16, |entry, _| {
        let estimate = entry.claim.and_then(|(row, _)| row.portions_estimate);
        estimate.map_or(Cell::Empty, |portions| Cell::Number(portions.to_string()))
    }),
    column(CASE_ID, 18, |entry, inspection| Cell::Text(case_id(entry, inspection))),
];

/// The headings in their order.
pub fn headings() -> Vec<&'static str> {
    COLUMNS.iter().map(|column| column.heading).collect()
}

/// Opaque, and the same in every run of the same inspection.
pub(super) fn case_id(entry: &Entry<'_>, inspection: Day) -> String {
    let paper = entry.paper.map_or("", Paper::code);
    let key = [&entry.who.enrolment.enrolment_id, entry.step.code(), paper, entry.claim_id()].join("\n");
    opaque_id(&format!("{inspection}\n{key}"))
}

/// Longer texts are cut: a cell of a workbook holds no more than 32,767 characters, and a reader far
/// fewer.
const LONGEST_TEXT: usize = 2000;

/// Empty when nothing is to be seen.
fn text(text: &str) -> Cell {
    let line = one_line(text, LONGEST_TEXT);
    let line = line.trim();
    if line.is_empty() { Cell::Empty } else { Cell::Text(line.to_owned()) }
}

fn code(entry: &Entry<'_>, of: fn(&InspectionRow) -> Option<&'static str>) -> Cell {
    entry.row.and_then(of).map_or(Cell::Empty, text)
}

fn number(entry: &Entry<'_>, of: fn(&InspectionRow) -> Option<i32>) -> Cell {
    entry.row.and_then(of).map_or(Cell::Empty, |number| Cell::Number(number.to_string()))
}

fn ects(entry: &Entry<'_>, of: fn(&InspectionRow) -> Option<Ects>) -> Cell {
    entry.row.and_then(of).map_or(Cell::Empty, |amount| Cell::Number(amount.to_string()))
}

fn rules(entry: &Entry<'_>) -> Cell {
    let codes: Vec<&str> = entry.rules().collect();
    text(&codes.join(", "))
}

/// The letters that the verdicts call for and that no row can approve: the case is under review.
fn held(entry: &Entry<'_>) -> Cell {
    let held = entry.row.filter(|_| entry.paper.is_none() && entry.claim.is_none());
    let kinds: Vec<&str> = held.iter().flat_map(|row| &row.letters_held).map(|kind| kind.code()).collect();
    text(&kinds.join(", "))
}
