//! Pollutions of a line, its ends and its bytes.

use klippekort::contract::Kind;
use klippekort::ingest::Reason::{self, *};

use crate::corpus::{Expected, Polluted, Sound, replaced};
use Expected::{Reject, RejectOrNotice, Same};

type Make = fn(&Sound, usize) -> Option<Polluted>;

const WIDTH: &[Reason] = &[MissingCell, ExtraCell];

/// Whatever the first cell says that no longer is what its column holds.
pub const ANY: &[Reason] = &[
    BlankLine,
    MissingCell,
    BrokenLine,
    ExtraCell,
    StrayQuote,
    BadNumber,
    ExcessDecimals,
    OutOfRange,
    BadDate,
    BadMonth,
    BadBool,
    UnknownCode,
    BadCpr,
    UnknownEnrolment,
    UnknownCourse,
    UnknownProgramme,
    BadEncoding,
    LineBreak,
];

pub const LINES: &[(&str, Make)] = &[
    ("missing cell at the end", |s, r| cells(s, r, |cells| drop(cells.pop()), Reject(&[MissingCell]))),
    ("missing cell at the beginning", |s, r| {
        cells(s, r, |cells| drop(cells.remove(0)), Reject(&[MissingCell]))
    }),
    ("missing cell in the middle", |s, r| {
        cells(s, r, |cells| drop(cells.remove(cells.len() / 2)), Reject(&[MissingCell]))
    }),
    ("one cell alone", |s, r| cells(s, r, |cells| cells.truncate(1), Reject(&[BrokenLine]))),
    ("extra cell at the end", |s, r| cells(s, r, |cells| cells.push("x".into()), Reject(&[ExtraCell]))),
    ("extra cell in the middle", |s, r| {
        cells(s, r, |cells| cells.insert(cells.len() / 2, "x".into()), Reject(&[ExtraCell]))
    }),
    ("extra separator at the end", |s, r| {
        cells(s, r, |cells| cells.push(String::new()), Reject(&[ExtraCell]))
    }),
    ("extra separator at the beginning", |s, r| {
        cells(s, r, |cells| cells.insert(0, String::new()), Reject(&[ExtraCell]))
    }),
    ("a cell twice", |s, r| cells(s, r, |cells| cells.insert(1, cells[1].clone()), Reject(&[ExtraCell]))),
    ("cells shifted to the left", |s, r| {
        cells(s, r, |cells| (cells.remove(0), cells.push(String::new())).1, Reject(ANY))
    }),
    ("cells shifted to the right", |s, r| {
        let empty_end = s.rows[r].last().is_some_and(String::is_empty);
        cells(s, r, |cells| (cells.pop(), cells.insert(0, String::new())).1, Reject(ANY))
            .filter(|_| empty_end)
    }),
    ("two cells swapped", |s, r| {
        let kinds = s.table.columns().iter().map(|column| column.kind);
        let filled = |at: usize| !s.rows[r][at].is_empty();
        let typed = kinds.clone().take(s.rows[r].len()).enumerate();
        let strict = |kind: Kind| matches!(kind, Kind::Date | Kind::Month | Kind::Ects { .. });
        let first = typed.clone().find(|(at, kind)| strict(*kind) && filled(*at))?.0;
        let second = typed.clone().find(|(at, kind)| matches!(kind, Kind::Code(_)) && filled(*at));
        let second =
            second.or(typed.clone().find(|(at, kind)| matches!(kind, Kind::Reference(_)) && filled(*at)))?.0;
        cells(s, r, |cells| cells.swap(first, second), Reject(ANY))
    }),
    ("separator of the other dialect", |s, r| {
        let other = if s.danish { "," } else { ";" };
        Some(replaced(
            s,
            r,
            s.written(r).join(other),
            Reject(&[MissingCell, BrokenLine, ExtraCell, StrayQuote]),
        ))
    }),
    ("tabulators for separators", |s, r| {
        Some(replaced(s, r, s.written(r).join("\t"), Reject(&[BadEncoding])))
    }),
    ("the line in quotation marks", |s, r| {
        Some(replaced(s, r, format!("\"{}\"", s.line(r).replace('"', "\"\"")), Reject(&[BrokenLine])))
    }),
    ("quotation mark before the first cell", |s, r| {
        Some(replaced(s, r, format!("\"{}", s.line(r)), Reject(&[StrayQuote, MissingCell])))
    }),
    ("quotation mark at the end of the line", |s, r| {
        Some(replaced(s, r, format!("{}\"", s.line(r)), Reject(&[StrayQuote])))
    }),
    ("quotation mark inside the first cell", |s, r| inside(s, r, 0, '"', Reject(&[StrayQuote]))),
    ("quotation mark inside a cell of the middle", |s, r| {
        let middle = filled_from(s, r, s.rows[r].len() / 2)?;
        inside(s, r, middle, '"', Reject(&[StrayQuote]))
    }),
    ("quotation mark at the end of a cell", |s, r| {
        cells(s, r, |cells| cells[0].push('"'), Reject(&[StrayQuote]))
    }),
    ("quotation mark at the beginning of a cell", |s, r| {
        let middle = filled_from(s, r, 1)?;
        let quoted = s.written(r)[middle].starts_with('"');
        cells(s, r, |cells| cells[middle].insert(0, '"'), Reject(&[StrayQuote, MissingCell]))
            .filter(|_| !quoted)
    }),
    ("quotation marks doubled around a cell", |s, r| {
        cells(s, r, |cells| cells[0] = format!("\"\"{}\"\"", cells[0]), Reject(&[StrayQuote]))
    }),
    ("text after a quoted cell", |s, r| {
        cells(s, r, |cells| cells[0] = format!("\"{}\"x", cells[0]), Reject(&[StrayQuote]))
    }),
    ("blank before a quoted cell", |s, r| {
        cells(s, r, |cells| cells[0] = format!(" \"{}\"", cells[0]), Reject(&[StrayQuote]))
    }),
    ("a quoted cell", |s, r| cells(s, r, |cells| cells[0] = format!("\"{}\"", cells[0]), Same)),
    ("blanks around a cell", |s, r| cells(s, r, |cells| cells[0] = format!(" {}\u{A0}", cells[0]), Same)),
    ("apostrophes for quotation marks", |s, r| {
        let kind = s.table.columns()[0].kind;
        let reference = matches!(kind, Kind::Reference(_) | Kind::Key);
        cells(
            s,
            r,
            |cells| cells[0] = format!("'{}'", cells[0]),
            Reject(&[UnknownEnrolment, UnknownCourse, SpreadsheetDamage]),
        )
        .filter(|_| reference)
    }),
    ("blank line", |s, r| inserted(s, r, "", &[BlankLine])),
    ("line of blanks", |s, r| inserted(s, r, "   ", &[BlankLine])),
    ("line of separators", |s, r| {
        inserted(s, r, &s.separator.to_string().repeat(s.rows[r].len() - 1), &[BlankLine])
    }),
    ("line of a comment", |s, r| inserted(s, r, "# not yet complete", &[BrokenLine])),
    ("line of a total", |s, r| inserted(s, r, &format!("I alt{}{}", s.separator, s.rows.len()), WIDTH)),
    ("line with a NUL", |s, r| inserted(s, r, "\0", &[BadEncoding])),
    ("end-of-file mark of old systems", |s, r| inserted(s, r, "\u{1A}", &[BadEncoding])),
    ("the header again", |s, r| inserted(s, r, &s.header, ANY)),
    ("sep= inside", |s, r| inserted(s, r, &format!("sep={}", s.separator), ANY)),
    ("line break inside a cell", |s, r| broken(s, r, "")),
    ("line break inside a quoted cell", |s, r| broken(s, r, "\"")),
    ("carriage return inside a cell", |s, r| inside(s, r, 0, '\r', Reject(&[BadEncoding]))),
    ("line ends with two carriage returns", |s, r| {
        Some(replaced(s, r, s.line(r) + "\r\r", Reject(&[BadEncoding])))
    }),
    ("line ends with a carriage return and line feed", |s, r| Some(replaced(s, r, s.line(r) + "\r", Same))),
    ("line end lost", |s, r| joined(s, r, "", &[MissingCell, ExtraCell, StrayQuote])),
    ("line ends with a carriage return only", |s, r| joined(s, r, "\r", &[BadEncoding])),
    ("line ends with a vertical tabulator", |s, r| joined(s, r, "\u{B}", &[BadEncoding])),
    ("line ends with a line separator of Unicode", |s, r| joined(s, r, "\u{2028}", &[BadEncoding])),
    ("file cut off in the middle of a line", |s, r| cut(s, r, |line| line / 2)),
    ("file cut off before the last character", |s, r| cut(s, r, |_| 1)),
    ("file cut off before the last three characters", |s, r| cut(s, r, |_| 3)),
    ("the row again", |s, r| {
        let reason: &[Reason] = match s.table.name() {
            "enrolments" | "courses" => &[DuplicateKey],
            "results" => &[DuplicateRow],
            _ => return None,
        };
        inserted(s, r, &s.line(r), reason)
            .map(|made| Polluted { touched: vec![s.line_of(r), s.line_of(r) + 1], ..made })
    }),
];

