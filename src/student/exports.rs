//! The clean content of all exports, as the gate hands it over.
//!
//! Invariants, held by `ingest::order` and relied on everywhere after:
//! * `enrolments`, `programmes` and `courses` are sorted by their key; an index into them is an
//!   order-preserving stand-in for the key.
//! * Every other table is sorted by enrolment index, then by all its columns in a fixed order, so
//!   that the order of the rows in the files never matters.
//! * `None` for an optional table means *absent* (what needs it is unknown); a table that the
//!   pipeline declares empty is `Some` without rows.

use std::sync::Arc;

use rayon::prelude::*;

use super::codes::*;
use super::curriculum::Curricula;
use super::previous::PreviousInspection;
pub use super::small_rows::*;
use crate::base::{Cpr, Day, Ects};
use crate::contract::Table;

pub struct Exports {
    /// Sorted by `enrolment_id`.
    pub enrolments: Vec<Enrolment>,
    /// Names and addresses, same index as `enrolments`. Only letters may read them.
    pub people: Vec<Person>,
    pub programmes: Vec<Programme>,
    pub catalogue: Catalogue,
    /// Of all enrolments, or empty where results and payments are read bucket by bucket.
    pub results: Results,
    pub su_payments: Payments,
    pub exam_registrations: Option<Grouped<Registration>>,
    pub extra_portion_grants: Option<Grouped<Grant>>,
    pub extra_portion_claims: Option<Grouped<Claim>>,
    pub leaves: Option<Grouped<Leave>>,
    pub exemptions: Option<Grouped<Exemption>>,
    pub projects: Option<Grouped<Project>>,
    pub approvals_abroad: Option<Grouped<ApprovalAbroad>>,
    pub parental_rights: Option<Grouped<ParentalRight>>,
    pub youth_cards: Option<Grouped<YouthCard>>,
    pub exam_complaints: Option<Grouped<ExamComplaint>>,
    pub part_results: Option<Grouped<PartResult>>,
    pub early_starts: Option<Grouped<EarlyStart>>,
    pub transitional_semesters: Option<Grouped<TransitionalSemester>>,
    pub student_cards: Option<Grouped<StudentCard>>,
    /// Per enrolment: one of its rows in a table with `rejects_need_review` was rejected, or its
    /// key stood on two different rows of the register.
    pub rejected_input: Vec<bool>,
    /// Table and enrolment index that a rejected row names, sorted. A row of the register names the
    /// enrolments that its student has beside the one that was lost.
    pub lost_rows: Vec<(Table, u32)>,
    /// The two courses of rejected equivalences, where they can be read.
    pub lost_equivalences: Vec<[Option<u32>; 2]>,
    /// Enrolments of students who cannot be told from another one by their numbers, sorted.
    pub identity_conflicts: Vec<u32>,
    pub students: Students,
    /// What an earlier run said, when one was given.
    pub previous: Option<PreviousInspection>,
    /// Of the programmes in `programmes`; set once the exports are read.
    pub curricula: Curricula,
}

impl Exports {
    /// Register indexes of all enrolments of the student of one enrolment, itself among them.
    pub fn enrolments_of_student(&self, enrolment: usize) -> &[u32] {
        self.students.of_enrolment(enrolment)
    }

    pub fn has_identity_conflict(&self, enrolment: usize) -> bool {
        self.identity_conflicts.binary_search(&(enrolment as u32)).is_ok()
    }

    /// The enrolments that rejected rows of a table name.
    pub fn lost_rows_of(&self, table: Table) -> impl Iterator<Item = u32> + '_ {
        let first = self.lost_rows.partition_point(|(other, _)| *other < table);
        self.lost_rows[first..].iter().take_while(move |(other, _)| *other == table).map(|(_, index)| *index)
    }

    pub fn is_absent(&self, table: Table) -> bool {
        match table {
            Table::Enrolments | Table::Programmes | Table::Courses | Table::Results | Table::SuPayments => {
                false
            }
            Table::CourseEquivalences => !self.catalogue.equivalences_known,
            Table::ExamRegistrations => self.exam_registrations.is_none(),
            Table::ExtraPortionGrants => self.extra_portion_grants.is_none(),
            Table::ExtraPortionClaims => self.extra_portion_claims.is_none(),
            Table::Leaves => self.leaves.is_none(),
            Table::Exemptions => self.exemptions.is_none(),
            Table::Projects => self.projects.is_none(),
            Table::ApprovalsAbroad => self.approvals_abroad.is_none(),
            Table::ParentalRights => self.parental_rights.is_none(),
            Table::YouthCards => self.youth_cards.is_none(),
            Table::ExamComplaints => self.exam_complaints.is_none(),
            Table::PartResults => self.part_results.is_none(),
            Table::EarlyStarts => self.early_starts.is_none(),
            Table::TransitionalSemesters => self.transitional_semesters.is_none(),
            Table::StudentCards => self.student_cards.is_none(),
        }
    }
}

