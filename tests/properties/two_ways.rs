//! A line without anything unusual is read by a way of its own; quotation marks keep it from that. Both
//! ways must say the same of every row, whatever stands in its cells.

use std::fs;

use klippekort::contract::Table;
use klippekort::ingest;
use proptest::prelude::*;

use crate::exports_folder::{ExportsFolder, result_codes, snapshot};

const TABLES: [Table; 6] = [
    Table::Results,
    Table::SuPayments,
    Table::Enrolments,
    Table::Courses,
    Table::ExamRegistrations,
    Table::PartResults,
];

/// At the edges of what a kind of cell may be, beyond them, and in the forms of other kinds.
const ODD: &[&str] = &[
    "",
    " ",
    "\u{A0}",
    "0",
    "1",
    "2",
    "-1",
    "-0",
    "+1",
    "00",
    "02",
    "002",
    "24",
    "25",
    "360",
    "361",
    "5.",
    "5.5",
    "5,5",
    "2.25",
    "2,25",
    "07.50",
    "0,05",
    "5.505",
    ".5",
    "1.234",
    "1.234,50",
    "12345678",
    "123456789",
    "99999999",
    "20000000",
    "20000000.01",
    "-7426",
    "-7426.5",
    "1e2",
    "2027-02-28",
    "2027-02-29",
    "2028-02-29",
    "29-02-2028",
    "29.02.2028",
    "29-02.2028",
    "29/02/2028",
    "31-12-2199",
    "1900-01-01",
    "1899-12-31",
    "2199-12-31",
    "2200-01-01",
    "2027-00-10",
    "2027-1-10",
    "2027-01-1O",
    "2026-10",
    "2026-12",
    "2026-13",
    "2026-00",
    "2026/10",
    "1899-12",
    "2199-12",
    "2200-01",
    "true",
    "TRUE",
    "False",
    "ja",
    "Nej",
    "yes",
    "E1",
    "E2",
    "E1 ",
    "e1",
    "E9",
    "E12345678",
    "01005",
    "1005",
    "02101",
    "AAU-7",
    "77777",
    "12",
    "AB",
    "ab",
    "13",
    "ordinary",
    "Ordinary",
    "parental",
    "supplementary_loan",
    "#REF!",
    "#N/A",
    "'12",
    "=1+1",
    "1E+05",
    "1,2E+09",
    "9901990007",
    "990199-0007",
    "990199007",
    "990199AB07",
    "990199-ABC",
    "99019X-0007",
    "Søren",
    "S\u{F8}",
    "a\0b",
    "a\u{7F}",
    "a\u{85}b",
    "\u{FEFF}E1",
    "active",
    "aktiv",
    "MSc",
    "seven_point",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_row_says_the_same_with_and_without_quotation_marks(
        table in 0..TABLES.len(),
        danish: bool,
        rows in prop::collection::vec(
            (
                any::<prop::sample::Index>(),
                prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), "[-0-9.A-Eø ]{0,10}", 0..4_u8), 0..3),
            ),
            1..12,
        ),
        windows: bool,
        last_line_ends: bool,
    ) {
        let table = TABLES[table];
        let folder = if danish { ExportsFolder::danish() } else { ExportsFolder::plain() };
        let name = folder.pipeline().table(table).file.clone().unwrap_or_else(|| format!("{table}.csv"));
        let text = fs::read_to_string(folder.path(&name)).unwrap();
        let separator = if danish { ';' } else { ',' };
        let mut lines = text.lines();
        let header = lines.next().unwrap().to_owned();
        let sound: Vec<Vec<String>> =
            lines.map(|line| line.split(separator).map(str::to_owned).collect()).collect();
        let mut all = sound.clone();
        for (of, changes) in rows {
            let mut row = sound[of.index(sound.len())].clone();
            for (cell, odd, strange, kind) in changes {
                let at = cell.index(row.len());
                let text = if kind == 0 { strange } else { ODD[odd.index(ODD.len())].to_owned() };
                row[at] = text.replace(separator, "");
            }
            all.push(row);
        }
        let end = if windows { "\r\n" } else { "\n" };
        let written = |mark: &str| {
            let lines = all.iter().map(|row| {
                let cells: Vec<String> = row.iter().map(|cell| format!("{mark}{cell}{mark}")).collect();
                cells.join(&separator.to_string())
            });
            let mut lines: Vec<String> = lines.collect();
            lines.insert(0, header.clone());
            lines.join(end) + if last_line_ends { end } else { "" }
        };
        let read = |text: String| {
            fs::write(folder.path(&name), text).unwrap();
            let ingested = ingest::read(&folder.pipeline(), &result_codes()).map_err(|problems| problems.to_string())?;
            let rejected: Vec<String> = ingested.rejected.iter().map(|row| format!("{row:?}")).collect();
            let file = ingested.files.iter().find(|file| file.table == table).unwrap();
            let counts = (file.rows_read, file.rows_accepted, file.rows_rejected, file.rows_repaired);
            Ok::<_, String>((snapshot(&ingested.exports), rejected, counts))
        };
        prop_assert_eq!(read(written("")), read(written("\"")));
    }
}
