//! Workbooks as a person at a desk meets them: read, edited, saved again.

use std::path::Path;

use calamine::{Data, Range, Reader, Xlsx, open_workbook};
use rust_xlsxwriter::{Format, Workbook};

pub type Rows = Vec<Vec<Data>>;

pub fn sheet_names(path: &Path) -> Vec<String> {
    let workbook: Xlsx<_> = open_workbook(path).unwrap();
    workbook.sheet_names()
}

/// The cells of a sheet; it must hold no formula.
pub fn rows(path: &Path, sheet: &str) -> Rows {
    let mut workbook: Xlsx<_> = open_workbook(path).unwrap();
    let formulas: Range<String> = workbook.worksheet_formula(sheet).unwrap();
    assert!(formulas.used_cells().next().is_none(), "a formula in {}", path.display());
    workbook.worksheet_range(sheet).unwrap().rows().map(<[Data]>::to_vec).collect()
}

/// Every cell of every sheet as text, one per line.
pub fn all_text(path: &Path) -> String {
    let sheets = sheet_names(path);
    let cells = sheets.iter().flat_map(|sheet| rows(path, sheet)).flatten();
    cells.map(|cell| format!("{cell}\n")).collect()
}

pub fn column(rows: &Rows, heading: &str) -> usize {
    rows[0].iter().position(|cell| *cell == heading).unwrap_or_else(|| panic!("no column {heading}"))
}

pub fn text(cell: &Data) -> String {
    if let Data::String(text) = cell { text.clone() } else { String::new() }
}

/// A worklist as another program saves it: other styles, dates as plain numbers.
pub fn save(path: &Path, worklist: &Rows, run: &Rows) {
    let mut workbook = Workbook::new();
    for (name, rows) in [("worklist", worklist), ("run", run)] {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        for (line, row) in rows.iter().enumerate() {
            for (position, cell) in row.iter().enumerate() {
                let (line, position) = (line as u32, position as u16);
                match cell {
                    Data::String(text) => sheet.write_string(line, position, text).unwrap(),
                    Data::Float(number) => sheet.write_number(line, position, *number).unwrap(),
                    Data::Int(number) => sheet.write_number(line, position, *number as i32).unwrap(),
                    Data::DateTime(date) => sheet.write_number(line, position, date.as_f64()).unwrap(),
                    Data::Empty => sheet.write_blank(line, position, &Format::new()).unwrap(),
                    other => panic!("an unexpected cell {other:?}"),
                };
            }
        }
    }
    workbook.save(path).unwrap();
}
