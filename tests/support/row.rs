//! One row of a case table, read by the column names of the contract.

use klippekort::base::{Day, Ects, Month};
use klippekort::contract::Table;

/// Columns that a row may leave out, because few cases are about them.
const USUAL: &str = r#"
[enrolments]
student_id = "S1"
enrolment_id = "E1"
given_name = "Alba"
family_name = "Eksempel"
email = "alba@example.org"
language = "da"
country = "DK"
status = "active"
[programmes]
title = "A programme"
prescribed_months = 34
max_months = 60
[courses]
title = "A course"
ects = "5"
level = "BSc"
grading = "seven_point"
external_examiner = false
[results]
result = "7"
transferred = false
[su_payments]
kind = "ordinary"
portions = 1
[extra_portion_grants]
reason = "illness"
[extra_portion_claims]
claim_id = "K1"
reason = "illness"
months_applied = 12
certificate = "general_practitioner"
chronic = false
statement = true
certificate_signed = true
certificate_period_stated = true
[leaves]
reason = "none"
[exemptions]
amount = 1
[projects]
ects = "30"
[approvals_abroad]
ects = "30"
"#;

/// The usual cells of every table, to be overlaid with a file's defaults.
pub fn usual() -> toml::Table {
    USUAL.parse().expect("the usual cells are TOML")
}

/// The text of a cell: a TOML text, number, truth value or date.
pub fn text_of(value: &toml::Value) -> Result<String, String> {
    match value {
        toml::Value::String(text) => Ok(text.clone()),
        toml::Value::Integer(number) => Ok(number.to_string()),
        toml::Value::Boolean(truth) => Ok(truth.to_string()),
        toml::Value::Datetime(date) => Ok(date.to_string()),
        other => Err(format!("a {} where a cell is wanted", other.type_str())),
    }
}

/// `a` laid over `b`.
pub fn overlaid(b: &toml::Table, a: &toml::Table) -> toml::Table {
    let mut all = b.clone();
    all.extend(a.clone());
    all
}

pub struct Row {
    table: Table,
    cells: toml::Table,
}

impl Row {
    /// Refuses a column that the contract does not have, save the table's `shorthand` keys.
    pub fn new(table: Table, cells: toml::Table, shorthand: &[&str]) -> Result<Row, String> {
        for key in cells.keys() {
            let known = table.columns().iter().any(|column| column.name == key);
            if !known && !shorthand.contains(&key.as_str()) {
                return Err(format!("{table} has no column {key}"));
            }
        }
        Ok(Row { table, cells })
    }

    /// `None` when the cell is empty or left out.
    pub fn optional(&self, column: &str) -> Result<Option<String>, String> {
        let Some(value) = self.cells.get(column) else { return Ok(None) };
        let text = text_of(value).map_err(|error| format!("{}.{column}: {error}", self.table))?;
        Ok((!text.is_empty()).then_some(text))
    }

    pub fn text(&self, column: &str) -> Result<String, String> {
        self.optional(column)?.ok_or(format!("{}.{column} is needed", self.table))
    }

    fn parsed<T>(&self, column: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, String> {
        let Some(text) = self.optional(column)? else { return Ok(None) };
        parse(&text).map(Some).ok_or(format!("{}.{column} cannot be {text:?}", self.table))
    }

    fn needed<T>(&self, column: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, String> {
        self.parsed(column, parse)?.ok_or(format!("{}.{column} is needed", self.table))
    }

    pub fn code<T>(&self, column: &str, read: impl Fn(&str) -> Option<T>) -> Result<T, String> {
        self.needed(column, read)
    }

    pub fn day(&self, column: &str) -> Result<Day, String> {
        self.needed(column, Day::parse_iso)
    }

    pub fn optional_day(&self, column: &str) -> Result<Option<Day>, String> {
        self.parsed(column, Day::parse_iso)
    }

    pub fn month(&self, column: &str) -> Result<Month, String> {
        self.needed(column, Month::parse_iso)
    }

    pub fn optional_month(&self, column: &str) -> Result<Option<Month>, String> {
        self.parsed(column, Month::parse_iso)
    }

    pub fn int(&self, column: &str) -> Result<i32, String> {
        self.needed(column, |text| text.parse().ok())
    }

    pub fn optional_int(&self, column: &str) -> Result<Option<i32>, String> {
        self.parsed(column, |text| text.parse().ok())
    }

    pub fn truth(&self, column: &str) -> Result<bool, String> {
        self.needed(column, |text| text.parse().ok())
    }

    pub fn optional_truth(&self, column: &str) -> Result<Option<bool>, String> {
        self.parsed(column, |text| text.parse().ok())
    }

    pub fn ects(&self, column: &str) -> Result<Ects, String> {
        self.needed(column, ects)
    }

    pub fn optional_ects(&self, column: &str) -> Result<Option<Ects>, String> {
        self.parsed(column, ects)
    }
}

/// `7`, `2.5`, `1.25`.
pub fn ects(text: &str) -> Option<Ects> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "00"));
    let part = format!("{part:0<2}");
    (part.len() == 2).then_some(())?;
    Some(Ects::hundredths(whole.parse::<i32>().ok()? * 100 + part.parse::<i32>().ok()?))
}
