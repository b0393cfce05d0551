//! The gate: export files become clean, typed, sorted rows and an account of every lost row.
//!
//! ```text
//! file ─► encoding ─► header ─► plain ──────────────────► staged ─► keyed, small_tables ─► Exports
//!                        └───────► record ─► convert ─┘      └────► partition ─► order ─► bulk ─► Bulk
//!                                    ▲ quoted_breaks: where a record may have several lines
//! file ─► foreign (XLSX, Parquet) ─────────► ┘       │
//!                                    └──────────┴────┴──► rejected rows
//! ```
//!
//! A row that cannot be read never stops the run and is never lost: rows read = rows accepted +
//! rows rejected, per file, checked here. Every cell is read as text and converted by the kind that
//! the contract gives its column; nothing is guessed from what a column happens to hold. Keys come
//! first (programmes, courses, enrolments), so that every other row is checked against them while
//! it is read.

mod account;
mod buckets;
mod bulk;
mod calendar;
mod checked_rows;
mod convert;
mod csv_file;
mod csv_header;
mod csv_lines;
mod eight;
mod encoding;
mod equivalences;
mod foreign;
mod header;
pub mod inspect;
mod joined_rows;
mod keyed;
mod keys;
mod locate;
mod masking;
mod misfits;
mod order;
mod packed;
mod partition;
mod plain;
mod plain_cells;
mod plausible;
mod plausible_ids;
#[doc(hidden)]
pub mod probe;
mod quoted_breaks;
mod reason;
mod record;
mod register;
mod rejects;
mod report;
mod room;
mod row_rules;
mod seasons;
mod segment;
mod series;
mod small_records;
mod small_tables;
mod source;
mod spill;
mod spreadsheet;
mod staged;
mod values;

use std::collections::BTreeMap;

use account::Gate;
use arrow::record_batch::RecordBatch;
use buckets::Buckets;
pub use bulk::BulkRows;
use bulk::SmallRecords;
use checked_rows::CheckedRows;
pub use foreign::{
    Limits as ForeignLimits, Request as ForeignRequest, SheetRow, serve as serve_foreign, sheet,
};
use misfits::Standards;
use rayon::prelude::*;
pub use reason::Reason;
use register::Register;
use rejects::{LostKeys, too_many_rejects};
pub use report::{FileReport, Format, Ingested, RejectedRow, doubt};
pub use room::Room;
use spill::Spill;
use staged::Rows;

use crate::contract::{Table, column};
use crate::diagnostics::Diagnostics;
use crate::pipeline::Pipeline;
use crate::student::curriculum::Curricula;
use crate::student::exports::{
    Catalogue, Claim, Course, Exports, Grouped, LostEquivalence, LostRow, Payments, Programme, Results,
    SmallTables, Students,
};
use crate::student::result_codes::ResultCodes;

/// Reads all exports of a pipeline, with every row in them.
pub fn read(pipeline: &Pipeline, result_codes: &ResultCodes) -> Result<Ingested, Diagnostics> {
    let mut ingested = read_bulk_apart(pipeline, result_codes, &Room::default())?;
    let rows = std::mem::take(&mut ingested.bulk);
    let exports = &mut ingested.exports;
    let whole = rows.whole(exports.enrolments.len(), &exports.catalogue)?;
    (exports.results, exports.su_payments, exports.small) = (whole.results, whole.su_payments, whole.small);
    Ok(ingested)
}

/// Reads all exports of a pipeline; the rows of most tables are left in their buckets. Problems of files
/// and headers are all found before any row is read; too many rejected rows are a problem too.
pub fn read_bulk_apart(
    pipeline: &Pipeline,
    result_codes: &ResultCodes,
    room: &Room,
) -> Result<Ingested, Diagnostics> {
    read_gate(Gate::open(pipeline, result_codes)?, pipeline, result_codes, room)
}