/// The first eight bytes of a text, in the order of texts: two that differ decide without the texts.
pub fn beginning(text: &str) -> u64 {
    let mut bytes = [0; 8];
    let length = text.len().min(8);
    bytes[..length].copy_from_slice(&text.as_bytes()[..length]);
    u64::from_be_bytes(bytes)
}

/// Which enrolments belong to one and the same student.
#[derive(Clone, Debug, Default)]
pub struct Students {
    /// Register indexes, ordered by student.
    by_student: Vec<u32>,
    /// Per enrolment: the range of `by_student` that holds its student.
    ranges: Vec<(u32, u32)>,
}

impl Students {
    pub fn new(enrolments: &[Enrolment]) -> Students {
        Students::of_ids(enrolments.iter().map(|enrolment| enrolment.student_id.as_str()))
    }

    /// From the student ids in the order of the register.
    pub fn of_ids<'i>(ids: impl Iterator<Item = &'i str>) -> Students {
        let ids: Vec<&str> = ids.collect();
        let id = |index: u32| ids[index as usize];
        let mut sorted: Vec<(u64, u32)> =
            (0..ids.len() as u32).map(|index| (beginning(id(index)), index)).collect();
        sorted.par_sort_unstable_by(|a, b| {
            a.0.cmp(&b.0).then_with(|| id(a.1).cmp(id(b.1))).then(a.1.cmp(&b.1))
        });
        let by_student: Vec<u32> = sorted.into_iter().map(|(_, index)| index).collect();
        let mut ranges = vec![(0, 0); ids.len()];
        let mut first = 0;
        for group in by_student.chunk_by(|a, b| id(*a) == id(*b)) {
            let last = first + group.len() as u32;
            for index in group {
                ranges[*index as usize] = (first, last);
            }
            first = last;
        }
        Students { by_student, ranges }
    }

    /// The enrolments of each student, by register index.
    pub fn families(&self) -> impl Iterator<Item = &[u32]> {
        self.by_student.chunk_by(|a, b| self.ranges[*a as usize] == self.ranges[*b as usize])
    }

    /// All enrolments of the student of one enrolment, itself among them.
    pub fn of_enrolment(&self, enrolment: usize) -> &[u32] {
        self.ranges
            .get(enrolment)
            .map_or(&[], |(first, last)| &self.by_student[*first as usize..*last as usize])
    }
}

/// One student on one programme: the unit of every verdict. Without name, address and CPR.
#[derive(Clone, Debug)]
pub struct Enrolment {
    pub student_id: String,
    pub enrolment_id: String,
    pub has_cpr: bool,
    pub language: Language,
    pub country: String,
    pub citizenship: Option<String>,
    /// Index into [`Exports::programmes`].
    pub programme: u32,
    pub started_on: Day,
    pub status: Status,
    pub ended_on: Option<Day>,
    /// `None`: unknown.
    pub support_extension_months: Option<i32>,
    pub shortening_credit: Ects,
    pub readmitted_on: Option<Day>,
    pub disability_supplement: bool,
    pub single_parent: bool,
    pub digital_post: bool,
    /// Line in its file (row in Parquet), 1-based.
    pub line: u32,
}

/// What only the letters may know. `Debug` shows nothing.
#[derive(Clone)]
pub struct Person {
    pub given_name: String,
    pub family_name: String,
    pub email: String,
    pub cpr: Option<Cpr>,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Person(hidden)")
    }
}

#[derive(Clone, Debug)]
pub struct Programme {
    pub code: String,
    pub title: String,
    pub level: ProgrammeLevel,
    pub ects: Ects,
    pub prescribed_months: i32,
    pub max_months: i32,
    pub line: u32,
}

/// The courses, and which of them are one and the same.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// Sorted by code. A course index below `courses.len()` is catalogued.
    pub courses: Vec<Course>,
    /// Code of every course index: first the catalogue, then the codes that only transferred
    /// results carry, each part sorted.
    pub codes: Vec<String>,
    /// Course index to the course index that names its group: the smallest code of all versions
    /// and identical courses. A code outside the catalogue is a group of its own.
    pub group_of: Vec<u32>,
    /// Pairs of group indexes that must not be merged but overlap, smaller first, sorted, unique.
    pub blocked: Vec<(u32, u32)>,
    /// Whether the table of equivalences was given (or declared empty).
    pub equivalences_known: bool,
}

impl Catalogue {
    /// The catalogue's row of a course index; `None` for a transferred code outside it.
    pub fn course(&self, index: u32) -> Option<&Course> {
        self.courses.get(index as usize)
    }

    pub fn code(&self, index: u32) -> &str {
        self.codes.get(index as usize).map_or("", String::as_str)
    }

    pub fn group(&self, index: u32) -> u32 {
        self.group_of.get(index as usize).copied().unwrap_or(index)
    }
}

#[derive(Clone, Debug)]
pub struct Course {
    pub code: String,
    pub title: String,
    pub ects: Ects,
    pub level: CourseLevel,
    pub grading: Grading,
    pub external_examiner: bool,
    /// `None`: not said.
    pub oral: Option<bool>,
    pub discontinued_on: Option<Day>,
    /// Without technical or scientific content; `None`: not said.
    pub general_engineering: Option<bool>,
    pub line: u32,
}

