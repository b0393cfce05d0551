//! Exports that are well formed row by row, and yet cannot be what they claim to be.
//!
//! A truncated export, an export that was put together twice, or a cut-off date with a wrong year
//! would pass every check of a row and then turn into hundreds of letters. Such a file stops the
//! run before anything is decided. Like the limits on rejected rows, the checks of whole files stay
//! silent while no more rows or enrolments are concerned than a run may lose.

use super::misfits::Misfits;
use super::plausible_ids;
use super::report::{FileReport, RejectedRow};
use super::seasons::Seasons;
use crate::base::{Cutoffs, Month, counted};
use crate::contract::Table;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::pipeline::Pipeline;
use crate::student::exports::{Enrolment, Exports};

/// In hundredths: the most that a column of ECTS can hold.
pub const MOST_ECTS: i64 = 9_999_999;
/// Portions whose ECTS such a column can still hold.
pub const MOST_PORTIONS: i64 = 15_000;
/// After these months somebody has passed an exam and somebody has been paid.
const SETTLED_MONTHS: i32 = 12;

/// Rows so long after a cut-off are of the half year after it.
pub const STALE_MONTHS: i32 = 3;
pub const STALE_DAYS: i32 = 92;

/// An enrolment whose rows add up to more than can be true.
pub struct TooMuch {
    rows: usize,
    /// The first of them.
    line: u32,
}

impl TooMuch {
    pub fn of(sum: i64, most: i64, rows: usize, line: Option<u32>) -> Option<TooMuch> {
        (sum > most).then(|| TooMuch { rows, line: line.unwrap_or(1) })
    }
}

/// How far the rows of a table reach, in days or months since 1970, beside the cut-off of the run.
#[derive(Clone, Copy, Default)]
pub struct Reach {
    /// Of the rows that are known by the cut-off.
    newest: Option<i32>,
    /// Rows after it, and those of them that are long after it.
    after: u64,
    long_after: u64,
}

impl Reach {
    /// `long` is how far after the cut-off rows of the next inspection begin.
    pub fn of(values: impl Iterator<Item = i32>, cut_off: i32, long: i32) -> Reach {
        values.fold(Reach::default(), |reach, value| match value <= cut_off {
            true => Reach { newest: reach.newest.max(Some(value)), ..reach },
            false => Reach {
                after: reach.after + 1,
                long_after: reach.long_after + u64::from(value > cut_off + long),
                ..reach
            },
        })
    }

    pub fn add(&mut self, other: Reach) {
        *self = Reach {
            newest: self.newest.max(other.newest),
            after: self.after + other.after,
            long_after: self.long_after + other.long_after,
        };
    }
}

/// What is to be known of all results together.
#[derive(Default)]
pub struct ResultFacts {
    pub rows: u64,
    pub reach: Reach,
    /// In the order of the register.
    pub too_much: Vec<TooMuch>,
    pub misfits: Misfits,
    pub seasons: Seasons,
}

impl ResultFacts {
    /// Adds the facts of the enrolments that follow.
    pub fn add(&mut self, other: ResultFacts) {
        self.rows += other.rows;
        self.reach.add(other.reach);
        self.misfits.add(other.misfits);
        self.seasons.add(other.seasons);
        self.too_much.extend(other.too_much);
    }
}

/// What is to be known of all payments together.
#[derive(Default)]
pub struct PaymentFacts {
    pub rows: u64,
    /// Of them.
    pub ordinary: u64,
    pub reach: Reach,
    pub too_much: Vec<TooMuch>,
    /// Rows that are equal to another in every column that counts, and the first line of one.
    repeated: u64,
    repeated_line: Option<u32>,
}

impl PaymentFacts {
    pub fn add(&mut self, other: PaymentFacts) {
        self.rows += other.rows;
        self.ordinary += other.ordinary;
        self.reach.add(other.reach);
        self.too_much.extend(other.too_much);
        self.repeated += other.repeated;
        self.repeated_line = self.repeated_line.into_iter().chain(other.repeated_line).min();
    }

