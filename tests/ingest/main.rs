//! What the gate must hold: every reason at its line, every dialect and format the same exports,
//! any order of rows the same exports, and no row lost.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[path = "../exports_folder/mod.rs"]
mod exports_folder;
mod headers;
mod reasons;
mod told;

use std::fs;

use exports_folder::{ExportsFolder, listed, problems, read, snapshot};
use klippekort::contract::Table;
use klippekort::ingest::Reason;
use reasons::{BAD_ROWS, REPAIRED_ROWS};

#[test]
fn every_reason_is_told_with_its_line_and_column() {
    for (table, row, reason, column) in BAD_ROWS {
        let folder = ExportsFolder::plain();
        let line = folder.append_line(*table, row);
        let ingested = read(&folder);
        // The kept row of a duplicate key is the smaller one, which may be the earlier line.
        let lines = listed(&ingested);
        assert_eq!(lines.len(), 1, "{row}: {lines:?}");
        let (found_table, found_line, found_column, found_reason, repaired) = lines[0];
        assert_eq!(
            (found_table, found_column, found_reason, repaired),
            (*table, *column, *reason, false),
            "{row}"
        );
        if *reason != Reason::DuplicateKey {
            assert_eq!(found_line, line, "{row}");
        }
        let file = ingested.files.iter().find(|file| file.table == *table).expect("the file is reported");
        assert_eq!((file.rows_rejected, file.rows_repaired), (1, 0), "{row}");
    }
}

#[test]
fn repairs_are_accepted_and_listed() {
    for (table, row, reason, column) in REPAIRED_ROWS {
        let folder = ExportsFolder::plain();
        let line = folder.append_line(*table, row);
        let ingested = read(&folder);
        assert_eq!(listed(&ingested), [(*table, line, *column, *reason, true)], "{row}");
        let file = ingested.files.iter().find(|file| file.table == *table).expect("the file is reported");
        assert_eq!((file.rows_rejected, file.rows_repaired), (0, 1), "{row}");
        assert!(ingested.exports.rejected_input.iter().all(|rejected| !rejected), "{row}");
    }
}

/// No row of one line can show these: `tests/workbooks.rs` has them, and `tests/ingest_files.rs` the last.
const NOT_ON_ONE_LINE: [Reason; 3] = [Reason::RepairedDate, Reason::RepairedMonth, Reason::LineBreak];

#[test]
fn the_lists_above_cover_every_reason() {
    let tested = BAD_ROWS.iter().chain(REPAIRED_ROWS).map(|row| row.2).collect::<Vec<_>>();
    let forgotten = Reason::ALL.iter().filter(|reason| !tested.contains(reason));
    let forgotten = forgotten.filter(|reason| !NOT_ON_ONE_LINE.contains(reason)).collect::<Vec<_>>();
    assert!(forgotten.is_empty(), "{forgotten:?}");
}

#[test]
fn rows_read_are_rows_accepted_and_rows_rejected() {
    let folder = ExportsFolder::plain();
    for (table, row, _, _) in BAD_ROWS.iter().filter(|row| row.0 != Table::Enrolments) {
        folder.append_line(*table, row);
    }
    let ingested = read(&folder);
    for file in &ingested.files {
        let lines = fs::read_to_string(&file.path).expect("readable").lines().count() as u64 - 1;
        assert_eq!(file.rows_read, lines, "{}", file.table);
        assert_eq!(file.rows_read, file.rows_accepted + file.rows_rejected, "{}", file.table);
        let listed = ingested.rejected.iter().filter(|row| row.table == file.table && !row.repaired).count();
        assert_eq!(file.rows_rejected, listed as u64, "{}", file.table);
    }
}

