//! The header of a CSV file: where its columns stand, or why they are not to be found.
//!
//! A file whose header is not understood has one cause more often than many: another separator than
//! the pipeline's, or lines before the header. The cause is told in place of every column that is missing.

use super::encoding::{decode, has_control};
use super::header::{HeaderCell, Layout, count_columns, find_columns};
use super::record::{Cells, announced_separator, line_end, without_line_end};
use super::source::Source;
use crate::contract::Table;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::pipeline::{SEPARATORS, TableSettings, separator_in_words};

/// Lines among which a header is looked for that is not the first.
const LINES_TRIED: usize = 20;

pub struct Header {
    pub layout: Layout,
    pub separator: u8,
    /// Bytes and lines up to the first row.
    pub bytes: usize,
    pub lines: u32,
}

/// `block`: the beginning of the file, up to a line end.
pub fn read(
    block: &[u8],
    source: &Source,
    table: Table,
    settings: &TableSettings,
    name: &str,
) -> Result<Header, Diagnostics> {
    if block.is_empty() {
        return Err(empty(name).into());
    }
    source.check_beginning(block)?;
    let (mut from, mut to) = (source.mark, line_end(block, source.mark));
    let mut lines = 1;
    let mut separator = settings.dialect.separator;
    let mut notices = Vec::new();
    if let Some(announced) = announced_separator(without_line_end(&block[from..to])) {
        if announced == settings.dialect.decimal {
            let mark = char::from(announced);
            let message = format!(
                "`{mark}` is the separator by the first line `sep={mark}`, and the decimal mark by the pipeline"
            );
            return Err(Diagnostic::input(Place::line(name, 1, 1), message)
                .hint("correct the first line, or `decimal` of the table in the pipeline")
                .into());
        }
        if announced != separator {
            notices.push("the separator is the one that the first line `sep=` announces".to_owned());
        }
        separator = announced;
        (from, to) = (to, line_end(block, to));
        lines = 2;
    }
    let expected = Expected { table, settings, separator, name, line: lines };
    let mut layout = expected
        .layout(&block[from..to], source)
        .map_err(|problems| expected.cause(&block[from..], source).map_or(problems, Diagnostics::from))?;
    layout.notices.append(&mut notices);
    Ok(Header { layout, separator, bytes: to, lines: lines as u32 })
}

/// A header where it should stand.
struct Expected<'a> {
    table: Table,
    settings: &'a TableSettings,
    separator: u8,
    name: &'a str,
    line: usize,
}

impl Expected<'_> {
    fn layout(&self, line: &[u8], source: &Source) -> Result<Layout, Diagnostics> {
        let place = Place::line(self.name, self.line, 1);
        let text = decode(without_line_end(line), source.encoding()).map_err(|_| {
            Diagnostic::input(
                place.clone(),
                "the header holds bytes that are no letters in the file's encoding",
            )
            .hint("export the file as UTF-8, or name its encoding in the pipeline")
        })?;
        if text.trim().is_empty() {
            return Err(empty(self.name).into());
        }
        let header = header_cells(&text, self.separator).ok_or_else(|| {
            Diagnostic::input(
                place,
                "the header has a stray quotation mark, a control character, or letters encoded twice (`Ã¸`)",
            )
            .hint("the first line must hold the names of the columns")
        })?;
        find_columns(self.table, self.settings, &header, self.name, self.line)
    }

    /// What explains that the columns are not where they should be, when another line, or another
    /// separator, shows more of them. `lines` begin with the one that should be the header.
    fn cause(&self, lines: &[u8], source: &Source) -> Option<Diagnostic> {
        let lines = lines.split_inclusive(|byte| *byte == b'\n').take(LINES_TRIED).enumerate();
        let texts = lines.filter_map(|(below, line)| {
            Some((below, decode(without_line_end(line), source.encoding()).ok()?))
        });
        let mut here = 0;
        let mut best: Option<(usize, u8, usize)> = None;
        for (below, text) in texts {
            for separator in SEPARATORS {
                let Some(header) = header_cells(&text, separator) else { continue };
                let columns = count_columns(self.table, self.settings, &header);
                if below == 0 && separator == self.separator {
                    here = columns;
                }
                if columns > best.map_or(1, |(_, _, most)| most) {
                    best = Some((below, separator, columns));
                }
            }
        }
        let (below, separator, _) = best.filter(|(_, _, most)| *most > here)?;
        let (mut says, mut hints) = (Vec::new(), Vec::new());
        if below > 0 {
            says.push(format!("the header stands in line {}, below other lines", self.line + below));
            hints.push("remove the lines before the header".to_owned());
        }
        if separator != self.separator {
            let (found, wanted) = (separator_in_words(separator), separator_in_words(self.separator));
            says.push(format!("the cells of the header are separated by {found}, and {wanted} is expected"));
            hints.push(format!(
                "correct `separator` in [dialect], or write it under [tables.{}] for this file alone",
                self.table
            ));
        }
        let place = Place::line(self.name, self.line + below, 1);
        Some(Diagnostic::input(place, says.join("; ")).hint(hints.join("; ")))
    }
}

fn empty(name: &str) -> Diagnostic {
    Diagnostic::input(Place::line(name, 1, 1), "the file is empty; it needs at least a header")
        .hint("export it again; a table known to be empty may have a header alone")
}

/// `None` for a line that is no header.
fn header_cells(text: &str, separator: u8) -> Option<Vec<HeaderCell>> {
    let mut cells = Cells::default();
    if cells.split(text, separator).is_err() || has_control(text, separator) {
        return None;
    }
    let mut column = 1;
    let header = (0..cells.len()).map(|at| {
        let cell = HeaderCell { name: cells.cell(text, at).unwrap_or("").trim().to_owned(), column };
        column += cells.width(text, at) + 1;
        cell
    });
    Some(header.collect())
}
