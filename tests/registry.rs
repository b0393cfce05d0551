//! The registry of rules: what a rule must have beside its code, and what no source file may have.
//! Every message says what was forgotten and where it belongs.

#[path = "support/klip.rs"]
#[allow(dead_code, reason = "the tests of the commands use the rest")]
mod program;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use klippekort::law::LawBook;
use klippekort::rules::{RULES, RuleStatus, coverage, rule};
use klippekort::verdicts::{DraftKind, LetterKind, Paper};
use program::at;

const HEADINGS: [&str; 8] = [
    "## What it decides",
    "## Who it applies to",
    "## How",
    "## Basis",
    "## Exceptions and readings",
    "## Example",
    "## Boundaries",
    "## Not covered",
];

/// Parameters that no rule reads: deadlines that a decision on extra portions tells the student, and
/// that of the diploma, whose day is in no table and whose enrolment is no longer inspected.
/// Those of the letters begin with `letters.` and need no entry.
const READ_BY_NO_RULE: [&str; 4] = [
    "degree.diploma_pause",
    "degree.diploma_weeks",
    "extra_portions.appeal_weeks",
    "extra_portions.processing_weeks",
];

/// Rules of neither of the two sources whose statements are listed.
const FROM_OTHER_SOURCES: [&str; 1] = ["ID501"];

const LINES: usize = 400;
const NAMELESS: [&str; 4] = ["utils", "common", "manager", "helpers"];

fn none(forgotten: Vec<String>) {
    assert!(forgotten.is_empty(), "{}\n", forgotten.join("\n"));
}

/// Every Rust source below a folder, with its text.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("UTF-8");
            found.push((path, text));
        }
    }
    found.sort();
    found
}

#[test]
fn rules_are_sorted_and_unique() {
    let codes: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
    assert!(codes.is_sorted_by(|a, b| a < b), "RULES in src/rules/mod.rs, by code: {codes:?}");
    let names: BTreeSet<&str> = RULES.iter().map(|rule| rule.name).collect();
    assert_eq!(names.len(), RULES.len(), "two rules share a name");
    for rule in RULES {
        let kebab = rule.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        assert!(kebab && !rule.name.is_empty(), "{}: the name {:?} is not kebab case", rule.code, rule.name);
        assert!(!rule.sources.is_empty(), "{}: name who says so in `sources`", rule.code);
    }
}

#[test]
fn every_rule_has_its_files() {
    let mut forgotten = Vec::new();
    for rule in RULES {
        let (family, file) = (rule.family.folder(), rule.code.to_lowercase());
        for path in [
            format!("src/rules/{family}/{file}.rs"),
            format!("src/rules/{family}/{file}.md"),
            format!("tests/cases/{family}/{file}.toml"),
        ] {
            if !at(&path).is_file() {
                forgotten.push(format!("{}: write {path}", rule.code));
            }
        }
    }
    none(forgotten);
}

#[test]
fn every_rule_file_is_registered() {
    let mut forgotten = Vec::new();
    for (path, _) in sources(&at("src/rules")) {
        let stem = path.file_stem().map_or(String::new(), |stem| stem.to_string_lossy().to_uppercase());
        let is_code = stem.len() == 5
            && stem[..2].bytes().all(|b| b.is_ascii_uppercase())
            && stem[2..].bytes().all(|b| b.is_ascii_digit());
        if is_code && !RULES.iter().any(|rule| rule.code == stem) {
            forgotten.push(format!("{stem}: add its line to RULES in src/rules/mod.rs"));
        }
    }
    none(forgotten);
}

/// A rule in preview has nothing written, and no paper is forgotten or claimed by two rules.
#[test]
fn every_letter_and_draft_rests_on_one_stable_rule() {
    let letters = LetterKind::ALL.iter().copied().map(Paper::Letter);
    for paper in letters.chain(DraftKind::ALL.iter().copied().map(Paper::Draft)) {
        let calling: Vec<_> = RULES.iter().filter(|rule| rule.calls_for.contains(&paper)).collect();
        let codes: Vec<&str> = calling.iter().map(|rule| rule.code).collect();
        assert_eq!(codes.len(), 1, "{}: write it in `calls_for` of the one rule: {codes:?}", paper.code());
        assert_eq!(calling[0].status, RuleStatus::Stable, "{}: {codes:?} is no stable rule", paper.code());
    }
}

