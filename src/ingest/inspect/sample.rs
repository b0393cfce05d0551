//! The beginning of a file as cells: its encoding and its separator.

use std::cmp::Ordering;
use std::path::Path;

use memchr::{memchr, memchr_iter};

use crate::base::counted;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::ingest::encoding::{decode, has_control};
use crate::ingest::foreign;
use crate::ingest::header::HeaderCell;
use crate::ingest::quoted_breaks::{self, Extent, Records};
use crate::ingest::record::{Cells, announced_separator, without_line_end};
use crate::ingest::report::Format;
use crate::ingest::source;
use crate::pipeline::{Encoding, SEPARATORS, separator_in_words};

use super::mapping::Known;

/// Bytes of the file that are looked at, up to a line end.
const LOOKED_AT: usize = 8 << 20;
/// Rows of these at most.
pub const MOST_ROWS: usize = 200_000;
/// Lines by which separators are compared.
const TRIED: usize = 10_000;

#[derive(Default)]
pub struct Sample {
    pub format: Option<Format>,
    /// Of a workbook that has several.
    pub sheet: Option<String>,
    pub header: Vec<String>,
    /// Line and cells, of rows as wide as the header.
    pub rows: Vec<(u32, Vec<String>)>,
    pub separator: Option<u8>,
    /// Records of several lines, which the pipeline must allow.
    pub line_breaks: bool,
    /// As the pipeline names it; `None` where the file says it itself.
    pub encoding: Option<&'static str>,
    pub notes: Vec<String>,
}

/// One for each sheet of a workbook.
pub fn take(path: &Path, program: Option<&Path>, known: &Known) -> Vec<Result<Sample, Diagnostics>> {
    if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("~$")) {
        let message = "this is no export: a spreadsheet program has the workbook of this name open";
        return vec![Err(Diagnostic::input(Place::file(path.display().to_string()), message)
            .hint("close the workbook, or leave this file out")
            .into())];
    }
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    match ending.as_deref() {
        Some("parquet") => vec![foreign_header(path, Format::Parquet, None, program, known)],
        Some("xlsx" | "xlsm") => {
            let sheets = match foreign::sheets(program, path) {
                Ok(sheets) => sheets,
                Err(problem) => return vec![Err(problem.into())],
            };
            let several = sheets.len() > 1;
            let sample = |sheet: String| {
                let found = foreign_header(path, Format::Xlsx, Some(sheet.clone()), program, known)?;
                Ok(Sample { sheet: several.then_some(sheet), ..found })
            };
            if sheets.is_empty() {
                let message = "the workbook has no visible sheet with content";
                return vec![Err(Diagnostic::input(Place::file(path.display().to_string()), message).into())];
            }
            sheets.into_iter().map(sample).collect()
        }
        _ => vec![text(path, known)],
    }
}

/// Numbers and dates of workbooks and Parquet have types; their header and their code words need a proposal.
fn foreign_header(
    path: &Path,
    format: Format,
    sheet: Option<String>,
    program: Option<&Path>,
    known: &Known,
) -> Result<Sample, Diagnostics> {
    let rows = foreign::headers(program, &foreign_request(path, format, sheet, None))?;
    let names = |cells: &[HeaderCell]| cells.iter().map(|cell| cell.name.clone()).collect::<Vec<_>>();
    let named = |cells: &[HeaderCell]| known.recognised(&names(cells));
    if let Some(problem) = foreign::below_others(&rows, &path.display().to_string(), named) {
        return Err(problem.into());
    }
    let (line, header) = rows.first().map(|(line, cells)| (*line, names(cells))).unwrap_or_default();
    let notes = vec![format!("{}: the header stands in row {line}", format.name())];
    Ok(Sample { format: Some(format), header, notes, ..Sample::default() })
}

fn foreign_request(
    path: &Path,
    format: Format,
    sheet: Option<String>,
    columns: Option<Vec<usize>>,
) -> foreign::Request {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    foreign::Request { format, path: path.to_owned(), sheet, table: stem, columns }
}

