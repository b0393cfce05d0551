//! `current` always names a whole run, and no reader meets a mixture.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use klippekort::output::Stage;
use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::Errno;

const FILES: [&str; 4] = ["run.json", "inspection.parquet", "findings.parquet", "letters/K-1.html"];

/// A run whose every file holds its number and as many bytes after it.
fn publish(folder: &Path, run_name: &str, number: usize) {
    let stage = Stage::begin(folder, run_name).expect("stage");
    for file in FILES {
        stage.write(file, format!("{number}:{}", "x".repeat(number * 97)).as_bytes()).expect("written");
    }
    stage.publish().expect("published");
}

#[test]
fn current_names_the_run_published_last() {
    let folder = tempfile::tempdir().expect("folder");
    let output = folder.path().join("runs");
    let named = || fs::read_link(output.join("current")).expect("a link");
    publish(&output, "inspection_date=2026-09-15", 1);
    assert_eq!(named(), Path::new("inspection_date=2026-09-15"));
    publish(&output, "inspection_date=2027-03-15", 2);
    assert_eq!(named(), Path::new("inspection_date=2027-03-15"));
    // A run that fails changes nothing.
    drop(Stage::begin(&output, "inspection_date=2027-09-15").expect("stage"));
    assert_eq!(named(), Path::new("inspection_date=2027-03-15"));
    // It is relative: the folder may move.
    let moved = folder.path().join("moved");
    fs::rename(&output, &moved).expect("moved");
    assert!(fs::read_to_string(moved.join("current/run.json")).expect("record").starts_with("2:"));
}

#[test]
fn a_folder_in_the_place_of_current_is_refused_before_anything_is_published() {
    let folder = tempfile::tempdir().expect("folder");
    fs::create_dir(folder.path().join("current")).expect("made");
    let problems = Stage::begin(folder.path(), "run").expect_err("taken").to_string();
    assert!(problems.contains("not a link"), "{problems}");
}

/// Readers that enter `current` once, as `cd -P` does, while two dates are published in turn,
/// each over the run of that date before the last.
#[test]
fn readers_never_meet_a_mixture() {
    const RUNS: usize = 60;
    let folder = tempfile::tempdir().expect("folder");
    let output = folder.path();
    publish(output, "inspection_date=2027-03-15", 0);
    let (done, whole, gone) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    match read_current(output) {
                        Some(texts) => {
                            let number = texts[0].split(':').next().expect("a number");
                            let length = number.parse::<usize>().expect("a number") * 97;
                            let all = format!("{number}:{}", "x".repeat(length));
                            assert!(texts.iter().all(|text| *text == all), "a mixture or half a file");
                            whole.fetch_add(1, Ordering::Relaxed);
                        }
                        None => {
                            gone.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                }
            });
        }
        for number in 1..=RUNS {
            let date =
                if number % 3 == 0 { "inspection_date=2026-09-15" } else { "inspection_date=2027-03-15" };
            publish(output, date, number % 40);
        }
        done.store(true, Ordering::Relaxed);
    });
    let (whole, gone) = (whole.into_inner(), gone.into_inner());
    assert!(whole > 100, "{whole} whole runs read, {gone} replaced while they were read");
    println!(
        "{RUNS} runs published; {whole} whole runs read, {gone} replaced while they were read, 0 mixtures"
    );
}

/// Every file of one run, or `None` when that run was replaced on the way. `current` itself must
/// always be there.
fn read_current(output: &Path) -> Option<Vec<String>> {
    let run = openat(CWD, output.join("current"), OFlags::DIRECTORY | OFlags::RDONLY, Mode::empty())
        .expect("current names a run at every moment");
    let read = |name: &&str| match openat(&run, *name, OFlags::RDONLY, Mode::empty()) {
        Ok(file) => {
            let mut text = String::new();
            File::from(file).read_to_string(&mut text).expect("text");
            Some(text)
        }
        Err(Errno::NOENT) => None,
        Err(error) => panic!("{error}"),
    };
    FILES.iter().map(read).collect()
}
