//! One shape for everything that is wrong with a file, a pipeline or a law.
//!
//! Problems are collected and shown together, sorted by place, never first-error-wins. A message
//! names places and rules; it never repeats a value that a student's row holds.

use std::fmt;

/// File, and line and column when they are known (both 1-based).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub file: String,
    pub line: Option<usize>,
    pub column: Option<usize>,
}

impl Place {
    pub fn file(file: impl Into<String>) -> Place {
        Place { file: file.into(), line: None, column: None }
    }

    pub fn line(file: impl Into<String>, line: usize, column: usize) -> Place {
        Place { file: file.into(), line: Some(line), column: Some(column) }
    }

    /// The place of a byte offset in a text.
    pub fn of_offset(file: impl Into<String>, text: &str, offset: usize) -> Place {
        let before = &text[..text.floor_char_boundary(offset)];
        let line = memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        Place::line(file, line, column)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(column) = self.column {
            write!(f, ":{column}")?;
        }
        Ok(())
    }
}

/// Whose problem it is; decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blame {
    /// Command line, pipeline or law: exit code 2.
    Setup,
    /// An input file that cannot be used: exit code 3.
    Input,
    /// Writing, or a defect of the program: exit code 4.
    Output,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub blame: Blame,
    pub place: Place,
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
}

impl Diagnostic {
    pub fn new(blame: Blame, place: Place, message: impl Into<String>) -> Diagnostic {
        Diagnostic { blame, place, message: message.into(), hint: None }
    }

    pub fn setup(place: Place, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Blame::Setup, place, message)
    }

    pub fn input(place: Place, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Blame::Input, place, message)
    }

    pub fn output(place: Place, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Blame::Output, place, message)
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Diagnostic {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}\n  --> {}", self.message, self.place)?;
        if let Some(hint) = &self.hint {
            write!(f, "\n  help: {hint}")?;
        }
        Ok(())
    }
}

/// All problems of one step, sorted by place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    listed: Vec<Diagnostic>,
    /// Found, and only counted.
    unlisted: usize,
}

impl Diagnostics {
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.listed.push(diagnostic);
    }

    pub fn extend(&mut self, others: Diagnostics) {
        self.listed.extend(others.listed);
        self.unlisted += others.unlisted;
    }

    pub fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// Of all that were found.
    pub fn len(&self) -> usize {
        self.listed.len() + self.unlisted
    }

    /// Lists the first ones by their place, so many, and only counts the others.
    pub fn list_first(self, most: usize) -> Diagnostics {
        let mut first = self.sorted();
        first.unlisted += first.listed.len().saturating_sub(most);
        first.listed.truncate(most);
        first
    }

    /// The value when nothing was wrong, otherwise all problems.
    pub fn into_result<T>(self, value: T) -> Result<T, Diagnostics> {
        if self.listed.is_empty() { Ok(value) } else { Err(self.sorted()) }
    }

    /// The gravest blame decides the exit code.
    pub fn blame(&self) -> Blame {
        self.listed.iter().map(|d| d.blame).max().unwrap_or(Blame::Output)
    }

    pub fn sorted(mut self) -> Diagnostics {
        self.listed.sort_by(|a, b| a.place.cmp(&b.place).then_with(|| a.message.cmp(&b.message)));
        self.listed.dedup();
        self
    }

    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.listed.iter()
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Diagnostics {
        Diagnostics { listed: vec![diagnostic], unlisted: 0 }
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for diagnostic in &self.listed {
            writeln!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}
