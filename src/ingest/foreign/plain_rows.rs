//! The fast way through rows of texts: each is put together as a line and read as lines of a file are.
//!
//! Whatever is not plainly right takes the slow way, as there.

use arrow::array::{Array, StringArray};

use super::frame::{Batch, RowMark};
use crate::ingest::convert::Converter;
use crate::ingest::header::Layout;
use crate::ingest::plain::{Line, PlainLines};
use crate::ingest::staged::Piece;
use crate::pipeline::Encoding;

/// Between the cells of a line: a batch in which it occurs takes the slow way.
const SEPARATOR: u8 = 0x1F;
/// What follows a line, so that its last cell too can be read eight bytes at a time.
const AFTER: [u8; 8] = [b'\n'; 8];

pub struct PlainRows<'a>(PlainLines<'a>);

impl<'a> PlainRows<'a> {
    /// `positions` are those of the contract's columns among the `width` columns of a batch.
    pub fn new(
        converter: &'a Converter<'a>,
        positions: &[Option<usize>],
        width: usize,
    ) -> Option<PlainRows<'a>> {
        let layout = Layout { positions: positions.to_vec(), width, named_width: width, notices: Vec::new() };
        PlainLines::new(converter, &layout, SEPARATOR, Encoding::Utf8).map(PlainRows)
    }

    /// The same for a batch whose cells cannot be mistaken for the ends of others.
    pub fn suits(self, batch: &Batch) -> Option<PlainRows<'a>> {
        let has_control = |column: &StringArray| column.value_data().iter().any(|byte| *byte < b' ');
        let sound = |column: &StringArray| column.null_count() == 0 && !has_control(column);
        batch.columns.iter().all(sound).then_some(self)
    }

    /// Reads a row and adds it to the piece; false, and nothing is done, when it must go the slow way.
    /// `line` is room for it.
    pub fn read(&self, batch: &Batch, row: usize, line: &mut Vec<u8>, piece: &mut Piece) -> bool {
        if batch.marks[row] != RowMark::Row {
            return false;
        }
        line.clear();
        for column in &batch.columns {
            line.extend_from_slice(column.value(row).as_bytes());
            line.push(SEPARATOR);
        }
        line.pop();
        line.extend_from_slice(&AFTER);
        // The line that the row is given is the one that the piece has come to.
        let before = std::mem::replace(&mut piece.lines, batch.lines[row]);
        let read = self.0.read(line, 0, &mut Line::default(), piece).is_some();
        piece.lines = before;
        read
    }
}
