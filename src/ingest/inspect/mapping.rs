//! Which table a file is, and which header which column.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::{About, Open};
use crate::contract::{Kind, Table};
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::generate::Headers;
use crate::ingest::masking::shown;

const OTHER_HEADERS: &str = include_str!("headers.toml");

/// Headers and words that are known to be used.
pub struct Known {
    danish: Headers,
    others: OtherHeaders,
}

/// Column of the contract to headers.
#[derive(Deserialize)]
#[serde(transparent)]
struct OtherHeaders(BTreeMap<String, Vec<String>>);

/// What the header says.
pub struct Mapping {
    pub table: Table,
    /// Per column of the contract its position in the header.
    pub positions: Vec<Option<usize>>,
    pub notes: Vec<String>,
    pub open: Vec<Open>,
}

impl Known {
    pub fn load() -> Result<Known, Diagnostics> {
        let others = toml::from_str(OTHER_HEADERS).map_err(|error| {
            Diagnostic::output(Place::file("headers.toml"), format!("not readable: {}", error.message()))
        })?;
        Ok(Known { danish: Headers::danish()?, others })
    }

    /// How surely a header is a column: 3 its own name, 2 the name in the Danish pipeline, 1 another
    /// name that is used, 0 not.
    fn likeness(&self, header: &str, table: Table, column: &'static str) -> u8 {
        let plain = simplified(header);
        if plain.is_empty() {
            0
        } else if header == column {
            3
        } else if plain == simplified(self.danish.column(table, column)) {
            2
        } else {
            let others = self.others.0.get(column);
            let used = others.is_some_and(|others| others.iter().any(|other| simplified(other) == plain));
            u8::from(used || plain == simplified(column))
        }
    }

    /// The most headers that one table knows.
    pub fn recognised(&self, header: &[String]) -> usize {
        let of = |table: Table| header.iter().filter(|name| self.knows(name, table)).count();
        Table::ALL.into_iter().map(of).max().unwrap_or(0)
    }

    fn knows(&self, header: &str, table: Table) -> bool {
        table.columns().iter().any(|column| self.likeness(header, table, column.name) > 0)
    }

