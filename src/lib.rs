//! klippekort: the semester inspections of a Danish SU office, from exports to verdicts, tables
//! and letters.
//!
//! # The house
//!
//! Exports come in at the bottom, become clean sorted rows, are cut into one small view per
//! enrolment; every rule is a pure function of that view and the law of its date; what the rules
//! say is written as Parquet, letters and a run record. Imports point downward only; what a room
//! imports that its imports import too is left out:
//!
//! ```text
//! cli ────────► every room but bucket
//! bucket ─────► engine, output, ingest
//! previous ───► output, ingest
//! letters ────► output, ingest          (tera, typst)
//! output ─────► rules                   (arrow, parquet)
//! engine ─────► rules
//! rules ──────► law
//! law ────────► student, diagnostics
//! ingest ─────► student, generate       (whose headers are those that it proposes)
//! generate ───► pipeline
//! pipeline ───► verdicts, diagnostics
//! student ────► verdicts
//! verdicts ───► contract
//! contract ───► base
//! ```
//!
//! * [`base`]: exact words: days, months, ECTS, CPR.
//! * [`contract`]: the tables that come in, column by column, and their codes.
//! * [`diagnostics`]: one shape for every problem, with its place.
//! * [`pipeline`]: the pipeline file: which exports, in which dialect, as of which day.
//! * [`ingest`]: the gate: files become clean rows in order, and rows that do not fit become rejects.
//! * [`student`]: the clean rows and the view of one enrolment.
//! * [`law`]: every number, date and code list of the law, dated and cited; curricula of programmes.
//! * [`rules`]: one file per rule, with its page beside it.
//! * [`engine`]: every rule on every enrolment, in parallel; and the explanation of one.
//! * [`bucket`]: the same for rows that are in memory, from record batches to record batches.
//! * [`previous`]: an earlier run: its verdicts, and whether the exports shrank since.
//! * [`verdicts`]: the rows that go out, as plain values.
//! * [`output`]: Parquet tables, the audits that block publication, one rename.
//! * [`letters`]: from a robust verdict to a letter in Danish or English, and the caseworker's list.
//! * [`generate`]: invented exports of every table.
//! * [`cli`]: the commands; the only room with a terminal.

pub mod base;
pub mod bucket;
pub mod cli;
pub mod contract;
pub mod diagnostics;
pub mod engine;
pub mod generate;
pub mod ingest;
pub mod law;
pub mod letters;
pub mod output;
pub mod pipeline;
pub mod previous;
pub mod rules;
pub mod student;
pub mod verdicts;
