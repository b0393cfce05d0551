//! The PDF itself: what a screen reader, a printer and an archive find in it.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[path = "letters/fixture.rs"]
#[allow(dead_code, reason = "shared with the tests of the wording")]
mod fixture;
#[path = "letters/long.rs"]
mod long;
#[path = "letters/naughty.rs"]
mod naughty;
#[path = "letters/page.rs"]
#[allow(dead_code, reason = "shared with the tests of the wording")]
mod page;
#[path = "letters/pdf.rs"]
mod pdf;

use std::sync::LazyLock;

use fixture::*;
use klippekort::base::Ects;
use klippekort::contract::codes::Language;
use klippekort::letters::specimens;
use klippekort::letters::wording::escape;
use klippekort::letters::{LetterContext, Press, Printed, Sheet, Templates, Unprinted, Wording};
use klippekort::verdicts::*;
use lopdf::Document;
use typst::layout::{Abs, Frame, FrameItem, Point};

static PRESS: LazyLock<Press> = LazyLock::new(|| Press::new().expect("a press"));
static TEMPLATES: LazyLock<Templates> =
    LazyLock::new(|| Templates::load(&root().join("reports/letters")).expect("templates"));

const WITH_DIAGRAM: [LetterKind; 2] = [LetterKind::HearingNotice, LetterKind::StartCheckHearing];

fn print(letter: &LetterContext) -> (Wording, Result<Printed, Unprinted>) {
    let wording = TEMPLATES.render(letter).unwrap_or_else(|problem| panic!("{problem}"));
    let printed = PRESS.print(&wording, &Sheet::of(letter, cutoffs().inspection_date));
    (wording, printed)
}

fn printed(letter: &LetterContext) -> (Wording, Vec<u8>) {
    let (wording, printed) = print(letter);
    (wording, printed.unwrap_or_else(|problem| panic!("{problem:?}")).pdf)
}

/// Without blanks, line ends, bars and bullets, which the page shows otherwise.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '|' | '•')).collect()
}

fn metadata(document: &Document) -> String {
    let catalog = document.catalog().expect("a catalog");
    let stream = document.dereference(catalog.get(b"Metadata").expect("metadata")).expect("it").1;
    let stream = stream.as_stream().expect("a stream");
    assert!(!stream.dict.has(b"Filter"), "metadata stay readable for archives");
    String::from_utf8_lossy(&stream.content).into_owned()
}

#[test]
fn every_letter_is_tagged_and_says_what_it_is() {
    for (kind, language) in all() {
        let named = format!("{} {}", kind.code(), language.code());
        let (wording, bytes) = printed(&letter(kind, language));
        let document = pdf::open(&bytes);
        assert!(bytes.starts_with(b"%PDF-1.7") && bytes.len() <= 36_000, "{named}: {} bytes", bytes.len());
        let catalog = document.catalog().expect("a catalog");
        let marks = pdf::dictionary(&document, catalog.get(b"MarkInfo").expect("marks"));
        assert!(marks.get(b"Marked").and_then(lopdf::Object::as_bool).expect("a mark"), "{named}");
        let wanted = if language == Language::Da { "da-DK" } else { "en-GB" };
        assert_eq!(pdf::string(catalog.get(b"Lang").expect("a language")), wanted, "{named}");
        let preferences = pdf::dictionary(&document, catalog.get(b"ViewerPreferences").expect("preferences"));
        assert!(
            preferences.get(b"DisplayDocTitle").and_then(lopdf::Object::as_bool).expect("set"),
            "{named}"
        );

        let xmp = metadata(&document);
        for mark in ["pdfuaid:part>1<", "pdfaid:part>2<", "pdfaid:conformance>A<"] {
            assert!(xmp.contains(mark), "{named}: no {mark}");
        }
        assert!(xmp.contains(&wording.title().replace('&', "&amp;")), "{named}: no title");

        let elements = pdf::structure(&document);
        let roles = |role: &str| elements.iter().filter(|element| element.role == role).count();
        let first = elements.iter().find(|e| e.role.len() == 2 && e.role.starts_with('H'));
        assert_eq!((roles("H1"), first.map(|e| e.role.as_str())), (1, Some("H1")), "{named}");
        let headers: Vec<_> = elements.iter().filter(|element| element.role == "TH").collect();
        assert!(!headers.is_empty() && headers.iter().all(|header| header.scope.is_some()), "{named}");
        let figures: Vec<_> = elements.iter().filter(|element| element.role == "Figure").collect();
        assert_eq!(figures.len(), usize::from(WITH_DIAGRAM.contains(&kind)), "{named}");
        for figure in figures {
            let text = figure.alternative.as_deref().expect("an alternative text");
            for said in ["21", if language == Language::Da { "52,5" } else { "52.5" }, "60"] {
                assert!(text.contains(said), "{named}: {text}");
            }
        }
        assert!(roles("L") > 1 && roles("Caption") > 0 && roles("Table") > 0, "{named}");
    }
}