pub const BYTES: &[(&str, Make)] = &[
    ("NUL in a cell", |s, r| inside(s, r, 0, '\0', Reject(&[BadEncoding]))),
    ("tabulator in a cell", |s, r| inside(s, r, 0, '\t', Reject(&[BadEncoding]))),
    ("escape character in a cell", |s, r| inside(s, r, 0, '\u{1B}', Reject(&[BadEncoding]))),
    ("byte order mark in a cell", |s, r| inside(s, r, 0, '\u{FEFF}', Reject(&[BadEncoding]))),
    ("byte order mark before the line", |s, r| {
        Some(replaced(s, r, format!("\u{FEFF}{}", s.line(r)), Reject(&[BadEncoding])))
    }),
    ("zero-width space in a cell", |s, r| inside(s, r, 0, '\u{200B}', Reject(&[BadEncoding]))),
    ("soft hyphen in a cell", |s, r| inside(s, r, 0, '\u{AD}', Reject(&[BadEncoding]))),
    ("replacement character in a cell", |s, r| inside(s, r, 0, '\u{FFFD}', Reject(&[BadEncoding]))),
    ("replacement character in a text", |s, r| {
        inside(s, r, text_at(s, r)?, '\u{FFFD}', Reject(&[BadEncoding]))
    }),
    ("control character of the upper half", |s, r| inside(s, r, 0, '\u{85}', Reject(&[BadEncoding]))),
    ("letter of Windows-1252 in a cell", |s, r| byte(s, r, 0, b"\xF8")),
    ("letter of Windows-1252 in a text", |s, r| byte(s, r, text_at(s, r)?, b"\xF8")),
    ("byte without a letter", |s, r| byte(s, r, 0, b"\x81")),
    ("letter of UTF-8 cut in two", |s, r| byte(s, r, 0, b"\xC3")),
    ("letter of UTF-8 written too long", |s, r| byte(s, r, 0, b"\xC0\xAF")),
    ("half of a pair of UTF-16", |s, r| byte(s, r, 0, b"\xED\xA0\x80")),
    ("text encoded twice", |s, r| {
        let at = text_at(s, r)?;
        cells(s, r, |cells| cells[at] = insert(&cells[at], "\u{C3}\u{B8}"), Reject(&[BadEncoding]))
    }),
];

