//! Files, headers, encodings and formats at the gate.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod exports_folder;

use std::fs;

use exports_folder::{ExportsFolder, listed, problems, read, result_codes, snapshot};
use klippekort::contract::Table;
use klippekort::ingest::{self, Reason};

#[test]
fn headers_are_found_by_name_and_all_their_problems_are_told() {
    let folder = ExportsFolder::plain();
    folder.rewrite(Table::Results, |text| {
        text.replacen("ects", "etcs", 1).replacen("result,", "result,result,", 1)
    });
    folder.rewrite(Table::Leaves, |text| text.replacen("to_date", "until", 1));
    let told = problems(&folder);
    assert!(told.contains("column ects is missing") && told.contains("`etcs`"), "{told}");
    assert!(told.contains("the header of result stands twice"), "{told}");
    assert!(told.contains("results.csv:1:") && told.contains("leaves.csv:1:1"), "{told}");

    let folder = ExportsFolder::plain();
    folder.rewrite(Table::Leaves, |text| {
        let mut lines = text.lines().map(|line| format!("{line},,\n")).collect::<Vec<_>>();
        lines[0] = "enrolment_id,from_date,to_date,reason, \"note\",\n".replace(" \"note\"", "note");
        lines.concat()
    });
    let ingested = read(&folder);
    let file = ingested.files.iter().find(|file| file.table == Table::Leaves).expect("reported");
    assert_eq!(file.notices, ["column `note` is not used"]);
    assert_eq!(file.rows_rejected, 0);
}

#[test]
fn files_that_cannot_be_used_are_told() {
    let folder = ExportsFolder::plain();
    fs::remove_file(folder.path("results.csv")).expect("removable");
    let told = problems(&folder);
    assert!(
        told.contains("results is missing; looked for results.csv, results.parquet, results.xlsx"),
        "{told}"
    );

    fs::write(folder.path("results.xlsx"), b"PK").expect("writable");
    assert!(problems(&folder).contains("cannot be read as a workbook (XLSX): it is no zip container"));

    let folder = ExportsFolder::plain();
    fs::write(folder.path("results.parquet"), b"PAR1").expect("writable");
    let told = problems(&folder);
    assert!(told.contains("results.csv and from results.parquet"), "{told}");

    let folder = ExportsFolder::plain();
    folder.rewrite(Table::Results, |text| text.replace('\n', "\r"));
    folder.rewrite(Table::Courses, |_| String::new());
    let told = problems(&folder);
    assert!(told.contains("carriage return only") && told.contains("the file is empty"), "{told}");
    let checked = ingest::check(&folder.pipeline(), &result_codes());
    assert_eq!(checked.len(), 2);
    assert!(ingest::check(&ExportsFolder::plain().pipeline(), &result_codes()).is_empty());
}

#[test]
fn too_many_rejected_rows_stop_the_run() {
    let folder = ExportsFolder::plain();
    for _ in 0..20 {
        folder.append_line(Table::YouthCards, "E1,2027-02-01,x");
    }
    read(&folder);
    folder.append_line(Table::YouthCards, "E1,2027-02-01");
    let told = problems(&folder);
    assert!(
        told.contains("21 of 22 rows of youth_cards") && told.contains("bad_date 20 times, first on line 3"),
        "{told}"
    );

    let folder = ExportsFolder::plain();
    folder.append_line(Table::Programmes, "X,,BSc,180,36,48");
    let told = problems(&folder);
    assert!(told.contains("no row of this table may be lost"), "{told}");
}

