//! A letter as the values that the layout reads.

use serde_json::{Value, json};

use super::press::{Sheet, stays_with_the_former, year_month_day};
use super::wording::{Block, Line, Table, Wording};

/// A word longer than this may be broken after this many characters, so that it stays on the page.
const LONGEST_PIECE: usize = 28;

/// Characters on a line of a table's widest column, or fewer: what a table's height is estimated from.
const LINE_OF_A_CELL: usize = 45;

/// Lines of a table that fill about a third of a page.
const LINES_OF_A_SHORT_TABLE: usize = 16;

/// Lines of a row that may not find room on one page.
const LINES_OF_A_TALL_ROW: usize = 30;

/// Everything the layout reads.
pub fn values(wording: &Wording, sheet: &Sheet<'_>) -> Value {
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
    let (year, month, day) = year_month_day(sheet.date);
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
    let heights: Vec<usize> = table.rows.iter().map(|row| lines_high(&row.cells)).collect();
    let rows = table.rows.iter().zip(&heights).map(|(row, height)| {
        json!({"kind": row.kind, "cells": lines(&row.cells), "tall": *height >= LINES_OF_A_TALL_ROW})
    });
    json!({
        "block": block,
        "caption": line(&table.caption),
        "columns": columns.collect::<Vec<_>>(),
        "rows": rows.collect::<Vec<_>>(),
        "short": heights.iter().sum::<usize>() <= LINES_OF_A_SHORT_TABLE,
    })
}

/// The lines of a row's highest cell, estimated.
fn lines_high(cells: &[Line]) -> usize {
    let characters = |cell: &Line| cell.iter().map(|run| run.text.chars().count()).sum::<usize>();
    cells.iter().map(|cell| characters(cell).div_ceil(LINE_OF_A_CELL).max(1)).max().unwrap_or(0)
}

fn lines(all: &[Line]) -> Value {
    all.iter().map(line).collect()
}

/// Most lines are one plain text, which costs the layout nothing to put together.
fn line(line: &Line) -> Value {
    let mut runs = line.iter().map(|run| (run.bold, pieces(&run.text)));
    match (runs.next(), runs.len()) {
        (Some((false, pieces)), 0) if pieces.len() == 1 => pieces[0].into(),
        (first, _) => first
            .into_iter()
            .chain(runs)
            .map(|(bold, pieces)| json!({"bold": bold, "pieces": pieces}))
            .collect(),
    }
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
