//! Student cards: most are in use, some on their way to it, lost or worn out.

use super::chance::Chance;
use super::plan::{Plan, exported};
use super::rows::{Cell, Tables};
use crate::contract::Table;

const PLACES: [&str; 4] = ["Gløshaugen", "Dragvoll", "Gjøvik", "Ålesund"];

pub fn write(plan: &Plan, chance: &mut Chance, tables: &mut Tables) {
    if chance.per_mille(12) {
        return;
    }
    // Guests bring the card of their own university.
    let issuer = chance.weighted(&[(955, None), (15, Some("dtu")), (15, Some("ntnu")), (15, Some("ntu"))]);
    let photo = !chance.per_mille(6);
    let known = |day: &crate::base::Day| *day <= exported();
    let ordered = Some(plan.started_on.plus_days(chance.between(-30, 10))).filter(|day| photo && known(day));
    let collected = ordered.map(|day| day.plus_days(chance.between(3, 20))).filter(known);
    let activated = collected.filter(|_| !chance.per_mille(15));
    let lost = ordered.filter(|_| chance.per_mille(12));
    let lost = lost.map(|day| day.plus_days(chance.between(20, 400))).filter(known);
    let place = *chance.pick(&PLACES);
    let mut yes = |per_mille: u32| Cell::Bool(chance.per_mille(per_mille));
    let [refused, abroad, worn_out, fee, medicine, hospital, leave, functions] =
        [5, 40, 10, 980, 60, 50, 30, 30].map(&mut yes);
    tables.of_mut(Table::StudentCards).push([
        Cell::Enrolment(plan.enrolment),
        Cell::maybe(issuer, Cell::Code),
        Cell::Bool(photo),
        refused,
        abroad,
        Cell::Bool(photo),
        if issuer == Some("ntnu") { Cell::Code(place) } else { Cell::Empty },
        Cell::maybe(ordered, Cell::Day),
        Cell::maybe(collected, Cell::Day),
        Cell::maybe(activated, Cell::Day),
        Cell::maybe(activated, |_| Cell::Int(chance.between(7, 22))),
        Cell::maybe(lost, Cell::Day),
        worn_out,
        fee,
        medicine,
        hospital,
        leave,
        functions,
    ]);
}