/// The page says what the wording says, in the same order; the text also passes every font's
/// ToUnicode on its way.
#[test]
fn the_page_reads_as_the_wording() {
    for (kind, language) in all() {
        let (wording, bytes) = printed(&letter(kind, language));
        let text = pdf::text(&pdf::open(&bytes));
        assert!(!text.chars().any(char::is_control), "{}", kind.code());
        let text = squeezed(&text);
        if WITH_DIAGRAM.contains(&kind) {
            // The picture's own labels stand where the wording has the alternative text.
            for line in wording.plain_text().lines().filter(|line| !line.starts_with("Diagram")) {
                assert!(text.contains(&squeezed(line)), "{} {}: {line}", kind.code(), language.code());
            }
        } else {
            assert_eq!(text, squeezed(&wording.plain_text()), "{} {}", kind.code(), language.code());
        }
    }
}

#[test]
fn the_same_letter_gives_the_same_bytes() {
    let (own, other) = (letter(LetterKind::HearingNotice, Language::Da), all());
    let first = printed(&own).1;
    klippekort::letters::press::forget_all();
    assert!(first == printed(&own).1, "without what an earlier letter has left");
    for (kind, language) in other {
        printed(&letter(kind, language));
        klippekort::letters::press::forget();
        assert!(first == printed(&own).1, "after {} {}", kind.code(), language.code());
    }
}

/// A text that stands in every field of a letter: it is printed as written, or this letter alone is
/// refused.
#[test]
fn whatever_a_field_holds_is_printed_as_written_or_refused() {
    assert_eq!(refused_in(&letter(LetterKind::LastAttempt, Language::Da)), naughty::REFUSED);
    let decision = specimens::all(&law(), &cutoffs(), Language::En).unwrap().pop().unwrap();
    assert_eq!(decision.kind, DraftKind::ExtraKlipDecision.code());
    assert_eq!(refused_in(&decision.letter), naughty::REFUSED);
}

/// The texts with which the letter is not printed.
fn refused_in(letter: &LetterContext) -> Vec<String> {
    let mut refused = Vec::new();
    for text in naughty::strings() {
        let mut letter = letter.clone();
        for field in page::text_fields(&mut letter) {
            field.clone_from(&text);
        }
        let (wording, printed) = print(&letter);
        let said = wording.plain_text();
        let clean = text.chars().all(|c| escape(&c.to_string()).ends_with(c));
        if clean {
            let verbatim = said.matches(text.trim_matches([' ', '\u{a0}'])).count();
            assert!(verbatim > 15, "{text:?}: {verbatim} times in\n{said}");
        }
        match printed {
            Ok(printed) => {
                let document = pdf::open(&printed.pdf);
                let shown = pdf::text(&document);
                assert!(!shown.chars().any(char::is_control), "{text:?}");
                let (shown, said) = (squeezed(&shown), squeezed(&said));
                if naughty::is_right_to_left(&text) {
                    // Glyphs stand in the order seen; sorted, nothing is lost or added.
                    let sorted = |text: &str| {
                        let mut all: Vec<char> = text.chars().collect();
                        all.sort_unstable();
                        all
                    };
                    assert_eq!(sorted(&shown), sorted(&said), "{text:?}");
                } else {
                    assert!(shown == said, "{text:?}\n{shown}\n{said}");
                }
            }
            Err(Unprinted::Character(reason)) => {
                assert!(!text.is_ascii() && !reason.contains(&text), "{text:?}: {reason}");
                refused.push(text);
            }
            Err(Unprinted::Fault(problem)) => panic!("{text:?}: {problem}"),
        }
    }
    refused
}

