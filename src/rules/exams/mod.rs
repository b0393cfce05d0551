//! EX3: exam attempts by the study rules of the university.

mod blocked_pairs;
pub mod ex301;
pub mod ex302;
pub mod ex303;
pub mod ex304;
pub mod ex305;
pub mod ex306;
pub mod part_grades;
pub mod room;
