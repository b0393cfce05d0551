//! What an inspection must say of a student, and the end of a scenario.

use klippekort::contract::Table;
use klippekort::generate::rows::Cell;

use crate::book::{Attempt, Broken, ExpectedClaim, Value};
use crate::student::Student;

impl Student<'_> {
    pub fn expect(mut self, column: &'static str, value: impl Into<Value>) -> Self {
        self.scenario.columns.insert(column, value.into());
        self
    }

    /// Net klip, ECTS counted, verdict on progress and status.
    pub fn progress(self, net: i32, ects: &str, progress: &str, su_status: &str) -> Self {
        self.expect("klip_net", net)
            .expect("ects_counted", ects)
            .expect("progress", progress)
            .expect("su_status", su_status)
    }

    pub fn attempt(mut self, group: &'static str, state: &'static str, used: i32, allowed: i32) -> Self {
        self.scenario.attempts.push(Attempt { group, state, used, allowed });
        self
    }

    pub fn claim_outcome(
        mut self,
        portions: i32,
        capped_by: Option<&'static str>,
        not_met: &[&'static str],
        unknown: &[&'static str],
    ) -> Self {
        self.scenario.claims.push(ExpectedClaim {
            claim_id: format!("K{:06}", self.number),
            portions,
            capped_by,
            conditions: Some([not_met.to_vec(), unknown.to_vec()]),
        });
        // Whether a claim's reasons are also the inspection's is not said.
        if !not_met.is_empty() || !unknown.is_empty() {
            self.scenario.reviews = None;
            self.scenario.letters = None;
        }
        self
    }

    /// The conditions of a committee's claim are not said.
    pub fn claim_conditions_not_held(mut self) -> Self {
        self.scenario.claims.iter_mut().for_each(|claim| claim.conditions = None);
        self
    }

    pub fn claim_id(&self) -> Cell {
        Cell::Claim(self.number)
    }

    pub fn reviews(mut self, reasons: &[&'static str]) -> Self {
        self.scenario.reviews = Some(reasons.to_vec());
        self
    }

    pub fn letters(mut self, kinds: &[&'static str]) -> Self {
        self.scenario.letters = Some(kinds.to_vec());
        self
    }

    /// The sources leave open whether an exempt student gets the letter.
    pub fn letters_not_held(mut self) -> Self {
        self.scenario.letters = None;
        self
    }

    pub fn finding(mut self, rule: &'static str, severity: &'static str) -> Self {
        self.scenario.findings.push((rule, severity));
        self
    }

    pub fn not_inspected(mut self) -> Self {
        self.scenario.inspected = false;
        self.scenario.reviews = None;
        self.scenario.letters = None;
        self
    }

    /// A line that belongs to this scenario and must be rejected or repaired.
    pub fn broken(self, table: Table, reason: &'static str, line: &str) -> Self {
        let line = line.replace("{E}", &self.scenario.enrolment).into_bytes();
        self.book.broken.push(Broken { table, reason, line });
        self
    }

    /// Closes the scenario with the arithmetic behind it.
    pub fn why(mut self, why: &'static str) -> u32 {
        self.scenario.why = why;
        let person = &self.person;
        let flag = |yes: bool| if yes { Cell::Bool(true) } else { Cell::Empty };
        let row = [
            Cell::Student(self.student),
            self.enrolment(),
            Cell::maybe(person.cpr.as_deref(), Cell::text),
            Cell::Code(person.given_name),
            Cell::Code(person.family_name),
            Cell::text(person.email.as_str()),
            Cell::Code(person.language),
            Cell::Code("DK"),
            Cell::maybe(person.citizenship, Cell::Code),
            Cell::Code(self.programme.code),
            Cell::Day(self.started_on),
            Cell::Code(self.status),
            Cell::maybe(self.ended_on, Cell::Day),
            Cell::maybe(self.extension, Cell::Int),
            Cell::maybe(self.shortening, |points| Cell::Hundredths(points * 100)),
            Cell::maybe(self.readmitted_on, Cell::Day),
            flag(self.disability),
            Cell::Empty,
            Cell::Empty,
        ];
        self.book.tables.of_mut(Table::Enrolments).push(row);
        let student = self.student;
        self.book.scenarios.push(self.scenario);
        student
    }
}
