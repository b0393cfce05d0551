//! `klip verify`: is a run folder still exactly what the run wrote?

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::args::Verify;
use super::{Exit, terminal};
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::output::{RUN_RECORD, RunRecord, sha256_hex};

/// Compares every file with the record: changed, missing and extra files are all told. The record
/// itself cannot vouch for its own bytes; that it can be read is all that is known of it.
pub fn verify(args: &Verify) -> Result<Exit, Diagnostics> {
    let record = RunRecord::read(&args.run)?;
    let mut problems = Diagnostics::default();
    let mut present = BTreeSet::new();
    list(&args.run, "", &mut present, &mut problems);
    let place = |name: &str| Place::file(args.run.join(name).display().to_string());
    let hint = "a run is never changed after it is published: make it again, or fetch it from a copy";
    for output in &record.outputs {
        let problem = if present.remove(&output.path) {
            match fs::read(args.run.join(&output.path)) {
                Ok(bytes) if sha256_hex(&bytes) == output.sha256 => continue,
                Ok(_) => "this file was changed after the run".to_owned(),
                Err(error) => format!("this file cannot be read: {error}"),
            }
        } else {
            "this file of the run is missing".to_owned()
        };
        problems.push(Diagnostic::input(place(&output.path), problem).hint(hint));
    }
    present.remove(RUN_RECORD);
    for name in present {
        problems
            .push(Diagnostic::input(place(&name), "this file is not of the run").hint("move it elsewhere"));
    }
    problems.into_result(())?;
    terminal::print(&format!(
        "{}: all {} files are as the run wrote them",
        args.run.display(),
        record.outputs.len()
    ));
    Ok(Exit::Done)
}

/// Every file below a folder, by its path with `/` between.
fn list(folder: &Path, prefix: &str, present: &mut BTreeSet<String>, problems: &mut Diagnostics) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            let message = format!("this folder cannot be read: {error}");
            problems.push(Diagnostic::input(Place::file(folder.display().to_string()), message));
            return;
        }
    };
    for entry in entries.flatten() {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            list(&entry.path(), &format!("{name}/"), present, problems);
        } else {
            present.insert(name);
        }
    }
}
