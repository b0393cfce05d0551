//! What letters tell of beside the tables, as lines that a case may expect.

use klippekort::verdicts::Particulars;

/// What the letters tell of beside the tables, a line each.
pub fn particulars(told: &Particulars) -> Vec<String> {
    let courses = told.courses.iter().map(|course| {
        let (group, attempts) = (&course.course_group, course.attempts.len());
        format!("attempts: {attempts} in {group}")
    });
    let not_counted = told.not_counted.iter().flatten();
    let not_counted =
        not_counted.map(|one| format!("not counted: {} by {}", one.pass.course.code, one.counted.code));
    let passes = told.five_ects.iter().flatten().map(|pass| format!("passed: {}", pass.course.code));
    let portions = told.portions.iter().map(|sum| format!("portions left: {}", sum.left()));
    let end = told.prescribed_end.iter().map(|day| format!("prescribed end: {day}"));
    let readmitted = told.readmitted_on.iter().map(|day| format!("readmitted: {day}"));
    courses.chain(not_counted).chain(passes).chain(portions).chain(end).chain(readmitted).collect()
}
