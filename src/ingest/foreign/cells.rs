//! Collects cells of text columns into batches.

use arrow::array::StringBuilder;

use super::column::{BATCH, Column};
use super::frame::{Batch, Frame, RowMark};
use super::{Emit, Stopped};

/// Cells are added row by row; full batches are emitted.
pub struct Cells {
    lines: Vec<u32>,
    marks: Vec<RowMark>,
    columns: Vec<StringBuilder>,
    pub rows: u64,
}

impl Cells {
    pub fn new(columns: usize) -> Cells {
        let columns = (0..columns).map(|_| StringBuilder::new()).collect();
        Cells { lines: Vec::new(), marks: Vec::new(), columns, rows: 0 }
    }

    /// Adds a row; `cells` has a text per column.
    pub fn push(&mut self, line: u32, mark: RowMark, cells: &[String], emit: Emit) -> Result<(), Stopped> {
        self.lines.push(line);
        self.marks.push(mark);
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.append_value(cell);
        }
        self.rows += 1;
        if self.lines.len() == BATCH { self.flush(emit) } else { Ok(()) }
    }

    pub fn flush(&mut self, emit: Emit) -> Result<(), Stopped> {
        if self.lines.is_empty() {
            return Ok(());
        }
        let columns = self.columns.iter_mut().map(|column| Column::of_texts(column.finish())).collect();
        let (lines, marks) = (std::mem::take(&mut self.lines), std::mem::take(&mut self.marks));
        emit(Frame::Batch(Batch { lines, marks, columns }))
    }
}
