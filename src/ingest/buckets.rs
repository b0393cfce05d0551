//! Which enrolments are read, settled and inspected together.
//!
//! A bucket is a run of enrolments in the order of the register, its *own*, and as *guests* the
//! other enrolments of the same students, which some rules look at. So a bucket is enough to inspect
//! its own enrolments, and the size of the buckets never shows in what is decided.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;

use crate::student::exports::{Members, Students};

/// Large enough for little overhead, small enough for a core's cache.
pub const ENROLMENTS: usize = 2048;

pub struct Buckets {
    enrolments: usize,
    /// A bucket has two to this power enrolments of its own, the last perhaps fewer.
    shift: u32,
    /// Per bucket the enrolments that are guests there, sorted.
    guests: Vec<Arc<[u32]>>,
    /// A bit for each enrolment that is a guest somewhere, so that asking for any of them stays in the cache.
    travels: Vec<u64>,
    /// The buckets in which an enrolment is a guest.
    visits: HashMap<u32, Vec<u32>, FixedState>,
}

impl Buckets {
    pub fn new(students: &Students, enrolments: usize, size: usize) -> Buckets {
        let shift = size.max(1).next_power_of_two().ilog2();
        let mut guests: Vec<Vec<u32>> = vec![Vec::new(); enrolments.div_ceil(1 << shift)];
        let mut travels = vec![0_u64; enrolments.div_ceil(64)];
        let mut visits: HashMap<u32, Vec<u32>, FixedState> = HashMap::default();
        for family in students.families().filter(|family| family.len() > 1) {
            // Sorted by enrolment, so equal buckets are neighbours.
            let mut places: Vec<usize> = family.iter().map(|index| *index as usize >> shift).collect();
            places.dedup();
            if places.len() < 2 {
                continue;
            }
            for index in family {
                for bucket in places.iter().filter(|bucket| **bucket != *index as usize >> shift) {
                    guests[*bucket].push(*index);
                    travels[*index as usize / 64] |= 1 << (index % 64);
                    visits.entry(*index).or_default().push(*bucket as u32);
                }
            }
        }
        let sorted = |mut guests: Vec<u32>| {
            guests.sort_unstable();
            Arc::from(guests)
        };
        Buckets { enrolments, shift, guests: guests.into_iter().map(sorted).collect(), travels, visits }
    }

    pub fn count(&self) -> usize {
        self.guests.len()
    }

    pub fn members(&self, bucket: usize) -> Members {
        let first = bucket << self.shift;
        Members::of_bucket(first as u32, self.own(bucket) as u32, self.guests[bucket].clone())
    }

    fn own(&self, bucket: usize) -> usize {
        (1 << self.shift).min(self.enrolments - (bucket << self.shift))
    }

    /// The bucket whose own an enrolment is, and the member it is there.
    #[inline]
    pub fn home(&self, enrolment: u32) -> (usize, u32) {
        (enrolment as usize >> self.shift, enrolment & ((1 << self.shift) - 1))
    }

    /// Whether an enrolment is a guest somewhere.
    #[inline]
    pub fn travels(&self, enrolment: u32) -> bool {
        self.travels[enrolment as usize / 64] >> (enrolment % 64) & 1 != 0
    }

    /// The buckets in which an enrolment is a guest, and the member it is in each.
    pub fn visits(&self, enrolment: u32) -> impl Iterator<Item = (usize, u32)> {
        self.visits.get(&enrolment).into_iter().flatten().filter_map(move |bucket| {
            let bucket = *bucket as usize;
            let position = self.guests[bucket].binary_search(&enrolment).ok()?;
            Some((bucket, (self.own(bucket) + position) as u32))
        })
    }
}

impl Default for Buckets {
    fn default() -> Buckets {
        Buckets::new(&Students::default(), 0, ENROLMENTS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn siblings_are_guests_of_each_others_buckets() {
        // Enrolments 0 and 5 are one student's, and 2, 3 and 6 another's.
        let students = Students::of_ids(["a", "b", "c", "c", "d", "a", "c"].into_iter());
        let buckets = Buckets::new(&students, 7, 2);
        assert_eq!(buckets.count(), 4);
        let places = |enrolment: u32| {
            let mut places = vec![buckets.home(enrolment)];
            places.extend(buckets.visits(enrolment));
            assert_eq!(buckets.travels(enrolment), places.len() > 1);
            places
        };
        assert_eq!(places(0), [(0, 0), (2, 2)]);
        assert_eq!(places(1), [(0, 1)]);
        assert_eq!(places(3), [(1, 1), (3, 2)]);
        assert_eq!(places(6), [(3, 0), (1, 2)]);
        for bucket in 0..4 {
            let members = buckets.members(bucket);
            for enrolment in 0..7_u32 {
                let here = places(enrolment).into_iter().find(|(place, _)| *place == bucket);
                assert_eq!(members.position(enrolment as usize), here.map(|(_, member)| member as usize));
            }
        }
    }
}
