//! Whatever happens to the bytes of a file: it is refused, or every line is accepted or rejected.

use std::fs;

use klippekort::contract::Table;
use klippekort::ingest;
use proptest::prelude::*;

use crate::exports_folder::{ExportsFolder, result_codes, snapshot};

const TABLES: [Table; 5] =
    [Table::Results, Table::SuPayments, Table::Enrolments, Table::Courses, Table::ExamRegistrations];

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_are_conserved_in_damaged_files(
        table in 0..TABLES.len(),
        danish: bool,
        line_breaks: bool,
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
        let folder = if line_breaks { folder.with_line_breaks() } else { folder };
        // Refused with a message is an answer, too; what is read must add up.
        let Ok(ingested) = ingest::read(&folder.pipeline(), &result_codes()) else { return Ok(()) };
        let file = ingested.files.iter().find(|file| file.table == table).unwrap();
        let rejected = ingested.rejected.iter().filter(|row| row.table == table && !row.repaired).count() as u64;
        prop_assert_eq!(file.rows_read, file.rows_accepted + file.rows_rejected);
        prop_assert_eq!(file.rows_rejected, rejected);
        if !file.encoding.starts_with("utf-16") {
            let lines = bytes.split_inclusive(|byte| *byte == b'\n').count() as u64;
            // The header, and perhaps a line `sep=` before it. A record may have two lines or more.
            let all = file.rows_read + 1 == lines || file.rows_read + 2 == lines;
            prop_assert!(all || (line_breaks && file.rows_read + 2 < lines));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    /// Texts of several lines, of lengths that move the cuts of the file through them.
    #[test]
    fn where_a_file_is_cut_never_matters_to_quoted_line_breaks(
        lengths in prop::collection::vec(prop::collection::vec(0..90_usize, 0..5), 1..7),
    ) {
        let rows = |note: &dyn Fn(usize) -> String| {
            let folder = ExportsFolder::plain().with_line_breaks();
            let mut text = "enrolment_id,course_code,exam_date,registered_on,withdrawn_on,note\n".to_owned();
            let (mut line, mut bad) = (2, Vec::new());
            for nth in 0..40_000 {
                let (month, enrolment) = (nth / 28 % 12 + 1, nth % 2 + 1);
                // Every thousandth row has a date that there is not.
                let day = if nth % 1000 == 999 { 32 } else { nth % 28 + 1 };
                let row = format!("E{enrolment},01005,2026-{month:02}-{day:02},2026-01-01,,{}\n", note(nth));
                if day == 32 {
                    bad.push(line);
                }
                line += row.matches('\n').count() as u32;
                text += &row;
            }
            fs::write(folder.path("exam_registrations.csv"), text).unwrap();
            let ingested = ingest::read(&folder.pipeline(), &result_codes()).unwrap();
            let rejected = ingested.rejected.iter().map(|row| row.line).collect::<Vec<_>>();
            assert_eq!(rejected, bad);
            snapshot(&ingested.exports)
        };
        let note = |nth: usize| {
            let lines = lengths[nth % lengths.len()].iter().map(|length| "x".repeat(*length));
            format!("\"{}\"", lines.collect::<Vec<_>>().join("\n"))
        };
        prop_assert!(rows(&note) == rows(&|_| String::new()));
    }
}
