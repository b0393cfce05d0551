//! The fast way through a line that has nothing unusual about it.
//!
//! Cells are converted from the bytes where they stand. Whatever is not plainly right (a quotation mark, a
//! blank, a cell that does not convert) makes the whole line take the slow way,
//! [`super::convert::Converter::row`], which alone repairs and rejects. So this way can only be faster.

use memchr::memchr;

use super::calendar::Calendar;
use super::convert::{Converter, MOST_COLUMNS};
use super::header::Layout;
use super::keys::{KeyIndex, short};
use super::packed::{self, ORIGIN};
use super::row_rules;
use super::spreadsheet::suspect;
use super::staged::{EMPTY, Piece, Value};
use crate::contract::{Kind, Table};
use crate::pipeline::{DateForm, Encoding};

struct Column<'a> {
    /// Position in the contract.
    at: usize,
    reader: Reader<'a>,
    may_be_empty: bool,
}

enum Reader<'a> {
    /// Not used.
    Skip,
    Reference(&'a KeyIndex),
    /// Words and the number of each.
    Words(KeyIndex, Vec<i32>),
    Date,
    Month,
    Whole {
        least: i32,
        most: i32,
    },
    Hundredths {
        most: i32,
    },
    Text,
    Cpr,
}

pub struct PlainLines<'a> {
    converter: &'a Converter<'a>,
    columns: Vec<Column<'a>>,
    separator: u8,
    decimal: u8,
    iso_dates: bool,
    day_first: Vec<u8>,
    utf8: bool,
    calendar: Calendar,
}

/// The values of one line, by position in the contract. Used for line after line: a cell that the file has
/// is written anew by every line, also when it is empty.
pub struct Line<'b> {
    numbers: [i32; MOST_COLUMNS],
    texts: [&'b str; MOST_COLUMNS],
    cpr: [u8; 10],
}

impl Default for Line<'_> {
    fn default() -> Self {
        Line { numbers: [EMPTY; MOST_COLUMNS], texts: [""; MOST_COLUMNS], cpr: [0; 10] }
    }
}

