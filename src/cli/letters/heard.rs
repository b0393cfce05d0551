//! `--heard FOLDER`: the rounds of letters in which students were heard.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::super::letter_files;
use super::earlier::Earlier;
use crate::base::Day;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::law::{Law, LawBook};
use crate::letters::hearings::{Hearings, Round};
use crate::letters::worklist::Decided;
use crate::letters::{self, Draft};
use crate::output::{PreviousRecord, RunRecord};
use crate::verdicts::{DraftKind, Paper};

/// What was given with `--heard`, and how the record of this round names it.
pub struct Given {
    pub hearings: Hearings,
    pub records: Vec<PreviousRecord>,
}

pub fn read(folders: &[PathBuf], earlier: &[Earlier], book: &LawBook) -> Result<Given, Diagnostics> {
    let mut given = Given { hearings: Hearings::default(), records: Vec::new() };
    for folder in folders {
        let (record, heard) = RunRecord::read_as_input(folder)?;
        given.hearings.given.push(round(heard.inspection_date, letter_files::papers(&record), book)?);
        given.records.push(heard);
    }
    for Earlier { on, papers, .. } in earlier {
        given.hearings.beside.push(round(*on, papers.clone(), book)?);
    }
    Ok(given)
}

/// The deadline of its letters is that of the law on their date.
fn round(on: Day, written: BTreeSet<String>, book: &LawBook) -> Result<Round, Diagnostics> {
    let law = letters::law_in_force(&Law::in_force(book.clone(), on)?)?;
    Ok(Round { on, answer_by: on.plus_days(law.response_days), answer_time: law.response_time, written })
}

/// The drafts that were approved; a decision on a student who was not heard is refused.
pub fn drafts<'w>(
    file: &str,
    decided: &Decided<'w>,
    hearings: &'w Hearings,
    inspection: Day,
) -> Result<Vec<Draft<'w>>, Diagnostics> {
    let mut problems = Diagnostics::default();
    let mut drafts = Vec::new();
    for approval in &decided.approved {
        match Draft::approved(*approval, hearings, inspection) {
            Ok(draft) => drafts.extend(draft),
            Err(unheard) => {
                let enrolment = &approval.entry().who.enrolment.enrolment_id;
                let decision = Paper::Draft(DraftKind::StartCheckDecision).code();
                let message = format!("enrolment {enrolment}: {decision} is approved, but {unheard}");
                problems.push(Diagnostic::input(Place::file(file), message).hint(HOW));
            }
        }
    }
    problems.into_result(drafts)
}

const HOW: &str = "first write and send start_check_hearing; when its deadline is over, run the inspection again with a \
                   later --inspection-date, and approve the decision in the worklist of that run, with --heard FOLDER, \
                   the folder in which the hearing was written";
