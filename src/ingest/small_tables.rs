//! The tables with few rows per enrolment: typed rows, sorted and cut by enrolment.

use super::checked_rows::{CheckedRows, Row};
use super::keyed::keep_one_per_key;
use super::small_records::Records;
use super::staged::{Piece, Rows};
use crate::base::{Month, Period};
use crate::contract::codes::*;
use crate::contract::{Table, column};
use crate::student::exports::*;

/// Sorts rows by enrolment (of a bucket: by member), which stands in `column`, and by themselves (their
/// line last), so that the order of the file does not matter.
fn grouped<T: Ord, R: CheckedRows>(
    rows: &R,
    kept: impl Iterator<Item = usize> + Clone,
    column: usize,
    enrolments: usize,
    build: impl Fn(&Row<R>) -> T,
) -> Grouped<T> {
    let enrolment = |row| Row { rows, row }.index(column);
    let offsets = offsets(kept.clone().map(enrolment), enrolments);
    let mut next = offsets.clone();
    let mut order = vec![0; offsets.last().map_or(0, |end| *end as usize)];
    for row in kept {
        let place = &mut next[enrolment(row) as usize];
        order[*place as usize] = row;
        *place += 1;
    }
    let mut built = order.into_iter().map(|row| build(&Row { rows, row })).collect::<Vec<_>>();
    for of_enrolment in offsets.windows(2) {
        built[of_enrolment[0] as usize..of_enrolment[1] as usize].sort_unstable();
    }
    Grouped { rows: built, offsets }
}

