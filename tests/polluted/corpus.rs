//! Files with exactly one polluted row, cell or line end each, and what a reader must say of each.
//!
//! After the idea of the Pollock benchmark. The sound files are invented exports in both dialects;
//! every pollution is one that a reader can see: a cell that became another well-formed value of the
//! same kind is not among them, for no reader can tell.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use klippekort::contract::{Column, Table};
use klippekort::generate::{self, Dialect, Headers};
use klippekort::ingest::Reason;

use crate::cells::{CELLS, applies};
use crate::lines::{BYTES, LINES};

pub const STUDENTS: u32 = 60;
pub const TABLES: [Table; 8] = [
    Table::Enrolments,
    Table::Courses,
    Table::CourseEquivalences,
    Table::Results,
    Table::ExamRegistrations,
    Table::SuPayments,
    Table::Projects,
    Table::Leaves,
];

/// What a reader must do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Reject the touched line for one of these reasons, and keep every other row.
    Reject(&'static [Reason]),
    /// Read the row as it was, and list this repair.
    Mend(Reason),
    /// Read the row as it was.
    Same,
    /// Reject the touched line, or say of the file that it may be cut off.
    RejectOrNotice,
}

/// A sound file in memory.
pub struct Sound {
    pub table: Table,
    pub danish: bool,
    pub separator: char,
    pub header: String,
    /// Cells without quotation marks.
    pub rows: Vec<Vec<String>>,
}

impl Sound {
    pub fn name(&self) -> String {
        format!("{}.csv", self.table)
    }

    /// The cells of a row as they stand in the file.
    pub fn written(&self, row: usize) -> Vec<String> {
        let quoted = |cell: &String| match cell.contains([self.separator, '"', '\n']) {
            true => format!("\"{}\"", cell.replace('"', "\"\"")),
            false => cell.clone(),
        };
        self.rows[row].iter().map(quoted).collect()
    }

    pub fn line(&self, row: usize) -> String {
        self.written(row).join(&self.separator.to_string())
    }

    /// The line on which a row begins.
    pub fn line_of(&self, row: usize) -> u32 {
        let breaks = self.rows[..row].iter().flatten().map(|cell| cell.matches('\n').count() as u32);
        row as u32 + 2 + breaks.sum::<u32>()
    }

    /// The header and the rows as they stand in the file.
    pub fn lines(&self) -> Vec<String> {
        let rows = (0..self.rows.len()).map(|row| self.line(row));
        std::iter::once(self.header.clone()).chain(rows).collect()
    }

    /// The file without some rows.
    pub fn without(&self, removed: &[usize]) -> Vec<u8> {
        let mut lines = self.lines();
        let mut removed = removed.to_vec();
        removed.sort_unstable();
        for row in removed.into_iter().rev() {
            lines.remove(row + 1);
        }
        (lines.join("\n") + "\n").into_bytes()
    }
}

/// One file of the corpus.
pub struct Polluted {
    pub pollution: &'static str,
    /// The pollution can be seen without the contract: in the line or its bytes.
    pub of_form: bool,
    pub bytes: Vec<u8>,
    /// The lines that may be listed.
    pub touched: Vec<u32>,
    /// The rows that are lost when the touched lines are rejected.
    pub removed: Vec<usize>,
    pub expected: Expected,
}

/// Writes sound exports in both dialects and reads them back: folder `danish`, folder `plain`.
pub fn sound(folder: &Path) -> Vec<Sound> {
    let mut all = Vec::new();
    let danish = Headers::danish().expect("the headers of the project");
    for (name, dialect, headers) in
        [("danish", Dialect::Danish, danish), ("plain", Dialect::Plain, Headers::default())]
    {
        let output = folder.join(name);
        let format = generate::Format::Csv;
        let options = generate::Options { students: STUDENTS, seed: 7, output, dialect, format, headers };
        let written = generate::write(&options).expect("invented exports");
        for file in written.files.iter().filter(|file| TABLES.contains(&file.table)) {
            let danish = dialect == Dialect::Danish;
            let separator = if danish { ';' } else { ',' };
            let text = fs::read_to_string(&file.path).expect("readable").replace("\r\n", "\n");
            let header = text.lines().next().unwrap_or_default().trim_start_matches('\u{FEFF}').to_owned();
            let mut reader =
                csv::ReaderBuilder::new().delimiter(separator as u8).from_reader(text.as_bytes());
            let record = |row: csv::StringRecord| row.iter().map(str::to_owned).collect::<Vec<_>>();
            let rows = reader.records().map(|row| record(row.expect("sound"))).collect::<Vec<_>>();
            assert!(!rows.is_empty(), "{} has no row", file.table);
            all.push(Sound { table: file.table, danish, separator, header, rows });
        }
    }
    all
}

/// Every polluted form of a file.
pub fn pollute(sound: &Sound) -> Vec<Polluted> {
    let mut all = Vec::new();
    let last = sound.rows.len() - 1;
    // A first row, one in the middle and the last.
    for row in BTreeSet::from([0, last / 2, last]) {
        for (pollution, make) in LINES {
            all.extend(make(sound, row).map(|made| Polluted { pollution, of_form: true, ..made }));
        }
        for (pollution, make) in BYTES {
            all.extend(make(sound, row).map(|made| Polluted { pollution, of_form: true, ..made }));
        }
        for cell in CELLS {
            // The first column of the kind that has something in this row.
            let columns = sound.table.columns().iter().enumerate();
            let fits = |(at, column): &(usize, &Column)| {
                sound.rows[row].get(*at).is_some_and(|text| !text.is_empty()) && applies(cell.to, column)
            };
            let Some((at, _)) = columns.clone().find(fits) else { continue };
            let Some(text) = (cell.text)(&sound.rows[row][at], sound.danish) else { continue };
            let mut cells = sound.written(row);
            cells[at] = text;
            let made = replaced(sound, row, cells.join(&sound.separator.to_string()), cell.expected);
            all.push(Polluted { pollution: cell.name, of_form: false, ..made });
        }
    }
    all
}

/// The file with another line in the place of a row.
pub fn replaced(sound: &Sound, row: usize, line: impl Into<Vec<u8>>, expected: Expected) -> Polluted {
    let line = line.into();
    let mut bytes = Vec::new();
    for (at, text) in sound.lines().into_iter().enumerate() {
        if at == row + 1 {
            bytes.extend_from_slice(&line);
        } else {
            bytes.extend_from_slice(text.as_bytes());
        }
        bytes.push(b'\n');
    }
    Polluted {
        pollution: "",
        of_form: true,
        bytes,
        touched: vec![sound.line_of(row)],
        removed: vec![row],
        expected,
    }
}