/// The enrolments whose rows are there: all of the register, or the members of one bucket, which are
/// a run of enrolments and, as guests, the other enrolments of the same students.
#[derive(Clone, Debug, Default)]
pub struct Members(Option<BucketMembers>);

#[derive(Clone, Debug)]
struct BucketMembers {
    first: u32,
    own: u32,
    /// Sorted.
    guests: Arc<[u32]>,
}

impl Members {
    /// `own` enrolments from the `first` on, then the guests.
    pub fn of_bucket(first: u32, own: u32, guests: Arc<[u32]>) -> Members {
        Members(Some(BucketMembers { first, own, guests }))
    }

    /// Where the rows of an enrolment stand; `None` when they are not there.
    pub fn position(&self, enrolment: usize) -> Option<usize> {
        let Some(bucket) = &self.0 else { return Some(enrolment) };
        match enrolment.checked_sub(bucket.first as usize) {
            Some(position) if position < bucket.own as usize => Some(position),
            _ => {
                let guest = bucket.guests.binary_search(&(enrolment as u32)).ok()?;
                Some(bucket.own as usize + guest)
            }
        }
    }

    /// Own enrolments and guests; 0 for all of the register.
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |bucket| bucket.own as usize + bucket.guests.len())
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The enrolments to inspect; empty for all of the register.
    pub fn own(&self) -> std::ops::Range<usize> {
        self.0.as_ref().map_or(0..0, |bucket| bucket.first as usize..(bucket.first + bucket.own) as usize)
    }
}

/// Exam results, sorted by enrolment, group, and then so that the first passing row of a group is the
/// one that counts: settled before awaiting, own before transferred, earlier assessed, fewer ECTS,
/// lower course code; after that by every other cell. Every rule goes through whole rows, so the cells
/// of a row stand together.
#[derive(Clone, Debug, Default)]
pub struct Results {
    pub members: Members,
    /// `offsets[m]..offsets[m + 1]` are the rows of the member `m`: of enrolment index `m` when all
    /// of the register is there.
    pub offsets: Vec<u32>,
    pub rows: Vec<StoredResult>,
}

/// One result, in 28 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredResult {
    /// Course index of the catalogue.
    pub course: u32,
    /// Group index of the course.
    pub group: u32,
    /// Hundredths of a point.
    pub ects: i32,
    /// Days since 1970-01-01, or [`NO_DAY`].
    pub exam_date: i32,
    /// Days since 1970-01-01.
    pub assessed_on: i32,
    pub line: u32,
    /// Index into the law's list of result codes.
    pub code: u8,
    /// Bits of [`result_flag`].
    pub flags: u8,
}

impl Results {
    pub fn of(&self, enrolment: usize) -> &[StoredResult] {
        rows_of(&self.rows, &self.members, &self.offsets, enrolment)
    }
}

impl Payments {
    pub fn of(&self, enrolment: usize) -> &[StoredPayment] {
        rows_of(&self.rows, &self.members, &self.offsets, enrolment)
    }
}

/// The rows of an enrolment.
fn rows_of<'a, T>(rows: &'a [T], members: &Members, offsets: &[u32], enrolment: usize) -> &'a [T] {
    let Some(position) = members.position(enrolment) else { return &[] };
    match (offsets.get(position), offsets.get(position + 1)) {
        (Some(first), Some(last)) => rows.get(*first as usize..*last as usize).unwrap_or_default(),
        _ => &[],
    }
}

/// The rows of the two large tables that one bucket of enrolments needs to be inspected. Everything
/// else is small and stays in [`Exports`].
#[derive(Clone, Debug, Default)]
pub struct Bulk {
    pub results: Results,
    pub su_payments: Payments,
}

/// An empty date cell in a column of days.
pub const NO_DAY: i32 = i32::MIN;

pub mod result_flag {
    pub const TRANSFERRED: u8 = 1;
    pub const TRANSITIONAL: u8 = 2;
    pub const SUPERSEDED: u8 = 4;
}

/// SU payments, sorted by enrolment, month, kind, portions.
#[derive(Clone, Debug, Default)]
pub struct Payments {
    pub members: Members,
    pub offsets: Vec<u32>,
    pub rows: Vec<StoredPayment>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredPayment {
    /// [`Month::index`].
    pub month: i32,
    pub portions: i32,
    pub line: u32,
    /// Position in the code list of payment kinds.
    pub kind: u8,
}

/// Rows of a small table, sorted and cut by enrolment.
#[derive(Clone, Debug)]
pub struct Grouped<T> {
    pub rows: Vec<T>,
    pub offsets: Vec<u32>,
}

impl<T> Grouped<T> {
    /// The rows of one enrolment index.
    pub fn of(&self, enrolment: usize) -> &[T] {
        let (Some(first), Some(last)) = (self.offsets.get(enrolment), self.offsets.get(enrolment + 1)) else {
            return &[];
        };
        &self.rows[*first as usize..*last as usize]
    }
}
