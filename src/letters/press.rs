//! The press: from wording and figures to an accessible PDF, in this process.
//!
//! One constant layout (`layout.typ`) sets every letter. What differs between letters reaches it as
//! values in one virtual file; the press has no other file, no package, no network and no clock. Fonts
//! are built in. Every PDF is exported as PDF/A-2a and PDF/UA-1 at once, and the export refuses what
//! breaks a rule that it can check. The same letter always gives the same bytes.

use std::sync::Arc;

use serde_json::{Value, json};
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World};
use typst_layout::{Page, PagedDocument};
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::context::LetterContext;
use super::diagram::Plot;
use super::wording::{Block, Line, Table, Wording};
use crate::base::Day;
use crate::diagnostics::{Diagnostic, Place};

const FONTS: [&[u8]; 3] = [
    include_bytes!("fonts/KlippekortSans-Regular.ttf"),
    include_bytes!("fonts/KlippekortSans-Bold.ttf"),
    include_bytes!("fonts/KlippekortOtherScripts-Regular.ttf"),
];
const LAYOUT: &str = include_str!("layout.typ");

/// A word longer than this may be broken after this many characters, so that it stays on the page.
const LONGEST_PIECE: usize = 28;

/// Why one letter has no PDF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unprinted {
    /// The letter holds a character that no font of the press has, or that the standards refuse.
    Character(String),
    /// The layout does not fit the wording: the program or a template is at fault.
    Fault(Diagnostic),
}

/// A letter as it is sent, and its pages for the print file.
pub struct Printed {
    pub pdf: Vec<u8>,
    pub pages: Vec<Page>,
}

/// What a letter is beside its wording.
#[derive(Clone, Copy, Debug)]
pub struct Sheet<'a> {
    pub letter_id: &'a str,
    /// `da` or `en`.
    pub language: &'a str,
    /// The author in the document's properties.
    pub author: &'a str,
    pub date: Day,
    pub plot: Option<&'a Plot>,
}

impl<'a> Sheet<'a> {
    pub fn of(letter: &'a LetterContext, date: Day) -> Sheet<'a> {
        Sheet {
            letter_id: &letter.letter_id,
            language: letter.language,
            author: &letter.authority.university,
            date,
            plot: letter.diagram.as_ref().map(|diagram| &diagram.plot),
        }
    }
}

/// Library, fonts and layout: made once, shared by all threads.
pub struct Press {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    layout: Source,
    /// Ids of files are never freed, so all letters share this one.
    data: FileId,
    standards: PdfStandards,
    archive: PdfStandards,
}

impl Press {
    pub fn new() -> Result<Arc<Press>, Diagnostic> {
        let fonts: Vec<Font> = FONTS.into_iter().flat_map(|font| Font::iter(Bytes::new(font))).collect();
        if fonts.len() != FONTS.len() {
            return Err(defect("a font of the letters cannot be read"));
        }
        let standards = |list: &[PdfStandard]| {
            PdfStandards::new(list).map_err(|error| defect(error.message().to_string()))
        };
        Ok(Arc::new(Press {
            library: LazyHash::new(
                Library::builder().with_features([Feature::A11yExtras].into_iter().collect()).build(),
            ),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            layout: Source::new(file_id("/layout.typ")?, LAYOUT.to_owned()),
            data: file_id("/letter.json")?,
            standards: standards(&[PdfStandard::A_2a, PdfStandard::Ua_1])?,
            archive: standards(&[PdfStandard::A_2b])?,
        }))
    }

    /// Sets and exports one letter.
    pub fn print(&self, wording: &Wording, sheet: &Sheet<'_>) -> Result<Printed, Unprinted> {
        if let Some(unknown) = wording.characters().find(|c| !self.has(*c)) {
            let reason = format!("no font has the character U+{:04X}", u32::from(unknown));
            return Err(Unprinted::Character(reason));
        }
        let data = serde_json::to_vec(&values(wording, sheet)).map_err(|error| fault(&error.to_string()))?;
        let world = Sealed { press: self, data: Bytes::new(data) };
        let compiled = typst::compile::<PagedDocument>(&world);
        if let Some(warning) = compiled.warnings.first() {
            return Err(fault(&warning.message));
        }
        let document = compiled.output.map_err(|errors| fault(&first(&errors)))?;
        let pdf = export(&document, sheet.letter_id, sheet.date, &self.standards, true)
            .map_err(|errors| refused(&first(&errors)))?;
        Ok(Printed { pdf, pages: document.pages().to_vec() })
    }

    /// Pages that are already set, as one file for a printer: fonts are shared, tags left out, and
    /// every page looks exactly as in its own letter.
    pub fn bind(&self, pages: Vec<Page>, name: &str, date: Day) -> Result<Vec<u8>, Diagnostic> {
        let document = PagedDocument::new(pages.into_iter().collect(), Default::default());
        export(&document, name, date, &self.archive, false).map_err(|errors| defect(first(&errors)))
    }

    fn has(&self, c: char) -> bool {
        (0..self.fonts.len())
            .filter_map(|index| self.book.info(index))
            .any(|font| font.coverage.contains(u32::from(c)))
    }
}

/// Forgets what the last letters have left in the layout engine's memory. To be called every so many
/// letters, failed ones too; without it every letter would stay.
pub fn forget() {
    comemo::evict(0);
}

/// One letter's world: the layout and its values.
struct Sealed<'a> {
    press: &'a Press,
    data: Bytes,
}

