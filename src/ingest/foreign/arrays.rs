//! Arrow arrays to columns.
//!
//! A column of numbers is sent as numbers when their texts say every one of them exactly; every other
//! column as its words. [`plain_text`] is what the cells of an array say; a column says the same.

use std::ops::RangeInclusive;

use arrow::array::{Array, ArrayRef, AsArray, Int32Array, PrimitiveArray, StringArray};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Decimal128Type, Float32Type, Float64Type, Int32Type, Int64Type, TimeUnit,
};

use super::column::{Column, Form, Numbers, Words};
use crate::ingest::staged::EMPTY;

/// The cells of an array. The error says in one line what is wrong, without any value.
pub fn column(array: &ArrayRef) -> Result<Column, String> {
    if let Some((form, cells)) = numbers(array) {
        return Ok(Column::Numbers(Numbers { form, cells }));
    }
    match array.data_type() {
        DataType::Dictionary(_, values) if values.is_string() => {
            let kind = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
            Ok(Column::Words(words(&cast(array, &kind)?)))
        }
        DataType::Dictionary(_, values) => column(&cast(array, values)?),
        _ => Ok(Column::of_texts(plain_text(array)?)),
    }
}

/// The words that occur, in the order in which they do: a dictionary is that of many batches.
fn words(array: &ArrayRef) -> Words {
    let array = array.as_dictionary::<Int32Type>();
    let dictionary = array.values().as_string::<i32>();
    // The last place is that of the empty cell. A place of 0 has not occurred yet.
    let mut places = vec![0_u32; dictionary.len() + 1];
    let mut found = Vec::new();
    let mut place = |key: Option<usize>| {
        let place = &mut places[key.unwrap_or(dictionary.len())];
        if *place == 0 {
            found.push(key.filter(|key| dictionary.is_valid(*key)).map_or("", |key| dictionary.value(key)));
            *place = found.len() as u32;
        }
        (*place - 1) as u16
    };
    let keys = array.keys();
    let of_rows = match keys.nulls() {
        None => keys.values().iter().map(|key| place(usize::try_from(*key).ok())).collect(),
        Some(_) => keys.iter().map(|key| place(key.and_then(|key| usize::try_from(key).ok()))).collect(),
    };
    Words { words: StringArray::from_iter_values(found), of_rows }
}

/// 1 January of the year 1 and 31 December 9999: days whose text has ten characters.
const DAYS: RangeInclusive<i32> = -719_162..=2_932_896;
/// Without [`EMPTY`].
const ALL: RangeInclusive<i32> = EMPTY + 1..=i32::MAX;

/// `None` for an array of which not every cell is such a number.
fn numbers(array: &ArrayRef) -> Option<(Form, Vec<i32>)> {
    let raw = |to: DataType| cast(array, &to).ok();
    match array.data_type() {
        DataType::Boolean => Some((Form::Truth, narrow(&raw(DataType::Int32)?, ALL)?)),
        DataType::Date32 => Some((Form::Day, narrow(&raw(DataType::Int32)?, DAYS)?)),
        DataType::Date64 => Some((Form::Day, whole_days(&raw(DataType::Int64)?, 86_400_000)?)),
        DataType::Timestamp(unit, None) => {
            let a_second = match unit {
                TimeUnit::Second => 1,
                TimeUnit::Millisecond => 1_000,
                TimeUnit::Microsecond => 1_000_000,
                TimeUnit::Nanosecond => 1_000_000_000,
            };
            Some((Form::Day, whole_days(&raw(DataType::Int64)?, 86_400 * a_second)?))
        }
        DataType::Decimal32(precision, scale) | DataType::Decimal64(precision, scale) => {
            decimals(&raw(DataType::Decimal128(*precision, *scale))?, *precision, *scale)
        }
        DataType::Decimal128(precision, scale) => decimals(array, *precision, *scale),
        kind if kind.is_integer() => Some((Form::Whole, narrow(&raw(DataType::Int32)?, ALL)?)),
        _ => None,
    }
}

fn narrow(array: &ArrayRef, fits: RangeInclusive<i32>) -> Option<Vec<i32>> {
    let array: &Int32Array = array.as_primitive();
    match array.nulls() {
        None => array.values().iter().all(|cell| fits.contains(cell)).then(|| array.values().to_vec()),
        Some(_) => each::<Int32Type>(array, |cell| fits.contains(&cell).then_some(cell)),
    }
}

fn whole_days(array: &ArrayRef, a_day: i64) -> Option<Vec<i32>> {
    let day =
        |cell: i64| i32::try_from(cell / a_day).ok().filter(|day| cell % a_day == 0 && DAYS.contains(day));
    each::<Int64Type>(array.as_primitive(), day)
}

/// In hundredths, or in the larger unit of the scale. Zeros after the second decimal say nothing: a
/// column of decimals has one scale for all cells.
fn decimals(array: &ArrayRef, precision: u8, scale: i8) -> Option<(Form, Vec<i32>)> {
    let scale = u32::try_from(scale).ok()?;
    let form = [Form::Whole, Form::Tenths, Form::Hundredths][scale.min(2) as usize];
    let most = 10_i64.checked_pow(u32::from(precision)).unwrap_or(i64::MAX);
    let unit = 10_i64.checked_pow(scale.saturating_sub(2))?;
    let number = |cell: i128| {
        let cell = i64::try_from(cell).ok().filter(|cell| *cell < most && *cell > -most)?;
        let number = if unit == 1 { cell } else { cell / unit };
        i32::try_from(number).ok().filter(|number| *number != EMPTY && (unit == 1 || cell % unit == 0))
    };
    Some((form, each::<Decimal128Type>(array.as_primitive(), number)?))
}

/// Every cell by itself; `None` when one has no number.
fn each<T: ArrowPrimitiveType>(
    array: &PrimitiveArray<T>,
    number: impl Fn(T::Native) -> Option<i32>,
) -> Option<Vec<i32>> {
    match array.nulls() {
        None => array.values().iter().map(|cell| number(*cell)).collect(),
        Some(_) => array.iter().map(|cell| cell.map_or(Some(EMPTY), &number)).collect(),
    }
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
        DataType::Null
        | DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::Boolean
        | DataType::Date32 => cast(array, &DataType::Utf8)?.as_string::<i32>().clone(),
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

fn shortest<T: std::fmt::Display>(cells: impl Iterator<Item = Option<T>>) -> StringArray {
    cells.map(|cell| cell.map(|number| number.to_string())).collect()
}

fn without_empty_decimals(text: &str) -> String {
    let Some((whole, part)) = text.split_once('.') else { return text.to_owned() };
    let kept = part.len().min(2);
    let (kept, rest) = part.split_at(kept);
    let rest = rest.trim_end_matches('0');
    format!("{whole}.{kept}{rest}")
}
