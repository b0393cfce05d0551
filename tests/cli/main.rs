//! The commands as a user meets them: exit codes, messages, and what may never be printed.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod commands;
mod explain;
mod foreign_files;
mod hostile_exports;
mod inspect;
mod leaks;
mod previous;

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

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