impl<'a> PlainLines<'a> {
    /// `None` when two columns of the contract share one of the file.
    pub fn new(
        converter: &'a Converter<'a>,
        layout: &Layout,
        separator: u8,
        encoding: Encoding,
    ) -> Option<PlainLines<'a>> {
        let contract = converter.columns;
        let mut columns: Vec<Column<'a>> = Vec::new();
        columns.resize_with(layout.width, || Column { at: 0, reader: Reader::Skip, may_be_empty: true });
        for (at, position) in layout.positions.iter().enumerate() {
            let Some(position) = position else { continue };
            let column = columns.get_mut(*position)?;
            if !matches!(column.reader, Reader::Skip) {
                return None;
            }
            column.at = at;
            column.reader = reader(converter, at);
            column.may_be_empty =
                contract[at].optional || row_rules::may_be_empty(converter.table(), contract[at].name);
        }
        let marks = converter.dialect.dates.iter().filter_map(|form| match form {
            DateForm::DayFirst(mark) => Some(*mark),
            DateForm::Iso => None,
        });
        // Cells without a header must be empty, which the slow way sees to.
        (layout.named_width == layout.width).then(|| PlainLines {
            converter,
            columns,
            separator,
            decimal: converter.dialect.decimal,
            iso_dates: converter.dialect.dates.contains(&DateForm::Iso),
            day_first: marks.collect(),
            utf8: encoding == Encoding::Utf8,
            calendar: Calendar::new(),
        })
    }

    /// Reads the line that begins at `from` and adds its row to the piece; gives where the next line
    /// begins. `None`, and nothing is done, when the line must go the slow way.
    pub fn read<'b>(
        &self,
        bytes: &'b [u8],
        from: usize,
        line: &mut Line<'b>,
        piece: &mut Piece,
    ) -> Option<usize> {
        let mut at = from;
        let last = self.columns.len() - 1;
        for (position, column) in self.columns.iter().enumerate() {
            let end = if position == last { b'\n' } else { self.separator };
            at = self.cell(column, bytes, at, end, line)?;
        }
        let number = piece.lines;
        match self.converter.table() {
            Table::Results => {
                let origin = line.texts[ORIGIN];
                if line.numbers[4] == EMPTY && line.numbers[6] != 1 {
                    return None;
                }
                if !origin.is_empty() {
                    piece.rows.origins.push((number, origin.into()));
                }
                let cells = &line.numbers;
                let record = packed::result(|at| cells[at], !origin.is_empty(), number);
                piece.rows.records.extend_from_slice(&record);
            }
            Table::SuPayments => {
                let record = packed::payment(|at| line.numbers[at], number);
                piece.rows.records.extend_from_slice(&record);
            }
            table => {
                let cpr = std::str::from_utf8(&line.cpr).ok()?;
                let mut values = [Value::Empty; MOST_COLUMNS];
                for (at, value) in values.iter_mut().enumerate().take(self.converter.columns.len()) {
                    let is_cpr = self.converter.columns[at].kind == Kind::Cpr;
                    *value = match (line.numbers[at], line.texts[at]) {
                        (1, _) if is_cpr => Value::Text(cpr),
                        (EMPTY, "") => Value::Empty,
                        (EMPTY, text) => Value::Text(text),
                        (number, _) => Value::Number(number),
                    };
                }
                row_rules::check(table, &values).ok()?;
                piece.rows.push(number, &values[..self.converter.columns.len()]);
            }
        }
        piece.rows_read += 1;
        Some(at)
    }

    /// Reads one cell up to and with its end; gives where the next begins.
    fn cell<'b>(
        &self,
        column: &Column,
        bytes: &'b [u8],
        from: usize,
        end: u8,
        line: &mut Line<'b>,
    ) -> Option<usize> {
        let first = *bytes.get(from)?;
        if first == end || (end == b'\n' && first == b'\r') {
            if !matches!(column.reader, Reader::Skip) {
                (line.numbers[column.at], line.texts[column.at]) = (EMPTY, "");
            }
            return if column.may_be_empty { after(bytes, from, end) } else { None };
        }
        let at = column.at;
        let to = match &column.reader {
            Reader::Reference(keys) => {
                let (number, to) = find(keys, bytes, from, end)?;
                line.numbers[at] = i32::try_from(number).ok()?;
                to
            }
            Reader::Words(words, numbers) => {
                let (number, to) = find(words, bytes, from, end)?;
                line.numbers[at] = numbers[number as usize];
                to
            }
            Reader::Date => {
                line.numbers[at] = self.date(bytes.get(from..from + 10)?)?;
                from + 10
            }
            Reader::Month => {
                let text = bytes.get(from..from + 7)?;
                let year = digits(text, 0, 4)?;
                let month = digits(text, 5, 2)?;
                if text[4] != b'-' || !(1900..=2199).contains(&year) || !(1..=12).contains(&month) {
                    return None;
                }
                line.numbers[at] = (year * 12 + month - 1) as i32;
                from + 7
            }
            Reader::Whole { least, most } => {
                let (number, to) = whole(bytes, from)?;
                if number < *least || number > *most {
                    return None;
                }
                line.numbers[at] = number;
                to
            }
            Reader::Hundredths { most } => {
                let (number, to) = self.hundredths(bytes, from)?;
                if number > *most {
                    return None;
                }
                line.numbers[at] = number;
                to
            }
            Reader::Text => {
                let (text, to) = self.text(bytes, from, end)?;
                line.texts[at] = text;
                to
            }
            Reader::Cpr => {
                let to = cpr(bytes, from, &mut line.cpr)?;
                line.numbers[at] = 1;
                to
            }
            Reader::Skip => self.text(bytes, from, end)?.1,
        };
        after(bytes, to, end)
    }

    fn date(&self, text: &[u8]) -> Option<i32> {
        if self.iso_dates && text[4] == b'-' && text[7] == b'-' {
            return self.calendar.day(digits(text, 0, 4)?, digits(text, 5, 2)?, digits(text, 8, 2)?);
        }
        if self.day_first.contains(&text[2]) && text[5] == text[2] {
            return self.calendar.day(digits(text, 6, 4)?, digits(text, 3, 2)?, digits(text, 0, 2)?);
        }
        None
    }

    /// A number without sign, in hundredths, and where it ends.
    fn hundredths(&self, bytes: &[u8], from: usize) -> Option<(i32, usize)> {
        let (whole, to) = whole(bytes, from)?;
        let whole = whole.checked_mul(100)?;
        if bytes.get(to) != Some(&self.decimal) {
            return Some((whole, to));
        }
        let digit = |at: usize| bytes.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10);
        let tenths = i32::from(digit(to + 1)?);
        match digit(to + 2) {
            Some(hundredths) => Some((whole.checked_add(tenths * 10 + i32::from(hundredths))?, to + 3)),
            None => Some((whole.checked_add(tenths * 10)?, to + 2)),
        }
    }

    /// A text without quotation marks, control characters or blanks around it.
    fn text<'b>(&self, bytes: &'b [u8], from: usize, end: u8) -> Option<(&'b str, usize)> {
        let mut to = from + memchr(end, bytes.get(from..)?)?;
        if end == b'\n' && bytes[to - 1] == b'\r' {
            to -= 1;
        }
        let cell = bytes.get(from..to)?;
        // The last text of a line ends at the line end: a separator in it is a cell too many.
        let strange = |byte: &u8| *byte < b' ' || matches!(*byte, 0x7F | b'"') || *byte == self.separator;
        if cell.iter().any(strange) {
            return None;
        }
        let text = std::str::from_utf8(cell).ok()?;
        let plain = text.is_ascii() || (self.utf8 && !super::encoding::has_control(text, b' '));
        (plain && text.trim().len() == text.len() && !suspect(text)).then_some((text, to))
    }
}

