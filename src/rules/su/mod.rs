//! SU1: study activity in the sense of the SU act, and the portions a student has left.
//!
//! These rules are about support from the state. They never mix with the university's own study
//! rules (`degree`), neither in wording nor in letters.

pub mod su101;
pub mod su102;
pub mod su105;
pub mod su107;
