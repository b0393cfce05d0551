//! Reads the wording format, and proves a template line by line before any student is near it.

use super::{Block, Column, DIRECTIVES, LABELS, Labels, Line, OPTIONAL_LABELS, Row, RowKind, Run};
use super::{Table, Wording};
use crate::diagnostics::{Diagnostic, Diagnostics, Place};

/// What is wrong, and in which line of the text (from 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub line: usize,
    pub message: String,
}

impl Wording {
    /// Reads a whole letter.
    pub fn parse(text: &str) -> Result<Wording, Fault> {
        let mut reader = Reader::default();
        for (index, line) in text.split('\n').enumerate() {
            let fault = |message| Fault { line: index + 1, message };
            let line = line.trim_matches(|c: char| c.is_ascii_whitespace());
            reader.line(line).map_err(fault)?;
        }
        let blocks = reader.blocks;
        whole(&blocks).map_err(|message| Fault { line: 0, message })?;
        Ok(Wording { blocks })
    }
}

/// What must hold of a letter as a whole.
fn whole(blocks: &[Block]) -> Result<(), String> {
    let is_title = |block: &Block| matches!(block, Block::Title { .. });
    let is_heading = |block: &Block| matches!(block, Block::Heading { .. });
    let diagrams = blocks.iter().filter(|block| matches!(block, Block::Diagram(_))).count();
    match blocks.iter().filter(|block| is_title(block)).count() {
        0 => return Err("there is no title: begin one line with `# `".to_owned()),
        1 => {}
        _ => return Err("there is more than one title (`# `)".to_owned()),
    }
    if blocks.iter().position(is_heading) < blocks.iter().position(is_title) && blocks.iter().any(is_heading)
    {
        return Err("a heading (`## `) stands before the title".to_owned());
    }
    if diagrams > 1 {
        return Err("there is more than one diagram".to_owned());
    }
    for block in blocks {
        if let Block::Diagram(labels) = block {
            for key in LABELS.iter().filter(|key| !OPTIONAL_LABELS.contains(*key)) {
                if labels.text(key).is_none_or(|text| text.trim().is_empty()) {
                    return Err(format!("the diagram has no `{key}: …`"));
                }
            }
        }
        if let Block::Table(table) = block
            && (table.columns.is_empty() || table.rows.is_empty())
        {
            return Err("a table has no headings or no rows".to_owned());
        }
    }
    Ok(())
}

/// Where lines that follow belong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Open {
    #[default]
    Nothing,
    Paragraph,
    Lines,
    Labels,
}