/// Reads exports that are in memory, one batch per table under the contract's names, as Parquet is
/// read. Whole enrolments: the register, the catalogue and every row of the enrolments in it.
pub fn read_batches(
    batches: Vec<(Table, RecordBatch)>,
    pipeline: &Pipeline,
    result_codes: &ResultCodes,
) -> Result<Ingested, Diagnostics> {
    let gate = Gate::of_batches(pipeline, result_codes, batches)?;
    read_gate(gate, pipeline, result_codes, &Room::default())
}

fn read_gate(
    mut gate: Gate,
    pipeline: &Pipeline,
    result_codes: &ResultCodes,
    room: &Room,
) -> Result<Ingested, Diagnostics> {
    let programmes = read_programmes(&mut gate)?;
    let courses = read_courses(&mut gate)?;
    let register = read_register(&mut gate, room.people)?;
    let count = register.enrolments.len();
    let (students, by_number) =
        rayon::join(|| Students::new(&register.enrolments), || register::by_number(&register.numbers));
    let identity_conflicts = register::identity_conflicts(&register.numbers, &by_number, &students);
    gate.keys.buckets = Buckets::new(&students, count, room.bucket(count));
    gate.keys.spill = Spill::new(room.rows(count), &room.folder);
    let (catalogue, lost_equivalences) = read_equivalences(&mut gate, courses)?;
    let mut exports = Exports {
        students,
        enrolments: register.enrolments,
        people: register.people,
        programmes,
        catalogue,
        results: Results::default(),
        su_payments: Payments::default(),
        extra_portion_grants: summed(
            &mut gate,
            Table::ExtraPortionGrants,
            count,
            small_tables::grants,
            |row| &mut row.line,
        )?,
        extra_portion_claims: read_claims(&mut gate, count)?,
        exemptions: summed(&mut gate, Table::Exemptions, count, small_tables::exemptions, |row| {
            &mut row.line
        })?,
        small: SmallTables::default(),
        rejected_input: vec![false; count],
        lost_rows: Vec::new(),
        contradicting_rows: register.contradicted,
        lost_equivalences,
        identity_conflicts,
        previous: None,
        curricula: Curricula::default(),
    };

    let mut bulk = BulkRows { small: small_by_bucket(&mut gate)?, ..BulkRows::default() };
    exports.small = bulk.nothing()?;
    bulk.seal_small()?;
    // The largest last: what reading the others took is free again.
    let facts = large_by_bucket(&mut gate, &mut bulk, &mut exports, pipeline, result_codes)?;
    close(gate, exports, bulk, &facts, pipeline)
}

fn read_programmes(gate: &mut Gate) -> Result<Vec<Programme>, Diagnostics> {
    let mut loaded = gate.load_required(Table::Programmes)?;
    let (programmes, keys) = register::programmes(&mut loaded.piece);
    gate.keys.programmes = keys;
    gate.close(loaded, programmes.len());
    Ok(programmes)
}

fn read_courses(gate: &mut Gate) -> Result<Vec<Course>, Diagnostics> {
    let mut loaded = gate.load_required(Table::Courses)?;
    let code = column!(Courses.course_code);
    spreadsheet::restore_leading_zeros(&mut loaded.piece.rows, code, &mut loaded.piece.rejections);
    let (courses, keys) = register::courses(&mut loaded.piece);
    gate.keys.courses = keys;
    gate.close(loaded, courses.len());
    Ok(courses)
}

/// The register, whose keys all other rows name.
fn read_register(gate: &mut Gate, with_people: bool) -> Result<Register, Diagnostics> {
    let mut loaded = gate.load_required(Table::Enrolments)?;
    let (register, keys) = register::enrolments(&mut loaded.piece, with_people);
    gate.keys.enrolments = keys;
    gate.close(loaded, register.enrolments.len());
    let lost = |(enrolment, line): &(u32, u32)| LostRow {
        table: Table::Enrolments,
        enrolment: *enrolment,
        line: *line,
    };
    gate.lost.extend(register.of_lost_rows.iter().map(lost));
    Ok(register)
}