#[test]
fn a_sound_folder_gives_the_columns_it_describes() {
    let exports = read(&ExportsFolder::plain()).exports;
    let ids = exports.enrolments.iter().map(|enrolment| enrolment.enrolment_id.as_str()).collect::<Vec<_>>();
    assert_eq!(ids, ["E1", "E2", "E3"]);
    let catalogue = &exports.catalogue;
    assert_eq!(catalogue.codes, ["01005", "02101", "02102", "10999", "AAU-7"]);
    // 02102 is the same as 01005, the smaller code; 02101 and 01005 are a blocked pair.
    assert_eq!(catalogue.group_of, [0, 1, 0, 3, 4]);
    assert_eq!(catalogue.blocked, [(0, 1)]);
    let results = &exports.results;
    assert_eq!(results.offsets, [0, 4, 5, 5]);
    // Within E1's first group: settled before awaiting, own before transferred.
    let rows = results.rows.iter().map(|row| (row.course, row.group, row.ects)).collect::<Vec<_>>();
    assert_eq!(rows, [(0, 0, 500), (2, 0, 500), (1, 1, 750), (4, 4, 1000), (0, 0, 500)]);
    assert_eq!(exports.su_payments.offsets, [0, 2, 3, 3]);
    assert!(exports.rejected_input.iter().all(|rejected| !rejected));
    assert!(exports.small.exam_registrations.is_some() && exports.small.parental_rights.is_none());
    assert_eq!(exports.people[0].given_name, "Søren");
}

#[test]
fn a_rejected_row_marks_the_enrolment_that_it_names() {
    let cases = [
        (Table::Results, "E2,01005,5,12,x,2027-01-20,0,,,", true),
        (Table::Results, "E2,01005", true),
        (Table::SuPayments, "E2,2027-01,ordinary,9,", true),
        (Table::YouthCards, "E2,2027-02-01,2027-01-31", false),
    ];
    for (table, row, marked) in cases {
        let folder = ExportsFolder::plain();
        folder.append_line(table, row);
        assert_eq!(read(&folder).exports.rejected_input, [false, marked, false], "{row}");
    }
}

/// The first row of the line names E3, the one after the lost line end E1 or E2.
#[test]
fn a_lost_line_end_marks_the_enrolments_of_both_rows() {
    let results = "E3,01005,5,12,2026-12-10,2026-12-20,0,,,";
    let payments = "E3,2026-10,ordinary,1,6589.00";
    for end in ["", "\r", "\u{B}", "\u{2028}", ","] {
        for (table, row, other) in [
            (Table::Results, results, results.replace("E3", "E2")),
            (Table::Results, "E3,01005,5,12,2026-12-10,2026-12-20,0,,,0", results.replace("E3", "E2")),
            (Table::Results, results, results.replace("E3", "\"E2\"")),
            (Table::SuPayments, payments, payments.replace("E3", "E2")),
        ] {
            let folder = ExportsFolder::plain();
            folder.append_line(table, &format!("{row}{end}{other}"));
            assert_eq!(read(&folder).exports.rejected_input, [false, true, true], "{row}{end:?}{other}");
        }
    }
    // One row with a cell too many names one enrolment, though a cell ends like the id of another.
    let folder = ExportsFolder::plain();
    folder.append_line(Table::SuPayments, "E3,2026-10,ordinary,1,xE1,E2");
    assert_eq!(read(&folder).exports.rejected_input, [false, false, true]);
}

#[test]
fn a_repayment_of_no_portions_is_a_payment_like_others() {
    for row in ["E1,2027-01,ordinary,0,-7426", "E1,2027-01,ordinary,1,0", "E1,2027-01,ordinary,1,7426"] {
        let folder = ExportsFolder::plain();
        folder.append_line(Table::SuPayments, row);
        let ingested = read(&folder);
        assert!(ingested.rejected.is_empty(), "{row}");
        assert_eq!(ingested.exports.su_payments.offsets, [0, 3, 4, 4], "{row}");
    }
}

#[test]
fn what_is_summed_is_summed_once() {
    let grants = |row: &str| {
        let folder = ExportsFolder::plain();
        folder.append_line(Table::ExtraPortionGrants, row);
        let exports = read(&folder).exports;
        (exports.extra_portion_grants.expect("given").rows.len(), exports.rejected_input)
    };
    // Equal but for the last cell, or of another enrolment: two grants.
    assert_eq!(grants("E1,2026-11-01,2,illness,2026-09,2026-10"), (1, vec![true, false, false]));
    assert_eq!(grants("E1,2026-11-01,2,illness,2026-09,2026-11"), (2, vec![false; 3]));
    assert_eq!(grants("E2,2026-11-01,2,illness,2026-09,2026-10"), (2, vec![false; 3]));
}

