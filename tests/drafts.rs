//! Drafts: what is offered, what they say, and that nothing but an approval makes one.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[path = "letters/fixture.rs"]
#[allow(dead_code, reason = "shared with the tests of the letters")]
mod fixture;

use std::collections::BTreeSet;

use fixture::*;
use klippekort::base::Ects;
use klippekort::contract::codes::Language;
use klippekort::letters::drafts::{doubts, neutral, offered_for, offered_to, open_conditions};
use klippekort::letters::hearings::{Hearings, Round, Unheard};
use klippekort::letters::letter_file;
use klippekort::letters::specimens::{self, Specimen};
use klippekort::letters::{Press, Sheet, Templates};
use klippekort::verdicts::*;

fn drafts(language: Language) -> Vec<Specimen> {
    let all = specimens::all(&law(), &cutoffs(), language).expect("figures that add up");
    all.into_iter().filter(|specimen| specimen.is_draft).collect()
}

fn legacy() -> InspectionRow {
    let mut row = row();
    row.regime = Regime::TwelveMonths;
    row.letters.clear();
    row.reviews.add(ReviewReason::TwelveMonthsRegime);
    row
}

#[test]
fn a_legacy_hearing_is_offered_only_where_the_readings_alone_are_open() {
    let offered = |change: fn(&mut InspectionRow)| {
        let mut row = legacy();
        change(&mut row);
        offered_to(&row).collect::<Vec<_>>() == [DraftKind::LegacyHearing]
    };
    assert!(offered(|_| ()));
    assert!(offered(|row| row.reviews.add(ReviewReason::NotRobust)));
    assert!(!offered(|row| row.reviews.add(ReviewReason::RejectedInput)));
    assert!(!offered(|row| row.reviews.add(ReviewReason::Abroad)));
    assert!(!offered(|row| row.regime = Regime::SixMonths));
    assert!(!offered(|row| row.progress = Some(Progress::Behind)));
    assert!(!offered(|row| row.progress = None));
    assert!(!offered(|row| row.su_status = Some(SuStatus::InactiveFinalProject)));
    assert!(!offered(|row| row.su_status = Some(SuStatus::OnLeave)));
}

#[test]
fn a_start_check_decision_is_offered_only_with_its_hearing() {
    let mut row = row();
    row.letters = vec![LetterKind::StartCheckHearing];
    assert_eq!(offered_to(&row).collect::<Vec<_>>(), [DraftKind::StartCheckDecision]);
    // Held for review: a cheating case, a leave, an exam whose result is not known.
    (row.letters, row.letters_held) = (Vec::new(), vec![LetterKind::StartCheckHearing]);
    row.reviews.add(ReviewReason::CheatingCaseOnly);
    assert_eq!(offered_to(&row).count(), 0);
}

#[test]
fn a_hearing_counts_from_the_day_after_its_deadline() {
    let round = |on: &str, answer_by: &str, heard: &[&str]| Round {
        on: day(on),
        answer_by: day(answer_by),
        answer_time: "12:00".to_owned(),
        written: heard
            .iter()
            .map(|id| letter_file(day(on), id, LetterKind::StartCheckHearing.code()))
            .collect(),
    };
    let march = round("2027-03-15", "2027-03-29", &["E1", "E2"]);
    let april = round("2027-04-05", "2027-04-19", &["E2"]);
    let given = Hearings { given: vec![april, march], beside: Vec::new() };
    let before = |id: &str, inspection: &str| given.before(id, day(inspection)).map(|round| round.on);
    assert_eq!(before("E1", "2027-03-30"), Ok(day("2027-03-15")));
    let may_answer = |on: &str, answer_by: &str, inspection: &str| Unheard::MayAnswer {
        on: day(on),
        answer_by: day(answer_by),
        inspection: day(inspection),
    };
    assert_eq!(before("E1", "2027-03-29"), Err(may_answer("2027-03-15", "2027-03-29", "2027-03-29")));
    assert_eq!(before("E1", "2027-03-15"), Err(may_answer("2027-03-15", "2027-03-29", "2027-03-15")));
    // Heard again: the last time counts.
    assert_eq!(before("E2", "2027-04-19"), Err(may_answer("2027-04-05", "2027-04-19", "2027-04-19")));
    assert_eq!(before("E2", "2027-04-20"), Ok(day("2027-04-05")));
    assert_eq!(before("E3", "2027-04-20"), Err(Unheard::NotWritten));
    // A later hearing that is known and was not given is not passed over.
    let [march, april] = [given.given[1].clone(), given.given[0].clone()];
    let known = Hearings { given: vec![march], beside: vec![april] };
    let before = |id: &str, inspection: &str| known.before(id, day(inspection)).map(|round| round.on);
    assert_eq!(before("E1", "2027-03-30"), Ok(day("2027-03-15")));
    assert_eq!(before("E2", "2027-04-19"), Err(may_answer("2027-04-05", "2027-04-19", "2027-04-19")));
    assert_eq!(before("E2", "2027-04-20"), Err(Unheard::HeardAgain { on: day("2027-04-05") }));
    assert_eq!(Hearings::default().before("E1", day("2027-04-20")).err(), Some(Unheard::NotWritten));
}

fn claim() -> ClaimRow {
    let met = |name| Condition { name, state: ConditionState::Met };
    ClaimRow {
        claim_id: "K1".to_owned(),
        enrolment_id: "E1".into(),
        months_supported: 3,
        ects_expected: Some(Ects::points(15)),
        ects_passed: Some(Ects::points(5)),
        ects_delay: Some(Ects::points(10)),
        ects_remainder: Some(Ects::ZERO),
        portions_estimate: Some(2),
        capped_by: None,
        conditions: vec![met(ReviewReason::CertificateAccepted), met(ReviewReason::NotChronic)],
        reviews: Reviews::default(),
        ects_whole_delay: Some(Ects::points(10)),
        portions_granted: Some(0),
        committee_left: None,
    }
}

