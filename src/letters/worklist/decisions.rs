//! Reading an edited worklist: which rows a person has approved, and whether the sheet is still the
//! one of this run.
//!
//! Every cell but the two to fill in must be as the run writes it; rows may be sorted, filtered and
//! left out (a row that is left out is held), columns may be moved, columns and sheets may be added.

use std::collections::BTreeMap;

use super::Source;
use super::columns::{CASE_ID, COLUMNS, Cell, DECISION, case_id};
use super::entries::Entry;
use super::workbook::excel_serial;
use crate::base::Day;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::ingest::SheetRow;
use crate::verdicts::{DraftKind, LetterKind, Paper};

pub(super) const SHEET: &str = "worklist";
pub(super) const RUN_SHEET: &str = "run";
pub(super) const APPROVE: &str = "approve";
pub(super) const HOLD: &str = "hold";
/// First line of the second sheet: which run this is.
const RUN_ID: &str = "run_id";

/// Problems listed of one worklist.
const MOST_PROBLEMS: usize = 20;

/// A row that a person has approved. Only [`read`] makes one:
///
/// ```compile_fail
/// # use klippekort::letters::worklist::{Approval, Entry};
/// fn forge<'w>(entry: &'w Entry<'w>) -> Approval<'w> {
///     Approval { entry }
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Approval<'w> {
    entry: &'w Entry<'w>,
}

impl<'w> Approval<'w> {
    pub fn entry(self) -> &'w Entry<'w> {
        self.entry
    }
}

/// What the edited worklist says.
#[derive(Debug)]
pub struct Decided<'w> {
    /// In the order of the rows of the run.
    pub approved: Vec<Approval<'w>>,
    /// Rows that propose a letter or a draft and are not approved.
    pub held: Vec<&'w Entry<'w>>,
    /// Rows of the run that are no longer in the worklist; those that propose something are held.
    pub left_out: usize,
}

/// Reads the decisions. `sheet` gives the rows of one of the sheets or says why it has none; `entries`
/// are the rows of the run, `run_id` the one its second sheet names.
pub fn read<'w>(
    file: &str,
    sheet: &dyn Fn(&str) -> Result<Vec<SheetRow>, String>,
    source: &Source<'_>,
    entries: &'w [Entry<'w>],
    run_id: &str,
) -> Result<Decided<'w>, Diagnostics> {
    let unreadable = |message: String| {
        let problem = Diagnostic::input(Place::file(file), message);
        problem.hint("give the worklist.xlsx of the run, edited and saved as an Excel workbook (.xlsx)")
    };
    let sheet = |name: &str| {
        let told = |problem| format!("this is not a workbook with a sheet `{name}` to be read: {problem}");
        sheet(name).map_err(|problem| unreadable(told(problem)))
    };
    let run = sheet(RUN_SHEET)?;
    let of_this_run = run.iter().any(|row| {
        matches!(&row.cells[..], [name, value, ..]
            if text_of(name) == Some(RUN_ID) && text_of(value) == Some(run_id))
    });
    if !of_this_run {
        let message =
            format!("this worklist is of another run: its sheet `{RUN_SHEET}` has not the {RUN_ID} {run_id}");
        let hint =
            "fill in the worklist.xlsx in the folder of this run; decisions of another are not taken over";
        return Err(Diagnostic::input(Place::file(file), message).hint(hint).into());
    }
    let sheet = Sheet::new(file, sheet(SHEET)?)?;
    sheet.decided(source, entries)
}

struct Sheet<'f> {
    file: &'f str,
    /// Below the headings.
    rows: Vec<SheetRow>,
    /// Position in the sheet of each of [`COLUMNS`].
    positions: Vec<usize>,
}