/// `status` misspelt, a cell too few, one too many, a quotation mark, and a line of one cell before it.
const BROKEN_REGISTER_ROWS: [&str; 5] = [
    "S2,E2,,Ann,Lee,l@example.org,en,UK,,CS,2025-09-01,activ,,6,,,,,",
    "S2,E2,,Ann,Lee,l@example.org,en,UK,,CS,2025-09-01",
    "S2,E2,,Ann,Lee,l@example.org,en,UK,,CS,2025-09-01,active,,6,,,,,,,",
    "S2,E2,,A\"nn,Lee,l@example.org,en,UK,,CS,2025-09-01,active,,6,,,,,",
    "S\n2,E2,,Ann,Lee,l@example.org,en,UK,,CS,2025-09-01,active,,6,,,,,",
];

#[test]
fn a_broken_second_row_of_the_register_contradicts_the_sound_one() {
    for row in BROKEN_REGISTER_ROWS {
        let folder = ExportsFolder::plain();
        folder.append_line(Table::Enrolments, row);
        let exports = read(&folder).exports;
        assert_eq!(exports.rejected_input, [false, true, false], "{row}");
    }
    // The same key of an enrolment that no sound row has says nothing of the others.
    let folder = ExportsFolder::plain();
    folder.append_line(Table::Enrolments, &BROKEN_REGISTER_ROWS[0].replace("S2,E2", "S9,E9"));
    let exports = read(&folder).exports;
    assert_eq!((exports.rejected_input, exports.lost_rows), (vec![false; 3], Vec::new()));
}

#[test]
fn a_lost_register_row_is_a_lost_row_of_the_students_other_enrolments() {
    let lost = |row: &str| {
        let folder = ExportsFolder::plain();
        folder.append_line(Table::Enrolments, row);
        let exports = read(&folder).exports;
        assert!(exports.rejected_input.iter().all(|rejected| !rejected), "{row}");
        exports.lost_rows.iter().map(|row| (row.table, row.enrolment)).collect::<Vec<_>>()
    };
    assert_eq!(
        lost("S2,E9,,Ann,Lee,l@example.org,en,UK,,CS,2025-09-01,activ,,6,,,,,"),
        [(Table::Enrolments, 1)]
    );
    assert!(lost("S9,E9,,Ann,Lee,l@example.org,en,UK,,CS,2025-09-01,activ,,6,,,,,").is_empty());
}

#[test]
fn numbers_of_persons_are_no_ids() {
    for (column, ids) in [
        ("student_id", [("S1,", "010199-0007,"), ("S2,", "0202990007,")]),
        ("enrolment_id", [("E1,", "010199-0007,"), ("E2,", "620299AB07,")]),
    ] {
        let folder = ExportsFolder::plain();
        folder.convert(|text| {
            ids.iter().fold(text.to_owned(), |text, (id, number)| text.replace(id, number)).into()
        });
        let told = problems(&folder);
        assert!(
            told.contains(&format!("{column} holds what looks like")) && !told.contains("0007"),
            "{told}"
        );
    }
    // One of three may be a number of another kind.
    let folder = ExportsFolder::plain();
    folder.rewrite(Table::Enrolments, |text| text.replace("S1,", "0101990007,"));
    assert_eq!(read(&folder).exports.enrolments[0].student_id, "0101990007");
}

/// It names courses: whom it concerns is asked of each verdict, and no enrolment is named by it.
#[test]
fn a_rejected_equivalence_keeps_its_courses_and_names_no_enrolment() {
    let lost = |row: &str| {
        let folder = ExportsFolder::plain();
        folder.append_line(Table::CourseEquivalences, row);
        let exports = read(&folder).exports;
        assert_eq!((exports.rejected_input, exports.lost_rows), (vec![false; 3], Vec::new()), "{row}");
        let code = |course: Option<u32>| course.map(|course| exports.catalogue.code(course).to_owned());
        exports.lost_equivalences.into_iter().map(|pair| pair.map(code)).collect::<Vec<_>>()
    };
    let (one, other) = (Some("01005".to_owned()), Some("10999".to_owned()));
    assert_eq!(lost("01005,10999,identical"), [[one.clone(), other.clone()]]);
    assert_eq!(lost("01005,99999,same"), [[one.clone(), None]]);
    // Two rows on one line: the course of the second may be one with any other.
    assert!(lost("01005,99999,same10999,99999,same").contains(&[other, None]));
}

