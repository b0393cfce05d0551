//! Days of the calendar by a look into a table, for cells that are plainly dates.

use super::values::{FIRST_DAY, LAST_DAY};
use crate::base::{Day, YEARS};

/// The first days of all months of the years that a cell can hold, and of the month after them.
pub struct Calendar(Vec<i32>);

impl Calendar {
    pub fn new() -> Calendar {
        let firsts = YEARS.flat_map(|year| (1..=12).map(move |month| Day::ymd(year, month, 1)));
        let mut firsts: Vec<i32> = firsts.flatten().map(Day::epoch_days).collect();
        firsts.push(LAST_DAY + 1);
        debug_assert_eq!(firsts.first(), Some(&FIRST_DAY));
        Calendar(firsts)
    }

    /// Days since 1970-01-01, when there is such a day. The year is counted from 1900.
    #[inline]
    pub fn day(&self, year: u32, month: u32, day: u32) -> Option<i32> {
        if !(1..=12).contains(&month) || day == 0 {
            return None;
        }
        let position = (year * 12 + month - 1) as usize;
        let (first, next) = (self.0.get(position)?, self.0.get(position + 1)?);
        let day = first + day as i32 - 1;
        (day < *next).then_some(day)
    }
}
