//! A text file in blocks that end at line ends, and what its bytes say of it.
//!
//! Files are not held in memory whole. They are read once: only a letter beyond ASCII that does not
//! decide the encoding by itself makes the rest of the file be looked at beforehand.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use encoding_rs::{UTF_16BE, UTF_16LE};
use memchr::{memchr, memrchr};

use super::encoding::Traces;
use crate::base::sha256_hex;
use crate::diagnostics::{Diagnostic, Place};
use crate::pipeline::Encoding;

/// Large enough to keep all cores busy, small enough for two of them to stay in their caches.
const BLOCK: usize = 2 << 20;

/// Blocks of whole lines, each read into the buffer of an earlier one.
pub struct Blocks {
    reader: Box<dyn Read + Send>,
    /// What followed the last line end of the block before.
    carried: Vec<u8>,
    block: usize,
    /// Bytes that are still to come, so that a small file takes little room.
    left: usize,
    given: u64,
    ended: bool,
}

/// More than a line takes, and what a reader wants free at the end to notice that there is no more.
const SLACK: usize = 1 << 12;

impl Blocks {
    pub fn new(reader: Box<dyn Read + Send>, block: usize, left: u64) -> Blocks {
        let left = usize::try_from(left).unwrap_or(usize::MAX);
        Blocks { reader, carried: Vec::new(), block, left, given: 0, ended: false }
    }

    /// Whether the last block has been given.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Bytes of all blocks so far: where in the text the last of them ends.
    pub fn given(&self) -> u64 {
        self.given
    }

    /// Takes back the end of a block: the next one begins with it.
    pub fn give_back(&mut self, end: &[u8]) {
        self.given -= end.len() as u64;
        self.carried.splice(..0, end.iter().copied());
    }

    /// Blocks of so many bytes, for a look at the beginning.
    pub fn resize(&mut self, block: usize) {
        self.block = block;
    }

    /// The next block into `bytes`; empty at the end. The last may lack a line end. A line longer
    /// than a block makes it longer.
    pub fn next_block(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        self.fill(bytes)?;
        self.given += bytes.len() as u64;
        Ok(())
    }

    fn fill(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        bytes.clear();
        bytes.append(&mut self.carried);
        while !self.ended {
            bytes.reserve_exact(self.block.min(self.left) + SLACK);
            let read = self.reader.by_ref().take(self.block as u64).read_to_end(bytes)?;
            self.left = self.left.saturating_sub(read);
            self.ended = read < self.block;
            if !self.ended
                && let Some(last) = memrchr(b'\n', bytes)
            {
                self.carried.extend_from_slice(&bytes[last + 1..]);
                bytes.truncate(last + 1);
                return Ok(());
            }
        }
        Ok(())
    }
}

/// A text file, and what is known of its encoding.
pub struct Source {
    path: PathBuf,
    pub bytes: u64,
    allowed: Vec<Encoding>,
    /// Decided by a byte order mark, or by the first letter beyond ASCII.
    decided: Option<Encoding>,
    /// For the report, when it is not the name of the encoding.
    name: Option<&'static str>,
    pub notices: Vec<String>,
    /// Bytes of the byte order mark.
    pub mark: usize,
    /// Already known when the text had to be decoded as a whole.
    pub sha256: Option<String>,
    pub blocks: Blocks,
}

