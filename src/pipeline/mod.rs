//! The pipeline file: which exports, in which dialect, inspected as of which day.
//!
//! A pipeline is validated whole before anything is read: every problem is listed with its file,
//! line and column, and a key that nobody reads is an error, because a misspelt setting that is
//! silently ignored is a wrong inspection. Command-line flags ([`Overrides`]) are applied here too,
//! so that the checks see the dates that the run will use.

mod dialect;
mod document;
mod suggestion;
mod tables;

use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::base::{Cutoffs, Day, Month, sha256_hex};
use crate::contract::Table;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::verdicts::Severity;

pub use dialect::{DateForm, Dialect, Encoding, SEPARATORS, separator_in_words};
use document::{Document, Keys};
pub use suggestion::did_you_mean;
pub use tables::TableSettings;

/// What the command line says instead of the pipeline file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    pub input: Option<PathBuf>,
    pub output: Option<PathBuf>,
    pub inspection_date: Option<Day>,
    pub payments_through: Option<Month>,
    pub results_through: Option<Day>,
    /// The program that reads workbooks and Parquet in a process of its own.
    pub reader: Option<PathBuf>,
    pub previous: Option<PathBuf>,
}

/// A file whose rejected rows are above both limits stops the run before anything is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Hundredths of a percent: 100 is 1 %.
    pub reject_share_basis_points: u32,
    pub reject_rows: u64,
    /// Hundredths of a percent that a table may lose since the previous run.
    pub shrink_share_basis_points: u32,
}

impl Limits {
    /// Whether `rejected` of `read` rows are more than a run may lose.
    pub fn exceeded(self, read: u64, rejected: u64) -> bool {
        self.above(read, rejected, self.reject_share_basis_points)
    }

    /// Whether `gone` of the `before` rows or keys of the previous run are more than may be gone.
    pub fn shrunk(self, before: u64, gone: u64) -> bool {
        self.above(before, gone, self.shrink_share_basis_points)
    }

    fn above(self, all: u64, lost: u64, basis_points: u32) -> bool {
        lost > self.reject_rows && u128::from(lost) * 10_000 > u128::from(all) * u128::from(basis_points)
    }
}

/// What stands between two letters of a print file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Separator {
    #[default]
    None,
    /// One blank page after every letter.
    BlankPage,
    /// A blank page after a letter with an odd number of pages, so that in duplex printing every
    /// letter begins on the front of a sheet.
    EvenPages,
}

impl Separator {
    const CODES: [(&'static str, Separator); 3] = [
        ("none", Separator::None),
        ("blank_page", Separator::BlankPage),
        ("even_pages", Separator::EvenPages),
    ];
}

/// A pipeline file that has been read, checked and completed with the flags.
#[derive(Clone, Debug)]
pub struct Pipeline {
    pub path: PathBuf,
    /// SHA-256 of the pipeline file, in hexadecimal.
    pub sha256: String,
    pub name: String,
    pub title: String,
    /// Folder of the law files.
    pub law: PathBuf,
    /// Folder of the curricula of programmes; need not be there unless the file names it.
    pub curricula: PathBuf,
    /// Folder of the letter templates.
    pub letters: PathBuf,
    /// Folder of the exports.
    pub input: PathBuf,
    /// Folder of an earlier run.
    pub previous: Option<PathBuf>,
    /// Folder that gets one folder per run.
    pub output: PathBuf,
    pub cutoffs: Cutoffs,
    pub limits: Limits,
    pub separator: Separator,
    /// A finding at least this severe makes `klip run` end with its exit code for findings.
    pub fail_on: Option<Severity>,
    /// CVR number of the sender, when records for Digital Post are to be written.
    pub digital_post: Option<String>,
    /// The program that reads workbooks and Parquet in a process of its own; without it they are read
    /// in this process.
    pub reader: Option<PathBuf>,
    tables: Vec<TableSettings>,
}

impl Pipeline {
    /// Reads and checks a pipeline file. Folders in it are relative to the file itself; folders in
    /// `overrides` are used as they are.
    pub fn load(path: &Path, overrides: &Overrides) -> Result<Pipeline, Diagnostics> {
        let name = path.display().to_string();
        let bytes = fs::read(path).map_err(|error| {
            Diagnostic::setup(Place::file(&name), format!("the pipeline file cannot be read: {error}"))
                .hint("give the path of a pipeline file, such as pipelines/semester_inspection.toml")
        })?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            let before = String::from_utf8_lossy(&error.as_bytes()[..valid]).into_owned();
            Diagnostic::setup(
                Place::of_offset(&name, &before, before.len()),
                "the pipeline file is not UTF-8 text",
            )
            .hint("save it as UTF-8")
        })?;
        Pipeline::from_text(path, &text, overrides)
    }

    /// The pipeline that a text describes, as if it stood in the file `path`.
    pub fn from_text(path: &Path, text: &str, overrides: &Overrides) -> Result<Pipeline, Diagnostics> {
        let sha256 = sha256_hex(text.as_bytes());
        let name = path.display().to_string();
        let document = Document::parse(&name, text)?;
        let pipeline = read(path, sha256, &document, overrides);
        match (pipeline, document.into_problems()) {
            (Some(pipeline), problems) => problems.into_result(pipeline),
            (None, problems) => Err(problems.sorted()),
        }
    }

    pub fn table(&self, table: Table) -> &TableSettings {
        // One entry per table, in the order of `Table::ALL`, which is the order of the variants.
        &self.tables[table as usize]
    }
}

