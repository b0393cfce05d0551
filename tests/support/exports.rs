//! Exports built in memory from the rows of a case, sorted as the invariants of
//! `student::exports` demand. The gate is not used: a case speaks of rules, not of files.

mod bulk;
mod keyed;

use std::collections::{BTreeMap, BTreeSet};

use klippekort::base::{Cpr, Day, Period};
use klippekort::contract::Table;
use klippekort::contract::codes::*;
use klippekort::student::exports::*;
use klippekort::student::previous::{PreviousInspection, PreviousVerdict};
use klippekort::student::result_codes::ResultCodes;
use klippekort::verdicts::{Progress, StartCheck, SuStatus};

use super::row::{Row, ects, text_of};

/// Raw rows per table, already overlaid with the usual cells and the defaults of the file.
#[derive(Default)]
pub struct Rows {
    pub of: BTreeMap<Table, Vec<toml::Table>>,
    /// Optional tables that were given, with rows or without.
    pub given: BTreeSet<Table>,
    /// Enrolments with a rejected row.
    pub rejected: Vec<String>,
    /// Tables, and the enrolments that rejected rows of theirs named.
    pub lost: BTreeMap<Table, Vec<String>>,
    /// The courses of rejected equivalences, empty where they cannot be read.
    pub lost_equivalences: Vec<[String; 2]>,
    /// An earlier inspection and its verdict on `E1`.
    pub previous: Option<toml::Table>,
}

