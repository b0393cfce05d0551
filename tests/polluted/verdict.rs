//! What the gate says of a polluted file, compared with what it must say.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use klippekort::base::Day;
use klippekort::contract::Table;
use klippekort::ingest::{self, Reason};
use klippekort::law::{Law, LawBook};
use klippekort::pipeline::{Overrides, Pipeline};
use klippekort::student::exports::Exports;
use klippekort::student::result_codes::ResultCodes;

use crate::corpus::{Expected, Polluted, Sound};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The bad row was rejected or mended with its reason, every other row kept as it was.
    Exact,
    /// As it must be, but for another reason than expected.
    OtherReason,
    /// Good rows were rejected beside the bad one.
    TooMuch,
    /// The whole file was refused.
    Refused,
    /// Nothing was said, and the data are not those of the sound file.
    Silent,
}

/// A folder of sound exports in which one file after another is replaced.
pub struct Gate {
    folder: PathBuf,
    pipeline: Pipeline,
    codes: ResultCodes,
    contents: BTreeMap<(Table, Vec<usize>), String>,
}

struct Read {
    /// Line, reason, and whether the row was accepted after a repair.
    listed: Vec<(u32, Reason, bool)>,
    noticed: bool,
    contents: String,
}

impl Gate {
    /// Copies the sound folder to a scratch folder of its own; `dialect` is added to the pipeline.
    pub fn open(sound: &Path, scratch: &Path, danish: bool, dialect: &str) -> Gate {
        let folder = scratch.to_owned();
        fs::create_dir_all(&folder).expect("writable");
        for entry in fs::read_dir(sound).expect("readable") {
            let path = entry.expect("readable").path();
            fs::copy(&path, folder.join(path.file_name().expect("a file"))).expect("writable");
        }
        let name = if danish { "semester_inspection.toml" } else { "semester_inspection_plain.toml" };
        let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines");
        let text = fs::read_to_string(home.join(name)).expect("readable");
        // Rows of a lost enrolment are lost after it; here that must not stop anything.
        let text = text.replace("reject_rows = 20", "reject_rows = 1000000");
        let text = text.replace("[dialect]", &format!("[dialect]\n{dialect}\n#"));
        let flags = Overrides { input: Some(folder.clone()), ..Overrides::default() };
        let pipeline = Pipeline::from_text(&home.join(name), &text, &flags).expect("a sound pipeline");
        let day = Day::parse_iso("2027-03-15").expect("a date");
        let law =
            LawBook::load(&home.join("law")).and_then(|book| Law::in_force(book, day)).expect("sound law");
        Gate { folder, pipeline, codes: law.result_codes, contents: BTreeMap::new() }
    }

    fn read(&self, sound: &Sound, bytes: &[u8]) -> Result<Read, String> {
        let path = self.folder.join(sound.name());
        let before = fs::read(&path).expect("readable");
        fs::write(&path, bytes).expect("writable");
        let ingested = ingest::read(&self.pipeline, &self.codes);
        fs::write(&path, before).expect("writable");
        let ingested = ingested.map_err(|problems| problems.to_string())?;
        let rows = ingested.rejected.iter().filter(|row| row.table == sound.table);
        let file = ingested.files.iter().find(|file| file.table == sound.table).expect("reported");
        assert_eq!(file.rows_read, file.rows_accepted + file.rows_rejected);
        Ok(Read {
            listed: rows.map(|row| (row.line, row.reason, row.repaired)).collect(),
            noticed: file.notices.iter().any(|notice| notice.contains("cut off")),
            contents: contents(&ingested.exports, sound.table),
        })
    }

    /// What the sound file without some of its rows holds.
    fn without(&mut self, sound: &Sound, removed: &[usize]) -> String {
        let key = (sound.table, removed.to_vec());
        if let Some(known) = self.contents.get(&key) {
            return known.clone();
        }
        let contents = self.read(sound, &sound.without(removed)).expect("sound rows").contents;
        self.contents.insert(key, contents.clone());
        contents
    }

    pub fn judge(&mut self, sound: &Sound, polluted: &Polluted) -> Verdict {
        let whole = self.without(sound, &[]);
        let without = self.without(sound, &polluted.removed);
        let Ok(read) = self.read(sound, &polluted.bytes) else { return Verdict::Refused };
        let touched = |line: u32| polluted.touched.contains(&line);
        let told = read.listed.iter().any(|(line, _, _)| touched(*line));
        let rejected = read.listed.iter().any(|(line, _, repaired)| touched(*line) && !repaired);
        let beside = read.listed.iter().any(|(line, _, repaired)| !touched(*line) && !repaired);
        let expected = if rejected { &without } else { &whole };
        if beside {
            return if told { Verdict::TooMuch } else { Verdict::Silent };
        }
        let cut_off = polluted.expected == Expected::RejectOrNotice;
        if !told && cut_off && read.noticed {
            return Verdict::Exact;
        }
        // A row may be whole in spite of what was said of it.
        if read.contents != *expected && !(told && read.contents == whole) {
            return Verdict::Silent;
        }
        let as_expected = match polluted.expected {
            Expected::Reject(reasons) => {
                rejected && read.listed.iter().all(|(_, reason, _)| reasons.contains(reason))
            }
            Expected::Mend(mend) => {
                read.listed.iter().all(|(_, reason, repaired)| *repaired && *reason == mend) && told
            }
            Expected::Same => !told,
            Expected::RejectOrNotice => rejected,
        };
        match (as_expected, told) {
            (true, _) => Verdict::Exact,
            (false, true) => Verdict::OtherReason,
            // The data are those of the sound file, though nobody said that something was wrong.
            (false, false) => Verdict::Silent,
        }
    }
}

/// Every accepted row of a table, without its line.
fn contents(exports: &Exports, table: Table) -> String {
    let text = match table {
        Table::Enrolments => {
            let people = exports.people.iter().map(|person| {
                let cpr = person.cpr.as_ref().map(|cpr| cpr.masked());
                format!("{} {} {} {cpr:?}", person.given_name, person.family_name, person.email)
            });
            format!("{:?}{:?}", exports.enrolments, people.collect::<Vec<_>>())
        }
        Table::Courses | Table::CourseEquivalences => format!("{:?}", exports.catalogue),
        Table::Results => {
            let mut results = exports.results.clone();
            results.rows.iter_mut().for_each(|row| row.line = 0);
            format!("{results:?}{:?}", exports.catalogue.codes)
        }
        Table::SuPayments => {
            let mut payments = exports.su_payments.clone();
            payments.rows.iter_mut().for_each(|row| row.line = 0);
            format!("{payments:?}")
        }
        Table::ExamRegistrations => format!("{:?}", exports.small.exam_registrations),
        Table::Projects => format!("{:?}", exports.small.projects),
        Table::Leaves => format!("{:?}", exports.small.leaves),
        other => panic!("{other} is not in the corpus"),
    };
    let mut kept = String::with_capacity(text.len());
    let mut parts = text.split("line: ");
    kept.push_str(parts.next().unwrap_or_default());
    for part in parts {
        kept.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    kept
}
