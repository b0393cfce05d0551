//! `klip letters check`: every kind, in both languages, for every outcome that can cause it.

use std::path::Path;

use super::super::args::DateOverrides;
use super::super::{Exit, run, terminal};
use crate::diagnostics::Diagnostics;
use crate::law::{Law, LawBook};
use crate::letters::{self, Press, Templates, check};
use crate::pipeline::Pipeline;

pub fn check(pipeline: &Path, dates: &DateOverrides) -> Result<Exit, Diagnostics> {
    let pipeline = Pipeline::load(pipeline, &run::dates(dates))?;
    let law = Law::in_force(LawBook::load(&pipeline.law)?, pipeline.cutoffs.inspection_date)?;
    let letter_law = letters::law_in_force(&law)?;
    let templates = Templates::load(&pipeline.letters)?;
    let checked = check::check(&templates, &Press::new()?, &letter_law, &pipeline.cutoffs)?;
    terminal::print(&format!(
        "{}: {} kinds in both languages, {} letters and drafts for as many outcomes, are in order",
        pipeline.letters.display(),
        checked.kinds,
        checked.letters
    ));
    Ok(Exit::Done)
}
