//! The shape of a law file, read with the place of every value.

use serde::Deserialize;
use toml::Spanned;
use toml::value::{Datetime, Value as Toml};

use super::book::{Axis, DatedValue, LawBook, Parameter, Value, Window};
use crate::base::{Day, Ects};
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::student::result_codes::{ResultCode, ResultCodes};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LawFile {
    #[serde(default)]
    parameter: Vec<Spanned<ParameterEntry>>,
    #[serde(default)]
    result_code: Vec<Spanned<CodeEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ParameterEntry {
    key: String,
    meaning: String,
    unit: String,
    selected_by: Vec<Spanned<String>>,
    value: Vec<Spanned<ValueEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ValueEntry {
    value: Toml,
    inspection_date: Option<WindowEntry>,
    programme_start: Option<WindowEntry>,
    source: String,
    #[serde(default)]
    paragraph: String,
    checked_on: Datetime,
    review_by: Datetime,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WindowEntry {
    pub from: Option<Datetime>,
    pub to: Option<Datetime>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeEntry {
    code: String,
    #[serde(default)]
    aliases: Vec<String>,
    passed: bool,
    uses_attempt: bool,
    took_part: bool,
    #[serde(default)]
    provisional: bool,
    #[serde(default)]
    ill: bool,
    #[serde(default)]
    cheating: bool,
}

/// Adds the content of one file to the book.
pub(super) fn read(file: &str, text: &str, book: &mut LawBook) -> Diagnostics {
    let mut problems = Diagnostics::default();
    let place = |span: std::ops::Range<usize>| Place::of_offset(file, text, span.start);
    let parsed: LawFile = match toml::from_str(text) {
        Ok(parsed) => parsed,
        Err(error) => {
            let at = place(error.span().unwrap_or(0..0));
            problems.push(
                Diagnostic::setup(at, error.message().to_owned())
                    .hint("correct it here; the files of pipelines/law show the form"),
            );
            return problems;
        }
    };
    for entry in parsed.parameter {
        let at = place(entry.span());
        let entry = entry.into_inner();
        let mut selected_by = Vec::new();
        for axis in &entry.selected_by {
            match Axis::from_code(axis.get_ref()) {
                Some(axis) => selected_by.push(axis),
                None => problems.push(
                    Diagnostic::setup(place(axis.span()), "unknown selecting date".to_owned())
                        .hint("inspection_date or programme_start"),
                ),
            }
        }
        let mut values = Vec::new();
        for value in entry.value {
            let at = place(value.span());
            match dated_value(&entry.unit, &selected_by, value.into_inner(), at.clone()) {
                Ok(value) => {
                    if is_empty_text(&entry.key, &value.value) {
                        let problem = Diagnostic::setup(at, format!("{}: an empty text", entry.key));
                        problems
                            .push(problem.hint("write the text; only the paragraph of an act may be empty"));
                    }
                    values.push(value);
                }
                Err(message) => problems.push(
                    Diagnostic::setup(at, format!("{}: {message}", entry.key))
                        .hint("correct this value; the other values of the file show the form"),
                ),
            }
        }
        let (key, meaning, unit) = (entry.key, entry.meaning, entry.unit);
        book.parameters.push(Parameter { key, meaning, unit, selected_by, values, place: at });
    }
    if !parsed.result_code.is_empty() {
        let codes: Vec<ResultCode> = parsed.result_code.into_iter().map(|c| c.into_inner().into()).collect();
        let mut spellings: Vec<&str> =
            codes.iter().flat_map(|c| c.aliases.iter().chain([&c.code])).map(String::as_str).collect();
        spellings.sort_unstable();
        for pair in spellings.windows(2).filter(|pair| pair[0] == pair[1]) {
            problems.push(
                Diagnostic::setup(
                    Place::file(file),
                    format!("result code spelling {:?} stands twice", pair[0]),
                )
                .hint("leave it at the one result that it means"),
            );
        }
        book.result_codes = ResultCodes::new(codes);
    }
    problems
}

impl From<CodeEntry> for ResultCode {
    fn from(entry: CodeEntry) -> ResultCode {
        let CodeEntry { code, aliases, passed, uses_attempt, took_part, provisional, ill, cheating } = entry;
        ResultCode { code, aliases, passed, uses_attempt, took_part, provisional, ill, cheating }
    }
}

fn dated_value(
    unit: &str,
    selected_by: &[Axis],
    entry: ValueEntry,
    place: Place,
) -> Result<DatedValue, String> {
    if entry.source.trim().is_empty() {
        return Err("a value without a source".to_owned());
    }
    let mut windows = [Window::default(); 2];
    for (axis, window) in
        [(Axis::InspectionDate, entry.inspection_date), (Axis::ProgrammeStart, entry.programme_start)]
    {
        let Some(window) = window else { continue };
        if !selected_by.contains(&axis) {
            return Err(format!("has a window on {}, which does not select it", axis.code()));
        }
        let window = Window { from: window.from.map(day).transpose()?, to: window.to.map(day).transpose()? };
        if let (Some(from), Some(to)) = (window.from, window.to)
            && to < from
        {
            return Err("a window that ends before it begins".to_owned());
        }
        windows[axis as usize] = window;
    }
    let (checked_on, review_by) = (day(entry.checked_on)?, day(entry.review_by)?);
    if review_by <= checked_on {
        return Err("review_by must lie after checked_on".to_owned());
    }
    let value = typed(unit, entry.value)?;
    let (source, paragraph) = (entry.source, entry.paragraph);
    Ok(DatedValue { value, windows, source, paragraph, checked_on, review_by, place })
}

/// Texts are put into letters and messages as they are, so none is empty but the paragraph of an act that is
/// cited as a whole.
fn is_empty_text(key: &str, value: &Value) -> bool {
    match value {
        Value::Text(text) => text.trim().is_empty() && !key.ends_with(".paragraph"),
        Value::List(texts) => texts.iter().any(|text| text.trim().is_empty()),
        Value::Int(_) | Value::Ects(_) | Value::Bool(_) => false,
    }
}

/// The unit decides the type: an ECTS amount is written as text ("2.5"), never as a float.
fn typed(unit: &str, value: Toml) -> Result<Value, String> {
    match (unit, value) {
        ("ects", Toml::String(text)) => {
            ects(&text).map(Value::Ects).ok_or(format!("{text:?} is no ECTS amount"))
        }
        ("ects", _) => Err("an ECTS amount is written as text, such as \"2.5\"".to_owned()),
        ("code" | "text", Toml::String(text)) => Ok(Value::Text(text)),
        ("codes", Toml::Array(items)) => items
            .into_iter()
            .map(|item| item.as_str().map(str::to_owned).ok_or("a list of codes holds texts only".to_owned()))
            .collect::<Result<_, _>>()
            .map(Value::List),
        ("yes_no", Toml::Boolean(value)) => Ok(Value::Bool(value)),
        (
            "portions" | "months" | "days" | "weeks" | "attempts" | "semesters" | "parts" | "kroner",
            Toml::Integer(number),
        ) => i32::try_from(number).map(Value::Int).map_err(|_| "a number out of range".to_owned()),
        (unit, value) => Err(format!("a value of type {} does not fit the unit {unit}", value.type_str())),
    }
}

pub(super) fn ects(text: &str) -> Option<Ects> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits =
        |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<i32>().ok()).flatten();
    let hundredths = match part.len() {
        1 => digits(part)? * 10,
        2 => digits(part)?,
        _ => return None,
    };
    Some(Ects::hundredths(digits(whole)?.checked_mul(100)?.checked_add(hundredths)?))
}

pub(super) fn day(date: Datetime) -> Result<Day, String> {
    match (date.date, date.time) {
        (Some(date), None) => Day::ymd(i32::from(date.year), u32::from(date.month), u32::from(date.day))
            .ok_or("no such date".to_owned()),
        _ => Err("a date without time is wanted, such as 2027-01-01".to_owned()),
    }
}
