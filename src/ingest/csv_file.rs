//! A CSV file to staged rows, in parallel pieces cut at line ends.
//!
//! The pieces never decide anything: lines are counted within a piece and shifted when the pieces
//! are put together in the order of the file.

use std::ops::Range;
use std::path::Path;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::convert::Converter;
use super::csv_header;
use super::csv_lines::{Lines, Scratch};
use super::header::Layout;
use super::quoted_breaks::{self, Records};
use super::record::line_end;
use super::source;
use super::staged::{FileContent, Piece};
use crate::base::hexadecimal;
use crate::contract::Table;
use crate::diagnostics::Diagnostics;
use crate::pipeline::TableSettings;

/// Small enough to keep all cores busy and their caches warm, large enough not to matter.
const PART: usize = 1 << 19;

pub fn read(path: &Path, converter: &Converter) -> Result<FileContent, Diagnostics> {
    let (table, settings) = (converter.table(), converter.settings);
    let name = path.display().to_string();
    let unreadable = |error| source::unreadable(path, error);
    let mut source = source::open(path, &settings.dialect.encodings)?;
    let mut hasher = Sha256::new();
    let scratch = Scratch::default();
    let mut total = converter.total();
    let (mut block, mut following) = (Vec::new(), Vec::new());
    let mut ready: Vec<Piece> = Vec::new();
    source.blocks.next_block(&mut block).map_err(unreadable)?;
    source.decide(&block, Some(source.blocks.given()))?;
    let header = csv_header::read(&block, &source, table, settings, &name)?;
    total.lines = header.lines;
    let (layout, separator) = (header.layout, header.separator);
    let mut body = header.bytes;
    let mut ended = true;
    while !block.is_empty() {
        ended = block.ends_with(b"\n");
        let encoding = source.encoding();
        let records = settings.dialect.quoted_line_breaks.then_some(Records {
            separator,
            encoding,
            width: layout.width,
            most: quoted_breaks::MOST,
        });
        let parts = match &records {
            None => cut(&block, body),
            Some(records) => records.take(&mut source.blocks, &mut block, body, PART).map_err(unreadable)?,
        };
        let lines = Lines::new(converter, &layout, separator, encoding, records, &scratch);
        let keep = || ready.drain(..).for_each(|piece| total.append(piece));
        let undecided = source.is_undecided();
        let read = || {
            source.blocks.next_block(&mut following)?;
            Ok(undecided && !following.is_ascii())
        };
        // While this block is hashed and converted, the rows of the one before are put where they are
        // kept, and the next is read.
        let ((to_decide, ()), ((), pieces)) = rayon::join(
            || rayon::join(read, keep),
            || {
                rayon::join(
                    || hasher.update(&block),
                    || parts.into_par_iter().map(|part| lines.read(&block[part])).collect::<Vec<_>>(),
                )
            },
        );
        let to_decide = to_decide.map_err(unreadable)?;
        ready = pieces;
        // Only the first block has a header before its body.
        if let Some(first) = ready.first().filter(|_| body > 0) {
            total.rows.make_room(&first.rows, (source.bytes / PART as u64 + 1) as usize);
        }
        std::mem::swap(&mut block, &mut following);
        if to_decide {
            source.decide(&block, Some(source.blocks.given()))?;
        }
        body = 0;
    }
    ready.into_iter().for_each(|piece| total.append(piece));
    let encoding = source.encoding_name();
    let mut notices = source.notices;
    notices.extend(layout.notices);
    let mut doubts = layout.doubts;
    if !ended {
        doubts.push("the last line has no line end; check that the export was not cut off".to_owned());
    }
    let sha256 = source.sha256.unwrap_or_else(|| hexadecimal(&hasher.finalize()));
    Ok(FileContent { piece: total, bytes: source.bytes, sha256, encoding, notices, doubts })
}

/// Reads the header alone.
pub fn check(path: &Path, table: Table, settings: &TableSettings) -> Result<Layout, Diagnostics> {
    let name = path.display().to_string();
    let mut source = source::open(path, &settings.dialect.encodings)?;
    let mut block = Vec::new();
    source.blocks.resize(1 << 20);
    source.blocks.next_block(&mut block).map_err(|error| source::unreadable(path, error))?;
    source.decide(&block, None)?;
    csv_header::read(&block, &source, table, settings, &name).map(|header| header.layout)
}

/// Parts of at least [`PART`] bytes, but for the last, that end at line ends; after the `body` bytes of a
/// header.
fn cut(block: &[u8], body: usize) -> Vec<Range<usize>> {
    let (mut parts, mut start) = (Vec::new(), body);
    while start < block.len() {
        let end = line_end(block, block.len().min(start + PART) - 1);
        parts.push(start..end);
        start = end;
    }
    parts
}
