//! The output folder as a whole: one run at a time, clean-up after a crash, and the exchange of
//! an older run for a new one. What can be left behind is told in [`super::stage`].

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::pointer;
use super::run_record::RUN_RECORD;
use super::trouble::disk;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};

const LOCK: &str = ".lock";
pub(super) const STAGING: &str = ".staging-";
const REPLACED: &str = ".replaced-";
const DISCARDED: &str = ".discarded-";

/// Takes the folder's lock or says who stands in the way. The kernel frees the lock when its
/// process ends, however it ends, so a lock can never be stale.
pub(super) fn lock(output: &Path, mode: u32) -> Result<File, Diagnostics> {
    let path = output.join(LOCK);
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(mode)
        .open(&path)
        .map_err(|error| disk(&path, "opened", &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let place = Place::file(output.display().to_string());
            Err(Diagnostic::output(place, "another run is writing to this output folder")
                .hint("wait until it has ended, or choose another output folder")
                .into())
        }
        Err(TryLockError::Error(error)) => Err(disk(&path, "locked", &error)),
    }
}

/// Brings the folder back to whole runs only. The caller holds the lock, so every stage found
/// here belongs to a process that is gone.
pub(super) fn recover(output: &Path) -> Result<(), Diagnostics> {
    let entries = fs::read_dir(output).map_err(|error| disk(output, "read", &error))?;
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| disk(output, "read", &error))?;
        let (Ok(kind), Ok(name)) = (entry.file_type(), entry.file_name().into_string()) else { continue };
        // A link is not ours, and what it points to even less.
        if kind.is_dir() {
            names.push(name);
        } else if (kind.is_symlink() && name.starts_with(pointer::UNFINISHED))
            || (kind.is_file() && name.starts_with(STAGING))
        {
            // A pointer that was not swapped in, or the temporary file of rows.
            fs::remove_file(entry.path()).map_err(|error| disk(&entry.path(), "removed", &error))?;
        }
    }
    names.sort();
    for name in names {
        let path = output.join(&name);
        if name.starts_with(STAGING) || name.starts_with(DISCARDED) {
            remove(&path)?;
        } else if let Some(run) = name.strip_prefix(REPLACED).and_then(run_of) {
            let home = output.join(run);
            if home.symlink_metadata().is_ok() {
                discard(output, &path)?;
            } else {
                rename(&path, &home)?;
                sync(output)?;
            }
        }
    }
    Ok(())
}

/// `RUN-PID` to `RUN`.
fn run_of(name: &str) -> Option<&str> {
    let (run, process) = name.rsplit_once('-')?;
    (!run.is_empty() && !process.is_empty() && process.bytes().all(|b| b.is_ascii_digit())).then_some(run)
}

/// Puts the synced stage in place of the run of that name, and the older run where the stage was:
/// the stage's owner removes it. On an error everything is back as it was; when even that fails,
/// the new run stands, whole.
pub(super) fn swap(output: &Path, stage: &Path, run_name: &str) -> Result<(), Diagnostics> {
    let run = output.join(run_name);
    let Ok(present) = run.symlink_metadata() else {
        rename(stage, &run)?;
        return sync(output).inspect_err(|_| {
            let _ = fs::rename(&run, stage);
        });
    };
    if !present.is_dir() || !is_ours(&run) {
        let place = Place::file(run.display().to_string());
        return Err(Diagnostic::output(place, "something that is not a run stands where the run should go")
            .hint(format!("it holds no {RUN_RECORD}, so it is not replaced: move it away and run again"))
            .into());
    }
    match exchange(stage, &run) {
        Ok(()) => sync(output).inspect_err(|_| {
            let _ = exchange(stage, &run);
        }),
        // Network folders and some others cannot exchange two names at once.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => swap_in_two_steps(output, stage, &run, run_name),
        Err(error) => Err(disk(&run, "put in place", &error.into())),
    }
}

/// For a moment there is no run of that name; a crash in that moment is mended by [`recover`].
fn swap_in_two_steps(output: &Path, stage: &Path, run: &Path, run_name: &str) -> Result<(), Diagnostics> {
    let aside = output.join(format!("{REPLACED}{run_name}-{}", std::process::id()));
    rename(run, &aside)?;
    if let Err(diagnostics) = rename(stage, run).and_then(|()| sync(output)) {
        // Back to how it was; if even that fails, the next `recover` does it.
        let _ = fs::rename(run, stage);
        rename(&aside, run)?;
        return Err(diagnostics);
    }
    // The new run stands. What is left of the older one is debris, and the next run removes it.
    let _ = discard(output, &aside);
    Ok(())
}

fn exchange(one: &Path, other: &Path) -> Result<(), Errno> {
    renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)
}

/// An empty folder may be taken over; one with files must be a run.
fn is_ours(folder: &Path) -> bool {
    folder.join(RUN_RECORD).is_file()
        || fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

/// Removes a run that was replaced, in a way that a crash cannot turn into a torso of a run.
fn discard(output: &Path, aside: &Path) -> Result<(), Diagnostics> {
    let name = aside.file_name().and_then(OsStr::to_str).unwrap_or_default();
    let doomed: PathBuf = output.join(name.replacen(REPLACED, DISCARDED, 1));
    rename(aside, &doomed)?;
    sync(output)?;
    remove(&doomed)
}

pub(super) fn rename(from: &Path, to: &Path) -> Result<(), Diagnostics> {
    fs::rename(from, to).map_err(|error| disk(to, "put in place", &error))
}

fn remove(path: &Path) -> Result<(), Diagnostics> {
    fs::remove_dir_all(path).map_err(|error| disk(path, "removed", &error))
}

/// Of a file or a folder.
pub(super) fn sync(path: &Path) -> Result<(), Diagnostics> {
    File::open(path).and_then(|file| file.sync_all()).map_err(|error| disk(path, "synced", &error))
}
