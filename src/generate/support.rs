//! Money and what goes with it: payments month by month, extra portions and claims of them,
//! parental rights, youth cards.

use super::catalogue::SUMMER_COURSE;
use super::chance::Chance;
use super::plan::{Pace, Plan, exported, inspection};
use super::rows::{Cell, Tables};
use super::studies::Outcome;
use crate::base::{Month, Period};
use crate::contract::Table;

/// What the register knows that decides how much may be paid.
#[derive(Clone, Debug)]
pub struct Rights {
    pub extension_months: Option<i32>,
    pub single_parent: bool,
    /// For a disability, of a student who must have it.
    pub supplement: bool,
}

pub fn play(plan: &Plan, outcome: &Outcome, rights: &Rights, chance: &mut Chance, tables: &mut Tables) {
    // Who studies beside a job seldom has SU.
    let without = if plan.programme.level == "MSc-Industry" { 900 } else { 40 };
    if !chance.per_mille(without) {
        payments(plan, outcome, rights, chance, tables);
    }
    if let Some(days) = outcome.unpaid_internship {
        grant(plan, days.first.month(), 5, "internship", chance, tables);
    }
    if plan.started_on < inspection().plus_months_clamped(-7) && chance.per_mille(32) {
        extra_portions(plan, chance, tables);
    }
    if chance.per_mille(130) {
        youth_cards(plan, chance, tables);
    }
    if let Some(month) = plan.parent_from {
        tables.of_mut(Table::ParentalRights).push([
            Cell::Enrolment(plan.enrolment),
            Cell::text(format!("child-{}", plan.enrolment)),
            Cell::Day(month.first_day().plus_days(chance.between(0, 27))),
            Cell::Code(if chance.per_mille(600) { "birth" } else { "co_parent" }),
            Cell::Int(if rights.single_parent { 12 } else { 9 }),
        ]);
    }
}

/// Kroner a month in hundredths: near the real amounts of those years, and no law.
fn monthly_amount(month: Month) -> i32 {
    (6_000 + 180 * (month.year() - 2017).max(0)) * 100
}

fn payments(plan: &Plan, outcome: &Outcome, rights: &Rights, chance: &mut Chance, tables: &mut Tables) {
    let ended = outcome.completed_on.or(plan.withdraws_on);
    let after_end = i32::from(chance.per_mille(6));
    // The payment of the month after the inspection is already in some of the exports.
    let known = inspection().month().plus(i32::from(chance.per_mille(400)));
    let mut last = ended.map_or(known, |day| day.month().plus(after_end)).min(known);
    if let Pace::StalledAfter(semesters) = plan.pace {
        // Stopped by an earlier inspection.
        last = last.min(plan.started_on.month().plus(6 * (semesters + 3)));
    }
    let mut left = plan.programme.prescribed_months + rights.extension_months.unwrap_or(0);
    left = (left - plan.entry_credit / 5).max(0);
    let loan = chance.per_mille(350);
    let supplement = chance.per_mille(15);
    let conflict = chance.per_mille(30);
    let double_before = chance.per_mille(200);
    for index in plan.started_on.month().index()..=last.index() {
        let month = Month::from_index(index);
        if chance.per_mille(18) || plan.on_leave(month.days()) && !(conflict && index % 5 == 0) {
            continue;
        }
        if plan.parent_from.is_some_and(|from| from <= month && month < from.plus(9)) {
            pay(plan, month, "parental", 1, tables);
            if !chance.per_mille(200) {
                continue;
            }
        }
        let months_from_internship = outcome.paid_internship.map(|first| index - first.index());
        if months_from_internship.is_some_and(|months| (0..5).contains(&months))
            && !(conflict && left % 4 == 0)
        {
            continue;
        }
        if double_before && months_from_internship == Some(5) {
            continue;
        }
        if left > 0 {
            let double = double_before && months_from_internship == Some(-1);
            pay(plan, month, "ordinary", if double { 2 } else { 1 }, tables);
            left -= if double { 2 } else { 1 };
        } else if loan && left > -12 {
            pay(plan, month, "completion_loan", 1, tables);
            left -= 1;
        }
        if rights.single_parent {
            pay(plan, month, "dependents_supplement", 1, tables);
        } else if supplement && month.number() > 8 {
            pay(plan, month, "supplementary_loan", 1, tables);
        }
    }
}

pub(super) fn pay(plan: &Plan, month: Month, kind: &'static str, portions: i32, tables: &mut Tables) {
    tables.of_mut(Table::SuPayments).push([
        Cell::Enrolment(plan.enrolment),
        Cell::Month(month),
        Cell::Code(kind),
        Cell::Int(portions),
        Cell::Hundredths(monthly_amount(month) * portions),
    ]);
}

