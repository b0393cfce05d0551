//! What every letter must hold: who may be written to, what is said, and what never is.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[path = "letters/facts.rs"]
mod facts;
#[path = "letters/fixture.rs"]
mod fixture;
#[path = "letters/page.rs"]
mod page;
#[path = "support/klip.rs"]
#[allow(dead_code, reason = "the tests of the commands use the rest")]
mod program;

use std::path::Path;

use fixture::*;
use klippekort::base::Ects;
use klippekort::contract::codes::Language;
use klippekort::letters::context::Facts;
use klippekort::letters::specimens::Specimen;
use klippekort::letters::{BuildError, Refusal, Sendable, Templates};
use klippekort::student::exports::Registered;
use klippekort::verdicts::*;
use page::*;

fn templates() -> Templates {
    Templates::load(&root().join("reports/letters")).unwrap_or_else(|problems| panic!("{problems}"))
}

fn text(kind: LetterKind, language: Language) -> String {
    templates().render(&letter(kind, language)).unwrap_or_else(|problem| panic!("{problem}")).plain_text()
}

const SU_KINDS: [LetterKind; 3] =
    [LetterKind::HearingNotice, LetterKind::StartCheckHearing, LetterKind::PortionsRunningOut];

#[test]
fn only_a_settled_case_becomes_a_letter() {
    let kind = LetterKind::HearingNotice;
    assert!(Sendable::check(&row(), kind).is_ok());
    let refusal = |change: fn(&mut InspectionRow), kind| {
        let mut row = row();
        change(&mut row);
        Sendable::check(&row, kind).err()
    };
    let review = |row: &mut InspectionRow| row.reviews.add(ReviewReason::Abroad);
    for kind in LetterKind::ALL {
        assert_eq!(refusal(review, *kind), Some(Refusal::NeedsReview));
        assert_eq!(refusal(|row| row.letters.clear(), *kind), Some(Refusal::NotDue));
    }
    assert_eq!(refusal(|row| row.robust = None, kind), Some(Refusal::NotRobust));
    assert_eq!(refusal(|row| row.robust = Some(false), kind), Some(Refusal::NotRobust));
    assert_eq!(refusal(|row| row.regime = Regime::TwelveMonths, kind), Some(Refusal::OtherVerdict));
    assert_eq!(refusal(|row| row.progress = Some(Progress::Behind), kind), Some(Refusal::OtherVerdict));
    assert_eq!(refusal(|row| row.robust = None, LetterKind::LastAttempt), None);
}

#[test]
fn an_unknown_figure_is_an_error_that_names_it() {
    let error = |change: fn(&mut InspectionRow), kind| {
        let mut row = row();
        change(&mut row);
        build_from(&row, kind, Language::Da).err()
    };
    let notice = LetterKind::HearingNotice;
    let unknown = |field| Some(BuildError::Unknown(field));
    assert_eq!(error(|row| row.klip_extra = None, notice), unknown("klip_extra"));
    assert_eq!(error(|row| row.klip_net = None, notice), unknown("klip_net"));
    assert_eq!(error(|row| row.control_point = None, notice), unknown("control_point"));
    assert_eq!(error(|row| row.ects_counted = None, notice), unknown("ects_counted"));
    assert_eq!(error(|row| row.ects_provisional = None, notice), unknown("ects_provisional"));
    assert_eq!(error(|row| row.ects_transferred = None, notice), unknown("ects_transferred"));
    assert_eq!(error(|row| row.ects_required = None, notice), unknown("ects_required"));
    assert_eq!(error(|row| row.ects_missing = None, notice), unknown("ects_missing"));
    assert_eq!(error(|row| row.start_check = None, LetterKind::StartCheckHearing), unknown("start_check"));
    assert_eq!(
        error(|row| row.portions_left = None, LetterKind::PortionsRunningOut),
        unknown("portions_left")
    );
    assert_eq!(error(|row| row.months_late = None, LetterKind::GuidanceInvitation), unknown("months_late"));
    let five = error(|row| row.ects_last_two_semesters = None, LetterKind::FiveEctsWarning);
    assert_eq!(five, unknown("ects_last_two_semesters"));
    let exhausted = error(|row| row.courses_exhausted = None, LetterKind::AttemptsUsedUp);
    assert_eq!(exhausted, unknown("courses_exhausted"));
}

