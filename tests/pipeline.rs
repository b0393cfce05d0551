//! The pipeline file: all its problems at once, each with its place.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod exports_folder;

use std::fs;

use exports_folder::ExportsFolder;
use klippekort::pipeline::{Overrides, Pipeline};

#[test]
fn a_pipeline_tells_all_its_problems_with_their_places() {
    let folder = ExportsFolder::plain();
    let path = folder.path("pipeline.toml");
    let text = "[pipeline]\nname = \"x\"\n[dates]\ninspection_date = \"2027-03-15\"\nresults_through = \"2027-03-16\"\n\
                payments_through = \"2027-05\"\n[dialect]\nseperator = \";\"\n[tables.resluts]\n\
                [tables.enrolments.values.status]\n\"indskrevet\" = \"actve\"\n";
    fs::write(&path, text).expect("writable");
    let told = Pipeline::load(&path, &Overrides::default()).expect_err("seven problems").to_string();
    for expected in [
        "`input.folder` is missing",
        ":5:19",
        "results_through 2027-03-16",
        ":6:20",
        "payments_through 2027-05",
        ":8:1",
        "did you mean `separator`",
        ":9:9",
        "did you mean `results`",
        ":11:16",
        "did you mean `active`",
    ] {
        assert!(told.contains(expected), "{expected} in\n{told}");
    }
    let flags = Overrides {
        input: Some("exports".into()),
        results_through: klippekort::base::Day::parse_iso("2027-03-01"),
        payments_through: klippekort::base::Month::parse_iso("2027-04"),
        ..Overrides::default()
    };
    let told = Pipeline::load(&path, &flags).expect_err("three problems").to_string();
    assert!(!told.contains("results_through") && !told.contains("payments_through"), "{told}");
    assert!(!told.contains("input.folder"), "{told}");
    let flags = Overrides {
        results_through: klippekort::base::Day::parse_iso("2027-03-17"),
        payments_through: klippekort::base::Month::parse_iso("2027-06"),
        ..Overrides::default()
    };
    let told = Pipeline::load(&path, &flags).expect_err("six problems").to_string();
    for (message, option) in [
        ("results_through 2027-03-17", "--results-through"),
        ("payments_through 2027-06", "--payments-through"),
    ] {
        let place = told.lines().skip_while(|line| !line.contains(message)).nth(1);
        assert_eq!(place, Some(format!("  --> {option}").as_str()), "{told}");
    }
}

#[test]
fn the_pipelines_of_the_project_can_be_loaded() {
    for name in ["semester_inspection.toml", "semester_inspection_plain.toml"] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines").join(name);
        let pipeline = match Pipeline::load(&path, &Overrides::default()) {
            Ok(pipeline) => pipeline,
            Err(problems) => panic!("{problems}"),
        };
        assert!(pipeline.output.ends_with("runs") && !pipeline.output.ends_with("pipelines/../runs"));
        assert_eq!(pipeline.cutoffs.payments_through, pipeline.cutoffs.inspection_date.month());
        assert_eq!(pipeline.cutoffs.results_through, pipeline.cutoffs.inspection_date);
    }
}
