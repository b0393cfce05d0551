//! Situations that chance makes too seldom, or never: one student in so many has one of these histories
//! instead of an ordinary one, each in its turn, so that every rule has somebody to speak of and every
//! verdict is reached.

use super::catalogue::{
    BENG, BSC, COURSES, Course, MSC, MSC_THESIS, PAID_INTERNSHIP, Programme, course, one_of_a_kind,
};
use super::chance::Chance;
use super::people::{Person, person, second_cpr};
use super::plan::{Pace, Plan, inspection};
use super::rows::{Cell, Tables};
use super::student::register;
use super::studies::Outcome;
use super::support::{Rights, pay};
use crate::base::{Day, Month, Period};
use crate::contract::Table;

/// One student in so many. The first of them comes after the filler students of the sample data.
const ONE_IN: u32 = 201;

/// The programme, the day it begins, and what is told of the student.
type Situation = (Programme, &'static str, fn(&mut Rare));

const SITUATIONS: [Situation; 27] = [
    (MSC, "2026-09-01", no_exam),
    (MSC, "2026-02-01", no_exam_for_a_year),
    (MSC, "2026-09-01", an_exam_without_its_result),
    (MSC, "2026-09-01", an_exam_with_a_cheating_case),
    (MSC, "2026-09-01", no_exam_before_leave),
    (MSC, "2025-09-01", inactive_abroad),
    (MSC, "2025-09-01", active_by_a_result_that_awaits),
    (MSC, "2025-09-01", active_by_old_credit),
    (MSC, "2025-09-01", mostly_pass_fail),
    (MSC, "2025-09-01", active_while_on_leave),
    (MSC, "2024-09-01", leaves_that_overlap),
    (BENG, "2024-09-01", internship_without_a_course),
    (BENG, "2024-09-01", internship_registered_late),
    (MSC, "2025-09-01", courses_that_block_each_other),
    (MSC, "2025-09-01", last_attempt_that_awaits),
    (MSC, "2025-09-01", last_attempt_at_a_course_that_ended),
    (MSC, "2024-09-01", project_passed_before_its_end),
    (BSC, "2015-09-01", begun_under_the_former_law),
    (MSC, "2025-09-01", two_numbers),
    (BSC, "2022-09-01", readmitted_with_nothing_passed),
    (MSC, "2023-09-01", third_agreement_on_a_thesis),
    (MSC, "2024-09-01", committee_work),
    (MSC, "2025-09-01", application_of_these_months),
    (MSC, "2025-09-01", payments_that_contradict),
    (MSC, "2025-09-01", results_that_contradict),
    (MSC, "2025-09-01", enrolments_that_contradict),
    (MSC, "2025-09-01", inactive_by_supplement_portions),
];

pub fn is_rare(student: u32) -> bool {
    student.is_multiple_of(ONE_IN)
}

/// Writes every row of the student, whose number must be a rare one.
pub fn write(student: u32, chance: &mut Chance, tables: &mut Tables) {
    let turn = (student / ONE_IN - 1) as usize % SITUATIONS.len();
    let (programme, started_on, history) = SITUATIONS[turn];
    let plan = Plan {
        student,
        enrolment: student * 2 - 1,
        programme,
        started_on: day(started_on),
        pace: Pace::Normal,
        leave: None,
        abroad: None,
        withdraws_on: None,
        readmitted_on: None,
        entry_credit: 0,
        follows_bachelor: false,
        parent_from: None,
    };
    let person = person(student, chance);
    let paid_until = inspection().month().min(plan.started_on.month().plus(programme.prescribed_months - 1));
    let mut rare = Rare { plan, person, paid_until, passed: 0, supplement: false, chance, tables };
    history(&mut rare);
    rare.register();
}

fn no_exam(_: &mut Rare) {}

fn no_exam_for_a_year(rare: &mut Rare) {
    rare.result("10305", "EM", "2026-05-20");
}

fn an_exam_without_its_result(rare: &mut Rare) {
    let exam = day("2026-12-10");
    let registered = exam.plus_days(-rare.chance.between(70, 100));
    rare.row(Table::ExamRegistrations, [Cell::Code("10305"), Cell::Day(exam), Cell::Day(registered)]);
}

fn an_exam_with_a_cheating_case(rare: &mut Rare) {
    rare.result("10305", "SN", "2026-12-10");
}

fn no_exam_before_leave(rare: &mut Rare) {
    rare.plan.leave = Some((period("2027-02-01", "2027-08-31"), "illness"));
}

fn begun_under_the_former_law(rare: &mut Rare) {
    rare.passes(&[6, 6, 4, 4]);
}

fn inactive_abroad(rare: &mut Rare) {
    rare.passes(&[6]);
    let days = period("2027-02-01", "2027-06-30");
    rare.row(Table::ApprovalsAbroad, [Cell::Day(days.first), Cell::Day(days.last), Cell::Hundredths(3000)]);
}

fn active_by_a_result_that_awaits(rare: &mut Rare) {
    rare.passes(&[6, 5]);
    rare.result("10420", "AB", "2026-06-10");
}

fn active_by_old_credit(rare: &mut Rare) {
    rare.plan.entry_credit = 30;
    for code in ["EXT01", "EXT02", "EXT03"] {
        rare.credit(code, "2019-06-12");
    }
    rare.passes(&[3, 3]);
}

fn mostly_pass_fail(rare: &mut Rare) {
    let pass_fail = |course: &&Course| {
        course.level == "MSc" && course.pass_fail() && one_of_a_kind(course.code) == course.code
    };
    for course in COURSES.iter().filter(pass_fail) {
        let exam = day("2026-01-12").plus_days(rare.chance.between(0, 9));
        rare.result_on(course.code, "BE", exam);
    }
}

fn active_while_on_leave(rare: &mut Rare) {
    rare.passes(&[6, 6, 4]);
    rare.leave("2027-02-01", "2027-08-31");
}

fn leaves_that_overlap(rare: &mut Rare) {
    rare.passes(&[6, 6, 0, 0, 4]);
    rare.leave("2025-09-01", "2026-01-31");
    rare.leave("2026-01-15", "2026-08-31");
}

fn internship_without_a_course(rare: &mut Rare) {
    rare.passes(&[6, 6, 6, 6]);
    rare.project("internship_paid", Cell::Empty, "2026-08-17", "2027-01-03");
}

fn internship_registered_late(rare: &mut Rare) {
    rare.passes(&[6, 6, 6, 6]);
    rare.project("internship_paid", Cell::Code(PAID_INTERNSHIP), "2026-09-01", "2027-01-18");
    rare.paid_until = Month::new(2026, 9);
}

fn courses_that_block_each_other(rare: &mut Rare) {
    rare.passes(&[6, 6]);
    rare.result("10304", "7", "2026-05-20");
    rare.result("10326", "BE", "2026-06-20");
}

fn last_attempt_that_awaits(rare: &mut Rare) {
    rare.passes(&[0, 6, 6]);
    rare.result("34032", "00", "2026-01-14");
    rare.result("34032", "AI", "2027-01-14");
}

fn last_attempt_at_a_course_that_ended(rare: &mut Rare) {
    rare.passes(&[6, 6, 4]);
    rare.result("22512", "-3", "2025-12-09");
    rare.result("22512", "00", "2026-12-09");
}

fn project_passed_before_its_end(rare: &mut Rare) {
    rare.passes(&[6, 4]);
    rare.project("msc_thesis", Cell::Code(MSC_THESIS), "2026-10-01", "2027-04-01");
    rare.result(MSC_THESIS, "7", "2027-02-10");
}

fn two_numbers(rare: &mut Rare) {
    rare.passes(&[6, 6, 6]);
    rare.register();
    rare.person.cpr = Some(second_cpr(rare.plan.student));
    rare.plan = Plan {
        enrolment: rare.plan.enrolment + 1,
        programme: BSC,
        started_on: day("2022-09-01"),
        withdraws_on: Some(day("2024-08-12")),
        ..rare.plan.clone()
    };
    rare.paid_until = Month::new(2024, 7);
}

fn readmitted_with_nothing_passed(rare: &mut Rare) {
    rare.passes(&[6, 6, 6, 6]);
    rare.plan.readmitted_on = Some(day("2026-09-01"));
}

fn third_agreement_on_a_thesis(rare: &mut Rare) {
    rare.passes(&[6, 6, 6]);
    for (starts_on, due_on, missed) in [
        ("2025-02-03", "2025-07-03", true),
        ("2025-09-01", "2025-12-01", true),
        ("2027-02-01", "2027-05-01", false),
    ] {
        rare.project("msc_thesis", Cell::Code(MSC_THESIS), starts_on, due_on);
        if missed {
            rare.result(MSC_THESIS, "EM", due_on);
        }
    }
}

fn committee_work(rare: &mut Rare) {
    rare.passes(&[6, 6, 0, 0, 4]);
    for (granted_on, portions, [from, to]) in [
        ("2025-05-12", 6, [Month::new(2024, 10), Month::new(2025, 3)]),
        ("2025-10-13", 5, [Month::new(2025, 4), Month::new(2025, 8)]),
    ] {
        let reason = Cell::Code("committee");
        let row =
            [Cell::Day(day(granted_on)), Cell::Int(portions), reason, Cell::Month(from), Cell::Month(to)];
        rare.row(Table::ExtraPortionGrants, row);
    }
    rare.applies("committee", Month::new(2026, 2), Month::new(2026, 5), "2026-07-06");
}

fn application_of_these_months(rare: &mut Rare) {
    rare.passes(&[6, 6]);
    pay(&rare.plan, Month::new(2027, 2), "parental", 1, rare.tables);
    rare.applies("illness", Month::new(2027, 1), Month::new(2027, 3), "2027-03-08");
}

/// Rows that are well formed, and cannot all be true.
fn payments_that_contradict(rare: &mut Rare) {
    rare.passes(&[6, 6, 4]);
    for (month, portions) in [((2025, 3), 1), ((2026, 1), 2), ((2026, 2), 1)] {
        pay(&rare.plan, Month::new(month.0, month.1), "ordinary", portions, rare.tables);
    }
    let month = Cell::Month(Month::new(2026, 4));
    rare.row(Table::SuPayments, [month, Cell::Code("ordinary"), Cell::Int(0), Cell::Hundredths(-350_000)]);
}

fn results_that_contradict(rare: &mut Rare) {
    rare.passes(&[6, 6]);
    rare.result("34032", "00", "2026-12-09");
    rare.result("34032", "-3", "2026-12-09");
    rare.credit("UDL1", "2025-05-20");
    rare.credit("UDL1", "2025-06-20");
    rare.own_result("34034", "7", day("2025-12-08"), day("2027-01-18"));
}

fn enrolments_that_contradict(rare: &mut Rare) {
    rare.passes(&[6, 6, 6]);
    rare.register();
    rare.plan.enrolment += 1;
    rare.plan.readmitted_on = Some(day("2024-09-01"));
}

/// A student whose history is told, and the rows of it so far.
struct Rare<'a> {
    plan: Plan,
    person: Person,
    /// Paid an ordinary portion each month from the start to here.
    paid_until: Month,
    /// Courses that [`Rare::passes`] has taken so far.
    passed: usize,
    /// Has a disability supplement.
    supplement: bool,
    chance: &'a mut Chance,
    tables: &'a mut Tables,
}

