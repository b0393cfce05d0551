//! Which file of the input folder holds a table.

use std::path::{Path, PathBuf};

use super::header::Layout;
use super::masking::{file_shown, shown};
use super::report::Format;
use crate::contract::Table;
use crate::diagnostics::{Diagnostic, Place};
use crate::pipeline::Pipeline;

/// The file of a table.
#[derive(Clone, Debug)]
pub struct Found {
    pub path: PathBuf,
    pub format: Format,
    /// Once its header has been read.
    pub layout: Option<Layout>,
}

/// The file that the pipeline names, or `<table>.csv`, `.parquet` or `.xlsx`; `None` for an optional
/// table without a file.
pub fn locate(pipeline: &Pipeline, table: Table) -> Result<Option<Found>, Diagnostic> {
    let settings = pipeline.table(table);
    let named = settings.file.as_ref().map(|file| pipeline.input.join(file));
    let own = ["csv", "parquet", "xlsx"].map(|ending| pipeline.input.join(format!("{table}.{ending}")));
    // A link that leads nowhere is there, too.
    let mut there = named.iter().chain(&own).filter(|path| path.symlink_metadata().is_ok());
    if settings.declared_empty {
        return there.next().map_or(Ok(None), |path| Err(not_empty(path, table)));
    }
    if let Some(path) = there.find(|path| !path.is_file()) {
        return Err(Diagnostic::input(
            Place::file(path.display().to_string()),
            "this is no file that can be read",
        )
        .hint(format!("put the export of {table} there, or remove what is there")));
    }
    if let Some(path) = named.as_ref().filter(|path| path.is_file()) {
        return by_ending(path.clone()).map(Some);
    }
    let candidates: Vec<PathBuf> = own.iter().filter(|path| path.is_file()).cloned().collect();
    match (&named, &candidates[..]) {
        (Some(named), [other, ..]) => return Err(another(named, other, table)),
        (None, [one]) => return by_ending(one.clone()).map(Some),
        (None, [first, second, ..]) => {
            let message =
                format!("{table} can be read from {} and from {}", file_name(first), file_name(second));
            return Err(Diagnostic::input(Place::file(pipeline.input.display().to_string()), message).hint(
                format!("remove one of them, or name one: [tables.{table}] file = \"{}\"", file_name(first)),
            ));
        }
        (_, []) => {}
    }
    if !table.required() {
        return Ok(None);
    }
    let names = named.iter().chain(&own).map(|path| file_name(path));
    let message = format!("{table} is missing; looked for {}", names.collect::<Vec<_>>().join(", "));
    Err(Diagnostic::input(Place::file(pipeline.input.display().to_string()), message)
        .hint(format!("put the export into this folder, or name its file: [tables.{table}] file = \"...\"")))
}

/// The rows of a file that is there must not go unread without a word.
fn not_empty(path: &Path, table: Table) -> Diagnostic {
    let message = format!("the pipeline says that there is nothing of {table}, and here is a file of it");
    Diagnostic::input(Place::file(path.display().to_string()), message)
        .hint(format!("remove `none = true` under [tables.{table}], or the file"))
}

/// Nor must an older export take the place of the one that the pipeline names.
fn another(named: &Path, other: &Path, table: Table) -> Diagnostic {
    let message = format!("{table} is missing, and is not read from {}", file_name(other));
    Diagnostic::input(Place::file(named.display().to_string()), message)
        .hint(format!("put the export there, or correct its name: [tables.{table}] file = \"...\""))
}

/// A file of an optional table that the pipeline names and that is not there.
pub fn absent(file: &str, table: Table) -> String {
    format!(
        "{}, which the pipeline names for {table}, is not there: put it there, or write `none = true` for \
         `file` under [tables.{table}] when there is nothing of it",
        shown(file, false)
    )
}

