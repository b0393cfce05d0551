//! All or nothing: a run is written in a hidden folder and shown with one rename.
//!
//! ```text
//! output/
//!   .lock                      held while a run writes here; the file itself stays
//!   .staging-RUN-PID/          the run while it is written, mode 0700; then the run it replaced
//!   .replaced-RUN-PID/         the older run, where two names cannot be exchanged at once
//!   .discarded-RUN-PID/        the same, on its way out
//!   RUN/                       what readers see: always a whole run
//!   current                    the run published last; see [`super::pointer`]
//! ```
//!
//! # What a crash leaves behind
//!
//! | when | left behind | the next [`Stage::begin`] |
//! |---|---|---|
//! | while writing or syncing | `.staging-` | removes it |
//! | new run in place, older one not yet gone | `RUN` and `.staging-` | removes the older one |
//! | new run in place, `current` not yet swapped | `RUN`, `.current-` | removes the half; its publication swaps it |
//! | two steps: older run aside, new one not yet in place | `.replaced-`, `.staging-`, no `RUN` | gives the older run its name back |
//! | two steps: new run in place, older one not yet gone | `RUN` and `.replaced-` or `.discarded-` | removes the older one |
//!
//! Names that begin with a dot are never a result, and a folder that loses files has such a name
//! first. Every file and folder is synced before the rename and the parent after it. Not claimed:
//! that a reader who has the older run open keeps it, that two machines share a network folder
//! safely (the lock is the local kernel's), or that a disk keeps what it was told to sync.
//! `benches/faults/inject.py` fails each call in turn and looks at what is left.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::seal::{SEAL_FILE, written_by_people};
use super::trouble::{defect, disk};
use super::{pointer, recovery};
use crate::base::hexadecimal;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};

const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;

/// A finished file of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputFile {
    /// Relative to the run's folder, with `/`.
    pub path: String,
    pub bytes: u64,
    pub sha256: String,
    /// Of tables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
}

/// A run in the making. Dropped before [`Stage::publish`], it removes what it wrote.
#[derive(Debug)]
pub struct Stage {
    output: PathBuf,
    run_name: String,
    folder: PathBuf,
    /// `None`: begun and not finished.
    files: Mutex<BTreeMap<String, Option<OutputFile>>>,
    /// The lock ends with the stage.
    _lock: File,
}

impl Stage {
    /// Locks the output folder (made if needed), clears what a crash left, and opens an empty
    /// stage for `run_name`.
    pub fn begin(output_folder: &Path, run_name: &str) -> Result<Stage, Diagnostics> {
        let reserved = run_name.starts_with('.') || run_name == pointer::CURRENT;
        if reserved || relative_parts(run_name).is_none_or(|parts| parts.len() != 1) {
            return Err(defect(output_folder, format!("`{run_name}` cannot be the name of a run's folder")));
        }
        outside_of_runs(output_folder)?;
        make_folder(output_folder)?;
        let lock = recovery::lock(output_folder, FILE_MODE)?;
        recovery::recover(output_folder)?;
        pointer::check(output_folder)?;
        nothing_to_lose(&output_folder.join(run_name))?;
        let folder = output_folder.join(format!("{}{run_name}-{}", recovery::STAGING, std::process::id()));
        make_folder(&folder)?;
        Ok(Stage {
            output: output_folder.to_path_buf(),
            run_name: run_name.to_owned(),
            folder,
            files: Mutex::default(),
            _lock: lock,
        })
    }

    /// Where the run will stand once it is published.
    pub fn run_folder(&self) -> PathBuf {
        self.output.join(&self.run_name)
    }