/// Opens a file.
pub fn open(path: &Path, allowed: &[Encoding]) -> Result<Source, Diagnostic> {
    let bytes = path.metadata().map_err(|error| unreadable(path, error))?.len();
    let mut beginning = Vec::new();
    let file = || File::open(path).map_err(|error| unreadable(path, error));
    file()?.take(3).read_to_end(&mut beginning).map_err(|error| unreadable(path, error))?;
    if matches!(beginning[..], [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) {
        return open_utf16(path, beginning[0] == 0xFF, bytes);
    }
    let marked = beginning == [0xEF, 0xBB, 0xBF];
    Ok(Source {
        path: path.to_owned(),
        bytes,
        allowed: allowed.to_vec(),
        decided: marked.then_some(Encoding::Utf8),
        name: marked.then_some("utf-8 with byte order mark"),
        notices: Vec::new(),
        mark: if marked { 3 } else { 0 },
        sha256: None,
        blocks: Blocks::new(Box::new(file()?), BLOCK, bytes),
    })
}

impl Source {
    /// What a text of ASCII alone is read as until a letter decides.
    pub fn encoding(&self) -> Encoding {
        self.decided.unwrap_or_else(|| Traces::default().choose(&self.allowed))
    }

    /// For the report.
    pub fn encoding_name(&self) -> &'static str {
        self.name.unwrap_or(self.encoding().name())
    }

    /// What the first block shows: one byte for a letter of ASCII, and lines that end with line feeds.
    pub fn check_beginning(&self, block: &[u8]) -> Result<(), Diagnostic> {
        let place = || Place::file(self.path.display().to_string());
        let beginning = &block[..block.len().min(4096)];
        if beginning.iter().filter(|byte| **byte == 0).count() * 4 > beginning.len() {
            let message = "the file looks like UTF-16 without a byte order mark, in one of two byte orders";
            return Err(Diagnostic::input(place(), message).hint("export it again as UTF-8"));
        }
        if memchr(b'\n', block).is_some() || memchr(b'\r', block).is_none() {
            return Ok(());
        }
        Err(Diagnostic::input(place(), "the lines end with a carriage return only")
            .hint("save the file with Windows or Unix line ends (old Macintosh line ends are not read)"))
    }

    pub fn is_undecided(&self) -> bool {
        self.decided.is_none()
    }

    /// Decides the encoding when a block is the first with letters beyond ASCII: by that block, and,
    /// while it leaves the question open, by what follows `from`, the byte after it.
    pub fn decide(&mut self, block: &[u8], from: Option<u64>) -> Result<(), Diagnostic> {
        if self.decided.is_some() || block.is_ascii() {
            return Ok(());
        }
        let mut traces = Traces::default();
        traces.look(block);
        if let Some(from) = from.filter(|_| !traces.valid_multi_byte) {
            let path = self.path.clone();
            let mut file = File::open(&path).map_err(|error| unreadable(&path, error))?;
            file.seek(SeekFrom::Start(from)).map_err(|error| unreadable(&path, error))?;
            let mut rest = Blocks::new(Box::new(file), BLOCK, self.bytes - from.min(self.bytes));
            let mut bytes = Vec::new();
            while !traces.valid_multi_byte {
                rest.next_block(&mut bytes).map_err(|error| unreadable(&path, error))?;
                if bytes.is_empty() {
                    break;
                }
                traces.look(&bytes);
            }
        }
        let encoding = traces.choose(&self.allowed);
        if encoding == Encoding::Windows1252 {
            self.notices.push("the file is not UTF-8 and was read as windows-1252".to_owned());
        }
        self.decided = Some(encoding);
        Ok(())
    }
}

pub fn unreadable(path: &Path, error: io::Error) -> Diagnostic {
    Diagnostic::input(Place::file(path.display().to_string()), format!("the file cannot be read: {error}"))
        .hint("check that it exists and that you may read it")
}

/// UTF-16 is what "Unicode text" means to a spreadsheet; it is decoded as a whole.
fn open_utf16(path: &Path, little: bool, bytes: u64) -> Result<Source, Diagnostic> {
    let raw = std::fs::read(path).map_err(|error| unreadable(path, error))?;
    let (encoding, name) = if little { (UTF_16LE, "utf-16le") } else { (UTF_16BE, "utf-16be") };
    let (text, damaged) = encoding.decode_with_bom_removal(&raw);
    if damaged {
        return Err(Diagnostic::input(Place::file(path.display().to_string()), "the file is damaged UTF-16")
            .hint("export it again as UTF-8"));
    }
    let sha256 = Some(sha256_hex(&raw));
    let notices = vec!["the file is UTF-16; UTF-8 is read faster".to_owned()];
    let text = text.into_owned().into_bytes();
    let length = text.len() as u64;
    let blocks = Blocks::new(Box::new(Cursor::new(text)), BLOCK, length);
    Ok(Source {
        path: path.to_owned(),
        bytes,
        allowed: Vec::new(),
        decided: Some(Encoding::Utf8),
        name: Some(name),
        notices,
        mark: 0,
        sha256,
        blocks,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_whole_lines_and_nothing_is_lost() {
        let text = b"ab\ncdefgh\nij\nk".to_vec();
        for block in 1..20 {
            let mut blocks = Blocks::new(Box::new(Cursor::new(text.clone())), block, 3);
            let (mut all, mut piece) = (Vec::new(), Vec::new());
            loop {
                blocks.next_block(&mut piece).expect("memory is readable");
                if piece.is_empty() {
                    break;
                }
                all.extend_from_slice(&piece);
                assert_eq!(blocks.given(), all.len() as u64, "{block}");
                assert!(piece.ends_with(b"\n") || all.len() == text.len(), "{block}");
            }
            assert_eq!(all, text, "{block}");
        }
    }
}
