//! `print/<kind>.pdf`: all letters of a kind in order, for a printer.
//!
//! The pages are those of the single letters, exported once more, so every page looks the same in
//! both. Set pages take memory, so they are exported in parts: the thread that sets the letters of a
//! part binds them, and the [`Binder`] makes one file of the parts as they come.

use std::ops::Range;

use typst::layout::{Frame, FrameKind};
use typst_layout::Page;

use super::binder::Binder;
use super::press::Press;
use super::store::Store;
use crate::base::Day;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::pipeline::Separator;
use crate::verdicts::LetterKind;

/// More of them share a font, fewer take less memory. The bytes of a file depend on it.
pub const LETTERS_PER_PART: usize = 25;

/// The parts of letters of these kinds, one kind after another: no part has two kinds.
pub fn parts(kinds: &[LetterKind]) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    for of_kind in kinds.chunk_by(|a, b| a == b) {
        for part in of_kind.chunks(LETTERS_PER_PART) {
            parts.push(start..start + part.len());
            start += part.len();
        }
    }
    parts
}

fn file_name(kind: LetterKind) -> String {
    format!("print/{}.pdf", kind.code())
}

/// Letters of one kind as a part of its print file.
pub fn bind(
    press: &Press,
    date: Day,
    separator: Separator,
    kind: LetterKind,
    letters: Vec<Vec<Page>>,
) -> Result<Vec<u8>, Diagnostic> {
    let mut pages = Vec::new();
    for letter in letters {
        let blank = match separator {
            Separator::None => false,
            Separator::BlankPage => true,
            Separator::EvenPages => !letter.len().is_multiple_of(2),
        };
        let blank = letter.last().filter(|_| blank).map(empty);
        pages.extend(letter);
        pages.extend(blank);
    }
    press.bind(pages, &file_name(kind), date)
}

/// A page of the same size with nothing on it.
fn empty(page: &Page) -> Page {
    Page { frame: Frame::new(page.frame.size(), FrameKind::Soft), ..page.clone() }
}

/// The print files of a run, one after another.
#[derive(Default)]
pub struct PrintFiles {
    open: Option<(LetterKind, Binder)>,
}

impl PrintFiles {
    /// The next part; the parts of a kind follow each other.
    pub fn add(&mut self, kind: LetterKind, part: &[u8], store: &mut dyn Store) -> Result<(), Diagnostics> {
        if self.open.as_ref().is_some_and(|(open, _)| *open != kind) {
            self.close(store)?;
        }
        let (_, binder) = self.open.get_or_insert_with(|| (kind, Binder::new()));
        let bytes = binder.add(part).ok_or_else(|| unknown_shape(kind))?;
        store.more(&file_name(kind), &bytes)
    }

    pub fn finish(mut self, store: &mut dyn Store) -> Result<(), Diagnostics> {
        self.close(store)
    }

    fn close(&mut self, store: &mut dyn Store) -> Result<(), Diagnostics> {
        let Some((kind, binder)) = self.open.take() else { return Ok(()) };
        let bytes = binder.finish().ok_or_else(|| unknown_shape(kind))?;
        store.more(&file_name(kind), &bytes)?;
        store.close(&file_name(kind))
    }
}

fn unknown_shape(kind: LetterKind) -> Diagnostic {
    Diagnostic::output(
        Place::file(file_name(kind)),
        "the export writes another shape of file than the binder knows",
    )
    .hint("this is a defect of the program, not of your data; nothing was published. Please report it")
}
