//! The clean content of all exports, as the gate hands it over.
//!
//! Invariants, held by the gate and relied on everywhere after:
//! * `enrolments`, `programmes` and `courses` are sorted by their key; an index into them is an
//!   order-preserving stand-in for the key.
//! * Every other table is sorted by enrolment index, then by all its columns in a fixed order, so
//!   that the order of the rows in the files never matters.
//! * `None` for an optional table means *absent* (what needs it is unknown); a table that the
//!   pipeline declares empty is `Some` without rows.

use std::collections::BTreeSet;

use compact_str::CompactString;
use rayon::prelude::*;

pub use super::bulk_rows::*;
use super::curriculum::Curricula;
use super::previous::PreviousInspection;
pub use super::small_rows::*;
use crate::base::{Cpr, Day, Ects};
use crate::contract::Table;
use crate::contract::codes::*;

/// The two courses of a rejected equivalence, where they can be read.
pub type LostEquivalence = [Option<u32>; 2];

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
    pub extra_portion_grants: Option<Grouped<Grant>>,
    pub extra_portion_claims: Option<Grouped<Claim>>,
    pub exemptions: Option<Grouped<Exemption>>,
    /// As `results`: of all enrolments, or without rows where they are read bucket by bucket.
    pub small: SmallTables,
    /// Per enrolment: one of its rows in a table with `rejects_need_review` was rejected, or its
    /// key stood on two different rows of the register.
    pub rejected_input: Vec<bool>,
    /// Sorted. A row of the register names the enrolments that its student has beside the one that was lost.
    pub lost_rows: Vec<LostRow>,
    /// Register rows that were rejected beside one of the same key: enrolment index and line, sorted.
    pub contradicting_rows: Vec<(u32, u32)>,
    pub lost_equivalences: Vec<LostEquivalence>,
    /// Enrolments of students who cannot be told from another one by their numbers, sorted.
    pub identity_conflicts: Vec<u32>,
    pub students: Students,
    /// What an earlier run said, when one was given.
    pub previous: Option<PreviousInspection>,
    /// Of the programmes in `programmes`; set once the exports are read.
    pub curricula: Curricula,
}

impl Exports {
    /// Register index of an enrolment; the register is sorted by its key.
    pub fn index_of(&self, enrolment_id: &str) -> Option<usize> {
        self.enrolments.binary_search_by(|enrolment| enrolment.enrolment_id.as_str().cmp(enrolment_id)).ok()
    }

