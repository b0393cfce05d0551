//! Files, headers, encodings and formats at the gate.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod exports_folder;

use std::fs;
use std::path::Path;

use exports_folder::{ExportsFolder, listed, problems, read, result_codes};
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
fn files_that_no_table_reads_and_tables_that_letters_wait_for_are_told() {
    let folder = ExportsFolder::plain();
    fs::rename(folder.path("leaves.csv"), folder.path("Orlov.csv")).expect("renamed");
    fs::write(folder.path("~$Orlov.xlsx"), "").expect("writable");
    let told = ingest::check(&folder.pipeline()).expect("accepted").join("\n");
    assert!(
        told.contains("leaves is not given") && told.contains("no table reads Orlov.csv; name"),
        "{told}"
    );
    assert!(read(&folder).not_read.is_some_and(|told| told.contains("no table reads Orlov.csv; name")));
    fs::rename(folder.path("results.csv"), folder.path("results.CSV")).expect("renamed");
    let told = problems(&folder);
    assert!(told.contains("no table reads Orlov.csv, results.CSV"), "{told}");
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
    assert_eq!(ingest::check(&folder.pipeline()).expect_err("two problems").len(), 2);

    let folder = ExportsFolder::plain();
    let text = fs::read_to_string(folder.path("results.csv")).expect("readable");
    let wide = text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    fs::write(folder.path("results.csv"), &wide).expect("writable");
    assert!(problems(&folder).contains("UTF-16 without a byte order mark"));
    fs::write(folder.path("results.csv"), [&[0xFF, 0xFE][..], &wide].concat()).expect("writable");
    assert_eq!(read(&folder).exports.results.rows.len(), 5);
    assert!(ingest::check(&ExportsFolder::plain().pipeline()).is_ok());
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

    // The rows of an enrolment are lost with its row in the register: that one is to be mended.
    let folder = ExportsFolder::plain();
    folder.rewrite(Table::Enrolments, |text| text.replace("2025-09-01,on_leave", "31-09-2025,on_leave"));
    for month in 1..=22 {
        let (year, month) = (2024 + month / 12, month % 12 + 1);
        folder.append_line(Table::SuPayments, &format!("E2,{year}-{month:02},ordinary,1,"));
    }
    let told = problems(&folder);
    assert!(told.contains("unknown_enrolment 23 times"), "{told}");
    assert!(
        told.contains("1 row of enrolments.csv rejected, first on line 3 (bad_date): mend them"),
        "{told}"
    );
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
fn the_first_letter_beyond_ascii_decides_however_late_it_comes() {
    let course = |nth: usize, title: &str| format!("X{nth:05},{title},5,BSc,seven_point,1,\n");
    let before: String = (0..40_000).map(|nth| course(nth, &"a title of letters ".repeat(5)[..94])).collect();
    assert!(before.len() > 4 << 20);
    for (last, encoding) in [(&b"Str\xF8mning"[..], "windows-1252"), ("Strømning".as_bytes(), "utf-8")] {
        let settings = "[tables.courses]\nencoding = [\"utf-8\", \"windows-1252\"]\n";
        let folder = ExportsFolder::plain().with_settings(settings);
        let path = folder.path("courses.csv");
        let [first, rest] = ["X99999,", ",5,BSc,seven_point,1,\n"].map(str::as_bytes);
        let parts = [&fs::read(&path).unwrap(), before.as_bytes(), first, last, rest];
        fs::write(&path, parts.concat()).unwrap();
        let ingested = read(&folder);
        assert_eq!(listed(&ingested), [], "{encoding}");
        let file = ingested.files.iter().find(|file| file.table == Table::Courses).unwrap();
        assert_eq!(file.encoding, encoding);
        let mut titles = ingested.exports.catalogue.courses.iter().map(|course| course.title.as_str());
        assert_eq!(titles.next_back(), Some("Strømning"));
    }
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
    let told = problems(&folder);
    assert!(told.contains("its content is damaged"), "{told}");
}

#[test]
fn the_catalogue_of_a_check_is_that_of_a_run() {
    let folder = ExportsFolder::plain();
    folder.rewrite(Table::Courses, |text| text.replace("01005,", "1005,"));
    let run = read(&folder).exports;
    let (programmes, catalogue) =
        ingest::programmes_and_courses(&folder.pipeline(), &result_codes()).expect("readable");
    assert_eq!(catalogue.codes, ["01005", "02101", "02102", "10999"]);
    assert!(run.catalogue.codes.starts_with(&catalogue.codes));
    assert_eq!(programmes.len(), run.programmes.len());
}

#[test]
fn a_table_declared_empty_is_known_and_an_absent_one_is_not() {
    let folder = ExportsFolder::plain();
    for table in [Table::Leaves, Table::Projects] {
        fs::remove_file(folder.path(&format!("{table}.csv"))).expect("removable");
    }
    let exports = read(&folder.with_settings("[tables.leaves]\nnone = true\n")).exports;
    assert_eq!(exports.small.leaves.map(|leaves| leaves.rows.len()), Some(0));
    assert!(exports.small.projects.is_none());
}

#[test]
fn no_file_is_passed_over_and_none_takes_the_place_of_another() {
    let named = "[tables.leaves]\nfile = \"leaves_march.csv\"\n";
    let folder = ExportsFolder::plain().with_settings(named);
    let told = problems(&folder);
    assert!(told.contains("leaves_march.csv") && told.contains("is not read from leaves.csv"), "{told}");
    fs::rename(folder.path("leaves.csv"), folder.path("leaves_march.csv")).expect("renamed");
    assert!(read(&folder).exports.small.leaves.is_some_and(|leaves| !leaves.rows.is_empty()));
    // An optional table of which there is nothing at all is absent.
    fs::remove_file(folder.path("leaves_march.csv")).expect("removable");
    assert!(read(&folder).exports.small.leaves.is_none());

    let folder = ExportsFolder::plain().with_settings("[tables.leaves]\nnone = true\n");
    assert!(problems(&folder).contains("says that there is nothing of leaves"), "{}", problems(&folder));

    for make in [|at: &Path| fs::create_dir(at), |at: &Path| std::os::unix::fs::symlink("nowhere", at)] {
        let folder = ExportsFolder::plain();
        fs::remove_file(folder.path("leaves.csv")).expect("removable");
        make(&folder.path("leaves.csv")).expect("made");
        assert!(problems(&folder).contains("no file that can be read"), "{}", problems(&folder));
    }
}

/// Results with a column that nobody reads; gives lines and reasons of what is listed, and the number
/// of results.
fn results_with_notes(rows: &str, settings: &'static str) -> (Vec<(u32, &'static str, Reason)>, usize) {
    let folder = ExportsFolder::plain().with_settings(settings);
    folder.rewrite(Table::Results, |text| {
        let header = text.lines().next().unwrap();
        format!("{header},note\n{rows}")
    });
    let ingested = read(&folder);
    let file = ingested.files.iter().find(|file| file.table == Table::Results).unwrap();
    assert_eq!(file.rows_read, file.rows_accepted + file.rows_rejected);
    let listed = listed(&ingested).into_iter().map(|(_, line, column, reason, _)| (line, column, reason));
    (listed.collect(), ingested.exports.results.rows.len())
}

