//! Values by which nothing can be counted.

use std::fs;

use klippekort::law::{Law, LawBook};

use crate::{day, shipped};

/// What the shipped law becomes with one value changed: nothing, or the first problem.
fn problem_with(file: &str, key: &str, from: &str, to: &str) -> Option<String> {
    let folder = tempfile::tempdir().expect("a scratch folder");
    for entry in fs::read_dir(shipped()).expect("the law") {
        let path = entry.expect("a law file").path();
        let mut text = fs::read_to_string(&path).expect("readable");
        if path.ends_with(file) {
            let at = text.find(&format!("key = \"{key}\"")).expect("the parameter");
            let value = at + text[at..].find(from).expect("its value");
            text.replace_range(value..value + from.len(), to);
        }
        fs::write(folder.path().join(path.file_name().expect("a name")), text).expect("writable");
    }
    let book = LawBook::load(folder.path()).unwrap_or_else(|problems| panic!("{problems}"));
    Law::in_force(book, day("2027-03-15")).err().map(|problems| problems.to_string())
}

#[test]
fn a_value_by_which_nothing_can_be_counted_is_refused() {
    for (file, key, from, to, wanted) in [
        ("degree.toml", "degree.semester_months", "value = 6", "value = 0", "a whole number above 0"),
        ("degree.toml", "degree.semester_ects", "value = \"30\"", "value = \"0\"", "an ECTS amount above 0"),
        ("su.toml", "su.control_point_portions", "value = 6", "value = 0", "a whole number above 0"),
        ("degree.toml", "degree.complaint_weeks", "value = 2", "value = -1", "a whole number, not below 0"),
        (
            "degree.toml",
            "degree.complaint_pause",
            "[\"12-24\", \"01-01\"]",
            "[\"12-24\"]",
            "a first and a last day, or an empty list",
        ),
    ] {
        assert_eq!(problem_with(file, key, from, from), None, "{key}");
        let told = problem_with(file, key, from, to).unwrap_or_default();
        assert!(told.contains(&format!("{key} must be {wanted}")) && told.contains(file), "{key}: {told}");
    }
}
