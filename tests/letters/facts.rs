//! The facts behind a figure, and what a letter advises by them.

use klippekort::law::{Law, LawBook};
use klippekort::letters::law_in_force;

use super::*;

/// What a figure is made of must be known, and make it.
#[test]
fn facts_that_are_unknown_or_do_not_make_their_figure_are_not_written() {
    let error = |change: fn(&mut Particulars), kind| {
        let row = row();
        let mut particulars = particulars(&row);
        change(&mut particulars);
        build_with(&row, &particulars, kind, Language::Da).err()
    };
    let unknown = |field| Some(BuildError::Unknown(field));
    let inconsistent = |field| Some(BuildError::Inconsistent(field));
    let used_up = LetterKind::AttemptsUsedUp;
    assert_eq!(error(|told| told.not_counted = None, LetterKind::HearingNotice), unknown("not_counted"));
    assert_eq!(error(|told| told.courses.clear(), used_up), unknown("attempts"));
    assert_eq!(error(|told| told.courses[0].attempts[1].exam_date = None, used_up), unknown("exam_date"));
    // An exam that used no attempt, shown as one.
    let one_more = |told: &mut Particulars| {
        let more = told.courses[0].attempts[0].clone();
        told.courses[0].attempts.push(more);
    };
    assert_eq!(error(one_more, used_up), inconsistent("attempts"));
    let five = LetterKind::FiveEctsWarning;
    assert_eq!(error(|told| told.five_ects = None, five), unknown("five_ects_courses"));
    assert_eq!(error(|told| told.five_ects = Some(Vec::new()), five), inconsistent("five_ects_courses"));
    let guidance = LetterKind::GuidanceInvitation;
    assert_eq!(error(|told| told.prescribed_end = None, guidance), unknown("prescribed_end"));
    assert_eq!(
        error(|told| told.prescribed_end = Some(day("2026-03-01")), guidance),
        inconsistent("prescribed_end")
    );
    let portions = LetterKind::PortionsRunningOut;
    assert_eq!(error(|told| told.portions = None, portions), unknown("portions"));
    let one_less = |told: &mut Particulars| told.portions.as_mut().unwrap().used_here -= 1;
    assert_eq!(error(one_less, portions), inconsistent("portions"));
    let other = error(|told| told.enrolment_id = "E2".into(), portions);
    assert_eq!(other, Some(BuildError::Mismatched("particulars")));
}

/// Nobody is told to do what cannot help, or what they have done.
#[test]
fn the_ways_out_are_those_that_are_open() {
    let mut seen = [0; 3];
    for Specimen { outcome, letter, .. } in of_every_outcome() {
        let text = templates().render(&letter).expect("rendered").plain_text();
        let says = |da: &str, en: &str| text.contains(if letter.language == "da" { da } else { en });
        let ways = [
            says("Bestå de manglende point", "Pass what is missing"),
            says("Kravet er højere end uddannelsens", "higher than the"),
            says("Søg om ekstra klip. ", "Apply for additional portions. "),
            says("Din ansøgning om ekstra klip. ", "Your application for additional portions. "),
        ];
        if let Some(shortfall) = &letter.shortfall {
            let above = outcome.starts_with("with a requirement above");
            let waits = outcome.starts_with("with an application");
            assert_eq!(ways, [!above, above, !waits, waits], "{outcome}");
            assert_eq!(text.contains("K000001"), waits, "{outcome}");
            assert_eq!(!shortfall.applications.is_empty(), waits, "{outcome}");
            seen[0] += 1;
        }
        if let Some(check) = &letter.start_check {
            let stops =
                says("stoppes fra den", "is stopped from") || says("stoppet fra den", "be stopped from");
            assert_eq!(stops, check.unpaid.0.is_none(), "{outcome}");
            seen[1] += 1;
        }
        if let Some(portions) = &letter.portions {
            let reduced =
                says("Fra januar 2027 er SU-rammen derfor 58 klip", "From January 2027 the SU frame");
            assert_eq!(reduced, portions.frame == "58", "{outcome}");
            seen[2] += usize::from(reduced);
        }
    }
    assert!(seen.iter().all(|times| *times > 0), "{seen:?}");
}

#[test]
fn words_for_a_result_code_that_is_none_are_refused() {
    let scratch = tempfile::tempdir().expect("a folder");
    let folder = scratch.path().join("law");
    program::copy("pipelines/law", &folder);
    let file = folder.join("letters.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(text.matches("[\"EM\"]").count(), 1);
    std::fs::write(&file, text.replace("[\"EM\"]", "[\"XX\"]")).unwrap();
    let book = LawBook::load(&folder).unwrap_or_else(|problems| panic!("{problems}"));
    let law = Law::in_force(book, cutoffs().inspection_date).unwrap_or_else(|problems| panic!("{problems}"));
    let problems = law_in_force(&law).expect_err("a problem").to_string();
    assert!(problems.contains("not_attended.codes names XX"), "{problems}");
}
