//! The hearings that were written, for the decision that must come after them.
//!
//! A start check is decided to the student's disadvantage, so only when the student was heard and the
//! time to answer is over: in an inspection later than the last day for the answer, so that what has
//! become known meanwhile counts too.

use std::collections::BTreeSet;

use thiserror::Error;

use super::batch;
use crate::base::Day;
use crate::verdicts::LetterKind;

/// Letters that were written at one time: those of a run, or of a worklist.
#[derive(Clone, Debug)]
pub struct Round {
    /// The inspection, which is the date of its letters.
    pub on: Day,
    /// Last day and time for an answer.
    pub answer_by: Day,
    pub answer_time: String,
    /// The names of its files.
    pub written: BTreeSet<String>,
}

/// Why a decision cannot be made yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unheard {
    #[error("no hearing of this student is in what was given")]
    NotWritten,
    /// In a round that was not given.
    #[error("the student was heard again on {on}, and that round is not in what was given")]
    HeardAgain { on: Day },
    #[error(
        "the hearing of {on} can be answered until {answer_by}, which is not before the inspection of {inspection}"
    )]
    MayAnswer { on: Day, answer_by: Day, inspection: Day },
}

/// The rounds of letters that may hold the hearings.
#[derive(Clone, Debug, Default)]
pub struct Hearings {
    pub given: Vec<Round>,
    /// Rounds that are known beside them: a later hearing in one of them must not be passed over.
    pub beside: Vec<Round>,
}

impl Hearings {
    /// The last hearing about the start check of an enrolment, when its deadline is over.
    pub fn before(&self, enrolment_id: &str, inspection: Day) -> Result<&Round, Unheard> {
        let kind = LetterKind::StartCheckHearing.code();
        let hears =
            |round: &&Round| round.written.contains(&batch::letter_file(round.on, enrolment_id, kind));
        let last = |round: &&Round| round.on;
        let given = self.given.iter().filter(hears).max_by_key(last).ok_or(Unheard::NotWritten)?;
        let beside = self.beside.iter().filter(hears).max_by_key(last).filter(|round| round.on > given.on);
        let Round { on, answer_by, .. } = *beside.unwrap_or(given);
        if answer_by >= inspection {
            return Err(Unheard::MayAnswer { on, answer_by, inspection });
        }
        match beside {
            Some(_) => Err(Unheard::HeardAgain { on }),
            None => Ok(given),
        }
    }
}
