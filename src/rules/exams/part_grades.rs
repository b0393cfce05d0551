//! EX304's arithmetic: the final grade of part-exams with partial grades.
//!
//! The grades of the scale are given by the caller; everything is whole numbers, and the mean is never
//! rounded before it is compared.

/// The grades that there are, and which of them decide.
#[derive(Clone, Copy, Debug)]
pub struct Scale<'a> {
    /// Ascending.
    pub grades: &'a [i32],
    /// The least mean that passes.
    pub pass: i32,
    /// The least grade of every part, and the most that is recorded when not passed.
    pub floor: i32,
}

/// One part-exam. `grade` is `None` when it was not taken.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub weight: i32,
    pub grade: Option<i32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinalGrade {
    /// No part was taken.
    NotMet,
    /// A part is missing: not passed.
    NotPassed,
    Grade {
        grade: i32,
        passed: bool,
    },
}

/// Weighted mean to the nearest grade, halfway up; passed only when the mean before rounding is a
/// pass and no part is below the floor. `None` for a weight that is not positive or an empty scale.
pub fn final_grade(scale: Scale, parts: &[Part]) -> Option<FinalGrade> {
    if parts.iter().any(|part| part.weight <= 0) {
        return None;
    }
    if parts.iter().all(|part| part.grade.is_none()) {
        return Some(FinalGrade::NotMet);
    }
    let Some(grades) = parts.iter().map(|part| part.grade).collect::<Option<Vec<i32>>>() else {
        return Some(FinalGrade::NotPassed);
    };
    let weights: i64 = parts.iter().map(|part| i64::from(part.weight)).sum();
    // The mean times the sum of the weights.
    let points: i64 =
        parts.iter().zip(&grades).map(|(part, grade)| i64::from(part.weight) * i64::from(*grade)).sum();
    let distance = |grade: i32| (points - i64::from(grade) * weights).abs();
    let nearest = scale.grades.iter().copied().min_by_key(|grade| (distance(*grade), -grade))?;
    let passed =
        points >= i64::from(scale.pass) * weights && grades.iter().all(|grade| *grade >= scale.floor);
    let grade = if passed { nearest } else { nearest.min(scale.floor) };
    Some(FinalGrade::Grade { grade, passed })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEVEN_POINT: Scale = Scale { grades: &[-3, 0, 2, 4, 7, 10, 12], pass: 2, floor: 0 };

    fn of(parts: &[(i32, i32)]) -> (i32, bool) {
        let parts: Vec<Part> =
            parts.iter().map(|(weight, grade)| Part { weight: *weight, grade: Some(*grade) }).collect();
        match final_grade(SEVEN_POINT, &parts) {
            Some(FinalGrade::Grade { grade, passed }) => (grade, passed),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_mean_goes_to_the_nearest_grade_and_halfway_up() {
        assert_eq!(of(&[(1, 7)]), (7, true));
        assert_eq!(of(&[(1, 4), (1, 7)]), (7, true)); // 5.5
        assert_eq!(of(&[(51, 4), (49, 7)]), (4, true)); // 5.47
        assert_eq!(of(&[(49, 4), (51, 7)]), (7, true)); // 5.53
        assert_eq!(of(&[(1, 10), (1, 12)]), (12, true)); // 11
        assert_eq!(of(&[(1, 2), (1, 4)]), (4, true)); // 3
    }

    #[test]
    fn the_mean_before_rounding_must_be_a_pass() {
        assert_eq!(of(&[(1, 0), (1, 4)]), (2, true)); // 2
        assert_eq!(of(&[(51, 0), (49, 4)]), (0, false)); // 1.96 rounds to 2, recorded 0
        assert_eq!(of(&[(49, 0), (51, 4)]), (2, true)); // 2.04
        assert_eq!(of(&[(1, 0), (1, 2)]), (0, false)); // 1
        assert_eq!(of(&[(1, -3), (1, 0)]), (0, false)); // -1.5, up
        assert_eq!(of(&[(51, -3), (49, 0)]), (-3, false)); // -1.53
    }

    #[test]
    fn no_part_may_be_below_the_floor() {
        assert_eq!(of(&[(9, 12), (1, -3)]), (0, false)); // 10.5
        assert_eq!(of(&[(9, 12), (1, 0)]), (10, true)); // 10.8
    }

    #[test]
    fn missing_parts_do_not_pass() {
        let part = |grade| Part { weight: 1, grade };
        let of = |parts: &[Part]| final_grade(SEVEN_POINT, parts);
        assert_eq!(of(&[part(Some(12)), part(None)]), Some(FinalGrade::NotPassed));
        assert_eq!(of(&[part(None), part(None)]), Some(FinalGrade::NotMet));
        assert_eq!(of(&[]), Some(FinalGrade::NotMet));
        assert_eq!(of(&[Part { weight: 0, grade: Some(7) }]), None);
    }
}
