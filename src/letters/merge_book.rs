//! `mail_merge.xlsx`: the source that a mail merge reads.
//!
//! Word reads a workbook through a driver that guesses the type of each column from its first rows,
//! drops what does not fit, and hands over raw values instead of what the cell shows. So every cell
//! is a string with the format `@`, ready to print, and the headings stand in the first row. A string
//! that would run as a formula if it were typed carries the workbook's own quote prefix: it stays
//! text when it is edited, and nothing is added to what a merge prints.

use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::mail_merge::{LONGEST_CELL, one_line};
use super::worklist;
use crate::base::Day;
use crate::diagnostics::{Diagnostic, Place};
use crate::output::spreadsheet_csv::runs_as_formula;

const SHEET: &str = "mail_merge";

pub(super) struct MergeBook {
    workbook: Workbook,
    rows: u32,
    text: Format,
    quoted: Format,
}

impl MergeBook {
    pub fn new(headings: &[&str], inspection: Day) -> Result<MergeBook, Diagnostic> {
        let text = Format::new().set_num_format("@");
        let quoted = Format::new().set_num_format("@").set_quote_prefix();
        let mut book = MergeBook { workbook: Workbook::new(), rows: 0, text, quoted };
        book.begin(headings, inspection).map_err(unwritten)?;
        Ok(book)
    }

    fn begin(&mut self, headings: &[&str], inspection: Day) -> Result<(), XlsxError> {
        self.workbook.set_properties(&worklist::properties("Mail merge", inspection)?);
        let sheet = self.workbook.add_worksheet().set_name(SHEET)?;
        for (column, heading) in (0_u16..).zip(headings) {
            // The format of a cell that is not written is its column's.
            sheet.set_column_format(column, &self.text)?;
            sheet.write_string_with_format(0, column, *heading, &self.text)?;
        }
        Ok(())
    }

    /// Cells that are empty are left out: most kinds quote a few of the figures.
    pub fn add(&mut self, cells: &[String]) -> Result<(), Diagnostic> {
        self.rows += 1;
        let sheet = self.workbook.worksheet_from_index(0).map_err(unwritten)?;
        for (column, cell) in (0_u16..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            let format = if runs_as_formula(cell) { &self.quoted } else { &self.text };
            sheet
                .write_string_with_format(self.rows, column, one_line(cell, LONGEST_CELL), format)
                .map_err(unwritten)?;
        }
        Ok(())
    }

    pub fn finish(mut self) -> Result<Vec<u8>, Diagnostic> {
        self.workbook.save_to_buffer().map_err(unwritten)
    }
}

fn unwritten(error: XlsxError) -> Diagnostic {
    Diagnostic::output(Place::file("mail_merge.xlsx"), format!("cannot be written: {error}"))
}
