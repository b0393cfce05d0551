//! A student of a scenario, built row by row.

use klippekort::base::{Day, Month};
use klippekort::contract::Table;
use klippekort::generate::catalogue::{Programme, course};
use klippekort::generate::chance::Chance;
use klippekort::generate::people::{Person, person};
use klippekort::generate::rows::Cell;

use crate::book::{Book, Scenario, day, enrolment_number, month};

pub struct Student<'b> {
    pub book: &'b mut Book,
    pub number: u32,
    /// Another number when two enrolments belong to one student.
    pub student: u32,
    pub person: Person,
    pub programme: Programme,
    pub started_on: Day,
    pub status: &'static str,
    pub ended_on: Option<Day>,
    pub extension: Option<i32>,
    pub shortening: Option<i32>,
    pub readmitted_on: Option<Day>,
    pub disability: bool,
    pub scenario: Scenario,
}

/// Courses of five points, graded, none of them a version of another.
const MSC_LADDER: [&str; 24] = [
    "10122", "10200", "10220", "10305", "10316", "10318", "10325", "10333", "10337", "10339", "10346",
    "10350", "10384", "10385", "10400", "10401", "10405", "10411", "10850", "10856", "10862", "22511",
    "22512", "22603",
];
const BSC_LADDER: [&str; 29] = [
    "01015", "01020", "01025", "01030", "01035", "01040", "01045", "01050", "02010", "02012", "02015",
    "02020", "02025", "02030", "02035", "02045", "03012", "03020", "03030", "03035", "03040", "03045",
    "03050", "04010", "04015", "04020", "05010", "05015", "05020",
];
const BENG_LADDER: [&str; 24] = [
    "62010", "62015", "62020", "62025", "62035", "62040", "62045", "62050", "62055", "62060", "62065",
    "62070", "62080", "62085", "62090", "62095", "62100", "62105", "62110", "62125", "62130", "62135",
    "62140", "62145",
];

/// The dates on which most scenario students have their results.
pub const USUAL_DATES: &[&str] = &["2025-06-24", "2026-01-26", "2026-06-24", "2027-01-26"];

