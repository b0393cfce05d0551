//! The shape of a curriculum file, read with the place of every entry.
//!
//! ```toml
//! [curriculum]
//! title = "…"
//! programme_codes = ["…"]       # of the table programmes
//! admitted = { from = …, to = … }  # programme starts that the file holds for; outside: unknown
//! total_ects = "120"
//! source = "…"
//! paragraph = "…"
//! checked_on = 2026-11-20
//! review_by = 2027-11-20
//!
//! [ceilings]                    # what counts of courses that stand on no list, at most
//! bachelor = "10"
//! general_engineering = "10"
//! together = "10"
//! never = ["BEng"]
//!
//! [[requirement]]               # stands above its parts; ECTS at least
//! code = "B"
//! part_of = "general_competence"
//! title = "…"
//! ects = "5"
//! thesis = true                 # filled by the final project
//! admitted = { from = … }
//!
//! [[courses]]                   # may fill the requirement, and what it is part of
//! requirement = "B"
//! codes = ["10304"]
//! admitted = { to = … }
//! ```

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::super::book::Window;
use super::super::file::{WindowEntry, day, ects};
use super::{CourseList, CurriculumFile, RequirementEntry};
use crate::base::Ects;
use crate::contract::codes::CourseLevel;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::student::curriculum::Ceilings;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    curriculum: Spanned<Head>,
    #[serde(default)]
    ceilings: Option<Spanned<CeilingEntry>>,
    requirement: Vec<Spanned<Requirement>>,
    courses: Vec<Spanned<Courses>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    title: String,
    programme_codes: Vec<String>,
    admitted: Option<WindowEntry>,
    total_ects: String,
    source: String,
    #[serde(default)]
    paragraph: String,
    checked_on: Datetime,
    review_by: Datetime,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CeilingEntry {
    bachelor: String,
    general_engineering: String,
    together: String,
    #[serde(default)]
    never: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Requirement {
    code: String,
    part_of: Option<String>,
    title: String,
    ects: String,
    #[serde(default)]
    thesis: bool,
    admitted: Option<WindowEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Courses {
    requirement: String,
    codes: Vec<Spanned<String>>,
    admitted: Option<WindowEntry>,
}

/// One file, its entries well formed each by itself.
pub(super) fn read(path: &str, text: &str) -> Result<CurriculumFile, Diagnostics> {
    let place = |span: std::ops::Range<usize>| Place::of_offset(path, text, span.start);
    let parsed: File = toml::from_str(text).map_err(|error| {
        let at = place(error.span().unwrap_or(0..0));
        Diagnostics::from(Diagnostic::setup(at, error.message().to_owned()))
    })?;
    let mut read = Collector::default();
    let at = place(parsed.curriculum.span());
    let head = parsed.curriculum.into_inner();
    let (checked_on, review_by) = (read.day(head.checked_on, &at), read.day(head.review_by, &at));
    if review_by <= checked_on {
        read.problem(&at, "review_by must lie after checked_on");
    }
    if head.source.trim().is_empty() || head.programme_codes.is_empty() {
        read.problem(&at, "a curriculum needs a source and the code of a programme");
    }
    let ceilings = parsed.ceilings.map(|entry| {
        let at = place(entry.span());
        let entry = entry.into_inner();
        let level = |code: &String| CourseLevel::from_code(code);
        let never: Vec<CourseLevel> = entry.never.iter().filter_map(level).collect();
        if never.len() != entry.never.len() {
            read.problem(&at, "never is a list of course levels: BEng, BSc, MSc, PhD");
        }
        Ceilings {
            bachelor: read.ects(&entry.bachelor, &at),
            general_engineering: read.ects(&entry.general_engineering, &at),
            together: read.ects(&entry.together, &at),
            never,
        }
    });
    let mut requirements = Vec::new();
    for entry in parsed.requirement {
        let at = place(entry.span());
        let entry = entry.into_inner();
        requirements.push(RequirementEntry {
            ects: read.ects(&entry.ects, &at),
            admitted: read.window(entry.admitted, &at),
            code: entry.code,
            part_of: entry.part_of,
            title: entry.title,
            thesis: entry.thesis,
            place: at,
        });
    }
    let mut courses = Vec::new();
    for entry in parsed.courses {
        let at = place(entry.span());
        let entry = entry.into_inner();
        let codes = entry.codes.into_iter().map(|code| (place(code.span()), code.into_inner())).collect();
        let admitted = read.window(entry.admitted, &at);
        courses.push(CourseList { requirement: entry.requirement, codes, admitted, place: at });
    }
    let file = CurriculumFile {
        title: head.title,
        programme_codes: head.programme_codes,
        admitted: read.window(head.admitted, &at),
        total: read.ects(&head.total_ects, &at),
        source: if head.paragraph.is_empty() {
            head.source
        } else {
            format!("{}, {}", head.source, head.paragraph)
        },
        review_by,
        ceilings,
        requirements,
        courses,
        place: at,
    };
    read.problems.into_result(file)
}

/// Typed reading of entries, with every problem collected.
#[derive(Default)]
struct Collector {
    problems: Diagnostics,
}

impl Collector {
    fn problem(&mut self, place: &Place, message: impl Into<String>) {
        self.problems.push(Diagnostic::setup(place.clone(), message));
    }

    fn ects(&mut self, text: &str, place: &Place) -> Ects {
        ects(text).unwrap_or_else(|| {
            self.problem(place, format!("{text:?} is no ECTS amount, such as \"2.5\""));
            Ects::ZERO
        })
    }

    fn day(&mut self, date: Datetime, place: &Place) -> crate::base::Day {
        day(date).unwrap_or_else(|message| {
            self.problem(place, message);
            crate::base::Day::from_epoch_days(0)
        })
    }

    fn window(&mut self, entry: Option<WindowEntry>, place: &Place) -> Window {
        let Some(entry) = entry else { return Window::default() };
        let from = entry.from.map(|date| self.day(date, place));
        let to = entry.to.map(|date| self.day(date, place));
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            self.problem(place, "a window that ends before it begins");
        }
        Window { from, to }
    }
}
