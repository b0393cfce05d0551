//! Columns are found by name, never by position.

use super::masking::shown;
use crate::contract::{Column, Table};
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::pipeline::{TableSettings, did_you_mean};

/// Where each contract column stands in the file.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Per contract column the position of its cells; `None` for an optional one that is missing.
    pub positions: Vec<Option<usize>>,
    /// Cells of every line.
    pub width: usize,
    /// From here on the header is empty, and so must the cells be.
    pub named_width: usize,
    pub notices: Vec<String>,
    /// As in [`super::FileReport`], and none of the notices here.
    pub doubts: Vec<String>,
}

/// A header cell and the 1-based character column at which it begins (in Parquet its number).
#[derive(Clone, Debug)]
pub struct HeaderCell {
    pub name: String,
    pub column: usize,
}

/// Finds the contract's columns under their mapped or own names. Problems name contract columns
/// only: a file without a header would otherwise show its first row.
pub fn find_columns(
    table: Table,
    settings: &TableSettings,
    header: &[HeaderCell],
    file: &str,
    line: usize,
) -> Result<Layout, Diagnostics> {
    let mut problems = Diagnostics::default();
    let named_width = header.iter().rposition(|cell| !cell.name.is_empty()).map_or(0, |last| last + 1);
    let mut taken = vec![false; header.len()];
    let (mut positions, mut notices, mut doubts) = (Vec::new(), Vec::new(), Vec::new());
    for (column, mapped) in table.columns().iter().zip(&settings.headers) {
        let is_named = |at: &usize| is_named(&header[*at].name, column, mapped.as_deref());
        let found = (0..named_width).filter(is_named).collect::<Vec<_>>();
        for at in &found {
            taken[*at] = true;
        }
        if let [_, second, ..] = found[..] {
            let message = if header[found[0]].name == header[second].name {
                format!("the header of {} stands twice", column.name)
            } else {
                format!("{} stands under its own name and under the mapped one", column.name)
            };
            let place = Place::line(file, line, header[second].column);
            problems.push(Diagnostic::input(place, message).hint("keep one of the two columns"));
        }
        if found.is_empty() && !column.optional {
            let free = header.iter().filter(|cell| !understood(table, settings, cell)).collect::<Vec<_>>();
            problems.push(missing(table, column.name, mapped.as_deref(), &free, file, line));
        }
        if let ([], true, Some(mapped)) = (&found[..], column.optional, mapped) {
            let unused = header.iter().filter(|cell| !understood(table, settings, cell));
            match much_like(mapped, unused.map(|cell| cell.name.as_str())) {
                Some(near) => problems.push(renamed(table, column.name, mapped, near, file, line)),
                None => doubts.push(format!("`{mapped}` is not in the file: {} is empty", column.name)),
            }
        }
        if let ([], true, None) = (&found[..], column.optional, mapped) {
            let unused = header.iter().filter(|cell| !understood(table, settings, cell));
            let own = folded(column.name);
            if let Some(near) = unused.map(|cell| &cell.name).find(|name| folded(name) == own) {
                problems.push(other_letters(table, column.name, near, file, line));
            }
        }
        positions.push(found.first().copied());
    }
    for (at, cell) in header.iter().enumerate().take(named_width) {
        if cell.name.is_empty() {
            problems.push(
                Diagnostic::input(
                    Place::line(file, line, cell.column),
                    "a column between others has no header",
                )
                .hint("give the column a name, or remove it"),
            );
        } else if !taken[at] {
            notices.push(format!("column `{}` is not used", shown(&cell.name, false)));
        }
    }
    problems.into_result(Layout { positions, width: header.len(), named_width, notices, doubts })
}

/// Whether a header names some column of the table.
fn understood(table: Table, settings: &TableSettings, cell: &HeaderCell) -> bool {
    let mut columns = table.columns().iter().zip(&settings.headers);
    columns.any(|(column, mapped)| is_named(&cell.name, column, mapped.as_deref()))
}

/// The pipeline maps an optional column to a header that the file has not, but one much like it: without it
/// every cell would be empty, and a superseded result, say, would count.
fn renamed(table: Table, name: &str, mapped: &str, near: &str, file: &str, line: usize) -> Diagnostic {
    let near = shown(near, false);
    let message = format!("column {name} is mapped to `{mapped}`, which the file has not; it has `{near}`");
    Diagnostic::input(Place::line(file, line, 1), message)
        .hint(format!("map the file's own header under [tables.{table}.columns], or take the mapping out"))
}

/// As [`renamed`], for a column that is not mapped and whose own name stands there in other letters.
fn other_letters(table: Table, name: &str, near: &str, file: &str, line: usize) -> Diagnostic {
    let near = shown(near, false);
    let message = format!("column {name} stands in the file as `{near}`, which is not understood");
    Diagnostic::input(Place::line(file, line, 1), message)
        .hint(format!("map it under [tables.{table}.columns], or write `{name}` in the file"))
}

/// The header that is most likely the one that was meant: the same but for capital letters, blanks and
/// underscores, or a few letters away.
fn much_like<'h>(wanted: &str, headers: impl Iterator<Item = &'h str>) -> Option<&'h str> {
    let headers = headers.filter(|header| !header.is_empty()).collect::<Vec<_>>();
    let plain = headers.iter().map(|header| folded(header)).collect::<Vec<_>>();
    let meant = folded(wanted);
    let of = |found: &str| plain.iter().position(|header| header == found).map(|at| headers[at]);
    of(&meant)
        .or_else(|| did_you_mean(wanted, headers.iter().copied()))
        .or_else(|| of(did_you_mean(&meant, plain.iter().map(String::as_str))?))
}

/// Without what people change in a header without meaning another.
fn folded(header: &str) -> String {
    let letters = header.chars().filter(|c| !c.is_whitespace() && *c != '_');
    letters.flat_map(char::to_lowercase).collect()
}

/// Whether a header is the contract's own name of a column or the mapped one.
fn is_named(header: &str, column: &Column, mapped: Option<&str>) -> bool {
    header == column.name || mapped == Some(header)
}

/// How many columns of the table a header names.
pub fn count_columns(table: Table, settings: &TableSettings, header: &[HeaderCell]) -> usize {
    let columns = table.columns().iter().zip(&settings.headers);
    let named = columns
        .filter(|(column, mapped)| header.iter().any(|cell| is_named(&cell.name, column, mapped.as_deref())));
    named.count()
}

fn missing(
    table: Table,
    name: &str,
    mapped: Option<&str>,
    others: &[&HeaderCell],
    file: &str,
    line: usize,
) -> Diagnostic {
    let understood = match mapped {
        Some(mapped) => format!("`{mapped}` or `{name}`"),
        None => format!("`{name}`"),
    };
    let near = [Some(name), mapped]
        .into_iter()
        .flatten()
        .find_map(|wanted| much_like(wanted, others.iter().map(|cell| cell.name.as_str())));
    let hint = match near {
        Some(near) => format!(
            "the file has a column with a similar name, `{}`: map it under [tables.{table}.columns]",
            shown(near, false)
        ),
        None => {
            format!("map the file's own header under [tables.{table}.columns]; `klip inspect` drafts it")
        }
    };
    Diagnostic::input(
        Place::line(file, line, 1),
        format!("column {name} is missing; looked for {understood}"),
    )
    .hint(hint)
}
