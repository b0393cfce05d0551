//! What the cells say of decimal marks, dates and code words.

use std::collections::{BTreeMap, BTreeSet};

use super::mapping::{Known, Mapping};
use super::sample::Sample;
use super::{About, Open};
use crate::base::counted;
use crate::contract::Kind;

/// How often a thing was seen, and where first.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    count: u32,
    line: u32,
}

impl Seen {
    fn add(&mut self, line: u32) {
        self.count += 1;
        if self.count == 1 {
            self.line = line;
        }
    }
}

#[derive(Default)]
pub struct Evidence {
    /// `None` when no number has decimals.
    pub decimal: Option<char>,
    pub thousands: Option<char>,
    /// As the pipeline names them; `None` when they cannot be told.
    pub dates: Option<Vec<String>>,
    /// Column, word in the file, code.
    pub words: Vec<(&'static str, String, &'static str)>,
    pub notes: Vec<String>,
    pub open: Vec<Open>,
    /// What the other files of the same export may settle.
    pub unsettled: Vec<Unsettled>,
}

/// A thing that this file alone can be read in two ways.
pub struct Unsettled {
    /// What another file must say for this to be settled: a form of dates, or a decimal mark.
    pub by_form: Option<String>,
    pub by_decimal: Option<char>,
    pub message: String,
    pub hint: String,
}

pub fn weigh(sample: &Sample, mapping: &Mapping) -> Evidence {
    let mut evidence = Evidence::default();
    if sample.separator.is_none() {
        return evidence;
    }
    numbers(sample, mapping, &mut evidence);
    dates(sample, mapping, &mut evidence);
    evidence
}

fn cells<'a>(
    sample: &'a Sample,
    columns: &'a [(&'static str, usize)],
) -> impl Iterator<Item = (u32, &'a str)> {
    sample.rows.iter().flat_map(move |(line, cells)| {
        columns
            .iter()
            .filter_map(move |(_, at)| Some((*line, cells.get(*at)?.as_str())).filter(|c| !c.1.is_empty()))
    })
}

/// Digits of the groups between marks, and the marks; `None` when there is something else.
fn shape(text: &str) -> Option<(Vec<usize>, Vec<char>)> {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mut groups, mut marks) = (vec![0], Vec::new());
    for c in text.chars() {
        match c {
            '0'..='9' => *groups.last_mut()? += 1,
            ',' | '.' => {
                marks.push(c);
                groups.push(0);
            }
            _ => return None,
        }
    }
    (!groups.contains(&0)).then_some((groups, marks))
}

/// Marks in the cells of number columns, by what they can be.
#[derive(Default)]
struct NumberMarks {
    decimal: BTreeMap<char, Seen>,
    group: BTreeMap<char, Seen>,
    /// One mark before three digits: a group of thousands, or three decimals.
    either: BTreeMap<char, Seen>,
    /// Cells that are no numbers.
    strange: Seen,
}

