//! The workbook itself: frozen heading, filter, typed cells, a drop-down, and a sheet on the run.

use chrono::Datelike;
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatAlign,
    FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::Source;
use super::columns::{CASE_ID, COLUMNS, Cell, DECISION, NOTE};
use super::decisions::{APPROVE, HOLD, RUN_SHEET, SHEET};
use super::entries::{Entry, entries};
use crate::base::Day;
use crate::diagnostics::{Diagnostic, Place};
use crate::output::spreadsheet_csv::runs_as_formula;

/// What the second sheet says of the run: names and values, in the order shown.
pub type RunSheet = Vec<(String, String)>;

const FILE: &str = "worklist.xlsx";
/// Columns that stay in sight when the sheet is scrolled to the right: up to the name.
const FROZEN_COLUMNS: u16 = 5;

/// The workbook and its number of rows. The same run gives the same bytes.
pub fn write(source: &Source<'_>, about_the_run: &RunSheet) -> Result<(Vec<u8>, u64), Diagnostic> {
    let entries = entries(source);
    workbook(&entries, source.inspection_date, about_the_run)
        .map(|bytes| (bytes, entries.len() as u64))
        .map_err(|error| Diagnostic::output(Place::file(FILE), format!("cannot be written: {error}")))
}

fn workbook(entries: &[Entry<'_>], inspection: Day, run: &RunSheet) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties("Worklist of a semester inspection", inspection)?);
    let formats = Formats::new();
    list(workbook.add_worksheet(), entries, inspection, &formats)?;
    about(workbook.add_worksheet(), run, &formats)?;
    workbook.save_to_buffer()
}

/// Dated on the inspection, so that the same run gives the same bytes.
pub(in crate::letters) fn properties(title: &str, inspection: Day) -> Result<DocProperties, XlsxError> {
    let date = inspection.date();
    // The years of a pipeline have four digits, and a month and a day have two.
    let created = ExcelDateTime::from_ymd(date.year() as u16, date.month() as u8, date.day() as u8)?;
    Ok(DocProperties::new().set_title(title).set_creation_datetime(&created))
}

/// The number by which workbooks know a day: 1 is 1 January 1900, with a 29 February 1900.
pub(super) const fn excel_serial(day: Day) -> i32 {
    day.epoch_days() + 25_569
}

struct Formats {
    heading: Format,
    text: Format,
    /// Text that a spreadsheet would take for a formula if a person typed it.
    quoted: Format,
    wrapped: Format,
    number: Format,
    date: Format,
    to_fill_in: Format,
    nothing_to_decide: Format,
}

impl Formats {
    fn new() -> Formats {
        let cell = || Format::new().set_align(FormatAlign::Top);
        Formats {
            heading: Format::new()
                .set_bold()
                .set_background_color(Color::RGB(0x00D9_E2EC))
                .set_border_bottom(FormatBorder::Thin)
                .set_align(FormatAlign::Top)
                .set_num_format("@"),
            text: cell().set_num_format("@"),
            quoted: cell().set_num_format("@").set_quote_prefix(),
            wrapped: cell().set_num_format("@").set_text_wrap(),
            number: cell().set_num_format("General"),
            date: cell().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left),
            to_fill_in: cell()
                .set_num_format("@")
                .set_text_wrap()
                .set_background_color(Color::RGB(0x00FF_F6D6))
                .set_border(FormatBorder::Hair),
            nothing_to_decide: cell().set_background_color(Color::RGB(0x00E6_E6E6)),
        }
    }
}

