//! Records of a table, partitioned by bucket of enrolments while the file is read.
//!
//! A segment holds the records of one part of the file, those of the first bucket first; so a bucket
//! is a slice of every segment, and no record moves again before its bucket is wanted. What the
//! memory has no room for lies in a temporary file in the same form, many parts as one segment: a
//! bucket is then read in few long pieces. It is written while the file is read on.

use std::io;
use std::ops::Range;
use std::panic::resume_unwind;
use std::thread::{self, JoinHandle};

use rayon::prelude::*;

use super::buckets::Buckets;
use super::segment::{Held, Segment};
use super::spill::Spill;

/// All records of a table.
pub struct Partition {
    /// Words of a record.
    width: usize,
    rows: usize,
    segments: Vec<Segment>,
    /// Segments that the memory has no room for, until there are enough to write them as one.
    waiting: Vec<Segment>,
    waiting_bytes: usize,
    /// What is being written.
    writing: Option<JoinHandle<io::Result<Segment>>>,
    /// Bytes of waiting segments that are enough.
    together: usize,
    /// Records left in each bucket, once it has been settled.
    settled: Option<Vec<u32>>,
    spill: Spill,
    /// Why a segment could not be put into the temporary file.
    failure: Option<io::Error>,
}

/// Bytes of records that go to the temporary file as one segment.
const TOGETHER: usize = 8 << 20;
/// Such a segment is written in about as many pieces.
const WRITES: usize = 8;
/// Buckets that are settled at a time, which bounds the room for their slots.
const SETTLED_AT_ONCE: usize = 64;

/// A slice of a segment that belongs to one bucket.
enum Slot<'a> {
    Memory(&'a mut [u32]),
    File { at: u64, words: usize },
}

impl Partition {
    pub fn new(width: usize, spill: Spill) -> Partition {
        Partition {
            width,
            rows: 0,
            segments: Vec::new(),
            waiting: Vec::new(),
            waiting_bytes: 0,
            writing: None,
            together: TOGETHER,
            settled: None,
            spill,
            failure: None,
        }
    }

    /// Everything in memory.
    pub fn in_memory(width: usize) -> Partition {
        Partition::new(width, Spill::never())
    }

    /// Rows that were put into buckets.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Moves records to their buckets, as the segment that follows in the file.
    pub fn place(&mut self, records: &[u32], buckets: &Buckets) {
        self.push(Segment::new(records, self.width, buckets));
    }

    /// Adds the segment that follows in the file. A failure is told when the partition is sealed.
    pub fn push(&mut self, segment: Segment) {
        self.rows += segment.rows;
        if self.spill.has_room_for(segment.bytes()) {
            self.segments.push(segment);
            return;
        }
        self.waiting_bytes += segment.bytes();
        self.waiting.push(segment);
        if self.waiting_bytes >= self.together
            && let Err(error) = self.write_waiting()
        {
            self.failure = Some(error);
        }
    }

    /// Nothing more is pushed: what waits for the temporary file is written.
    pub fn seal(&mut self) -> io::Result<()> {
        self.write_waiting()?;
        self.seal_unwritten()
    }

    /// Nothing more is pushed: what waits for the temporary file, which is little, stays in memory.
    fn seal_unwritten(&mut self) -> io::Result<()> {
        self.finish_writing()?;
        self.segments.append(&mut self.waiting);
        self.failure.take().map_or(Ok(()), Err)
    }

    /// Lets what waits for the temporary file be written as one segment while the caller goes on, after
    /// what was written before. A run that may use one thread writes at once.
    pub fn write_waiting(&mut self) -> io::Result<()> {
        self.finish_writing()?;
        self.waiting_bytes = 0;
        if !self.waiting.is_empty() {
            let (width, piece, spill) = (self.width, self.together / WRITES, self.spill.clone());
            let waiting = std::mem::take(&mut self.waiting);
            let write = move || Segment::written(&waiting, width, piece, &spill);
            if rayon::current_num_threads() > 1 {
                self.writing = Some(thread::Builder::new().spawn(write)?);
            } else {
                self.segments.push(write()?);
            }
        }
        Ok(())
    }

