//! Is there room for a run, asked before its first byte is written?

use std::path::Path;

use rustix::fs::statvfs;

use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::verdicts::Inspection;

/// Bytes on disk per row, some four times what a run over 30,000 generated students took; small
/// runs are all overhead, and [`SMALL_RUN`] is theirs. A letter has room for a PDF beside its text.
const ENROLMENT: u64 = 100;
const FINDING: u64 = 100;
const ATTEMPT: u64 = 20;
const CLAIM: u64 = 100;
const MONTH: u64 = 10;
const REJECTED_ROW: u64 = 400;
const LETTER: u64 = 64 << 10;
const SMALL_RUN: u64 = 2 << 20;

/// Bytes that a run will need, generously.
pub fn estimate(inspection: &Inspection, letters: u64, rejected_rows: usize) -> u64 {
    let points: usize = inspection.progress.iter().map(|(_, points)| points.len()).sum();
    let rows = [
        (inspection.inspection.len(), ENROLMENT),
        (inspection.findings.len(), FINDING),
        (inspection.attempts.len(), ATTEMPT),
        (inspection.extra_portions.len(), CLAIM),
        (points, MONTH),
        (rejected_rows, REJECTED_ROW),
    ];
    let tables: u64 = rows.into_iter().map(|(rows, bytes)| rows as u64 * bytes).sum();
    SMALL_RUN + tables + letters * LETTER
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
        .hint("free space or choose another output folder, then run again; nothing was written")
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
