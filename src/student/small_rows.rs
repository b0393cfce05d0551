//! Rows of the tables with few rows per enrolment.

use crate::base::{Day, Ects, Month, Period};
use crate::contract::codes::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Registration {
    /// Course index of the catalogue.
    pub course: u32,
    pub exam_date: Day,
    pub registered_on: Day,
    pub withdrawn_on: Option<Day>,
    pub withdrawal_deadline: Option<Day>,
    pub course_cancelled: bool,
    pub line: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    pub granted_on: Day,
    pub portions: i32,
    pub reason: GrantReason,
    pub period_from: Month,
    pub period_to: Month,
    pub line: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    pub claim_id: String,
    pub reason: ClaimReason,
    pub period_from: Month,
    pub period_to: Month,
    pub months_applied: i32,
    pub form_completed_on: Day,
    pub documents_received_on: Option<Day>,
    pub certificate: Certificate,
    pub chronic: bool,
    pub statement: bool,
    pub certificate_signed: Option<bool>,
    pub certificate_period_stated: Option<bool>,
    /// Empty: 0.
    pub other_support_months: i32,
    pub line: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leave {
    pub period: Period,
    pub reason: LeaveReason,
    pub applied_on: Option<Day>,
    pub line: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exemption {
    pub kind: ExemptionKind,
    /// Course index of the catalogue; always there for an extra attempt.
    pub course: Option<u32>,
    pub granted_on: Day,
    pub amount: i32,
    pub line: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Project {
    pub kind: ProjectKind,
    pub ects: Ects,
    pub starts_on: Day,
    pub due_on: Day,
    pub extended_to: Option<Day>,
    pub submitted_on: Option<Day>,
    pub finished_on: Option<Day>,
    /// Course index of the catalogue.
    pub course: Option<u32>,
    pub abandoned_on: Option<Day>,
    pub defended_on: Option<Day>,
    /// Longer by a documented impairment; `None`: not said.
    pub impairment_weeks: Option<i32>,
    /// Longer by the board of studies; `None`: not said.
    pub board_weeks: Option<i32>,
    /// Hundredths of a krone a month; `None`: not said.
    pub gratuity: Option<i32>,
    /// Covered expenses, hundredths of a krone a month; `None`: not said.
    pub expenses: Option<i32>,
    pub line: u32,
}

impl Project {
    /// The day it is due, or the later day it was extended to.
    pub fn deadline(&self) -> Day {
        self.extended_to.map_or(self.due_on, |extended| extended.max(self.due_on))
    }

    /// Abandoned before its first day: there is no such project.
    pub fn was_cancelled_by(&self, date: Day) -> bool {
        self.abandoned_on.is_some_and(|day| day < self.starts_on && day <= date)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ApprovalAbroad {
    pub period: Period,
    pub ects: Ects,
    pub line: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ParentalRight {
    pub child: String,
    pub due_on: Day,
    pub role: ParentalRole,
    pub portions: i32,
    pub line: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct YouthCard {
    pub period: Period,
    /// Another transport subsidy for the same time; `None`: not said.
    pub other_subsidy: Option<bool>,
    pub line: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExamComplaint {
    /// Course index of the catalogue.
    pub course: u32,
    pub exam_date: Day,
    pub submitted_on: Day,
    pub line: u32,
}

/// One part-exam; all parts of a course with the same exam date make one attempt.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartResult {
    /// Course index of the catalogue.
    pub course: u32,
    pub exam_date: Day,
    pub part: String,
    /// Relative to the other parts.
    pub weight: i32,
    /// Index into the result codes; `None`: did not take part.
    pub code: Option<u8>,
    pub line: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EarlyStart {
    /// Course index of the catalogue.
    pub course: u32,
    pub exam_date: Day,
    pub line: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TransitionalSemester {
    pub applied_on: Day,
    pub line: u32,
}

/// `None` in a column of facts: not said.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StudentCard {
    pub ordered_on: Option<Day>,
    /// `None`: the university that the law names.
    pub issuer: Option<CardIssuer>,
    pub photo_in_register: Option<bool>,
    pub photo_refused: Option<bool>,
    pub address_abroad: Option<bool>,
    pub pin_chosen: Option<bool>,
    pub campus: Option<String>,
    pub collected_on: Option<Day>,
    pub activated_on: Option<Day>,
    /// 0 to 23.
    pub activated_hour: Option<i32>,
    pub lost_on: Option<Day>,
    pub worn_out: Option<bool>,
    pub semester_fee_paid: Option<bool>,
    pub medicine: Option<bool>,
    pub hospital_card: Option<bool>,
    pub on_leave: Option<bool>,
    pub added_functions: Option<bool>,
    pub line: u32,
}
