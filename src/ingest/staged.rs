//! Accepted rows of one table on their way to the exports.
//!
//! Every table is staged the same way, a column per contract column, but for the two of many
//! millions of rows: those are packed at once into records of a few bytes. Texts stand one after
//! the other in a text per column, so that a row costs no allocation of its own. When a piece is
//! finished, the rows that are kept by bucket go there as records.

use std::collections::BTreeMap;

use super::buckets::Buckets;
use super::checked_rows::CheckedRows;
use super::keys::KeyIndex;
use super::packed::{self, FOREIGN, PaymentRecord, ResultCells, ResultRecord};
use super::partition::Partition;
use super::reason::Reason;
use super::small_records::{self, Layout};
use super::spill::Spill;
use crate::contract::{Kind, Table};

/// An empty cell in a column of numbers; also [`crate::student::exports::NO_DAY`].
pub const EMPTY: i32 = i32::MIN;
/// The same in a column of bytes.
pub const EMPTY_SMALL: u8 = u8::MAX;

/// Texts one after the other.
#[derive(Default)]
pub struct TextColumn {
    text: String,
    /// Where the text of each row ends.
    ends: Vec<usize>,
}

impl TextColumn {
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    fn make_room(&mut self, like: &TextColumn, times: usize) {
        let _ = self.text.try_reserve(like.text.len().saturating_mul(times));
        make_room(&mut self.ends, &like.ends, times);
    }

    fn append(&mut self, other: &TextColumn) {
        let before = self.text.len();
        self.text.push_str(&other.text);
        self.ends.extend(other.ends.iter().map(|end| end + before));
    }

    pub fn get(&self, row: usize) -> &str {
        let first = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.text.get(first..self.ends[row]).unwrap_or("")
    }
}

pub enum ColumnData {
    Numbers(Vec<i32>),
    /// Truth values and positions in code lists.
    Small(Vec<u8>),
    /// An empty text is an empty cell.
    Texts(TextColumn),
}

/// A converted cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    Empty,
    Number(i32),
    Text(&'a str),
}

impl Value<'_> {
    /// The number, or [`EMPTY`].
    pub fn number(self) -> i32 {
        if let Value::Number(number) = self { number } else { EMPTY }
    }

    /// The position of a code or truth value, or [`EMPTY_SMALL`].
    pub fn byte(self) -> u8 {
        if let Value::Number(number) = self {
            u8::try_from(number).unwrap_or(EMPTY_SMALL)
        } else {
            EMPTY_SMALL
        }
    }
}

impl<'a> Value<'a> {
    /// The text; an empty cell is an empty text.
    pub fn text(self) -> &'a str {
        if let Value::Text(text) = self { text } else { "" }
    }
}

pub struct Rows {
    table: Table,
    /// Of a table of [`small_records::TABLES`].
    layout: Option<Layout>,
    /// Without the rows that become records.
    pub lines: Vec<u32>,
    pub columns: Vec<ColumnData>,
    /// Rows of the tables that are kept by bucket, one after the other.
    pub records: Vec<u32>,
    /// The records of finished pieces, in the order of the file.
    pub partition: Partition,
    /// Texts that records refer to.
    pub texts: KeyIndex,
    /// Line and text of the results that say where they were transferred from.
    pub origins: Vec<(u32, Box<str>)>,
    /// Course codes outside the catalogue, which transferred results may carry: a course number
    /// below zero is `-1 - n` for the n-th of these.
    pub foreign_courses: KeyIndex,
}

impl Rows {
    pub fn new(table: Table) -> Rows {
        Rows {
            table,
            layout: small_records::TABLES.contains(&table).then(|| Layout::of(table)),
            lines: Vec::new(),
            columns: columns(table),
            records: Vec::new(),
            partition: Partition::in_memory(width(table)),
            texts: KeyIndex::default(),
            origins: Vec::new(),
            foreign_courses: KeyIndex::default(),
        }
    }

    /// Moves the rows that are kept by bucket to their buckets.
    pub fn close(&mut self, buckets: &Buckets) {
        if width(self.table) > 0 {
            self.partition.place(&self.records, buckets);
            self.records.clear();
        }
    }

