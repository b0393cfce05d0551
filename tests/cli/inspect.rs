//! `klip inspect`: a draft that `klip check` accepts, and no guess where there are two readings.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::{code, klip, stderr, stdout, text};

fn inspect(files: &[PathBuf]) -> (i32, String, String) {
    let mut arguments = vec!["inspect"];
    arguments.extend(files.iter().map(|file| text(file)));
    let ended = klip(&arguments);
    (code(&ended), stdout(&ended), stderr(&ended))
}

/// Every CSV file of a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "csv"));
    files.sort();
    files
}

fn check(draft: &str, input: &Path) -> (i32, String) {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = TempDir::new().unwrap();
    let pipeline = folder.path().join("pipeline.toml");
    let head = format!(
        "[pipeline]\nname = \"draft\"\nlaw = {:?}\nletters = {:?}\n[dates]\ninspection_date = \"2027-03-15\"\n",
        text(&home.join("pipelines/law")),
        text(&home.join("reports/letters"))
    );
    fs::write(&pipeline, head + draft).unwrap();
    let ended = klip(&["check", text(&pipeline), "--input", text(input)]);
    (code(&ended), stderr(&ended))
}

#[test]
fn a_draft_of_the_sample_exports_is_accepted_by_check() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data");
    let (ended, draft, told) = inspect(&files(&sample));
    assert_eq!(ended, 0, "{told}");
    for line in [
        "separator = \";\"",
        "decimal = \",\"",
        "dates = [\"dd-mm-yyyy\"]",
        "enrolment_id = \"Studieforløb\"",
    ] {
        assert!(draft.contains(line), "{line} in\n{draft}");
    }
    assert_eq!(check(&draft, &sample), (0, String::new()));
}

#[test]
fn a_draft_of_plain_exports_and_of_parquet_is_accepted_by_check() {
    for format in ["csv", "parquet"] {
        let folder = TempDir::new().unwrap();
        let input = folder.path().join("exports");
        klip(&["generate", "--students", "40", "--format", format, "--output", text(&input)]);
        let all = fs::read_dir(&input).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
        let (ended, draft, told) = inspect(&all);
        assert_eq!(ended, 0, "{told}");
        assert_eq!(check(&draft, &input), (0, String::new()), "{draft}");
    }
}

/// A file alone in a folder, and what is said of it.
fn alone(name: &str, content: &[u8]) -> (i32, String, String) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    inspect(&[path])
}

const LEAVES: &str = "Studieforløb;Fra;Til;Årsag\n";

#[test]
fn days_and_months_that_could_be_swapped_are_told_with_both_readings() {
    let (ended, draft, told) =
        alone("leaves.csv", format!("{LEAVES}E1;03-04-2025;05-06-2025;barsel\n").as_bytes());
    assert_eq!(ended, 3);
    assert!(told.contains("may be dd-mm-yyyy or mm-dd-yyyy"), "{told}");
    assert!(draft.contains("dates = []"), "{draft}");
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("leaves.csv"), LEAVES).unwrap();
    let (ended, told) = check(&draft, folder.path());
    assert!(ended == 2 && told.contains("dialect.dates"), "{told}");

    let (ended, draft, _) =
        alone("leaves.csv", format!("{LEAVES}E1;03-04-2025;13-06-2025;barsel\n").as_bytes());
    // The decimal mark is open, for there is no number.
    assert!(ended == 3 && draft.contains("dates = [\"dd-mm-yyyy\"]"), "{draft}");

    let (_, _, told) = alone("leaves.csv", format!("{LEAVES}E1;03/04/2025;06/13/2025;barsel\n").as_bytes());
    assert!(told.contains("the month stands first in 1 date with"), "{told}");
    let rows = "E1;13-04-2025;06-13-2025;barsel\n";
    let (_, _, told) = alone("leaves.csv", format!("{LEAVES}{rows}").as_bytes());
    assert!(told.contains("contradict each other: dd-mm-yyyy on line 2, mm-dd-yyyy on line 2"), "{told}");
}

