//! One invented student per kind of letter, and the shipped law.

use std::path::PathBuf;

use klippekort::base::{Cpr, Cutoffs, Day, Ects, Month, Semester};
use klippekort::contract::codes::{Language, ProgrammeLevel, Status};
use klippekort::law::{Law, LawBook};
use klippekort::letters::context::Facts;
use klippekort::letters::specimens::{self, Specimen};
use klippekort::letters::{BuildError, LetterContext, LetterLaw, Sendable, context, law_in_force};
use klippekort::student::exports::{Enrolment, Person, Programme, Registered};
use klippekort::verdicts::*;

pub fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().find(|p| p.join("reports/letters").is_dir()).expect("the repository").to_path_buf()
}

pub fn day(text: &str) -> Day {
    Day::parse_iso(text).expect("a date")
}

fn semester(first: &str) -> Semester {
    Semester::of(day(first))
}

pub fn cutoffs() -> Cutoffs {
    Cutoffs {
        inspection_date: day("2027-03-18"),
        payments_through: Month::new(2027, 3),
        results_through: day("2027-03-15"),
    }
}

/// The law of the letters as shipped, on the inspection date.
pub fn law() -> LetterLaw {
    law_on(cutoffs().inspection_date)
}

pub fn law_on(inspection: Day) -> LetterLaw {
    let book = LawBook::load(&root().join("pipelines/law")).expect("the shipped law");
    let law = Law::in_force(book, inspection).expect("in force");
    law_in_force(&law).expect("the letters' law")
}

pub fn person() -> Person {
    Person {
        given_name: "Åse".to_owned(),
        family_name: "Prøve".to_owned(),
        email: "s000001@student.example".to_owned(),
        cpr: Cpr::parse("990199-0007"),
    }
}

pub fn enrolment(language: Language) -> Enrolment {
    Enrolment {
        student_id: "s000001".into(),
        enrolment_id: "E1".into(),
        has_cpr: true,
        language,
        country: "DK".into(),
        citizenship: None,
        programme: 0,
        started_on: day("2024-09-01"),
        status: Status::Active,
        ended_on: None,
        support_extension_months: Some(12),
        shortening_credit: Ects::ZERO,
        readmitted_on: None,
        disability_supplement: false,
        single_parent: false,
        digital_post: true,
        line: 2,
    }
}

pub fn programme() -> Programme {
    Programme {
        code: "P1".to_owned(),
        title: "Fysik & nanoteknologi".to_owned(),
        level: ProgrammeLevel::MSc,
        ects: Ects::points(120),
        prescribed_months: 24,
        max_months: 36,
        line: 2,
    }
}

/// A row whose every verdict calls for a letter.
pub fn row() -> InspectionRow {
    InspectionRow {
        student_id: "s000001".into(),
        enrolment_id: "E1".into(),
        programme_code: "P1".to_owned(),
        level: ProgrammeLevel::MSc,
        started_on: day("2024-09-01"),
        status: Status::Active,
        inspection_date: day("2027-03-18"),
        regime: Regime::SixMonths,
        klip_gross: 23,
        klip_parental: 4,
        klip_extra: Some(2),
        klip_net: Some(21),
        control_point: Some(18),
        ects_counted: Some(Ects::hundredths(5250)),
        ects_provisional: Some(Ects::points(5)),
        ects_transferred: Some(Ects::points(10)),
        ects_required: Some(Ects::points(60)),
        ects_missing: Some(Ects::hundredths(750)),
        ects_behind: Some(Ects::hundredths(5250)),
        progress: Some(Progress::Inactive),
        start_check: Some(StartCheck::FailedLate),
        su_status: Some(SuStatus::Inactive),
        robust: Some(true),
        flips: Some(Vec::new()),
        portions_left: Some(3),
        ects_last_two_semesters: Some(Ects::hundredths(250)),
        five_ects: Some(FiveEcts::NotMet),
        five_ects_semesters: vec![semester("2026-09-01"), semester("2026-02-01")],
        maximum_date: Some(day("2027-08-31")),
        maximum_state: Some(MaximumState::LastSemester),
        months_late: Some(14),
        guidance: Some(Guidance::PersonalInterview),
        courses_last_attempt: Some(1),
        courses_exhausted: Some(1),
        pass_fail_ects: None,
        external_ects: None,
        ratio_base: None,
        pass_fail_third: None,
        external_third: None,
        reviews: Reviews::default(),
        letters: LetterKind::ALL.to_vec(),
        letters_held: Vec::new(),
    }
}

