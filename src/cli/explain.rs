//! `klip explain`: how the verdicts on one student came about.

use serde_json::Value;

use super::args::Explain;
use super::explanation_text::{self, Files};
use super::reread::{Reread, nobody, reread};
use super::{Exit, rule, run, terminal};
use crate::diagnostics::Diagnostics;
use crate::engine::explain;
use crate::rules;

/// Reads the same exports again under the same dates and law, and re-runs the one student.
pub fn explain(args: &Explain) -> Result<Exit, Diagnostics> {
    if let Some(code) = &args.rule
        && rules::rule(code).is_none()
    {
        return Err(rule::unknown(code).into());
    }
    let Reread { pipeline, law, ingested, .. } = reread(&args.run)?;

    let exports = &ingested.exports;
    let found = explain::find(exports, &args.id);
    if found.is_empty() {
        return Err(nobody(&args.run).into());
    }
    let files: Files = ingested.files.iter().map(|file| (file.table, file.path.clone())).collect();
    let explained = found.into_iter().map(|index| {
        let explanation =
            explain::explain(exports, &law, run::cutoffs(&pipeline), index, args.rule.as_deref());
        (&exports.enrolments[index], explanation)
    });
    if args.json {
        let all: Vec<Value> =
            explained.map(|(enrolment, one)| explanation_text::as_json(enrolment, &one, &files)).collect();
        terminal::print(&format!("{:#}", Value::from(all)));
    } else {
        let all: Vec<String> =
            explained.map(|(enrolment, one)| explanation_text::as_text(enrolment, &one, &files)).collect();
        terminal::print(all.join("\n").trim_end());
    }
    Ok(Exit::Done)
}
