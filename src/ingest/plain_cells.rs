//! Cells of the fast way: bytes to values, where the cells stand.
//!
//! `None` says that a cell is not plainly right.

use super::eight::{ZEROS, above_nine, bytes_before, decimal};

/// A cell and what follows it. So near the end of the bytes that there is no such window, a line is read the
/// slow way.
pub type Window = [u8; 16];

/// The first eight bytes.
#[inline]
pub fn word(window: &Window) -> u64 {
    u128::from_le_bytes(*window) as u64
}

/// Where the next cell begins; the last of a line may have a carriage return before its end.
#[inline]
pub fn after<const LAST: bool>(bytes: &[u8], at: usize, end: u8) -> Option<usize> {
    match *bytes.get(at)? {
        byte if byte == end => Some(at + 1),
        b'\r' if LAST && bytes.get(at + 1) == Some(&end) => Some(at + 2),
        _ => None,
    }
}

/// Year and month of `2026-01`; the byte after it is not looked at.
#[inline]
pub fn month(window: &Window) -> Option<(u32, u32)> {
    let cell = (word(window) ^ u64::from_le_bytes(*b"0000-00\0")) << 8 >> 8;
    if above_nine(cell) != 0 || cell >> 32 & 0xFF != 0 {
        return None;
    }
    let pairs = pairs(cell);
    Some((pairs(0) * 100 + pairs(2), pairs(5)))
}

/// Year, month and day of `2026-01-21`, the year counted from 1900.
#[inline]
pub fn iso_date(text: &[u8; 10]) -> Option<(u32, u32, u32)> {
    let (century, rest) = text.split_first_chunk::<2>()?;
    let (year, month, day) = set_apart(rest.first_chunk()?, b'-')?;
    Some((years_before(*century)? + year, month, day))
}

/// Year, month and day of `21-01-2026`, or with another mark between them; the year counted from 1900.
#[inline]
pub fn day_first(text: &[u8; 10]) -> Option<(u32, u32, u32)> {
    let (day, month, _) = set_apart(text.first_chunk()?, text[2])?;
    let year = two_digits([text[8], text[9]])?;
    Some((years_before([text[6], text[7]])? + year, month, day))
}

/// The years from 1900 to the beginning of a century in which a date can be.
#[inline]
fn years_before(century: [u8; 2]) -> Option<u32> {
    match &century {
        b"20" => Some(100),
        b"19" => Some(0),
        b"21" => Some(200),
        _ => None,
    }
}

/// Three numbers of two digits with a mark between them.
#[inline]
fn set_apart(text: &[u8; 8], mark: u8) -> Option<(u32, u32, u32)> {
    let digits =
        u64::from_le_bytes(*text) ^ u64::from_le_bytes([b'0', b'0', mark, b'0', b'0', mark, b'0', b'0']);
    if above_nine(digits) != 0 || digits & 0x0000_FF00_00FF_0000 != 0 {
        return None;
    }
    let pairs = pairs(digits);
    Some((pairs(0), pairs(3), pairs(6)))
}

/// The numbers that two of these digits each are, by the place of the first.
#[inline]
fn pairs(digits: u64) -> impl Fn(u32) -> u32 {
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    move |place| (pairs >> (8 * place)) as u8 as u32
}

#[inline]
fn two_digits(text: [u8; 2]) -> Option<u32> {
    let [tens, ones] = text.map(|byte| u32::from(byte.wrapping_sub(b'0')));
    (tens < 10 && ones < 10).then_some(tens * 10 + ones)
}

/// A whole number of at most eight digits, and its length.
#[inline]
pub fn whole(window: &Window) -> Option<(i32, usize)> {
    let digits = word(window) ^ ZEROS;
    let count = bytes_before(above_nine(digits));
    // What precedes the first digit of a shorter number reads as zeros.
    (count > 0).then(|| (decimal(digits << (64 - 8 * count)) as i32, count))
}