/// A word that is longer than a line is broken, with no character put in.
#[test]
fn a_long_name_stays_on_the_page() {
    let mut letter = letter(LetterKind::LastAttempt, Language::Da);
    letter.recipient.name = "Å".repeat(300);
    letter.recipient.email = format!("{}@student.example", "e".repeat(300));
    letter.attempts.as_mut().unwrap().courses[0].attempts[0].title = "Q".repeat(300);
    let (_, printed) = print(&letter);
    let pages = printed.unwrap_or_else(|problem| panic!("{problem:?}")).pages;
    for page in pages {
        let width = page.frame.width();
        for text in texts(&page.frame) {
            let (left, own) = (text.at.x, text.width);
            assert!(left + own <= width, "text runs off the page: {left:?} and {own:?}");
        }
    }
}

/// A text on a page: where its base line begins, and how long it is.
struct Placed {
    at: Point,
    width: Abs,
    said: String,
}

/// Every text of a page.
fn texts(frame: &Frame) -> Vec<Placed> {
    let of_item = |(at, item): &(Point, FrameItem)| match item {
        FrameItem::Group(group) => {
            let offset = *at + Point::new(group.transform.tx, group.transform.ty);
            let inside = texts(&group.frame).into_iter();
            inside.map(|text| Placed { at: text.at + offset, ..text }).collect()
        }
        FrameItem::Text(text) => vec![Placed { at: *at, width: text.width(), said: squeezed(&text.text) }],
        _ => Vec::new(),
    };
    frame.items().flat_map(of_item).collect()
}

/// The words of a page, without blanks.
fn words(frame: &Frame) -> String {
    let of_item = |(_, item): &(Point, FrameItem)| match item {
        FrameItem::Group(group) => words(&group.frame),
        FrameItem::Text(text) => squeezed(&text.text),
        _ => String::new(),
    };
    frame.items().map(of_item).collect()
}

/// Two pages are one sheet; and what leads to the diagram is on the diagram's page.
#[test]
fn a_letter_is_one_sheet_and_its_diagram_stands_below_its_heading() {
    for language in Language::ALL {
        for specimen in specimens::all(&law(), &cutoffs(), *language).expect("figures that add up") {
            let named = format!("{} {}: {}", specimen.kind, language.code(), specimen.outcome);
            let (_, printed) = print(&specimen.letter);
            let pages = printed.unwrap_or_else(|problem| panic!("{named}: {problem:?}")).pages;
            assert!(pages.len() <= 2, "{named}: {} pages", pages.len());
            if specimen.letter.diagram.is_some() {
                let heading =
                    if *language == Language::Da { "Dinstudieprogression" } else { "Yourstudyprogress" };
                let caption =
                    if *language == Language::Da { "Talleneidiagrammet" } else { "Thefiguresofthediagram" };
                let pages: Vec<String> = pages.iter().map(|page| words(&page.frame)).collect();
                let together = |page: &&String| page.contains(heading) && page.contains(caption);
                assert_eq!(pages.iter().filter(together).count(), 1, "{named}");
            }
        }
    }
}

/// The table beside the diagram has a row for each control point.
#[test]
fn a_notice_is_one_sheet_after_many_control_points_too() {
    for language in Language::ALL {
        for control_points in 2..=10 {
            let (_, printed) = print(&long::notice(control_points, *language));
            let pages = printed.unwrap_or_else(|problem| panic!("{problem:?}")).pages.len();
            assert_eq!(pages, 2, "{}: {control_points} control points", language.code());
        }
    }
}

