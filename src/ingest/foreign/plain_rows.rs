//! The fast way through the rows of a batch: column by column, each by what its cells are.
//!
//! Numbers are compared with what the contract allows, and words are looked up once for a batch and
//! not for every row that has them. A row with a cell that does not convert by itself, or that needs a
//! repair, takes the slow way, [`Converter::row`], which alone repairs and rejects.

use std::borrow::Cow;
use std::ops::Range;

use rayon::prelude::*;

use super::column::{Column, Form, Numbers, Words};
use super::frame::{Batch, RowMark};
use crate::base::Cpr;
use crate::contract::{Kind, Table, column};
use crate::ingest::convert::{Converter, MOST_COLUMNS, MOST_KRONER};
use crate::ingest::packed::{self, ORIGIN};
use crate::ingest::row_rules;
use crate::ingest::staged::{EMPTY, Piece, Value};
use crate::ingest::values::{FIRST_DAY, LAST_DAY};

pub struct PlainRows<'a> {
    converter: &'a Converter<'a>,
    batch: &'a Batch,
    /// By position in the contract.
    columns: Vec<Cells<'a>>,
}

/// The cells of one column of the contract.
enum Cells<'a> {
    /// Not in the file.
    Empty,
    /// Within the limits, times the factor.
    Numbers { cells: &'a [i32], least: i32, most: i32, factor: i32, may_be_empty: bool },
    /// Per word its number, [`EMPTY`] when it is empty or its text is the value; `None` for the slow way.
    Words { words: Cow<'a, Words>, numbers: Vec<Option<i32>> },
}

/// Rows whose cells are held at a time.
const TOGETHER: usize = 1 << 10;

impl<'a> PlainRows<'a> {
    /// `positions` are those of the contract's columns among those of the batch.
    pub fn new(converter: &'a Converter<'a>, positions: &[Option<usize>], batch: &'a Batch) -> PlainRows<'a> {
        let cells = |(at, position): (usize, &Option<usize>)| {
            position.map_or(Cells::Empty, |position| Cells::new(converter, at, &batch.columns[position]))
        };
        let columns = positions.par_iter().enumerate().map(cells).collect();
        PlainRows { converter, batch, columns }
    }

    /// Reads these rows and adds them to the piece, in their order; `slow` does so with one of them.
    pub fn read(&self, rows: Range<usize>, piece: &mut Piece, slow: impl Fn(usize, &mut Piece)) {
        let mut numbers = vec![[EMPTY; TOGETHER]; self.columns.len()];
        for first in rows.clone().step_by(TOGETHER) {
            let together = first..rows.end.min(first + TOGETHER);
            let mut plain = [false; TOGETHER];
            for (plain, mark) in plain.iter_mut().zip(&self.batch.marks[together.clone()]) {
                *plain = *mark == RowMark::Row;
            }
            for (column, numbers) in self.columns.iter().zip(&mut numbers) {
                column.numbers(together.clone(), numbers, &mut plain);
            }
            for (nth, row) in together.enumerate() {
                if !plain[nth] || !self.keep(row, |at| numbers[at][nth], piece) {
                    slow(row, piece);
                }
            }
        }
    }

    /// Adds a row; false, and nothing is done, when its cells do not fit each other.
    fn keep(&self, row: usize, number: impl Fn(usize) -> i32, piece: &mut Piece) -> bool {
        let line = self.batch.lines[row];
        match self.converter.table() {
            Table::Results => {
                let origin = self.columns[ORIGIN].text(row);
                let exam_date = number(column!(Results.exam_date));
                if exam_date == EMPTY && number(column!(Results.transferred)) != 1 {
                    return false;
                }
                if !origin.is_empty() {
                    piece.rows.origins.push((line, origin.into()));
                }
                let record = packed::result(number, !origin.is_empty(), line);
                piece.rows.records.extend_from_slice(&record);
            }
            Table::SuPayments => {
                let amount = number(column!(SuPayments.amount_dkk));
                // What is paid back is looked at.
                if amount != EMPTY && amount < 0 {
                    return false;
                }
                piece.rows.records.extend_from_slice(&packed::payment(number, line));
            }
            table => {
                let columns = || self.columns.iter().zip(self.converter.columns);
                let cpr = columns().find(|(_, column)| column.kind == Kind::Cpr);
                let cpr = cpr.and_then(|(cells, _)| Cpr::parse(cells.text(row)));
                let mut values = [Value::Empty; MOST_COLUMNS];
                for (at, (cells, column)) in columns().enumerate() {
                    values[at] = match (number(at), cells.text(row), &cpr) {
                        (EMPTY, "", _) => Value::Empty,
                        (EMPTY, _, Some(cpr)) if column.kind == Kind::Cpr => Value::Text(cpr.as_recipient()),
                        (EMPTY, text, _) => Value::Text(text),
                        (number, ..) => Value::Number(number),
                    };
                }
                if row_rules::check(table, &values).is_err() {
                    return false;
                }
                piece.rows.push(line, &values[..self.columns.len()]);
            }
        }
        piece.rows_read += 1;
        true
    }
}

impl<'a> Cells<'a> {
    fn new(converter: &Converter, at: usize, column: &'a Column) -> Cells<'a> {
        let words = match column {
            Column::Words(words) => Cow::Borrowed(words),
            Column::Numbers(sent @ Numbers { form, cells }) => {
                if let Some((least, most, factor)) = limits(*form, converter.columns[at].kind) {
                    let may_be_empty = converter.plain(at, "").is_some();
                    return Cells::Numbers { cells, least, most, factor, may_be_empty };
                }
                Cow::Owned(sent.words())
            }
        };
        let numbers = words.words.iter().map(|word| converter.plain(at, word.unwrap_or(""))).collect();
        Cells::Words { words, numbers }
    }

    /// The numbers of these rows; a row that has none is no longer plain.
    fn numbers(&self, rows: Range<usize>, numbers: &mut [i32], plain: &mut [bool]) {
        let all = numbers.iter_mut().zip(plain);
        match self {
            // They are so already.
            Cells::Empty => {}
            Cells::Numbers { cells, least, most, factor, may_be_empty } => {
                for ((number, plain), cell) in all.zip(&cells[rows]) {
                    let empty = *cell == EMPTY;
                    *plain &= (empty & may_be_empty) | ((*least <= *cell) & (*cell <= *most));
                    *number = if empty { EMPTY } else { cell.wrapping_mul(*factor) };
                }
            }
            Cells::Words { words, numbers: of_words } => {
                for ((number, plain), word) in all.zip(&words.of_rows[rows]) {
                    match of_words[usize::from(*word)] {
                        Some(of_word) => *number = of_word,
                        None => *plain = false,
                    }
                }
            }
        }
    }

    /// Of a cell that is no number.
    fn text(&self, row: usize) -> &str {
        match self {
            Cells::Words { words, .. } => words.text(row),
            Cells::Empty | Cells::Numbers { .. } => "",
        }
    }
}

/// The least and the most that a column allows, in the unit in which numbers are sent, and what they are
/// multiplied by; `None` where it takes their text to know.
fn limits(form: Form, kind: Kind) -> Option<(i32, i32, i32)> {
    let hundredths = |least: i32, most: i32| {
        let factor = match form {
            Form::Whole => 100,
            Form::Tenths => 10,
            Form::Hundredths => 1,
            Form::Truth | Form::Day => return None,
        };
        Some((least / factor, most / factor, factor))
    };
    match (form, kind) {
        (Form::Truth, Kind::Bool) => Some((0, 1, 1)),
        (Form::Day, Kind::Date) => Some((FIRST_DAY, LAST_DAY, 1)),
        (Form::Whole, Kind::Int { least, most }) => Some((least, most, 1)),
        (_, Kind::Ects { most }) => hundredths(0, most * 100),
        (_, Kind::Kroner) => hundredths(-(MOST_KRONER as i32), MOST_KRONER as i32),
        _ => None,
    }
}