#[test]
fn figures_that_do_not_add_up_are_not_written() {
    let error = |change: fn(&mut InspectionRow), kind| {
        let mut row = row();
        change(&mut row);
        build_from(&row, kind, Language::En).err()
    };
    let notice = LetterKind::HearingNotice;
    let inconsistent = |field| Some(BuildError::Inconsistent(field));
    assert_eq!(error(|row| row.klip_gross = 24, notice), inconsistent("klip_net"));
    assert_eq!(error(|row| row.ects_missing = Some(Ects::points(5)), notice), inconsistent("ects_missing"));
    const MORE: Option<Ects> = Some(Ects::points(60));
    assert_eq!(error(|row| row.ects_transferred = MORE, notice), inconsistent("ects_transferred"));
    assert_eq!(error(|row| row.ects_provisional = MORE, notice), inconsistent("ects_provisional"));
    assert_eq!(error(|row| row.control_point = Some(12), notice), inconsistent("control_point"));
    const LESS: Option<Ects> = Some(Ects::points(50));
    assert_eq!(error(|row| row.ects_required = LESS, notice), inconsistent("ects_required"));
    let two = error(|row| row.courses_exhausted = Some(2), LetterKind::AttemptsUsedUp);
    assert_eq!(two, inconsistent("courses_exhausted"));
    let other = error(|row| row.student_id = "s2".into(), notice);
    assert_eq!(other, Some(BuildError::Mismatched("enrolment_id")));
    let past = error(|row| row.inspection_date = day("2026-09-18"), notice);
    assert_eq!(past, Some(BuildError::Mismatched("inspection_date")));
}

/// A transferred pass may await a decision, and a cell may hold nothing but blanks.
#[test]
fn odd_data_of_one_student_still_make_a_letter() {
    let mut overlapping = row();
    overlapping.ects_transferred = overlapping.ects_counted;
    overlapping.ects_provisional = overlapping.ects_counted;
    let notice =
        build_from(&overlapping, LetterKind::HearingNotice, Language::Da).expect("parts may overlap");
    let su = notice.su.expect("about SU");
    assert_eq!((su.ects_counted.as_str(), su.ects_transferred, su.ects_awaiting), {
        ("52,5", "52,5".to_owned(), "52,5".to_owned())
    });

    let (blank, row, attempts) = ("\u{a0} ".to_owned(), row(), attempts());
    let mut person = person();
    person.given_name.clone_from(&blank);
    person.family_name.clone_from(&blank);
    let mut programme = programme();
    programme.title.clone_from(&blank);
    let kind = LetterKind::AttemptsUsedUp;
    let sendable = Sendable::check(&row, kind).expect("sendable");
    let mut particulars = particulars(&row);
    for course in &mut particulars.courses {
        course.title.clone_from(&blank);
        course.attempts.iter_mut().for_each(|attempt| attempt.course.title.clone_from(&blank));
    }
    let facts = Facts { attempts: &attempts, particulars: Some(&particulars), ..Facts::default() };
    let law = law();
    let enrolment = enrolment(Language::En);
    let who = Registered { enrolment: &enrolment, person: &person, programme: &programme };
    let letter = klippekort::letters::context::build(sendable, who, &facts, &law, &cutoffs())
        .expect("blank texts give way to keys");
    assert_eq!((letter.recipient.name.as_str(), letter.programme.title.as_str()), ("s000001", "P1"));
    let text = templates().render(&letter).expect("rendered").plain_text();
    assert!(text.contains("Dear s000001") && text.contains("\n01005 | 15 December 2025 | "), "{text}");
}

#[test]
fn the_invitation_says_when_the_maximum_duration_has_passed() {
    let mut row = row();
    let text = |row: &InspectionRow| {
        let letter = build_from(row, LetterKind::GuidanceInvitation, Language::En).expect("built");
        templates().render(&letter).expect("rendered").plain_text()
    };
    assert!(!text(&row).contains("has expired"));
    row.maximum_state = Some(MaximumState::Exceeded);
    assert!(text(&row).contains("has expired"));
}

