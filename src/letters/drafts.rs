//! Drafts: letters that decide, or that rest on a verdict which only a person may pass.
//!
//! They share nothing with [`super::Sendable`]. A [`Draft`] is made from an [`Approval`], which only
//! an edited worklist gives; a verdict alone, however clear, cannot become one:
//!
//! ```compile_fail
//! # use klippekort::{letters::Draft, verdicts::InspectionRow};
//! fn forge(row: &InspectionRow) -> Draft<'_> {
//!     Draft::approved(row)
//! }
//! ```
//!
//! | draft | offered when |
//! |---|---|
//! | legacy hearing | begun before July 2016 and inactive, and nothing else is in doubt but the readings |
//! | start-check decision | the start-check hearing is due in the same run; made only after an earlier hearing |
//! | extra-klip decision | the estimate of an application is known and no fact it rests on is in doubt |

use super::context::{self, Answer, Applying, BuildError, Facts, LetterContext, Perhaps};
use super::draft_figures::{self, Appeal, Hearing};
use super::frame::Frame;
use super::hearings::{Hearings, Round, Unheard};
use super::law::LetterLaw;
use super::worklist::{Approval, Entry};
use super::{figures, forms, shortfall};
use crate::base::{Cutoffs, Day};
use crate::verdicts::{
    ClaimRow, Condition, ConditionState, DraftKind, InspectionRow, LetterKind, Paper, Progress, Regime,
    ReviewReason, SuStatus,
};

/// A draft that a person has approved in the worklist.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'w> {
    kind: DraftKind,
    entry: &'w Entry<'w>,
    /// The hearing that a decision on the start check came after.
    heard: Option<&'w Round>,
}

impl<'w> Draft<'w> {
    /// `None` when the approved row proposes a letter, not a draft. A decision on the start check is made
    /// only of a student who was heard.
    pub fn approved(
        approval: Approval<'w>,
        hearings: &'w Hearings,
        inspection: Day,
    ) -> Result<Option<Draft<'w>>, Unheard> {
        let entry = approval.entry();
        let Some(Paper::Draft(kind)) = entry.paper else { return Ok(None) };
        let heard = if kind == DraftKind::StartCheckDecision {
            Some(hearings.before(&entry.who.enrolment.enrolment_id, inspection)?)
        } else {
            None
        };
        Ok(Some(Draft { kind, entry, heard }))
    }

    pub fn kind(self) -> DraftKind {
        self.kind
    }

    pub fn entry(self) -> &'w Entry<'w> {
        self.entry
    }

    /// What the draft says.
    pub fn context(self, law: &LetterLaw, cutoffs: &Cutoffs) -> Result<LetterContext, BuildError> {
        wording_of(self.kind, self.entry, self.heard, law, cutoffs)
    }

    pub fn letter_id(self, inspection: Day) -> String {
        letter_id(self.kind, self.entry, inspection)
    }
}

fn letter_id(kind: DraftKind, entry: &Entry<'_>, inspection: Day) -> String {
    let of_claim = format!("{}\n{}", kind.code(), entry.claim_id());
    let code = if entry.claim.is_some() { of_claim.as_str() } else { kind.code() };
    context::letter_id(inspection, &entry.who.enrolment.enrolment_id, code)
}

