//! `klip`: the command line of klippekort.

use std::process::ExitCode;

// A sixth less CPU than the system's allocator on a run over half a million enrolments.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// `mi_option_purge_delay`, which the crate does not name.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;

/// Freed memory is used again by the next bucket of enrolments; to give it back to the system and fetch it anew
/// costs a run a twentieth of its time, see docs/performance.md.
fn keep_freed_memory() {
    // SAFETY: stores one number in the allocator's table of options; no other thread has been started.
    #[expect(unsafe_code)]
    unsafe {
        libmimalloc_sys::mi_option_set(PURGE_DELAY, -1);
    }
}

fn main() -> ExitCode {
    keep_freed_memory();
    klippekort::cli::main()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_that_of_the_delay() {
        // SAFETY: reads one number of the same table.
        #[expect(unsafe_code)]
        let delay = || unsafe { libmimalloc_sys::mi_option_get(PURGE_DELAY) };
        // Milliseconds; no other option of the allocator has this value by default.
        assert_eq!(delay(), 1000);
        keep_freed_memory();
        assert_eq!(delay(), -1);
    }
}