fn read(path: &Path, sha256: String, document: &Document, overrides: &Overrides) -> Option<Pipeline> {
    let root = document.root();
    let folder = path.parent().unwrap_or(Path::new(""));
    let about = root.section("pipeline", true);
    let name = about.required_text("name");
    let title = about.text("title").or_else(|| name.clone());
    let law = beside(folder, &about.text("law").unwrap_or_else(|| "law".to_owned()));
    let curricula = about.text("curricula");
    let named = curricula.is_some();
    let curricula = beside(folder, &curricula.unwrap_or_else(|| "curricula".to_owned()));
    if named && !curricula.is_dir() {
        about.problem_at(
            "curricula",
            format!("the folder of the curricula {} is not there", curricula.display()),
            "correct it, or leave the line out: then no curriculum is judged",
        );
    }
    let letters = beside(folder, &about.text("letters").unwrap_or_else(|| "../reports/letters".to_owned()));
    about.no_other_keys();

    let cutoffs = read_cutoffs(&root.section("dates", overrides.inspection_date.is_none()), overrides);

    let input = root.section("input", false);
    let written = input.text("folder");
    if overrides.input.is_none() && !input.names().iter().any(|key| key == "folder") {
        let hint = "write the folder of your exports: folder = \"...\" under [input], or give --input DIR";
        input.problem_at("folder", "`input.folder` is missing", hint);
    }
    let input_folder = overrides.input.clone().or_else(|| written.map(|written| beside(folder, &written)));
    input.no_other_keys();
    let output = root.section("output", false);
    let output_folder = output.text("folder").unwrap_or_else(|| "../runs".to_owned());
    output.no_other_keys();

    let earlier = root.section("previous", false);
    let previous = earlier.text("run");
    earlier.no_other_keys();

    let digital_post = read_digital_post(&root.section("digital_post", false));
    let (limits, fail_on) = read_limits(&root.section("limits", false));
    let separator = read_separator(&root.section("print", false));
    let dialect = dialect::read(&root.section("dialect", false), &Dialect::plain());
    let tables = tables::read(&root.section("tables", false), &dialect);
    root.no_other_keys();

    Some(Pipeline {
        path: path.to_owned(),
        sha256,
        name: name?,
        title: title?,
        law,
        curricula,
        letters,
        input: input_folder?,
        previous: overrides.previous.clone().or_else(|| previous.map(|run| beside(folder, &run))),
        output: overrides.output.clone().unwrap_or_else(|| beside(folder, &output_folder)),
        cutoffs: cutoffs?,
        limits,
        separator,
        fail_on,
        digital_post,
        reader: overrides.reader.clone(),
        tables,
    })
}

/// The three dates, checked against each other: nothing after the inspection is known, but the
/// payment of the coming month is decided and exported before the month begins.
fn read_cutoffs(dates: &Keys, overrides: &Overrides) -> Option<Cutoffs> {
    let written = dates.day("inspection_date", overrides.inspection_date.is_none());
    let payments = dates.month("payments_through");
    let results = dates.day("results_through", false);
    dates.no_other_keys();
    let inspection_date = overrides.inspection_date.or(written)?;
    let payments_through = overrides.payments_through.or(payments).unwrap_or(inspection_date.month());
    let results_through = overrides.results_through.or(results).unwrap_or(inspection_date);
    // The command line is to blame for its own value, and not the line of the file that it replaces.
    let problem = |key: &str, is_flag: bool, message: String, hint: &str| {
        if is_flag {
            dates.problem(Place::file(format!("--{}", key.replace('_', "-"))), message, hint);
        } else {
            dates.problem_at(key, message, hint);
        }
    };
    if results_through > inspection_date {
        problem(
            "results_through",
            overrides.results_through.is_some(),
            format!("results_through {results_through} lies after the inspection date {inspection_date}"),
            "nothing after the inspection is known: choose the inspection date or an earlier day",
        );
    }
    let last_month = inspection_date.month().plus(1);
    if payments_through > last_month {
        problem(
            "payments_through",
            overrides.payments_through.is_some(),
            format!("payments_through {payments_through} lies after {last_month}"),
            "payments are known for at most one month after the month of the inspection",
        );
    }
    Some(Cutoffs { inspection_date, payments_through, results_through })
}