/// A number without sign, in hundredths, and its length.
#[inline]
pub fn hundredths(window: &Window, decimal: u8) -> Option<(i32, usize)> {
    let (whole, to) = whole(window)?;
    let whole = whole.checked_mul(100)?;
    if window[to] != decimal {
        return Some((whole, to));
    }
    let digit = |at: usize| Some(window[at].wrapping_sub(b'0')).filter(|digit| *digit < 10);
    let tenths = i32::from(digit(to + 1)?);
    match digit(to + 2) {
        Some(hundredths) => Some((whole.checked_add(tenths * 10 + i32::from(hundredths))?, to + 3)),
        None => Some((whole.checked_add(tenths * 10)?, to + 2)),
    }
}

/// The digits of a CPR number, with or without a hyphen, and its length.
pub fn cpr(window: &Window, number: &mut [u8; 10]) -> Option<usize> {
    let (date, rest) = window.split_at(6);
    let hyphen = usize::from(rest[0] == b'-');
    let serial = &rest[hyphen..hyphen + 4];
    if !date.iter().all(u8::is_ascii_digit) || !serial.iter().all(u8::is_ascii_alphanumeric) {
        return None;
    }
    number[..6].copy_from_slice(date);
    number[6..].copy_from_slice(serial);
    Some(10 + hyphen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(text: &str) -> Window {
        let mut window = [b','; 16];
        window[..text.len()].copy_from_slice(text.as_bytes());
        window
    }

    #[test]
    fn dates_and_months_are_digits_and_marks_and_nothing_else() {
        let iso = |text: &str| iso_date(text.as_bytes().first_chunk().expect("ten bytes"));
        let first = |text: &str| day_first(text.as_bytes().first_chunk().expect("ten bytes"));
        let of = |text: &str| month(&window(text));
        assert_eq!(iso("2027-03-15"), Some((127, 3, 15)));
        assert_eq!(first("15-03-2027"), Some((127, 3, 15)));
        assert_eq!(first("15.03.1999"), Some((99, 3, 15)));
        assert_eq!((of("2027-03;"), of("1999-12\n")), (Some((2027, 3)), Some((1999, 12))));
        for strange in [b'/', b':', b'-', b'.', b' ', b'"', 0, 0x1F, 0x7F, 0xB0] {
            for at in 0..10 {
                let put = |text: &[u8; 10]| {
                    let mut text = *text;
                    (text[at] != strange).then(|| text[at] = strange).map(|()| text)
                };
                assert_eq!(put(b"2027-03-15").and_then(|text| iso_date(&text)), None, "{strange} {at}");
                assert_eq!(put(b"15-03-2027").and_then(|text| day_first(&text)), None, "{strange} {at}");
                let cell = put(b"2027-03;;;").filter(|_| at < 7);
                let cell =
                    cell.and_then(|text| month(&[text.as_slice(), &[b';'; 6]].concat().try_into().ok()?));
                assert_eq!(cell, None, "{strange} {at}");
            }
        }
    }

    #[test]
    fn a_number_ends_where_its_digits_end() {
        for (text, expected) in [
            ("5,,,,,,,,", Some((5, 1))),
            ("7080,,,,,", Some((7080, 4))),
            ("00012345,", Some((12_345, 8))),
            ("99999999,", Some((99_999_999, 8))),
            ("1\u{FFFD},,,,,,", Some((1, 1))),
            (",5,,,,,,,", None),
            ("-5,,,,,,,", None),
            ("/5,,,,,,,", None),
            (":5,,,,,,,", None),
        ] {
            assert_eq!(whole(&window(text)), expected, "{text}");
        }
        let amount = |text: &str| hundredths(&window(text), b'.');
        assert_eq!((amount("7.5,,,,,,"), amount("7.05,,,,,")), (Some((750, 3)), Some((705, 4))));
        // What follows is no end of a cell, which the caller looks for.
        assert_eq!((amount("7.005,,,,"), amount("7.,,,,,,,")), (Some((700, 4)), None));
        assert_eq!(amount("99999999,"), None);
    }
}
