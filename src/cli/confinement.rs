//! What the process forbids itself before it reads a byte: files that others may read, and a core
//! file that holds what it was working on.

use rustix::fs::Mode;
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit, umask};

/// None of the three can fail for a process that only lowers its own rights; where a kernel knows
/// one of them not, the other two hold.
pub fn confine() {
    umask(Mode::RWXG | Mode::RWXO);
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    // A kernel that pipes its core files to a program does not ask for the limit.
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}
