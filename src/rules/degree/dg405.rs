#![doc = include_str!("dg405.md")]

use crate::base::{Day, counted};
use crate::contract::Table;
use crate::rules::degree::dg404::{months_of_leave, prescribed_months, semester_ects_fact};
use crate::rules::{
    Case, Decisions, Family, Judges, LostRows, Outcome, Report, Rule, RuleStatus, Unfavourable,
};
use crate::student::view::Known;
use crate::verdicts::{Guidance, LetterKind, Paper, Severity};

pub static RULE: Rule = Rule {
    code: "DG405",
    name: "late-student",
    title: "Past the prescribed end of the programme",
    family: Family::Degree,
    status: RuleStatus::Stable,
    since: "0.1.0",
    needs: &[Table::Leaves],
    parameters: &[
        "degree.semester_months",
        "degree.semester_ects",
        "degree.semester_ects_industry",
        "degree.leave_rounding_months",
        "degree.information_meeting_months",
        "degree.personal_interview_months",
    ],
    sources: &["Study rules, Delayed students"],
    documentation: include_str!("dg405.md"),
    judges: Judges::Inspected,
    calls_for: &[Paper::Letter(LetterKind::GuidanceInvitation)],
    unfavourable: Some(Unfavourable {
        told: |_, decisions| decisions.lateness.is_invited(),
        lost_rows: LostRows::OfEnrolment,
        joined: None,
    }),
    speaks,
    report,
};

#[derive(Clone, Copy, Debug)]
pub struct Lateness {
    pub prescribed_end: Known<Day>,
    pub months_late: Known<i32>,
    pub guidance: Known<Guidance>,
}

impl Lateness {
    pub fn is_invited(&self) -> bool {
        self.guidance.is_ok_and(|guidance| guidance != Guidance::None)
    }
}

pub fn decide(case: &Case) -> Lateness {
    let law = case.law;
    let inspection = case.cutoffs.inspection_date;
    let prescribed_end = prescribed_end_less(case, 0);
    let guidance = prescribed_end.map(|end| {
        if inspection < end.plus_months_clamped(law.information_meeting_months) {
            Guidance::None
        } else if inspection <= end.plus_months_clamped(law.personal_interview_months) {
            Guidance::InformationMeeting
        } else {
            Guidance::PersonalInterview
        }
    });
    Lateness {
        prescribed_end,
        months_late: prescribed_end.map(|end| end.whole_months_until(inspection)),
        guidance,
    }
}

/// So many months before the prescribed end, all months added at once.
pub fn prescribed_end_less(case: &Case, months: i32) -> Known<Day> {
    let leave = months_of_leave(case, case.leaves()?);
    Ok(case.enrolment.started_on.plus_months_clamped(prescribed_months(case) + leave - months))
}

fn speaks(_: &Case, decisions: &Decisions) -> Option<Severity> {
    match decisions.lateness.guidance {
        Err(_) => Some(Severity::Review),
        Ok(Guidance::None) => None,
        Ok(Guidance::InformationMeeting | Guidance::PersonalInterview) => Some(Severity::Action),
    }
}

fn report(case: &Case, decisions: &Decisions) -> Vec<Report> {
    let lateness = &decisions.lateness;
    let mut evidence = vec![
        case.register("started_on", case.enrolment.started_on),
        case.programme_fact("programme_ects", case.programme.ects),
        case.law_fact("information_meeting_months", "degree.information_meeting_months"),
        case.law_fact("personal_interview_months", "degree.personal_interview_months"),
    ];
    evidence.push(case.law_fact("semester_months", "degree.semester_months"));
    evidence.push(semester_ects_fact(case));
    if let Ok(leaves) = case.leaves() {
        let lines = || leaves.iter().map(|leave| leave.line);
        evidence.push(case.rows("leaves", leaves.len(), Table::Leaves, lines()));
        evidence.push(case.rows("months_of_leave", months_of_leave(case, leaves), Table::Leaves, lines()));
    }
    let (end, months, guidance) = match (lateness.prescribed_end, lateness.months_late, lateness.guidance) {
        (Ok(end), Ok(months), Ok(guidance)) => (end, months, guidance),
        (Err(unknown), ..) | (_, Err(unknown), _) | (.., Err(unknown)) => {
            return vec![Report::unknown(unknown, evidence)];
        }
    };
    evidence.push(case.figure(
        "prescribed_end",
        end,
        "start + months of the programme's ECTS + semesters of leave",
    ));
    evidence.push(case.figure("months_late", months, "whole months past the prescribed end"));
    let late = counted(months, "month", "months");
    let (outcome, message) = match guidance {
        Guidance::None if months == 0 => (Outcome::Met, format!("Prescribed end {end}.")),
        Guidance::None => (Outcome::Met, format!("{late} past the prescribed end {end}.")),
        Guidance::InformationMeeting => {
            (Outcome::NotMet, format!("{late} past the prescribed end {end}: information meeting."))
        }
        Guidance::PersonalInterview => {
            // The last whole month is still the meeting's; days past it are not.
            let more = if months == case.law.personal_interview_months { "More than " } else { "" };
            let message = format!("{more}{late} past the prescribed end {end}: personal interview.");
            (Outcome::NotMet, message)
        }
    };
    let limit = match guidance {
        Guidance::PersonalInterview => case.law.personal_interview_months,
        Guidance::None | Guidance::InformationMeeting => case.law.information_meeting_months,
    };
    let days = case.cutoffs.inspection_date.days_until(end.plus_months_clamped(limit));
    let margin = if days > 0 {
        format!("{} before an invitation", counted(days, "day", "days"))
    } else {
        format!("{} into it", counted(-days, "day", "days"))
    };
    vec![Report::new(outcome, message, evidence).margin(margin)]
}
