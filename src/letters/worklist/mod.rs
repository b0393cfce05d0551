//! `worklist.xlsx`: one row per case that wants an action or an eye, and the way back from it.
//!
//! A caseworker fills in two columns, `decision` and `note`; [`decisions`] reads them again and
//! gives an [`Approval`] for each row that was approved. There is no other way to one, and a draft
//! cannot be made without it.
//!
//! ```text
//! Inspection ─► entries ─► workbook ─► worklist.xlsx ─► (a person) ─► decisions ─► Approval ─► Draft
//! ```
//!
//! An office file: it holds names, as the mail-merge file does, but no CPR number, no e-mail and
//! nothing about illness. Conditions of an application are named so that they tell none.

mod columns;
mod decisions;
mod entries;
mod workbook;

pub use columns::{Cell, DECISION, NOTE, headings};
pub use decisions::{Approval, Decided, read};
pub use entries::{Entry, Step, concerns, entries, wants_an_eye};
pub(super) use workbook::properties;
pub use workbook::{RunSheet, write};

use crate::base::Day;
use crate::letters::LetterLaw;
use crate::student::exports::Exports;
use crate::verdicts::Inspection;

/// What a worklist is made from.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    pub exports: &'a Exports,
    pub inspection: &'a Inspection,
    pub law: &'a LetterLaw,
    pub inspection_date: Day,
}
