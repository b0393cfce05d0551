//! Cells of one row to values, by the kinds of the contract.

use std::ops::Range;

use super::buckets::Buckets;
use super::encoding::has_control;
use super::keys::KeyIndex;
use super::masking::{hides, shown};
use super::reason::Reason;
use super::row_rules;
use super::spill::Spill;
use super::spreadsheet::{damaged, is_ruined_key};
use super::staged::{EMPTY, Piece, Rejection, Rows, Value};
use super::values;
use crate::base::Cpr;
use crate::contract::{Column, Kind, Table};
use crate::pipeline::{Dialect, TableSettings};
use crate::student::result_codes::ResultCodes;

/// More columns than any table has.
pub const MOST_COLUMNS: usize = 24;

/// The keys that references are looked up in; the position of a key is its index.
#[derive(Default)]
pub struct Keys {
    pub programmes: KeyIndex,
    pub courses: KeyIndex,
    pub enrolments: KeyIndex,
    /// Of the enrolments.
    pub buckets: Buckets,
    /// Where records go that the memory has no room for.
    pub spill: Spill,
}

/// Everything the rows of one table are read with.
pub struct Converter<'a> {
    table: Table,
    pub(super) columns: &'static [Column],
    pub(super) dialect: &'a Dialect,
    pub(super) settings: &'a TableSettings,
    pub(super) keys: &'a Keys,
    pub(super) result_codes: &'a ResultCodes,
    enrolment: Option<usize>,
    transferred: Option<usize>,
}

/// A value that was read, perhaps after a repair.
struct Read<'a> {
    value: Value<'a>,
    repair: Option<Reason>,
}

