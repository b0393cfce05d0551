//! The commands as a user meets them: exit codes, messages, and what may never be printed.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod commands;
mod digital_post;
mod explain;
mod foreign_files;
mod hostile_exports;
mod inspect;
mod leaks;
mod letters_check;
mod previous;
mod pseudonyms;
mod workbook;
mod worklist;

use std::path::Path;
use std::process::{Command, Output};

pub fn klip(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_klip"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(arguments)
        .output()
        .unwrap()
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

pub const SAMPLE: &str = "pipelines/semester_inspection.toml";
pub const PLAIN: &str = "pipelines/semester_inspection_plain.toml";

/// The plain pipeline, as if it stood elsewhere, with more sections at its end.
pub fn plain_pipeline_with(folder: &Path, sections: &str) -> std::path::PathBuf {
    let whole = |path: &str| std::fs::canonicalize(path).unwrap().display().to_string();
    let text = std::fs::read_to_string(PLAIN).unwrap();
    let text = text.replace("law = \"law\"", &format!("law = \"{}\"", whole("pipelines/law")));
    let text = text.replace("../reports/letters", &whole("reports/letters"));
    let path = folder.join("pipeline.toml");
    std::fs::write(&path, format!("{text}\n{sections}\n")).unwrap();
    path
}

/// The shipped templates, in a new folder.
pub fn copy_templates(folder: &Path) {
    std::fs::create_dir(folder).unwrap();
    for entry in std::fs::read_dir("reports/letters").unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
    }
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
