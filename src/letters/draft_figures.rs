//! What the drafts say beside what every letter says, from the evidence of the case.

use serde::Serialize;

use super::context::{BuildError, Perhaps};
use super::drafts;
use super::figures::{agree, known};
use super::forms;
use super::law::LetterLaw;
use crate::contract::codes::Language;
use crate::law::Parameters;
use crate::rules::extra_portions::xk201;
use crate::student::exports::Claim;
use crate::verdicts::{Cap, ClaimRow, InspectionRow, ReviewReason};

/// The requirement of programmes begun under the earlier rules: it rises with every portion.
#[derive(Clone, Debug, Serialize)]
pub struct LegacyFigures {
    pub gross: String,
    pub extra: String,
    pub net: String,
    pub parental: String,
    pub ects_counted: String,
    /// Part of what is counted; may overlap with what awaits registration.
    pub ects_transferred: String,
    /// Part of what is counted.
    pub ects_awaiting: String,
    /// What the net portions correspond to, before the allowed delay.
    pub ects_norm: String,
    pub ects_required: String,
    pub ects_missing: String,
    pub allowed_delay_ects: String,
    pub ects_per_portion: String,
}

/// The hearing that came before a decision.
#[derive(Clone, Debug, Serialize)]
pub struct Hearing {
    pub date: String,
    /// The day from which it said that SU could be stopped, when that is not the day of the decision.
    pub earlier_stop: Perhaps<String>,
    pub answer_date: String,
    pub answer_time: String,
    /// The month of the decision.
    pub decided_in: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct Appeal {
    pub weeks: String,
    /// What the appeal is marked with, so that it reaches who decides it.
    pub marking: String,
}

/// The estimate of an application: a proposal.
#[derive(Clone, Debug, Serialize)]
pub struct ExtraKlipFigures {
    pub claim_id: String,
    pub period_from: String,
    pub period_to: String,
    /// The last month, when it is another than the first.
    pub period_until: Perhaps<String>,
    /// The days in which passes count: the period and the time in which its exams are assessed.
    pub passed_from: String,
    pub passed_to: String,
    pub months_applied: String,
    pub months_supported: String,
    /// The months of the period, when only some had support and nothing else says that they limit the figure.
    pub supported_in_part: Perhaps<String>,
    pub ects_expected: String,
    pub ects_passed: String,
    pub ects_delay: String,
    pub ects_remainder: String,
    pub ects_per_portion: String,
    pub ects_whole_delay: String,
    /// For an overlapping period.
    pub granted: String,
    pub committee_left: Perhaps<String>,
    pub estimate: String,
    pub estimate_none: Perhaps<bool>,
    pub estimate_one: Perhaps<bool>,
    pub estimate_more: Perhaps<bool>,
    pub limits: Limits,
    pub open: OpenConditions,
    pub all_met: Perhaps<bool>,
}

/// What lowered the estimate last, if anything did.
#[derive(Clone, Debug, Serialize)]
pub struct Limits {
    pub support: Perhaps<bool>,
    pub applied: Perhaps<bool>,
    pub whole_delay: Perhaps<bool>,
    pub granted: Perhaps<bool>,
    pub committee: Perhaps<bool>,
}

/// The conditions that are not met or not stated. The wording of each says nothing of health.
#[derive(Clone, Debug, Serialize)]
pub struct OpenConditions {
    pub support_in_period: Perhaps<bool>,
    pub delay_has_arisen: Perhaps<bool>,
    pub certificate_accepted: Perhaps<bool>,
    pub certificate_signed: Perhaps<bool>,
    pub certificate_period_stated: Perhaps<bool>,
    pub personal_statement: Perhaps<bool>,
    pub documents_in_time: Perhaps<bool>,
    pub not_chronic: Perhaps<bool>,
    pub no_parental_period: Perhaps<bool>,
}

pub(super) fn legacy(
    row: &InspectionRow,
    law: &Parameters,
    language: Language,
) -> Result<LegacyFigures, BuildError> {
    let extra = known(row.klip_extra, "klip_extra")?;
    let net = known(row.klip_net, "klip_net")?;
    let counted = known(row.ects_counted, "ects_counted")?;
    let awaiting = known(row.ects_provisional, "ects_provisional")?;
    let transferred = known(row.ects_transferred, "ects_transferred")?;
    let required = known(row.ects_required, "ects_required")?;
    let missing = known(row.ects_missing, "ects_missing")?;
    let law = &law.requirement;

    agree(net == (row.klip_gross - extra).max(0), "klip_net")?;
    agree(transferred <= counted, "ects_transferred")?;
    agree(awaiting <= counted, "ects_provisional")?;
    agree(required == law.required(net), "ects_required")?;
    agree(missing.as_hundredths() > 0 && required - counted == missing, "ects_missing")?;

    let ects = |amount| forms::ects(amount, language);
    Ok(LegacyFigures {
        gross: row.klip_gross.to_string(),
        extra: extra.to_string(),
        net: net.to_string(),
        parental: row.klip_parental.to_string(),
        ects_counted: ects(counted),
        ects_transferred: ects(transferred),
        ects_awaiting: ects(awaiting),
        ects_norm: ects(law.norm(net)),
        ects_required: ects(required),
        ects_missing: ects(missing),
        allowed_delay_ects: ects(law.allowed_delay),
        ects_per_portion: ects(law.ects_per_portion),
    })
}

pub(super) fn extra_klip(
    row: &ClaimRow,
    claim: &Claim,
    (law, amounts): (&LetterLaw, &Parameters),
    language: Language,
) -> Result<ExtraKlipFigures, BuildError> {
    let expected = known(row.ects_expected, "ects_expected")?;
    let passed = known(row.ects_passed, "ects_passed")?;
    let delay = known(row.ects_delay, "ects_delay")?;
    let remainder = known(row.ects_remainder, "ects_remainder")?;
    let estimate = known(row.portions_estimate, "portions_estimate")?;
    let whole_delay = known(row.ects_whole_delay, "ects_whole_delay")?;
    let granted = known(row.portions_granted, "portions_granted")?;
    let per_portion = law.ects_per_portion;

    agree(row.claim_id == claim.claim_id, "claim_id")?;
    agree(delay == (expected - passed).or_zero(), "ects_delay")?;
    agree(remainder == delay.remainder(per_portion), "ects_remainder")?;
    let most = delay.whole_steps(per_portion).min(row.months_supported).min(claim.months_applied);
    let most = (most.min(whole_delay.whole_steps(per_portion)) - granted).max(0);
    agree(estimate == row.committee_left.map_or(most, |left| most.min(left)), "portions_estimate")?;
    // The one step that lowered the estimate without leaving a trace would be told of by nothing.
    agree(estimate == delay.whole_steps(per_portion) || row.capped_by.is_some(), "capped_by")?;

    let window = xk201::window(claim, amounts);
    let months = claim.period_to.index() - claim.period_from.index() + 1;
    let in_part = (1..months).contains(&row.months_supported) && row.capped_by != Some(Cap::Support);
    let some = |is: bool| Perhaps(is.then_some(true));
    let capped = |by: Cap| some(row.capped_by == Some(by));
    let open = |name: ReviewReason| some(drafts::open_conditions(row).any(|open| open.name == name));
    let any_open = drafts::open_conditions(row).next().is_some();
    let ects = |amount| forms::ects(amount, language);
    Ok(ExtraKlipFigures {
        claim_id: claim.claim_id.clone(),
        period_from: forms::month(claim.period_from, language),
        period_to: forms::month(claim.period_to, language),
        period_until: Perhaps(
            (claim.period_to != claim.period_from).then(|| forms::month(claim.period_to, language)),
        ),
        passed_from: forms::date(window.first, language),
        passed_to: forms::date(window.last, language),
        months_applied: claim.months_applied.to_string(),
        months_supported: row.months_supported.to_string(),
        supported_in_part: Perhaps(in_part.then(|| months.to_string())),
        ects_expected: ects(expected),
        ects_passed: ects(passed),
        ects_delay: ects(delay),
        ects_remainder: ects(remainder),
        ects_per_portion: ects(per_portion),
        ects_whole_delay: ects(whole_delay),
        granted: granted.to_string(),
        committee_left: Perhaps(row.committee_left.map(|left| left.to_string())),
        estimate: estimate.to_string(),
        estimate_none: some(estimate == 0),
        estimate_one: some(estimate == 1),
        estimate_more: some(estimate > 1),
        limits: Limits {
            support: capped(Cap::Support),
            applied: capped(Cap::Applied),
            whole_delay: capped(Cap::WholeDelay),
            granted: capped(Cap::Granted),
            committee: capped(Cap::Committee),
        },
        open: OpenConditions {
            support_in_period: open(ReviewReason::SupportInPeriod),
            delay_has_arisen: open(ReviewReason::DelayHasArisen),
            certificate_accepted: open(ReviewReason::CertificateAccepted),
            certificate_signed: open(ReviewReason::CertificateSigned),
            certificate_period_stated: open(ReviewReason::CertificatePeriodStated),
            personal_statement: open(ReviewReason::PersonalStatement),
            documents_in_time: open(ReviewReason::DocumentsInTime),
            not_chronic: open(ReviewReason::NotChronic),
            no_parental_period: open(ReviewReason::NoParentalPeriod),
        },
        all_met: some(!any_open),
    })
}
