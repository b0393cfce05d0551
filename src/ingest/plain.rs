//! The fast way through a line that has nothing unusual about it.
//!
//! Cells are converted from the bytes where they stand. Whatever is not plainly right (a quotation mark, a
//! blank, a cell that does not convert) makes the whole line take the slow way,
//! [`super::convert::Converter::row`], which alone repairs and rejects. So this way can only be faster.

use memchr::memchr;

use super::calendar::Calendar;
use super::convert::{Converter, MOST_COLUMNS};
use super::eight::{below_blank, beyond_ascii, bytes_before, eight, equal_bytes, first_bytes};
use super::header::Layout;
use super::keys::KeyIndex;
use super::packed::{self, ORIGIN};
use super::plain_cells::{self as cells, Window};
use super::row_rules;
use super::spreadsheet::is_ruined_key;
use super::staged::{EMPTY, Piece, Value};
use crate::base::YEARS;
use crate::contract::{Kind, Table, column};
use crate::pipeline::{DateForm, Encoding};

struct Column<'a> {
    /// Position in the contract, or [`UNUSED`].
    at: usize,
    reader: Reader<'a>,
    may_be_empty: bool,
}

enum Reader<'a> {
    /// Not used.
    Skip,
    Reference(&'a KeyIndex),
    Words(Words),
    /// A truth value; nearly always 0 or 1.
    Truth(Words),
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

/// Words and the number of each.
struct Words {
    index: Box<KeyIndex>,
    numbers: Vec<i32>,
}

/// Room for the cells of all columns: a power of two, so that any position is within it.
const ROOM: usize = 32;
/// Where cells of columns go that are not used.
const UNUSED: usize = ROOM - 1;
const _: () = assert!(MOST_COLUMNS <= UNUSED);

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
    numbers: [i32; ROOM],
    texts: [&'b str; ROOM],
    cpr: [u8; 10],
}

impl Default for Line<'_> {
    fn default() -> Self {
        Line { numbers: [EMPTY; ROOM], texts: [""; ROOM], cpr: [0; 10] }
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
        columns.resize_with(layout.width, || Column { at: UNUSED, reader: Reader::Skip, may_be_empty: true });
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
        let (last, columns) = self.columns.split_last()?;
        let mut at = from;
        for column in columns {
            at = self.cell::<false>(column, bytes, at, line)?;
        }
        at = self.cell::<true>(last, bytes, at, line)?;
        let number = piece.lines;
        match self.converter.table() {
            Table::Results => {
                let origin = line.texts[ORIGIN];
                let exam_date = line.numbers[column!(Results.exam_date)];
                if exam_date == EMPTY && line.numbers[column!(Results.transferred)] != 1 {
                    return None;
                }
                if !origin.is_empty() {
                    piece.rows.origins.push((number, origin.into()));
                }
                let record = packed::result(|at| line.numbers[at], !origin.is_empty(), number);
                piece.rows.records.extend_from_slice(&record);
            }
            Table::SuPayments => {
                let record = packed::payment(|at| line.numbers[at], number);
                piece.rows.records.extend_from_slice(&record);
            }
            table => {
                let mut values = [Value::Empty; MOST_COLUMNS];
                for (at, value) in values.iter_mut().enumerate().take(self.converter.columns.len()) {
                    let is_cpr = self.converter.columns[at].kind == Kind::Cpr;
                    *value = match (line.numbers[at], line.texts[at]) {
                        (1, _) if is_cpr => Value::Text(std::str::from_utf8(&line.cpr).ok()?),
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
    #[inline]
    fn cell<'b, const LAST: bool>(
        &self,
        column: &Column,
        bytes: &'b [u8],
        from: usize,
        line: &mut Line<'b>,
    ) -> Option<usize> {
        let end = if LAST { b'\n' } else { self.separator };
        let window: &Window = bytes.get(from..)?.first_chunk()?;
        let at = column.at % ROOM;
        if window[0] == end || (LAST && window[0] == b'\r') {
            (line.numbers[at], line.texts[at]) = (EMPTY, "");
            return if column.may_be_empty {
                Some(from + cells::after::<LAST>(window, 0, end)?)
            } else {
                None
            };
        }
        let length = match &column.reader {
            Reader::Reference(keys) => {
                let (number, next) = self.find::<LAST>(keys, bytes, from, window)?;
                line.numbers[at] = i32::try_from(number).ok()?;
                return Some(next);
            }
            Reader::Truth(_) if matches!(window[0], b'0' | b'1') => {
                line.numbers[at] = i32::from(window[0] - b'0');
                1
            }
            Reader::Words(words) | Reader::Truth(words) => {
                let (number, next) = self.find::<LAST>(&words.index, bytes, from, window)?;
                line.numbers[at] = words.numbers[number as usize];
                return Some(next);
            }
            Reader::Date => {
                line.numbers[at] = self.date(window)?;
                10
            }
            Reader::Month => {
                let (year, month) = cells::month(window)?;
                if !YEARS.contains(&year.cast_signed()) || !(1..=12).contains(&month) {
                    return None;
                }
                line.numbers[at] = (year * 12 + month - 1) as i32;
                7
            }
            Reader::Whole { least, most } => {
                let (number, length) = cells::whole(window)?;
                if number < *least || number > *most {
                    return None;
                }
                line.numbers[at] = number;
                length
            }
            Reader::Hundredths { most } => {
                let (number, length) = cells::hundredths(window, self.decimal)?;
                if number > *most {
                    return None;
                }
                line.numbers[at] = number;
                length
            }
            Reader::Text => {
                let text = self.text(bytes, from)?;
                line.texts[at] = text;
                return cells::after::<LAST>(bytes, from + text.len(), end);
            }
            Reader::Cpr => {
                let length = cells::cpr(window, &mut line.cpr)?;
                line.numbers[at] = 1;
                length
            }
            Reader::Skip => {
                return cells::after::<LAST>(bytes, from + self.text(bytes, from)?.len(), end);
            }
        };
        Some(from + cells::after::<LAST>(window, length, end)?)
    }

    /// The number of the text up to its end, and where the next cell begins.
    #[inline(always)]
    fn find<const LAST: bool>(
        &self,
        keys: &KeyIndex,
        bytes: &[u8],
        from: usize,
        window: &Window,
    ) -> Option<(u32, usize)> {
        let end = if LAST { b'\n' } else { self.separator };
        let word = cells::word(window);
        let mut length = bytes_before(equal_bytes(word, end));
        let mut next = from + length + 1;
        if length == 8 {
            match cells::after::<LAST>(window, 8, end) {
                Some(after) => next = from + after,
                None => return self.find_long::<LAST>(keys, bytes, from),
            }
        } else if LAST && length > 0 && window[length - 1] == b'\r' {
            length -= 1;
        }
        let text = first_bytes(word, length);
        // The last text of a line ends at the line end: a separator in it is a cell too many.
        let joined = if LAST { equal_bytes(text, self.separator) } else { 0 };
        if beyond_ascii(text) | equal_bytes(text, b'"') | joined != 0 {
            return None;
        }
        Some((keys.find_short(text, length)?, next))
    }

    #[cold]
    fn find_long<const LAST: bool>(
        &self,
        keys: &KeyIndex,
        bytes: &[u8],
        from: usize,
    ) -> Option<(u32, usize)> {
        let end = if LAST { b'\n' } else { self.separator };
        let to = from + memchr(end, &bytes[from..])?;
        let text = &bytes[from..to];
        let text = if LAST { text.strip_suffix(b"\r").unwrap_or(text) } else { text };
        let strange = |byte: &u8| *byte == b'"' || *byte == self.separator;
        if !text.is_ascii() || text.iter().any(strange) {
            return None;
        }
        Some((keys.find(text)?, to + 1))
    }

    fn date(&self, window: &Window) -> Option<i32> {
        let text = window.first_chunk()?;
        if self.iso_dates
            && let Some((year, month, day)) = cells::iso_date(text)
        {
            return self.calendar.day(year, month, day);
        }
        if self.day_first.contains(&text[2]) {
            let (year, month, day) = cells::day_first(text)?;
            return self.calendar.day(year, month, day);
        }
        None
    }

    /// A text without quotation marks, control characters or blanks around it.
    fn text<'b>(&self, bytes: &'b [u8], from: usize) -> Option<&'b str> {
        let (mut to, mut beyond) = (from, 0);
        loop {
            let word = eight(bytes, to)?;
            let end = below_blank(word)
                | equal_bytes(word, 0x7F)
                | equal_bytes(word, b'"')
                | equal_bytes(word, self.separator);
            let length = bytes_before(end);
            beyond |= beyond_ascii(first_bytes(word, length));
            to += length;
            if end != 0 {
                break;
            }
        }
        let text = std::str::from_utf8(&bytes[from..to]).ok()?;
        let plain = if beyond == 0 {
            !text.starts_with(' ') && !text.ends_with(' ')
        } else {
            self.utf8 && !super::encoding::has_control(text, b' ') && text.trim().len() == text.len()
        };
        (plain && !is_ruined_key(text)).then_some(text)
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
        Words { index: Box::new(index), numbers }
    };
    match converter.columns[at].kind {
        Kind::Text | Kind::Key => Reader::Text,
        Kind::Cpr => Reader::Cpr,
        Kind::Reference(table) => Reader::Reference(converter.keys.of(table)),
        Kind::Code(codes) => {
            let mapped = converter.settings.words[at].iter();
            let mapped = mapped.map(|(word, position)| (word.as_str(), i32::from(*position)));
            let own = codes.iter().enumerate().map(|(position, code)| (*code, position as i32));
            Reader::Words(words(&mut own.chain(mapped)))
        }
        Kind::ResultCode => {
            let codes = converter.result_codes.iter().enumerate();
            let mut codes = codes.take(256).map(|(position, code)| (code.code.as_str(), position as i32));
            Reader::Words(words(&mut codes))
        }
        Kind::Bool => Reader::Truth(words(&mut [("1", 1), ("0", 0), ("true", 1), ("false", 0)].into_iter())),
        Kind::Date => Reader::Date,
        Kind::Month => Reader::Month,
        Kind::Int { least, most } => Reader::Whole { least, most },
        Kind::Ects { most } => Reader::Hundredths { most: most * 100 },
        Kind::Kroner => Reader::Hundredths { most: super::convert::MOST_KRONER as i32 },
    }
}
