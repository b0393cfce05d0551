//! What an inspection says: the rows of the output tables as plain typed values.
//!
//! `None` in a verdict is *unknown*, never "fine". Rules make these values, the engine collects
//! them, `output` writes them as Parquet and `letters` turn some of them into mail.

mod papers;
mod particulars;
mod review;

use std::borrow::Cow;

use compact_str::CompactString;

use crate::base::{Day, Ects, Month, Semester};
use crate::contract::Table;
use crate::contract::codes::{ProgrammeLevel, Status, codes};

pub use papers::{DraftKind, LetterKind, Paper};
pub use particulars::{
    CourseAtLimit, CourseName, NotCounted, Particulars, Pass, PortionsCalculation, UsedAttempt,
};
pub use review::{ReviewReason, Reviews};

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
impl SuStatus {
    /// In words, within a sentence.
    pub const fn meaning(self) -> &'static str {
        match self {
            SuStatus::Active => "active",
            SuStatus::Inactive => "inactive",
            SuStatus::InactiveFinalProject => "inactive, with a final project",
            SuStatus::InactiveAbroad => "inactive, abroad",
            SuStatus::OnLeave => "on leave",
        }
    }
}

impl Reading {
    /// What the reading does not count, in words.
    pub const fn leaves_out(self) -> &'static str {
        match self {
            Reading::EntryCredit => "entry credit",
            Reading::Awaiting => "results that await a decision",
            Reading::CompletionLoan => "completion-loan instalments",
            Reading::PaidInternship => "the course of a paid internship",
        }
    }
}

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

/// One row of `inspection.parquet`.
#[derive(Clone, Debug)]
pub struct InspectionRow {
    pub student_id: CompactString,
    pub enrolment_id: CompactString,
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
    /// The readings that turn the verdict; unknown while `robust` is.
    pub flips: Option<Vec<Reading>>,
    pub portions_left: Option<i32>,
    pub ects_last_two_semesters: Option<Ects>,
    pub five_ects: Option<FiveEcts>,
    /// The semesters in which too little was passed, latest first; empty when enough was.
    pub five_ects_semesters: Vec<Semester>,
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

codes!(
    /// The step that lowered the estimate of an application last.
    Cap {
        Support => "support",
        Applied => "applied",
        WholeDelay => "whole_delay",
        Granted => "granted",
        Committee => "committee",
    }
);

impl Cap {
    /// What the step did.
    pub const fn meaning(self) -> &'static str {
        match self {
            Cap::Support => "limited by the months with support",
            Cap::Applied => "limited by what was applied for",
            Cap::WholeDelay => "limited by the delay in all since the programme began",
            Cap::Granted => "reduced by what was granted for an overlapping period",
            Cap::Committee => "limited by what is left for committee work",
        }
    }
}

/// One row of `extra_portions.parquet`.
#[derive(Clone, Debug)]
pub struct ClaimRow {
    pub claim_id: String,
    pub enrolment_id: CompactString,
    pub months_supported: i32,
    pub ects_expected: Option<Ects>,
    pub ects_passed: Option<Ects>,
    pub ects_delay: Option<Ects>,
    pub ects_remainder: Option<Ects>,
    pub portions_estimate: Option<i32>,
    pub capped_by: Option<Cap>,
    pub conditions: Vec<Condition>,
    pub reviews: Reviews,
    /// Delay since the programme began, over all of it.
    pub ects_whole_delay: Option<Ects>,
    /// Already granted for an overlapping period.
    pub portions_granted: Option<i32>,
    /// What is left of the portions for committee work; `None` for any other reason.
    pub committee_left: Option<i32>,
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
    /// Hundredths, wide enough for a whole university, of the students of whom they are known; `None`
    /// until there is one.
    pub pass_fail_ects: Option<i64>,
    pub external_ects: Option<i64>,
    pub own_ects: Option<i64>,
    pub pass_fail_within: i32,
    pub pass_fail_breached: i32,
    pub external_met: i32,
    pub external_reachable: i32,
    pub external_unreachable: i32,
    pub unknown: i32,
}

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
    /// What letters tell beside the tables, of those that they are written to.
    pub particulars: Vec<Particulars>,
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
        self.particulars.append(&mut next.particulars);
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

    pub fn particulars_of(&self, enrolment_id: &str) -> Option<&Particulars> {
        let found = self.particulars.binary_search_by(|told| told.enrolment_id.as_str().cmp(enrolment_id));
        found.ok().and_then(|position| self.particulars.get(position))
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
        add_known(&mut self.pass_fail_ects, other.pass_fail_ects);
        add_known(&mut self.external_ects, other.external_ects);
        add_known(&mut self.own_ects, other.own_ects);
        self.pass_fail_within += other.pass_fail_within;
        self.pass_fail_breached += other.pass_fail_breached;
        self.external_met += other.external_met;
        self.external_reachable += other.external_reachable;
        self.external_unreachable += other.external_unreachable;
        self.unknown += other.unknown;
    }
}

/// Adds an amount to a sum of those that are known.
pub fn add_known(sum: &mut Option<i64>, amount: Option<i64>) {
    if let Some(amount) = amount {
        *sum = Some(sum.unwrap_or(0) + amount);
    }
}
