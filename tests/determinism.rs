//! The same inputs give the same bytes: whatever the number of threads, the order of the input rows,
//! or the format of the input.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[path = "support/klip.rs"]
#[allow(dead_code, reason = "the tests of the commands use the rest")]
mod program;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use program::{PLAIN, text};

const STUDENTS: &str = "300";

fn klip(arguments: &[&str]) {
    let output = program::klip(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", program::stderr(&output));
}

fn generate(folder: &Path, format: &str) {
    klip(&["generate", "--students", STUDENTS, "--seed", "3", "--format", format, "--output", text(folder)]);
}

/// Every file of the run but `run.json`, which speaks of input files.
fn run(input: &Path, output: &Path, threads: &str) -> BTreeMap<String, Vec<u8>> {
    run_within(input, output, threads, "2GiB")
}

fn run_within(input: &Path, output: &Path, threads: &str, memory: &str) -> BTreeMap<String, Vec<u8>> {
    klip(&[
        "run",
        PLAIN,
        "--input",
        text(input),
        "--output",
        text(output),
        "--threads",
        threads,
        "--memory",
        memory,
        "--quiet",
    ]);
    let mut files = BTreeMap::new();
    collect(&output.join("inspection_date=2027-03-15"), "", &mut files);
    assert!(files.contains_key("inspection.parquet") && files.len() > 20);
    // The record and its seal speak of files, lines and threads.
    files.remove("run.json").unwrap();
    files.remove("run.json.sha256").unwrap();
    files
}

fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            collect(&path, &format!("{name}/"), files);
        } else {
            files.insert(name, fs::read(&path).unwrap());
        }
    }
}

/// The worklist names the run by its input files' hashes, which another order or format changes.
fn assert_same_but_for_the_run(one: &BTreeMap<String, Vec<u8>>, mut other: BTreeMap<String, Vec<u8>>) {
    assert!(other.contains_key("worklist.xlsx"));
    other.insert("worklist.xlsx".to_owned(), one["worklist.xlsx"].clone());
    assert_same(one, &other);
}

fn assert_same(one: &BTreeMap<String, Vec<u8>>, other: &BTreeMap<String, Vec<u8>>) {
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (name, bytes) in one {
        assert!(bytes == &other[name], "{name} differs");
    }
}

/// Another order of the rows below the header, the same in every run of the test.
fn shuffle(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let content = fs::read_to_string(&path).unwrap();
        let mut lines = content.lines();
        let header = lines.next().unwrap();
        let mut rows: Vec<&str> = lines.collect();
        let mut state = 88_172_645_463_325_252_u64;
        for last in (1..rows.len()).rev() {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            rows.swap(last, (state % (last as u64 + 1)) as usize);
        }
        let mut text = format!("{header}\n");
        rows.iter().for_each(|row| text.push_str(&format!("{row}\n")));
        fs::write(to.join(path.file_name().unwrap()), text).unwrap();
    }
}

#[test]
fn threads_row_order_and_format_change_no_byte() {
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name);
    generate(&at("csv"), "csv");
    generate(&at("parquet"), "parquet");
    shuffle(&at("csv"), &at("shuffled"));
    assert_ne!(fs::read(at("csv/results.csv")).unwrap(), fs::read(at("shuffled/results.csv")).unwrap());

    let one = run(&at("csv"), &at("one"), "1");
    assert_same(&one, &run(&at("csv"), &at("two"), "2"));
    assert_same(&one, &run(&at("csv"), &at("eight"), "8"));
    assert_same_but_for_the_run(&one, run(&at("shuffled"), &at("shuffled-run"), "2"));
    assert_same_but_for_the_run(&one, run(&at("parquet"), &at("parquet-run"), "2"));
    // Too little for any row of the large tables: all of them go through the temporary file.
    assert_same_but_for_the_run(&one, run_within(&at("shuffled"), &at("spilled"), "2", "64MiB"));
    // A second run into the same folder replaces the first by the same.
    assert_same(&one, &run(&at("csv"), &at("one"), "2"));
}
