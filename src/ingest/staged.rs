//! Accepted rows of one table on their way to the exports: columns of small integers.
//!
//! Every table is staged the same way, a column per contract column. Texts are interned, so that
//! a result row costs no allocation of its own; the number of a text depends on the order of the
//! rows and is never used for sorting, only [`Texts::ranks`] are.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::reason::Reason;
use crate::contract::{Kind, Table};

/// An empty cell in a column of numbers; also [`crate::student::exports::NO_DAY`].
pub const EMPTY: i32 = i32::MIN;
const EMPTY_SMALL: u8 = u8::MAX;
const EMPTY_TEXT: u32 = u32::MAX;

/// Distinct texts, numbered in the order of their first appearance.
#[derive(Default)]
pub struct Texts {
    numbers: HashMap<Box<str>, u32, RandomState>,
    texts: Vec<Box<str>>,
}

impl Texts {
    pub fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        // Lines are counted in u32, so texts cannot outnumber it.
        let number = self.texts.len() as u32;
        self.texts.push(text.into());
        self.numbers.insert(text.into(), number);
        number
    }

    pub fn find(&self, text: &str) -> Option<u32> {
        self.numbers.get(text).copied()
    }

    pub fn get(&self, number: u32) -> &str {
        self.texts.get(number as usize).map_or("", AsRef::as_ref)
    }

    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Position of each text in alphabetical order, from 1; 0 is left for the empty cell.
    pub fn ranks(&self) -> Vec<u32> {
        let mut order = (0..self.texts.len()).collect::<Vec<_>>();
        order.sort_by(|a, b| self.texts[*a].cmp(&self.texts[*b]));
        let mut ranks = vec![0; order.len()];
        for (rank, number) in order.into_iter().enumerate() {
            ranks[number] = rank as u32 + 1;
        }
        ranks
    }
}

pub enum ColumnData {
    Numbers(Vec<i32>),
    /// Truth values and positions in code lists.
    Small(Vec<u8>),
    /// Numbers of texts.
    Texts(Vec<u32>),
}

/// A converted cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    Empty,
    Number(i32),
    Text(&'a str),
}

pub struct Rows {
    pub lines: Vec<u32>,
    pub columns: Vec<ColumnData>,
    pub texts: Texts,
    /// Course codes outside the catalogue, which transferred results may carry: a course number
    /// below zero is `-1 - n` for the n-th of these.
    pub foreign_courses: Texts,
}

impl Rows {
    pub fn new(table: Table) -> Rows {
        let columns = table
            .columns()
            .iter()
            .map(|column| match column.kind {
                Kind::Code(_) | Kind::ResultCode | Kind::Bool => ColumnData::Small(Vec::new()),
                Kind::Text | Kind::Key | Kind::Cpr => ColumnData::Texts(Vec::new()),
                _ => ColumnData::Numbers(Vec::new()),
            })
            .collect();
        Rows { lines: Vec::new(), columns, texts: Texts::default(), foreign_courses: Texts::default() }
    }

    pub fn len(&self) -> usize {
        self.lines.len()
    }

    pub fn push(&mut self, line: u32, values: &[Value]) {
        self.lines.push(line);
        for (column, value) in self.columns.iter_mut().zip(values) {
            match (column, value) {
                (ColumnData::Numbers(column), Value::Number(number)) => column.push(*number),
                (ColumnData::Numbers(column), _) => column.push(EMPTY),
                (ColumnData::Small(column), Value::Number(number)) => {
                    column.push(u8::try_from(*number).unwrap_or(EMPTY_SMALL));
                }
                (ColumnData::Small(column), _) => column.push(EMPTY_SMALL),
                (ColumnData::Texts(column), Value::Text(text)) => column.push(self.texts.number(text)),
                (ColumnData::Texts(column), _) => column.push(EMPTY_TEXT),
            }
        }
    }

