//! The cells of a Parquet file, a batch of rows at a time.

use std::fs::File;
use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::basic::{Compression, ConvertedType, Type};
use parquet::file::metadata::ParquetMetaData;

use super::column::BATCH;
use super::frame::{Batch, Frame, RowMark};
use super::{Emit, Request, Stopped, arrays};
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
    let read =
        ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(|_| "its footer is damaged")?;
    check_sizes(read.metadata(), bytes)?;
    let fields = read.schema().fields().clone();
    let header = fields.iter().enumerate();
    let cells = header.map(|(at, field)| HeaderCell { name: field.name().trim().to_owned(), column: at + 1 });
    emit(Frame::Header { line: 1, cells: cells.collect() })?;
    let Some(columns) = &request.columns else { return Ok(()) };
    let metadata = with_dictionaries(&read)?;
    let mask = ProjectionMask::roots(metadata.parquet_schema(), columns.iter().copied());
    let mut rows = 0_u64;
    for groups in together(metadata.metadata()) {
        let file = file.try_clone().map_err(|error| error.to_string())?;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata.clone());
        let builder = builder.with_row_groups(groups).with_projection(mask.clone()).with_batch_size(BATCH);
        for batch in builder.build().map_err(|_| DAMAGED)? {
            let batch = batch.map_err(|_| DAMAGED)?;
            let column = |(array, at): (&ArrayRef, &usize)| {
                arrays::column(array)
                    .map_err(|reason| format!("its column {} cannot be read: {reason}", at + 1))
            };
            let columns = batch.columns().iter().zip(columns).map(column).collect::<Result<Vec<_>, _>>()?;
            let count = batch.num_rows();
            let lines = (rows + 1..=rows + count as u64).map(|line| line as u32).collect();
            rows += count as u64;
            emit(Frame::Batch(Batch { lines, marks: vec![RowMark::Row; count], columns }))?;
        }
    }
    emit(Frame::End { rows })
}

/// Groups of rows that are read together. A dictionary is that of one group and does not outlive a batch
/// of rows of two, so only groups that do not fill a batch are not read alone.
fn together(metadata: &ParquetMetaData) -> Vec<Vec<usize>> {
    let mut all: Vec<Vec<usize>> = Vec::new();
    let mut rows = BATCH as i64;
    for (at, group) in metadata.row_groups().iter().enumerate() {
        match all.last_mut() {
            Some(groups) if rows < BATCH as i64 => groups.push(at),
            _ => {
                all.push(vec![at]);
                rows = 0;
            }
        }
        rows = rows.saturating_add(group.num_rows());
    }
    all
}

/// The same file with its columns of texts read as dictionaries, so that a text is read once and not for
/// every row that has it.
fn with_dictionaries(read: &ArrowReaderMetadata) -> Result<ArrowReaderMetadata, Stopped> {
    let parquet = read.parquet_schema();
    let field = |(at, field): (usize, &Arc<Field>)| {
        let leaf = (0..parquet.num_columns()).find(|leaf| parquet.get_column_root_idx(*leaf) == at);
        let sound = leaf.map(|leaf| parquet.column(leaf)).is_some_and(|leaf| {
            leaf.physical_type() == Type::BYTE_ARRAY && leaf.converted_type() == ConvertedType::UTF8
        });
        let texts = match field.data_type() {
            DataType::Dictionary(_, values) => values.is_string(),
            kind => kind.is_string(),
        };
        if !texts || !sound {
            return field.clone();
        }
        let kind = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        Arc::new(field.as_ref().clone().with_data_type(kind))
    };
    let fields = read.schema().fields().iter().enumerate().map(field).collect::<Vec<_>>();
    let schema = Arc::new(Schema::new_with_metadata(fields, read.schema().metadata().clone()));
    let options = ArrowReaderOptions::new().with_schema(schema);
    ArrowReaderMetadata::try_new(read.metadata().clone(), options).map_err(|_| Stopped::from(DAMAGED))
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
            let packing = column.compression();
            if !matches!(packing, Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::ZSTD(_)) {
                let name = packing.to_string();
                let name = name.split('(').next().unwrap_or_default();
                return Err(format!("its pages are packed with {name}; write it with ZSTD or SNAPPY"));
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

#[cfg(test)]
mod tests {
    use arrow::array::StringArray;
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
    fn groups_are_read_together_until_they_fill_a_batch() {
        let footer = footer(100);
        let groups = |rows: &[i64]| {
            let group = |rows: &i64| {
                let builder = footer.row_group(0).clone().into_builder();
                builder.set_num_rows(*rows).build().expect("a group")
            };
            let groups = rows.iter().map(group).collect();
            together(&footer.clone().into_builder().set_row_groups(groups).build())
        };
        let batch = BATCH as i64;
        assert_eq!(groups(&[batch, batch + 1]), [[0], [1]]);
        assert_eq!(groups(&[batch - 1, 1, 5, 0]), [[0, 1], [2, 3]]);
        assert!(groups(&[]).is_empty());
    }

    #[test]
    fn declared_sizes_are_bounded_before_a_page_is_read() {
        for (unpacked, sound) in
            [(100, true), (MOST_UNPACKED, true), (MOST_UNPACKED + 1, false), (i64::MAX, false), (-1, false)]
        {
            assert_eq!(check_sizes(&footer(unpacked), 1 << 20).is_ok(), sound, "{unpacked}");
        }
        let packed = |packing: Compression| {
            let footer = footer(100);
            let group = footer.row_group(0).clone();
            let column = group.column(0).clone().into_builder().set_compression(packing).build();
            let group = group.into_builder().set_column_metadata(vec![column.expect("a column")]).build();
            check_sizes(&footer.into_builder().set_row_groups(vec![group.expect("a group")]).build(), 1 << 20)
        };
        assert!(packed(Compression::SNAPPY).is_ok() && packed(Compression::ZSTD(Default::default())).is_ok());
        let refused = packed(Compression::GZIP(Default::default())).expect_err("not read");
        assert_eq!(refused, "its pages are packed with GZIP; write it with ZSTD or SNAPPY");
        // Its pages would lie outside of a file of this size.
        assert!(check_sizes(&footer(100), 4).is_err());
    }
}
