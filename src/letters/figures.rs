//! The figures of each kind, checked before they are written.
//!
//! A letter shows a calculation, so its lines must add up: gross less deductions is net, the split of
//! the ECTS is their sum, required less counted is missing. Where a verdict and its figures disagree
//! the letter is not written.

use super::context::*;
use super::forms;
use super::law::LetterLaw;
use crate::base::Ects;
use crate::student::codes::Language;
use crate::verdicts::{AttemptRow, AttemptState, FiveEcts, Guidance, InspectionRow, LetterKind, StartCheck};

/// Letters about SU are signed by the SU office; the others rest on the study rules alone.
pub const fn is_about_su(kind: LetterKind) -> bool {
    matches!(kind, LetterKind::HearingNotice | LetterKind::StartCheckHearing | LetterKind::PortionsRunningOut)
}

/// Letters that warn of a decision to the student's disadvantage ask for an answer by a deadline;
/// the others inform or invite.
pub const fn hears_the_student(kind: LetterKind) -> bool {
    matches!(
        kind,
        LetterKind::HearingNotice
            | LetterKind::StartCheckHearing
            | LetterKind::AttemptsUsedUp
            | LetterKind::FiveEctsWarning
    )
}

fn known<T>(value: Option<T>, field: &'static str) -> Result<T, BuildError> {
    value.ok_or(BuildError::Unknown(field))
}

pub(super) fn known_text(text: &str, field: &'static str) -> Result<String, BuildError> {
    if text.trim().is_empty() { Err(BuildError::Unknown(field)) } else { Ok(text.to_owned()) }
}

fn agree(holds: bool, field: &'static str) -> Result<(), BuildError> {
    if holds { Ok(()) } else { Err(BuildError::Inconsistent(field)) }
}

pub(super) fn su(row: &InspectionRow, law: &LetterLaw, language: Language) -> Result<SuFigures, BuildError> {
    let extra = known(row.klip_extra, "klip_extra")?;
    let net = known(row.klip_net, "klip_net")?;
    let control_point = known(row.control_point, "control_point")?;
    let counted = known(row.ects_counted, "ects_counted")?;
    let awaiting = known(row.ects_provisional, "ects_provisional")?;
    let transferred = known(row.ects_transferred, "ects_transferred")?;
    let required = known(row.ects_required, "ects_required")?;
    let missing = known(row.ects_missing, "ects_missing")?;
    let own = counted - transferred - awaiting;

    agree(net == (row.klip_gross - extra).max(0), "klip_net")?;
    agree(control_point <= net, "control_point")?;
    agree(own >= Ects::ZERO, "ects_counted")?;
    agree(missing > Ects::ZERO && required - counted == missing, "ects_missing")?;

    let ects = |amount| forms::ects(amount, language);
    Ok(SuFigures {
        gross: row.klip_gross.to_string(),
        extra: extra.to_string(),
        net: net.to_string(),
        parental: row.klip_parental.to_string(),
        control_point: control_point.to_string(),
        ects_own: ects(own),
        ects_transferred: ects(transferred),
        ects_awaiting: ects(awaiting),
        ects_counted: ects(counted),
        ects_required: ects(required),
        ects_missing: ects(missing),
        allowed_delay_ects: law.allowed_delay_ects.to_string(),
        ects_per_portion: law.ects_per_portion.to_string(),
        portions_per_control_point: law.portions_per_control_point.to_string(),
        ects_per_control_point: law.ects_per_control_point.to_string(),
    })
}

pub(super) fn start_check(row: &InspectionRow, law: &LetterLaw) -> Result<StartCheckFigures, BuildError> {
    let months = law.start_check_months.to_string();
    let late = match known(row.start_check, "start_check")? {
        StartCheck::Failed => None,
        StartCheck::FailedLate => Some(months.clone()),
        StartCheck::NotDue | StartCheck::TookPart => return Err(BuildError::Inconsistent("start_check")),
    };
    Ok(StartCheckFigures { months, late: Perhaps(late) })
}

pub(super) fn attempts(
    row: &InspectionRow,
    kind: LetterKind,
    attempts: &[(&AttemptRow, &str)],
    law: &LetterLaw,
    language: Language,
) -> Result<AttemptFigures, BuildError> {
    let (state, counted, field) = if kind == LetterKind::AttemptsUsedUp {
        (AttemptState::Exhausted, row.courses_exhausted, "courses_exhausted")
    } else {
        (AttemptState::LastAttempt, row.courses_last_attempt, "courses_last_attempt")
    };
    let mut courses = Vec::new();
    for (attempt, title) in attempts {
        if attempt.state == Some(state) {
            courses.push(CourseAttempts {
                code: attempt.course_group.clone(),
                title: known_text(title, "course_title")?,
                used: attempt.used.to_string(),
                allowed: known(attempt.allowed, "allowed")?.to_string(),
                last_exam: forms::date(known(attempt.last_exam_date, "last_exam_date")?, language),
            });
        }
    }
    let counted = known(counted, field)?;
    agree(!courses.is_empty() && usize::try_from(counted) == Ok(courses.len()), field)?;
    Ok(AttemptFigures { ordinary: law.attempts_allowed.to_string(), courses })
}

pub(super) fn five_ects(
    row: &InspectionRow,
    law: &LetterLaw,
    language: Language,
) -> Result<FiveEctsFigures, BuildError> {
    let passed = known(row.ects_last_two_semesters, "ects_last_two_semesters")?;
    let verdict = known(row.five_ects, "five_ects")?;
    agree(verdict == FiveEcts::NotMet && passed < Ects::points(law.five_ects_required), "five_ects")?;
    Ok(FiveEctsFigures {
        passed: forms::ects(passed, language),
        required: law.five_ects_required.to_string(),
    })
}

pub(super) fn guidance(
    row: &InspectionRow,
    law: &LetterLaw,
    language: Language,
) -> Result<GuidanceFigures, BuildError> {
    let months_late = known(row.months_late, "months_late")?;
    let offer = GuidanceOffer {
        from_months: law.guidance_meeting_from_months.to_string(),
        after_months: law.guidance_interview_after_months.to_string(),
    };
    let (meeting, interview) = match known(row.guidance, "guidance")? {
        Guidance::InformationMeeting => (Some(offer), None),
        Guidance::PersonalInterview => (None, Some(offer)),
        Guidance::None => return Err(BuildError::Inconsistent("guidance")),
    };
    agree(months_late >= law.guidance_meeting_from_months, "months_late")?;
    Ok(GuidanceFigures {
        months_late: months_late.to_string(),
        maximum_date: Perhaps(row.maximum_date.map(|day| forms::date(day, language))),
        information_meeting: Perhaps(meeting),
        personal_interview: Perhaps(interview),
    })
}

pub(super) fn portions(row: &InspectionRow, law: &LetterLaw) -> Result<PortionFigures, BuildError> {
    let left = known(row.portions_left, "portions_left")?;
    agree(left <= law.portions_warning_level, "portions_left")?;
    Ok(PortionFigures { left: left.to_string(), warning_level: law.portions_warning_level.to_string() })
}
