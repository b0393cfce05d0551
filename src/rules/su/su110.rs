#![doc = include_str!("su110.md")]

use super::{month_list, payment_lines, sum};
use crate::base::{Day, Month, counted};
use crate::contract::Table;
use crate::contract::codes::{PaymentKind, Status};
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus};
use crate::student::view::EnrolmentView;
use crate::verdicts::Severity;

pub static RULE: Rule = Rule {
    code: "SU110",
    name: "holiday-between-programmes",
    title: "SU in the holiday between BSc or BEng and MSc",
    family: Family::Su,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[Table::EarlyStarts],
    parameters: &["su.holiday_months"],
    sources: &["SU office pages, SU in the holiday between two programmes"],
    documentation: include_str!("su110.md"),
    judges: Judges::Inspected,
    calls_for: &[],
    unfavourable: None,
    speaks,
    report,
};

/// The holiday before a master programme.
pub struct Holiday<'a> {
    /// The BSc or BEng completed last before the start, and its end.
    pub earlier: Option<(EnrolmentView<'a>, Day)>,
    /// A completed BSc or BEng has no day of its end.
    pub end_unknown: bool,
    /// Calendar months between the two.
    pub gap: Option<i32>,
    /// Ordinary SU of this programme for months before that of the start.
    pub paid: Vec<(Month, i32)>,
    /// Those of them without a right to it.
    pub conflicts: Vec<(Month, i32)>,
    /// Those of them that an early start of the same summer would give a right to.
    pub excused: Vec<(Month, i32)>,
}

/// `None` for a programme that is no master programme.
pub fn decide<'a>(case: &Case<'a>) -> Option<Holiday<'a>> {
    if !case.programme.level.is_master() {
        return None;
    }
    let started_on = case.enrolment.started_on;
    let first = started_on.month();
    let paid: Vec<(Month, i32)> =
        case.portions_by_month(PaymentKind::Ordinary).take_while(|(month, _)| *month < first).collect();
    let bachelors = case
        .enrolments_of_student()
        .iter()
        .map(|index| case.other(*index))
        .filter(|view| view.enrolment.status == Status::Completed && !view.programme.level.is_master());
    let end_unknown = bachelors.clone().any(|view| view.enrolment.ended_on.is_none());
    let ended = bachelors.filter_map(|view| Some((view, view.ended_on()?)));
    let earlier = ended.filter(|(_, day)| *day < started_on).max_by_key(|(view, day)| (*day, view.index));
    let gap = earlier.map(|(_, day)| months_between(day, started_on));
    let conflicts = match (&earlier, gap) {
        (Some((_, day)), Some(gap)) => {
            let entitled = |month: Month| gap <= case.law.holiday_months && month > day.month();
            paid.iter().copied().filter(|(month, _)| !entitled(*month)).collect()
        }
        _ => Vec::new(),
    };
    let early = earlier.and_then(|(_, day)| early_start(case, day));
    let may_have = |month: Month| match case.early_starts() {
        Ok(_) => early.is_some_and(|(gap, first)| gap <= case.law.holiday_months && month >= first),
        // Any exam between the two may have made one.
        Err(_) => earlier.is_some_and(|(_, day)| month > day.month()),
    };
    let excused = conflicts.iter().copied().filter(|(month, _)| may_have(*month)).collect();
    Some(Holiday { earlier, end_unknown, gap, paid, conflicts, excused })
}

/// With an early start the holiday ends in the month of its exam: the months between then, and the
/// first month of SU. Only an exam between the two programmes makes one.
fn early_start(case: &Case, ended_on: Day) -> Option<(i32, Month)> {
    let rows = case.early_starts().ok()?;
    let within = |day: &Day| ended_on < *day && *day < case.enrolment.started_on;
    let exam = rows.iter().map(|row| row.exam_date).filter(within).min()?;
    Some((months_between(ended_on, exam.month().first_day()), ended_on.month().plus(1)))
}

/// Calendar months whose first day lies on or after the end and before the start.
fn months_between(end: Day, start: Day) -> i32 {
    let first_from = |day: Day| {
        let month = day.month();
        if month.first_day() < day { month.plus(1) } else { month }
    };
    (first_from(start).index() - first_from(end).index()).max(0)
}

