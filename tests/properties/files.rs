//! Whatever happens to the bytes of a file: it is refused, or every line is accepted or rejected.

use std::fs;

use klippekort::contract::Table;
use klippekort::ingest;
use proptest::prelude::*;

use crate::exports_folder::{ExportsFolder, result_codes};

const TABLES: [Table; 5] =
    [Table::Results, Table::SuPayments, Table::Enrolments, Table::Courses, Table::ExamRegistrations];

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_are_conserved_in_damaged_files(
        table in 0..TABLES.len(),
        danish: bool,
        damage in prop::collection::vec((any::<prop::sample::Index>(), 0..4_u8, any::<u8>()), 1..6),
    ) {
        let table = TABLES[table];
        let folder = if danish { ExportsFolder::danish() } else { ExportsFolder::plain() };
        let path = folder.path(&format!("{table}.csv"));
        let mut bytes = fs::read(&path).unwrap();
        for (at, kind, byte) in damage {
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => drop(bytes.remove(at)),
                _ => bytes.insert(at, b"\n\r\";,\0"[usize::from(byte) % 6]),
            }
        }
        fs::write(&path, &bytes).unwrap();
        // Refused with a message is an answer, too; what is read must add up.
        let Ok(ingested) = ingest::read(&folder.pipeline(), &result_codes()) else { return Ok(()) };
        let file = ingested.files.iter().find(|file| file.table == table).unwrap();
        let rejected = ingested.rejected.iter().filter(|row| row.table == table && !row.repaired).count() as u64;
        prop_assert_eq!(file.rows_read, file.rows_accepted + file.rows_rejected);
        prop_assert_eq!(file.rows_rejected, rejected);
        if !file.encoding.starts_with("utf-16") {
            let lines = bytes.split_inclusive(|byte| *byte == b'\n').count() as u64;
            // The header, and perhaps a line `sep=` before it.
            prop_assert!(file.rows_read + 1 == lines || file.rows_read + 2 == lines);
        }
    }
}