    pub fn push(&mut self, line: u32, values: &[Value]) {
        match self.table {
            Table::Results => {
                let number = |at: usize| values[at].number();
                if let Value::Text(text) = values[packed::ORIGIN] {
                    self.origins.push((line, text.into()));
                }
                let origin = matches!(values[packed::ORIGIN], Value::Text(_));
                self.records.extend_from_slice(&packed::result(number, origin, line));
            }
            Table::SuPayments => {
                self.records.extend_from_slice(&packed::payment(|at| values[at].number(), line));
            }
            _ => match &self.layout {
                Some(layout) => layout.push(line, values, &mut self.records, &mut self.texts),
                None => self.push_columns(line, values),
            },
        }
    }

    fn push_columns(&mut self, line: u32, values: &[Value]) {
        self.lines.push(line);
        for (column, value) in self.columns.iter_mut().zip(values) {
            match column {
                ColumnData::Numbers(column) => column.push(value.number()),
                ColumnData::Small(column) => column.push(value.byte()),
                ColumnData::Texts(column) => column.push(value.text()),
            }
        }
    }

    /// Makes room for `times` as many rows as these, so that no column grows step by step.
    pub fn make_room(&mut self, like: &Rows, times: usize) {
        make_room(&mut self.lines, &like.lines, times);
        for (column, like) in self.columns.iter_mut().zip(&like.columns) {
            match (column, like) {
                (ColumnData::Numbers(column), ColumnData::Numbers(like)) => make_room(column, like, times),
                (ColumnData::Small(column), ColumnData::Small(like)) => make_room(column, like, times),
                (ColumnData::Texts(column), ColumnData::Texts(like)) => column.make_room(like, times),
                // Both sides were made for the same table.
                _ => {}
            }
        }
    }

    /// Appends finished rows that were read on their own; `lines_before` is added to their lines.
    pub fn append(&mut self, mut other: Rows, lines_before: u32) {
        self.append_records(&mut other, lines_before);
        let origins = other.origins.drain(..);
        self.origins.extend(origins.map(|(line, text)| (line + lines_before, text)));
        self.lines.extend(other.lines.iter().map(|line| line + lines_before));
        for (column, more) in self.columns.iter_mut().zip(other.columns) {
            match (column, more) {
                (ColumnData::Numbers(column), ColumnData::Numbers(more)) => column.extend(more),
                (ColumnData::Small(column), ColumnData::Small(more)) => column.extend(more),
                (ColumnData::Texts(column), ColumnData::Texts(more)) => column.append(&more),
                // Both sides were made for the same table.
                _ => {}
            }
        }
    }

    fn append_records(&mut self, other: &mut Rows, lines_before: u32) {
        let (texts, foreign) = (&other.texts, &other.foreign_courses);
        let mut number_here = vec![None; texts.len().max(foreign.len())];
        for mut segment in std::mem::replace(&mut other.partition, Partition::in_memory(0)).into_segments() {
            let words = segment.words_mut();
            words
                .chunks_exact_mut(width(self.table))
                .for_each(|record| record[record.len() - 1] += lines_before);
            match self.table {
                Table::Results => {
                    for record in words.as_chunks_mut().0 {
                        let course = ResultCells(*record).course();
                        if course & FOREIGN != 0 {
                            let local = course & !FOREIGN;
                            let here = || self.foreign_courses.number(foreign.get(local));
                            let number = *number_here[local as usize].get_or_insert_with(here);
                            *record = ResultCells(*record).with_course(FOREIGN | number);
                        }
                    }
                }
                Table::SuPayments => {}
                table => small_records::renumber(table, words, |local| {
                    let here = || self.texts.number(texts.get(local));
                    *number_here[local as usize].get_or_insert_with(here)
                }),
            }
            self.partition.push(segment);
        }
    }

    /// Replaces texts of a column, by row.
    pub fn replace_texts(&mut self, column: usize, others: &BTreeMap<usize, String>) {
        let ColumnData::Texts(cells) = &mut self.columns[column] else { return };
        let mut replaced = TextColumn::default();
        for row in 0..cells.ends.len() {
            replaced.push(others.get(&row).map_or(cells.get(row), String::as_str));
        }
        *cells = replaced;
    }
}

impl CheckedRows for Rows {
    fn len(&self) -> usize {
        self.lines.len()
    }

    fn number(&self, column: usize, row: usize) -> Option<i32> {
        match &self.columns[column] {
            ColumnData::Numbers(cells) => Some(cells[row]).filter(|number| *number != EMPTY),
            ColumnData::Small(cells) => Some(cells[row]).filter(|cell| *cell != EMPTY_SMALL).map(i32::from),
            ColumnData::Texts(_) => None,
        }
    }

