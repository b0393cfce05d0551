//! Part-exams with partial grades, made to fit results that are there already.

use super::catalogue::{Course, course};
use super::chance::Chance;
use super::rows::{Cell, Tables};
use crate::base::Day;
use crate::contract::Table;

/// A result, and two ways to it by two parts of equal weight: both alike, or a mean that is rounded.
const PARTS: [(&str, [[&str; 2]; 2]); 8] = [
    ("12", [["12", "12"], ["10", "12"]]),
    ("10", [["10", "10"], ["7", "12"]]),
    ("7", [["7", "7"], ["4", "7"]]),
    ("4", [["4", "4"], ["02", "4"]]),
    ("02", [["02", "02"], ["00", "4"]]),
    ("00", [["00", "00"], ["-3", "12"]]),
    ("-3", [["-3", "-3"], ["-3", "-3"]]),
    ("EM", [["", ""], ["", ""]]),
];
/// Results that are no partial grade.
const NO_GRADES: [&str; 8] = ["BE", "IB", "EM", "IG", "SN", "AB", "AI", "SYG"];

/// One in a dozen or so of the graded courses, always the same ones.
fn has_parts(course: &Course) -> bool {
    let digits = course.code.bytes().filter(u8::is_ascii_digit);
    let sum: u32 = digits.map(|digit| u32::from(digit - b'0')).sum();
    course.ordinary() && !course.pass_fail() && sum.is_multiple_of(12)
}

/// Parts of the own results from this row on.
pub fn write(from: usize, chance: &mut Chance, tables: &mut Tables) {
    for row in from..tables.of(Table::Results).len() {
        let result = own_result(tables.of(Table::Results).row(row));
        let Some((enrolment, course, result, exam)) = result.filter(|(_, course, ..)| has_parts(course))
        else {
            continue;
        };
        let Some((_, ways)) = PARTS.iter().find(|(code, _)| *code == result) else { continue };
        let mut parts = ways[usize::from(chance.per_mille(400))];
        if chance.per_mille(15) {
            // One part is not what the result was made of.
            parts[0] = if parts[0] == "7" { "-3" } else { "7" };
        } else if chance.per_mille(20) {
            parts[1] = *chance.pick(NO_GRADES.as_slice());
        }
        for (part, result) in ["1", "2"].into_iter().zip(parts) {
            tables.of_mut(Table::PartResults).push([
                Cell::Enrolment(enrolment),
                Cell::Code(course.code),
                Cell::Day(exam),
                Cell::Code(part),
                Cell::Int(50),
                if result.is_empty() { Cell::Empty } else { Cell::Code(result) },
            ]);
        }
    }
}

/// Enrolment, course, result and exam date of a result of the university that still counts.
fn own_result(row: &[Cell]) -> Option<(u32, &'static Course, &'static str, Day)> {
    match row {
        [
            Cell::Enrolment(enrolment),
            Cell::Code(code),
            _,
            Cell::Code(result),
            Cell::Day(exam),
            _,
            Cell::Bool(false),
            _,
            _,
            Cell::Empty,
        ] => Some((*enrolment, course(code)?, result, *exam)),
        _ => None,
    }
}
