//! A whole sheet as texts, for a workbook that comes back from a person: read as carefully as an
//! export, by the child process and within its limits.

use std::path::Path;

use super::Request;
use super::frame::Frame;
use super::source::Frames;
use crate::ingest::report::Format;

/// A row that has content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetRow {
    /// From 1.
    pub line: u32,
    /// By column. Empty without content; else one letter that says of what kind the cell is and the
    /// text: `t` a text, `n` a number, `d` a date, `b` a truth value, `e` anything else. A number that
    /// may be a date in disguise carries that date after a tab. Those of the first row are all texts.
    pub cells: Vec<String>,
}

/// The rows of one sheet, in their order. The error says in one line what is wrong with the file.
pub fn sheet(program: Option<&Path>, path: &Path, name: &str) -> Result<Vec<SheetRow>, String> {
    let (path, sheet) = (path.to_owned(), Some(name.to_owned()));
    let request = Request { format: Format::Xlsx, path, sheet, table: name.to_owned(), columns: None };
    let Frame::Header { line, cells: header } = Frames::open(program, &request)?.next()? else {
        return Err("it has no header".to_owned());
    };
    let mut frames =
        Frames::open(program, &Request { columns: Some((0..header.len()).collect()), ..request })?;
    let text = |name: String| if name.is_empty() { name } else { format!("t{name}") };
    let mut all = vec![SheetRow { line, cells: header.into_iter().map(|cell| text(cell.name)).collect() }];
    let mut received = 0;
    loop {
        match frames.next()? {
            Frame::Header { .. } if received == 0 => {}
            Frame::Batch(batch) => {
                received += batch.lines.len() as u64;
                all.extend(batch.lines.iter().enumerate().map(|(row, line)| {
                    let cells = batch.columns.iter().map(|column| column.text(row).into_owned()).collect();
                    SheetRow { line: *line, cells }
                }));
            }
            Frame::End { rows } if rows == received => return Ok(all),
            _ => return Err("its reader lost rows".to_owned()),
        }
    }
}
