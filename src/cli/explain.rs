//! `klip explain`: how the verdicts on one student came about.

use serde_json::Value;

use super::args::Explain;
use super::explanation_json;
use super::explanation_text::{self, Asked};
use super::reread::{Reread, nobody, reread};
use super::{Exit, rule, terminal};
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::engine::explain;
use crate::output::{PseudonymKey, RunRecord};
use crate::rules;

/// Reads the same exports again under the same dates and law, and re-runs the one student.
pub fn explain(args: &Explain) -> Result<Exit, Diagnostics> {
    if let Some(code) = &args.rule
        && rules::rule(code).is_none()
    {
        return Err(rule::unknown(code).into());
    }
    let record = RunRecord::read(&args.run)?;
    let key = key(args, &record)?;
    let Reread { pipeline, law, ingested, .. } = reread(&args.run)?;

    let exports = &ingested.exports;
    let revealed = key.as_ref().and_then(|key| key.reveal(exports, &args.id));
    let found = explain::find(exports, revealed.unwrap_or(&args.id));
    if found.is_empty() {
        return Err(nobody(&args.run).into());
    }
    let asked = Asked {
        exports,
        files: &ingested.files,
        cutoffs: pipeline.cutoffs,
        rule: args.rule.as_deref(),
        rejected: &ingested.rejected,
    };
    let explained = found
        .into_iter()
        .map(|index| (index, explain::explain(exports, &law, pipeline.cutoffs, index, args.rule.as_deref())));
    if args.json {
        let all: Vec<Value> =
            explained.map(|(index, one)| explanation_json::as_json(&asked, index, &one)).collect();
        terminal::print(&format!("{:#}", Value::from(all)));
    } else {
        let all: Vec<String> =
            explained.map(|(index, one)| explanation_text::as_text(&asked, index, &one)).collect();
        terminal::print(all.join("\n").trim_end());
    }
    Ok(Exit::Done)
}

/// A run under pseudonyms is explained to who has its key, and in the exports' own identifiers: the
/// explanation leads to their cells.
fn key(args: &Explain, record: &RunRecord) -> Result<Option<PseudonymKey>, Diagnostics> {
    let refused = |message: &str| {
        let place = Place::file(args.run.display().to_string());
        let hint = "add --pseudonymise KEYFILE with the key of this run, or explain the caseworkers' run";
        Err(Diagnostic::setup(place, message).hint(hint).into())
    };
    let key = args.pseudonymise.as_deref().map(|path| PseudonymKey::read(path, &args.run)).transpose()?;
    match (&record.pseudonyms, &key) {
        (Some(_), None) => refused("the tables of this run carry pseudonyms"),
        (Some(used), Some(key)) if used.key_id != key.id() => refused("this is not the key of this run"),
        _ => Ok(key),
    }
}