pub fn build(rows: &Rows, codes: &ResultCodes) -> Result<Exports, String> {
    let build = Builder { rows, enrolments: keys(rows, Table::Enrolments, "enrolment_id")? };
    for table in rows.of.keys() {
        if !table.required() && !rows.given.contains(table) && !build.raw(*table).is_empty() {
            return Err(format!("{table} has rows, but is not given"));
        }
    }
    if let Some(id) = rows.rejected.iter().find(|id| !build.enrolments.contains(id)) {
        return Err(format!("rejected_input: no enrolment {id}"));
    }
    let programmes = build.programmes()?;
    let catalogue = build.catalogue()?;
    let (enrolments, people) = build.register(&programmes)?;
    let small = SmallTables {
        members: Members::default(),
        exam_registrations: build.small(Table::ExamRegistrations, &["course"], |row| {
            Ok(Registration {
                course: course(&catalogue, &row)?,
                exam_date: row.day("exam_date")?,
                registered_on: row.day("registered_on")?,
                withdrawn_on: row.optional_day("withdrawn_on")?,
                withdrawal_deadline: row.optional_day("withdrawal_deadline")?,
                course_cancelled: row.optional_truth("course_cancelled")?.unwrap_or(false),
                line: 0,
            })
        })?,
        leaves: build.small(Table::Leaves, &[], |row| {
            Ok(Leave {
                period: period(&row)?,
                reason: row.code("reason", LeaveReason::from_code)?,
                applied_on: row.optional_day("applied_on")?,
                line: 0,
            })
        })?,
        projects: build.small(Table::Projects, &["course"], |row| {
            Ok(Project {
                kind: row.code("kind", ProjectKind::from_code)?,
                ects: row.ects("ects")?,
                starts_on: row.day("starts_on")?,
                due_on: row.day("due_on")?,
                extended_to: row.optional_day("extended_to")?,
                submitted_on: row.optional_day("submitted_on")?,
                finished_on: row.optional_day("finished_on")?,
                course: optional_course(&catalogue, &row)?,
                abandoned_on: row.optional_day("abandoned_on")?,
                defended_on: row.optional_day("defended_on")?,
                impairment_weeks: row.optional_int("impairment_weeks")?,
                board_weeks: row.optional_int("board_weeks")?,
                gratuity: row.optional_ects("gratuity_dkk")?.map(|kroner| kroner.as_hundredths()),
                expenses: row.optional_ects("expenses_dkk")?.map(|kroner| kroner.as_hundredths()),
                line: 0,
            })
        })?,
        approvals_abroad: build.small(Table::ApprovalsAbroad, &[], |row| {
            Ok(ApprovalAbroad { period: period(&row)?, ects: row.ects("ects")?, line: 0 })
        })?,
        parental_rights: build.small(Table::ParentalRights, &[], |row| {
            Ok(ParentalRight {
                child: row.text("child")?,
                due_on: row.day("due_on")?,
                role: row.code("role", ParentalRole::from_code)?,
                portions: row.int("portions")?,
                line: 0,
            })
        })?,
        youth_cards: build.small(Table::YouthCards, &[], |row| {
            let other_subsidy = row.optional_truth("other_subsidy")?;
            Ok(YouthCard { period: period(&row)?, other_subsidy, line: 0 })
        })?,
        exam_complaints: build.small(Table::ExamComplaints, &["course"], |row| {
            Ok(ExamComplaint {
                course: course(&catalogue, &row)?,
                exam_date: row.day("exam_date")?,
                submitted_on: row.day("submitted_on")?,
                line: 0,
            })
        })?,
        part_results: build.small(Table::PartResults, &["course"], |row| {
            let result = row.optional("result")?;
            let code = result.map(|text| codes.find(&text).ok_or(format!("no result code {text:?}")));
            Ok(PartResult {
                course: course(&catalogue, &row)?,
                exam_date: row.day("exam_date")?,
                part: row.text("part")?,
                weight: row.int("weight")?,
                code: code.transpose()?.map(|(code, _)| code),
                line: 0,
            })
        })?,
        early_starts: build.small(Table::EarlyStarts, &["course"], |row| {
            let course = course(&catalogue, &row)?;
            Ok(EarlyStart { course, exam_date: row.day("exam_date")?, line: 0 })
        })?,
        transitional_semesters: build.small(Table::TransitionalSemesters, &[], |row| {
            Ok(TransitionalSemester { applied_on: row.day("applied_on")?, line: 0 })
        })?,
        student_cards: build.small(Table::StudentCards, &[], |row| {
            Ok(StudentCard {
                ordered_on: row.optional_day("ordered_on")?,
                issuer: row
                    .optional("issuer")?
                    .map(|_| row.code("issuer", CardIssuer::from_code))
                    .transpose()?,
                photo_in_register: row.optional_truth("photo_in_register")?,
                photo_refused: row.optional_truth("photo_refused")?,
                address_abroad: row.optional_truth("address_abroad")?,
                pin_chosen: row.optional_truth("pin_chosen")?,
                campus: row.optional("campus")?,
                collected_on: row.optional_day("collected_on")?,
                activated_on: row.optional_day("activated_on")?,
                activated_hour: row.optional_int("activated_hour")?,
                lost_on: row.optional_day("lost_on")?,
                worn_out: row.optional_truth("worn_out")?,
                semester_fee_paid: row.optional_truth("semester_fee_paid")?,
                medicine: row.optional_truth("medicine")?,
                hospital_card: row.optional_truth("hospital_card")?,
                on_leave: row.optional_truth("on_leave")?,
                added_functions: row.optional_truth("added_functions")?,
                line: 0,
            })
        })?,
    };
    Ok(Exports {
        results: build.results(&catalogue, codes)?,
        su_payments: build.payments()?,
        extra_portion_grants: build.small(Table::ExtraPortionGrants, &[], |row| {
            let granted_on = row.day("granted_on")?;
            Ok(Grant {
                granted_on,
                portions: row.int("portions")?,
                reason: row.code("reason", GrantReason::from_code)?,
                period_from: row.optional_month("period_from")?.unwrap_or(granted_on.month()),
                period_to: row.optional_month("period_to")?.unwrap_or(granted_on.month()),
                line: 0,
            })
        })?,
        extra_portion_claims: build.small(Table::ExtraPortionClaims, &[], claim)?,
        exemptions: build.small(Table::Exemptions, &["course"], |row| {
            Ok(Exemption {
                kind: row.code("kind", ExemptionKind::from_code)?,
                course: optional_course(&catalogue, &row)?,
                granted_on: row.day("granted_on")?,
                amount: row.int("amount")?,
                line: 0,
            })
        })?,
        rejected_input: build.rejected_input(),
        lost_rows: build.lost_rows()?,
        contradicting_rows: Vec::new(),
        lost_equivalences: build.lost_equivalences(&catalogue)?,
        identity_conflicts: Vec::new(),
        previous: rows.previous.as_ref().map(|cells| build.previous(cells)).transpose()?,
        students: Students::new(&enrolments),
        curricula: Default::default(),
        enrolments,
        people,
        programmes,
        catalogue,
        small,
    })
}

