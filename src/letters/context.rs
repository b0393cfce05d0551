//! What one letter says: typed parts, every figure already text in the reader's language.
//!
//! The templates see these fields and nothing else. A part that the kind does not speak of is left
//! out altogether, so that a template naming it fails. Content that may be missing within a part is
//! [`Perhaps`], a list of none or one, because the template engine takes an undefined field in a
//! condition for "no" but stops at an undefined list.

use serde::{Serialize, Serializer};
use thiserror::Error;

pub use super::attempt_figures::{AttemptFigures, AttemptShown, CourseAttempts};
use super::diagram::Plot;
use super::draft_figures::{Appeal, ExtraKlipFigures, Hearing, LegacyFigures};
use super::figures;
use super::forms;
use super::frame::Frame;
use super::law::LetterLaw;
pub use super::portion_figures::{PortionFigures, ReducedFrame};
use super::sendable::Sendable;
pub use super::shortfall::{Application, PassNotCounted, PassShown, Shortfall};
use super::{attempt_figures, portion_figures, shortfall};
use crate::base::{Cutoffs, Day, opaque_id};
use crate::contract::codes::Language;
use crate::law::Parameters;
use crate::student::exports::{Claim, Registered};
use crate::verdicts::{AttemptRow, LetterKind, Particulars, ProgressPoint};

/// Why a letter that is due cannot be written. Names fields, never values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BuildError {
    #[error("`{0}` is unknown, and an unknown figure is never written as zero")]
    Unknown(&'static str),
    #[error("`{0}` does not agree with the other figures of the letter")]
    Inconsistent(&'static str),
    #[error("`{0}` belongs to another enrolment, programme or run")]
    Mismatched(&'static str),
    #[error("the law of the letters gives no `{0}`")]
    MissingLaw(&'static str),
}

/// None or one, shown to the templates as a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Perhaps<T>(pub Option<T>);

impl<T: Serialize> Serialize for Perhaps<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.0)
    }
}

