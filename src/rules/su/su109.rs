#![doc = include_str!("su109.md")]

use super::{month_list, payment_lines, sum};
use crate::base::{Month, counted};
use crate::contract::Table;
use crate::contract::codes::PaymentKind;
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus};
use crate::student::exports::EarlyStart;
use crate::student::view::{EnrolmentView, Known, ResultRow};
use crate::verdicts::{Evidence, Severity};

pub static RULE: Rule = Rule {
    code: "SU109",
    name: "early-start",
    title: "SU before an early start without the exam that granted it",
    family: Family::Su,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[Table::EarlyStarts, Table::CourseEquivalences],
    parameters: &["su.early_start_months"],
    sources: &["SU office pages, SU in the holiday between two programmes, Control (checking)"],
    documentation: include_str!("su109.md"),
    judges: Judges::Inspected,
    calls_for: &[],
    unfavourable: None,
    speaks,
    report,
};

/// Whether the student took part in the exam, the best answer first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Participation {
    TookPart,
    /// The exam lies after the inspection.
    NotHeld,
    /// Held, and no result of it is known.
    NoResult,
    /// A result of that summer, but of another day.
    OtherDay,
    /// The result is one that a person must judge.
    Cheating,
    NoPart,
}

/// The early starts of one year.
pub struct Summer<'a> {
    pub year: i32,
    pub participation: Participation,
    pub early_starts: Vec<u32>,
    /// The results looked at, with the enrolment they stand on.
    pub results: Vec<(EnrolmentView<'a>, ResultRow<'a>)>,
    /// The programme began before that summer, which is then no early start.
    pub begun_before: bool,
    /// Ordinary SU of this programme in the months of the law.
    pub paid: Vec<(Month, i32)>,
}

impl Summer<'_> {
    fn severity(&self) -> Option<Severity> {
        match self.participation {
            _ if self.paid.is_empty() => None,
            Participation::TookPart | Participation::NotHeld => None,
            Participation::NoPart => Some(Severity::Action),
            Participation::NoResult | Participation::OtherDay | Participation::Cheating => {
                Some(Severity::Review)
            }
        }
    }
}

pub fn decide<'a>(case: &Case<'a>) -> Known<Vec<Summer<'a>>> {
    let rows = case.early_starts()?;
    let mut summers: Vec<Summer> = Vec::new();
    for row in rows {
        case.equivalences()?;
        let (participation, results) = participation(case, row);
        let year = row.exam_date.month().year();
        match summers.iter_mut().find(|summer| summer.year == year) {
            // Of several exams one is enough.
            Some(summer) => {
                summer.participation = summer.participation.min(participation);
                summer.early_starts.push(row.line);
                summer.results.extend(results);
            }
            None => summers.push(Summer {
                year,
                participation,
                early_starts: vec![row.line],
                results,
                begun_before: begun_before(case, year),
                paid: paid_in_summer(case, year),
            }),
        }
    }
    Ok(summers)
}

fn is_summer(case: &Case, month: Month) -> bool {
    case.law.early_start_months.contains(&month.number())
}

fn begun_before(case: &Case, year: i32) -> bool {
    let first = case.law.early_start_months.iter().min().map(|month| Month::new(year, *month));
    first.is_some_and(|first| case.enrolment.started_on.month() < first)
}

fn paid_in_summer(case: &Case, year: i32) -> Vec<(Month, i32)> {
    if begun_before(case, year) {
        return Vec::new();
    }
    let paid = case.portions_by_month(PaymentKind::Ordinary);
    paid.filter(|(month, _)| month.year() == year && is_summer(case, *month)).collect()
}

/// Own results of the exam's course on any enrolment of the student; those of other days only when
/// there is none of the day itself. A superseded or transitional row shows participation too.
fn participation<'a>(
    case: &Case<'a>,
    early: &EarlyStart,
) -> (Participation, Vec<(EnrolmentView<'a>, ResultRow<'a>)>) {
    if early.exam_date > case.cutoffs.inspection_date {
        return (Participation::NotHeld, Vec::new());
    }
    let group = case.exports.catalogue.group(early.course);
    let through = case.cutoffs.results_through;
    let (mut of_the_day, mut of_other_days) = (Vec::new(), Vec::new());
    for view in case.enrolments_of_student().iter().map(|index| case.other(*index)) {
        let known = view.all_results().filter(|row| row.assessed_on <= through);
        // A superseded row counts nowhere, but a grade that was replaced is still participation.
        let stands = |row: &ResultRow| !row.superseded || row.code.took_part;
        for row in known.filter(|row| !row.transferred && row.group == group && stands(row)) {
            let Some(held) = row.exam_date else { continue };
            if held == early.exam_date {
                of_the_day.push((view, row));
            } else if held.month().year() == early.exam_date.month().year() && is_summer(case, held.month()) {
                of_other_days.push((view, row));
            }
        }
    }
    if of_the_day.is_empty() {
        let none = of_other_days.is_empty();
        return (if none { Participation::NoResult } else { Participation::OtherDay }, of_other_days);
    }
    let any = |test: fn(&ResultRow) -> bool| of_the_day.iter().any(|(_, row)| test(row));
    let answer = if any(|row| row.code.took_part) {
        Participation::TookPart
    } else if any(|row| row.code.cheating) {
        Participation::Cheating
    } else {
        Participation::NoPart
    };
    (answer, of_the_day)
}

