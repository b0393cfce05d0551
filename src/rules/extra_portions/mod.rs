//! XK2: extra portions for a delay that was not the student's own doing.
//!
//! What is made here is a proposal to a caseworker, never a decision.

pub mod conditions;
pub mod delay;
pub mod xk201;
