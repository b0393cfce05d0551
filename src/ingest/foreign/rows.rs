//! Frames to staged rows.

use std::borrow::Cow;
use std::fs::File;
use std::ops::Range;
use std::path::Path;

use arrow::record_batch::RecordBatch;
use rayon::prelude::*;

use super::arrays;
use super::column::{BATCH, Column};
use super::frame::{Batch, Frame, RowMark};
use super::plain_rows::PlainRows;
use super::source::Frames;
use super::{Request, typed};
use crate::base::sha256_of;
use crate::contract::Table;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::ingest::convert::{Converter, MOST_COLUMNS};
use crate::ingest::encoding::has_control;
use crate::ingest::header::{HeaderCell, Layout, count_columns, find_columns};
use crate::ingest::quoted_breaks::{self, is_free_text, on_one_line};
use crate::ingest::reason::Reason;
use crate::ingest::report::Format;
use crate::ingest::staged::{FileContent, Piece, Rejection};
use crate::pipeline::TableSettings;

const PART: usize = 1 << 13;

/// The header alone, and the row it stands in.
fn header(program: Option<&Path>, request: &Request) -> Result<(u32, Vec<HeaderCell>), Diagnostic> {
    let request = Request { columns: None, ..request.clone() };
    let next = Frames::open(program, &request).and_then(|mut frames| frames.next());
    match next.map_err(|problem| unreadable(&request, &problem))? {
        Frame::Header { line, cells } => Ok((line, cells)),
        _ => Err(unreadable(&request, "it has no header")),
    }
}

/// Reads the header and finds the columns.
pub fn check(
    program: Option<&Path>,
    request: &Request,
    table: Table,
    settings: &TableSettings,
) -> Result<Layout, Diagnostics> {
    let (line, cells) = header(program, request)?;
    let name = request.path.display().to_string();
    find_columns(table, settings, &cells, &name, line as usize).map_err(|problems| {
        // What keeps the other rows from being read was no hindrance to the first one.
        let rows = headers(program, request).unwrap_or_default();
        let named = |cells: &[HeaderCell]| count_columns(table, settings, cells);
        below_others(&rows, &name, named).map_or(problems, Diagnostics::from)
    })
}

/// The first rows of a workbook, any of which may be the header; the header of a Parquet file.
pub fn headers(program: Option<&Path>, request: &Request) -> Result<Vec<(u32, Vec<HeaderCell>)>, Diagnostic> {
    let request = Request { columns: None, ..request.clone() };
    let refused = |problem: String| unreadable(&request, &problem);
    let mut frames = Frames::open(program, &request).map_err(refused)?;
    let mut rows = Vec::new();
    while request.format == Format::Xlsx || rows.is_empty() {
        let Frame::Header { line, cells } = frames.next().map_err(refused)? else { break };
        rows.push((line, cells));
    }
    Ok(rows)
}

/// The cause where a row below the first names more columns, by this count of them: a title.
pub fn below_others(
    rows: &[(u32, Vec<HeaderCell>)],
    file: &str,
    named: impl Fn(&[HeaderCell]) -> usize,
) -> Option<Diagnostic> {
    let count = |row: &(u32, Vec<HeaderCell>)| named(&row.1);
    let here = rows.first().map(count)?.max(1);
    let best = rows.iter().rev().max_by_key(|row| count(row)).filter(|row| count(row) > here)?;
    let message = format!("the header stands in row {}, below other rows", best.0);
    let place = Place::line(file, best.0 as usize, 1);
    Some(Diagnostic::input(place, message).hint("remove the rows before the header"))
}

/// Reads the rows; `layout` is what [`check`] has found.
pub fn read(
    program: Option<&Path>,
    request: &Request,
    layout: &Layout,
    converter: &Converter,
) -> Result<FileContent, Diagnostics> {
    // Only the used columns are sent; they keep the order of the file.
    let mut used = layout.positions.iter().flatten().copied().collect::<Vec<_>>();
    used.sort_unstable();
    used.dedup();
    let sent = used.len();
    let position = |position: &Option<usize>| position.and_then(|wanted| used.binary_search(&wanted).ok());
    let positions = layout.positions.iter().map(position).collect::<Vec<_>>();
    let request = Request { columns: Some(used), ..request.clone() };
    let refused = |problem: String| Diagnostics::from(unreadable(&request, &problem));
    let mut frames = Frames::open(program, &request).map_err(refused)?;
    let (bytes, sha256) = digest(&request)?;
    let reader = Reader { converter, positions: &positions, typed: request.format == Format::Xlsx };
    let name = request.path.display().to_string();
    let mut total = converter.total();
    let mut received = 0_u64;
    let mut ready: Vec<Piece> = Vec::new();
    loop {
        let batch = match frames.next().map_err(refused)? {
            Frame::Header { line, cells } if received == 0 => {
                let again =
                    find_columns(converter.table(), converter.settings, &cells, &name, line as usize)?;
                if again.positions != layout.positions {
                    return Err(refused("it has changed since its header was read".to_owned()));
                }
                continue;
            }
            Frame::Batch(batch) if batch.columns.len() == sent => batch,
            Frame::End { rows } if rows == received => break,
            _ => return Err(refused("its reader lost rows".to_owned())),
        };
        received += batch.lines.len() as u64;
        // The rows of the batch before are put where they are kept while those of this one are converted.
        let keep = || ready.drain(..).for_each(|piece| total.append(piece));
        ready = rayon::join(keep, || reader.rows(&batch)).1;
    }
    ready.into_iter().for_each(|piece| total.append(piece));
    let (notices, doubts) = (layout.notices.clone(), layout.doubts.clone());
    Ok(FileContent { piece: total, bytes, sha256, encoding: "", notices, doubts })
}

