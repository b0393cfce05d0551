//! `klip check`: pipeline, law, letters and headers, without evaluating anything.

use std::path::Path;

use super::args::Check;
use super::{Exit, run, terminal};
use crate::base::counted;
use crate::diagnostics::Diagnostics;
use crate::ingest;
use crate::law::{CurriculumBook, Law, LawBook};
use crate::letters::{self, LetterLaw, Press, Templates};
use crate::pipeline::Pipeline;

/// Every problem of every part at once; of the pipeline file alone while that cannot be read, for it says where
/// the others are.
pub fn check(args: &Check) -> Result<Exit, Diagnostics> {
    let pipeline = Pipeline::load(&args.pipeline, &run::overrides(&args.overrides))?;
    let mut problems = Diagnostics::default();
    let law =
        LawBook::load(&pipeline.law).and_then(|book| Law::in_force(book, pipeline.cutoffs.inspection_date));
    let law = law.map_err(|found| problems.extend(found)).ok();
    let mut letter_law = None;
    if let Some(law) = &law {
        letter_law = letters::law_in_force(law).map_err(|found| problems.extend(found)).ok();
    }
    let doubts = ingest::check(&pipeline).map_err(|found| problems.extend(found)).unwrap_or_default();
    run::previous_run(&pipeline).map_err(|found| problems.extend(found)).ok();
    let curricula = CurriculumBook::load(&pipeline.curricula);
    let curricula = curricula.map_err(|found| problems.extend(found)).unwrap_or_default();
    let templates = Templates::load(&pipeline.letters).map_err(|found| problems.extend(found)).ok();
    if let (Some(templates), Some(law)) = (templates, &letter_law) {
        let checked = letters::check::check(&templates, &Press::new()?, law, &pipeline.cutoffs);
        checked.map_err(|found| problems.extend(found)).ok();
    }
    problems.into_result(())?;
    if let Some(law) = &law {
        let (programmes, catalogue) = ingest::programmes_and_courses(&pipeline, &law.result_codes)?;
        for found in curricula.bind(&programmes, &catalogue).1.iter() {
            terminal::print(&format!("note: {}: {}", found.place, found.message));
        }
        let today = pipeline.cutoffs.inspection_date;
        let mut stale: Vec<String> = law.book.past_review(today).into_iter().map(str::to_owned).collect();
        stale.extend(curricula.past_review(today));
        if !stale.is_empty() {
            terminal::print(&format!(
                "note: {} review date on {today}; check against the source: {}",
                counted(stale.len(), "part of the law is past its", "parts of the law are past their"),
                stale.join(", ")
            ));
        }
        for doubt in &doubts {
            terminal::print(&format!("note: {doubt}"));
        }
        let and_headers = if doubts.is_empty() {
            " and headers are in order"
        } else {
            " are in order; of headers and files see the notes"
        };
        if let Some(letter_law) = &letter_law {
            terminal::print(&senders(letter_law, &pipeline.law));
        }
        terminal::print(&format!(
            "{}: pipeline, {} law parameters, {}, letters{and_headers}",
            pipeline.path.display(),
            law.book.parameters.len(),
            counted(curricula.len(), "curriculum", "curricula")
        ));
    }
    Ok(Exit::Done)
}

/// In whose name letters go out: who has not written it yet sends them in another one's.
fn senders(law: &LetterLaw, folder: &Path) -> String {
    let LetterLaw { university, su_office, study_office, .. } = law;
    format!(
        "letters go out in the name of {}: {} ({}), {} ({}); if that is not you, write your own in {}",
        university.da,
        su_office.name.da,
        su_office.email,
        study_office.name.da,
        study_office.email,
        folder.join("letters.toml").display()
    )
}
