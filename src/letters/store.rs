//! Where finished files go.

use crate::diagnostics::Diagnostics;

/// Takes the files of a run under their names within its folder.
pub trait Store: Send {
    /// A whole file.
    fn whole(&mut self, name: &str, bytes: &[u8]) -> Result<(), Diagnostics>;

    /// The next bytes of a file that grows. Other files may come in between; one grows at a time.
    fn more(&mut self, name: &str, bytes: &[u8]) -> Result<(), Diagnostics>;

    /// The file that grew has all its bytes.
    fn close(&mut self, name: &str) -> Result<(), Diagnostics>;
}
