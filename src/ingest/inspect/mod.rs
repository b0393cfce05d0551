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

use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use evidence::Evidence;
use mapping::Mapping;
use sample::Sample;

/// A draft for the pipeline file and what a person must decide in it.
pub struct Proposal {
    pub toml: String,
    pub open: Diagnostics,
}

/// One file that was looked at.
struct Seen {
    name: String,
    path: String,
    sample: Sample,
    mapping: Mapping,
    evidence: Evidence,
}

/// Looks at files; `program` reads workbooks and Parquet in a process of its own.
pub fn propose(files: &[PathBuf], program: Option<&Path>) -> Result<Proposal, Diagnostics> {
    let known = mapping::Known::load()?;
    let (mut seen, mut problems, mut open) = (Vec::new(), Diagnostics::default(), Diagnostics::default());
    for path in files {
        match look(path, program, &known) {
            Ok(file) => seen.push(file),
            Err(others) => problems.extend(others),
        }
    }
    for (at, file) in seen.iter().enumerate() {
        if let Some(other) = seen[..at].iter().find(|other| other.mapping.table == file.mapping.table) {
            let message =
                format!("{} looks like {}, and so does {}", file.name, file.mapping.table, other.name);
            problems.push(
                Diagnostic::input(Place::file(&file.name), message)
                    .hint("name only one file for each table, or name the file like its table"),
            );
        }
    }
    settle(&mut seen);
    for file in &seen {
        for (message, hint) in file.sample.open.iter().chain(&file.mapping.open).chain(&file.evidence.open) {
            open.push(Diagnostic::input(Place::file(&file.path), message).hint(hint));
        }
    }
    let mut proposal =
        problems.into_result(Proposal { toml: String::new(), open: Diagnostics::default() })?;
    proposal.toml = draft::write(&seen, &mut open);
    proposal.open = open.sorted();
    Ok(proposal)
}

fn look(path: &Path, program: Option<&Path>, known: &mapping::Known) -> Result<Seen, Diagnostics> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let sample = sample::take(path, program, known)?;
    let mapping = mapping::find(&name, &sample.header, known)
        .map_err(|problem| Diagnostic { place: Place::line(path.display().to_string(), 1, 1), ..problem })?;
    let mut evidence = evidence::weigh(&sample, &mapping);
    let (words, mut unknown) = evidence::words(&sample, &mapping, known);
    evidence.words = words;
    evidence.notes.append(&mut unknown);
    Ok(Seen { name, path: path.display().to_string(), sample, mapping, evidence })
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
                evidence.open.push((unsettled.message, unsettled.hint));
            }
        }
    }
}
