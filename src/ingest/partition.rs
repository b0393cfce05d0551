//! Records of a large table, partitioned by bucket of enrolments while the file is read.
//!
//! A segment holds the records of one part of the file, those of the first bucket first; so a bucket
//! is a slice of every segment, and no record moves again before its bucket is wanted. What the
//! memory has no room for lies in a temporary file in the same form.

use std::io;

use rayon::prelude::*;

use super::buckets::Buckets;
use super::spill::Spill;

/// Records of one part of a file, by bucket.
pub struct Segment<const N: usize> {
    held: Held<N>,
    /// Per bucket its first record, and the end.
    starts: Vec<u32>,
}

enum Held<const N: usize> {
    Memory(Vec<[u32; N]>),
    /// At this byte of the temporary file.
    File(u64),
}

impl<const N: usize> Segment<N> {
    /// Moves records to their buckets; the first word becomes the member of the bucket. Records of an
    /// enrolment that other buckets need as well are given to each.
    pub fn new(records: &[[u32; N]], buckets: &Buckets) -> Segment<N> {
        let mut starts = vec![0_u32; buckets.count() + 1];
        for record in records {
            buckets.each_place(record[0], |bucket, _| starts[bucket + 1] += 1);
        }
        for bucket in 0..buckets.count() {
            starts[bucket + 1] += starts[bucket];
        }
        let mut next = starts.clone();
        let mut placed = vec![[0; N]; starts.last().map_or(0, |end| *end as usize)];
        for record in records {
            buckets.each_place(record[0], |bucket, member| {
                let at = next[bucket] as usize;
                next[bucket] += 1;
                placed[at] = *record;
                placed[at][0] = member;
            });
        }
        Segment { held: Held::Memory(placed), starts }
    }

    /// The records, in no order that means anything.
    pub fn records_mut(&mut self) -> &mut [[u32; N]] {
        match &mut self.held {
            Held::Memory(records) => records,
            Held::File(_) => &mut [],
        }
    }
}

/// All records of a table.
pub struct Partition<const N: usize> {
    segments: Vec<Segment<N>>,
    /// Records left in each bucket, once it has been settled.
    settled: Option<Vec<u32>>,
    spill: Spill,
    /// Why a segment could not be put into the temporary file.
    failure: Option<io::Error>,
}

impl<const N: usize> Default for Partition<N> {
    fn default() -> Partition<N> {
        Partition::new(Spill::never())
    }
}

/// A slice of a segment that belongs to one bucket.
enum Slot<'a, const N: usize> {
    Memory(&'a mut [[u32; N]]),
    File { at: u64, records: usize },
}

impl<const N: usize> Partition<N> {
    pub fn new(spill: Spill) -> Partition<N> {
        Partition { segments: Vec::new(), settled: None, spill, failure: None }
    }

    /// Adds the segment that follows in the file. A failure is told when the records are settled.
    pub fn push(&mut self, mut segment: Segment<N>) {
        if let Held::Memory(records) = &segment.held
            && !self.spill.has_room_for(size_of_val(records.as_slice()))
        {
            match self.spill.append(records) {
                Ok(at) => segment.held = Held::File(at),
                Err(error) => self.failure = Some(error),
            }
        }
        self.segments.push(segment);
    }

    /// The segments in the order of the file.
    pub fn into_segments(self) -> Vec<Segment<N>> {
        self.segments
    }

    /// The records of a bucket into an empty vector.
    pub fn gather(&self, bucket: usize, records: &mut Vec<[u32; N]>) -> io::Result<()> {
        for segment in &self.segments {
            let (first, last) = (segment.starts[bucket] as usize, segment.starts[bucket + 1] as usize);
            match &segment.held {
                Held::Memory(held) => records.extend_from_slice(&held[first..last]),
                Held::File(at) => {
                    self.spill.read(at + (first * size_of::<[u32; N]>()) as u64, last - first, records)?;
                }
            }
        }
        if let Some(settled) = &self.settled {
            records.truncate(settled[bucket] as usize);
        }
        Ok(())
    }

    /// Gives every bucket's records, and room to sort them, to `settle`, which puts them in order and
    /// may drop some, and keeps them as it left them. The answers come in the order of the buckets.
    pub fn settle<R: Send>(
        &mut self,
        buckets: usize,
        settle: impl Fn(usize, &mut Vec<[u32; N]>, &mut Vec<[u32; N]>) -> R + Sync,
    ) -> io::Result<Vec<R>> {
        if let Some(error) = self.failure.take() {
            return Err(error);
        }
        let spill = &self.spill;
        let mut slots: Vec<Vec<Slot<'_, N>>> = (0..buckets).map(|_| Vec::new()).collect();
        for segment in &mut self.segments {
            match &mut segment.held {
                Held::Memory(records) => {
                    let mut rest = records.as_mut_slice();
                    for (bucket, pair) in segment.starts.windows(2).enumerate() {
                        let (slice, after) = rest.split_at_mut((pair[1] - pair[0]) as usize);
                        rest = after;
                        slots[bucket].push(Slot::Memory(slice));
                    }
                }
                Held::File(at) => {
                    for (bucket, pair) in segment.starts.windows(2).enumerate() {
                        let at = *at + (pair[0] as usize * size_of::<[u32; N]>()) as u64;
                        slots[bucket].push(Slot::File { at, records: (pair[1] - pair[0]) as usize });
                    }
                }
            }
        }
        let answers = slots
            .into_par_iter()
            .enumerate()
            .map_init(
                <(Vec<_>, Vec<_>)>::default,
                |(records, scratch), (bucket, slots)| -> io::Result<(u32, R)> {
                    records.clear();
                    for slot in &slots {
                        match slot {
                            Slot::Memory(slice) => records.extend_from_slice(slice),
                            Slot::File { at, records: count } => spill.read(*at, *count, records)?,
                        }
                    }
                    let answer = settle(bucket, records, scratch);
                    let mut rest = records.as_slice();
                    for slot in slots {
                        match slot {
                            Slot::Memory(slice) => {
                                let (part, after) = rest.split_at(slice.len().min(rest.len()));
                                slice[..part.len()].copy_from_slice(part);
                                rest = after;
                            }
                            Slot::File { at, records } => {
                                let (part, after) = rest.split_at(records.min(rest.len()));
                                spill.write(at, part)?;
                                rest = after;
                            }
                        }
                    }
                    Ok((records.len() as u32, answer))
                },
            )
            .collect::<io::Result<Vec<_>>>()?;
        let (settled, answers) = answers.into_iter().unzip();
        self.settled = Some(settled);
        Ok(answers)
    }
}
