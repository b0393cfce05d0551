//! Dates of a column that a spreadsheet has half turned round.
//!
//! A spreadsheet that reads the month first opens `03-02-2027` as the second of March and keeps it as a date,
//! and leaves `15-02-2027`, which it cannot read, as text. Each cell by itself can be read; together they
//! show what happened: every date has a day up to 12, every text one beyond.

/// Fewer cells than this may be so by chance. The first of a month is no sign: programmes begin on it.
const FEWEST: u32 = 5;

/// The dates and the texts of one column that begin with the day.
#[derive(Clone, Copy, Default)]
pub struct TurnedDates {
    /// With a day from 2 to 12.
    dates: u32,
    /// With a day beyond 12.
    texts: u32,
    /// A date with a day beyond 12, or a text with a day up to it.
    is_sound: bool,
}

impl TurnedDates {
    /// A cell with its letter, as the sheet sends it.
    pub fn note(&mut self, cell: &str) {
        match cell.split_at_checked(1) {
            Some(("d", date)) => {
                let day = date.get(8..10).and_then(|day| day.parse::<u32>().ok());
                self.dates += u32::from(day.is_some_and(|day| (2..=12).contains(&day)));
                self.is_sound |= day.is_none_or(|day| day > 12);
            }
            Some(("t", text)) => {
                if let Some(day) = day_before_month(text) {
                    self.texts += u32::from(day > 12);
                    self.is_sound |= day <= 12;
                }
            }
            _ => {}
        }
    }

    pub fn are_turned(self) -> bool {
        !self.is_sound && self.dates > 0 && self.texts > 0 && self.dates + self.texts >= FEWEST
    }
}

/// The first number of `15-02-2027`, or with another mark between.
fn day_before_month(text: &str) -> Option<u32> {
    let mark = text.chars().find(|c| !c.is_ascii_digit()).filter(|mark| "-./".contains(*mark))?;
    let parts: Vec<&str> = text.trim().split(mark).collect();
    let [day, month, year] = parts[..] else { return None };
    let is_number =
        |part: &str, digits: usize| part.len() <= digits && part.bytes().all(|b| b.is_ascii_digit());
    let is_date = is_number(day, 2) && is_number(month, 2) && year.len() == 4 && is_number(year, 4);
    is_date.then(|| day.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turned(cells: &[&str]) -> bool {
        let mut dates = TurnedDates::default();
        cells.iter().for_each(|cell| dates.note(cell));
        dates.are_turned()
    }

    #[test]
    fn a_column_is_turned_when_days_up_to_twelve_alone_became_dates() {
        let half = ["d2027-03-02", "d2027-12-03", "d2026-01-12", "t15-02-2027", "t31.01.2027"];
        assert!(turned(&half));
        // By chance, perhaps.
        assert!(!turned(&half[1..]));
        for sound in ["d2027-02-15", "t02-03-2027", "t12/3/2027"] {
            assert!(!turned(&[&half[..], &[sound]].concat()), "{sound}");
        }
        for other in ["", "n46461", "t2027-02-15", "t15-02", "tet kursus", "e"] {
            assert!(turned(&[&half[..], &[other]].concat()), "{other}");
        }
        // Programmes begin on the first, and one cell was typed by hand.
        assert!(!turned(&[&["d2026-09-01"; 9][..], &["t15-02-2027"; 9]].concat()));
        assert!(!turned(&["d2027-03-02"; 9]) && !turned(&["t15-02-2027"; 9]));
    }
}
