//! Tables read back with an ordinary Parquet reader: names, types, nulls, order, bytes.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use arrow::array::*;
use arrow::datatypes::{DataType, Field, Int32Type};
use arrow::record_batch::RecordBatch;
use klippekort::base::Month;
use klippekort::output::spreadsheet_csv::without_formula;
use klippekort::output::{self, ROWS_PER_GROUP, Stage};
use klippekort::verdicts::{Inspection, ProgressPoint};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::metadata::ParquetMetaData;

use crate::samples;

/// Writes and publishes; the bytes of every file of the run.
fn run(inspection: &Inspection, rejected: &[output::RejectedRecord]) -> BTreeMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().expect("folder");
    let stage = Stage::begin(folder.path(), "run").expect("stage");
    let register =
        inspection.inspection.len() + inspection.excluded.iter().map(|e| e.1 as usize).sum::<usize>();
    let audited = output::audit(inspection, register).expect("audit");
    output::tables(&stage, audited, Some(rejected), &samples::metadata()).expect("tables");
    files(&stage.publish().expect("published"))
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).expect("folder").map(|entry| entry.expect("entry"));
    entries
        .map(|e| (e.file_name().into_string().expect("name"), fs::read(e.path()).expect("bytes")))
        .collect()
}

fn read(bytes: &[u8]) -> (RecordBatch, ParquetMetaData) {
    let mut file = tempfile::tempfile().expect("file");
    file.write_all(bytes).expect("written");
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).expect("parquet");
    let metadata = builder.metadata().as_ref().clone();
    let schema = builder.schema().clone();
    let batches: Vec<RecordBatch> = builder.build().expect("reader").map(|b| b.expect("batch")).collect();
    (arrow::compute::concat_batches(&schema, &batches).expect("one batch"), metadata)
}

fn table(name: &str) -> RecordBatch {
    read(&run(&samples::inspection(), &samples::rejected())[name]).0
}

/// `name:type`, with `!` where null is not allowed.
fn shape(batch: &RecordBatch) -> String {
    fn of(data_type: &DataType) -> String {
        match data_type {
            DataType::Utf8 => "text".to_owned(),
            DataType::Dictionary(key, value) if **key == DataType::Int32 && **value == DataType::Utf8 => {
                "code".to_owned()
            }
            DataType::Int32 => "int".to_owned(),
            DataType::Boolean => "bool".to_owned(),
            DataType::Date32 => "date".to_owned(),
            DataType::Decimal128(7, 2) => "ects".to_owned(),
            DataType::Decimal128(12, 2) => "sum".to_owned(),
            DataType::List(item) => format!("[{}]", of(item.data_type())),
            DataType::Struct(parts) => {
                let parts: Vec<String> = parts.iter().map(|p| named(p)).collect();
                format!("{{{}}}", parts.join(" "))
            }
            other => panic!("unexpected type {other}"),
        }
    }
    fn named(field: &Field) -> String {
        format!("{}:{}{}", field.name(), of(field.data_type()), if field.is_nullable() { "" } else { "!" })
    }
    batch.schema().fields().iter().map(|f| named(f)).collect::<Vec<_>>().join(" ")
}

#[test]
fn every_table_has_the_columns_of_the_contract() {
    let shapes = [
        (
            "inspection.parquet",
            "student_id:text! enrolment_id:text! programme_code:text! level:code! started_on:date! status:code! \
             inspection_date:date! regime:code! klip_gross:int! klip_parental:int! klip_extra:int klip_net:int \
             control_point:int ects_counted:ects ects_provisional:ects ects_transferred:ects ects_required:ects \
             ects_missing:ects ects_behind:ects progress:code start_check:code su_status:code robust:bool \
             flips:[text] portions_left:int ects_last_two_semesters:ects five_ects:code maximum_date:date \
             maximum_state:code months_late:int guidance:code courses_last_attempt:int courses_exhausted:int \
             pass_fail_ects:ects external_ects:ects ratio_base:ects pass_fail_third:code external_third:code \
             needs_review:bool! review_reasons:[text]! letters:[text]! letters_held:[text]!",
        ),
        (
            "attempts.parquet",
            "enrolment_id:text! course_group:text! used:int! allowed:int ill:int! passed:bool! pending:bool! \
             state:code last_exam_date:date",
        ),
        (
            "extra_portions.parquet",
            "claim_id:text! enrolment_id:text! months_supported:int! ects_expected:ects ects_passed:ects \
             ects_delay:ects ects_remainder:ects portions_estimate:int capped_by:text \
             conditions:[{name:text! state:text!}]! needs_review:bool! review_reasons:[text]! \
             ects_whole_delay:ects portions_granted:int committee_left:int",
        ),
        (
            "findings.parquet",
            "finding_id:text! enrolment_id:text! rule:text! severity:code! message:text! \
             evidence:[{fact:text! value:text! source:text!}]!",
        ),
        ("progress.parquet", "enrolment_id:text! month:code! klip_net:int ects:ects"),
        (
            "programme_ratios.parquet",
            "programme_code:text! students:int! pass_fail_ects:sum external_ects:sum own_ects:sum \
             pass_fail_within:int! pass_fail_breached:int! external_met:int! external_reachable:int! \
             external_unreachable:int! unknown:int!",
        ),
        (
            "curriculum.parquet",
            "enrolment_id:text! requirement:code! required:ects! counted:ects missing:ects",
        ),
        (
            "rejected.parquet",
            "table:text! file:text! line:int column:text! reason:text! value:text! action:code!",
        ),
    ];
    let run = run(&samples::inspection(), &samples::rejected());
    for (name, expected) in shapes {
        assert_eq!(shape(&read(&run[name]).0), expected, "{name}");
    }
    let described: Vec<&str> = output::schemas().into_iter().map(|(name, _)| name).collect();
    assert_eq!(described, shapes.map(|(name, _)| name));
}

