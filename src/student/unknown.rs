//! What is missing, in words.

use std::fmt;

use super::view::Unknown;

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unknown::Absent(table) => write!(f, "the table {table} was not given"),
            Unknown::SupportExtension => f.write_str("the register has no months of extended support"),
            Unknown::PreviousRun => f.write_str("no previous run was given"),
            Unknown::ExamResult => f.write_str("an exam was held whose result is not yet known"),
            Unknown::ThesisCourse => f.write_str("the project of a thesis names no course"),
        }
    }
}
