#![doc = include_str!("dg407.md")]

use std::fmt::Write;

use compact_str::format_compact;

use super::assignment::{self, Item, Lacking};
use crate::base::{Day, Ects};
use crate::contract::Table;
use crate::contract::codes::{CourseLevel, ProjectKind};
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus};
use crate::student::curriculum::{Ceilings, Curriculum, CurriculumOf, MOST_REQUIREMENTS, Requirement};
use crate::student::exports::Project;
use crate::student::view::{Known, ResultRow, Unknown};
use crate::verdicts::{Evidence, RequirementRow, Severity};

pub static RULE: Rule = Rule {
    code: "DG407",
    name: "curriculum",
    title: "What the curriculum still asks for, and what does not count",
    family: Family::Degree,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[Table::CourseEquivalences, Table::Projects],
    parameters: &["degree.passed_here_ects_master"],
    sources: &["Programme specification, Curriculum", "Study rules, Course registration"],
    documentation: include_str!("dg407.md"),
    judges: Judges::Inspected,
    calls_for: &[],
    unfavourable: None,
    speaks,
    report,
};

/// How an enrolment stands to its curriculum.
pub struct Standing<'a> {
    pub curriculum: &'a Curriculum,
    lacking: Lacking,
    /// Asked as electives, and how much of it is there.
    electives: Ects,
    electives_counted: Ects,
    /// Of courses on no list, beyond the ceilings.
    pub beyond_ceilings: Ects,
    /// At a level that never counts.
    pub never: Ects,
    /// Beyond what the curriculum has room for.
    pub beyond_total: Ects,
    /// Passed here, and to pass here at least.
    pub here: Ects,
    pub here_wanted: Ects,
    /// Listed passes, and the requirement that each fills.
    listed: Vec<ResultRow<'a>>,
    bins: Vec<u8>,
    /// A thesis project names no course, and a pass on no list may be its.
    thesis_unknown: bool,
}

impl Standing<'_> {
    /// What each requirement and its parts lack.
    fn missing(&self) -> [Ects; MOST_REQUIREMENTS] {
        let mut missing = self.lacking.map(Ects::hundredths);
        // A requirement stands above its parts.
        for (at, requirement) in self.curriculum.requirements.iter().enumerate().rev() {
            if let Some(whole) = requirement.part_of {
                missing[whole] += missing[at];
            }
        }
        missing
    }

    fn missing_electives(&self) -> Ects {
        self.electives - self.electives_counted
    }

    fn missing_in_all(&self) -> Ects {
        Ects::hundredths(self.lacking.iter().sum()) + self.missing_electives()
    }

    fn missing_here(&self) -> Ects {
        (self.here_wanted - self.here).or_zero()
    }

    fn does_not_count(&self) -> Ects {
        self.beyond_ceilings + self.never + self.beyond_total
    }

    /// Counted in requirements other than the thesis: the mandatory courses.
    pub fn mandatory(&self) -> Ects {
        let filled = |(at, requirement): (usize, &Requirement)| {
            let lacking = Ects::hundredths(self.lacking[at]);
            if requirement.thesis { Ects::ZERO } else { requirement.free - lacking }
        };
        self.curriculum.requirements.iter().enumerate().map(filled).sum()
    }

    /// What is asked and what is missing of each requirement in the order of the curriculum, then of
    /// electives, all of it, and what is to be passed here.
    fn rows(&self) -> impl Iterator<Item = (Ects, Ects)> {
        let requirements = self.curriculum.requirements.iter().map(|requirement| requirement.ects);
        requirements.zip(self.missing()).chain([
            (self.electives, self.missing_electives()),
            (self.curriculum.total, self.missing_in_all()),
            (self.here_wanted, self.missing_here()),
        ])
    }
}

