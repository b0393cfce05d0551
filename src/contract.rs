//! The tables that come in: names, columns, types and closed code lists.
//!
//! This is the one description that the gate reads files by, `klip check` compares headers with,
//! `klip generate` writes by and the reference page prints. Tables and columns may be added; none
//! may be renamed or dropped, for they are the public interface.

use std::fmt;

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
    pub const ALL: [Table; 15] = [
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
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

pub const STATUS: &[&str] = &["active", "on_leave", "completed", "withdrawn"];
pub const LANGUAGE: &[&str] = &["da", "en"];
pub const PROGRAMME_LEVEL: &[&str] = &["BEng", "BSc", "MSc", "MSc-Industry"];
pub const COURSE_LEVEL: &[&str] = &["BEng", "BSc", "MSc", "PhD"];
pub const GRADING: &[&str] = &["seven_point", "pass_fail"];
pub const EQUIVALENCE_KIND: &[&str] = &["same", "blocked"];
pub const PAYMENT_KIND: &[&str] =
    &["ordinary", "parental", "completion_loan", "dependents_supplement", "supplementary_loan"];
pub const GRANT_REASON: &[&str] = &["illness", "committee", "special", "internship"];
pub const CLAIM_REASON: &[&str] = &["illness", "committee", "special"];
pub const CERTIFICATE: &[&str] = &[
    "general_practitioner",
    "hospital_doctor",
    "psychiatrist",
    "psychologist",
    "physiotherapist",
    "acupuncturist",
    "journal_extract",
    "none",
];
pub const LEAVE_REASON: &[&str] =
    &["parental", "military", "illness", "relative", "athlete", "special", "none"];
pub const EXEMPTION_KIND: &[&str] = &["extra_attempt", "study_activity", "maximum_duration"];
pub const PROJECT_KIND: &[&str] =
    &["bsc_project", "beng_project", "msc_thesis", "internship_paid", "internship_unpaid"];
pub const PARENTAL_ROLE: &[&str] = &["birth", "co_parent"];

const fn column(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, optional: false, personal: false }
}

const fn optional(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, optional: true, personal: false }
}

const fn personal(mut column: Column) -> Column {
    column.personal = true;
    column
}

const ENROLMENT: Kind = Kind::Reference(Table::Enrolments);
const COURSE: Kind = Kind::Reference(Table::Courses);
/// More than any programme or credit transfer holds.
const ECTS: Kind = Kind::Ects { most: 360 };
const MONTHS: Kind = Kind::Int { least: 0, most: 120 };
/// Three portions in one month: an ordinary one beside a double parental one.
const PORTIONS_A_MONTH: Kind = Kind::Int { least: 0, most: 3 };
const PORTIONS: Kind = Kind::Int { least: 0, most: 120 };

const ENROLMENTS: &[Column] = &[
    column("student_id", Kind::Text),
    column("enrolment_id", Kind::Key),
    personal(optional("cpr", Kind::Cpr)),
    personal(column("given_name", Kind::Text)),
    personal(column("family_name", Kind::Text)),
    personal(column("email", Kind::Text)),
    column("language", Kind::Code(LANGUAGE)),
    column("country", Kind::Text),
    optional("citizenship", Kind::Text),
    column("programme_code", Kind::Reference(Table::Programmes)),
    column("started_on", Kind::Date),
    column("status", Kind::Code(STATUS)),
    optional("ended_on", Kind::Date),
    optional("support_extension_months", Kind::Int { least: 0, most: 12 }),
    optional("shortening_credit_ects", ECTS),
    optional("readmitted_on", Kind::Date),
    optional("disability_supplement", Kind::Bool),
    optional("single_parent", Kind::Bool),
    optional("digital_post", Kind::Bool),
];

const PROGRAMMES: &[Column] = &[
    column("programme_code", Kind::Key),
    column("title", Kind::Text),
    column("level", Kind::Code(PROGRAMME_LEVEL)),
    column("ects", ECTS),
    column("prescribed_months", MONTHS),
    column("max_months", MONTHS),
];

const COURSES: &[Column] = &[
    column("course_code", Kind::Key),
    column("title", Kind::Text),
    column("ects", ECTS),
    column("level", Kind::Code(COURSE_LEVEL)),
    column("grading", Kind::Code(GRADING)),
    column("external_examiner", Kind::Bool),
    optional("period", Kind::Text),
];

