//! Properties: of texts at the gate, of rows on damaged files, and of the rules.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod files;
mod rules;
#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "the case tables use the rest")]
mod support;
mod texts;
mod two_ways;

#[path = "../exports_folder/mod.rs"]
mod exports_folder;

use proptest::prelude::*;

/// Texts made of the characters that matter here, and some that do not.
fn texts_of(characters: &'static str) -> impl Strategy<Value = String> {
    proptest::string::string_regex(characters).expect("a pattern")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lines(line in texts_of("[;,\t|\" aøé1\u{A0}\u{FEFF}-]{0,24}"), kind in 0..16_u8) {
        texts::record(&[&[kind], line.as_bytes()].concat());
    }

    #[test]
    fn bytes_of_lines(line in prop::collection::vec(any::<u8>(), 0..40)) {
        texts::record(&line);
    }

    #[test]
    fn decimals(text in texts_of("-?[0-9]{0,14}([.,][0-9]{0,4}){0,3}")) {
        texts::decimal(text.as_bytes());
    }

    #[test]
    fn strange_decimals(text in texts_of("[-+0-9.,eE ]{0,14}")) {
        texts::decimal(text.as_bytes());
    }

    #[test]
    fn dates_and_months(text in texts_of("[0-9]{1,4}[-./]?[0-9]{1,2}([-./]?[0-9]{1,4})?")) {
        texts::date(text.as_bytes());
    }

    #[test]
    fn numbers_of_persons(text in texts_of("[ a-z]{0,3}[0-3][0-9][01][0-9]{3}[- /]?[0-9A-Z]{4}[ a-z.]{0,3}")) {
        texts::cpr(text.as_bytes());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn headers(names in prop::collection::vec(prop::sample::select(HEADERS), 0..14)) {
        texts::header(names.join(";").as_bytes());
    }

    /// A line of the shipped files is changed, lost or doubled.
    #[test]
    fn pipeline_files(line in any::<usize>(), change in 0..6_u8, other in any::<usize>()) {
        texts::pipeline(damaged(include_str!("../../pipelines/semester_inspection.toml"), line, change, other).as_bytes());
    }

    #[test]
    fn law_files(line in any::<usize>(), change in 0..6_u8, other in any::<usize>()) {
        texts::law(damaged(include_str!("../../pipelines/law/su.toml"), line, change, other).as_bytes());
    }
}

const HEADERS: &[&str] = &[
    "Studieforløb",
    "Kursusnummer",
    "ECTS",
    "Fra",
    "Til",
    "Årsag",
    "enrolment_id",
    "from_date",
    "to_date",
    "reason",
    "Bevilget",
    "Art",
    "",
    "note",
];

fn damaged(text: &str, line: usize, change: u8, other: usize) -> String {
    let mut lines = text.lines().map(str::to_owned).collect::<Vec<_>>();
    let (line, other) = (line % lines.len(), other % lines.len());
    match change {
        0 => drop(lines.remove(line)),
        1 => lines.insert(line, lines[other].clone()),
        2 => lines.swap(line, other),
        3 => lines[line] = lines[line].replace('"', ""),
        4 => lines[line] = lines[line].replace(['=', '['], ""),
        _ => lines[line] = lines[line].chars().rev().collect(),
    }
    lines.join("\n")
}
