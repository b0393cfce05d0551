#![doc = include_str!("su113.md")]

use super::{month_list, payment_lines, payments_of, programme_begun, sum};
use crate::base::{Day, Ects, Month, counted};
use crate::contract::Table;
use crate::contract::codes::{PaymentKind, Status};
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus};
use crate::student::exports::Payment;
use crate::student::view::{EnrolmentView, Known, ResultRow};
use crate::verdicts::{Evidence, Severity};

pub static RULE: Rule = Rule {
    code: "SU113",
    name: "su-after-the-end",
    title: "SU for months after the end of a programme",
    family: Family::Su,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[Table::CourseEquivalences],
    parameters: &[],
    sources: &[
        "SU office pages, SU in the holiday between two programmes",
        "Study rules, Transferring to an MSc programme",
    ],
    documentation: include_str!("su113.md"),
    judges: Judges::EndedToo(|case| severity(case).is_some()),
    calls_for: &[],
    unfavourable: None,
    speaks,
    report,
};

/// An ended programme of the student on which SU was paid too long, or may have been.
pub struct Ended<'a> {
    pub view: EnrolmentView<'a>,
    /// `None`: the register has no day.
    pub ended_on: Option<Day>,
    /// Months after that of the end.
    pub after: Vec<(Month, i32)>,
    /// Months after that of the last pass, up to that of the end; bachelor programmes only.
    pub after_last_pass: Vec<(Month, i32)>,
    last_pass: Option<Day>,
}

impl Ended<'_> {
    fn severity(&self) -> Option<Severity> {
        if self.ended_on.is_none() || !self.after_last_pass.is_empty() {
            Some(Severity::Review)
        } else {
            (!self.after.is_empty()).then_some(Severity::Action)
        }
    }
}

/// The ended programmes with payments, said once: on the inspected programme begun last, or on the last
/// of all when the student has none.
pub fn decide<'a>(case: &Case<'a>) -> impl Iterator<Item = Ended<'a>> + use<'a> {
    let here = said_on(case).is_some_and(|last| last.index == case.view.index);
    of_student(case).filter(move |_| here).filter_map(ended)
}

/// The enrolment of the student on which the ended ones are spoken of.
fn said_on<'a>(case: &Case<'a>) -> Option<EnrolmentView<'a>> {
    of_student(case).max_by_key(rank)
}

/// What is said of several enrolments of a student stands on the highest: an inspected one, then the one begun last.
fn rank(view: &EnrolmentView) -> (bool, Day, usize) {
    (view.exclusion().is_none(), view.enrolment.started_on, view.index)
}

fn of_student<'a>(case: &Case<'a>) -> impl Iterator<Item = EnrolmentView<'a>> + use<'a> {
    let view = case.view;
    view.enrolments_of_student().iter().map(move |index| view.other(*index))
}

/// Neither is paid without an enrolment.
fn is_support(kind: PaymentKind) -> bool {
    matches!(kind, PaymentKind::Ordinary | PaymentKind::CompletionLoan)
}

/// Ordinary SU of a master programme for months in which a bachelor programme of the student had not
/// ended: in a transitional semester SU belongs to that one. The month of its end may be of either.
fn too_soon(view: &EnrolmentView) -> Vec<(Month, i32)> {
    if !view.programme.level.is_master() {
        return Vec::new();
    }
    let others = view.enrolments_of_student().iter().map(|index| view.other(*index));
    let unfinished: Vec<(Month, Option<Month>)> = others
        .filter(|view| !view.programme.level.is_master() && view.enrolment.status != Status::Withdrawn)
        .filter(|view| view.enrolment.status != Status::Completed || view.enrolment.ended_on.is_some())
        .map(|view| (view.enrolment.started_on.month(), view.ended_on().map(Day::month)))
        .collect();
    if unfinished.is_empty() {
        return Vec::new();
    }
    let of_another = |month: &Month| {
        unfinished.iter().any(|(first, last)| first <= month && last.is_none_or(|last| *month < last))
    };
    view.portions_by_month(PaymentKind::Ordinary).filter(|(month, _)| of_another(month)).collect()
}