/// Whether a pass on no list may be that of a thesis project which names no course.
fn may_be_of(thesis: &Project, pass: &ResultRow) -> bool {
    let during =
        |day: Day| thesis.starts_on <= day && thesis.finished_on.is_none_or(|finished| day <= finished);
    thesis.course.is_none()
        && thesis.abandoned_on.is_none()
        && thesis.ects == pass.ects
        && !pass.transferred
        && pass.exam_date.is_none_or(during)
}

/// The standing by some passes.
pub fn standing<'a>(
    case: &Case<'a>,
    curriculum: &'a Curriculum,
    passes: Known<impl Iterator<Item = ResultRow<'a>>>,
) -> Known<Standing<'a>> {
    let catalogue = &case.exports.catalogue;
    let projects = case.projects()?;
    let theses = || projects.clone().filter(|project| project.kind == ProjectKind::MscThesis);
    let thesis = |group: u32| {
        theses().filter_map(|project| project.course).any(|course| catalogue.group(course) == group)
    };
    let (mut thesis_passed, mut perhaps_thesis) = (false, false);
    let mut items: Vec<Item> = Vec::with_capacity(32);
    let mut listed: Vec<ResultRow<'a>> = Vec::with_capacity(32);
    let [mut all, mut never, mut other, mut bachelor, mut general, mut both, mut entry, mut here] =
        [Ects::ZERO; 8];
    let ceilings = &curriculum.ceilings;
    for pass in passes? {
        let sum = if pass.transferred { &mut entry } else { &mut here };
        if !pass.transferred || pass.is_entry_credit(case.enrolment.started_on) {
            *sum += pass.ects;
        }
        let fills = curriculum.fills(pass.group);
        let is_thesis = thesis(pass.group);
        thesis_passed |= is_thesis;
        let fills = if is_thesis { curriculum.thesis() } else { fills };
        if fills != 0 {
            all += pass.ects;
            items.push(Item { ects: pass.ects, fills });
            listed.push(pass);
            continue;
        }
        perhaps_thesis |= theses().any(|project| may_be_of(project, &pass));
        // Credit outside the catalogue has no level; it was approved for this programme.
        let course = catalogue.course(pass.course);
        let general_engineering = course.is_some_and(|course| course.general_engineering == Some(true));
        let class = match course.map(|course| course.level) {
            Some(level) if ceilings.never.contains(&level) => &mut never,
            Some(CourseLevel::BSc) if general_engineering => &mut both,
            Some(CourseLevel::BSc) => &mut bachelor,
            _ if general_engineering => &mut general,
            _ => &mut other,
        };
        *class += pass.ects;
    }
    let mut bins = Vec::with_capacity(items.len());
    let lacking = assignment::best(curriculum, &items, &mut bins);
    let free: Ects = curriculum.requirements.iter().map(|requirement| requirement.free).sum();
    let surplus = all - (free - Ects::hundredths(lacking.iter().sum()));
    let electives = curriculum.electives();
    let capped = below_ceilings(ceilings, bachelor, general, both);
    let offered = surplus + other + capped;
    let electives_counted = Ects::min(electives, offered);
    let here_wanted = case.law.passed_here_ects(case.programme.level);
    Ok(Standing {
        curriculum,
        lacking,
        electives,
        electives_counted,
        beyond_ceilings: bachelor + general + both - capped,
        never,
        beyond_total: offered - electives_counted,
        here,
        // Entry credit need not be passed again.
        here_wanted: Ects::min(here_wanted, (curriculum.total - entry).or_zero()),
        listed,
        bins,
        thesis_unknown: perhaps_thesis && !thesis_passed,
    })
}

/// The most that may count of bachelor courses, general engineering courses, and courses that are
/// both: those under one ceiling first, the ones under every ceiling in the room that is left.
fn below_ceilings(ceilings: &Ceilings, bachelor: Ects, general: Ects, both: Ects) -> Ects {
    let bachelor = bachelor.min(ceilings.bachelor);
    let general = general.min(ceilings.general_engineering);
    let room = (ceilings.bachelor - bachelor).min(ceilings.general_engineering - general);
    (bachelor + general + both.min(room)).min(ceilings.together)
}

