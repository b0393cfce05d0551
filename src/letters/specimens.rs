//! Invented cases: one for every outcome that can cause a letter or a draft.
//!
//! Figures are made from the law in force, so that they add up whatever the law says; with them the
//! wording of every kind is checked before a student is read.

use super::context::{self, BuildError, LetterContext, LetterDates};
use super::diagram;
use super::drafts;
use super::law::{Amounts, LetterLaw};
use super::sendable::Sendable;
use super::worklist::{Entry, Paper, Step};
use crate::base::{Cpr, Day, Ects, Month};
use crate::student::codes::*;
use crate::student::exports::{Claim, Enrolment, Person, Programme};
use crate::verdicts::*;

/// A letter, and the outcome that it stands for.
pub struct Specimen {
    pub kind: &'static str,
    pub outcome: String,
    pub is_draft: bool,
    pub letter: LetterContext,
}

type Change<'c> = (&'c str, Box<dyn Fn(&mut Case) + 'c>);

/// One student, with everything that a letter is built from.
#[derive(Clone)]
struct Case {
    person: Person,
    enrolment: Enrolment,
    programme: Programme,
    row: InspectionRow,
    attempts: Vec<(AttemptRow, &'static str)>,
    progress: Vec<ProgressPoint>,
    claim: (ClaimRow, Claim),
}

/// Every kind in one language, for every outcome that can cause it.
pub fn all(law: &LetterLaw, dates: &LetterDates, language: Language) -> Result<Vec<Specimen>, BuildError> {
    let mut specimens = Vec::new();
    for (start, amounts) in &law.amounts {
        let base = Case::new(*start, amounts, law, dates, language);
        let cohort = format!("begun {start} or later");
        let letters: Vec<(LetterKind, Vec<Change<'_>>)> = if amounts.requires_in_steps {
            LetterKind::ALL.iter().map(|kind| (*kind, outcomes(*kind, amounts))).collect()
        } else {
            let others = LetterKind::ALL.iter().filter(|kind| **kind != LetterKind::HearingNotice);
            others.map(|kind| (*kind, outcomes(*kind, amounts))).collect()
        };
        for (kind, outcomes) in letters {
            for (outcome, change) in outcomes {
                let mut case = base.clone();
                change(&mut case);
                case.row.letters = vec![kind];
                let letter = case.letter(kind, law, dates)?;
                let outcome = format!("{outcome}, {cohort}");
                specimens.push(Specimen { kind: kind.code(), outcome, is_draft: false, letter });
            }
        }
        let drafts = [
            (DraftKind::LegacyHearing, !amounts.requires_in_steps),
            (DraftKind::StartCheckDecision, true),
            (DraftKind::ExtraKlipDecision, true),
        ];
        for (kind, _) in drafts.into_iter().filter(|(_, possible)| *possible) {
            for (outcome, change) in draft_outcomes(kind) {
                let mut case = base.clone();
                change(&mut case);
                let letter = case.draft(kind, law, dates)?;
                let outcome = format!("{outcome}, {cohort}");
                specimens.push(Specimen { kind: kind.code(), outcome, is_draft: true, letter });
            }
        }
    }
    Ok(specimens)
}

fn change<'c>(outcome: &'c str, change: impl Fn(&mut Case) + 'c) -> Change<'c> {
    (outcome, Box::new(change))
}

fn outcomes<'c>(kind: LetterKind, law: &'c Amounts) -> Vec<Change<'c>> {
    match kind {
        LetterKind::HearingNotice => vec![
            change("with every deduction and part", |_| ()),
            change("without extra portions, transfers and awaited results", |case| {
                case.row.klip_gross -= case.row.klip_extra.unwrap_or(0);
                case.row.klip_extra = Some(0);
                case.row.ects_transferred = Some(Ects::ZERO);
                case.row.ects_provisional = Some(Ects::ZERO);
            }),
            change("without a CPR number", |case| case.person.cpr = None),
        ],
        LetterKind::StartCheckHearing => start_checks(),
        LetterKind::AttemptsUsedUp => courses(AttemptState::Exhausted, law.attempts_allowed),
        LetterKind::LastAttempt => courses(AttemptState::LastAttempt, law.attempts_allowed - 1),
        LetterKind::FiveEctsWarning => vec![
            change("nothing passed", |case| case.row.ects_last_two_semesters = Some(Ects::ZERO)),
            change("something passed", |case| {
                case.row.ects_last_two_semesters = Some(law.five_ects_required - Ects::hundredths(250));
            }),
        ],
        LetterKind::GuidanceInvitation => {
            let meeting = law.guidance_meeting_from_months;
            let interview = law.guidance_interview_after_months + 1;
            vec![
                change("information meeting", move |case| case.guided(Guidance::InformationMeeting, meeting)),
                change("personal interview", move |case| case.guided(Guidance::PersonalInterview, interview)),
                change("maximum duration exceeded", move |case| {
                    case.guided(Guidance::PersonalInterview, interview);
                    case.row.maximum_state = Some(MaximumState::Exceeded);
                }),
                change("maximum duration unknown", move |case| {
                    case.guided(Guidance::InformationMeeting, meeting);
                    (case.row.maximum_date, case.row.maximum_state) = (None, None);
                }),
            ]
        }
        LetterKind::PortionsRunningOut => vec![
            change("none left", |case| case.row.portions_left = Some(0)),
            change("as many left as are warned of", |case| {
                case.row.portions_left = Some(law.portions_warning_level);
            }),
        ],
    }
}

