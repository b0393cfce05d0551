//! From the decisions of the rules to the rows of the tables, and to the letters due.

use super::{contradictions, doubts};
use crate::contract::codes::Status;
use crate::rules::degree::dg412;
use crate::rules::exams::{ex301, ex303};
use crate::rules::extra_portions::xk201::Estimate;
use crate::rules::su::{su104, supplement_portions};
use crate::rules::{Case, Decisions, missing_reason};
use crate::student::leave;
use crate::student::view::{Known, Unknown};
use crate::verdicts::*;

pub fn inspection_row(case: &Case, decisions: &Decisions) -> InspectionRow {
    let enrolment = case.enrolment;
    let progress = &decisions.progress;
    let attempts = &decisions.attempts;
    let thirds = &decisions.thirds;
    let ects = progress.ects.ok();
    let standing = progress.standing.ok();
    let shares = thirds.shares.ok();
    let last_attempt = attempts.count(AttemptState::LastAttempt);
    let exhausted = attempts.count(AttemptState::Exhausted);
    let reviews = reviews(case, decisions, exhausted);
    let at_limit = [exhausted, last_attempt].map(|count| count.is_ok_and(|count| count > 0));
    let called_for = letters_called_for(case, decisions, at_limit);
    let (letters, letters_held) =
        if reviews.is_empty() { (called_for, Vec::new()) } else { (Vec::new(), called_for) };
    InspectionRow {
        student_id: enrolment.student_id.clone(),
        enrolment_id: enrolment.enrolment_id.clone(),
        programme_code: case.programme.code.clone(),
        level: case.programme.level,
        started_on: enrolment.started_on,
        status: enrolment.status,
        inspection_date: case.cutoffs.inspection_date,
        regime: progress.regime,
        klip_gross: progress.gross,
        klip_parental: progress.parental,
        klip_extra: progress.extra.ok(),
        klip_net: progress.net.ok(),
        control_point: progress.control_point.ok(),
        ects_counted: ects.map(|ects| ects.counted),
        ects_provisional: ects.map(|ects| ects.provisional),
        ects_transferred: ects.map(|ects| ects.transferred),
        ects_required: progress.required.ok(),
        ects_missing: standing.map(|standing| standing.missing),
        ects_behind: standing.map(|standing| standing.behind),
        progress: standing.map(|standing| standing.progress),
        start_check: decisions.start_check.verdict.ok(),
        su_status: decisions.final_project.su_status.ok(),
        robust: progress.robust.ok(),
        flips: progress.robust.ok().map(|_| progress.flips.iter().map(|flip| flip.reading).collect()),
        portions_left: decisions.portions.left.ok(),
        ects_last_two_semesters: decisions.five_ects.ects.ok(),
        five_ects: decisions.five_ects.verdict.ok(),
        five_ects_semesters: decisions.five_ects.missed().to_vec(),
        maximum_date: decisions.maximum.last_day.ok(),
        maximum_state: decisions.maximum.state.ok(),
        months_late: decisions.lateness.months_late.ok(),
        guidance: decisions.lateness.guidance.ok(),
        courses_last_attempt: last_attempt.ok(),
        courses_exhausted: exhausted.ok(),
        pass_fail_ects: shares.map(|shares| shares.pass_fail),
        external_ects: thirds.external.ok(),
        ratio_base: shares.map(|shares| shares.base),
        pass_fail_third: thirds.pass_fail_third.ok(),
        external_third: thirds.external_third.ok(),
        reviews,
        letters,
        letters_held,
    }
}

/// Every reason for which a person must look at the case before anything is sent.
fn reviews(case: &Case, decisions: &Decisions, exhausted: Known<i32>) -> Reviews {
    let mut reviews = Reviews::default();
    let progress = &decisions.progress;
    let mut when = |condition: bool, reason: ReviewReason| {
        if condition {
            reviews.add(reason);
        }
    };
    when(progress.robust == Ok(false), ReviewReason::NotRobust);
    when(progress.internship_course_unknown, ReviewReason::InternshipCourseUnknown);
    when(case.law.regime_needs_review, ReviewReason::TwelveMonthsRegime);
    when(case.exports.rejected_input.get(case.index).copied().unwrap_or(true), ReviewReason::RejectedInput);
    when(doubts::rest_on_lost_row(case, decisions), ReviewReason::RejectedInput);
    when(case.exports.has_identity_conflict(case.index), ReviewReason::IdentityConflict);
    when(decisions.start_check.cheating_case, ReviewReason::CheatingCaseOnly);
    when(decisions.start_check.on_leave, ReviewReason::StartCheckOnLeave);
    when(progress.results_cut_off, ReviewReason::ResultsCutOff);
    when(decisions.start_check.results_cut_off, ReviewReason::ResultsCutOff);
    when(decisions.start_check.took_part_later, ReviewReason::ResultsCutOff);
    when(decisions.five_ects.results_cut_off, ReviewReason::ResultsCutOff);
    when(decisions.five_ects.readmitted, ReviewReason::Readmitted);
    when(decisions.final_project.su_status == Ok(SuStatus::InactiveAbroad), ReviewReason::Abroad);
    when(decisions.attempts.blocked_pair == Ok(true), ReviewReason::BlockedPair);
    when(decisions.attempts.at_limit().any(|group| group.pending), ReviewReason::AttemptPending);
    when(ex301::released_at_limit(case, decisions), ReviewReason::CourseReleased);
    when(decisions.final_project.passed, ReviewReason::ProjectPassed);
    when(supplement_portions::turn_the_verdict(case, decisions), ReviewReason::SupplementPortions);
    when(su104::registered_late(case), ReviewReason::InternshipRegisteredLate);
    when(dg412::has_too_old_entry_credit(case), ReviewReason::OldEntryCredit);
    when(ex303::uses_more(case, &decisions.attempts), ReviewReason::AgreementAttempt);
    let thirds = &decisions.thirds;
    when(thirds.pass_fail_base_matters || thirds.external_base_matters, ReviewReason::RatioDenominator);
    match case.leaves() {
        Ok(leaves) => {
            when(leave::overlap(leaves), ReviewReason::OverlappingLeaves);
            when(status_conflict(case, leaves), ReviewReason::StatusConflict);
        }
        Err(_) => when(case.enrolment.ended_on.is_some(), ReviewReason::StatusConflict),
    }
    contradictions::found(case, decisions).for_each(|found| reviews.add(found.reason));
    for unknown in unknowns(decisions, exhausted) {
        if let Some(reason) = missing_reason(unknown) {
            reviews.add(reason);
        }
    }
    reviews
}

