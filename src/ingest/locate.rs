//! Which file of the input folder holds a table.

use std::path::{Path, PathBuf};

use super::header::Layout;
use super::report::Format;
use crate::contract::Table;
use crate::diagnostics::{Diagnostic, Place};
use crate::pipeline::Pipeline;

/// The file of a table.
#[derive(Clone, Debug)]
pub struct Found {
    pub path: PathBuf,
    pub format: Format,
    /// Of a workbook or a Parquet file, once its header has been read.
    pub foreign: Option<Layout>,
}

/// The file that the pipeline names, or `<table>.csv`, `.parquet` or `.xlsx`; `None` for an optional
/// table without a file.
pub fn locate(pipeline: &Pipeline, table: Table) -> Result<Option<Found>, Diagnostic> {
    let settings = pipeline.table(table);
    if settings.declared_empty {
        return Ok(None);
    }
    if let Some(file) = &settings.file {
        let path = pipeline.input.join(file);
        if path.is_file() {
            return by_ending(path).map(Some);
        }
    }
    let candidates = ["csv", "parquet", "xlsx"]
        .map(|ending| pipeline.input.join(format!("{table}.{ending}")))
        .into_iter()
        .filter(|path| path.is_file())
        .collect::<Vec<_>>();
    match &candidates[..] {
        [one] => return by_ending(one.clone()).map(Some),
        [first, second, ..] => {
            let message =
                format!("{table} can be read from {} and from {}", file_name(first), file_name(second));
            return Err(Diagnostic::input(Place::file(pipeline.input.display().to_string()), message).hint(
                format!("remove one of them, or name one: [tables.{table}] file = \"{}\"", file_name(first)),
            ));
        }
        [] => {}
    }
    if !table.required() {
        return Ok(None);
    }
    let own = ["csv", "parquet", "xlsx"].map(|ending| format!("{table}.{ending}"));
    let names = settings.file.iter().cloned().chain(own);
    let message = format!("{table} is missing; looked for {}", names.collect::<Vec<_>>().join(", "));
    Err(Diagnostic::input(Place::file(pipeline.input.display().to_string()), message)
        .hint(format!("put the export into this folder, or name its file: [tables.{table}] file = \"...\"")))
}

fn by_ending(path: PathBuf) -> Result<Found, Diagnostic> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    match ending.as_deref() {
        Some("parquet") => Ok(Found { path, format: Format::Parquet, foreign: None }),
        Some("xlsx" | "xlsm") => Ok(Found { path, format: Format::Xlsx, foreign: None }),
        Some("xls" | "xlsb" | "ods") => Err(workbook_refused(&path)),
        _ => Ok(Found { path, format: Format::Csv, foreign: None }),
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