fn list(
    sheet: &mut Worksheet,
    entries: &[Entry<'_>],
    inspection: Day,
    formats: &Formats,
) -> Result<(), XlsxError> {
    sheet.set_name(SHEET)?;
    let last_column = COLUMNS.len() as u16 - 1;
    for (position, column) in (0_u16..).zip(COLUMNS) {
        sheet.set_column_width(position, column.width)?;
        sheet.write_string_with_format(0, position, column.heading, &formats.heading)?;
        if column.heading == CASE_ID {
            sheet.set_column_hidden(position)?;
        }
    }
    for (line, entry) in (1_u32..).zip(entries) {
        let mut lines_of_text = 1;
        for (position, column) in (0_u16..).zip(COLUMNS) {
            match (column.content)(entry, inspection) {
                Cell::Empty if column.heading == NOTE => {
                    sheet.write_blank(line, position, &formats.to_fill_in)?;
                }
                Cell::Empty if column.heading == DECISION => {
                    let decided =
                        if entry.paper.is_some() { &formats.to_fill_in } else { &formats.nothing_to_decide };
                    sheet.write_blank(line, position, decided)?;
                }
                Cell::Empty => {}
                Cell::Text(text) => {
                    if column.wrapped {
                        lines_of_text = lines_of_text.max(lines_in(&text, column.width));
                    }
                    let format = if column.wrapped {
                        &formats.wrapped
                    } else if runs_as_formula(&text) {
                        &formats.quoted
                    } else {
                        &formats.text
                    };
                    sheet.write_string_with_format(line, position, text, format)?;
                }
                Cell::Number(text) => {
                    // The text of an exact amount; the workbook knows no other numbers than these.
                    let number: f64 = text.parse().map_err(|_| XlsxError::ParameterError(text))?;
                    sheet.write_number_with_format(line, position, number, &formats.number)?;
                }
                Cell::Date(day) => {
                    sheet.write_number_with_format(line, position, excel_serial(day), &formats.date)?;
                }
            }
        }
        sheet.set_row_height(line, LINE_HEIGHT * lines_of_text)?;
    }
    let last_line = entries.len() as u32;
    if last_line > 0 {
        // For the whole column: a range for each row that has something to decide would be too many.
        sheet.add_data_validation(1, 0, last_line, 0, &choice()?)?;
    }
    sheet.autofilter(0, 0, last_line, last_column)?;
    sheet.set_freeze_panes(1, FROZEN_COLUMNS)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_print_gridlines(true);
    sheet.set_footer(format!("&L{SHEET} {inspection}&R&P / &N"));
    sheet.set_print_area(0, 0, last_line, PRINTED_COLUMNS - 1)?;
    Ok(())
}

/// Points. Not every program fits the height of a row to its text.
const LINE_HEIGHT: i32 = 15;

/// Lines of a wrapped text, words kept whole.
fn lines_in(text: &str, width: i32) -> i32 {
    let (mut lines, mut used) = (1, 0);
    for word in text.split(' ') {
        let length = word.chars().count() as i32 + 1;
        if used > 0 && used + length > width {
            lines += 1;
            used = 0;
        }
        used += length;
    }
    lines
}

/// On paper a row ends with the held letters; the figures are for the screen.
const PRINTED_COLUMNS: u16 = 11;

fn choice() -> Result<DataValidation, XlsxError> {
    let choice = DataValidation::new().allow_list_strings(&[APPROVE, HOLD])?;
    choice
        .set_input_title("decision")?
        .set_input_message(
            "approve: it is written. hold, or empty: it is not. A grey cell has nothing to decide.",
        )?
        .set_error_title("approve or hold")?
        .set_error_message("Choose approve or hold, or leave the cell empty.")
        .map(|choice| choice.set_error_style(DataValidationErrorStyle::Stop))
}

fn about(sheet: &mut Worksheet, run: &RunSheet, formats: &Formats) -> Result<(), XlsxError> {
    sheet.set_name(RUN_SHEET)?;
    sheet.set_column_width(0, 34)?;
    sheet.set_column_width(1, 70)?;
    for (line, (name, value)) in (0_u32..).zip(run) {
        sheet.write_string_with_format(line, 0, name, &formats.heading)?;
        let count: Option<f64> = value.parse::<u32>().ok().map(f64::from);
        match count {
            Some(count) => sheet.write_number_with_format(line, 1, count, &formats.number)?,
            None => sheet.write_string_with_format(line, 1, value, &formats.wrapped)?,
        };
    }
    Ok(())
}
