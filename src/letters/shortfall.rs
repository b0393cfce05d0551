//! What stands beside the figures of a hearing on study progress: what was not counted, and the ways out.

use serde::Serialize;

use super::context::{BuildError, Facts, Perhaps};
use super::figures::known;
use super::forms;
use super::law::LetterLaw;
use crate::contract::codes::Language;
use crate::student::exports::{Claim, Programme};
use crate::verdicts::{InspectionRow, Pass};

#[derive(Clone, Debug, Serialize)]
pub struct Shortfall {
    /// The passes that another one of their group stands for, when there are any.
    pub not_counted: Perhaps<Vec<PassNotCounted>>,
    /// When the requirement can be met by passing more.
    pub within_programme: Perhaps<bool>,
    /// The ECTS of the programme, when the requirement is above them.
    pub above_programme: Perhaps<String>,
    /// Applications for extra portions that can still be awaiting a decision: no grant answers them, and the
    /// time in which one is made is not over.
    pub applications: Vec<Application>,
    /// When there are none: the whole way to apply.
    pub may_apply: Perhaps<bool>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Application {
    pub claim_id: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct PassNotCounted {
    #[serde(flatten)]
    pub pass: PassShown,
    /// The course that counts in its place.
    pub counted_code: String,
    pub counted_title: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct PassShown {
    pub code: String,
    /// Empty when the catalogue has no title for it.
    pub title: String,
    pub date: String,
    pub ects: String,
}

impl PassShown {
    pub(super) fn of(pass: &Pass, language: Language) -> PassShown {
        PassShown {
            code: pass.course.code.to_string(),
            title: pass.course.title.clone(),
            date: forms::date(pass.assessed_on, language),
            ects: forms::ects(pass.ects, language),
        }
    }
}

pub(super) fn shortfall(
    row: &InspectionRow,
    programme: &Programme,
    facts: &Facts<'_>,
    law: &LetterLaw,
    language: Language,
) -> Result<Shortfall, BuildError> {
    let required = known(row.ects_required, "ects_required")?;
    let others = facts.particulars.and_then(|particulars| particulars.not_counted.as_deref());
    let others = known(others, "not_counted")?.iter().map(|other| PassNotCounted {
        pass: PassShown::of(&other.pass, language),
        counted_code: other.counted.code.to_string(),
        counted_title: other.counted.title.clone(),
    });
    let others: Vec<PassNotCounted> = others.collect();
    let above = required > programme.ects;
    let decided_by = |claim: &Claim| claim.form_completed_on.plus_days(7 * law.processing_weeks);
    let waiting = facts.undecided.iter().filter(|claim| row.inspection_date <= decided_by(claim));
    let applications = waiting.map(|claim| Application { claim_id: claim.claim_id.clone() });
    let applications: Vec<Application> = applications.collect();
    Ok(Shortfall {
        not_counted: Perhaps((!others.is_empty()).then_some(others)),
        within_programme: Perhaps((!above).then_some(true)),
        above_programme: Perhaps(above.then(|| forms::ects(programme.ects, language))),
        may_apply: Perhaps(applications.is_empty().then_some(true)),
        applications,
    })
}
