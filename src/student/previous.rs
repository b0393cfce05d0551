//! What an earlier inspection said of the enrolments of this register.

use crate::base::{Day, Ects};
use crate::verdicts::{LetterKind, Progress, StartCheck, SuStatus};

/// An earlier inspection, cut to the register of this one.
#[derive(Clone, Debug)]
pub struct PreviousInspection {
    pub inspection_date: Day,
    /// Last day whose results it knew.
    pub results_through: Day,
    /// By register index; `None`: not inspected then.
    pub verdicts: Vec<Option<PreviousVerdict>>,
}

impl PreviousInspection {
    /// Whether it called for this letter to the enrolment at this place of the register.
    pub fn called_for(&self, register: usize, letter: LetterKind) -> bool {
        self.verdicts
            .get(register)
            .and_then(Option::as_ref)
            .is_some_and(|then| then.letters.contains(&letter))
    }
}

/// `None` in a field: unknown then.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PreviousVerdict {
    pub su_status: Option<SuStatus>,
    pub progress: Option<Progress>,
    pub start_check: Option<StartCheck>,
    /// ECTS required at the control point reached then.
    pub required: Option<Ects>,
    /// That it called for, and did not hold.
    pub letters: Vec<LetterKind>,
}
