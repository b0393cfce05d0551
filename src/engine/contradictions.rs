//! Rows that are well formed each by itself and cannot all be true.
//!
//! A year typed wrongly, an export that holds something twice or credit that was registered under one
//! placeholder would be counted without a word. Nobody can tell here which of the rows is wrong, so no
//! figure is changed; the case goes to a person, until the row is mended at its source.

use crate::base::{Day, Month};
use crate::rules::{Case, Decisions};
use crate::student::codes::{PaymentKind, ProjectKind};
use crate::student::view::{EnrolmentView, PaymentRow, ResultRow};
use crate::verdicts::ReviewReason;

/// A result may be registered before the nominal exam of its course, but not by so much.
const ASSESSED_EARLY_DAYS: i32 = 183;
/// A new assessment after a complaint keeps the date of the exam.
const ASSESSED_LATE_DAYS: i32 = 366;
/// SU from June for a programme that begins in September.
const PAID_EARLY_MONTHS: i32 = 3;
/// A double payment.
const MOST_PORTIONS_A_MONTH: i32 = 2;

/// Why the rows of an inspected enrolment need a person.
pub fn reasons(case: &Case, decisions: &Decisions) -> impl Iterator<Item = ReviewReason> {
    let payments = Payments::of(case).with_frame(case, decisions);
    let found = [
        (one_exam_is_two_attempts(case, decisions), ReviewReason::SameExamTwice),
        (credit_has_one_code(case), ReviewReason::CreditMerged),
        (case.all_results().any(|row| has_implausible_date(&row)), ReviewReason::ImplausibleResultDate),
        (payments.before_start, ReviewReason::PaidBeforeStart),
        (payments.too_many, ReviewReason::TooManyPortions),
        (payments.repeated, ReviewReason::RepeatedPayment),
        (payments.paid_back, ReviewReason::PortionPaidBack),
        (is_enrolled_twice(case), ReviewReason::EnrolledTwice),
        (has_implausible_register_row(case), ReviewReason::ImplausibleRegisterRow),
    ];
    found.into_iter().filter_map(|(is_so, reason)| is_so.then_some(reason))
}

/// Of the courses of which the student is told that attempts are used up, or nearly.
fn one_exam_is_two_attempts(case: &Case, decisions: &Decisions) -> bool {
    decisions.attempts.at_limit().any(|group| {
        let attempts = case
            .results()
            .filter(|row| row.group == group.group && !row.transferred && row.code.uses_attempt)
            .filter_map(|row| row.exam_date);
        let mut days: Vec<Day> = attempts.collect();
        days.sort_unstable();
        days.windows(2).any(|pair| pair[0] == pair[1])
    })
}

/// Courses of other universities under one code count as one course, and only one of them counts.
fn credit_has_one_code(case: &Case) -> bool {
    let is_outside = |row: &ResultRow| row.transferred && case.exports.catalogue.course(row.course).is_none();
    let mut last_group = None;
    // Rows are in the order of their groups.
    case.results()
        .filter(|row| row.code.passed && is_outside(row))
        .any(|row| last_group.replace(row.group) == Some(row.group))
}

fn has_implausible_date(row: &ResultRow) -> bool {
    let Some(exam) = row.exam_date.filter(|_| !row.transferred && !row.superseded) else { return false };
    row.assessed_on < exam.plus_days(-ASSESSED_EARLY_DAYS)
        || row.assessed_on > exam.plus_days(ASSESSED_LATE_DAYS)
}

/// What cannot be true of ordinary SU.
#[derive(Default)]
struct Payments {
    before_start: bool,
    too_many: bool,
    /// Two equal rows of a month, where no double payment before a paid internship explains them.
    repeated: bool,
    /// An amount was paid back in a month whose portion counts all the same.
    paid_back: bool,
}

impl Payments {
    fn of(view: &EnrolmentView) -> Payments {
        let mut found = Payments::default();
        let earliest = view.enrolment.started_on.month().index() - PAID_EARLY_MONTHS;
        // Rows are in the order of month, portions and amount.
        let mut rows = view.payments().filter(|row| row.kind == PaymentKind::Ordinary).peekable();
        while let Some(first) = rows.next() {
            let (mut portions, mut back, mut last) = (first.portions, is_paid_back(&first), first);
            while let Some(row) = rows.next_if(|row| row.month == first.month) {
                let is_equal = row.portions > 0 && (row.portions, row.amount) == (last.portions, last.amount);
                found.repeated |= is_equal && !is_before_internship(view, row.month);
                portions += row.portions;
                back |= is_paid_back(&row);
                last = row;
            }
            found.before_start |= portions > 0 && first.month.index() < earliest;
            found.too_many |= portions > MOST_PORTIONS_A_MONTH;
            found.paid_back |= portions > 0 && back;
        }
        found
    }

    /// Where the student is told that the frame runs out, which SU on every programme has used.
    fn with_frame(mut self, case: &Case, decisions: &Decisions) -> Payments {
        if decisions.portions.running_out(case) {
            let others = case.enrolments_of_student().iter().filter(|other| **other as usize != case.index);
            for other in others.map(|other| Payments::of(&case.other(*other))) {
                self.too_many |= other.too_many;
                self.repeated |= other.repeated;
                self.paid_back |= other.paid_back;
            }
        }
        self
    }
}

fn is_paid_back(row: &PaymentRow) -> bool {
    row.amount.is_some_and(|amount| amount < 0)
}

/// Whether a paid internship begins in the month after.
fn is_before_internship(view: &EnrolmentView, month: Month) -> bool {
    let mut projects = view.projects().into_iter().flatten();
    projects.any(|project| {
        project.kind == ProjectKind::InternshipPaid && project.starts_on.month().index() == month.index() + 1
    })
}

fn is_enrolled_twice(case: &Case) -> bool {
    let own = case.enrolment;
    let others = case.enrolments_of_student().iter().filter(|other| **other as usize != case.index);
    others.map(|other| &case.exports.enrolments[*other as usize]).any(|other| {
        other.programme == own.programme
            && !other.status.has_ended()
            && other.started_on <= case.cutoffs.inspection_date
    })
}

fn has_implausible_register_row(case: &Case) -> bool {
    let row = case.enrolment;
    row.readmitted_on.is_some_and(|day| day < row.started_on) || row.shortening_credit > case.programme.ects
}
