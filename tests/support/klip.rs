//! The program as a user starts it, in the folder of the project, and what it is given to read.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A path of the project.
pub fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

pub fn klip(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_klip")).current_dir(at("")).args(arguments).output().unwrap()
}

pub fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Every file of a folder of the project, in a new folder.
pub fn copy(from: &str, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(at(from)).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
        }
    }
}

pub const SAMPLE: &str = "pipelines/semester_inspection.toml";
pub const PLAIN: &str = "pipelines/semester_inspection_plain.toml";

/// A shipped pipeline in another folder, where it reads the law and the letters that lie beside it, or else
/// those of the project; changed before it is written.
pub fn moved_pipeline(shipped: &str, folder: &Path, change: impl Fn(&str) -> String) -> PathBuf {
    let beside = |name: &str, shipped: &str| {
        let own = folder.join(name);
        if own.is_dir() { own.display().to_string() } else { at(shipped).display().to_string() }
    };
    let whole = fs::read_to_string(at(shipped)).unwrap();
    let whole = whole
        .replace("law = \"law\"", &format!("law = \"{}\"", beside("law", "pipelines/law")))
        .replace("../reports/letters", &beside("letters", "reports/letters"))
        .replace("../sample_data", text(&at("sample_data")))
        .replace("../runs", text(&folder.join("runs")));
    let path = folder.join("pipeline.toml");
    fs::write(&path, change(&whole)).unwrap();
    path
}
