//! DG4: degree and study rules of the university, never mixed with SU in wording or letters.

pub mod assignment;
pub mod complaints;
pub mod dg401;
pub mod dg402;
pub mod dg403;
pub mod dg404;
pub mod dg405;
pub mod dg406;
pub mod dg407;
pub mod dg408;
pub mod dg409;
pub mod dg410;
pub mod dg411;
pub mod dg412;
pub mod internship_reports;
pub mod thesis_time;
pub mod thirds;