/// Begun and paid in the months of the law, or begun later in the year and paid in them before: an early start
/// by all appearance.
fn looks_early(case: &Case) -> bool {
    let first = case.enrolment.started_on.month();
    case.programme.level.is_master() && !paid_in_summer(case, first.year()).is_empty()
}

fn speaks(case: &Case, _: &Decisions) -> Option<Severity> {
    match decide(case) {
        Ok(summers) => summers.iter().filter_map(Summer::severity).max(),
        Err(_) if case.early_starts().is_ok() => Some(Severity::Review),
        Err(_) => looks_early(case).then_some(Severity::Review),
    }
}

fn report(case: &Case, _: &Decisions) -> Vec<Report> {
    let summers = match decide(case) {
        Ok(summers) => summers,
        Err(unknown) => return vec![Report::unknown(unknown, Vec::new())],
    };
    if summers.is_empty() {
        let why = "no early start is registered".to_owned();
        return vec![Report::new(Outcome::NotApplicable(why), "No early start.", Vec::new())];
    }
    let messages: Vec<String> = summers.iter().map(message).collect();
    let loudest = summers.iter().filter_map(|summer| Some((summer.severity()?, summer.participation))).max();
    let outcome = match loudest {
        None => Outcome::Met,
        Some((_, Participation::NoPart)) => Outcome::NotMet,
        Some((_, Participation::NoResult)) => {
            Outcome::Unknown("no result of the exam that granted the early start is known".to_owned())
        }
        Some(_) => Outcome::NeedsHuman("whether the student took part in the exam".to_owned()),
    };
    let to_repay = summers.iter().filter(|summer| summer.participation == Participation::NoPart);
    let portions: i32 = to_repay.map(|summer| sum(&summer.paid)).sum();
    let report = Report::new(outcome, messages.join(" "), evidence(case, &summers));
    vec![report.margin(format!("{} to be repaid", counted(portions, "portion", "portions")))]
}

fn message(summer: &Summer) -> String {
    let year = summer.year;
    let exam = match summer.participation {
        Participation::TookPart => "took part in the exam",
        Participation::NotHeld => "the exam is not held yet",
        Participation::NoResult => "the exam was held and no result of it is known",
        Participation::OtherDay => "the only results are of another day than the exam",
        Participation::Cheating => "the only result of the exam is one that a person must judge",
        Participation::NoPart => "took no part in the exam",
    };
    let (months, portions) = (month_list(&summer.paid), counted(sum(&summer.paid), "portion", "portions"));
    match summer.participation {
        _ if summer.begun_before => {
            format!("Early start of {year}: {exam}; the programme had begun before the summer.")
        }
        _ if summer.paid.is_empty() => {
            format!("Early start of {year}: {exam}; no ordinary SU in the summer.")
        }
        Participation::NoPart => {
            format!("Early start of {year}: {exam}; ordinary SU for {months} is to be repaid ({portions}).")
        }
        _ => format!("Early start of {year}: {exam}; ordinary SU for {months}."),
    }
}

fn evidence(case: &Case, summers: &[Summer]) -> Vec<Evidence> {
    let mut facts = vec![case.law_fact("months", "su.early_start_months")];
    for summer in summers {
        let lines = payment_lines(case, PaymentKind::Ordinary, &summer.paid);
        let rows = summer.early_starts.iter().copied();
        facts.push(case.rows("early_starts", summer.early_starts.len(), Table::EarlyStarts, rows));
        for (view, row) in &summer.results {
            facts.push(case.rows_of(view, "took_part", row.code.took_part, Table::Results, [row.line]));
        }
        facts.push(case.rows("portions_in_summer", sum(&summer.paid), Table::SuPayments, lines));
    }
    facts
}
