//! Rows that are well formed each by itself and cannot all be true.
//!
//! A year typed wrongly, an export that holds something twice or credit that was registered under one
//! placeholder would be counted without a word. Nobody can tell here which of the rows is wrong, so no
//! figure is changed; the case goes to a person, until the row is mended at its source.

use crate::base::{Day, Month};
use crate::contract::Table;
use crate::contract::codes::{PaymentKind, ProjectKind};
use crate::rules::{Case, Decisions};
use crate::student::exports::Payment;
use crate::student::view::{EnrolmentView, ResultRow};
use crate::verdicts::ReviewReason;

/// A result may be registered before the nominal exam of its course, but not by so much.
const ASSESSED_EARLY_DAYS: i32 = 183;
/// A new assessment after a complaint keeps the date of the exam.
const ASSESSED_LATE_DAYS: i32 = 366;
/// SU from June for a programme that begins in September.
const PAID_EARLY_MONTHS: i32 = 3;
/// A double payment.
const MOST_PORTIONS_A_MONTH: i32 = 2;

/// Rows that cannot all be true.
pub struct Contradiction {
    pub reason: ReviewReason,
    pub table: Table,
    /// Of its file.
    pub lines: Vec<u32>,
}

/// Why the rows of an inspected enrolment need a person.
pub fn found(case: &Case, decisions: &Decisions) -> impl Iterator<Item = Contradiction> {
    let payments = Payments::of(case).with_frame(case, decisions);
    let implausible = case.all_results().filter(has_implausible_date).map(|row| row.line);
    let found = [
        (ReviewReason::SameExamTwice, Table::Results, one_exam_is_two_attempts(case, decisions)),
        (ReviewReason::CreditMerged, Table::Results, credit_has_one_code(case)),
        (ReviewReason::ImplausibleResultDate, Table::Results, implausible.collect()),
        (ReviewReason::PaidBeforeStart, Table::SuPayments, payments.before_start),
        (ReviewReason::TooManyPortions, Table::SuPayments, payments.too_many),
        (ReviewReason::RepeatedPayment, Table::SuPayments, payments.repeated),
        (ReviewReason::PortionPaidBack, Table::SuPayments, payments.paid_back),
        (ReviewReason::EnrolledTwice, Table::Enrolments, enrolled_twice(case)),
        (ReviewReason::ImplausibleRegisterRow, Table::Enrolments, implausible_register_row(case)),
    ];
    let contradiction = |(reason, table, lines)| Contradiction { reason, table, lines };
    found.into_iter().map(contradiction).filter(|found| !found.lines.is_empty())
}

/// Of the courses of which the student is told that attempts are used up, or nearly.
fn one_exam_is_two_attempts(case: &Case, decisions: &Decisions) -> Vec<u32> {
    let mut lines = Vec::new();
    for group in decisions.attempts.at_limit() {
        let attempts = case
            .results()
            .filter(|row| row.group == group.group && !row.transferred && row.code.uses_attempt)
            .filter_map(|row| row.exam_date.map(|day| (day, row.line)));
        let mut attempts: Vec<(Day, u32)> = attempts.collect();
        attempts.sort_unstable();
        let of_one_day = attempts.chunk_by(|one, other| one.0 == other.0).filter(|rows| rows.len() > 1);
        lines.extend(of_one_day.flatten().map(|(_, line)| *line));
    }
    lines
}

/// Courses of other universities under one code count as one course, and only one of them counts.
fn credit_has_one_code(case: &Case) -> Vec<u32> {
    // Only credit may have a code that the catalogue lacks.
    let is_outside = |row: &ResultRow| case.exports.catalogue.course(row.course).is_none();
    let mut lines = Vec::new();
    let mut last: Option<ResultRow> = None;
    // Rows are in the order of their groups.
    for row in case.results().filter(|row| row.code.passed && is_outside(row)) {
        if let Some(before) = last.replace(row).filter(|before| before.group == row.group) {
            lines.extend([before.line, row.line]);
        }
    }
    lines.dedup();
    lines
}

