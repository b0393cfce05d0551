//! Pollutions of one cell, by the kind of its column.

use klippekort::contract::{Column, Kind, Table};
use klippekort::ingest::Reason::*;

use crate::corpus::Expected::{self, Mend, Reject, Same};

/// Kinds of columns, as far as pollutions tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    Ects,
    Kroner,
    Int,
    Date,
    Month,
    Bool,
    Code,
    Result,
    Enrolment,
    Course,
    CourseKey,
    Programme,
    Key,
    Cpr,
    Text,
    Needed,
}

pub struct Cell {
    pub name: &'static str,
    pub to: To,
    /// The cell as it is polluted, from the sound one; `true` stands for the Danish dialect.
    pub text: fn(&str, bool) -> Option<String>,
    pub expected: Expected,
}

pub fn applies(to: To, column: &Column) -> bool {
    match (to, column.kind) {
        (To::Ects, Kind::Ects { .. })
        | (To::Kroner, Kind::Kroner)
        | (To::Int, Kind::Int { .. })
        | (To::Date, Kind::Date)
        | (To::Month, Kind::Month)
        | (To::Bool, Kind::Bool)
        | (To::Code, Kind::Code(_))
        | (To::Result, Kind::ResultCode)
        | (To::Enrolment, Kind::Reference(Table::Enrolments))
        | (To::Course, Kind::Reference(Table::Courses))
        | (To::Programme, Kind::Reference(Table::Programmes))
        | (To::Key, Kind::Key)
        | (To::Cpr, Kind::Cpr)
        | (To::Text, Kind::Text) => true,
        (To::CourseKey, Kind::Key) => column.name == "course_code",
        (To::Needed, _) => !column.optional && column.name != "exam_date",
        _ => false,
    }
}

/// A text that does not depend on what stood there.
macro_rules! fixed {
    ($name:literal, $to:expr, $text:literal, $expected:expr) => {
        Cell { name: $name, to: $to, text: |_, _| Some($text.to_owned()), expected: $expected }
    };
}

macro_rules! changed {
    ($name:literal, $to:expr, $text:expr, $expected:expr) => {
        Cell { name: $name, to: $to, text: $text, expected: $expected }
    };
}

/// With the other decimal mark; a comma would be a separator in the plain dialect.
fn other_mark(_: &str, danish: bool) -> Option<String> {
    danish.then(|| "7.5".to_owned())
}

fn lost_zero(text: &str, _: bool) -> Option<String> {
    text.strip_prefix('0').filter(|rest| !rest.starts_with('0')).map(str::to_owned)
}

/// The day, month and year of a date in either dialect.
fn parts(text: &str, danish: bool) -> (String, String, String) {
    let (a, b, c) = (&text[..2], &text[3..5], text.get(6..10).unwrap_or_default());
    if danish {
        (a.to_owned(), b.to_owned(), c.to_owned())
    } else {
        (text[8..].to_owned(), text[5..7].to_owned(), text[..4].to_owned())
    }
}

fn date(text: &str, danish: bool, change: fn(&mut (String, String, String))) -> Option<String> {
    let mut date = parts(text, danish);
    change(&mut date);
    let (day, month, year) = date;
    Some(if danish { format!("{day}-{month}-{year}") } else { format!("{year}-{month}-{day}") })
}

const NUMBER: Expected = Reject(&[BadNumber]);
const DATE: Expected = Reject(&[BadDate]);
const MONTH: Expected = Reject(&[BadMonth]);
const RANGE: Expected = Reject(&[OutOfRange]);

