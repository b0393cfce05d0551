//! A Parquet file to staged rows.
//!
//! Every cell becomes text in the plain dialect and then takes the way that CSV cells take, so the
//! two formats cannot come to different answers. The line of a row is its number in the file.

use std::fs::File;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use arrow::array::{Array, ArrayRef, AsArray, StringArray};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Float32Type, Float64Type, Schema};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::convert::{Converter, MOST_COLUMNS};
use super::csv_file::FileContent;
use super::encoding::has_control;
use super::header::{HeaderCell, Layout, find_columns};
use super::reason::Reason;
use super::staged::Piece;
use crate::contract::Table;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::pipeline::{TableSettings, hexadecimal};

const BATCH: usize = 1 << 17;
const PART: usize = 1 << 13;

pub fn read(
    path: &Path,
    converter: &Converter,
    settings: &TableSettings,
) -> Result<FileContent, Diagnostics> {
    guarded(path, || {
        let (builder, layout) = open(path, converter.table(), settings)?;
        let (bytes, sha256) = digest(path)?;
        let reader = builder.with_batch_size(BATCH).build().map_err(|error| unreadable(path, &error))?;
        let mut total = converter.total();
        for batch in reader {
            let batch = batch.map_err(|error| unreadable(path, &error))?;
            append(&batch, &layout, path, converter, &mut total)?;
        }
        Ok(FileContent { piece: total, bytes, sha256, encoding: "", notices: layout.notices })
    })
}

/// Reads a table that is in memory; it has neither bytes nor a digest.
pub fn read_batch(
    path: &Path,
    batch: &RecordBatch,
    converter: &Converter,
    settings: &TableSettings,
) -> Result<FileContent, Diagnostics> {
    guarded(path, || {
        let layout = layout_of(&batch.schema(), path, converter.table(), settings)?;
        let mut total = converter.total();
        append(batch, &layout, path, converter, &mut total)?;
        let (bytes, sha256) = (0, String::new());
        Ok(FileContent { piece: total, bytes, sha256, encoding: "", notices: layout.notices })
    })
}

/// Looks at the schema alone.
pub fn check_batch(
    path: &Path,
    batch: &RecordBatch,
    table: Table,
    settings: &TableSettings,
) -> Result<(), Diagnostics> {
    layout_of(&batch.schema(), path, table, settings).map(|_| ())
}

fn append(
    batch: &RecordBatch,
    layout: &Layout,
    path: &Path,
    converter: &Converter,
    total: &mut Piece,
) -> Result<(), Diagnostics> {
    let columns = texts(batch, layout, path, converter.table())?;
    let starts = (0..batch.num_rows()).step_by(PART).collect::<Vec<_>>();
    let pieces = starts
        .into_par_iter()
        .map(|start| rows(&columns, start, PART.min(batch.num_rows() - start), converter))
        .collect::<Vec<_>>();
    for piece in pieces {
        total.append(piece);
    }
    Ok(())
}

/// Reads the schema alone.
pub fn check(path: &Path, table: Table, settings: &TableSettings) -> Result<(), Diagnostics> {
    guarded(path, || open(path, table, settings).map(|_| ()))
}

/// Readers of this format are known to panic on damaged files.
fn guarded<T>(path: &Path, work: impl FnOnce() -> Result<T, Diagnostics>) -> Result<T, Diagnostics> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(unreadable(path, &"its content is damaged").into()))
}

fn unreadable(path: &Path, error: &dyn std::fmt::Display) -> Diagnostic {
    let message = format!("the file cannot be read as Parquet: {error}");
    Diagnostic::input(Place::file(path.display().to_string()), message).hint("export it again, or use CSV")
}

fn open(
    path: &Path,
    table: Table,
    settings: &TableSettings,
) -> Result<(ParquetRecordBatchReaderBuilder<File>, Layout), Diagnostics> {
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| unreadable(path, &error))?;
    let mut layout = layout_of(builder.schema(), path, table, settings)?;
    // Only the used columns are read; they keep the order of the file.
    let mut used = layout.positions.iter().flatten().copied().collect::<Vec<_>>();
    used.sort_unstable();
    for position in &mut layout.positions {
        *position = position.and_then(|wanted| used.binary_search(&wanted).ok());
    }
    let mask = ProjectionMask::roots(builder.parquet_schema(), used);
    Ok((builder.with_projection(mask), layout))
}

fn layout_of(
    schema: &Schema,
    path: &Path,
    table: Table,
    settings: &TableSettings,
) -> Result<Layout, Diagnostics> {
    let header = schema
        .fields()
        .iter()
        .enumerate()
        .map(|(at, field)| HeaderCell { name: field.name().trim().to_owned(), column: at + 1 })
        .collect::<Vec<_>>();
    find_columns(table, settings, &header, &path.display().to_string(), 1)
}

