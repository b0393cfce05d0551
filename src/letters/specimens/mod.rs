//! Invented cases: one for every outcome that can cause a letter or a draft.
//!
//! Figures are made from the law in force, so that they add up whatever the law says; with them the
//! wording of every kind is checked before a student is read.

mod case;

use super::context::{BuildError, LetterContext};
use super::law::LetterLaw;
use crate::base::{Cutoffs, Ects};
use crate::contract::codes::Language;
use crate::law::Parameters;
use crate::verdicts::*;
use case::{CONDITIONS, Case};

/// A letter, and the outcome that it stands for.
pub struct Specimen {
    pub kind: &'static str,
    pub outcome: String,
    pub is_draft: bool,
    pub letter: LetterContext,
}

type Change<'c> = (&'c str, Box<dyn Fn(&mut Case) + 'c>);

/// Every kind in one language, for every outcome that can cause it.
pub fn all(law: &LetterLaw, cutoffs: &Cutoffs, language: Language) -> Result<Vec<Specimen>, BuildError> {
    let mut specimens = Vec::new();
    for (start, amounts) in &law.amounts {
        let base = Case::new(*start, amounts, law, cutoffs, language);
        let cohort = format!("begun {start} or later");
        let letters: Vec<(LetterKind, Vec<Change<'_>>)> = if amounts.requirement.in_steps() {
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
                let letter = case.letter(kind, law, cutoffs)?;
                let outcome = format!("{outcome}, {cohort}");
                specimens.push(Specimen { kind: kind.code(), outcome, is_draft: false, letter });
            }
        }
        let drafts = [
            (DraftKind::LegacyHearing, !amounts.requirement.in_steps()),
            (DraftKind::StartCheckDecision, true),
            (DraftKind::ExtraKlipDecision, true),
        ];
        for (kind, _) in drafts.into_iter().filter(|(_, possible)| *possible) {
            for (outcome, change) in draft_outcomes(kind, law.ects_per_portion) {
                let mut case = base.clone();
                change(&mut case);
                let letter = case.draft(kind, law, cutoffs)?;
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

fn outcomes<'c>(kind: LetterKind, law: &'c Parameters) -> Vec<Change<'c>> {
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
            change("with passes that do not count", |case| case.not_counting(2)),
            change("with an application that is not decided", |case| case.undecided = true),
            change("a year after an application that no grant answers", |case| {
                case.undecided = true;
                case.claim.1.form_completed_on = case.claim.1.form_completed_on.plus_days(-365);
            }),
            change("with a requirement above the programme", |case| case.programme.ects = Ects::points(1)),
        ],
        LetterKind::StartCheckHearing => start_checks(),
        LetterKind::AttemptsUsedUp => courses(AttemptState::Exhausted, law.attempts_allowed),
        LetterKind::LastAttempt => courses(AttemptState::LastAttempt, law.attempts_allowed - 1),
        LetterKind::FiveEctsWarning => vec![
            change("nothing passed", |case| case.passed(Ects::ZERO)),
            change("something passed", |case| case.passed(law.five_ects - Ects::hundredths(250))),
        ],
        LetterKind::GuidanceInvitation => {
            let meeting = law.information_meeting_months;
            let interview = law.personal_interview_months + 1;
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
                change("never readmitted", move |case| {
                    case.guided(Guidance::InformationMeeting, meeting);
                    case.particulars.readmitted_on = None;
                }),
            ]
        }
        LetterKind::PortionsRunningOut => vec![
            change("none left", |case| case.portions_left(0, false)),
            change("as many left as are warned of", |case| {
                case.portions_left(law.portions_left_warning, false);
            }),
            change("few left of the frame", |case| case.portions_left(law.portions_left_warning, true)),
            change("more paid than the programme gives", |case| {
                case.portions_left(-2, false);
                case.row.portions_left = Some(0);
            }),
            change("without a supplement", |case| {
                case.portions_left(0, false);
                case.particulars.portions.iter_mut().for_each(|sum| sum.supplement = 0);
            }),
        ],
    }
}

fn start_checks<'c>() -> Vec<Change<'c>> {
    vec![
        change("in time", |case| case.row.start_check = Some(StartCheck::Failed)),
        change("in time, never paid", |case| {
            case.row.start_check = Some(StartCheck::Failed);
            (case.row.klip_gross, case.row.klip_parental) = (0, 0);
        }),
        change("late", |case| case.row.start_check = Some(StartCheck::FailedLate)),
    ]
}

fn courses<'c>(state: AttemptState, used: i32) -> Vec<Change<'c>> {
    let with = move |titles: &'static [&'static str]| {
        move |case: &mut Case| {
            let count = titles.len() as i32;
            titles.iter().for_each(|title| case.at_limit(title, state, used));
            (case.row.courses_exhausted, case.row.courses_last_attempt) = (Some(count), Some(count));
        }
    };
    vec![
        change("one course", with(&["Matematik 1"])),
        change("several courses", with(&["Matematik 1", "Fysik 2", "Kemi"])),
        change("a course without a title", with(&[""])),
    ]
}

fn draft_outcomes<'c>(kind: DraftKind, per_portion: Ects) -> Vec<Change<'c>> {
    match kind {
        DraftKind::LegacyHearing => vec![
            change("inactive", |_| ()),
            change("with an application that is not decided", |case| case.undecided = true),
            change("with a requirement above the programme", |case| case.programme.ects = Ects::points(1)),
            change("with passes that do not count", |case| case.not_counting(2)),
        ],
        DraftKind::StartCheckDecision => start_checks(),
        DraftKind::ExtraKlipDecision => {
            let mut outcomes = vec![
                change("all applied for", |_| ()),
                change("for committee work", |case| case.claim.0.committee_left = Some(12)),
                change("for one month", |case| {
                    case.claim.1.period_to = case.claim.1.period_from;
                    case.claim.0.months_supported = 1;
                    case.claim.0.portions_estimate = Some(1);
                    case.claim.0.capped_by = Some(Cap::Support);
                }),
                change("with support in some months", |case| {
                    case.claim.1.period_to = case.claim.1.period_to.plus(2)
                }),
                change("nothing", move |case| {
                    while case.claim.0.portions_estimate > Some(0) {
                        case.cap(Cap::WholeDelay, per_portion);
                    }
                }),
            ];
            for cap in Cap::ALL {
                outcomes.push(change(cap.code(), move |case| case.cap(*cap, per_portion)));
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
