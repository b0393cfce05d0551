//! Foreign binary formats: workbooks and Parquet.
//!
//! Their libraries parse lengths and offsets that a damaged or hostile file chooses, and are known
//! to panic and to ask for gigabytes. So the command reads them in a child process, the program
//! itself under a hidden command, with little memory and a bounded time:
//!
//! ```text
//! klip ──► klip read-foreign FILE        limits.rs: memory, processor time, no core file
//!   ▲         container.rs, parquet_cells.rs: sizes first, then cells, as what they are (column.rs)
//!   │         workbook.rs: the same, as texts that say of what kind they are (typed.rs)
//!   └──────── frame.rs: header, batches of columns, end (or one line of what is wrong)
//! ```
//!
//! A file can end that child and nothing else; here it is then an input that cannot be used. What
//! comes back is converted column by column (plain_rows.rs); a row of which a cell does not convert
//! at once takes, as texts, the way that the cells of a CSV file take. A library caller
//! that names no program reads in its own process, through the same checks and the same frames.

#[cfg(test)]
mod agreement;
mod arrays;
mod cells;
mod column;
mod container;
mod frame;
mod limits;
mod parquet_cells;
mod plain_rows;
mod rows;
mod sample;
mod sheet;
mod source;
mod turned_dates;
mod typed;
mod workbook;

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

pub use frame::Frame;
pub use limits::Limits;
pub use rows::{below_others, check, check_batch, headers, read, read_batch};
pub use sample::{sheets, words};
pub use sheet::{SheetRow, sheet};
pub use source::Frames;

use super::report::Format;

/// What is wanted of a file.
#[derive(Clone, Debug)]
pub struct Request {
    pub format: Format,
    pub path: PathBuf,
    /// The sheet of a workbook that the pipeline names.
    pub sheet: Option<String>,
    /// The table that is looked for: a sheet may have its name. Empty: the names of the sheets are asked for.
    pub table: String,
    /// Positions in the header, ascending; `None` asks for the header alone, which in a workbook may be any of
    /// the first rows.
    pub columns: Option<Vec<usize>>,
}

/// Takes the next frame; an error means that nobody listens any more.
type Emit<'e> = &'e mut dyn FnMut(Frame) -> Result<(), Stopped>;

/// Why reading ended early.
#[derive(Debug)]
enum Stopped {
    /// What is wrong with the file, in one line without any value of it.
    File(String),
    NobodyListens,
}

impl<T: Into<String>> From<T> for Stopped {
    fn from(problem: T) -> Stopped {
        Stopped::File(problem.into())
    }
}

/// Reads a file and emits its frames; a problem of the file is the last frame.
fn produce(request: &Request, emit: Emit) {
    let read = match request.format {
        Format::Parquet => parquet_cells::read(request, emit),
        Format::Xlsx => workbook::read(request, emit),
        Format::Csv => Err(Stopped::from("not a foreign format")),
    };
    if let Err(Stopped::File(problem)) = read {
        // When nobody listens there is nobody to tell.
        let _ = emit(Frame::Problem(problem));
    }
}

/// The work of the child process: limits itself, reads the file and writes the frames.
pub fn serve(request: &Request, memory: u64, seconds: u64, out: &mut impl Write) {
    let limits = Limits { memory, seconds, patience: Duration::MAX };
    if let Err(problem) = limits.lower() {
        let _ = Frame::Problem(problem).write(out);
        return;
    }
    produce(request, &mut |frame| frame.write(out).map_err(|_| Stopped::NobodyListens));
    let _ = out.flush();
}
