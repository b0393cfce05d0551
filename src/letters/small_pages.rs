//! Memory in small pages while letters are set.
//!
//! Letters allocate and free all over their memory. Where the system puts that memory into pages of two
//! mebibytes, each of them stays whole for the little that is still used in it: with two threads twice
//! the memory for no less time.

use rustix::thread::{disable_transparent_huge_pages, transparent_huge_pages_are_disabled};

/// As long as this lives, new memory of the process comes in small pages.
pub struct SmallPages {
    /// They were small already, or the system knows no others.
    as_before: bool,
}

impl SmallPages {
    pub fn only() -> SmallPages {
        let already = transparent_huge_pages_are_disabled().unwrap_or(true);
        SmallPages { as_before: already || disable_transparent_huge_pages(true).is_err() }
    }
}

impl Drop for SmallPages {
    fn drop(&mut self) {
        if !self.as_before {
            // What could be forbidden can be allowed.
            let _ = disable_transparent_huge_pages(false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_process_is_left_as_it_was() {
        let before = transparent_huge_pages_are_disabled().expect("Linux tells");
        let pages = SmallPages::only();
        assert!(transparent_huge_pages_are_disabled().expect("Linux tells"));
        drop(pages);
        assert_eq!(transparent_huge_pages_are_disabled().expect("Linux tells"), before);
    }
}
