//! Curricula as data: the shipped one is whole, and what cannot be meant is refused with its place.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[path = "support/klip.rs"]
#[allow(dead_code, reason = "the tests of the commands use the rest")]
mod program;

use std::fs;
use std::path::Path;

use klippekort::base::{Day, Ects};
use klippekort::contract::codes::{CourseLevel, Grading, ProgrammeLevel};
use klippekort::generate::catalogue::COURSES;
use klippekort::law::CurriculumBook;
use klippekort::student::curriculum::{Curricula, Curriculum, CurriculumOf};
use klippekort::student::exports::{Catalogue, Course, Programme};
use program::{SAMPLE, at, copy, moved_pipeline};

fn day(text: &str) -> Day {
    Day::parse_iso(text).unwrap()
}

fn programmes() -> Vec<Programme> {
    ["MSC-ANY", "MSC-FYS"]
        .map(|code| Programme {
            code: code.to_owned(),
            title: String::new(),
            level: ProgrammeLevel::MSc,
            ects: Ects::points(120),
            prescribed_months: 24,
            max_months: 36,
            line: 0,
        })
        .into()
}

fn catalogue(codes: &[&str]) -> Catalogue {
    let course = |code: &&str| Course {
        code: (*code).to_owned(),
        title: String::new(),
        ects: Ects::points(5),
        level: CourseLevel::MSc,
        grading: Grading::SevenPoint,
        external_examiner: false,
        oral: None,
        discontinued_on: None,
        general_engineering: None,
        line: 0,
    };
    Catalogue {
        courses: codes.iter().map(course).collect(),
        codes: codes.iter().map(|code| (*code).to_owned()).collect(),
        group_of: (0..codes.len() as u32).collect(),
        ..Catalogue::default()
    }
}

fn found<'a>(curricula: &'a Curricula, programme: u32, started_on: &str) -> &'a Curriculum {
    match curricula.of(programme, day(started_on)) {
        CurriculumOf::Found(curriculum) => curriculum,
        other => panic!("{started_on}: {other:?}"),
    }
}

const SMALL: &str = r#"
[curriculum]
title = "A small one"
programme_codes = ["MSC-FYS"]
admitted = { from = 2020-09-01 }
total_ects = "120"
source = "A source"
checked_on = 2026-11-20
review_by = 2027-11-20

[[requirement]]
code = "G"
title = "General"
ects = "30"

[[requirement]]
code = "B"
part_of = "G"
title = "Experiments"
ects = "5"

[[courses]]
requirement = "B"
codes = ["10001", "10002"]

[[courses]]
requirement = "G"
codes = ["10003"]
admitted = { to = 2022-08-31 }
"#;

fn read(texts: &[&str]) -> Result<CurriculumBook, String> {
    let texts: Vec<(String, String)> =
        texts.iter().enumerate().map(|(at, text)| (format!("c{at}.toml"), (*text).to_owned())).collect();
    CurriculumBook::read(&texts).map_err(|problems| problems.to_string())
}

