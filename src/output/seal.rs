//! The seal of a run, and whether a run folder is still exactly what the run wrote.
//!
//! `run.json` holds the SHA-256 of every other file; its own stands beside it in
//! `run.json.sha256`, in the form `sha256sum -c` reads. So any change of any byte by accident is
//! found from the folder alone. Who changes a file on purpose can change both: against that the
//! summary of the run prints the seal, and `klip verify --seal` compares with what was noted then.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::run_record::{RUN_RECORD, RunRecord};
use crate::base::{sha256_hex, sha256_of};
use crate::diagnostics::{Diagnostic, Diagnostics, Place};

pub const SEAL_FILE: &str = "run.json.sha256";

/// What the seal file of a record with this seal holds.
pub(super) fn seal_line(seal: &str) -> String {
    format!("{seal}  {RUN_RECORD}\n")
}

/// A run as it was found: its record and its seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    pub record: RunRecord,
    pub seal: String,
}

/// Compares every file with the record, and the record with its seal; changed, missing and extra
/// files are all told. `noted` is the seal that the run printed, or its beginning.
pub fn verify(run: &Path, noted: Option<&str>) -> Result<Sealed, Diagnostics> {
    const REPLACED_MEANWHILE: usize = 8;
    let mut attempts = 0;
    loop {
        let before = fs::read(run.join(RUN_RECORD)).ok();
        let verified = verify_once(run, noted);
        attempts += 1;
        // A run that was replaced while it was read is read again.
        if verified.is_ok() || attempts > REPLACED_MEANWHILE || before == fs::read(run.join(RUN_RECORD)).ok()
        {
            return verified;
        }
    }
}

fn verify_once(run: &Path, noted: Option<&str>) -> Result<Sealed, Diagnostics> {
    let record = RunRecord::read(run)?;
    let mut problems = Diagnostics::default();
    let mut problem = |name: &str, message: String, hint: &str| {
        let place = Place::file(run.join(name).display().to_string());
        problems.push(Diagnostic::input(place, message).hint(hint));
    };
    let again = "a run is never changed after it is published: make it again, or fetch it from a copy";
    let mut present = BTreeSet::new();
    let mut unreadable = Vec::new();
    list(run, "", &mut present, &mut unreadable);
    for (name, error) in unreadable {
        problem(&name, format!("this folder cannot be read: {error}"), again);
    }
    let seal = sha256_of_plain(&run.join(RUN_RECORD)).unwrap_or_default();
    let written = seal_line(&seal);
    let mut expected = vec![(SEAL_FILE, sha256_hex(written.as_bytes()))];
    expected.extend(record.outputs.iter().map(|output| (output.path.as_str(), output.sha256.clone())));
    for (name, sha256) in expected {
        if !present.remove(name) {
            problem(name, "this file of the run is missing".to_owned(), again);
            continue;
        }
        match sha256_of_plain(&run.join(name)) {
            Ok(found) if found == sha256 => {}
            Ok(_) if name == SEAL_FILE => {
                problem(
                    name,
                    format!("this seal is not that of {RUN_RECORD}: one of the two was changed"),
                    again,
                );
            }
            Ok(_) => problem(name, "this file was changed after the run".to_owned(), again),
            Err(error) => problem(name, format!("this file cannot be read: {error}"), again),
        }
    }
    if noted.is_some_and(|noted| !seal.starts_with(&noted.to_ascii_lowercase())) {
        problem(RUN_RECORD, "this is not the run that printed that seal".to_owned(), again);
    }
    present.remove(RUN_RECORD);
    for name in present {
        problem(&name, "this is not of the run".to_owned(), "move it elsewhere");
    }
    problems.into_result(Sealed { record, seal })
}

/// What people wrote into the folder of a run, and would be lost with it: files that are not of the run, and
/// workbooks and lists that were changed or cannot be read. Whatever else was changed is damage, which a new
/// run mends. Nothing when the record cannot be read.
pub(super) fn written_by_people(run: &Path) -> Vec<String> {
    let Ok(record) = RunRecord::read(run) else { return Vec::new() };
    let mut present = BTreeSet::new();
    let mut unreadable = Vec::new();
    list(run, "", &mut present, &mut unreadable);
    for own in [RUN_RECORD, SEAL_FILE] {
        present.remove(own);
    }
    let edited = |name: &str| [".xlsx", ".csv"].iter().any(|ending| name.ends_with(ending));
    let mut written: Vec<String> = Vec::new();
    for output in &record.outputs {
        let there = present.remove(&output.path);
        if there
            && edited(&output.path)
            && sha256_of_plain(&run.join(&output.path)).ok().as_ref() != Some(&output.sha256)
        {
            written.push(output.path.clone());
        }
    }
    // What systems leave behind by themselves, and empty folders, are no loss.
    let by_itself = |name: &str| {
        let name = name.rsplit('/').next().unwrap_or_default();
        name.is_empty() || name.starts_with('.') || ["Thumbs.db", "desktop.ini"].contains(&name)
    };
    written.extend(present.into_iter().filter(|name| !by_itself(name)));
    // What is in there is not known.
    written.extend(unreadable.into_iter().map(|(folder, _)| format!("./{folder}")));
    written
}

/// Of a plain file; a link is none, whatever it leads to.
fn sha256_of_plain(path: &Path) -> io::Result<String> {
    if !path.symlink_metadata()?.is_file() {
        return Err(io::Error::other("it is not a plain file"));
    }
    Ok(sha256_of(File::open(path)?)?.1)
}

/// Everything below a folder that is not a folder, by its path with `/` between; and the folders
/// that hold nothing, with a `/` at the end.
fn list(
    folder: &Path,
    prefix: &str,
    present: &mut BTreeSet<String>,
    unreadable: &mut Vec<(String, io::Error)>,
) {
    let entries = fs::read_dir(folder).and_then(|entries| entries.collect::<io::Result<Vec<_>>>());
    let entries = match entries {
        Ok(entries) => entries,
        Err(error) => return unreadable.push((prefix.to_owned(), error)),
    };
    if entries.is_empty() {
        present.insert(prefix.to_owned());
    }
    for entry in entries {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            list(&entry.path(), &format!("{name}/"), present, unreadable);
        } else {
            present.insert(name);
        }
    }
}