fn ended(view: EnrolmentView<'_>) -> Option<Ended<'_>> {
    let status = view.enrolment.status;
    // An end that lies after the inspection is not yet known.
    if !status.has_ended() || view.ends_later() {
        return None;
    }
    let last_paid = view.payments().iter().rev().find(|row| is_support(row.kind) && row.portions > 0)?.month;
    let Some(ended_on) = view.ended_on() else {
        return Some(Ended {
            view,
            ended_on: None,
            after: Vec::new(),
            after_last_pass: Vec::new(),
            last_pass: None,
        });
    };
    let end = ended_on.month();
    let bachelor = status == Status::Completed && !view.programme.level.is_master();
    let passes = view.results().filter(|row| row.code.passed);
    let last_pass = bachelor.then(|| passes.map(|row| row.assessed_on).max()).flatten();
    // Most were paid no longer than they may be, as the last month alone shows.
    let paid = |wanted: &dyn Fn(Month) -> bool| -> Vec<(Month, i32)> {
        if !wanted(last_paid) {
            return Vec::new();
        }
        view.portions_by_month_of(is_support).filter(|(month, _)| wanted(*month)).collect()
    };
    let after_last_pass = last_pass.map_or(Vec::new(), |last| {
        let mut months = paid(&|month| month > last.month());
        months.retain(|(month, _)| *month <= end);
        months
    });
    Some(Ended {
        view,
        ended_on: Some(ended_on),
        after: paid(&|month| month > end),
        after_last_pass,
        last_pass,
    })
}

/// Ordinary SU of months for which it was paid on another programme of the student too, and on which. Those of
/// [`too_soon`] are told as such.
fn twice<'a>(case: &Case<'a>) -> Option<(Vec<(Month, i32)>, EnrolmentView<'a>)> {
    let is_ordinary = |row: &&Payment| row.kind == PaymentKind::Ordinary && row.portions > 0;
    let mut others = of_student(case).filter(|other| rank(other) < rank(&case.view));
    others.find_map(|other| {
        let first = case.payments().iter().find(is_ordinary)?.month;
        // Most were paid one after the other, as their ends show.
        if other.payments().iter().rev().find(is_ordinary)?.month < first {
            return None;
        }
        let paid_there =
            |month: Month| other.payments().iter().any(|row| row.month == month && is_ordinary(&row));
        let too_soon = [too_soon(case), too_soon(&other)].concat();
        let told = |month: Month| too_soon.iter().any(|(soon, _)| *soon == month);
        let months = case.portions_by_month(PaymentKind::Ordinary);
        let months: Vec<_> = months.filter(|(month, _)| paid_there(*month) && !told(*month)).collect();
        (!months.is_empty()).then_some((months, other))
    })
}

/// A BSc or BEng that has not ended, but whose passes fill the programme.
struct Filled {
    ects: Ects,
    last: Day,
    /// Months of ordinary SU after that of the last pass.
    paid: Vec<(Month, i32)>,
    known: Known<()>,
}

/// The passes that count. Without equivalences each course counts by itself, which may be too much.
fn counted_passes<'a>(case: &Case<'a>) -> impl Iterator<Item = ResultRow<'a>> + use<'a> {
    let mut last_group = None;
    case.results().filter(move |row| row.code.passed && last_group.replace(row.group) != Some(row.group))
}

fn filled(case: &Case) -> Option<Filled> {
    if case.programme.level.is_master() || case.enrolment.status.has_ended() {
        return None;
    }
    let ects: Ects = counted_passes(case).map(|pass| pass.ects).sum();
    if ects < case.programme.ects {
        return None;
    }
    let last = counted_passes(case).map(|pass| pass.assessed_on).max()?;
    let paid = case.portions_by_month(PaymentKind::Ordinary);
    let paid: Vec<(Month, i32)> = paid.filter(|(month, _)| *month > last.month()).collect();
    (!paid.is_empty()).then(|| Filled { ects, last, paid, known: case.equivalences() })
}

fn speaks(case: &Case, _: &Decisions) -> Option<Severity> {
    severity(case)
}

fn severity(case: &Case) -> Option<Severity> {
    let for_a_person = !too_soon(case).is_empty() || filled(case).is_some() || twice(case).is_some();
    let for_a_person = for_a_person.then_some(Severity::Review);
    decide(case).filter_map(|ended| ended.severity()).max().max(for_a_person)
}

