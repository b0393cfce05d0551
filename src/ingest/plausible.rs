//! Exports that are well formed row by row, and yet cannot be what they claim to be.
//!
//! A truncated export, an export that was put together twice, or a cut-off date with a wrong year
//! would pass every check of a row and then turn into hundreds of letters. Such a file stops the
//! run before anything is decided. Like the limits on rejected rows, the checks of whole files stay
//! silent while no more rows or enrolments are concerned than a run may lose.

use super::report::FileReport;
use crate::contract::Table;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::pipeline::Pipeline;
use crate::student::exports::{Enrolment, Exports};

/// In hundredths: the most that a column of ECTS can hold.
const MOST_ECTS: i64 = 9_999_999;
/// Portions whose ECTS such a column can still hold.
const MOST_PORTIONS: i64 = 15_000;
/// After these months somebody has passed an exam and somebody has been paid.
const SETTLED_MONTHS: i32 = 12;

pub fn check(exports: &Exports, files: &[FileReport], pipeline: &Pipeline) -> Diagnostics {
    let mut problems = Diagnostics::default();
    let path = |table: Table| {
        files.iter().find(|file| file.table == table).map_or(String::new(), |file| file.path.clone())
    };
    let (results, payments) = (&exports.results, &exports.su_payments);
    let sums = [
        (Table::Results, &results.offsets, &results.ects, &results.line, MOST_ECTS, "ECTS"),
        (Table::SuPayments, &payments.offsets, &payments.portions, &payments.line, MOST_PORTIONS, "portions"),
    ];
    for (table, offsets, amounts, lines, most, what) in sums {
        for rows in offsets.windows(2).map(|pair| pair[0] as usize..pair[1] as usize) {
            let sum: i64 = amounts[rows.clone()].iter().map(|amount| i64::from(*amount)).sum();
            if sum > most {
                let line = lines[rows.clone()].iter().min().copied().unwrap_or(1);
                let message =
                    format!("{} rows of one enrolment add up to more {what} than can be true", rows.len());
                problems.push(
                    Diagnostic::input(Place::line(path(table), line as usize, 1), message).hint(
                        "the first of them is on this line: correct the enrolment's rows, or remove them",
                    ),
                );
            }
        }
    }
    problems.extend(nothing_known(exports, pipeline, &path));
    problems.extend(repeated_payments(exports, pipeline, &path));
    problems
}

/// No result or no payment at all, though there are enrolments that must have some.
fn nothing_known(exports: &Exports, pipeline: &Pipeline, path: &dyn Fn(Table) -> String) -> Diagnostics {
    let mut problems = Diagnostics::default();
    let settled_on = |enrolment: &Enrolment| enrolment.started_on.plus_months_clamped(SETTLED_MONTHS);
    let settled = exports.enrolments.iter().map(settled_on).filter(|day| *day <= pipeline.inspection_date);
    let settled = settled.count();
    if settled as u64 <= pipeline.limits.reject_rows {
        return problems;
    }
    let results_through = pipeline.results_through.epoch_days();
    let payments_through = pipeline.payments_through.index();
    let assessed = &exports.results.assessed_on;
    let months = &exports.su_payments.month;
    let checks = [
        (
            Table::Results,
            assessed.is_empty(),
            assessed.iter().any(|day| *day <= results_through),
            format!("results_through {}", pipeline.results_through),
        ),
        (
            Table::SuPayments,
            months.is_empty(),
            months.iter().any(|month| *month <= payments_through),
            format!("payments_through {}", pipeline.payments_through),
        ),
    ];
    for (table, empty, any_known, cut_off) in checks {
        if any_known {
            continue;
        }
        let of_whom = format!("though {settled} enrolments began {SETTLED_MONTHS} months ago or earlier");
        problems.push(if empty {
            Diagnostic::input(Place::file(path(table)), format!("{table} has no row, {of_whom}"))
                .hint("export it again: without its rows every verdict would be wrong")
        } else {
            let message = format!("no row of {table} is known by {cut_off}, {of_whom}");
            Diagnostic::setup(Place::file(pipeline.path.display().to_string()), message)
                .hint("check the year of the date, on the command line and under [dates]")
        });
    }
    problems
}

/// A double payment is two portions in one month and may be two equal rows; a file full of them is
/// an export that holds everything twice.
fn repeated_payments(exports: &Exports, pipeline: &Pipeline, path: &dyn Fn(Table) -> String) -> Diagnostics {
    let payments = &exports.su_payments;
    let mut repeated: Vec<u32> = Vec::new();
    for rows in payments.offsets.windows(2).map(|pair| pair[0] as usize..pair[1] as usize) {
        let cell = |row: usize| (payments.month[row], payments.kind[row], payments.portions[row]);
        let equal = (rows.start + 1..rows.end).filter(|row| cell(*row) == cell(*row - 1));
        repeated.extend(equal.map(|row| payments.line[row].max(payments.line[row - 1])));
    }
    let (rows, of) = (repeated.len(), payments.line.len());
    if !pipeline.limits.exceeded(of as u64, rows as u64) {
        return Diagnostics::default();
    }
    let line = repeated.into_iter().min().unwrap_or(1);
    let message =
        format!("{rows} of {of} rows of su_payments repeat another row in every column that counts");
    Diagnostic::input(Place::line(path(Table::SuPayments), line as usize, 1), message)
        .hint("the export seems to hold payments twice; remove the copies, or raise both [limits]")
        .into()
}
