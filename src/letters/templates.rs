//! The templates, proved when they are loaded, and the one place that runs them.

use std::fs;
use std::path::Path;

use serde::Serialize;
use tera::{Context, ErrorKind, Tera};

use super::context::LetterContext;
use super::wording::{self, Wording};
use crate::base::sha256_of_texts;
use crate::contract::codes::Language;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::verdicts::{DraftKind, LetterKind};

/// All kinds in both languages.
pub struct Templates {
    tera: Tera,
    folder: String,
    /// File names with the SHA-256 of each, sorted by name.
    pub files: Vec<(String, String)>,
    /// Of all together.
    pub sha256: String,
}

/// What a template must not contain, and why. Searched in lower case.
const FORBIDDEN: &[(&str, &str)] = &[
    ("| safe", "every field is escaped"),
    ("|safe", "every field is escaped"),
    ("{% if", "an undefined field in a condition passes silently; use a list of none or one"),
    ("{%- if", "an undefined field in a condition passes silently; use a list of none or one"),
    ("default(", "an undefined field must stop the letter, and not be filled in"),
    ("</", "a letter is plain text with marks; write **bold**, `- item`, `# title`"),
    ("<br", "a letter is plain text with marks; a blank line begins a new paragraph"),
    ("<p>", "a letter is plain text with marks; a blank line begins a new paragraph"),
    ("&nbsp;", "write ~ for a blank that keeps its line"),
];

impl Templates {
    /// Reads every `.txt` file of the folder. All problems are reported, each with its line.
    pub fn load(folder: &Path) -> Result<Templates, Diagnostics> {
        let files = read_folder(folder)?;
        let mut problems = Diagnostics::default();
        for (name, text) in &files {
            problems.extend(check_text(&place_of(folder, name), text));
            problems.extend(wording::check_source(&place_of(folder, name), text));
            // Alone, only the syntax can be judged: parents and includes are not there.
            if let Err(error) = Tera::default().add_raw_template(name, text)
                && matches!(error.kind(), ErrorKind::SyntaxError(_))
            {
                problems.push(diagnose(&folder.display().to_string(), name, &error));
            }
        }
        for kind in LetterKind::CODES.iter().chain(DraftKind::CODES) {
            for language in Language::ALL {
                let name = file_of(kind, language.code());
                if !files.iter().any(|(present, _)| *present == name) {
                    let message = format!("there is no template {name}");
                    let hint =
                        "every kind has one in each language; restore it from the program's reports/letters";
                    let place = Place::file(place_of(folder, &name));
                    problems.push(Diagnostic::setup(place, message).hint(hint));
                }
            }
        }
        let (hashes, sha256) = sha256_of_texts(&files);
        let (mut tera, folder) = (Tera::default(), folder.display().to_string());
        tera.autoescape_on([ENDING]);
        tera.set_escape_fn(|value, output| output.write_all(wording::escape(value).as_bytes()));
        if problems.is_empty()
            && let Err(error) = tera.add_raw_templates(files)
        {
            problems.push(diagnose(&folder, "", &error));
        }
        problems.into_result(Templates { tera, folder, files: hashes, sha256 })
    }

    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// What the letter says. A field that the context does not have is an error.
    pub fn render(&self, letter: &LetterContext) -> Result<Wording, Diagnostic> {
        self.render_template(&file_of(letter.kind, letter.language), letter)
    }

    /// One template of the folder by its file name, with any context: a page that is no kind of letter, such
    /// as the one that the speed of printing is measured with, is a template too.
    pub fn render_template(&self, name: &str, letter: &impl Serialize) -> Result<Wording, Diagnostic> {
        let text = Context::from_serialize(letter)
            .and_then(|context| self.tera.render(name, &context))
            .map_err(|error| diagnose(&self.folder, name, &error))?;
        Wording::parse(&text).map_err(|fault| {
            let message = match fault.line {
                0 => fault.message,
                line => format!("{} (line {line} of the finished text)", fault.message),
            };
            Diagnostic::setup(Place::file(place_of(Path::new(&self.folder), name)), message)
        })
    }
}

/// The ending of the templates; only what bears it is escaped.
const ENDING: &str = ".txt";

/// `hearing_notice.da.txt`.
pub fn file_of(kind: &str, language: &str) -> String {
    format!("{kind}.{language}{ENDING}")
}

fn place_of(folder: &Path, name: &str) -> String {
    folder.join(name).display().to_string()
}

/// Name and text of the templates, sorted by name.
fn read_folder(folder: &Path) -> Result<Vec<(String, String)>, Diagnostics> {
    let unreadable = |place: &Path, error: std::io::Error| {
        let place = Place::file(place.display().to_string());
        Diagnostics::from(
            Diagnostic::setup(place, format!("the templates cannot be read: {error}"))
                .hint("the pipeline file names their folder as `letters`; each is UTF-8 text"),
        )
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
        let path = entry.map_err(|error| unreadable(folder, error))?.path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.push((name, text));
        }
    }
    files.sort();
    Ok(files)
}

fn check_text(file: &str, text: &str) -> Diagnostics {
    let mut problems = Diagnostics::default();
    let lower = text.to_ascii_lowercase();
    for (forbidden, reason) in FORBIDDEN {
        for (offset, _) in lower.match_indices(forbidden) {
            let place = Place::of_offset(file, text, offset);
            problems.push(Diagnostic::setup(place, format!("`{forbidden}` is not allowed: {reason}")));
        }
    }
    problems
}

/// The engine's error with the template's file and line, and never with a value of the context.
fn diagnose(folder: &str, name: &str, error: &tera::Error) -> Diagnostic {
    let folder = Path::new(folder);
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let file = place_of(folder, report.filename());
            let place = Place::line(file, report.span().start_line, report.span().start_col + 1);
            Diagnostic::setup(place, report.message())
        }
        other => Diagnostic::setup(Place::file(place_of(folder, name)), other.to_string()),
    }
}
