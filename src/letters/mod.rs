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
//!   guidance: each says that a decision, if one is made, will. [`check`] proves the wording of every
//!   kind on invented cases.
//! * **What a person must approve** is a [`Draft`], another type with another constructor: it takes an
//!   approval from the edited [`worklist`], and nothing makes it a letter.
//! * **What is handed on**: [`mail_merge`] for an office program, [`digital_post`] for a sender system.
//!
//! ```text
//! InspectionRow ─► Sendable ─► context::build ─► LetterContext ─► Templates::render ─► Wording ─► Press::print ─► PDF
//!                                   ▲                  └────────► mail_merge row
//!                     LetterLaw, Person, Enrolment, Programme
//!
//! Inspection ─► worklist ─► (a person) ─► Approval ─► Draft ─► the same way
//! ```

mod attempt_figures;
pub mod batch;
mod binder;
pub mod check;
mod compact;
pub mod context;
pub mod diagram;
pub mod digital_post;
mod draft_figures;
pub mod drafts;
mod figures;
pub mod forms;
mod frame;
mod from_law;
pub mod hearings;
pub mod law;
mod lint;
pub mod mail_merge;
mod merge_book;
mod page_values;
mod pdf_objects;
mod portion_figures;
pub mod press;
pub mod print_file;
pub mod sendable;
mod shortfall;
pub mod side_by_side;
pub mod specimens;
pub mod store;
pub mod templates;
pub mod wording;
pub mod worklist;

pub use batch::{
    Batch, Failed, LETTERS, Ready, Selection, Written, draft_file, file_names, for_each, letter_file,
    print_one, write_all,
};
pub use context::{BuildError, LetterContext};
pub use drafts::Draft;
pub use figures::{hears_the_student, is_about_su};
pub use from_law::law_in_force;
pub use law::LetterLaw;
pub use press::{Press, Printed, Sheet, Unprinted};
pub use sendable::{Refusal, Sendable};
pub use store::Store;
pub use templates::Templates;
pub use wording::Wording;