#[test]
fn students_who_cannot_be_told_apart_are_named_and_their_numbers_are_not() {
    let conflicts = |rows: &[&str]| {
        let folder = ExportsFolder::plain();
        rows.iter().for_each(|row| _ = folder.append_line(Table::Enrolments, row));
        let ingested = read(&folder);
        assert!(ingested.rejected.is_empty());
        ingested.exports.identity_conflicts
    };
    let row = |student: &str, enrolment: &str, cpr: &str| {
        format!("{student},{enrolment},{cpr},A,B,a@example.org,da,DK,,CS,2026-09-01,active,,,,,,,")
    };
    assert!(conflicts(&[]).is_empty());
    // One number, two students: all enrolments of both. E1 is index 0, E4 3, E5 4.
    assert_eq!(
        conflicts(&[&row("S4", "E4", "990199-0007"), &row("S4", "E5", ""), &row("S5", "E6", "990199-0008")]),
        [0, 3, 4]
    );
    // One student, two numbers.
    assert_eq!(conflicts(&[&row("S1", "E4", "990199-0008")]), [0, 3]);
    // One student, one number, in both ways of writing it, or with a row that has none.
    assert!(conflicts(&[&row("S1", "E4", "9901990007"), &row("S1", "E5", "")]).is_empty());
}

#[test]
fn of_two_different_rows_with_one_key_the_smallest_is_kept_in_any_order() {
    let (small, large) = (
        "S8,E8,,Anna,B,a@example.org,da,DK,,CS,2026-09-01,active,,,,,,,",
        "S8,E8,,Bo,B,a@example.org,da,DK,,CS,2026-09-01,active,,,,,,,",
    );
    for (first, second, rejected_second) in
        [(small, large, true), (large, small, false), (small, small, true)]
    {
        let folder = ExportsFolder::plain();
        let line = folder.append_line(Table::Enrolments, first);
        folder.append_line(Table::Enrolments, second);
        let ingested = read(&folder);
        assert_eq!(ingested.exports.people[3].given_name, "Anna");
        assert_eq!(ingested.exports.rejected_input[3], first != second);
        let expected = if rejected_second { line + 1 } else { line };
        assert_eq!(ingested.rejected.iter().map(|row| row.line).collect::<Vec<_>>(), [expected]);
    }
}

#[test]
fn the_order_of_the_rows_does_not_matter() {
    let expected = snapshot(&read(&ExportsFolder::plain()).exports);
    for turn in 1..5 {
        assert_eq!(snapshot(&read(&ExportsFolder::shuffled(turn)).exports), expected, "{turn}");
    }
}

