//! The curricula of programmes as data: `pipelines/curricula/*.toml`, see [`file`].
//!
//! A requirement or a list of courses may hold for some programme starts only; between two edges of
//! such windows nothing changes, so the file is checked and bound once per range between them.

pub mod file;

use std::path::Path;

use super::book::Window;
use super::folder;
use crate::base::{Day, Ects, sha256_of_texts};
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::student::curriculum::{Ceilings, Curricula, Curriculum, MOST_REQUIREMENTS, Requirement};
use crate::student::exports::{Catalogue, Programme};

/// One file of the folder.
#[derive(Clone, Debug)]
struct CurriculumFile {
    title: String,
    programme_codes: Vec<String>,
    admitted: Window,
    total: Ects,
    source: String,
    review_by: Day,
    ceilings: Option<Ceilings>,
    requirements: Vec<RequirementEntry>,
    courses: Vec<CourseList>,
    place: Place,
}

#[derive(Clone, Debug)]
struct RequirementEntry {
    code: String,
    part_of: Option<String>,
    title: String,
    ects: Ects,
    thesis: bool,
    admitted: Window,
    place: Place,
}

#[derive(Clone, Debug)]
struct CourseList {
    requirement: String,
    codes: Vec<(Place, String)>,
    admitted: Window,
    place: Place,
}

/// All curricula of a folder.
#[derive(Clone, Debug, Default)]
pub struct CurriculumBook {
    curricula: Vec<CurriculumFile>,
    /// File names with the SHA-256 of their content, sorted.
    pub files: Vec<(String, String)>,
    /// SHA-256 over names and contents of the files, hex; empty without files.
    pub sha256: String,
}

impl CurriculumBook {
    /// Reads every `*.toml` of a folder; all problems of all files come back together. A folder that
    /// is not there is one without curricula.
    pub fn load(folder: &Path) -> Result<CurriculumBook, Diagnostics> {
        if !folder.is_dir() {
            return Ok(CurriculumBook::default());
        }
        let (texts, problems) = folder::texts(folder).map_err(|error| {
            let place = Place::file(folder.display().to_string());
            Diagnostic::setup(place, format!("the folder of curricula cannot be read: {error}"))
                .hint("the pipeline file names it as `curricula`")
        })?;
        folder::together(problems, CurriculumBook::read(&texts))
    }

    /// Reads files given as path and text.
    pub fn read(texts: &[(String, String)]) -> Result<CurriculumBook, Diagnostics> {
        let mut problems = Diagnostics::default();
        let (files, sha256) = sha256_of_texts(texts);
        let sha256 = if texts.is_empty() { String::new() } else { sha256 };
        let mut book = CurriculumBook { curricula: Vec::new(), files, sha256 };
        for (path, text) in texts {
            match file::read(path, text) {
                Ok(curriculum) => book.curricula.push(curriculum),
                Err(found) => problems.extend(found),
            }
        }
        for curriculum in &book.curricula {
            problems.extend(curriculum.check());
        }
        for (at, second) in book.curricula.iter().enumerate() {
            for first in &book.curricula[..at] {
                let shared = first.programme_codes.iter().find(|code| second.programme_codes.contains(code));
                if let Some(code) = shared.filter(|_| overlap(first.admitted, second.admitted)) {
                    let message = format!(
                        "{code} has two curricula for one programme start; the other is {}",
                        first.place
                    );
                    let hint = "end the earlier `admitted` the day before the later one begins";
                    problems.push(Diagnostic::setup(second.place.clone(), message).hint(hint));
                }
            }
        }
        problems.into_result(book)
    }

    /// Titles of the curricula that a person should have checked again by a date.
    pub fn past_review(&self, date: Day) -> Vec<String> {
        let stale = self.curricula.iter().filter(|curriculum| curriculum.review_by < date);
        stale.map(|curriculum| format!("curriculum {}", curriculum.title)).collect()
    }

    pub fn len(&self) -> usize {
        self.curricula.len()
    }

    pub fn is_empty(&self) -> bool {
        self.curricula.is_empty()
    }

    /// The curricula of the programmes there are, and the places of the codes that the catalogue does
    /// not have: nobody can have passed such a course, so it is told and does not stop a run.
    pub fn bind(&self, programmes: &[Programme], catalogue: &Catalogue) -> (Curricula, Diagnostics) {
        let (mut bound, mut unknown) = (Curricula::default(), Diagnostics::default());
        for curriculum in &self.curricula {
            for code in &curriculum.programme_codes {
                let found = programmes.iter().position(|programme| programme.code == *code);
                let Some(programme) = found else { continue };
                for range in curriculum.ranges() {
                    let variant = curriculum.variant(range, catalogue, &mut unknown);
                    bound.add(programme, range.from, range.to, variant);
                }
            }
        }
        (bound, unknown.sorted())
    }
}

