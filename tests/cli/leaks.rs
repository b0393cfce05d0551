//! Names and CPR numbers stay where they may be.

use std::collections::BTreeSet;
use std::fs;

use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::hostile_exports::one_student;
use crate::*;

/// All cells of a Parquet file as text: its pages are compressed.
pub fn cells(path: &Path) -> Vec<u8> {
    let file = fs::File::open(path).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
    let mut text = String::new();
    for batch in reader.map(Result::unwrap) {
        for column in batch.columns() {
            let options = FormatOptions::default();
            let formatter = ArrayFormatter::try_new(column, &options).unwrap();
            (0..batch.num_rows()).for_each(|row| text.push_str(&format!("{}\n", formatter.value(row))));
        }
    }
    text.into_bytes()
}

/// Stands for every number that begins with [`BIRTH`]: one number for all would be one person.
const CPR: &str = "9912990000";
const BIRTH: &str = "991299";
const GIVEN: &str = "Sentinelina";
const FAMILY: &str = "Zzyzxsen";
const ADDRESS: &str = "zzyzx.example";

/// Distinctive names and CPR numbers go through a run whose register has broken rows. Names may appear
/// in letters, mail merge and worklist only, addresses not even there, and the whole CPR number in the
/// records for Digital Post alone.
#[test]
fn names_and_cpr_stay_out_of_tables_messages_and_file_names() {
    let scratch = tempfile::tempdir().unwrap();
    let (input, output) = (scratch.path().join("in"), scratch.path().join("out"));
    klip(&["generate", "--students", "200", "--seed", "5", "--output", text(&input)]);
    let path = input.join("enrolments.csv");
    let content = fs::read_to_string(&path).unwrap();
    let mut lines: Vec<String> = content.lines().map(str::to_owned).collect();
    let header: Vec<String> = lines[0].split(',').map(str::to_owned).collect();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    for line in lines.iter_mut().skip(1) {
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        let student = cells[at("student_id")].clone();
        cells[at("cpr")] = format!("{BIRTH}-{}", &student[student.len() - 4..]);
        cells[at("given_name")] = "Sentinelina".to_owned();
        cells[at("family_name")] = "Zzyzxsen".to_owned();
        cells[at("email")] = "sentinel@zzyzx.example".to_owned();
        *line = cells.join(",");
    }
    // A broken row: its status is unknown, and its cells are personal.
    let broken = lines[1]
        .replace("active", "sleeping")
        .replace("completed", "sleeping")
        .replace("withdrawn", "sleeping");
    lines.push(broken.replace("E0000001", "E8888888"));
    lines.push("s1,E7777777,991299-4242,\"Sentinelina\"x,Zzyzxsen,sentinel@zzyzx.example".to_owned());
    fs::write(&path, lines.join("\n") + "\n").unwrap();
    let pipeline =
        plain_pipeline_with(scratch.path(), "[digital_post]\nwrite = true\nsender_cvr = \"12345678\"");
    let ran = klip(&["run", text(&pipeline), "--input", text(&input), "--output", text(&output)]);
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    let run = output.join("inspection_date=2027-03-15");
    let worklist = run.join("worklist.xlsx");
    let worked = klip(&["letters", text(&run), "--worklist", text(&worklist)]);
    assert_eq!(code(&worked), 0, "{}", stderr(&worked));
    let explained = klip(&["explain", text(&run), "s000001"]);
    let mut seen = BTreeSet::new();
    let mut check = |name: &str, bytes: &[u8], allowed: &[&str]| {
        for secret in [CPR, BIRTH, GIVEN, FAMILY, ADDRESS] {
            let whole_number = |window: &[u8]| {
                window.starts_with(BIRTH.as_bytes()) && window[6..].iter().all(u8::is_ascii_digit)
            };
            let found = bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes() || (secret == CPR && whole_number(window)));
            assert!(allowed.contains(&secret) || !found, "{secret} in {name}");
            if found {
                seen.insert((name.rsplit('/').next().unwrap().to_owned(), secret));
            }
        }
    };
    for (name, output) in [("run", &ran), ("letters", &worked), ("explain", &explained)] {
        check(&format!("what {name} prints"), &output.stdout, &[]);
        check(&format!("the messages of {name}"), &output.stderr, &[]);
    }
    let mut folders = vec![output];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            check("a file name", text(&path).as_bytes(), &[]);
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = text(&path).to_owned();
            let ends = |ending: &str| name.ends_with(ending);
            let bytes = match path.extension().and_then(|ending| ending.to_str()) {
                Some("parquet") => cells(&path),
                Some("xlsx") => crate::workbook::all_text(&path).into_bytes(),
                _ => fs::read(&path).unwrap(),
            };
            let allowed: &[&str] = if ends("digital_post/messages.jsonl") {
                &[CPR, BIRTH]
            } else if ends("mail_merge.csv") || ends("mail_merge.xlsx") {
                &[GIVEN, FAMILY, ADDRESS]
            } else if ends("worklist.xlsx") {
                &[GIVEN, FAMILY]
            } else if name.contains("/letters/") {
                &[BIRTH, GIVEN, FAMILY, ADDRESS]
            } else {
                &[]
            };
            check(&name, &bytes, allowed);
        }
    }
    let must = [
        ("messages.jsonl", CPR),
        ("mail_merge.csv", GIVEN),
        ("mail_merge.xlsx", ADDRESS),
        ("worklist.xlsx", FAMILY),
    ];
    for (file, secret) in must {
        assert!(seen.contains(&(file.to_owned(), secret)), "the sentinel did not reach {file}");
    }
}

