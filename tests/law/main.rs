//! The law files: the shipped ones hold, and whatever is wrong with one is told by file and line.

mod ranges;

use std::fs;
use std::path::{Path, PathBuf};

use klippekort::base::{Day, Month};
use klippekort::contract::codes::CardIssuer;
use klippekort::diagnostics::Diagnostics;
use klippekort::law::{CurriculumBook, Law, LawBook, Value};

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/law")
}

fn book() -> LawBook {
    LawBook::load(&shipped()).unwrap_or_else(|problems| panic!("{problems}"))
}

fn day(text: &str) -> Day {
    Day::parse_iso(text).expect("a date")
}

fn law(inspection_date: &str) -> Law {
    Law::in_force(book(), day(inspection_date)).unwrap_or_else(|problems| panic!("{problems}"))
}

/// A parameter with two values, of which the line numbers below speak.
const SOUND: &str = r#"[[parameter]]
key = "test.amount"
meaning = "An amount."
unit = "ects"
selected_by = ["inspection_date", "programme_start"]

[[parameter.value]]
value = "30"
inspection_date = { from = 2010-01-01 }
programme_start = { to = 2016-06-30 }
source = "A source"
checked_on = 2026-11-20
review_by = 2027-11-20

[[parameter.value]]
value = "60"
inspection_date = { from = 2010-01-01 }
programme_start = { from = 2016-07-01 }
source = "A source"
checked_on = 2026-11-20
review_by = 2027-11-20
"#;
const FIRST_VALUE: usize = 7;
const SECOND_VALUE: usize = 15;

fn load(text: &str) -> Result<LawBook, Diagnostics> {
    let folder = tempfile::tempdir().expect("a scratch folder");
    fs::write(folder.path().join("test.toml"), text).expect("a law file");
    LawBook::load(folder.path())
}

/// With `from` replaced by `to` the sound file is refused, with these words, by file and line.
#[track_caller]
fn refused(from: &str, to: &str, lines: std::ops::RangeInclusive<usize>, words: &str) {
    assert!(SOUND.contains(from), "{from:?} stands in the sound file");
    let Err(problems) = load(&SOUND.replacen(from, to, 1)) else {
        panic!("{from:?} -> {to:?} was accepted");
    };
    let told = problems.iter().find(|problem| problem.message.contains(words));
    let Some(told) = told else { panic!("says {words:?}:\n{problems}") };
    assert!(told.place.file.ends_with("test.toml"), "names the file:\n{problems}");
    assert!(told.place.line.is_some_and(|line| lines.contains(&line)), "line {lines:?}:\n{problems}");
}

#[test]
fn a_text_is_not_empty_but_the_paragraph_of_an_act() {
    let text = SOUND.replace("\"ects\"", "\"text\"").replace("\"30\"", "\" \"");
    let problems = load(&text).expect_err("an empty text").to_string();
    assert!(problems.starts_with("error: test.amount: an empty text"), "{problems}");
    assert!(load(&text.replace("test.amount", "test.paragraph")).is_ok());
}

#[test]
fn the_shipped_law_loads() {
    let book = book();
    assert!(book.parameters.is_sorted_by(|a, b| a.key < b.key));
    for code in ["12", "02", "-3", "SYG", "AB"] {
        assert!(book.result_codes.find(code).is_some(), "{code}");
    }
    for value in book.parameters.iter().flat_map(|parameter| &parameter.values) {
        assert!(!value.source.trim().is_empty(), "{}", value.place);
        assert!(value.checked_on < value.review_by, "{}", value.place);
        assert!(value.place.line.is_some(), "{}", value.place);
    }
}

#[test]
fn a_sound_file_is_read() {
    let book = load(SOUND).unwrap_or_else(|problems| panic!("{problems}"));
    let value = book.parameter("test.amount").expect("the parameter");
    let at = |start| value.at(day("2020-01-01"), day(start)).map(|found| found.value.to_string());
    assert_eq!(at("2016-06-30"), Ok("30".to_owned()));
    assert_eq!(at("2016-07-01"), Ok("60".to_owned()));
}

#[test]
fn a_gap_is_refused() {
    refused("{ from = 2016-07-01 }", "{ from = 2016-07-02 }", 1..=SECOND_VALUE, "no value");
    refused("{ to = 2016-06-30 }", "{ to = 2016-06-29 }", 1..=SECOND_VALUE, "no value");
    refused("{ from = 2010-01-01 }", "{ from = 2010-01-02 }", 1..=SECOND_VALUE, "no value");
    refused("{ from = 2010-01-01 }", "{ from = 2010-01-01, to = 2030-12-31 }", 1..=SECOND_VALUE, "no value");
    refused("{ from = 2016-07-01 }", "{ from = 2016-07-01, to = 2040-12-31 }", 1..=SECOND_VALUE, "no value");
}

