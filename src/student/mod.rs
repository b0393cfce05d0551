//! What is known of the students: clean, typed, sorted rows, and one small view per enrolment.
//!
//! [`exports::Exports`] is what the gate hands over. Rules never see it; they see a
//! [`view::EnrolmentView`], which holds slices of its rows for one enrolment.

mod bulk_rows;
pub mod curriculum;
pub mod exports;
pub mod leave;
pub mod previous;
pub mod result_codes;
mod small_rows;
pub mod undecided;
mod unknown;
pub mod view;
