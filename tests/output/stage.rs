//! The stage: nothing before publication, everything after, and an older run is never hurt.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use klippekort::base::sha256_hex;
use klippekort::diagnostics::{Blame, Diagnostics};
use klippekort::output::Stage;

fn begin(folder: &Path) -> Stage {
    Stage::begin(folder, "run").expect("stage")
}

fn publish(folder: &Path, content: &str) {
    let stage = begin(folder);
    stage.write("run.json", content.as_bytes()).expect("written");
    stage.publish().expect("published");
}

fn visible(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("folder").map(|entry| entry.expect("entry").file_name());
    let mut names: Vec<String> = entries.map(|name| name.into_string().expect("name")).collect();
    names.sort();
    names
}

fn only_message(problems: &Diagnostics) -> String {
    assert_eq!(problems.len(), 1);
    assert_eq!(problems.blame(), Blame::Output);
    problems.to_string()
}

#[test]
fn nothing_is_visible_before_publication_and_everything_after() {
    let folder = tempfile::tempdir().expect("folder");
    let output = folder.path().join("new/output");
    let stage = begin(&output);
    stage.write("letters/E1.pdf", b"hello").expect("written");
    assert!(visible(&output).iter().all(|name| name.starts_with('.')));
    assert_eq!(stage.publish().expect("published"), output.join("run"));
    assert_eq!(visible(&output), [".lock", "current", "run"]);
    assert_eq!(fs::read(output.join("run/letters/E1.pdf")).expect("letter"), b"hello");
}

#[test]
fn every_file_is_recorded_with_its_size_and_hash() {
    let folder = tempfile::tempdir().expect("folder");
    let stage = begin(folder.path());
    stage.write("b.txt", b"abc").expect("written");
    stage.create("a.csv").expect("created").finish(Some(7)).expect("finished");
    let files = stage.finished_files();
    assert_eq!(files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), ["a.csv", "b.txt"]);
    assert_eq!((files[0].bytes, files[0].rows), (0, Some(7)));
    assert_eq!((files[1].bytes, files[1].rows), (3, None));
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!((files[1].sha256.as_str(), sha256_hex(b"abc").as_str()), (abc, abc));
}

#[test]
fn a_dropped_stage_leaves_the_older_run_as_it_was() {
    let folder = tempfile::tempdir().expect("folder");
    publish(folder.path(), "first");
    let stage = begin(folder.path());
    stage.write("run.json", b"second").expect("written");
    drop(stage);
    assert_eq!(visible(folder.path()), [".lock", "current", "run"]);
    assert_eq!(fs::read_to_string(folder.path().join("run/run.json")).expect("record"), "first");
}

#[test]
fn a_run_of_the_same_name_is_replaced_whole() {
    let folder = tempfile::tempdir().expect("folder");
    let stage = begin(folder.path());
    stage.write("run.json", b"first").expect("written");
    stage.write("only_in_the_first", b"").expect("written");
    stage.publish().expect("published");
    publish(folder.path(), "second");
    assert_eq!(visible(folder.path()), [".lock", "current", "run"]);
    assert_eq!(visible(&folder.path().join("run")), ["run.json"]);
    assert_eq!(fs::read_to_string(folder.path().join("run/run.json")).expect("record"), "second");
}

#[test]
fn what_is_not_a_run_is_never_replaced() {
    let folder = tempfile::tempdir().expect("folder");
    let elsewhere = tempfile::tempdir().expect("folder");
    fs::write(elsewhere.path().join("run.json"), "").expect("written");
    let foreign = folder.path().join("run");
    let obstacles: [&dyn Fn(); 3] = [
        &|| fs::write(&foreign, "a file").expect("written"),
        &|| symlink(elsewhere.path(), &foreign).expect("linked"),
        &|| {
            fs::create_dir(&foreign).expect("made");
            fs::write(foreign.join("thesis.docx"), "").expect("written");
        },
    ];
    for obstacle in obstacles {
        obstacle();
        let stage = begin(folder.path());
        stage.write("run.json", b"").expect("written");
        let problems = stage.publish().expect_err("refused");
        assert!(only_message(&problems).contains("not a run"), "{problems}");
        assert_eq!(visible(folder.path()), [".lock", "run"]);
        let _ = fs::remove_file(&foreign);
    }
    assert!(foreign.join("thesis.docx").exists() && elsewhere.path().join("run.json").exists());
}

