//! SU1: study activity in the sense of the SU act, and the portions a student has left.
//!
//! These rules are about support from the state. They never mix with the university's own study
//! rules (`degree`), neither in wording nor in letters.

use std::fmt::Write;

use crate::base::Month;
use crate::contract::codes::PaymentKind;
use crate::rules::Case;
use crate::student::exports::Payment;
use crate::student::view::EnrolmentView;

mod double_payments;
pub mod earlier;
pub mod readings;
pub mod su101;
pub mod su102;
pub mod su103;
pub mod su104;
pub mod su105;
pub mod su106;
pub mod su107;
pub mod su108;
pub mod su109;
pub mod su110;
pub mod su111;
pub mod su112;
pub mod su113;
pub mod su114;
pub mod su115;
pub mod su116;
pub mod supplement_portions;
mod unpaid_internships;

/// The months as text, with commas between.
fn month_list(months: &[(Month, i32)]) -> String {
    let mut text = String::with_capacity(months.len() * "YYYY-MM, ".len());
    for (month, _) in months {
        let comma = if text.is_empty() { "" } else { ", " };
        // Writing to a string cannot fail.
        let _ = write!(text, "{comma}{month}");
    }
    text
}

/// Another enrolment of the student in the words of a message. No id: messages stand in the analysts' tables,
/// where each id has its pseudonym, and the evidence names the enrolment.
fn programme_begun(view: &EnrolmentView) -> String {
    format!("{} (begun {})", view.programme.code, view.enrolment.started_on)
}

fn sum(months: &[(Month, i32)]) -> i32 {
    months.iter().map(|(_, portions)| portions).sum()
}

/// Portions of one month.
fn in_month(months: &[(Month, i32)], month: Month) -> i32 {
    months.iter().find(|(found, _)| *found == month).map_or(0, |(_, portions)| *portions)
}

/// Hundredths of a krone as kroner and øre. Never less than nothing: no portion is paid with a negative amount,
/// and what is above a limit is not negative.
fn kroner(hundredths: i64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// The payments of one kind in some months.
fn payments_of<'a>(
    view: &EnrolmentView<'a>,
    kind: PaymentKind,
    months: &[(Month, i32)],
) -> impl Iterator<Item = &'a Payment> {
    let listed = |month: Month| months.iter().any(|(found, _)| *found == month);
    view.payments().iter().filter(move |row| row.kind == kind && listed(row.month))
}

/// Their lines.
fn payment_lines(case: &Case, kind: PaymentKind, months: &[(Month, i32)]) -> impl Iterator<Item = u32> {
    payments_of(case, kind, months).map(|row| row.line)
}