impl CurriculumFile {
    /// The programme starts between two edges of any window, in order.
    fn ranges(&self) -> Vec<Window> {
        let windows = self.requirements.iter().map(|entry| entry.admitted);
        let windows = windows.chain(self.courses.iter().map(|list| list.admitted));
        let inside = |day: &Day| self.admitted.contains(*day) && Some(*day) != self.admitted.from;
        let mut starts: Vec<Day> = windows
            .flat_map(|window| [window.from, window.to.map(|to| to.plus_days(1))])
            .flatten()
            .filter(inside)
            .collect();
        starts.sort_unstable();
        starts.dedup();
        let froms = std::iter::once(self.admitted.from).chain(starts.iter().copied().map(Some));
        let tos = starts.iter().map(|start| Some(start.plus_days(-1)));
        froms.zip(tos.chain([self.admitted.to])).map(|(from, to)| Window { from, to }).collect()
    }

    /// The requirements of a range, in the order of the file.
    fn requirements(&self, range: Window) -> Vec<&RequirementEntry> {
        self.requirements.iter().filter(|entry| overlap(entry.admitted, range)).collect()
    }

    fn lists(&self, range: Window) -> impl Iterator<Item = &CourseList> {
        self.courses.iter().filter(move |list| overlap(list.admitted, range))
    }

    fn check(&self) -> Diagnostics {
        let mut problems = Diagnostics::default();
        for range in self.ranges() {
            let mut wrong = |place: &Place, message: String, hint: &str| {
                problems.push(Diagnostic::setup(place.clone(), message).hint(hint));
            };
            let entries = self.requirements(range);
            if entries.len() > MOST_REQUIREMENTS {
                let message = format!("more than {MOST_REQUIREMENTS} requirements");
                wrong(&self.place, message, "join some of them, or give them windows of their own");
            }
            if entries.iter().filter(|entry| entry.thesis).count() > 1 {
                wrong(&self.place, "two requirements are the thesis".to_owned(), "take it from one of them");
            }
            let mut asked = Ects::ZERO;
            for (at, entry) in entries.iter().enumerate() {
                let above = &entries[..at];
                if above.iter().any(|other| other.code == entry.code) {
                    let message = format!("the requirement {} stands twice", entry.code);
                    wrong(
                        &entry.place,
                        message,
                        "end the earlier window the day before the later one begins",
                    );
                }
                match &entry.part_of {
                    None => asked += entry.ects,
                    Some(whole) if above.iter().any(|other| other.code == *whole) => {}
                    Some(whole) => {
                        let message =
                            format!("{} is part of {whole}, which does not stand above it", entry.code);
                        wrong(&entry.place, message, "write the whole first, for the same programme starts");
                    }
                }
                let parts = entries.iter().filter(|part| part.part_of.as_ref() == Some(&entry.code));
                if parts.map(|part| part.ects).sum::<Ects>() > entry.ects {
                    let message = format!("the parts of {} ask for more ECTS than it", entry.code);
                    wrong(&entry.place, message, "raise its ECTS, or lower those of a part");
                }
            }
            if asked > self.total {
                let message = "the requirements ask for more ECTS than the whole".to_owned();
                wrong(&self.place, message, "raise total_ects, or lower those of a requirement");
            }
            let mut seen: Vec<(&str, &str)> = Vec::new();
            for list in self.lists(range) {
                if !entries.iter().any(|entry| entry.code == list.requirement) {
                    let message = format!("courses of {}, which is no requirement then", list.requirement);
                    wrong(&list.place, message, "give the list the window of its requirement");
                }
                for (place, code) in &list.codes {
                    if seen.contains(&(&list.requirement, code)) {
                        let message = format!("{code} stands twice in {}", list.requirement);
                        wrong(place, message, "remove one of them");
                    }
                    seen.push((&list.requirement, code));
                }
            }
        }
        problems
    }

    fn variant(&self, range: Window, catalogue: &Catalogue, unknown: &mut Diagnostics) -> Curriculum {
        let entries = self.requirements(range);
        let position = |code: &str| entries.iter().position(|entry| entry.code == code);
        let requirement = |entry: &&RequirementEntry| {
            let parts = entries.iter().filter(|part| part.part_of.as_ref() == Some(&entry.code));
            Requirement {
                code: entry.code.clone(),
                title: entry.title.clone(),
                ects: entry.ects,
                part_of: entry.part_of.as_deref().and_then(position),
                free: entry.ects - parts.map(|part| part.ects).sum(),
                thesis: entry.thesis,
            }
        };
        let requirements = entries.iter().map(requirement).collect();
        // Without ceilings everything counts.
        let everything = Ceilings {
            bachelor: self.total,
            general_engineering: self.total,
            together: self.total,
            never: Vec::new(),
        };
        let ceilings = self.ceilings.clone().unwrap_or(everything);
        let mut bound =
            Curriculum::new(self.title.clone(), self.source.clone(), self.total, requirements, ceilings);
        for list in self.lists(range) {
            let Some(requirement) = position(&list.requirement) else { continue };
            for (place, code) in &list.codes {
                if !bound.allow(catalogue, requirement, code) {
                    let message = format!("the table courses has no course {code}");
                    let hint = "correct the code, or leave it: a course that is gone fills nothing";
                    unknown.push(Diagnostic::setup(place.clone(), message).hint(hint));
                }
            }
        }
        bound
    }
}

/// Some day lies in both.
fn overlap(a: Window, b: Window) -> bool {
    let before = |to: Option<Day>, from: Option<Day>| to.zip(from).is_some_and(|(to, from)| to < from);
    !before(a.to, b.from) && !before(b.to, a.from)
}
