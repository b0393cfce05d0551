//! The tables with few rows per enrolment: typed rows, sorted and cut by enrolment.

use super::keyed::keep_one_per_key;
use super::register::Row;
use super::staged::{Rejection, Rows};
use crate::base::{Month, Period};
use crate::contract::Table;
use crate::student::codes::*;
use crate::student::exports::*;

/// Sorts rows by enrolment (of a bucket: by member) and by themselves (their line last), so that the
/// order of the file does not matter.
fn grouped<T: Ord>(
    table: Table,
    rows: &Rows,
    kept: impl IntoIterator<Item = usize>,
    enrolments: usize,
    build: impl Fn(&Row) -> T,
) -> Grouped<T> {
    let built = kept.into_iter().map(|row| {
        let row = Row { rows, table, row };
        (row.index("enrolment_id"), build(&row))
    });
    let mut built = built.collect::<Vec<_>>();
    built.sort_unstable();
    let offsets = offsets(built.iter().map(|(enrolment, _)| *enrolment), enrolments);
    Grouped { rows: built.into_iter().map(|(_, row)| row).collect(), offsets }
}

/// Where the rows of each enrolment begin, and the end.
pub fn offsets(sorted: impl Iterator<Item = u32>, enrolments: usize) -> Vec<u32> {
    let mut offsets = vec![0; enrolments + 1];
    for enrolment in sorted {
        offsets[enrolment as usize + 1] += 1;
    }
    for enrolment in 0..enrolments {
        offsets[enrolment + 1] += offsets[enrolment];
    }
    offsets
}

/// Of rows of an enrolment that are equal but for their line the first is kept; `repeated` is told
/// enrolment and line of the others.
pub fn without_repeated<T: Copy + PartialEq>(
    grouped: Grouped<T>,
    line: fn(&mut T) -> &mut u32,
    mut repeated: impl FnMut(u32, u32),
) -> Grouped<T> {
    let enrolments = grouped.offsets.len() - 1;
    let (mut rows, mut owners) = (Vec::with_capacity(grouped.rows.len()), Vec::new());
    for enrolment in 0..enrolments as u32 {
        let mut before = None;
        for row in grouped.of(enrolment as usize) {
            let mut cells = *row;
            let line = std::mem::take(line(&mut cells));
            if before.replace(cells) == Some(cells) {
                repeated(enrolment, line);
            } else {
                rows.push(*row);
                owners.push(enrolment);
            }
        }
    }
    Grouped { offsets: offsets(owners.into_iter(), enrolments), rows }
}

fn period(row: &Row) -> Period {
    Period { first: row.day("from_date"), last: row.day("to_date") }
}

fn month(row: &Row, name: &str) -> Month {
    Month::from_index(row.number(name))
}

fn course(row: &Row) -> Option<u32> {
    row.maybe("course_code").map(i32::unsigned_abs)
}

pub fn registrations(rows: &Rows, enrolments: usize) -> Grouped<Registration> {
    grouped(Table::ExamRegistrations, rows, 0..rows.len(), enrolments, |row| Registration {
        course: row.index("course_code"),
        exam_date: row.day("exam_date"),
        registered_on: row.day("registered_on"),
        withdrawn_on: row.maybe_day("withdrawn_on"),
        withdrawal_deadline: row.maybe_day("withdrawal_deadline"),
        course_cancelled: row.truth("course_cancelled", false),
        line: row.line(),
    })
}

pub fn grants(rows: &Rows, enrolments: usize) -> Grouped<Grant> {
    grouped(Table::ExtraPortionGrants, rows, 0..rows.len(), enrolments, |row| Grant {
        granted_on: row.day("granted_on"),
        portions: row.number("portions"),
        reason: row.code("reason", GrantReason::from_index, GrantReason::Special),
        period_from: month(row, "period_from"),
        period_to: month(row, "period_to"),
        line: row.line(),
    })
}

pub fn claims(rows: &Rows, enrolments: usize, rejections: &mut Vec<Rejection>) -> Grouped<Claim> {
    let kept = keep_one_per_key(Table::ExtraPortionClaims, rows, rejections);
    grouped(Table::ExtraPortionClaims, rows, kept.rows, enrolments, |row| Claim {
        claim_id: row.owned("claim_id"),
        reason: row.code("reason", ClaimReason::from_index, ClaimReason::Special),
        period_from: month(row, "period_from"),
        period_to: month(row, "period_to"),
        months_applied: row.number("months_applied"),
        form_completed_on: row.day("form_completed_on"),
        documents_received_on: row.maybe_day("documents_received_on"),
        certificate: row.code("certificate", Certificate::from_index, Certificate::None),
        chronic: row.truth("chronic", false),
        statement: row.truth("statement", false),
        certificate_signed: row.maybe("certificate_signed").map(|value| value == 1),
        certificate_period_stated: row.maybe("certificate_period_stated").map(|value| value == 1),
        other_support_months: row.number("other_support_months"),
        line: row.line(),
    })
}

pub fn leaves(rows: &Rows, enrolments: usize) -> Grouped<Leave> {
    grouped(Table::Leaves, rows, 0..rows.len(), enrolments, |row| Leave {
        period: period(row),
        reason: row.code("reason", LeaveReason::from_index, LeaveReason::None),
        applied_on: row.maybe_day("applied_on"),
        line: row.line(),
    })
}

