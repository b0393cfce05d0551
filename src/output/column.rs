//! One description per column: its name, its Arrow type and how a row fills it.
//!
//! Schema and record batch come from the same list, so they cannot drift apart. A column is
//! either *known* (its cell is always there, the Parquet column is required) or a *verdict* (null
//! where the answer is unknown); an accessor that answers `None` for a known column makes the
//! batch fail instead of writing a made-up value.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Int32Array, ListArray,
    RecordBatch, StringArray, StringBuilder, StructArray,
};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, FieldRef, Fields, Int32Type, Schema, SchemaRef};
use arrow::error::ArrowError;

use crate::base::{Day, Ects};

/// Hundredths of a point, as in the contract's `ects`.
const ECTS_SCALE: i8 = 2;
const ECTS_DIGITS: u8 = 7;
/// Sums over a programme outgrow 99,999.99 points.
const SUM_DIGITS: u8 = 12;

/// A column of the rows `R`.
pub(super) struct Column<R> {
    field: FieldRef,
    cells: Cells<R>,
}

enum Cells<R> {
    Text(fn(&R) -> Option<&str>),
    /// Positions in a closed list, in the order of the contract: the dictionary is always the
    /// whole list, so it says nothing about which rows happened to come first.
    Code(Arc<StringArray>, fn(&R) -> Option<i32>),
    Int(fn(&R) -> Option<i32>),
    Flag(fn(&R) -> Option<bool>),
    Date(fn(&R) -> Option<Day>),
    Ects(fn(&R) -> Option<Ects>),
    /// Hundredths, for sums.
    EctsSum(fn(&R) -> Option<i64>),
    /// A list of texts (one part) or of structs of texts (several).
    List(fn(&R, &mut ListItems)),
}

impl<R> Column<R> {
    fn new(name: &str, data_type: DataType, cells: Cells<R>) -> Column<R> {
        Column { field: Arc::new(Field::new(name, data_type, true)), cells }
    }

    /// The cell is there in every row.
    pub fn known(self) -> Column<R> {
        Column { field: Arc::new(self.field.as_ref().clone().with_nullable(false)), ..self }
    }

    pub fn text(name: &str, cell: fn(&R) -> Option<&str>) -> Column<R> {
        Column::new(name, DataType::Utf8, Cells::Text(cell))
    }

    /// `codes` is the whole closed list; the cell is a position in it.
    pub fn code<C: AsRef<str>>(
        name: &str,
        codes: impl IntoIterator<Item = C>,
        cell: fn(&R) -> Option<i32>,
    ) -> Column<R> {
        let list = Arc::new(StringArray::from_iter_values(codes));
        let data_type = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        Column::new(name, data_type, Cells::Code(list, cell))
    }

    pub fn int(name: &str, cell: fn(&R) -> Option<i32>) -> Column<R> {
        Column::new(name, DataType::Int32, Cells::Int(cell))
    }

    pub fn flag(name: &str, cell: fn(&R) -> Option<bool>) -> Column<R> {
        Column::new(name, DataType::Boolean, Cells::Flag(cell))
    }

    pub fn date(name: &str, cell: fn(&R) -> Option<Day>) -> Column<R> {
        Column::new(name, DataType::Date32, Cells::Date(cell))
    }

    pub fn ects(name: &str, cell: fn(&R) -> Option<Ects>) -> Column<R> {
        Column::new(name, DataType::Decimal128(ECTS_DIGITS, ECTS_SCALE), Cells::Ects(cell))
    }

    pub fn ects_sum(name: &str, cell: fn(&R) -> Option<i64>) -> Column<R> {
        Column::new(name, DataType::Decimal128(SUM_DIGITS, ECTS_SCALE), Cells::EctsSum(cell))
    }

    /// A list of texts; empty, never null, when a row has none.
    pub fn texts(name: &str, cell: fn(&R, &mut ListItems)) -> Column<R> {
        Column::new(name, list_of(DataType::Utf8), Cells::List(cell)).known()
    }

    /// A list of structs whose parts are all texts.
    pub fn structs(name: &str, parts: &[&str], cell: fn(&R, &mut ListItems)) -> Column<R> {
        let parts: Fields = parts.iter().map(|part| Field::new(*part, DataType::Utf8, false)).collect();
        Column::new(name, list_of(DataType::Struct(parts)), Cells::List(cell)).known()
    }

