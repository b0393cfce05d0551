//! Text of a cell to a value, exactly: no rounding, no guessing, no floating point.

use super::reason::Reason;
use crate::base::{Day, Month, YEARS};
use crate::pipeline::{DateForm, Dialect};

/// A decimal number in hundredths.
pub fn hundredths(text: &str, dialect: &Dialect) -> Result<i64, Reason> {
    let bytes = text.as_bytes();
    let (negative, digits) = match bytes.split_first() {
        Some((b'-', rest)) => (true, rest),
        _ => (false, bytes),
    };
    let (whole, part) = match digits.iter().position(|byte| *byte == dialect.decimal) {
        Some(mark) => (&digits[..mark], Some(&digits[mark + 1..])),
        None => (digits, None),
    };
    let whole = grouped_digits(whole, dialect.thousands)?;
    let part = match part {
        None => 0,
        Some([]) => return Err(Reason::BadNumber),
        Some(part) => {
            let value = plain_digits(part)?;
            match part.len() {
                1 => value * 10,
                2 => value,
                _ => return Err(Reason::ExcessDecimals),
            }
        }
    };
    let value = whole * 100 + part;
    Ok(if negative { -value } else { value })
}

/// A whole number; the only sign is a minus.
pub fn whole(text: &str) -> Result<i64, Reason> {
    match text.as_bytes().split_first() {
        Some((b'-', rest)) => plain_digits(rest).map(|value| -value),
        _ => plain_digits(text.as_bytes()),
    }
}

/// Digits that may be set apart in groups: one to three, then exactly three each.
fn grouped_digits(bytes: &[u8], thousands: Option<u8>) -> Result<i64, Reason> {
    let Some(mark) = thousands.filter(|mark| bytes.contains(mark)) else {
        return plain_digits(bytes);
    };
    let mut value = 0;
    for (position, group) in bytes.split(|byte| *byte == mark).enumerate() {
        // `0.050` is a number with another decimal mark than the file's.
        let fits = match position {
            0 => (1..=3).contains(&group.len()) && group[0] != b'0',
            _ => group.len() == 3,
        };
        if !fits {
            return Err(Reason::BadNumber);
        }
        value = value * 1000 + plain_digits(group)?;
        if value > LARGEST {
            return Err(Reason::OutOfRange);
        }
    }
    Ok(value)
}

/// Far above every range of the contract and far below overflow.
const LARGEST: i64 = 1_000_000_000_000;

fn plain_digits(bytes: &[u8]) -> Result<i64, Reason> {
    if bytes.is_empty() || !bytes.iter().all(u8::is_ascii_digit) {
        return Err(Reason::BadNumber);
    }
    let value = bytes.iter().fold(0_i64, |value, byte| (value * 10 + i64::from(byte - b'0')).min(LARGEST));
    Ok(value)
}

/// The first and the last day of [`YEARS`], in days since 1970.
pub const FIRST_DAY: i32 = -25_567;
pub const LAST_DAY: i32 = 84_005;

/// The first form of the dialect that fits.
pub fn day(text: &str, forms: &[DateForm]) -> Result<Day, Reason> {
    let read = |form: &DateForm| match form {
        DateForm::Iso => Day::parse_iso(text),
        DateForm::DayFirst(mark) => day_first(text.as_bytes(), *mark),
    };
    let day = forms.iter().find_map(read).ok_or(Reason::BadDate)?;
    (FIRST_DAY..=LAST_DAY).contains(&day.epoch_days()).then_some(day).ok_or(Reason::OutOfRange)
}

fn day_first(bytes: &[u8], mark: u8) -> Option<Day> {
    if bytes.len() != 10 || bytes[2] != mark || bytes[5] != mark {
        return None;
    }
    let number = |range: std::ops::Range<usize>| plain_digits(&bytes[range]).ok();
    let (day, month, year) = (number(0..2)?, number(3..5)?, number(6..10)?);
    Day::ymd(i32::try_from(year).ok()?, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}

pub fn month(text: &str) -> Result<Month, Reason> {
    let bytes = text.as_bytes();
    if bytes.len() != 7 || bytes[4] != b'-' {
        return Err(Reason::BadMonth);
    }
    let number = |range: std::ops::Range<usize>| plain_digits(&bytes[range]).map_err(|_| Reason::BadMonth);
    let (year, month) = (number(0..4)?, number(5..7)?);
    if !(1..=12).contains(&month) {
        return Err(Reason::BadMonth);
    }
    let month = Month::new(year as i32, month as u32);
    YEARS.contains(&month.year()).then_some(month).ok_or(Reason::OutOfRange)
}

/// Always understood, whatever the pipeline says.
pub fn truth(text: &str) -> Option<bool> {
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    if text == "1" || is("true") || is("ja") {
        Some(true)
    } else if text == "0" || is("false") || is("nej") {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn danish() -> Dialect {
        Dialect { decimal: b',', thousands: Some(b'.'), separator: b';', ..Dialect::plain() }
    }

    #[test]
    fn decimals_are_exact_in_both_dialects() {
        for (text, value) in [("7,5", 750), ("1.234,50", 123_450), ("1234", 123_400), ("-0,05", -5), ("0", 0)]
        {
            assert_eq!(hundredths(text, &danish()), Ok(value), "{text}");
        }
        for (text, reason) in [
            ("7.5", Reason::BadNumber),
            ("1.23,50", Reason::BadNumber),
            (".123", Reason::BadNumber),
            ("0.050", Reason::BadNumber),
            ("01.234", Reason::BadNumber),
            ("7,", Reason::BadNumber),
            (",5", Reason::BadNumber),
            ("1e2", Reason::BadNumber),
            ("7,555", Reason::ExcessDecimals),
            ("+7", Reason::BadNumber),
        ] {
            assert_eq!(hundredths(text, &danish()), Err(reason), "{text}");
        }
        assert_eq!(hundredths("7.5", &Dialect::plain()), Ok(750));
        assert_eq!(hundredths("7,5", &Dialect::plain()), Err(Reason::BadNumber));
        assert_eq!(hundredths("1.234", &Dialect::plain()), Err(Reason::ExcessDecimals));
    }

    #[test]
    fn dates_and_months_have_fixed_forms_and_years() {
        let forms = [DateForm::DayFirst(b'-'), DateForm::Iso];
        assert_eq!(day("29-02-2028", &forms), day("2028-02-29", &forms));
        assert!(day("29-02-2028", &forms).is_ok());
        for wrong in ["29-02-2027", "1-3-2027", "2027/03/01", "15.03.2027", ""] {
            assert_eq!(day(wrong, &forms), Err(Reason::BadDate), "{wrong}");
        }
        for (inside, outside) in [("1900-01-01", "1899-12-31"), ("2199-12-31", "2200-01-01")] {
            assert!(day(inside, &forms).is_ok());
            assert_eq!(day(outside, &forms), Err(Reason::OutOfRange));
        }
        assert_eq!(month("2027-03"), Ok(Month::new(2027, 3)));
        assert_eq!(month("2027-13"), Err(Reason::BadMonth));
        assert_eq!(month("2200-01"), Err(Reason::OutOfRange));
    }

    #[test]
    fn truth_has_three_pairs_of_words() {
        assert_eq!(["1", "TRUE", "Ja"].map(truth), [Some(true); 3]);
        assert_eq!(["0", "false", "NEJ"].map(truth), [Some(false); 3]);
        assert_eq!(["", "yes", "2", "j"].map(truth), [None; 4]);
    }
}
