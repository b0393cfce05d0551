//! Each law of conservation, broken alone.

use klippekort::base::{Ects, Month};
use klippekort::diagnostics::Blame;
use klippekort::output::audit;
use klippekort::verdicts::{Inspection, ReviewReason};

use crate::samples::{self, REGISTER};

#[test]
fn the_sample_obeys_every_law() {
    audit(&samples::inspection(), REGISTER).expect("a sound inspection");
}

type Break = fn(&mut Inspection);

#[test]
fn each_broken_law_is_found_and_named() {
    let breaks: [(&str, Break); 23] = [
        ("register holds", |i| i.excluded.clear()),
        ("places in the register", |i| i.register_index.truncate(1)),
        ("place of its own", |i| i.register_index[1] = 0),
        ("place of its own", |i| i.register_index[1] = 3),
        ("keys are unique", |i| i.attempts.swap(0, 1)),
        ("keys are unique", |i| i.attempts[1].course_group = "01005".into()),
        ("keys are unique", |i| i.extra_portions.push(samples::claim("C1", "E1"))),
        ("keys are unique", |i| i.findings[1].finding_id = "F1".into()),
        ("keys are unique", |i| i.programme_ratios.push(i.programme_ratios[0].clone())),
        ("attempts belong", |i| i.attempts.push(samples::attempt("E3", "01005"))),
        ("findings belong", |i| i.findings[0].enrolment_id = "E8".into()),
        ("curves belong", |i| i.progress.push(("E3".into(), i.progress[1].1.clone()))),
        ("has a curve", |i| i.progress.truncate(1)),
        ("every month", |i| i.progress[0].1[0].month = Month::new(2027, 1)),
        ("every month", |i| i.progress[0].1.truncate(1)),
        ("ends at klip_net", |i| i.progress[0].1[1].klip_net = Some(2)),
        ("ends at ects_counted", |i| i.inspection[0].ects_counted = Some(Ects::points(31))),
        ("keys are unique", |i| i.curriculum.swap(0, 1)),
        ("belongs to an inspected", |i| i.curriculum[2].inspected = 2),
        ("belongs to an inspected", |i| i.requirements.truncate(1)),
        ("what is missing is what is required", |i| i.curriculum[0].missing = Some(Ects::ZERO)),
        ("one inspection date", |i| i.inspection[1].inspection_date = samples::day("2027-03-30")),
        ("sends no letter", |i| i.inspection[0].reviews.add(ReviewReason::Abroad)),
    ];
    for (number, (law, breaking)) in breaks.into_iter().enumerate() {
        let mut inspection = samples::inspection();
        breaking(&mut inspection);
        let problems = audit(&inspection, REGISTER).expect_err(law);
        assert_eq!(problems.blame(), Blame::Output);
        assert!(problems.to_string().contains(law), "{number}: {law}\n{problems}");
    }
}

#[test]
fn an_unsorted_or_repeated_enrolment_is_found() {
    let mut inspection = samples::inspection();
    inspection.inspection.swap(0, 1);
    let problems = audit(&inspection, REGISTER).expect_err("unsorted").to_string();
    assert!(problems.contains("inspection.parquet") && problems.contains("keys are unique"), "{problems}");
    let mut inspection = samples::inspection();
    inspection.progress[1].0 = "E1".into();
    let problems = audit(&inspection, REGISTER).expect_err("repeated").to_string();
    assert!(problems.contains("progress.parquet") && problems.contains("keys are unique"), "{problems}");
}

#[test]
fn an_unknown_figure_is_no_contradiction() {
    let mut inspection = samples::inspection();
    inspection.inspection[0].klip_net = None;
    inspection.progress[0].1[1].ects = None;
    audit(&inspection, REGISTER).expect("unknown agrees with anything");
}

#[test]
fn failures_name_rows_and_never_what_they_hold() {
    let mut inspection = samples::inspection();
    inspection.attempts = (0..9).map(|_| samples::attempt("E77", "01005")).collect();
    let problems = audit(&inspection, REGISTER).expect_err("many").to_string();
    assert!(problems.contains("8 row(s): 2, 3, 4, 5, 6, …"), "{problems}");
    assert!(!problems.contains("E77"), "{problems}");
}