/// Begun before its ordinary start with an exam of the summer: SU from July, and the exam's result on
/// the bachelor programme, unless the student stayed away.
pub fn early_start(plan: &Plan, bachelor: u32, chance: &mut Chance, tables: &mut Tables) {
    let september = plan.started_on.month();
    if september.number() != 9 || !chance.per_mille(60) {
        return;
    }
    let exam = september.plus(-1).first_day().plus_days(chance.between(16, 26));
    let assessed = exam.plus_days(chance.between(4, 20));
    let row = [Cell::Enrolment(plan.enrolment), Cell::Code(SUMMER_COURSE), Cell::Day(exam)];
    tables.of_mut(Table::EarlyStarts).push(row);
    for month in [september.plus(-2), september.plus(-1)] {
        pay(plan, month, "ordinary", 1, tables);
    }
    let results = [(60, Some("7")), (14, Some("12")), (10, Some("00")), (10, Some("EM")), (6, None)];
    if let Some(result) = chance.weighted(&results) {
        tables.of_mut(Table::Results).push([
            Cell::Enrolment(bachelor),
            Cell::Code(SUMMER_COURSE),
            Cell::Hundredths(500),
            Cell::Code(result),
            Cell::Day(exam),
            Cell::Day(assessed),
            Cell::Bool(false),
            Cell::Empty,
            Cell::Bool(true),
        ]);
    }
}

fn grant(
    plan: &Plan,
    from: Month,
    portions: i32,
    reason: &'static str,
    chance: &mut Chance,
    tables: &mut Tables,
) {
    let granted = from.last_day().plus_days(chance.between(10, 90));
    if granted > exported() {
        return;
    }
    tables.of_mut(Table::ExtraPortionGrants).push([
        Cell::Enrolment(plan.enrolment),
        Cell::Day(granted),
        Cell::Int(portions),
        Cell::Code(reason),
        Cell::Month(from),
        Cell::Month(from.plus(portions - 1)),
    ]);
}

fn extra_portions(plan: &Plan, chance: &mut Chance, tables: &mut Tables) {
    let reason = chance.weighted(&[(7, "illness"), (2, "committee"), (1, "special")]);
    let months = plan.started_on.whole_months_until(inspection());
    let from = plan.started_on.month().plus(chance.between(0, months.min(30) - 3));
    let length = chance.between(1, 4);
    let applied = chance.between(1, length);
    if chance.per_mille(450) {
        grant(plan, from, applied, reason, chance, tables);
        return;
    }
    let form = from.plus(length).first_day().plus_days(chance.between(20, 80)).min(exported());
    let received = chance.per_mille(900).then(|| form.plus_days(chance.between(0, 26)));
    let certificate = chance.weighted(&[
        (40, "general_practitioner"),
        (20, "hospital_doctor"),
        (12, "psychiatrist"),
        (10, "psychologist"),
        (3, "physiotherapist"),
        (2, "acupuncturist"),
        (4, "journal_extract"),
        (9, "none"),
    ]);
    let mostly = |chance: &mut Chance| match chance.below(20) {
        0 => Cell::Bool(false),
        1 => Cell::Empty,
        _ => Cell::Bool(true),
    };
    tables.of_mut(Table::ExtraPortionClaims).push([
        Cell::Claim(plan.enrolment),
        Cell::Enrolment(plan.enrolment),
        Cell::Code(reason),
        Cell::Month(from),
        Cell::Month(from.plus(length - 1)),
        Cell::Int(applied),
        Cell::Day(form),
        Cell::maybe(received.filter(|day| *day <= exported()), Cell::Day),
        Cell::Code(certificate),
        Cell::Bool(chance.per_mille(80)),
        Cell::Bool(!chance.per_mille(60)),
        mostly(chance),
        mostly(chance),
        if chance.per_mille(60) { Cell::Int(1) } else { Cell::Empty },
    ]);
}

fn youth_cards(plan: &Plan, chance: &mut Chance, tables: &mut Tables) {
    let mut apart = chance.apart();
    let mut first = plan.started_on.max(inspection().plus_days(-chance.between(200, 420)));
    for _ in 0..chance.between(1, 4) {
        let card = Period { first, last: first.plus_days(chance.between(3, 12) * 10 - 1) };
        tables.of_mut(Table::YouthCards).push([
            Cell::Enrolment(plan.enrolment),
            Cell::Day(card.first),
            Cell::Day(card.last),
        ]);
        if let Some(said) = apart.weighted(&[(3, None), (6, Some(false)), (1, Some(true))]) {
            tables.of_mut(Table::YouthCards).set_last("other_subsidy", Cell::Bool(said));
        }
        first = card.last.plus_days(1);
    }
}
