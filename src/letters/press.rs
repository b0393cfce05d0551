//! The press: from wording and figures to an accessible PDF, in this process.
//!
//! One constant layout (`layout.typ`) sets every letter. What differs between letters reaches it as
//! values in one virtual file; the press has no other file, no package, no network and no clock. Fonts
//! are built in. Every PDF is exported as PDF/A-2a and PDF/UA-1 at once, and the export refuses what
//! breaks a rule that it can check. The same letter always gives the same bytes.

use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::layout::{Frame, FrameItem};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World};
use typst_layout::{Page, PagedDocument};
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::compact;
use super::context::LetterContext;
use super::diagram::Plot;
use super::page_values::values;
use super::wording::Wording;
use crate::base::Day;
use crate::diagnostics::{Diagnostic, Place};

const FONTS: [&[u8]; 3] = [
    include_bytes!("fonts/KlippekortSans-Regular.ttf"),
    include_bytes!("fonts/KlippekortSans-Bold.ttf"),
    include_bytes!("fonts/KlippekortOtherScripts-Regular.ttf"),
];
const LAYOUT: &str = include_str!("layout.typ");
/// The layout is read once and kept; what is read anew for every letter is this line.
const LETTER: &str = "#import \"/layout.typ\": letter\n#letter(json(\"/letter.json\"))";

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
    letter: Source,
    layout: Source,
    /// Ids of files are never freed, so all letters share this one.
    data: FileId,
    standards: PdfStandards,
    archive: PdfStandards,
}

impl Press {
    pub fn new() -> Result<Press, Diagnostic> {
        let fonts: Vec<Font> = FONTS.into_iter().flat_map(|font| Font::iter(Bytes::new(font))).collect();
        if fonts.len() != FONTS.len() {
            return Err(defect("a font of the letters cannot be read"));
        }
        let standards = |list: &[PdfStandard]| {
            PdfStandards::new(list).map_err(|error| defect(error.message().to_string()))
        };
        Ok(Press {
            library: LazyHash::new(
                Library::builder().with_features([Feature::A11yExtras].into_iter().collect()).build(),
            ),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            letter: Source::new(file_id("/letter.typ")?, LETTER.to_owned()),
            layout: Source::new(file_id("/layout.typ")?, LAYOUT.to_owned()),
            data: file_id("/letter.json")?,
            standards: standards(&[PdfStandard::A_2a, PdfStandard::Ua_1])?,
            archive: standards(&[PdfStandard::A_2b])?,
        })
    }

    /// Sets and exports one letter.
    pub fn print(&self, wording: &Wording, sheet: &Sheet<'_>) -> Result<Printed, Unprinted> {
        if let Some(unknown) = self.first_unknown(wording) {
            let reason = format!("no font has the character U+{:04X} in its place", u32::from(unknown));
            return Err(Unprinted::Character(reason));
        }
        let data = serde_json::to_vec(&values(wording, sheet)).map_err(|error| fault(&error.to_string()))?;
        let world = Sealed { press: self, data: Bytes::new(data) };
        let compiled = typst::compile::<PagedDocument>(&world);
        if let Some(warning) = compiled.warnings.first() {
            return Err(fault(&warning.message));
        }
        let document = compiled.output.map_err(|errors| fault(&first(&errors)))?;
        if document.pages().iter().any(|page| says_twice(&page.frame)) {
            let reason = "a mark stands apart from its letter, which would be read aloud more than once";
            return Err(Unprinted::Character(reason.to_owned()));
        }
        let pdf = export(&document, sheet.letter_id, sheet.date, &self.standards, true)
            .map_err(|errors| refused(&first(&errors)))?;
        let pdf = compact::packed(&pdf).unwrap_or(pdf);
        Ok(Printed { pdf, pages: document.pages().to_vec() })
    }

    /// Pages that are already set, as one file for a printer: fonts are shared, tags left out, and
    /// every page looks exactly as in its own letter.
    pub fn bind(&self, pages: Vec<Page>, name: &str, date: Day) -> Result<Vec<u8>, Diagnostic> {
        let document = PagedDocument::new(pages.into_iter().collect(), Default::default());
        export(&document, name, date, &self.archive, false).map_err(|errors| defect(first(&errors)))
    }

    /// The first character that cannot be printed. A mark must be in the font of the character that it
    /// stands on: set from two fonts, that character would be printed twice.
    fn first_unknown(&self, wording: &Wording) -> Option<char> {
        let mut fonts_of_the_former = 0;
        for c in wording.characters() {
            let mut fonts = self.fonts_with(c);
            if stays_with_the_former(c) {
                fonts &= fonts_of_the_former;
            }
            if fonts == 0 {
                return Some(c);
            }
            fonts_of_the_former = fonts;
        }
        None
    }

    /// One bit for each font that has the character.
    fn fonts_with(&self, c: char) -> u32 {
        let fonts = (0..self.fonts.len()).filter_map(|index| Some((index, self.book.info(index)?)));
        fonts.filter(|(_, font)| font.coverage.contains(u32::from(c))).map(|(index, _)| 1 << index).sum()
    }
}

/// Letters of one thread between two calls that forget. Each call makes the other threads work out again
/// part of what they are at; each letter in between takes memory.
const REMEMBERED: usize = 8;

/// To be called after every letter of a thread, failed ones too, which is its `position`-th: without it
/// every letter would stay in memory.
pub fn forget_after(position: usize) {
    if (position + 1).is_multiple_of(REMEMBERED) {
        forget();
    }
}

/// Forgets what no letter since the last call has needed: what is the same in all, such as wording
/// without a figure, stays laid out.
pub fn forget() {
    comemo::evict(1);
}

/// Forgets everything, when the last letter is made.
pub fn forget_all() {
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
        self.press.letter.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let known = [&self.press.letter, &self.press.layout].into_iter().find(|source| source.id() == id);
        known.cloned().ok_or(FileError::AccessDenied)
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
    let (year, month, day) = year_month_day(date);
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

/// Year, month and day.
pub(super) fn year_month_day(date: Day) -> (i32, u8, u8) {
    let month = date.month();
    (month.year(), month.number() as u8, date.of_month() as u8)
}

/// Marks that are set on the character before them.
pub(super) fn stays_with_the_former(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}')
        || matches!(c, '\u{64b}'..='\u{65f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}')
        || matches!(c, '\u{200c}' | '\u{200d}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe2f}')
}

fn first(errors: &[SourceDiagnostic]) -> String {
    errors.first().map_or_else(String::new, |error| error.message.to_string())
}

/// Whether a letter and its mark are drawn as two texts or two glyphs: the export then may give the
/// words of both to each, so that copied text and speech repeat them. Joiners are not repeated.
fn says_twice(frame: &Frame) -> bool {
    let mut former = "";
    frame.items().any(|(_, item)| match item {
        FrameItem::Group(group) => says_twice(&group.frame),
        FrameItem::Text(text) => text.glyphs.iter().enumerate().any(|(position, glyph)| {
            let said = text.text.get(glyph.range.start.into()..glyph.range.end.into()).unwrap_or_default();
            let within = position > 0 && text.glyphs[position - 1].range == glyph.range;
            let across = position == 0 && said == former;
            former = said;
            let marked = said.chars().skip(1).any(|c| stays_with_the_former(c) && !is_joiner(c));
            marked && (within || across)
        }),
        _ => false,
    })
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
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
