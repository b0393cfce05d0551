//! The cells of a Parquet file, as texts of the plain dialect.

use std::collections::HashMap;
use std::fs::File;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Date32Array, StringArray, UInt32Array};
use arrow::compute::{CastOptions, cast_with_options, take};
use arrow::datatypes::{DataType, Date32Type, Float32Type, Float64Type};
use foldhash::fast::FixedState;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::metadata::ParquetMetaData;

use super::frame::{BATCH, Batch, Frame, RowMark};
use super::{Emit, Request, Stopped};
use crate::ingest::header::HeaderCell;

/// Lines are counted in 32 bits.
const MOST_ROWS: u64 = u32::MAX as u64;
/// Rows that a file may hold whatever its size, and rows for each of its bytes: columns of one
/// value take next to nothing, but an export has ids.
const FREE_ROWS: u64 = 1 << 20;
const ROWS_PER_BYTE: u64 = 64;
/// Unpacked bytes of one column in one group of rows: a million rows of a kibibyte each.
const MOST_UNPACKED: i64 = 1 << 30;

pub fn read(request: &Request, emit: Emit) -> Result<(), Stopped> {
    let file = File::open(&request.path).map_err(|error| error.to_string())?;
    let bytes = file.metadata().map_err(|error| error.to_string())?.len();
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|_| "its footer is damaged")?;
    check_sizes(builder.metadata(), bytes)?;
    let fields = builder.schema().fields().clone();
    let header = fields.iter().enumerate();
    let cells = header.map(|(at, field)| HeaderCell { name: field.name().trim().to_owned(), column: at + 1 });
    emit(Frame::Header { line: 1, cells: cells.collect() })?;
    let Some(columns) = &request.columns else { return Ok(()) };
    let mask = ProjectionMask::roots(builder.parquet_schema(), columns.iter().copied());
    let builder = builder.with_projection(mask).with_batch_size(BATCH);
    let mut rows = 0_u64;
    for batch in builder.build().map_err(|_| DAMAGED)? {
        let batch = batch.map_err(|_| DAMAGED)?;
        let text = |(array, at): (&ArrayRef, &usize)| {
            plain_text(array).map_err(|reason| match fields.get(*at) {
                Some(_) => format!("its column {} cannot be read: {reason}", at + 1),
                None => reason,
            })
        };
        let columns = batch.columns().iter().zip(columns).map(text).collect::<Result<Vec<_>, _>>()?;
        let count = batch.num_rows();
        let lines = (rows + 1..=rows + count as u64).map(|line| line as u32).collect();
        rows += count as u64;
        emit(Frame::Batch(Batch { lines, marks: vec![RowMark::Row; count], columns }))?;
    }
    emit(Frame::End { rows })
}

const DAMAGED: &str = "its content is damaged";

/// What the footer says, before a page is looked at. A page may still say otherwise than the footer: that
/// is bounded by the memory of the child.
fn check_sizes(metadata: &ParquetMetaData, bytes: u64) -> Result<(), String> {
    let mut rows = 0_u64;
    for group in metadata.row_groups() {
        rows = rows.saturating_add(u64::try_from(group.num_rows()).map_err(|_| DAMAGED)?);
        for column in group.columns() {
            let inside = |number: i64| u64::try_from(number).is_ok_and(|number| number <= bytes);
            let (start, size) = (column.data_page_offset(), column.compressed_size());
            if !inside(start) || !inside(size) || column.uncompressed_size() < 0 {
                return Err("it declares pages outside of the file".to_owned());
            }
            if column.uncompressed_size() > MOST_UNPACKED {
                return Err("a column of it unpacks to more than any export holds".to_owned());
            }
        }
    }
    if u64::try_from(metadata.file_metadata().num_rows()) != Ok(rows) {
        return Err("its row counts contradict each other".to_owned());
    }
    if rows > MOST_ROWS || rows > FREE_ROWS + bytes.saturating_mul(ROWS_PER_BYTE) {
        return Err("it declares more rows than a file of its size can hold".to_owned());
    }
    Ok(())
}

