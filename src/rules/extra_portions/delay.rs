//! The delay that an application rests on: of its period, and of the whole programme. Formulas: [`super::xk201`].

use crate::base::{Day, Ects, Month, Period};
use crate::contract::Table;
use crate::contract::codes::PaymentKind;
use crate::rules::{Case, known};
use crate::student::exports::{Claim, Payment};
use crate::student::leave;
use crate::student::view::{Known, ResultRow};
use crate::verdicts::Evidence;

/// The delay since the programme began.
#[derive(Clone, Copy, Debug)]
pub struct WholeDelay {
    /// Calendar months, those of the start and of the end included.
    pub months_enrolled: i32,
    /// Whole months of these.
    pub months_on_leave: i32,
    /// Own ECTS by the end of the window.
    pub passed: Ects,
    pub ects: Ects,
}

/// Ordinary SU of the period.
fn payments<'a>(case: &Case<'a>, claim: &'a Claim) -> impl Iterator<Item = &'a Payment> + use<'a> {
    let in_period = |month: Month| claim.period_from <= month && month <= claim.period_to;
    case.payments()
        .iter()
        .filter(move |row| row.kind == PaymentKind::Ordinary && row.portions > 0 && in_period(row.month))
}

/// Months of the period with an ordinary payment, plus those with another student support.
pub fn months_supported(case: &Case, claim: &Claim) -> i32 {
    let mut months: Vec<Month> = payments(case, claim).map(|row| row.month).collect();
    months.sort_unstable();
    months.dedup();
    let in_all = claim.period_to.index() - claim.period_from.index() + 1;
    (months.len() as i32 + claim.other_support_months).min(in_all)
}

/// The exams registered for in the window: the ECTS of each group once, by the lowest course code registered
/// for, and the lines of all. `None` without any.
fn registered(case: &Case, window: Period) -> Known<Option<(Ects, Vec<u32>)>> {
    case.equivalences()?;
    let catalogue = &case.exports.catalogue;
    let in_window = || Ok(case.registrations()?.filter(|row| window.contains(row.exam_date)));
    let mut courses: Vec<(u32, u32)> =
        in_window()?.map(|row| (catalogue.group(row.course), row.course)).collect();
    if courses.is_empty() {
        return Ok(None);
    }
    courses.sort_unstable();
    courses.dedup_by_key(|(group, _)| *group);
    let courses = courses.iter().filter_map(|(_, course)| catalogue.course(*course));
    let lines = in_window()?.map(|row| row.line).collect();
    Ok(Some((courses.map(|course| course.ects).sum(), lines)))
}

/// Five ECTS a supported month; no more than the exams registered for in the window hold.
pub fn expected(case: &Case, months_supported: i32, window: Period) -> Known<Ects> {
    let by_support = case.law.ects_per_month * months_supported;
    Ok(registered(case, window)?.map_or(by_support, |(ects, _)| by_support.min(ects)))
}

/// The passes that count and are of the university itself, by the day of their assessment.
fn own_passes<'a>(case: &Case<'a>, when: impl Fn(Day) -> bool) -> Known<impl Iterator<Item = ResultRow<'a>>> {
    let own = move |pass: &ResultRow| !pass.transferred && when(pass.assessed_on);
    Ok(case.counted_passes(|_| false)?.filter(own))
}

pub fn own_passed(case: &Case, when: impl Fn(Day) -> bool) -> Known<Ects> {
    Ok(own_passes(case, when)?.map(|pass| pass.ects).sum())
}

/// The ECTS of these passes as a fact, with their rows.
pub fn passed_fact(
    case: &Case,
    fact: &'static str,
    ects: Known<Ects>,
    when: impl Fn(Day) -> bool,
) -> Evidence {
    let passes = own_passes(case, when).into_iter().flatten();
    case.rows(fact, known(ects), Table::Results, passes.map(|pass| pass.line))
}

pub fn whole_delay(case: &Case, period_to: Month, window: Period) -> Known<WholeDelay> {
    // A programme that has ended was studied until its last month, and a leave from it ended then.
    let until = case.ended_on().map_or(period_to, |ended| period_to.min(ended.month()));
    let months_enrolled = until.index() - case.enrolment.started_on.month().index() + 1;
    let months_on_leave = leave::whole_months_until(case.leaves()?, until.last_day());
    let passed = own_passed(case, |assessed_on| assessed_on <= window.last)?;
    let ects = (case.law.ects_per_month * (months_enrolled - months_on_leave) - passed).or_zero();
    Ok(WholeDelay { months_enrolled, months_on_leave, passed, ects })
}

/// What the period's delay is made of.
pub fn facts_of_support(case: &Case, claim: &Claim, months_supported: i32, window: Period) -> Vec<Evidence> {
    let lines = payments(case, claim).map(|row| row.line);
    let mut facts = vec![case.rows("months_supported", months_supported, Table::SuPayments, lines)];
    if claim.other_support_months > 0 {
        let months = claim.other_support_months;
        facts.push(case.rows("other_support_months", months, Table::ExtraPortionClaims, [claim.line]));
    }
    facts.push(case.law_fact("ects_per_month", "extra_portions.ects_per_month"));
    if let Ok(Some((ects, lines))) = registered(case, window) {
        facts.push(case.rows("ects_registered", ects, Table::ExamRegistrations, lines));
    }
    facts
}

/// What the delay in all is made of.
pub fn facts_of_whole(case: &Case, whole: Known<WholeDelay>, window: Period) -> Vec<Evidence> {
    let mut facts = Vec::new();
    if let Ok(whole) = whole {
        let leaves = case.leaves().unwrap_or_default().iter().map(|leave| leave.line);
        facts.extend([
            case.figure("months_enrolled", whole.months_enrolled, "from the start to the end of the period"),
            case.rows("months_on_leave", whole.months_on_leave, Table::Leaves, leaves),
            passed_fact(case, "own_ects", Ok(whole.passed), |day| day <= window.last),
        ]);
    }
    facts.push(case.figure(
        "whole_delay",
        known(whole.map(|whole| whole.ects)),
        "max(0, ects_per_month × (months_enrolled − months_on_leave) − own_ects)",
    ));
    facts
}
