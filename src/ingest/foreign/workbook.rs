//! The cells of one sheet of a workbook, as texts that say what they were.
//!
//! Cells are read one after the other. The size that a sheet declares is never used: five kilobytes
//! can declare sixteen thousand million cells.
//!
//! A cell is sent as one letter and a text: `t` a text, `n` a number, `d` a date, `b` a truth value,
//! `e` an error value or a time of day. A number that may be a date in disguise carries that date
//! after a tab, for only the workbook knows from which year it counts.

use std::collections::HashSet;
use std::fs::File;
use std::io::BufReader;

use calamine::{DataRef, ExcelDateTime, ExcelDateTimeType, Reader, SheetType, SheetVisible, Xlsx};

use super::cells::Cells;
use super::frame::{Frame, RowMark};
use super::turned_dates::TurnedDates;
use super::{Emit, Request, Stopped, container};
use crate::ingest::header::HeaderCell;
use crate::ingest::masking::shown as masked;

/// Far above a full sheet of the widest table.
const MOST_CELLS: u64 = 20_000_000;
/// Rows among which a header is looked for that is not the first.
const ROWS_TRIED: u32 = 20;
/// What a sheet can hold.
const MOST_ROWS: u32 = 1 << 20;
const MOST_COLUMNS: u32 = 1 << 14;
/// Days since the epoch of the workbook that are dates of five digits: 1927 to 2173.
const SERIAL_DAYS: std::ops::RangeInclusive<i64> = 10_000..=99_999;

const EMPTY: &str = "its sheet is empty; it needs at least a header";

type Workbook = Xlsx<BufReader<File>>;

pub fn read(request: &Request, emit: Emit) -> Result<(), Stopped> {
    container::check(&request.path)?;
    let file = File::open(&request.path).map_err(|error| error.to_string())?;
    let mut workbook = Xlsx::new(BufReader::new(file)).map_err(|_| "its content is damaged")?;
    if request.table.is_empty() {
        return list(&mut workbook, emit);
    }
    let sheet = choose(&mut workbook, request)?;
    let counts_from_1904 = workbook.has_1904_epoch();
    let computed = formulas(&mut workbook, &sheet)?;
    let mut reader = workbook.worksheet_cells_reader(&sheet).map_err(|_| "its sheet is damaged")?;
    let mut sent = Sheet { counts_from_1904, ..Sheet::default() };
    let mut last = None;
    let mut cells = 0_u64;
    while let Some(cell) = reader.next_cell().map_err(|_| "its sheet is damaged")? {
        let (row, column) = cell.get_position();
        if row >= MOST_ROWS || column >= MOST_COLUMNS {
            return Err(Stopped::from("a cell of it lies outside what a sheet can hold"));
        }
        if last.is_some_and(|last| (row, column) <= last) {
            return Err(Stopped::from("its cells are not in their order"));
        }
        last = Some((row, column));
        cells += 1;
        if cells > MOST_CELLS {
            return Err(Stopped::from("it has more cells than any export"));
        }
        let text = match cell.get_value() {
            DataRef::Empty if computed.contains(&(row, column)) => "e".to_owned(),
            value => sent.text(value),
        };
        if !text.is_empty() {
            sent.cell(row, column as usize, text, request, emit)?;
            if sent.header_is_enough(request) {
                return emit(Frame::End { rows: 0 });
            }
        }
    }
    sent.end(request, emit)
}

/// Where formulas stand. One without a stored value was written by a program that does not compute, and what it
/// would give is not known; one that gives an empty text has that stored.
fn formulas(workbook: &mut Workbook, sheet: &str) -> Result<HashSet<(u32, u32)>, Stopped> {
    let mut reader = workbook.worksheet_cells_reader(sheet).map_err(|_| "its sheet is damaged")?;
    let mut found = HashSet::new();
    // What is wrong with the sheet is told when its cells are read.
    while let Ok(Some(cell)) = reader.next_formula() {
        if !cell.get_value().is_empty() && (found.len() as u64) < MOST_CELLS {
            found.insert(cell.get_position());
        }
    }
    Ok(found)
}

/// The names of the sheets that are shown, and of the hidden ones.
fn sheets(workbook: &Workbook) -> (Vec<String>, Vec<String>) {
    let sheets = workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let (mut shown, mut hidden) = (Vec::new(), Vec::new());
    for sheet in sheets {
        let visible = sheet.visible == SheetVisible::Visible;
        if visible { &mut shown } else { &mut hidden }.push(sheet.name.clone());
    }
    (shown, hidden)
}