/// What is to be told of files beside the one that is read that bear the table's name, too (`results (1).csv`), or
/// that of the file with what marks a copy, and are read as no other table.
pub fn unread_beside(read: &Path, table: Table, all: &[Option<Found>]) -> Vec<String> {
    let unread = read.parent().map(|folder| unread_in(folder, all)).unwrap_or_default();
    let beside = unread.into_iter().filter(|name| is_beside(name, read, table));
    beside.map(|name| format!("{} beside it is not read", shown(&name, false))).collect()
}

fn is_beside(name: &str, read: &Path, table: Table) -> bool {
    let own = file_name(read);
    let own = own.rsplit_once('.').map_or(own.as_str(), |(stem, _)| stem);
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    (stem.starts_with(table.name()) || is_copy(stem, own))
        && ["csv", "parquet", "xlsx", "xlsm"].contains(&ending.to_ascii_lowercase().as_str())
}

/// The files of the folder that look like exports and are read as no table, in one sentence, but for those of which
/// [`unread_beside`] tells.
pub fn unread(folder: &Path, all: &[Option<Found>]) -> Option<String> {
    const NAMED: usize = 10;
    let is_told = |name: &String| {
        let mut read =
            Table::ALL.into_iter().zip(all).filter_map(|(table, file)| Some((table, file.as_ref()?)));
        read.any(|(table, file)| is_beside(name, &file.path, table))
    };
    let mut names = unread_in(folder, all);
    names.retain(|name| !is_told(name));
    let named: Vec<String> = names.iter().take(NAMED).map(|name| file_shown(name)).collect();
    let more = names.len().saturating_sub(NAMED);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    (!names.is_empty()).then(|| {
        format!(
            "no table reads {}{more}; name a file that belongs to the inspection under its table: file = \"...\"",
            named.join(", ")
        )
    })
}

/// Names of files that may be exports and are read as no table, sorted.
fn unread_in(folder: &Path, all: &[Option<Found>]) -> Vec<String> {
    const ENDINGS: [&str; 8] = ["csv", "txt", "parquet", "xlsx", "xlsm", "xls", "xlsb", "ods"];
    let Ok(files) = std::fs::read_dir(folder) else { return Vec::new() };
    let names = files.flatten().map(|file| file.file_name().to_string_lossy().into_owned());
    let mut unread: Vec<String> = names
        .filter(|name| !name.starts_with(['.', '~']))
        .filter(|name| {
            let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
            ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
        })
        .filter(|name| all.iter().flatten().all(|found| *name != file_name(&found.path)))
        .collect();
    unread.sort_unstable();
    unread
}

/// Whether a name is another one with what a browser or a file manager adds to a copy: `x (1)`, `x - Kopi`,
/// `Kopi af x`; or the same with another ending.
fn is_copy(stem: &str, of: &str) -> bool {
    let (stem, of) = (stem.to_lowercase(), of.to_lowercase());
    let Some((before, after)) = stem.split_once(&of) else { return false };
    let mut words = [before, after].into_iter().flat_map(|rest| rest.split(|c: char| !c.is_alphanumeric()));
    let apart = |rest: &str, end: Option<char>| rest.is_empty() || end.is_some_and(|c| !c.is_alphanumeric());
    apart(before, before.chars().next_back())
        && apart(after, after.chars().next())
        && words.all(|word| {
            word.bytes().all(|b| b.is_ascii_digit()) || ["kopi", "copy", "af", "of"].contains(&word)
        })
}

fn by_ending(path: PathBuf) -> Result<Found, Diagnostic> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    match ending.as_deref() {
        Some("parquet") => Ok(Found { path, format: Format::Parquet, layout: None }),
        Some("xlsx" | "xlsm") => Ok(Found { path, format: Format::Xlsx, layout: None }),
        Some("xls" | "xlsb" | "ods") => Err(workbook_refused(&path)),
        _ => Ok(Found { path, format: Format::Csv, layout: None }),
    }
}

fn workbook_refused(path: &Path) -> Diagnostic {
    Diagnostic::input(Place::file(path.display().to_string()), "workbooks of this kind are not read")
        .hint("save it as a workbook of today (XLSX), or the sheet as CSV (UTF-8)")
}

/// The name without its folder.
pub fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