const COURSE_EQUIVALENCES: &[Column] = &[
    column("course_code", COURSE),
    column("equivalent_course_code", COURSE),
    optional("kind", Kind::Code(EQUIVALENCE_KIND)),
];

/// A transferred row may lack `exam_date` and may carry a code that is not in the catalogue.
const RESULTS: &[Column] = &[
    column("enrolment_id", ENROLMENT),
    column("course_code", COURSE),
    column("ects", ECTS),
    column("result", Kind::ResultCode),
    column("exam_date", Kind::Date),
    column("assessed_on", Kind::Date),
    column("transferred", Kind::Bool),
    optional("transferred_from", Kind::Text),
    optional("transitional", Kind::Bool),
    optional("superseded", Kind::Bool),
];

const EXAM_REGISTRATIONS: &[Column] = &[
    column("enrolment_id", ENROLMENT),
    column("course_code", COURSE),
    column("exam_date", Kind::Date),
    column("registered_on", Kind::Date),
    optional("withdrawn_on", Kind::Date),
];

const SU_PAYMENTS: &[Column] = &[
    column("enrolment_id", ENROLMENT),
    column("month", Kind::Month),
    column("kind", Kind::Code(PAYMENT_KIND)),
    column("portions", PORTIONS_A_MONTH),
    optional("amount_dkk", Kind::Kroner),
];

const EXTRA_PORTION_GRANTS: &[Column] = &[
    column("enrolment_id", ENROLMENT),
    column("granted_on", Kind::Date),
    column("portions", PORTIONS),
    column("reason", Kind::Code(GRANT_REASON)),
    column("period_from", Kind::Month),
    column("period_to", Kind::Month),
];

const EXTRA_PORTION_CLAIMS: &[Column] = &[
    column("claim_id", Kind::Key),
    column("enrolment_id", ENROLMENT),
    column("reason", Kind::Code(CLAIM_REASON)),
    column("period_from", Kind::Month),
    column("period_to", Kind::Month),
    column("months_applied", PORTIONS),
    column("form_completed_on", Kind::Date),
    optional("documents_received_on", Kind::Date),
    column("certificate", Kind::Code(CERTIFICATE)),
    column("chronic", Kind::Bool),
    column("statement", Kind::Bool),
    optional("certificate_signed", Kind::Bool),
    optional("certificate_period_stated", Kind::Bool),
    optional("other_support_months", MONTHS),
];

const LEAVES: &[Column] = &[
    column("enrolment_id", ENROLMENT),
    column("from_date", Kind::Date),
    column("to_date", Kind::Date),
    column("reason", Kind::Code(LEAVE_REASON)),
];

/// `course_code` is needed for an extra attempt; `amount` is attempts, or months for
/// maximum_duration, and may be empty for study_activity, which has no amount.
const EXEMPTIONS: &[Column] = &[
    column("enrolment_id", ENROLMENT),
    column("kind", Kind::Code(EXEMPTION_KIND)),
    optional("course_code", COURSE),
    column("granted_on", Kind::Date),
    column("amount", PORTIONS),
];

const PROJECTS: &[Column] = &[
    column("enrolment_id", ENROLMENT),
    column("kind", Kind::Code(PROJECT_KIND)),
    column("ects", ECTS),
    column("starts_on", Kind::Date),
    column("due_on", Kind::Date),
    optional("extended_to", Kind::Date),
    optional("submitted_on", Kind::Date),
    optional("finished_on", Kind::Date),
    optional("course_code", COURSE),
];

const APPROVALS_ABROAD: &[Column] = &[
    column("enrolment_id", ENROLMENT),
    column("from_date", Kind::Date),
    column("to_date", Kind::Date),
    column("ects", ECTS),
];

const PARENTAL_RIGHTS: &[Column] = &[
    column("enrolment_id", ENROLMENT),
    column("child", Kind::Text),
    column("due_on", Kind::Date),
    column("role", Kind::Code(PARENTAL_ROLE)),
    column("portions", PORTIONS),
];

const YOUTH_CARDS: &[Column] =
    &[column("enrolment_id", ENROLMENT), column("from_date", Kind::Date), column("to_date", Kind::Date)];
