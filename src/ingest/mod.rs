//! The gate: export files become clean, typed, sorted columns and an account of every lost row.
//!
//! ```text
//! file ─► encoding ─► record ─► header ─► convert ─► staged ─► keyed, order ─► Exports
//!                        └─────────┴─────────┴──────────┴──► rejected rows
//! ```
//!
//! A row that cannot be read never stops the run and is never lost: rows read = rows accepted +
//! rows rejected, per file, checked here. Every cell is read as text and converted by the kind that
//! the contract gives its column; nothing is guessed from what a column happens to hold. Keys come
//! first (programmes, courses, enrolments), so that every other row is checked against them while
//! it is read.

mod account;
mod convert;
mod csv_file;
mod encoding;
mod equivalences;
mod header;
mod keyed;
mod locate;
mod masking;
mod order;
mod parquet_file;
mod plausible;
mod reason;
mod record;
mod register;
mod report;
mod row_rules;
mod small_tables;
mod source;
mod staged;
mod values;

use account::Gate;
pub use reason::Reason;
use report::too_many_rejects;
pub use report::{FileReport, Format, Ingested, RejectedRow};
use staged::Rows;

use crate::contract::Table;
use crate::diagnostics::Diagnostics;
use crate::pipeline::Pipeline;
use crate::student::curriculum::Curricula;
use crate::student::exports::{Catalogue, Claim, Exports, Grouped, Programme, Students};
use crate::student::result_codes::ResultCodes;

/// Reads all exports of a pipeline. Problems of files and headers are all found before any row is
/// read; too many rejected rows are a problem too.
pub fn read(pipeline: &Pipeline, result_codes: &ResultCodes) -> Result<Ingested, Diagnostics> {
    let mut gate = Gate::open(pipeline, result_codes)?;

    let mut loaded = gate.load_required(Table::Programmes)?;
    let (programmes, keys) = register::programmes(&loaded.rows, &mut loaded.rejections);
    gate.keys.programmes = keys;
    gate.close(loaded, programmes.len());

    let mut loaded = gate.load_required(Table::Courses)?;
    let (courses, keys) = register::courses(&loaded.rows, &mut loaded.rejections);
    gate.keys.courses = keys;
    gate.close(loaded, courses.len());

    let mut loaded = gate.load_required(Table::Enrolments)?;
    let register = register::enrolments(&loaded.rows, &mut loaded.rejections);
    gate.keys.enrolments = register.keys;
    let count = register.enrolments.len();
    gate.close(loaded, count);

    let loaded = gate.load(Table::CourseEquivalences)?;
    let mut catalogue = equivalences::catalogue(courses, loaded.as_ref().map(|loaded| &loaded.rows));
    if let Some(loaded) = loaded {
        let accepted = loaded.rows.len();
        gate.close(loaded, accepted);
    }

    let mut loaded = gate.load_required(Table::Results)?;
    let rows = std::mem::replace(&mut loaded.rows, Rows::new(Table::Results));
    let (results, mut named) =
        order::results(rows, &mut catalogue, result_codes, count, &mut loaded.rejections)?;
    loaded.named.append(&mut named);
    gate.close(loaded, results.line.len());

    let mut loaded = gate.load_required(Table::SuPayments)?;
    let rows = std::mem::replace(&mut loaded.rows, Rows::new(Table::SuPayments));
    let su_payments = order::payments(rows, count)?;
    gate.close(loaded, su_payments.line.len());

    let mut exports = Exports {
        students: Students::new(&register.enrolments),
        enrolments: register.enrolments,
        people: register.people,
        programmes,
        catalogue,
        results,
        su_payments,
        exam_registrations: small(&mut gate, Table::ExamRegistrations, count, small_tables::registrations)?,
        extra_portion_grants: small(&mut gate, Table::ExtraPortionGrants, count, small_tables::grants)?,
        extra_portion_claims: keyed_small(&mut gate, count)?,
        leaves: small(&mut gate, Table::Leaves, count, small_tables::leaves)?,
        exemptions: small(&mut gate, Table::Exemptions, count, small_tables::exemptions)?,
        projects: small(&mut gate, Table::Projects, count, small_tables::projects)?,
        approvals_abroad: small(&mut gate, Table::ApprovalsAbroad, count, small_tables::approvals)?,
        parental_rights: small(&mut gate, Table::ParentalRights, count, small_tables::parental_rights)?,
        youth_cards: small(&mut gate, Table::YouthCards, count, small_tables::youth_cards)?,
        exam_complaints: small(&mut gate, Table::ExamComplaints, count, small_tables::exam_complaints)?,
        part_results: small(&mut gate, Table::PartResults, count, small_tables::part_results)?,
        early_starts: small(&mut gate, Table::EarlyStarts, count, small_tables::early_starts)?,
        transitional_semesters: small(
            &mut gate,
            Table::TransitionalSemesters,
            count,
            small_tables::transitional_semesters,
        )?,
        rejected_input: register.contradicted,
        lost_rows: Vec::new(),
        curricula: Curricula::default(),
    };
    for (_, enrolment) in gate.lost.iter().filter(|(table, _)| table.rejects_need_review()) {
        exports.rejected_input[*enrolment as usize] = true;
    }
    gate.lost.sort_unstable();
    gate.lost.dedup();
    exports.lost_rows = gate.lost;
    let (mut files, mut rejected) = (gate.files, gate.rejected);
    files.sort_by_key(|file| file.table);
    rejected.sort_unstable();
    let mut problems = Diagnostics::default();
    for file in &files {
        if let Some(problem) = file.imbalance() {
            problems.push(problem);
        }
        if let Some(problem) = too_many_rejects(file, &rejected, pipeline.limits) {
            problems.push(problem);
        }
    }
    problems.extend(plausible::check(&exports, &files, pipeline));
    problems.into_result(Ingested { exports, files, rejected })
}