/// The row with other cells.
fn cells(s: &Sound, row: usize, change: impl Fn(&mut Vec<String>), expected: Expected) -> Option<Polluted> {
    let mut cells = s.written(row);
    change(&mut cells);
    Some(replaced(s, row, cells.join(&s.separator.to_string()), expected))
}

/// A text with another one after its first character.
fn insert(text: &str, other: &str) -> String {
    let first = text.chars().next().map_or(0, char::len_utf8);
    format!("{}{other}{}", &text[..first], &text[first..])
}

fn inside(s: &Sound, row: usize, at: usize, mark: char, expected: Expected) -> Option<Polluted> {
    let quoted = s.written(row)[at].starts_with('"');
    cells(s, row, |cells| cells[at] = insert(&cells[at], &mark.to_string()), expected).filter(|_| !quoted)
}

fn byte(s: &Sound, row: usize, at: usize, bytes: &[u8]) -> Option<Polluted> {
    let written = s.written(row);
    let mut line = Vec::new();
    for (nth, cell) in written.iter().enumerate() {
        if nth > 0 {
            line.push(s.separator as u8);
        }
        line.extend_from_slice(cell.as_bytes());
        if nth == at {
            let end = line.len() - usize::from(cell.ends_with('"'));
            line.splice(end..end, bytes.iter().copied());
        }
    }
    // Without a Danish letter in its header a file of the Danish pipeline may be Windows-1252.
    let sure = !s.danish || !s.header.is_ascii();
    let first_is_reference = matches!(s.table.columns()[at].kind, Kind::Reference(_));
    let reasons: &[Reason] =
        if sure { &[BadEncoding] } else { &[BadEncoding, UnknownEnrolment, UnknownCourse] };
    Some(replaced(s, row, line, Reject(reasons))).filter(|_| sure || first_is_reference)
}

