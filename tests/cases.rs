//! The case tables: what the rules must say, derived from the texts and never from the code.
//!
//! One file per rule under `tests/cases/<family>/`; `support/case_file.rs` describes its shape.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use klippekort::engine::{self, HeldExams};
use klippekort::law::{CurriculumBook, Law, LawBook};
use klippekort::rules::{RULES, rule};
use klippekort::student::undecided::undecided;
use klippekort::student::view::Unknown;
use klippekort::verdicts::ReviewReason;

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
    let groups = content.expect.get("attempts").and_then(toml::Value::as_table);
    if let Some(code) =
        groups.into_iter().flat_map(toml::Table::keys).find(|code| !exports.catalogue.codes.contains(code))
    {
        return Err(format!("attempts: no course {code}"));
    }
    exports.curricula = curricula.bind(&exports.programmes, &exports.catalogue).0;
    let inspection = engine::inspect(&exports, law, content.cutoffs, &|_| {});
    let found = engine::explain::find(&exports, observed::SUBJECT);
    let explained = || {
        let explain =
            |index: &usize| engine::explain::explain(&exports, law, content.cutoffs, *index, Some(rule));
        observed::explained(found.iter().map(explain))
    };
    let waiting = |index: &usize| undecided(&exports, *index, content.cutoffs.inspection_date);
    let waiting: Vec<_> = found.iter().flat_map(waiting).collect();
    Ok(observed::differences(&content.expect, &inspection, rule, &explained, &waiting))
}

/// A file with one case of SU101 that has these lines.
fn with_lines(lines: &str) -> CaseFile {
    const CASE: &str = r#"
[defaults]
inspection_date = "2026-11-30"
given = ["course_equivalences", "exam_registrations", "extra_portion_grants", "leaves", "exemptions", "projects"]
programmes = [{ programme_code = "BSC", level = "BSc", ects = "180" }]
courses = [{ course_code = "01001" }]
[[case]]
name = "a case"
why = "a reason"
kind = "ordinary"
enrolment.programme_code = "BSC"
enrolment.started_on = 2021-09-01
"#;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("su101.toml");
    fs::write(&path, [CASE, lines].concat()).expect("a case file");
    case_file::read(&path).unwrap_or_else(|error| panic!("{error}"))
}

fn law_of(content: &Content) -> Law {
    let law = Law::in_force(law_book(), content.cutoffs.inspection_date);
    law.unwrap_or_else(|problems| panic!("{problems}"))
}

/// What is told of such a case.
fn told(lines: &str) -> String {
    let file = with_lines(lines);
    let differences = file.cases[0]
        .content
        .as_ref()
        .map_err(Clone::clone)
        .and_then(|content| run(content, &law_of(content), &CurriculumBook::default(), &file.rule));
    let lines = |all: Vec<observed::Difference>| -> Vec<String> {
        all.into_iter().map(|one| format!("{}: expected {}", one.column, one.expected)).collect()
    };
    differences.map_or_else(|error| error, |all| lines(all).join("\n"))
}

#[test]
fn a_case_that_would_check_nothing_fails() {
    assert_eq!(told("expect = { klip_net = 0, curve = { 2021-09 = { klip_net = 0 } } }"), "");
    for (lines, words) in [
        ("expect.says = 5", "says: expected a list of texts"),
        ("expect.says = []", "says: expected a list of texts"),
        ("expect.explains = \"outcome\"", "explains: expected a list of texts"),
        ("expect.explains = [\"\"]", "explains: expected a list of texts"),
        ("expect.explains_without = []", "explains_without: expected a list of texts"),
        ("expect.explains_without = [[\"met\"]]", "explains_without: expected a list of texts"),
        ("expect.letters_without = []", "letters_without: expected a list of texts"),
        ("expect.letters_without = [\"hearing\"]", "letters_without: expected a code"),
        ("expect.review_reasons_without = [\"abroad\", \"enroled\"]", "a code of review_reasons"),
        ("expect.missing = {}", "missing: expected a table"),
        ("expect.missing = [\"A\"]", "missing: expected a table"),
        ("expect.attempts = \"01001\"", "attempts: expected a table"),
        ("expect.attempts.01002 = \"absent\"", "no course 01002"),
        ("expect.claims = []", "claims: expected a table"),
        ("expect.claims.K1 = {}", "claims.K1: expected"),
        ("expect.claims.K1.conditions = [\"support\"]", "claims.K1.conditions: expected a table"),
        ("expect.claims.K1.conditions.suport = \"not asked\"", "claims.K1.suport: expected the name"),
        ("expect.curve = {}", "curve: expected a table"),
        ("expect.curve.2021-09 = {}", "curve.2021-09: expected a table"),
        ("expect.curve.2021-09.net = 0", "curve.2021-09.net"),
        ("expect.ratios.MSC.students = 1", "ratios.MSC"),
        ("enrolment.cpr = \"123\"\nexpect.klip_net = 0", "enrolments.cpr cannot be"),
        ("previous = 5\nexpect.klip_net = 0", "previous is a table"),
        (
            "previous = { inspection_date = 2026-03-15, su_status = \"inactiv\" }\nexpect.klip_net = 0",
            "previous.su_status cannot be",
        ),
        ("lost_equivalences = \"01001\"\nexpect.klip_net = 0", "lost_equivalences is a list"),
        ("rejected_input = [\"E2\"]\nexpect.klip_net = 0", "no enrolment E2"),
        ("su_payments = [{ month = \"2021-09\", months = 2 }]\nexpect.klip_net = 0", "a month, or from"),
    ] {
        let told = told(lines);
        assert!(told.contains(words), "{lines}\n{told}");
    }
}

