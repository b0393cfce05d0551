//! Programmes, courses and course equivalences of the synthetic exports.
//!
//! `physics_courses.csv` holds the real courses of the MSc programme in Engineering Physics: code,
//! title, ECTS and period are facts of the published curriculum. Its columns `grading` and
//! `external_examiner`, and which exams are oral and which courses general engineering, are
//! **invented**, for the curriculum does not say them; so is its level, which is MSc for all.
//! Everything in `invented_courses.csv` (the courses of the bachelor programmes, projects, theses and
//! internships) is invented, with leading zeros kept on purpose. Of the programmes, the ECTS and the
//! months are those of the law and the study rules.

use std::sync::LazyLock;

use super::rows::{Cell, Tables};
use crate::base::Day;
use crate::contract::Table;

const PHYSICS: &str = include_str!("catalogue/physics_courses.csv");
const INVENTED: &str = include_str!("catalogue/invented_courses.csv");

/// Courses with a part of their own in every programme; see [`Course::ordinary`].
pub const BSC_PROJECT: &str = "01990";
pub const BENG_PROJECT: &str = "62990";
pub const PAID_INTERNSHIP: &str = "62995";
pub const UNPAID_INTERNSHIP: &str = "62996";
pub const MSC_THESIS: &str = "10930";
/// The course whose exam lets a master programme begin early.
pub const SUMMER_COURSE: &str = "10350";
const OUTSIDE_PLANS: [&str; 9] = [
    BSC_PROJECT,
    BENG_PROJECT,
    PAID_INTERNSHIP,
    UNPAID_INTERNSHIP,
    MSC_THESIS,
    "10932",
    "10935",
    "10990",
    "99010",
];

/// A course that is not offered any more, and since when: invented.
const DISCONTINUED: (&str, (i32, u32, u32)) = ("22512", (2027, 1, 31));

#[derive(Clone, Copy, Debug)]
pub struct Course {
    pub code: &'static str,
    pub title: &'static str,
    /// Hundredths of a point.
    pub ects: i32,
    pub level: &'static str,
    pub grading: &'static str,
    pub external_examiner: bool,
    pub period: &'static str,
}

/// Courses without technical or scientific content: invented.
const GENERAL_ENGINEERING: [&str; 5] = ["05025", "42429", "42430", "42435", "42490"];

impl Course {
    /// Whether the exam is oral; unknown for some.
    pub fn oral(&self) -> Option<bool> {
        let digits: u32 = self.code.bytes().map(u32::from).sum();
        match digits % 7 {
            0 => None,
            1 | 2 => Some(self.external_examiner),
            _ => Some(false),
        }
    }

    /// A course as students choose it: no project, thesis or internship.
    pub fn ordinary(&self) -> bool {
        !OUTSIDE_PLANS.contains(&self.code)
    }

    pub fn pass_fail(&self) -> bool {
        self.grading == "pass_fail"
    }
}

fn read(text: &'static str) -> impl Iterator<Item = Course> {
    text.lines().skip(1).filter_map(|line| {
        let mut cells = line.split(';');
        Some(Course {
            code: cells.next()?,
            title: cells.next()?,
            ects: hundredths(cells.next()?),
            level: cells.next()?,
            grading: cells.next()?,
            external_examiner: cells.next()? == "1",
            period: cells.next()?,
        })
    })
}

/// `5` and `2.5`: the catalogue has no finer steps.
fn hundredths(text: &str) -> i32 {
    let (whole, tenths) = text.split_once('.').unwrap_or((text, "0"));
    whole.parse::<i32>().unwrap_or(0) * 100 + tenths.parse::<i32>().unwrap_or(0) * 10
}

/// Every course, sorted by code.
pub static COURSES: LazyLock<Vec<Course>> = LazyLock::new(|| {
    let mut courses: Vec<Course> = read(PHYSICS).chain(read(INVENTED)).collect();
    courses.sort_by_key(|course| course.code);
    courses
});

pub fn course(code: &str) -> Option<&'static Course> {
    let found = COURSES.binary_search_by_key(&code, |course| course.code).ok()?;
    COURSES.get(found)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Programme {
    pub code: &'static str,
    pub title: &'static str,
    pub level: &'static str,
    /// Whole points.
    pub ects: i32,
    /// Months of support; those of a BEng leave the paid internship out.
    pub prescribed_months: i32,
    pub max_months: i32,
    /// Level of the courses its students take.
    pub course_level: &'static str,
    /// Whole points of a full semester.
    pub semester_ects: i32,
}

