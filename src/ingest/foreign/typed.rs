//! Cells of a workbook as the dialect of the table would have written them.
//!
//! A workbook knows of a cell whether it is a text, a number or a date. That settles what a CSV file
//! leaves open, and it shows what the spreadsheet has made of a text: a date of `2.5`, a number of
//! `01005`. What the contract expects of the column decides: mended and listed where only one
//! reading is possible, rejected otherwise.

use std::borrow::Cow;

use crate::contract::Kind;
use crate::ingest::reason::Reason;
use crate::pipeline::{DateForm, Dialect};

/// A cell as sent by [`super::workbook`]; the reason tells of a repair.
pub fn cell<'c>(
    kind: Kind,
    cell: &'c str,
    dialect: &Dialect,
) -> Result<(Cow<'c, str>, Option<Reason>), Reason> {
    let Some(tag) = cell.chars().next() else { return Ok((Cow::Borrowed(""), None)) };
    let text = &cell[tag.len_utf8()..];
    match tag {
        't' => Ok((Cow::Borrowed(text), None)),
        'b' if kind == Kind::Bool => Ok((Cow::Borrowed(text), None)),
        'n' => number(kind, text, dialect),
        'd' => date(kind, text, dialect),
        _ => Err(Reason::SpreadsheetDamage),
    }
}

fn number<'c>(
    kind: Kind,
    text: &'c str,
    dialect: &Dialect,
) -> Result<(Cow<'c, str>, Option<Reason>), Reason> {
    let (number, day) = match text.split_once('\t') {
        Some((number, day)) => (number, Some(day)),
        None => (text, None),
    };
    match (kind, day) {
        (Kind::Date, Some(day)) => Ok((written(day, dialect), Some(Reason::RepairedDate))),
        // An id of more digits has lost its last ones.
        _ if number.bytes().filter(u8::is_ascii_digit).count() > 15 => Err(Reason::SpreadsheetDamage),
        _ if number.contains('.') => {
            let mark = char::from(dialect.decimal).to_string();
            Ok((Cow::Owned(number.replace('.', &mark)), None))
        }
        _ => Ok((Cow::Borrowed(number), None)),
    }
}

fn date<'c>(kind: Kind, text: &'c str, dialect: &Dialect) -> Result<(Cow<'c, str>, Option<Reason>), Reason> {
    match kind {
        Kind::Date => Ok((written(text, dialect), None)),
        // `2027-03` becomes the first of March; any other day was typed in another form.
        Kind::Month => match text.strip_suffix("-01") {
            Some(month) if month.len() == 7 => Ok((Cow::Borrowed(month), Some(Reason::RepairedMonth))),
            _ => Err(Reason::BadMonth),
        },
        _ => Err(Reason::SpreadsheetDamage),
    }
}

/// An ISO date in a form of the dialect.
fn written<'c>(iso: &'c str, dialect: &Dialect) -> Cow<'c, str> {
    match (dialect.dates.contains(&DateForm::Iso), dialect.dates.first()) {
        (false, Some(DateForm::DayFirst(mark))) if iso.len() == 10 && iso.is_ascii() => {
            let mark = char::from(*mark);
            Cow::Owned(format!("{}{mark}{}{mark}{}", &iso[8..], &iso[5..7], &iso[..4]))
        }
        _ => Cow::Borrowed(iso),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn danish(kind: Kind, text: &str) -> Result<(String, Option<Reason>), Reason> {
        let dates = vec![DateForm::DayFirst(b'.')];
        let dialect = Dialect { decimal: b',', thousands: Some(b'.'), dates, ..Dialect::plain() };
        cell(kind, text, &dialect).map(|(text, repair)| (text.into_owned(), repair))
    }

    #[test]
    fn typed_cells_are_written_in_the_dialect() {
        let plain = |text: &str| Ok((text.to_owned(), None));
        let mended = |text: &str, reason| Ok((text.to_owned(), Some(reason)));
        let ects = Kind::Ects { most: 360 };
        for (kind, sent, got) in [
            (ects, "n7.5", plain("7,5")),
            (ects, "t7,5", plain("7,5")),
            (Kind::Int { least: 0, most: 9 }, "b0", Err(Reason::SpreadsheetDamage)),
            (ects, "d2027-05-02", Err(Reason::SpreadsheetDamage)),
            (Kind::Date, "d2027-03-15", plain("15.03.2027")),
            (Kind::Date, "n46461\t2027-03-15", mended("15.03.2027", Reason::RepairedDate)),
            (Kind::Text, "n46461\t2027-03-15", plain("46461")),
            (Kind::Month, "d2027-03-01", mended("2027-03", Reason::RepairedMonth)),
            (Kind::Month, "d2027-03-02", Err(Reason::BadMonth)),
            (Kind::Key, "n9007199254740993", Err(Reason::SpreadsheetDamage)),
            (Kind::Key, "n900719925474099", plain("900719925474099")),
            (Kind::Key, "d2027-03-01", Err(Reason::SpreadsheetDamage)),
            (Kind::Bool, "b1", plain("1")),
            (ects, "b1", Err(Reason::SpreadsheetDamage)),
            (Kind::Text, "b1", Err(Reason::SpreadsheetDamage)),
            (Kind::Text, "e", Err(Reason::SpreadsheetDamage)),
            (Kind::Text, "", plain("")),
        ] {
            assert_eq!(danish(kind, sent), got, "{sent}");
        }
    }
}
