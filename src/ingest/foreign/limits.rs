//! What a child that reads a foreign file may use.

use std::path::Path;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, setrlimit};

/// Bytes of memory that the child may write to.
const MEMORY: u64 = 768 << 20;
/// Bytes of address space: room for what is only reserved.
const ADDRESSES: u64 = 8 << 30;

#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of memory that the child may write to.
    pub memory: u64,
    /// Processor time of the child.
    pub seconds: u64,
    /// The longest time between two frames. Waiting costs no processor time, and others may need the
    /// processor.
    pub patience: Duration,
}

impl Limits {
    /// For a file: far above what an honest one of its size takes.
    pub fn of(path: &Path) -> Result<Limits, String> {
        let bytes = path.metadata().map_err(|error| error.to_string())?.len();
        let seconds = 30 + (bytes >> 20);
        Ok(Limits { memory: MEMORY, seconds, patience: Duration::from_secs(10 * seconds) })
    }

    /// Lowers the limits of this very process.
    pub fn lower(self) -> Result<(), String> {
        for (resource, current, maximum) in [
            (Resource::Data, self.memory, self.memory),
            (Resource::As, ADDRESSES, ADDRESSES),
            // Some seconds more until it is killed: the signal before that tells that it was the time.
            (Resource::Cpu, self.seconds, self.seconds + 9),
            (Resource::Core, 0, 0),
        ] {
            let limit = Rlimit { current: Some(current), maximum: Some(maximum) };
            setrlimit(resource, limit).map_err(|error| format!("its reader cannot be limited: {error}"))?;
        }
        Ok(())
    }
}
