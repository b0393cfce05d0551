//! Why a case goes to a person.

use crate::contract::Table;
use crate::contract::codes::codes;

codes!(
    /// Why a person must look at a case before anything is sent.
    ReviewReason {
        NotRobust => "not_robust",
        TwelveMonthsRegime => "twelve_months_regime",
        StatusConflict => "status_conflict",
        OverlappingLeaves => "overlapping_leaves",
        RejectedInput => "rejected_input",
        InternshipCourseUnknown => "internship_course_unknown",
        ExamResultPending => "exam_result_pending",
        CheatingCaseOnly => "cheating_case_only",
        StartCheckOnLeave => "start_check_on_leave",
        Abroad => "abroad",
        BlockedPair => "blocked_pair",
        RatioDenominator => "ratio_denominator",
        IdentityConflict => "identity_conflict",
        ResultsCutOff => "results_cut_off",
        Readmitted => "readmitted",
        AttemptPending => "attempt_pending",
        AgreementAttempt => "agreement_attempt",
        CourseReleased => "course_released",
        ProjectPassed => "project_passed",
        SupplementPortions => "supplement_portions",
        InternshipRegisteredLate => "internship_registered_late",
        OldEntryCredit => "old_entry_credit",
        SameExamTwice => "same_exam_twice",
        CreditMerged => "credit_merged",
        ImplausibleResultDate => "implausible_result_date",
        PaidBeforeStart => "paid_before_start",
        TooManyPortions => "too_many_portions",
        RepeatedPayment => "repeated_payment",
        PortionPaidBack => "portion_paid_back",
        EnrolledTwice => "enrolled_twice",
        ImplausibleRegisterRow => "implausible_register_row",
        MissingCourseEquivalences => "missing_course_equivalences",
        MissingExamRegistrations => "missing_exam_registrations",
        MissingExtraPortionGrants => "missing_extra_portion_grants",
        MissingLeaves => "missing_leaves",
        MissingExemptions => "missing_exemptions",
        MissingProjects => "missing_projects",
        MissingApprovalsAbroad => "missing_approvals_abroad",
        SupportInPeriod => "support_in_period",
        DelayHasArisen => "delay_has_arisen",
        CertificateAccepted => "certificate_accepted",
        CertificateSigned => "certificate_signed",
        CertificatePeriodStated => "certificate_period_stated",
        PersonalStatement => "personal_statement",
        DocumentsInTime => "documents_in_time",
        NotChronic => "not_chronic",
        NoParentalPeriod => "no_parental_period",
    }
);

impl ReviewReason {
    /// Of a table without which verdicts of the inspection are unknown.
    pub const fn missing(table: Table) -> Option<ReviewReason> {
        match table {
            Table::CourseEquivalences => Some(ReviewReason::MissingCourseEquivalences),
            Table::ExamRegistrations => Some(ReviewReason::MissingExamRegistrations),
            Table::ExtraPortionGrants => Some(ReviewReason::MissingExtraPortionGrants),
            Table::Leaves => Some(ReviewReason::MissingLeaves),
            Table::Exemptions => Some(ReviewReason::MissingExemptions),
            Table::Projects => Some(ReviewReason::MissingProjects),
            Table::ApprovalsAbroad => Some(ReviewReason::MissingApprovalsAbroad),
            _ => None,
        }
    }