impl Holiday<'_> {
    fn severity(&self) -> Option<Severity> {
        if self.paid.is_empty() {
            return None;
        }
        if self.end_unknown || self.earlier.is_none() {
            return Some(Severity::Review);
        }
        match self.conflicts.len() - self.excused.len() {
            0 => (!self.excused.is_empty()).then_some(Severity::Review),
            _ => Some(Severity::Action),
        }
    }
}

fn speaks(case: &Case, _: &Decisions) -> Option<Severity> {
    decide(case)?.severity()
}

fn report(case: &Case, _: &Decisions) -> Vec<Report> {
    let Some(holiday) = decide(case) else {
        let why = "only a master programme has a holiday before it".to_owned();
        return vec![Report::new(Outcome::NotApplicable(why), "No master programme.", Vec::new())];
    };
    let lines = payment_lines(case, PaymentKind::Ordinary, &holiday.paid);
    let mut evidence = vec![
        case.register("started_on", case.enrolment.started_on),
        case.law_fact("holiday_months", "su.holiday_months"),
        case.rows("portions_before_start", sum(&holiday.paid), Table::SuPayments, lines),
    ];
    if holiday.paid.is_empty() && (holiday.end_unknown || holiday.earlier.is_none()) {
        let why = "no ordinary SU was paid before the month of the start".to_owned();
        return vec![Report::new(Outcome::NotApplicable(why), "No SU before the start.", evidence)];
    }
    let paid = match holiday.paid.len() {
        0 => "No ordinary SU before the month of the start.".to_owned(),
        _ => format!("Ordinary SU before the month of the start: {}.", month_list(&holiday.paid)),
    };
    let (Some((view, ended_on)), Some(gap), false) = (holiday.earlier, holiday.gap, holiday.end_unknown)
    else {
        let why = if holiday.end_unknown {
            "the day an earlier programme was completed is not in the register"
        } else {
            "no completed BSc or BEng before the start is in the register"
        };
        let message = format!("{paid} Unknown: {why}.");
        return vec![Report::new(Outcome::Unknown(why.to_owned()), message, evidence)];
    };
    evidence.push(case.rows_of(&view, "ended_on", ended_on, Table::Enrolments, [view.enrolment.line]));
    evidence.push(case.figure(
        "months_between",
        gap,
        "months whose 1st lies from the end to before the start",
    ));
    let most = case.law.holiday_months;
    let right = if gap > most {
        "no SU in the holiday".to_owned()
    } else {
        format!("SU from {}", ended_on.month().plus(1))
    };
    let months = |number: i32| counted(number, "calendar month", "calendar months");
    let margin = match most - gap {
        left if left >= 0 => format!("{} within the limit", months(left)),
        over => format!("{} over the limit", months(-over)),
    };
    let (outcome, message) = if holiday.conflicts.is_empty() {
        (Outcome::Met, format!("{} between the programmes: {right}. {paid}", months(gap)))
    } else {
        let absent = case.early_starts().err().filter(|_| !holiday.excused.is_empty());
        let (perhaps, without): (Vec<_>, Vec<_>) =
            holiday.conflicts.iter().partition(|month| absent.is_some() && holiday.excused.contains(month));
        let mut message = format!("{} between the programmes: {right}.", months(gap));
        if !without.is_empty() {
            message = format!("{message} Paid without a right: {}.", month_list(&without));
        }
        let unknown = absent.map(|unknown| {
            let months = month_list(&perhaps);
            format!("whether an early start gives a right to {months}, {unknown}")
        });
        if let Some(why) = &unknown {
            message = format!("{message} Unknown: {why}.");
        }
        match (holiday.severity(), unknown) {
            (Some(Severity::Review), Some(why)) => (Outcome::Unknown(why), message),
            (Some(Severity::Review), None) => {
                let why = "an early start is registered, and would give a right to these months";
                (Outcome::NeedsHuman(why.to_owned()), format!("{message} For a person: {why}."))
            }
            _ => (Outcome::NotMet, message),
        }
    };
    vec![Report::new(outcome, message, evidence).margin(margin)]
}