/// Finds the files and checks their headers without reading the rows.
pub fn check(pipeline: &Pipeline, result_codes: &ResultCodes) -> Diagnostics {
    match Gate::open(pipeline, result_codes) {
        Ok(_) => Diagnostics::default(),
        Err(problems) => problems,
    }
}

/// Programmes and courses alone, for checks that need no student.
pub fn programmes_and_courses(
    pipeline: &Pipeline,
    result_codes: &ResultCodes,
) -> Result<(Vec<Programme>, Catalogue), Diagnostics> {
    let mut gate = Gate::open(pipeline, result_codes)?;
    let mut loaded = gate.load_required(Table::Programmes)?;
    let (programmes, _) = register::programmes(&loaded.rows, &mut loaded.rejections);
    let mut loaded = gate.load_required(Table::Courses)?;
    let (courses, _) = register::courses(&loaded.rows, &mut loaded.rejections);
    Ok((programmes, equivalences::catalogue(courses, None)))
}

fn small<T>(
    gate: &mut Gate,
    table: Table,
    enrolments: usize,
    build: fn(&Rows, usize) -> Grouped<T>,
) -> Result<Option<Grouped<T>>, Diagnostics> {
    let Some(loaded) = gate.load(table)? else { return Ok(None) };
    let grouped = build(&loaded.rows, enrolments);
    gate.close(loaded, grouped.rows.len());
    Ok(Some(grouped))
}

fn keyed_small(gate: &mut Gate, enrolments: usize) -> Result<Option<Grouped<Claim>>, Diagnostics> {
    let Some(mut loaded) = gate.load(Table::ExtraPortionClaims)? else { return Ok(None) };
    let grouped = small_tables::claims(&loaded.rows, enrolments, &mut loaded.rejections);
    gate.close(loaded, grouped.rows.len());
    Ok(Some(grouped))
}
