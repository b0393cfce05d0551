//! Rows of the tables with few rows per enrolment as records, which are kept by bucket as those of the
//! two large tables are.
//!
//! The cells stand in the order of the contract, the enrolment first; what a byte holds shares a word with
//! others of its kind, and a text is its number among the texts of the table. The last word is the line.

use super::keys::KeyIndex;
use super::staged::{ColumnData, Rows};
use crate::contract::{Kind, Table};

/// Tables of which nothing has to be known before their bucket is inspected: none of their rows is
/// rejected for what another says.
pub const TABLES: [Table; 11] = [
    Table::ExamRegistrations,
    Table::Leaves,
    Table::Projects,
    Table::ApprovalsAbroad,
    Table::ParentalRights,
    Table::YouthCards,
    Table::ExamComplaints,
    Table::PartResults,
    Table::EarlyStarts,
    Table::TransitionalSemesters,
    Table::StudentCards,
];

/// Where the cells of a column stand.
#[derive(Clone, Copy)]
enum Place {
    Word(usize),
    /// Bits from this one on.
    Byte(usize, u32),
}

struct Layout {
    places: Vec<Place>,
    /// With the line.
    width: usize,
}

impl Layout {
    fn of(table: Table) -> Layout {
        let mut words = 0;
        // The word for the next byte, and how many it has.
        let mut shared = (0, 4);
        let mut place = |is_byte: bool| {
            if is_byte && shared.1 < 4 {
                shared.1 += 1;
                return Place::Byte(shared.0, shared.1 * 8 - 8);
            }
            words += 1;
            if is_byte {
                shared = (words - 1, 1);
                return Place::Byte(words - 1, 0);
            }
            Place::Word(words - 1)
        };
        let is_byte = |kind: Kind| matches!(kind, Kind::Code(_) | Kind::ResultCode | Kind::Bool);
        let places = table.columns().iter().map(|column| place(is_byte(column.kind))).collect();
        Layout { places, width: words + 1 }
    }
}

/// Words of a record.
pub fn width(table: Table) -> usize {
    Layout::of(table).width
}

/// All rows as records; their texts are numbered in `texts`.
pub fn pack(table: Table, rows: &Rows, texts: &mut KeyIndex) -> Vec<u32> {
    let layout = Layout::of(table);
    let mut records = vec![0; rows.len() * layout.width];
    for (place, column) in layout.places.iter().zip(&rows.columns) {
        for (row, record) in records.chunks_exact_mut(layout.width).enumerate() {
            match (*place, column) {
                (Place::Word(at), ColumnData::Numbers(cells)) => record[at] = cells[row].cast_unsigned(),
                (Place::Word(at), ColumnData::Texts(cells)) => record[at] = texts.number(cells.get(row)),
                (Place::Byte(at, bit), ColumnData::Small(cells)) => {
                    record[at] |= u32::from(cells[row]) << bit
                }
                // Both are made by the kinds of the contract.
                _ => {}
            }
        }
    }
    for (record, line) in records.chunks_exact_mut(layout.width).zip(&rows.lines) {
        record[layout.width - 1] = *line;
    }
    records
}

/// Gives the texts of records other numbers.
pub fn renumber(table: Table, records: &mut [u32], mut number: impl FnMut(u32) -> u32) {
    let layout = Layout::of(table);
    for (place, column) in layout.places.iter().zip(table.columns()) {
        if let (Place::Word(at), Kind::Text | Kind::Key | Kind::Cpr) = (*place, column.kind) {
            for record in records.chunks_exact_mut(layout.width) {
                record[at] = number(record[at]);
            }
        }
    }
}

/// Records as the rows that they were; of a bucket, the member stands for the enrolment.
pub fn unpack(table: Table, records: &[u32], texts: &KeyIndex) -> Rows {
    let layout = Layout::of(table);
    let mut rows = Rows::new(table);
    let records = || records.chunks_exact(layout.width);
    rows.lines.extend(records().map(|record| record[layout.width - 1]));
    for (place, column) in layout.places.iter().zip(&mut rows.columns) {
        match (*place, column) {
            (Place::Word(at), ColumnData::Numbers(cells)) => {
                cells.extend(records().map(|record| record[at].cast_signed()));
            }
            (Place::Word(at), ColumnData::Texts(cells)) => {
                records().for_each(|record| cells.push(texts.get(record[at])));
            }
            (Place::Byte(at, bit), ColumnData::Small(cells)) => {
                cells.extend(records().map(|record| (record[at] >> bit) as u8));
            }
            _ => {}
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Column;
    use crate::ingest::staged::Value;

    #[test]
    fn records_give_back_every_cell_filled_or_empty() {
        for table in TABLES {
            let columns = table.columns();
            assert!(matches!(columns[0].kind, Kind::Reference(Table::Enrolments)), "{table}");
            let mut rows = Rows::new(table);
            let texts = ["one", "another", "one"];
            for (row, text) in texts.into_iter().enumerate() {
                let value = |(at, column): (usize, &Column)| match column.kind {
                    _ if at > 0 && (at + row) % 3 == 0 => Value::Empty,
                    Kind::Text => Value::Text(text),
                    Kind::Code(_) | Kind::ResultCode | Kind::Bool => Value::Number((at * 9 + row) as i32),
                    _ => Value::Number(1000 * row as i32 - at as i32),
                };
                let values: Vec<Value> = columns.iter().enumerate().map(value).collect();
                rows.push(7 + row as u32, &values);
            }
            let mut numbered = KeyIndex::of(["before"].into_iter());
            let mut records = pack(table, &rows, &mut numbered);
            assert_eq!(records.len(), 3 * width(table));
            let mut others = KeyIndex::of(["a", "b", "c"].into_iter());
            renumber(table, &mut records, |number| others.number(numbered.get(number)));
            let back = unpack(table, &records, &others);
            assert_eq!(back.lines, rows.lines);
            for row in 0..3 {
                for (at, column) in columns.iter().enumerate() {
                    let cell = |rows: &Rows| (rows.number(at, row), rows.text(at, row).map(str::to_owned));
                    assert_eq!(cell(&back), cell(&rows), "{table} {}", column.name);
                }
            }
        }
    }
}