#[test]
fn what_was_not_given_is_named_with_the_rules_that_need_it() {
    for (lines, previous) in [("", false), ("previous = { inspection_date = 2026-03-15 }\n", true)] {
        let file = with_lines(&[lines, "expect.klip_net = 0"].concat());
        let content = file.cases[0].content.as_ref().expect("a case");
        let exports = exports::build(&content.rows, &law_of(content).result_codes).expect("exports");
        let mut wanted = Vec::new();
        for rule in RULES {
            let absent = rule.needs.iter().filter(|table| !content.rows.given.contains(table));
            wanted.extend(absent.map(|table| (rule.code, Unknown::Absent(*table))));
            if rule.code == "SU106" && !previous {
                wanted.push((rule.code, Unknown::PreviousRun));
            }
        }
        assert_eq!(engine::rules_not_run(&exports), wanted, "{lines}");
    }
}

#[test]
fn an_enrolment_is_found_by_its_id_and_by_that_of_its_student() {
    let lines = r#"
enrolments = [
  { enrolment_id = "E0", programme_code = "BSC", started_on = 2020-09-01 },
  { enrolment_id = "E2", programme_code = "BSC", started_on = 2020-09-01, student_id = "S2" },
]
"#;
    let file = with_lines(&[lines, "expect.klip_net = 0"].concat());
    let content = file.cases[0].content.as_ref().expect("a case");
    let exports = exports::build(&content.rows, &law_of(content).result_codes).expect("exports");
    let found = |id: &str| engine::explain::find(&exports, id);
    assert_eq!((found("E0"), found("E1"), found("E2")), (vec![0], vec![1], vec![2]));
    assert_eq!((found("S1"), found("S2"), found("S3")), (vec![0, 1], vec![2], vec![]));
}

#[test]
fn register_rows_of_one_person_are_those_of_the_student_and_of_the_same_number() {
    let lines = r#"
enrolment.cpr = "0101010001"
enrolments = [
  { enrolment_id = "E0", programme_code = "BSC", started_on = 2020-09-01 },
  { enrolment_id = "E2", programme_code = "BSC", started_on = 2020-09-01, student_id = "S2", cpr = "0101010001" },
  { enrolment_id = "E3", programme_code = "BSC", started_on = 2020-09-01, student_id = "S3", cpr = "0101010002" },
]
expect.klip_net = 0
"#;
    let file = with_lines(lines);
    let content = file.cases[0].content.as_ref().expect("a case");
    let law = law_of(content);
    let mut exports = exports::build(&content.rows, &law.result_codes).expect("exports");
    exports.identity_conflicts = vec![1];
    let explanation = engine::explain::explain(&exports, &law, content.cutoffs, 1, Some("SU101"));
    let rows = explanation.rows_in_doubt.iter().find(|rows| rows.reason == ReviewReason::IdentityConflict);
    assert_eq!(rows.map(|rows| rows.lines.len()), Some(3));
}

/// Inspected 2026-11-30: exams of the 183 days up to 2026-10-16, 45 days earlier, have a result by then.
#[test]
fn an_exam_that_was_held_has_a_result_of_its_course_from_a_month_before_it_on() {
    for (exam, result, held, without) in [
        ("2026-04-15", "", 0, 0),
        ("2026-04-16", "", 1, 1),
        ("2026-10-16", "", 1, 1),
        ("2026-10-17", "", 0, 0),
        ("2026-06-01", "{ course = '01001', assessed_on = 2026-06-20 }", 1, 0),
        ("2026-06-01", "{ course = '01002', assessed_on = 2026-06-20 }", 1, 1),
        // The result may be of another day of the exam, up to 31 days earlier.
        ("2026-06-01", "{ course = '01001', assessed_on = 2026-06-20, exam_date = 2026-04-30 }", 1, 1),
        ("2026-06-01", "{ course = '01001', assessed_on = 2026-06-20, exam_date = 2026-05-01 }", 1, 0),
        // Known by the cut-off of results.
        ("2026-06-01", "{ course = '01001', assessed_on = 2026-11-30 }", 1, 0),
        ("2026-06-01", "{ course = '01001', assessed_on = 2026-12-01 }", 1, 1),
    ] {
        let lines = format!(
            "courses = [{{ course_code = '01002' }}]\n\
             exam_registrations = [{{ course = '01001', registered_on = 2026-03-01, exam_date = {exam} }}]\n\
             results = [{result}]\nexpect.klip_net = 0"
        );
        let file = with_lines(&lines);
        let content = file.cases[0].content.as_ref().expect("a case");
        let law = law_of(content);
        let exports = exports::build(&content.rows, &law.result_codes).expect("exports");
        let found = engine::held_exams(&exports, None, &law, content.cutoffs, 0..1);
        assert_eq!(found, HeldExams { held, without }, "{lines}");
    }
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

/// A boundary is proved only by a case on each side of it, with verdicts that differ. No case names its
/// other side; but a file whose cases of the kind all expect the same certainly lacks one.
#[test]
fn cases_of_boundaries_and_of_changes_of_law_do_not_all_expect_the_same() {
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