/// The sheet that the pipeline names, the one named like the table, or the only one with content; of the last
/// two only what is shown, and a hidden sheet named like the table is not passed over.
fn choose(workbook: &mut Workbook, request: &Request) -> Result<String, String> {
    let (shown, hidden) = sheets(workbook);
    if let Some(wanted) = &request.sheet {
        let all: Vec<String> = shown.into_iter().chain(hidden).collect();
        let there: Vec<String> =
            all.iter().take(10).map(|name| format!("`{}`", masked(name, false))).collect();
        let found = all.into_iter().find(|name| name == wanted);
        return found.ok_or_else(|| format!("it has no sheet `{wanted}`; it has {}", there.join(", ")));
    }
    let named = |name: &&String| name.eq_ignore_ascii_case(&request.table);
    if let Some(named) = shown.iter().find(named) {
        return Ok(named.clone());
    }
    if let Some(named) = hidden.iter().find(named) {
        return Err(format!(
            "its sheet {named} is hidden; show it, or name the one to read: [tables.{}] sheet = \"...\"",
            request.table
        ));
    }
    match &filled(workbook, shown)?[..] {
        [one] => Ok(one.clone()),
        [] => Err("it has no visible sheet with content".to_owned()),
        more => Err(format!(
            "it has {} sheets with content; name one: [tables.{}] sheet = \"...\"",
            more.len(),
            request.table
        )),
    }
}

/// Those that have content.
fn filled(workbook: &mut Workbook, names: Vec<String>) -> Result<Vec<String>, String> {
    let mut filled = Vec::new();
    for name in names {
        let mut reader = workbook.worksheet_cells_reader(&name).map_err(|_| "its sheet is damaged")?;
        while let Some(cell) = reader.next_cell().map_err(|_| "its sheet is damaged")? {
            if *cell.get_value() != DataRef::Empty {
                filled.push(name);
                break;
            }
        }
    }
    Ok(filled)
}

/// Sends the names of the visible sheets with content, as a header of line 0.
fn list(workbook: &mut Workbook, emit: Emit) -> Result<(), Stopped> {
    let (shown, _) = sheets(workbook);
    let names = filled(workbook, shown)?.into_iter().enumerate();
    emit(Frame::Header {
        line: 0,
        cells: names.map(|(at, name)| HeaderCell { name, column: at + 1 }).collect(),
    })
}

/// The rows of the sheet on their way.
#[derive(Default)]
struct Sheet {
    counts_from_1904: bool,
    /// Row and cells of the header while it is collected.
    header: Option<(u32, Vec<HeaderCell>)>,
    /// Rows sent of which any may be the header, where nothing else is asked for.
    tried: u32,
    body: Option<Body>,
}

struct Body {
    /// Per column of the header: where its cells are sent.
    wanted: Vec<Option<usize>>,
    /// The header names the column.
    named: Vec<bool>,
    row: u32,
    mark: RowMark,
    texts: Vec<String>,
    any: bool,
    sent: Cells,
    /// Per column that is sent.
    dates: Vec<TurnedDates>,
}

impl Sheet {
    fn cell(
        &mut self,
        row: u32,
        column: usize,
        text: String,
        request: &Request,
        emit: Emit,
    ) -> Result<(), Stopped> {
        if self.body.is_none() {
            if request.columns.is_none() && self.header.as_ref().is_some_and(|(begun, _)| *begun != row) {
                self.send_row(emit)?;
            }
            let (header_row, header) = self.header.get_or_insert_with(|| (row, Vec::new()));
            if *header_row == row {
                // The first letter says of what kind the cell is.
                let name = text.get(1..).unwrap_or("").split('\t').next().unwrap_or("").trim().to_owned();
                while header.len() < column {
                    header.push(HeaderCell { name: String::new(), column: header.len() + 1 });
                }
                header.push(HeaderCell { name, column: column + 1 });
                return Ok(());
            }
            self.send_header(request, emit)?;
        }
        let Some(body) = &mut self.body else { return Ok(()) };
        if row != body.row {
            body.finish_row(emit)?;
            body.begin_row(row, emit)?;
        }
        if body.named.get(column) != Some(&true) {
            body.mark = RowMark::ExtraCell;
        }
        if let Some(place) = body.wanted.get(column).copied().flatten() {
            body.texts[place] = text;
        }
        body.any = true;
        Ok(())
    }

    fn header_is_enough(&self, request: &Request) -> bool {
        self.tried == ROWS_TRIED && request.columns.is_none()
    }

    fn send_row(&mut self, emit: Emit) -> Result<(), Stopped> {
        let (row, cells) = self.header.take().ok_or(EMPTY)?;
        self.tried += 1;
        emit(Frame::Header { line: row + 1, cells })
    }

    fn send_header(&mut self, request: &Request, emit: Emit) -> Result<(), Stopped> {
        let Some((row, cells)) = self.header.take() else {
            return Err(Stopped::from(EMPTY));
        };
        let named = cells.iter().map(|cell| !cell.name.is_empty()).collect();
        let columns = request.columns.as_deref().unwrap_or(&[]);
        let wanted = (0..cells.len()).map(|at| columns.binary_search(&at).ok()).collect();
        emit(Frame::Header { line: row + 1, cells })?;
        self.body = Some(Body {
            wanted,
            named,
            row,
            mark: RowMark::Row,
            texts: vec![String::new(); columns.len()],
            any: false,
            sent: Cells::new(columns.len()),
            dates: vec![TurnedDates::default(); columns.len()],
        });
        Ok(())
    }

