//! What leaves the house: the bytes of the tables, the stage, the record and the audit.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod audit;
mod pointer;
mod record;
mod samples;
mod seal;
mod stage;
mod tables;