fn has_implausible_date(row: &ResultRow) -> bool {
    let Some(exam) = row.exam_date.filter(|_| !row.transferred && !row.superseded) else { return false };
    row.assessed_on < exam.plus_days(-ASSESSED_EARLY_DAYS)
        || row.assessed_on > exam.plus_days(ASSESSED_LATE_DAYS)
}

/// What cannot be true of ordinary SU: the lines of its rows, of all of a month in which something is found.
#[derive(Default)]
struct Payments {
    before_start: Vec<u32>,
    too_many: Vec<u32>,
    /// Two equal rows of a month, where no double payment before a paid internship explains them.
    repeated: Vec<u32>,
    /// An amount was paid back in a month whose portion counts all the same.
    paid_back: Vec<u32>,
}

impl Payments {
    fn of(view: &EnrolmentView) -> Payments {
        let mut found = Payments::default();
        let earliest = view.enrolment.started_on.month().index() - PAID_EARLY_MONTHS;
        for rows in view.payments_by_month(PaymentKind::Ordinary) {
            let (month, portions) = (rows[0].month, rows.iter().map(|row| row.portions).sum::<i32>());
            let mut twice =
                rows.iter().zip(&rows[1..]).filter(|(row, next)| row.portions > 0 && is_equal(row, next));
            let checks = [
                (portions > 0 && month.index() < earliest, &mut found.before_start),
                (portions > MOST_PORTIONS_A_MONTH, &mut found.too_many),
                (twice.next().is_some() && !is_before_internship(view, month), &mut found.repeated),
                (portions > 0 && rows.iter().any(is_paid_back), &mut found.paid_back),
            ];
            for (_, lines) in checks.into_iter().filter(|(is_so, _)| *is_so) {
                lines.extend(rows.iter().map(|row| row.line));
            }
        }
        found
    }

    /// Where the student is told that the frame runs out, which SU on every programme has used.
    fn with_frame(mut self, case: &Case, decisions: &Decisions) -> Payments {
        if decisions.portions.running_out(case) {
            let others = case.enrolments_of_student().iter().filter(|other| **other as usize != case.index);
            for other in others.map(|other| Payments::of(&case.other(*other))) {
                self.too_many.extend(other.too_many);
                self.repeated.extend(other.repeated);
                self.paid_back.extend(other.paid_back);
            }
        }
        self
    }
}

/// Both rows are of one month and kind.
fn is_equal(one: &Payment, other: &Payment) -> bool {
    (one.portions, one.amount) == (other.portions, other.amount)
}

fn is_paid_back(row: &Payment) -> bool {
    row.amount.is_some_and(|amount| amount < 0)
}

/// Whether a paid internship begins in the month after.
fn is_before_internship(view: &EnrolmentView, month: Month) -> bool {
    let mut projects = view.projects().into_iter().flatten();
    projects.any(|project| {
        project.kind == ProjectKind::InternshipPaid && project.starts_on.month().index() == month.index() + 1
    })
}

/// The other rows of the register, and its own.
fn enrolled_twice(case: &Case) -> Vec<u32> {
    let own = case.enrolment;
    let others = case.enrolments_of_student().iter().filter(|other| **other as usize != case.index);
    let same = others.map(|other| &case.exports.enrolments[*other as usize]).filter(|other| {
        other.programme == own.programme
            && !other.status.has_ended()
            && other.started_on <= case.cutoffs.inspection_date
    });
    let mut lines: Vec<u32> = same.map(|other| other.line).collect();
    if !lines.is_empty() {
        lines.push(own.line);
    }
    lines
}

fn implausible_register_row(case: &Case) -> Vec<u32> {
    let row = case.enrolment;
    let readmitted = row.readmitted_on.is_some_and(|day| day < row.started_on);
    let is_so = readmitted || row.shortening_credit > case.programme.ects;
    if is_so { vec![row.line] } else { Vec::new() }
}