impl Student<'_> {
    pub fn enrolment(&self) -> Cell {
        Cell::Enrolment(enrolment_number(self.number))
    }

    pub fn enrolment_id(&self) -> String {
        self.scenario.enrolment.clone()
    }

    /// The student of an earlier enrolment.
    pub fn same_student(mut self, student: u32) -> Self {
        self.student = student;
        self.person = person(student, &mut Chance::of(2027, u64::from(student)));
        self
    }

    pub fn extension(mut self, months: Option<i32>) -> Self {
        self.extension = months;
        self
    }

    pub fn status(mut self, status: &'static str) -> Self {
        self.status = status;
        self
    }

    pub fn ended(mut self, date: &str) -> Self {
        self.ended_on = Some(day(date));
        self
    }

    pub fn begins(mut self, date: &str) -> Self {
        self.started_on = day(date);
        self
    }

    pub fn shortening(mut self, points: i32) -> Self {
        self.shortening = Some(points);
        self
    }

    pub fn readmitted(mut self, date: &str) -> Self {
        self.readmitted_on = Some(day(date));
        self
    }

    pub fn disability_supplement(mut self) -> Self {
        self.disability = true;
        self
    }

    pub fn without_cpr(mut self) -> Self {
        self.person.cpr = None;
        self.person.citizenship = Some("IN");
        self
    }

    /// One ordinary portion in every month from the first to the last.
    pub fn su(self, first: &str, last: &str) -> Self {
        self.pay("ordinary", first, last, 1)
    }

    pub fn pay(self, kind: &'static str, first: &str, last: &str, portions: i32) -> Self {
        for index in month(first).index()..=month(last).index() {
            let row = [
                self.enrolment(),
                Cell::Month(Month::from_index(index)),
                Cell::Code(kind),
                Cell::Int(portions),
                Cell::Hundredths(742_600 * portions),
            ];
            self.book.tables.of_mut(Table::SuPayments).push(row);
        }
        self
    }

    /// Passes of so many points (in steps of five, a last half step in writing) on the usual dates.
    pub fn ladder(self, points: i32) -> Self {
        self.ladder_on(0, points, USUAL_DATES)
    }

    /// Passes of so many points, leaving out the first courses of the ladder, dates in turn.
    pub fn ladder_on(mut self, skipped: usize, points: i32, dates: &[&str]) -> Self {
        let ladder: &[&'static str] = match self.programme.course_level {
            "BSc" => &BSC_LADDER,
            "BEng" => &BENG_LADDER,
            _ => &MSC_LADDER,
        };
        let dates: Vec<&&str> =
            dates.iter().filter(|date| day(date) > self.started_on.plus_days(-30)).collect();
        let grades = ["7", "10", "02", "12", "4"];
        let wanted = usize::try_from(points / 5).expect("points of a scenario");
        for (at, code) in ladder[skipped..skipped + wanted].iter().enumerate() {
            self = self.result(code, grades[at % 5], dates[at % dates.len()]);
        }
        self
    }

    /// The first courses of the ladder, passed in a transitional semester.
    pub fn transitional_ladder(mut self, points: usize, assessed: &str) -> Self {
        for code in &MSC_LADDER[..points / 5] {
            self = self.result_with(code, "7", assessed, true, false);
        }
        self
    }

    /// An own result; the exam was ten days before it was known.
    pub fn result(self, code: &'static str, result: &'static str, assessed: &str) -> Self {
        self.result_with(code, result, assessed, false, false)
    }

    pub fn results(mut self, rows: &[(&'static str, &'static str, &str)]) -> Self {
        for (code, result, assessed) in rows {
            self = self.result(code, result, assessed);
        }
        self
    }

    pub fn result_with(
        self,
        code: &'static str,
        result: &'static str,
        assessed: &str,
        transitional: bool,
        superseded: bool,
    ) -> Self {
        let ects = course(code).expect("a course of the catalogue").ects;
        let flag = |yes: bool| if yes { Cell::Bool(true) } else { Cell::Empty };
        let row = [
            self.enrolment(),
            Cell::Code(code),
            Cell::Hundredths(ects),
            Cell::Code(result),
            Cell::Day(day(assessed).plus_days(-10)),
            Cell::Day(day(assessed)),
            Cell::Bool(false),
            Cell::Empty,
            flag(transitional),
            flag(superseded),
        ];
        self.book.tables.of_mut(Table::Results).push(row);
        self
    }

    /// Credit from another university: a code that is not in the catalogue, no exam date.
    pub fn transferred(self, points: i32, assessed: &str) -> Self {
        for number in 1..=points / 5 {
            let row = [
                self.enrolment(),
                Cell::text(format!("KU-{number:03}")),
                Cell::Hundredths(500),
                Cell::Code("BE"),
                Cell::Empty,
                Cell::Day(day(assessed)),
                Cell::Bool(true),
                Cell::Code("Københavns Universitet"),
                Cell::Empty,
                Cell::Empty,
            ];
            self.book.tables.of_mut(Table::Results).push(row);
        }
        self
    }

    pub fn grant(self, granted: &str, portions: i32, reason: &'static str, from: &str, to: &str) -> Self {
        let row = [
            self.enrolment(),
            Cell::Day(day(granted)),
            Cell::Int(portions),
            Cell::Code(reason),
            Cell::Month(month(from)),
            Cell::Month(month(to)),
        ];
        self.book.tables.of_mut(Table::ExtraPortionGrants).push(row);
        self
    }

    pub fn leave(self, from: &str, to: &str, reason: &'static str) -> Self {
        let row = [self.enrolment(), Cell::Day(day(from)), Cell::Day(day(to)), Cell::Code(reason)];
        self.book.tables.of_mut(Table::Leaves).push(row);
        self
    }

    pub fn exempt(self, kind: &'static str, code: Option<&'static str>, granted: &str, amount: i32) -> Self {
        let row = [
            self.enrolment(),
            Cell::Code(kind),
            Cell::maybe(code, Cell::Code),
            Cell::Day(day(granted)),
            Cell::Int(amount),
        ];
        self.book.tables.of_mut(Table::Exemptions).push(row);
        self
    }

    /// Kind and course, start and deadline, extension and end ("" for none).
    pub fn project(self, kind: &'static str, code: &'static str, dates: [&str; 4]) -> Self {
        let ects = course(code).map_or(3000, |course| course.ects);
        let date = |text: &str| if text.is_empty() { Cell::Empty } else { Cell::Day(day(text)) };
        let row = [
            self.enrolment(),
            Cell::Code(kind),
            Cell::Hundredths(ects),
            date(dates[0]),
            date(dates[1]),
            date(dates[2]),
            Cell::Empty,
            date(dates[3]),
            if code.is_empty() { Cell::Empty } else { Cell::Code(code) },
        ];
        self.book.tables.of_mut(Table::Projects).push(row);
        self
    }

    pub fn register(self, code: &'static str, exam: &str, withdrawn: &str) -> Self {
        let row = [
            self.enrolment(),
            Cell::Code(code),
            Cell::Day(day(exam)),
            Cell::Day(day(exam).plus_days(-90)),
            if withdrawn.is_empty() { Cell::Empty } else { Cell::Day(day(withdrawn)) },
        ];
        self.book.tables.of_mut(Table::ExamRegistrations).push(row);
        self
    }

    /// Exam, deadline to withdraw and withdrawal ("" for none), and whether the course was cancelled.
    pub fn register_until(self, code: &'static str, dates: [&str; 3], cancelled: bool) -> Self {
        let date = |text: &str| if text.is_empty() { Cell::Empty } else { Cell::Day(day(text)) };
        let row = [
            self.enrolment(),
            Cell::Code(code),
            date(dates[0]),
            Cell::Day(day(dates[0]).plus_days(-90)),
            date(dates[2]),
            date(dates[1]),
            if cancelled { Cell::Bool(true) } else { Cell::Empty },
        ];
        self.row(Table::ExamRegistrations, row)
    }

    /// Weights and partial grades ("" for not taken) of the parts of an exam.
    pub fn parts(mut self, code: &'static str, exam: &str, parts: &[(i32, &'static str)]) -> Self {
        for (number, (weight, grade)) in parts.iter().enumerate() {
            let row = [
                self.enrolment(),
                Cell::Code(code),
                Cell::Day(day(exam)),
                Cell::text(format!("{}", number + 1)),
                Cell::Int(*weight),
                if grade.is_empty() { Cell::Empty } else { Cell::Code(grade) },
            ];
            self = self.row(Table::PartResults, row);
        }
        self
    }

    /// A card with these cells filled, by the names of their columns.
    pub fn card(self, cells: &[(&str, Cell)]) -> Self {
        let mut row = [const { Cell::Empty }; 18];
        row[0] = self.enrolment();
        for (name, cell) in cells {
            let columns = Table::StudentCards.columns();
            let at = columns.iter().position(|column| column.name == *name).expect("a column of cards");
            row[at] = cell.clone();
        }
        self.row(Table::StudentCards, row)
    }

    pub fn abroad(self, from: &str, to: &str) -> Self {
        let row = [self.enrolment(), Cell::Day(day(from)), Cell::Day(day(to)), Cell::Hundredths(3000)];
        self.book.tables.of_mut(Table::ApprovalsAbroad).push(row);
        self
    }

    pub fn parent(self, child: &'static str, due: &str, role: &'static str, portions: i32) -> Self {
        let row =
            [self.enrolment(), Cell::Code(child), Cell::Day(day(due)), Cell::Code(role), Cell::Int(portions)];
        self.book.tables.of_mut(Table::ParentalRights).push(row);
        self
    }

    pub fn youth_card(self, from: &str, to: &str) -> Self {
        let row = [self.enrolment(), Cell::Day(day(from)), Cell::Day(day(to))];
        self.book.tables.of_mut(Table::YouthCards).push(row);
        self
    }

    /// Any row with the cells of its table; the first cell of most tables is the enrolment.
    pub fn row<const WIDTH: usize>(self, table: Table, row: [Cell; WIDTH]) -> Self {
        self.book.tables.of_mut(table).push(row);
        self
    }
}
