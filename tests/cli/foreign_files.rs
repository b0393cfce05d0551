//! Workbooks and Parquet files that are damaged or hostile: the child that reads them may end, the
//! command says so and ends with 3.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow::array::{ArrayRef, StringArray};
use arrow::record_batch::RecordBatch;
use klippekort::ingest::{ForeignLimits, ForeignRequest, Format, probe};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::{PLAIN, code, klip, stderr, text};

const CONTENT_TYPES: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#;
const RELATIONS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const WORKBOOK: &str = r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Ark1" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const WORKBOOK_RELATIONS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;

/// A header and one youth card, in a sheet that declares every cell there can be.
const SHEET: &str = r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/><sheetData>ROWS</sheetData></worksheet>"#;

fn cell(place: &str, text: &str) -> String {
    format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

fn youth_cards(more: &str) -> String {
    let header = cell("A1", "enrolment_id") + &cell("B1", "from_date") + &cell("C1", "to_date");
    SHEET.replace("ROWS", &format!(r#"<row r="1">{header}</row>{more}"#))
}

/// A container of the parts of a workbook; `texts` are its shared strings.
fn workbook(path: &Path, sheet: &[u8], texts: &str) {
    let mut zip = ZipWriter::new(File::create(path).unwrap());
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let parts: [(&str, &[u8]); 6] = [
        ("[Content_Types].xml", CONTENT_TYPES.as_bytes()),
        ("_rels/.rels", RELATIONS.as_bytes()),
        ("xl/workbook.xml", WORKBOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", WORKBOOK_RELATIONS.as_bytes()),
        ("xl/sharedStrings.xml", texts.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    for (name, bytes) in parts {
        zip.start_file(name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

const NO_TEXTS: &str = r#"<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>"#;

/// Invented exports without youth cards, which every test here brings itself.
fn exports(format: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let input = folder.path().join("exports");
    let made = klip(&["generate", "--students", "20", "--format", format, "--output", text(&input)]);
    assert_eq!(code(&made), 0);
    let _ = fs::remove_file(input.join(format!("youth_cards.{format}")));
    folder
}

/// Runs on the folder and expects a refusal that names the file.
fn refused(folder: &TempDir, file: &str, expected: &str) {
    let input = folder.path().join("exports");
    let ended = klip(&["run", PLAIN, "--input", text(&input), "--dry-run", "--quiet"]);
    let told = stderr(&ended);
    assert_eq!(code(&ended), 3, "{told}");
    assert!(told.contains(expected) && told.contains(file) && told.contains("help:"), "{told}");
    assert!(!told.contains("panicked") && !told.contains("defect"), "{told}");
}

#[test]
fn a_sheet_that_declares_every_cell_costs_what_its_cells_cost() {
    let folder = exports("csv");
    let path = folder.path().join("exports/youth_cards.xlsx");
    workbook(&path, youth_cards("").as_bytes(), NO_TEXTS);
    assert!(path.metadata().unwrap().len() < 5_000);
    let input = folder.path().join("exports");
    let ended = klip(&["run", PLAIN, "--input", text(&input), "--dry-run", "--quiet"]);
    assert_eq!(code(&ended), 0, "{}", stderr(&ended));
}

/// As programs write them that do not compute; an empty text that was computed is stored as one.
#[test]
fn a_formula_without_its_value_is_no_empty_cell() {
    let folder = exports("csv");
    let path = folder.path().join("exports/youth_cards.xlsx");
    let input = folder.path().join("exports");
    let row = |last: &str| {
        let cells = cell("A2", "E0000001") + &cell("B2", "2026-09-01") + &cell("C2", "2026-11-30");
        youth_cards("")
            .replace("to_date</t></is></c>", &format!("to_date</t></is></c>{}", cell("D1", "other_subsidy")))
            .replace("</sheetData>", &format!("<row r=\"2\">{cells}{last}</row></sheetData>"))
    };
    for (last, rejected) in [
        (r#"<c r="D2"><f>1</f></c>"#, true),
        (r#"<c r="D2"><f>1</f><v></v></c>"#, true),
        (r#"<c r="D2"><f>1</f><v/></c>"#, true),
        (r#"<c r="D2" t="str"><f>""</f><v></v></c>"#, false),
        (r#"<c r="D2"/>"#, false),
    ] {
        workbook(&path, row(last).as_bytes(), NO_TEXTS);
        let ended = klip(&["run", PLAIN, "--input", text(&input), "--dry-run", "--json"]);
        let told: serde_json::Value = serde_json::from_str(&crate::stdout(&ended)).unwrap();
        let read =
            told["inputs"].as_array().unwrap().iter().find(|file| file["table"] == "youth_cards").unwrap();
        assert_eq!(
            (&read["rows_read"], &read["rows_rejected"]),
            (&1.into(), &u8::from(rejected).into()),
            "{last}"
        );
    }
}

/// `03-02-2027` became the second of March, and `15-02-2027` stayed a text.
#[test]
fn dates_that_a_spreadsheet_turned_round_are_refused() {
    let folder = exports("csv");
    let path = folder.path().join("exports/youth_cards.xlsx");
    let card = |row: usize, from: &str| {
        let from = match from.strip_prefix('d') {
            Some(date) => format!(r#"<c r="B{row}" t="d"><v>{date}</v></c>"#),
            None => cell(&format!("B{row}"), from),
        };
        let cells = cell(&format!("A{row}"), "E0000001") + &from + &cell(&format!("C{row}"), "2027-06-30");
        format!(r#"<row r="{row}">{cells}</row>"#)
    };
    let sheet = |dates: &[&str]| {
        let rows: String = dates.iter().enumerate().map(|(at, from)| card(at + 2, from)).collect();
        youth_cards("").replace("</sheetData>", &format!("{rows}</sheetData>"))
    };
    let turned = ["d2027-03-02", "d2027-04-02", "15-02-2027", "16-02-2027", "d2027-05-02"];
    workbook(&path, sheet(&turned).as_bytes(), NO_TEXTS);
    refused(&folder, "youth_cards.xlsx", "in its column 2 every date has a day up to 12");
    workbook(&path, sheet(&[&turned[..], &["d2027-02-17"]].concat()).as_bytes(), NO_TEXTS);
    let input = folder.path().join("exports");
    let ended = klip(&["run", PLAIN, "--input", text(&input), "--dry-run", "--quiet"]);
    assert_eq!(code(&ended), 0, "{}", stderr(&ended));
}

#[test]
fn bombs_are_refused() {
    let folder = exports("csv");
    let path = folder.path().join("exports/youth_cards.xlsx");

    let blanks = " ".repeat(64 << 20);
    workbook(&path, youth_cards(&blanks).as_bytes(), NO_TEXTS);
    assert!(path.metadata().unwrap().len() < 1 << 20);
    refused(&folder, "youth_cards.xlsx", "unpacks to more than any export holds");

    let claimed = NO_TEXTS.replace("/>", r#" uniqueCount="9000000000000000"></sst>"#);
    workbook(&path, youth_cards("").as_bytes(), &claimed);
    refused(&folder, "youth_cards.xlsx", "its reader ended early");
    let claimed = NO_TEXTS.replace("/>", r#" uniqueCount="1000000000"></sst>"#);
    workbook(&path, youth_cards("").as_bytes(), &claimed);
    refused(&folder, "youth_cards.xlsx", "its reader ended early");

    let row = format!(r#"<row r="2">{}</row>"#, cell("A2", "E1"));
    workbook(&path, youth_cards(&format!("{row}{row}")).as_bytes(), NO_TEXTS);
    refused(&folder, "youth_cards.xlsx", "its cells are not in their order");

    let far = format!(r#"<row r="1048577">{}</row>"#, cell("A1048577", "E1"));
    workbook(&path, youth_cards(&far).as_bytes(), NO_TEXTS);
    refused(&folder, "youth_cards.xlsx", "a cell of it lies outside what a sheet can hold");
}

#[test]
fn damaged_workbooks_are_refused() {
    let folder = exports("csv");
    let path = folder.path().join("exports/youth_cards.xlsx");
    workbook(&path, youth_cards("").as_bytes(), NO_TEXTS);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    refused(&folder, "youth_cards.xlsx", "it is no zip container");
    let mut torn = whole.clone();
    let middle = torn.len() / 2;
    torn[middle..middle + 40].fill(0xA5);
    fs::write(&path, &torn).unwrap();
    refused(&folder, "youth_cards.xlsx", "damaged");
    workbook(&path, youth_cards("<row r=\"2\"><c r=\"A2\"><v>").as_bytes(), NO_TEXTS);
    refused(&folder, "youth_cards.xlsx", "its sheet is damaged");
}

#[test]
fn damaged_parquet_files_are_refused() {
    let folder = exports("parquet");
    let path = folder.path().join("exports/results.parquet");
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() - 5]).unwrap();
    refused(&folder, "results.parquet", "its footer is damaged");
    let mut torn = whole.clone();
    torn[4..200].fill(0xFF);
    fs::write(&path, &torn).unwrap();
    refused(&folder, "results.parquet", "its content is damaged");
    fs::write(&path, b"PAR1\xFF\xFF\xFF\x7FPAR1").unwrap();
    refused(&folder, "results.parquet", "its footer is damaged");
}

/// Two hundred texts of four mebibytes that no dictionary can hold once, and next to nothing when packed.
#[test]
fn a_parquet_file_whose_cells_need_more_memory_than_the_child_has_ends_the_child_only() {
    let folder = exports("parquet");
    let path = folder.path().join("exports/youth_cards.parquet");
    let batch = |nth: u32| {
        let array: ArrayRef = Arc::new(StringArray::from(vec![format!("{nth}{}", "E".repeat(4 << 20))]));
        let date: ArrayRef = Arc::new(StringArray::from(vec!["2027-01-01"]));
        let columns = [("enrolment_id", array), ("from_date", date.clone()), ("to_date", date)];
        RecordBatch::try_from_iter(columns).unwrap()
    };
    let packed = Compression::ZSTD(ZstdLevel::default());
    let properties =
        WriterProperties::builder().set_dictionary_enabled(false).set_compression(packed).build();
    let file = File::create(&path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch(0).schema(), Some(properties)).unwrap();
    for nth in 0..200 {
        writer.write(&batch(nth)).unwrap();
    }
    writer.close().unwrap();
    refused(&folder, "youth_cards.parquet", "its reader ended early");
}

/// Reads the first columns of a file in a child of the given program, within the given limits.
fn read_within(program: &Path, path: &Path, memory: u64, seconds: u64, patience: u64) -> Result<u64, String> {
    let ending = path.extension().unwrap().to_str().unwrap();
    let request = ForeignRequest {
        format: Format::from_name(ending).unwrap(),
        path: path.to_owned(),
        sheet: None,
        table: "youth_cards".to_owned(),
        columns: Some(vec![0, 1, 2]),
    };
    let patience = Duration::from_millis(patience);
    probe::foreign_rows(program, &request, ForeignLimits { memory, seconds, patience })
}

fn program(path: &Path, commands: &str) {
    fs::write(path, format!("#!/bin/sh\n{commands}\n")).unwrap();
    fs::set_permissions(path, PermissionsExt::from_mode(0o700)).unwrap();
}

#[test]
fn the_child_keeps_to_its_time_and_its_memory_and_is_not_waited_for_without_end() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("youth_cards.xlsx");
    let klip = Path::new(env!("CARGO_BIN_EXE_klip"));
    let row = |nth: u32| format!(r#"<row r="{nth}"><c r="A{nth}"><v>{nth}</v></c></row>"#);
    let rows = |count: u32| (2..count + 2).map(row).collect::<String>();
    workbook(&path, youth_cards(&rows(100)).as_bytes(), NO_TEXTS);
    let (memory, minute) = (768 << 20, 60_000);
    assert_eq!(read_within(klip, &path, memory, 30, minute), Ok(100));

    // The child is a program that has used up its second before it begins to read.
    let tired = folder.path().join("tired");
    let spend = "spent() { read -r all < /proc/self/stat; set -- $all; [ $((${14} + ${15})) -gt 120 ]; }\n\
                 until spent; do i=0; while [ $i -lt 9999 ]; do i=$((i + 1)); done; done\n";
    program(&tired, &format!("{spend}exec {} \"$@\"", klip.display()));
    assert_eq!(read_within(&tired, &path, memory, 30, minute), Ok(100));
    workbook(&path, youth_cards(&rows(300_000)).as_bytes(), NO_TEXTS);
    let told = read_within(&tired, &path, memory, 1, minute).unwrap_err();
    assert!(told.contains("more than 1 seconds of processor time"), "{told}");

    let texts = (0..700_000).map(|nth| format!("<si><t>a text, no. {nth}</t></si>")).collect::<String>();
    workbook(&path, youth_cards(&rows(1)).as_bytes(), &NO_TEXTS.replace("/>", &format!(">{texts}</sst>")));
    assert_eq!(read_within(klip, &path, memory, 30, minute), Ok(1));
    let told = read_within(klip, &path, 24 << 20, 30, minute).unwrap_err();
    assert!(told.contains("more than 24 MiB of memory"), "{told}");

    // A child that neither answers nor ends.
    let silent = folder.path().join("silent");
    program(&silent, "exec sleep 600");
    let began = Instant::now();
    let told = read_within(&silent, &path, memory, 30, 200).unwrap_err();
    assert!(told.contains("took too long") && began.elapsed() < Duration::from_secs(60), "{told}");
}
