//! Cells of one column as they are sent: numbers, or few words instead of a text for every row.
//!
//! Which array is sent as what, [`super::arrays`] says. A row that does not convert at once is read
//! from texts; so [`Column::text`] is what every cell says, whichever way it was sent.

use std::borrow::Cow;
use std::collections::HashMap;

use arrow::array::{Array, StringArray};
use foldhash::fast::FixedState;

use crate::base::Day;
use crate::ingest::staged::EMPTY;

/// Rows of a batch; so the number of a word fits 16 bits.
pub const BATCH: usize = 1 << 16;

/// The cells of a column, at most [`BATCH`].
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    Words(Words),
    Numbers(Numbers),
}

/// Texts, and which of them each row has. An empty cell has the empty text.
#[derive(Clone, Debug, PartialEq)]
pub struct Words {
    pub words: StringArray,
    pub of_rows: Vec<u16>,
}

/// Numbers of one form; an empty cell is [`EMPTY`].
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers {
    pub form: Form,
    pub cells: Vec<i32>,
}

/// What a number stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Truth,
    /// Days since 1970-01-01.
    Day,
    Whole,
    Tenths,
    Hundredths,
}

impl Column {
    /// A text for every row.
    pub fn of_texts(words: StringArray) -> Column {
        let of_rows = (0..words.len()).map(|row| row as u16).collect();
        Column::Words(Words { words, of_rows })
    }

    pub fn text(&self, row: usize) -> Cow<'_, str> {
        match self {
            Column::Words(words) => Cow::Borrowed(words.text(row)),
            Column::Numbers(numbers) => Cow::Owned(numbers.form.text(numbers.cells[row])),
        }
    }
}

impl Words {
    pub fn text(&self, row: usize) -> &str {
        self.words.value(usize::from(self.of_rows[row]))
    }
}

impl Numbers {
    /// As words, each number once.
    pub fn words(&self) -> Words {
        let mut distinct = Vec::new();
        let mut places: HashMap<i32, u16, FixedState> = HashMap::default();
        let mut place = |cell: &i32| {
            *places.entry(*cell).or_insert_with(|| {
                distinct.push(self.form.text(*cell));
                (distinct.len() - 1) as u16
            })
        };
        let of_rows = self.cells.iter().map(&mut place).collect();
        Words { words: StringArray::from_iter_values(distinct), of_rows }
    }
}

impl Form {
    pub const ALL: [Form; 5] = [Form::Truth, Form::Day, Form::Whole, Form::Tenths, Form::Hundredths];

    /// How the plain dialect writes the number.
    pub fn text(self, number: i32) -> String {
        let decimal = |digits: usize| {
            let (sign, number) = (if number < 0 { "-" } else { "" }, number.unsigned_abs());
            let (whole, part) = (number / 10_u32.pow(digits as u32), number % 10_u32.pow(digits as u32));
            format!("{sign}{whole}.{part:0digits$}")
        };
        match self {
            _ if number == EMPTY => String::new(),
            Form::Truth => (number != 0).to_string(),
            Form::Day => Day::from_epoch_days(number).to_string(),
            Form::Whole => number.to_string(),
            Form::Tenths => decimal(1),
            Form::Hundredths => decimal(2),
        }
    }
}