#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    open: Open,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), String> {
        if line.is_empty() {
            // The labels of a diagram may be parted: a list of none leaves an empty line.
            if self.open != Open::Labels {
                self.open = Open::Nothing;
            }
            return Ok(());
        }
        if line.starts_with('|') {
            return self.row(line);
        }
        if let Some(directive) = line.strip_prefix('@') {
            return self.directive(directive);
        }
        if self.open == Open::Lines {
            let line = runs(line)?;
            if let Some(Block::Letterhead { lines } | Block::Address { lines } | Block::Signature { lines }) =
                self.blocks.last_mut()
            {
                lines.push(line);
            }
            return Ok(());
        }
        if self.open == Open::Labels && !line.starts_with(['#', '!', '-']) {
            return self.label(line);
        }
        if let Some(text) = line.strip_prefix("# ") {
            self.open = Open::Nothing;
            self.blocks.push(Block::Title { line: runs(text)? });
        } else if let Some(text) = line.strip_prefix("## ") {
            self.open = Open::Nothing;
            self.blocks.push(Block::Heading { line: runs(text)? });
        } else if let Some(text) = line.strip_prefix("- ") {
            self.open = Open::Nothing;
            let item = runs(text)?;
            match self.blocks.last_mut() {
                Some(Block::List { items }) => items.push(item),
                _ => self.blocks.push(Block::List { items: vec![item] }),
            }
        } else if let Some(text) = line.strip_prefix("! ") {
            self.open = Open::Nothing;
            let line = runs(text)?;
            match self.blocks.last_mut() {
                Some(Block::Box { lines }) => lines.push(line),
                _ => self.blocks.push(Block::Box { lines: vec![line] }),
            }
        } else if line.starts_with(['#', '!']) {
            return Err("write a blank after the mark: `# `, `## `, `! `".to_owned());
        } else {
            self.paragraph(runs(line)?);
        }
        Ok(())
    }

    fn paragraph(&mut self, mut more: Line) {
        if self.open == Open::Paragraph
            && let Some(Block::Paragraph { line }) = self.blocks.last_mut()
        {
            line.push(Run { bold: false, text: " ".to_owned() });
            line.append(&mut more);
        } else {
            self.open = Open::Paragraph;
            self.blocks.push(Block::Paragraph { line: more });
        }
    }

    fn directive(&mut self, directive: &str) -> Result<(), String> {
        let (name, text) = directive.split_once(' ').unwrap_or((directive, ""));
        let text = text.trim();
        let table = |text| Ok::<_, String>(Table { caption: runs(text)?, columns: vec![], rows: vec![] });
        let (open, block) = match name {
            "letterhead" => (Open::Lines, Block::Letterhead { lines: Vec::new() }),
            "address" => (Open::Lines, Block::Address { lines: Vec::new() }),
            "signature" => (Open::Lines, Block::Signature { lines: Vec::new() }),
            "table" => (Open::Nothing, Block::Table(table(text)?)),
            "facts" => (Open::Nothing, Block::Facts(table(text)?)),
            "diagram" => (Open::Labels, Block::Diagram(Labels { texts: Vec::new(), table: table(text)? })),
            "date" => (Open::Nothing, Block::Date { line: runs(text)? }),
            "footer" => {
                let parts = cells(text)?.into_iter().map(|(_, line)| line).collect::<Vec<_>>();
                if parts.len() != 3 {
                    return Err("write `@footer id | page | of`".to_owned());
                }
                (Open::Nothing, Block::Footer { parts })
            }
            _ => return Err(format!("`@{name}` is not known; there are @{}", DIRECTIVES.join(", @"))),
        };
        if matches!(open, Open::Lines) && !text.is_empty() {
            return Err(format!("`@{name}` stands alone on its line; its text follows below"));
        }
        self.open = open;
        self.blocks.push(block);
        Ok(())
    }

    fn label(&mut self, line: &str) -> Result<(), String> {
        let (key, text) = line.split_once(':').ok_or("write `key: text` below `@diagram`")?;
        if !LABELS.contains(&key) {
            return Err(format!("`{key}:` is not known; there are {}", LABELS.join(", ")));
        }
        let text = super::text_of(&runs(text.trim())?);
        if let Some(Block::Diagram(labels)) = self.blocks.last_mut() {
            if labels.text(key).is_some() {
                return Err(format!("`{key}:` stands twice"));
            }
            labels.texts.push((key.to_owned(), text));
        }
        Ok(())
    }

    /// A row belongs to the table above it, also across a blank line.
    fn row(&mut self, line: &str) -> Result<(), String> {
        let (with_headings, table) = match self.blocks.last_mut() {
            Some(Block::Table(table)) => (true, table),
            Some(Block::Diagram(labels)) => (true, &mut labels.table),
            Some(Block::Facts(table)) => (false, table),
            _ => return Err("a row stands outside a table: write `@table caption` above it".to_owned()),
        };
        let body = line.strip_suffix('|').ok_or("a row ends with `|`")?.get(1..).unwrap_or_default();
        if body.ends_with('\\') && !body.ends_with("\\\\") {
            return Err("a row ends with `|`".to_owned());
        }
        let (kind, body) = match body.as_bytes().first() {
            Some(b'=') => (RowKind::Sum, &body[1..]),
            Some(b'-') => (RowKind::Part, &body[1..]),
            _ => (RowKind::Plain, body),
        };
        let cells = cells(body)?;
        if with_headings && table.columns.is_empty() {
            table.columns = cells.into_iter().map(|(figures, heading)| Column { heading, figures }).collect();
            return Ok(());
        }
        let wanted = table.rows.first().map_or(2, |row| row.cells.len());
        let wanted = if with_headings { table.columns.len() } else { wanted };
        if cells.len() != wanted {
            return Err(format!("the row has {} cells, and not {wanted}", cells.len()));
        }
        let cells = cells.into_iter().map(|(_, cell)| cell).collect();
        table.rows.push(Row { kind, cells });
        Ok(())
    }
}

/// The cells of a row without its outer bars; `true` where the cell begins with `>`.
fn cells(body: &str) -> Result<Vec<(bool, Line)>, String> {
    let mut cells = Vec::new();
    let mut start = 0;
    let mut escaped = false;
    let bars = body.char_indices().filter_map(|(at, c)| {
        let is_bar = c == '|' && !escaped;
        escaped = c == '\\' && !escaped;
        is_bar.then_some(at)
    });
    for end in bars.collect::<Vec<_>>().into_iter().chain([body.len()]) {
        let cell = &body[start..end];
        let figures = cell.starts_with('>');
        cells.push((figures, runs(cell.strip_prefix('>').unwrap_or(cell).trim())?));
        start = end + 1;
    }
    Ok(cells)
}

/// The text of one line: bold, joined blanks and escapes resolved.
fn runs(text: &str) -> Result<Line, String> {
    let mut line = Vec::new();
    let (mut bold, mut current) = (false, String::new());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' => current.extend(rest.next()),
            '~' => current.push('\u{a0}'),
            '*' if rest.next_if_eq(&'*').is_some() => {
                if !current.is_empty() {
                    line.push(Run { bold, text: std::mem::take(&mut current) });
                }
                bold = !bold;
            }
            c => current.push(c),
        }
    }
    if bold {
        return Err("`**` begins bold text and does not end on the same line".to_owned());
    }
    if !current.is_empty() || line.is_empty() {
        line.push(Run { bold, text: current });
    }
    Ok(line)
}

