//! What a proposal for the pipeline looks at: the sheets of a workbook, and the beginning of some columns.

use std::path::Path;

use super::Request;
use super::frame::Frame;
use super::rows::unreadable;
use super::source::Frames;
use crate::diagnostics::Diagnostic;
use crate::ingest::report::Format;

/// The names of the visible sheets with content.
pub fn sheets(program: Option<&Path>, path: &Path) -> Result<Vec<String>, Diagnostic> {
    let (path, table) = (path.to_owned(), String::new());
    let request = Request { format: Format::Xlsx, path, sheet: None, table, columns: None };
    let next = Frames::open(program, &request).and_then(|mut frames| frames.next());
    match next.map_err(|problem| unreadable(&request, &problem))? {
        Frame::Header { cells, .. } => Ok(cells.into_iter().map(|cell| cell.name).collect()),
        _ => Err(unreadable(&request, "it has no sheets")),
    }
}

/// Line and cells of the first `most` rows, in as many columns as are asked for.
pub fn words(
    program: Option<&Path>,
    request: &Request,
    most: usize,
) -> Result<Vec<(u32, Vec<String>)>, Diagnostic> {
    let refused = |problem: String| unreadable(request, &problem);
    let mut frames = Frames::open(program, request).map_err(refused)?;
    let mut rows = Vec::new();
    while rows.len() < most {
        let batch = match frames.next().map_err(refused)? {
            Frame::Header { .. } => continue,
            Frame::Batch(batch) => batch,
            _ => break,
        };
        for (row, line) in batch.lines.iter().enumerate().take(most - rows.len()) {
            let text = |column: &super::column::Column| match (request.format, column.text(row)) {
                // The first letter says of what kind the cell is.
                (Format::Xlsx, text) => text.get(1..).unwrap_or("").trim().to_owned(),
                (_, text) => text.trim().to_owned(),
            };
            rows.push((*line, batch.columns.iter().map(text).collect()));
        }
    }
    Ok(rows)
}