pub fn exemptions(rows: &Rows, enrolments: usize) -> Grouped<Exemption> {
    grouped(Table::Exemptions, rows, 0..rows.len(), enrolments, |row| Exemption {
        kind: row.code("kind", ExemptionKind::from_index, ExemptionKind::StudyActivity),
        course: course(row),
        granted_on: row.day("granted_on"),
        amount: row.number("amount"),
        line: row.line(),
    })
}

pub fn projects(rows: &Rows, enrolments: usize) -> Grouped<Project> {
    grouped(Table::Projects, rows, 0..rows.len(), enrolments, |row| Project {
        kind: row.code("kind", ProjectKind::from_index, ProjectKind::InternshipUnpaid),
        ects: row.ects("ects"),
        starts_on: row.day("starts_on"),
        due_on: row.day("due_on"),
        extended_to: row.maybe_day("extended_to"),
        submitted_on: row.maybe_day("submitted_on"),
        finished_on: row.maybe_day("finished_on"),
        course: course(row),
        abandoned_on: row.maybe_day("abandoned_on"),
        defended_on: row.maybe_day("defended_on"),
        impairment_weeks: row.maybe("impairment_weeks"),
        board_weeks: row.maybe("board_weeks"),
        gratuity: row.maybe("gratuity_dkk"),
        expenses: row.maybe("expenses_dkk"),
        line: row.line(),
    })
}

pub fn approvals(rows: &Rows, enrolments: usize) -> Grouped<ApprovalAbroad> {
    grouped(Table::ApprovalsAbroad, rows, 0..rows.len(), enrolments, |row| ApprovalAbroad {
        period: period(row),
        ects: row.ects("ects"),
        line: row.line(),
    })
}

pub fn parental_rights(rows: &Rows, enrolments: usize) -> Grouped<ParentalRight> {
    grouped(Table::ParentalRights, rows, 0..rows.len(), enrolments, |row| ParentalRight {
        child: row.owned("child"),
        due_on: row.day("due_on"),
        role: row.code("role", ParentalRole::from_index, ParentalRole::CoParent),
        portions: row.number("portions"),
        line: row.line(),
    })
}

pub fn youth_cards(rows: &Rows, enrolments: usize) -> Grouped<YouthCard> {
    grouped(Table::YouthCards, rows, 0..rows.len(), enrolments, |row| YouthCard {
        period: period(row),
        other_subsidy: row.maybe("other_subsidy").map(|value| value == 1),
        line: row.line(),
    })
}

pub fn exam_complaints(rows: &Rows, enrolments: usize) -> Grouped<ExamComplaint> {
    grouped(Table::ExamComplaints, rows, 0..rows.len(), enrolments, |row| ExamComplaint {
        course: row.index("course_code"),
        exam_date: row.day("exam_date"),
        submitted_on: row.day("submitted_on"),
        line: row.line(),
    })
}

pub fn part_results(rows: &Rows, enrolments: usize) -> Grouped<PartResult> {
    grouped(Table::PartResults, rows, 0..rows.len(), enrolments, |row| PartResult {
        course: row.index("course_code"),
        exam_date: row.day("exam_date"),
        part: row.owned("part"),
        weight: row.number("weight"),
        code: row.maybe("result").and_then(|code| u8::try_from(code).ok()),
        line: row.line(),
    })
}

pub fn early_starts(rows: &Rows, enrolments: usize) -> Grouped<EarlyStart> {
    grouped(Table::EarlyStarts, rows, 0..rows.len(), enrolments, |row| EarlyStart {
        course: row.index("course_code"),
        exam_date: row.day("exam_date"),
        line: row.line(),
    })
}

pub fn transitional_semesters(rows: &Rows, enrolments: usize) -> Grouped<TransitionalSemester> {
    grouped(Table::TransitionalSemesters, rows, 0..rows.len(), enrolments, |row| TransitionalSemester {
        applied_on: row.day("applied_on"),
        line: row.line(),
    })
}

pub fn student_cards(rows: &Rows, enrolments: usize) -> Grouped<StudentCard> {
    grouped(Table::StudentCards, rows, 0..rows.len(), enrolments, |row| {
        let yes = |name: &str| row.maybe(name).map(|value| value == 1);
        StudentCard {
            ordered_on: row.maybe_day("ordered_on"),
            issuer: row
                .maybe("issuer")
                .and_then(|index| CardIssuer::from_index(usize::try_from(index).ok()?)),
            photo_in_register: yes("photo_in_register"),
            photo_refused: yes("photo_refused"),
            address_abroad: yes("address_abroad"),
            pin_chosen: yes("pin_chosen"),
            campus: row.text("campus").filter(|text| !text.is_empty()).map(str::to_owned),
            collected_on: row.maybe_day("collected_on"),
            activated_on: row.maybe_day("activated_on"),
            activated_hour: row.maybe("activated_hour"),
            lost_on: row.maybe_day("lost_on"),
            worn_out: yes("worn_out"),
            semester_fee_paid: yes("semester_fee_paid"),
            medicine: yes("medicine"),
            hospital_card: yes("hospital_card"),
            on_leave: yes("on_leave"),
            added_functions: yes("added_functions"),
            line: row.line(),
        }
    })
}
