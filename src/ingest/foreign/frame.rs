//! What the reader of a foreign format sends: a header, batches of columns, an end.
//!
//! ```text
//! header   'H' line, cells: (column, name)…
//! batch    'B' rows, columns, line of each row, mark of each row, columns:
//! words        'W' words, where each begins and the last ends, bytes, word of each row (16 bits)
//! numbers      'N' form (a byte), number of each row
//! end      'E' rows (64 bits)
//! problem  'P' text
//! ```
//!
//! Numbers are little-endian, of 32 bits where nothing else is said; a text has its length before it. The receiver checks every length and every text before use: the
//! sender has read a file that it should not be trusted to have survived.

use std::io::{self, Read, Write};

use arrow::array::{Array, StringArray};
use arrow::buffer::{Buffer, OffsetBuffer, ScalarBuffer};

use super::super::header::HeaderCell;
use super::column::{BATCH, Column, Form, Numbers, Words};

/// The most bytes of the words of a column of a batch; larger cells are no cells of an export.
const MOST_BYTES: u32 = 1 << 30;
const MOST_COLUMNS: u32 = 1 << 14;

/// In this order: one header, batches, one end. A problem may come at any time and is the last.
pub enum Frame {
    Header { line: u32, cells: Vec<HeaderCell> },
    Batch(Batch),
    End { rows: u64 },
    Problem(String),
}

/// Rows with the columns that were asked for.
#[derive(Default)]
pub struct Batch {
    /// Row numbers in the file, from 1.
    pub lines: Vec<u32>,
    pub marks: Vec<RowMark>,
    pub columns: Vec<Column>,
}

/// What is to be said of a row besides its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowMark {
    Row,
    /// One or more rows without content, followed by others.
    Blank,
    /// A cell stands outside the columns of the header.
    ExtraCell,
}

impl RowMark {
    const fn byte(self) -> u8 {
        self as u8
    }

    fn from_byte(byte: u8) -> Option<RowMark> {
        [RowMark::Row, RowMark::Blank, RowMark::ExtraCell].into_iter().find(|mark| mark.byte() == byte)
    }
}

impl Frame {
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        match self {
            Frame::Header { line, cells } => {
                out.write_all(b"H")?;
                number(out, *line)?;
                number(out, cells.len() as u32)?;
                for cell in cells {
                    number(out, cell.column as u32)?;
                    bytes(out, cell.name.as_bytes())?;
                }
            }
            Frame::Batch(batch) => {
                out.write_all(b"B")?;
                number(out, batch.lines.len() as u32)?;
                number(out, batch.columns.len() as u32)?;
                out.write_all(little(&batch.lines, u32::to_le_bytes).as_flattened())?;
                out.write_all(&batch.marks.iter().map(|mark| mark.byte()).collect::<Vec<_>>())?;
                for column in &batch.columns {
                    write_column(column, out)?;
                }
            }
            Frame::End { rows } => {
                out.write_all(b"E")?;
                out.write_all(&rows.to_le_bytes())?;
            }
            Frame::Problem(text) => {
                out.write_all(b"P")?;
                bytes(out, text.as_bytes())?;
            }
        }
        Ok(())
    }

    /// The next frame; an error when the stream ends or is not as it must be.
    pub fn read(from: &mut impl Read) -> io::Result<Frame> {
        match array::<1>(from)? {
            [b'H'] => {
                let line = read_number(from)?;
                let count = at_most(read_number(from)?, MOST_COLUMNS)?;
                let mut cells = Vec::new();
                for _ in 0..count {
                    let column = read_number(from)? as usize;
                    cells.push(HeaderCell { name: read_text(from)?, column });
                }
                Ok(Frame::Header { line, cells })
            }
            [b'B'] => {
                let rows = at_most(read_number(from)?, BATCH as u32)? as usize;
                let columns = at_most(read_number(from)?, MOST_COLUMNS)?;
                let lines = numbers(from, rows, u32::from_le_bytes)?;
                let mut marks = Vec::with_capacity(rows);
                for byte in read_bytes(from, rows)? {
                    marks.push(RowMark::from_byte(byte).ok_or_else(damaged)?);
                }
                let columns = (0..columns).map(|_| read_column(from, rows)).collect::<io::Result<_>>()?;
                Ok(Frame::Batch(Batch { lines, marks, columns }))
            }
            [b'E'] => Ok(Frame::End { rows: u64::from_le_bytes(array(from)?) }),
            [b'P'] => Ok(Frame::Problem(read_text(from)?)),
            _ => Err(damaged()),
        }
    }
}

fn write_column(column: &Column, out: &mut impl Write) -> io::Result<()> {
    match column {
        Column::Words(Words { words, of_rows }) => {
            out.write_all(b"W")?;
            number(out, words.len() as u32)?;
            let offsets = words.value_offsets();
            let (first, last) = (offsets[0], offsets[words.len()]);
            out.write_all(little(offsets, |offset| (offset - first).to_le_bytes()).as_flattened())?;
            bytes(out, &words.value_data()[first as usize..last as usize])?;
            out.write_all(little(of_rows, u16::to_le_bytes).as_flattened())
        }
        Column::Numbers(Numbers { form, cells }) => {
            out.write_all(&[b'N', *form as u8])?;
            out.write_all(little(cells, i32::to_le_bytes).as_flattened())
        }
    }
}