fn claim(row: Row) -> Result<Claim, String> {
    Ok(Claim {
        claim_id: row.text("claim_id")?,
        reason: row.code("reason", ClaimReason::from_code)?,
        period_from: row.month("period_from")?,
        period_to: row.month("period_to")?,
        months_applied: row.int("months_applied")?,
        form_completed_on: row.day("form_completed_on")?,
        documents_received_on: row.optional_day("documents_received_on")?,
        certificate: row.code("certificate", Certificate::from_code)?,
        chronic: row.truth("chronic")?,
        statement: row.truth("statement")?,
        certificate_signed: row.optional_truth("certificate_signed")?,
        certificate_period_stated: row.optional_truth("certificate_period_stated")?,
        other_support_months: row.optional_int("other_support_months")?.unwrap_or(0),
        line: 0,
    })
}

fn period(row: &Row) -> Result<Period, String> {
    Ok(Period { first: row.day("from_date")?, last: row.day("to_date")? })
}

/// `course` is short for `course_code`.
fn course_code(row: &Row) -> Result<Option<String>, String> {
    Ok(row.optional("course_code")?.or(row.optional("course")?))
}

fn optional_course(catalogue: &Catalogue, row: &Row) -> Result<Option<u32>, String> {
    let Some(code) = course_code(row)? else { return Ok(None) };
    let found = catalogue.codes.iter().position(|known| *known == code);
    found.map(|index| Some(index as u32)).ok_or(format!("no course {code}"))
}

fn course(catalogue: &Catalogue, row: &Row) -> Result<u32, String> {
    optional_course(catalogue, row)?.ok_or("a course is needed".to_owned())
}

/// The sorted, unique keys of a table.
fn keys(rows: &Rows, table: Table, column: &str) -> Result<Vec<String>, String> {
    let mut keys = Vec::new();
    for cells in rows.of.get(&table).into_iter().flatten() {
        keys.push(Row::new(table, cells.clone(), &[])?.text(column)?);
    }
    keys.sort();
    match keys.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(format!("{table} has {} twice", pair[0])),
        None => Ok(keys),
    }
}

struct Builder<'a> {
    rows: &'a Rows,
    /// Sorted ids; the position is the register index.
    enrolments: Vec<String>,
}