#[derive(Clone, Debug, Serialize)]
pub struct LetterContext {
    /// `hearing_notice`, ….
    pub kind: &'static str,
    /// `da` or `en`.
    pub language: &'static str,
    /// Says nothing about the student, and is the same in every run of the same inspection.
    pub letter_id: String,
    pub recipient: Recipient,
    pub programme: ProgrammePart,
    pub dates: DatesPart,
    pub authority: Authority,
    pub rules: Vec<Rule>,
    /// The kinds that hear the student.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// The kinds about SU.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub su_dates: Option<SuDates>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub su: Option<SuFigures>,
    /// The hearings on study progress.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shortfall: Option<Shortfall>,
    /// The kinds that tell how extra portions are applied for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applying: Option<Applying>,
    /// The hearings about SU.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diagram: Option<DiagramFigures>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_check: Option<StartCheckFigures>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts: Option<AttemptFigures>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub five_ects: Option<FiveEctsFigures>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guidance: Option<GuidanceFigures>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub portions: Option<PortionFigures>,
    /// The legacy hearing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legacy: Option<LegacyFigures>,
    /// The decision that a hearing came before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hearing: Option<Hearing>,
    /// The decisions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appeal: Option<Appeal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra_klip: Option<ExtraKlipFigures>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Recipient {
    pub name: String,
    pub given_name: String,
    pub family_name: String,
    pub email: String,
    pub student_id: String,
    pub enrolment_id: String,
    /// Birth date and crosses, never the whole number.
    pub masked_cpr: Perhaps<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ProgrammePart {
    pub title: String,
    pub code: String,
    pub started_on: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct DatesPart {
    pub letter: String,
    pub results_through: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct SuDates {
    pub payments_through: String,
    /// First day without SU when it is stopped.
    pub stop: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    pub date: String,
    pub time: String,
}

/// How extra portions are applied for.
#[derive(Clone, Debug, Serialize)]
pub struct Applying {
    /// From the form to the documents.
    pub documents_days: String,
}

/// Who writes and who decides.
#[derive(Clone, Debug, Serialize)]
pub struct Authority {
    pub university: String,
    pub office: String,
    pub email: String,
    pub contact_lines: Vec<String>,
    pub national_agency: String,
    pub self_service: String,
    pub menus: Menus,
    pub exemption_board: String,
    pub exemption_application: String,
}

/// Places in the self-service, by the names that they have there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Menus {
    /// The form for extra portions.
    pub extra_portions: String,
    pub change: String,
    pub resume: String,
    pub progress: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct Rule {
    pub title: String,
    pub paragraph: Perhaps<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct SuFigures {
    pub gross: String,
    /// Granted extra klip, the one deduction from the gross figure.
    pub extra: String,
    pub net: String,
    /// Outside gross and net; shown so that nobody misses them.
    pub parental: String,
    pub control_point: String,
    pub ects_counted: String,
    /// Part of what is counted; may overlap with what awaits registration.
    pub ects_transferred: String,
    /// Part of what is counted.
    pub ects_awaiting: String,
    /// What the portions of the control point correspond to, before the allowed delay.
    pub ects_at_control_point: String,
    pub ects_required: String,
    pub ects_missing: String,
    pub allowed_delay_ects: String,
    pub ects_per_portion: String,
    pub portions_per_control_point: String,
}

/// What the diagram shows, in words and rows.
#[derive(Clone, Debug, Serialize)]
pub struct DiagramFigures {
    pub net: String,
    pub counted: String,
    /// Required at the latest control point.
    pub required: String,
    /// When one is reached.
    pub control_point: Perhaps<String>,
    pub missing: Perhaps<String>,
    pub ects_per_portion: String,
    pub allowed_delay_ects: String,
    pub portions_per_control_point: String,
    /// Each control point that has been reached.
    pub control_points: Vec<ControlPoint>,
    /// The drawing itself, which no template sees.
    #[serde(skip)]
    pub plot: Plot,
}

#[derive(Clone, Debug, Serialize)]
pub struct ControlPoint {
    pub portions: String,
    pub required: String,
    /// Counted in the month in which it was reached.
    pub counted: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct StartCheckFigures {
    /// The months after the start within which the check is due.
    pub months: String,
    /// The same months, when the check was made after them.
    pub late: Perhaps<String>,
    /// When SU of any kind was paid on the programme.
    pub paid: Perhaps<bool>,
    /// When none was.
    pub unpaid: Perhaps<bool>,
}

#[derive(Clone, Debug, Serialize)]
pub struct FiveEctsFigures {
    pub passed: String,
    pub required: String,
    /// Those that are looked at, in their order.
    pub semesters: Vec<SemesterPart>,
    /// What was passed in them, by day.
    pub courses: Vec<PassShown>,
}

#[derive(Clone, Debug, Serialize)]
pub struct SemesterPart {
    pub first: String,
    pub last: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct GuidanceFigures {
    pub months_late: String,
    /// Its last day.
    pub prescribed_end: String,
    pub readmitted_on: Perhaps<String>,
    pub maximum_date: Perhaps<String>,
    /// The same date, when it has passed.
    pub maximum_passed: Perhaps<String>,
    pub information_meeting: Perhaps<GuidanceOffer>,
    pub personal_interview: Perhaps<GuidanceOffer>,
}

/// The limits between which the offer is made, in months past the prescribed end.
#[derive(Clone, Debug, Serialize)]
pub struct GuidanceOffer {
    pub from_months: String,
    pub after_months: String,
}

/// What is known of one enrolment beside its row.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'a> {
    pub attempts: &'a [AttemptRow],
    /// The curve of the diagram.
    pub progress: &'a [ProgressPoint],
    pub particulars: Option<&'a Particulars>,
    /// Applications for extra portions that are not decided.
    pub undecided: &'a [&'a Claim],
}

/// Builds the context of one letter. The facts are of this enrolment alone.
pub fn build(
    sendable: Sendable<'_>,
    who: Registered<'_>,
    facts: &Facts<'_>,
    law: &LetterLaw,
    cutoffs: &Cutoffs,
) -> Result<LetterContext, BuildError> {
    let Registered { enrolment, programme, .. } = who;
    let (row, kind, language) = (sendable.row(), sendable.kind(), enrolment.language);
    if row.enrolment_id != enrolment.enrolment_id || row.student_id != enrolment.student_id {
        return Err(BuildError::Mismatched("enrolment_id"));
    }
    if row.programme_code != programme.code {
        return Err(BuildError::Mismatched("programme_code"));
    }
    if row.inspection_date != cutoffs.inspection_date {
        return Err(BuildError::Mismatched("inspection_date"));
    }
    if facts.attempts.iter().any(|attempt| attempt.enrolment_id != row.enrolment_id) {
        return Err(BuildError::Mismatched("attempts"));
    }
    if facts.particulars.is_some_and(|told| told.enrolment_id != row.enrolment_id) {
        return Err(BuildError::Mismatched("particulars"));
    }
    let about_su = figures::is_about_su(kind);
    let amounts = law.amounts_for(row.started_on);
    let frame = Frame {
        code: kind.code(),
        letter_id: letter_id(cutoffs.inspection_date, &row.enrolment_id, kind.code()),
        about_su,
        rules: law.rules.of(kind),
        who,
    };
    let is = |of: LetterKind| kind == of;
    Ok(LetterContext {
        answer: figures::hears_the_student(kind).then(|| Answer::by(law, cutoffs.inspection_date, language)),
        su: only(is(LetterKind::HearingNotice), || figures::su(row, amounts, language))?,
        shortfall: only(is(LetterKind::HearingNotice), || {
            shortfall::shortfall(row, programme, facts, law, language)
        })?,
        applying: (is(LetterKind::HearingNotice) || is(LetterKind::PortionsRunningOut))
            .then(|| Applying::by(amounts)),
        diagram: only(is(LetterKind::HearingNotice) || is(LetterKind::StartCheckHearing), || {
            figures::diagram(row, facts.progress, amounts, language)
        })?,
        start_check: only(is(LetterKind::StartCheckHearing), || figures::start_check(row, amounts))?,
        attempts: only(is(LetterKind::AttemptsUsedUp) || is(LetterKind::LastAttempt), || {
            attempt_figures::attempts(row, kind, facts, (law, amounts), language)
        })?,
        five_ects: only(is(LetterKind::FiveEctsWarning), || {
            figures::five_ects(row, facts, amounts, language)
        })?,
        guidance: only(is(LetterKind::GuidanceInvitation), || {
            figures::guidance(row, facts, amounts, language)
        })?,
        portions: only(is(LetterKind::PortionsRunningOut), || {
            let reduction = law.frame_reduction_for(row.started_on);
            portion_figures::portions(row, facts, amounts, reduction, language)
        })?,
        ..frame.letter(law, cutoffs)?
    })
}

impl Answer {
    /// The last day and time after a letter of that day.
    pub(super) fn by(law: &LetterLaw, letter: Day, language: Language) -> Answer {
        Answer {
            date: forms::date(letter.plus_days(law.response_days), language),
            time: forms::clock(&law.response_time, language),
        }
    }
}

impl Applying {
    pub(super) fn by(law: &Parameters) -> Applying {
        Applying { documents_days: law.documents_days.to_string() }
    }
}

pub fn letter_id(inspection: Day, enrolment_id: &str, kind: &str) -> String {
    opaque_id(&format!("{inspection}\n{enrolment_id}\n{kind}"))
}

fn only<T>(spoken_of: bool, part: impl FnOnce() -> Result<T, BuildError>) -> Result<Option<T>, BuildError> {
    if spoken_of { part().map(Some) } else { Ok(None) }
}
