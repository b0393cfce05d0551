//! The laws of conservation that a run must obey before anyone may see it.
//!
//! They hold by construction; when one does not, the program is wrong and nothing is published.
//! [`super::tables`] takes only an [`Audited`] inspection, so the audit cannot be forgotten.
//! Messages name tables and row numbers, never what a row holds.

use std::hash::BuildHasher;
use std::ops::Range;
use std::path::Path;

use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::trouble::defect;

use crate::diagnostics::Diagnostics;
use crate::rules;
use crate::verdicts::{ClaimRow, Finding, Inspection, InspectionRow, ProgressPoint, RequirementRow};

/// An inspection that passed [`audit`].
#[derive(Clone, Copy, Debug)]
pub struct Audited<'a>(&'a Inspection);

impl<'a> Audited<'a> {
    pub fn inspection(self) -> &'a Inspection {
        self.0
    }
}

/// What must hold between the parts of a register that are audited one by one: the keys of each follow
/// those of the part before it, and no finding's id is given twice.
#[derive(Debug, Default)]
pub struct Sequence {
    /// Per table the enrolment of the last row so far.
    last: [String; 5],
    finding_ids: Vec<u64>,
    failures: Failures,
}

/// What [`Sequence`] needs to know of a part.
#[derive(Debug)]
pub struct Trace {
    /// Per table the enrolments of the first and the last row.
    ends: [(&'static str, Option<(String, String)>); 5],
    finding_ids: Vec<u64>,
}

impl Trace {
    pub fn of(audited: Audited<'_>) -> Trace {
        let part = audited.inspection();
        Trace {
            ends: [
                ("inspection.parquet", ends(&part.inspection, |row| &row.enrolment_id)),
                ("attempts.parquet", ends(&part.attempts, |row| &row.enrolment_id)),
                ("findings.parquet", ends(&part.findings, |row| &row.enrolment_id)),
                ("progress.parquet", ends(&part.progress, |(enrolment_id, _)| enrolment_id)),
                ("curriculum.parquet", requirement_ends(part)),
            ],
            finding_ids: hashed_ids(&part.findings),
        }
    }
}

fn hashed_ids(findings: &[Finding]) -> Vec<u64> {
    findings.iter().map(|finding| FixedState::default().hash_one(&finding.finding_id)).collect()
}

fn holds_twice(mut hashes: Vec<u64>) -> bool {
    hashes.par_sort_unstable();
    hashes.windows(2).any(|pair| pair[0] == pair[1])
}

fn ends<R>(rows: &[R], enrolment_id: fn(&R) -> &str) -> Option<(String, String)> {
    let (first, last) = rows.first().zip(rows.last())?;
    Some((enrolment_id(first).to_owned(), enrolment_id(last).to_owned()))
}

fn requirement_ends(part: &Inspection) -> Option<(String, String)> {
    let enrolment = |row: &RequirementRow| part.inspection.get(row.inspected as usize);
    let (first, last) = part.curriculum.first().zip(part.curriculum.last())?;
    let (first, last) = enrolment(first).zip(enrolment(last))?;
    Some((first.enrolment_id.to_string(), last.enrolment_id.to_string()))
}

impl Sequence {
    /// Notes the part that follows.
    pub fn add(&mut self, part: Trace) {
        for ((table, ends), before) in part.ends.into_iter().zip(&mut self.last) {
            let Some((first, last)) = ends else { continue };
            if first <= *before {
                self.failures.add(table, "audit: keys are unique and sorted".to_owned());
            }
            *before = last;
        }
        self.finding_ids.extend(part.finding_ids);
    }

    /// When all parts are there; `claims` are those of all.
    pub fn finish(self, claims: &[ClaimRow]) -> Result<(), Diagnostics> {
        let mut failures = self.failures;
        if holds_twice(self.finding_ids) {
            failures.add("findings.parquet", "audit: keys are unique and sorted".to_owned());
        }
        failures.rows(
            "extra_portions.parquet",
            "keys are unique and sorted",
            out_of_order(claims, |row| &row.claim_id),
        );
        failures.0.into_result(())
    }
}

/// Rows of one kind of failure that are named; one defect can break every row.
const NAMED: usize = 5;

pub fn audit(inspection: &Inspection, register_len: usize) -> Result<Audited<'_>, Diagnostics> {
    audit_part(inspection, 0..register_len)
}

/// Audits the part of an inspection that is about these places of the register; [`Sequence`] audits how
/// the parts follow each other.
pub fn audit_part(inspection: &Inspection, places: Range<usize>) -> Result<Audited<'_>, Diagnostics> {
    let mut failures = Failures::default();
    everyone_is_accounted_for(inspection, places, &mut failures);
    keys_are_sorted_and_unique(inspection, &mut failures);
    rows_belong_to_the_inspected(inspection, &mut failures);
    curves_end_at_the_verdict(inspection, &mut failures);
    rows_agree_with_themselves(inspection, &mut failures);
    requirements_add_up(inspection, &mut failures);
    failures.0.into_result(Audited(inspection))
}