fn start_checks<'c>() -> Vec<Change<'c>> {
    vec![
        change("in time", |case| case.row.start_check = Some(StartCheck::Failed)),
        change("late", |case| case.row.start_check = Some(StartCheck::FailedLate)),
    ]
}

fn courses<'c>(state: AttemptState, used: i32) -> Vec<Change<'c>> {
    let with = move |titles: &'static [&'static str]| {
        move |case: &mut Case| {
            let count = titles.len() as i32;
            case.attempts = titles.iter().map(|title| (case.attempt(state, used), *title)).collect();
            (case.row.courses_exhausted, case.row.courses_last_attempt) = (Some(count), Some(count));
        }
    };
    vec![
        change("one course", with(&["Matematik 1"])),
        change("several courses", with(&["Matematik 1", "Fysik 2", "Kemi"])),
        change("a course without a title", with(&[""])),
    ]
}

fn draft_outcomes<'c>(kind: DraftKind) -> Vec<Change<'c>> {
    match kind {
        DraftKind::LegacyHearing => vec![change("inactive", |case| case.row.letters.clear())],
        DraftKind::StartCheckDecision => start_checks(),
        DraftKind::ExtraKlipDecision => {
            let mut outcomes = vec![
                change("all applied for", |_| ()),
                change("nothing", |case| {
                    case.claim.0.portions_estimate = Some(0);
                    case.claim.0.capped_by = Some("whole_delay");
                }),
            ];
            for by in ["support", "applied", "whole_delay", "granted", "committee"] {
                outcomes.push(change(by, move |case| {
                    case.claim.0.portions_estimate = case.claim.0.portions_estimate.map(|all| all - 1);
                    case.claim.0.capped_by = Some(by);
                }));
            }
            for (position, name) in CONDITIONS.iter().enumerate() {
                outcomes.push(change(name.code(), move |case| case.open(position)));
            }
            outcomes.push(change("every condition open", |case| {
                (0..CONDITIONS.len()).for_each(|position| case.open(position));
            }));
            outcomes
        }
    }
}

const CONDITIONS: [ReviewReason; 9] = [
    ReviewReason::SupportInPeriod,
    ReviewReason::DelayHasArisen,
    ReviewReason::CertificateAccepted,
    ReviewReason::CertificateSigned,
    ReviewReason::CertificatePeriodStated,
    ReviewReason::PersonalStatement,
    ReviewReason::DocumentsInTime,
    ReviewReason::NotChronic,
    ReviewReason::NoParentalPeriod,
];

impl Case {
    fn new(start: Day, amounts: &Amounts, law: &LetterLaw, dates: &LetterDates, language: Language) -> Case {
        let enrolment = enrolment(start, language);
        let row = inspection_row(start, amounts, dates);
        let progress = vec![ProgressPoint {
            month: dates.inspection.month(),
            klip_net: row.klip_net,
            ects: row.ects_counted,
        }];
        Case {
            person: Person {
                given_name: "Åse".to_owned(),
                family_name: "Prøve".to_owned(),
                email: "s000001@student.example".to_owned(),
                cpr: Cpr::parse("9901990007"),
            },
            programme: Programme {
                code: "MSC-PRV".to_owned(),
                title: "Prøveuddannelse".to_owned(),
                level: ProgrammeLevel::MSc,
                ects: Ects::points(120),
                prescribed_months: 24,
                max_months: 36,
                line: 0,
            },
            enrolment,
            row,
            attempts: Vec::new(),
            progress,
            claim: claim(law, dates.inspection.month()),
        }
    }

    fn letter(
        &self,
        kind: LetterKind,
        law: &LetterLaw,
        dates: &LetterDates,
    ) -> Result<LetterContext, BuildError> {
        let sendable =
            Sendable::check(&self.row, kind).map_err(|_| BuildError::Inconsistent("the specimen"))?;
        let attempts: Vec<(&AttemptRow, &str)> =
            self.attempts.iter().map(|(row, title)| (row, *title)).collect();
        context::build(
            sendable,
            &self.person,
            &self.enrolment,
            &self.programme,
            &attempts,
            &self.progress,
            law,
            dates,
        )
    }

    fn draft(
        &self,
        kind: DraftKind,
        law: &LetterLaw,
        dates: &LetterDates,
    ) -> Result<LetterContext, BuildError> {
        let is_claim = kind == DraftKind::ExtraKlipDecision;
        let entry = Entry {
            step: Step::Draft,
            paper: Some(Paper::Draft(kind)),
            enrolment: &self.enrolment,
            person: &self.person,
            programme: &self.programme,
            row: Some(&self.row),
            claim: is_claim.then_some((&self.claim.0, &self.claim.1)),
            findings: Vec::new(),
            deadline: None,
            reasons: String::new(),
        };
        drafts::wording_of(kind, &entry, law, dates)
    }

