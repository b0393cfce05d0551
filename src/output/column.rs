//! One description per column: its name, its Arrow type and how a row fills it.
//!
//! Schema and record batch come from the same list, so they cannot drift apart. A column is
//! either *known* (its cell is always there, the Parquet column is required) or a *verdict* (null
//! where the answer is unknown); an accessor that answers `None` for a known column makes the
//! batch fail instead of writing a made-up value.
//!
//! A column goes through all rows of a batch at once, in a loop made for its accessor: the tables of a whole
//! country have eighty million cells.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Decimal128Array, DictionaryArray, ListArray, NullBufferBuilder, PrimitiveArray,
    RecordBatch, StringArray, StringBuilder, StructArray,
};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Date32Type, Decimal128Type, Field, FieldRef, Fields, Int32Type, Schema,
    SchemaRef,
};
use arrow::error::ArrowError;

use crate::base::{Day, Ects};

/// Hundredths of a point, as in the contract's `ects`.
const ECTS_SCALE: i8 = 2;
const ECTS_DIGITS: u8 = 7;
/// Sums over a programme outgrow 99,999.99 points.
const SUM_DIGITS: u8 = 12;

/// A table: where its rows come from. They are gone through once or twice for each column.
pub(super) trait Table: 'static {
    type Source: ?Sized;
    type Row<'r>;

    fn rows(source: &Self::Source) -> impl Iterator<Item = Self::Row<'_>>;
}

/// A column of the table `T`.
pub(super) struct Column<T: Table> {
    field: FieldRef,
    cells: Box<Cells<T>>,
}

type Cells<T> = dyn Fn(&<T as Table>::Source) -> Result<ArrayRef, ArrowError> + Send + Sync;

impl<T: Table> Column<T> {
    fn new(
        name: &str,
        data_type: DataType,
        cells: impl Fn(&T::Source) -> Result<ArrayRef, ArrowError> + Send + Sync + 'static,
    ) -> Column<T> {
        Column { field: Arc::new(Field::new(name, data_type, true)), cells: Box::new(cells) }
    }

    /// The cell is there in every row.
    pub fn known(self) -> Column<T> {
        Column { field: Arc::new(self.field.as_ref().clone().with_nullable(false)), ..self }
    }

    pub fn text(
        name: &str,
        cell: impl for<'r> Fn(&'r T::Row<'_>) -> Option<&'r str> + Send + Sync + 'static,
    ) -> Column<T> {
        Column::new(name, DataType::Utf8, move |source| {
            let (rows, bytes) = T::rows(source)
                .fold((0, 0), |(rows, bytes), row| (rows + 1, bytes + cell(&row).map_or(0, str::len)));
            let mut texts = StringBuilder::with_capacity(rows, bytes);
            T::rows(source).for_each(|row| texts.append_option(cell(&row)));
            Ok(Arc::new(texts.finish()))
        })
    }