pub const CELLS: &[Cell] = &[
    fixed!("a needed cell is empty", To::Needed, "", Reject(&[MissingCell])),
    fixed!("a needed cell is blank", To::Needed, "  ", Reject(&[MissingCell])),
    fixed!("word for a number", To::Ects, "fem", NUMBER),
    fixed!("number with a letter", To::Ects, "5x", NUMBER),
    fixed!("letter O for a zero", To::Ects, "1O", NUMBER),
    fixed!("number with a unit", To::Ects, "5 ECTS", NUMBER),
    changed!("other decimal mark", To::Ects, other_mark, NUMBER),
    changed!("two decimal marks", To::Ects, |_, danish| danish.then(|| "1,2,3".into()), NUMBER),
    fixed!("groups of two digits", To::Ects, "1.23.45", NUMBER),
    changed!("thousands that cannot be", To::Ects, |_, danish| danish.then(|| "1.234,50".into()), RANGE),
    changed!(
        "decimal mark without decimals",
        To::Ects,
        |_, danish| Some(if danish { "5," } else { "5." }.into()).filter(|_| danish),
        NUMBER
    ),
    changed!(
        "decimals without a number",
        To::Ects,
        |_, danish| Some(if danish { ",5" } else { ".5" }.into()),
        NUMBER
    ),
    changed!(
        "excess decimals",
        To::Ects,
        |_, danish| Some(if danish { "2,505" } else { "2.505" }.into()).filter(|_| danish),
        Reject(&[ExcessDecimals])
    ),
    changed!(
        "excess decimals of arithmetic",
        To::Ects,
        |_, danish| (!danish).then(|| "2.4999999999".into()),
        Reject(&[ExcessDecimals])
    ),
    fixed!("power of ten", To::Ects, "1E+01", Reject(&[SpreadsheetDamage])),
    fixed!("power of ten without a sign", To::Ects, "1e1", NUMBER),
    fixed!("negative points", To::Ects, "-5", RANGE),
    fixed!("minus of typography", To::Ects, "\u{2212}5", NUMBER),
    fixed!("number with a plus", To::Ects, "+5", NUMBER),
    fixed!("more points than there are", To::Ects, "36000", RANGE),
    fixed!("more digits than a number has", To::Ects, "99999999999999999999", RANGE),
    fixed!("digits of another script", To::Ects, "\u{665}", NUMBER),
    fixed!("digits of full width", To::Ects, "\u{FF15}", NUMBER),
    fixed!("a half as one letter", To::Ects, "7\u{BD}", NUMBER),
    fixed!("not a number", To::Ects, "NaN", NUMBER),
    fixed!("infinity", To::Ects, "inf", NUMBER),
    fixed!("NULL", To::Ects, "NULL", NUMBER),
    fixed!("dash for nothing", To::Ects, "-", NUMBER),
    fixed!("blank inside a number", To::Ects, "1 0", NUMBER),
    fixed!("hexadecimal", To::Ects, "0x5", NUMBER),
    fixed!("percent", To::Ects, "5%", NUMBER),
    fixed!("formula", To::Ects, "=5", NUMBER),
    fixed!("error value of a spreadsheet in a number", To::Ects, "#N/A", Reject(&[SpreadsheetDamage])),
    fixed!("truth for a number", To::Ects, "true", NUMBER),
    fixed!("amount in words", To::Kroner, "kr. 6589", NUMBER),
    fixed!("amount with a dash", To::Kroner, "6589-", NUMBER),
    fixed!("amount beyond all", To::Kroner, "99999999999", RANGE),
    changed!(
        "thousands in groups",
        To::Kroner,
        |text, danish| {
            let whole = text.split(',').next().filter(|whole| danish && whole.len() == 4)?;
            Some(text.replacen(whole, &format!("{}.{}", &whole[..1], &whole[1..]), 1))
        },
        Same
    ),
    changed!("thousands in a group of two", To::Kroner, |_, danish| danish.then(|| "65.89".into()), NUMBER),
    fixed!("number with decimals for a whole one", To::Int, "1.0", NUMBER),
    fixed!("word for a whole number", To::Int, "en", NUMBER),
    fixed!("whole number below its range", To::Int, "-1", RANGE),
    fixed!("whole number above its range", To::Int, "1000", RANGE),
    fixed!("whole number above all", To::Int, "99999999999999999999", RANGE),
    fixed!("word for a date", To::Date, "snart", DATE),
    changed!(
        "31st of February",
        To::Date,
        |t, d| date(t, d, |date| (date.0, date.1) = ("31".into(), "02".into())),
        DATE
    ),
    changed!(
        "29th of February",
        To::Date,
        |t, d| { date(t, d, |date| *date = ("29".into(), "02".into(), "2023".into())) },
        DATE
    ),
    changed!("day 0", To::Date, |t, d| date(t, d, |date| date.0 = "00".into()), DATE),
    changed!("month 13", To::Date, |t, d| date(t, d, |date| date.1 = "13".into()), DATE),
    changed!(
        "day and month swapped",
        To::Date,
        |t, d| { date(t, d, |date| (date.0, date.1) = ("12".into(), "31".into())) },
        DATE
    ),
    changed!("year of two digits", To::Date, |t, d| date(t, d, |date| date.2 = date.2[2..].into()), DATE),
    changed!("day of one digit", To::Date, |t, d| date(t, d, |date| date.0 = "1".into()), DATE),
    changed!("year 0207", To::Date, |t, d| date(t, d, |date| date.2 = "0207".into()), RANGE),
    changed!("year 2207", To::Date, |t, d| date(t, d, |date| date.2 = "2207".into()), RANGE),
    changed!("year 9999", To::Date, |t, d| date(t, d, |date| date.2 = "9999".into()), RANGE),
    changed!("date with a time", To::Date, |text, _| Some(format!("{text} 00:00:00")), DATE),
    changed!("date with slashes", To::Date, |text, _| Some(text.replace('-', "/")), DATE),
    changed!("date without marks", To::Date, |text, _| Some(text.replace('-', "")), DATE),
    changed!(
        "date of the other dialect",
        To::Date,
        |t, d| {
            let (day, month, year) = parts(t, d);
            (!d).then(|| format!("{day}-{month}-{year}"))
        },
        DATE
    ),
    fixed!("date as a number of days", To::Date, "46397", DATE),
    fixed!("date in words", To::Date, "10. jan 2027", DATE),
    changed!("date with a letter", To::Date, |text, _| Some(format!("{text}x")), DATE),
    fixed!("no date", To::Date, "0000-00-00", DATE),
    fixed!("error value of a spreadsheet in a date", To::Date, "#I/T", Reject(&[SpreadsheetDamage])),
    fixed!("month 13 of a month", To::Month, "2026-13", MONTH),
    fixed!("month 0", To::Month, "2026-00", MONTH),
    fixed!("month of one digit", To::Month, "2026-9", MONTH),
    fixed!("month before the year", To::Month, "09-2026", MONTH),
    fixed!("month without a mark", To::Month, "202609", MONTH),
    fixed!("month as a date", To::Month, "2026-09-01", MONTH),
    fixed!("month in words", To::Month, "sep-26", MONTH),
    fixed!("month with a slash", To::Month, "2026/09", MONTH),
    fixed!("month of the year 2207", To::Month, "2207-01", RANGE),
    fixed!("other word for true", To::Bool, "yes", Reject(&[BadBool])),
    fixed!("letter for true", To::Bool, "J", Reject(&[BadBool])),
    fixed!("number for true", To::Bool, "2", Reject(&[BadBool])),
    fixed!("cross for true", To::Bool, "X", Reject(&[BadBool])),
    fixed!("number with decimals for true", To::Bool, "1.0", Reject(&[BadBool])),
    changed!("capital letters for true", To::Bool, |text, _| Some(text.to_uppercase()), Same),
    fixed!("unknown code", To::Code, "ukendt", Reject(&[UnknownCode])),
    changed!("code with a letter more", To::Code, |text, _| Some(format!("{text}e")), Reject(&[UnknownCode])),
    changed!(
        "code in capital letters",
        To::Code,
        |text, _| { Some(text.to_uppercase()).filter(|upper| upper != text) },
        Reject(&[UnknownCode])
    ),
    fixed!("number for a code", To::Code, "1", Reject(&[UnknownCode])),
    fixed!("unknown result", To::Result, "13", Reject(&[UnknownCode])),
    fixed!("result with decimals", To::Result, "7.0", Reject(&[UnknownCode])),
    fixed!("result in words", To::Result, "syv", Reject(&[UnknownCode])),
    changed!("result that lost its zero", To::Result, lost_zero, Mend(RepairedCode)),
    fixed!("unknown enrolment", To::Enrolment, "E9999999", Reject(&[UnknownEnrolment])),
    changed!(
        "enrolment in small letters",
        To::Enrolment,
        |text, _| Some(text.to_lowercase()),
        Reject(&[UnknownEnrolment])
    ),
    changed!(
        "enrolment with a blank inside",
        To::Enrolment,
        |text, _| { Some(format!("{} {}", &text[..2], &text[2..])) },
        Reject(&[UnknownEnrolment])
    ),
    fixed!("unknown course", To::Course, "ZZ999", Reject(&[UnknownCourse])),
    changed!("course that lost its zero", To::Course, lost_zero, Mend(RepairedCourseCode)),
    fixed!("course as a power of ten", To::Course, "1E+04", Reject(&[SpreadsheetDamage])),
    changed!(
        "course of the catalogue that lost its zero",
        To::CourseKey,
        lost_zero,
        Mend(RepairedCourseCode)
    ),
    fixed!("unknown programme", To::Programme, "ZZZ", Reject(&[UnknownProgramme])),
    fixed!("key as a power of ten", To::Key, "1E+04", Reject(&[SpreadsheetDamage])),
    fixed!("error value of a spreadsheet in a key", To::Key, "#REF!", Reject(&[SpreadsheetDamage])),
    changed!(
        "key as a text of a spreadsheet",
        To::Key,
        |text, _| Some(format!("'{text}")),
        Reject(&[SpreadsheetDamage])
    ),
    changed!(
        "key as a formula",
        To::Key,
        |text, _| Some(format!("\"=\"\"{text}\"\"\"")),
        Reject(&[SpreadsheetDamage])
    ),
    fixed!("error value of a spreadsheet in a text", To::Text, "#NAVN?", Reject(&[SpreadsheetDamage])),
    fixed!("text of a column that was too narrow", To::Text, "########", Reject(&[SpreadsheetDamage])),
    changed!(
        "number that lost its zero",
        To::Cpr,
        |text, _| lost_zero(&text.replace('-', ""), true),
        Mend(RepairedCpr)
    ),
    fixed!("number without its last digits", To::Cpr, "010199", Reject(&[BadCpr])),
    fixed!("number with a letter too many", To::Cpr, "01O199-0007", Reject(&[BadCpr])),
    fixed!("number with its mark misplaced", To::Cpr, "0101-990007", Reject(&[BadCpr])),
    fixed!("number as a power of ten", To::Cpr, "1,02E+09", Reject(&[BadCpr, ExtraCell])),
];