    /// The code that a word of the export stands for.
    pub fn code(&self, table: Table, column: &'static str, word: &str) -> Option<&'static str> {
        let of_column =
            || self.danish.words.iter().filter(|((of, name, _), _)| *of == table && *name == column);
        let found = |fits: &dyn Fn(&str) -> bool| {
            of_column().find(|(_, known)| fits(known.as_str())).map(|((_, _, code), _)| *code)
        };
        let small = word.to_lowercase();
        found(&|known| known == word).or_else(|| found(&|known| known.to_lowercase() == small))
    }
}

/// Small letters and digits alone.
fn simplified(header: &str) -> String {
    header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a file or a sheet is called like a table.
pub fn names_a_table(file: &str) -> bool {
    let stem = simplified(Path::new(file).file_stem().map_or("", |stem| stem.to_str().unwrap_or("")));
    Table::ALL.into_iter().any(|table| simplified(table.name()) == stem)
}

pub fn find(file: &str, header: &[String], known: &Known) -> Result<Mapping, Diagnostic> {
    let stem = simplified(Path::new(file).file_stem().map_or("", |stem| stem.to_str().unwrap_or("")));
    let mut tables = Table::ALL
        .into_iter()
        .map(|table| {
            let columns = table.columns().iter();
            let found = |name| header.iter().any(|header| known.likeness(header, table, name) > 0);
            let needed = columns.clone().filter(|column| !column.optional);
            let missing = needed.filter(|column| !found(column.name)).count();
            let strange = header.iter().filter(|name| !known.knows(name, table)).count();
            let named = !stem.is_empty() && (stem == simplified(table.name()));
            (!named, missing, strange, table)
        })
        .collect::<Vec<_>>();
    tables.sort();
    let (not_named, missing, strange, table) = tables[0];
    let second = tables[1];
    let needed = table.columns().iter().filter(|column| !column.optional).count();
    if not_named && missing * 2 > needed {
        return Err(Diagnostic::input(
            Place::default(),
            "the first line is the header of no table of the contract",
        )
        .hint("does it hold the names of the columns? rename the file like its table, such as results.csv"));
    }
    if not_named && (missing, strange) == (second.1, second.2) {
        let message = format!("the header may be that of {table} or of {}", second.3);
        return Err(Diagnostic::input(Place::default(), message)
            .hint(format!("rename the file {table}.csv or {}.csv", second.3)));
    }
    let strange_ones = header.iter().filter(|name| !name.is_empty() && !known.knows(name, table)).count();
    if not_named && strange_ones * 2 > header.iter().filter(|name| !name.is_empty()).count() {
        return Err(Diagnostic::input(
            Place::default(),
            "most of its headers are unknown: which table is it?",
        )
        .hint("rename the file like its table, such as results.csv, and look again"));
    }
    let others = tables[1..].iter().filter(|(_, missing, _, other)| {
        let common = |name: &String| !known.knows(name, table) || known.knows(name, *other);
        *missing <= strange_ones && header.iter().all(common)
    });
    let others = others.map(|(.., other)| other.name()).collect::<Vec<_>>();
    if not_named && strange_ones > 0 && !others.is_empty() {
        let message = format!(
            "the header may be that of {table} or, with another name of a column, of {}",
            others.join(" or ")
        );
        return Err(Diagnostic::input(Place::default(), message)
            .hint("rename the file like its table, such as results.csv, and look again"));
    }
    Ok(assign(table, header, known))
}

fn assign(table: Table, header: &[String], known: &Known) -> Mapping {
    let mut mapping = Mapping { table, positions: Vec::new(), notes: Vec::new(), open: Vec::new() };
    let mut taken = vec![false; header.len()];
    for column in table.columns() {
        let likeness = |at: &usize| known.likeness(&header[*at], table, column.name);
        let free = (0..header.len()).filter(|at| !taken[*at]);
        let best = free.clone().map(|at| likeness(&at)).max().filter(|best| *best > 0);
        let found = free.filter(|at| Some(likeness(at)) == best).collect::<Vec<_>>();
        if let [first, second, ..] = found[..]
            && best.is_some()
        {
            mapping.open.push(Open {
                about: About::Columns,
                message: format!(
                    "{} may be the column `{}` or the column `{}`",
                    column.name,
                    shown(&header[first], false),
                    shown(&header[second], false)
                ),
                hint: format!("choose one in [tables.{table}.columns]"),
            });
            mapping.positions.push(None);
            continue;
        }
        let position = best.and(found.first().copied());
        if let Some(at) = position {
            taken[at] = true;
        } else if !column.optional {
            mapping.open.push(Open {
                about: About::Columns,
                message: format!("the needed column {} was not found in the header", column.name),
                hint: format!("write its header in [tables.{table}.columns]"),
            });
        }
        mapping.positions.push(position);
    }
    let unused = header.iter().zip(&taken).filter(|(name, taken)| !**taken && !name.is_empty());
    let unused = unused.map(|(name, _)| format!("`{}`", shown(name, false))).collect::<Vec<_>>();
    if !taken.contains(&true) {
        mapping.open.push(Open {
            about: About::Columns,
            message: "no header of the first line is known: is it one, or a row?".to_owned(),
            hint: "the first line must hold the names of the columns".to_owned(),
        });
    } else if !unused.is_empty() {
        mapping.notes.push(format!("not used: {}", unused.join(", ")));
    }
    mapping
}

impl Mapping {
    /// The columns of a kind that are there, with their positions.
    pub fn of(&self, fits: fn(Kind) -> bool) -> Vec<(&'static str, usize)> {
        let columns = self.table.columns().iter().zip(&self.positions);
        columns
            .filter(|(column, _)| fits(column.kind))
            .filter_map(|(column, at)| Some((column.name, (*at)?)))
            .collect()
    }
}
