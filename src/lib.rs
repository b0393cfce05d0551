//! klippekort: the semester inspections of a Danish SU office, from exports to verdicts, tables
//! and letters.
//!
//! # The house
//!
//! Exports come in at the bottom, become clean sorted columns, are cut into one small view per
//! enrolment; every rule is a pure function of that view and the law of its date; what the rules
//! say is written as Parquet, letters and a run record. Imports point downward only:
//!
//! ```text
//! cli ──► engine ──► rules ──► student ──► base
//!  │        │          └────► law ───────► base
//!  ├──► pipeline ──► ingest (polars) ──► student
//!  ├──► output (arrow, parquet)   letters (tera)
//!  └──► generate
//! ```
//!
//! * [`base`]: exact words: days, months, ECTS, CPR.
//! * [`contract`]: the tables that come in, column by column.
//! * [`diagnostics`]: one shape for every problem, with its place.
//! * [`ingest`]: the gate: export files become clean columns and a list of rejected rows.
//! * [`pipeline`]: the pipeline file: inputs, dialects, header mapping, dates.
//! * [`student`]: the clean columns and the view of one enrolment.
//! * [`verdicts`]: the rows that go out, as plain values.

pub mod base;
pub mod contract;
pub mod diagnostics;
pub mod ingest;
pub mod pipeline;
pub mod student;
pub mod verdicts;
