//! Letters to students: the only room that knows the templates, and names.
//!
//! A letter says something about a person's money or place at the university, so each guard here is
//! held by a type or by a refusal, not by care:
//!
//! * **What may be sent** is a [`Sendable`]; its one constructor refuses every case that needs a
//!   person. [`context::build`] takes nothing else.
//! * **What is said** is a [`LetterContext`]: every figure is already text in the reader's language. A
//!   figure that is unknown, or that does not add up with its neighbours, is an error naming the
//!   field; it never becomes a zero.
//! * **Who decides** differs by kind, and no letter speaks for two: for programmes under the six-month
//!   regime the national agency decides study activity and the university only gives notice; the
//!   start check is decided by the university, which hears the student first; attempts, five ECTS,
//!   guidance and maximum duration are the university's study rules and never mention SU.
//! * **Wording** lives in `reports/letters/`, Danish and English side by side; amounts, names and
//!   citations come from [`LetterLaw`]. None of the seven kinds is a decision, so none carries appeal
//!   guidance: each says that a decision, if one is made, will.
//!
//! ```text
//! InspectionRow ─► Sendable ─► context::build ─► LetterContext ─► Templates::render ─► Wording ─► Press::print ─► PDF
//!                                   ▲                  └────────► mail_merge row
//!                     LetterLaw, Person, Enrolment, Programme
//! ```

pub mod batch;
pub mod context;
pub mod diagram;
mod figures;
pub mod forms;
mod from_law;
pub mod law;
pub mod mail_merge;
pub mod press;
pub mod print_file;
pub mod sendable;
mod side_by_side;
pub mod templates;
pub mod wording;

pub use batch::{Batch, Failed, Ready, Written, for_each, write_all};
pub use context::{BuildError, LetterContext, LetterDates};
pub use figures::{hears_the_student, is_about_su};
pub use from_law::law_in_force;
pub use law::LetterLaw;
pub use press::{Press, Printed, Sheet, Unprinted};
pub use sendable::{Refusal, Sendable};
pub use templates::Templates;
pub use wording::Wording;