#[test]
fn names_in_shifted_cells_are_hidden() {
    let rows = "s2,E2,,x,y,Jens,Hemmelig,DK,DK,BSC-FYS,2026-09-01,active,,,,,,,\n\
                s3,E3,,x,y,z,da,DK,DK,Hemmelig,2026-09-01,active,,,,,,,\n\
                s4,E4,,x,y,z,da,DK,DK,BSC-FYS,Hemmelig Jens,active,,,,,,,\n\
                s5,E5,,x,y,z,H\u{1}emmelig,DK,DK,BSC-FYS,2026-09-01,active,,,,,,,";
    let (scratch, ran) = one_student(&[("enrolments", rows)]);
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    let run = scratch.path().join("out/inspection_date=2027-03-15");
    let rejected = fs::read_to_string(run.join("rejected.csv")).unwrap();
    assert_eq!(rejected.matches("(hidden)").count(), 4, "{rejected}");
    assert!(!rejected.contains("emmelig"), "{rejected}");
}

/// Somebody wrote a name where an id, a date or a code belongs, in tables that are not of people.
#[test]
fn names_in_columns_of_ids_are_hidden() {
    let register = "s1,E1,,Ann,Lee,a@student.example,en,DK,DK,BSC-FYS,2026-02-01,active,,0,,,,,";
    let results = "Sentinelina Zzyzxsen,01004,5,7,2026-06-10,2026-06-20,0,,,\n\
                   E1,zzyzxsen,5,7,2026-06-10,2026-06-20,0,,,\n\
                   E1,01004,5,7,Sentinelina,2026-06-20,0,,,\n\
                   E1,01004,5,\"Zzyzxsen, Sentinelina\",2026-06-10,2026-06-20,0,,,\n\
                   E1,01004,5,7,2026-06-10,2026-06-20,Sentinelina Zzyzxsen,,,\n\
                   E1,01004,5,7,2026-06-10,2026-06-20,1,Sentinelina\u{FFFD} Zzyzxsen,,\n\
                   Sentineli\u{FFFD}a,01004,5,7,2026-06-10,2026-06-20,0,,,\n\
                   E1,01004,5,7,2026-06-10,2026-06-20,0,,,";
    let payments = "E1,2026-09,ordinary,1,\nZzyzxsen,2026-10,ordinary,1,\nE1,Zzyzxsen,ordinary,1,\nE1,2026-10,ordinary,Sentinelina,\n\
                    E1,2026-10,Sentinelina Zzyzxsen 2,1,";
    let claim = "Zzyzxsen,E1,illness,2026-09,2026-10,2,2026-11-02,,general_practitioner,0,1,1,,0";
    let claims = format!("{claim}\n{claim}");
    let exports = [
        ("enrolments", register),
        ("results", results),
        ("su_payments", payments),
        ("extra_portion_claims", claims.as_str()),
        ("leaves", "E1,2026-02-01,2026-08-31,Sentinelina Zzyzxsen,\nE1,2026-02-01,2026-08-31,udlandsrejse,"),
    ];
    let (scratch, ran) = one_student(&exports);
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    let run = scratch.path().join("out/inspection_date=2027-03-15");
    let rejected = fs::read_to_string(run.join("rejected.csv")).unwrap();
    let table = String::from_utf8(cells(&run.join("rejected.parquet"))).unwrap();
    for listed in [&rejected, &table, &stdout(&ran), &stderr(&ran)] {
        let listed = listed.to_lowercase();
        assert!(!listed.contains("sentineli") && !listed.contains("zzyzx"), "{listed}");
    }
    assert_eq!(rejected.matches("(hidden)").count(), 13, "{rejected}");
    // The word of a code list must be seen to be mapped.
    assert!(rejected.contains("udlandsrejse"), "{rejected}");
}
