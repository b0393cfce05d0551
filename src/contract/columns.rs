//! The columns of every table, in the order in which they are written.

use super::codes::*;
use super::*;

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
const WEEKS: Kind = Kind::Int { least: 0, most: 52 };
const PORTIONS: Kind = Kind::Int { least: 0, most: 120 };

pub(super) const ENROLMENTS: &[Column] = &[
    column("student_id", Kind::Text),
    column("enrolment_id", Kind::Key),
    personal(optional("cpr", Kind::Cpr)),
    personal(column("given_name", Kind::Text)),
    personal(column("family_name", Kind::Text)),
    personal(column("email", Kind::Text)),
    column("language", Kind::Code(Language::CODES)),
    column("country", Kind::Text),
    optional("citizenship", Kind::Text),
    column("programme_code", Kind::Reference(Table::Programmes)),
    column("started_on", Kind::Date),
    column("status", Kind::Code(Status::CODES)),
    optional("ended_on", Kind::Date),
    optional("support_extension_months", Kind::Int { least: 0, most: 12 }),
    optional("shortening_credit_ects", ECTS),
    optional("readmitted_on", Kind::Date),
    optional("disability_supplement", Kind::Bool),
    optional("single_parent", Kind::Bool),
    optional("digital_post", Kind::Bool),
];

pub(super) const PROGRAMMES: &[Column] = &[
    column("programme_code", Kind::Key),
    column("title", Kind::Text),
    column("level", Kind::Code(ProgrammeLevel::CODES)),
    column("ects", ECTS),
    column("prescribed_months", MONTHS),
    column("max_months", MONTHS),
];

pub(super) const COURSES: &[Column] = &[
    column("course_code", Kind::Key),
    column("title", Kind::Text),
    column("ects", ECTS),
    column("level", Kind::Code(CourseLevel::CODES)),
    column("grading", Kind::Code(Grading::CODES)),
    column("external_examiner", Kind::Bool),
    optional("period", Kind::Text),
    optional("oral", Kind::Bool),
    optional("discontinued_on", Kind::Date),
    optional("general_engineering", Kind::Bool),
];

pub(super) const COURSE_EQUIVALENCES: &[Column] = &[
    column("course_code", COURSE),
    column("equivalent_course_code", COURSE),
    optional("kind", Kind::Code(EquivalenceKind::CODES)),
];

