//! What goes wrong with a disk, in the words of the person who must mend it.

use std::io;
use std::path::Path;

use crate::diagnostics::{Diagnostic, Diagnostics, Place};

/// `what` completes "cannot be …".
pub(super) fn disk(path: &Path, what: &str, error: &io::Error) -> Diagnostics {
    let hint = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "the disk is full: free space or choose another output folder, then run again; an earlier run is untouched"
        }
        io::ErrorKind::PermissionDenied => {
            "you may not write here: choose another output folder or ask its owner for write permission"
        }
        io::ErrorKind::ReadOnlyFilesystem => "this file system is read-only: choose another output folder",
        io::ErrorKind::AlreadyExists => "the name is taken: two outputs of one run must not share a name",
        io::ErrorKind::InvalidFilename => "the name is too long for this file system: shorten the path",
        io::ErrorKind::NotFound => "a folder vanished during the run: is something else cleaning up here?",
        _ => "nothing was published; an earlier run is untouched. Run again when the disk is well",
    };
    Diagnostic::output(Place::file(path.display().to_string()), format!("cannot be {what}: {error}"))
        .hint(hint)
        .into()
}

/// Something only a defect of this program can cause.
pub(super) fn defect(path: &Path, message: String) -> Diagnostics {
    Diagnostic::output(Place::file(path.display().to_string()), message)
        .hint("this is a defect of the program, not of your data; nothing was published. Please report it")
        .into()
}