fn filled_from(s: &Sound, row: usize, from: usize) -> Option<usize> {
    (from..s.rows[row].len()).find(|at| !s.rows[row][*at].is_empty())
}

/// A column of free text that is filled in the row.
fn text_at(s: &Sound, row: usize) -> Option<usize> {
    let columns = s.table.columns().iter().take(s.rows[row].len()).enumerate();
    let mut texts = columns.filter(|(at, column)| column.kind == Kind::Text && !s.rows[row][*at].is_empty());
    texts.next().map(|(at, _)| at)
}

/// A line more, after the row.
fn inserted(s: &Sound, row: usize, line: &str, reasons: &'static [Reason]) -> Option<Polluted> {
    let made = replaced(s, row, format!("{}\n{line}", s.line(row)), Reject(reasons));
    Some(Polluted { touched: vec![s.line_of(row) + 1], removed: Vec::new(), ..made })
}

/// The line broken in the middle of its first cell; both parts are bad lines.
fn broken(s: &Sound, row: usize, mark: &str) -> Option<Polluted> {
    let mut cells = s.written(row);
    cells[0] = format!("{mark}{}{mark}", insert(&cells[0], "\n"));
    let line = cells.join(&s.separator.to_string());
    let made = replaced(s, row, line, Reject(ANY));
    Some(Polluted { touched: vec![s.line_of(row), s.line_of(row) + 1], ..made })
}

/// The row and the one after it on one line.
fn joined(s: &Sound, row: usize, end: &str, reasons: &'static [Reason]) -> Option<Polluted> {
    let next = row + 1;
    if next == s.rows.len() {
        return None;
    }
    let mut lines = s.lines();
    lines[row + 1] = format!("{}{end}{}", s.line(row), s.line(next));
    lines.remove(next + 1);
    let broken = lines[row + 1].matches('\n').count() as u32;
    let reasons = if broken > 0 { ANY } else { reasons };
    let bytes = (lines.join("\n") + "\n").into_bytes();
    let touched = (s.line_of(row)..=s.line_of(row) + broken).collect();
    let made = replaced(s, row, "", Reject(reasons));
    Some(Polluted { bytes, touched, removed: vec![row, next], ..made })
}

/// The file ends before its last line does.
fn cut(s: &Sound, row: usize, less: fn(usize) -> usize) -> Option<Polluted> {
    if row + 1 != s.rows.len() {
        return None;
    }
    let line = s.line(row);
    let kept = line.floor_char_boundary(line.len() - less(line.len()));
    let mut made = replaced(s, row, &line[..kept], RejectOrNotice);
    made.bytes.pop();
    Some(made)
}