#[test]
fn the_shipped_curriculum_is_whole() {
    let book =
        CurriculumBook::load(&at("pipelines/curricula")).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!((book.len(), book.sha256.len()), (1, 64));
    let codes: Vec<&str> = COURSES.iter().map(|course| course.code).collect();
    let catalogue = catalogue(&codes);
    let (curricula, unknown) = book.bind(&programmes(), &catalogue);
    assert!(unknown.is_empty(), "{unknown}");
    assert!(matches!(curricula.of(0, day("2024-09-01")), CurriculumOf::NoFile));
    let fills = |started_on: &str, code: &str| -> Vec<String> {
        let curriculum = found(&curricula, 1, started_on);
        let bits = curriculum.fills(codes.binary_search(&code).unwrap() as u32);
        let of = |at: &usize| bits & (1 << at) != 0;
        (0..16).filter(of).map(|at| curriculum.requirements[at].code.clone()).collect()
    };
    let (gc, ts) = ("general_competence", "technological_specialisation");
    // One course of every list, on both sides of every edge.
    for (code, edges) in [
        ("10304", [("2020-08-31", vec!["B", ts]), ("2020-09-01", vec!["B"])]),
        ("22649", [("2020-08-31", vec![gc, ts]), ("2020-09-01", vec![])]),
        ("10321", [("2020-08-31", vec!["D", ts]), ("2020-09-01", vec!["D"])]),
        ("34055", [("2021-08-31", vec![gc]), ("2021-09-01", vec![])]),
        ("10337", [("2021-08-31", vec!["D", ts]), ("2021-09-01", vec!["D"])]),
        ("10850", [("2021-08-31", vec![gc, ts]), ("2021-09-01", vec![ts])]),
        ("42429", [("2022-08-31", vec![gc]), ("2022-09-01", vec![])]),
        ("42500", [("2022-08-31", vec![gc]), ("2022-09-01", vec!["A_engineering"])]),
        ("10318", [("2023-08-31", vec![ts]), ("2023-09-01", vec![])]),
        ("10318", [("2022-08-31", vec![gc, ts]), ("2022-09-01", vec![ts])]),
        ("10750", [("2019-09-01", vec!["A_innovation"]), ("2026-09-01", vec!["A_innovation"])]),
        ("10350", [("2024-02-01", vec!["C"]), ("2026-09-01", vec!["C"])]),
        ("34052", [("2019-09-01", vec![ts]), ("2026-09-01", vec![ts])]),
    ] {
        for (started_on, wanted) in edges {
            assert_eq!(fills(started_on, code), wanted, "{code}, begun {started_on}");
        }
    }
    for started_on in ["2019-09-01", "2020-09-01", "2021-09-01", "2022-09-01", "2023-09-01"] {
        let curriculum = found(&curricula, 1, started_on);
        assert_eq!((curriculum.total, curriculum.electives()), (Ects::points(120), Ects::points(30)));
        let listed = (0..codes.len() as u32).filter(|group| curriculum.fills(*group) != 0).count();
        let wanted = [95, 92, 80, 76, 72];
        let year = started_on[..4].parse::<usize>().unwrap() - 2019;
        assert_eq!(listed, wanted[year], "courses on a list, begun {started_on}");
    }
}

#[test]
fn a_start_outside_the_file_has_no_variant() {
    let book = read(&[SMALL]).unwrap();
    let (curricula, unknown) = book.bind(&programmes(), &catalogue(&["10001", "10003"]));
    assert!(matches!(curricula.of(1, day("2020-08-31")), CurriculumOf::NoVariant));
    let (earlier, later) = (found(&curricula, 1, "2022-08-31"), found(&curricula, 1, "2022-09-01"));
    assert_eq!((earlier.fills(1), later.fills(1), later.fills(0)), (1, 0, 2));
    // Named once with its place, though it stands in two variants.
    let told: Vec<String> =
        unknown.iter().map(|found| format!("{}: {}", found.place, found.message)).collect();
    assert_eq!(told, ["c0.toml:24:19: the table courses has no course 10002"]);
}

