//! `run.json`: what was read, by which law, what came out. The receipt of a run.
//!
//! No clock, no host, no user: the same inputs give the same bytes. Keys stand in the order of
//! the fields below, maps are sorted. Fields may be added, with a default, never renamed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::counts::VerdictCounts;
use super::pseudonym::PseudonymRecord;
use super::seal::{SEAL_FILE, Sealed, seal_line};
use super::stage::{OutputFile, Stage};
use super::trouble::defect;
use crate::base::{Cutoffs, Day, opaque_id, sha256_hex};
use crate::contract::Table;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};

pub const RUN_RECORD: &str = "run.json";

/// Counts by code.
pub type Counts = BTreeMap<String, u64>;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRecord {
    pub tool: ToolRecord,
    pub pipeline: PipelineRecord,
    pub law: LawRecord,
    #[serde(default)]
    pub curricula: CurriculaRecord,
    /// The wording of the letters; empty without any.
    #[serde(default)]
    pub templates: TemplatesRecord,
    pub dates: Cutoffs,
    /// Of a run whose tables carry pseudonyms; it has no letters and no rejected rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pseudonyms: Option<PseudonymRecord>,
    /// The earlier run that was given.
    #[serde(default)]
    pub previous: Option<PreviousRecord>,
    /// Sorted by table, then path.
    pub inputs: Vec<InputRecord>,
    pub absent_tables: Vec<String>,
    /// Files that the pipeline names and that were not there, with their tables.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files_not_there: Vec<String>,
    /// Files of the input folder that no table reads, in one sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files_not_read: Option<String>,
    pub students: StudentsRecord,
    /// Verdict column to counts by code, `unknown` among them.
    pub verdicts: BTreeMap<String, Counts>,
    /// Enrolments by reason; one enrolment may have several.
    pub review_reasons: Counts,
    pub letters: Counts,
    pub letters_held: Counts,
    /// Among `letters`: called for by the previous run as well.
    #[serde(default, skip_serializing_if = "Counts::is_empty")]
    pub letters_repeated: Counts,
    /// Due, and to be written by hand; sorted by enrolment and kind.
    #[serde(default)]
    pub letters_not_printed: Vec<LetterNotPrinted>,
    /// The run was asked for tables alone.
    #[serde(default)]
    pub letters_skipped: bool,
    pub rules_not_run: Vec<RuleNotRun>,
    /// Of a folder of letters that a worklist approved; a run has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worklist: Option<WorklistRecord>,
    /// Every file of the run but this one and its seal.
    pub outputs: Vec<OutputFile>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolRecord {
    pub name: String,
    pub version: String,
}

impl ToolRecord {
    /// This program.
    pub fn present() -> ToolRecord {
        ToolRecord { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PipelineRecord {
    pub path: String,
    pub sha256: String,
    pub title: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LawRecord {
    /// Of all law files together.
    pub sha256: String,
    /// File to its SHA-256.
    pub files: BTreeMap<String, String>,
    /// Parameters that a person should have checked again before the inspection date.
    #[serde(default)]
    pub past_review: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurriculaRecord {
    /// Of all curriculum files together; empty without files.
    pub sha256: String,
    /// File to its SHA-256.
    pub files: BTreeMap<String, String>,
    /// Courses of the curricula that the catalogue does not have, with their places.
    pub unknown_courses: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplatesRecord {
    /// Of all templates together.
    pub sha256: String,
    /// File to its SHA-256.
    pub files: BTreeMap<String, String>,
}

impl TemplatesRecord {
    /// The files that are another text in the other record, or stand in one of the two alone; sorted.
    pub fn changed<'r>(&'r self, other: &'r TemplatesRecord) -> Vec<&'r str> {
        let all: BTreeSet<&String> = self.files.keys().chain(other.files.keys()).collect();
        let differs = |file: &&String| self.files.get(*file) != other.files.get(*file);
        all.into_iter().filter(differs).map(String::as_str).collect()
    }
}

/// An earlier run or round of letters, as the one that uses it names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviousRecord {
    /// The folder of the run.
    pub path: String,
    /// Of its `run.json`, which vouches for its tables.
    pub sha256: String,
    pub inspection_date: Day,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputRecord {
    pub table: String,
    pub path: String,
    pub format: String,
    /// Of text files.
    pub encoding: Option<String>,
    pub bytes: u64,
    pub sha256: String,
    pub rows_read: u64,
    pub rows_accepted: u64,
    pub rows_rejected: u64,
    /// Among the accepted.
    pub rows_repaired: u64,
    pub notices: Vec<String>,
    /// Those of the notices by which verdicts may be wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StudentsRecord {
    pub register: u64,
    pub inspected: u64,
    /// Reason to number of enrolments.
    pub excluded: Counts,
}

/// Which worklist was worked off, of which run, and what became of its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WorklistRecord {
    pub run_id: String,
    /// Of the edited file.
    pub sha256: String,
    /// The rounds in which the students were heard whom a decision is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub heard: Vec<PreviousRecord>,
    pub letters: Settled,
    pub drafts: Settled,
}

/// The last four add up to the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settled {
    /// What the verdicts of the run call for.
    pub proposed: u64,
    pub written: u64,
    pub held: u64,
    /// Called for by the verdicts, but the case needs a person: nothing can be approved.
    pub for_review: u64,
    /// Approved, but no font has a character of it: to be written by hand.
    pub unprintable: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleNotRun {
    pub rule: String,
    pub why: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterNotPrinted {
    pub enrolment_id: String,
    pub letter: String,
    /// Never quotes the letter.
    pub why: String,
}

impl RunRecord {
    /// The record of a run by this program of which nothing else is known yet.
    pub fn begun(pipeline: PipelineRecord, law: LawRecord, dates: Cutoffs) -> RunRecord {
        RunRecord {
            tool: ToolRecord::present(),
            pipeline,
            law,
            curricula: CurriculaRecord::default(),
            templates: TemplatesRecord::default(),
            dates,
            pseudonyms: None,
            previous: None,
            inputs: Vec::new(),
            absent_tables: Vec::new(),
            files_not_there: Vec::new(),
            files_not_read: None,
            students: StudentsRecord::default(),
            verdicts: BTreeMap::new(),
            review_reasons: Counts::new(),
            letters: Counts::new(),
            letters_held: Counts::new(),
            letters_repeated: Counts::new(),
            letters_not_printed: Vec::new(),
            letters_skipped: false,
            rules_not_run: Vec::new(),
            worklist: None,
            outputs: Vec::new(),
        }
    }

    /// Takes over what an inspection's verdicts add up to.
    pub fn with_counts(mut self, counts: VerdictCounts) -> RunRecord {
        self.students = counts.students;
        self.verdicts = counts.verdicts;
        self.review_reasons = counts.review_reasons;
        self.letters = counts.letters;
        self.letters_held = counts.letters_held;
        self
    }

    /// Notes what is doubtful of the file of a table.
    pub fn doubt(&mut self, table: Table, notice: Option<String>) {
        let Some(input) = self.inputs.iter_mut().find(|input| input.table == table.name()) else { return };
        input.notices.extend(notice.clone());
        input.doubts.extend(notice);
    }

    /// The same for runs of the same program, pipeline, law, dates and inputs.
    pub fn run_id(&self) -> String {
        let Cutoffs { inspection_date, payments_through, results_through } = self.dates;
        let dates = [inspection_date.to_string(), payments_through.to_string(), results_through.to_string()];
        let mut parts = vec![&self.tool.version, &self.pipeline.sha256, &self.law.sha256];
        parts.extend(&dates);
        parts.extend(self.previous.iter().map(|previous| &previous.sha256));
        parts.extend(self.inputs.iter().flat_map(|input| [&input.table, &input.sha256]));
        let parts: Vec<&str> = parts.into_iter().map(String::as_str).collect();
        opaque_id(&parts.join("\n"))
    }

    /// Pretty JSON with a line end.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// The last file of a run but its seal: lists every file the stage holds. `outputs` is filled
    /// in here.
    pub fn write(mut self, stage: &Stage) -> Result<Sealed, Diagnostics> {
        self.outputs = stage.finished_files();
        let json = self
            .to_json()
            .map_err(|error| defect(Path::new(RUN_RECORD), format!("cannot be written: {error}")))?;
        stage.write(RUN_RECORD, json.as_bytes())?;
        let seal = sha256_hex(json.as_bytes());
        stage.write(SEAL_FILE, seal_line(&seal).as_bytes())?;
        Ok(Sealed { record: self, seal })
    }

    /// Reads the record of a published run.
    pub fn read(run_folder: &Path) -> Result<RunRecord, Diagnostics> {
        Ok(RunRecord::parse(run_folder)?.0)
    }

    /// The record of a run that decides something elsewhere, and what is said of it there. It must be the one that
    /// was sealed.
    pub fn read_as_input(run_folder: &Path) -> Result<(RunRecord, PreviousRecord), Diagnostics> {
        let (record, sha256) = RunRecord::parse(run_folder)?;
        let seal = run_folder.join(SEAL_FILE);
        if fs::read(&seal).ok().as_deref() != Some(seal_line(&sha256).as_bytes()) {
            let problem = format!(
                "this seal is missing, or it is not that of {RUN_RECORD}: one of the two was changed"
            );
            return Err(Diagnostic::input(Place::file(seal.display().to_string()), problem)
                .hint("fetch the folder from a copy, or make the run again; `klip verify` checks a run")
                .into());
        }
        let path = run_folder.display().to_string();
        let previous = PreviousRecord { path, sha256, inspection_date: record.dates.inspection_date };
        Ok((record, previous))
    }

    /// The record and its SHA-256.
    fn parse(run_folder: &Path) -> Result<(RunRecord, String), Diagnostics> {
        let path = run_folder.join(RUN_RECORD);
        let name = path.display().to_string();
        let bytes = fs::read(&path).map_err(|error| {
            Diagnostic::input(Place::file(&name), format!("the record of the run cannot be read: {error}"))
                .hint("name the folder of a run, the one that holds run.json")
        })?;
        let record = serde_json::from_slice(&bytes).map_err(|error| {
            Diagnostic::input(
                Place::line(&name, error.line(), error.column()),
                format!("this is not the record of a run: {error}"),
            )
            .hint("it was changed by hand or written by another program; make the run again")
        })?;
        Ok((record, sha256_hex(&bytes)))
    }
}

/// Rows read = rows accepted + rows rejected, in every file.
pub fn audit_inputs(inputs: &[InputRecord]) -> Result<(), Diagnostics> {
    let mut problems = Diagnostics::default();
    for input in inputs {
        if input.rows_accepted.checked_add(input.rows_rejected) != Some(input.rows_read) {
            let message = format!(
                "{} rows were read, but {} accepted and {} rejected",
                input.rows_read, input.rows_accepted, input.rows_rejected
            );
            problems.extend(defect(Path::new(&input.path), message));
        }
        if input.rows_repaired > input.rows_accepted {
            let message =
                format!("{} rows were repaired of {} accepted", input.rows_repaired, input.rows_accepted);
            problems.extend(defect(Path::new(&input.path), message));
        }
    }
    problems.into_result(())
}
