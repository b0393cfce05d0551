#![doc = include_str!("dg406.md")]

use super::thesis_time;
use crate::base::{Ects, counted};
use crate::contract::Table;
use crate::contract::codes::{ProgrammeLevel, ProjectKind};
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus, loud_alone, loudest};
use crate::student::exports::Project;
use crate::student::view::Known;
use crate::verdicts::{Evidence, Severity};

pub static RULE: Rule = Rule {
    code: "DG406",
    name: "thesis-start-and-length",
    title: "Start, length, extension and defence of the master's thesis",
    family: Family::Degree,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[Table::CourseEquivalences, Table::Projects, Table::ExamRegistrations],
    parameters: &[
        "degree.thesis_missing_ects",
        "degree.thesis_lengths",
        "degree.thesis_lengths_industry",
        "degree.half_month_days",
        "degree.thesis_extension_weeks",
        "degree.thesis_extension_ects",
        "degree.thesis_impairment_weeks",
        "degree.thesis_reexam_weeks",
        "degree.thesis_board_weeks",
        "degree.defence_working_days",
        "degree.fixed_holidays",
        "degree.easter_holidays",
        "degree.prayer_day_after_easter",
        "degree.prayer_day_abolished_from",
    ],
    sources: &["Study rules, Master thesis"],
    documentation: include_str!("dg406.md"),
    judges: Judges::Inspected,
    calls_for: &[],
    unfavourable: None,
    speaks,
    report: said,
};

fn speaks(case: &Case, decisions: &Decisions) -> Option<Severity> {
    let none = theses(case).is_ok_and(|mut theses| theses.next().is_none());
    if none { None } else { loudest(&said(case, decisions)) }
}

/// Master's theses begun by the inspection.
fn theses<'a>(case: &Case<'a>) -> Known<impl Iterator<Item = &'a Project> + use<'a>> {
    let inspection = case.cutoffs.inspection_date;
    let begun =
        move |project: &&Project| project.kind == ProjectKind::MscThesis && project.starts_on <= inspection;
    Ok(case.projects()?.filter(begun))
}

fn said(case: &Case, decisions: &Decisions) -> Vec<Report> {
    if !case.programme.level.is_master() {
        let why = "no master programme".to_owned();
        return vec![Report::new(Outcome::NotApplicable(why), "Not a master programme.", Vec::new())];
    }
    let unknown = |unknown| Report::unknown(unknown, Vec::new()).severity(Severity::Review);
    let mut theses: Vec<&Project> = match theses(case) {
        Ok(theses) => theses.collect(),
        Err(absent) => return vec![unknown(absent)],
    };
    theses.sort_by_key(|thesis| thesis.starts_on);
    let mut all = Vec::new();
    for (position, thesis) in theses.into_iter().enumerate() {
        let start = start(case, decisions, thesis).unwrap_or_else(unknown);
        all.push(start.scope(format!("start {position}")));
        all.push(length(case, thesis, position > 0).scope(format!("length {position}")));
        let later = [
            ("weeks", thesis_time::weeks_granted(case, thesis)),
            ("extension", thesis_time::extension(case, thesis)),
            ("defence", thesis_time::defence(case, thesis)),
        ];
        let said = later.into_iter().filter_map(|(part, report)| Some((part, report?)));
        all.extend(said.map(|(part, report)| report.scope(format!("{part} {position}"))));
    }
    if all.is_empty() {
        let why = "no thesis has begun".to_owned();
        return vec![Report::new(Outcome::NotApplicable(why), "No thesis has begun.", Vec::new())];
    }
    loud_alone(all)
}