/// Where the rows of each enrolment begin, and the end.
pub fn offsets(enrolments_of_rows: impl Iterator<Item = u32>, enrolments: usize) -> Vec<u32> {
    let mut offsets = vec![0; enrolments + 1];
    for enrolment in enrolments_of_rows {
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

fn period(row: &Row<impl CheckedRows>, first: usize, last: usize) -> Period {
    Period { first: row.day(first), last: row.day(last) }
}

fn month(row: &Row<impl CheckedRows>, column: usize) -> Month {
    Month::from_index(row.number(column))
}

fn course(row: &Row<impl CheckedRows>, column: usize) -> Option<u32> {
    row.maybe(column).map(i32::unsigned_abs)
}

pub fn registrations(rows: &Records, enrolments: usize) -> Grouped<Registration> {
    grouped(rows, 0..rows.len(), column!(ExamRegistrations.enrolment_id), enrolments, |row| Registration {
        course: row.index(column!(ExamRegistrations.course_code)),
        exam_date: row.day(column!(ExamRegistrations.exam_date)),
        registered_on: row.day(column!(ExamRegistrations.registered_on)),
        withdrawn_on: row.maybe_day(column!(ExamRegistrations.withdrawn_on)),
        withdrawal_deadline: row.maybe_day(column!(ExamRegistrations.withdrawal_deadline)),
        course_cancelled: row.truth(column!(ExamRegistrations.course_cancelled), false),
        line: row.line(),
    })
}

pub fn grants(rows: &Rows, enrolments: usize) -> Grouped<Grant> {
    grouped(rows, 0..rows.len(), column!(ExtraPortionGrants.enrolment_id), enrolments, |row| Grant {
        granted_on: row.day(column!(ExtraPortionGrants.granted_on)),
        portions: row.number(column!(ExtraPortionGrants.portions)),
        reason: row.code(column!(ExtraPortionGrants.reason), GrantReason::from_index, GrantReason::Special),
        period_from: month(row, column!(ExtraPortionGrants.period_from)),
        period_to: month(row, column!(ExtraPortionGrants.period_to)),
        line: row.line(),
    })
}

pub fn claims(Piece { rows, rejections, .. }: &mut Piece, enrolments: usize) -> Grouped<Claim> {
    let kept = keep_one_per_key(Table::ExtraPortionClaims, rows, rejections);
    grouped(rows, kept.rows.iter().copied(), column!(ExtraPortionClaims.enrolment_id), enrolments, |row| {
        Claim {
            claim_id: row.owned(column!(ExtraPortionClaims.claim_id)),
            reason: row.code(
                column!(ExtraPortionClaims.reason),
                ClaimReason::from_index,
                ClaimReason::Special,
            ),
            period_from: month(row, column!(ExtraPortionClaims.period_from)),
            period_to: month(row, column!(ExtraPortionClaims.period_to)),
            months_applied: row.number(column!(ExtraPortionClaims.months_applied)),
            form_completed_on: row.day(column!(ExtraPortionClaims.form_completed_on)),
            documents_received_on: row.maybe_day(column!(ExtraPortionClaims.documents_received_on)),
            certificate: row.code(
                column!(ExtraPortionClaims.certificate),
                Certificate::from_index,
                Certificate::None,
            ),
            chronic: row.truth(column!(ExtraPortionClaims.chronic), false),
            statement: row.truth(column!(ExtraPortionClaims.statement), false),
            certificate_signed: row.maybe_truth(column!(ExtraPortionClaims.certificate_signed)),
            certificate_period_stated: row.maybe_truth(column!(ExtraPortionClaims.certificate_period_stated)),
            other_support_months: row.number(column!(ExtraPortionClaims.other_support_months)),
            line: row.line(),
        }
    })
}

pub fn leaves(rows: &Records, enrolments: usize) -> Grouped<Leave> {
    grouped(rows, 0..rows.len(), column!(Leaves.enrolment_id), enrolments, |row| Leave {
        period: period(row, column!(Leaves.from_date), column!(Leaves.to_date)),
        reason: row.code(column!(Leaves.reason), LeaveReason::from_index, LeaveReason::None),
        applied_on: row.maybe_day(column!(Leaves.applied_on)),
        line: row.line(),
    })
}

pub fn exemptions(rows: &Rows, enrolments: usize) -> Grouped<Exemption> {
    grouped(rows, 0..rows.len(), column!(Exemptions.enrolment_id), enrolments, |row| Exemption {
        kind: row.code(column!(Exemptions.kind), ExemptionKind::from_index, ExemptionKind::StudyActivity),
        course: course(row, column!(Exemptions.course_code)),
        granted_on: row.day(column!(Exemptions.granted_on)),
        amount: row.number(column!(Exemptions.amount)),
        line: row.line(),
    })
}

pub fn projects(rows: &Records, enrolments: usize) -> Grouped<Project> {
    grouped(rows, 0..rows.len(), column!(Projects.enrolment_id), enrolments, |row| Project {
        kind: row.code(column!(Projects.kind), ProjectKind::from_index, ProjectKind::InternshipUnpaid),
        ects: row.ects(column!(Projects.ects)),
        starts_on: row.day(column!(Projects.starts_on)),
        due_on: row.day(column!(Projects.due_on)),
        extended_to: row.maybe_day(column!(Projects.extended_to)),
        submitted_on: row.maybe_day(column!(Projects.submitted_on)),
        finished_on: row.maybe_day(column!(Projects.finished_on)),
        course: course(row, column!(Projects.course_code)),
        abandoned_on: row.maybe_day(column!(Projects.abandoned_on)),
        defended_on: row.maybe_day(column!(Projects.defended_on)),
        impairment_weeks: row.maybe(column!(Projects.impairment_weeks)),
        board_weeks: row.maybe(column!(Projects.board_weeks)),
        gratuity: row.maybe(column!(Projects.gratuity_dkk)),
        expenses: row.maybe(column!(Projects.expenses_dkk)),
        line: row.line(),
    })
}

pub fn approvals(rows: &Records, enrolments: usize) -> Grouped<ApprovalAbroad> {
    grouped(rows, 0..rows.len(), column!(ApprovalsAbroad.enrolment_id), enrolments, |row| ApprovalAbroad {
        period: period(row, column!(ApprovalsAbroad.from_date), column!(ApprovalsAbroad.to_date)),
        ects: row.ects(column!(ApprovalsAbroad.ects)),
        line: row.line(),
    })
}

pub fn parental_rights(rows: &Records, enrolments: usize) -> Grouped<ParentalRight> {
    grouped(rows, 0..rows.len(), column!(ParentalRights.enrolment_id), enrolments, |row| ParentalRight {
        child: row.owned(column!(ParentalRights.child)),
        due_on: row.day(column!(ParentalRights.due_on)),
        role: row.code(column!(ParentalRights.role), ParentalRole::from_index, ParentalRole::CoParent),
        portions: row.number(column!(ParentalRights.portions)),
        line: row.line(),
    })
}

pub fn youth_cards(rows: &Records, enrolments: usize) -> Grouped<YouthCard> {
    grouped(rows, 0..rows.len(), column!(YouthCards.enrolment_id), enrolments, |row| YouthCard {
        period: period(row, column!(YouthCards.from_date), column!(YouthCards.to_date)),
        other_subsidy: row.maybe_truth(column!(YouthCards.other_subsidy)),
        line: row.line(),
    })
}

pub fn exam_complaints(rows: &Records, enrolments: usize) -> Grouped<ExamComplaint> {
    grouped(rows, 0..rows.len(), column!(ExamComplaints.enrolment_id), enrolments, |row| ExamComplaint {
        course: row.index(column!(ExamComplaints.course_code)),
        exam_date: row.day(column!(ExamComplaints.exam_date)),
        submitted_on: row.day(column!(ExamComplaints.submitted_on)),
        line: row.line(),
    })
}

pub fn part_results(rows: &Records, enrolments: usize) -> Grouped<PartResult> {
    grouped(rows, 0..rows.len(), column!(PartResults.enrolment_id), enrolments, |row| PartResult {
        course: row.index(column!(PartResults.course_code)),
        exam_date: row.day(column!(PartResults.exam_date)),
        part: row.owned(column!(PartResults.part)),
        weight: row.number(column!(PartResults.weight)),
        code: row.maybe(column!(PartResults.result)).and_then(|code| u8::try_from(code).ok()),
        line: row.line(),
    })
}

pub fn early_starts(rows: &Records, enrolments: usize) -> Grouped<EarlyStart> {
    grouped(rows, 0..rows.len(), column!(EarlyStarts.enrolment_id), enrolments, |row| EarlyStart {
        course: row.index(column!(EarlyStarts.course_code)),
        exam_date: row.day(column!(EarlyStarts.exam_date)),
        line: row.line(),
    })
}

pub fn transitional_semesters(rows: &Records, enrolments: usize) -> Grouped<TransitionalSemester> {
    grouped(rows, 0..rows.len(), column!(TransitionalSemesters.enrolment_id), enrolments, |row| {
        TransitionalSemester {
            applied_on: row.day(column!(TransitionalSemesters.applied_on)),
            line: row.line(),
        }
    })
}

pub fn student_cards(rows: &Records, enrolments: usize) -> Grouped<StudentCard> {
    grouped(rows, 0..rows.len(), column!(StudentCards.enrolment_id), enrolments, |row| StudentCard {
        ordered_on: row.maybe_day(column!(StudentCards.ordered_on)),
        issuer: row
            .maybe(column!(StudentCards.issuer))
            .and_then(|index| CardIssuer::from_index(usize::try_from(index).ok()?)),
        photo_in_register: row.maybe_truth(column!(StudentCards.photo_in_register)),
        photo_refused: row.maybe_truth(column!(StudentCards.photo_refused)),
        address_abroad: row.maybe_truth(column!(StudentCards.address_abroad)),
        pin_chosen: row.maybe_truth(column!(StudentCards.pin_chosen)),
        campus: row.text(column!(StudentCards.campus)).filter(|text| !text.is_empty()).map(str::to_owned),
        collected_on: row.maybe_day(column!(StudentCards.collected_on)),
        activated_on: row.maybe_day(column!(StudentCards.activated_on)),
        activated_hour: row.maybe(column!(StudentCards.activated_hour)),
        lost_on: row.maybe_day(column!(StudentCards.lost_on)),
        worn_out: row.maybe_truth(column!(StudentCards.worn_out)),
        semester_fee_paid: row.maybe_truth(column!(StudentCards.semester_fee_paid)),
        medicine: row.maybe_truth(column!(StudentCards.medicine)),
        hospital_card: row.maybe_truth(column!(StudentCards.hospital_card)),
        on_leave: row.maybe_truth(column!(StudentCards.on_leave)),
        added_functions: row.maybe_truth(column!(StudentCards.added_functions)),
        line: row.line(),
    })
}
