//! `klip run --pseudonymise KEYFILE`: the same inspection for a recipient who may not know whom it
//! is about.
//!
//! A run of its own beside the caseworkers', in a folder per key: analysts' tables and a record
//! only. Letters, the mail-merge file and the rejected rows name people or repeat cells of the
//! exports, and one folder with both would give the pseudonyms away.

use super::summary::Published;
use crate::diagnostics::Diagnostics;
use crate::output::{self, PseudonymKey, RunRecord, Stage, TableMetadata};
use crate::pipeline::Pipeline;
use crate::student::exports::Exports;
use crate::verdicts::Inspection;

/// Publishes into `OUTPUT/pseudonymised=KEY_ID/inspection_date=DATE`; the record says so.
pub fn publish(
    key: &PseudonymKey,
    pipeline: &Pipeline,
    exports: &Exports,
    inspection: &Inspection,
    metadata: &TableMetadata,
    record: &mut RunRecord,
) -> Result<Published, Diagnostics> {
    let inspection = key.pseudonymise(inspection.clone(), exports);
    let audited = output::audit(&inspection, exports.enrolments.len())?;
    record.pseudonyms = Some(key.record());
    record.letters.clear();
    let folder = pipeline.output.join(format!("pseudonymised={}", key.id()));
    output::require_room(&folder, output::estimate(&inspection, 0, 0))?;
    let stage = Stage::begin(&folder, &format!("inspection_date={}", pipeline.inspection_date))?;
    output::tables_under_pseudonyms(&stage, audited, metadata)?;
    let seal = record.clone().write(&stage)?.seal;
    Ok(Published { folder: stage.publish()?, seal })
}