/// Cells as the plain dialect writes them, the empty text for null; nothing is rounded.
pub fn plain_text(array: &ArrayRef) -> Result<StringArray, String> {
    let text = match array.data_type() {
        // The shortest text that is this number: 2.55 is `2.55`, and a number that is not exact in
        // hundredths shows all its decimals.
        DataType::Float64 => shortest(array.as_primitive::<Float64Type>().iter()),
        DataType::Float32 => shortest(array.as_primitive::<Float32Type>().iter()),
        DataType::Dictionary(_, values) => return plain_text(&cast(array, values)?),
        DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..)
        | DataType::Decimal256(..) => {
            let text = cast(array, &DataType::Utf8)?;
            text.as_string::<i32>().iter().map(|cell| cell.map(without_empty_decimals)).collect()
        }
        DataType::Date64 | DataType::Timestamp(_, None) => {
            let text = cast(array, &DataType::Utf8)?;
            let day = |cell: &str| cell.strip_suffix("T00:00:00").unwrap_or(cell).to_owned();
            text.as_string::<i32>().iter().map(|cell| cell.map(day)).collect()
        }
        DataType::Date32 => days(array)?,
        DataType::Null | DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Boolean => {
            cast(array, &DataType::Utf8)?.as_string::<i32>().clone()
        }
        kind if kind.is_integer() => cast(array, &DataType::Utf8)?.as_string::<i32>().clone(),
        kind => return Err(format!("cells of the type {kind} have no plain text")),
    };
    if text.null_count() == 0 {
        return Ok(text);
    }
    Ok(text.iter().map(|cell| Some(cell.unwrap_or(""))).collect())
}

fn cast(array: &ArrayRef, to: &DataType) -> Result<ArrayRef, String> {
    // A value that does not fit is an error, never a null.
    let options = CastOptions { safe: false, ..CastOptions::default() };
    cast_with_options(array, to, &options).map_err(|_| "a value is damaged".to_owned())
}

/// Few days stand in many cells: each is written once, and its text copied.
fn days(array: &ArrayRef) -> Result<StringArray, String> {
    let mut distinct = Vec::new();
    let mut positions: HashMap<i32, u32, FixedState> = HashMap::default();
    let mut position = |day: i32| {
        *positions.entry(day).or_insert_with(|| {
            distinct.push(day);
            distinct.len() as u32 - 1
        })
    };
    let cells = array.as_primitive::<Date32Type>().iter();
    let cells: UInt32Array = cells.map(|day| day.map(&mut position)).collect();
    let distinct: ArrayRef = Arc::new(Date32Array::from(distinct));
    let texts = take(&cast(&distinct, &DataType::Utf8)?, &cells, None).map_err(|error| error.to_string())?;
    Ok(texts.as_string::<i32>().clone())
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

#[cfg(test)]
mod tests {
    use arrow::record_batch::RecordBatch;
    use parquet::arrow::ArrowWriter;

    use super::*;

    /// The footer of a small file in which one column declares another unpacked size.
    fn footer(unpacked: i64) -> ParquetMetaData {
        let array: ArrayRef = Arc::new(StringArray::from(vec!["E1", "E2"]));
        let batch = RecordBatch::try_from_iter([("enrolment_id", array)]).expect("one column");
        let path = tempfile::NamedTempFile::new().expect("a scratch file");
        let file = path.reopen().expect("writable");
        let mut writer = ArrowWriter::try_new(file, batch.schema(), None).expect("a writer");
        writer.write(&batch).expect("writable");
        writer.close().expect("closable");
        let file = path.reopen().expect("readable");
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("a sound file");
        let footer = reader.metadata().as_ref().clone();
        let group = footer.row_group(0).clone();
        let column = group.column(0).clone().into_builder().set_total_uncompressed_size(unpacked).build();
        let column = column.expect("a column");
        let group = group.into_builder().set_column_metadata(vec![column]).build().expect("a group");
        footer.into_builder().set_row_groups(vec![group]).build()
    }

    #[test]
    fn days_are_written_as_a_plain_cast_writes_them() {
        let days = [Some(20_000), None, Some(-1), Some(20_000), Some(3_000_000), Some(0), None];
        let array: ArrayRef = Arc::new(Date32Array::from(days.to_vec()));
        let expected = cast(&array, &DataType::Utf8).expect("days of the calendar");
        let expected: Vec<&str> = expected.as_string::<i32>().iter().map(Option::unwrap_or_default).collect();
        let text = plain_text(&array).expect("days of the calendar");
        assert_eq!(text.iter().flatten().collect::<Vec<_>>(), expected);
        assert_eq!((expected[0], expected[1]), ("2024-10-04", ""));
        let damaged: ArrayRef = Arc::new(Date32Array::from(vec![Some(0), Some(i32::MAX)]));
        assert!(plain_text(&damaged).is_err() && cast(&damaged, &DataType::Utf8).is_err());
    }

    #[test]
    fn declared_sizes_are_bounded_before_a_page_is_read() {
        for (unpacked, sound) in
            [(100, true), (MOST_UNPACKED, true), (MOST_UNPACKED + 1, false), (i64::MAX, false), (-1, false)]
        {
            assert_eq!(check_sizes(&footer(unpacked), 1 << 20).is_ok(), sound, "{unpacked}");
        }
        // Its pages would lie outside of a file of this size.
        assert!(check_sizes(&footer(100), 4).is_err());
    }
}
