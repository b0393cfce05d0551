//! What must hold of the wording of every letter, whoever wrote the template.

use super::context::LetterContext;
use super::wording::{Block, Wording, text_of};
use crate::contract::codes::Language;

/// Words about health, which no letter may hold, and beginnings of such words: `syg` is also `sygemeldt`
/// and `sygdom`, `medic` is `medicin` and `medical`.
const HEALTH: [&str; 16] = [
    "syg",
    "helbred",
    "læge",
    "psyk",
    "psych",
    "diagnos",
    "kronisk",
    "hospital",
    "ill",
    "illness",
    "sick",
    "health",
    "doctor",
    "physician",
    "chronic",
    "medic",
];

/// No beginning of other words, for `illegal` and `illustrated` say nothing of health; so `illness` is a word
/// of its own.
const ONLY_WHOLE: [&str; 1] = ["ill"];

const UNFINISHED: [&str; 4] = ["{{", "}}", "{%", "%}"];

/// How a draft is marked, in its title and below every page.
pub const fn draft_mark(language: Language) -> &'static str {
    match language {
        Language::Da => "UDKAST",
        Language::En => "DRAFT",
    }
}

/// Everything that is wrong with one letter; empty when nothing is.
pub fn faults(letter: &LetterContext, wording: &Wording, is_draft: bool) -> Vec<String> {
    let text = wording.plain_text();
    let mut faults = Vec::new();
    let mut must = |holds: bool, fault: String| {
        if !holds {
            faults.push(fault);
        }
    };
    for rule in &letter.rules {
        must(text.contains(&rule.title), format!("does not cite {}", rule.title));
        if let Some(paragraph) = &rule.paragraph.0 {
            must(text.contains(paragraph.as_str()), format!("does not cite {paragraph} of {}", rule.title));
        }
    }
    if let Some(answer) = &letter.answer {
        must(text.contains(&answer.date), "does not say the last day of the answer".to_owned());
        must(text.contains(&answer.time), "does not say the clock time of the deadline".to_owned());
    }
    if let Some(appeal) = &letter.appeal {
        must(text.contains(&appeal.marking), "does not say how an appeal is marked".to_owned());
        must(says_number(&text, &appeal.weeks), "does not say the weeks of an appeal".to_owned());
    }
    if let Some(masked) = &letter.recipient.masked_cpr.0 {
        must(text.contains(masked.as_str()), "does not show the masked CPR number".to_owned());
    }
    must(
        text.contains(&letter.dates.results_through),
        "does not say through when results are known".to_owned(),
    );
    must(!has_cpr(&text), "shows a whole CPR number".to_owned());
    for mark in UNFINISHED {
        must(!text.contains(mark), format!("shows `{mark}`"));
    }
    for word in health_words(&text) {
        must(false, format!("speaks of health: `{word}`"));
    }
    let language = if letter.language == Language::Da.code() { Language::Da } else { Language::En };
    let mark = draft_mark(language);
    let mut footers = wording.blocks.iter().filter_map(|block| match block {
        Block::Footer { parts } => Some(parts.iter().any(|part| text_of(part).contains(mark))),
        _ => None,
    });
    let marked = footers.next() == Some(true);
    if is_draft {
        must(wording.title().contains(mark), format!("is a draft, and its title does not say {mark}"));
        must(marked, format!("is a draft, and its pages do not say {mark}"));
    } else {
        must(!wording.title().contains(mark) && !marked, format!("is no draft, but says {mark}"));
    }
    faults
}

/// The kinds of blocks in their order: the same in both languages, or a part is not translated.
pub fn shape(wording: &Wording) -> Vec<&'static str> {
    let kind = |block: &Block| match block {
        Block::Letterhead { .. } => "letterhead",
        Block::Address { .. } => "address",
        Block::Date { .. } => "date",
        Block::Footer { .. } => "footer",
        Block::Title { .. } => "title",
        Block::Heading { .. } => "heading",
        Block::Paragraph { .. } => "paragraph",
        Block::List { .. } => "list",
        Block::Box { .. } => "box",
        Block::Facts(_) => "facts",
        Block::Table(_) => "table",
        Block::Diagram(_) => "diagram",
        Block::Signature { .. } => "signature",
    };
    wording.blocks.iter().map(kind).collect()
}

fn health_words(text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let speaks = |word: &&str| {
        HEALTH.iter().any(|stem| word == stem || (!ONLY_WHOLE.contains(stem) && word.starts_with(stem)))
    };
    words.filter(speaks).map(str::to_owned).collect()
}

/// A whole number before a blank, not the end of a longer one.
fn says_number(text: &str, number: &str) -> bool {
    text.match_indices(number).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + number.len()..]);
        !before.ends_with(|c: char| c.is_ascii_digit()) && after.starts_with(['\u{a0}', ' '])
    })
}

/// Six digits, perhaps a hyphen, and four digits, alone among other characters.
fn has_cpr(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit() && c != '-').any(|token| {
        let digits: String = token.chars().filter(char::is_ascii_digit).collect();
        digits.len() == 10 && (token.len() == 10 || token.as_bytes().get(6) == Some(&b'-'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_not_the_end_of_a_longer_one() {
        assert!(says_number("senest 4\u{a0}uger", "4") && says_number("§ 24 og 4 uger", "4"));
        assert!(!says_number("§§ 24 og 25", "4") && !says_number("4. maj, 40 og 14.", "4"));
    }

    #[test]
    fn words_of_health_and_numbers_are_found_and_others_are_not() {
        for text in [
            "Du var syg.",
            "sygemeldt",
            "en lægeerklæring",
            "kroniske",
            "chronically",
            "if ill,",
            "sickness",
            "medicin",
        ] {
            assert_eq!(health_words(text).len(), 1, "{text}");
        }
        for text in ["still, till, bill", "illegal", "psalme", "fuldmagt", "hospice"] {
            assert!(health_words(text).is_empty(), "{text}");
        }
        assert!(has_cpr("x 990199-0007.") && has_cpr("9901990007"));
        assert!(!has_cpr("990199-XXXX 2027-03-15 99019900071 +45 45 25 72 46"));
    }
}
