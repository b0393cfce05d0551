//! The wording format: plain text with a few marks, from which a letter's blocks are read.
//!
//! | written | is |
//! |---|---|
//! | `# text` | the title: exactly one, before every other heading |
//! | `## text` | a heading |
//! | `text` | a paragraph; a blank line ends it |
//! | `- text` | an item of a list |
//! | `! text` | a paragraph in the box that must not be overlooked |
//! | `@table caption`, `@facts caption` | a table; its rows follow |
//! | `\| cell \| cell \|` | a row; the first row of a `@table` holds its headings, `\|>` a column of figures |
//! | `\|= cell \| …`, `\|- cell \| …` | a row that is a sum, a row that is a part of the one above |
//! | `@letterhead`, `@address`, `@signature` | the lines that follow, kept as lines |
//! | `@date text`, `@footer id \| page \| of` | beside the address; below every page |
//! | `@diagram caption` | the progress diagram; `key: text` lines label it, rows stand beside it |
//! | `**text**`, `~`, `\x` | bold; a blank that keeps its line; `x` itself, whatever it is |
//!
//! A value that comes from data is put in by [`escape`], after which every character of it stands
//! for itself: no name, title or address can become a mark, a block or a second line.

mod parse;

use std::fmt::Write as _;

use serde::Serialize;

pub use parse::{Fault, check_source};

/// A stretch of text in one weight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    pub bold: bool,
    pub text: String,
}

/// One line or paragraph. Never empty: a line without text has one empty run.
pub type Line = Vec<Run>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    Plain,
    Sum,
    Part,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub kind: RowKind,
    pub cells: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub heading: Line,
    /// Figures stand to the right.
    pub figures: bool,
}

/// Headings may be none: the first cell of each row then heads its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub caption: Line,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
}

/// The words of the diagram; its figures come from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labels {
    /// Key and text in the order written; keys are those of [`LABELS`].
    pub texts: Vec<(String, String)>,
    pub table: Table,
}

impl Labels {
    pub fn text(&self, key: &str) -> Option<&str> {
        self.texts.iter().find(|(known, _)| known == key).map(|(_, text)| text.as_str())
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    Letterhead { lines: Vec<Line> },
    Address { lines: Vec<Line> },
    Date { line: Line },
    Footer { parts: Vec<Line> },
    Title { line: Line },
    Heading { line: Line },
    Paragraph { line: Line },
    List { items: Vec<Line> },
    Box { lines: Vec<Line> },
    Facts(Table),
    Table(Table),
    Diagram(Labels),
    Signature { lines: Vec<Line> },
}

/// What a letter says, in the order of reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    pub blocks: Vec<Block>,
}

/// Keys of the lines under `@diagram`; all but those in [`OPTIONAL_LABELS`] must be there.
pub const LABELS: &[&str] =
    &["x", "y", "green", "yellow", "red", "curve", "control", "required", "missing", "alternative"];
/// Said only where the student has reached a control point, or lacks something.
pub const OPTIONAL_LABELS: &[&str] = &["control", "required", "missing"];

pub const DIRECTIVES: &[&str] =
    &["table", "facts", "letterhead", "address", "signature", "date", "footer", "diagram"];

/// Writes a value so that every character of it stands for itself.
///
/// Line ends and other controls become blanks; marks that no reader sees but that reorder or hide
/// what stands around them (direction overrides, zero-width characters) are left out.
pub fn escape(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len() + value.len() / 4);
    for c in value.chars() {
        if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
            escaped.push(' ');
        } else if c.is_ascii_punctuation() {
            escaped.push('\\');
            escaped.push(c);
        } else if !is_invisible(c) {
            escaped.push(c);
        }
    }
    escaped
}

/// Characters without a shape of their own. The joiners U+200C and U+200D shape Persian and Indic names.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}')
        || matches!(c, '\u{e0000}'..='\u{e007f}')
}

impl Wording {
    /// The text of the title, which also names the document.
    pub fn title(&self) -> String {
        let title = self.blocks.iter().find_map(|block| match block {
            Block::Title { line } => Some(text_of(line)),
            _ => None,
        });
        title.unwrap_or_default()
    }

    /// One line per paragraph, item and row, cells parted by ` | `: for an e-mail, and for reading
    /// a letter without a page.
    pub fn plain_text(&self) -> String {
        let mut text = String::new();
        for block in &self.blocks {
            match block {
                Block::Letterhead { lines }
                | Block::Address { lines }
                | Block::Box { lines }
                | Block::Signature { lines }
                | Block::List { items: lines } => lines.iter().for_each(|line| put(&mut text, &[line])),
                Block::Date { line }
                | Block::Title { line }
                | Block::Heading { line }
                | Block::Paragraph { line } => put(&mut text, &[line]),
                Block::Footer { .. } => {}
                Block::Facts(table) | Block::Table(table) => put_table(&mut text, table),
                Block::Diagram(labels) => {
                    let _ = writeln!(text, "{}", labels.text("alternative").unwrap_or_default());
                    put_table(&mut text, &labels.table);
                }
            }
        }
        text
    }

    /// Every character that will be printed.
    pub fn characters(&self) -> impl Iterator<Item = char> {
        let labels = self.blocks.iter().filter_map(|block| match block {
            Block::Diagram(labels) => Some(labels.texts.iter().map(|(_, text)| text.as_str()).collect()),
            Block::Footer { parts } => Some(parts.iter().map(|line| text_of(line)).collect()),
            _ => None,
        });
        let labels: String = labels.collect::<Vec<String>>().concat();
        let shown: Vec<char> = self.plain_text().chars().chain(labels.chars()).collect();
        shown.into_iter().filter(|c| *c != '\n')
    }
}

pub fn text_of(line: &[Run]) -> String {
    line.iter().map(|run| run.text.as_str()).collect()
}

fn put(text: &mut String, cells: &[&Line]) {
    let cells: Vec<String> = cells.iter().map(|line| text_of(line)).collect();
    let _ = writeln!(text, "{}", cells.join(" | "));
}

fn put_table(text: &mut String, table: &Table) {
    put(text, &[&table.caption]);
    if !table.columns.is_empty() {
        put(text, &table.columns.iter().map(|column| &column.heading).collect::<Vec<_>>());
    }
    for row in &table.rows {
        put(text, &row.cells.iter().collect::<Vec<_>>());
    }
}
