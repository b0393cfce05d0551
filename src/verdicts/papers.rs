//! What verdicts have written: letters, and drafts that only a person may send.

use crate::contract::codes::codes;

codes!(
    /// The letters that a robust verdict without review sends by itself.
    LetterKind {
        HearingNotice => "hearing_notice",
        StartCheckHearing => "start_check_hearing",
        AttemptsUsedUp => "attempts_used_up",
        LastAttempt => "last_attempt",
        FiveEctsWarning => "five_ects_warning",
        GuidanceInvitation => "guidance_invitation",
        PortionsRunningOut => "portions_running_out",
    }
);

codes!(
    /// What a person may have drafted: none of these is ever sent by itself.
    DraftKind {
        LegacyHearing => "legacy_hearing",
        StartCheckDecision => "start_check_decision",
        ExtraKlipDecision => "extra_klip_decision",
    }
);

/// A letter or a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    Letter(LetterKind),
    Draft(DraftKind),
}

impl Paper {
    pub const fn code(self) -> &'static str {
        match self {
            Paper::Letter(kind) => kind.code(),
            Paper::Draft(kind) => kind.code(),
        }
    }
}