#[test]
fn dialects_encodings_and_formats_give_the_same_exports() {
    let expected = snapshot(&read(&ExportsFolder::plain()).exports);
    let danish = ExportsFolder::danish();
    assert_eq!(snapshot(&read(&danish).exports), expected, "Danish, UTF-8");

    danish.convert(|text| encoding_rs::WINDOWS_1252.encode(text).0.into_owned());
    let ingested = read(&danish);
    assert_eq!(snapshot(&ingested.exports), expected, "Danish, Windows-1252");
    let file = ingested.files.iter().find(|file| file.table == Table::Enrolments).expect("reported");
    assert_eq!(file.encoding, "windows-1252");
    assert!(file.notices.iter().any(|notice| notice.contains("windows-1252")), "{:?}", file.notices);

    for (name, change) in [
        ("byte order mark", (|text| [b"\xEF\xBB\xBF", text.as_bytes()].concat()) as fn(&str) -> Vec<u8>),
        ("CRLF", |text| text.replace('\n', "\r\n").into_bytes()),
        ("sep= line", |text| format!("sep=;\r\n{text}").into_bytes()),
        ("mark and sep= line", |text| format!("\u{FEFF}sep=;\n{text}").into_bytes()),
        ("no last line end", |text| text.trim_end().as_bytes().to_vec()),
        ("UTF-16", |text| {
            format!("\u{FEFF}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()
        }),
        ("quoted cells", |text| {
            let line = |line: &str| format!("\"{}\"\n", line.replace(';', "\";\""));
            text.lines().map(line).collect::<String>().into_bytes()
        }),
    ] {
        let danish = ExportsFolder::danish();
        danish.convert(change);
        assert_eq!(snapshot(&read(&danish).exports), expected, "{name}");
    }
    for doubles in [false, true] {
        assert_eq!(snapshot(&read(&ExportsFolder::parquet(doubles)).exports), expected, "Parquet {doubles}");
    }
}

#[test]
fn nothing_personal_is_shown() {
    let folder = ExportsFolder::plain();
    folder.append_line(
        Table::Enrolments,
        "S9,E9,secret-cpr,Hemmelig,B,a@example.org,da,DK,,CS,2026-09-01,active,,,,,,,",
    );
    folder.append_line(
        Table::Enrolments,
        "S9,E8,,A,B,a@example.org,990199-0007,DK,,CS,2026-09-01,active,,,,,,,",
    );
    let ingested = read(&folder);
    let values = ingested.rejected.iter().map(|row| row.value.as_str()).collect::<Vec<_>>();
    assert_eq!(values, ["(hidden)", "XXXXXX-XXXX"]);
}

#[test]
fn parallel_parts_and_blocks_do_not_show() {
    let folder = ExportsFolder::plain();
    // About 40 MB: two blocks, many parts.
    let sound = "E2,01005,2026-12-11,2026-10-01,\n".repeat(1000);
    let bad = "E2,01005,2026-12-11,2026-13-01,\n";
    folder.rewrite(Table::ExamRegistrations, |text| {
        let parts = (0..1400).map(|part| if part % 100 == 99 { sound.clone() + bad } else { sound.clone() });
        text.to_owned() + &parts.collect::<String>()
    });
    let ingested = read(&folder);
    // Header and two rows, then a bad row after every hundred thousand sound ones.
    let expected = (1..=14).map(|nth| 3 + nth * 100_001).collect::<Vec<u32>>();
    assert_eq!(ingested.rejected.iter().map(|row| row.line).collect::<Vec<_>>(), expected);
    let registrations = ingested.exports.small.exam_registrations.expect("given").rows;
    assert_eq!(registrations.len(), 1_400_002);
    let file = ingested.files.iter().find(|file| file.table == Table::ExamRegistrations).expect("reported");
    assert_eq!((file.rows_read, file.rows_rejected), (1_400_016, 14));
    let mut sorted = registrations.iter().map(|row| row.line).collect::<Vec<_>>();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(sorted.len(), registrations.len());
}

/// The rows are rejected all the same: what is not the key is not read as if it were.
#[test]
fn a_damaged_id_holds_the_enrolment_that_it_was() {
    for id in ["e1", "E 1", "'E1", "E\u{200B}1", "E1\u{A0}x", "E-1", "3"] {
        let folder = ExportsFolder::plain();
        folder.append_line(Table::Results, &format!("{id},01005,5,00,2027-01-10,2027-01-20,0,,,"));
        let ingested = read(&folder);
        let rejected: u64 = ingested.files.iter().map(|file| file.rows_rejected).sum();
        assert_eq!(rejected, 1, "{id:?}");
        let known = !["E1\u{A0}x", "E-1", "3"].contains(&id);
        assert_eq!(ingested.exports.rejected_input, [known, false, false], "{id:?}");
    }
}

/// It may be the course of the catalogue without its zero, or a course of another university.
#[test]
fn no_zero_is_given_back_to_a_code_of_credit_from_outside() {
    let folder = ExportsFolder::plain();
    let line = folder.append_line(Table::Results, "E1,1005,5,12,,2027-01-20,1,Lund,,");
    let ingested = read(&folder);
    assert_eq!(listed(&ingested), [(Table::Results, line, "course_code", Reason::SpreadsheetDamage, false)]);
}