    fn finish_writing(&mut self) -> io::Result<()> {
        let Some(writing) = self.writing.take() else { return Ok(()) };
        self.segments.push(writing.join().unwrap_or_else(|panic| resume_unwind(panic))?);
        Ok(())
    }

    /// The segments in the order of the file, of a partition in memory.
    pub fn into_segments(self) -> Vec<Segment> {
        self.segments
    }

    /// Appends the records of a bucket.
    pub fn gather(&self, bucket: usize, words: &mut Vec<u32>) -> io::Result<()> {
        let before = words.len();
        let records: usize = self.segments.iter().map(|segment| segment.records_of(bucket).len()).sum();
        words.reserve(records * self.width);
        for segment in &self.segments {
            let records = segment.records_of(bucket);
            let (first, last) = (records.start * self.width, records.end * self.width);
            match &segment.held {
                Held::Memory(held) => words.extend_from_slice(&held[first..last]),
                Held::File(at) => {
                    self.spill.read(at + (first * size_of::<u32>()) as u64, last - first, words)?;
                }
            }
        }
        if let Some(settled) = &self.settled {
            words.truncate(before + settled[bucket] as usize * self.width);
        }
        Ok(())
    }

    /// The records of all buckets, without those of guests, with the enrolment as first word.
    pub fn gather_all(&self, buckets: &Buckets) -> io::Result<Vec<u32>> {
        let mut all = Vec::new();
        let mut words = Vec::new();
        for bucket in 0..buckets.count() {
            words.clear();
            self.gather(bucket, &mut words)?;
            let own = buckets.members(bucket).own();
            let records = words.chunks_exact_mut(self.width);
            for record in records.filter(|record| (record[0] as usize) < own.len()) {
                record[0] += own.start as u32;
                all.extend_from_slice(record);
            }
        }
        Ok(all)
    }

    /// Seals the partition, gives every bucket's records, and room to sort them, to `settle`, which puts
    /// them in order and may drop some, and keeps them as it left them. `N` is the width. The answers come
    /// in the order of the buckets.
    pub fn settle<const N: usize, R: Send>(
        &mut self,
        buckets: usize,
        settle: impl Fn(usize, &mut Vec<[u32; N]>, &mut Vec<[u32; N]>) -> R + Sync,
    ) -> io::Result<Vec<R>> {
        self.seal_unwritten()?;
        let (mut settled, mut answers) = (Vec::with_capacity(buckets), Vec::with_capacity(buckets));
        for first in (0..buckets).step_by(SETTLED_AT_ONCE) {
            let run = first..(first + SETTLED_AT_ONCE).min(buckets);
            let spill = self.spill.clone();
            let of_run = self
                .slots(run)
                .into_par_iter()
                .enumerate()
                .map_init(
                    <(Vec<_>, Vec<_>)>::default,
                    |(records, scratch), (nth, mut slots)| -> io::Result<(u32, R)> {
                        take(&mut slots, &spill, records)?;
                        let answer = settle(first + nth, records, scratch);
                        give_back(slots, &spill, records)?;
                        Ok((records.len() as u32, answer))
                    },
                )
                .collect::<io::Result<Vec<_>>>()?;
            for (left, answer) in of_run {
                settled.push(left);
                answers.push(answer);
            }
        }
        self.settled = Some(settled);
        Ok(answers)
    }

    /// For each of these buckets its slice of every segment.
    fn slots(&mut self, run: Range<usize>) -> Vec<Vec<Slot<'_>>> {
        let width = self.width;
        let mut slots: Vec<Vec<Slot<'_>>> = run.clone().map(|_| Vec::new()).collect();
        for Segment { held, starts, .. } in &mut self.segments {
            let words = |bucket: usize| (starts[bucket + 1] - starts[bucket]) as usize * width;
            let first = starts[run.start] as usize * width;
            match held {
                Held::Memory(held) => {
                    let mut rest = &mut held[first..];
                    for (slots, bucket) in slots.iter_mut().zip(run.clone()) {
                        let (slice, after) = rest.split_at_mut(words(bucket));
                        slots.push(Slot::Memory(slice));
                        rest = after;
                    }
                }
                Held::File(at) => {
                    let mut at = *at + (first * size_of::<u32>()) as u64;
                    for (slots, bucket) in slots.iter_mut().zip(run.clone()) {
                        slots.push(Slot::File { at, words: words(bucket) });
                        at += (words(bucket) * size_of::<u32>()) as u64;
                    }
                }
            }
        }
        slots
    }
}

