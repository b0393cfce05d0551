//! What an inspection says: the rows of the output tables as plain typed values.
//!
//! `None` in a verdict is *unknown*, never "fine". Rules make these values, the engine collects
//! them, `output` writes them as Parquet and `letters` turn some of them into mail.

use std::borrow::Cow;

use compact_str::CompactString;

use crate::base::{Day, Ects, Month};
use crate::contract::Table;
use crate::student::codes::{ProgrammeLevel, Status, codes};

codes!(Regime { SixMonths => "six_months", TwelveMonths => "twelve_months" });
codes!(Progress { OnTrack => "on_track", Behind => "behind", Inactive => "inactive" });
codes!(StartCheck { NotDue => "not_due", TookPart => "took_part", Failed => "failed", FailedLate => "failed_late" });
codes!(SuStatus {
    Active => "active",
    Inactive => "inactive",
    InactiveFinalProject => "inactive_final_project",
    InactiveAbroad => "inactive_abroad",
    OnLeave => "on_leave",
});
codes!(
    /// A reading of the sources that is left open; the verdict is made again under each.
    Reading {
        EntryCredit => "entry_credit",
        Awaiting => "awaiting",
        CompletionLoan => "completion_loan",
        PaidInternship => "paid_internship",
    }
);
codes!(FiveEcts { Met => "met", NotMet => "not_met", NotDue => "not_due" });
codes!(MaximumState { Within => "within", LastSemester => "last_semester", Exceeded => "exceeded" });
codes!(Guidance {
    None => "none",
    InformationMeeting => "information_meeting",
    PersonalInterview => "personal_interview",
});
codes!(PassFailThird { Within => "within", Breached => "breached" });
codes!(ExternalThird { Met => "met", Reachable => "reachable", Unreachable => "unreachable" });
codes!(AttemptState {
    Passed => "passed",
    Open => "open",
    LastAttempt => "last_attempt",
    Exhausted => "exhausted",
});
codes!(Severity { Info => "info", Notice => "notice", Action => "action", Review => "review" });
codes!(ConditionState { Met => "met", NotMet => "not_met", Unknown => "unknown" });

codes!(
    /// The letters that a robust verdict without review sends by itself.
    LetterKind {
        HearingNotice => "hearing_notice",
        StartCheckHearing => "start_check_hearing",
        AttemptsUsedUp => "attempts_used_up",
        LastAttempt => "last_attempt",
        FiveEctsWarning => "five_ects_warning",
        GuidanceInvitation => "guidance_invitation",
        PortionsRunningOut => "portions_running_out",
    }
);

codes!(
    /// What a person may have drafted: none of these is ever sent by itself.
    DraftKind {
        LegacyHearing => "legacy_hearing",
        StartCheckDecision => "start_check_decision",
        ExtraKlipDecision => "extra_klip_decision",
    }
);

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

/// One row of `inspection.parquet`.
#[derive(Clone, Debug)]
pub struct InspectionRow {
    pub student_id: String,
    pub enrolment_id: String,
    pub programme_code: String,
    pub level: ProgrammeLevel,
    pub started_on: Day,
    pub status: Status,
    pub inspection_date: Day,
    pub regime: Regime,
    pub klip_gross: i32,
    pub klip_parental: i32,
    pub klip_extra: Option<i32>,
    pub klip_net: Option<i32>,
    pub control_point: Option<i32>,
    pub ects_counted: Option<Ects>,
    pub ects_provisional: Option<Ects>,
    pub ects_transferred: Option<Ects>,
    pub ects_required: Option<Ects>,
    pub ects_missing: Option<Ects>,
    pub ects_behind: Option<Ects>,
    pub progress: Option<Progress>,
    pub start_check: Option<StartCheck>,
    pub su_status: Option<SuStatus>,
    pub robust: Option<bool>,
    pub flips: Vec<Reading>,
    pub portions_left: Option<i32>,
    pub ects_last_two_semesters: Option<Ects>,
    pub five_ects: Option<FiveEcts>,
    pub maximum_date: Option<Day>,
    pub maximum_state: Option<MaximumState>,
    pub months_late: Option<i32>,
    pub guidance: Option<Guidance>,
    pub courses_last_attempt: Option<i32>,
    pub courses_exhausted: Option<i32>,
    pub pass_fail_ects: Option<Ects>,
    pub external_ects: Option<Ects>,
    pub ratio_base: Option<Ects>,
    pub pass_fail_third: Option<PassFailThird>,
    pub external_third: Option<ExternalThird>,
    pub reviews: Reviews,
    /// Kinds due that may be sent by themselves: none as soon as the case needs a person.
    pub letters: Vec<LetterKind>,
    /// Kinds that the verdicts call for but that wait for a person.
    pub letters_held: Vec<LetterKind>,
}

/// One row of `attempts.parquet`.
#[derive(Clone, Debug)]
pub struct AttemptRow {
    pub enrolment_id: CompactString,
    pub course_group: CompactString,
    pub used: i32,
    pub allowed: Option<i32>,
    pub ill: i32,
    pub passed: bool,
    pub pending: bool,
    pub state: Option<AttemptState>,
    pub last_exam_date: Option<Day>,
}

/// One condition of an application for extra portions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition {
    pub name: ReviewReason,
    pub state: ConditionState,
}

/// One row of `extra_portions.parquet`.
#[derive(Clone, Debug)]
pub struct ClaimRow {
    pub claim_id: String,
    pub enrolment_id: String,
    pub months_supported: i32,
    pub ects_expected: Option<Ects>,
    pub ects_passed: Option<Ects>,
    pub ects_delay: Option<Ects>,
    pub ects_remainder: Option<Ects>,
    pub portions_estimate: Option<i32>,
    pub capped_by: Option<&'static str>,
    pub conditions: Vec<Condition>,
    pub reviews: Reviews,
}

