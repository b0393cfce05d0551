//! The exam attempts of a letter: each that counts, with its day and its result in neutral words.

use serde::Serialize;

use super::context::{BuildError, Facts};
use super::figures::{agree, known};
use super::forms;
use super::law::LetterLaw;
use crate::contract::codes::Language;
use crate::law::Parameters;
use crate::verdicts::{AttemptRow, AttemptState, CourseAtLimit, InspectionRow, LetterKind};

#[derive(Clone, Debug, Serialize)]
pub struct AttemptFigures {
    /// The ordinary number of the study rules; a course may have more.
    pub ordinary: String,
    pub courses: Vec<CourseAttempts>,
}

#[derive(Clone, Debug, Serialize)]
pub struct CourseAttempts {
    pub code: String,
    /// Empty when the catalogue has no title for it.
    pub title: String,
    pub used: String,
    pub allowed: String,
    /// By day; as many as are used.
    pub attempts: Vec<AttemptShown>,
}

#[derive(Clone, Debug, Serialize)]
pub struct AttemptShown {
    /// Of the version that was sat.
    pub code: String,
    pub title: String,
    pub date: String,
    /// In neutral words.
    pub result: String,
    pub number: String,
}

pub(super) fn attempts(
    row: &InspectionRow,
    kind: LetterKind,
    facts: &Facts<'_>,
    (law, amounts): (&LetterLaw, &Parameters),
    language: Language,
) -> Result<AttemptFigures, BuildError> {
    let (state, counted, field) = if kind == LetterKind::AttemptsUsedUp {
        (AttemptState::Exhausted, row.courses_exhausted, "courses_exhausted")
    } else {
        (AttemptState::LastAttempt, row.courses_last_attempt, "courses_last_attempt")
    };
    let of_kind = facts.attempts.iter().filter(|attempt| attempt.state == Some(state));
    let courses = of_kind.map(|attempt| {
        let known_courses = facts.particulars.map_or(&[][..], |particulars| &particulars.courses);
        let course = known_courses.iter().find(|course| course.course_group == attempt.course_group);
        of_course(attempt, known(course, "attempts")?, law, language)
    });
    let courses: Vec<CourseAttempts> = courses.collect::<Result<_, _>>()?;
    let counted = known(counted, field)?;
    agree(!courses.is_empty() && usize::try_from(counted) == Ok(courses.len()), field)?;
    Ok(AttemptFigures { ordinary: amounts.attempts_allowed.to_string(), courses })
}

fn of_course(
    row: &AttemptRow,
    course: &CourseAtLimit,
    law: &LetterLaw,
    language: Language,
) -> Result<CourseAttempts, BuildError> {
    agree(usize::try_from(row.used) == Ok(course.attempts.len()), "attempts")?;
    let shown = course.attempts.iter().enumerate().map(|(position, attempt)| {
        Ok(AttemptShown {
            code: attempt.course.code.to_string(),
            title: attempt.course.title.trim().to_owned(),
            date: forms::date(known(attempt.exam_date, "exam_date")?, language),
            result: law.result_words.of(&attempt.result).in_language(language).to_owned(),
            number: (position + 1).to_string(),
        })
    });
    Ok(CourseAttempts {
        code: course.course_group.to_string(),
        title: course.title.trim().to_owned(),
        used: row.used.to_string(),
        allowed: known(row.allowed, "allowed")?.to_string(),
        attempts: shown.collect::<Result<_, BuildError>>()?,
    })
}
