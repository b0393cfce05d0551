//! `klip law`: is the law sound, what does a parameter say, and what is to be looked at again.

use std::path::{Path, PathBuf};

use super::args::{LawArgs, LawCommand};
use super::{Exit, terminal, today};
use crate::base::{Day, counted};
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::law::{DatedValue, Law, LawBook, Parameter, Window};
use crate::letters;

/// The project's own law folder, as seen from the project's folder.
const LAW_FOLDER: &str = "pipelines/law";

pub fn law(args: &LawArgs) -> Result<Exit, Diagnostics> {
    let book = book(args.law.clone())?;
    match &args.command {
        LawCommand::Check => {
            let values: usize = book.parameters.iter().map(|parameter| parameter.values.len()).sum();
            let parameters = book.parameters.len();
            // Rules and letters read all that they need.
            letters::law_in_force(&Law::in_force(book, today())?)?;
            terminal::print(&format!(
                "{}: {parameters} parameters with {values} dated values: no gap, no overlap, none missing, every \
                 value has its source",
                which(args.law.as_deref())
            ));
        }
        LawCommand::Show { parameter } => {
            let found = book.parameter(parameter).ok_or_else(|| unknown(&book, parameter))?;
            terminal::print(shown(found).trim_end());
        }
        LawCommand::Due { within, on } => {
            terminal::print(due(&book, on.unwrap_or_else(today), *within).trim_end())
        }
    }
    Ok(Exit::Done)
}

/// Which law [`book`] reads.
fn which(folder: Option<&Path>) -> String {
    match folder {
        Some(folder) => folder.display().to_string(),
        None if Path::new(LAW_FOLDER).is_dir() => LAW_FOLDER.to_owned(),
        None => format!("the law built into klip ({LAW_FOLDER} is not here)"),
    }
}

/// The given law folder; else the project's, where there is one; else the law built in.
pub fn book(folder: Option<PathBuf>) -> Result<LawBook, Diagnostics> {
    match folder {
        Some(folder) => LawBook::load(&folder),
        None if Path::new(LAW_FOLDER).is_dir() => LawBook::load(Path::new(LAW_FOLDER)),
        None => LawBook::shipped(),
    }
}

fn unknown(book: &LawBook, key: &str) -> Diagnostic {
    let near: Vec<&str> =
        book.parameters.iter().map(|found| found.key.as_str()).filter(|found| found.contains(key)).collect();
    let problem = Diagnostic::setup(Place::file("command line"), format!("the law has no parameter {key}"));
    if near.is_empty() {
        problem.hint("`klip rule CODE` lists the parameters of a rule")
    } else {
        problem.hint(format!("did you mean {}?", near.join(", ")))
    }
}

fn shown(parameter: &Parameter) -> String {
    let mut text = format!("{} ({})\n{}\n", parameter.key, parameter.unit, parameter.meaning);
    for value in &parameter.values {
        let windows = windows(value);
        text.push_str(&format!("\n  {}\n    in force: {}\n", value.value, windows.join("; ")));
        text.push_str(&format!("    source: {}\n", value.citation()));
        text.push_str(&format!(
            "    checked on {}, to be reviewed by {}; written at {}\n",
            value.checked_on, value.review_by, value.place
        ));
    }
    text
}

/// The windows of a value in words, one per date that selects it.
pub fn windows(value: &DatedValue) -> Vec<String> {
    let show = |name: &str, window: Window| match (window.from, window.to) {
        (None, None) => None,
        (Some(from), None) => Some(format!("{name} from {from}")),
        (None, Some(to)) => Some(format!("{name} to {to}")),
        (Some(from), Some(to)) => Some(format!("{name} {from} to {to}")),
    };
    let found = [show("inspection", value.windows[0]), show("programme start", value.windows[1])];
    found.into_iter().flatten().collect()
}

/// Values whose review date has passed or comes within so many days.
fn due(book: &LawBook, on: Day, within: i32) -> String {
    let last = on.plus_days(within);
    let mut values: Vec<(Day, &Parameter, &DatedValue)> = book
        .parameters
        .iter()
        .flat_map(|parameter| parameter.values.iter().map(move |value| (value.review_by, parameter, value)))
        .filter(|(review_by, ..)| *review_by <= last)
        .collect();
    values.sort_by_key(|(review_by, parameter, value)| {
        (*review_by, parameter.key.clone(), value.place.clone())
    });
    let mut text = format!("{} to be reviewed by {last}\n", counted(values.len(), "value is", "values are"));
    for (review_by, parameter, value) in values {
        let late = if review_by < on { "  overdue" } else { "" };
        text.push_str(&format!(
            "  {review_by}  {} = {}  {}{late}\n",
            parameter.key, value.value, value.place
        ));
    }
    text
}