/// A fact that a finding rests on, with its value as text and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    pub fact: &'static str,
    pub value: CompactString,
    /// Table and key (`results enrolment=E1`), or the law parameter.
    pub source: Cow<'static, str>,
    /// Table and lines of the input rows, for `klip explain`; lines depend on the row order of a
    /// file, so no table shows them.
    pub rows: Option<(Table, Vec<u32>)>,
}

impl Evidence {
    /// A fact that nobody will read.
    pub const fn unsaid(fact: &'static str) -> Evidence {
        Evidence { fact, value: CompactString::const_new(""), source: Cow::Borrowed(""), rows: None }
    }
}

/// One row of `findings.parquet`.
#[derive(Clone, Debug)]
pub struct Finding {
    pub finding_id: CompactString,
    pub enrolment_id: CompactString,
    pub rule: &'static str,
    pub severity: Severity,
    pub message: String,
    pub evidence: Vec<Evidence>,
}

/// One row of `progress.parquet`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgressPoint {
    pub month: Month,
    /// Cumulative; `None` when the grants are unknown.
    pub klip_net: Option<i32>,
    /// Cumulative; `None` when course groups are unknown.
    pub ects: Option<Ects>,
}

/// One row of `programme_ratios.parquet`.
#[derive(Clone, Debug, Default)]
pub struct ProgrammeRatios {
    pub programme_code: String,
    pub students: i32,
    /// Hundredths, wide enough for a whole university.
    pub pass_fail_ects: i64,
    pub external_ects: i64,
    pub own_ects: i64,
    pub pass_fail_within: i32,
    pub pass_fail_breached: i32,
    pub external_met: i32,
    pub external_reachable: i32,
    pub external_unreachable: i32,
    pub unknown: i32,
}

/// Rules that also judge enrolments which are not inspected, because their programme has ended.
pub const JUDGE_THE_ENDED: [&str; 1] = ["SU113"];

/// One row of `curriculum.parquet`, by positions so that millions of them stay small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequirementRow {
    /// Position in [`Inspection::inspection`].
    pub inspected: u32,
    /// Position in [`Inspection::requirements`].
    pub requirement: u16,
    pub required: Ects,
    /// `None`: what the passes count as is unknown; so is what is missing.
    pub counted: Option<Ects>,
    pub missing: Option<Ects>,
}

/// Everything one run says, each table sorted by its key.
#[derive(Clone, Debug, Default)]
pub struct Inspection {
    pub inspection: Vec<InspectionRow>,
    /// Index into the register (`Exports::enrolments`) of each inspection row.
    pub register_index: Vec<u32>,
    pub attempts: Vec<AttemptRow>,
    pub extra_portions: Vec<ClaimRow>,
    pub findings: Vec<Finding>,
    /// Enrolment id and its points.
    pub progress: Vec<(CompactString, Vec<ProgressPoint>)>,
    pub programme_ratios: Vec<ProgrammeRatios>,
    /// Codes of all requirements of all curricula, sorted.
    pub requirements: Vec<String>,
    pub curriculum: Vec<RequirementRow>,
    /// Enrolments of the register that were not inspected, by reason.
    pub excluded: Vec<(&'static str, u32)>,
}

impl Inspection {
    /// Adds the inspection of the enrolments that follow in the register, under the same programmes.
    /// The applications are sorted by [`Self::sort_claims`] when all is there.
    pub fn append(&mut self, mut next: Inspection) {
        // Positions of requirements are the same in every part; those of enrolments are not.
        let before = self.inspection.len() as u32;
        let moved = next.curriculum.drain(..);
        self.curriculum.extend(moved.map(|row| RequirementRow { inspected: row.inspected + before, ..row }));
        self.inspection.append(&mut next.inspection);
        self.register_index.append(&mut next.register_index);
        self.attempts.append(&mut next.attempts);
        self.findings.append(&mut next.findings);
        self.progress.append(&mut next.progress);
        self.append_small(&mut next);
    }

    /// Takes over what is kept whole also where the long tables are written piece by piece:
    /// applications, ratios and the excluded.
    pub fn append_small(&mut self, next: &mut Inspection) {
        self.extra_portions.append(&mut next.extra_portions);
        if self.programme_ratios.is_empty() {
            self.programme_ratios = std::mem::take(&mut next.programme_ratios);
        } else {
            for (all, part) in self.programme_ratios.iter_mut().zip(&next.programme_ratios) {
                all.add(part);
            }
        }
        next.excluded.iter().for_each(|(reason, number)| self.add_excluded(reason, *number));
    }

    /// Keeps the reasons sorted.
    pub fn add_excluded(&mut self, reason: &'static str, number: u32) {
        match self.excluded.binary_search_by_key(&reason, |(known, _)| *known) {
            Ok(position) => self.excluded[position].1 += number,
            Err(position) => self.excluded.insert(position, (reason, number)),
        }
    }

    pub fn sort_claims(&mut self) {
        self.extra_portions.sort_by(|a, b| a.claim_id.cmp(&b.claim_id));
    }
}

impl ProgrammeRatios {
    fn add(&mut self, other: &ProgrammeRatios) {
        self.students += other.students;
        self.pass_fail_ects += other.pass_fail_ects;
        self.external_ects += other.external_ects;
        self.own_ects += other.own_ects;
        self.pass_fail_within += other.pass_fail_within;
        self.pass_fail_breached += other.pass_fail_breached;
        self.external_met += other.external_met;
        self.external_reachable += other.external_reachable;
        self.external_unreachable += other.external_unreachable;
        self.unknown += other.unknown;
    }
}