pub const MSC: Programme = Programme {
    code: "MSC-FYS",
    title: "Engineering Physics",
    level: "MSc",
    ects: 120,
    prescribed_months: 24,
    max_months: 36,
    course_level: "MSc",
    semester_ects: 30,
};
/// Taken beside a job, at half speed.
pub const MSC_INDUSTRY: Programme = Programme {
    code: "MSC-FYS-ERHV",
    title: "Engineering Physics, Industry",
    level: "MSc-Industry",
    ects: 120,
    prescribed_months: 48,
    max_months: 60,
    course_level: "MSc",
    semester_ects: 15,
};
pub const BSC: Programme = Programme {
    code: "BSC-FYS",
    title: "Physics and Nanotechnology",
    level: "BSc",
    ects: 180,
    prescribed_months: 34,
    max_months: 60,
    course_level: "BSc",
    semester_ects: 30,
};
pub const BENG: Programme = Programme {
    code: "BENG-MEK",
    title: "Mechanical Engineering",
    level: "BEng",
    ects: 210,
    prescribed_months: 36,
    max_months: 60,
    course_level: "BEng",
    semester_ects: 30,
};
pub const PROGRAMMES: [Programme; 4] = [BENG, BSC, MSC, MSC_INDUSTRY];

/// The same course under several codes, or two courses that overlap; invented but for the codes
/// that the curriculum itself joins by "or". The chains are meant: of three codes only neighbours
/// are named, and the group must still be one.
const EQUIVALENCES: [(&str, &str, &str); 12] = [
    ("01004", "01005", "same"),
    ("01005", "01006", "same"),
    ("10304", "10326", "blocked"),
    ("10314", "10315", "blocked"),
    ("10730", "10731", "same"),
    ("10731", "10732", "same"),
    ("10851", "10852", "same"),
    ("22650", "22651", "same"),
    ("42429", "42430", "same"),
    ("42500", "42501", "same"),
    ("42501", "42504", "same"),
    ("42502", "42503", ""),
];

/// The code that stands for a course and its versions in one student's plan.
pub fn one_of_a_kind(code: &'static str) -> &'static str {
    EQUIVALENCES
        .iter()
        .rev()
        .fold(code, |code, (first, second, _)| if code == *second { first } else { code })
}

/// Another code of the same course, for an attempt at a later version.
pub fn other_version(code: &str) -> Option<&'static Course> {
    let other = EQUIVALENCES.iter().find(|row| row.0 == code && row.2 != "blocked")?;
    course(other.1)
}

fn ended((year, month, day): (i32, u32, u32)) -> Cell {
    Cell::maybe(Day::ymd(year, month, day), Cell::Day)
}

/// Writes the three tables that belong to no student.
pub fn write(tables: &mut Tables) {
    for programme in PROGRAMMES {
        tables.of_mut(Table::Programmes).push([
            Cell::Code(programme.code),
            Cell::Code(programme.title),
            Cell::Code(programme.level),
            Cell::Hundredths(programme.ects * 100),
            Cell::Int(programme.prescribed_months),
            Cell::Int(programme.max_months),
        ]);
    }
    for course in COURSES.iter() {
        tables.of_mut(Table::Courses).push([
            Cell::Code(course.code),
            Cell::Code(course.title),
            Cell::Hundredths(course.ects),
            Cell::Code(course.level),
            Cell::Code(course.grading),
            Cell::Bool(course.external_examiner),
            if course.period.is_empty() { Cell::Empty } else { Cell::Code(course.period) },
            Cell::Empty,
            if course.code == DISCONTINUED.0 { ended(DISCONTINUED.1) } else { Cell::Empty },
        ]);
        let courses = tables.of_mut(Table::Courses);
        courses.set_last("oral", Cell::maybe(course.oral(), Cell::Bool));
        courses.set_last("general_engineering", Cell::Bool(GENERAL_ENGINEERING.contains(&course.code)));
    }
    for (course, equivalent, kind) in EQUIVALENCES {
        tables.of_mut(Table::CourseEquivalences).push([
            Cell::Code(course),
            Cell::Code(equivalent),
            if kind.is_empty() { Cell::Empty } else { Cell::Code(kind) },
        ]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_every_reference_exists() {
        assert!(COURSES.windows(2).all(|pair| pair[0].code < pair[1].code));
        assert!(COURSES.len() > 150 && COURSES.iter().all(|course| course.ects > 0));
        let references = EQUIVALENCES.iter().flat_map(|row| [row.0, row.1]).chain(OUTSIDE_PLANS);
        assert!(references.into_iter().all(|code| course(code).is_some()));
    }

    #[test]
    fn a_plan_takes_one_version_only() {
        assert_eq!(one_of_a_kind("10732"), "10730");
        assert_eq!(one_of_a_kind("42504"), "42500");
        assert_eq!(one_of_a_kind("01006"), "01004");
        assert_eq!(one_of_a_kind("10112"), "10112");
    }
}