#[test]
fn windows_1252_is_told_from_damaged_utf8() {
    let folder = ExportsFolder::danish();
    let path = folder.path("results.csv");
    let mut bytes = fs::read(&path).expect("readable");
    bytes.extend_from_slice(b"E1;01005;5,00;12;10-01-2027;20-01-2027;0;K\xF8benhavn;;\n");
    let line = bytes.iter().filter(|byte| **byte == b'\n').count() as u32;
    fs::write(&path, &bytes).expect("writable");
    let ingested = read(&folder);
    // The header has Danish letters in UTF-8, so the byte is damage, not another encoding.
    let expected = [(Table::Results, line, "transferred_from", Reason::BadEncoding, false)];
    assert_eq!(listed(&ingested), expected);
    assert!(ingested.exports.rejected_input[0]);
    assert!(ingested.rejected[0].value.contains('K'));

    let folder = ExportsFolder::danish();
    folder.convert(|text| {
        let mut bytes = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
        if text.starts_with("Studieforløb;Kursusnummer;ECTS;Resultat") {
            bytes.extend_from_slice(b"E1;01005;5,00;12;10-01-2027;20-01-2027;0;\x81;;\n");
        }
        bytes
    });
    let expected = [(Table::Results, line, "transferred_from", Reason::BadEncoding, false)];
    assert_eq!(listed(&read(&folder)), expected);
}

#[test]
fn a_separator_that_is_announced_cannot_be_the_decimal_mark() {
    let folder = ExportsFolder::danish();
    folder.rewrite(Table::Leaves, |text| format!("sep=,\n{text}"));
    let told = problems(&folder);
    assert!(
        told.contains("`,` is the separator by the first line `sep=,`, and the decimal mark by the pipeline"),
        "{told}"
    );
    assert!(told.contains("leaves.csv:1:1"), "{told}");
}

#[test]
fn a_last_line_without_its_end_is_told() {
    let folder = ExportsFolder::plain();
    folder.rewrite(Table::Leaves, |text| text.trim_end().to_owned());
    let ingested = read(&folder);
    let file = ingested.files.iter().find(|file| file.table == Table::Leaves).expect("reported");
    assert!(file.notices.iter().any(|notice| notice.contains("cut off")) && file.rows_rejected == 0);
}

#[test]
fn parquet_rows_meet_the_same_reasons_and_damage_is_told() {
    let folder = ExportsFolder::parquet(true);
    folder.write_parquet_with(
        Table::Results,
        &["E1", "01005", "2.505", "12", "2027-01-10", "2027-01-20", "0", "", "", ""],
    );
    let ingested = read(&folder);
    let found = listed(&ingested);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].2, found[0].3), ("ects", Reason::ExcessDecimals));
    let path = folder.path("results.parquet");
    let bytes = fs::read(&path).expect("readable");
    fs::write(&path, &bytes[..bytes.len() / 2]).expect("writable");
    assert!(problems(&folder).contains("cannot be read as Parquet"));
    // A footer that is whole before pages that are not.
    let mut torn = bytes.clone();
    torn[4..200].fill(0xFF);
    fs::write(&path, &torn).expect("writable");
    assert!(problems(&folder).contains("results.parquet"));
}

#[test]
fn mapped_and_own_names_are_understood_side_by_side() {
    let expected = snapshot(&read(&ExportsFolder::danish()).exports);
    let folder = ExportsFolder::danish();
    folder.rewrite(Table::Leaves, |text| text.replace("Fra;", "from_date;").replace("barsel", "parental"));
    assert_eq!(snapshot(&read(&folder).exports), expected);
    folder.rewrite(Table::Leaves, |text| text.replace("from_date;", "from_date;Fra;"));
    assert!(problems(&folder).contains("from_date stands under its own name and under the mapped one"));
}

#[test]
fn a_table_declared_empty_is_known_and_an_absent_one_is_not() {
    let folder = ExportsFolder::plain();
    for table in [Table::Leaves, Table::Projects] {
        fs::remove_file(folder.path(&format!("{table}.csv"))).expect("removable");
    }
    let exports = read(&folder.with_settings("[tables.leaves]\nnone = true\n")).exports;
    assert_eq!(exports.leaves.map(|leaves| leaves.rows.len()), Some(0));
    assert!(exports.projects.is_none());
}