impl<'f> Sheet<'f> {
    fn new(file: &'f str, mut rows: Vec<SheetRow>) -> Result<Sheet<'f>, Diagnostics> {
        let body = rows.split_off(rows.len().min(1));
        let headings = rows.first();
        let mut problems = Diagnostics::default();
        let mut positions = Vec::new();
        for column in COLUMNS {
            let headings = headings.into_iter().flat_map(|row| row.cells.iter().enumerate());
            let found = headings.filter(|(_, cell)| text_of(cell) == Some(column.heading));
            let mut found = found.map(|(position, _)| position);
            match (found.next(), found.next()) {
                (Some(position), None) => positions.push(position),
                (None, _) => {
                    problems.push(at(file, 1, 0, format!("the column `{}` is missing", column.heading)))
                }
                (Some(_), Some(second)) => {
                    problems.push(at(
                        file,
                        1,
                        second,
                        format!("the column `{}` is there twice", column.heading),
                    ));
                }
            }
        }
        problems.into_result(Sheet { file, rows: body, positions })
    }

    fn decided<'w>(&self, source: &Source<'_>, entries: &'w [Entry<'w>]) -> Result<Decided<'w>, Diagnostics> {
        let inspection = source.inspection_date;
        let known: BTreeMap<String, usize> =
            entries.iter().enumerate().map(|(index, entry)| (case_id(entry, inspection), index)).collect();
        let mut approved = vec![None; entries.len()];
        let mut problems = Diagnostics::default();
        for row in &self.rows {
            if self.is_blank(row) {
                continue;
            }
            let line = row.line;
            let id = text_of(cell(row, self.position(CASE_ID))).unwrap_or_default();
            let Some(index) = known.get(id) else {
                problems.push(
                    at(self.file, line, 0, "this row is not one of the run's")
                        .hint("remove rows that were added; sort and filter only whole rows"),
                );
                continue;
            };
            let entry = &entries[*index];
            problems.extend(self.changes(row, entry, source));
            match self.decision(row, entry) {
                Ok(decision) if approved[*index].is_none() => approved[*index] = Some(decision),
                Ok(_) => problems.push(at(self.file, line, 0, "this case stands in an earlier row already")),
                Err(problem) => problems.push(problem),
            }
        }
        let left_out = approved.iter().filter(|decision| decision.is_none()).count();
        let mut decided = Decided { approved: Vec::new(), held: Vec::new(), left_out };
        for (entry, decision) in entries.iter().zip(approved) {
            if decision == Some(true) {
                decided.approved.push(Approval { entry });
            } else if entry.paper.is_some() {
                decided.held.push(entry);
            }
        }
        problems.extend(self.hearing_before_decision(&decided));
        problems.list_first(MOST_PROBLEMS).into_result(decided)
    }

    /// Approved or not.
    fn decision(&self, row: &SheetRow, entry: &Entry<'_>) -> Result<bool, Diagnostic> {
        let (line, column) = (row.line, self.position(DECISION));
        let written = match cell(row, column) {
            "" => "",
            other => text_of(other).ok_or_else(|| {
                at(self.file, line, column, "the decision is not a text").hint("write approve or hold")
            })?,
        };
        let word = written.trim();
        if word.is_empty() || word.eq_ignore_ascii_case(HOLD) {
            return Ok(false);
        }
        if !word.eq_ignore_ascii_case(APPROVE) {
            let problem = at(self.file, line, column, "the decision is neither approve nor hold");
            return Err(problem.hint("choose from the list in the cell, or leave it empty"));
        }
        if entry.paper.is_none() {
            let problem = at(self.file, line, column, "this row has no letter that could be approved");
            return Err(problem.hint(
                "the case needs a person: mend its facts and run again, or decide it outside; leave the cell empty",
            ));
        }
        Ok(true)
    }

    /// Cells that differ from what the run writes. Named by place and column, never by value.
    fn changes(&self, row: &SheetRow, entry: &Entry<'_>, source: &Source<'_>) -> Diagnostics {
        let mut problems = Diagnostics::default();
        for (column, position) in COLUMNS.iter().zip(&self.positions) {
            let expected = (column.content)(entry, source.inspection_date);
            let present = cell(row, *position);
            let to_fill_in = expected == Cell::Empty && [DECISION, super::NOTE].contains(&column.heading);
            if !to_fill_in && !is_same(&expected, present) {
                let message = format!("`{}` is not as the run wrote it", column.heading);
                problems.push(at(self.file, row.line, *position, message).hint(
                    "only decision and note may be changed: mend the export and run again, or restore the cell",
                ));
            }
        }
        problems
    }

    /// A start check is decided after the student was heard, so never in the round of the hearing.
    fn hearing_before_decision(&self, decided: &Decided<'_>) -> Diagnostics {
        let mut problems = Diagnostics::default();
        let approves = |enrolment: &str, paper: Paper| {
            decided.approved.iter().any(|approval| {
                approval.entry.paper == Some(paper) && approval.entry.who.enrolment.enrolment_id == enrolment
            })
        };
        for approval in &decided.approved {
            let enrolment = &approval.entry.who.enrolment.enrolment_id;
            if approval.entry.paper == Some(Paper::Draft(DraftKind::StartCheckDecision))
                && approves(enrolment, Paper::Letter(LetterKind::StartCheckHearing))
            {
                let message = format!(
                    "enrolment {enrolment}: start_check_decision and start_check_hearing are approved together"
                );
                problems.push(Diagnostic::input(Place::file(self.file), message).hint(
                    "send the hearing first; when its deadline is over, run the inspection again, hold the hearing there and approve the decision",
                ));
            }
        }
        problems
    }

    fn is_blank(&self, row: &SheetRow) -> bool {
        self.positions.iter().all(|position| is_same(&Cell::Empty, cell(row, *position)))
    }

    fn position(&self, heading: &str) -> usize {
        let found = COLUMNS.iter().zip(&self.positions).find(|(column, _)| column.heading == heading);
        found.map_or(0, |(_, position)| *position)
    }
}

/// A cell as [`SheetRow`] gives it.
fn cell(row: &SheetRow, position: usize) -> &str {
    row.cells.get(position).map_or("", String::as_str)
}

fn text_of(cell: &str) -> Option<&str> {
    cell.strip_prefix('t')
}

fn is_same(expected: &Cell, present: &str) -> bool {
    match expected {
        Cell::Empty => present.is_empty() || text_of(present).is_some_and(|text| text.trim().is_empty()),
        Cell::Text(text) => text_of(present).is_some_and(|present| present.trim() == text),
        Cell::Number(number) => is_number(present, number),
        Cell::Date(day) => is_number(present, &excel_serial(*day).to_string()),
    }
}

/// Programs that save the sheet may take a number for a date or the other way round; the number in
/// the cell is what counts.
fn is_number(present: &str, expected: &str) -> bool {
    let as_number = present.strip_prefix('n').map(|number| number.split('\t').next().unwrap_or_default());
    let as_date = || Some(excel_serial(Day::parse_iso(present.strip_prefix('d')?)?).to_string());
    as_number.is_some_and(|number| number == expected) || as_date().is_some_and(|number| number == expected)
}

/// Lines as a spreadsheet counts them, from 1, and columns from 0.
fn at(file: &str, line: u32, column: usize, message: impl Into<String>) -> Diagnostic {
    Diagnostic::input(Place::line(file, line as usize, column + 1), message)
}
