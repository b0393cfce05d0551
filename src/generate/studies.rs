//! A student's way through the courses: exams, results, re-exams and registrations, semester by
//! semester until the programme is passed, left, or the exports are taken.

use std::sync::LazyLock;

use super::catalogue::{COURSES, Course, one_of_a_kind, other_version};
use super::chance::Chance;
use super::plan::{Pace, Plan, exported};
use super::projects;
use super::rows::{Cell, Tables};
use crate::base::{Day, Month, Period, Semester};
use crate::contract::Table;

/// How the studies went, as far as the exports know.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub completed_on: Option<Day>,
    /// First month of a paid internship: no SU in it and the next four.
    pub paid_internship: Option<Month>,
    /// Days of an unpaid internship.
    pub unpaid_internship: Option<Period>,
}

/// What is played so far.
pub struct Studies<'a> {
    pub plan: &'a Plan,
    pub tables: &'a mut Tables,
    pub chance: &'a mut Chance,
    /// Hundredths of a point, entry credit included.
    pub earned: i32,
    pub last_pass: Day,
    pub outcome: Outcome,
    ahead: Vec<&'static Course>,
}

/// Registrations are kept for the exams from this day on; older ones are purged at the source.
const REGISTRATIONS_FROM: (i32, u32, u32) = (2026, 11, 1);

static BY_LEVEL: LazyLock<[(&str, Vec<&'static Course>); 3]> = LazyLock::new(|| {
    ["BEng", "BSc", "MSc"].map(|level| {
        let fits = |course: &&Course| {
            course.level == level && course.ordinary() && one_of_a_kind(course.code) == course.code
        };
        (level, COURSES.iter().filter(fits).collect())
    })
});

pub fn play(plan: &Plan, chance: &mut Chance, tables: &mut Tables) -> Outcome {
    let level = plan.programme.course_level;
    let mut ahead: Vec<&'static Course> =
        BY_LEVEL.iter().find(|list| list.0 == level).map_or_else(Vec::new, |list| list.1.clone());
    chance.shuffle(&mut ahead);
    let outcome = Outcome::default();
    let mut studies = Studies { plan, tables, chance, earned: 0, last_pass: plan.started_on, outcome, ahead };
    studies.entry_credit();
    let mut semester = Semester::of(plan.started_on);
    let last = plan.withdraws_on.unwrap_or(exported());
    for count in 0.. {
        if semester.days().first > last {
            break;
        }
        studies.semester(semester, count);
        if studies.earned >= plan.programme.ects * 100 {
            studies.outcome.completed_on = Some(studies.last_pass);
            break;
        }
        semester = Semester::of(semester.days().last.plus_days(1));
    }
    studies.outcome
}