fn text_at(batch: &RecordBatch, column: &str, row: usize) -> Option<String> {
    let array = batch.column_by_name(column).expect(column);
    if array.is_null(row) {
        return None;
    }
    Some(arrow::util::display::array_value_to_string(array, row).expect("text"))
}

#[test]
fn unknown_is_null_and_known_keeps_its_value() {
    let inspection = table("inspection.parquet");
    let known = [
        ("level", "MSc-Industry"),
        ("started_on", "2027-02-01"),
        ("klip_extra", "0"),
        ("ects_counted", "30.00"),
        ("ects_behind", "-2.50"),
        ("start_check", "failed_late"),
        ("robust", "false"),
        ("flips", "[entry_credit, awaiting]"),
        ("guidance", "none"),
        ("letters", "[last_attempt]"),
    ];
    for (column, value) in known {
        assert_eq!(text_at(&inspection, column, 0).as_deref(), Some(value), "{column}");
    }
    for column in [
        "klip_extra",
        "klip_net",
        "ects_counted",
        "ects_behind",
        "start_check",
        "robust",
        "flips",
        "guidance",
    ] {
        assert_eq!(text_at(&inspection, column, 1), None, "{column}");
    }
    assert_eq!(text_at(&inspection, "needs_review", 1).as_deref(), Some("false"));
    let claims = table("extra_portions.parquet");
    assert_eq!(
        text_at(&claims, "conditions", 0).as_deref(),
        Some("[{name: not_chronic, state: unknown}, {name: personal_statement, state: met}]")
    );
    assert_eq!(text_at(&claims, "needs_review", 0).as_deref(), Some("true"));
    assert_eq!(text_at(&table("findings.parquet"), "message", 0).as_deref(), Some("behind; blåbærgrød"));
    let ratios = table("programme_ratios.parquet");
    assert_eq!(text_at(&ratios, "pass_fail_ects", 0).as_deref(), Some("123456789.01"));
    // Of two students whose ECTS are unknown, and of none.
    assert_eq!(text_at(&ratios, "external_ects", 0), None);
    assert_eq!(text_at(&ratios, "own_ects", 1).as_deref(), Some("0.00"));
    let curriculum = table("curriculum.parquet");
    let row = |at: usize| {
        ["enrolment_id", "requirement", "counted", "missing"].map(|name| text_at(&curriculum, name, at))
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(row(1), [some("E1"), some("total"), some("95.00"), some("25.00")]);
    assert_eq!(row(2), [some("E2"), some("B"), None, None]);
    let progress = table("progress.parquet");
    let months: Vec<_> = (0..3).map(|row| text_at(&progress, "month", row).expect("month")).collect();
    assert_eq!(months, ["2027-02", "2027-03", "2027-03"]);
}

#[test]
fn a_value_too_wide_for_its_column_is_an_error_and_not_another_value() {
    let mut inspection = samples::inspection();
    inspection.programme_ratios[0].own_ects = Some(i64::MAX);
    inspection.inspection[0].ects_missing = Some(klippekort::base::Ects::hundredths(10_000_000));
    let folder = tempfile::tempdir().expect("folder");
    let stage = Stage::begin(folder.path(), "run").expect("stage");
    let audited = output::audit(&inspection, samples::REGISTER).expect("audit");
    let problems = output::tables(&stage, audited, Some(&[]), &samples::metadata()).expect_err("too wide");
    let places: Vec<&str> = problems.iter().map(|problem| problem.place.file.as_str()).collect();
    assert_eq!(places, ["inspection.parquet", "programme_ratios.parquet"]);
    assert!(stage.publish().is_err(), "a half-written table must not be published");
}

#[test]
fn the_same_rows_give_the_same_bytes_on_any_number_of_threads() {
    let mut inspection = samples::inspection();
    lengthen(&mut inspection);
    let on = |threads: usize, reversed: bool| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("pool");
        let mut rejected = samples::rejected();
        if reversed {
            rejected.reverse();
        }
        pool.install(|| run(&inspection, &rejected))
    };
    let one = on(1, false);
    assert!(one == on(4, true));
    assert_eq!(one.len(), 9);
    // And the comparison can fail.
    inspection.inspection[0].portions_left = Some(1);
    assert!(one["inspection.parquet"] != run(&inspection, &samples::rejected())["inspection.parquet"]);
}