/// The curve and the borders in the page's own coordinates: 84 mm for the klip, 38 mm for the ECTS.
#[test]
#[allow(clippy::float_arithmetic, reason = "a page is measured in fractions of points")]
fn the_diagram_in_the_page_is_the_one_of_the_figures() {
    const POINTS_PER_MM: f32 = 72.0 / 25.4;
    let letter = letter(LetterKind::HearingNotice, Language::Da);
    let paths = pdf::paths(&pdf::open(&printed(&letter).1));
    // The axes end at 24 klip and 120 ECTS.
    let step =
        |klip: f32, ects: f32| (klip / 24.0 * 84.0 * POINTS_PER_MM, ects / 120.0 * 38.0 * POINTS_PER_MM);
    let drawn = |steps: &[(f32, f32)]| {
        paths.iter().any(|path| {
            path.len() == steps.len()
                && path
                    .iter()
                    .zip(steps)
                    .all(|(a, b)| (a.0 - b.0).abs() < 0.05 && (a.1.abs() - b.1.abs()).abs() < 0.05)
        })
    };
    // From 1 klip and 10 ECTS by 6 and 30, 18 and 47.5, to 21 and 52.5.
    assert!(drawn(&[step(5.0, 20.0), step(12.0, 17.5), step(3.0, 5.0)]), "the curve");
    assert!(drawn(&[step(24.0, 120.0)]), "the norm");
    // From 52.5 up to the required 60 ECTS.
    assert!(drawn(&[step(0.0, 7.5)]), "what is missing");
    let border =
        [step(12.0, 0.0), step(0.0, 30.0), step(6.0, 0.0), step(0.0, 30.0), step(6.0, 0.0), step(0.0, 30.0)];
    assert!(drawn(&border), "the requirement");
    assert!(!drawn(&[step(5.0, 20.0), step(12.0, 17.5), step(3.0, 6.0)]), "the test can fail");
}

mod zones {
    use klippekort::letters::diagram::{Plot, Standing, plot};

    use super::*;

    fn of(net: i32, counted: i32) -> Plot {
        let law = law();
        let amounts = law.amounts_for(day("2024-09-01"));
        let counted = Ects::points(counted);
        let missing = (amounts.requirement.required(net) - counted).or_zero();
        plot(&amounts.requirement, &[], Standing { net, counted, control_point: net / 6 * 6, missing })
    }

    /// Klip and ECTS of a point.
    fn figures(plot: &Plot, (x, y): (i64, i64)) -> (i64, i64) {
        let (right, top) = (i64::from(plot.ends.0), i64::from(plot.ends.1.as_hundredths()) / 100);
        ((x * right + plot.width / 2) / plot.width, ((plot.height - y) * top + plot.height / 2) / plot.height)
    }

    /// The example of the SU office's page: 18 klip, 55 ECTS, 60 required.
    #[test]
    fn a_student_who_lacks_five_is_below_the_red_border() {
        let plot = of(18, 55);
        assert_eq!(plot.ends, (24, Ects::points(120)));
        assert_eq!(figures(&plot, plot.end), (18, 55));
        let missing = plot.missing.expect("missing");
        assert_eq!(figures(&plot, (missing.x, missing.to)), (18, 60));
        assert_eq!(figures(&plot, (missing.x, missing.from)), (18, 55));
        assert_eq!(plot.control.map(|x| figures(&plot, (x, 0)).0), Some(18));
        let border: Vec<_> = plot.requirement.iter().map(|point| figures(&plot, *point)).collect();
        assert_eq!(border, [(0, 0), (12, 0), (12, 30), (18, 30), (18, 60), (24, 60), (24, 90)]);
        let norm: Vec<_> = plot.norm.iter().map(|point| figures(&plot, *point)).collect();
        assert_eq!(norm, [(0, 0), (24, 120)]);
    }

    #[test]
    fn exactly_thirty_behind_is_on_the_border_and_nothing_is_missing() {
        let plot = of(24, 90);
        assert_eq!((plot.missing, figures(&plot, plot.end)), (None, (24, 90)));
        assert!(plot.requirement.contains(&plot.end));
        assert!(of(24, 89).missing.is_some());
    }

    #[test]
    fn between_control_points_the_border_is_level() {
        let plot = of(17, 30);
        assert_eq!((plot.missing, figures(&plot, plot.end)), (None, (17, 30)));
        assert!(of(17, 29).missing.is_some());
        let none = of(5, 0);
        assert_eq!((none.missing, none.control), (None, None));
    }

    #[test]
    fn under_the_older_regime_the_border_is_a_slope() {
        let law = law();
        let amounts = law.amounts_for(day("2015-09-01"));
        assert!(!amounts.requirement.in_steps());
        assert_eq!(amounts.requirement.required(17), Ects::points(25));
        let standing =
            Standing { net: 18, counted: Ects::points(20), control_point: 18, missing: Ects::points(10) };
        let plot = plot(&amounts.requirement, &[], standing);
        assert_eq!(figures(&plot, *plot.requirement.last().expect("a point")), (24, 60));
        assert!(plot.requirement.len() > 7, "one point for every klip");
    }
}