impl Sample {
    /// Reads some columns of a workbook or of Parquet; the cells of all others stay empty.
    pub fn read_columns(
        &mut self,
        path: &Path,
        program: Option<&Path>,
        mut columns: Vec<usize>,
    ) -> Result<(), Diagnostics> {
        let Some(format) = self.format.filter(|format| *format != Format::Csv) else { return Ok(()) };
        columns.sort_unstable();
        let Some(last) = columns.last().copied() else { return Ok(()) };
        let request = foreign_request(path, format, self.sheet.clone(), Some(columns.clone()));
        for (line, found) in foreign::words(program, &request, MOST_ROWS)? {
            let mut cells = vec![String::new(); last + 1];
            for (at, text) in columns.iter().zip(found) {
                cells[*at] = text;
            }
            self.rows.push((line, cells));
        }
        Ok(())
    }
}

fn text(path: &Path, known: &Known) -> Result<Sample, Diagnostics> {
    let place = || Place::file(path.display().to_string());
    let mut source = source::open(path, &[Encoding::Utf8, Encoding::Windows1252])?;
    let mut block = Vec::new();
    source.blocks.resize(LOOKED_AT);
    source.blocks.next_block(&mut block).map_err(|error| source::unreadable(path, error))?;
    if block.is_empty() {
        return Err(Diagnostic::input(place(), "the file is empty").into());
    }
    source.check_beginning(&block)?;
    source.decide(&block, Some(block.len() as u64))?;
    let body = &block[source.mark..];
    let mut sample = Sample { format: Some(Format::Csv), ..Sample::default() };
    let mut lines = body.split_inclusive(|byte| *byte == b'\n').map(without_line_end).peekable();
    let announced = lines.peek().and_then(|line| announced_separator(line));
    let first = if announced.is_some() { 2 } else { 1 };
    if announced.is_some() {
        lines.next();
    }
    let mut damaged = Vec::new();
    let mut texts = Vec::new();
    for (at, line) in lines.enumerate().take(MOST_ROWS + 1) {
        match decode(line, source.encoding()) {
            Ok(text) => texts.push((at as u32 + first, text)),
            Err(_) => damaged.push(at as u32 + first),
        }
    }
    describe_encoding(&mut sample, &source, body, &damaged);
    let (separator, cells) = choose_separator(&texts, announced, known, &mut sample)
        .map_err(|message| Diagnostic::input(place(), message).hint("is it a CSV file with a header?"))?;
    sample.separator = Some(separator);
    sample.header = cells;
    let records = Records {
        separator,
        encoding: source.encoding(),
        width: sample.header.len(),
        most: quoted_breaks::MOST,
    };
    let several = lines_of_records(body, first, &records);
    if let [(first, _), ..] = several[..] {
        sample.line_breaks = true;
        sample.notes.push(format!(
            "{} over several lines inside quotation marks (first: line {first})",
            counted(several.len(), "row goes", "rows go")
        ));
    }
    let mut split = Cells::default();
    let mut ragged = Vec::new();
    for (line, text) in texts.iter().skip(1) {
        if several.binary_search_by(|(from, to)| order(*from, *to, *line)).is_ok() {
            continue;
        }
        let whole = split.split(text, separator).is_ok() && split.len() == sample.header.len();
        if !whole || has_control(text, separator) {
            ragged.push(*line);
        } else {
            let cells = (0..split.len()).map(|at| split.cell(text, at).unwrap_or("").to_owned());
            sample.rows.push((*line, cells.collect()));
        }
    }
    if let [first, ..] = ragged[..] {
        let lines = counted(
            ragged.len(),
            "line does not fit the header; a run would reject it",
            "lines do not fit the header; a run would reject them",
        );
        sample.notes.push(format!("{lines} (first: line {first})"));
    }
    Ok(sample)
}

