//! The page on what goes in names every setting that a pipeline file may have, and no other.

use std::fs;
use std::path::{Path, PathBuf};

use klippekort::pipeline::{Overrides, Pipeline};

/// The tables of settings; what one export may say stands for all.
const TABLES: [&str; 10] = [
    "pipeline",
    "dates",
    "input",
    "previous",
    "output",
    "print",
    "digital_post",
    "limits",
    "dialect",
    "tables.results",
];

/// Of each table, the keys that are understood there, as the message on one that is not lists them.
fn understood() -> Vec<(String, String)> {
    const UNKNOWN: &str = "key_that_nobody_would_ever_write";
    let text: String = TABLES.map(|table| format!("[{table}]\n{UNKNOWN} = 1\n")).concat();
    let problems = Pipeline::from_text(Path::new("p.toml"), &text, &Overrides::default());
    let problems = problems.expect_err("keys that nobody knows");
    let mut keys = Vec::new();
    for table in TABLES {
        let message = format!("`{table}.{UNKNOWN}` is not known");
        let problem = problems.iter().find(|problem| problem.message == message).expect("a problem of each");
        let known = problem.hint.as_deref().and_then(|hint| hint.strip_prefix("known here: "));
        keys.extend(known.expect("all keys").split(", ").map(|key| (table.to_owned(), key.to_owned())));
    }
    keys.sort();
    keys
}

#[test]
fn every_setting_stands_on_the_page() {
    let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/input.md");
    let page = fs::read_to_string(page).expect("the page");
    let section = page.split("\n## ").find(|section| section.starts_with("Settings")).expect("the settings");
    let mut listed = Vec::new();
    for row in section.lines().filter_map(|line| line.strip_prefix("| `[")) {
        let cells: Vec<&str> = row.split(" | ").collect();
        let table = cells[0].trim_end_matches("]`").replace("TABLE", "results");
        listed.extend(cells[1].split(", ").map(|key| (table.clone(), key.trim_matches('`').to_owned())));
        assert!(cells.len() == 4 && !cells[3].is_empty(), "{row}");
    }
    listed.sort();
    // A table may have its own dialect.
    let dialect: Vec<(String, String)> =
        listed.iter().filter(|(table, _)| table == "dialect").cloned().collect();
    listed.extend(dialect.into_iter().map(|(_, key)| ("tables.results".to_owned(), key)));
    listed.sort();
    assert_eq!(listed, understood(), "docs/input.md, Settings");
}