fn read_column(from: &mut impl Read, rows: usize) -> io::Result<Column> {
    match array::<1>(from)? {
        [b'W'] => {
            let count = at_most(read_number(from)?, BATCH as u32)? as usize;
            let words = read_words(from, count)?;
            let of_rows: Vec<u16> = numbers(from, rows, u16::from_le_bytes)?;
            if of_rows.iter().any(|word| usize::from(*word) >= count) {
                return Err(damaged());
            }
            Ok(Column::Words(Words { words, of_rows }))
        }
        [b'N'] => {
            let [form] = array(from)?;
            let form = Form::ALL.into_iter().find(|known| *known as u8 == form).ok_or_else(damaged)?;
            Ok(Column::Numbers(Numbers { form, cells: numbers(from, rows, i32::from_le_bytes)? }))
        }
        _ => Err(damaged()),
    }
}

fn read_words(from: &mut impl Read, count: usize) -> io::Result<StringArray> {
    let offsets = numbers(from, count + 1, i32::from_le_bytes)?;
    let length = at_most(read_number(from)?, MOST_BYTES)?;
    let values = read_bytes(from, length as usize)?;
    let ordered = offsets.is_sorted() && offsets.first() == Some(&0);
    if !ordered || offsets.last() != Some(&(length as i32)) {
        return Err(damaged());
    }
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    StringArray::try_new(offsets, Buffer::from_vec(values), None).map_err(|_| damaged())
}

fn damaged() -> io::Error {
    io::Error::from(io::ErrorKind::InvalidData)
}

fn at_most(number: u32, most: u32) -> io::Result<u32> {
    if number <= most { Ok(number) } else { Err(damaged()) }
}

fn number(out: &mut impl Write, number: u32) -> io::Result<()> {
    out.write_all(&number.to_le_bytes())
}

fn bytes(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    number(out, u32::try_from(bytes.len()).map_err(|_| damaged())?)?;
    out.write_all(bytes)
}

fn array<const N: usize>(from: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn read_number(from: &mut impl Read) -> io::Result<u32> {
    array(from).map(u32::from_le_bytes)
}

fn little<T: Copy, const N: usize>(numbers: &[T], bytes: impl Fn(T) -> [u8; N]) -> Vec<[u8; N]> {
    numbers.iter().map(|number| bytes(*number)).collect()
}

fn numbers<T, const N: usize>(
    from: &mut impl Read,
    count: usize,
    number: impl Fn([u8; N]) -> T,
) -> io::Result<Vec<T>> {
    let bytes = read_bytes(from, count * N)?;
    Ok(bytes.as_chunks().0.iter().map(|bytes| number(*bytes)).collect())
}

/// Grows with what arrives, so that a false length costs nothing.
fn read_bytes(from: &mut impl Read, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(length.min(1 << 20));
    from.take(length as u64).read_to_end(&mut bytes)?;
    if bytes.len() == length { Ok(bytes) } else { Err(io::Error::from(io::ErrorKind::UnexpectedEof)) }
}

fn read_text(from: &mut impl Read) -> io::Result<String> {
    let length = at_most(read_number(from)?, MOST_BYTES)?;
    String::from_utf8(read_bytes(from, length as usize)?).map_err(|_| damaged())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written() -> Vec<u8> {
        let mut bytes = Vec::new();
        let words = Words { words: StringArray::from(vec!["æø", ""]), of_rows: vec![0, 1, 0] };
        let numbers = Numbers { form: Form::Day, cells: vec![-1, i32::MIN, 20_000] };
        let columns = vec![Column::Words(words), Column::Numbers(numbers)];
        let marks = vec![RowMark::Row, RowMark::Blank, RowMark::ExtraCell];
        let cells = vec![HeaderCell { name: "ects".to_owned(), column: 3 }];
        for frame in [
            Frame::Header { line: 2, cells },
            Frame::Batch(Batch { lines: vec![3, 4, 9], marks, columns }),
            Frame::End { rows: 3 },
        ] {
            frame.write(&mut bytes).expect("memory is writable");
        }
        bytes
    }

    #[test]
    fn frames_come_back_as_they_were_sent() {
        let bytes = written();
        let from = &mut &bytes[..];
        assert!(matches!(Frame::read(from), Ok(Frame::Header { line: 2, cells }) if cells[0].name == "ects"));
        let Ok(Frame::Batch(batch)) = Frame::read(from) else { panic!("a batch") };
        let texts = batch.columns.iter().map(|column| (0..3).map(|row| column.text(row)).collect::<Vec<_>>());
        assert_eq!(texts.collect::<Vec<_>>(), [["æø", "", "æø"], ["1969-12-31", "", "2024-10-04"]]);
        assert_eq!(batch.lines, [3, 4, 9]);
        assert_eq!(batch.marks[1], RowMark::Blank);
        assert!(matches!(Frame::read(from), Ok(Frame::End { rows: 3 })));
        assert!(Frame::read(from).is_err());
    }

    #[test]
    fn no_single_changed_or_missing_byte_makes_the_receiver_fail_otherwise_than_by_an_error() {
        let bytes = written();
        for at in 0..bytes.len() {
            for change in [0x00, 0x7F, 0xFF] {
                let mut bytes = bytes.clone();
                bytes[at] = change;
                let from = &mut &bytes[..];
                while Frame::read(from).is_ok() {}
            }
            let from = &mut &bytes[..at];
            while Frame::read(from).is_ok() {}
        }
    }
}