    /// Appends rows that were read on their own; `lines_before` is added to their lines and
    /// `foreign` is the position of the column that may hold foreign courses.
    pub fn append(&mut self, other: Rows, lines_before: u32, foreign: Option<usize>) {
        let text_number = other.texts.texts.iter().map(|text| self.texts.number(text)).collect::<Vec<_>>();
        let foreign_number = other
            .foreign_courses
            .texts
            .iter()
            .map(|text| -1 - self.foreign_courses.number(text) as i32)
            .collect::<Vec<_>>();
        self.lines.extend(other.lines.iter().map(|line| line + lines_before));
        for (position, (column, more)) in self.columns.iter_mut().zip(other.columns).enumerate() {
            match (column, more) {
                (ColumnData::Numbers(column), ColumnData::Numbers(more)) if foreign == Some(position) => {
                    column.extend(more.into_iter().map(|number| match number {
                        0.. => number,
                        _ => foreign_number[(-1 - number) as usize],
                    }));
                }
                (ColumnData::Numbers(column), ColumnData::Numbers(more)) => column.extend(more),
                (ColumnData::Small(column), ColumnData::Small(more)) => column.extend(more),
                (ColumnData::Texts(column), ColumnData::Texts(more)) => {
                    column.extend(more.into_iter().map(|number| match number {
                        EMPTY_TEXT => EMPTY_TEXT,
                        _ => text_number[number as usize],
                    }));
                }
                // Both sides were made for the same table.
                _ => {}
            }
        }
    }

    /// Number, position of a code, or truth value of a cell; `None` when it is empty.
    pub fn number(&self, column: usize, row: usize) -> Option<i32> {
        match &self.columns[column] {
            ColumnData::Numbers(cells) => Some(cells[row]).filter(|number| *number != EMPTY),
            ColumnData::Small(cells) => Some(cells[row]).filter(|cell| *cell != EMPTY_SMALL).map(i32::from),
            ColumnData::Texts(_) => None,
        }
    }

    pub fn text(&self, column: usize, row: usize) -> Option<&str> {
        match &self.columns[column] {
            ColumnData::Texts(cells) if cells[row] != EMPTY_TEXT => Some(self.texts.get(cells[row])),
            _ => None,
        }
    }

    /// Replaces the text of a cell that holds one.
    pub fn set_text(&mut self, column: usize, row: usize, text: &str) {
        if let ColumnData::Texts(cells) = &mut self.columns[column] {
            cells[row] = self.texts.number(text);
        }
    }

    /// The number of the text of a cell in [`Rows::texts`].
    pub fn text_number(&self, column: usize, row: usize) -> Option<u32> {
        match &self.columns[column] {
            ColumnData::Texts(cells) => Some(cells[row]).filter(|number| *number != EMPTY_TEXT),
            _ => None,
        }
    }
}

/// A row that was not accepted, or was accepted after a repair. The line is relative to the piece
/// of the file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    pub line: u32,
    pub column: &'static str,
    pub reason: Reason,
    /// Already masked.
    pub value: String,
    pub repaired: bool,
}

/// What one piece of a file gives.
pub struct Piece {
    pub rows: Rows,
    pub rejections: Vec<Rejection>,
    /// Enrolments (of equivalences: courses) that a rejected row names.
    pub named: Vec<u32>,
    pub rows_read: u64,
    /// Lines (rows in Parquet) that the piece takes up.
    pub lines: u32,
}

impl Piece {
    pub fn new(table: Table) -> Piece {
        Piece { rows: Rows::new(table), rejections: Vec::new(), named: Vec::new(), rows_read: 0, lines: 0 }
    }

    /// Appends the piece that follows in the file.
    pub fn append(&mut self, mut other: Piece, foreign: Option<usize>) {
        for rejection in &mut other.rejections {
            rejection.line += self.lines;
        }
        self.rows.append(other.rows, self.lines, foreign);
        self.rejections.append(&mut other.rejections);
        self.named.append(&mut other.named);
        self.rows_read += other.rows_read;
        self.lines += other.lines;
    }
}
