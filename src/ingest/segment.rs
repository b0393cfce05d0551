//! Records of one part of a file, sorted by bucket.

use std::io;
use std::ops::Range;

use super::buckets::Buckets;
use super::spill::Spill;

/// Records of one part of a file, by bucket.
pub struct Segment {
    pub held: Held,
    /// Per bucket its first record, and the end.
    pub starts: Vec<u32>,
    /// Before guests were given their copies.
    pub rows: usize,
}

pub enum Held {
    Memory(Vec<u32>),
    /// At this byte of the temporary file.
    File(u64),
}

impl Segment {
    /// Moves records of `width` words to their buckets; the first word becomes the member of the bucket.
    /// Records of an enrolment that other buckets need as well are given to each.
    pub fn new(records: &[u32], width: usize, buckets: &Buckets) -> Segment {
        // The widths of the two large tables, so that their records are copied without a call.
        match width {
            4 => Segment::placed(records, 4, buckets),
            5 => Segment::placed(records, 5, buckets),
            _ => Segment::placed(records, width, buckets),
        }
    }

    #[inline(always)]
    fn placed(records: &[u32], width: usize, buckets: &Buckets) -> Segment {
        let records = records.chunks_exact(width);
        let mut starts = vec![0_u32; buckets.count() + 1];
        let mut of_guests = Vec::new();
        for record in records.clone() {
            starts[buckets.home(record[0]).0 + 1] += 1;
            if buckets.travels(record[0]) {
                of_guests.extend(buckets.visits(record[0]).map(|(bucket, member)| (bucket, member, record)));
            }
        }
        of_guests.iter().for_each(|(bucket, ..)| starts[bucket + 1] += 1);
        for bucket in 0..buckets.count() {
            starts[bucket + 1] += starts[bucket];
        }
        let mut next = starts.clone();
        let mut placed = vec![0; starts.last().map_or(0, |end| *end as usize) * width];
        let mut place = |bucket: usize, member: u32, record: &[u32]| {
            let at = next[bucket] as usize * width;
            next[bucket] += 1;
            let place = &mut placed[at..at + width];
            place.copy_from_slice(record);
            place[0] = member;
        };
        let rows = records.len();
        for record in records {
            let (bucket, member) = buckets.home(record[0]);
            place(bucket, member, record);
        }
        of_guests.into_iter().for_each(|(bucket, member, record)| place(bucket, member, record));
        Segment { held: Held::Memory(placed), starts, rows }
    }

    /// The words of all records, which are in no order that means anything.
    pub fn words_mut(&mut self) -> &mut [u32] {
        match &mut self.held {
            Held::Memory(words) => words,
            Held::File(_) => &mut [],
        }
    }

    pub fn records_of(&self, bucket: usize) -> Range<usize> {
        self.starts[bucket] as usize..self.starts[bucket + 1] as usize
    }

    pub fn bytes(&self) -> usize {
        let words = if let Held::Memory(words) = &self.held { words.len() } else { 0 };
        (words + self.starts.len()) * size_of::<u32>()
    }

    /// Segments of one table, in the temporary file as one; it is written about `piece` bytes at a time.
    pub fn written(segments: &[Segment], width: usize, piece: usize, spill: &Spill) -> io::Result<Segment> {
        let buckets = segments.first().map_or(0, |segment| segment.starts.len() - 1);
        let records = segments.iter().filter_map(|segment| segment.starts.last());
        let records: usize = records.map(|end| *end as usize).sum();
        let at = spill.reserve((records * width * size_of::<u32>()) as u64);
        let mut starts = Vec::with_capacity(buckets + 1);
        let (mut written, mut end) = (0, 0);
        let mut words: Vec<u32> = Vec::new();
        for bucket in 0..buckets {
            starts.push(end);
            for segment in segments {
                let records = segment.records_of(bucket);
                end += records.len() as u32;
                if let Held::Memory(held) = &segment.held {
                    words.extend_from_slice(&held[records.start * width..records.end * width]);
                }
            }
            if size_of_val(words.as_slice()) >= piece || bucket + 1 == buckets {
                spill.write(at + written, &words)?;
                written += size_of_val(words.as_slice()) as u64;
                words.clear();
            }
        }
        starts.push(end);
        let rows = segments.iter().map(|segment| segment.rows).sum();
        Ok(Segment { held: Held::File(at), starts, rows })
    }
}