    fn guided(&mut self, guidance: Guidance, months_late: i32) {
        (self.row.guidance, self.row.months_late) = (Some(guidance), Some(months_late));
    }

    fn attempt(&self, state: AttemptState, used: i32) -> AttemptRow {
        AttemptRow {
            enrolment_id: self.row.enrolment_id.clone(),
            course_group: "01005".to_owned(),
            used,
            allowed: Some(used.max(1)),
            ill: 0,
            passed: false,
            pending: false,
            state: Some(state),
            last_exam_date: Some(self.row.inspection_date.plus_days(-90)),
        }
    }

    fn open(&mut self, position: usize) {
        if let Some(condition) = self.claim.0.conditions.get_mut(position) {
            condition.state = ConditionState::NotMet;
            self.claim.0.reviews.add(condition.name);
        }
    }
}

fn enrolment(start: Day, language: Language) -> Enrolment {
    Enrolment {
        student_id: "s000001".to_owned(),
        enrolment_id: "E0000001".to_owned(),
        has_cpr: true,
        language,
        country: "DK".to_owned(),
        citizenship: None,
        programme: 0,
        started_on: start,
        status: Status::Active,
        ended_on: None,
        support_extension_months: Some(12),
        shortening_credit: Ects::ZERO,
        readmitted_on: None,
        disability_supplement: false,
        single_parent: false,
        digital_post: true,
        line: 0,
    }
}

/// Three control points and a half reached, and a course missing at the last of them.
fn inspection_row(start: Day, law: &Amounts, dates: &LetterDates) -> InspectionRow {
    let step = law.portions_per_control_point.max(2);
    let reached = (law.allowed_delay.whole_steps(law.ects_per_portion) / step + 2) * step;
    let (extra, net) = (2, reached + step / 2);
    let required = diagram::required(law, net);
    let missing = Ects::hundredths(750).min(required);
    let counted = required - missing;
    InspectionRow {
        student_id: "s000001".to_owned(),
        enrolment_id: "E0000001".to_owned(),
        programme_code: "MSC-PRV".to_owned(),
        level: ProgrammeLevel::MSc,
        started_on: start,
        status: Status::Active,
        inspection_date: dates.inspection,
        regime: if law.requires_in_steps { Regime::SixMonths } else { Regime::TwelveMonths },
        klip_gross: net + extra,
        klip_parental: 4,
        klip_extra: Some(extra),
        klip_net: Some(net),
        control_point: Some(reached),
        ects_counted: Some(counted),
        ects_provisional: Some(Ects::points(5).min(counted)),
        ects_transferred: Some(Ects::points(10).min(counted)),
        ects_required: Some(required),
        ects_missing: Some(missing),
        ects_behind: Some(law.ects_per_portion * net - counted),
        progress: Some(Progress::Inactive),
        start_check: Some(StartCheck::Failed),
        su_status: Some(SuStatus::Inactive),
        robust: Some(true),
        flips: Vec::new(),
        portions_left: Some(0),
        ects_last_two_semesters: Some(Ects::ZERO),
        five_ects: Some(FiveEcts::NotMet),
        maximum_date: Some(dates.inspection.plus_days(100)),
        maximum_state: Some(MaximumState::Within),
        months_late: Some(law.guidance_meeting_from_months),
        guidance: Some(Guidance::InformationMeeting),
        courses_last_attempt: Some(0),
        courses_exhausted: Some(0),
        pass_fail_ects: None,
        external_ects: None,
        ratio_base: None,
        pass_fail_third: None,
        external_third: None,
        reviews: Reviews::default(),
        letters: Vec::new(),
        letters_held: Vec::new(),
    }
}

/// Three months with support, two portions and a half of delay, all conditions met.
fn claim(law: &LetterLaw, month: Month) -> (ClaimRow, Claim) {
    let expected = law.ects_per_portion * 3;
    let passed = Ects::hundredths(250);
    let delay = expected - passed;
    let estimate = delay.whole_steps(law.ects_per_portion);
    let row = ClaimRow {
        claim_id: "K000001".to_owned(),
        enrolment_id: "E0000001".to_owned(),
        months_supported: 3,
        ects_expected: Some(expected),
        ects_passed: Some(passed),
        ects_delay: Some(delay),
        ects_remainder: Some(delay.remainder(law.ects_per_portion)),
        portions_estimate: Some(estimate),
        capped_by: None,
        conditions: CONDITIONS
            .iter()
            .map(|name| Condition { name: *name, state: ConditionState::Met })
            .collect(),
        reviews: Reviews::default(),
    };
    let form = Claim {
        claim_id: "K000001".to_owned(),
        reason: ClaimReason::Special,
        period_from: month.plus(-6),
        period_to: month.plus(-4),
        months_applied: estimate,
        form_completed_on: month.first_day(),
        documents_received_on: None,
        certificate: Certificate::None,
        chronic: false,
        statement: true,
        certificate_signed: None,
        certificate_period_stated: None,
        other_support_months: 0,
        line: 0,
    };
    (row, form)
}
