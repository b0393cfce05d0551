//! The lines of a part of a CSV file to staged rows: those that are plain at once, the others cell by cell.

use std::sync::{Mutex, PoisonError};

use memchr::{memchr, memchr_iter};

use super::convert::{Converter, MOST_COLUMNS};
use super::encoding::{decode, has_control, is_no_letter};
use super::header::Layout;
use super::joined_rows;
use super::plain::{Line, PlainLines};
use super::quoted_breaks::{self, Extent, Records, is_free_text, on_one_line};
use super::reason::Reason;
use super::record::{Cells, line_end, without_line_end};
use super::staged::Piece;
use crate::contract::Table;
use crate::pipeline::Encoding;

/// Room for the records of a part, handed from part to part.
pub type Scratch = Mutex<Vec<Vec<u32>>>;

/// Reads lines of one file.
pub struct Lines<'a> {
    converter: &'a Converter<'a>,
    layout: &'a Layout,
    plain: Option<PlainLines<'a>>,
    /// When records may have several lines.
    records: Option<Records>,
    encoding: Encoding,
    separator: u8,
    scratch: &'a Scratch,
}

impl<'a> Lines<'a> {
    pub fn new(
        converter: &'a Converter,
        layout: &'a Layout,
        separator: u8,
        encoding: Encoding,
        records: Option<Records>,
        scratch: &'a Scratch,
    ) -> Lines<'a> {
        let plain = PlainLines::new(converter, layout, separator, encoding);
        Lines { converter, layout, plain, records, encoding, separator, scratch }
    }

    /// Reads a part of the file, which ends between lines, or between records where they may have several.
    pub fn read(&self, part: &[u8]) -> Piece {
        let mut piece = Piece::new(self.converter.table());
        let scratch = || self.scratch.lock().unwrap_or_else(PoisonError::into_inner);
        piece.rows.records = scratch().pop().unwrap_or_default();
        let mut cells = Cells::default();
        let mut line = Line::default();
        let mut from = 0;
        while from < part.len() {
            piece.lines += 1;
            let plain = self.plain.as_ref();
            if let Some(next) = plain.and_then(|plain| plain.read(part, from, &mut line, &mut piece)) {
                from = next;
                continue;
            }
            if let Some(records) = &self.records {
                from = self.read_record(records, part, from, &mut cells, &mut piece);
                continue;
            }
            let end = line_end(part, from);
            self.read_line(without_line_end(&part[from..end]), &mut cells, &mut piece);
            from = end;
        }
        self.converter.close(&mut piece);
        scratch().push(std::mem::take(&mut piece.rows.records));
        piece
    }

    /// Reads the record that begins at a line, and gives where it ends. It has the number of its first line.
    fn read_record(
        &self,
        records: &Records,
        part: &[u8],
        from: usize,
        cells: &mut Cells,
        piece: &mut Piece,
    ) -> usize {
        let extent = records.extent(part, from);
        let end = match extent {
            Extent::Record(end) | Extent::Ambiguous(end) => end,
            Extent::Line | Extent::Undecided => line_end(part, from),
        };
        let record = without_line_end(&part[from..end]);
        if matches!(extent, Extent::Ambiguous(_)) {
            self.refuse_lines(record, cells, piece);
        } else {
            self.read_line(record, cells, piece);
            piece.lines += memchr_iter(b'\n', record).count() as u32;
        }
        end
    }

    fn read_line(&self, raw: &[u8], cells: &mut Cells, piece: &mut Piece) {
        let (text, damaged) = match decode(raw, self.encoding) {
            Ok(text) => (text, false),
            Err(likeness) => (likeness, true),
        };
        let several = memchr(b'\n', raw).is_some();
        let control = if several { quoted_breaks::has_control } else { has_control };
        let damaged = damaged || control(&text, self.separator);
        let split = cells.split(&text, self.separator);
        let cell_of = |at: usize| self.layout.positions[at].and_then(|position| cells.cell(&text, position));
        let reject = |column, reason, piece: &mut Piece| {
            piece.rows_read += 1;
            self.converter.reject(piece.lines, column, reason, cell_of, piece);
        };
        if split.is_err() || cells.len() > self.layout.width {
            self.name_other_rows(&text, split.is_ok().then_some(&*cells), piece);
        }
        if damaged {
            let is_line_break = |c: char| several && matches!(c, '\r' | '\n');
            let strange =
                |cell: &str| cell.chars().any(|c| (c.is_control() && !is_line_break(c)) || is_no_letter(c));
            let column = (0..self.layout.positions.len()).find(|at| cell_of(*at).is_some_and(strange));
            return reject(column, Reason::BadEncoding, piece);
        }
        if let Err(reason) = split {
            return reject(None, reason, piece);
        }
        if cells.all_empty(&text) {
            return reject(None, Reason::BlankLine, piece);
        }
        let unnamed = || (self.layout.named_width..cells.len()).all(|at| cells.cell(&text, at) == Some(""));
        if cells.len() < self.layout.width {
            let reason = if cells.len() == 1 { Reason::BrokenLine } else { Reason::MissingCell };
            return reject(None, reason, piece);
        }
        if cells.len() > self.layout.width || !unnamed() {
            return reject(None, Reason::ExtraCell, piece);
        }
        let mut row = [""; MOST_COLUMNS];
        for (at, cell) in row.iter_mut().enumerate().take(self.layout.positions.len()) {
            *cell = cell_of(at).unwrap_or("");
        }
        let row = &row[..self.layout.positions.len()];
        if several {
            let position = |at: usize| self.layout.positions[at];
            let broken = |at| position(at).is_some_and(|at| cells.spans_lines(&text, at));
            return self.read_lines(row, broken, piece);
        }
        self.converter.row(piece.lines, row, piece);
    }

    /// `cells` are those of the line, when it could be split.
    fn name_other_rows(&self, text: &str, cells: Option<&Cells>, piece: &mut Piece) {
        let around = |c: char| c == '"' || c.is_whitespace();
        let cells = match cells {
            Some(cells) => (0..cells.len()).filter_map(|at| cells.cell(text, at)).collect::<Vec<_>>(),
            None => text.split(char::from(self.separator)).map(|cell| cell.trim_matches(around)).collect(),
        };
        let (columns, keys) = self.converter.naming();
        let positions = columns.filter_map(|at| self.layout.positions[at]).collect::<Vec<_>>();
        let named = joined_rows::named(&cells, self.layout.width, &positions, keys).into_iter();
        if self.converter.table() == Table::CourseEquivalences {
            // With which other course is not known.
            piece
                .lost_keys
                .extend(named.map(|course| ([keys.get(course).to_owned(), String::new()], piece.lines)));
        } else {
            piece.named.extend(named.map(|enrolment| (enrolment, piece.lines)));
        }
    }

    /// A row with line breaks in its cells, used or not. `broken` tells of a column whether it has one.
    fn read_lines(&self, row: &[&str], broken: impl Fn(usize) -> bool, piece: &mut Piece) {
        let mut columns = self.converter.columns.iter().enumerate();
        if let Some((at, _)) = columns.find(|(at, column)| broken(*at) && !is_free_text(column)) {
            piece.rows_read += 1;
            let cell = |at: usize| row.get(at).copied();
            return self.converter.reject(piece.lines, Some(at), Reason::LineBreak, cell, piece);
        }
        let joined = row.iter().map(|cell| on_one_line(cell)).collect::<Vec<_>>();
        let cells = joined.iter().map(AsRef::as_ref).collect::<Vec<_>>();
        self.converter.row(piece.lines, &cells, piece);
    }

    /// Rejects every line of a record that may as well be several rows.
    fn refuse_lines(&self, lines: &[u8], cells: &mut Cells, piece: &mut Piece) {
        for (nth, line) in lines.split(|byte| *byte == b'\n').enumerate() {
            piece.lines += u32::from(nth > 0);
            piece.rows_read += 1;
            let (Ok(text) | Err(text)) = decode(without_line_end(line), self.encoding);
            // The cells before the stray mark are enough to name an enrolment.
            let _ = cells.split(&text, self.separator);
            let cell = |at: usize| self.layout.positions[at].and_then(|at| cells.cell(&text, at));
            self.converter.reject(piece.lines, None, Reason::StrayQuote, cell, piece);
        }
    }
}
