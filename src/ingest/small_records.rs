//! Rows of the tables with few rows per enrolment as records, which are kept by bucket as those of the
//! two large tables are.
//!
//! The cells stand in the order of the contract, the enrolment first; what a byte holds shares a word with
//! others of its kind, and a text is its number among the texts of the table. The last word is the line.

use super::checked_rows::CheckedRows;
use super::keys::KeyIndex;
use super::staged::{EMPTY, EMPTY_SMALL, Value};
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
    /// The number of a text.
    Text(usize),
    /// Bits from this one on.
    Byte(usize, u32),
}

/// Where the cells of a record stand.
pub struct Layout {
    places: Vec<Place>,
    /// Words of a record, with the line.
    width: usize,
}

impl Layout {
    pub fn of(table: Table) -> Layout {
        let mut words = 0;
        // The word for the next byte, and how many it has.
        let mut shared = (0, 4);
        let mut place = |kind: Kind| {
            let is_byte = matches!(kind, Kind::Code(_) | Kind::ResultCode | Kind::Bool);
            if is_byte && shared.1 < 4 {
                shared.1 += 1;
                return Place::Byte(shared.0, shared.1 * 8 - 8);
            }
            words += 1;
            match kind {
                _ if is_byte => {
                    shared = (words - 1, 1);
                    Place::Byte(words - 1, 0)
                }
                Kind::Text | Kind::Key | Kind::Cpr => Place::Text(words - 1),
                _ => Place::Word(words - 1),
            }
        };
        let places = table.columns().iter().map(|column| place(column.kind)).collect();
        Layout { places, width: words + 1 }
    }

    /// Adds the record of a row; its texts are numbered in `texts`.
    pub fn push(&self, line: u32, values: &[Value], records: &mut Vec<u32>, texts: &mut KeyIndex) {
        let from = records.len();
        records.resize(from + self.width, 0);
        let record = &mut records[from..];
        for (place, value) in self.places.iter().zip(values) {
            match *place {
                Place::Word(at) => record[at] = value.number().cast_unsigned(),
                Place::Text(at) => record[at] = texts.number(value.text()),
                Place::Byte(at, bit) => record[at] |= u32::from(value.byte()) << bit,
            }
        }
        record[self.width - 1] = line;
    }
}

/// Words of a record.
pub fn width(table: Table) -> usize {
    Layout::of(table).width
}

/// Gives the texts of records other numbers.
pub fn renumber(table: Table, records: &mut [u32], mut number: impl FnMut(u32) -> u32) {
    let layout = Layout::of(table);
    for place in &layout.places {
        if let Place::Text(at) = *place {
            for record in records.chunks_exact_mut(layout.width) {
                record[at] = number(record[at]);
            }
        }
    }
}

/// Records of a bucket, of which the member stands for the enrolment, cell by cell.
pub struct Records<'a> {
    layout: Layout,
    words: Vec<u32>,
    texts: &'a KeyIndex,
}

impl<'a> Records<'a> {
    pub fn new(table: Table, words: Vec<u32>, texts: &'a KeyIndex) -> Records<'a> {
        Records { layout: Layout::of(table), words, texts }
    }

    fn record(&self, row: usize) -> &[u32] {
        &self.words[row * self.layout.width..(row + 1) * self.layout.width]
    }
}

impl CheckedRows for Records<'_> {
    fn len(&self) -> usize {
        self.words.len() / self.layout.width
    }

    fn number(&self, column: usize, row: usize) -> Option<i32> {
        let record = self.record(row);
        match self.layout.places[column] {
            Place::Word(at) => Some(record[at].cast_signed()).filter(|number| *number != EMPTY),
            Place::Byte(at, bit) => {
                Some((record[at] >> bit) as u8).filter(|cell| *cell != EMPTY_SMALL).map(i32::from)
            }
            Place::Text(_) => None,
        }
    }

    fn text(&self, column: usize, row: usize) -> Option<&str> {
        match self.layout.places[column] {
            Place::Text(at) => Some(self.texts.get(self.record(row)[at])).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    fn line(&self, row: usize) -> u32 {
        self.record(row)[self.layout.width - 1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_give_back_every_cell_filled_or_empty() {
        for table in TABLES {
            let columns = table.columns();
            assert!(matches!(columns[0].kind, Kind::Reference(Table::Enrolments)), "{table}");
            let layout = Layout::of(table);
            let (mut records, mut numbered) = (Vec::new(), KeyIndex::of(["before"].into_iter()));
            let texts = ["one", "another", "one"];
            let value = |row: usize, at: usize| match columns[at].kind {
                _ if at > 0 && (at + row).is_multiple_of(3) => Value::Empty,
                Kind::Text => Value::Text(texts[row]),
                Kind::Code(_) | Kind::ResultCode | Kind::Bool => Value::Number((at * 9 + row) as i32),
                _ => Value::Number(1000 * row as i32 - at as i32),
            };
            for row in 0..3 {
                let values: Vec<Value> = (0..columns.len()).map(|at| value(row, at)).collect();
                layout.push(7 + row as u32, &values, &mut records, &mut numbered);
            }
            assert_eq!(records.len(), 3 * width(table));
            let mut others = KeyIndex::of(["a", "b", "c"].into_iter());
            renumber(table, &mut records, |number| others.number(numbered.get(number)));
            let back = Records::new(table, records, &others);
            assert_eq!((back.len(), back.line(2)), (3, 9));
            for row in 0..3 {
                for (at, column) in columns.iter().enumerate() {
                    let expected = match value(row, at) {
                        Value::Empty => (None, None),
                        Value::Number(number) => (Some(number), None),
                        Value::Text(text) => (None, Some(text)),
                    };
                    assert_eq!(
                        (back.number(at, row), back.text(at, row)),
                        expected,
                        "{table} {}",
                        column.name
                    );
                }
            }
        }
    }
}