#[test]
fn every_letter_says_what_the_law_asks_and_nothing_private() {
    let law = law();
    for (kind, language) in all() {
        let text = text(kind, language);
        let named = format!("{} {}", kind.code(), language.code());
        for citation in law.rules.of(kind) {
            assert!(text.contains(citation.title(language)), "{named} does not cite");
        }
        let hears = klippekort::letters::hears_the_student(kind);
        let deadline =
            if language == Language::Da { "1. april 2027 kl. 12:00" } else { "1 April 2027 at 12:00" };
        assert_eq!(text.contains(deadline), hears, "{named}: deadline");
        let stop = if language == Language::Da { "1. maj 2027" } else { "1 May 2027" };
        assert_eq!(text.contains(stop), hears && SU_KINDS.contains(&kind), "{named}: stop");
        let agency = law.national_agency.in_language(language);
        assert_eq!(text.contains(agency), kind == LetterKind::HearingNotice, "{named}: agency");
        assert!(text.contains("990199-XXXX"), "{named}");
        assert_eq!(cpr_shaped(&text), None, "{named}");
        for word in
            ["syg", "sygdom", "sygemeldt", "ill", "illness", "sick", "læge", "doctor", "helbred", "health"]
        {
            assert!(!has_word(&text, word), "{named} speaks of {word}");
        }
        for word in ["snyd", "cheating", "plagiat", "plagiarism", "AB", "AI", "SN"] {
            assert!(!has_word(&text, word), "{named} speaks of {word}");
        }
    }
}

/// Before a text was issued the letters cite it by its name alone.
#[test]
fn no_text_is_cited_before_it_was_issued() {
    const ACT: [&str; 2] = ["lovbekendtgørelse nr. 395 af 13. april 2023", "no. 395 of 13 April 2023"];
    const ORDERS: [[&str; 2]; 2] = [
        ["bekendtgørelse nr. 97 af 29. januar 2024", "no. 97 of 29 January 2024"],
        ["bekendtgørelse nr. 794 af 22. juni 2025", "no. 794 of 22 June 2025"],
    ];
    for (inspection, act, order) in [
        ("2010-01-01", None, None),
        ("2023-04-12", None, None),
        ("2023-04-13", Some(ACT), None),
        ("2024-01-28", Some(ACT), None),
        ("2024-01-29", Some(ACT), Some(ORDERS[0])),
        ("2025-06-30", Some(ACT), Some(ORDERS[0])),
        ("2025-07-01", Some(ACT), Some(ORDERS[1])),
        ("2030-01-01", Some(ACT), Some(ORDERS[1])),
    ] {
        let rules = law_on(day(inspection)).rules;
        let letters = LetterKind::ALL.iter().flat_map(|kind| rules.of(*kind));
        let drafts = DraftKind::ALL.iter().flat_map(|kind| rules.of_draft(*kind));
        let mut seen = [false; 2];
        for citation in letters.chain(drafts) {
            let named = [["SU-loven", "The SU Act"], ["SU-bekendtgørelsen", "The SU Order"]];
            for (position, ([name_da, name_en], numbered)) in named.into_iter().zip([act, order]).enumerate()
            {
                if !citation.title_da.starts_with(name_da) {
                    continue;
                }
                seen[position] = true;
                match numbered {
                    None => assert_eq!([&*citation.title_da, &*citation.title_en], [name_da, name_en]),
                    Some([da, en]) => {
                        let said = citation.title_da.contains(da) && citation.title_en.contains(en);
                        assert!(said, "{inspection}: {citation:?}");
                    }
                }
            }
        }
        assert_eq!(seen, [true; 2]);
    }
}

