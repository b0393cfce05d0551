//! How much of the exports is kept in memory, and where the rest goes.

use std::path::PathBuf;

use super::buckets;

#[derive(Clone, Debug)]
pub struct Room {
    /// Enrolments that are inspected together, rounded up to a power of two; `None`: by the register.
    pub bucket: Option<usize>,
    /// Bytes for the whole run. What the register leaves of it holds rows by bucket.
    pub memory: u64,
    /// Bytes of these rows at most.
    pub rows: u64,
    /// Where the temporary file for the others is made.
    pub folder: PathBuf,
    /// Keep names and addresses, for letters.
    pub people: bool,
}

impl Default for Room {
    /// Everything in memory.
    fn default() -> Room {
        Room { bucket: None, memory: u64::MAX, rows: u64::MAX, folder: PathBuf::new(), people: true }
    }
}

/// Code, buffers for reading, and the tables while they are written. Measured, with the next one, on
/// two million enrolments; see docs/performance.md.
const FIXED: u64 = 272 << 20;
/// The register, for each enrolment, and for each whose names and addresses are kept.
const PER_ENROLMENT: u64 = 304;
const PER_PERSON: u64 = 152;

impl Room {
    /// More rows than this gain nothing in memory: what the temporary file costs is less than what first
    /// touching as much memory costs. See docs/performance.md.
    pub const ROWS: u64 = 96 << 20;

    pub(super) fn bucket(&self, enrolments: usize) -> usize {
        // A small register too should keep all cores busy.
        self.bucket.unwrap_or((enrolments / 16).clamp(256, buckets::ENROLMENTS))
    }

    pub(super) fn rows(&self, enrolments: usize) -> u64 {
        let each = PER_ENROLMENT + if self.people { PER_PERSON } else { 0 };
        self.memory.saturating_sub(FIXED + enrolments as u64 * each).min(self.rows)
    }
}
