//! What is decided about an enrolment before its history is played: programme, start, pace and
//! the rare things that happen on the way.

use super::catalogue::{BENG, BSC, MSC, MSC_INDUSTRY, Programme};
use super::chance::Chance;
use crate::base::{Day, Month, Period, Semester};

/// The inspection the histories are made for.
pub fn inspection() -> Day {
    Day::ymd(2027, 3, 15).unwrap_or(Day::from_epoch_days(0))
}

/// The day the exports are taken: a little is known after the inspection, and must not count.
pub fn exported() -> Day {
    inspection().plus_days(9)
}

/// How much of a full load a student passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    Strong,
    Normal,
    Slow,
    /// Good until this many semesters, then next to nothing.
    StalledAfter(i32),
}

#[derive(Clone, Debug)]
pub struct Plan {
    pub student: u32,
    pub enrolment: u32,
    pub programme: Programme,
    pub started_on: Day,
    pub pace: Pace,
    /// A semester on leave, and why.
    pub leave: Option<(Period, &'static str)>,
    /// A semester abroad.
    pub abroad: Option<Period>,
    /// Leaves the programme by then, unless it is completed before.
    pub withdraws_on: Option<Day>,
    pub readmitted_on: Option<Day>,
    /// Whole points of credit from another university, given at the start.
    pub entry_credit: i32,
    /// An enrolment of the same student that ended before this one began.
    pub follows_bachelor: bool,
    /// Month in which a parental period begins.
    pub parent_from: Option<Month>,
}

/// The semester that begins in a September or February so many semesters before the inspection's.
fn semester_start(back: i32) -> Day {
    let current = Semester::of(inspection());
    (0..back).fold(current, |semester, _| semester.previous()).first_month().first_day()
}

/// The first September 1 or February 1 after a day.
pub fn next_start(after: Day) -> Day {
    Semester::of(after).days().last.plus_days(1)
}

impl Plan {
    /// The first (or only) enrolment of a student.
    pub fn first(student: u32, chance: &mut Chance) -> Plan {
        let programme = chance.weighted(&[(200, MSC), (20, MSC_INDUSTRY), (520, BSC), (260, BENG)]);
        // Autumn starts are semesters 1, 3, 5 … back from the spring of the inspection.
        let years = match programme.level {
            "BSc" => chance.weighted(&[(8, 0), (11, 1), (14, 2), (24, 3), (25, 4), (12, 5), (6, 6)]),
            "BEng" => chance.weighted(&[(8, 0), (11, 1), (14, 2), (22, 3), (26, 4), (13, 5), (6, 6)]),
            _ => chance.weighted(&[(26, 0), (34, 1), (26, 2), (14, 3)]),
        };
        let winter = chance.per_mille(130);
        let mut started_on = semester_start(years * 2 + i32::from(!winter));
        if chance.per_mille(6) {
            // A year before the control points of six months, or just after they came.
            started_on = semester_start(22 + chance.between(0, 1) * 2 - 1);
        }
        let mut plan = Plan::new(student, student * 2 - 1, programme, started_on, chance);
        if chance.per_mille(70) {
            plan.entry_credit = chance.between(1, 8) * 5;
        }
        plan
    }

    /// The master's programme after a bachelor's.
    pub fn master(student: u32, started_on: Day, chance: &mut Chance) -> Plan {
        let programme = chance.weighted(&[(94, MSC), (6, MSC_INDUSTRY)]);
        let mut plan = Plan::new(student, student * 2, programme, started_on, chance);
        plan.follows_bachelor = true;
        plan
    }

    fn new(student: u32, enrolment: u32, programme: Programme, started_on: Day, chance: &mut Chance) -> Plan {
        let stalled = Pace::StalledAfter(chance.between(1, 4));
        let old = started_on < semester_start(14);
        let pace = if old {
            Pace::Slow
        } else {
            chance.weighted(&[(14, Pace::Strong), (74, Pace::Normal), (9, Pace::Slow), (3, stalled)])
        };
        let age = started_on.whole_months_until(inspection()) / 6;
        let semester = |chance: &mut Chance, from: i32, to: i32| {
            Semester::of(started_on).later(chance.between(from, to.max(from))).days()
        };
        let reason = chance.weighted(&[
            (20, "none"),
            (18, "parental"),
            (25, "illness"),
            (8, "military"),
            (8, "athlete"),
            (10, "relative"),
            (6, "special"),
        ]);
        let leave = (age >= 2 && chance.per_mille(if old { 700 } else { 55 }))
            .then(|| (semester(chance, 1, age), reason));
        let abroad = (age >= 3 && leave.is_none() && chance.per_mille(25)).then(|| semester(chance, 2, age));
        let withdraws_on = (age >= 1 && chance.per_mille(55))
            .then(|| semester(chance, 0, age - 1).last.plus_days(-chance.between(0, 60)))
            .filter(|day| *day > started_on);
        let readmitted_on = (age >= 5 && withdraws_on.is_none() && chance.per_mille(25))
            .then(|| semester(chance, age - 2, age - 1).first);
        let parent_from =
            chance.per_mille(14).then(|| started_on.month().plus(chance.between(3, 6 * age.max(1) + 3)));
        Plan {
            student,
            enrolment,
            programme,
            started_on,
            pace,
            leave,
            abroad,
            withdraws_on,
            readmitted_on,
            entry_credit: 0,
            follows_bachelor: false,
            parent_from,
        }
    }

    /// Wholly inside the leave.
    pub fn on_leave(&self, period: Period) -> bool {
        self.leave.is_some_and(|(leave, _)| leave.first <= period.first && period.last <= leave.last)
    }
}
