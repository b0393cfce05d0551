//! `klip inspect`: a draft that `klip check` accepts, and no guess where there are two readings.

use std::fs;
use std::path::{Path, PathBuf};

use rust_xlsxwriter::Workbook;
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

/// Headers that nobody knows beside some that are.
const STRANGE_LEAVES: &str = "Nøgle;Fra;Indtil;Hvorfor\nE1;13-04-2025;14-04-2025;barsel\n";

#[test]
fn a_file_named_like_its_table_is_taken_for_it_with_its_columns_open() {
    let (ended, draft, told) = alone("leaves.csv", STRANGE_LEAVES.as_bytes());
    assert!(
        ended == 3 && draft.contains("[tables.leaves]") && draft.contains("from_date = \"Fra\""),
        "{told}"
    );
    for column in ["enrolment_id", "to_date", "reason"] {
        assert!(draft.contains(&format!("# OPEN: the needed column {column} was not found")), "{draft}");
    }
    // What may be a row is not shown.
    let (_, draft, told) = alone("leaves.csv", b"a;b;c;d\nE1;13-04-2025;14-04-2025;barsel\n");
    assert!(told.contains("no header of the first line is known") && !draft.contains("`b`"), "{draft}");
    let (ended, _, told) = alone("orlov.csv", STRANGE_LEAVES.as_bytes());
    assert!(ended == 3 && told.contains("the header of no table"), "{told}");
}

#[test]
fn files_that_cannot_be_read_do_not_keep_the_draft_of_the_others_back() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    };
    let sound = format!("{LEAVES}E1;13-04-2025;14-04-2025;barsel\n");
    let all = [
        write("leaves.csv", sound.as_bytes()),
        write("orlov.csv", sound.as_bytes()),
        write("projects.xlsx", b"PK"),
        write("~$projects.xlsx", b"lock"),
        write("empty.csv", b""),
    ];
    let (ended, draft, told) = inspect(&all);
    assert!(ended == 3 && draft.contains("[tables.leaves]") && draft.contains("from 1 file."), "{draft}");
    for said in [
        "no zip container",
        "a spreadsheet program has the workbook of this name open",
        "the file is empty",
        "this looks like leaves, and so does",
    ] {
        assert!(told.contains(said), "{said} in\n{told}");
    }
    // The one that is named like its table is in the draft, whichever comes first.
    let (_, draft, told) = inspect(&[all[1].clone(), all[0].clone()]);
    assert!(!draft.contains("file = ") && told.contains("orlov.csv"), "{draft}");
    // Nothing is printed when there is nothing to draft.
    let (ended, draft, _) = inspect(&all[2..]);
    assert!(ended == 3 && draft.is_empty(), "{draft}");
}

#[test]
fn a_header_that_may_be_that_of_another_table_is_asked_for() {
    let header = "Studieforløb;Kursuskode;Eksamensdato";
    let (ended, draft, _) = alone("x.csv", format!("{header}\nE1;01005;13-04-2025\n").as_bytes());
    assert!(ended == 3 && draft.contains("[tables.early_starts]"), "{draft}");
    let (ended, draft, told) =
        alone("x.csv", format!("{header};Klage modtaget\nE1;01005;13-04-2025;14-04-2025\n").as_bytes());
    assert!(ended == 3 && draft.is_empty(), "{draft}");
    assert!(told.contains("early_starts or, with another name of a column, of exam_registrations"), "{told}");
    assert!(told.contains("exam_complaints"), "{told}");
    let mostly = "Studieforløb;A;B;C\nE1;1;2;3\n";
    let (ended, draft, told) = alone("x.csv", mostly.as_bytes());
    assert!(ended == 3 && draft.is_empty() && told.contains("most of its headers are unknown"), "{told}");
}

/// A workbook of sheets of texts.
fn workbook(path: &Path, sheets: &[(&str, &[&[&str]])]) {
    let mut workbook = Workbook::new();
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet().set_name(*name).unwrap();
        for (line, row) in rows.iter().enumerate() {
            for (at, cell) in row.iter().enumerate() {
                sheet.write_string(line as u32, at as u16, *cell).unwrap();
            }
        }
    }
    workbook.save(path).unwrap();
}

#[test]
fn the_sheets_of_a_workbook_are_told_apart_by_their_headers() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("eksport.xlsx");
    let leaves: &[&[&str]] =
        &[&["Studieforløb", "Fra", "Til", "Årsag"], &["E1", "2025-04-13", "2025-04-14", "Barsel"]];
    let kinds: &[&[&str]] = &[&["Uddannelseskode", "Uddannelse"], &["CS", "Computer Science"]];
    let notes: &[&[&str]] = &[&["Trukket af"], &["kontoret"]];
    workbook(&path, &[("Noter", notes), ("Orlov", leaves)]);
    let (ended, draft, told) = inspect(std::slice::from_ref(&path));
    assert!(ended == 0, "{told}");
    for line in
        ["file = \"eksport.xlsx\"", "sheet = \"Orlov\"", "reason = \"Årsag\"", "\"Barsel\" = \"parental\""]
    {
        assert!(draft.contains(line), "{line} in\n{draft}");
    }
    // Where no sheet is known, the name of the file may say it; and there may be a title.
    let named = folder.path().join("programmes.xlsx");
    workbook(&named, &[("Noter", notes), ("Uddannelser", kinds)]);
    let (ended, draft, _) = inspect(std::slice::from_ref(&named));
    assert!(
        ended == 3 && draft.contains("[tables.programmes]") && draft.contains("sheet = \"Uddannelser\""),
        "{draft}"
    );
    workbook(&path, &[("Noter", notes), ("Uddannelser", kinds)]);
    let (ended, _, told) = inspect(std::slice::from_ref(&path));
    assert!(ended == 3 && told.contains("none of its 2 sheets begins with the header"), "{told}");
    let titled: Vec<&[&str]> = [&["Orlov 2025"][..]].into_iter().chain(leaves.iter().copied()).collect();
    workbook(&path, &[("Orlov", &titled)]);
    let (ended, _, told) = inspect(&[path]);
    assert!(ended == 3 && told.contains("the header stands in row 2, below other rows"), "{told}");
}

#[test]
fn words_of_workbooks_and_parquet_are_drafted_or_said_to_be_open() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("leaves.xlsx");
    let header: &[&str] = &["Studieforløb", "Fra", "Til", "Årsag"];
    let row = |reason: &'static str| ["E1", "2025-04-13", "2025-04-14", reason];
    let rows = [row("Barsel"), row("barsel"), row("parental"), row("Sabbat")];
    let rows: Vec<&[&str]> = [header].into_iter().chain(rows.iter().map(|row| &row[..])).collect();
    workbook(&path, &[("leaves", &rows)]);
    let (ended, draft, told) = inspect(&[path]);
    assert!(ended == 3 && draft.contains("\"Barsel\" = \"parental\"\n\"barsel\" = \"parental\""), "{draft}");
    assert!(told.contains("reason: 1 cell is no code and no known word (first: line 5)"), "{told}");
    assert!(!told.contains("Sabbat") && !draft.contains("Sabbat"), "{told}");

    let exports = folder.path().join("exports");
    klip(&["generate", "--students", "40", "--format", "parquet", "--output", text(&exports)]);
    let (ended, draft, told) = inspect(&[exports.join("courses.parquet")]);
    assert!(ended == 0 && !draft.contains("no known word"), "{told}");
}