    /// In words, for the summary; a condition of an application in words of its being met.
    pub const fn meaning(self) -> &'static str {
        match self {
            ReviewReason::NotRobust => "another reading of the sources turns the verdict over",
            ReviewReason::TwelveMonthsRegime => {
                "begun before July 2016: decided by a person at the institution"
            }
            ReviewReason::StatusConflict => "status, end date and leaves contradict each other",
            ReviewReason::OverlappingLeaves => "leaves overlap",
            ReviewReason::RejectedInput => "a row that the verdict rests on was rejected",
            ReviewReason::InternshipCourseUnknown => "a paid internship names no course",
            ReviewReason::ExamResultPending => "an exam was held whose result is not yet known",
            ReviewReason::CheatingCaseOnly => "the only exams carry a result that a person must judge",
            ReviewReason::StartCheckOnLeave => "failed start check of a student on leave",
            ReviewReason::Abroad => "inactive during an approved stay abroad",
            ReviewReason::BlockedPair => "overlapping courses: attempts or passes that must not be merged",
            ReviewReason::RatioDenominator => "a third is judged otherwise with the whole programme as base",
            ReviewReason::IdentityConflict => {
                "one student with two civil registration numbers, or two students with one"
            }
            ReviewReason::ResultsCutOff => {
                "results are read up to a day when some of them were still to come"
            }
            ReviewReason::Readmitted => "judged by semesters from before the readmission",
            ReviewReason::AttemptPending => "an attempt that decides awaits a decision",
            ReviewReason::AgreementAttempt => {
                "an agreement on a thesis or project uses an attempt that no result shows"
            }
            ReviewReason::CourseReleased => {
                "attempts are at their limit in a course that releases the student"
            }
            ReviewReason::ProjectPassed => "a final project that keeps SU is passed by the results",
            ReviewReason::SupplementPortions => {
                "inactive only if extra portions of a disability supplement count"
            }
            ReviewReason::InternshipRegisteredLate => {
                "SU in the first month of a paid internship, perhaps registered one month late"
            }
            ReviewReason::OldEntryCredit => "entry credit passed too long before admission",
            ReviewReason::SameExamTwice => {
                "results of one exam day are two attempts at a course near its limit"
            }
            ReviewReason::CreditMerged => {
                "courses from outside have one code and count once: give each its own"
            }
            ReviewReason::ImplausibleResultDate => {
                "a result was assessed long before its exam, or more than a year after it"
            }
            ReviewReason::PaidBeforeStart => "ordinary SU more than three months before the programme began",
            ReviewReason::TooManyPortions => "more than two ordinary portions in a month",
            ReviewReason::RepeatedPayment => "two equal rows of ordinary SU in a month",
            ReviewReason::PortionPaidBack => "ordinary SU was paid back, and its portion counts all the same",
            ReviewReason::EnrolledTwice => "two enrolments on the same programme run at once",
            ReviewReason::ImplausibleRegisterRow => {
                "readmitted before the start, or more shortening credit than the programme has ECTS"
            }
            ReviewReason::MissingCourseEquivalences => "course_equivalences was not given",
            ReviewReason::MissingExamRegistrations => "exam_registrations was not given",
            ReviewReason::MissingExtraPortionGrants => "extra_portion_grants was not given",
            ReviewReason::MissingLeaves => "leaves was not given",
            ReviewReason::MissingExemptions => "exemptions was not given",
            ReviewReason::MissingProjects => "projects was not given",
            ReviewReason::MissingApprovalsAbroad => "approvals_abroad was not given",
            ReviewReason::SupportInPeriod => "support in the period",
            ReviewReason::DelayHasArisen => "the delay has arisen: its exam periods are over",
            ReviewReason::CertificateAccepted => "a certificate by a doctor who may give one",
            ReviewReason::CertificateSigned => "the certificate is signed",
            ReviewReason::CertificatePeriodStated => "the certificate states its period",
            ReviewReason::PersonalStatement => "the student's own statement",
            ReviewReason::DocumentsInTime => "documents in time",
            ReviewReason::NotChronic => "not a chronic illness",
            ReviewReason::NoParentalPeriod => "no parental support in the period",
        }
    }
}

/// A sorted set of review reasons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reviews(u64);

impl Reviews {
    pub fn add(&mut self, reason: ReviewReason) {
        self.0 |= 1 << reason as u64;
    }

    pub fn contains(self, reason: ReviewReason) -> bool {
        self.0 & (1 << reason as u64) != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn iter(self) -> impl Iterator<Item = ReviewReason> {
        ReviewReason::ALL.iter().copied().filter(move |reason| self.contains(*reason))
    }
}
