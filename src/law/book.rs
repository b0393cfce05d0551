//! Parameters with their dated values, and the proof that exactly one is in force.

use std::fmt;
use std::path::Path;

use super::{file, folder};
use crate::base::{Day, Ects, sha256_of_texts};
use crate::contract::codes::codes;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::student::result_codes::ResultCodes;

codes!(
    /// A date that selects among the values of a parameter.
    Axis { InspectionDate => "inspection_date", ProgrammeStart => "programme_start" }
);

/// A typed amount of the law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Int(i32),
    Ects(Ects),
    Bool(bool),
    Text(String),
    List(Vec<String>),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Int(value) => write!(f, "{value}"),
            Value::Ects(value) => write!(f, "{value}"),
            Value::Bool(value) => write!(f, "{value}"),
            Value::Text(value) => f.write_str(value),
            Value::List(values) => f.write_str(&values.join(", ")),
        }
    }
}

/// Inclusive window on one axis; `None` is unbounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    pub from: Option<Day>,
    pub to: Option<Day>,
}

impl Window {
    pub fn contains(self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// One value, when it is in force, and where it is written.
#[derive(Clone, Debug)]
pub struct DatedValue {
    pub value: Value,
    /// By position in [`Axis::ALL`].
    pub windows: [Window; 2],
    pub source: String,
    pub paragraph: String,
    pub checked_on: Day,
    pub review_by: Day,
    pub place: Place,
}

impl DatedValue {
    fn in_force(&self, inspection: Day, start: Day) -> bool {
        self.windows[0].contains(inspection) && self.windows[1].contains(start)
    }

    /// Source and paragraph as one line.
    pub fn citation(&self) -> String {
        if self.paragraph.is_empty() {
            self.source.clone()
        } else {
            format!("{}, {}", self.source, self.paragraph)
        }
    }
}

#[derive(Clone, Debug)]
pub struct Parameter {
    pub key: String,
    pub meaning: String,
    pub unit: String,
    pub selected_by: Vec<Axis>,
    pub values: Vec<DatedValue>,
    pub place: Place,
}

impl Parameter {
    /// The one value in force; none or several is an error.
    pub fn at(&self, inspection: Day, start: Day) -> Result<&DatedValue, Diagnostic> {
        let mut found = self.values.iter().filter(|value| value.in_force(inspection, start));
        match (found.next(), found.next()) {
            (Some(value), None) => Ok(value),
            (None, _) => Err(Diagnostic::setup(
                self.place.clone(),
                format!(
                    "{} has no value for inspection date {inspection} and programme start {start}",
                    self.key
                ),
            )
            .hint("add a value whose window covers these dates")),
            (Some(first), Some(second)) => Err(Diagnostic::setup(
                second.place.clone(),
                format!(
                    "{} has two values for inspection date {inspection} and programme start {start}; the other is at {}",
                    self.key, first.place
                ),
            )
            .hint("end the earlier window the day before the later one begins")),
        }
    }

    /// Days on which the value may change on an axis: the first known day and every window edge.
    fn edges(&self, axis: usize) -> Vec<Day> {
        let mut edges = vec![FIRST_DAY];
        for value in &self.values {
            let window = value.windows[axis];
            edges.extend(window.from);
            edges.extend(window.to.map(|to| to.plus_days(1)));
            edges.extend(window.to);
        }
        edges.retain(|day| *day >= FIRST_DAY);
        edges.sort_unstable();
        edges.dedup();
        edges
    }

    /// Gaps and overlaps, looked for at every edge of every window: between edges nothing changes.
    fn check(&self) -> Diagnostics {
        let mut problems = Diagnostics::default();
        for inspection in self.edges(0) {
            for start in self.edges(1) {
                if let Err(problem) = self.at(inspection, start) {
                    problems.push(problem);
                    return problems;
                }
            }
        }
        problems
    }
}

/// The earliest day for which the law must have an answer.
const FIRST_DAY: Day = Day::from_epoch_days(14_610);

/// The files of `pipelines/law/`.
const SHIPPED: [(&str, &str); 7] = [
    ("pipelines/law/cards.toml", include_str!("../../pipelines/law/cards.toml")),
    ("pipelines/law/degree.toml", include_str!("../../pipelines/law/degree.toml")),
    ("pipelines/law/exams.toml", include_str!("../../pipelines/law/exams.toml")),
    ("pipelines/law/extra_portions.toml", include_str!("../../pipelines/law/extra_portions.toml")),
    ("pipelines/law/letters.toml", include_str!("../../pipelines/law/letters.toml")),
    ("pipelines/law/result_codes.toml", include_str!("../../pipelines/law/result_codes.toml")),
    ("pipelines/law/su.toml", include_str!("../../pipelines/law/su.toml")),
];

/// All parameters of the law folder.
#[derive(Clone, Debug, Default)]
pub struct LawBook {
    /// Sorted by key.
    pub parameters: Vec<Parameter>,
    pub result_codes: ResultCodes,
    /// File names with the SHA-256 of their content, sorted.
    pub files: Vec<(String, String)>,
    /// SHA-256 over names and contents of the files, hex.
    pub sha256: String,
}

impl LawBook {
    /// Reads every `*.toml` of a folder; all problems of all files come back together.
    pub fn load(folder: &Path) -> Result<LawBook, Diagnostics> {
        let place = Place::file(folder.display().to_string());
        let (texts, mut problems) = folder::texts(folder).map_err(|error| {
            Diagnostic::setup(place.clone(), format!("the law folder cannot be read: {error}"))
                .hint("the pipeline file names it as `law`")
        })?;
        if texts.is_empty() && problems.is_empty() {
            problems.push(
                Diagnostic::setup(place, "the law folder holds no .toml file")
                    .hint("the pipeline file names it as `law`; the program's own is pipelines/law"),
            );
        }
        folder::together(problems, LawBook::from_texts(&texts))
    }

    /// The law that the program was built with, for showing amounts where no law folder is at hand.
    /// A run never uses it.
    pub fn shipped() -> Result<LawBook, Diagnostics> {
        let texts = SHIPPED.map(|(file, text)| (file.to_owned(), text.to_owned()));
        LawBook::from_texts(&texts)
    }

    /// Reads files given as path and text.
    pub fn from_texts(texts: &[(String, String)]) -> Result<LawBook, Diagnostics> {
        let mut problems = Diagnostics::default();
        let (files, sha256) = sha256_of_texts(texts);
        let mut book = LawBook { files, sha256, ..LawBook::default() };
        for (path, text) in texts {
            problems.extend(file::read(path, text, &mut book));
        }
        book.parameters.sort_by(|a, b| a.key.cmp(&b.key));
        for pair in book.parameters.windows(2) {
            if pair[0].key == pair[1].key {
                let message = format!("{} stands twice; the other is at {}", pair[1].key, pair[0].place);
                let hint = "keep one of them; a value for other dates is a [[parameter.value]] of it";
                problems.push(Diagnostic::setup(pair[1].place.clone(), message).hint(hint));
            }
        }
        for parameter in &book.parameters {
            problems.extend(parameter.check());
        }
        problems.into_result(book)
    }

    pub fn parameter(&self, key: &str) -> Option<&Parameter> {
        let found = self.parameters.binary_search_by(|parameter| parameter.key.as_str().cmp(key)).ok()?;
        self.parameters.get(found)
    }

    /// Keys of the parameters with a value that a person should have checked again by a date.
    pub fn past_review(&self, date: Day) -> Vec<&str> {
        let stale = |parameter: &&Parameter| parameter.values.iter().any(|value| value.review_by < date);
        self.parameters.iter().filter(stale).map(|parameter| parameter.key.as_str()).collect()
    }

    /// First programme starts of all cohorts that any parameter tells apart, ascending.
    pub(super) fn programme_start_edges(&self) -> Vec<Day> {
        let mut edges: Vec<Day> = self.parameters.iter().flat_map(|parameter| parameter.edges(1)).collect();
        edges.sort_unstable();
        edges.dedup();
        edges
    }
}