#[test]
fn an_overlap_is_refused() {
    let second = SECOND_VALUE..=SECOND_VALUE;
    refused("{ to = 2016-06-30 }", "{ to = 2016-07-01 }", second.clone(), "two values");
    refused("{ from = 2016-07-01 }", "{ from = 2016-06-30 }", second.clone(), "two values");
    refused("programme_start = { to = 2016-06-30 }\n", "", (SECOND_VALUE - 1)..=SECOND_VALUE, "two values");
}

#[test]
fn an_unknown_key_is_refused() {
    refused("meaning = ", "menaing = ", 1..=3, "menaing");
    refused("source = ", "sources = ", FIRST_VALUE..=11, "sources");
    refused("{ to = 2016-06-30 }", "{ till = 2016-06-30 }", FIRST_VALUE..=10, "till");
    refused("\"programme_start\"]", "\"programme_end\"]", 5..=5, "unknown selecting date");
    let problems = load(&format!("[other]\nx = 1\n{SOUND}")).expect_err("an unknown table");
    assert!(problems.to_string().contains("test.toml:1"), "{problems}");
}

#[test]
fn a_value_without_source_is_refused() {
    refused("source = \"A source\"\n", "", FIRST_VALUE..=13, "source");
    refused("source = \"A source\"", "source = \" \"", FIRST_VALUE..=11, "source");
    refused("checked_on = 2026-11-20\n", "", FIRST_VALUE..=13, "checked_on");
    refused("review_by = 2027-11-20", "review_by = 2026-11-20", FIRST_VALUE..=13, "review_by");
}

#[test]
fn a_float_amount_is_refused() {
    refused("value = \"30\"", "value = 2.5", FIRST_VALUE..=8, "written as text");
    refused("value = \"30\"", "value = 30", FIRST_VALUE..=8, "written as text");
    refused("value = \"30\"", "value = \"2,5\"", FIRST_VALUE..=8, "no ECTS amount");
    refused("value = \"30\"", "value = \"2.505\"", FIRST_VALUE..=8, "no ECTS amount");
}

#[test]
fn a_window_that_ends_before_it_begins_is_refused() {
    let first = FIRST_VALUE..=10;
    refused("{ to = 2016-06-30 }", "{ from = 2016-07-01, to = 2016-06-30 }", first, "ends before it begins");
}

#[test]
fn a_window_on_a_date_that_does_not_select_is_refused() {
    refused(
        "selected_by = [\"inspection_date\", \"programme_start\"]",
        "selected_by = [\"programme_start\"]",
        FIRST_VALUE..=10,
        "does not select",
    );
}

#[test]
fn a_parameter_that_stands_twice_is_refused() {
    let problems = load(&format!("{SOUND}\n{SOUND}")).expect_err("twice");
    assert!(problems.to_string().contains("stands twice"), "{problems}");
    assert!(problems.to_string().contains("test.toml:23"), "{problems}");
}

#[test]
fn all_problems_are_told_together() {
    let text = SOUND.replacen("value = \"30\"", "value = 30", 1).replacen("value = \"60\"", "value = 60", 1);
    let problems = load(&text).expect_err("two amounts that are not text");
    for line in [FIRST_VALUE, SECOND_VALUE] {
        assert!(problems.iter().any(|problem| problem.place.line == Some(line)), "{problems}");
    }
}

/// A file that is no text, and one whose content is wrong.
fn spoilt_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("a.toml"), b"\xff").expect("a file");
    std::fs::write(folder.path().join("b.toml"), "[other]\nx = 1\n").expect("a file");
    std::fs::write(folder.path().join("notes.txt"), b"\xff").expect("a file");
    folder
}

#[test]
fn problems_of_all_files_are_told_together() {
    let folder = spoilt_folder();
    let law = LawBook::load(folder.path()).expect_err("two files");
    let curricula = CurriculumBook::load(folder.path()).expect_err("two files");
    for problems in [law, curricula] {
        let told: Vec<String> = problems.iter().map(|problem| problem.place.to_string()).collect();
        assert!(told.len() >= 2, "{told:?}");
        assert!(told[0].contains("a.toml") && told[1..].iter().all(|at| at.contains("b.toml:1")), "{told:?}");
    }
}

