//! The rows of the two large tables, of all of the register or of one bucket of it; and all rows of a bucket.

use std::sync::Arc;

use super::exports::SmallTables;
use crate::base::Month;
use crate::contract::codes::PaymentKind;

/// The enrolments whose rows are there: all of the register, or the members of one bucket, which are
/// a run of enrolments and, as guests, the other enrolments of the same students.
#[derive(Clone, Debug, Default)]
pub struct Members(Option<BucketMembers>);

#[derive(Clone, Debug)]
struct BucketMembers {
    first: u32,
    own: u32,
    /// Sorted.
    guests: Arc<[u32]>,
}

impl Members {
    /// `own` enrolments from the `first` on, then the guests.
    pub fn of_bucket(first: u32, own: u32, guests: Arc<[u32]>) -> Members {
        Members(Some(BucketMembers { first, own, guests }))
    }

    /// Where the rows of an enrolment stand; `None` when they are not there.
    pub fn position(&self, enrolment: usize) -> Option<usize> {
        let Some(bucket) = &self.0 else { return Some(enrolment) };
        match enrolment.checked_sub(bucket.first as usize) {
            Some(position) if position < bucket.own as usize => Some(position),
            _ => {
                let guest = bucket.guests.binary_search(&(enrolment as u32)).ok()?;
                Some(bucket.own as usize + guest)
            }
        }
    }

    /// How many own enrolments and guests; 0 for all of the register.
    pub fn count(&self) -> usize {
        self.0.as_ref().map_or(0, |bucket| bucket.own as usize + bucket.guests.len())
    }

    /// The enrolments to inspect; empty for all of the register.
    pub fn own(&self) -> std::ops::Range<usize> {
        self.0.as_ref().map_or(0..0, |bucket| bucket.first as usize..(bucket.first + bucket.own) as usize)
    }
}

/// Exam results, sorted by enrolment, group, and then so that the first passing row of a group is the
/// one that counts: settled before awaiting, own before transferred, earlier assessed, fewer ECTS,
/// lower course code; after that by every other cell. Every rule goes through whole rows, so the cells
/// of a row stand together.
#[derive(Clone, Debug, Default)]
pub struct Results {
    pub members: Members,
    /// `offsets[m]..offsets[m + 1]` are the rows of the member `m`: of enrolment index `m` when all
    /// of the register is there.
    pub offsets: Vec<u32>,
    pub rows: Vec<StoredResult>,
}

/// One result, in 28 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredResult {
    /// Course index of the catalogue.
    pub course: u32,
    /// Group index of the course.
    pub group: u32,
    /// Hundredths of a point.
    pub ects: i32,
    /// Days since 1970-01-01, or [`NO_DAY`].
    pub exam_date: i32,
    /// Days since 1970-01-01.
    pub assessed_on: i32,
    pub line: u32,
    /// Index into the law's list of result codes.
    pub code: u8,
    /// Bits of [`result_flag`].
    pub flags: u8,
}

impl Results {
    pub fn of(&self, enrolment: usize) -> &[StoredResult] {
        rows_of(&self.rows, &self.members, &self.offsets, enrolment)
    }
}

impl Payments {
    pub fn of(&self, enrolment: usize) -> &[Payment] {
        rows_of(&self.rows, &self.members, &self.offsets, enrolment)
    }
}

/// The rows of an enrolment.
fn rows_of<'a, T>(rows: &'a [T], members: &Members, offsets: &[u32], enrolment: usize) -> &'a [T] {
    let Some(position) = members.position(enrolment) else { return &[] };
    match (offsets.get(position), offsets.get(position + 1)) {
        (Some(first), Some(last)) => rows.get(*first as usize..*last as usize).unwrap_or_default(),
        _ => &[],
    }
}

/// The rows that one bucket of enrolments needs to be inspected. What a rule or a letter may want
/// without them stays in [`super::exports::Exports`].
#[derive(Clone, Debug, Default)]
pub struct Bulk {
    pub results: Results,
    pub su_payments: Payments,
    pub small: SmallTables,
}

/// An empty date cell in a column of days.
pub const NO_DAY: i32 = i32::MIN;

pub mod result_flag {
    pub const TRANSFERRED: u8 = 1;
    pub const TRANSITIONAL: u8 = 2;
    pub const SUPERSEDED: u8 = 4;
}

/// SU payments, sorted by enrolment, month, kind, portions, amount.
#[derive(Clone, Debug, Default)]
pub struct Payments {
    pub members: Members,
    pub offsets: Vec<u32>,
    pub rows: Vec<Payment>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payment {
    pub month: Month,
    pub kind: PaymentKind,
    pub portions: i32,
    /// Hundredths of a krone.
    pub amount: Option<i32>,
    pub line: u32,
}
