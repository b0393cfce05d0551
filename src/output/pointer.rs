//! `current`: the run that was published last.
//!
//! A relative symbolic link beside the run folders, made under another name and renamed over the
//! older one as the last step of a publication. A link and not a small text file, because every
//! program follows it: `runs/current/inspection.parquet` is a path for DuckDB, Polars and a
//! spreadsheet as it is for klip; relative, so that the output folder can be moved. It always
//! names a whole run: at no moment is it missing or half written once there has been a run.
//!
//! A publication that falls between two look-ups of `current` shows a reader one file of each
//! run. Who reads several files enters the folder once, and every file is of one run, or gone when
//! that run was replaced meanwhile: `cd -P runs/current`, or an open folder and names under it.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::recovery;
use super::trouble::disk;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};

pub const CURRENT: &str = "current";
pub(super) const UNFINISHED: &str = ".current-";

/// What stands in the pointer's place must be a pointer.
pub(super) fn check(output: &Path) -> Result<(), Diagnostics> {
    let path = output.join(CURRENT);
    match path.symlink_metadata() {
        Ok(present) if !present.is_symlink() => {
            let place = Place::file(path.display().to_string());
            Err(Diagnostic::output(
                place,
                "something that is not a link stands where the link to the newest run should go",
            )
            .hint("move it away, or choose another output folder")
            .into())
        }
        _ => Ok(()),
    }
}

/// Lets `current` name a published run. File systems without symbolic links have no `current`.
pub(super) fn point(output: &Path, run_name: &str) -> Result<(), Diagnostics> {
    let pointer = output.join(CURRENT);
    if fs::read_link(&pointer).is_ok_and(|target| target == Path::new(run_name)) {
        return Ok(());
    }
    let unfinished = output.join(format!("{UNFINISHED}{}", std::process::id()));
    let swapped = match symlink(run_name, &unfinished) {
        Ok(()) => recovery::rename(&unfinished, &pointer).and_then(|()| recovery::sync(output)),
        Err(error)
            if matches!(error.kind(), io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied) =>
        {
            return Ok(());
        }
        Err(error) => Err(disk(&pointer, "put in place", &error)),
    };
    swapped.map_err(|_| {
        let _ = fs::remove_file(&unfinished);
        let message =
            format!("the run is published as {run_name}, but `{CURRENT}` may still name an earlier run");
        Diagnostic::output(Place::file(pointer.display().to_string()), message)
            .hint("run again when the disk is well, or read the run by its own name")
            .into()
    })
}