fn reader<'a>(converter: &Converter<'a>, at: usize) -> Reader<'a> {
    let words = |texts: &mut dyn Iterator<Item = (&str, i32)>| {
        let (mut index, mut numbers) = (KeyIndex::default(), Vec::new());
        for (text, number) in texts {
            // The first of equal words has the number.
            if index.number(text) as usize == numbers.len() {
                numbers.push(number);
            }
        }
        Reader::Words(index, numbers)
    };
    match converter.columns[at].kind {
        Kind::Text | Kind::Key => Reader::Text,
        Kind::Cpr => Reader::Cpr,
        Kind::Reference(table) => Reader::Reference(converter.keys.of(table)),
        Kind::Code(codes) => {
            let mapped = converter.settings.words[at].iter();
            let mapped = mapped.map(|(word, position)| (word.as_str(), i32::from(*position)));
            let own = codes.iter().enumerate().map(|(position, code)| (*code, position as i32));
            words(&mut own.chain(mapped))
        }
        Kind::ResultCode => {
            let codes = converter.result_codes.iter().enumerate();
            words(&mut codes.take(256).map(|(position, code)| (code.code.as_str(), position as i32)))
        }
        Kind::Bool => words(&mut [("1", 1), ("0", 0), ("true", 1), ("false", 0)].into_iter()),
        Kind::Date => Reader::Date,
        Kind::Month => Reader::Month,
        Kind::Int { least, most } => Reader::Whole { least, most },
        Kind::Ects { most } => Reader::Hundredths { most: most * 100 },
        Kind::Kroner => Reader::Hundredths { most: super::convert::MOST_KRONER as i32 },
    }
}

/// Where the next cell begins.
fn after(bytes: &[u8], at: usize, end: u8) -> Option<usize> {
    match *bytes.get(at)? {
        byte if byte == end => Some(at + 1),
        b'\r' if end == b'\n' && bytes.get(at + 1) == Some(&b'\n') => Some(at + 2),
        _ => None,
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// The lowest bit that is set marks the first byte that is equal to `byte`.
fn equal_bytes(word: u64, byte: u8) -> u64 {
    let difference = word ^ (ONES * u64::from(byte));
    difference.wrapping_sub(ONES) & !difference & HIGHS
}

/// The number of the text up to its end, and where it ends.
fn find(keys: &KeyIndex, bytes: &[u8], from: usize, end: u8) -> Option<(u32, usize)> {
    let word = u64::from_le_bytes(bytes.get(from..from + 8)?.try_into().ok()?);
    let ends = equal_bytes(word, end);
    let mut length = ends.trailing_zeros() as usize / 8;
    if end == b'\n' && length > 0 && length < 8 && bytes[from + length - 1] == b'\r' {
        length -= 1;
    }
    if length < 8 || after(bytes, from + 8, end).is_some() {
        let text = if length < 8 { word & !(u64::MAX << (length * 8)) } else { word };
        if text & HIGHS != 0 || equal_bytes(text, b'"') != 0 {
            return None;
        }
        return Some((keys.find_short(text, length)?, from + length));
    }
    let mut length = memchr(end, &bytes[from..])?;
    if end == b'\n' && bytes[from + length - 1] == b'\r' {
        length -= 1;
    }
    let text = &bytes[from..from + length];
    if !text.is_ascii() || text.contains(&b'"') {
        return None;
    }
    let number = if length <= 8 { keys.find_short(short(text), length) } else { keys.find(text) };
    Some((number?, from + length))
}

fn digits(text: &[u8], from: usize, count: usize) -> Option<u32> {
    text[from..from + count].iter().try_fold(0_u32, |number, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10).then(|| number * 10 + u32::from(digit))
    })
}

/// A whole number of at most eight digits, and where it ends.
fn whole(bytes: &[u8], from: usize) -> Option<(i32, usize)> {
    let (mut number, mut at) = (0_i32, from);
    while let Some(digit) = bytes.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
        if at == from + 8 {
            return None;
        }
        number = number * 10 + i32::from(digit);
        at += 1;
    }
    (at > from).then_some((number, at))
}

fn cpr(bytes: &[u8], from: usize, number: &mut [u8; 10]) -> Option<usize> {
    let date = bytes.get(from..from + 6)?;
    let serial_from = from + 6 + usize::from(bytes.get(from + 6) == Some(&b'-'));
    let serial = bytes.get(serial_from..serial_from + 4)?;
    if !date.iter().all(u8::is_ascii_digit) || !serial.iter().all(u8::is_ascii_alphanumeric) {
        return None;
    }
    number[..6].copy_from_slice(date);
    number[6..].copy_from_slice(serial);
    Some(serial_from + 4)
}
