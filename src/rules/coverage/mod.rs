//! What the sources say, statement by statement, and which rule decides it.
//!
//! A rule book is complete only against its sources. So every statement that data could decide
//! stands in a list of its own (`su_office.toml`, `study_rules.toml`, in our own words), with the
//! rules that decide it, or with the reason why none does. `klip rule --all` and the reference page
//! print the lists; the registry's tests refuse a statement of a rule that does not exist.

use serde::Deserialize;

use crate::diagnostics::{Diagnostic, Place};

const LISTS: [(&str, &str); 2] = [
    ("src/rules/coverage/su_office.toml", include_str!("su_office.toml")),
    ("src/rules/coverage/study_rules.toml", include_str!("study_rules.toml")),
];

/// The statements of one source, in its order.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub title: String,
    #[serde(rename = "statement")]
    pub statements: Vec<Statement>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Heading in the source.
    pub place: String,
    pub says: String,
    /// Codes of the rules that decide it; empty when none does.
    #[serde(default)]
    pub rules: Vec<String>,
    /// Why no rule decides it.
    pub none: Option<Undecided>,
    /// The reason in words.
    #[serde(default)]
    pub why: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undecided {
    /// An assessment that a person makes.
    Person,
    /// No export holds what it needs.
    NoData,
    /// Decided by another authority or system, or a duty of somebody else than the student.
    Elsewhere,
}

impl Undecided {
    pub const fn words(self) -> &'static str {
        match self {
            Undecided::Person => "needs a person",
            Undecided::NoData => "no data",
            Undecided::Elsewhere => "decided elsewhere",
        }
    }
}

impl Statement {
    /// Who decides it: the codes of the rules, or why none does.
    pub fn decided_by(&self) -> String {
        match self.none {
            Some(reason) => format!("{}: {}", reason.words(), self.why),
            None => self.rules.join(", "),
        }
    }
}

/// All sources. An error names the list and the line.
pub fn sources() -> Result<Vec<Source>, Diagnostic> {
    LISTS.into_iter().map(|(file, text)| read(file, text)).collect()
}

fn read(file: &str, text: &str) -> Result<Source, Diagnostic> {
    let place = |offset: usize| Place::of_offset(file, text, offset);
    let source: Source = toml::from_str(text).map_err(|error| {
        Diagnostic::setup(place(error.span().map_or(0, |span| span.start)), error.message())
    })?;
    match source.statements.iter().find(|statement| statement.rules.is_empty() == statement.none.is_none()) {
        None => Ok(source),
        Some(unclear) => {
            let message = format!("{:?} needs either rules or a reason why none decides it", unclear.says);
            Err(Diagnostic::setup(place(0), message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_has_rules_or_a_reason_and_not_both() {
        let read = |decided: &str| {
            let text = format!("title = \"T\"\n[[statement]]\nplace = \"P\"\nsays = \"S\"\n{decided}");
            read("list.toml", &text).map(|source| source.statements[0].decided_by())
        };
        assert_eq!(read("rules = [\"SU101\"]").ok().as_deref(), Some("SU101"));
        assert_eq!(read("none = \"person\"\nwhy = \"W\"").ok().as_deref(), Some("needs a person: W"));
        assert!(read("").is_err());
        assert!(read("rules = [\"SU101\"]\nnone = \"person\"").is_err());
    }
}