    pub fn add_repeated(&mut self, line: u32) {
        self.repeated += 1;
        self.repeated_line = self.repeated_line.into_iter().chain([line]).min();
    }
}

/// The facts of both large tables.
#[derive(Default)]
pub struct Facts {
    pub results: ResultFacts,
    pub payments: PaymentFacts,
}

pub fn check(
    exports: &Exports,
    facts: &Facts,
    files: &[FileReport],
    rejected: &[RejectedRow],
    pipeline: &Pipeline,
) -> Diagnostics {
    let mut problems = Diagnostics::default();
    let path = |table: Table| {
        files.iter().find(|file| file.table == table).map_or(String::new(), |file| file.path.clone())
    };
    let sums = [
        (Table::Results, &facts.results.too_much, "ECTS"),
        (Table::SuPayments, &facts.payments.too_much, "portions"),
    ];
    for (table, too_much, what) in sums {
        for TooMuch { rows, line } in too_much {
            let rows = counted(*rows, "row of one enrolment adds", "rows of one enrolment add");
            let message = format!("{rows} up to more {what} than can be true");
            problems.push(
                Diagnostic::input(Place::line(path(table), *line as usize, 1), message)
                    .hint("the first of them is on this line: correct the enrolment's rows, or remove them"),
            );
        }
    }
    problems.extend(plausible_ids::check(exports, &path));
    problems.extend(nothing_known(exports, facts, files, rejected, pipeline));
    problems.extend(repeated_payments(&facts.payments, pipeline, &path));
    problems
}

/// What is to be told of files in order: rows that the run does not know yet.
pub fn notices(facts: &Facts, cutoffs: &Cutoffs) -> Vec<(Table, String)> {
    let (results, payments) = (facts.results.reach.after, facts.payments.reach.after);
    let mut notices = Vec::new();
    if results > 0 {
        let rows = counted(results, "row was assessed", "rows were assessed");
        let through = cutoffs.results_through;
        notices.push((Table::Results, format!("{rows} after results_through {through}: not counted")));
    }
    if payments > 0 {
        let rows = counted(payments, "row is of a month", "rows are of months");
        let through = cutoffs.payments_through;
        notices.push((Table::SuPayments, format!("{rows} after payments_through {through}: not counted")));
    }
    notices
}

/// What is to be told of files that may as well be what they should be.
pub fn doubts(exports: &Exports, facts: &Facts, pipeline: &Pipeline) -> Vec<(Table, String)> {
    let mut doubts = Vec::new();
    for programme in
        exports.programmes.iter().filter(|programme| programme.max_months < programme.prescribed_months)
    {
        doubts.push((
            Table::Programmes,
            format!(
                "line {}: max_months {} is less than prescribed_months {}",
                programme.line, programme.max_months, programme.prescribed_months
            ),
        ));
    }
    let seasons = facts.results.seasons.notice(pipeline.cutoffs.results_through);
    doubts.extend(seasons.map(|notice| (Table::Results, notice)));
    doubts.extend(plausible_ids::doubts(exports, &pipeline.limits));
    let (rows, ordinary) = (facts.payments.rows, facts.payments.ordinary);
    if rows - ordinary > pipeline.limits.reject_rows && ordinary * 2 < rows {
        let message = format!(
            "{ordinary} of {} ordinary SU, which most payments are: are the words under \
             [tables.su_payments.values.kind] the right ones?",
            counted(rows, "row is", "rows are")
        );
        doubts.push((Table::SuPayments, message));
    }
    doubts.extend(facts.results.misfits.notices().map(|notice| (Table::Results, notice)));
    let cutoffs = &pipeline.cutoffs;
    let payments = facts.payments.reach;
    let late = [(Table::Results, facts.results.reach.long_after), (Table::SuPayments, payments.long_after)];
    for (table, rows) in late.into_iter().filter(|(_, rows)| *rows > pipeline.limits.reject_rows) {
        let rows = counted(rows, "row is", "rows are");
        let message = format!("{rows} more than three months after the run: are its dates the right ones?");
        doubts.push((table, message));
    }
    if let Some(newest) = payments.newest.map(Month::from_index) {
        let months = cutoffs.payments_through.index() - newest.index();
        if months > 0 {
            let months = counted(months, "month", "months");
            let message = format!(
                "the newest payment is of {newest}, {months} before payments_through {}: are the last ones missing?",
                cutoffs.payments_through
            );
            doubts.push((Table::SuPayments, message));
        }
    }
    doubts
}