/// The courses with what makes them the same or overlap, and the courses of equivalences that were rejected.
fn read_equivalences(
    gate: &mut Gate,
    courses: Vec<Course>,
) -> Result<(Catalogue, Vec<LostEquivalence>), Diagnostics> {
    let Some(mut loaded) = gate.load(Table::CourseEquivalences)? else {
        return Ok((equivalences::catalogue(courses, None), Vec::new()));
    };
    let catalogue = equivalences::catalogue(courses, Some(&loaded.piece.rows));
    let course = |code: &String| gate.keys.courses.find(code.as_bytes());
    let lost = loaded.piece.lost_keys.iter().map(|(codes, _)| codes.each_ref().map(course)).collect();
    let accepted = loaded.piece.rows.len();
    loaded.note(equivalences::notices(&catalogue));
    gate.close(loaded, accepted);
    Ok((catalogue, lost))
}

/// The small tables whose rows are left in their buckets, read side by side: of one file alone the cores wait
/// for each other at the end of every block. Workbooks are read one at a time, for each is opened as a whole
/// in memory of its own.
fn small_by_bucket(gate: &mut Gate) -> Result<BTreeMap<Table, SmallRecords>, Diagnostics> {
    let read = |table: &Table| (!gate.is_workbook(*table)).then(|| gate.load(*table));
    let side_by_side: Vec<_> = small_records::TABLES.par_iter().map(read).collect();
    let mut small = BTreeMap::new();
    for (table, loaded) in small_records::TABLES.into_iter().zip(side_by_side) {
        let loaded = loaded.unwrap_or_else(|| gate.load(table));
        let Some(mut loaded) = loaded? else { continue };
        let mut rows = std::mem::replace(&mut loaded.piece.rows, Rows::new(table));
        rows.partition.write_waiting().map_err(order::unreadable)?;
        gate.close(loaded, rows.partition.rows());
        small.insert(table, SmallRecords { partition: rows.partition, texts: rows.texts });
    }
    Ok(small)
}

/// Results and payments, read and put in order side by side for the same reason, unless one is a workbook.
fn large_by_bucket(
    gate: &mut Gate,
    bulk: &mut BulkRows,
    exports: &mut Exports,
    pipeline: &Pipeline,
    result_codes: &ResultCodes,
) -> Result<plausible::Facts, Diagnostics> {
    let standards = Standards::of(&exports.enrolments, &exports.catalogue);
    let catalogue = &mut exports.catalogue;
    let open = &*gate;
    let mut results = || {
        let mut loaded = open.load_required(Table::Results)?;
        let facts = order::settle_results(
            &mut loaded.piece,
            catalogue,
            result_codes,
            &open.keys.buckets,
            pipeline.cutoffs.results_through.epoch_days(),
            &standards,
        )?;
        Ok::<_, Diagnostics>((loaded, facts))
    };
    let payments = || {
        let mut loaded = open.load_required(Table::SuPayments)?;
        let through = pipeline.cutoffs.payments_through.index();
        let facts = order::settle_payments(&mut loaded.piece.rows, &open.keys.buckets, through)?;
        Ok::<_, Diagnostics>((loaded, facts))
    };
    let (results, payments) = match open.is_workbook(Table::Results) || open.is_workbook(Table::SuPayments) {
        true => (results(), payments()),
        false => rayon::join(results, payments),
    };
    let ((mut results, of_results), (mut payments, of_payments)) = (results?, payments?);
    bulk.results = Some(std::mem::replace(&mut results.piece.rows, Rows::new(Table::Results)).partition);
    bulk.payments = Some(std::mem::replace(&mut payments.piece.rows, Rows::new(Table::SuPayments)).partition);
    gate.close(results, of_results.rows as usize);
    gate.close(payments, of_payments.rows as usize);
    Ok(plausible::Facts { results: of_results, payments: of_payments })
}

