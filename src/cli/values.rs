//! Values of options: from what was typed, or what was expected instead.

use crate::base::{Day, Month, YEARS};
use crate::verdicts::{LetterKind, Severity};

/// Bytes, from a whole number of MiB or GiB.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let units = [("MiB", 1 << 20), ("GiB", 1 << 30)];
    let size = units.into_iter().find_map(|(unit, bytes): (&str, u64)| {
        text.trim().strip_suffix(unit)?.trim().parse::<u64>().ok()?.checked_mul(bytes)
    });
    size.filter(|size| *size >= LEAST_MEMORY)
        .ok_or_else(|| "expected a size of at least 64MiB, such as 512MiB or 2GiB".to_owned())
}

const LEAST_MEMORY: u64 = 64 << 20;

pub fn parse_day(text: &str) -> Result<Day, String> {
    let known = |day: &Day| YEARS.contains(&day.month().year());
    Day::parse_iso(text).filter(known).ok_or_else(|| "expected a date such as 2027-03-15".to_owned())
}

pub fn parse_month(text: &str) -> Result<Month, String> {
    let known = |month: &Month| YEARS.contains(&month.year());
    Month::parse_iso(text).filter(known).ok_or_else(|| "expected a month such as 2027-03".to_owned())
}

pub fn parse_severity(text: &str) -> Result<Severity, String> {
    Severity::from_code(text).ok_or_else(|| "expected info, notice, action or review".to_owned())
}

pub fn parse_letter(text: &str) -> Result<LetterKind, String> {
    LetterKind::from_code(text).ok_or_else(|| format!("expected one of {}", LetterKind::CODES.join(", ")))
}

pub fn parse_seal(text: &str) -> Result<String, String> {
    let fits = (16..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    fits.then(|| text.to_owned()).ok_or_else(|| "expected 16 to 64 of the seal's characters".to_owned())
}

pub fn parse_days(text: &str) -> Result<i32, String> {
    let days = text.strip_suffix('d').unwrap_or(text).parse::<u16>();
    days.map(i32::from).map_err(|_| "expected a number of days such as 180d".to_owned())
}