    /// Positions in a closed list, in the order of the contract: `codes` is the whole of it, and so is the
    /// dictionary, which says nothing about which rows happened to come first.
    pub fn code<C: AsRef<str>>(
        name: &str,
        codes: impl IntoIterator<Item = C>,
        cell: impl Fn(&T::Row<'_>) -> Option<i32> + Send + Sync + 'static,
    ) -> Column<T> {
        let list = Arc::new(StringArray::from_iter_values(codes));
        let data_type = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        Column::new(name, data_type, move |source| {
            let positions = numbers::<T, Int32Type>(source, &cell);
            Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(positions, list.clone())?))
        })
    }

    pub fn int(name: &str, cell: impl Fn(&T::Row<'_>) -> Option<i32> + Send + Sync + 'static) -> Column<T> {
        Column::new(name, DataType::Int32, move |source| Ok(Arc::new(numbers::<T, Int32Type>(source, &cell))))
    }

    pub fn flag(name: &str, cell: impl Fn(&T::Row<'_>) -> Option<bool> + Send + Sync + 'static) -> Column<T> {
        Column::new(name, DataType::Boolean, move |source| {
            let mut flags = BooleanBuilder::new();
            T::rows(source).for_each(|row| flags.append_option(cell(&row)));
            Ok(Arc::new(flags.finish()))
        })
    }

    pub fn date(name: &str, cell: impl Fn(&T::Row<'_>) -> Option<Day> + Send + Sync + 'static) -> Column<T> {
        Column::new(name, DataType::Date32, move |source| {
            Ok(Arc::new(numbers::<T, Date32Type>(source, |row| cell(row).map(Day::epoch_days))))
        })
    }

    pub fn ects(name: &str, cell: impl Fn(&T::Row<'_>) -> Option<Ects> + Send + Sync + 'static) -> Column<T> {
        Column::new(name, DataType::Decimal128(ECTS_DIGITS, ECTS_SCALE), move |source| {
            let amounts = numbers::<T, Decimal128Type>(source, |row| {
                cell(row).map(|ects| i128::from(ects.as_hundredths()))
            });
            decimals(amounts, ECTS_DIGITS)
        })
    }

    /// Hundredths, for sums.
    pub fn ects_sum(
        name: &str,
        cell: impl Fn(&T::Row<'_>) -> Option<i64> + Send + Sync + 'static,
    ) -> Column<T> {
        Column::new(name, DataType::Decimal128(SUM_DIGITS, ECTS_SCALE), move |source| {
            decimals(numbers::<T, Decimal128Type>(source, |row| cell(row).map(i128::from)), SUM_DIGITS)
        })
    }

    /// A list of texts; empty, never null, when a row has none.
    pub fn texts(
        name: &str,
        cell: impl Fn(&T::Row<'_>, &mut StringBuilder) + Send + Sync + 'static,
    ) -> Column<T> {
        Column::texts_if(name, |_| true, cell).known()
    }

    /// A list of texts; null where it is not known.
    pub fn texts_if(
        name: &str,
        is_known: impl Fn(&T::Row<'_>) -> bool + Send + Sync + 'static,
        cell: impl Fn(&T::Row<'_>, &mut StringBuilder) + Send + Sync + 'static,
    ) -> Column<T> {
        let element = element(DataType::Utf8);
        Column::new(name, DataType::List(element.clone()), move |source| {
            let (mut texts, mut known) = (StringBuilder::new(), NullBufferBuilder::new(0));
            let mut before = 0;
            let lengths = T::rows(source).map(|row| {
                known.append(is_known(&row));
                cell(&row, &mut texts);
                let all = arrow::array::ArrayBuilder::len(&texts);
                all - std::mem::replace(&mut before, all)
            });
            let offsets = OffsetBuffer::from_lengths(lengths.collect::<Vec<_>>());
            let texts = Arc::new(texts.finish());
            Ok(Arc::new(ListArray::try_new(element.clone(), offsets, texts, known.finish())?))
        })
    }

    /// A list of structs whose parts are all texts. `cells` gives the list of each row.
    pub fn structs<I: 'static>(
        name: &str,
        cells: impl Fn(&T::Source) -> Vec<&[I]> + Send + Sync + 'static,
        parts: Vec<Part<I>>,
    ) -> Column<T> {
        let fields: Fields = parts.iter().map(|part| Field::new(part.name, DataType::Utf8, false)).collect();
        let element = element(DataType::Struct(fields.clone()));
        Column::new(name, DataType::List(element.clone()), move |source| {
            let lists = cells(source);
            let texts = parts.iter().map(|part| (part.texts)(&lists)).collect();
            let items = Arc::new(StructArray::try_new(fields.clone(), texts, None)?);
            let offsets = OffsetBuffer::from_lengths(lists.iter().map(|list| list.len()));
            Ok(Arc::new(ListArray::try_new(element.clone(), offsets, items, None)?))
        })
        .known()
    }
}

/// A part of the structs in a list.
pub(super) struct Part<I> {
    name: &'static str,
    texts: Box<Texts<I>>,
}

type Texts<I> = dyn Fn(&[&[I]]) -> ArrayRef + Send + Sync;

impl<I> Part<I> {
    pub fn text(name: &'static str, cell: impl Fn(&I) -> &str + Send + Sync + 'static) -> Part<I> {
        let texts = move |lists: &[&[I]]| -> ArrayRef {
            let items = || lists.iter().copied().flatten();
            let bytes = items().map(|item| cell(item).len()).sum();
            let mut texts = StringBuilder::with_capacity(lists.iter().map(|list| list.len()).sum(), bytes);
            items().for_each(|item| texts.append_value(cell(item)));
            Arc::new(texts.finish())
        };
        Part { name, texts: Box::new(texts) }
    }
}

fn numbers<T: Table, P: ArrowPrimitiveType>(
    source: &T::Source,
    cell: impl Fn(&T::Row<'_>) -> Option<P::Native>,
) -> PrimitiveArray<P> {
    let rows = T::rows(source);
    let mut numbers = Vec::with_capacity(rows.size_hint().0);
    let mut known = NullBufferBuilder::new(0);
    rows.for_each(|row| {
        let number = cell(&row);
        numbers.push(number.unwrap_or_default());
        known.append(number.is_some());
    });
    PrimitiveArray::new(numbers.into(), known.finish())
}

fn element(data_type: DataType) -> FieldRef {
    Arc::new(Field::new("element", data_type, false))
}

/// A value with more digits than its type is an error: a reader would misread it.
fn decimals(amounts: Decimal128Array, digits: u8) -> Result<ArrayRef, ArrowError> {
    let amounts = amounts.with_precision_and_scale(digits, ECTS_SCALE)?;
    amounts.validate_decimal_precision(digits)?;
    Ok(Arc::new(amounts))
}

/// All columns of a table.
pub(super) struct Columns<T: Table> {
    schema: SchemaRef,
    columns: Vec<Column<T>>,
}

impl<T: Table> Columns<T> {
    pub fn new(columns: Vec<Column<T>>) -> Columns<T> {
        let fields = columns.iter().map(|column| column.field.clone()).collect::<Vec<_>>();
        Columns { schema: Arc::new(Schema::new(fields)), columns }
    }

    pub fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    pub fn batch(&self, source: &T::Source) -> Result<RecordBatch, ArrowError> {
        let arrays =
            self.columns.iter().map(|column| (column.cells)(source)).collect::<Result<Vec<_>, _>>()?;
        RecordBatch::try_new(self.schema.clone(), arrays)
    }
}
