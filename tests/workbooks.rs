//! Workbooks at the gate: the same exports as from CSV, typed cells by the kind of their column, and
//! what a spreadsheet has done to a cell.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod exports_folder;

use exports_folder::workbook::{fill, serial};
use exports_folder::{ExportsFolder, listed, problems, read, snapshot};
use klippekort::contract::Table;
use klippekort::ingest::{Format, Reason};
use rust_xlsxwriter::{Format as CellFormat, Workbook, Worksheet};

#[test]
fn workbooks_give_the_exports_that_csv_files_give() {
    let expected = snapshot(&read(&ExportsFolder::plain()).exports);
    let ingested = read(&ExportsFolder::workbooks());
    assert_eq!(snapshot(&ingested.exports), expected);
    assert_eq!(listed(&ingested), []);
    assert!(ingested.files.iter().all(|file| file.format == Format::Xlsx && file.rows_rejected == 0));
}

type Change = fn(&mut Worksheet);

/// A change of a sheet, and what must be said of it: table, line, column, reason, repaired.
type Told = (Table, u32, &'static str, Reason, bool);

const CHANGES: &[(Change, Told)] = &[
    (|s| number(s, 1, 1, 1005.0), (Table::Results, 2, "course_code", Reason::RepairedCourseCode, true)),
    (|s| number(s, 3, 3, 2.0), (Table::Results, 4, "result", Reason::RepairedCode, true)),
    (|s| number(s, 1, 4, serial("2026-12-10")), (Table::Results, 2, "exam_date", Reason::RepairedDate, true)),
    (|s| date(s, 1, 2, "2027-05-02"), (Table::Results, 2, "ects", Reason::SpreadsheetDamage, false)),
    (|s| date(s, 1, 1, "2027-03-01"), (Table::Results, 2, "course_code", Reason::SpreadsheetDamage, false)),
    (|s| number(s, 1, 4, 20_261_210.0), (Table::Results, 2, "exam_date", Reason::BadDate, false)),
    (
        |s| date_and_time(s, 1, 4, half_a_day_after("2026-12-10")),
        (Table::Results, 2, "exam_date", Reason::BadDate, false),
    ),
    (|s| truth(s, 1, 2, true), (Table::Results, 2, "ects", Reason::SpreadsheetDamage, false)),
    (|s| truth(s, 1, 7, false), (Table::Results, 2, "transferred_from", Reason::SpreadsheetDamage, false)),
    (|s| number(s, 1, 2, 2.505), (Table::Results, 2, "ects", Reason::ExcessDecimals, false)),
    (|s| text(s, 1, 2, "5.5"), (Table::Results, 2, "ects", Reason::BadNumber, false)),
    (|s| text(s, 1, 10, "beyond"), (Table::Results, 2, "", Reason::ExtraCell, false)),
    (|s| text(s, 1, 6, "maybe"), (Table::Results, 2, "transferred", Reason::BadBool, false)),
    (
        |s| text(s, 1, 7, "Aal\u{FFFD}borg"),
        (Table::Results, 2, "transferred_from", Reason::BadEncoding, false),
    ),
    (|s| text(s, 1, 0, "E\n1"), (Table::Results, 2, "enrolment_id", Reason::LineBreak, false)),
    (|s| text(s, 1, 4, "2026-12-\r\n10"), (Table::Results, 2, "exam_date", Reason::LineBreak, false)),
    (|s| text(s, 1, 1, "010\r05"), (Table::Results, 2, "course_code", Reason::BadEncoding, false)),
    (|s| text(s, 1, 7, "Oslo\n\u{1}"), (Table::Results, 2, "transferred_from", Reason::BadEncoding, false)),
    (|s| date(s, 2, 1, "2026-09-01"), (Table::SuPayments, 3, "month", Reason::RepairedMonth, true)),
    (|s| date(s, 2, 1, "2026-09-02"), (Table::SuPayments, 3, "month", Reason::BadMonth, false)),
    (|s| number(s, 1, 2, 990_199_007.0), (Table::Enrolments, 2, "cpr", Reason::RepairedCpr, true)),
    (
        |s| number(s, 1, 0, 9_007_199_254_740_992.0),
        (Table::Enrolments, 2, "student_id", Reason::SpreadsheetDamage, false),
    ),
];

fn number(sheet: &mut Worksheet, row: u32, column: u16, number: f64) {
    sheet.write_number(row, column, number).unwrap();
}

fn text(sheet: &mut Worksheet, row: u32, column: u16, text: &str) {
    sheet.write_string(row, column, text).unwrap();
}

fn truth(sheet: &mut Worksheet, row: u32, column: u16, truth: bool) {
    sheet.write_boolean(row, column, truth).unwrap();
}

fn date(sheet: &mut Worksheet, row: u32, column: u16, iso: &str) {
    date_and_time(sheet, row, column, serial(iso));
}

fn half_a_day_after(iso: &str) -> f64 {
    format!("{}.5", serial(iso)).parse().unwrap()
}

fn date_and_time(sheet: &mut Worksheet, row: u32, column: u16, days: f64) {
    let format = CellFormat::new().set_num_format("d-mmm");
    sheet.write_number_with_format(row, column, days, &format).unwrap();
}

#[test]
fn what_a_spreadsheet_did_to_a_cell_is_mended_and_listed_or_rejected() {
    let expected = snapshot(&read(&ExportsFolder::plain()).exports);
    for (nth, (change, told)) in CHANGES.iter().enumerate() {
        let (table, _, _, reason, repaired) = *told;
        let folder = ExportsFolder::workbooks();
        folder.write_workbook(table, change);
        let ingested = read(&folder);
        let found = listed(&ingested);
        // Rows of a lost enrolment are lost after it.
        assert_eq!(found.first(), Some(told), "{nth}");
        assert!(found.len() == 1 || (table == Table::Enrolments && !repaired), "{nth}");
        if repaired && reason != Reason::RepairedCpr {
            assert_eq!(snapshot(&ingested.exports), expected, "{nth}");
        }
    }
}

#[test]
fn a_line_break_is_a_blank_in_a_free_text_and_no_matter_around_a_cell() {
    let expected = snapshot(&read(&ExportsFolder::plain()).exports);
    let folder = ExportsFolder::workbooks();
    folder.write_workbook(Table::Results, |sheet| text(sheet, 1, 0, "E1\n"));
    let ingested = read(&folder);
    assert_eq!((listed(&ingested), snapshot(&ingested.exports)), (vec![], expected));
    folder.write_workbook(Table::Courses, |sheet| text(sheet, 1, 1, "A\ntitle\r\n\n of three lines"));
    let ingested = read(&folder);
    assert_eq!(listed(&ingested), []);
    let titles = ingested.exports.catalogue.courses.iter().map(|course| course.title.as_str());
    assert!(
        titles.clone().any(|title| title == "A title of three lines"),
        "{:?}",
        titles.collect::<Vec<_>>()
    );
}

#[test]
fn a_text_in_the_dialect_of_the_pipeline_is_as_good_as_a_number() {
    let expected = snapshot(&read(&ExportsFolder::plain()).exports);
    let folder = ExportsFolder::workbooks();
    folder.write_workbook(Table::Results, |sheet| {
        text(sheet, 1, 2, "5,00");
        text(sheet, 1, 4, "10.12.2026");
        text(sheet, 1, 6, "nej");
    });
    let ingested = read(&folder);
    assert_eq!((listed(&ingested), snapshot(&ingested.exports)), (vec![], expected));
}

#[test]
fn rows_without_content_are_told_once_where_they_begin_and_not_at_the_end() {
    let folder = ExportsFolder::workbooks();
    folder.write_workbook(Table::YouthCards, |sheet| {
        text(sheet, 9, 0, "E2");
        // Formatted, and empty.
        sheet.write_blank(20, 0, &CellFormat::new().set_bold()).unwrap();
    });
    let found = listed(&read(&folder));
    let rows = [(Table::YouthCards, 3, "", Reason::BlankLine, false)];
    assert_eq!(found[..1], rows);
    assert_eq!((found.len(), found[1].1, found[1].3), (2, 10, Reason::MissingCell));
}

#[test]
fn the_sheet_is_the_one_named_the_only_one_or_an_error() {
    let expected = snapshot(&read(&ExportsFolder::plain()).exports);
    let leaves = |names: &[&str]| {
        let mut workbook = Workbook::new();
        for (nth, name) in names.iter().enumerate() {
            let sheet = workbook.add_worksheet().set_name(*name).unwrap();
            if nth == 0 {
                fill(sheet, Table::Leaves);
            } else if *name != "empty" {
                sheet.write_string(0, 0, "a note").unwrap();
            }
        }
        let folder = ExportsFolder::workbooks();
        folder.save(&mut workbook, Table::Leaves);
        folder
    };
    assert_eq!(snapshot(&read(&leaves(&["Ark1", "empty"])).exports), expected);
    assert_eq!(snapshot(&read(&leaves(&["leaves", "note"])).exports), expected);
    // A sheet that is hidden and named like the table is neither read nor passed over.
    let mut workbook = Workbook::new();
    fill(workbook.add_worksheet().set_name("Ark1").unwrap(), Table::Leaves);
    fill(workbook.add_worksheet().set_name("Leaves").unwrap().set_hidden(true), Table::Leaves);
    let folder = ExportsFolder::workbooks();
    folder.save(&mut workbook, Table::Leaves);
    let told = problems(&folder);
    assert!(told.contains("its sheet Leaves is hidden") && told.contains("[tables.leaves] sheet"), "{told}");
    let folder = folder.with_plain_pipeline().with_settings("[tables.leaves]\nsheet = \"Leaves\"\n");
    assert_eq!(snapshot(&read(&folder).exports), expected);
    let folder = leaves(&["Orlov", "note"]);
    let told = problems(&folder);
    assert!(told.contains("2 sheets with content") && told.contains("[tables.leaves] sheet"), "{told}");
    let folder = folder.with_plain_pipeline().with_settings("[tables.leaves]\nsheet = \"Orlov\"\n");
    assert_eq!(snapshot(&read(&folder).exports), expected);
}

#[test]
fn headers_of_a_workbook_are_found_by_name() {
    let folder = ExportsFolder::workbooks();
    folder.write_workbook(Table::Leaves, |sheet| text(sheet, 0, 2, "until"));
    let told = problems(&folder);
    assert!(told.contains("column to_date is missing") && told.contains("leaves.xlsx:1:1"), "{told}");
}

#[test]
fn a_title_above_the_header_is_told_in_place_of_every_column() {
    let folder = ExportsFolder::plain().with_settings("");
    let write = |titles: &[&str], rows: bool| {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        for (row, title) in titles.iter().enumerate() {
            sheet.write_string(row as u32, 0, *title).unwrap();
        }
        let first = titles.len() as u32 + u32::from(titles.len() > 1);
        for (at, name) in ["enrolment_id", "from_date", "to_date", "reason"].into_iter().enumerate() {
            sheet.write_string(first, at as u16, name).unwrap();
            if rows {
                (1..60).for_each(|row| _ = sheet.write_string(first + row, at as u16, "x").unwrap());
            }
        }
        folder.save(&mut workbook, Table::Leaves);
    };
    std::fs::remove_file(folder.path("leaves.csv")).unwrap();
    for (titles, row) in [(&["Orlov"][..], 2), (&["Orlov", "trukket 15. marts"], 4)] {
        for rows in [false, true] {
            write(titles, rows);
            let told = problems(&folder);
            assert!(told.contains(&format!("the header stands in row {row}, below other rows")), "{told}");
            assert!(told.contains(&format!("leaves.xlsx:{row}:1")), "{told}");
            assert_eq!(told.matches("error:").count(), 1, "{told}");
        }
    }
}
