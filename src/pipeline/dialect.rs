//! How a file writes its numbers, dates and letters.

use super::document::Keys;

/// The marks that may stand between two cells.
pub const SEPARATORS: [u8; 4] = [b';', b',', b'\t', b'|'];

/// A separator as a message names it.
pub fn separator_in_words(separator: u8) -> String {
    if separator == b'\t' { "a tabulator".to_owned() } else { format!("`{}`", char::from(separator)) }
}

/// The dialect of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialect {
    pub separator: u8,
    /// `.` or `,`.
    pub decimal: u8,
    /// Groups of three digits may be set apart by it.
    pub thousands: Option<u8>,
    /// Every form that a date may have.
    pub dates: Vec<DateForm>,
    /// The encodings a file may have, in the order they are tried.
    pub encodings: Vec<Encoding>,
    /// A text in quotation marks may go over several lines; otherwise one line is one record.
    pub quoted_line_breaks: bool,
}

impl Dialect {
    /// Comma, decimal point, ISO dates, UTF-8: what the program itself writes.
    pub fn plain() -> Dialect {
        Dialect {
            separator: b',',
            decimal: b'.',
            thousands: None,
            dates: vec![DateForm::Iso],
            encodings: vec![Encoding::Utf8],
            quoted_line_breaks: false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateForm {
    /// `yyyy-mm-dd`.
    Iso,
    /// `dd-mm-yyyy` with this mark between.
    DayFirst(u8),
}

impl DateForm {
    const FORMS: [(&'static str, DateForm); 4] = [
        ("yyyy-mm-dd", DateForm::Iso),
        ("dd-mm-yyyy", DateForm::DayFirst(b'-')),
        ("dd.mm.yyyy", DateForm::DayFirst(b'.')),
        ("dd/mm/yyyy", DateForm::DayFirst(b'/')),
    ];
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Windows1252,
}

impl Encoding {
    const NAMES: [(&'static str, Encoding); 2] =
        [("utf-8", Encoding::Utf8), ("windows-1252", Encoding::Windows1252)];

    pub const fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Windows1252 => "windows-1252",
        }
    }
}

/// Reads the dialect keys of a table; what is not written is taken from `otherwise`.
pub fn read(keys: &Keys, otherwise: &Dialect) -> Dialect {
    let dialect = read_keys(keys, otherwise);
    keys.no_other_keys();
    dialect
}

/// As [`read`], for a table that holds other keys too.
pub fn read_keys(keys: &Keys, otherwise: &Dialect) -> Dialect {
    let separator = mark(keys, "separator", &SEPARATORS).unwrap_or(otherwise.separator);
    let decimal = mark(keys, "decimal", b".,").unwrap_or(otherwise.decimal);
    // A dialect that changes the decimal mark does not inherit the thousands mark that fitted it.
    let inherited = otherwise.thousands.filter(|thousands| *thousands != decimal);
    let thousands = mark(keys, "thousands", b".,' ").or(inherited);
    let dates = choices(keys, "dates", &DateForm::FORMS).unwrap_or_else(|| otherwise.dates.clone());
    let encodings =
        choices(keys, "encoding", &Encoding::NAMES).unwrap_or_else(|| otherwise.encodings.clone());
    let quoted_line_breaks = keys.boolean("quoted_line_breaks").unwrap_or(otherwise.quoted_line_breaks);
    if decimal == separator {
        let key = if keys.names().iter().any(|name| name == "decimal") { "decimal" } else { "separator" };
        keys.problem_at(key, "separator and decimal are the same mark", "choose `;` beside a decimal comma");
    }
    if thousands == Some(decimal) {
        keys.problem_at("thousands", "thousands and decimal are the same mark", "choose different marks");
    }
    Dialect { separator, decimal, thousands, dates, encodings, quoted_line_breaks }
}

fn mark(keys: &Keys, key: &str, allowed: &[u8]) -> Option<u8> {
    let text = keys.mark(key)?;
    let found = (text.len() == 1).then(|| text.as_bytes()[0]).filter(|byte| allowed.contains(byte));
    if found.is_none() {
        let marks = allowed.iter().map(|mark| {
            if *mark == b'\t' { "\"\\t\"".to_owned() } else { format!("\"{}\"", char::from(*mark)) }
        });
        let hint = format!("choose one of {}", marks.collect::<Vec<_>>().join(" "));
        keys.problem_at(key, format!("`{key}` cannot be this"), &hint);
    }
    found
}

fn choices<T: Copy>(keys: &Keys, key: &str, known: &[(&'static str, T)]) -> Option<Vec<T>> {
    let mut chosen = Vec::new();
    for (place, text) in keys.texts(key)? {
        match known.iter().find(|(name, _)| name.eq_ignore_ascii_case(&text)) {
            Some((_, choice)) => chosen.push(*choice),
            None => {
                let names = known.iter().map(|(name, _)| *name).collect::<Vec<_>>();
                keys.problem(
                    place,
                    format!("`{text}` is not known in `{key}`"),
                    &format!("choose from {}", names.join(", ")),
                );
            }
        }
    }
    Some(chosen)
}
