//! Rows as Arrow columns with real types, for Parquet.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, Int32Builder, RecordBatch, StringBuilder,
};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;

use super::rows::{Cell, Rows};
use super::text::{Dialect, Headers, spell};
use crate::contract::{Kind, Table};

/// What a column of the contract is in Arrow. A month stays text (YYYY-MM): it is no day.
fn data_type(kind: Kind) -> DataType {
    match kind {
        Kind::Int { .. } => DataType::Int32,
        Kind::Bool => DataType::Boolean,
        Kind::Date => DataType::Date32,
        Kind::Ects { .. } | Kind::Kroner => DataType::Decimal128(7, 2),
        Kind::Text
        | Kind::Key
        | Kind::Reference(_)
        | Kind::Cpr
        | Kind::Code(_)
        | Kind::ResultCode
        | Kind::Month => DataType::Utf8,
    }
}

/// Every column may hold nulls, as in a real export: what must be there is judged when it is read.
pub fn schema(table: Table, headers: &Headers) -> Arc<Schema> {
    let field = |column: &crate::contract::Column| {
        Field::new(headers.column(table, column.name), data_type(column.kind), true)
    };
    Arc::new(Schema::new(table.columns().iter().map(field).collect::<Vec<_>>()))
}

/// The rows in the given order as one batch.
pub fn batch(rows: &Rows, order: &[u32], headers: &Headers) -> Result<RecordBatch, ArrowError> {
    let table = rows.table();
    let arrays = (0..table.columns().len())
        .map(|at| array(table.columns()[at].kind, order.iter().map(|row| &rows.row(*row as usize)[at])))
        .collect::<Result<Vec<_>, _>>()?;
    RecordBatch::try_new(schema(table, headers), arrays)
}

fn array<'a>(kind: Kind, cells: impl Iterator<Item = &'a Cell>) -> Result<ArrayRef, ArrowError> {
    Ok(match data_type(kind) {
        DataType::Int32 => {
            let mut builder = Int32Builder::new();
            cells.for_each(|cell| {
                builder.append_option(if let Cell::Int(number) = cell { Some(*number) } else { None });
            });
            Arc::new(builder.finish())
        }
        DataType::Boolean => {
            let mut builder = BooleanBuilder::new();
            cells.for_each(|cell| {
                builder.append_option(if let Cell::Bool(yes) = cell { Some(*yes) } else { None });
            });
            Arc::new(builder.finish())
        }
        DataType::Date32 => {
            let mut builder = Date32Builder::new();
            cells.for_each(|cell| {
                builder.append_option(if let Cell::Day(day) = cell { Some(day.epoch_days()) } else { None });
            });
            Arc::new(builder.finish())
        }
        DataType::Decimal128(precision, scale) => {
            let mut builder = Decimal128Builder::new().with_precision_and_scale(precision, scale)?;
            cells.for_each(|cell| {
                let amount =
                    if let Cell::Hundredths(amount) = cell { Some(i128::from(*amount)) } else { None };
                builder.append_option(amount);
            });
            Arc::new(builder.finish())
        }
        _ => texts(cells),
    })
}

fn texts<'a>(cells: impl Iterator<Item = &'a Cell>) -> ArrayRef {
    let mut builder = StringBuilder::new();
    let mut scratch = Vec::new();
    for cell in cells {
        match cell {
            Cell::Empty => builder.append_null(),
            Cell::Code(text) => builder.append_value(text),
            Cell::Text(text) => builder.append_value(text),
            other => {
                scratch.clear();
                spell(other, Dialect::Plain, &mut scratch);
                builder.append_value(String::from_utf8_lossy(&scratch));
            }
        }
    }
    Arc::new(builder.finish())
}
