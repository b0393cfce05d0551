//! `klip check`: pipeline, law, letters and headers, without evaluating anything.

use super::args::Check;
use super::{Exit, run, terminal};
use crate::diagnostics::Diagnostics;
use crate::ingest;
use crate::law::{Law, LawBook};
use crate::letters::{self, Templates};
use crate::pipeline::Pipeline;

/// Every problem of every part at once.
pub fn check(args: &Check) -> Result<Exit, Diagnostics> {
    let pipeline = Pipeline::load(&args.pipeline, &run::overrides(&args.overrides))?;
    let mut problems = Diagnostics::default();
    let law = LawBook::load(&pipeline.law).and_then(|book| Law::in_force(book, pipeline.inspection_date));
    let law = law.map_err(|found| problems.extend(found)).ok();
    if let Some(law) = &law {
        letters::law_in_force(law).map_err(|found| problems.extend(found)).ok();
        problems.extend(ingest::check(&pipeline, &law.result_codes));
    }
    run::previous_run(&pipeline).map_err(|found| problems.extend(found)).ok();
    Templates::load(&pipeline.letters).map_err(|found| problems.extend(found)).ok();
    problems.into_result(())?;
    if let Some(law) = &law {
        let today = pipeline.inspection_date;
        let stale = law.book.past_review(today);
        if !stale.is_empty() {
            terminal::print(&format!(
                "note: {} law parameters are past their review date on {today}; check them against their source: {}",
                stale.len(),
                stale.join(", ")
            ));
        }
        terminal::print(&format!(
            "{}: pipeline, {} law parameters, letters and headers are in order",
            pipeline.path.display(),
            law.book.parameters.len()
        ));
    }
    Ok(Exit::Done)
}
