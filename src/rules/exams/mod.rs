//! EX3: exam attempts by the study rules of the university.

pub mod ex301;
