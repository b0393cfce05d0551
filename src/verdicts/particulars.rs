//! What letters tell beside the rows of the tables: the facts that their figures rest on.

use compact_str::CompactString;

use crate::base::{Day, Ects};

/// Of one enrolment with a letter or draft that tells of them; what none of these tells is left out.
#[derive(Clone, Debug, Default)]
pub struct Particulars {
    pub enrolment_id: CompactString,
    /// The course groups with one attempt left or none, in the order of the table of attempts.
    pub courses: Vec<CourseAtLimit>,
    /// Passes that do not count because another pass of their group does. `None`: unknown, or not told of.
    pub not_counted: Option<Vec<NotCounted>>,
    /// The passes of the last full semesters, by day. `None`: unknown, or not told of.
    pub five_ects: Option<Vec<Pass>>,
    pub portions: Option<PortionsCalculation>,
    /// The first day that DG405 counts as late.
    pub prescribed_end: Option<Day>,
    /// By the inspection.
    pub readmitted_on: Option<Day>,
}

#[derive(Clone, Debug)]
pub struct CourseAtLimit {
    pub course_group: CompactString,
    /// Of the course that names the group; empty when the catalogue has none.
    pub title: String,
    /// The attempts that were used, by day.
    pub attempts: Vec<UsedAttempt>,
}

/// One attempt that counts.
#[derive(Clone, Debug)]
pub struct UsedAttempt {
    pub course: CourseName,
    pub exam_date: Option<Day>,
    /// The result code, which no letter shows.
    pub result: CompactString,
}

#[derive(Clone, Debug)]
pub struct CourseName {
    pub code: CompactString,
    /// Empty when the catalogue has none.
    pub title: String,
}

#[derive(Clone, Debug)]
pub struct Pass {
    pub course: CourseName,
    pub assessed_on: Day,
    pub ects: Ects,
}

#[derive(Clone, Debug)]
pub struct NotCounted {
    pub pass: Pass,
    /// The course whose pass counts in its place.
    pub counted: CourseName,
}

/// How SU107 reckons the portions left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortionsCalculation {
    pub prescribed: i32,
    pub extension: i32,
    /// Taken by credit that shortens the studies.
    pub credit: i32,
    pub granted_here: i32,
    pub used_here: i32,
    /// By the law, without the supplement.
    pub frame: i32,
    pub supplement: i32,
    pub granted_in_all: i32,
    pub used_in_all: i32,
}

impl PortionsCalculation {
    /// Below zero when more was paid than the programme gives.
    pub const fn left_of_programme(&self) -> i32 {
        self.prescribed + self.extension - self.credit + self.granted_here - self.used_here
    }

    /// Below zero when more was paid than the frame holds.
    pub const fn left_of_frame(&self) -> i32 {
        self.frame + self.supplement + self.granted_in_all - self.used_in_all
    }

    pub fn left(&self) -> i32 {
        self.left_of_programme().min(self.left_of_frame()).max(0)
    }

    /// Portions paid of which neither the programme nor the frame has any; of the two the greater number.
    pub fn used_beyond(&self) -> i32 {
        (-self.left_of_programme().min(self.left_of_frame())).max(0)
    }
}
