//! Semesters that are not made of courses: the final project, the internship, a stay abroad.

use super::catalogue::{BENG_PROJECT, BSC_PROJECT, MSC_THESIS, PAID_INTERNSHIP, UNPAID_INTERNSHIP};
use super::plan::{Pace, exported};
use super::rows::Cell;
use super::studies::Studies;
use crate::base::{Day, Period, Semester};
use crate::contract::Table;

/// Kind, course and hundredths of a point of the project that ends a programme.
fn final_project(level: &str) -> (&'static str, &'static str, i32) {
    match level {
        "BSc" => ("bsc_project", BSC_PROJECT, 1500),
        "BEng" => ("beng_project", BENG_PROJECT, 2000),
        _ => ("msc_thesis", MSC_THESIS, 3000),
    }
}

fn internship_is_done(studies: &Studies) -> bool {
    studies.outcome.paid_internship.is_some() || studies.outcome.unpaid_internship.is_some()
}

/// Points that courses leave to projects and internships still to come, in hundredths.
pub fn planned_ects(studies: &Studies) -> i32 {
    let level = studies.plan.programme.level;
    let internship = if level == "BEng" && !internship_is_done(studies) { 3000 } else { 0 };
    final_project(level).2 + internship
}

/// Plays a semester with an internship or the final project, when it is time for one.
pub fn semester_with_project(studies: &mut Studies, semester: Semester) -> bool {
    let level = studies.plan.programme.level;
    if level == "BEng" && !internship_is_done(studies) && studies.earned >= 12_000 {
        internship(studies, semester.days().first);
        return true;
    }
    let (kind, code, ects) = final_project(level);
    let stalled = matches!(studies.plan.pace, Pace::StalledAfter(_));
    if studies.earned + ects < studies.plan.programme.ects * 100 || stalled {
        return false;
    }
    let starts_on = semester.days().first.plus_days(studies.chance.between(0, 20));
    let due_on = starts_on.plus_months_clamped(5);
    let extended = studies.chance.per_mille(120).then(|| due_on.plus_days(7 * studies.chance.between(1, 12)));
    let deadline = extended.unwrap_or(due_on);
    let assessed = deadline.plus_days(studies.chance.between(5, 14));
    let missed = studies.chance.per_mille(40);
    let known = assessed <= exported();
    let date = |day: Day| if known && !missed { Cell::Day(day) } else { Cell::Empty };
    let (submitted, finished) = (date(deadline.plus_days(-1)), date(assessed));
    project(studies, kind, ects, [starts_on, due_on], extended, [submitted, finished], code);
    let mut apart = studies.chance.apart();
    let projects = studies.tables.of_mut(Table::Projects);
    projects.set_last("defended_on", date(assessed));
    if let Some(extended) = extended.filter(|_| !apart.per_mille(100)) {
        let weeks = due_on.days_until(extended) / 7;
        projects.set_last("board_weeks", Cell::Int(weeks.min(apart.weighted(&[(90, 6), (10, 12)]))));
    }
    if apart.per_mille(20) {
        projects.set_last("impairment_weeks", Cell::Int(apart.between(1, 3)));
    }
    if known {
        let grade = studies.chance.weighted(&[(30, "12"), (35, "10"), (25, "7"), (10, "4")]);
        let result = if missed { "EM" } else { grade };
        studies.own_row(code, ects, result, deadline, assessed, false);
        if !missed {
            studies.earned += ects;
            studies.last_pass = studies.last_pass.max(assessed);
        }
    }
    true
}

fn internship(studies: &mut Studies, starts_on: Day) {
    let paid = !studies.chance.per_mille(60);
    let days = Period { first: starts_on, last: starts_on.plus_days(20 * 7 - 1) };
    let (kind, code) =
        if paid { ("internship_paid", PAID_INTERNSHIP) } else { ("internship_unpaid", UNPAID_INTERNSHIP) };
    let assessed = days.last.plus_days(studies.chance.between(3, 12));
    let done = assessed <= exported();
    let finished = if done { Cell::Day(assessed) } else { Cell::Empty };
    project(studies, kind, 3000, [days.first, days.last], None, [Cell::Empty, finished], code);
    if !paid {
        money_from_the_host(studies);
    }
    if done {
        studies.own_row(code, 3000, "BE", days.last, assessed, false);
        studies.earned += 3000;
        studies.last_pass = studies.last_pass.max(assessed);
    }
    if paid {
        studies.outcome.paid_internship = Some(starts_on.month());
    } else {
        studies.outcome.unpaid_internship = Some(days);
    }
}

/// Of an unpaid internship; now and then more than it may be.
fn money_from_the_host(studies: &mut Studies) {
    let mut apart = studies.chance.apart();
    let projects = studies.tables.of_mut(Table::Projects);
    if apart.per_mille(600) {
        projects.set_last("gratuity_dkk", Cell::Hundredths(apart.between(20, 32) * 10_000));
    }
    if apart.per_mille(400) {
        projects.set_last("expenses_dkk", Cell::Hundredths(apart.between(3, 80) * 10_000));
    }
}

fn project(
    studies: &mut Studies,
    kind: &'static str,
    ects: i32,
    [starts_on, due_on]: [Day; 2],
    extended: Option<Day>,
    [submitted, finished]: [Cell; 2],
    code: &'static str,
) {
    studies.tables.of_mut(Table::Projects).push([
        Cell::Enrolment(studies.plan.enrolment),
        Cell::Code(kind),
        Cell::Hundredths(ects),
        Cell::Day(starts_on),
        Cell::Day(due_on),
        Cell::maybe(extended, Cell::Day),
        submitted,
        finished,
        Cell::Code(code),
    ]);
}

/// A stay approved in advance; what was passed comes back as transferred credit.
pub fn semester_abroad(studies: &mut Studies, semester: Semester) {
    let days = semester.days();
    studies.tables.of_mut(Table::ApprovalsAbroad).push([
        Cell::Enrolment(studies.plan.enrolment),
        Cell::Day(days.first),
        Cell::Day(days.last),
        Cell::Hundredths(3000),
    ]);
    let assessed = days.last.plus_days(studies.chance.between(10, 50));
    if assessed > exported() {
        return;
    }
    let university = *studies.chance.pick(&["NTNU Trondheim", "KTH Stockholm", "TU Delft", "EPFL Lausanne"]);
    for number in 1..=studies.chance.between(4, 6) {
        let code = format!("UDL{}{number}", studies.plan.student % 90 + 10);
        studies.transferred(&code, 500, assessed, university);
    }
}
