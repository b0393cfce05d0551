//! Micro-benchmarks of the three parts of a run: reading, evaluation, writing.
//!
//! `cargo bench --bench klip`. Nothing is asserted about time: a figure means something beside another
//! of the same machine and moment. For a figure that does not depend on the machine see
//! `benches/instructions.sh`.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot run has nothing to say")]

use std::path::Path;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use klippekort::engine;
use klippekort::generate::{self, Headers, Options};
use klippekort::ingest::{self, Ingested, Room};
use klippekort::law::{Law, LawBook};
use klippekort::output::{self, Stage, TableMetadata};
use klippekort::pipeline::{Overrides, Pipeline};
use klippekort::verdicts::Inspection;

const STUDENTS: u32 = 4000;

fn main() {
    divan::main();
}

struct Exports {
    folder: tempfile::TempDir,
    pipeline: Pipeline,
    law: Law,
    bytes: u64,
}

impl Exports {
    fn make(format: generate::Format) -> Exports {
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            students: STUDENTS,
            seed: 1,
            output: folder.path().to_owned(),
            dialect: generate::Dialect::Plain,
            format,
            headers: Headers::default(),
        };
        let written = generate::write(&options).unwrap();
        let bytes = written.files.iter().map(|file| file.path.metadata().unwrap().len()).sum();
        let overrides = Overrides { input: Some(folder.path().to_owned()), ..Overrides::default() };
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/semester_inspection_plain.toml");
        let pipeline = Pipeline::load(&path, &overrides).unwrap();
        let law =
            Law::in_force(LawBook::load(&pipeline.law).unwrap(), pipeline.cutoffs.inspection_date).unwrap();
        Exports { folder, pipeline, law, bytes }
    }

    fn read(&self) -> Ingested {
        ingest::read_bulk_apart(&self.pipeline, &self.law.result_codes, &Room::default()).unwrap()
    }

    fn inspect(&self, ingested: &Ingested) -> Inspection {
        let mut inspection = Inspection::default();
        for bucket in 0..ingested.bulk.buckets() {
            let bulk = ingested.bulk.bulk(bucket, &ingested.exports.catalogue).unwrap();
            inspection.append(engine::inspect_bucket(
                &ingested.exports,
                &bulk,
                &self.law,
                self.pipeline.cutoffs,
            ));
        }
        inspection.sort_claims();
        inspection
    }
}

#[divan::bench(sample_count = 10)]
fn read_csv(bencher: Bencher) {
    let exports = Exports::make(generate::Format::Csv);
    bencher.counter(BytesCount::new(exports.bytes)).bench(|| exports.read());
}

#[divan::bench(sample_count = 10)]
fn read_parquet(bencher: Bencher) {
    let exports = Exports::make(generate::Format::Parquet);
    bencher.counter(BytesCount::new(exports.bytes)).bench(|| exports.read());
}

#[divan::bench(sample_count = 10)]
fn evaluate(bencher: Bencher) {
    let exports = Exports::make(generate::Format::Csv);
    let ingested = exports.read();
    let enrolments = ingested.exports.enrolments.len();
    bencher.counter(ItemsCount::new(enrolments)).bench(|| exports.inspect(&ingested));
}

#[divan::bench(sample_count = 10)]
fn write_parquet(bencher: Bencher) {
    let exports = Exports::make(generate::Format::Csv);
    let ingested = exports.read();
    let inspection = exports.inspect(&ingested);
    let register = ingested.exports.enrolments.len();
    let metadata = TableMetadata {
        inspection_date: exports.pipeline.cutoffs.inspection_date,
        tool_version: String::new(),
        pipeline_sha256: String::new(),
        law_sha256: String::new(),
    };
    bencher.counter(ItemsCount::new(register)).bench(|| {
        let stage = Stage::begin(&exports.folder.path().join("runs"), "bench").unwrap();
        let audited = output::audit(&inspection, register).unwrap();
        output::tables(&stage, audited, Some(&[]), &metadata).unwrap();
    });
}