#[test]
fn a_cell_too_many_is_told_where_the_last_column_is_a_text_that_nobody_reads() {
    let row = "E1,01005,5,12,2026-01-10,2026-12-20,0,,,,note";
    let extra = |line| (line, "", Reason::ExtraCell);
    for bad in [format!("{row},x"), format!("{row},"), format!("{row}{row}")] {
        let rows = format!("{row}\n{bad}\n{}\n", row.replace("-01-", "-02-"));
        assert_eq!(results_with_notes(&rows, ""), (vec![extra(3)], 2), "{bad}");
        assert_eq!(results_with_notes(&rows, ALLOWED), (vec![extra(3)], 2), "{bad}");
    }
}

/// Without its marks the id is a cell too many, also where the whole text to the line end is an id.
#[test]
fn an_id_with_a_separator_at_the_end_of_a_line_is_read_in_marks_only() {
    let result = |month: u32| format!("01005,5,12,2026-{month:02}-10,2026-12-20,0,,,");
    let payment = |month: u32| format!("2026-{month:02},ordinary,1,");
    let leave = |month: u32| format!("2026-{month:02}-01,2026-{month:02}-20,parental");
    let tables: [(Table, &dyn Fn(u32) -> String); 3] =
        [(Table::Results, &result), (Table::SuPayments, &payment), (Table::Leaves, &leave)];
    // Eight bytes are looked up at a time: fewer, as many, and more. Each begins with the id of another.
    for id in ["E1,5", "E1,45678", "E1,456789"] {
        for (table, row) in tables {
            for end in ["\n", "\r\n"] {
                let folder = ExportsFolder::plain();
                let register = "A,B,a@example.org,da,DK,,CS,2024-09-01,active,,,,,,,";
                folder.append_line(Table::Enrolments, &format!("S9,\"{id}\",,{register}"));
                folder.rewrite(table, |text| {
                    let header = text.lines().next().unwrap().strip_prefix("enrolment_id,").unwrap();
                    let lines = [
                        format!("{header},enrolment_id"),
                        format!("{},\"{id}\"", row(1)),
                        format!("{},{id}", row(2)),
                        format!("{},E1", row(3)),
                        format!("{},{id}", row(4)),
                    ];
                    lines.join(end)
                });
                let ingested = read(&folder);
                let file = ingested.files.iter().find(|file| file.table == table).unwrap();
                assert_eq!((file.rows_read, file.rows_accepted), (4, 2), "{table} {id} {end:?}");
                let extra = |line| (table, line, "", Reason::ExtraCell, false);
                assert_eq!(listed(&ingested), [extra(3), extra(5)], "{table} {id} {end:?}");
            }
        }
    }
}