/// Leaving out any one parameter that the rules read is an error that names it.
#[test]
fn a_missing_parameter_is_refused() {
    let book = book();
    let read: Vec<&str> = klippekort::rules::RULES.iter().flat_map(|rule| rule.parameters).copied().collect();
    for key in read {
        let mut less = book.clone();
        less.parameters.retain(|parameter| parameter.key != key);
        let problems = Law::in_force(less, day("2026-11-30")).expect_err(key);
        assert!(problems.to_string().contains(key), "names {key}:\n{problems}");
    }
}

#[test]
fn a_value_of_another_type_is_refused_by_line() {
    let mut book = book();
    let parameter = book.parameters.iter_mut().find(|parameter| parameter.key == "su.frame_portions");
    let parameter = parameter.expect("the frame");
    parameter.values.iter_mut().for_each(|value| value.value = Value::Text("seventy".to_owned()));
    let problems = Law::in_force(book, day("2026-11-30")).expect_err("a text for a number");
    let place = &problems.iter().next().expect("a problem").place;
    assert!(place.file.ends_with("su.toml") && place.line.is_some(), "{problems}");
}

/// No day without an answer, none with two.
#[test]
fn every_parameter_has_one_value_on_every_date() {
    let book = book();
    let mut starts: Vec<Day> = (2009..=2035).map(|year| Month::new(year, 1).first_day()).collect();
    for window in book.parameters.iter().flat_map(|p| &p.values).map(|value| value.windows[1]) {
        for edge in window.from.into_iter().chain(window.to) {
            starts.extend([edge.plus_days(-1), edge, edge.plus_days(1)]);
        }
    }
    starts.sort_unstable();
    starts.dedup();
    assert!(starts.contains(&day("2016-06-30")) && starts.contains(&day("2025-07-01")));
    let mut problems = Vec::new();
    for parameter in &book.parameters {
        for month in 0..(2035 - 2010 + 1) * 12 {
            let inspection = Month::new(2010, 1).plus(month).first_day();
            for start in &starts {
                if let Err(problem) = parameter.at(inspection, *start) {
                    problems.push(problem.to_string());
                }
            }
        }
    }
    assert!(problems.is_empty(), "{} problems, first: {}", problems.len(), problems[0]);
}

#[test]
fn the_reform_changes_on_both_dates() {
    let later = law("2035-01-01");
    for (inspection, start, frame, supplement, extension) in [
        ("2026-12-31", "2025-06-30", 70, 0, true),
        ("2026-12-31", "2025-07-01", 70, 0, true),
        ("2027-01-01", "2025-06-30", 70, 0, true),
        ("2027-01-01", "2025-07-01", 58, 12, false),
        ("2035-01-01", "2025-06-30", 70, 0, true),
        ("2035-01-01", "2034-09-01", 58, 12, false),
    ] {
        let law = law(inspection);
        let parameters = law.for_start(day(start));
        // Under the law of any later inspection as well.
        for law_of in [inspection, "2035-01-01"] {
            let parameters = if law_of == inspection { parameters } else { later.for_start(day(start)) };
            let found = (
                parameters.frame_portions.on(day(inspection)),
                parameters.frame_supplement_portions.on(day(inspection)),
                parameters.support_extension_applies.on(day(inspection)),
            );
            let expected = (Some(frame), Some(supplement), Some(extension));
            assert_eq!(found, expected, "inspected {inspection}, begun {start}, law of {law_of}");
            let before = day("2009-12-31");
            assert_eq!(parameters.frame_portions.on(before), None);
            assert_eq!(parameters.frame_portions.on_or_first(before), 70);
            assert!(parameters.support_extension_applies.on_or_first(before));
        }
        let value = law.value("su.frame_portions", day(start)).expect("a value");
        assert_eq!(value.value, Value::Int(frame), "inspected {inspection}, begun {start}");
    }
}

#[test]
fn the_regime_changes_on_its_day() {
    let law = law("2026-11-30");
    for (start, regime, delay) in [
        ("1999-09-01", "twelve_months", "60"),
        ("2016-06-30", "twelve_months", "60"),
        ("2016-07-01", "six_months", "30"),
        ("2026-11-30", "six_months", "30"),
    ] {
        let parameters = law.for_start(day(start));
        let found = (parameters.regime.code(), parameters.requirement.allowed_delay.to_string());
        assert_eq!(found, (regime, delay.to_owned()), "begun {start}");
    }
}

