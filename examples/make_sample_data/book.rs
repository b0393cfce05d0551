//! How a scenario is written down: a student built row by row, and what an inspection must say.

use std::collections::BTreeMap;

use klippekort::base::{Day, Month};
use klippekort::contract::Table;
use klippekort::generate::catalogue::Programme;
use klippekort::generate::chance::Chance;
use klippekort::generate::people::person;
use klippekort::generate::rows::Tables;

use crate::student::Student;

/// An expected value of a column; an unknown verdict is a null in the table.
#[derive(Clone, Debug)]
pub enum Value {
    Text(String),
    Int(i32),
    Bool(bool),
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Value {
        Value::Int(number)
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Value {
        Value::Bool(yes)
    }
}

#[derive(Clone, Debug)]
pub struct Attempt {
    pub group: &'static str,
    pub state: &'static str,
    pub used: i32,
    pub allowed: i32,
}

#[derive(Clone, Debug)]
pub struct ExpectedClaim {
    pub claim_id: String,
    pub portions: i32,
    /// `None`: not held.
    pub capped_by: Option<&'static str>,
    /// Exactly these conditions are not met, and exactly these unknown; `None`: not held.
    pub conditions: Option<[Vec<&'static str>; 2]>,
}

/// A student of the sample data and what must come out.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub id: &'static str,
    pub enrolment: String,
    pub what: &'static str,
    pub why: &'static str,
    /// Has no row in the inspection at all.
    pub inspected: bool,
    pub columns: BTreeMap<&'static str, Value>,
    pub attempts: Vec<Attempt>,
    pub claims: Vec<ExpectedClaim>,
    /// Exactly these; `None`: not held.
    pub reviews: Option<Vec<&'static str>>,
    pub letters: Option<Vec<&'static str>>,
    /// Rule and severity (or none) of findings, held one by one.
    pub findings: Vec<(&'static str, &'static str)>,
}

/// A line that the gate must reject or repair.
#[derive(Clone, Debug)]
pub struct Broken {
    pub table: Table,
    pub reason: &'static str,
    pub line: Vec<u8>,
}

#[derive(Default)]
pub struct Book {
    pub tables: Tables,
    pub scenarios: Vec<Scenario>,
    pub broken: Vec<Broken>,
    next: u32,
}

/// Scenario students have numbers of their own, far from the filler's.
pub const FIRST_NUMBER: u32 = 900_001;

pub fn day(text: &str) -> Day {
    Day::parse_iso(text).expect("a date of a scenario")
}

pub fn month(text: &str) -> Month {
    Month::parse_iso(text).expect("a month of a scenario")
}

impl Book {
    /// A new enrolment: active, with twelve months of extension.
    pub fn student(
        &mut self,
        id: &'static str,
        programme: Programme,
        started_on: &str,
        what: &'static str,
    ) -> Student<'_> {
        let number = FIRST_NUMBER + self.next;
        self.next += 1;
        let mut person = person(number, &mut Chance::of(2027, u64::from(number)));
        person.language = if number.is_multiple_of(2) { "da" } else { "en" };
        let scenario = Scenario {
            id,
            enrolment: format!("E{:07}", enrolment_number(number)),
            what,
            why: "",
            inspected: true,
            columns: BTreeMap::new(),
            attempts: Vec::new(),
            claims: Vec::new(),
            reviews: Some(Vec::new()),
            letters: Some(Vec::new()),
            findings: Vec::new(),
        };
        Student {
            book: self,
            number,
            student: number,
            person,
            programme,
            started_on: day(started_on),
            status: "active",
            ended_on: None,
            extension: Some(12),
            shortening: None,
            readmitted_on: None,
            disability: false,
            scenario,
        }
    }
}

pub fn enrolment_number(student: u32) -> u32 {
    8_100_000 + student
}