fn start(case: &Case, decisions: &Decisions, thesis: &Project) -> Known<Report> {
    let catalogue = &case.exports.catalogue;
    let course = thesis.course.map(|course| catalogue.group(course));
    let begun = thesis.starts_on;
    let passes =
        decisions.passes()?.iter().filter(|pass| pass.assessed_on <= begun && Some(pass.group) != course);
    let (mut passed, mut lines) = (Ects::ZERO, Vec::new());
    for pass in passes {
        passed += pass.ects;
        lines.push(pass.line);
    }
    let missing = (case.programme.ects - thesis.ects - passed).or_zero();
    let limit = case.law.thesis_missing_ects;
    let evidence = vec![
        case.law_fact("ects_that_may_be_missing", "degree.thesis_missing_ects"),
        case.rows("thesis_starts_on", begun, Table::Projects, [thesis.line]),
        case.rows("ects_passed_by_then", passed, Table::Results, lines),
        case.figure("ects_missing", missing, "programme − thesis − passed by its start"),
    ];
    if missing <= limit {
        let message = format!("The thesis began with {missing} ECTS missing besides it.");
        let margin = format!("{} ECTS to spare", limit - missing);
        return Ok(Report::new(Outcome::Met, message, evidence).margin(margin));
    }
    let margin = format!("{} ECTS too many", missing - limit);
    let report = if begun > case.cutoffs.results_through {
        let why = format!("results are known only through {}", case.cutoffs.results_through);
        let message =
            format!("The thesis begins with {missing} ECTS missing besides it by the results known: {why}.");
        Report::new(Outcome::Unknown(why), message, evidence).severity(Severity::Info)
    } else {
        let message = format!(
            "The thesis began with {missing} ECTS missing besides it: at most {limit}, unless exempted."
        );
        Report::new(Outcome::NotMet, message, evidence).severity(Severity::Notice)
    };
    Ok(report.margin(margin))
}

/// From the start to the day it is due, by what was registered before the start. An agreement after an
/// earlier one may be shorter.
fn length(case: &Case, thesis: &Project, earlier: bool) -> Report {
    let law = case.law;
    let lengths = law.thesis_lengths(case.programme.level);
    let key = match case.programme.level {
        ProgrammeLevel::MScIndustry => "degree.thesis_lengths_industry",
        _ => "degree.thesis_lengths",
    };
    let mut evidence: Vec<Evidence> = vec![
        case.law_fact("thesis_lengths", key),
        case.law_fact("half_month_days", "degree.half_month_days"),
        case.rows("thesis_ects", thesis.ects, Table::Projects, [thesis.line]),
        case.rows("due_on", thesis.due_on, Table::Projects, [thesis.line]),
    ];
    let Some(length) = lengths.iter().find(|length| length.ects == thesis.ects) else {
        let message = format!("A thesis cannot have {} ECTS.", thesis.ects);
        return Report::new(Outcome::NotMet, message, evidence).severity(Severity::Notice);
    };
    let end = length.end(thesis.starts_on, law.half_month_days);
    evidence.push(case.figure("prescribed_end", end, "start + prescribed length; a day less is the same"));
    let days = end.days_until(thesis.due_on);
    if days < -1 {
        let fewer = counted(-days, "day", "days");
        let margin = format!("{fewer} shorter");
        if earlier {
            let message = format!("A new agreement, due {fewer} before a first one would be.");
            return Report::new(Outcome::Met, message, evidence).margin(margin);
        }
        let message = format!("The thesis is due {fewer} before its prescribed length.");
        return Report::new(Outcome::NotMet, message, evidence).margin(margin).severity(Severity::Notice);
    }
    let impairment = 7 * thesis.impairment_weeks.unwrap_or(0);
    let courses = thesis_time::beside(case, thesis, thesis.due_on).courses;
    let for_courses = 7 * law.thesis_extension_weeks * courses.whole_steps(law.thesis_extension_ects);
    evidence.extend([
        case.law_fact("weeks_for_courses_beside", "degree.thesis_extension_weeks"),
        case.law_fact("each_ects_beside", "degree.thesis_extension_ects"),
        case.figure("ects_of_courses_beside", courses, "examined for the first time during the thesis"),
        case.figure("days_for_impairment", impairment, "weeks × 7"),
    ]);
    if days <= impairment + for_courses {
        let (said, margin) = match days {
            ..=0 => ("has its prescribed length".to_owned(), "as long as prescribed".to_owned()),
            longer => {
                let more = counted(longer, "day", "days");
                let said =
                    format!("is due {more} after its prescribed length, as impairment or courses explain");
                (said, format!("{more} longer, explained"))
            }
        };
        let message = format!("The thesis of {} ECTS {said}.", thesis.ects);
        return Report::new(Outcome::Met, message, evidence).margin(margin);
    }
    let mut why = "a person must see whether an extension was registered before the start".to_owned();
    if let Err(unknown) = case.registrations() {
        why = format!("{why}; {unknown}");
    }
    let more = counted(days, "day", "days");
    let message = format!("The thesis is due {more} after its prescribed length: {why}.");
    Report::new(Outcome::NeedsHuman(why), message, evidence)
        .margin(format!("{more} longer, {} explained", impairment + for_courses))
        .severity(Severity::Notice)
}