fn report(case: &Case, _: &Decisions) -> Vec<Report> {
    let all: Vec<Ended> = decide(case).collect();
    let (too_soon, filled) = (too_soon(case), filled(case));
    let twice = twice(case);
    if all.is_empty() && too_soon.is_empty() && filled.is_none() && twice.is_none() {
        let elsewhere = said_on(case).filter(|_| of_student(case).any(|view| ended(view).is_some()));
        let (why, message) = match elsewhere {
            Some(last) => {
                let id = &last.enrolment.enrolment_id;
                (
                    format!("ended programmes with SU are spoken of on enrolment {id}"),
                    "Said on another enrolment.",
                )
            }
            None => {
                let why = "no ended programme of the student has ordinary SU or a completion loan".to_owned();
                (why, "No ended programme with SU.")
            }
        };
        return vec![Report::new(Outcome::NotApplicable(why), message, Vec::new())];
    }
    let (mut messages, mut evidence, mut portions) = (Vec::new(), Vec::new(), 0);
    for ended in &all {
        let programme = programme_begun(&ended.view);
        evidence.extend(facts(case, ended));
        portions += sum(&ended.after);
        let Some(day) = ended.ended_on else {
            messages.push(format!("{programme} has ended, but the register has no day of it."));
            continue;
        };
        if !ended.after.is_empty() {
            let months = month_list(&ended.after);
            messages.push(format!(
                "SU or completion loan on {programme} for months after its end on {day}: {months}."
            ));
        }
        if !ended.after_last_pass.is_empty() {
            let months = month_list(&ended.after_last_pass);
            messages.push(format!(
                "SU or completion loan on {programme} after the month of its last pass: {months}."
            ));
        }
    }
    if !too_soon.is_empty() {
        let months = month_list(&too_soon);
        messages.push(format!("Ordinary SU on this programme before the BSc or BEng had ended: {months}."));
        let lines = payment_lines(case, PaymentKind::Ordinary, &too_soon);
        evidence.push(case.rows("portions_too_soon", sum(&too_soon), Table::SuPayments, lines));
    }
    if let Some((months, other)) = &twice {
        let (programme, list) = (programme_begun(other), month_list(months));
        messages
            .push(format!("Ordinary SU on this programme and on {programme} for the same months: {list}."));
        let there = payments_of(other, PaymentKind::Ordinary, months).filter(|row| row.portions > 0);
        let there: Vec<&Payment> = there.collect();
        let portions: i32 = there.iter().map(|row| row.portions).sum();
        let here = payment_lines(case, PaymentKind::Ordinary, months);
        evidence.push(case.rows("portions_here", sum(months), Table::SuPayments, here));
        let lines = there.iter().map(|row| row.line);
        evidence.push(case.rows_of(other, "portions_there", portions, Table::SuPayments, lines));
    }
    if let Some(filled) = &filled {
        messages.push(in_words(case, filled));
        evidence.extend(facts_of_filled(case, filled));
    }
    let outcome = match all.iter().filter_map(Ended::severity).max() {
        other if other < Some(Severity::Review) && filled.is_some() => {
            Outcome::NeedsHuman("whether the programme is finished is for a person".to_owned())
        }
        other if other < Some(Severity::Review) && !(too_soon.is_empty() && twice.is_none()) => {
            Outcome::NeedsHuman("to which programme the SU belongs is for a person".to_owned())
        }
        other => outcome(&all, other),
    };
    if messages.is_empty() {
        messages.push("No SU for a month after the end of a programme.".to_owned());
    }
    let (portions, of) = match &filled {
        Some(filled) if all.is_empty() => (sum(&filled.paid), "last pass"),
        _ => (portions, "end"),
    };
    let margin = format!("{} after the {of}", counted(portions, "portion", "portions"));
    vec![Report::new(outcome, messages.join(" "), evidence).margin(margin)]
}

fn in_words(case: &Case, filled: &Filled) -> String {
    let (ects, of, months) = (filled.ects, case.programme.ects, month_list(&filled.paid));
    let level = case.programme.level.code();
    let appears = match filled.known {
        Ok(()) => format!("By its ECTS the {level} is finished ({ects} of {of})"),
        Err(unknown) => {
            format!("By its ECTS the {level} may be finished (up to {ects} of {of}; {unknown})")
        }
    };
    format!("{appears}: ordinary SU after {}, the month of its last pass: {months}.", filled.last.month())
}

fn facts_of_filled(case: &Case, filled: &Filled) -> Vec<Evidence> {
    let lines = counted_passes(case).map(|pass| pass.line);
    let last = counted_passes(case).filter(|pass| pass.assessed_on == filled.last);
    let paid = payment_lines(case, PaymentKind::Ordinary, &filled.paid);
    vec![
        case.rows("ects_passed", filled.ects, Table::Results, lines),
        case.programme_fact("programme_ects", case.programme.ects),
        case.rows("last_pass", filled.last, Table::Results, last.map(|pass| pass.line)),
        case.rows("portions_after_last_pass", sum(&filled.paid), Table::SuPayments, paid),
    ]
}

fn outcome(all: &[Ended], loudest: Option<Severity>) -> Outcome {
    match loudest {
        Some(Severity::Review) if all.iter().any(|ended| ended.ended_on.is_none()) => {
            Outcome::Unknown("the day a programme ended is not in the register".to_owned())
        }
        Some(Severity::Review) => {
            Outcome::NeedsHuman("whether SU ended with the last pass is for a person".to_owned())
        }
        Some(_) => Outcome::NotMet,
        None => Outcome::Met,
    }
}

fn facts(case: &Case, ended: &Ended) -> Vec<Evidence> {
    let view = &ended.view;
    let day = ended.ended_on.map_or("unknown".to_owned(), |day| day.to_string());
    let lines = |months: &[(Month, i32)]| -> Vec<u32> {
        let listed = |month: Month| months.iter().any(|(found, _)| *found == month);
        let rows = view.payments().iter().filter(|row| is_support(row.kind) && listed(row.month));
        rows.map(|row| row.line).collect()
    };
    let mut facts = vec![
        case.rows_of(view, "ended_on", day, Table::Enrolments, [view.enrolment.line]),
        case.rows_of(view, "portions_after_end", sum(&ended.after), Table::SuPayments, lines(&ended.after)),
    ];
    if !ended.after_last_pass.is_empty() {
        let lines = lines(&ended.after_last_pass);
        let portions = sum(&ended.after_last_pass);
        facts.push(case.rows_of(view, "portions_after_last_pass", portions, Table::SuPayments, lines));
        if let Some(day) = ended.last_pass {
            let passes = view.results().filter(|row| row.code.passed && row.assessed_on == day);
            facts.push(case.rows_of(view, "last_pass", day, Table::Results, passes.map(|row| row.line)));
        }
    }
    facts
}