    fn text(&self, column: usize, row: usize) -> Option<&str> {
        match &self.columns[column] {
            ColumnData::Texts(cells) => Some(cells.get(row)).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    fn line(&self, row: usize) -> u32 {
        self.lines[row]
    }
}

/// The number is a guess: where there is not so much room, a column grows as it is filled.
fn make_room<T>(cells: &mut Vec<T>, like: &[T], times: usize) {
    let _ = cells.try_reserve(like.len().saturating_mul(times));
}

/// Words of a record of a table; 0 for one that is not kept by bucket.
fn width(table: Table) -> usize {
    match table {
        Table::Results => size_of::<ResultRecord>() / size_of::<u32>(),
        Table::SuPayments => size_of::<PaymentRecord>() / size_of::<u32>(),
        table if small_records::TABLES.contains(&table) => small_records::width(table),
        _ => 0,
    }
}

fn columns(table: Table) -> Vec<ColumnData> {
    let column = |kind: Kind| match kind {
        Kind::Code(_) | Kind::ResultCode | Kind::Bool => ColumnData::Small(Vec::new()),
        Kind::Text | Kind::Key | Kind::Cpr => ColumnData::Texts(TextColumn::default()),
        _ => ColumnData::Numbers(Vec::new()),
    };
    table.columns().iter().map(|of| column(of.kind)).collect()
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

impl Rejection {
    /// Of a row as a whole.
    pub fn of_row(line: u32, reason: Reason) -> Rejection {
        Rejection { line, column: "", reason, value: String::new(), repaired: false }
    }
}

/// What one piece of a file gives.
pub struct Piece {
    pub rows: Rows,
    pub rejections: Vec<Rejection>,
    /// Enrolments that a rejected row names, and its line.
    pub named: Vec<(u32, u32)>,
    /// The first two cells of rejected rows of the tables that name no enrolment of the register:
    /// student and enrolment of register rows, the two courses of equivalences; and the line.
    pub lost_keys: Vec<([String; 2], u32)>,
    pub rows_read: u64,
    /// Lines (rows in Parquet) that the piece takes up.
    pub lines: u32,
}

impl Piece {
    pub fn new(table: Table) -> Piece {
        let (rejections, named, lost_keys) = (Vec::new(), Vec::new(), Vec::new());
        Piece { rows: Rows::new(table), rejections, named, lost_keys, rows_read: 0, lines: 0 }
    }

    /// To append the pieces of a file to: what the memory has no room for goes to the spill.
    pub fn total(table: Table, spill: &Spill) -> Piece {
        let mut piece = Piece::new(table);
        piece.rows.partition = Partition::new(width(table), spill.clone());
        piece
    }

    /// Appends the piece that follows in the file.
    pub fn append(&mut self, mut other: Piece) {
        for rejection in &mut other.rejections {
            rejection.line += self.lines;
        }
        other.named.iter_mut().for_each(|(_, line)| *line += self.lines);
        other.lost_keys.iter_mut().for_each(|(_, line)| *line += self.lines);
        self.rows.append(other.rows, self.lines);
        self.rejections.append(&mut other.rejections);
        self.named.append(&mut other.named);
        self.lost_keys.append(&mut other.lost_keys);
        self.rows_read += other.rows_read;
        self.lines += other.lines;
    }
}

/// What a file gave, whatever its format.
pub struct FileContent {
    pub piece: Piece,
    pub bytes: u64,
    pub sha256: String,
    pub encoding: &'static str,
    pub notices: Vec<String>,
    /// As in [`super::FileReport`], and none of the notices here.
    pub doubts: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::reason::Reason;

    /// Each piece counts its lines from its own beginning.
    #[test]
    fn what_is_told_of_lines_moves_with_the_pieces_before() {
        let piece = |lines: u32, line: u32| {
            let mut piece = Piece::new(Table::Leaves);
            piece.lines = lines;
            piece.named.push((7, line));
            piece.lost_keys.push((["s".to_owned(), "E".to_owned()], line));
            piece.rejections.push(Rejection::of_row(line, Reason::DuplicateRow));
            piece
        };
        let mut all = piece(10, 3);
        all.append(piece(5, 2));
        all.append(piece(1, 1));
        let expected = [3, 12, 16];
        assert_eq!(all.named.iter().map(|(_, line)| *line).collect::<Vec<_>>(), expected);
        assert_eq!(all.lost_keys.iter().map(|(_, line)| *line).collect::<Vec<_>>(), expected);
        assert_eq!(all.rejections.iter().map(|rejection| rejection.line).collect::<Vec<_>>(), expected);
    }
}