/// A transferred row may lack `exam_date` and may carry a code that is not in the catalogue.
pub(super) const RESULTS: &[Column] = &[
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

pub(super) const EXAM_REGISTRATIONS: &[Column] = &[
    column("enrolment_id", ENROLMENT),
    column("course_code", COURSE),
    column("exam_date", Kind::Date),
    column("registered_on", Kind::Date),
    optional("withdrawn_on", Kind::Date),
    optional("withdrawal_deadline", Kind::Date),
    optional("course_cancelled", Kind::Bool),
];

pub(super) const SU_PAYMENTS: &[Column] = &[
    column("enrolment_id", ENROLMENT),
    column("month", Kind::Month),
    column("kind", Kind::Code(PaymentKind::CODES)),
    column("portions", PORTIONS_A_MONTH),
    optional("amount_dkk", Kind::Kroner),
];

pub(super) const EXTRA_PORTION_GRANTS: &[Column] = &[
    column("enrolment_id", ENROLMENT),
    column("granted_on", Kind::Date),
    column("portions", PORTIONS),
    column("reason", Kind::Code(GrantReason::CODES)),
    column("period_from", Kind::Month),
    column("period_to", Kind::Month),
];

pub(super) const EXTRA_PORTION_CLAIMS: &[Column] = &[
    column("claim_id", Kind::Key),
    column("enrolment_id", ENROLMENT),
    column("reason", Kind::Code(ClaimReason::CODES)),
    column("period_from", Kind::Month),
    column("period_to", Kind::Month),
    column("months_applied", PORTIONS),
    column("form_completed_on", Kind::Date),
    optional("documents_received_on", Kind::Date),
    column("certificate", Kind::Code(Certificate::CODES)),
    column("chronic", Kind::Bool),
    column("statement", Kind::Bool),
    optional("certificate_signed", Kind::Bool),
    optional("certificate_period_stated", Kind::Bool),
    optional("other_support_months", MONTHS),
];

pub(super) const LEAVES: &[Column] = &[
    column("enrolment_id", ENROLMENT),
    column("from_date", Kind::Date),
    column("to_date", Kind::Date),
    column("reason", Kind::Code(LeaveReason::CODES)),
    optional("applied_on", Kind::Date),
];

/// `course_code` is needed for an extra attempt; `amount` is attempts, or months for
/// maximum_duration, and may be empty for study_activity, which has no amount.
pub(super) const EXEMPTIONS: &[Column] = &[
    column("enrolment_id", ENROLMENT),
    column("kind", Kind::Code(ExemptionKind::CODES)),
    optional("course_code", COURSE),
    column("granted_on", Kind::Date),
    column("amount", PORTIONS),
];

/// Gratuity and covered expenses are kroner a month; weeks are extensions granted by the university.
pub(super) const PROJECTS: &[Column] = &[
    column("enrolment_id", ENROLMENT),
    column("kind", Kind::Code(ProjectKind::CODES)),
    column("ects", ECTS),
    column("starts_on", Kind::Date),
    column("due_on", Kind::Date),
    optional("extended_to", Kind::Date),
    optional("submitted_on", Kind::Date),
    optional("finished_on", Kind::Date),
    optional("course_code", COURSE),
    optional("abandoned_on", Kind::Date),
    optional("defended_on", Kind::Date),
    optional("impairment_weeks", WEEKS),
    optional("board_weeks", WEEKS),
    optional("gratuity_dkk", Kind::Kroner),
    optional("expenses_dkk", Kind::Kroner),
];

pub(super) const APPROVALS_ABROAD: &[Column] = &[
    column("enrolment_id", ENROLMENT),
    column("from_date", Kind::Date),
    column("to_date", Kind::Date),
    column("ects", ECTS),
];

pub(super) const PARENTAL_RIGHTS: &[Column] = &[
    column("enrolment_id", ENROLMENT),
    column("child", Kind::Text),
    column("due_on", Kind::Date),
    column("role", Kind::Code(ParentalRole::CODES)),
    column("portions", PORTIONS),
];

pub(super) const YOUTH_CARDS: &[Column] = &[
    column("enrolment_id", ENROLMENT),
    column("from_date", Kind::Date),
    column("to_date", Kind::Date),
    optional("other_subsidy", Kind::Bool),
];

/// A complaint about the result of an exam.
pub(super) const EXAM_COMPLAINTS: &[Column] = &[
    column("enrolment_id", ENROLMENT),
    column("course_code", COURSE),
    column("exam_date", Kind::Date),
    column("submitted_on", Kind::Date),
];

/// One part-exam of a course that is graded by partial grades. An empty result: did not take part.
pub(super) const PART_RESULTS: &[Column] = &[
    column("enrolment_id", ENROLMENT),
    column("course_code", COURSE),
    column("exam_date", Kind::Date),
    column("part", Kind::Text),
    column("weight", Kind::Int { least: 1, most: 1000 }),
    optional("result", Kind::ResultCode),
];

/// The exam that let an MSc begin in the holiday before its ordinary start.
pub(super) const EARLY_STARTS: &[Column] =
    &[column("enrolment_id", ENROLMENT), column("course_code", COURSE), column("exam_date", Kind::Date)];

/// A place in a transitional semester, applied for from a bachelor programme.
pub(super) const TRANSITIONAL_SEMESTERS: &[Column] =
    &[column("enrolment_id", ENROLMENT), column("applied_on", Kind::Date)];

/// A student card and what it waits for. `issuer` is empty for cards of the university that the law
/// names; `campus` is the place of pick-up that was chosen; `worn_out` is expired or broken too;
/// `on_leave` speaks of the semester in which cards of a new kind were given out, and
/// `added_functions` of functions of an old card that the new one does not have yet. The hour of an
/// activation is 0 to 23.
pub(super) const STUDENT_CARDS: &[Column] = &[
    column("enrolment_id", ENROLMENT),
    optional("issuer", Kind::Code(CardIssuer::CODES)),
    optional("photo_in_register", Kind::Bool),
    optional("photo_refused", Kind::Bool),
    optional("address_abroad", Kind::Bool),
    optional("pin_chosen", Kind::Bool),
    optional("campus", Kind::Text),
    optional("ordered_on", Kind::Date),
    optional("collected_on", Kind::Date),
    optional("activated_on", Kind::Date),
    optional("activated_hour", Kind::Int { least: 0, most: 23 }),
    optional("lost_on", Kind::Date),
    optional("worn_out", Kind::Bool),
    optional("semester_fee_paid", Kind::Bool),
    optional("medicine", Kind::Bool),
    optional("hospital_card", Kind::Bool),
    optional("on_leave", Kind::Bool),
    optional("added_functions", Kind::Bool),
];