#[derive(Debug, Default)]
struct Failures(Diagnostics);

impl Failures {
    fn add(&mut self, table: &str, message: String) {
        self.0.extend(defect(Path::new(table), message));
    }

    /// One failure for all rows that break `law`; rows are counted from 1.
    fn rows(&mut self, table: &str, law: &str, broken: impl Iterator<Item = usize>) {
        let broken: Vec<usize> = broken.collect();
        if broken.is_empty() {
            return;
        }
        let named: Vec<String> = broken.iter().take(NAMED).map(|row| (row + 1).to_string()).collect();
        let more = if broken.len() > NAMED { ", …" } else { "" };
        let number = broken.len();
        self.add(table, format!("audit: {law}; broken by {number} row(s): {}{more}", named.join(", ")));
    }
}

/// Register = inspected + excluded with a reason.
fn everyone_is_accounted_for(inspection: &Inspection, places: Range<usize>, failures: &mut Failures) {
    let register_len = places.len();
    let inspected = inspection.inspection.len();
    let excluded: u64 = inspection.excluded.iter().map(|(_, number)| u64::from(*number)).sum();
    if inspected as u64 + excluded != register_len as u64 {
        failures.add(
            "inspection.parquet",
            format!("audit: the register holds {register_len} enrolments, but {inspected} were inspected and {excluded} excluded"),
        );
    }
    let index = &inspection.register_index;
    if index.len() != inspected {
        failures.add(
            "inspection.parquet",
            format!("audit: {inspected} rows, but {} places in the register", index.len()),
        );
    }
    failures.rows(
        "inspection.parquet",
        "each row has a place of its own in the register",
        (0..index.len()).filter(|row| {
            !places.contains(&(index[*row] as usize)) || (*row > 0 && index[*row] <= index[*row - 1])
        }),
    );
}

fn keys_are_sorted_and_unique(inspection: &Inspection, failures: &mut Failures) {
    let law = "keys are unique and sorted";
    failures.rows("inspection.parquet", law, out_of_order(&inspection.inspection, |r| &r.enrolment_id));
    failures.rows(
        "attempts.parquet",
        law,
        out_of_order(&inspection.attempts, |r| (r.enrolment_id.as_str(), r.course_group.as_str())),
    );
    failures.rows("extra_portions.parquet", law, out_of_order(&inspection.extra_portions, |r| &r.claim_id));
    failures.rows("findings.parquet", law, repeated(&inspection.findings).into_iter());
    failures.rows("findings.parquet", law, out_of_order(&inspection.findings, |r| (&r.enrolment_id, r.rule)));
    failures.rows(
        "curriculum.parquet",
        law,
        out_of_order(&inspection.curriculum, |r| (r.inspected, r.requirement)),
    );
    failures.rows("progress.parquet", law, out_of_order(&inspection.progress, |(enrolment, _)| enrolment));
    failures.rows(
        "programme_ratios.parquet",
        law,
        out_of_order(&inspection.programme_ratios, |r| &r.programme_code),
    );
}

/// Rows whose id an earlier row has. Where no hash comes twice, no id does.
fn repeated(findings: &[Finding]) -> Vec<usize> {
    if !holds_twice(hashed_ids(findings)) {
        return Vec::new();
    }
    let mut by_id: Vec<usize> = (0..findings.len()).collect();
    by_id.sort_unstable_by_key(|row| (&findings[*row].finding_id, *row));
    let same = |pair: &&[usize]| findings[pair[0]].finding_id == findings[pair[1]].finding_id;
    by_id.windows(2).filter(same).map(|pair| pair[1]).collect()
}

/// Whether each row of the curriculum belongs to an inspected enrolment and adds up.
fn requirements_add_up(inspection: &Inspection, failures: &mut Failures) {
    let (rows, inspected) = (&inspection.curriculum, inspection.inspection.len());
    failures.rows(
        "curriculum.parquet",
        "each row belongs to an inspected enrolment, and what counts and what is missing is what is required",
        (0..rows.len()).filter(|at| {
            let row = rows[*at];
            let sum = row.counted.zip(row.missing).map(|(counted, missing)| counted + missing);
            row.inspected as usize >= inspected
                || usize::from(row.requirement) >= inspection.requirements.len()
                || sum.is_some_and(|sum| sum != row.required)
        }),
    );
}

/// Rows whose key is not above the key before it.
fn out_of_order<'a, R, K: Ord + 'a>(
    rows: &'a [R],
    key: impl Fn(&'a R) -> K + 'a,
) -> impl Iterator<Item = usize> + 'a {
    (1..rows.len()).filter(move |row| key(&rows[*row]) <= key(&rows[*row - 1]))
}