/// An end on a programme that is not ended, or a leave that contradicts the status.
fn status_conflict(case: &Case, leaves: &[crate::student::exports::Leave]) -> bool {
    let on_leave_today = leave::covers(leaves, case.cutoffs.inspection_date);
    case.enrolment.ended_on.is_some() || on_leave_today != (case.enrolment.status == Status::OnLeave)
}

/// Why each verdict that is unknown is so.
fn unknowns(decisions: &Decisions, exhausted: Known<i32>) -> impl Iterator<Item = Unknown> {
    fn why<T>(value: &Known<T>) -> Option<Unknown> {
        value.as_ref().err().copied()
    }
    [
        why(&decisions.progress.standing),
        why(&decisions.progress.ects),
        why(&decisions.progress.robust),
        why(&decisions.start_check.verdict),
        why(&decisions.final_project.su_status),
        why(&decisions.portions.left),
        why(&exhausted),
        why(&decisions.attempts.blocked_pair),
        why(&decisions.thirds.pass_fail_third),
        why(&decisions.thirds.external_third),
        why(&decisions.five_ects.verdict),
        why(&decisions.five_ects.exempt),
        why(&decisions.maximum.state),
        why(&decisions.lateness.guidance),
    ]
    .into_iter()
    .flatten()
}

/// The kinds of letter that the verdicts call for, before anyone asks whether the case needs a
/// person. A cover by a final project stops the hearing about progress, and a leave stops both. Of the
/// attempts: whether some course group has none left, or one.
fn letters_called_for(
    case: &Case,
    decisions: &Decisions,
    [none_left, one_left]: [bool; 2],
) -> Vec<LetterKind> {
    let mut kinds = Vec::new();
    let mut when = |condition: bool, kind: LetterKind| {
        if condition {
            kinds.push(kind);
        }
    };
    let six_months = decisions.progress.regime == Regime::SixMonths;
    when(six_months && decisions.stop_for_progress(), LetterKind::HearingNotice);
    when(decisions.stop_for_start_check(), LetterKind::StartCheckHearing);
    when(none_left, LetterKind::AttemptsUsedUp);
    when(one_left, LetterKind::LastAttempt);
    when(decisions.five_ects.calls_for_warning(), LetterKind::FiveEctsWarning);
    when(decisions.lateness.is_invited(), LetterKind::GuidanceInvitation);
    when(decisions.portions.running_out(case), LetterKind::PortionsRunningOut);
    kinds
}

pub fn attempt_rows(case: &Case, decisions: &Decisions) -> impl Iterator<Item = AttemptRow> {
    let groups = decisions.attempts.groups.as_deref().unwrap_or_default();
    let enrolment_id = &case.enrolment.enrolment_id;
    groups.iter().map(move |group| AttemptRow {
        enrolment_id: enrolment_id.clone(),
        course_group: group.name.into(),
        used: group.used,
        allowed: group.allowed.ok(),
        ill: group.ill,
        passed: group.passed,
        pending: group.pending,
        state: group.state.ok(),
        last_exam_date: group.last_exam_date,
    })
}

pub fn claim_row(case: &Case, estimate: &Estimate) -> ClaimRow {
    ClaimRow {
        claim_id: estimate.claim.claim_id.clone(),
        enrolment_id: case.enrolment.enrolment_id.clone(),
        months_supported: estimate.months_supported,
        ects_expected: estimate.expected.ok(),
        ects_passed: estimate.passed.ok(),
        ects_delay: estimate.delay.ok(),
        ects_remainder: estimate.remainder.ok(),
        portions_estimate: estimate.portions.ok(),
        capped_by: estimate.capped_by,
        conditions: estimate.conditions.clone(),
        reviews: estimate.reviews,
        ects_whole_delay: estimate.whole_delay.ok().map(|whole| whole.ects),
        portions_granted: estimate.granted.ok(),
        committee_left: estimate.committee_left,
    }
}
