//! `--heard FOLDER`: the rounds of letters in which students were heard.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::earlier::Earlier;
use crate::base::{Day, sha256_hex};
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::law::{Law, LawBook};
use crate::letters::hearings::{Hearings, Round};
use crate::letters::worklist::Decided;
use crate::letters::{self, Draft};
use crate::output::{PreviousRecord, RUN_RECORD, RunRecord};
use crate::verdicts::{DraftKind, Paper};

/// What was given with `--heard`, and how the record of this round names it.
pub struct Given {
    pub hearings: Hearings,
    pub records: Vec<PreviousRecord>,
}

pub fn read(folders: &[PathBuf], earlier: &[Earlier], book: &LawBook) -> Result<Given, Diagnostics> {
    let mut given = Given { hearings: Hearings::default(), records: Vec::new() };
    for folder in folders {
        let (round, record) = given_round(folder, book)?;
        given.hearings.given.push(round);
        given.records.push(record);
    }
    for Earlier { on, written, .. } in earlier {
        given.hearings.beside.push(round(*on, written.clone(), book)?);
    }
    Ok(given)
}

/// The deadline of its letters is that of the law on their date.
fn round(on: Day, written: BTreeSet<String>, book: &LawBook) -> Result<Round, Diagnostics> {
    let law = letters::law_in_force(&Law::in_force(book.clone(), on)?)?;
    Ok(Round { on, answer_by: on.plus_days(law.response_days), answer_time: law.response_time, written })
}

fn given_round(folder: &Path, book: &LawBook) -> Result<(Round, PreviousRecord), Diagnostics> {
    let record = RunRecord::read(folder)?;
    let path = folder.join(RUN_RECORD);
    let unreadable = |what: &str| {
        Diagnostic::input(Place::file(path.display().to_string()), format!("{what} is not readable"))
    };
    let bytes = fs::read(&path).map_err(|error| unreadable(&error.to_string()))?;
    let inspection_date = record.dates.inspection_date;
    let on = Day::parse_iso(&inspection_date).ok_or_else(|| unreadable("inspection_date"))?;
    let round = round(on, record.outputs.into_iter().map(|output| output.path).collect(), book)?;
    let record =
        PreviousRecord { path: folder.display().to_string(), sha256: sha256_hex(&bytes), inspection_date };
    Ok((round, record))
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
                let enrolment = &approval.entry().enrolment.enrolment_id;
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
