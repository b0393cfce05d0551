//! Tables with a key: one row per key is kept.
//!
//! Which row is kept must not depend on the order of the rows: it is the smallest by its cells in
//! the order of the contract, each as the plain dialect writes it; among equal rows the first line.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use rayon::prelude::*;

use super::checked_rows::CheckedRows;
use super::masking::{hides, shown};
use super::reason::Reason;
use super::staged::{Rejection, Rows};
use crate::base::{Day, Ects, Month};
use crate::contract::{Column, Kind, Table};
use crate::student::exports::beginning;

pub struct Kept {
    /// In the order of their keys.
    pub rows: Vec<usize>,
    /// Rows that were rejected and say something else than the kept row of their key, if there is one.
    pub lost: Vec<usize>,
}

pub fn keep_one_per_key(table: Table, rows: &Rows, rejections: &mut Vec<Rejection>) -> Kept {
    let columns = table.columns();
    let key = columns.iter().position(|column| column.kind == Kind::Key).unwrap_or(0);
    let broken = rejections.iter().filter(|rejection| rejection.reason == Reason::BrokenLine);
    let broken = broken.map(|rejection| rejection.line).collect::<BTreeSet<_>>();
    let (whole, rest): (Vec<usize>, Vec<usize>) =
        (0..rows.len()).partition(|row| !broken.contains(&rows.lines[*row].saturating_sub(1)));
    // What follows a line of one cell may be the rest of a row whose first cell has a line break: a
    // whole row but for its first cell, which here no other table vouches for.
    rejections.extend(rest.iter().map(|row| Rejection::of_row(rows.lines[*row], Reason::BrokenLine)));
    let beginning = |row: usize| beginning(rows.text(key, row).unwrap_or(""));
    let mut order = whole.into_par_iter().map(|row| (beginning(row), row)).collect::<Vec<_>>();
    order.par_sort_unstable_by(|(beginning_a, a), (beginning_b, b)| {
        beginning_a
            .cmp(beginning_b)
            .then_with(|| rows.text(key, *a).cmp(&rows.text(key, *b)))
            .then_with(|| compare(columns, rows, *a, *b))
            .then_with(|| rows.lines[*a].cmp(&rows.lines[*b]))
    });
    let mut kept = Kept { rows: Vec::new(), lost: rest };
    let mut before = None;
    for (beginning, row) in order {
        let alike = before.replace(beginning) == Some(beginning);
        match kept.rows.last() {
            Some(last) if alike && rows.text(key, *last) == rows.text(key, row) => {
                if compare(columns, rows, *last, row) != Ordering::Equal {
                    kept.lost.push(row);
                }
                rejections.push(Rejection {
                    line: rows.lines[row],
                    column: columns[key].name,
                    reason: Reason::DuplicateKey,
                    value: {
                        let text = rows.text(key, row).unwrap_or("");
                        shown(text, hides(columns, &columns[key], text))
                    },
                    repaired: false,
                });
            }
            _ => kept.rows.push(row),
        }
    }
    kept
}

fn compare(columns: &[Column], rows: &Rows, a: usize, b: usize) -> Ordering {
    (0..columns.len())
        .map(|at| match columns[at].kind {
            Kind::Text | Kind::Key | Kind::Cpr => rows.text(at, a).cmp(&rows.text(at, b)),
            // The index of a key has the order of the key.
            Kind::Reference(_) => rows.number(at, a).cmp(&rows.number(at, b)),
            _ if rows.number(at, a) == rows.number(at, b) => Ordering::Equal,
            kind => plain(kind, rows.number(at, a)).cmp(&plain(kind, rows.number(at, b))),
        })
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

fn plain(kind: Kind, value: Option<i32>) -> String {
    let Some(value) = value else { return String::new() };
    match kind {
        Kind::Code(codes) => codes.get(value as usize).map_or_else(String::new, |code| (*code).to_owned()),
        Kind::Date => Day::from_epoch_days(value).to_string(),
        Kind::Month => Month::from_index(value).to_string(),
        Kind::Ects { .. } | Kind::Kroner => Ects::hundredths(value).to_string(),
        _ => value.to_string(),
    }
}
