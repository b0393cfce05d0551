//! The portions left, with every line that SU107 reckons with.

use serde::Serialize;

use super::context::{BuildError, Facts, Perhaps};
use super::figures::{agree, known};
use super::forms;
use super::law::FrameReduction;
use crate::contract::codes::Language;
use crate::law::Parameters;
use crate::verdicts::InspectionRow;

#[derive(Clone, Debug, Serialize)]
pub struct PortionFigures {
    pub left: String,
    pub some_left: Perhaps<bool>,
    pub none_left: Perhaps<bool>,
    pub warning_level: String,
    /// What the programme gives.
    pub prescribed: String,
    pub extension: String,
    /// Taken by credit that shortens the studies.
    pub credit: String,
    pub granted_here: String,
    pub used_here: String,
    /// What the law gives for all higher education together.
    pub frame: String,
    /// Added to the frame, when something is.
    pub supplement: Perhaps<String>,
    pub granted_in_all: String,
    pub used_in_all: String,
    /// May be below zero.
    pub left_of_programme: String,
    /// May be below zero.
    pub left_of_frame: String,
    /// When the frame was larger before.
    pub reduced: Perhaps<ReducedFrame>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ReducedFrame {
    /// Programmes begun on that day or later.
    pub begun_from: String,
    /// The first month with the smaller frame.
    pub since: String,
    pub frame: String,
    /// When there is no support extension either.
    pub no_extension: Perhaps<bool>,
}

pub(super) fn portions(
    row: &InspectionRow,
    facts: &Facts<'_>,
    law: &Parameters,
    reduction: Option<FrameReduction>,
    language: Language,
) -> Result<PortionFigures, BuildError> {
    let left = known(row.portions_left, "portions_left")?;
    agree(left <= law.portions_left_warning, "portions_left")?;
    let sum = known(facts.particulars.and_then(|particulars| particulars.portions), "portions")?;
    agree(sum.left() == left, "portions")?;
    let no_extension = !law.support_extension_applies.on_or_first(row.inspection_date);
    agree(!no_extension || sum.extension == 0, "extension")?;
    let reduced = reduction.map(|reduction| ReducedFrame {
        begun_from: forms::date(reduction.begun_from, language),
        since: forms::month(reduction.since.month(), language),
        frame: sum.frame.to_string(),
        no_extension: Perhaps(no_extension.then_some(true)),
    });
    Ok(PortionFigures {
        left: left.to_string(),
        some_left: Perhaps((left > 0).then_some(true)),
        none_left: Perhaps((left == 0).then_some(true)),
        warning_level: law.portions_left_warning.to_string(),
        prescribed: sum.prescribed.to_string(),
        extension: sum.extension.to_string(),
        credit: sum.credit.to_string(),
        granted_here: sum.granted_here.to_string(),
        used_here: sum.used_here.to_string(),
        frame: sum.frame.to_string(),
        supplement: Perhaps((sum.supplement > 0).then(|| sum.supplement.to_string())),
        granted_in_all: sum.granted_in_all.to_string(),
        used_in_all: sum.used_in_all.to_string(),
        left_of_programme: forms::whole(sum.left_of_programme()),
        left_of_frame: forms::whole(sum.left_of_frame()),
        reduced: Perhaps(reduced),
    })
}