const ALLOWED: &str = "[tables.results]\nquoted_line_breaks = true\n";

#[test]
fn quoted_line_breaks_are_read_where_the_pipeline_allows_them() {
    let row = |month: u32, note: &str| format!("E1,01005,5,12,2026-{month:02}-10,2026-12-20,0,,,,{note}\n");
    let rows = row(1, "\"two\nlines, with \"\"marks\"\"\"")
        + &row(2, "plain")
        + &row(3, "\"three\r\n\r\nlines\"")
        + &row(13, "\"of a bad\nrow\"")
        + &row(4, "")
        + &row(14, "");
    // A bad row has the line it begins on, and the one after it the line it stands on.
    let (listed, count) = results_with_notes(&rows, ALLOWED);
    let bad = |line| (line, "exam_date", Reason::BadDate);
    assert_eq!((listed, count), (vec![bad(8), bad(11)], 4));
    let (listed, count) = results_with_notes(&rows, "");
    let lines = listed.iter().map(|(line, ..)| *line).collect::<Vec<_>>();
    assert_eq!((lines, count), (vec![2, 3, 5, 6, 7, 8, 9, 11], 2));
}

#[test]
fn a_mark_that_is_not_closed_costs_its_own_line() {
    let row = |month: u32, note: &str| format!("E1,01005,5,12,2026-{month:02}-10,2026-12-20,0,,,,{note}\n");
    let stray = |line| (line, "", Reason::StrayQuote);
    for after in ["", "\"a\nb\"", "\"a, b\"", "\"\""] {
        let rows = row(1, "\"open") + &row(2, "") + &row(3, after) + &row(4, "");
        assert_eq!(results_with_notes(&rows, ALLOWED), (vec![stray(2)], 3), "{after}");
    }
    // To the end of the file, and beyond the bound.
    let rows = row(1, "") + &row(2, "\"open");
    assert_eq!(results_with_notes(&rows, ALLOWED), (vec![stray(3)], 1));
    let long = row(1, &format!("\"{}\n\"", "x".repeat(1 << 16))) + &row(2, "");
    assert_eq!(results_with_notes(&long, ALLOWED), (vec![stray(2), stray(3)], 1));
    // Two marks, and rows between them that no text has swallowed.
    let rows = row(1, "\"open") + &row(2, "") + &row(3, "").replace("E1,", "\"E1\",") + &row(4, "");
    assert_eq!(results_with_notes(&rows, ALLOWED), (vec![stray(2)], 3));
    let rows = "E1,01005,5,12,2026-01-10,2026-12-20,0,\"Oslo,,,\n".to_owned()
        + &row(2, "")
        + "E1,01005,5,12,2026-03-10,2026-12-20,0,Oslo\",,,\n"
        + &row(4, "");
    assert_eq!(results_with_notes(&rows, ALLOWED), (vec![stray(2), stray(3), stray(4)], 1));
}

#[test]
fn a_line_break_is_a_blank_in_a_free_text_and_damage_elsewhere() {
    let folder = ExportsFolder::plain().with_settings("[tables.courses]\nquoted_line_breaks = true\n");
    folder.rewrite(Table::Courses, |text| {
        let text = text.replace(",Physics,", ",\"Physics\r\n  and more \n\",");
        let text = text + "03001,\"Two\nlines\",5,BSc,seven\u{1}_point,1,\n";
        text + "\"\n02003\",Broken,5,BSc,seven_point,1,\n"
            + "\"020\n01\",Broken,5,BSc,seven_point,1,\n02002,Whole,5,BSc,\"seven_\npoint\",1,\n"
    });
    let ingested = read(&folder);
    let line = |nth: u32| 10 + nth;
    let bad = |nth: u32, column| (Table::Courses, line(nth), column, Reason::LineBreak, false);
    // The cell with a control character, and not the title before it with a line break.
    let strange = (Table::Courses, 8, "grading", Reason::BadEncoding, false);
    let expected = [strange, bad(0, "course_code"), bad(2, "course_code"), bad(4, "grading")];
    assert_eq!(listed(&ingested), expected);
    let titles = ingested.exports.catalogue.courses.iter().map(|course| course.title.as_str());
    assert!(titles.clone().any(|title| title == "Physics and more"), "{:?}", titles.collect::<Vec<_>>());
}
