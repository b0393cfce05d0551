//! The corpus where the pipeline allows quoted line breaks: every file has a column of notes that nobody
//! reads, most of them of several lines. Beside the pollutions of the other corpus, those of such notes.

use std::collections::BTreeSet;

use klippekort::ingest::Reason::{self, *};

use crate::corpus::{Expected, Polluted, Sound, replaced};
use crate::lines::ANY;
use Expected::{Reject, Same};

type Make = fn(&Sound, usize) -> Polluted;

/// The file with a column of notes; those of the rows that the other corpus pollutes are of one line.
pub fn with_notes(sound: Sound) -> Sound {
    let last = sound.rows.len() - 1;
    let plain = BTreeSet::from([0, last / 2, last]);
    let note = |row: usize| match row % 4 {
        _ if plain.contains(&row) => "seen".to_owned(),
        0 => "of one line".to_owned(),
        1 => "the first\nthe second".to_owned(),
        2 => format!("a{}b\n\nwith \"marks\"\nc", sound.separator),
        _ => "\r\nblank before\r\n".to_owned(),
    };
    let header = format!("{}{}note", sound.header, sound.separator);
    let rows = sound.rows.iter().enumerate();
    let rows = rows.map(|(at, row)| row.iter().cloned().chain([note(at)]).collect());
    Sound { rows: rows.collect(), header, ..sound }
}

const NOTES: &[(&str, Make)] = &[
    ("closing mark of a note lost", |s, r| {
        changed(s, r, |line| line[..line.len() - 1].to_owned(), Reject(ANY))
    }),
    ("opening mark of a note lost", |s, r| {
        let note = opening(s, r);
        changed(s, r, |line| format!("{}{}", &line[..note], &line[note + 1..]), Reject(ANY))
    }),
    ("mark inside a note", |s, r| {
        let note = opening(s, r) + 1;
        changed(s, r, |line| format!("{}x\"y{}", &line[..note], &line[note..]), Reject(ANY))
    }),
    ("two marks inside a note", |s, r| {
        let note = opening(s, r) + 1;
        changed(s, r, |line| format!("{}x\"y\"z{}", &line[..note], &line[note..]), Reject(ANY))
    }),
    ("text after a note", |s, r| changed(s, r, |line| format!("{line}x"), Reject(ANY))),
    ("cell after a note", |s, r| changed(s, r, |line| format!("{line}{}x", s.separator), Reject(ANY))),
    ("cell lost before a note", |s, r| {
        changed(s, r, |line| line[line.find(s.separator).unwrap_or(0) + 1..].to_owned(), Reject(ANY))
    }),
    ("carriage return inside a note", |s, r| {
        let note = opening(s, r) + 1;
        changed(s, r, |line| format!("{}x\ry{}", &line[..note], &line[note..]), Reject(&[BadEncoding]))
    }),
    ("NUL inside a note", |s, r| {
        let note = opening(s, r) + 1;
        changed(s, r, |line| format!("{}\0{}", &line[..note], &line[note..]), Reject(&[BadEncoding]))
    }),
    ("a row inside a note", |s, r| {
        let note = opening(s, r) + 1;
        let row = s.line(0);
        changed(s, r, |line| format!("{}x\n{row}\n{}", &line[..note], &line[note..]), Reject(&[StrayQuote]))
    }),
    ("a note beyond the bound", |s, r| {
        let note = opening(s, r) + 1;
        let text = "x".repeat(1 << 16);
        changed(s, r, |line| format!("{}{text}{}", &line[..note], &line[note..]), Reject(ANY))
    }),
    ("line break inside a key and a note", |s, r| {
        let key = s.written(r)[0].clone();
        let (before, after) = key.split_at(1);
        changed(s, r, |line| format!("\"{before}\n{after}\"{}", &line[key.len()..]), Reject(BROKEN_KEY))
    }),
    ("more lines in a note", |s, r| {
        let note = opening(s, r) + 1;
        changed(s, r, |line| format!("{}1\n\n\n2{}", &line[..note], &line[note..]), Same)
    }),
    ("the row and all its cells in quotation marks", |s, r| {
        let cells = s.rows[r].iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")));
        let line = cells.collect::<Vec<_>>().join(&s.separator.to_string());
        changed(s, r, |_| line.clone(), Same)
    }),
    ("two stray marks with rows between them", |s, r| {
        let mut lines = s.lines();
        let (opened, closed) = (r + 1, r + 2);
        lines[opened] = lines[opened].replacen(s.separator, &format!("{}\"", s.separator), 1);
        lines[closed] = lines[closed].replacen(s.separator, &format!("\"{}", s.separator), 1);
        let touched = (s.line_of(r)..s.line_of(r + 2)).collect();
        let bytes = (lines.join("\n") + "\n").into_bytes();
        Polluted { bytes, touched, removed: vec![r, r + 1], ..replaced(s, r, "", Reject(ANY)) }
    }),
];

const BROKEN_KEY: &[Reason] = &[LineBreak];

/// Where the last cell of a row begins, with its mark.
fn opening(s: &Sound, row: usize) -> usize {
    s.line(row).len() - s.written(row).last().map_or(0, String::len)
}

fn changed(s: &Sound, row: usize, change: impl Fn(&str) -> String, expected: Expected) -> Polluted {
    let line = change(&s.line(row));
    let lines = line.matches('\n').count() as u32;
    let touched = (s.line_of(row)..=s.line_of(row) + lines).collect();
    Polluted { touched, ..replaced(s, row, line, expected) }
}

/// Every polluted form of the notes of a file.
pub fn pollute(sound: &Sound) -> Vec<Polluted> {
    let mut all = Vec::new();
    for row in 0..sound.rows.len().saturating_sub(1).min(12) {
        let note = sound.rows[row].last().map_or("", String::as_str);
        if note.contains('\n') {
            all.extend(NOTES.iter().map(|(pollution, make)| Polluted { pollution, ..make(sound, row) }));
        }
    }
    all
}
