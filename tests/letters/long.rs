//! Letters that are longer than a usual one.

use klippekort::base::{Ects, Month};
use klippekort::letters::{LetterContext, Sendable, context};
use klippekort::student::codes::Language;
use klippekort::verdicts::*;

use super::fixture::*;

/// A notice to a student who has this many control points behind, and stands in red at the last.
pub fn notice(control_points: i32, language: Language) -> LetterContext {
    let law = law();
    let requirement = &law.amounts_for(day("2024-09-01")).requirement;
    let (step, missing) = (requirement.step(), Ects::hundredths(750));
    let net = control_points * step + step / 2;
    let counted = requirement.required(net) - missing;
    let row = InspectionRow {
        klip_gross: net + 2,
        klip_net: Some(net),
        control_point: Some(control_points * step),
        ects_counted: Some(counted),
        ects_required: Some(requirement.required(net)),
        ects_missing: Some(missing),
        ..row()
    };
    let point = |number: i32, klip_net, ects| ProgressPoint {
        month: Month::new(2024, 9).plus(number),
        klip_net: Some(klip_net),
        ects: Some(ects),
    };
    let reached = (1..=control_points).map(|number| {
        let klip_net = number * step;
        point(number, klip_net, requirement.required(klip_net).min(counted))
    });
    let progress: Vec<_> = reached.chain([point(control_points + 1, net, counted)]).collect();
    let sendable = Sendable::check(&row, LetterKind::HearingNotice).expect("sendable");
    let (person, enrolment, programme) = (person(), enrolment(language), programme());
    context::build(sendable, &person, &enrolment, &programme, &[], &progress, &law, &cutoffs())
        .expect("figures that add up")
}

/// A letter about this many courses, with titles of two lines.
pub fn with_courses(count: usize, kind: LetterKind, language: Language) -> LetterContext {
    let mut letter = letter(kind, language);
    let attempts = letter.attempts.as_mut().expect("attempts");
    let one = attempts.courses[0].clone();
    attempts.courses.clear();
    for number in 0..count {
        let mut course = one.clone();
        course.code = format!("{}", 10_000 + number);
        course.title =
            format!("Mathematical modelling of continuous systems and their solution, {number} of them");
        attempts.courses.push(course);
    }
    letter
}
