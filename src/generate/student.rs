//! One invented student: people, plans and histories put together as rows.

use super::chance::Chance;
use super::correspondence;
use super::people::{Person, person};
use super::plan::{Plan, exported, inspection, next_start};
use super::rows::{Cell, Tables};
use super::studies::{self, Outcome};
use super::support::{self, Rights};
use super::{cards, parts, rarities};
use crate::base::Day;
use crate::contract::Table;

/// Writes every row of the student with this number; the same under one seed, whoever asks.
pub fn write(seed: u64, number: u32, tables: &mut Tables) {
    let mut chance = Chance::of(seed, u64::from(number));
    if rarities::is_rare(number) {
        return rarities::write(number, &mut chance, tables);
    }
    let person = person(number, &mut chance);
    let plan = Plan::first(number, &mut chance);
    let completed = enrolment(&plan, &person, &mut chance, tables);
    let goes_on = plan.programme.level == "BSc" && chance.per_mille(450);
    if let Some(completed) = completed.filter(|_| goes_on) {
        let started_on = next_start(completed);
        if started_on <= inspection() {
            let master = Plan::master(number, started_on, &mut chance);
            enrolment(&master, &person, &mut chance, tables);
            support::early_start(&master, plan.enrolment, &mut chance, tables);
        }
    }
}

/// The day the programme was completed, if it was.
fn enrolment(plan: &Plan, person: &Person, chance: &mut Chance, tables: &mut Tables) -> Option<Day> {
    let first_result = tables.of(Table::Results).len();
    let outcome = studies::play(plan, chance, tables);
    let single_parent = plan.parent_from.is_some() && chance.per_mille(200);
    let months = chance.weighted(&[(15, None), (500, Some(12)), (60, Some(6)), (425, Some(0))]);
    let rights = Rights { extension_months: months, single_parent, supplement: false };
    support::play(plan, &outcome, &rights, chance, tables);
    events(plan, chance, tables);
    register(plan, &outcome, &rights, person, chance, tables);
    let mut apart = chance.apart();
    correspondence::write(plan, &outcome, first_result, &mut apart.clone(), tables);
    parts::write(first_result, &mut apart, tables);
    cards::write(plan, &mut apart, tables);
    outcome.completed_on
}

fn events(plan: &Plan, chance: &mut Chance, tables: &mut Tables) {
    if let Some((leave, reason)) = plan.leave {
        tables.of_mut(Table::Leaves).push([
            Cell::Enrolment(plan.enrolment),
            Cell::Day(leave.first),
            Cell::Day(leave.last),
            Cell::Code(reason),
        ]);
        let mut apart = chance.apart();
        let applied = leave.first.plus_days(apart.weighted(&[(80, -30), (12, 15), (5, 21), (3, 30)]));
        if !apart.per_mille(60) && applied <= exported() {
            tables.of_mut(Table::Leaves).set_last("applied_on", Cell::Day(applied));
        }
    }
    let old = plan.started_on.whole_months_until(inspection()) > plan.programme.max_months - 12;
    let exemption = chance.weighted(&[(990, None), (6, Some("study_activity"))]);
    let longer = (old && chance.per_mille(150)).then_some("maximum_duration");
    for kind in exemption.into_iter().chain(longer) {
        tables.of_mut(Table::Exemptions).push([
            Cell::Enrolment(plan.enrolment),
            Cell::Code(kind),
            Cell::Empty,
            Cell::Day(inspection().plus_days(-chance.between(20, 300)).max(plan.started_on)),
            Cell::Int(if kind == "maximum_duration" { chance.between(1, 2) * 6 } else { 0 }),
        ]);
    }
}

pub(super) fn register(
    plan: &Plan,
    outcome: &Outcome,
    rights: &Rights,
    person: &Person,
    chance: &mut Chance,
    tables: &mut Tables,
) {
    let withdrawn = plan.withdraws_on.filter(|day| *day <= exported());
    let away = plan.leave.is_some_and(|(leave, _)| leave.contains(inspection()));
    let (status, ended_on) = match (outcome.completed_on, withdrawn) {
        (Some(day), _) => ("completed", Some(day)),
        (None, Some(day)) => ("withdrawn", Some(day)),
        (None, None) if away => ("on_leave", None),
        (None, None) => ("active", None),
    };
    let shortening = (plan.entry_credit >= 30).then_some(plan.entry_credit * 100);
    tables.of_mut(Table::Enrolments).push([
        Cell::Student(plan.student),
        Cell::Enrolment(plan.enrolment),
        Cell::maybe(person.cpr.as_deref(), Cell::text),
        Cell::Code(person.given_name),
        Cell::Code(person.family_name),
        Cell::text(person.email.as_str()),
        Cell::Code(person.language),
        Cell::Code(person.country),
        Cell::maybe(person.citizenship, Cell::Code),
        Cell::Code(plan.programme.code),
        Cell::Day(plan.started_on),
        Cell::Code(status),
        Cell::maybe(ended_on, Cell::Day),
        Cell::maybe(rights.extension_months, Cell::Int),
        Cell::maybe(shortening, Cell::Hundredths),
        Cell::maybe(plan.readmitted_on, Cell::Day),
        if chance.per_mille(12) || rights.supplement { Cell::Bool(true) } else { Cell::Empty },
        if rights.single_parent { Cell::Bool(true) } else { Cell::Empty },
        match chance.below(33) {
            0 => Cell::Bool(false),
            1..12 => Cell::Empty,
            _ => Cell::Bool(true),
        },
    ]);
}