/// Reads a table that is in memory; it has neither bytes nor a digest.
pub fn read_batch(
    path: &Path,
    batch: &RecordBatch,
    converter: &Converter,
) -> Result<FileContent, Diagnostics> {
    let layout = check_batch(path, batch, converter.table(), converter.settings)?;
    let used = layout.positions.iter().flatten().copied().collect::<Vec<_>>();
    let mut nth = 0..used.len();
    let positions =
        layout.positions.iter().map(|position| position.and_then(|_| nth.next())).collect::<Vec<_>>();
    let reader = Reader { converter, positions: &positions, typed: false };
    let mut total = converter.total();
    // Once without rows too: whether its columns can be read does not depend on them.
    for first in (0..batch.num_rows().max(1)).step_by(BATCH) {
        let count = BATCH.min(batch.num_rows() - first);
        let column = |position: &usize| {
            arrays::column(&batch.column(*position).slice(first, count)).map_err(|reason| {
                let message = format!("its column {} cannot be read: {reason}", position + 1);
                Diagnostic::input(Place::file(path.display().to_string()), message)
            })
        };
        let columns = used.iter().map(column).collect::<Result<Vec<_>, _>>()?;
        let lines = (first + 1..=first + count).map(|line| line as u32).collect();
        let batch = Batch { lines, marks: vec![RowMark::Row; count], columns };
        reader.rows(&batch).into_iter().for_each(|piece| total.append(piece));
    }
    let (bytes, sha256) = (0, String::new());
    let Layout { notices, doubts, .. } = layout;
    Ok(FileContent { piece: total, bytes, sha256, encoding: "", notices, doubts })
}

/// Finds the columns of a table that is in memory.
pub fn check_batch(
    path: &Path,
    batch: &RecordBatch,
    table: Table,
    settings: &TableSettings,
) -> Result<Layout, Diagnostics> {
    let schema = batch.schema();
    let fields = schema.fields().iter().enumerate();
    let cells = fields.map(|(at, field)| HeaderCell { name: field.name().trim().to_owned(), column: at + 1 });
    find_columns(table, settings, &cells.collect::<Vec<_>>(), &path.display().to_string(), 1)
}

pub struct Reader<'a> {
    pub converter: &'a Converter<'a>,
    /// Per contract column its place among the columns that are sent.
    pub positions: &'a [Option<usize>],
    /// The cells say of what kind they are.
    pub typed: bool,
}