/// E1's curve becomes longer than two row groups.
fn lengthen(inspection: &mut Inspection) {
    let last = inspection.progress[0].1[1];
    let months = 2 * ROWS_PER_GROUP as i32 + 5;
    inspection.progress[0].1 =
        (0..months).map(|back| ProgressPoint { month: last.month.plus(1 - months + back), ..last }).collect();
}

#[test]
fn a_long_table_is_cut_into_groups_without_losing_a_row() {
    let mut inspection = samples::inspection();
    lengthen(&mut inspection);
    let first = inspection.progress[0].1[0].month;
    let (rows, metadata) = read(&run(&inspection, &[])["progress.parquet"]);
    let groups: Vec<i64> = metadata.row_groups().iter().map(|group| group.num_rows()).collect();
    assert_eq!(groups, [ROWS_PER_GROUP as i64, ROWS_PER_GROUP as i64, 6]);
    let months = rows.column(1).as_dictionary::<Int32Type>();
    let names = months.downcast_dict::<StringArray>().expect("texts");
    let expected = (0..2 * ROWS_PER_GROUP as i32 + 5).map(|after| first.plus(after));
    for (found, expected) in names.into_iter().zip(expected.chain([Month::new(2027, 3)])) {
        assert_eq!(found.expect("month"), expected.to_string());
    }
    assert_eq!(text_at(&rows, "enrolment_id", rows.num_rows() - 1).as_deref(), Some("E2"));
}

#[test]
fn files_say_what_made_them_and_nothing_about_when() {
    let (_, metadata) = read(&run(&samples::inspection(), &[])["inspection.parquet"]);
    let file = metadata.file_metadata();
    assert_eq!(file.created_by(), Some("klippekort 9.8.7"));
    let pairs: BTreeMap<&str, &str> = file
        .key_value_metadata()
        .expect("metadata")
        .iter()
        .filter(|pair| pair.key != "ARROW:schema")
        .map(|pair| (pair.key.as_str(), pair.value.as_deref().unwrap_or("")))
        .collect();
    let expected = [
        ("inspection_date", "2027-03-31"),
        ("tool_version", "9.8.7"),
        ("pipeline_sha256", "aa"),
        ("law_sha256", "bb"),
    ];
    assert_eq!(pairs, BTreeMap::from(expected));
    let column = metadata.row_group(0).column(0);
    assert!(matches!(column.compression(), parquet::basic::Compression::ZSTD(_)));
}

#[test]
fn an_empty_inspection_still_writes_every_table() {
    let run = run(&Inspection::default(), &[]);
    for (name, schema) in output::schemas() {
        let (rows, _) = read(&run[name]);
        assert_eq!((rows.num_rows(), rows.schema().fields()), (0, schema.fields()), "{name}");
    }
}

#[test]
fn rejected_rows_are_sorted_and_safe_to_open_in_a_spreadsheet() {
    let run = run(&samples::inspection(), &samples::rejected());
    let csv = String::from_utf8(run["rejected.csv"].clone()).expect("utf-8");
    assert_eq!(
        csv,
        "\u{feff}table;file;line;column;reason;value;action;explanation;advice\r\n\
         results;resultater.csv;3;ects;wrong_type;7,5;repaired;It is wrong.;\"Mend it; at its source.\"\r\n\
         results;resultater.csv;12;ects;wrong_type;\"'=HYPERLINK(\"\"x\"\");-1\";rejected;It is wrong.;\"Mend it; at its source.\"\r\n\
         results;resultater.csv;18446744073709551615;ects;wrong_type;'-7;rejected;It is wrong.;\"Mend it; at its source.\"\r\n"
    );
    let (parquet, _) = read(&run["rejected.parquet"]);
    assert_eq!(text_at(&parquet, "value", 1).as_deref(), Some("=HYPERLINK(\"x\");-1"));
    assert_eq!(text_at(&parquet, "line", 1).as_deref(), Some("12"));
    assert_eq!(text_at(&parquet, "line", 2), None);
}

#[test]
fn only_what_a_spreadsheet_would_calculate_is_changed() {
    for dangerous in ["=1", "+1", "-1", "@x", "\tx", "\0x", "\rx", "\nx", "＝1", "＋1", "－1", "＠x", "  =1"]
    {
        assert_eq!(without_formula(dangerous), format!("'{dangerous}"));
    }
    for plain in ["", " ", "7,5", "'=1", "a=1", "æ", "1-2", " a=1"] {
        assert_eq!(without_formula(plain), plain);
    }
}
