//! A number with its noun.

use std::fmt::{self, Display, Formatter};

/// A number and the words that go with it, English: `0 days`, `1 day`, `2 days`.
#[derive(Clone, Copy, Debug)]
pub struct Counted<N> {
    number: N,
    one: &'static str,
    other: &'static str,
}

/// The words are given whole in both forms, so that a verb can be among them: `row is`, `rows are`.
/// They are written straight into the text around them.
pub const fn counted<N>(number: N, one: &'static str, other: &'static str) -> Counted<N> {
    Counted { number, one, other }
}

impl<N: Display + PartialEq + From<u8>> Display for Counted<N> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let words = if self.number == N::from(1) { self.one } else { self.other };
        write!(f, "{} {words}", self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_takes_the_form_of_one() {
        let days = [0, 1, 2, 11, 21, 101].map(|days| counted(days, "day", "days").to_string());
        assert_eq!(days, ["0 days", "1 day", "2 days", "11 days", "21 days", "101 days"]);
        assert_eq!(counted(-1, "day", "days").to_string(), "-1 days");
    }

    #[test]
    fn the_number_may_be_a_length_and_the_words_may_hold_a_verb() {
        let rows = |rows: &[u8]| counted(rows.len(), "row is", "rows are").to_string() + " left";
        assert_eq!(
            [rows(&[]), rows(&[7]), rows(&[7, 7])],
            ["0 rows are left", "1 row is left", "2 rows are left"]
        );
    }
}