    fn array(&self, rows: &[R]) -> Result<ArrayRef, ArrowError> {
        Ok(match &self.cells {
            Cells::Text(cell) => {
                let bytes = rows.iter().filter_map(cell).map(str::len).sum();
                let mut texts = StringBuilder::with_capacity(rows.len(), bytes);
                rows.iter().for_each(|row| texts.append_option(cell(row)));
                Arc::new(texts.finish())
            }
            Cells::Code(list, cell) => {
                let positions: Int32Array = rows.iter().map(cell).collect();
                Arc::new(DictionaryArray::<Int32Type>::try_new(positions, list.clone())?)
            }
            Cells::Int(cell) => Arc::new(rows.iter().map(cell).collect::<Int32Array>()),
            Cells::Flag(cell) => Arc::new(rows.iter().map(cell).collect::<BooleanArray>()),
            Cells::Date(cell) => {
                Arc::new(rows.iter().map(|row| cell(row).map(Day::epoch_days)).collect::<Date32Array>())
            }
            Cells::Ects(cell) => {
                let amounts = rows.iter().map(|row| cell(row).map(|ects| i128::from(ects.as_hundredths())));
                decimals(amounts.collect(), ECTS_DIGITS)?
            }
            Cells::EctsSum(cell) => {
                decimals(rows.iter().map(|row| cell(row).map(i128::from)).collect(), SUM_DIGITS)?
            }
            Cells::List(cell) => {
                let mut sizes = ListItems::default();
                rows.iter().for_each(|row| cell(row, &mut sizes));
                let mut items = sizes.room_for(rows.len());
                for row in rows {
                    cell(row, &mut items);
                    items.end_row();
                }
                items.array(self.field.data_type())?
            }
        })
    }
}

fn list_of(element: DataType) -> DataType {
    DataType::List(Arc::new(Field::new("element", element, false)))
}

/// A value with more digits than its type is an error: a reader would misread it.
fn decimals(amounts: Decimal128Array, digits: u8) -> Result<ArrayRef, ArrowError> {
    let amounts = amounts.with_precision_and_scale(digits, ECTS_SCALE)?;
    amounts.validate_decimal_precision(digits)?;
    Ok(Arc::new(amounts))
}

/// The items of a list column while it is filled, row by row. Gone through twice: the first time only to
/// know how much room the texts take.
#[derive(Default)]
pub(super) struct ListItems {
    /// None the first time.
    parts: Vec<StringBuilder>,
    /// Bytes of each part.
    sizes: Vec<usize>,
    items: usize,
    /// Items up to the end of the last finished row.
    finished: usize,
    lengths: Vec<usize>,
}

impl ListItems {
    /// One item of the present row: its text, or the texts of its struct in order.
    pub fn push<const PARTS: usize>(&mut self, item: [&str; PARTS]) {
        self.items += 1;
        if self.parts.is_empty() {
            self.sizes.resize(PARTS, 0);
            self.sizes.iter_mut().zip(item).for_each(|(size, text)| *size += text.len());
        }
        for (part, text) in self.parts.iter_mut().zip(item) {
            part.append_value(text);
        }
    }

    fn room_for(self, rows: usize) -> ListItems {
        let part = |size: &usize| StringBuilder::with_capacity(self.items, *size);
        let parts = self.sizes.iter().map(part).collect();
        ListItems { parts, lengths: Vec::with_capacity(rows), ..ListItems::default() }
    }

    fn end_row(&mut self) {
        self.lengths.push(self.items - self.finished);
        self.finished = self.items;
    }

    fn array(mut self, data_type: &DataType) -> Result<ArrayRef, ArrowError> {
        let DataType::List(element) = data_type else {
            return Err(ArrowError::SchemaError(format!("{data_type} is not a list")));
        };
        let width = if let DataType::Struct(parts) = element.data_type() { parts.len() } else { 1 };
        self.parts.resize_with(width, StringBuilder::new);
        let mut parts: Vec<ArrayRef> = Vec::with_capacity(width);
        for mut part in self.parts {
            parts.push(Arc::new(part.finish()));
        }
        let items: ArrayRef = match element.data_type() {
            DataType::Struct(fields) => Arc::new(StructArray::try_new(fields.clone(), parts, None)?),
            _ => parts.swap_remove(0),
        };
        let offsets = OffsetBuffer::from_lengths(self.lengths);
        Ok(Arc::new(ListArray::try_new(element.clone(), offsets, items, None)?))
    }
}

pub(super) fn schema<R>(columns: &[Column<R>]) -> SchemaRef {
    Arc::new(Schema::new(columns.iter().map(|column| column.field.clone()).collect::<Vec<_>>()))
}

pub(super) fn batch<R>(
    schema: &SchemaRef,
    columns: &[Column<R>],
    rows: &[R],
) -> Result<RecordBatch, ArrowError> {
    let arrays = columns.iter().map(|column| column.array(rows)).collect::<Result<Vec<_>, _>>()?;
    RecordBatch::try_new(schema.clone(), arrays)
}