/// No result or no payment at all, though there are enrolments that must have some.
fn nothing_known(
    exports: &Exports,
    facts: &Facts,
    files: &[FileReport],
    rejected: &[RejectedRow],
    pipeline: &Pipeline,
) -> Diagnostics {
    let mut problems = Diagnostics::default();
    let settled_on = |enrolment: &Enrolment| enrolment.started_on.plus_months_clamped(SETTLED_MONTHS);
    let settled =
        exports.enrolments.iter().map(settled_on).filter(|day| *day <= pipeline.cutoffs.inspection_date);
    let settled = settled.count();
    if settled as u64 <= pipeline.limits.reject_rows {
        return problems;
    }
    let checks = [
        (
            Table::Results,
            facts.results.rows == 0,
            facts.results.reach,
            format!("results_through {}", pipeline.cutoffs.results_through),
        ),
        (
            Table::SuPayments,
            facts.payments.rows == 0,
            facts.payments.reach,
            format!("payments_through {}", pipeline.cutoffs.payments_through),
        ),
    ];
    let of_whom = format!(
        "though {} began {SETTLED_MONTHS} months ago or earlier",
        counted(settled, "enrolment", "enrolments")
    );
    let file = |table: Table| files.iter().find(|file| file.table == table);
    let path = |table: Table| file(table).map_or(String::new(), |file| file.path.clone());
    for (table, empty, reach, cut_off) in checks {
        let lost = file(table).map_or(0, |file| file.rows_rejected);
        // What is wrong with its rows is told where they were rejected.
        if reach.newest.is_some() || (empty && pipeline.limits.exceeded(lost, lost)) {
            continue;
        }
        let mut of_table = rejected.iter().filter(|row| row.table == table && !row.repaired);
        problems.push(if let (true, Some(first)) = (empty, of_table.next()) {
            let (line, reason) = (first.line as usize, first.reason);
            let rows = counted(lost, "row", "rows");
            let message =
                format!("{rows} of {table} rejected ({}), and it has no other, {of_whom}", reason.code());
            Diagnostic::input(Place::line(path(table), line, 1), message).hint(reason.advice())
        } else if empty {
            Diagnostic::input(Place::file(path(table)), format!("{table} has no row, {of_whom}"))
                .hint("export it again: without its rows every verdict would be wrong")
        } else {
            let message = format!("no row of {table} is known by {cut_off}, {of_whom}");
            Diagnostic::setup(Place::file(pipeline.path.display().to_string()), message)
                .hint("check the year of the date, on the command line and under [dates]")
        });
    }
    if facts.payments.rows > 0 && facts.payments.ordinary == 0 {
        let message = format!("no row of {} is ordinary SU, {of_whom}", Table::SuPayments);
        problems.push(Diagnostic::input(Place::file(path(Table::SuPayments)), message).hint(
            "check what its words are mapped to under [tables.su_payments.values.kind]: without ordinary SU every \
             verdict would be wrong",
        ));
    }
    problems
}

/// A double payment is two portions in one month and may be two equal rows; a file full of them is
/// an export that holds everything twice.
fn repeated_payments(
    payments: &PaymentFacts,
    pipeline: &Pipeline,
    path: &dyn Fn(Table) -> String,
) -> Diagnostics {
    let (rows, of) = (payments.repeated, payments.rows);
    if !pipeline.limits.exceeded(of, rows) {
        return Diagnostics::default();
    }
    let line = payments.repeated_line.unwrap_or(1);
    let message =
        format!("{rows} of {of} rows of su_payments repeat another row in every column that counts");
    Diagnostic::input(Place::line(path(Table::SuPayments), line as usize, 1), message)
        .hint("the export seems to hold payments twice; remove the copies, or raise both [limits]")
        .into()
}
