//! Letters that are longer than a usual one.

use klippekort::letters::LetterContext;
use klippekort::student::codes::Language;
use klippekort::verdicts::*;

use super::fixture::*;

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
