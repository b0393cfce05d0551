//! One bucket of enrolments from record batches to record batches.
//!
//! What `klip run` does with files, for a caller that has the rows in memory already: an engine that
//! spreads the register over many machines hands each of them whole students and gets the rows of the
//! tables back. There is no state between calls, and the rows of an enrolment do not depend on which
//! others came with it.

use arrow::record_batch::RecordBatch;

use crate::contract::Table;
use crate::diagnostics::Diagnostics;
use crate::engine;
use crate::ingest;
use crate::law::Law;
use crate::output::{self, Batches};
use crate::pipeline::Pipeline;
use crate::verdicts::Inspection;

/// Inspects the enrolments of one bucket.
///
/// `tables` holds at least the register, the programmes, the courses, the results and the payments,
/// each as one batch under the names of [`crate::contract`], in any order of rows and columns, as texts
/// or as the types of the contract; an optional table that is left out is absent, as a missing file is.
/// A student's enrolments must come together, with every row of each; that one person has two student
/// ids is seen only where both come. Of the pipeline its limits,
/// dates, words and declared empty tables are used, not its files.
///
/// Gives name and rows of the tables that have rows per enrolment, as a run writes them, sorted by
/// their keys. Errors are those of a run: rows beyond the limits, or a table that cannot be read.
pub fn inspect(
    tables: Vec<(Table, RecordBatch)>,
    pipeline: &Pipeline,
    law: &Law,
) -> Result<Vec<(&'static str, RecordBatch)>, Diagnostics> {
    let ingested = ingest::read_batches(tables, pipeline, &law.result_codes)?;
    let exports = &ingested.exports;
    let mut inspection = Inspection::default();
    for bucket in 0..ingested.bulk.buckets() {
        let bulk = ingested.bulk.bulk(bucket, &exports.catalogue)?;
        inspection.append(engine::inspect_bucket(exports, &bulk, law, pipeline.cutoffs));
    }
    inspection.sort_claims();
    let audited = output::audit(&inspection, exports.enrolments.len())?;
    Batches::of_all(audited)
}