impl Studies<'_> {
    fn entry_credit(&mut self) {
        let mut left = self.plan.entry_credit;
        let assessed = self.plan.started_on.plus_days(-self.chance.between(60, 1500));
        let mut number = 1;
        while left > 0 {
            let points = left.min(10);
            let code = format!("EXT{number:02}");
            self.transferred(&code, points * 100, assessed, "Aarhus University");
            left -= points;
            number += 1;
        }
    }

    pub fn transferred(&mut self, code: &str, ects: i32, assessed: Day, from: &'static str) {
        let exam = if self.chance.per_mille(500) { Cell::Empty } else { Cell::Day(assessed.plus_days(-14)) };
        let result = self.chance.weighted(&[(5, "BE"), (2, "10"), (2, "7"), (1, "12")]);
        self.tables.of_mut(Table::Results).push([
            Cell::Enrolment(self.plan.enrolment),
            Cell::text(code),
            Cell::Hundredths(ects),
            Cell::Code(result),
            exam,
            Cell::Day(assessed),
            Cell::Bool(true),
            Cell::Code(from),
            Cell::Empty,
            Cell::Empty,
        ]);
        self.earned += ects;
    }

    fn semester(&mut self, semester: Semester, count: i32) {
        if self.plan.on_leave(semester.days()) {
            return;
        }
        if self.plan.abroad == Some(semester.days()) {
            return projects::semester_abroad(self, semester);
        }
        if projects::semester_with_project(self, semester) {
            return;
        }
        let usual = match self.plan.pace {
            Pace::Strong => 35,
            Pace::Normal => self.chance.weighted(&[(6, 30), (2, 35), (1, 25)]),
            Pace::Slow => self.chance.between(4, 6) * 5,
            Pace::StalledAfter(semesters) if count < semesters => 30,
            Pace::StalledAfter(_) => self.chance.between(0, 1) * 5,
        };
        let mut load = usual * 100 * self.plan.programme.semester_ects / 30;
        let left = self.plan.programme.ects * 100 - self.earned - projects::planned_ects(self);
        load = load.min(left.max(0));
        let autumn = semester.first_month().number() == 9;
        let year = semester.first_month().year();
        while load > 0 {
            let Some(course) = self.ahead.pop() else { break };
            load -= course.ects;
            let month_of_three_weeks = self.chance.per_mille(300);
            let exam = match (autumn, month_of_three_weeks) {
                (true, false) => Day::ymd(year, 12, 4 + self.chance.below(16)),
                (true, true) => Day::ymd(year + 1, 1, 11 + self.chance.below(12)),
                (false, false) => Day::ymd(year, 5, 12 + self.chance.below(17)),
                (false, true) => Day::ymd(year, 6, 8 + self.chance.below(18)),
            };
            if let Some(exam) = exam.filter(|exam| *exam > self.plan.started_on) {
                self.exam(course, exam, 1);
            }
        }
    }

    /// One attempt, and the next ones when it fails.
    fn exam(&mut self, course: &'static Course, exam: Day, attempt: i32) {
        if self.plan.withdraws_on.is_some_and(|day| exam > day) {
            return;
        }
        let withdrawn = self.register(course.code, exam);
        let assessed = exam.plus_days(self.chance.between(3, 26));
        if assessed > exported() || withdrawn {
            return;
        }
        let result = self.result(course, assessed);
        let superseded = self.chance.per_mille(3) && assessed.plus_days(40) <= exported();
        if superseded {
            self.own_row(course.code, course.ects, "00", exam, assessed, true);
        }
        let assessed = if superseded { assessed.plus_days(35) } else { assessed };
        self.own_row(course.code, course.ects, result, exam, assessed, false);
        if matches!(result, "12" | "10" | "7" | "4" | "02" | "BE" | "AB") {
            self.earned += course.ects;
            self.last_pass = self.last_pass.max(assessed);
            return;
        }
        let exempt = attempt == 3 && self.chance.per_mille(350);
        if exempt {
            self.tables.of_mut(Table::Exemptions).push([
                Cell::Enrolment(self.plan.enrolment),
                Cell::Code("extra_attempt"),
                Cell::Code(course.code),
                Cell::Day(assessed.plus_days(30).min(exported())),
                Cell::Int(1),
            ]);
        }
        if (attempt < 3 && self.chance.per_mille(850)) || exempt {
            let next = other_version(course.code).filter(|_| self.chance.per_mille(400)).unwrap_or(course);
            let exam = re_exam(exam, self.chance);
            self.exam(next, exam, attempt + 1);
        }
    }

    fn result(&mut self, course: &Course, assessed: Day) -> &'static str {
        let recent = assessed > exported().plus_days(-90);
        if recent && self.chance.per_mille(7) {
            return if self.chance.per_mille(600) { "AB" } else { "AI" };
        }
        if self.chance.per_mille(1) {
            return "SN";
        }
        let trouble = match self.plan.pace {
            Pace::Strong => 40,
            Pace::Normal => 95,
            _ => 170,
        };
        let passed = !self.chance.per_mille(trouble);
        match (passed, course.pass_fail()) {
            (true, true) => "BE",
            (true, false) => {
                self.chance.weighted(&[(18, "12"), (27, "10"), (29, "7"), (15, "4"), (11, "02")])
            }
            (false, true) => self.chance.weighted(&[(50, "IB"), (30, "EM"), (10, "SYG"), (10, "IG")]),
            (false, false) => {
                self.chance.weighted(&[(45, "00"), (15, "-3"), (20, "EM"), (14, "SYG"), (6, "IG")])
            }
        }
    }

    /// Whether the registration was withdrawn again.
    fn register(&mut self, code: &'static str, exam: Day) -> bool {
        let first = Day::ymd(REGISTRATIONS_FROM.0, REGISTRATIONS_FROM.1, REGISTRATIONS_FROM.2);
        let registered = exam.plus_days(-self.chance.between(70, 100));
        if first.is_none_or(|first| exam < first) || registered > exported() {
            return false;
        }
        let left = exam.plus_days(-self.chance.between(31, 60));
        let withdrawn = left <= exported() && self.chance.per_mille(25);
        // A longer deadline for some, so that a few withdrew too late; some exports lack it.
        let student = self.plan.student;
        let deadline = exam.plus_days(if student.is_multiple_of(29) { -45 } else { -30 });
        let deadline = Some(deadline).filter(|_| !student.is_multiple_of(53));
        let cancelled = exam > exported() && student.is_multiple_of(41);
        self.tables.of_mut(Table::ExamRegistrations).push([
            Cell::Enrolment(self.plan.enrolment),
            Cell::Code(code),
            Cell::Day(exam),
            Cell::Day(registered),
            if withdrawn { Cell::Day(left) } else { Cell::Empty },
            Cell::maybe(deadline, Cell::Day),
            if cancelled { Cell::Bool(true) } else { Cell::Empty },
        ]);
        withdrawn
    }

    /// A result of the university itself.
    pub fn own_row(
        &mut self,
        code: &'static str,
        ects: i32,
        result: &'static str,
        exam: Day,
        assessed: Day,
        superseded: bool,
    ) {
        let bachelor_end = self.plan.started_on.plus_days(150);
        let transitional =
            self.plan.follows_bachelor && assessed < bachelor_end && self.plan.student.is_multiple_of(23);
        self.tables.of_mut(Table::Results).push([
            Cell::Enrolment(self.plan.enrolment),
            Cell::Code(code),
            Cell::Hundredths(ects),
            Cell::Code(result),
            Cell::Day(exam),
            Cell::Day(assessed),
            Cell::Bool(false),
            Cell::Empty,
            if transitional { Cell::Bool(true) } else { Cell::Empty },
            if superseded { Cell::Bool(true) } else { Cell::Empty },
        ]);
    }
}

/// December and January are repeated in May, May to July in August, August in December.
fn re_exam(exam: Day, chance: &mut Chance) -> Day {
    let (year, month) = (exam.month().year(), exam.month().number());
    let (year, month) = match month {
        12 => (year + 1, 5),
        1 => (year, 5),
        8 => (year, 12),
        _ => (year, 8),
    };
    Day::ymd(year, month, 12 + chance.below(9)).unwrap_or(exam)
}
