//! Words with exact arithmetic: the vocabulary every other room speaks.
//!
//! Nothing here opens a file, knows a rule or uses floating point. A day is a count of days, a
//! month a count of months, an ECTS a count of hundredths; so columns of them are plain integers
//! and a comparison in a rule is a comparison of integers.

mod counted;
mod cpr;
mod cutoffs;
mod day;
mod digest;
mod ects;
mod month;
mod semester;
mod working_days;
mod written;
mod yearly_pause;

pub use counted::counted;
pub use cpr::Cpr;
pub use cutoffs::Cutoffs;
pub use day::{Day, Period};
pub use digest::{hex_digits, hexadecimal, opaque_id, sha256_hex, sha256_of, sha256_of_texts};
pub use ects::Ects;
pub use month::Month;
pub use semester::Semester;
pub use working_days::{Holidays, easter_sunday};
pub use yearly_pause::YearlyPause;

/// The years that dates of the pipeline and of the exports may have.
pub const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;
