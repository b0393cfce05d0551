//! The case tables: what the rules must say, derived from the texts and never from the code.
//!
//! One file per rule under `tests/cases/<family>/`; `support/case_file.rs` describes its shape.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use klippekort::engine;
use klippekort::law::{CurriculumBook, Law, LawBook};
use klippekort::rules::{RULES, rule};

use support::case_file::{self, CaseFile, Content};
use support::{exports, observed};

fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn law_book() -> LawBook {
    LawBook::load(&at("pipelines/law")).unwrap_or_else(|problems| panic!("{problems}"))
}

/// All case files, by rule.
fn case_files() -> Vec<CaseFile> {
    let mut paths = Vec::new();
    for family in fs::read_dir(at("tests/cases")).expect("tests/cases") {
        for file in fs::read_dir(family.expect("a family").path()).expect("a folder of cases") {
            paths.push(file.expect("a case file").path());
        }
    }
    paths.sort();
    paths.iter().map(|path| case_file::read(path).unwrap_or_else(|error| panic!("{error}"))).collect()
}

#[test]
fn every_case_holds() {
    let book = law_book();
    let curricula =
        CurriculumBook::load(&at("pipelines/curricula")).unwrap_or_else(|problems| panic!("{problems}"));
    let mut laws: BTreeMap<_, Law> = BTreeMap::new();
    let (mut failures, mut failed, mut all) = (Vec::new(), 0, 0);
    for file in case_files() {
        for case in &file.cases {
            all += 1;
            let before = failures.len();
            let mut fail = |text: String| failures.push(format!("{} | {} | {text}", file.shown, case.name));
            match &case.content {
                Err(error) => fail(error.clone()),
                Ok(content) => {
                    let date = content.cutoffs.inspection_date;
                    let law = laws.entry(date).or_insert_with(|| {
                        Law::in_force(book.clone(), date).unwrap_or_else(|problems| panic!("{problems}"))
                    });
                    match run(content, law, &curricula, &file.rule) {
                        Ok(differences) => differences.into_iter().for_each(|d| {
                            fail(format!("{}: expected {}, got {}", d.column, d.expected, d.got));
                        }),
                        Err(error) => fail(error),
                    }
                }
            }
            failed += usize::from(failures.len() > before);
        }
    }
    assert!(failures.is_empty(), "{failed} of {all} cases fail:\n{}\n", failures.join("\n"));
}

fn run(
    content: &Content,
    law: &Law,
    curricula: &CurriculumBook,
    rule: &str,
) -> Result<Vec<observed::Difference>, String> {
    let mut exports = exports::build(&content.rows, &law.result_codes)?;
    exports.curricula = curricula.bind(&exports.programmes, &exports.catalogue).0;
    let inspection = engine::inspect(&exports, law, content.cutoffs, &|_| {});
    let explained = || {
        let found = engine::explain::find(&exports, observed::SUBJECT);
        let explain = |index| engine::explain::explain(&exports, law, content.cutoffs, index, Some(rule));
        observed::explained(found.into_iter().map(explain))
    };
    Ok(observed::differences(&content.expect, &inspection, rule, &explained))
}

#[test]
fn every_rule_has_all_kinds_of_case() {
    let book = law_book();
    let files = case_files();
    let mut missing = Vec::new();
    for rule in RULES {
        let file = files.iter().find(|file| file.rule == rule.code);
        let has = |kind: &str| file.is_some_and(|file| file.cases.iter().any(|case| case.kind == kind));
        let changes = rule
            .parameters
            .iter()
            .any(|key| book.parameter(key).is_some_and(|parameter| parameter.values.len() > 1));
        for kind in case_file::KINDS {
            if !has(kind) && (kind != "law_date" || changes) {
                missing.push(format!("{}: no case of kind {kind}", rule.code));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// A boundary is proved only by a case on each side of it, with verdicts that differ.
#[test]
fn every_boundary_and_every_change_of_law_has_both_sides() {
    let mut one_sided = Vec::new();
    for file in case_files() {
        for kind in ["boundary", "law_date"] {
            let cases = file.cases.iter().filter(|case| case.kind == kind);
            let expected: Vec<&toml::Table> =
                cases.filter_map(|case| case.content.as_ref().ok()).map(|content| &content.expect).collect();
            let differ = expected.iter().any(|one| {
                let key_differs = |key: &String| {
                    expected
                        .iter()
                        .any(|other| other.get(key).is_some_and(|value| one.get(key) != Some(value)))
                };
                one.keys().any(key_differs)
            });
            if !expected.is_empty() && !differ {
                one_sided.push(format!("{}: all cases of kind {kind} expect the same", file.shown));
            }
        }
    }
    assert!(one_sided.is_empty(), "{}", one_sided.join("\n"));
}

#[test]
fn every_case_file_stands_beside_its_rule() {
    for file in case_files() {
        let rule = rule(&file.rule).unwrap_or_else(|| panic!("{} is of no rule", file.shown));
        let path = at("tests/cases").join(rule.family.folder()).join(&file.shown);
        assert!(path.is_file(), "{} belongs in {}", file.shown, rule.family.folder());
    }
}