impl World for Sealed<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.press.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.press.book
    }

    fn main(&self) -> FileId {
        self.press.layout.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.press.layout.id() {
            Ok(self.press.layout.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.press.data { Ok(self.data.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.press.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn file_id(path: &str) -> Result<FileId, Diagnostic> {
    let path = VirtualPath::new(path).map_err(|_| defect("a virtual path is not one"))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

fn export(
    document: &PagedDocument,
    ident: &str,
    date: Day,
    standards: &PdfStandards,
    tagged: bool,
) -> typst::diag::SourceResult<Vec<u8>> {
    let (year, month, day) = parts(date);
    let options = PdfOptions {
        ident: Smart::Custom(ident.to_owned()),
        creator: Smart::Custom(Some("klippekort".to_owned())),
        timestamp: Datetime::from_ymd_hms(year, month, day, 0, 0, 0).map(Timestamp::new_utc),
        standards: standards.clone(),
        tagged,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(document, &options)
}

fn parts(date: Day) -> (i32, u8, u8) {
    let month = date.month();
    let day = date.epoch_days() - month.first_day().epoch_days() + 1;
    (month.year(), month.number() as u8, day as u8)
}

/// Everything the layout reads.
fn values(wording: &Wording, sheet: &Sheet<'_>) -> Value {
    let (mut letterhead, mut address, mut date, mut footer) = (json!([]), json!([]), json!([]), json!([]));
    let mut body = Vec::new();
    for block in &wording.blocks {
        match block {
            Block::Letterhead { lines: found } => letterhead = lines(found),
            Block::Address { lines: found } => address = lines(found),
            Block::Date { line: found } => date = line(found),
            Block::Footer { parts } => footer = lines(parts),
            other => body.push(other),
        }
    }
    let is_heading = |block: &&Block| matches!(block, Block::Heading { .. });
    let last = body.iter().rposition(is_heading).unwrap_or(body.len());
    let values = |blocks: &[&Block]| blocks.iter().map(|block| block_value(block)).collect::<Vec<_>>();
    let (year, month, day) = parts(sheet.date);
    json!({
        "title": wording.title(),
        "author": sheet.author,
        "date": [year, month, day],
        "lang": sheet.language,
        "region": if sheet.language == "da" { "DK" } else { "GB" },
        "letterhead": letterhead,
        "address": address,
        "letter_date": date,
        "footer": footer,
        "blocks": values(&body[..last]),
        "last": values(&body[last..]),
        "plot": sheet.plot,
    })
}

fn block_value(block: &Block) -> Value {
    match block {
        Block::Title { line: found } => json!({"block": "title", "line": line(found)}),
        Block::Heading { line: found } => json!({"block": "heading", "line": line(found)}),
        Block::Paragraph { line: found } => json!({"block": "paragraph", "line": line(found)}),
        Block::List { items } => json!({"block": "list", "items": lines(items)}),
        Block::Box { lines: found } => json!({"block": "box", "lines": lines(found)}),
        Block::Signature { lines: found } => json!({"block": "signature", "lines": lines(found)}),
        Block::Facts(table) => table_value("facts", table),
        Block::Table(table) => table_value("table", table),
        Block::Diagram(labels) => {
            let words: serde_json::Map<String, Value> =
                labels.texts.iter().map(|(key, text)| (key.clone(), text.clone().into())).collect();
            json!({"block": "diagram", "words": words, "table": table_value("table", &labels.table)})
        }
        Block::Letterhead { .. } | Block::Address { .. } | Block::Date { .. } | Block::Footer { .. } => {
            Value::Null
        }
    }
}

fn table_value(block: &str, table: &Table) -> Value {
    let columns = table.columns.iter();
    let columns = columns.map(|column| json!({"heading": line(&column.heading), "figures": column.figures}));
    let rows = table.rows.iter().map(|row| json!({"kind": row.kind, "cells": lines(&row.cells)}));
    json!({
        "block": block,
        "caption": line(&table.caption),
        "columns": columns.collect::<Vec<_>>(),
        "rows": rows.collect::<Vec<_>>(),
    })
}

fn lines(all: &[Line]) -> Value {
    all.iter().map(line).collect()
}

fn line(line: &Line) -> Value {
    line.iter().map(|run| json!({"bold": run.bold, "pieces": pieces(&run.text)})).collect()
}

/// The text whole, or in pieces between which a word that is too long may be broken.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut length) = (0, 0);
    for (at, c) in text.char_indices() {
        length = if c == ' ' { 0 } else { length + 1 };
        if length > LONGEST_PIECE && !stays_with_the_former(c) {
            pieces.push(&text[start..at]);
            (start, length) = (at, 1);
        }
    }
    pieces.push(&text[start..]);
    pieces
}

/// Marks that are set on the character before them.
fn stays_with_the_former(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}')
        || matches!(c, '\u{64b}'..='\u{65f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}')
        || matches!(c, '\u{200c}' | '\u{200d}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe2f}')
}

fn first(errors: &[SourceDiagnostic]) -> String {
    errors.first().map_or_else(String::new, |error| error.message.to_string())
}

/// The export's own message may quote the letter, so only its kind is told.
fn refused(message: &str) -> Unprinted {
    let of_a_character = ["could not be displayed", "codepoint", "code point"];
    if of_a_character.iter().any(|part| message.contains(part)) {
        let reason = "a character has no glyph, or is refused by PDF/A-2a or PDF/UA-1";
        return Unprinted::Character(reason.to_owned());
    }
    let known = message.split('`').next().unwrap_or_default();
    fault(&format!("the export refuses the letter: {known}"))
}

fn fault(message: &str) -> Unprinted {
    Unprinted::Fault(defect(format!("the letter cannot be set: {message}")))
}

fn defect(message: impl Into<String>) -> Diagnostic {
    Diagnostic::output(Place::file("layout of the letters"), message)
}
