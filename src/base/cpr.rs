//! The civil registration number, which this program never shows.

use std::fmt;

/// A CPR number as ten characters. It has no `Display`; its `Debug` hides it. Letters print the
/// masked form, and only the hand-over to Digital Post may ask for the whole.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cpr([u8; 10]);

impl Cpr {
    /// Reads `ddmmyyXXXX` or `ddmmyy-XXXX`. The date and the check digit are not judged: numbers
    /// without the modulus-11 check exist since 2007, and replacement numbers carry letters.
    pub fn parse(text: &str) -> Option<Cpr> {
        let (date, serial) = match text.len() {
            11 if text.as_bytes()[6] == b'-' => (text.get(..6)?, text.get(7..)?),
            10 => (text.get(..6)?, text.get(6..)?),
            _ => return None,
        };
        let fits =
            date.bytes().all(|b| b.is_ascii_digit()) && serial.bytes().all(|b| b.is_ascii_alphanumeric());
        let mut number = [0; 10];
        let (first, last) = number.split_at_mut(6);
        first.copy_from_slice(date.as_bytes());
        last.copy_from_slice(serial.as_bytes());
        fits.then_some(Cpr(number))
    }

    /// Whether the digits before the serial number can be a date of birth; 60 is added to the day of a
    /// replacement number.
    pub fn has_date(&self) -> bool {
        let two = |at: usize| u32::from(self.0[at] - b'0') * 10 + u32::from(self.0[at + 1] - b'0');
        matches!(two(0), 1..=31 | 61..=91) && (1..=12).contains(&two(2))
    }

    /// Birth date and four crosses: what a letter may show.
    pub fn masked(&self) -> String {
        format!("{}-XXXX", &self.as_recipient()[..6])
    }

    /// All ten characters: who a message of Digital Post is for. For nothing else.
    pub fn as_recipient(&self) -> &str {
        // Only ASCII was read.
        std::str::from_utf8(&self.0).unwrap_or("0000000000")
    }
}

impl fmt::Debug for Cpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cpr(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_in_both_forms_and_never_shown() {
        let number = Cpr::parse("990199-0007").expect("well formed");
        assert_eq!(Some(&number), Cpr::parse("9901990007").as_ref());
        assert_eq!(number.masked(), "990199-XXXX");
        assert_eq!(number.as_recipient(), "9901990007");
        assert!(!format!("{number:?}").contains("990199"));
        for (number, dated) in [
            ("010199-0007", true),
            ("3112990007", true),
            ("610199-AB07", true),
            ("000199-0007", false),
            ("320199-0007", false),
            ("600199-0007", false),
            ("010099-0007", false),
            ("011399-0007", false),
        ] {
            assert_eq!(Cpr::parse(number).map(|number| number.has_date()), Some(dated), "{number}");
        }
        for wrong in ["990199", "99019900071", "99o1990007", "990199 0007", "99019-90007"] {
            assert_eq!(Cpr::parse(wrong), None, "{wrong}");
        }
    }
}
