//! DG4: degree and study rules of the university, never mixed with SU in wording or letters.

pub mod dg401;
pub mod dg402;
pub mod dg403;
pub mod dg404;
pub mod dg405;
pub mod thirds;
