//! A small inspection that passes its audit: E1 known throughout, E2 unknown throughout.

use klippekort::base::{Day, Ects, Month};
use klippekort::contract::codes::{ProgrammeLevel, Status};
use klippekort::output::{Action, RejectedRecord, TableMetadata};
use klippekort::verdicts::*;

pub fn day(text: &str) -> Day {
    Day::parse_iso(text).expect("a date")
}

pub const REGISTER: usize = 3;

pub fn inspection() -> Inspection {
    Inspection {
        inspection: vec![known("E1"), unknown("E2")],
        register_index: vec![0, 1],
        attempts: vec![attempt("E1", "01005"), attempt("E1", "02101")],
        extra_portions: vec![claim("C1", "E9")],
        findings: vec![finding("F1", "E1"), finding("F2", "E9")],
        progress: vec![
            ("E1".into(), vec![point(2027, 2, 0, 0), point(2027, 3, 1, 3_000)]),
            ("E2".into(), vec![ProgressPoint { month: Month::new(2027, 3), klip_net: None, ects: None }]),
        ],
        programme_ratios: vec![
            ProgrammeRatios {
                programme_code: "P1".to_owned(),
                students: 2,
                // Beyond decimal(7,2), within decimal(12,2).
                pass_fail_ects: Some(12_345_678_901),
                ..ProgrammeRatios::default()
            },
            ProgrammeRatios { programme_code: "P2".to_owned(), ..ProgrammeRatios::default() },
        ],
        requirements: vec!["B".to_owned(), "total".to_owned()],
        curriculum: vec![
            requirement(0, 0, Some((300, 200))),
            requirement(0, 1, Some((9_500, 2_500))),
            requirement(1, 0, None),
        ],
        particulars: Vec::new(),
        excluded: vec![("completed", 1)],
    }
}

/// Positions of the enrolment and of the requirement; hundredths counted and missing.
fn requirement(inspected: u32, requirement: u16, known: Option<(i32, i32)>) -> RequirementRow {
    let (counted, missing) = known.map(|(a, b)| (Ects::hundredths(a), Ects::hundredths(b))).unzip();
    let required = known.map_or(Ects::points(5), |(a, b)| Ects::hundredths(a + b));
    RequirementRow { inspected, requirement, required, counted, missing }
}

pub fn known(id: &str) -> InspectionRow {
    InspectionRow {
        level: ProgrammeLevel::MScIndustry,
        klip_extra: Some(0),
        klip_net: Some(1),
        control_point: Some(1),
        ects_counted: Some(Ects::points(30)),
        ects_behind: Some(Ects::hundredths(-250)),
        progress: Some(Progress::OnTrack),
        start_check: Some(StartCheck::FailedLate),
        su_status: Some(SuStatus::Active),
        robust: Some(false),
        flips: Some(vec![Reading::EntryCredit, Reading::Awaiting]),
        maximum_date: Some(day("2029-08-31")),
        guidance: Some(Guidance::None),
        letters: vec![LetterKind::LastAttempt],
        ..unknown(id)
    }
}

pub fn unknown(id: &str) -> InspectionRow {
    InspectionRow {
        student_id: format!("S-{id}").into(),
        enrolment_id: id.into(),
        programme_code: "P1".to_owned(),
        level: ProgrammeLevel::BSc,
        started_on: day("2027-02-01"),
        status: Status::Active,
        inspection_date: day("2027-03-31"),
        regime: Regime::SixMonths,
        klip_gross: 1,
        klip_parental: 0,
        klip_extra: None,
        klip_net: None,
        control_point: None,
        ects_counted: None,
        ects_provisional: None,
        ects_transferred: None,
        ects_required: None,
        ects_missing: None,
        ects_behind: None,
        progress: None,
        start_check: None,
        su_status: None,
        robust: None,
        flips: None,
        portions_left: None,
        ects_last_two_semesters: None,
        five_ects: None,
        five_ects_semesters: Vec::new(),
        maximum_date: None,
        maximum_state: None,
        months_late: None,
        guidance: None,
        courses_last_attempt: None,
        courses_exhausted: None,
        pass_fail_ects: None,
        external_ects: None,
        ratio_base: None,
        pass_fail_third: None,
        external_third: None,
        reviews: Reviews::default(),
        letters: vec![],
        letters_held: vec![],
    }
}

pub fn attempt(enrolment_id: &str, group: &str) -> AttemptRow {
    AttemptRow {
        enrolment_id: enrolment_id.into(),
        course_group: group.into(),
        used: 2,
        allowed: Some(3),
        ill: 0,
        passed: false,
        pending: true,
        state: Some(AttemptState::LastAttempt),
        last_exam_date: None,
    }
}

pub fn claim(claim_id: &str, enrolment_id: &str) -> ClaimRow {
    let mut reviews = Reviews::default();
    reviews.add(ReviewReason::NotChronic);
    ClaimRow {
        claim_id: claim_id.to_owned(),
        enrolment_id: enrolment_id.into(),
        months_supported: 4,
        ects_expected: Some(Ects::hundredths(2_250)),
        ects_passed: None,
        ects_delay: None,
        ects_remainder: None,
        portions_estimate: Some(4),
        capped_by: None,
        conditions: vec![
            Condition { name: ReviewReason::NotChronic, state: ConditionState::Unknown },
            Condition { name: ReviewReason::PersonalStatement, state: ConditionState::Met },
        ],
        reviews,
        ects_whole_delay: Some(Ects::points(40)),
        portions_granted: Some(0),
        committee_left: None,
    }
}

pub fn finding(finding_id: &str, enrolment_id: &str) -> Finding {
    Finding {
        finding_id: finding_id.into(),
        enrolment_id: enrolment_id.into(),
        rule: "SU101",
        severity: Severity::Action,
        message: "behind; blåbærgrød".to_owned(),
        evidence: vec![Evidence {
            fact: "klip_net",
            value: "1".into(),
            source: format!("su_payments enrolment={enrolment_id}").into(),
            rows: None,
        }],
    }
}

fn point(year: i32, month: u32, klip: i32, ects: i32) -> ProgressPoint {
    ProgressPoint { month: Month::new(year, month), klip_net: Some(klip), ects: Some(Ects::hundredths(ects)) }
}

pub fn rejected() -> Vec<RejectedRecord> {
    let record = |line, value: &str, action| RejectedRecord {
        table: "results".to_owned(),
        file: "resultater.csv".to_owned(),
        line,
        column: "ects".to_owned(),
        reason: "wrong_type",
        explanation: "It is wrong.",
        advice: "Mend it; at its source.",
        action,
        value: value.to_owned(),
    };
    vec![
        record(12, "=HYPERLINK(\"x\");-1", Action::Rejected),
        record(3, "7,5", Action::Repaired),
        record(u64::MAX, "-7", Action::Rejected),
    ]
}

pub fn metadata() -> TableMetadata {
    TableMetadata {
        inspection_date: day("2027-03-31"),
        tool_version: "9.8.7".to_owned(),
        pipeline_sha256: "aa".to_owned(),
        law_sha256: "bb".to_owned(),
    }
}
