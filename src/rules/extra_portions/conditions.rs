//! The conditions of an application: each met, not met or unknown. None changes the estimate.

use crate::base::Day;
use crate::contract::codes::{ClaimReason, PaymentKind};
use crate::rules::Case;
use crate::student::exports::Claim;
use crate::verdicts::{Condition, ConditionState, ReviewReason};

/// In the order of the application form. The conditions on a certificate are asked of illness
/// only: committee work and special circumstances are documented otherwise.
pub fn conditions(case: &Case, claim: &Claim, months_supported: i32, window_end: Day) -> Vec<Condition> {
    let documents_by = claim.form_completed_on.plus_days(case.law.documents_days);
    let parental = case.payments().iter().any(|row| {
        row.kind == PaymentKind::Parental
            && row.portions > 0
            && claim.period_from <= row.month
            && row.month <= claim.period_to
    });
    let cutoffs = case.cutoffs;
    let known_until = cutoffs.inspection_date.min(cutoffs.results_through);
    let payments_known = claim.period_to <= cutoffs.payments_through;
    let received = claim.documents_received_on.filter(|received| *received <= cutoffs.inspection_date);
    let mut conditions = vec![
        if_stated(
            ReviewReason::SupportInPeriod,
            (payments_known || months_supported > 0).then_some(months_supported > 0),
        ),
        condition(ReviewReason::DelayHasArisen, window_end <= known_until),
    ];
    if claim.reason == ClaimReason::Illness {
        let accepted = case.law.accepted_certificates.contains(&claim.certificate);
        conditions.extend([
            condition(ReviewReason::CertificateAccepted, accepted),
            if_stated(ReviewReason::CertificateSigned, claim.certificate_signed),
            if_stated(ReviewReason::CertificatePeriodStated, claim.certificate_period_stated),
        ]);
    }
    conditions.extend([
        condition(ReviewReason::PersonalStatement, claim.statement),
        if_stated(ReviewReason::DocumentsInTime, received.map(|received| received <= documents_by)),
        condition(ReviewReason::NotChronic, !claim.chronic),
        if_stated(ReviewReason::NoParentalPeriod, (payments_known || parental).then_some(!parental)),
    ]);
    conditions
}

fn condition(name: ReviewReason, met: bool) -> Condition {
    Condition { name, state: if met { ConditionState::Met } else { ConditionState::NotMet } }
}

fn if_stated(name: ReviewReason, met: Option<bool>) -> Condition {
    met.map_or(Condition { name, state: ConditionState::Unknown }, |met| condition(name, met))
}
