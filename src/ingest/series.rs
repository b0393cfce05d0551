//! Keys of one form, as registers number their enrolments: some bytes and then digits (`E0001579`).
//!
//! In their order such keys are numbered by how many of them come before. One bit for every number that
//! the digits can name, and a count now and then, answer that from a table which a core's own cache
//! holds, whatever the order of the rows; a hash table of half a million keys it does not hold.

use super::eight::{ZEROS, above_nine, decimal};

/// Digits that go into a table of 64-bit words must not make it larger than a hash table would be.
const MOST_WORDS_PER_KEY: usize = 1;

pub struct Series {
    length: usize,
    /// By how much the bytes of a key are moved up, so that its last byte is the highest.
    shift: u32,
    /// A key moved up whose digits are all zero.
    pattern: u64,
    /// All bits of the bytes that are no digits.
    fixed: u64,
    first: u32,
    blocks: Vec<Block>,
}

/// 64 numbers that the digits can name.
#[derive(Clone, Copy, Default)]
struct Block {
    taken: u64,
    /// Keys before this block.
    before: u32,
}

impl Series {
    /// `keys` ascend, and are given as [`super::keys::short`] makes them, with their length. `None` when
    /// they have no form in common, or when too few of the numbers are taken.
    pub fn of(mut keys: impl ExactSizeIterator<Item = (u64, usize)>) -> Option<Series> {
        let count = keys.len();
        let (key, length) = keys.next().filter(|(_, length)| (1..=8).contains(length))?;
        let shift = 64 - 8 * length as u32;
        let digits = (above_nine(key << shift ^ ZEROS).leading_zeros() / 8).min(length as u32);
        // The digits are the highest bytes; what is below them is the same in every key.
        let fixed = u64::MAX.checked_shr(8 * digits).unwrap_or(0);
        let pattern = ((key << shift) & fixed) | (ZEROS & !fixed);
        let first = decimal(key << shift ^ pattern);
        let mut series = Series { length, shift, pattern, fixed, first, blocks: Vec::new() };
        series.take(0, 0, count)?;
        for (number, (key, length)) in (1..).zip(keys) {
            let place = series.place(key, length)?;
            series.take(place, number, count)?;
        }
        Some(series)
    }

    /// Takes the place for the key that follows; `None` when it does not follow.
    fn take(&mut self, place: u32, number: u32, count: usize) -> Option<()> {
        let (at, bit) = (place as usize / 64, 1 << (place % 64));
        if at >= count.saturating_mul(MOST_WORDS_PER_KEY) {
            return None;
        }
        while self.blocks.len() <= at {
            self.blocks.push(Block { taken: 0, before: number });
        }
        let is_last = at + 1 == self.blocks.len();
        let block = self.blocks.get_mut(at).filter(|block| is_last && block.taken < bit)?;
        block.taken |= bit;
        Some(())
    }

    /// How far the number of a key is from the first; `None` when it is not of the form.
    #[inline]
    fn place(&self, key: u64, length: usize) -> Option<u32> {
        let digits = (key << self.shift) ^ self.pattern;
        if length != self.length || digits & self.fixed != 0 || above_nine(digits) != 0 {
            return None;
        }
        decimal(digits).checked_sub(self.first)
    }

    /// The number of a key.
    #[inline]
    pub fn find(&self, key: u64, length: usize) -> Option<u32> {
        let place = self.place(key, length)?;
        let block = self.blocks.get(place as usize / 64)?;
        let bit = 1 << (place % 64);
        (block.taken & bit != 0).then(|| block.before + (block.taken & (bit - 1)).count_ones())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::keys::short;

    fn series(keys: &[String]) -> Option<Series> {
        Series::of(keys.iter().map(|key| (short(key.as_bytes()), key.len())))
    }

    #[test]
    fn every_key_has_its_number_and_no_other_text_has_one() {
        for (prefix, width) in [("E", 7), ("", 8), ("", 1), ("s20", 4), ("ø", 3), ("1a", 1), ("E", 1)] {
            let most = 10_u32.pow(width as u32);
            let key = |number: u32| format!("{prefix}{number:0width$}");
            let numbers = (most / 10..most).step_by(3).take(500).collect::<Vec<_>>();
            let keys = numbers.iter().map(|number| key(*number)).collect::<Vec<_>>();
            let series = series(&keys).expect("one form");
            let find = |text: &str| series.find(short(text.as_bytes()), text.len());
            for number in 0..most.min(20_000) {
                let expected = numbers.binary_search(&number).ok().map(|position| position as u32);
                assert_eq!(find(&key(number)), expected, "{}", key(number));
            }
            for text in ["", "0", "E", "E00000000", "e0000001", "F0000001", "E000000:", "E000000/", "ø0é"] {
                let expected = keys.iter().position(|key| key == text);
                assert_eq!(find(text), expected.map(|position| position as u32), "{text}");
            }
        }
    }

    #[test]
    fn keys_without_a_form_in_common_are_no_series() {
        for keys in [
            &["E1", "E02"][..],
            &["E1", "F2"],
            &["E2", "E1"],
            &["E1", "E1"],
            &["E1", "Ex"],
            &["E01", "EE2"],
            &["E00000001", "E00000002"],
            &[""],
            &[],
            // Too far apart.
            &["E000", "E128"],
        ] {
            assert!(
                series(&keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>()).is_none(),
                "{keys:?}"
            );
        }
        assert!(series(&["E000".to_owned(), "E127".to_owned()]).is_some());
    }
}