/// Every line of a template's source that cannot be right whatever the data are.
///
/// Fields count as text and tags as nothing, so what is found here has the line and column of the
/// template itself, and what only the whole letter shows is left to [`Wording::parse`].
pub fn check_source(file: &str, source: &str) -> Diagnostics {
    let mut problems = Diagnostics::default();
    let mut reader = Reader::default();
    for (index, line) in without_tags(source).split('\n').enumerate() {
        let line = line.trim();
        if let Err(message) = reader.line(line) {
            let place = Place::line(file, index + 1, 1);
            problems.push(Diagnostic::setup(place, message).hint("docs/letters.md has every mark"));
        }
    }
    problems
}

/// The source with every field replaced by an `x` and every tag and comment by nothing; the lines
/// stay where they are.
fn without_tags(source: &str) -> String {
    let mut text = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(at) = rest.find('{') {
        text.push_str(&rest[..at]);
        let end = match rest[at..].get(..2) {
            Some("{{") => "}}",
            Some("{%") => "%}",
            Some("{#") => "#}",
            _ => {
                text.push('{');
                rest = &rest[at + 1..];
                continue;
            }
        };
        let inside = rest[at..].find(end).map_or(rest.len() - at, |length| length + end.len());
        let tag = &rest[at..at + inside];
        if end == "}}" {
            text.push('x');
        }
        text.extend(tag.chars().filter(|c| *c == '\n'));
        rest = &rest[at + inside..];
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::super::escape;
    use super::*;

    fn parsed(text: &str) -> Vec<Block> {
        Wording::parse(text).unwrap_or_else(|fault| panic!("{fault:?}")).blocks
    }

    fn fault(text: &str) -> String {
        Wording::parse(text).expect_err("a fault").message
    }

    #[test]
    fn marks_become_blocks() {
        let text =
            "# T\n\nOne\ntwo **b**~c\n\n- i\n\n- j\n! box\n## H\n@table C\n| A |> B |\n|= a \\| b | 2 |\n";
        let blocks = parsed(text);
        let words = Wording { blocks: blocks.clone() }.plain_text();
        assert_eq!(words, "T\nOne two b\u{a0}c\ni\nj\nbox\nH\nC\nA | B\na | b | 2\n");
        assert!(matches!(&blocks[2], Block::List { items } if items.len() == 2));
        let Block::Table(table) = &blocks[5] else { panic!("a table") };
        assert!(table.columns[1].figures && !table.columns[0].figures);
        assert_eq!((table.rows[0].kind, table.rows[0].cells.len()), (RowKind::Sum, 2));
    }

    #[test]
    fn an_escaped_value_is_text_wherever_it_stands() {
        let nasty = "# a\n## b\n- c | d ** e\\ @table f\r\n! g ~ | {{ x }}\u{202e}";
        let shown = "# a ## b - c | d ** e\\ @table f  ! g ~ | {{ x }}";
        let value = escape(nasty);
        let text = format!(
            "# {value}\n\n{value}\n\n- {value}\n! {value}\n@table {value}\n| {value} |\n| {value} |\n"
        );
        let blocks = parsed(&text);
        assert_eq!(blocks.len(), 5);
        let words = Wording { blocks }.plain_text();
        assert!(words.lines().all(|line| line == shown), "{words}");
        assert_eq!(words.lines().count(), 7);
    }

    #[test]
    fn a_faulty_text_is_refused() {
        for (text, says) in [
            ("x", "no title"),
            ("# a\n# b", "more than one title"),
            ("## a\n# b", "before the title"),
            ("# a\n**b", "does not end"),
            ("# a\n@tabel b", "not known"),
            ("# a\n| b |", "outside a table"),
            ("# a\n@table b\n| c | d |\n| e |", "1 cells, and not 2"),
            ("# a\n@table b\n| c | d\n", "ends with"),
            ("# a\n@table b\n| c |", "no headings or no rows"),
            ("# a\n@diagram b\nx: c", "the diagram has no `y: …`"),
            ("# a\n@diagram b\nz: c", "`z:` is not known"),
            ("# a\n#b", "a blank after the mark"),
            ("# a\n@footer a | b", "@footer id"),
        ] {
            assert!(fault(text).contains(says), "{text:?}: {}", fault(text));
        }
    }

    #[test]
    fn a_source_is_checked_at_its_own_line() {
        let source = "@facts f\n{% for x in\n y %}| {{ x }} | b |\n{% endfor %}\n@tabel\n**{{ a }}\n";
        let places: Vec<String> =
            check_source("t", source).iter().map(|problem| problem.place.to_string()).collect();
        assert_eq!(places, ["t:5:1", "t:6:1"]);
    }
}