    /// An enrolment with its person and programme; `None` outside the register.
    pub fn registered(&self, index: usize) -> Option<Registered<'_>> {
        let enrolment = self.enrolments.get(index)?;
        let programme = self.programmes.get(enrolment.programme as usize)?;
        Some(Registered { enrolment, person: self.people.get(index)?, programme })
    }

    /// Register indexes of all enrolments of the student of one enrolment, itself among them.
    pub fn enrolments_of_student(&self, enrolment: usize) -> &[u32] {
        self.students.of_enrolment(enrolment)
    }

    pub fn has_identity_conflict(&self, enrolment: usize) -> bool {
        self.identity_conflicts.binary_search(&(enrolment as u32)).is_ok()
    }

    /// Whether a rejected row of a table names an enrolment.
    pub fn has_lost_row(&self, table: Table, enrolment: usize) -> bool {
        let found = |row: &LostRow| (row.table, row.enrolment as usize).cmp(&(table, enrolment));
        self.lost_rows.binary_search_by(found).is_ok()
    }

    /// The rejected rows that name one of these enrolments: table and line, sorted.
    pub fn rejected_rows_of(&self, enrolments: &[u32]) -> BTreeSet<(Table, u32)> {
        let lost = self.lost_rows.iter().map(|row| (row.enrolment, row.table, row.line));
        let contradicting =
            self.contradicting_rows.iter().map(|(index, line)| (*index, Table::Enrolments, *line));
        let naming = lost.chain(contradicting).filter(|(index, ..)| enrolments.contains(index));
        naming.map(|(_, table, line)| (table, line)).collect()
    }

    pub fn is_absent(&self, table: Table) -> bool {
        match table {
            Table::Enrolments | Table::Programmes | Table::Courses | Table::Results | Table::SuPayments => {
                false
            }
            Table::CourseEquivalences => !self.catalogue.equivalences_known,
            Table::ExamRegistrations => self.small.exam_registrations.is_none(),
            Table::ExtraPortionGrants => self.extra_portion_grants.is_none(),
            Table::ExtraPortionClaims => self.extra_portion_claims.is_none(),
            Table::Leaves => self.small.leaves.is_none(),
            Table::Exemptions => self.exemptions.is_none(),
            Table::Projects => self.small.projects.is_none(),
            Table::ApprovalsAbroad => self.small.approvals_abroad.is_none(),
            Table::ParentalRights => self.small.parental_rights.is_none(),
            Table::YouthCards => self.small.youth_cards.is_none(),
            Table::ExamComplaints => self.small.exam_complaints.is_none(),
            Table::PartResults => self.small.part_results.is_none(),
            Table::EarlyStarts => self.small.early_starts.is_none(),
            Table::TransitionalSemesters => self.small.transitional_semesters.is_none(),
            Table::StudentCards => self.small.student_cards.is_none(),
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

/// A rejected row that names an enrolment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LostRow {
    pub table: Table,
    /// Index of the register.
    pub enrolment: u32,
    pub line: u32,
}

/// One student on one programme: the unit of every verdict. Without name, address and CPR.
#[derive(Clone, Debug)]
pub struct Enrolment {
    pub student_id: CompactString,
    pub enrolment_id: CompactString,
    pub has_cpr: bool,
    pub language: Language,
    pub country: CompactString,
    pub citizenship: Option<CompactString>,
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

/// An enrolment with what belongs to it. A person carries no key: all three are of one row of the register.
#[derive(Clone, Copy, Debug)]
pub struct Registered<'a> {
    pub enrolment: &'a Enrolment,
    pub person: &'a Person,
    pub programme: &'a Programme,
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
    /// Pairs of course indexes, smaller first, sorted, unique, that one row calls overlapping and others the
    /// same: of one group.
    pub blocked_within: Vec<(u32, u32)>,
    /// Whether the table of equivalences was given (or declared empty).
    pub equivalences_known: bool,
}

impl Catalogue {
    /// The pairs of overlapping groups of which this is the smaller one.
    pub fn blocked_from(&self, group: u32) -> &[(u32, u32)] {
        let first = self.blocked.partition_point(|pair| pair.0 < group);
        let count = self.blocked[first..].partition_point(|pair| pair.0 == group);
        &self.blocked[first..first + count]
    }

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

/// Tables with few rows per enrolment, which nobody looks at but for the enrolment they belong to.
#[derive(Clone, Debug, Default)]
pub struct SmallTables {
    pub members: Members,
    pub exam_registrations: Option<Grouped<Registration>>,
    pub leaves: Option<Grouped<Leave>>,
    pub projects: Option<Grouped<Project>>,
    pub approvals_abroad: Option<Grouped<ApprovalAbroad>>,
    pub parental_rights: Option<Grouped<ParentalRight>>,
    pub youth_cards: Option<Grouped<YouthCard>>,
    pub exam_complaints: Option<Grouped<ExamComplaint>>,
    pub part_results: Option<Grouped<PartResult>>,
    pub early_starts: Option<Grouped<EarlyStart>>,
    pub transitional_semesters: Option<Grouped<TransitionalSemester>>,
    pub student_cards: Option<Grouped<StudentCard>>,
}

/// Rows of a small table, sorted and cut by enrolment, or by member of a bucket.
#[derive(Clone, Debug)]
pub struct Grouped<T> {
    pub rows: Vec<T>,
    pub offsets: Vec<u32>,
}

impl<T> Grouped<T> {
    /// The rows of one enrolment index, or member.
    pub fn of(&self, enrolment: usize) -> &[T] {
        let (Some(first), Some(last)) = (self.offsets.get(enrolment), self.offsets.get(enrolment + 1)) else {
            return &[];
        };
        &self.rows[*first as usize..*last as usize]
    }
}
