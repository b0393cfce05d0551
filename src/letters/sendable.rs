//! The token without which no letter can be built.

use thiserror::Error;

use crate::verdicts::{InspectionRow, LetterKind, Progress, Regime};

/// Why a letter must not be sent by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    #[error("the case waits for a person")]
    NeedsReview,
    #[error("the verdict is not known to hold under every reading of the sources")]
    NotRobust,
    #[error("the kind is not among the letters due")]
    NotDue,
    #[error("the verdict on study activity is not one that this notice may speak of")]
    OtherVerdict,
}

/// A verdict and a kind of letter that may go out without a person having looked at it.
///
/// The fields are private and [`Sendable::check`] is the only way to get one, so a letter about a
/// case under review cannot be written by mistake:
///
/// ```compile_fail
/// # use klippekort::{letters::Sendable, verdicts::{InspectionRow, LetterKind}};
/// fn forge(row: &InspectionRow) -> Sendable<'_> {
///     Sendable { row, kind: LetterKind::HearingNotice }
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Sendable<'a> {
    row: &'a InspectionRow,
    kind: LetterKind,
}

impl<'a> Sendable<'a> {
    pub fn check(row: &'a InspectionRow, kind: LetterKind) -> Result<Sendable<'a>, Refusal> {
        if !row.reviews.is_empty() {
            return Err(Refusal::NeedsReview);
        }
        if rests_on_study_progress(kind) {
            if row.robust != Some(true) {
                return Err(Refusal::NotRobust);
            }
            // The agency decides only for this regime, and the notice states a shortfall.
            if row.regime != Regime::SixMonths || row.progress != Some(Progress::Inactive) {
                return Err(Refusal::OtherVerdict);
            }
        }
        if !row.letters.contains(&kind) {
            return Err(Refusal::NotDue);
        }
        Ok(Sendable { row, kind })
    }

    pub fn row(self) -> &'a InspectionRow {
        self.row
    }

    pub fn kind(self) -> LetterKind {
        self.kind
    }
}

/// Whether the letter rests on SU101, the only verdict that is made again under other readings.
const fn rests_on_study_progress(kind: LetterKind) -> bool {
    match kind {
        LetterKind::HearingNotice => true,
        LetterKind::StartCheckHearing
        | LetterKind::AttemptsUsedUp
        | LetterKind::LastAttempt
        | LetterKind::FiveEctsWarning
        | LetterKind::GuidanceInvitation
        | LetterKind::PortionsRunningOut => false,
    }
}
