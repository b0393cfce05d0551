//! Eight bytes of a text looked at as one number, the first byte lowest.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;
/// Eight times the digit zero; taken from digits it leaves their values.
pub const ZEROS: u64 = 0x3030_3030_3030_3030;

/// The eight bytes from here on.
#[inline]
pub fn eight(bytes: &[u8], from: usize) -> Option<u64> {
    bytes.get(from..)?.first_chunk().map(|eight| u64::from_le_bytes(*eight))
}

/// The lowest bit that is set marks the first byte that is equal to `byte`.
#[inline]
pub fn equal_bytes(word: u64, byte: u8) -> u64 {
    let difference = word ^ (ONES * u64::from(byte));
    difference.wrapping_sub(ONES) & !difference & HIGHS
}

/// The lowest bit that is set marks the first byte below the blank.
#[inline]
pub fn below_blank(word: u64) -> u64 {
    word.wrapping_sub(ONES * 0x20) & !word & HIGHS
}

/// The bytes of a text of this length, at most eight; what follows it is cut off.
#[inline]
pub fn first_bytes(word: u64, length: usize) -> u64 {
    // By a shift of 64 bits all of them.
    word & !u64::MAX.checked_shl(8 * length as u32).unwrap_or(0)
}

/// The high bits of bytes beyond ASCII.
#[inline]
pub fn beyond_ascii(word: u64) -> u64 {
    word & HIGHS
}

/// The lowest bit that is set marks the first byte that is above nine.
#[inline]
pub fn above_nine(word: u64) -> u64 {
    (word | (word & !HIGHS).wrapping_add(ONES * 0x76)) & HIGHS
}

/// How many bytes come before the lowest bit that is set, eight if none is.
#[inline]
pub fn bytes_before(mark: u64) -> usize {
    mark.trailing_zeros() as usize / 8
}

/// The number that eight bytes from zero to nine are the digits of.
#[inline]
pub fn decimal(digits: u64) -> u32 {
    const PAIR: u64 = 0x0000_00FF_0000_00FF;
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let high = (pairs & PAIR).wrapping_mul(100 + (1_000_000 << 32));
    let low = (pairs >> 16 & PAIR).wrapping_mul(1 + (10_000 << 32));
    (high.wrapping_add(low) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> u64 {
        eight(text.as_bytes(), 0).expect("eight bytes")
    }

    #[test]
    fn digits_are_a_number() {
        for number in [0, 1, 9, 10, 12_345_678, 90_807_060, 99_999_999, 10_000_000, 1_234] {
            assert_eq!(decimal(word(&format!("{number:08}")) ^ ZEROS), number);
        }
    }

    #[test]
    fn bytes_that_are_no_digits_are_marked_wherever_they_stand() {
        for byte in 0..=u8::MAX {
            for at in 0..8 {
                let mut bytes = *b"09182736";
                bytes[at] = byte;
                let mark = above_nine(u64::from_le_bytes(bytes) ^ ZEROS);
                assert_eq!(bytes_before(mark), if byte.is_ascii_digit() { 8 } else { at }, "{byte} {at}");
                let word = u64::from_le_bytes(bytes);
                let found = bytes_before(equal_bytes(word, byte));
                assert_eq!(Some(found), bytes.iter().position(|other| *other == byte));
                assert_eq!(bytes_before(below_blank(word)), if byte < b' ' { at } else { 8 }, "{byte} {at}");
            }
        }
    }

    #[test]
    fn what_follows_a_text_is_cut_off() {
        for length in 0..=8 {
            let first = first_bytes(word("abcdefgh"), length).to_le_bytes();
            assert_eq!(first[..length], b"abcdefgh"[..length]);
            assert_eq!(first[length..], [0; 8][length..]);
        }
    }

    #[test]
    fn fewer_than_eight_bytes_are_not_read() {
        assert_eq!(eight(b"12345678", 1), None);
        assert_eq!(eight(b"12345678", 9), None);
        assert_eq!(eight(b"x12345678", 1), eight(b"12345678", 0));
    }
}
