//! The curricula of the programmes, bound to the catalogue: which course may fill which requirement.
//!
//! Requirements are a tree: *B* is part of *general competence*. What is asked of a requirement
//! beyond its own parts is its `free` amount, which any course of the requirement may fill, the
//! surplus of its parts too; what then is left over is an elective.

use super::exports::Catalogue;
use crate::base::{Day, Ects};
use crate::contract::codes::CourseLevel;

/// Requirements of one curriculum, at most; a set of them is the bits of a `u16`.
pub const MOST_REQUIREMENTS: usize = 16;

/// What every curriculum asks beside its own requirements: electives, all of it, and what is to be
/// passed at the university.
pub const SUMS: [&str; 3] = ["electives", "total", "passed_here"];

/// One requirement of a curriculum. A requirement stands above its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    pub code: String,
    pub title: String,
    pub ects: Ects,
    /// Position of the requirement it is a part of.
    pub part_of: Option<usize>,
    /// What is asked beyond the parts.
    pub free: Ects,
    /// Filled by the final project.
    pub thesis: bool,
}

/// What counts of courses that stand on no list of the curriculum, at most.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ceilings {
    pub bachelor: Ects,
    pub general_engineering: Ects,
    /// Both of them.
    pub together: Ects,
    /// Levels that never count.
    pub never: Vec<CourseLevel>,
}

/// The curriculum of one programme for one range of programme starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Curriculum {
    pub title: String,
    /// Source and paragraph, and the file it stands in.
    pub source: String,
    pub total: Ects,
    pub requirements: Vec<Requirement>,
    pub ceilings: Ceilings,
    /// By course group: the requirements that it may fill, none of them an ancestor of another.
    fills: Vec<u16>,
    /// Where its requirements, and then the sums, stand in [`Curricula::codes`].
    positions: Vec<u16>,
}

impl Curriculum {
    pub fn new(
        title: String,
        source: String,
        total: Ects,
        requirements: Vec<Requirement>,
        ceilings: Ceilings,
    ) -> Curriculum {
        let (fills, positions) = (Vec::new(), Vec::new());
        Curriculum { title, source, total, requirements, ceilings, fills, positions }
    }

    /// Codes of the requirements, and then of the sums.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.requirements.iter().map(|requirement| requirement.code.as_str()).chain(SUMS)
    }

    /// Where each of them stands among the codes of all curricula.
    pub fn positions(&self) -> &[u16] {
        &self.positions
    }

    /// Lets a course, in all its versions, fill a requirement; false when the catalogue has no such
    /// course.
    pub fn allow(&mut self, catalogue: &Catalogue, requirement: usize, code: &str) -> bool {
        let Ok(course) = catalogue.courses.binary_search_by(|course| course.code.as_str().cmp(code)) else {
            return false;
        };
        let group = catalogue.group(course as u32) as usize;
        if self.fills.len() <= group {
            self.fills.resize(group + 1, 0);
        }
        let both = self.fills[group] | 1 << requirement;
        self.fills[group] = self.without_ancestors(both);
        true
    }

    /// What fills a part fills the whole, so the whole need not be named beside it.
    fn without_ancestors(&self, set: u16) -> u16 {
        let mut kept = set;
        for part in (0..self.requirements.len()).filter(|at| set & (1 << at) != 0) {
            let mut above = self.requirements[part].part_of;
            while let Some(whole) = above {
                kept &= !(1 << whole);
                above = self.requirements[whole].part_of;
            }
        }
        kept
    }

    /// The requirements that a course group may fill, as bits.
    pub fn fills(&self, group: u32) -> u16 {
        self.fills.get(group as usize).copied().unwrap_or(0)
    }

    /// The bit of the final project; 0 when the curriculum asks for none.
    pub fn thesis(&self) -> u16 {
        self.requirements.iter().position(|requirement| requirement.thesis).map_or(0, |at| 1 << at)
    }

    /// What is asked beyond every requirement.
    pub fn electives(&self) -> Ects {
        let top = self.requirements.iter().filter(|requirement| requirement.part_of.is_none());
        (self.total - top.map(|requirement| requirement.ects).sum()).or_zero()
    }
}

/// What is known of the curriculum of one enrolment.
#[derive(Clone, Copy, Debug)]
pub enum CurriculumOf<'a> {
    /// No file names the programme.
    NoFile,
    /// A file names the programme, but none for students who began on that day.
    NoVariant,
    Found(&'a Curriculum),
}

/// The curriculum of the programme starts from one day to another, both inclusive.
#[derive(Clone, Debug)]
struct Variant {
    from: Option<Day>,
    to: Option<Day>,
    curriculum: Curriculum,
}

/// The curricula of all programmes.
#[derive(Clone, Debug, Default)]
pub struct Curricula {
    /// By programme index.
    programmes: Vec<Vec<Variant>>,
    /// Codes of everything that a curriculum asks for, sorted.
    codes: Vec<String>,
}

impl Curricula {
    pub fn add(&mut self, programme: usize, from: Option<Day>, to: Option<Day>, curriculum: Curriculum) {
        self.programmes.resize(self.programmes.len().max(programme + 1), Vec::new());
        self.codes.extend(curriculum.codes().map(str::to_owned));
        self.codes.sort_unstable();
        self.codes.dedup();
        self.programmes[programme].push(Variant { from, to, curriculum });
        for Variant { curriculum, .. } in self.programmes.iter_mut().flatten() {
            let position = |code: &str| self.codes.partition_point(|known| known.as_str() < code) as u16;
            curriculum.positions = curriculum.codes().map(position).collect();
        }
    }

    /// Codes of everything that a curriculum asks for, sorted.
    pub fn codes(&self) -> &[String] {
        &self.codes
    }

    /// The curriculum of a programme for students who began on a day.
    pub fn of(&self, programme: u32, started_on: Day) -> CurriculumOf<'_> {
        let Some(variants) = self.programmes.get(programme as usize).filter(|all| !all.is_empty()) else {
            return CurriculumOf::NoFile;
        };
        let holds = |variant: &&Variant| {
            variant.from.is_none_or(|from| from <= started_on) && variant.to.is_none_or(|to| started_on <= to)
        };
        let found = variants.iter().find(holds);
        found.map_or(CurriculumOf::NoVariant, |variant| CurriculumOf::Found(&variant.curriculum))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curriculum_holds_from_its_first_start_to_its_last_and_for_its_programme_alone() {
        let day = Day::from_epoch_days;
        let mut curricula = Curricula::default();
        for programme in [0, 1, 3] {
            let title = programme.to_string();
            let curriculum =
                Curriculum::new(title, String::new(), Ects::ZERO, Vec::new(), Ceilings::default());
            curricula.add(programme, Some(day(10)), Some(day(20)), curriculum);
        }
        let title = |programme: u32, started_on: i32| match curricula.of(programme, day(started_on)) {
            CurriculumOf::Found(curriculum) => curriculum.title.clone(),
            CurriculumOf::NoVariant => "no variant".to_owned(),
            CurriculumOf::NoFile => "no file".to_owned(),
        };
        for (programme, started_on, wanted) in [
            (1, 9, "no variant"),
            (1, 10, "1"),
            (1, 20, "1"),
            (1, 21, "no variant"),
            (0, 15, "0"),
            (2, 15, "no file"),
            (3, 15, "3"),
            (4, 15, "no file"),
        ] {
            assert_eq!(title(programme, started_on), wanted, "{programme} {started_on}");
        }
    }
}