/// First and last line of every record of several lines.
fn lines_of_records(body: &[u8], header: u32, records: &Records) -> Vec<(u32, u32)> {
    let (mut found, mut at, mut line) = (Vec::new(), 0, 1);
    while at < body.len() && line as usize <= MOST_ROWS {
        let next = memchr(b'\n', &body[at..]).map_or(body.len(), |end| at + end + 1);
        let end = match records.extent(body, at) {
            Extent::Record(end) if line > header => end,
            _ => next,
        };
        let last = line + memchr_iter(b'\n', without_line_end(&body[at..end])).count() as u32;
        if last > line {
            found.push((line, last));
        }
        (at, line) = (end, last + 1);
    }
    found
}

fn order(from: u32, to: u32, line: u32) -> Ordering {
    match line {
        _ if to < line => Ordering::Less,
        _ if from > line => Ordering::Greater,
        _ => Ordering::Equal,
    }
}

fn describe_encoding(sample: &mut Sample, source: &source::Source, body: &[u8], damaged: &[u32]) {
    let note = match source.encoding_name() {
        "windows-1252" => {
            sample.encoding = Some("windows-1252");
            "windows-1252: it holds letters that are no UTF-8, and none that are".to_owned()
        }
        "utf-8" if body.is_ascii() => {
            "letters of ASCII only: utf-8 and windows-1252 read them alike".to_owned()
        }
        "utf-8" => {
            sample.encoding = Some("utf-8");
            "utf-8: it holds letters that only UTF-8 has".to_owned()
        }
        other => format!("{other}: its first bytes say so, whatever the pipeline names"),
    };
    sample.notes.push(note);
    if let [first, ..] = damaged {
        let lines = counted(damaged.len(), "line holds", "lines hold");
        sample.notes.push(format!("{lines} bytes that are no letters (first: line {first})"));
    }
}

/// The separator by which the header and most lines fall into equally many cells.
fn choose_separator(
    texts: &[(u32, std::borrow::Cow<str>)],
    announced: Option<u8>,
    known: &Known,
    sample: &mut Sample,
) -> Result<(u8, Vec<String>), String> {
    let Some((_, header)) = texts.first() else { return Err("the file has no header".to_owned()) };
    let mut cells = Cells::default();
    let mut fits: Vec<(usize, u8, Vec<String>, usize)> = Vec::new();
    let lines = texts.len().min(TRIED) - 1;
    for separator in SEPARATORS {
        if cells.split(header, separator).is_err() || cells.len() < 2 {
            continue;
        }
        let names =
            (0..cells.len()).map(|at| cells.cell(header, at).unwrap_or("").to_owned()).collect::<Vec<_>>();
        let alike = |(_, text): &&(u32, std::borrow::Cow<str>)| {
            cells.split(text, separator).is_ok() && cells.len() == names.len()
        };
        let alike = texts.iter().skip(1).take(TRIED - 1).filter(alike).count();
        if alike * 10 >= lines * 9 {
            fits.push((known.recognised(&names), separator, names, alike));
        }
    }
    fits.sort_by_key(|(recognised, ..)| std::cmp::Reverse(*recognised));
    if let Some(announced) = announced {
        fits.retain(|(_, separator, ..)| *separator == announced);
    }
    match &fits[..] {
        [] => Err("no separator splits header and lines into equally many cells".to_owned()),
        [(best, first, ..), (next, second, ..), ..] if best == next => Err(format!(
            "{} and {} both split the file evenly, and neither header is known",
            separator_in_words(*first),
            separator_in_words(*second)
        )),
        [(_, separator, names, alike), ..] => {
            let width = names.len();
            let why = if announced.is_some() { "the first line `sep=` says so, and it" } else { "it" };
            sample.notes.push(format!(
                "separator {}: {why} splits {alike} of {lines} lines into {width} cells",
                separator_in_words(*separator)
            ));
            Ok((*separator, names.clone()))
        }
    }
}