impl Rare<'_> {
    /// A row of the enrolment, which stands first in it.
    fn row<const REST: usize>(&mut self, table: Table, rest: [Cell; REST]) {
        self.tables.of_mut(table).push_of(self.plan.enrolment, rest);
    }

    fn result(&mut self, code: &'static str, result: &'static str, exam: &str) {
        self.result_on(code, result, day(exam));
    }

    fn result_on(&mut self, code: &'static str, result: &'static str, exam: Day) {
        let assessed = exam.plus_days(self.chance.between(3, 20));
        self.own_result(code, result, exam, assessed);
    }

    fn own_result(&mut self, code: &'static str, result: &'static str, exam: Day, assessed: Day) {
        let ects = Cell::Hundredths(course(code).map_or(0, |course| course.ects));
        let [exam, assessed] = [exam, assessed].map(Cell::Day);
        let row = [Cell::Code(code), ects, Cell::Code(result), exam, assessed, Cell::Bool(false)];
        self.row(Table::Results, row);
    }

    /// Ten points of another university.
    fn credit(&mut self, code: &'static str, exam: &str) {
        let [exam, assessed] = [0, 14].map(|days| Cell::Day(day(exam).plus_days(days)));
        let (ects, from) = (Cell::Hundredths(1000), Cell::Code("Aarhus University"));
        let row = [Cell::Code(code), ects, Cell::Code("BE"), exam, assessed, Cell::Bool(true), from];
        self.row(Table::Results, row);
    }

    /// So many courses of five points in the exams of each semester since the start.
    fn passes(&mut self, semesters: &[usize]) {
        let level = self.plan.programme.course_level;
        let fits = |course: &&Course| {
            course.level == level && course.ordinary() && !course.pass_fail() && course.ects == 500
        };
        let mut exams = self.plan.started_on.plus_months_clamped(3);
        for count in semesters {
            for course in COURSES.iter().filter(fits).skip(self.passed).take(*count) {
                let exam = exams.plus_days(self.chance.between(4, 18));
                let grade = self.chance.weighted(&[(3, "12"), (4, "10"), (4, "7"), (2, "4"), (1, "02")]);
                self.result_on(course.code, grade, exam);
            }
            self.passed += count;
            exams = exams.plus_months_clamped(6);
        }
    }

    fn leave(&mut self, from: &str, to: &str) {
        let days = period(from, to);
        self.row(Table::Leaves, [Cell::Day(days.first), Cell::Day(days.last), Cell::Code("illness")]);
    }

    fn project(&mut self, kind: &'static str, code: Cell, starts_on: &str, due_on: &str) {
        let none = || Cell::Empty;
        let [starts_on, due_on] = [starts_on, due_on].map(|date| Cell::Day(day(date)));
        let row = [Cell::Code(kind), Cell::Hundredths(3000), starts_on, due_on, none(), none(), none(), code];
        self.row(Table::Projects, row);
    }

    fn applies(&mut self, reason: &'static str, from: Month, to: Month, form: &str) {
        let row = [
            Cell::Claim(self.plan.enrolment),
            Cell::Enrolment(self.plan.enrolment),
            Cell::Code(reason),
            Cell::Month(from),
            Cell::Month(to),
            Cell::Int(to.index() - from.index() + 1),
            Cell::Day(day(form)),
            Cell::Day(day(form).plus_days(self.chance.between(0, 6))),
            Cell::Code("general_practitioner"),
            Cell::Bool(false),
            Cell::Bool(true),
            Cell::Bool(true),
            Cell::Bool(true),
        ];
        self.tables.of_mut(Table::ExtraPortionClaims).push(row);
    }

    /// What is told, as a row of the register, with its leave and the months that were paid.
    fn register(&mut self) {
        if let Some((days, reason)) = self.plan.leave {
            self.row(Table::Leaves, [Cell::Day(days.first), Cell::Day(days.last), Cell::Code(reason)]);
        }
        let Rare { plan, person, chance, tables, .. } = self;
        for month in plan.started_on.month().index()..=self.paid_until.index() {
            pay(plan, Month::from_index(month), "ordinary", 1, tables);
        }
        let supplement = self.supplement;
        let rights = Rights { extension_months: Some(12), single_parent: false, supplement };
        register(plan, &Outcome::default(), &rights, person, chance, tables);
    }
}

/// The MSc is 17 portions long for who has 35 ECTS of credit, and 19 are used.
fn inactive_by_supplement_portions(rare: &mut Rare) {
    rare.plan.entry_credit = 35;
    rare.supplement = true;
    rare.passes(&[3, 3]);
}

fn period(first: &str, last: &str) -> Period {
    Period { first: day(first), last: day(last) }
}

/// The dates of the situations are all real ones.
fn day(date: &str) -> Day {
    Day::parse_iso(date).expect("a date of the calendar")
}