/// The sender's CVR number, when `write` is true.
fn read_digital_post(section: &Keys) -> Option<String> {
    let write = section.boolean("write").unwrap_or(false);
    let cvr = section.text("sender_cvr");
    section.no_other_keys();
    let is_cvr = |cvr: &String| cvr.len() == 8 && cvr.bytes().all(|b| b.is_ascii_digit());
    if write && cvr.as_ref().is_none_or(|cvr| !is_cvr(cvr)) {
        section.problem_at(
            "sender_cvr",
            "`digital_post.sender_cvr` is not a CVR number",
            "write the eight digits of the sender in quotes: sender_cvr = \"12345678\"",
        );
    }
    cvr.filter(|_| write)
}

fn read_limits(limits: &Keys) -> (Limits, Option<Severity>) {
    let share = |key: &str| {
        let text = limits.text_or_integer(key)?;
        let share = basis_points(&text);
        if share.is_none() {
            limits.problem_at(
                key,
                format!("{key} is not a percentage"),
                "write a number from 0 to 100 with at most two decimals, in quotes: \"0.5\"",
            );
        }
        share
    };
    let rejects = share("reject_share_percent");
    let shrink = share("shrink_share_percent");
    let rows = limits.integer("reject_rows", 0, i64::from(u32::MAX));
    let fail_on = limits.text("fail_on").and_then(|text| {
        let severity = Severity::from_code(&text);
        if severity.is_none() {
            limits.problem_at(
                "fail_on",
                format!("`{text}` is not a severity"),
                &format!("choose one of {}", Severity::CODES.join(", ")),
            );
        }
        severity
    });
    limits.no_other_keys();
    let limits = Limits {
        reject_share_basis_points: rejects.unwrap_or(100),
        reject_rows: rows.map_or(20, i64::unsigned_abs),
        shrink_share_basis_points: shrink.unwrap_or(1_000),
    };
    (limits, fail_on)
}

fn read_separator(print: &Keys) -> Separator {
    let written = print.text("separator");
    print.no_other_keys();
    let Some(text) = written else { return Separator::default() };
    let found = Separator::CODES.iter().find(|(code, _)| *code == text);
    if found.is_none() {
        let codes = Separator::CODES.map(|(code, _)| code).join(", ");
        print.problem_at(
            "separator",
            format!("`{text}` is not a separator"),
            &format!("choose one of {codes}"),
        );
    }
    found.map_or_else(Separator::default, |(_, separator)| *separator)
}

/// A percentage with at most two decimals as hundredths of a percent.
fn basis_points(text: &str) -> Option<u32> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str, most: usize| {
        (!text.is_empty() && text.len() <= most && text.bytes().all(|b| b.is_ascii_digit()))
            .then(|| text.parse::<u32>().ok())
            .flatten()
    };
    let hundredths = digits(part, 2)? * if part.len() == 1 { 10 } else { 1 };
    let share = digits(whole, 3)? * 100 + hundredths;
    (share <= 10_000).then_some(share)
}

/// A folder written in the pipeline file, relative to the folder of that file, without the detours
/// that make a message hard to read (`pipelines/../sample_data`).
fn beside(folder: &Path, written: &str) -> PathBuf {
    let mut tidy = PathBuf::new();
    for part in folder.join(written).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(tidy.components().next_back(), Some(Component::Normal(_))) => {
                tidy.pop();
            }
            _ => tidy.push(part),
        }
    }
    if tidy.as_os_str().is_empty() { PathBuf::from(".") } else { tidy }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_exact_and_bounded() {
        let cases = [("1", Some(100)), ("0.5", Some(50)), ("0.05", Some(5)), ("100", Some(10_000))];
        for (text, share) in cases {
            assert_eq!(basis_points(text), share, "{text}");
        }
        for wrong in ["", "1,5", "0.005", "101", "-1", "1."] {
            assert_eq!(basis_points(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_limit_is_exceeded_only_above_both_the_share_and_the_number() {
        let limits =
            Limits { reject_share_basis_points: 100, reject_rows: 20, shrink_share_basis_points: 1_000 };
        assert!(!limits.exceeded(2_100, 21));
        assert!(limits.exceeded(2_099, 21));
        assert!(!limits.exceeded(20, 20));
        assert!(!limits.shrunk(210, 21) && limits.shrunk(209, 21) && !limits.shrunk(20, 20));
    }

    #[test]
    fn folders_are_relative_to_the_file_and_tidy() {
        assert_eq!(beside(Path::new("pipelines"), "../sample_data"), PathBuf::from("sample_data"));
        assert_eq!(beside(Path::new(""), "../runs"), PathBuf::from("../runs"));
        assert_eq!(beside(Path::new("a"), "/b/./c"), PathBuf::from("/b/c"));
    }
}
