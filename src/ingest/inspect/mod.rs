//! What files look like: a proposal for the pipeline, with its evidence, for a person to review.
//!
//! A run never guesses; this does, and says why. What the files leave open stays open in the draft
//! (`klip check` refuses it there) and is told with both readings. No value of a row is shown: lines
//! and counts are, and words only where they are known words of a closed list.

mod draft;
mod evidence;
mod mapping;
mod sample;

use std::path::{Path, PathBuf};

use crate::contract::Kind;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use evidence::Evidence;
use mapping::Mapping;
use sample::Sample;

/// A draft for the pipeline file and what a person must decide in it.
pub struct Proposal {
    pub toml: String,
    pub open: Diagnostics,
}

/// What a person must decide, with what it may be.
struct Open {
    about: About,
    message: String,
    hint: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    Decimals,
    Dates,
    Columns,
    Words,
}

/// One file that was looked at.
struct Seen {
    name: String,
    path: String,
    sample: Sample,
    mapping: Mapping,
    evidence: Evidence,
}

impl Seen {
    fn open(&self) -> impl Iterator<Item = &Open> {
        self.mapping.open.iter().chain(&self.evidence.open)
    }
}

/// Looks at files; `program` reads workbooks and Parquet in a process of its own.
pub fn propose(files: &[PathBuf], program: Option<&Path>) -> Result<Proposal, Diagnostics> {
    let known = mapping::Known::load()?;
    let (mut seen, mut problems, mut open) = (Vec::new(), Diagnostics::default(), Diagnostics::default());
    for path in files {
        for file in look(path, program, &known, &mut problems) {
            problems.extend(add(&mut seen, file));
        }
    }
    if seen.is_empty() {
        return problems.into_result(Proposal { toml: String::new(), open });
    }
    // What is wrong with one file is no reason to keep the draft of the others back.
    open.extend(problems);
    settle(&mut seen);
    for file in &seen {
        for Open { message, hint, .. } in file.open() {
            open.push(Diagnostic::input(Place::file(&file.path), message).hint(hint));
        }
    }
    let toml = draft::write(&seen, &mut open);
    Ok(Proposal { toml, open: open.sorted() })
}

/// Adds a file, unless there is one of its table: then the one that is named like it is kept, or the first.
fn add(seen: &mut Vec<Seen>, mut file: Seen) -> Diagnostics {
    let table = file.mapping.table;
    let Some(kept) = seen.iter_mut().find(|other| other.mapping.table == table) else {
        seen.push(file);
        return Diagnostics::default();
    };
    if mapping::names_a_table(&file.name) && !mapping::names_a_table(&kept.name) {
        std::mem::swap(kept, &mut file);
    }
    let message = format!("this looks like {table}, and so does {}, which is in the draft", kept.path);
    Diagnostic::input(Place::file(&file.path), message)
        .hint("name only one file for each table, or name the file like its table")
        .into()
}

/// The tables that a file holds: one, or those of the sheets of a workbook whose headers are known.
fn look(
    path: &Path,
    program: Option<&Path>,
    known: &mapping::Known,
    problems: &mut Diagnostics,
) -> Vec<Seen> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let shown = path.display().to_string();
    let samples = sample::take(path, program, known);
    let (sheets, before) = (samples.len(), problems.len());
    let weigh = |mut sample: Sample, called: &str| {
        let placed = |problem| Diagnostic { place: Place::line(&shown, 1, 1), ..problem };
        let mapping = mapping::find(called, &sample.header, known).map_err(placed)?;
        let codes = mapping.of(|kind| matches!(kind, Kind::Code(_)));
        sample.read_columns(path, program, codes.into_iter().map(|(_, at)| at).collect())?;
        let mut evidence = evidence::weigh(&sample, &mapping);
        evidence::words(&sample, &mapping, known, &mut evidence);
        Ok(Seen { name: name.clone(), path: shown.clone(), sample, mapping, evidence })
    };
    let (mut seen, mut others) = (Vec::new(), Vec::new());
    for sample in samples {
        let looked = sample.and_then(|sample| {
            let called = sample.sheet.clone().unwrap_or_else(|| name.clone());
            if sheets > 1 && mapping::find(&called, &sample.header, known).is_err() {
                others.push(sample);
                return Ok(None);
            }
            weigh(sample, &called).map(Some)
        });
        match looked {
            Ok(found) => seen.extend(found),
            Err(found) => problems.extend(found),
        }
    }
    // Notes beside a table are no matter; where no sheet is known, the name of the file may still say it.
    others.sort_by_key(|sample| known.recognised(&sample.header));
    if seen.is_empty()
        && problems.len() == before
        && let Some(Ok(file)) =
            others.pop().filter(|_| mapping::names_a_table(&name)).map(|best| weigh(best, &name))
    {
        seen.push(file);
    }
    if seen.is_empty() && problems.len() == before {
        let message =
            format!("none of its {sheets} sheets begins with the header of a table of the contract");
        problems.push(Diagnostic::input(Place::file(&shown), message).hint(
            "call the sheet like its table, such as results, or write `file` and `sheet` of the table in the \
                 pipeline by hand",
        ));
    }
    seen
}

/// What one file leaves open the others may settle: they come from the same system.
fn settle(seen: &mut [Seen]) {
    for at in 0..seen.len() {
        for unsettled in std::mem::take(&mut seen[at].evidence.unsettled) {
            let all = seen.iter().map(|file| &file.evidence).collect::<Vec<_>>();
            let settled = evidence::is_settled(&unsettled, &all);
            let evidence = &mut seen[at].evidence;
            if settled {
                evidence.notes.push(format!("{}; the other files settle it", unsettled.message));
                if unsettled.by_decimal.is_some() {
                    evidence.thousands = unsettled.by_decimal.map(|mark| if mark == ',' { '.' } else { ',' });
                }
            } else {
                let about = if unsettled.by_decimal.is_some() { About::Decimals } else { About::Dates };
                evidence.open.push(Open { about, message: unsettled.message, hint: unsettled.hint });
            }
        }
    }
}