impl Builder<'_> {
    fn raw(&self, table: Table) -> &[toml::Table] {
        self.rows.of.get(&table).map_or(&[], Vec::as_slice)
    }

    fn read(&self, table: Table, shorthand: &[&str]) -> Result<Vec<Row>, String> {
        self.raw(table).iter().map(|cells| Row::new(table, cells.clone(), shorthand)).collect()
    }

    /// The register index of a row; a row that names none belongs to the first enrolment, `E1`.
    fn index(&self, row: &Row) -> Result<usize, String> {
        let id = row.optional("enrolment_id")?.unwrap_or("E1".to_owned());
        self.enrolments.binary_search(&id).map_err(|_| format!("no enrolment {id}"))
    }

    fn offsets(&self, indexes: impl Iterator<Item = usize> + Clone) -> Vec<u32> {
        let before = |enrolment: usize| indexes.clone().filter(|index| *index < enrolment).count() as u32;
        (0..=self.enrolments.len()).map(before).collect()
    }

    fn small<T: Ord>(
        &self,
        table: Table,
        shorthand: &[&str],
        read: impl Fn(Row) -> Result<T, String>,
    ) -> Result<Option<Grouped<T>>, String> {
        if !self.rows.given.contains(&table) {
            return Ok(None);
        }
        let mut found = Vec::new();
        for row in self.read(table, shorthand)? {
            found.push((self.index(&row)?, read(row)?));
        }
        found.sort();
        let offsets = self.offsets(found.iter().map(|(index, _)| *index));
        Ok(Some(Grouped { rows: found.into_iter().map(|(_, row)| row).collect(), offsets }))
    }

    /// Named by a rejected row of a table whose rejects need a review, as the gate does it.
    fn rejected_input(&self) -> Vec<bool> {
        let needing = || self.rows.lost.iter().filter(|(table, _)| table.rejects_need_review());
        let rejected =
            |id: &String| self.rows.rejected.contains(id) || needing().any(|(_, named)| named.contains(id));
        self.enrolments.iter().map(rejected).collect()
    }

    fn lost_rows(&self) -> Result<Vec<LostRow>, String> {
        let mut lost = Vec::new();
        for (table, named) in &self.rows.lost {
            for id in named {
                let index = self.enrolments.binary_search(id).map_err(|_| format!("no enrolment {id}"))?;
                lost.push(LostRow { table: *table, enrolment: index as u32, line: 1 });
            }
        }
        lost.sort_unstable();
        Ok(lost)
    }

    fn lost_equivalences(&self, catalogue: &Catalogue) -> Result<Vec<[Option<u32>; 2]>, String> {
        let index = |code: &String| {
            let found = catalogue.codes.iter().position(|known| known == code).map(|index| index as u32);
            if found.is_some() || code.is_empty() { Ok(found) } else { Err(format!("no course {code}")) }
        };
        self.rows.lost_equivalences.iter().map(|[one, other]| Ok([index(one)?, index(other)?])).collect()
    }

    /// Dates and verdict of an earlier inspection. Without a verdict `E1` was not inspected.
    fn previous(&self, cells: &toml::Table) -> Result<PreviousInspection, String> {
        const DATES: [&str; 2] = ["inspection_date", "results_through"];
        const VERDICT: [&str; 4] = ["su_status", "progress", "start_check", "ects_required"];
        if let Some(key) = cells.keys().find(|key| !DATES.iter().chain(&VERDICT).any(|known| known == key)) {
            return Err(format!("previous: unknown key {key}"));
        }
        let inspection_date =
            parsed(cells, "inspection_date", Day::parse_iso)?.ok_or("previous.inspection_date is needed")?;
        let verdict = PreviousVerdict {
            letters: Vec::new(),
            su_status: parsed(cells, "su_status", SuStatus::from_code)?,
            progress: parsed(cells, "progress", Progress::from_code)?,
            start_check: parsed(cells, "start_check", StartCheck::from_code)?,
            required: parsed(cells, "ects_required", ects)?,
        };
        let inspected = VERDICT.iter().any(|key| cells.contains_key(*key)).then_some(verdict);
        Ok(PreviousInspection {
            inspection_date,
            results_through: parsed(cells, "results_through", Day::parse_iso)?.unwrap_or(inspection_date),
            verdicts: self.enrolments.iter().map(|id| inspected.clone().filter(|_| id == "E1")).collect(),
        })
    }
}

/// A cell of the earlier inspection: `None` when it is empty or left out.
fn parsed<T>(cells: &toml::Table, key: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, String> {
    let text = cells.get(key).map(text_of).transpose()?.filter(|text| !text.is_empty());
    let Some(text) = text else { return Ok(None) };
    read(&text).map(Some).ok_or(format!("previous.{key} cannot be {text:?}"))
}