    /// A whole small file.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Diagnostics> {
        let mut file = self.create(name)?;
        match file.write_all(bytes) {
            Ok(()) => file.finish(None),
            Err(error) => Err(file.failed(&error)),
        }
    }

    /// A file to be filled; `name` may lie in subfolders (`letters/K-17.pdf`). A name can be
    /// taken once, and only [`StagedFile::finish`] makes the file part of the run.
    pub fn create(&self, name: &str) -> Result<StagedFile<'_>, Diagnostics> {
        let Some(parts) = relative_parts(name) else {
            return Err(defect(&self.folder, format!("`{name}` cannot be the name of an output file")));
        };
        let path = self.folder.join(parts.iter().collect::<PathBuf>());
        if parts.len() > 1 {
            make_folder(path.parent().unwrap_or(&self.folder))?;
        }
        // `create_new` neither follows a link nor overwrites.
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(FILE_MODE)
            .open(&path)
            .map_err(|error| disk(&path, "created", &error))?;
        self.files().insert(name.to_owned(), None);
        Ok(StagedFile {
            stage: self,
            name: name.to_owned(),
            path,
            file: BufWriter::with_capacity(1 << 15, file),
            hash: Sha256::new(),
            bytes: 0,
        })
    }

    /// The finished files, sorted by path.
    pub fn finished_files(&self) -> Vec<OutputFile> {
        self.files().values().flatten().cloned().collect()
    }

    /// Syncs everything, shows the run under its name (an older run of that name is replaced
    /// whole), and lets `current` name it. On an error the older run is in place, untouched,
    /// unless the message says that the new one is published.
    pub fn publish(self) -> Result<PathBuf, Diagnostics> {
        self.show()?;
        pointer::point(&self.output, &self.run_name)?;
        Ok(self.run_folder())
    }

    /// As [`Stage::publish`], for a folder that is no run of its own: `current` stays where it is.
    pub fn publish_beside(self) -> Result<PathBuf, Diagnostics> {
        self.show()?;
        Ok(self.run_folder())
    }

    fn show(&self) -> Result<(), Diagnostics> {
        let unfinished: Vec<String> =
            self.files().iter().filter(|(_, file)| file.is_none()).map(|(name, _)| name.clone()).collect();
        if !unfinished.is_empty() {
            return Err(defect(&self.folder, format!("never finished: {}", unfinished.join(", "))));
        }
        self.sync_all()?;
        // It may have been edited while this run was made.
        nothing_to_lose(&self.run_folder())?;
        recovery::swap(&self.output, &self.folder, &self.run_name)
    }

    fn sync_all(&self) -> Result<(), Diagnostics> {
        let mut paths: Vec<PathBuf> = self.files().keys().map(|name| self.folder.join(name)).collect();
        let mut folders: Vec<PathBuf> = paths.iter().flat_map(|path| self.folders_above(path)).collect();
        folders.sort();
        folders.dedup();
        paths.extend(folders);
        paths.push(self.folder.clone());
        paths.par_iter().try_for_each(|path| recovery::sync(path))
    }

    /// The folders between a staged file and the stage.
    fn folders_above(&self, path: &Path) -> Vec<PathBuf> {
        let above = path.ancestors().skip(1);
        above.take_while(|folder| *folder != self.folder).map(Path::to_path_buf).collect()
    }

    fn files(&self) -> MutexGuard<'_, BTreeMap<String, Option<OutputFile>>> {
        // A panic while the map is held leaves it whole: every change is one insertion.
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // After publication this is the run that was replaced, or nothing. A folder that cannot be
        // removed now is removed by the next `begin`.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A file of the stage while it is written; counts and hashes what passes through.
#[derive(Debug)]
pub struct StagedFile<'s> {
    stage: &'s Stage,
    name: String,
    path: PathBuf,
    file: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
}

impl StagedFile<'_> {
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Makes the file part of the run. `rows` for tables.
    pub fn finish(mut self, rows: Option<u64>) -> Result<(), Diagnostics> {
        self.file.flush().map_err(|error| disk(&self.path, "written", &error))?;
        let record = OutputFile {
            path: self.name.clone(),
            bytes: self.bytes,
            sha256: hexadecimal(&self.hash.finalize()),
            rows,
        };
        self.stage.files().insert(self.name, Some(record));
        Ok(())
    }

    /// What a failed write of this file means for the person at the keyboard.
    pub fn failed(self, error: &io::Error) -> Diagnostics {
        disk(&self.path, "written", error)
    }
}

impl Write for StagedFile<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A file outside of any run, for one person's eyes: readable by its owner alone. Replaces what stands
/// there under that name; a link is replaced, never followed.
pub fn write_alone(path: &Path, bytes: &[u8]) -> Result<(), Diagnostics> {
    let folder = path.parent().unwrap_or(Path::new("."));
    outside_of_runs(folder)?;
    if !folder.as_os_str().is_empty() {
        make_folder(folder)?;
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let written = path.with_file_name(format!(".{name}-{}", std::process::id()));
    let file = OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(&written);
    let done = file.and_then(|mut file| file.write_all(bytes)).and_then(|()| fs::rename(&written, path));
    done.map_err(|error| {
        let _ = fs::remove_file(&written);
        disk(path, "written", &error)
    })
}

/// The parts of a plain relative path, or `None` when it could lead elsewhere.
fn relative_parts(name: &str) -> Option<Vec<&str>> {
    let plain = |part: &&str| {
        !part.contains(['\\', '\0'])
            && matches!(Path::new(part).components().collect::<Vec<_>>()[..], [Component::Normal(_)])
    };
    let parts: Vec<&str> = name.split('/').collect();
    parts.iter().all(plain).then_some(parts)
}

fn make_folder(folder: &Path) -> Result<(), Diagnostics> {
    DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(folder).map_err(|error| {
        if error.kind() == io::ErrorKind::AlreadyExists {
            return Diagnostic::output(
                Place::file(folder.display().to_string()),
                "this is a file, not a folder",
            )
            .hint("choose another output folder, or move the file away")
            .into();
        }
        disk(folder, "created", &error)
    })
}

/// A run takes the place of an older one of its name, but not of what people put there.
fn nothing_to_lose(run: &Path) -> Result<(), Diagnostics> {
    const NAMED: usize = 5;
    let written = written_by_people(run);
    if written.is_empty() {
        return Ok(());
    }
    let named = written.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = if written.len() > NAMED { ", …" } else { "" };
    let message =
        format!("the older run of this name holds what was written or changed by hand: {named}{more}");
    Err(Diagnostic::output(Place::file(run.display().to_string()), message)
        .hint("it would be lost: move it out of the folder, or name another one with --output")
        .into())
}

/// A finished run is sealed: nothing is written into it or below it.
fn outside_of_runs(folder: &Path) -> Result<(), Diagnostics> {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let Some(run) = absolute.ancestors().find(|folder| folder.join(SEAL_FILE).is_file()) else {
        return Ok(());
    };
    let message = "this is a finished run, and nothing is ever written into one";
    Err(Diagnostic::setup(Place::file(run.display().to_string()), message)
        .hint("name another folder with --output")
        .into())
}
