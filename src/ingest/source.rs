//! A text file in blocks that end at line ends, and what its bytes say of it beforehand.
//!
//! Files are not held in memory whole: two passes over blocks, one that finds the encoding and one
//! that reads, cost less than the memory of a file of many gigabytes.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;

use encoding_rs::{UTF_16BE, UTF_16LE};
use memchr::{memchr, memrchr};
use sha2::{Digest, Sha256};

use super::encoding::Traces;
use crate::diagnostics::{Diagnostic, Place};
use crate::pipeline::{Encoding, hexadecimal};

const BLOCK: usize = 32 << 20;

/// Blocks of whole lines.
pub struct Blocks {
    reader: Box<dyn Read>,
    /// What followed the last line end of the block before.
    carried: Vec<u8>,
    block: usize,
    ended: bool,
}

impl Blocks {
    fn new(reader: Box<dyn Read>, block: usize) -> Blocks {
        Blocks { reader, carried: Vec::new(), block, ended: false }
    }

    /// The next block; the last may lack a line end. A line longer than a block makes it longer.
    pub fn next_block(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = std::mem::take(&mut self.carried);
        while !self.ended {
            let read = self.reader.by_ref().take(self.block as u64).read_to_end(&mut bytes)?;
            self.ended = read < self.block;
            if !self.ended
                && let Some(last) = memrchr(b'\n', &bytes)
            {
                self.carried = bytes[last + 1..].to_vec();
                bytes.truncate(last + 1);
                return Ok(Some(bytes));
            }
        }
        Ok(if bytes.is_empty() { None } else { Some(bytes) })
    }
}

/// A text file whose encoding is known.
pub struct Source {
    pub bytes: u64,
    pub encoding: Encoding,
    /// For the report.
    pub encoding_name: &'static str,
    pub notices: Vec<String>,
    /// Bytes of the byte order mark.
    pub mark: usize,
    /// Already known when the text had to be decoded as a whole.
    pub sha256: Option<String>,
    pub blocks: Blocks,
}

/// Opens a file and decides its encoding; `whole` looks at all of it, otherwise at its beginning.
pub fn open(path: &Path, allowed: &[Encoding], whole: bool) -> Result<Source, Diagnostic> {
    let name = path.display().to_string();
    let unreadable = |error: io::Error| {
        Diagnostic::input(Place::file(&name), format!("the file cannot be read: {error}"))
            .hint("check that it exists and that you may read it")
    };
    let bytes = path.metadata().map_err(unreadable)?.len();
    let mut beginning = Vec::new();
    File::open(path).map_err(unreadable)?.take(3).read_to_end(&mut beginning).map_err(unreadable)?;
    if matches!(beginning[..], [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) {
        return open_utf16(path, beginning[0] == 0xFF, bytes, unreadable);
    }
    let block = if whole { BLOCK } else { 1 << 20 };
    let reader = || File::open(path).map(|file| Blocks::new(Box::new(file), block));
    let marked = beginning == [0xEF, 0xBB, 0xBF];
    let mut traces = Traces::default();
    let mut survey = reader().map_err(unreadable)?;
    let (mut line_feed, mut carriage_return) = (false, false);
    while let Some(piece) = survey.next_block().map_err(unreadable)? {
        line_feed |= memchr(b'\n', &piece).is_some();
        carriage_return |= memchr(b'\r', &piece).is_some();
        traces.look(if marked && piece.starts_with(&beginning) { &piece[3..] } else { &piece });
        if !whole || marked || traces.valid_multi_byte {
            break;
        }
    }
    if carriage_return && !line_feed {
        return Err(Diagnostic::input(Place::file(&name), "the lines end with a carriage return only")
            .hint("save the file with Windows or Unix line ends (old Macintosh line ends are not read)"));
    }
    let encoding = if marked { Encoding::Utf8 } else { traces.choose(allowed) };
    let mut notices = Vec::new();
    if encoding == Encoding::Windows1252 && !whole_ascii(traces) {
        notices.push("the file is not UTF-8 and was read as windows-1252".to_owned());
    }
    let encoding_name = if marked { "utf-8 with byte order mark" } else { encoding.name() };
    let mark = if marked { 3 } else { 0 };
    let blocks = reader().map_err(unreadable)?;
    Ok(Source { bytes, encoding, encoding_name, notices, mark, sha256: None, blocks })
}

fn whole_ascii(traces: Traces) -> bool {
    !traces.invalid && !traces.valid_multi_byte
}

/// UTF-16 is what "Unicode text" means to a spreadsheet; it is decoded as a whole.
fn open_utf16(
    path: &Path,
    little: bool,
    bytes: u64,
    unreadable: impl Fn(io::Error) -> Diagnostic,
) -> Result<Source, Diagnostic> {
    let raw = std::fs::read(path).map_err(unreadable)?;
    let (encoding, encoding_name) = if little { (UTF_16LE, "utf-16le") } else { (UTF_16BE, "utf-16be") };
    let (text, damaged) = encoding.decode_with_bom_removal(&raw);
    if damaged {
        return Err(Diagnostic::input(Place::file(path.display().to_string()), "the file is damaged UTF-16")
            .hint("export it again as UTF-8"));
    }
    let sha256 = Some(hexadecimal(&Sha256::digest(&raw)));
    let notices = vec!["the file is UTF-16; UTF-8 is read faster".to_owned()];
    let blocks = Blocks::new(Box::new(Cursor::new(text.into_owned().into_bytes())), BLOCK);
    Ok(Source { bytes, encoding: Encoding::Utf8, encoding_name, notices, mark: 0, sha256, blocks })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_whole_lines_and_nothing_is_lost() {
        let text = b"ab\ncdefgh\nij\nk".to_vec();
        for block in 1..20 {
            let mut blocks = Blocks::new(Box::new(Cursor::new(text.clone())), block);
            let mut all = Vec::new();
            while let Some(piece) = blocks.next_block().expect("memory is readable") {
                all.extend_from_slice(&piece);
                assert!(piece.ends_with(b"\n") || all.len() == text.len(), "{block}");
            }
            assert_eq!(all, text, "{block}");
        }
    }
}
