//! What a child that reads a foreign file may use.

use std::fs;

use rustix::process::{Resource, Rlimit, setrlimit};

use super::Request;

/// Bytes of memory that the child may write to.
pub const MEMORY: u64 = 768 << 20;
/// Bytes of address space: room for what is only reserved.
const ADDRESSES: u64 = 8 << 30;

/// Seconds of processor time for a file: far above what an honest file of that size takes.
pub fn seconds(bytes: u64) -> u64 {
    30 + (bytes >> 20)
}

/// Lowers the limits of this very process.
pub fn lower(request: &Request) -> Result<(), String> {
    let bytes = fs::metadata(&request.path).map_err(|error| error.to_string())?.len();
    for (resource, limit) in [
        (Resource::Data, MEMORY),
        (Resource::As, ADDRESSES),
        (Resource::Cpu, seconds(bytes)),
        (Resource::Core, 0),
    ] {
        let limit = Rlimit { current: Some(limit), maximum: Some(limit) };
        setrlimit(resource, limit).map_err(|error| format!("its reader cannot be limited: {error}"))?;
    }
    Ok(())
}
