//! Texts that rows refer to, and the number of each: the keys of a table, or a list of codes.
//!
//! Built once and then asked for every row of the large tables, so a look-up must not leave the
//! cache more often than needed: keys of one form need a few bits each ([`Series`]), and any other
//! text of at most eight bytes (most keys) is its own fingerprint and is never compared again.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use super::series::Series;

/// Marks a slot that holds nothing.
const FREE: u32 = u32::MAX;
const VACANT: Slot = Slot { fingerprint: 0, number: FREE, length: 0 };
/// Texts up to this length are held in the slot itself.
const SHORT: usize = 8;

#[derive(Clone, Copy)]
struct Slot {
    /// The bytes of a short text, else a hash of it.
    fingerprint: u64,
    number: u32,
    length: u32,
}

/// Texts and their numbers, in the order in which they were added.
pub struct KeyIndex {
    /// Instead of slots.
    series: Option<Series>,
    /// A power of two of slots, at most half of them taken.
    slots: Vec<Slot>,
    texts: String,
    /// Where each text ends in `texts`.
    ends: Vec<usize>,
}

impl Default for KeyIndex {
    fn default() -> KeyIndex {
        KeyIndex::with_capacity(4)
    }
}

impl KeyIndex {
    pub fn with_capacity(texts: usize) -> KeyIndex {
        let slots = (texts * 2).next_power_of_two().max(8);
        KeyIndex { series: None, slots: vec![VACANT; slots], texts: String::new(), ends: Vec::new() }
    }

