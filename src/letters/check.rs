//! Every kind rendered and set for every outcome that can cause it, and its wording checked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::context::BuildError;
use super::law::LetterLaw;
use super::lint;
use super::press::{self, Press, Sheet, Unprinted};
use super::specimens;
use super::templates::{Templates, file_of};
use crate::base::Cutoffs;
use crate::contract::codes::Language;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};

/// What was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    pub kinds: usize,
    pub letters: usize,
}

/// Each fault is told once, with the template and the first outcome that shows it.
pub fn check(
    templates: &Templates,
    press: &Press,
    law: &LetterLaw,
    cutoffs: &Cutoffs,
) -> Result<Checked, Diagnostics> {
    let mut problems = Diagnostics::default();
    let mut told = BTreeSet::new();
    let mut tell = |file: String, message: String, outcome: &str| {
        if told.insert((file.clone(), message.clone())) {
            let place = Place::file(Path::new(templates.folder()).join(file).display().to_string());
            problems.push(Diagnostic::setup(place, format!("the letter {message} ({outcome})")));
        }
    };
    let (mut kinds, mut letters) = (BTreeSet::new(), 0);
    let mut shapes: BTreeMap<(&'static str, String), Vec<&'static str>> = BTreeMap::new();
    for language in Language::ALL {
        let all = specimens::all(law, cutoffs, *language).map_err(unbuilt)?;
        for specimen in all {
            let file = file_of(specimen.kind, language.code());
            letters += 1;
            kinds.insert(specimen.kind);
            let wording = match templates.render(&specimen.letter) {
                Ok(wording) => wording,
                Err(problem) => {
                    let told_of = problem.to_string();
                    tell(file, format!("cannot be written: {told_of}"), &specimen.outcome);
                    continue;
                }
            };
            for fault in lint::faults(&specimen.letter, &wording, specimen.is_draft) {
                tell(file.clone(), fault, &specimen.outcome);
            }
            let shape = lint::shape(&wording);
            let key = (specimen.kind, specimen.outcome.clone());
            match shapes.get(&key) {
                None => {
                    shapes.insert(key, shape);
                }
                Some(other) if *other != shape => {
                    let message = "has not the same parts as in the other language".to_owned();
                    tell(file, message, &specimen.outcome);
                }
                Some(_) => {}
            }
        }
    }
    problems.into_result(())?;
    set(templates, press, law, cutoffs)?;
    Ok(Checked { kinds: kinds.len(), letters })
}

/// Sets every letter as a page: only when the wording of all is in order, for it takes longest.
fn set(templates: &Templates, press: &Press, law: &LetterLaw, cutoffs: &Cutoffs) -> Result<(), Diagnostics> {
    let mut problems = Diagnostics::default();
    for language in Language::ALL {
        for specimen in specimens::all(law, cutoffs, *language).map_err(unbuilt)? {
            let wording = templates.render(&specimen.letter)?;
            let message = match press.print(&wording, &Sheet::of(&specimen.letter, cutoffs.inspection_date)) {
                Ok(_) => None,
                Err(Unprinted::Character(reason)) => Some(reason),
                Err(Unprinted::Fault(problem)) => Some(problem.message),
            };
            press::forget();
            if let Some(message) = message {
                let file = Path::new(templates.folder()).join(file_of(specimen.kind, language.code()));
                let message = format!("the letter cannot be printed: {message} ({})", specimen.outcome);
                problems.push(Diagnostic::setup(Place::file(file.display().to_string()), message));
            }
        }
    }
    problems.into_result(())
}

fn unbuilt(error: BuildError) -> Diagnostic {
    Diagnostic::output(Place::file("specimens of the letters"), error.to_string())
}
