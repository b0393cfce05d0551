//! Letters that are longer than a usual one, and their tables.

use klippekort::base::{Ects, Month};
use klippekort::contract::codes::Language;
use klippekort::letters::context::{AttemptShown, Facts};
use klippekort::letters::{LetterContext, Sendable, context};
use klippekort::student::exports::Registered;
use klippekort::verdicts::*;

use super::fixture::*;
use super::{Abs, Frame, Placed, pdf, print, squeezed, texts, words};

/// A notice to a student who has this many control points behind, and stands in red at the last.
pub fn notice(control_points: i32, language: Language) -> LetterContext {
    let law = law();
    let requirement = &law.amounts_for(day("2024-09-01")).requirement;
    let (step, missing) = (requirement.step(), Ects::hundredths(750));
    let net = control_points * step + step / 2;
    let counted = requirement.required(net) - missing;
    let row = InspectionRow {
        klip_gross: net + 2,
        klip_net: Some(net),
        control_point: Some(control_points * step),
        ects_counted: Some(counted),
        ects_required: Some(requirement.required(net)),
        ects_missing: Some(missing),
        ..row()
    };
    let point = |number: i32, klip_net, ects| ProgressPoint {
        month: Month::new(2024, 9).plus(number),
        klip_net: Some(klip_net),
        ects: Some(ects),
    };
    let reached = (1..=control_points).map(|number| {
        let klip_net = number * step;
        point(number, klip_net, requirement.required(klip_net).min(counted))
    });
    let progress: Vec<_> = reached.chain([point(control_points + 1, net, counted)]).collect();
    let sendable = Sendable::check(&row, LetterKind::HearingNotice).expect("sendable");
    let (person, enrolment, programme) = (person(), enrolment(language), programme());
    let who = Registered { enrolment: &enrolment, person: &person, programme: &programme };
    let particulars = Particulars { not_counted: Some(Vec::new()), ..particulars(&row) };
    let facts = Facts { progress: &progress, particulars: Some(&particulars), ..Facts::default() };
    context::build(sendable, who, &facts, &law, &cutoffs()).expect("figures that add up")
}

/// A letter about this many courses with one attempt each, with titles of two lines.
pub fn with_courses(count: usize, kind: LetterKind, language: Language) -> LetterContext {
    let mut letter = letter(kind, language);
    let attempts = letter.attempts.as_mut().expect("attempts");
    let one = attempts.courses[0].clone();
    attempts.courses.clear();
    for number in 0..count {
        let mut course = one.clone();
        course.code = format!("{}", 10_000 + number);
        course.attempts.truncate(1);
        course.attempts[0].code.clone_from(&course.code);
        course.attempts[0].title =
            format!("Mathematical modelling of continuous systems and their solution, {number} of them");
        attempts.courses.push(course);
    }
    letter
}

const WITH_COURSES: [LetterKind; 2] = [LetterKind::AttemptsUsedUp, LetterKind::LastAttempt];

/// Each row of an attempt as it is read, without blanks.
fn rows(letter: &LetterContext) -> Vec<String> {
    let courses = &letter.attempts.as_ref().unwrap().courses;
    let row = |attempt: &AttemptShown| {
        [&attempt.code, &attempt.title, &attempt.date, &attempt.result, &attempt.number]
            .map(|s| squeezed(s))
            .concat()
    };
    courses.iter().flat_map(|course| &course.attempts).map(row).collect()
}

/// A table of three pages: every row is whole on one of them, below the headings, above the footer and
/// on no other row. For a screen reader the headings come once.
#[test]
fn a_long_table_goes_on_below_its_headings() {
    for kind in WITH_COURSES {
        for language in Language::ALL {
            let named = format!("{} {}", kind.code(), language.code());
            let letter = with_courses(45, kind, *language);
            let (wording, printed) = print(&letter);
            let printed = printed.unwrap_or_else(|problem| panic!("{named}: {problem:?}"));
            let (headings, footer) = if *language == Language::Da {
                ("KursusEksamenResultatForsøgnr.", "Brev")
            } else {
                ("CourseExamResultAttemptno.", "Letter")
            };
            let pages: Vec<String> = printed.pages.iter().map(|page| words(&page.frame)).collect();
            let mut rows_of_pages = vec![0; pages.len()];
            for row in rows(&letter) {
                let found: Vec<usize> = (0..pages.len()).filter(|page| pages[*page].contains(&row)).collect();
                assert_eq!(found.len(), 1, "{named}: {row} on {found:?}");
                rows_of_pages[found[0]] += 1;
            }
            assert!(rows_of_pages[0] >= 4, "{named}: {rows_of_pages:?}");
            for (page, (text, rows)) in pages.iter().zip(&rows_of_pages).enumerate() {
                assert_eq!(text.matches(headings).count(), usize::from(*rows > 0), "{named}, page {page}");
                apart(&printed.pages[page].frame, footer);
            }
            let document = pdf::open(&printed.pdf);
            assert_eq!(squeezed(&pdf::text(&document)), squeezed(&wording.plain_text()), "{named}");
            let elements = pdf::structure(&document);
            let columns = elements.iter().filter(|element| element.scope.as_deref() == Some("Column"));
            assert_eq!(columns.count(), 4, "{named}");
        }
    }
}

/// Only a row that is higher than a page is broken.
#[test]
fn a_row_higher_than_a_page_goes_on_too() {
    let mut letter = with_courses(3, LetterKind::LastAttempt, Language::En);
    letter.attempts.as_mut().unwrap().courses[1].attempts[0].title = "W".repeat(3_000);
    let (wording, printed) = print(&letter);
    let printed = printed.unwrap_or_else(|problem| panic!("{problem:?}"));
    printed.pages.iter().for_each(|page| apart(&page.frame, "Letter"));
    let said: usize = printed.pages.iter().map(|page| words(&page.frame).matches('W').count()).sum();
    assert_eq!(said, wording.plain_text().matches('W').count());
}

/// No text stands on another one, or between the text of a page and the line of its footer.
fn apart(frame: &Frame, footer: &str) {
    let texts = texts(frame);
    let below: Vec<&Placed> = texts.iter().filter(|text| text.at.y > Abs::mm(279.0)).collect();
    assert!(below[0].said.starts_with(footer) && below.iter().all(|text| text.at.y == below[0].at.y));
    for (position, one) in texts.iter().enumerate() {
        for other in &texts[position + 1..] {
            let beside = one.at.x + one.width <= other.at.x || other.at.x + other.width <= one.at.x;
            let lines_apart = (one.at.y - other.at.y).abs() > Abs::mm(2.5);
            assert!(beside || lines_apart, "{} and {}", one.said, other.said);
        }
    }
}

/// What fits in a third of a page is not torn apart, wherever it begins.
#[test]
fn a_short_table_stays_whole() {
    for lines in 0..40 {
        let mut letter = with_courses(5, LetterKind::LastAttempt, Language::Da);
        letter.recipient.name = "Åse ".repeat(20 * lines + 1);
        let (_, printed) = print(&letter);
        let pages = printed.unwrap_or_else(|problem| panic!("{problem:?}")).pages;
        let pages: Vec<String> = pages.iter().map(|page| words(&page.frame)).collect();
        let whole = |page: &&String| {
            page.contains("Dineeksamensforsøgtilogmed") && rows(&letter).iter().all(|row| page.contains(row))
        };
        assert_eq!(pages.iter().filter(whole).count(), 1, "{lines} lines above");
    }
}