#[test]
fn su_and_the_study_rules_are_never_mixed() {
    for (kind, language) in all() {
        let text = text(kind, language);
        let foreign: &[&str] = if SU_KINDS.contains(&kind) {
            &["dispensation", "exemption", "eksamensforsøg", "attempts", "studieregler"]
        } else {
            &["SU", "klip", "portions", "minSU", "SU-kontoret", "styrelsen"]
        };
        for word in foreign {
            assert!(!has_word(&text, word), "{} {} speaks of {word}", kind.code(), language.code());
        }
    }
}

/// Every text of the context is replaced by marks; all of it must come out as text.
#[test]
fn every_field_is_escaped() {
    const MARKS: &str = "**b** | - # \\ ~ @table x {{ 7*7 }} <b>& #read(\"x\") ! $y$ `z`";
    let templates = templates();
    for Specimen { kind, mut letter, .. } in of_every_outcome() {
        for field in text_fields(&mut letter) {
            MARKS.clone_into(field);
        }
        let forgotten = |(at, text): &(String, String)| text != MARKS && at != "kind" && at != "language";
        let forgotten: Vec<_> = texts(&letter).into_iter().filter(forgotten).collect();
        assert!(forgotten.is_empty(), "{kind}: text_fields leaves out {forgotten:?}");
        let text = templates.render(&letter).expect("rendered").plain_text();
        assert!(text.matches(MARKS).count() > 10 && !text.contains("49"), "{text}");
        assert_eq!(text.matches("**b**").count(), text.matches(MARKS).count(), "{kind}");
    }
}

#[test]
fn the_visible_text_is_as_read_and_approved() {
    for (kind, language) in all() {
        let file = format!("tests/letters/{}.{}.txt", kind.code(), language.code());
        let path = root().join(&file);
        let text = text(kind, language);
        if std::env::var_os("APPROVE_LETTERS").is_some() {
            std::fs::write(&path, &text).expect("written");
        }
        let approved = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(text == approved, "{file} differs; read it and approve with APPROVE_LETTERS=1\n{text}");
    }
}

fn copied_with(change: impl Fn(&Path)) -> String {
    let scratch = tempfile::tempdir().expect("a directory");
    let folder = scratch.path().join("letters");
    program::copy("reports/letters", &folder);
    change(&folder);
    match Templates::load(&folder) {
        Err(problems) => problems.to_string(),
        Ok(templates) => {
            let letter = letter(LetterKind::LastAttempt, Language::Da);
            templates.render(&letter).expect_err("a problem").to_string()
        }
    }
}

#[test]
fn a_faulty_template_is_named_with_its_line() {
    let write = |text: &'static str| {
        move |folder: &Path| std::fs::write(folder.join("last_attempt.da.txt"), text).expect("written")
    };
    let gone =
        copied_with(|folder| std::fs::remove_file(folder.join("last_attempt.da.txt")).expect("removed"));
    assert!(gone.contains("there is no template last_attempt.da.txt"), "{gone}");
    for (text, says) in [
        ("# a\n{{ recipient.nickname }}", "last_attempt.da.txt:2:"),
        ("# a\nb\n{{ su.net }}", "last_attempt.da.txt:3:"),
        ("{% for x in recipient.nicknames %}{% endfor %}", "last_attempt.da.txt:1:"),
        ("# a\n{% for %}", "last_attempt.da.txt:2:"),
        ("{{ recipient.name | safe }}", "last_attempt.da.txt:1:19"),
        ("{{ recipient.nickname | default(value=1) }}", "last_attempt.da.txt:1:25"),
        ("# a\n{% if recipient.nickname %}x{% endif %}", "last_attempt.da.txt:2:1"),
        ("# a\n<p>b", "last_attempt.da.txt:2:1"),
        ("# a\nb</p>", "last_attempt.da.txt:2:2"),
        ("# a\n@tabel b", "last_attempt.da.txt:2:1"),
        ("# a\n\n**{{ recipient.name }}", "last_attempt.da.txt:3:1"),
        ("# a\n@table b\n| c | d |\n| {{ recipient.name }} |", "last_attempt.da.txt:4:1"),
        ("no title", "there is no title"),
    ] {
        let problem = copied_with(write(text));
        assert!(problem.contains(says) && problem.contains("last_attempt.da.txt"), "{text}: {problem}");
    }
}
