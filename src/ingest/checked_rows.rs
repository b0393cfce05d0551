//! Rows that the gate has let through, whatever they are kept in.

use crate::base::{Day, Ects};

/// Cells by the position of their column, and the row.
pub trait CheckedRows {
    /// How many rows there are.
    fn len(&self) -> usize;

    /// Number, position of a code, or truth value of a cell; `None` when it is empty.
    fn number(&self, column: usize, row: usize) -> Option<i32>;

    fn text(&self, column: usize, row: usize) -> Option<&str>;

    fn line(&self, row: usize) -> u32;
}

/// Cells of one row by the position of the column, for rows whose cells have been checked.
pub struct Row<'a, R> {
    pub rows: &'a R,
    pub row: usize,
}

impl<'a, R: CheckedRows> Row<'a, R> {
    pub fn maybe(&self, column: usize) -> Option<i32> {
        self.rows.number(column, self.row)
    }

    /// A cell that the gate has found not to be empty, or 0.
    pub fn number(&self, column: usize) -> i32 {
        self.maybe(column).unwrap_or(0)
    }

    pub fn index(&self, column: usize) -> u32 {
        self.number(column).unsigned_abs()
    }

    pub fn day(&self, column: usize) -> Day {
        Day::from_epoch_days(self.number(column))
    }

    pub fn maybe_day(&self, column: usize) -> Option<Day> {
        self.maybe(column).map(Day::from_epoch_days)
    }

    pub fn ects(&self, column: usize) -> Ects {
        Ects::hundredths(self.number(column))
    }

    pub fn maybe_truth(&self, column: usize) -> Option<bool> {
        self.maybe(column).map(|value| value == 1)
    }

    pub fn truth(&self, column: usize, empty: bool) -> bool {
        self.maybe_truth(column).unwrap_or(empty)
    }

    pub fn text(&self, column: usize) -> Option<&'a str> {
        self.rows.text(column, self.row)
    }

    pub fn owned(&self, column: usize) -> String {
        self.text(column).unwrap_or_default().to_owned()
    }

    /// The value of a code; `fallback` is never used on a checked row.
    pub fn code<T>(&self, column: usize, from_index: fn(usize) -> Option<T>, fallback: T) -> T {
        self.maybe(column)
            .and_then(|position| from_index(usize::try_from(position).ok()?))
            .unwrap_or(fallback)
    }

    pub fn line(&self) -> u32 {
        self.rows.line(self.row)
    }
}
