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
//! * [`generate`]: synthetic exports of every table, for trials and tests.
//! * [`student`]: the clean columns and the view of one enrolment.
//! * [`verdicts`]: the rows that go out, as plain values.

pub mod base;
pub mod contract;
pub mod diagnostics;
pub mod generate;
pub mod student;
pub mod verdicts;
