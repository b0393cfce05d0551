//! The commands as a user meets them: exit codes, messages, and what may never be printed.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod commands;
mod digital_post;
mod doubts;
mod explain;
mod foreign_files;
mod hostile_exports;
mod inspect;
mod leaks;
mod letter_facts;
mod letters_check;
mod previous;
#[path = "../support/klip.rs"]
mod program;
mod pseudonyms;
mod workbook;
mod worklist;

use std::path::{Path, PathBuf};
use std::process::Output;

use program::*;

/// The plain pipeline, as if it stood elsewhere, with more sections at its end.
pub fn plain_pipeline_with(folder: &Path, sections: &str) -> PathBuf {
    moved_pipeline(PLAIN, folder, |text| format!("{text}\n{sections}\n"))
}
