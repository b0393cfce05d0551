//! How the register is cut into buckets, and where its rows are kept, changes nothing.
#![allow(clippy::unwrap_used, reason = "test code fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;

use arrow::array::{Array, AsArray, BooleanArray};
use arrow::compute::filter_record_batch;
use arrow::record_batch::RecordBatch;
use klippekort::contract::Table;
use klippekort::generate::{self, Headers, Options};
use klippekort::ingest::{self, Room};
use klippekort::law::{Law, LawBook};
use klippekort::pipeline::{Overrides, Pipeline};
use klippekort::verdicts::Inspection;
use klippekort::{bucket, engine};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

fn pipeline(input: &Path) -> (Pipeline, Law) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let overrides = Overrides { input: Some(input.to_owned()), ..Overrides::default() };
    let path = folder.join("pipelines/semester_inspection_plain.toml");
    let pipeline = Pipeline::load(&path, &overrides).unwrap();
    let law = Law::in_force(LawBook::load(&pipeline.law).unwrap(), pipeline.cutoffs.inspection_date).unwrap();
    (pipeline, law)
}

fn exports(folder: &Path, format: generate::Format) {
    let options = Options {
        students: 400,
        seed: 11,
        output: folder.to_owned(),
        dialect: generate::Dialect::Plain,
        format,
        headers: Headers::default(),
    };
    generate::write(&options).unwrap();
}

#[test]
fn neither_the_size_of_the_buckets_nor_the_memory_changes_what_is_said() {
    let folder = tempfile::tempdir().unwrap();
    exports(folder.path(), generate::Format::Csv);
    let (pipeline, law) = pipeline(folder.path());
    let whole = ingest::read(&pipeline, &law.result_codes).unwrap();
    let expected = engine::inspect(&whole.exports, &law, pipeline.cutoffs, &|_| {});
    let expected = format!("{expected:?}");
    let spill = tempfile::tempdir().unwrap();
    for (enrolments, memory) in [(1, u64::MAX), (2, 0), (64, u64::MAX), (64, 0), (1 << 20, 0)] {
        let folder = spill.path().to_owned();
        let room = Room { bucket: Some(enrolments), memory, folder, ..Room::default() };
        let ingested = ingest::read_bulk_apart(&pipeline, &law.result_codes, &room).unwrap();
        assert_eq!(ingested.files, whole.files);
        let mut found = Inspection::default();
        for bucket in 0..ingested.bulk.buckets() {
            let bulk = ingested.bulk.bulk(bucket, &ingested.exports.catalogue).unwrap();
            found.append(engine::inspect_bucket(&ingested.exports, &bulk, &law, pipeline.cutoffs));
        }
        found.sort_claims();
        assert!(format!("{found:?}") == expected, "buckets of {enrolments}, {memory} bytes");
    }
    assert_eq!(spill.path().read_dir().unwrap().count(), 0, "a temporary file was left behind");
}

fn read(path: &Path) -> RecordBatch {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    let schema = builder.schema().clone();
    let batches: Vec<RecordBatch> = builder.build().unwrap().map(Result::unwrap).collect();
    arrow::compute::concat_batches(&schema, &batches).unwrap()
}

/// The rows whose text in a column is one of these; all rows of a table without that column.
fn only(batch: &RecordBatch, column: &str, wanted: &BTreeSet<String>) -> RecordBatch {
    let Some(texts) = batch.column_by_name(column) else { return batch.clone() };
    let texts = arrow::compute::cast(texts, &arrow::datatypes::DataType::Utf8).unwrap();
    let keep: BooleanArray =
        texts.as_string::<i32>().iter().map(|text| text.map(|text| wanted.contains(text))).collect();
    filter_record_batch(batch, &keep).unwrap()
}

/// Every row as text, by the name of its table.
fn rows(tables: Vec<(&'static str, RecordBatch)>) -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut all: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    // The months of the diagrams are a dictionary of their own in every bucket.
    for (name, batch) in tables.into_iter().filter(|(name, _)| *name != "progress.parquet") {
        let rows = (0..batch.num_rows()).map(|row| format!("{:?}", batch.slice(row, 1).columns()));
        all.entry(name).or_default().extend(rows);
    }
    all
}

#[test]
fn buckets_of_record_batches_say_together_what_one_says() {
    let folder = tempfile::tempdir().unwrap();
    exports(folder.path(), generate::Format::Parquet);
    let (pipeline, law) = pipeline(folder.path());
    let present = Table::ALL.into_iter().filter_map(|table| {
        let path = folder.path().join(format!("{table}.parquet"));
        path.is_file().then(|| (table, read(&path)))
    });
    let tables: Vec<(Table, RecordBatch)> = present.collect();
    let whole = rows(bucket::inspect(tables.clone(), &pipeline, &law).unwrap());
    assert!(whole["inspection.parquet"].len() > 150 && whole["findings.parquet"].len() > 300);

    let register = &tables.iter().find(|(table, _)| *table == Table::Enrolments).unwrap().1;
    let text = |column: &str| register.column_by_name(column).unwrap().as_string::<i32>().clone();
    let (students, ids) = (text("student_id"), text("enrolment_id"));
    let mut parts: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut together = Vec::new();
    for third in 0..3 {
        let of_third =
            |row: &usize| students.value(*row).bytes().map(usize::from).sum::<usize>() % 3 == third;
        let wanted: BTreeSet<String> =
            (0..ids.len()).filter(of_third).map(|row| ids.value(row).to_owned()).collect();
        assert!(!wanted.is_empty());
        let part = tables.iter().map(|(table, batch)| (*table, only(batch, "enrolment_id", &wanted)));
        together.push(rows(bucket::inspect(part.collect(), &pipeline, &law).unwrap()));
    }
    for part in together {
        for (name, rows) in part {
            parts.entry(name).or_default().extend(rows);
        }
    }
    assert_eq!(parts, whole);
}