#[test]
fn every_rule_is_documented() {
    let mut forgotten = Vec::new();
    for rule in RULES {
        let lines: Vec<&str> = rule.documentation.lines().map(str::trim_end).collect();
        let mut last = 0;
        for heading in HEADINGS {
            match lines.iter().position(|line| *line == heading) {
                None => forgotten.push(format!("{}: its page has no {heading:?}", rule.code)),
                Some(line) if line < last => {
                    forgotten.push(format!("{}: {heading:?} stands too early", rule.code));
                }
                Some(line) => {
                    last = line;
                    let text = lines[line + 1..].iter().take_while(|line| !line.starts_with("## "));
                    if text.clone().all(|line| line.is_empty()) {
                        forgotten.push(format!("{}: nothing under {heading:?}", rule.code));
                    }
                }
            }
        }
    }
    none(forgotten);
}

#[test]
fn rules_and_law_name_the_same_parameters() {
    let book = LawBook::load(&at("pipelines/law")).unwrap_or_else(|problems| panic!("{problems}"));
    let named: BTreeSet<&str> = RULES.iter().flat_map(|rule| rule.parameters).copied().collect();
    let mut forgotten = Vec::new();
    for rule in RULES {
        for key in rule.parameters.iter().filter(|key| book.parameter(key).is_none()) {
            forgotten.push(format!("{}: {key} is not in pipelines/law/", rule.code));
        }
        let distinct: BTreeSet<&&str> = rule.parameters.iter().collect();
        if distinct.len() != rule.parameters.len() {
            forgotten.push(format!("{}: names a parameter twice", rule.code));
        }
    }
    for parameter in &book.parameters {
        let key = parameter.key.as_str();
        if !named.contains(key) && !key.starts_with("letters.") && !READ_BY_NO_RULE.contains(&key) {
            forgotten.push(format!("{key} ({}): no rule names it in `parameters`", parameter.place));
        }
    }
    for key in READ_BY_NO_RULE.iter().filter(|key| named.contains(*key) || book.parameter(key).is_none()) {
        forgotten.push(format!("{key}: take it off READ_BY_NO_RULE"));
    }
    none(forgotten);
}

/// `2016-07-01`, `2016-07`, `ymd(2016`, `new(2016`: dates are law, and law is data.
fn date_literal(line: &str) -> bool {
    let bytes = line.as_bytes();
    let digits = |from: usize, count: usize| {
        bytes.get(from..from + count).is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    let written =
        (0..bytes.len()).any(|at| digits(at, 4) && bytes.get(at + 4) == Some(&b'-') && digits(at + 5, 2));
    let made = ["ymd(", "Month::new(", "from_epoch_days(", "from_ymd_opt("]
        .iter()
        .any(|call| line.match_indices(call).any(|(at, _)| digits(at + call.len(), 1)));
    written || made
}

#[test]
fn no_rule_holds_a_date() {
    assert!(date_literal("Day::parse_iso(\"2016-07-01\")") && date_literal("Day::ymd(2016, 7, 1)"));
    assert!(!date_literal("let month = Month::new(year, month); // 12-34"));
    let mut found = Vec::new();
    for (path, text) in sources(&at("src/rules")) {
        for (number, line) in text.lines().enumerate().filter(|(_, line)| date_literal(line)) {
            found.push(format!(
                "{}:{}: a date belongs in pipelines/law/: {line}",
                path.display(),
                number + 1
            ));
        }
    }
    none(found);
}

#[test]
fn sources_are_short_and_named_for_what_they_hold() {
    let mut found = Vec::new();
    for (path, text) in sources(&at("src")) {
        let lines = text.lines().count();
        if lines >= LINES {
            found.push(format!("{}: {lines} lines; split it below {LINES}", path.display()));
        }
        for part in path.components().filter_map(|part| Path::new(part.as_os_str()).file_stem()) {
            if NAMELESS.iter().any(|name| part.eq_ignore_ascii_case(name)) {
                found.push(format!("{}: name it for what it holds", path.display()));
            }
        }
    }
    none(found);
}

#[test]
fn statements_name_rules_that_exist_and_every_rule_decides_one() {
    let sources = coverage::sources().unwrap_or_else(|problem| panic!("{problem}"));
    let statements = || sources.iter().flat_map(|source| &source.statements);
    let mut forgotten = Vec::new();
    for statement in statements() {
        for code in statement.rules.iter().filter(|code| rule(code).is_none()) {
            forgotten.push(format!("{:?} ({}): there is no rule {code}", statement.says, statement.place));
        }
        if statement.none.is_some() && statement.why.is_empty() {
            forgotten.push(format!("{:?} ({}): say why no rule decides it", statement.says, statement.place));
        }
    }
    for rule in RULES.iter().filter(|rule| !FROM_OTHER_SOURCES.contains(&rule.code)) {
        if !statements().any(|statement| statement.rules.iter().any(|code| code == rule.code)) {
            forgotten.push(format!("{}: which statement in src/rules/coverage/ does it decide?", rule.code));
        }
    }
    none(forgotten);
}
