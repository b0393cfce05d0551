//! The same exports as workbooks, with typed cells.

use std::path::Path;

use klippekort::base::Day;
use klippekort::contract::{Kind, Table};
use rust_xlsxwriter::{Format, Workbook, Worksheet};

use super::{ExportsFolder, ROWS, cells, header};

/// Days from 30 December 1899, as a spreadsheet counts them.
pub fn serial(iso: &str) -> f64 {
    let day = Day::parse_iso(iso).expect("a date").epoch_days();
    f64::from(day + 25_569)
}

/// Writes a sheet of the contract's own headers, with cells of the kinds of its columns.
pub fn fill(sheet: &mut Worksheet, table: Table) {
    let rows = ROWS.iter().find(|(other, _)| *other == table).map_or(&[][..], |(_, rows)| rows);
    let date = Format::new().set_num_format("dd-mm-yyyy");
    for (at, name) in header(table).into_iter().enumerate() {
        sheet.write_string(0, at as u16, name).expect("fits");
    }
    for (row, cells) in rows.iter().map(|row| cells(row)).enumerate() {
        let row = row as u32 + 1;
        for (at, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let column = at as u16;
            match table.columns()[at].kind {
                Kind::Ects { .. } | Kind::Kroner | Kind::Int { .. } => {
                    sheet.write_number(row, column, cell.parse::<f64>().expect("a number")).expect("fits");
                }
                Kind::Date => {
                    sheet.write_number_with_format(row, column, serial(cell), &date).expect("fits");
                }
                Kind::Bool => {
                    sheet.write_boolean(row, column, cell == "1").expect("fits");
                }
                _ => {
                    sheet.write_string(row, column, cell).expect("fits");
                }
            }
        }
    }
}

impl ExportsFolder {
    /// Every table as a workbook of one sheet.
    pub fn workbooks() -> ExportsFolder {
        let folder = ExportsFolder::new("semester_inspection.toml");
        for (table, _) in ROWS {
            folder.write_workbook(*table, |_| {});
        }
        folder
    }

    /// Reads the folder by the pipeline that maps nothing.
    pub fn with_plain_pipeline(mut self) -> ExportsFolder {
        self.pipeline = "semester_inspection_plain.toml";
        self
    }

    /// Writes the table as a workbook, with changes.
    pub fn write_workbook(&self, table: Table, change: impl FnOnce(&mut Worksheet)) {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        fill(sheet, table);
        change(sheet);
        self.save(&mut workbook, table);
    }

    pub fn save(&self, workbook: &mut Workbook, table: Table) {
        let path = self.path(&format!("{table}.xlsx"));
        workbook.save(AsRef::<Path>::as_ref(&path)).expect("writable");
    }
}
