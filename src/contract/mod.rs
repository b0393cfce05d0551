//! The tables that come in: names, columns, types and closed code lists.
//!
//! This is the one description that the gate reads files by, `klip check` compares headers with and
//! `klip generate` writes by; the reference page names the tables that a rule needs. Tables and columns may
//! be added; none may be renamed or dropped, for they are the public interface.

pub mod codes;
mod columns;

use std::fmt;

use columns::*;

/// Every table an inspection can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    Enrolments,
    Programmes,
    Courses,
    CourseEquivalences,
    Results,
    ExamRegistrations,
    SuPayments,
    ExtraPortionGrants,
    ExtraPortionClaims,
    Leaves,
    Exemptions,
    Projects,
    ApprovalsAbroad,
    ParentalRights,
    YouthCards,
    ExamComplaints,
    PartResults,
    EarlyStarts,
    TransitionalSemesters,
    StudentCards,
}

/// How the text of a cell is read. Ranges are inclusive; a value outside is `out_of_range`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text without control characters.
    Text,
    /// A text that names a row of its own table: never empty, unique.
    Key,
    /// A text that must be a key of another table.
    Reference(Table),
    /// Civil registration number; see [`crate::base::Cpr`].
    Cpr,
    /// One of a closed list of codes.
    Code(&'static [&'static str]),
    /// A result code: the list is law, see `pipelines/law/result_codes.toml`.
    ResultCode,
    Int {
        least: i32,
        most: i32,
    },
    Bool,
    Date,
    Month,
    /// Points, exact in hundredths, 0 to `most`.
    Ects {
        most: i32,
    },
    /// Kroner and øre, exact in hundredths.
    Kroner,
}

#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
    /// The cell may be empty and the column may be missing.
    pub optional: bool,
    /// Shown masked in the table of rejected rows.
    pub personal: bool,
}

impl Table {
    pub const ALL: [Table; 20] = [
        Table::Enrolments,
        Table::Programmes,
        Table::Courses,
        Table::CourseEquivalences,
        Table::Results,
        Table::ExamRegistrations,
        Table::SuPayments,
        Table::ExtraPortionGrants,
        Table::ExtraPortionClaims,
        Table::Leaves,
        Table::Exemptions,
        Table::Projects,
        Table::ApprovalsAbroad,
        Table::ParentalRights,
        Table::YouthCards,
        Table::ExamComplaints,
        Table::PartResults,
        Table::EarlyStarts,
        Table::TransitionalSemesters,
        Table::StudentCards,
    ];

    /// The name in files, pipeline, messages and `run.json`.
    pub const fn name(self) -> &'static str {
        match self {
            Table::Enrolments => "enrolments",
            Table::Programmes => "programmes",
            Table::Courses => "courses",
            Table::CourseEquivalences => "course_equivalences",
            Table::Results => "results",
            Table::ExamRegistrations => "exam_registrations",
            Table::SuPayments => "su_payments",
            Table::ExtraPortionGrants => "extra_portion_grants",
            Table::ExtraPortionClaims => "extra_portion_claims",
            Table::Leaves => "leaves",
            Table::Exemptions => "exemptions",
            Table::Projects => "projects",
            Table::ApprovalsAbroad => "approvals_abroad",
            Table::ParentalRights => "parental_rights",
            Table::YouthCards => "youth_cards",
            Table::ExamComplaints => "exam_complaints",
            Table::PartResults => "part_results",
            Table::EarlyStarts => "early_starts",
            Table::TransitionalSemesters => "transitional_semesters",
            Table::StudentCards => "student_cards",
        }
    }

    pub fn from_name(name: &str) -> Option<Table> {
        Table::ALL.into_iter().find(|table| table.name() == name)
    }

    /// A run cannot begin without it.
    pub const fn required(self) -> bool {
        matches!(
            self,
            Table::Enrolments | Table::Programmes | Table::Courses | Table::Results | Table::SuPayments
        )
    }

    /// A rejected row of these sends the enrolment it names to a person.
    pub const fn rejects_need_review(self) -> bool {
        matches!(
            self,
            Table::Results
                | Table::SuPayments
                | Table::ExtraPortionGrants
                | Table::Leaves
                | Table::Projects
                | Table::Exemptions
        )
    }

    pub const fn columns(self) -> &'static [Column] {
        match self {
            Table::Enrolments => ENROLMENTS,
            Table::Programmes => PROGRAMMES,
            Table::Courses => COURSES,
            Table::CourseEquivalences => COURSE_EQUIVALENCES,
            Table::Results => RESULTS,
            Table::ExamRegistrations => EXAM_REGISTRATIONS,
            Table::SuPayments => SU_PAYMENTS,
            Table::ExtraPortionGrants => EXTRA_PORTION_GRANTS,
            Table::ExtraPortionClaims => EXTRA_PORTION_CLAIMS,
            Table::Leaves => LEAVES,
            Table::Exemptions => EXEMPTIONS,
            Table::Projects => PROJECTS,
            Table::ApprovalsAbroad => APPROVALS_ABROAD,
            Table::ParentalRights => PARENTAL_RIGHTS,
            Table::YouthCards => YOUTH_CARDS,
            Table::ExamComplaints => EXAM_COMPLAINTS,
            Table::PartResults => PART_RESULTS,
            Table::EarlyStarts => EARLY_STARTS,
            Table::TransitionalSemesters => TRANSITIONAL_SEMESTERS,
            Table::StudentCards => STUDENT_CARDS,
        }
    }

    /// The position of a column that the table has; use [`column!`].
    pub(crate) const fn position(self, name: &str) -> usize {
        let (columns, name) = (self.columns(), name.as_bytes());
        let mut at = 0;
        while !same(columns[at].name.as_bytes(), name) {
            at += 1;
        }
        at
    }
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}

/// The position of a column, found while the program is built: a name that the table does not have is an
/// error there.
macro_rules! column {
    ($table:ident . $column:ident) => {
        const { $crate::contract::Table::$table.position(stringify!($column)) }
    };
}
pub(crate) use column;

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
