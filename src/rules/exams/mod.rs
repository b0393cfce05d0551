//! EX3: exam attempts by the study rules of the university.

pub mod ex301;
pub mod ex305;
pub mod ex306;
pub mod part_grades;