/// The context of a draft, approved or invented: only this room can ask for it.
pub(super) fn wording_of(
    kind: DraftKind,
    entry: &Entry<'_>,
    heard: Option<&Round>,
    law: &LetterLaw,
    cutoffs: &Cutoffs,
) -> Result<LetterContext, BuildError> {
    let language = entry.who.enrolment.language;
    let amounts = law.amounts_for(entry.who.enrolment.started_on);
    let row = || entry.row.ok_or(BuildError::Unknown("inspection"));
    let frame = Frame {
        code: kind.code(),
        letter_id: letter_id(kind, entry, cutoffs.inspection_date),
        about_su: true,
        rules: law.rules.of_draft(kind),
        who: entry.who,
    };
    let mut letter = frame.letter(law, cutoffs)?;
    if kind == DraftKind::LegacyHearing {
        letter.legacy = Some(draft_figures::legacy(row()?, amounts, language)?);
        let undecided = &entry.undecided;
        let facts = Facts { particulars: entry.particulars, undecided, ..Facts::default() };
        letter.shortfall = Some(shortfall::shortfall(row()?, entry.who.programme, &facts, law, language)?);
        letter.applying = Some(Applying::by(amounts));
        letter.answer = Some(Answer::by(law, cutoffs.inspection_date, language));
        return Ok(letter);
    }
    letter.appeal = Some(Appeal {
        weeks: law.appeal_weeks.to_string(),
        marking: law.appeal_marking.in_language(language).to_owned(),
    });
    if let Some((row, claim)) = entry.claim {
        letter.extra_klip = Some(draft_figures::extra_klip(row, claim, (law, amounts), language)?);
    } else {
        let heard = heard.ok_or(BuildError::Unknown("hearing"))?;
        let mut check = figures::start_check(row()?, amounts)?;
        // The check was made at the hearing; this run comes later by the deadline for an answer.
        let in_time_until = row()?.started_on.plus_months_clamped(amounts.start_check_late_months);
        check.late = Perhaps((heard.on > in_time_until).then(|| check.months.clone()));
        let stops = check.paid.0.is_some();
        letter.start_check = Some(check);
        let changed = stops && law.stop(heard.on) != law.stop(cutoffs.inspection_date);
        let earlier_stop = changed.then(|| law.stop(heard.on));
        letter.hearing = Some(Hearing {
            date: forms::date(heard.on, language),
            earlier_stop: Perhaps(earlier_stop.map(|day| forms::date(day, language))),
            answer_date: forms::date(heard.answer_by, language),
            answer_time: forms::clock(&heard.answer_time, language),
            decided_in: forms::month(cutoffs.inspection_date.month(), language),
        });
    }
    Ok(letter)
}

/// The drafts about the enrolment itself that its verdicts offer.
pub fn offered_to(row: &InspectionRow) -> impl Iterator<Item = DraftKind> {
    let judged_by_a_person =
        |reason| matches!(reason, ReviewReason::TwelveMonthsRegime | ReviewReason::NotRobust);
    let legacy = row.regime == Regime::TwelveMonths
        && row.progress == Some(Progress::Inactive)
        && row.su_status == Some(SuStatus::Inactive)
        && row.reviews.iter().all(judged_by_a_person);
    let start_check = row.letters.contains(&LetterKind::StartCheckHearing);
    [(legacy, DraftKind::LegacyHearing), (start_check, DraftKind::StartCheckDecision)]
        .into_iter()
        .filter_map(|(offered, kind)| offered.then_some(kind))
}

/// Whether a decision on the application may be drafted. Open conditions do not stand against it:
/// the draft lists them and a person weighs them.
pub fn offered_for(claim: &ClaimRow) -> bool {
    claim.portions_estimate.is_some() && doubts(claim).next().is_none()
}

/// Conditions that are not met or unknown.
pub fn open_conditions(claim: &ClaimRow) -> impl Iterator<Item = &Condition> {
    claim.conditions.iter().filter(|condition| condition.state != ConditionState::Met)
}

/// Review reasons beside the conditions: facts that the estimate rests on and that may be false.
pub fn doubts(claim: &ClaimRow) -> impl Iterator<Item = ReviewReason> {
    let conditions = &claim.conditions;
    claim.reviews.iter().filter(move |reason| conditions.iter().all(|condition| condition.name != *reason))
}

/// A condition in words that say nothing of the student's health.
pub const fn neutral(condition: ReviewReason) -> &'static str {
    match condition {
        ReviewReason::CertificateAccepted => "documentation by someone who may give it",
        ReviewReason::CertificateSigned => "documentation signed",
        ReviewReason::CertificatePeriodStated => "documentation states its period",
        ReviewReason::NotChronic => "the cause is assessed by a person",
        other => other.meaning(),
    }
}
