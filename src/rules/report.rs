//! What a rule says about one case, in words.

use std::fmt::Display;

use compact_str::{CompactString, ToCompactString};

use crate::student::view::{Known, Unknown};
use crate::verdicts::{Evidence, ReviewReason, Severity};

/// The answer of a rule; *unknown* never becomes zero or false.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Met,
    NotMet,
    /// With the reason.
    NotApplicable(String),
    /// With what is missing.
    Unknown(String),
    /// With what a person must look at.
    NeedsHuman(String),
}

impl Outcome {
    pub const fn name(&self) -> &'static str {
        match self {
            Outcome::Met => "met",
            Outcome::NotMet => "not met",
            Outcome::NotApplicable(_) => "not applicable",
            Outcome::Unknown(_) => "unknown",
            Outcome::NeedsHuman(_) => "needs a person",
        }
    }

    pub fn because(&self) -> Option<&str> {
        match self {
            Outcome::Met | Outcome::NotMet => None,
            Outcome::NotApplicable(why) | Outcome::Unknown(why) | Outcome::NeedsHuman(why) => Some(why),
        }
    }

    pub fn unknown(why: Unknown) -> Outcome {
        Outcome::Unknown(why.to_string())
    }
}

/// One decision in words.
#[derive(Clone, Debug)]
pub struct Report {
    /// The course group or claim that is spoken of; empty for the enrolment as a whole.
    pub scope: String,
    pub outcome: Outcome,
    /// Of this report alone, where the loudest decides for the rule; see [`loudest`].
    pub severity: Option<Severity>,
    /// How far from the threshold, also when the check passes: "7.5 ECTS above".
    pub margin: Option<String>,
    pub message: String,
    pub evidence: Vec<Evidence>,
}

impl Report {
    /// A decision that a person must look at, and says why.
    pub fn for_a_person(message: impl Display, why: String, evidence: Vec<Evidence>) -> Report {
        let message = format!("{message} For a person: {why}.");
        Report::new(Outcome::NeedsHuman(why), message, evidence)
    }

    pub fn new(outcome: Outcome, message: impl Into<String>, evidence: Vec<Evidence>) -> Report {
        Report {
            scope: String::new(),
            outcome,
            severity: None,
            margin: None,
            message: message.into(),
            evidence,
        }
    }

    pub fn unknown(why: Unknown, evidence: Vec<Evidence>) -> Report {
        Report::new(Outcome::unknown(why), format!("Unknown: {why}."), evidence)
    }

    pub fn margin(mut self, margin: impl Into<String>) -> Report {
        self.margin = Some(margin.into());
        self
    }

    pub fn severity(mut self, severity: Severity) -> Report {
        self.severity = Some(severity);
        self
    }

    pub fn scope(mut self, scope: impl Into<String>) -> Report {
        self.scope = scope.into();
        self
    }
}

/// The severity of a rule whose reports each carry their own; `None` when none of them does.
pub fn loudest(reports: &[Report]) -> Option<Severity> {
    reports.iter().filter_map(|report| report.severity).max()
}

/// What is in order is only said when everything is: beside a report with a severity, those without stay
/// unsaid.
pub fn loud_alone(mut all: Vec<Report>) -> Vec<Report> {
    if loudest(&all).is_some() {
        all.retain(|report| report.severity.is_some());
    }
    all
}

/// Why a case with this gap needs a person; `None` when the gap alone does not ask for one.
pub fn missing_reason(why: Unknown) -> Option<ReviewReason> {
    match why {
        Unknown::Absent(table) => ReviewReason::missing(table),
        Unknown::ExamResult => Some(ReviewReason::ExamResultPending),
        Unknown::SupportExtension | Unknown::PreviousRun | Unknown::ThesisCourse => None,
    }
}

/// The text of a value that may be unknown.
pub fn known<T: ToCompactString>(value: Known<T>) -> CompactString {
    value.map_or_else(|_| CompactString::const_new("unknown"), |value| value.to_compact_string())
}
