//! What a spreadsheet makes of texts, as far as the file still shows it.

use std::collections::BTreeMap;

use super::checked_rows::CheckedRows;
use super::reason::Reason;
use super::staged::{Rejection, Rows};

/// Whether a cell is an error value (`#N/A`, `#REF!`, in Danish `#I/T`, `#VÆRDI!`), a column that was
/// too narrow (`####`), or an id of many digits shown as a power of ten (`1,5E+09`): what stood
/// there is lost, and a column of texts would take the ruin for a text.
pub fn damaged(text: &str) -> bool {
    match text.as_bytes() {
        [b'#', rest @ ..] => {
            text.ends_with(['!', '?'])
                || matches!(text, "#N/A" | "#I/T" | "#GETTING_DATA")
                || (!rest.is_empty() && rest.iter().all(|byte| *byte == b'#'))
        }
        [first, ..] if first.is_ascii_digit() => power_of_ten(text.as_bytes()),
        _ => false,
    }
}

/// Whether a key still has the mark by which a spreadsheet is told that it is a text (`'01005`,
/// `="01005"`): with the mark it is another key.
fn marked_as_text(key: &str) -> bool {
    key.starts_with('\'') || key.starts_with("=\"")
}

/// Whether a key is damaged or marked as a text.
pub fn is_ruined_key(text: &str) -> bool {
    let first = text.as_bytes().first();
    matches!(first, Some(b'#' | b'=' | b'\'' | b'0'..=b'9')) && (damaged(text) || marked_as_text(text))
}

/// `1E+05`, `1,23E+09`: digits, perhaps a mark and digits, `E`, a sign, digits.
fn power_of_ten(text: &[u8]) -> bool {
    let Some(at) = text.iter().position(|byte| *byte == b'E') else { return false };
    let (mantissa, exponent) = (&text[..at], &text[at + 1..]);
    let digits = |bytes: &[u8]| !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit);
    let exponent = matches!(exponent, [b'+' | b'-', rest @ ..] if digits(rest));
    exponent && (digits(mantissa) || matches!(mantissa, [_, b'.' | b',', rest @ ..] if digits(rest)))
}

/// Gives course codes of the catalogue their leading zeros back, when nothing else can be meant: the
/// codes of digits are all of one width, some of them begin with a zero, and fewer are shorter.
/// A catalogue whose codes have several widths is left alone.
pub fn restore_leading_zeros(rows: &mut Rows, key: usize, rejections: &mut Vec<Rejection>) {
    let is_number = |code: &str| !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit());
    let numbers =
        (0..rows.len()).filter(|row| rows.text(key, *row).is_some_and(is_number)).collect::<Vec<_>>();
    let code = |rows: &Rows, row: usize| rows.text(key, row).unwrap_or_default().to_owned();
    let width = numbers.iter().map(|row| code(rows, *row).len()).max().unwrap_or(0);
    let (whole, short): (Vec<usize>, Vec<usize>) =
        numbers.into_iter().partition(|row| code(rows, *row).len() == width);
    let with_zero = whole.iter().filter(|row| code(rows, **row).starts_with('0')).count();
    let mixed = short.iter().any(|row| code(rows, *row).starts_with('0'));
    if mixed || short.len() >= with_zero {
        return;
    }
    let restored = short.iter().map(|row| (*row, format!("{:0>width$}", code(rows, *row))));
    let restored = restored.collect::<BTreeMap<_, _>>();
    for row in short {
        let lost = code(rows, row);
        rejections.push(Rejection {
            line: rows.lines[row],
            column: "course_code",
            reason: Reason::RepairedCourseCode,
            value: lost,
            repaired: true,
        });
    }
    rows.replace_texts(key, &restored);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Table;
    use crate::ingest::staged::Value;

    #[test]
    fn ruins_are_told_from_texts() {
        for ruin in ["#N/A", "#I/T", "#REF!", "#VÆRDI!", "#NAVN?", "####", "1E+05", "1,23E+09", "1.5E-03"] {
            assert!(damaged(ruin), "{ruin}");
        }
        for text in ["#", "C#", "#1 in the field", "12E4", "1E5", "10E", "E+05", "1+2", "3D-print", "2E"] {
            assert!(!damaged(text), "{text}");
        }
    }

    fn restored(codes: &[&str]) -> (Vec<String>, usize) {
        let mut rows = Rows::new(Table::Courses);
        for (at, code) in codes.iter().enumerate() {
            let mut values = [Value::Empty; 24];
            values[0] = Value::Text(code);
            rows.push(at as u32, &values);
        }
        let mut rejections = Vec::new();
        restore_leading_zeros(&mut rows, 0, &mut rejections);
        let codes = (0..rows.len()).map(|row| rows.text(0, row).unwrap_or_default().to_owned());
        (codes.collect(), rejections.len())
    }

    #[test]
    fn leading_zeros_come_back_only_where_nothing_else_can_be_meant() {
        let codes = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>();
        assert_eq!(restored(&["01005", "1006", "02101"]), (codes(&["01005", "01006", "02101"]), 1));
        assert_eq!(
            restored(&["01005", "02101", "10999", "5"]),
            (codes(&["01005", "02101", "10999", "00005"]), 1)
        );
        for left_alone in [
            &["1005", "1006", "10999"][..],
            &["01005", "1006", "1007"],
            &["01005", "02101", "0100"],
            &["01005", "02101", "MATH"],
        ] {
            assert_eq!(restored(left_alone), (codes(left_alone), 0), "{left_alone:?}");
        }
    }
}