impl Reader<'_> {
    /// Lines are those of the file, so a piece takes up none.
    fn rows(&self, batch: &Batch) -> Vec<Piece> {
        // A workbook's cells say of what kind they are, which only the slow way understands.
        let plain = (!self.typed).then(|| PlainRows::new(self.converter, self.positions, batch));
        let count = batch.lines.len();
        let part = |first: usize| {
            let mut piece = self.read(batch, plain.as_ref(), first..count.min(first + PART));
            self.converter.close(&mut piece);
            piece
        };
        let firsts = (0..count).step_by(PART).collect::<Vec<_>>();
        firsts.into_par_iter().map(part).collect()
    }

    pub fn read(&self, batch: &Batch, plain: Option<&PlainRows>, rows: Range<usize>) -> Piece {
        let mut piece = Piece::new(self.converter.table());
        let columns = self.positions.iter().map(|position| position.and_then(|at| batch.columns.get(at)));
        let columns = columns.collect::<Vec<_>>();
        let slow = |row: usize, piece: &mut Piece| {
            self.row(batch.lines[row], batch.marks[row], &columns, row, piece)
        };
        match plain {
            Some(plain) => plain.read(rows, &mut piece, slow),
            None => rows.for_each(|row| slow(row, &mut piece)),
        }
        piece
    }

    fn row(&self, line: u32, mark: RowMark, columns: &[Option<&Column>], row: usize, piece: &mut Piece) {
        let kinds = self.converter.table().columns();
        let mut dressed = [const { Cow::Borrowed("") }; MOST_COLUMNS];
        let mut repairs = Vec::new();
        let mut wrong = None;
        for (at, column) in columns.iter().enumerate() {
            let Some(column) = column else { continue };
            let sent = match column {
                Column::Words(words) if self.typed => words.text(row),
                column => {
                    dressed[at] = column.text(row);
                    continue;
                }
            };
            match typed::cell(kinds[at].kind, sent, self.converter.dialect) {
                Ok((text, repair)) => {
                    dressed[at] = text;
                    repairs.extend(repair.map(|reason| (at, reason)));
                }
                Err(reason) => wrong = wrong.or(Some((at, reason))),
            }
        }
        for (text, column) in dressed.iter_mut().zip(kinds) {
            if text.contains('\n') && is_free_text(column) {
                *text = Cow::Owned(on_one_line(text).into_owned());
            }
        }
        let mut cells = [""; MOST_COLUMNS];
        for (cell, text) in cells.iter_mut().zip(&dressed) {
            *cell = text.trim();
        }
        let cells = &cells[..columns.len()];
        let damaged = cells.iter().position(|cell| has_control(cell, 0x20));
        let reject = |column, reason, piece: &mut Piece| {
            piece.rows_read += 1;
            self.converter.reject(line, column, reason, |at| cells.get(at).copied(), piece);
        };
        if mark == RowMark::ExtraCell {
            reject(None, Reason::ExtraCell, piece);
        } else if let Some((at, reason)) = wrong {
            reject(Some(at), reason, piece);
        } else if let Some(at) = damaged {
            let on_its_lines = quoted_breaks::has_control(cells[at], 0x20);
            reject(Some(at), if on_its_lines { Reason::BadEncoding } else { Reason::LineBreak }, piece);
        } else if mark == RowMark::Blank || cells.iter().all(|cell| cell.is_empty()) {
            reject(None, Reason::BlankLine, piece);
        } else {
            let before = piece.rejections.len();
            self.converter.row(line, cells, piece);
            if piece.rejections[before..].iter().all(|rejection| rejection.repaired) {
                let listed =
                    |(at, reason): (usize, Reason)| self.converter.repaired(line, at, reason, cells[at]);
                piece.rejections.extend(repairs.into_iter().map(listed).collect::<Vec<Rejection>>());
            }
        }
    }
}

pub fn unreadable(request: &Request, problem: &str) -> Diagnostic {
    let (format, hint) = match request.format {
        Format::Parquet => ("Parquet", "export it again, or use CSV"),
        _ => ("a workbook (XLSX)", "export it again, name a sheet that is there, or use CSV"),
    };
    let message = format!("the file cannot be read as {format}: {problem}");
    Diagnostic::input(Place::file(request.path.display().to_string()), message).hint(hint)
}

fn digest(request: &Request) -> Result<(u64, String), Diagnostic> {
    let failed = |error: std::io::Error| unreadable(request, &error.to_string());
    sha256_of(File::open(&request.path).map_err(failed)?).map_err(failed)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, StringArray};
    use parquet::arrow::ArrowWriter;

    use super::*;
    use crate::ingest::convert::Keys;
    use crate::pipeline::Dialect;
    use crate::student::result_codes::ResultCodes;

    /// A file whose rows all name what nobody knows, with its columns in this order.
    fn file(columns: [&str; 3]) -> tempfile::NamedTempFile {
        let cells: ArrayRef = Arc::new(StringArray::from(vec!["2027-03-01"]));
        let batch = RecordBatch::try_from_iter(columns.map(|name| (name, cells.clone()))).expect("columns");
        let path = tempfile::NamedTempFile::new().expect("a scratch file");
        let mut writer =
            ArrowWriter::try_new(path.reopen().expect("writable"), batch.schema(), None).expect("a writer");
        writer.write(&batch).expect("writable");
        writer.close().expect("closable");
        path
    }

    #[test]
    fn a_file_whose_columns_have_moved_since_its_header_was_read_is_refused() {
        let table = Table::EarlyStarts;
        let columns = table.columns().len();
        let settings = TableSettings {
            file: None,
            sheet: None,
            declared_empty: false,
            dialect: Dialect::plain(),
            headers: vec![None; columns],
            words: vec![Vec::new(); columns],
        };
        let (keys, codes) = (Keys::default(), ResultCodes::default());
        let converter = Converter::new(table, &settings.dialect, &settings, &keys, &codes);
        let request = |file: &tempfile::NamedTempFile| Request {
            format: Format::Parquet,
            path: file.path().to_owned(),
            sheet: None,
            table: table.name().to_owned(),
            columns: None,
        };
        let before = file(["enrolment_id", "course_code", "exam_date"]);
        let after = file(["course_code", "enrolment_id", "exam_date"]);
        let layout = check(None, &request(&before), table, &settings).expect("its columns are there");
        let read = |file| read(None, &request(file), &layout, &converter);
        assert_eq!(read(&before).map(|content| content.piece.rows_read).ok(), Some(1));
        let problems = read(&after).err().map(|problems| problems.to_string()).unwrap_or_default();
        assert!(problems.contains("has changed since its header was read"), "{problems}");
    }
}
