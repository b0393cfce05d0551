//! ECTS points as integer hundredths.

use std::fmt::{self, Write};
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Sub};

use compact_str::ToCompactString;

/// An amount of ECTS, held as hundredths of a point: `Ects::points(30)` is 30 ECTS.
///
/// Differences may be negative (a student ahead of the norm is "behind" by a negative amount).
/// A sum beyond the range stays at its end: it never wraps around to the other sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ects(i32);

impl Ects {
    pub const ZERO: Ects = Ects(0);

    /// Whole points.
    pub const fn points(points: i32) -> Ects {
        Ects(points * 100)
    }

    /// From hundredths of a point, the unit of the columns and of `decimal(7,2)`.
    pub const fn hundredths(hundredths: i32) -> Ects {
        Ects(hundredths)
    }

    pub const fn as_hundredths(self) -> i32 {
        self.0
    }

    /// How many whole times `step` fits in this amount; 0 for a negative amount or a zero step.
    pub fn whole_steps(self, step: Ects) -> i32 {
        if self.0 <= 0 || step.0 <= 0 {
            return 0;
        }
        self.0 / step.0
    }

    /// What is left after the whole steps.
    pub fn remainder(self, step: Ects) -> Ects {
        self - step * self.whole_steps(step)
    }

    /// This amount, or zero when it is negative.
    pub fn or_zero(self) -> Ects {
        Ects(self.0.max(0))
    }
}

impl Add for Ects {
    type Output = Ects;
    fn add(self, other: Ects) -> Ects {
        Ects(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Ects {
    fn add_assign(&mut self, other: Ects) {
        self.0 = self.0.saturating_add(other.0);
    }
}

impl Sub for Ects {
    type Output = Ects;
    fn sub(self, other: Ects) -> Ects {
        Ects(self.0.saturating_sub(other.0))
    }
}

impl Mul<i32> for Ects {
    type Output = Ects;
    fn mul(self, factor: i32) -> Ects {
        Ects(self.0.saturating_mul(factor))
    }
}

impl Sum for Ects {
    fn sum<I: Iterator<Item = Ects>>(amounts: I) -> Ects {
        amounts.fold(Ects::ZERO, Add::add)
    }
}

/// Shortest exact form with a decimal point: `55`, `2.5`, `1.25`.
impl fmt::Display for Ects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0.unsigned_abs() / 100, (self.0.unsigned_abs() % 100) as u8);
        if self.0 < 0 {
            f.write_char('-')?;
        }
        // Written for every fact that is an amount: digits without the machinery of `write!`.
        f.write_str(&whole.to_compact_string())?;
        if part > 0 {
            f.write_char('.')?;
            f.write_char(char::from(b'0' + part / 10))?;
        }
        if !part.is_multiple_of(10) {
            f.write_char(char::from(b'0' + part % 10))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_short_and_exact() {
        let written = |hundredths: i32| Ects::hundredths(hundredths).to_string();
        assert_eq!([0, 5500, 250, 125, 5, 70].map(written), ["0", "55", "2.5", "1.25", "0.05", "0.7"]);
        assert_eq!([-100, -5, 100_000, -12_345].map(written), ["-1", "-0.05", "1000", "-123.45"]);
        assert_eq!([i32::MAX, i32::MIN].map(written), ["21474836.47", "-21474836.48"]);
    }
}
