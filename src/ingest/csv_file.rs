//! A CSV file to staged rows, in parallel pieces cut at line ends.
//!
//! The pieces never decide anything: lines are counted within a piece and shifted when the pieces
//! are put together in the order of the file.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use memchr::{memchr, memchr_iter};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::convert::{Converter, MOST_COLUMNS};
use super::csv_header;
use super::encoding::{decode, has_control, is_no_letter};
use super::header::Layout;
use super::joined_rows;
use super::plain::{Line, PlainLines};
use super::quoted_breaks::{self, Extent, Records, is_free_text, on_one_line};
use super::reason::Reason;
use super::record::{Cells, line_end, without_line_end};
use super::source;
use super::staged::{FileContent, Piece};
use crate::base::hexadecimal;
use crate::contract::Table;
use crate::diagnostics::Diagnostics;
use crate::pipeline::{Encoding, TableSettings};

/// Small enough to keep all cores busy and their caches warm, large enough not to matter.
const PART: usize = 1 << 19;

pub fn read(path: &Path, converter: &Converter) -> Result<FileContent, Diagnostics> {
    let (table, settings) = (converter.table(), converter.settings);
    let name = path.display().to_string();
    let unreadable = |error| source::unreadable(path, error);
    let mut source = source::open(path, &settings.dialect.encodings)?;
    let mut hasher = Sha256::new();
    let scratch = Scratch::default();
    let mut total = converter.total();
    let (mut block, mut following) = (Vec::new(), Vec::new());
    let mut ready: Vec<Piece> = Vec::new();
    source.blocks.next_block(&mut block).map_err(unreadable)?;
    let mut consumed = block.len() as u64;
    source.decide(&block, Some(consumed))?;
    let header = csv_header::read(&block, &source, table, settings, &name)?;
    total.lines = header.lines;
    let (layout, separator) = (header.layout, header.separator);
    let mut body = header.bytes;
    let mut ended = true;
    while !block.is_empty() {
        ended = block.ends_with(b"\n");
        let encoding = source.encoding();
        let records = settings.dialect.quoted_line_breaks.then_some(Records {
            separator,
            encoding,
            width: layout.width,
            most: quoted_breaks::MOST,
        });
        let parts = match &records {
            None => cut(&block[body..]),
            Some(records) => {
                consumed -= block.len() as u64;
                let parts = records.take(&mut source.blocks, &mut block, body, PART).map_err(unreadable)?;
                consumed += block.len() as u64;
                parts.into_iter().map(|part| &block[part]).collect()
            }
        };
        let plain = PlainLines::new(converter, &layout, separator, encoding);
        let layout = &layout;
        let reader = Lines { converter, layout, plain, records, encoding, separator, scratch: &scratch };
        let keep = || ready.drain(..).for_each(|piece| total.append(piece));
        let undecided = source.is_undecided();
        let read = || {
            source.blocks.next_block(&mut following)?;
            Ok(undecided && !following.is_ascii())
        };
        // While this block is hashed and converted, the rows of the one before are put where they are
        // kept, and the next is read.
        let ((to_decide, ()), ((), pieces)) = rayon::join(
            || rayon::join(read, keep),
            || {
                rayon::join(
                    || hasher.update(&block),
                    || parts.into_par_iter().map(|part| reader.read(part)).collect::<Vec<_>>(),
                )
            },
        );
        let to_decide = to_decide.map_err(unreadable)?;
        ready = pieces;
        // Only the first block has a header before its body.
        if let Some(first) = ready.first().filter(|_| body > 0) {
            total.rows.make_room(&first.rows, (source.bytes / PART as u64 + 1) as usize);
        }
        std::mem::swap(&mut block, &mut following);
        consumed += block.len() as u64;
        if to_decide {
            source.decide(&block, Some(consumed))?;
        }
        body = 0;
    }
    ready.into_iter().for_each(|piece| total.append(piece));
    let encoding = source.encoding_name();
    let mut notices = source.notices;
    notices.extend(layout.notices);
    if !ended {
        notices.push("the last line has no line end; check that the export was not cut off".to_owned());
    }
    let sha256 = source.sha256.unwrap_or_else(|| hexadecimal(&hasher.finalize()));
    Ok(FileContent { piece: total, bytes: source.bytes, sha256, encoding, notices })
}

/// Reads the header alone.
pub fn check(path: &Path, table: Table, settings: &TableSettings) -> Result<(), Diagnostics> {
    let name = path.display().to_string();
    let mut source = source::open(path, &settings.dialect.encodings)?;
    let mut block = Vec::new();
    source.blocks.resize(1 << 20);
    source.blocks.next_block(&mut block).map_err(|error| source::unreadable(path, error))?;
    source.decide(&block, None)?;
    csv_header::read(&block, &source, table, settings, &name).map(|_| ())
}

/// Parts of at least [`PART`] bytes, but for the last, that end at line ends.
fn cut(body: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let mut rest = body;
    while !rest.is_empty() {
        let least = PART.min(rest.len());
        let end = memchr(b'\n', &rest[least - 1..]).map_or(rest.len(), |end| least + end);
        let (part, after) = rest.split_at(end);
        parts.push(part);
        rest = after;
    }
    parts
}

/// Reads lines of one file.
struct Lines<'a> {
    converter: &'a Converter<'a>,
    layout: &'a Layout,
    plain: Option<PlainLines<'a>>,
    /// When records may have several lines.
    records: Option<Records>,
    encoding: Encoding,
    separator: u8,
    scratch: &'a Scratch,
}

/// Room for the records of a part, handed from part to part.
type Scratch = Mutex<Vec<Vec<u32>>>;

impl Lines<'_> {
    fn read(&self, part: &[u8]) -> Piece {
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
        let named = joined_rows::named(&cells, self.layout.width, &positions, keys);
        if self.converter.table() == Table::CourseEquivalences {
            // With which other course is not known.
            piece
                .lost_keys
                .extend(named.into_iter().map(|course| [keys.get(course).to_owned(), String::new()]));
        } else {
            piece.named.extend(named);
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
