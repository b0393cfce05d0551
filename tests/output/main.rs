//! What leaves the house: the bytes of the tables, the stage, the record and the audit.

mod audit;
mod record;
mod samples;
mod stage;
mod tables;