fn number_marks(sample: &Sample, columns: &[(&'static str, usize)]) -> NumberMarks {
    let mut seen = NumberMarks::default();
    let add = |to: &mut BTreeMap<char, Seen>, mark, line| to.entry(mark).or_default().add(line);
    for (line, text) in cells(sample, columns) {
        match shape(text) {
            None => seen.strange.add(line),
            Some((groups, marks)) => match (&groups[..], &marks[..]) {
                (_, []) => {}
                ([1..=3, 3], [mark]) => add(&mut seen.either, *mark, line),
                (_, [mark]) => add(&mut seen.decimal, *mark, line),
                (_, [first, .., last]) if first == last => add(&mut seen.group, *first, line),
                (_, [first, .., last]) => {
                    add(&mut seen.group, *first, line);
                    add(&mut seen.decimal, *last, line);
                }
            },
        }
    }
    seen
}

fn numbers(sample: &Sample, mapping: &Mapping, evidence: &mut Evidence) {
    let columns = mapping.of(|kind| matches!(kind, Kind::Ects { .. } | Kind::Kroner));
    let NumberMarks { decimal, group, either, strange } = number_marks(sample, &columns);
    let other = |mark: char| if mark == ',' { '.' } else { ',' };
    let times = |seen: &Seen| counted(seen.count, "time", "times");
    let list = |seen: &BTreeMap<char, Seen>| {
        let each =
            seen.iter().map(|(mark, seen)| format!("`{mark}` {}, first on line {}", times(seen), seen.line));
        each.collect::<Vec<_>>().join("; ")
    };
    if decimal.len() > 1 || (decimal.is_empty() && group.len() > 1) {
        evidence.open.push(Open {
            about: About::Decimals,
            message: format!("numbers have two decimal marks ({})", list(&decimal)),
            hint: "export the file again with one of them; a run would reject the other".to_owned(),
        });
    } else if let Some(mark) =
        decimal.keys().next().copied().or_else(|| group.keys().next().map(|mark| other(*mark)))
    {
        evidence.decimal = Some(mark);
        let thousands = other(mark);
        let is_seen = group.contains_key(&thousands) || either.contains_key(&thousands);
        evidence.thousands = is_seen.then_some(thousands);
        evidence.notes.push(format!(
            "decimal mark `{mark}`: {}",
            list(if decimal.is_empty() { &group } else { &decimal })
        ));
        if let Some(mark) = evidence.thousands {
            evidence.notes.push(format!("groups of thousands set apart by `{mark}`"));
        }
    } else if let Some((mark, seen)) = either.iter().next() {
        evidence.unsettled.push(Unsettled {
            by_form: None,
            by_decimal: Some(other(*mark)),
            message: format!(
                "`{mark}` before three digits ({}, first on line {}) may set thousands apart or be a decimal mark: \
                 one reading is a thousand times the other",
                times(seen),
                seen.line
            ),
            hint: format!(
                "either decimal = \"{}\" and thousands = \"{mark}\", or decimal = \"{mark}\" (then these cells have too many decimals)",
                other(*mark)
            ),
        });
    } else if !columns.is_empty() {
        evidence.notes.push("no number has decimals".to_owned());
    }
    if strange.count > 0 {
        evidence.notes.push(format!(
            "{} (first: line {})",
            counted(
                strange.count,
                "cell of a number column is no number",
                "cells of number columns are no numbers"
            ),
            strange.line
        ));
    }
}

/// Cells of date columns, by how they can be read.
#[derive(Default)]
struct DateForms {
    iso: Seen,
    marked: BTreeMap<char, Orders>,
    /// In none of the known forms.
    strange: Seen,
}

/// Dates with one mark that can only be read in one order, or in both.
#[derive(Default)]
struct Orders {
    day_first: Seen,
    month_first: Seen,
    both: Seen,
}

fn date_forms(sample: &Sample, columns: &[(&'static str, usize)]) -> DateForms {
    let mut seen = DateForms::default();
    for (line, text) in cells(sample, columns) {
        match day_shape(text) {
            Some(Shape::Iso) => seen.iso.add(line),
            Some(Shape::Marked(_, 13.., 13..)) | None => seen.strange.add(line),
            Some(Shape::Marked(mark, first, second)) => {
                let orders = seen.marked.entry(mark).or_default();
                if first > 12 {
                    orders.day_first.add(line);
                } else if second > 12 {
                    orders.month_first.add(line);
                } else {
                    orders.both.add(line);
                }
            }
        }
    }
    seen
}

fn dates(sample: &Sample, mapping: &Mapping, evidence: &mut Evidence) {
    let DateForms { iso, marked, strange } = date_forms(sample, &mapping.of(|kind| kind == Kind::Date));
    let mut forms = Vec::new();
    for (mark, Orders { day_first, month_first, both }) in marked {
        let form = format!("dd{mark}mm{mark}yyyy");
        match (day_first.count, month_first.count) {
            (0, 0) => evidence.unsettled.push(Unsettled {
                by_form: Some(form.clone()),
                by_decimal: None,
                message: format!(
                    "all {} dates with `{mark}` may be {form} or mm{mark}dd{mark}yyyy: no first or second number is above 12",
                    both.count
                ),
                hint: format!("ask where the export comes from; if the day stands first write dates = [\"{form}\"]"),
            }),
            (_, 0) => {
                evidence.notes.push(format!(
                    "dates {form}: {} can only be read so, first on line {}",
                    day_first.count, day_first.line
                ));
                forms.push(form);
            }
            (0, _) => evidence.open.push(Open {
                about: About::Dates,
                message: format!(
                    "the month stands first in {} with `{mark}`, first on line {}; such dates are not read",
                    counted(month_first.count, "date", "dates"),
                    month_first.line
                ),
                hint: "export the dates as yyyy-mm-dd".to_owned(),
            }),
            _ => evidence.open.push(Open {
                about: About::Dates,
                message: format!(
                    "dates with `{mark}` contradict each other: {form} on line {}, mm{mark}dd{mark}yyyy on line {}",
                    day_first.line, month_first.line
                ),
                hint: "export the dates in one form; a run would reject the second kind".to_owned(),
            }),
        }
    }
    if iso.count > 0 {
        evidence.notes.push(format!("dates yyyy-mm-dd: {}, first on line {}", iso.count, iso.line));
        forms.push("yyyy-mm-dd".to_owned());
    }
    if strange.count > 0 {
        evidence.notes.push(format!(
            "{} in none of the known forms (first: line {})",
            counted(strange.count, "cell of a date column is", "cells of date columns are"),
            strange.line
        ));
    }
    evidence.dates = (!forms.is_empty()).then_some(forms);
}

/// Whether the others say how this is to be read, and none of them the contrary.
pub fn is_settled(unsettled: &Unsettled, all: &[&Evidence]) -> bool {
    let says = |evidence: &&&Evidence| match (&unsettled.by_form, unsettled.by_decimal) {
        (Some(form), _) => evidence.dates.as_ref().is_some_and(|dates| dates.contains(form)),
        (None, mark) => evidence.decimal == mark,
    };
    let contradicts = |evidence: &&&Evidence| match unsettled.by_decimal {
        Some(mark) => evidence.decimal.is_some_and(|decimal| decimal != mark),
        // The month stands first elsewhere, which is open there.
        None => evidence.open.iter().any(|open| open.about == About::Dates),
    };
    all.iter().any(|evidence| says(&evidence)) && !all.iter().any(|evidence| contradicts(&evidence))
}

enum Shape {
    Iso,
    Marked(char, u32, u32),
}

fn day_shape(text: &str) -> Option<Shape> {
    let marked = |at: usize| text.as_bytes().get(at).copied().filter(|byte| b"-./".contains(byte));
    if text.len() != 10 || !text.is_ascii() {
        return None;
    }
    let digits = |range: std::ops::Range<usize>| {
        text.get(range).filter(|part| part.bytes().all(|b| b.is_ascii_digit()))?.parse::<u32>().ok()
    };
    if marked(4) == Some(b'-') && marked(7) == Some(b'-') && digits(0..4).is_some() {
        return digits(5..7).and(digits(8..10)).map(|_| Shape::Iso);
    }
    let mark = marked(2).filter(|mark| marked(5) == Some(*mark))?;
    digits(6..10)?;
    Some(Shape::Marked(char::from(mark), digits(0..2)?, digits(3..5)?))
}

/// One cell in so many may be damage; a word that stands in more of them is to be mapped.
const STRANGE_ONE_IN: u32 = 100;

/// The words of code columns that are known; those that are not are open, unless there are hardly any.
pub fn words(sample: &Sample, mapping: &Mapping, known: &Known, evidence: &mut Evidence) {
    let words = &mut evidence.words;
    for (column, position) in mapping.table.columns().iter().zip(&mapping.positions) {
        let (Kind::Code(codes), Some(at)) = (column.kind, position) else { continue };
        let mut found = BTreeSet::new();
        let mut strange = Seen::default();
        let mut all = 0;
        for (line, word) in cells(sample, &[(column.name, *at)]) {
            all += 1;
            if codes.contains(&word) || found.contains(word) {
                continue;
            }
            match known.code(mapping.table, column.name, word) {
                Some(code) => {
                    words.push((column.name, word.to_owned(), code));
                    found.insert(word.to_owned());
                }
                None => strange.add(line),
            }
        }
        let message = format!(
            "{}: {} no code and no known word (first: line {})",
            column.name,
            counted(strange.count, "cell is", "cells are"),
            strange.line
        );
        let place = format!("[tables.{}.values.{}]", mapping.table, column.name);
        if strange.count * STRANGE_ONE_IN > all {
            let hint = format!("write what each word means under {place}; codes: {}", codes.join(", "));
            evidence.open.push(Open { about: About::Words, message, hint });
        } else if strange.count > 0 {
            evidence.notes.push(format!("{message}; if it is no damage, write what it means under {place}"));
        }
    }
}