pub fn attempts() -> Vec<AttemptRow> {
    let attempt = |group: &str, used, state| AttemptRow {
        enrolment_id: "E1".into(),
        course_group: group.into(),
        used,
        allowed: Some(3),
        ill: 1,
        passed: false,
        pending: true,
        state: Some(state),
        last_exam_date: Some(day("2026-12-14")),
    };
    vec![attempt("01005", 3, AttemptState::Exhausted), attempt("02105", 2, AttemptState::LastAttempt)]
}

fn course(code: &str, title: &str) -> CourseName {
    CourseName { code: code.into(), title: title.to_owned() }
}

fn at_limit(group: &str, title: &str, attempts: &[(&str, &str)]) -> CourseAtLimit {
    let attempt = |(exam, result): &(&str, &str)| UsedAttempt {
        course: course(group, title),
        exam_date: Some(day(exam)),
        result: (*result).into(),
    };
    CourseAtLimit {
        course_group: group.into(),
        title: title.to_owned(),
        attempts: attempts.iter().map(attempt).collect(),
    }
}

/// What the figures of the row are made of.
pub fn particulars(row: &InspectionRow) -> Particulars {
    let pass = |code: &str, title: &str, assessed_on: &str, hundredths: i32| Pass {
        course: course(code, title),
        assessed_on: day(assessed_on),
        ects: Ects::hundredths(hundredths),
    };
    Particulars {
        enrolment_id: row.enrolment_id.clone(),
        courses: vec![
            at_limit(
                "01005",
                "Matematik 1",
                &[("2025-12-15", "EM"), ("2026-05-20", "IG"), ("2026-12-14", "SN")],
            ),
            at_limit("02105", "Algoritmer", &[("2026-05-22", "00"), ("2026-08-17", "-3")]),
        ],
        not_counted: Some(vec![NotCounted {
            pass: pass("10852", "Fysik 1 (ny)", "2026-01-26", 500),
            counted: course("10851", "Fysik 1"),
        }]),
        five_ects: Some(vec![pass("02402", "Statistik", "2026-06-24", 250)]),
        portions: Some(PortionsCalculation {
            prescribed: 24,
            extension: 2,
            credit: 2,
            granted_here: 2,
            used_here: 23,
            frame: 70,
            supplement: 0,
            granted_in_all: 2,
            used_in_all: 57,
        }),
        prescribed_end: Some(day("2026-01-01")),
        readmitted_on: None,
    }
}

/// A curve that ends where the row stands.
pub fn progress(row: &InspectionRow) -> Vec<ProgressPoint> {
    let point = |number, klip_net, ects| ProgressPoint {
        month: Month::new(2024, 9).plus(number),
        klip_net: Some(klip_net),
        ects: Some(Ects::hundredths(ects)),
    };
    let mut points = vec![point(0, 1, 1000), point(5, 6, 3000), point(17, 18, 4750)];
    points.push(ProgressPoint { klip_net: row.klip_net, ects: row.ects_counted, ..point(30, 0, 0) });
    points
}

pub fn build_from(
    row: &InspectionRow,
    kind: LetterKind,
    language: Language,
) -> Result<LetterContext, BuildError> {
    build_with(row, &particulars(row), kind, language)
}

pub fn build_with(
    row: &InspectionRow,
    particulars: &Particulars,
    kind: LetterKind,
    language: Language,
) -> Result<LetterContext, BuildError> {
    let sendable = Sendable::check(row, kind).expect("sendable");
    let (attempts, progress) = (attempts(), progress(row));
    let facts = Facts {
        attempts: &attempts,
        progress: &progress,
        particulars: Some(particulars),
        ..Facts::default()
    };
    let (person, enrolment, programme) = (person(), enrolment(language), programme());
    let who = Registered { enrolment: &enrolment, person: &person, programme: &programme };
    context::build(sendable, who, &facts, &law(), &cutoffs())
}

pub fn letter(kind: LetterKind, language: Language) -> LetterContext {
    build_from(&row(), kind, language).expect("all figures are known")
}

pub fn all() -> impl Iterator<Item = (LetterKind, Language)> {
    LetterKind::ALL.iter().flat_map(|kind| Language::ALL.iter().map(move |language| (*kind, *language)))
}

/// Letters and drafts of every kind, for every outcome that can cause one.
pub fn of_every_outcome() -> impl Iterator<Item = Specimen> {
    Language::ALL
        .iter()
        .flat_map(|language| specimens::all(&law(), &cutoffs(), *language).expect("figures that add up"))
}
