//! The figures of each kind, checked before they are written.
//!
//! A letter shows a calculation, so its lines must add up: gross less deductions is net, the control
//! point gives what is required, required less counted is missing. The rules make the figures by the
//! same arithmetic, so no student's data can break it; where it is broken all the same, the program
//! is at fault and the letter is not written. Transferred and awaiting are parts of what is counted
//! that may overlap, for a transferred pass may await a decision; nothing is computed from them.

use super::context::*;
use super::diagram::{self, Standing};
use super::forms;
use crate::base::Ects;
use crate::contract::codes::Language;
use crate::law::Parameters;
use crate::verdicts::{
    FiveEcts, Guidance, InspectionRow, LetterKind, MaximumState, ProgressPoint, StartCheck,
};

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

pub(super) fn known<T>(value: Option<T>, field: &'static str) -> Result<T, BuildError> {
    value.ok_or(BuildError::Unknown(field))
}

pub(super) fn agree(holds: bool, field: &'static str) -> Result<(), BuildError> {
    if holds { Ok(()) } else { Err(BuildError::Inconsistent(field)) }
}

pub(super) fn su(row: &InspectionRow, law: &Parameters, language: Language) -> Result<SuFigures, BuildError> {
    let extra = known(row.klip_extra, "klip_extra")?;
    let net = known(row.klip_net, "klip_net")?;
    let control_point = known(row.control_point, "control_point")?;
    let counted = known(row.ects_counted, "ects_counted")?;
    let awaiting = known(row.ects_provisional, "ects_provisional")?;
    let transferred = known(row.ects_transferred, "ects_transferred")?;
    let required = known(row.ects_required, "ects_required")?;
    let missing = known(row.ects_missing, "ects_missing")?;
    let law = &law.requirement;

    agree(net == (row.klip_gross - extra).max(0), "klip_net")?;
    agree(control_point == law.control_point(net), "control_point")?;
    agree(transferred <= counted, "ects_transferred")?;
    agree(awaiting <= counted, "ects_provisional")?;
    agree(required == law.required(net), "ects_required")?;
    agree(missing > Ects::ZERO && required - counted == missing, "ects_missing")?;

    let ects = |amount| forms::ects(amount, language);
    Ok(SuFigures {
        gross: row.klip_gross.to_string(),
        extra: extra.to_string(),
        net: net.to_string(),
        parental: row.klip_parental.to_string(),
        control_point: control_point.to_string(),
        ects_transferred: ects(transferred),
        ects_awaiting: ects(awaiting),
        ects_counted: ects(counted),
        ects_required: ects(required),
        ects_missing: ects(missing),
        ects_at_control_point: ects(law.norm(net)),
        allowed_delay_ects: ects(law.allowed_delay),
        ects_per_portion: ects(law.ects_per_portion),
        portions_per_control_point: law.step().to_string(),
    })
}

/// The curve must end at the figures of the verdict: a diagram that says something else than the
/// letter is worse than none.
pub(super) fn diagram(
    row: &InspectionRow,
    progress: &[ProgressPoint],
    law: &Parameters,
    language: Language,
) -> Result<DiagramFigures, BuildError> {
    let net = known(row.klip_net, "klip_net")?;
    let counted = known(row.ects_counted, "ects_counted")?;
    let last = known(progress.last(), "progress")?;
    agree((last.klip_net, last.ects) == (Some(net), Some(counted)), "progress")?;
    let law = &law.requirement;
    let required = law.required(net);
    agree(known(row.ects_required, "ects_required")? == required, "ects_required")?;
    let missing = (required - counted).or_zero();
    let control_point = known(row.control_point, "control_point")?;

    let ects = |amount| forms::ects(amount, language);
    let step = law.step();
    let reached = (1..=control_point / step).map(|number| number * step);
    let control_points = reached.filter_map(|portions| {
        let point = progress.iter().find(|point| point.klip_net >= Some(portions))?;
        Some(ControlPoint {
            portions: portions.to_string(),
            required: ects(law.required(portions)),
            counted: ects(point.ects?),
        })
    });
    Ok(DiagramFigures {
        net: net.to_string(),
        counted: ects(counted),
        required: ects(required),
        control_point: Perhaps((control_point > 0).then(|| control_point.to_string())),
        missing: Perhaps((missing > Ects::ZERO).then(|| ects(missing))),
        ects_per_portion: ects(law.ects_per_portion),
        allowed_delay_ects: ects(law.allowed_delay),
        portions_per_control_point: step.to_string(),
        control_points: control_points.collect(),
        plot: diagram::plot(law, progress, Standing { net, counted, control_point, missing }),
    })
}