#[test]
fn what_cannot_be_meant_is_refused_with_its_place() {
    for (from, to, message) in [
        ("code = \"B\"", "code = \"G\"", "c0.toml:16:1: the requirement G stands twice"),
        ("part_of = \"G\"", "part_of = \"H\"", "c0.toml:16:1: B is part of H, which does not stand above it"),
        ("ects = \"5\"", "ects = \"35\"", "c0.toml:11:1: the parts of G ask for more ECTS than it"),
        ("ects = \"30\"", "ects = \"125\"", "c0.toml:2:1: the requirements ask for more ECTS than the whole"),
        ("ects = \"5\"", "ects = \"5,0\"", "c0.toml:16:1: \"5,0\" is no ECTS amount"),
        (
            "requirement = \"B\"",
            "requirement = \"C\"",
            "c0.toml:22:1: courses of C, which is no requirement then",
        ),
        ("\"10001\", \"10002\"", "\"10001\", \"10001\"", "c0.toml:24:19: 10001 stands twice in B"),
        (
            "{ to = 2022-08-31 }",
            "{ from = 2023-01-01, to = 2022-08-31 }",
            "c0.toml:26:1: a window that ends before it begins",
        ),
        (
            "review_by = 2027-11-20",
            "review_by = 2026-11-20",
            "c0.toml:2:1: review_by must lie after checked_on",
        ),
        ("source = \"A source\"", "source = \" \"", "c0.toml:2:1: a curriculum needs a source"),
        ("title = \"General\"", "titel = \"General\"", "c0.toml:13:1: unknown field `titel`"),
    ] {
        assert!(SMALL.contains(from), "{from}");
        let refused = read(&[&SMALL.replacen(from, to, 1)]).expect_err(from);
        let (place, said) = message.split_once(": ").unwrap_or((message, ""));
        let lines: Vec<&str> = refused.lines().collect();
        let told =
            lines.iter().any(|line| line.contains(said)) && lines.iter().any(|line| line.contains(place));
        assert!(told, "{from} -> {to}: wanted {message}, got\n{refused}");
    }
    let two = read(&[SMALL, SMALL]).expect_err("two files for one programme");
    assert!(two.contains("MSC-FYS has two curricula for one programme start"), "{two}");
    let apart = SMALL.replace("from = 2020-09-01", "to = 2020-08-31");
    let apart = apart.replace("admitted = { to = 2022-08-31 }\n", "");
    assert_eq!(read(&[SMALL, &apart]).unwrap().len(), 2);
}

fn klip(arguments: &[&str]) -> (i32, String) {
    let output = program::klip(arguments);
    (program::code(&output), program::stdout(&output) + &program::stderr(&output))
}

/// The shipped pipeline in a scratch folder, with a curriculum of its own.
fn pipeline(scratch: &Path, curriculum: &str) -> String {
    copy("pipelines/law", &scratch.join("law"));
    fs::create_dir(scratch.join("curricula")).unwrap();
    fs::write(scratch.join("curricula/one.toml"), curriculum).unwrap();
    let path = moved_pipeline(SAMPLE, scratch, |text| text.replace("# curricula = ", "curricula = "));
    path.display().to_string()
}

#[test]
fn check_run_and_explain_know_the_curriculum() {
    let scratch = tempfile::tempdir().unwrap();
    let path = pipeline(scratch.path(), SMALL);
    let (code, said) = klip(&["check", &path]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("one.toml:24:10: the table courses has no course 10001"), "{said}");
    assert!(said.contains("1 curriculum,"), "{said}");
    let (code, said) = klip(&["run", &path]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("3 courses of the curricula are not in the catalogue"), "{said}");
    let run = scratch.path().join("runs/inspection_date=2027-03-15");
    let record: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(run.join("run.json")).unwrap()).unwrap();
    let book = read(&[SMALL]).unwrap();
    assert_eq!(record["curricula"]["files"]["one.toml"].as_str().unwrap(), book.files[0].1);
    assert!(run.join("curriculum.parquet").is_file());
    let run = run.display().to_string();
    let (code, said) = klip(&["explain", &run, "E9000001", "DG407"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("A source"), "{said}");

    fs::write(scratch.path().join("curricula/one.toml"), SMALL.replace("\"5\"", "\"10\"")).unwrap();
    let (code, said) = klip(&["explain", &run, "E9000001", "DG407"]);
    assert!(code != 0 && said.contains("a curriculum changed since the run"), "{said}");
    fs::write(scratch.path().join("curricula/one.toml"), SMALL.replace("part_of = \"G\"", "part_of = \"H\""))
        .unwrap();
    let (code, said) = klip(&["check", &path]);
    assert!(code == 2 && said.contains("B is part of H"), "{said}");
    fs::remove_dir_all(scratch.path().join("curricula")).unwrap();
    let (code, said) = klip(&["check", &path]);
    assert!(code == 2 && said.contains("the folder of the curricula"), "{said}");
}
