//! What the reader of a foreign format sends: a header, batches of text columns, an end.
//!
//! Numbers are little-endian. The receiver checks every length and every text before use: the
//! sender has read a file that it should not be trusted to have survived.

use std::io::{self, Read, Write};

use arrow::array::{Array, StringArray};
use arrow::buffer::{Buffer, OffsetBuffer, ScalarBuffer};

use super::super::header::HeaderCell;

/// Rows of one batch, for every format.
pub const BATCH: usize = 1 << 16;
/// The most bytes of one text column of a batch; larger cells are no cells of an export.
const MOST_BYTES: u32 = 1 << 30;
const MOST_COLUMNS: u32 = 1 << 14;

/// In this order: one header, batches, one end. A problem may come at any time and is the last.
pub enum Frame {
    Header { line: u32, cells: Vec<HeaderCell> },
    Batch(Batch),
    End { rows: u64 },
    Problem(String),
}

/// Rows with the columns that were asked for. A null cell is the empty text.
#[derive(Default)]
pub struct Batch {
    /// Row numbers in the file, from 1.
    pub lines: Vec<u32>,
    pub marks: Vec<RowMark>,
    pub columns: Vec<StringArray>,
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
                for line in &batch.lines {
                    number(out, *line)?;
                }
                out.write_all(&batch.marks.iter().map(|mark| mark.byte()).collect::<Vec<_>>())?;
                for column in &batch.columns {
                    let offsets = column.value_offsets();
                    let (first, last) = (offsets[0], offsets[column.len()]);
                    for offset in offsets {
                        out.write_all(&(offset - first).to_le_bytes())?;
                    }
                    bytes(out, &column.value_data()[first as usize..last as usize])?;
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
                let lines = numbers(from, rows)?;
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

fn read_column(from: &mut impl Read, rows: usize) -> io::Result<StringArray> {
    let offsets = numbers(from, rows + 1)?.into_iter().map(|offset| offset as i32).collect::<Vec<_>>();
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

fn numbers(from: &mut impl Read, count: usize) -> io::Result<Vec<u32>> {
    let bytes = read_bytes(from, count * 4)?;
    Ok(bytes.chunks_exact(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect())
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
        let column = StringArray::from(vec!["a", "", "æø"]);
        let marks = vec![RowMark::Row, RowMark::Blank, RowMark::ExtraCell];
        let cells = vec![HeaderCell { name: "ects".to_owned(), column: 3 }];
        for frame in [
            Frame::Header { line: 2, cells },
            Frame::Batch(Batch { lines: vec![3, 4, 9], marks, columns: vec![column] }),
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
        assert_eq!((batch.lines, batch.columns[0].value(2)), (vec![3, 4, 9], "æø"));
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