fn rows_belong_to_the_inspected(inspection: &Inspection, failures: &mut Failures) {
    let rows = &inspection.inspection;
    let attempts = owners(rows, inspection.attempts.iter().map(|r| r.enrolment_id.as_str()));
    failures.rows(
        "attempts.parquet",
        "attempts belong to inspected enrolments",
        positions(&attempts, |owner| owner.is_none()),
    );
    // A claim is judged also when its enrolment is not inspected, and SU after the end of a programme.
    let mut claimants: Vec<&str> =
        inspection.extra_portions.iter().map(|r| r.enrolment_id.as_str()).collect();
    claimants.sort_unstable();
    let findings = owners(rows, inspection.findings.iter().map(|r| r.enrolment_id.as_str()));
    failures.rows(
        "findings.parquet",
        "findings belong to inspected enrolments, to claims or to ended programmes",
        inspection.findings.iter().zip(&findings).enumerate().filter_map(|(position, (finding, owner))| {
            let claims = || claimants.binary_search(&finding.enrolment_id.as_str()).is_ok();
            let judges = |rule: &rules::Rule| matches!(rule.judges, rules::Judges::EndedToo(_));
            let ended = || rules::rule(finding.rule).is_some_and(judges);
            (owner.is_none() && !claims() && !ended()).then_some(position)
        }),
    );
}

fn positions<'a, R>(rows: &'a [R], broken: impl Fn(&'a R) -> bool + 'a) -> impl Iterator<Item = usize> + 'a {
    rows.iter().enumerate().filter(move |(_, row)| broken(row)).map(|(position, _)| position)
}

/// The inspection row of each enrolment id. Tables mostly run in the order of the register, so
/// the row is looked for here and next door before it is searched for.
fn owners<'a, 'k>(
    rows: &'a [InspectionRow],
    enrolment_ids: impl Iterator<Item = &'k str>,
) -> Vec<Option<&'a InspectionRow>> {
    let mut present = 0;
    let is_at = |position: usize, id: &str| rows.get(position).is_some_and(|row| row.enrolment_id == id);
    enrolment_ids
        .map(|id| {
            if is_at(present, id) {
                return rows.get(present);
            }
            present = if is_at(present + 1, id) {
                present + 1
            } else {
                rows.binary_search_by(|row| row.enrolment_id.as_str().cmp(id)).ok()?
            };
            rows.get(present)
        })
        .collect()
}

type Curve<'a> = (Option<&'a InspectionRow>, &'a [ProgressPoint]);

/// The diagram's last point and the verdict are computed apart and must meet.
fn curves_end_at_the_verdict(inspection: &Inspection, failures: &mut Failures) {
    let curves = &inspection.progress;
    failures.rows(
        "inspection.parquet",
        "each row has a curve",
        positions(&inspection.inspection, |row| {
            curves.binary_search_by(|(enrolment, _)| enrolment.as_str().cmp(&row.enrolment_id)).is_err()
        }),
    );
    let owners = owners(&inspection.inspection, curves.iter().map(|(enrolment, _)| enrolment.as_str()));
    let curves: Vec<Curve<'_>> =
        owners.into_iter().zip(curves.iter().map(|(_, points)| points.as_slice())).collect();
    let laws: [(&str, CurveLaw); 4] = [
        ("curves belong to inspected enrolments", |(owner, _)| owner.is_none()),
        ("a curve has every month up to the inspection's", |(owner, points)| {
            let gap = points.windows(2).any(|pair| pair[0].month.plus(1) != pair[1].month);
            let last = points.last().map(|point| point.month);
            gap || owner.is_some_and(|row| last != Some(row.inspection_date.month()))
        }),
        ("a curve ends at klip_net", |(owner, points)| {
            owner.zip(points.last()).is_some_and(|(row, last)| differ(row.klip_net, last.klip_net))
        }),
        ("a curve ends at ects_counted", |(owner, points)| {
            owner.zip(points.last()).is_some_and(|(row, last)| differ(row.ects_counted, last.ects))
        }),
    ];
    for (law, broken) in laws {
        failures.rows(
            "progress.parquet",
            &format!("{law} (curves counted, not rows)"),
            positions(&curves, broken),
        );
    }
}

/// Both known, and not the same.
fn differ<T: PartialEq>(one: Option<T>, other: Option<T>) -> bool {
    one.zip(other).is_some_and(|(one, other)| one != other)
}

fn rows_agree_with_themselves(inspection: &Inspection, failures: &mut Failures) {
    let rows = &inspection.inspection;
    let date = rows.first().map(|row| row.inspection_date);
    failures.rows(
        "inspection.parquet",
        "all rows have one inspection date",
        positions(rows, |row| Some(row.inspection_date) != date),
    );
    failures.rows(
        "inspection.parquet",
        "a case that needs a person sends no letter by itself",
        positions(rows, |row| !row.reviews.is_empty() && !row.letters.is_empty()),
    );
}

/// What must hold of every curve.
type CurveLaw = fn(&Curve<'_>) -> bool;
