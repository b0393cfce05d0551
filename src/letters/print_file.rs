//! `print/<kind>.pdf`: all letters of a kind in order, for a printer.
//!
//! The pages are those of the single letters, exported once more, so every page looks the same in
//! both and fonts are stored once. Set pages take memory, so a kind with many letters is cut into
//! numbered files of at most [`LETTERS_PER_FILE`].

use typst::layout::{Frame, FrameKind};
use typst_layout::Page;

use super::batch::Store;
use super::press::Press;
use crate::base::Day;
use crate::diagnostics::Diagnostics;
use crate::pipeline::Separator;
use crate::verdicts::LetterKind;

pub const LETTERS_PER_FILE: usize = 100;

pub struct PrintFiles<'a> {
    press: &'a Press,
    date: Day,
    separator: Separator,
    /// Letters due of each kind that has any.
    due: Vec<(LetterKind, usize)>,
    kind: Option<LetterKind>,
    /// Of the kind, from 1.
    file: usize,
    letters: usize,
    pages: Vec<Page>,
}

impl<'a> PrintFiles<'a> {
    /// `due` are the kinds of all letters that will come, one kind after another.
    pub fn new(press: &'a Press, date: Day, separator: Separator, due: &[LetterKind]) -> PrintFiles<'a> {
        let due = due.chunk_by(|a, b| a == b).map(|run| (run[0], run.len())).collect();
        PrintFiles { press, date, separator, due, kind: None, file: 1, letters: 0, pages: Vec::new() }
    }

    pub fn add(&mut self, kind: LetterKind, pages: Vec<Page>, store: Store<'_>) -> Result<(), Diagnostics> {
        if self.kind != Some(kind) {
            self.write(store)?;
            (self.kind, self.file) = (Some(kind), 1);
        } else if self.letters == LETTERS_PER_FILE {
            self.write(store)?;
            self.file += 1;
        }
        let blank = match self.separator {
            Separator::None => false,
            Separator::BlankPage => true,
            Separator::EvenPages => !pages.len().is_multiple_of(2),
        };
        let separator = pages.last().filter(|_| blank).map(empty);
        self.pages.extend(pages);
        self.pages.extend(separator);
        self.letters += 1;
        Ok(())
    }

    pub fn finish(mut self, store: Store<'_>) -> Result<(), Diagnostics> {
        self.write(store)
    }

    fn write(&mut self, store: Store<'_>) -> Result<(), Diagnostics> {
        let Some(kind) = self.kind.filter(|_| self.letters > 0) else { return Ok(()) };
        let due = self.due.iter().find(|(known, _)| *known == kind).map_or(0, |(_, count)| *count);
        let name = if due > LETTERS_PER_FILE {
            format!("print/{}_{:03}.pdf", kind.code(), self.file)
        } else {
            format!("print/{}.pdf", kind.code())
        };
        let bytes = self.press.bind(std::mem::take(&mut self.pages), &name, self.date)?;
        self.letters = 0;
        store(&name, &bytes)
    }
}

/// A page of the same size with nothing on it.
fn empty(page: &Page) -> Page {
    Page { frame: Frame::new(page.frame.size(), FrameKind::Soft), ..page.clone() }
}