#[test]
fn the_first_eight_mebibytes_of_a_file_decide() {
    let swappable = format!("E1;03-04-2025;05-06-2025;{}\n", "barsel ".repeat(12).trim());
    for (mebibytes, dates) in [(7, "dates = [\"dd-mm-yyyy\"]"), (9, "dates = []")] {
        let before = swappable.repeat((mebibytes << 20) / swappable.len());
        let content = format!("{LEAVES}{before}E1;13-04-2025;05-06-2025;barsel\n");
        let (_, draft, _) = alone("leaves.csv", content.as_bytes());
        assert!(draft.contains(dates), "{mebibytes}");
    }
}

const PAYMENTS: &str = "Studieforløb;Måned;Støtteart;Klip;Beløb\n";

#[test]
fn a_mark_before_three_digits_is_told_with_both_readings() {
    let with = |amounts: &[&str]| {
        let rows = amounts.iter().map(|amount| format!("E1;2025-01;stipendium;1;{amount}\n"));
        alone("su_payments.csv", (PAYMENTS.to_owned() + &rows.collect::<String>()).as_bytes())
    };
    let (ended, draft, told) = with(&["6.589"]);
    assert!(ended == 3 && told.contains("may set thousands apart or be a decimal mark"), "{told}");
    assert!(draft.contains("decimal = \"\""), "{draft}");
    let (ended, draft, _) = with(&["6.589", "12,50"]);
    assert!(ended == 0 && draft.contains("decimal = \",\"\nthousands = \".\""), "{draft}");
    let (ended, _, told) = with(&["12.50", "12,50"]);
    assert!(ended == 3 && told.contains("two decimal marks"), "{told}");
    let (ended, draft, _) = with(&["1.234,50"]);
    assert!(ended == 0 && draft.contains("decimal = \",\"\nthousands = \".\""), "{draft}");
}

#[test]
fn encodings_and_separators_are_seen() {
    let rows = format!("{LEAVES}E1;13-04-2025;14-04-2025;barsel\n");
    let (_, draft, _) = alone("leaves.csv", &encoding_rs::WINDOWS_1252.encode(&rows).0);
    assert!(draft.contains("encoding = [\"windows-1252\"]"), "{draft}");
    let (_, draft, _) = alone("leaves.csv", rows.replace(';', "\t").as_bytes());
    assert!(draft.contains("separator = \"\\t\""), "{draft}");
    let utf16 = rows.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let (ended, _, told) = alone("leaves.csv", &utf16);
    assert!(ended == 3 && told.contains("UTF-16 without a byte order mark"), "{told}");
}

#[test]
fn no_cell_is_shown() {
    let secret = "Hemmelig;990199-0007;hemmelig@example.org\n";
    for content in
        [secret.repeat(9), format!("{LEAVES}{secret}{}", "E1;13-04-2025;14-04-2025;barsel\n".repeat(20))]
    {
        let (_, draft, told) = alone("leaves.csv", content.as_bytes());
        for shown in [draft, told] {
            assert!(!shown.contains("emmelig") && !shown.contains("990199"), "{shown}");
        }
    }
}

#[test]
fn texts_of_several_lines_are_proposed_where_they_are() {
    let folder = TempDir::new().unwrap();
    let input = folder.path().join("exports");
    klip(&["generate", "--students", "40", "--output", text(&input)]);
    let path = input.join("results.csv");
    let content = fs::read_to_string(&path).unwrap();
    let note = |(nth, line): (usize, &str)| match nth {
        0 => format!("{line},note\n"),
        4 | 20 => format!("{line},\"first\nsecond, with a comma\n\"\n"),
        _ => format!("{line},\n"),
    };
    fs::write(&path, content.lines().enumerate().map(note).collect::<String>()).unwrap();
    let (ended, draft, told) = inspect(&files(&input));
    assert_eq!(ended, 0, "{told}");
    assert_eq!(draft.matches("quoted_line_breaks = true").count(), 1, "{draft}");
    assert!(draft.contains("2 rows go over several lines inside quotation marks (first: line 5)"), "{draft}");
    assert!(!draft.contains("fit the header"), "{draft}");
    assert_eq!(check(&draft, &input), (0, String::new()), "{draft}");
    let pipeline = crate::plain_pipeline_with(folder.path(), "[tables.results]\nquoted_line_breaks = true");
    let ran = klip(&["run", text(&pipeline), "--input", text(&input), "--dry-run", "--json"]);
    let summary: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    assert!(!summary.to_string().contains("stray_quote"), "{summary}");
}