pub(super) fn start_check(row: &InspectionRow, law: &Parameters) -> Result<StartCheckFigures, BuildError> {
    let months = law.start_check_late_months.to_string();
    let late = match known(row.start_check, "start_check")? {
        StartCheck::Failed => None,
        StartCheck::FailedLate => Some(months.clone()),
        StartCheck::NotDue | StartCheck::TookPart => return Err(BuildError::Inconsistent("start_check")),
    };
    let paid = row.klip_gross > 0 || row.klip_parental > 0;
    Ok(StartCheckFigures {
        months,
        late: Perhaps(late),
        paid: Perhaps(paid.then_some(true)),
        unpaid: Perhaps((!paid).then_some(true)),
    })
}

pub(super) fn five_ects(
    row: &InspectionRow,
    facts: &Facts<'_>,
    law: &Parameters,
    language: Language,
) -> Result<FiveEctsFigures, BuildError> {
    let passed = known(row.ects_last_two_semesters, "ects_last_two_semesters")?;
    let verdict = known(row.five_ects, "five_ects")?;
    agree(verdict == FiveEcts::NotMet && passed < law.five_ects, "five_ects")?;
    let looked_at = row.five_ects_semesters.len();
    agree(usize::try_from(law.five_ects_semesters) == Ok(looked_at), "five_ects_semesters")?;
    let semesters = row.five_ects_semesters.iter().rev().map(|semester| SemesterPart {
        first: forms::date(semester.days().first, language),
        last: forms::date(semester.days().last, language),
    });
    let courses = facts.particulars.and_then(|particulars| particulars.five_ects.as_deref());
    let courses = known(courses, "five_ects_courses")?;
    agree(courses.iter().map(|pass| pass.ects).sum::<Ects>() == passed, "five_ects_courses")?;
    Ok(FiveEctsFigures {
        courses: courses.iter().map(|pass| PassShown::of(pass, language)).collect(),
        passed: forms::ects(passed, language),
        required: forms::ects(law.five_ects, language),
        semesters: semesters.collect(),
    })
}

pub(super) fn guidance(
    row: &InspectionRow,
    facts: &Facts<'_>,
    law: &Parameters,
    language: Language,
) -> Result<GuidanceFigures, BuildError> {
    let months_late = known(row.months_late, "months_late")?;
    let offer = GuidanceOffer {
        from_months: law.information_meeting_months.to_string(),
        after_months: law.personal_interview_months.to_string(),
    };
    let (meeting, interview) = match known(row.guidance, "guidance")? {
        Guidance::InformationMeeting => (Some(offer), None),
        Guidance::PersonalInterview => (None, Some(offer)),
        Guidance::None => return Err(BuildError::Inconsistent("guidance")),
    };
    agree(months_late >= law.information_meeting_months, "months_late")?;
    let particulars = known(facts.particulars, "prescribed_end")?;
    let prescribed_end = known(particulars.prescribed_end, "prescribed_end")?;
    agree(prescribed_end.whole_months_until(row.inspection_date) == months_late, "prescribed_end")?;
    let maximum_date = row.maximum_date.map(|day| forms::date(day, language));
    Ok(GuidanceFigures {
        months_late: months_late.to_string(),
        prescribed_end: forms::date(prescribed_end.plus_days(-1), language),
        readmitted_on: Perhaps(particulars.readmitted_on.map(|day| forms::date(day, language))),
        maximum_date: Perhaps(maximum_date.clone()),
        maximum_passed: Perhaps(maximum_date.filter(|_| row.maximum_state == Some(MaximumState::Exceeded))),
        information_meeting: Perhaps(meeting),
        personal_interview: Perhaps(interview),
    })
}