fn digest(path: &Path) -> Result<(u64, String), Diagnostic> {
    let mut file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut buffer).map_err(|error| unreadable(path, &error))?;
        if read == 0 {
            return Ok((bytes, hexadecimal(&hasher.finalize())));
        }
        hasher.update(&buffer[..read]);
        bytes += read as u64;
    }
}

/// Per contract column its cells as text.
fn texts(
    batch: &RecordBatch,
    layout: &Layout,
    path: &Path,
    table: Table,
) -> Result<Vec<Option<StringArray>>, Diagnostic> {
    let text = |(position, column): (&Option<usize>, &crate::contract::Column)| {
        let Some(position) = *position else { return Ok(None) };
        let array = batch.column(position);
        plain_text(array).map(Some).map_err(|reason| {
            let message = format!("column {} cannot be read: {reason}", column.name);
            Diagnostic::input(Place::line(path.display().to_string(), 1, position + 1), message)
                .hint("write it as text, number, date or true/false")
        })
    };
    layout.positions.iter().zip(table.columns()).map(text).collect()
}

/// Cells as the plain dialect writes them; nothing is rounded.
fn plain_text(array: &ArrayRef) -> Result<StringArray, String> {
    match array.data_type() {
        // The shortest text that is this number: 2.55 is `2.55`, and a number that is not exact in
        // hundredths shows all its decimals.
        DataType::Float64 => Ok(shortest(array.as_primitive::<Float64Type>().iter())),
        DataType::Float32 => Ok(shortest(array.as_primitive::<Float32Type>().iter())),
        DataType::Dictionary(_, _) => plain_text(&cast(array, &dictionary_values(array.data_type()))?),
        DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..)
        | DataType::Decimal256(..) => {
            let text = cast(array, &DataType::Utf8)?;
            Ok(text.as_string::<i32>().iter().map(|cell| cell.map(without_empty_decimals)).collect())
        }
        DataType::Date64 | DataType::Timestamp(_, None) => {
            let text = cast(array, &DataType::Utf8)?;
            let day = |cell: &str| cell.strip_suffix("T00:00:00").unwrap_or(cell).to_owned();
            Ok(text.as_string::<i32>().iter().map(|cell| cell.map(day)).collect())
        }
        DataType::Null
        | DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::Boolean
        | DataType::Date32 => Ok(cast(array, &DataType::Utf8)?.as_string::<i32>().clone()),
        kind if kind.is_integer() => Ok(cast(array, &DataType::Utf8)?.as_string::<i32>().clone()),
        kind => Err(format!("cells of the type {kind} have no plain text")),
    }
}

fn dictionary_values(kind: &DataType) -> DataType {
    match kind {
        DataType::Dictionary(_, values) => (**values).clone(),
        other => other.clone(),
    }
}

fn cast(array: &ArrayRef, to: &DataType) -> Result<ArrayRef, String> {
    // A value that does not fit is an error, never a null.
    let options = CastOptions { safe: false, ..CastOptions::default() };
    cast_with_options(array, to, &options).map_err(|_| "a value is damaged".to_owned())
}

fn shortest<T: std::fmt::Display>(cells: impl Iterator<Item = Option<T>>) -> StringArray {
    cells.map(|cell| cell.map(|number| number.to_string())).collect()
}

/// Zeros after the second decimal say nothing: a column of decimals has one scale for all cells.
fn without_empty_decimals(text: &str) -> String {
    let Some((whole, part)) = text.split_once('.') else { return text.to_owned() };
    let kept = part.len().min(2);
    let (kept, rest) = part.split_at(kept);
    let rest = rest.trim_end_matches('0');
    format!("{whole}.{kept}{rest}")
}

fn rows(columns: &[Option<StringArray>], start: usize, count: usize, converter: &Converter) -> Piece {
    let mut piece = Piece::new(converter.table());
    for row in start..start + count {
        piece.lines += 1;
        let mut cells = [""; MOST_COLUMNS];
        for (cell, column) in cells.iter_mut().zip(columns) {
            if let Some(column) = column.as_ref().filter(|column| column.is_valid(row)) {
                *cell = column.value(row).trim();
            }
        }
        let cells = &cells[..columns.len()];
        let cell_of = |at: usize| cells.get(at).copied();
        let damaged = cells.iter().position(|cell| has_control(cell, 0x20));
        let line = piece.lines;
        if damaged.is_some() {
            piece.rows_read += 1;
            converter.reject(line, damaged, Reason::BadEncoding, cell_of, &mut piece);
        } else if cells.iter().all(|cell| cell.is_empty()) {
            piece.rows_read += 1;
            converter.reject(line, None, Reason::BlankLine, cell_of, &mut piece);
        } else {
            converter.row(line, cells, &mut piece);
        }
    }
    converter.close(&mut piece);
    piece
}