impl<'a> Converter<'a> {
    pub fn new(
        table: Table,
        dialect: &'a Dialect,
        settings: &'a TableSettings,
        keys: &'a Keys,
        result_codes: &'a ResultCodes,
    ) -> Converter<'a> {
        let columns = table.columns();
        let position = |name: &str| columns.iter().position(|column| column.name == name);
        Converter {
            table,
            columns,
            dialect,
            settings,
            keys,
            result_codes,
            enrolment: position("enrolment_id"),
            transferred: position("transferred"),
        }
    }

    pub fn table(&self) -> Table {
        self.table
    }

    /// To append the pieces of a file to.
    pub fn total(&self) -> Piece {
        Piece::total(self.table, &self.keys.spill)
    }

    /// Moves the records of a piece that is finished to their buckets.
    pub fn close(&self, piece: &mut Piece) {
        piece.rows.close(&self.keys.buckets);
    }

    /// Converts the cells of a row, in the order of the contract, and adds it to the piece.
    pub fn row(&self, line: u32, cells: &[&str], piece: &mut Piece) {
        piece.rows_read += 1;
        let mut scratch = [const { String::new() }; 2];
        let before = piece.rejections.len();
        let mut values = [Value::Empty; MOST_COLUMNS];
        let foreign_allowed = self.table == Table::Results
            && self.transferred.is_some_and(|at| values::truth(cells[at]) == Some(true));
        let [cpr_text, course_text] = &mut scratch;
        let mut cpr_text = Some(cpr_text);
        for (at, column) in self.columns.iter().enumerate() {
            let text = cells[at];
            let read = match column.kind {
                Kind::Cpr if !text.is_empty() => match cpr_text.take() {
                    Some(scratch) => self.cpr(text, scratch),
                    None => Err(Reason::BadCpr),
                },
                Kind::Reference(Table::Courses) => {
                    self.course(text, column, foreign_allowed, &mut piece.rows, course_text)
                }
                _ => self.cell(at, column, text),
            };
            match read {
                Ok(read) => {
                    values[at] = read.value;
                    if let Some(repair) = read.repair {
                        piece.rejections.push(self.rejection(line, column, repair, text, true));
                    }
                }
                Err(reason) => {
                    piece.rejections.truncate(before);
                    self.reject(line, Some(at), reason, |position| cells.get(position).copied(), piece);
                    return;
                }
            }
        }
        if let Err((name, reason)) = row_rules::check(self.table, &values) {
            piece.rejections.truncate(before);
            let at = self.columns.iter().position(|column| column.name == name);
            self.reject(line, at, reason, |position| cells.get(position).copied(), piece);
            return;
        }
        piece.rows.push(line, &values[..self.columns.len()]);
    }

    /// Rejects a row. `cell` gives what can be read of a contract column, to name the enrolment.
    pub fn reject<'c>(
        &self,
        line: u32,
        column: Option<usize>,
        reason: Reason,
        cell: impl Fn(usize) -> Option<&'c str>,
        piece: &mut Piece,
    ) {
        let (columns, keys) = self.naming();
        // A row of equivalences names courses, which are kept as they are written.
        if self.table != Table::CourseEquivalences {
            let named = columns.filter_map(&cell).flat_map(|text| keys.find_damaged(text));
            piece.named.extend(named.map(|enrolment| (enrolment, line)));
        }
        if matches!(self.table, Table::Enrolments | Table::CourseEquivalences) {
            piece.lost_keys.push(([0, 1].map(|at| cell(at).unwrap_or("").to_owned()), line));
        }
        piece.rejections.push(match column {
            Some(at) => self.rejection(line, &self.columns[at], reason, cell(at).unwrap_or(""), false),
            None => Rejection::of_row(line, reason),
        });
    }

    /// The columns whose cells name what a lost row is about, and the keys they are looked up in.
    pub fn naming(&self) -> (Range<usize>, &KeyIndex) {
        match (self.table, self.enrolment) {
            (Table::CourseEquivalences, _) => (0..2, &self.keys.courses),
            (_, Some(at)) => (at..at + 1, &self.keys.enrolments),
            _ => (0..0, &self.keys.enrolments),
        }
    }

    fn cell<'c>(&self, at: usize, column: &Column, text: &'c str) -> Result<Read<'c>, Reason> {
        if text.is_empty() {
            let allowed = column.optional || row_rules::may_be_empty(self.table, column.name);
            return if allowed { plain(Value::Empty) } else { Err(Reason::MissingCell) };
        }
        let is_id = column.kind == Kind::Key || column.name == "student_id";
        if if is_id { is_ruined_key(text) } else { damaged(text) } {
            return Err(Reason::SpreadsheetDamage);
        }
        match column.kind {
            Kind::Text | Kind::Key | Kind::Cpr => plain(Value::Text(text)),
            Kind::Reference(table) => reference(self.keys.of(table), text, table),
            Kind::Code(codes) => {
                let mapped = || self.settings.words[at].iter().find(|(word, _)| word == text);
                match codes.iter().position(|code| *code == text) {
                    Some(position) => number(position),
                    None => mapped().map_or(Err(Reason::UnknownCode), |(_, position)| number(*position)),
                }
            }
            Kind::ResultCode => match self.result_codes.find(text) {
                Some((position, repaired)) => Ok(Read {
                    value: Value::Number(i32::from(position)),
                    repair: repaired.then_some(Reason::RepairedCode),
                }),
                None => Err(Reason::UnknownCode),
            },
            Kind::Int { least, most } => within(values::whole(text)?, i64::from(least), i64::from(most)),
            Kind::Bool => plain(Value::Number(i32::from(values::truth(text).ok_or(Reason::BadBool)?))),
            Kind::Date => plain(Value::Number(values::day(text, &self.dialect.dates)?.epoch_days())),
            Kind::Month => plain(Value::Number(values::month(text)?.index())),
            Kind::Ects { most } => within(values::hundredths(text, self.dialect)?, 0, i64::from(most) * 100),
            // Repayments are negative.
            Kind::Kroner => within(values::hundredths(text, self.dialect)?, -MOST_KRONER, MOST_KRONER),
        }
    }

    /// The number of a cell that converts by itself and without a repair; [`EMPTY`] when it is empty or its
    /// text is the value.
    pub fn plain(&self, at: usize, text: &str) -> Option<i32> {
        if text.trim().len() != text.len() || has_control(text, b' ') {
            return None;
        }
        let column = &self.columns[at];
        if column.kind == Kind::Cpr && !text.is_empty() {
            return Cpr::parse(text).map(|_| EMPTY);
        }
        match self.cell(at, column, text) {
            Ok(Read { value, repair: None }) => Some(value.number()),
            _ => None,
        }
    }

    fn cpr<'c>(&self, text: &str, scratch: &'c mut String) -> Result<Read<'c>, Reason> {
        let lost_zero = text.len() == 9 && text.bytes().all(|byte| byte.is_ascii_digit());
        if lost_zero {
            scratch.push('0');
        }
        let hyphen = text.len() == 11;
        scratch.extend(
            text.chars().enumerate().filter(|(at, c)| !(hyphen && *at == 6 && *c == '-')).map(|(_, c)| c),
        );
        Cpr::parse(scratch).ok_or(Reason::BadCpr)?;
        Ok(Read { value: Value::Text(scratch), repair: lost_zero.then_some(Reason::RepairedCpr) })
    }

    /// A course code: in the catalogue, in it after a leading zero is given back, or, on a
    /// transferred result, a code of another university: then no zero is given back.
    fn course<'c>(
        &self,
        text: &str,
        column: &Column,
        foreign_allowed: bool,
        rows: &mut Rows,
        scratch: &mut String,
    ) -> Result<Read<'c>, Reason> {
        if text.is_empty() {
            return if column.optional { plain(Value::Empty) } else { Err(Reason::MissingCell) };
        }
        if let Some(found) = self.keys.courses.find(text.as_bytes()) {
            return number(found);
        }
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            scratch.clear();
            scratch.push('0');
            scratch.push_str(text);
            if let Some(found) = self.keys.courses.find(scratch.as_bytes()) {
                // Credit from outside may as well have a code of another university.
                if foreign_allowed {
                    return Err(Reason::SpreadsheetDamage);
                }
                return Ok(Read { repair: Some(Reason::RepairedCourseCode), ..number(found)? });
            }
        }
        if is_ruined_key(text) {
            return Err(Reason::SpreadsheetDamage);
        }
        if foreign_allowed {
            return plain(Value::Number(-1 - rows.foreign_courses.number(text) as i32));
        }
        Err(Reason::UnknownCourse)
    }
}

