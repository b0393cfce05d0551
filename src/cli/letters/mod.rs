//! `klip letters`: the wording checked, one letter previewed, and the letters that a worklist approves.

mod approved;
mod check;
mod earlier;
mod heard;
mod preview;

use std::path::{Path, PathBuf};

use super::Exit;
use super::args::{Letters, LettersCommand};
use super::reread::{Reread, reread};
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::engine;
use crate::letters::{self, LetterLaw};
use crate::verdicts::Inspection;

pub fn letters(args: &Letters) -> Result<Exit, Diagnostics> {
    match &args.command {
        Some(LettersCommand::Check { pipeline, dates }) => check::check(pipeline, dates),
        Some(LettersCommand::Preview { run, id, letter, output }) => {
            preview::preview(run, id, *letter, output.as_deref())
        }
        None => {
            // The parser has seen to it that both are there.
            let (Some(run), Some(worklist)) = (&args.run, &args.worklist) else { return Ok(Exit::Setup) };
            approved::write(run, worklist, args)
        }
    }
}

/// A run read again and inspected again, as it was.
struct Inspected {
    reread: Reread,
    inspection: Inspection,
    law: LetterLaw,
}

fn inspect(run: &Path) -> Result<Inspected, Diagnostics> {
    let reread = reread(run)?;
    if reread.record.pseudonyms.is_some() {
        let place = Place::file(run.display().to_string());
        return Err(Diagnostic::setup(place, "this run is under pseudonyms, and letters bear names")
            .hint("letters come from the run of the same exports without --pseudonymise")
            .into());
    }
    let law = letters::law_in_force(&reread.law)?;
    let cutoffs = reread.pipeline.cutoffs;
    let inspection = engine::inspect(&reread.ingested.exports, &reread.law, cutoffs, &|_| ());
    Ok(Inspected { reread, inspection, law })
}

/// Where a run stands.
struct Home {
    /// The folder that holds it, as it was named.
    as_written: PathBuf,
    /// The folder that holds it, where the name is a link to it.
    whole: PathBuf,
    /// The run's name in it.
    run_name: String,
}

fn home_of(run: &Path) -> Result<Home, Diagnostics> {
    let unusable = |message: String| {
        Diagnostic::input(Place::file(run.display().to_string()), message)
            .hint("give the folder of a run, such as runs/inspection_date=2027-03-15")
    };
    let whole =
        run.canonicalize().map_err(|error| unusable(format!("this folder cannot be used: {error}")))?;
    match (whole.parent(), whole.file_name().and_then(|name| name.to_str())) {
        (Some(home), Some(name)) => {
            let as_written = run.parent().filter(|written| !written.as_os_str().is_empty());
            Ok(Home {
                as_written: as_written.unwrap_or(home).to_path_buf(),
                whole: home.to_path_buf(),
                run_name: name.to_owned(),
            })
        }
        _ => Err(unusable("this is not the folder of a run".to_owned()).into()),
    }
}
