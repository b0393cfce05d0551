//! Rows on their way to a file: one flat list of cells per table, in the order of the contract.

use crate::base::{Day, Month};
use crate::contract::Table;

/// One cell. Ids stay numbers until they are written: most of an export is ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    Empty,
    Code(&'static str),
    Text(Box<str>),
    Student(u32),
    Enrolment(u32),
    Claim(u32),
    Int(i32),
    Bool(bool),
    Day(Day),
    Month(Month),
    /// Points or kroner, in hundredths.
    Hundredths(i32),
}

impl Cell {
    pub fn text(text: impl Into<Box<str>>) -> Cell {
        Cell::Text(text.into())
    }

    pub fn maybe<T>(value: Option<T>, cell: impl FnOnce(T) -> Cell) -> Cell {
        value.map_or(Cell::Empty, cell)
    }
}

/// The rows of one table.
#[derive(Clone, Debug)]
pub struct Rows {
    table: Table,
    cells: Vec<Cell>,
}

impl Rows {
    pub fn new(table: Table) -> Rows {
        Rows { table, cells: Vec::new() }
    }

    pub fn table(&self) -> Table {
        self.table
    }

    /// Optional columns at the end may be left out; they are empty then.
    pub fn push<const WIDTH: usize>(&mut self, row: [Cell; WIDTH]) {
        self.cells.extend(row);
        self.fill_up(WIDTH);
    }

    /// A row that begins with its enrolment.
    pub fn push_of<const REST: usize>(&mut self, enrolment: u32, rest: [Cell; REST]) {
        self.cells.push(Cell::Enrolment(enrolment));
        self.cells.extend(rest);
        self.fill_up(1 + REST);
    }

    fn fill_up(&mut self, width: usize) {
        let left_out = self.table.columns().get(width..);
        let left_out = left_out.filter(|columns| columns.iter().all(|column| column.optional));
        let left_out = left_out.map(<[_]>::len);
        assert!(left_out.is_some(), "a row of {} has every column that may not be empty", self.table);
        self.cells.extend(std::iter::repeat_n(Cell::Empty, left_out.unwrap_or(0)));
    }

    /// Fills an optional column of the row that was pushed last.
    pub fn set_last(&mut self, column: &str, cell: Cell) {
        let columns = self.table.columns();
        let from_end = columns.iter().rev().position(|known| known.name == column && known.optional);
        assert!(from_end.is_some(), "{} has no optional column {column}", self.table);
        let place = from_end.and_then(|from_end| self.cells.len().checked_sub(from_end + 1));
        if let Some(last) = place.and_then(|place| self.cells.get_mut(place)) {
            *last = cell;
        }
    }

    pub fn len(&self) -> usize {
        self.cells.len() / self.table.columns().len()
    }

    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    pub fn row(&self, index: usize) -> &[Cell] {
        let width = self.table.columns().len();
        &self.cells[index * width..(index + 1) * width]
    }
}

/// Rows of every table.
#[derive(Clone, Debug)]
pub struct Tables(Vec<Rows>);

impl Default for Tables {
    fn default() -> Tables {
        Tables(Table::ALL.into_iter().map(Rows::new).collect())
    }
}

impl Tables {
    pub fn of(&self, table: Table) -> &Rows {
        &self.0[table as usize]
    }

    pub fn of_mut(&mut self, table: Table) -> &mut Rows {
        &mut self.0[table as usize]
    }

    pub fn iter(&self) -> impl Iterator<Item = &Rows> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_found_by_name_of_their_own() {
        let tables = Tables::default();
        assert!(Table::ALL.into_iter().all(|table| tables.of(table).table() == table));
    }
}