/// Easter Sunday is 9 April 2023, 31 March 2024 and 5 April 2026; the Great Prayer Day is none from 2024 on.
#[test]
fn the_public_holidays_of_a_year() {
    let law = law("2026-11-30");
    let holidays = &law.for_start(day("2025-09-01")).holidays;
    let of_year = |year: i32| -> Vec<String> {
        let first = Month::new(year, 1).first_day();
        let days =
            (0..first.days_until(Month::new(year + 1, 1).first_day())).map(|after| first.plus_days(after));
        days.filter(|day| holidays.contains(*day)).map(|day| day.to_string()[5..].to_owned()).collect()
    };
    for (year, easter_to_whitsun) in [
        (2023, ["04-06", "04-07", "04-09", "04-10", "05-05", "05-18", "05-28", "05-29"].as_slice()),
        (2024, &["03-28", "03-29", "03-31", "04-01", "05-09", "05-19", "05-20"]),
        (2026, &["04-02", "04-03", "04-05", "04-06", "05-14", "05-24", "05-25"]),
    ] {
        let expected = [&["01-01"], easter_to_whitsun, &["12-25", "12-26"]].concat();
        assert_eq!(of_year(year), expected, "{year}");
    }
}

/// By what pages say that were read for this test. Of the other years, only that the rate rose is asked.
#[test]
fn one_month_of_su_is_the_rate_of_its_calendar_year() {
    const SEEN: [(i32, i32); 11] = [
        // tjekfagforening.dk, Udviklingen af SU-satser gennem tiden
        (2010, 5384),
        (2011, 5486),
        (2012, 5662),
        (2013, 5753),
        (2014, 5839),
        // danmarkmedmere.dk, Hvor meget får man i SU?
        (2017, 6015),
        // avisen.dk, Hvad får man i SU? (February 2018)
        (2018, 6090),
        // billigzonen.dk, SU beregner 2023
        (2023, 6589),
        // seniorfolk.dk, SU 2024
        (2024, 6820),
        // tjekfagforening.dk, as above
        (2025, 7086),
        // beraknare.se, SU Beregner 2026
        (2026, 7426),
    ];
    let law = law("2026-11-30");
    let rate = &law.for_start(day("2009-09-01")).monthly_su_dkk;
    for year in 2010..=2026 {
        let (first, next) = (Month::new(year, 1).first_day(), Month::new(year + 1, 1).first_day());
        let of_year = rate.on(first).expect("a rate");
        assert_eq!(rate.on(next.plus_days(-1)), Some(of_year), "throughout {year}");
        assert_eq!(rate.on(next).is_some_and(|next| next > of_year), year < 2026, "{year} to the next");
        if let Some((_, seen)) = SEEN.iter().find(|(seen, _)| *seen == year) {
            assert_eq!(of_year, *seen, "{year}");
        }
    }
}

#[test]
fn the_built_in_law_is_the_law_folder() {
    let folder = LawBook::load(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/law")));
    assert_eq!(LawBook::shipped().expect("sound").sha256, folder.expect("sound").sha256);
}

/// The shipped law with one parameter changed throughout.
fn changed(key: &str, value: Value) -> Result<Law, Diagnostics> {
    let mut book = book();
    let parameter = book.parameters.iter_mut().find(|parameter| parameter.key == key).expect(key);
    parameter.values.iter_mut().for_each(|dated| dated.value = value.clone());
    Law::in_force(book, day("2026-11-30"))
}

#[test]
fn the_law_names_the_university_whose_cards_are_meant() {
    for issuer in ["dtu", "ntnu", "ntu"] {
        let law = changed("cards.issuer", Value::Text(issuer.to_owned())).expect("a known issuer");
        let cards = &law.for_start(day("2024-09-01")).cards;
        assert_eq!(cards.policy(None).issuer.code(), issuer);
        assert_eq!(cards.policy(Some(CardIssuer::Ntnu)).issuer, CardIssuer::Ntnu);
        assert_eq!(cards.policy(None).switch.is_some(), issuer == "ntu");
    }
}

#[test]
fn lists_of_exams_and_cards_hold_known_entries_only() {
    let list = |entry: &str| Value::List(vec![entry.to_owned()]);
    for (key, sound, wrong) in [
        ("cards.ntnu.fees", ["lost 0", "lost ?"], ["lost -1", "stolen 150"]),
        ("cards.ntu.update_hours", ["0", "23"], ["24", "-1"]),
        ("cards.dtu.steps", ["photo", "activate"], ["pay", ""]),
        ("exams.refused_levels", ["MSc BEng", "BSc PhD"], ["MSc", "MSc HF"]),
        ("exams.part_grades", ["-3", "02"], ["BE", ""]),
    ] {
        for entry in sound {
            assert!(changed(key, list(entry)).is_ok(), "{key} {entry:?}");
        }
        for entry in wrong {
            let problems = changed(key, list(entry)).expect_err(entry);
            assert!(problems.to_string().contains(key), "{problems}");
        }
    }
}
