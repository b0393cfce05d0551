//! Is there room for a run, asked before its tables are written and again
//! before its letters are?

use std::path::Path;

use rustix::fs::statvfs;

use crate::diagnostics::{Diagnostic, Diagnostics, Place};

/// Bytes on disk, some four times what a run over 30,000 generated students took; small runs are all
/// overhead, and [`SMALL_RUN`] is theirs. A letter stands in a file of its own and in a print file.
const ENROLMENT: u64 = 1 << 10;
const LETTER: u64 = 128 << 10;
const SMALL_RUN: u64 = 2 << 20;

/// Bytes that the tables of a run will need, generously.
pub fn room_for_tables(enrolments: usize) -> u64 {
    SMALL_RUN + enrolments as u64 * ENROLMENT
}

pub fn room_for_letters(letters: u64) -> u64 {
    letters * LETTER
}

/// Refuses a disk without `needed` bytes. The older run stays until the new one is in place, so
/// its room does not count. A disk that cannot be asked is found out while writing.
pub fn require_room(output_folder: &Path, needed: u64) -> Result<(), Diagnostics> {
    let absolute = std::path::absolute(output_folder).unwrap_or_else(|_| output_folder.to_path_buf());
    let Some(Ok(disk)) = absolute.ancestors().find(|folder| folder.exists()).map(statvfs) else {
        return Ok(());
    };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    if free >= needed {
        return Ok(());
    }
    let message =
        format!("the disk has {} MiB free, and this run may need {} MiB", free >> 20, (needed >> 20) + 1);
    Err(Diagnostic::output(Place::file(output_folder.display().to_string()), message)
        .hint("free space or choose another output folder, then run again; nothing was published")
        .into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_too_small_is_refused_before_the_folder_is_made() {
        let folder = std::env::temp_dir().join("no/such/output");
        require_room(&folder, 0).expect("nothing needs no room");
        let problems = require_room(&folder, u64::MAX).expect_err("no disk is so large");
        assert!(problems.to_string().contains("MiB free") && !folder.exists(), "{problems}");
    }
}