/// Closes the account: every file must balance, and none may have lost too much or say what cannot be.
fn close(
    mut gate: Gate,
    mut exports: Exports,
    mut bulk: BulkRows,
    facts: &plausible::Facts,
    pipeline: &Pipeline,
) -> Result<Ingested, Diagnostics> {
    let lost = gate.lost.iter().filter(|row| row.table.rejects_need_review()).map(|row| row.enrolment);
    for enrolment in lost.chain(exports.contradicting_rows.iter().map(|(enrolment, _)| *enrolment)) {
        exports.rejected_input[enrolment as usize] = true;
    }
    gate.lost.sort_unstable();
    gate.lost.dedup();
    let (not_there, not_read) = (gate.not_there(), gate.not_read());
    exports.lost_rows = gate.lost;
    let (mut files, mut rejected) = (gate.files, gate.rejected);
    files.sort_by_key(|file| file.table);
    rejected.sort_unstable();
    let mut problems = Diagnostics::default();
    let lost = LostKeys::of(&files, &rejected);
    for file in &files {
        let found = [file.imbalance(), too_many_rejects(file, &rejected, pipeline.limits, &lost)];
        found.into_iter().flatten().for_each(|problem| problems.push(problem));
    }
    problems.extend(plausible::check(&exports, facts, &files, &rejected, pipeline));
    let lost_whole = rejects::lost_whole(&files, &rejected);
    report::note(&mut files, plausible::notices(facts, &pipeline.cutoffs));
    doubt(&mut files, plausible::doubts(&exports, facts, pipeline).into_iter().chain(lost_whole));
    bulk.buckets = gate.keys.buckets;
    problems.into_result(Ingested { exports, bulk, files, rejected, not_there, not_read })
}

/// Finds the files and checks their headers without reading the rows, and so without the law that says what
/// the codes in them mean. Gives what a run would accept and yet is doubtful.
pub fn check(pipeline: &Pipeline) -> Result<Vec<String>, Diagnostics> {
    let result_codes = ResultCodes::default();
    let gate = Gate::open(pipeline, &result_codes)?;
    Ok([gate.doubts(), gate.not_there(), gate.not_given()]
        .concat()
        .into_iter()
        .chain(gate.not_read())
        .collect())
}

/// Programmes and courses alone, for checks that need no student.
pub fn programmes_and_courses(
    pipeline: &Pipeline,
    result_codes: &ResultCodes,
) -> Result<(Vec<Programme>, Catalogue), Diagnostics> {
    let mut gate = Gate::open(pipeline, result_codes)?;
    let programmes = read_programmes(&mut gate)?;
    let courses = read_courses(&mut gate)?;
    Ok((programmes, equivalences::catalogue(courses, None)))
}

/// A table whose rows are summed: one that stands there twice is one of them too many.
fn summed<T: Copy + PartialEq>(
    gate: &mut Gate,
    table: Table,
    enrolments: usize,
    build: fn(&Rows, usize) -> Grouped<T>,
    line: fn(&mut T) -> &mut u32,
) -> Result<Option<Grouped<T>>, Diagnostics> {
    let Some(mut loaded) = gate.load(table)? else { return Ok(None) };
    let grouped =
        small_tables::without_repeated(build(&loaded.piece.rows, enrolments), line, |enrolment, line| {
            loaded.piece.named.push((enrolment, line));
            loaded.piece.rejections.push(staged::Rejection::of_row(line, Reason::DuplicateRow));
        });
    gate.close(loaded, grouped.rows.len());
    Ok(Some(grouped))
}

/// Applications have a key, by which one that stands there twice is known.
fn read_claims(gate: &mut Gate, enrolments: usize) -> Result<Option<Grouped<Claim>>, Diagnostics> {
    let Some(mut loaded) = gate.load(Table::ExtraPortionClaims)? else { return Ok(None) };
    let grouped = small_tables::claims(&mut loaded.piece, enrolments);
    gate.close(loaded, grouped.rows.len());
    Ok(Some(grouped))
}