    /// The keys of a table, each once, in ascending order.
    pub fn of_keys<'t>(keys: impl ExactSizeIterator<Item = &'t str> + Clone) -> KeyIndex {
        let Some(series) = Series::of(keys.clone().map(|key| (short(key.as_bytes()), key.len()))) else {
            return KeyIndex::of(keys);
        };
        let mut index = KeyIndex { series: Some(series), ..KeyIndex::default() };
        keys.for_each(|key| index.push(key));
        index
    }

    /// The texts in their order; of equal ones the first has the number.
    pub fn of<'t>(texts: impl ExactSizeIterator<Item = &'t str>) -> KeyIndex {
        let mut index = KeyIndex::with_capacity(texts.len());
        for text in texts {
            index.number(text);
        }
        index
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn get(&self, number: u32) -> &str {
        let number = number as usize;
        let first = number.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(number).and_then(|end| self.texts.get(first..*end)).unwrap_or("")
    }

    /// The number of a text, which is added when it is new.
    pub fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.find(text.as_bytes()) {
            return number;
        }
        // Lines are counted in u32, so texts cannot outnumber it.
        let number = self.len() as u32;
        self.push(text);
        if self.series.take().is_some() || self.len() * 2 > self.slots.len() {
            self.grow();
        } else {
            self.place(number);
        }
        number
    }

    fn push(&mut self, text: &str) {
        self.texts.push_str(text);
        self.ends.push(self.texts.len());
    }

    pub fn find(&self, text: &[u8]) -> Option<u32> {
        if text.len() <= SHORT {
            return self.find_short(short(text), text.len());
        }
        let fingerprint = fingerprint(text);
        let mut at = self.home(fingerprint);
        loop {
            let slot = self.slots[at];
            if slot.number == FREE {
                return None;
            }
            if slot.fingerprint == fingerprint
                && slot.length as usize == text.len()
                && self.get(slot.number).as_bytes() == text
            {
                return Some(slot.number);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    /// The key that a text is, or else those that it may have been before it was damaged: in any case, and
    /// without blanks, marks and what cannot be seen. To name what a lost row is about, never to read one.
    pub fn find_damaged(&self, text: &str) -> Vec<u32> {
        if let Some(number) = self.find(text.as_bytes()) {
            return vec![number];
        }
        let is_kept = |c: &char| c.is_alphanumeric() || "-_/.".contains(*c);
        let bare: String = text.chars().filter(is_kept).collect();
        let cases = [bare.to_uppercase(), bare.to_lowercase(), bare];
        cases.iter().filter_map(|case| self.find(case.as_bytes())).collect()
    }

    /// A text of at most eight bytes, given as [`short`] makes it.
    #[inline]
    pub fn find_short(&self, bytes: u64, length: usize) -> Option<u32> {
        match &self.series {
            Some(series) => series.find(bytes, length),
            None => self.find_slot(bytes, length),
        }
    }

    fn find_slot(&self, bytes: u64, length: usize) -> Option<u32> {
        let mut at = self.home(bytes);
        loop {
            let slot = self.slots[at];
            if slot.number == FREE {
                return None;
            }
            if slot.fingerprint == bytes && slot.length as usize == length {
                return Some(slot.number);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    fn home(&self, fingerprint: u64) -> usize {
        let mixed = u128::from(fingerprint ^ 0x9E37_79B9_7F4A_7C15) * 0xA076_1D64_78BD_642F;
        ((mixed >> 64) as u64 ^ mixed as u64) as usize & (self.slots.len() - 1)
    }

    fn place(&mut self, number: u32) {
        let text = self.get(number).as_bytes();
        let (fingerprint, length) = (fingerprint(text), text.len() as u32);
        let mut at = self.home(fingerprint);
        while self.slots[at].number != FREE {
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.slots[at] = Slot { fingerprint, number, length };
    }

    /// Makes room for twice as many texts as there are.
    fn grow(&mut self) {
        self.slots = vec![VACANT; (self.len() * 4).next_power_of_two()];
        (0..self.len() as u32).for_each(|number| self.place(number));
    }

    /// Position of each text in alphabetical order, from 1; 0 is left for the empty cell.
    pub fn ranks(&self) -> Vec<u32> {
        let mut order = (0..self.len() as u32).collect::<Vec<_>>();
        order.sort_by(|a, b| self.get(*a).cmp(self.get(*b)));
        let mut ranks = vec![0; order.len()];
        for (rank, number) in order.into_iter().enumerate() {
            ranks[number as usize] = rank as u32 + 1;
        }
        ranks
    }
}

/// At most eight bytes as a number, the first lowest. Texts hold no NUL, so with their length it is
/// the text.
pub fn short(text: &[u8]) -> u64 {
    let mut bytes = [0; SHORT];
    let length = text.len().min(SHORT);
    bytes[..length].copy_from_slice(&text[..length]);
    u64::from_le_bytes(bytes)
}

fn fingerprint(text: &[u8]) -> u64 {
    if text.len() <= SHORT { short(text) } else { FixedState::default().hash_one(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_by_all_their_bytes() {
        let texts = ["", "a", "b", "12345678", "12345679", "123456789", "123456780", "ø", "a longer text"];
        let mut index = KeyIndex::of(texts.into_iter());
        for (number, text) in texts.iter().enumerate() {
            assert_eq!(index.find(text.as_bytes()), Some(number as u32), "{text}");
            assert_eq!(index.get(number as u32), *text);
            assert_eq!(index.number(text), number as u32);
        }
        for missing in ["c", "1234567", "12345670", "1234567890", "a longer tex", "a longer texts"] {
            assert_eq!(index.find(missing.as_bytes()), None, "{missing}");
        }
        assert_eq!(index.number("c"), texts.len() as u32);
    }

    #[test]
    fn keys_of_one_form_are_found_and_others_can_follow_them() {
        let keys = (100..300).map(|number| format!("k{number}")).collect::<Vec<_>>();
        let mut index = KeyIndex::of_keys(keys.iter().map(String::as_str));
        assert!(index.series.is_some());
        for extra in ["", "a key of another form", "k300"] {
            for (number, key) in keys.iter().enumerate() {
                assert_eq!(index.find(key.as_bytes()), Some(number as u32), "{key}");
                assert_eq!(index.get(number as u32), key);
            }
            assert_eq!(index.find(extra.as_bytes()), None);
            let number = index.number(extra);
            assert_eq!((index.find(extra.as_bytes()), index.get(number)), (Some(number), extra));
        }
        assert!(KeyIndex::of_keys(["a", "b1"].into_iter()).series.is_none());
    }

    #[test]
    fn an_index_grows_and_ranks_its_texts() {
        let texts = (0..5000).map(|number| format!("key{:04}", (number * 7919) % 5000)).collect::<Vec<_>>();
        let mut index = KeyIndex::default();
        for text in &texts {
            index.number(text);
        }
        let ranks = index.ranks();
        for (number, text) in texts.iter().enumerate() {
            assert_eq!(index.find(text.as_bytes()), Some(number as u32));
            assert_eq!(format!("key{:04}", ranks[number] - 1), *text);
        }
    }
}