fn take<const N: usize>(
    slots: &mut [Slot<'_>],
    spill: &Spill,
    records: &mut Vec<[u32; N]>,
) -> io::Result<()> {
    records.clear();
    let mut read = Vec::new();
    for slot in slots {
        match slot {
            Slot::Memory(slice) => records.extend_from_slice(slice.as_chunks().0),
            Slot::File { at, words } => {
                read.clear();
                spill.read(*at, *words, &mut read)?;
                records.extend_from_slice(read.as_chunks().0);
            }
        }
    }
    Ok(())
}

/// The records may have become fewer.
fn give_back<const N: usize>(slots: Vec<Slot<'_>>, spill: &Spill, records: &[[u32; N]]) -> io::Result<()> {
    let mut rest = records.as_flattened();
    for slot in slots {
        let room = match &slot {
            Slot::Memory(slice) => slice.len(),
            Slot::File { words, .. } => *words,
        };
        let (part, after) = rest.split_at(room.min(rest.len()));
        match slot {
            Slot::Memory(slice) => slice[..part.len()].copy_from_slice(part),
            Slot::File { at, .. } => spill.write(at, part)?,
        }
        rest = after;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::student::exports::Students;

    /// Members of a bucket and the rest of their records, sorted.
    fn bucket(partition: &Partition, bucket: usize) -> Vec<[u32; 3]> {
        let mut words = Vec::new();
        partition.gather(bucket, &mut words).expect("readable");
        let mut records = words.as_chunks().0.to_vec();
        records.sort_unstable();
        records
    }

    #[test]
    fn a_bucket_is_the_same_wherever_its_records_lie() {
        // Four buckets of 16 enrolments, all of them of another student but for the first and the last.
        let ids: Vec<String> = (0..64).map(|index| format!("s{}", index % 63)).collect();
        let students = Students::of_ids(ids.iter().map(String::as_str));
        let buckets = Buckets::new(&students, 64, 16);
        let folder = tempfile::tempdir().expect("a scratch folder");
        let unsealed = |spill: Spill| {
            let mut partition = Partition::new(3, spill);
            partition.together = 256;
            for part in 0..20_u32 {
                let record = |nth: u32| [(part * 7 + nth * 5) % 64, nth, part];
                let records: Vec<u32> = (0..part % 9).flat_map(record).collect();
                partition.place(&records, &buckets);
            }
            partition
        };
        let partition = |spill: Spill| {
            let mut partition = unsealed(spill);
            partition.seal().expect("writable");
            partition
        };
        let mut memory = partition(Spill::never());
        let all = memory.gather_all(&buckets).expect("readable");
        assert_eq!((memory.rows(), all.len()), (73, 73 * 3));
        for room in [0, 500] {
            let mut file = partition(Spill::new(room, folder.path()));
            assert!(file.segments.iter().filter(|held| matches!(held.held, Held::File(_))).count() > 1);
            assert_eq!(file.rows(), 73);
            for at in 0..4 {
                assert_eq!(bucket(&file, at), bucket(&memory, at));
            }
            // Sorted, and without every record of the second row of a part.
            let settle = |_: usize, records: &mut Vec<[u32; 3]>, _: &mut Vec<[u32; 3]>| {
                records.sort_unstable();
                records.retain(|record| record[1] != 1);
                records.len()
            };
            let kept = file.settle(4, settle).expect("writable");
            assert_eq!(kept, partition(Spill::never()).settle(4, settle).expect("in memory"));
            let mut partly = unsealed(Spill::new(room, folder.path()));
            assert!(!partly.waiting.is_empty());
            assert_eq!(partly.settle(4, settle).expect("writable"), kept);
            for at in 0..4 {
                let mut expected = bucket(&memory, at);
                expected.retain(|record| record[1] != 1);
                assert_eq!(bucket(&file, at), expected);
                assert_eq!(bucket(&partly, at), expected);
            }
        }
        memory.settle(4, |_, records: &mut Vec<[u32; 3]>, _| records.clear()).expect("in memory");
        assert!((0..4).all(|at| bucket(&memory, at).is_empty()));
    }
}