    fn end(&mut self, request: &Request, emit: Emit) -> Result<(), Stopped> {
        if request.columns.is_none() {
            if self.header.is_some() || self.tried == 0 {
                self.send_row(emit)?;
            }
            return emit(Frame::End { rows: 0 });
        }
        if self.body.is_none() {
            self.send_header(request, emit)?;
        }
        let Some(body) = &mut self.body else { return Ok(()) };
        body.finish_row(emit)?;
        if let Some(turned) = body.dates.iter().position(|dates| dates.are_turned()) {
            let column =
                body.wanted.iter().position(|wanted| *wanted == Some(turned)).unwrap_or_default() + 1;
            return Err(Stopped::from(format!(
                "in its column {column} every date has a day up to 12 and every text one beyond: a spreadsheet that \
                 reads the month first has turned days and months round, and must not save the file"
            )));
        }
        body.sent.flush(emit)?;
        emit(Frame::End { rows: body.sent.rows })
    }

    /// Empty for a cell without content.
    fn text(&self, value: &DataRef) -> String {
        match value {
            DataRef::Empty => String::new(),
            DataRef::String(text) => tagged_text(text),
            DataRef::SharedString(text) => tagged_text(text),
            DataRef::Int(number) => self.number(number.to_string()),
            DataRef::Float(number) => {
                fifteen_digits(*number).map_or("e".to_owned(), |text| self.number(text))
            }
            DataRef::Bool(truth) => format!("b{}", u8::from(*truth)),
            DataRef::DateTime(moment) if moment.is_datetime() => format!("d{}", moment_text(moment)),
            DataRef::DateTimeIso(text) => format!("d{}", text.split("T00:00:00").next().unwrap_or(text)),
            DataRef::DateTime(_) | DataRef::DurationIso(_) | DataRef::Error(_) => "e".to_owned(),
        }
    }

    fn number(&self, text: String) -> String {
        match text.parse::<i64>() {
            Ok(whole) if SERIAL_DAYS.contains(&whole) => {
                // Five digits are exact.
                let days = f64::from(whole as i32);
                let kind = ExcelDateTimeType::DateTime;
                let day = moment_text(&ExcelDateTime::new(days, kind, self.counts_from_1904));
                format!("n{text}\t{day}")
            }
            _ => format!("n{text}"),
        }
    }
}

impl Body {
    fn begin_row(&mut self, row: u32, emit: Emit) -> Result<(), Stopped> {
        if row > self.row + 1 {
            let blank = vec![String::new(); self.texts.len()];
            self.sent.push(self.row + 2, RowMark::Blank, &blank, emit)?;
        }
        self.row = row;
        self.mark = RowMark::Row;
        self.texts.iter_mut().for_each(String::clear);
        self.any = false;
        Ok(())
    }

    fn finish_row(&mut self, emit: Emit) -> Result<(), Stopped> {
        if !self.any {
            return Ok(());
        }
        self.any = false;
        self.dates.iter_mut().zip(&self.texts).for_each(|(dates, text)| dates.note(text));
        self.sent.push(self.row + 1, self.mark, &self.texts, emit)
    }
}

fn tagged_text(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("t{text}") }
}

fn moment_text(moment: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    match (hour, minute, second, milli) {
        (0, 0, 0, 0) => date,
        _ => format!("{date}T{hour:02}:{minute:02}:{second:02}"),
    }
}

/// A number as a spreadsheet means it: fifteen digits, all others are noise of its arithmetic.
fn fifteen_digits(number: f64) -> Option<String> {
    if !number.is_finite() {
        return None;
    }
    let text = number.to_string();
    if text.bytes().filter(u8::is_ascii_digit).count() <= 15 {
        return Some(text);
    }
    let rounded = format!("{number:.14e}").parse::<f64>().ok()?;
    Some(rounded.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_that_a_spreadsheet_shows() {
        for (number, text) in [
            (2.5, "2.5"),
            (0.300_000_000_000_000_04, "0.3"),
            (2.499_999_999_999_999_6, "2.5"),
            (1005.0, "1005"),
            (-3.0, "-3"),
            (0.07, "0.07"),
            (1e20, "100000000000000000000"),
        ] {
            assert_eq!(fifteen_digits(number).as_deref(), Some(text));
        }
        assert_eq!(fifteen_digits(f64::NAN), None);
    }

    #[test]
    fn a_day_is_counted_from_the_epoch_of_the_workbook() {
        let old = Sheet { counts_from_1904: true, ..Sheet::default() };
        assert_eq!(Sheet::default().text(&DataRef::Float(46461.0)), "n46461\t2027-03-15");
        assert_eq!(old.text(&DataRef::Float(46461.0)), "n46461\t2031-03-16");
        assert_eq!(Sheet::default().text(&DataRef::Float(9999.0)), "n9999");
    }
}