/// The standing of an enrolment by everything known; `None` without a curriculum.
pub fn decide<'a>(case: &Case<'a>, passes: Known<&[ResultRow<'a>]>) -> Option<Known<Standing<'a>>> {
    match case.exports.curricula.of(case.enrolment.programme, case.enrolment.started_on) {
        CurriculumOf::Found(curriculum) => {
            let standing = standing(case, curriculum, passes.map(|passes| passes.iter().copied()));
            Some(standing.and_then(|standing| match standing.thesis_unknown {
                true => Err(Unknown::ThesisCourse),
                false => Ok(standing),
            }))
        }
        CurriculumOf::NoFile | CurriculumOf::NoVariant => None,
    }
}

/// The rows of `curriculum.parquet` of one enrolment, in the order of its codes; none without a
/// curriculum. `inspected` is the position of its row in the inspection.
pub fn rows(case: &Case, decisions: &Decisions, inspected: u32) -> Vec<RequirementRow> {
    let found = case.exports.curricula.of(case.enrolment.programme, case.enrolment.started_on);
    let (CurriculumOf::Found(curriculum), Some(standing)) = (found, &decisions.curriculum) else {
        return Vec::new();
    };
    let row = |requirement: &u16, required: Ects, missing: Option<Ects>| RequirementRow {
        inspected,
        requirement: *requirement,
        required,
        counted: missing.map(|missing| required - missing),
        missing,
    };
    let positions = curriculum.positions().iter();
    let mut rows: Vec<RequirementRow> = match standing {
        Ok(standing) => {
            let rows = positions.zip(standing.rows());
            rows.map(|(position, (all, open))| row(position, all, Some(open))).collect()
        }
        Err(_) => {
            let here = case.law.passed_here_ects(case.programme.level);
            let asked = curriculum.requirements.iter().map(|asked| asked.ects);
            let asked = asked.chain([curriculum.electives(), curriculum.total, here]);
            positions.zip(asked).map(|(position, required)| row(position, required, None)).collect()
        }
    };
    rows.sort_unstable_by_key(|row| row.requirement);
    rows
}

/// Speaks of what does not count; what is still to be passed is in the table and the explanation.
fn severity(standing: &Standing) -> Option<Severity> {
    let too_little_here = standing.missing_in_all() == Ects::ZERO && standing.missing_here() > Ects::ZERO;
    (standing.does_not_count() > Ects::ZERO || too_little_here).then_some(Severity::Notice)
}

fn speaks(case: &Case, decisions: &Decisions) -> Option<Severity> {
    if let CurriculumOf::NoVariant =
        case.exports.curricula.of(case.enrolment.programme, case.enrolment.started_on)
    {
        return Some(Severity::Review);
    }
    match decisions.curriculum.as_ref()? {
        Ok(standing) => severity(standing),
        Err(_) => Some(Severity::Review),
    }
}

fn report(case: &Case, decisions: &Decisions) -> Vec<Report> {
    match case.exports.curricula.of(case.enrolment.programme, case.enrolment.started_on) {
        CurriculumOf::NoFile => {
            let why = format!("no curriculum names the programme {}", case.programme.code);
            let message = "The programme has no curriculum file.";
            return vec![Report::new(Outcome::NotApplicable(why), message, Vec::new())];
        }
        CurriculumOf::NoVariant => {
            let why =
                format!("the curriculum says nothing of programmes begun on {}", case.enrolment.started_on);
            let evidence = vec![case.register("started_on", case.enrolment.started_on)];
            return vec![Report::new(Outcome::Unknown(why.clone()), format!("Unknown: {why}."), evidence)];
        }
        CurriculumOf::Found(_) => {}
    }
    match &decisions.curriculum {
        Some(Ok(standing)) => vec![told(case, standing)],
        Some(Err(unknown)) => vec![Report::unknown(*unknown, Vec::new())],
        None => Vec::new(),
    }
}

fn told(case: &Case, standing: &Standing) -> Report {
    let curriculum = standing.curriculum;
    let mut open = String::with_capacity(256);
    for (code, (required, missing)) in curriculum.codes().zip(standing.rows()) {
        if missing > Ects::ZERO {
            let comma = if open.is_empty() { "" } else { ", " };
            // Writing to a string cannot fail.
            let _ = write!(open, "{comma}{code} {missing} (of {required})");
        }
    }
    let mut message = if open.is_empty() {
        format!("The curriculum {} is complete.", curriculum.title)
    } else {
        format!("Still to be passed, in ECTS: {open}.")
    };
    let lost = [
        (standing.never, "at a level that never counts"),
        (standing.beyond_ceilings, "at bachelor level or in general engineering beyond their ceilings"),
        (standing.beyond_total, "beyond what the curriculum has room for as electives"),
    ];
    for (ects, why) in lost.into_iter().filter(|(ects, _)| *ects > Ects::ZERO) {
        let _ = write!(message, " Not counted: {ects} ECTS {why}.");
    }
    let outcome = if open.is_empty() && standing.does_not_count() == Ects::ZERO {
        Outcome::Met
    } else {
        Outcome::NotMet
    };
    let margin = format!("{} ECTS missing in all", standing.missing_in_all());
    Report::new(outcome, message, evidence(case, standing)).margin(margin)
}

fn evidence(case: &Case, standing: &Standing) -> Vec<Evidence> {
    let curriculum = standing.curriculum;
    let source = curriculum.source.as_str();
    let ceilings = &curriculum.ceilings;
    let never: Vec<&str> = ceilings.never.iter().map(|level| level.code()).collect();
    let mut evidence = Vec::with_capacity(MOST_REQUIREMENTS);
    for (at, (code, (required, missing))) in curriculum.codes().zip(standing.rows()).enumerate() {
        let placed = standing.listed.iter().zip(&standing.bins).filter(|(_, bin)| usize::from(**bin) == at);
        let placed = placed.map(|(pass, _)| pass);
        let mut value = format_compact!("{code}: {} of {required} passed", required - missing);
        let mut before = " by ";
        for pass in placed.clone() {
            value.push_str(before);
            value.push_str(case.exports.catalogue.code(pass.course));
            before = ", ";
        }
        evidence.push(if placed.clone().next().is_none() {
            case.figure("requirement", value, source.to_owned())
        } else {
            case.rows("requirement", value, Table::Results, placed.map(|pass| pass.line))
        });
    }
    let limits = format!(
        "bachelor {}, general engineering {}, together {}, never {}",
        ceilings.bachelor,
        ceilings.general_engineering,
        ceilings.together,
        never.join(" ")
    );
    evidence.push(case.figure("ceilings", limits, source.to_owned()));
    evidence.push(case.figure("does_not_count", standing.does_not_count(), "by ceiling, level and room"));
    evidence.push(case.law_fact("to_pass_here", "degree.passed_here_ects_master"));
    evidence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn courses_under_both_ceilings_take_the_room_that_both_leave() {
        let ects = |points: i32| Ects::hundredths(100 * points);
        let ceilings = Ceilings {
            bachelor: ects(10),
            general_engineering: ects(15),
            together: ects(30),
            never: Vec::new(),
        };
        let counted =
            |bachelor, general, both| below_ceilings(&ceilings, ects(bachelor), ects(general), ects(both));
        assert_eq!(counted(0, 0, 20), ects(10));
        assert_eq!(counted(5, 0, 20), ects(10));
        assert_eq!(counted(10, 0, 20), ects(10));
        assert_eq!(counted(0, 10, 20), ects(15));
        assert_eq!(counted(0, 15, 20), ects(15));
        assert_eq!(counted(5, 12, 20), ects(20));
        assert_eq!(counted(20, 20, 20), ects(25));
    }
}
