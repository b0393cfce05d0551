//! What the pipeline says of each table: its file, its dialect, its headers and its code words.

use super::dialect::{self, Dialect};
use super::document::Keys;
use super::suggestion::did_you_mean;
use crate::contract::{Column, Kind, Table};

/// The settings of one table, complete: what the pipeline does not say is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableSettings {
    /// File name in the input folder; without it `<table>.csv`, `.parquet` or `.xlsx` is looked for.
    pub file: Option<String>,
    /// Sheet of a workbook; without it the sheet named like the table, or the only one with content.
    pub sheet: Option<String>,
    /// The table is known to have no rows, so its absence is not a gap.
    pub declared_empty: bool,
    pub dialect: Dialect,
    /// Header in the file per contract column; the contract's own name is understood beside it.
    pub headers: Vec<Option<String>>,
    /// Words in the file and the position of the code each stands for, per contract column.
    pub words: Vec<Vec<(String, u8)>>,
}

pub fn read(tables: &Keys, dialect: &Dialect) -> Vec<TableSettings> {
    let settings = Table::ALL.into_iter().map(|table| read_table(tables, table, dialect)).collect();
    tables.no_other_keys();
    settings
}

fn read_table(tables: &Keys, table: Table, pipeline_dialect: &Dialect) -> TableSettings {
    let keys = tables.section(table.name(), false);
    let columns = table.columns();
    let file = keys.text("file");
    if file.as_deref().is_some_and(|file| file.contains(['/', '\\'])) {
        keys.problem_at("file", "`file` names a folder", "give the name of a file in the input folder");
    }
    let sheet = keys.text("sheet");
    let declared_empty = keys.boolean("none").unwrap_or(false);
    if declared_empty && table.required() {
        keys.problem_at(
            "none",
            format!("{table} is needed for every inspection and cannot be declared empty"),
            "remove `none`",
        );
    }
    if declared_empty && file.is_some() {
        keys.problem_at("none", format!("{table} has both `file` and `none`"), "keep one of them");
    }
    let dialect = dialect::read_keys(&keys, pipeline_dialect);
    let headers = read_headers(&keys.section("columns", false), columns);
    let words = read_words(&keys.section("values", false), columns);
    keys.no_other_keys();
    TableSettings { file, sheet, declared_empty, dialect, headers, words }
}

fn read_headers(keys: &Keys, columns: &[Column]) -> Vec<Option<String>> {
    let headers = columns
        .iter()
        .map(|column| keys.text(column.name).map(|header| header.trim().to_owned()))
        .collect::<Vec<_>>();
    keys.no_other_keys();
    for (position, header) in headers.iter().enumerate() {
        let Some(header) = header else { continue };
        let name = columns[position].name;
        if headers[..position].contains(&Some(header.clone())) {
            let message = format!("two columns are mapped to the header `{header}`");
            keys.problem_at(name, message, "every column needs a header of its own");
        }
        if columns.iter().any(|other| other.name == header && other.name != name) {
            let message = format!("`{header}` is the name of another column of the contract");
            keys.problem_at(name, message, "a header cannot stand for two columns");
        }
    }
    headers
}

fn read_words(keys: &Keys, columns: &[Column]) -> Vec<Vec<(String, u8)>> {
    let words = columns
        .iter()
        .map(|column| match column.kind {
            Kind::Code(codes) => read_words_of(&keys.section(column.name, false), codes),
            _ => Vec::new(),
        })
        .collect();
    keys.no_other_keys();
    words
}

fn read_words_of(keys: &Keys, codes: &[&'static str]) -> Vec<(String, u8)> {
    let mut words = Vec::new();
    for word in keys.names() {
        let Some(code) = keys.text(&word) else { continue };
        let position = codes.iter().position(|known| *known == code);
        match position.and_then(|position| u8::try_from(position).ok()) {
            Some(position) if codes.contains(&word.as_str()) && codes[position as usize] != word => {
                let message = format!("`{word}` is a code itself and cannot stand for another");
                keys.problem_at(&word, message, "remove the line");
            }
            Some(position) => words.push((word.trim().to_owned(), position)),
            None => {
                let hint = match did_you_mean(&code, codes.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("choose one of {}", codes.join(", ")),
                };
                keys.problem_at(&word, format!("`{code}` is not a code of this column"), &hint);
            }
        }
    }
    words
}