impl Keys {
    pub fn of(&self, table: Table) -> &KeyIndex {
        match table {
            Table::Programmes => &self.programmes,
            Table::Courses => &self.courses,
            _ => &self.enrolments,
        }
    }
}

/// In hundredths: twenty million kroner.
pub(super) const MOST_KRONER: i64 = 2_000_000_000;

fn plain(value: Value<'_>) -> Result<Read<'_>, Reason> {
    Ok(Read { value, repair: None })
}

fn number<'c, T: TryInto<i32>>(value: T) -> Result<Read<'c>, Reason> {
    plain(Value::Number(value.try_into().map_err(|_| Reason::OutOfRange)?))
}

fn within<'c>(value: i64, least: i64, most: i64) -> Result<Read<'c>, Reason> {
    if (least..=most).contains(&value) { number(value) } else { Err(Reason::OutOfRange) }
}

fn reference<'c>(keys: &KeyIndex, text: &str, table: Table) -> Result<Read<'c>, Reason> {
    match keys.find(text.as_bytes()) {
        Some(found) => number(found),
        None if table == Table::Programmes => Err(Reason::UnknownProgramme),
        None => Err(Reason::UnknownEnrolment),
    }
}

impl Converter<'_> {
    /// Tells of a repair that was made before the cell came here.
    pub fn repaired(&self, line: u32, at: usize, reason: Reason, text: &str) -> Rejection {
        self.rejection(line, &self.columns[at], reason, text, true)
    }

    fn rejection(&self, line: u32, column: &Column, reason: Reason, text: &str, repaired: bool) -> Rejection {
        let hidden = hides(self.columns, column, text);
        Rejection { line, column: column.name, reason, value: shown(text, hidden), repaired }
    }
}