#[test]
fn an_open_condition_is_listed_and_a_doubtful_fact_stops_the_draft() {
    assert!(offered_for(&claim()));
    let mut open = claim();
    open.conditions[1].state = ConditionState::Unknown;
    open.reviews.add(ReviewReason::NotChronic);
    assert!(offered_for(&open) && open_conditions(&open).count() == 1);
    let mut unknown = claim();
    unknown.portions_estimate = None;
    assert!(!offered_for(&unknown));
    let mut doubtful = open;
    doubtful.reviews.add(ReviewReason::RejectedInput);
    assert!(!offered_for(&doubtful));
    assert_eq!(doubts(&doubtful).collect::<Vec<_>>(), [ReviewReason::RejectedInput]);
}

#[test]
fn no_condition_is_named_by_its_illness() {
    for reason in ReviewReason::ALL {
        let words = neutral(*reason).to_lowercase();
        for never in ["ill", "doctor", "certificate", "chronic"] {
            assert!(!words.split(' ').any(|word| word.starts_with(never)), "{words}");
        }
    }
}

#[test]
fn the_text_of_every_draft_is_as_read_and_approved() {
    let templates = Templates::load(&root().join("reports/letters")).unwrap_or_else(|e| panic!("{e}"));
    for language in Language::ALL {
        let mut seen = BTreeSet::new();
        // The last outcome of a kind is the fullest: late, every condition open.
        for specimen in drafts(*language).into_iter().rev().filter(|specimen| seen.insert(specimen.kind)) {
            let file = format!("tests/letters/{}.{}.txt", specimen.kind, language.code());
            let wording = templates.render(&specimen.letter).unwrap_or_else(|problem| panic!("{problem}"));
            let text = wording.plain_text();
            if std::env::var_os("APPROVE_LETTERS").is_some() {
                std::fs::write(root().join(&file), &text).unwrap();
            }
            let approved = std::fs::read_to_string(root().join(&file)).unwrap_or_default();
            assert!(text == approved, "{file} differs; read it and approve with APPROVE_LETTERS=1\n{text}");
        }
        assert_eq!(seen.len(), DraftKind::ALL.len());
    }
}

/// The decision is made weeks after the check, in a run of its own.
#[test]
fn a_start_check_decision_is_late_by_its_hearing_and_names_a_day_that_has_changed() {
    let templates = Templates::load(&root().join("reports/letters")).unwrap_or_else(|e| panic!("{e}"));
    let decisions = drafts(Language::Da).into_iter().filter(|it| it.kind == "start_check_decision");
    let mut seen = BTreeSet::new();
    for specimen in decisions {
        let text = templates.render(&specimen.letter).unwrap().plain_text();
        let is_late = specimen.outcome.starts_with("late");
        assert_eq!(text.contains("senere end 7 måneder"), is_late, "{}", specimen.outcome);
        // The one in time was heard six months after the start, years before the decision. Nothing is stopped
        // for who never got SU.
        let stops = !specimen.outcome.contains("never paid");
        let earlier = "I høringen skrev vi, at din SU kunne blive stoppet fra den";
        assert_eq!(text.contains(earlier), !is_late && stops);
        assert_eq!(text.contains("Fordi afgørelsen først er truffet i marts 2027"), !is_late && stops);
        assert_eq!(text.contains("Din SU stoppes fra den 1. maj 2027"), stops);
        seen.insert(is_late);
    }
    assert_eq!(seen.len(), 2);
}

#[test]
fn a_draft_says_so_on_every_page() {
    let templates = Templates::load(&root().join("reports/letters")).unwrap_or_else(|e| panic!("{e}"));
    let press = Press::new().unwrap();
    for language in Language::ALL {
        let mark = if *language == Language::Da { "UDKAST" } else { "DRAFT" };
        for specimen in drafts(*language) {
            let wording = templates.render(&specimen.letter).unwrap();
            assert!(wording.title().starts_with(mark), "{}", wording.title());
            let sheet = Sheet::of(&specimen.letter, cutoffs().inspection_date);
            let Ok(printed) = press.print(&wording, &sheet) else { panic!("{}", specimen.outcome) };
            let document = lopdf::Document::load_mem(&printed.pdf).unwrap();
            let pages: Vec<u32> = document.get_pages().keys().copied().collect();
            assert!(!pages.is_empty());
            for page in pages {
                let text = document.extract_text(&[page]).unwrap();
                assert!(text.contains(mark), "{} page {page}: {text}", specimen.kind);
            }
        }
    }
}

#[test]
fn a_decision_says_how_to_appeal_and_a_proposal_is_called_one() {
    let templates = Templates::load(&root().join("reports/letters")).unwrap_or_else(|e| panic!("{e}"));
    for language in Language::ALL {
        for specimen in drafts(*language) {
            let text = templates.render(&specimen.letter).unwrap().plain_text();
            let decides = specimen.kind != "legacy_hearing";
            let appeal = text.contains("Klage til Uddannelses- og Forskningsstyrelsen");
            assert_eq!(appeal, decides, "{}", specimen.kind);
            if let Some(claim) = &specimen.letter.extra_klip {
                let proposal = if *language == Language::Da {
                    "et forslag, ikke en afgørelse"
                } else {
                    "a proposal, not a decision"
                };
                assert!(text.contains(proposal) && text.contains(&claim.ects_delay));
            }
        }
    }
}
