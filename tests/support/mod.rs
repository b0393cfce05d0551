//! What the case tables need: rows to exports, files to cases, results to named columns.

pub mod case_file;
pub mod exports;
pub mod observed;
pub mod particulars;
pub mod row;