#[test]
fn one_run_at_a_time() {
    let folder = tempfile::tempdir().expect("folder");
    let first = begin(folder.path());
    let problems = Stage::begin(folder.path(), "other").expect_err("locked");
    assert!(only_message(&problems).contains("another run is writing"), "{problems}");
    first.write("a", b"").expect("the first goes on");
    drop(first);
    drop(begin(folder.path()));
}

#[test]
fn only_the_owner_may_look() {
    let folder = tempfile::tempdir().expect("folder");
    let output = folder.path().join("output");
    let stage = begin(&output);
    stage.write("letters/da/E1.pdf", b"").expect("written");
    stage.publish().expect("published");
    let mode = |path: &str| fs::metadata(output.join(path)).expect(path).permissions().mode() & 0o777;
    for path in [".", "run", "run/letters", "run/letters/da"] {
        assert_eq!(mode(path), 0o700, "{path}");
    }
    for path in [".lock", "run/letters/da/E1.pdf"] {
        assert_eq!(mode(path), 0o600, "{path}");
    }
}

#[test]
fn a_crash_at_any_point_is_mended_by_the_next_run() {
    let folder = tempfile::tempdir().expect("folder");
    let at = |name: &str| folder.path().join(name);
    let leave = |name: &str, content: &str| {
        fs::create_dir(at(name)).expect("made");
        fs::write(at(name).join("run.json"), content).expect("written");
    };
    // Between the two renames: the older run has no name.
    leave(".staging-run-7", "new");
    leave(".replaced-run-7", "older");
    drop(begin(folder.path()));
    assert_eq!(visible(folder.path()), [".lock", "run"]);
    assert_eq!(fs::read_to_string(at("run/run.json")).expect("record"), "older");
    // Half a pointer is no pointer.
    symlink("run", at(".current-7")).expect("linked");
    drop(begin(folder.path()));
    assert_eq!(visible(folder.path()), [".lock", "run"]);
    // After them: the older run is debris, whole or not; a run with dashes keeps its name.
    leave(".replaced-run-7", "oldest");
    leave(".discarded-run-7", "torso");
    leave(".replaced-inspection_date=2027-03-31-8", "march");
    drop(begin(folder.path()));
    assert_eq!(visible(folder.path()), [".lock", "inspection_date=2027-03-31", "run"]);
    assert_eq!(fs::read_to_string(at("run/run.json")).expect("record"), "older");
}

/// What a kill leaves while the temporary file of rows has a name.
#[test]
fn the_next_run_removes_temporary_files_and_nothing_else_that_is_a_file() {
    let folder = tempfile::tempdir().expect("folder");
    publish(folder.path(), "first");
    fs::write(folder.path().join(".staging-rows-7"), "").expect("written");
    fs::write(folder.path().join(".notes"), "").expect("written");
    publish(folder.path(), "second");
    assert_eq!(visible(folder.path()), [".lock", ".notes", "current", "run"]);
}

#[test]
fn names_that_could_lead_elsewhere_are_refused() {
    let folder = tempfile::tempdir().expect("folder");
    for run in ["", ".", "..", ".hidden", "current", "a/b", "/a", "a\\b"] {
        assert!(Stage::begin(folder.path(), run).is_err(), "{run}");
    }
    let stage = begin(folder.path());
    for file in ["", "../x", "/x", "a//b", "a/../../x", "./x", "a/", "a\\b", "x\0y"] {
        assert!(stage.write(file, b"").is_err(), "{file:?}");
    }
    stage.write("x", b"").expect("written");
    assert!(stage.write("x", b"").is_err(), "a name can be taken once");
    assert_eq!(stage.finished_files().len(), 1);
}

#[test]
fn an_unfinished_file_blocks_publication() {
    let folder = tempfile::tempdir().expect("folder");
    let stage = begin(folder.path());
    drop(stage.create("half.parquet").expect("created"));
    let problems = stage.publish().expect_err("unfinished");
    assert!(only_message(&problems).contains("half.parquet"), "{problems}");
    assert_eq!(visible(folder.path()), [".lock"]);
}

#[test]
fn an_output_folder_that_is_a_file_is_explained() {
    let file = tempfile::NamedTempFile::new().expect("file");
    let problems = Stage::begin(file.path(), "run").expect_err("a file");
    assert!(only_message(&problems).contains("not a folder"), "{problems}");
}
