#![doc = include_str!("dg408.md")]

use super::dg407;
use crate::base::{Day, Ects, Period, Semester, counted};
use crate::contract::Table;
use crate::contract::codes::LeaveReason;
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus, loud_alone, loudest};
use crate::student::curriculum::CurriculumOf;
use crate::student::exports::Leave;
use crate::student::view::Known;
use crate::verdicts::Severity;

pub static RULE: Rule = Rule {
    code: "DG408",
    name: "leave-of-absence",
    title: "Leave: what it asks for, how long it may be, when it is applied for",
    family: Family::Degree,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[Table::CourseEquivalences, Table::Leaves, Table::Projects],
    parameters: &[
        "degree.leave_ects",
        "degree.leave_ects_master",
        "degree.leave_without_reason_semesters",
        "degree.leave_months",
        "degree.leave_application_weeks",
    ],
    sources: &["Study rules, Leave of absence"],
    documentation: include_str!("dg408.md"),
    judges: Judges::Inspected,
    calls_for: &[],
    unfavourable: None,
    speaks,
    report: said,
};

fn speaks(case: &Case, decisions: &Decisions) -> Option<Severity> {
    let none = case.leaves().is_ok_and(<[Leave]>::is_empty);
    if none { None } else { loudest(&said(case, decisions)) }
}

fn said(case: &Case, decisions: &Decisions) -> Vec<Report> {
    let unknown = |unknown| Report::unknown(unknown, Vec::new()).severity(Severity::Review);
    let leaves = match case.leaves() {
        Ok(leaves) => leaves,
        Err(absent) => return vec![unknown(absent)],
    };
    if leaves.is_empty() {
        let why = "no leave".to_owned();
        return vec![Report::new(Outcome::NotApplicable(why), "No leave.", Vec::new())];
    }
    let mut all = Vec::new();
    for (position, leave) in leaves.iter().enumerate() {
        all.push(application(case, leave).scope(format!("application {position}")));
        if leave.reason == LeaveReason::None {
            let earned = earned(case, decisions, leave).unwrap_or_else(unknown);
            all.push(earned.scope(format!("ects {position}")));
        }
        all.extend(studied(case, leave).map(|report| report.scope(format!("studied {position}"))));
    }
    for (position, whole) in continuous(leaves).iter().enumerate() {
        all.push(length(case, whole).scope(format!("length {position}")));
    }
    loud_alone(all)
}

/// At most so many weeks into the leave.
fn application(case: &Case, leave: &Leave) -> Report {
    let first = leave.period.first;
    let last_day = first.plus_days(7 * case.law.leave_application_weeks);
    let mut evidence = vec![
        case.law_fact("application_weeks", "degree.leave_application_weeks"),
        case.rows("leave_begins", first, Table::Leaves, [leave.line]),
        case.figure("last_day_to_apply", last_day, "first day of the leave + weeks"),
    ];
    let known = leave.applied_on.filter(|day| *day <= case.cutoffs.inspection_date);
    let Some(applied) = known else {
        let why = match leave.applied_on {
            Some(_) => "the day of the application lies after the inspection".to_owned(),
            None => "the day of the application is not known".to_owned(),
        };
        let message = format!("Leave from {first}: {why}.");
        return Report::new(Outcome::Unknown(why), message, evidence).severity(Severity::Info);
    };
    evidence.push(case.rows("applied_on", applied, Table::Leaves, [leave.line]));
    let days = last_day.days_until(applied);
    if days <= 0 {
        let message = format!("Leave from {first} applied for on {applied}, by {last_day}.");
        return Report::new(Outcome::Met, message, evidence)
            .margin(format!("{} to spare", counted(-days, "day", "days")));
    }
    let message = format!("Leave from {first} applied for on {applied}, after {last_day}.");
    Report::new(Outcome::NotMet, message, evidence)
        .margin(format!("{} late", counted(days, "day", "days")))
        .severity(Severity::Notice)
}

/// ECTS passed before a leave without reason; on a master programme those of mandatory courses.
fn earned(case: &Case, decisions: &Decisions, leave: &Leave) -> Known<Report> {
    let first = leave.period.first;
    let level = case.programme.level;
    let (mut passed, mut lines) = (Ects::ZERO, Vec::new());
    for pass in decisions.passes()?.iter().filter(|pass| pass.assessed_on < first) {
        passed += pass.ects;
        lines.push(pass.line);
    }
    let mut has = passed;
    let mut told_apart = false;
    if level.is_master()
        && let CurriculumOf::Found(curriculum) =
            case.exports.curricula.of(case.enrolment.programme, case.enrolment.started_on)
    {
        // The pass that counts of a course decides its day: a later one does not count before the leave.
        let before = decisions
            .passes()
            .map(|passes| passes.iter().copied().filter(move |pass| pass.assessed_on < first));
        has = dg407::standing(case, curriculum, before)?.mandatory();
        told_apart = true;
    }
    let wanted = case.law.leave_ects(level);
    let key = if level.is_master() { "degree.leave_ects_master" } else { "degree.leave_ects" };
    let evidence = vec![
        case.law_fact("ects_before_leave", key),
        case.rows("leave_begins", first, Table::Leaves, [leave.line]),
        case.rows("ects_passed_before", passed, Table::Results, lines),
        case.figure(
            "ects_that_count",
            has,
            if told_apart { "in the requirements of the curriculum, thesis aside" } else { "all passed" },
        ),
    ];
    let what = if told_apart { " of mandatory courses" } else { "" };
    let message = format!("Leave without reason from {first}: {has} ECTS{what} before, at least {wanted}");
    if has < wanted {
        let known_through = case.cutoffs.results_through;
        let report = if known_through < first.plus_days(-1) {
            let why = format!("results are known only through {known_through}");
            let message = format!("{message}. Not yet decided: {why}.");
            Report::new(Outcome::Unknown(why), message, evidence).severity(Severity::Info)
        } else {
            Report::new(Outcome::NotMet, format!("{message}."), evidence).severity(Severity::Notice)
        };
        return Ok(report.margin(format!("{} ECTS short", wanted - has)));
    }
    let margin = format!("{} ECTS above", has - wanted);
    if level.is_master() && !told_apart {
        let why = "which of them are mandatory is in no curriculum".to_owned();
        let report = Report::new(Outcome::Unknown(why.clone()), format!("{message}; {why}."), evidence);
        return Ok(report.margin(margin).severity(Severity::Info));
    }
    Ok(Report::new(Outcome::Met, format!("{message}."), evidence).margin(margin))
}

/// Leaves of one reason that follow each other without a day between.
struct Continuous {
    period: Period,
    reason: LeaveReason,
    lines: Vec<u32>,
}

fn continuous(leaves: &[Leave]) -> Vec<Continuous> {
    let mut wholes: Vec<Continuous> = Vec::new();
    for leave in leaves {
        let follows = |whole: &&mut Continuous| {
            whole.reason == leave.reason && leave.period.first <= whole.period.last.plus_days(1)
        };
        match wholes.iter_mut().find(follows) {
            Some(whole) => {
                whole.period.last = whole.period.last.max(leave.period.last);
                whole.lines.push(leave.line);
            }
            None => {
                let lines = vec![leave.line];
                wholes.push(Continuous { period: leave.period, reason: leave.reason, lines });
            }
        }
    }
    wholes
}

fn length(case: &Case, whole: &Continuous) -> Report {
    let law = case.law;
    let first = whole.period.first;
    let (last, key) = match whole.reason {
        LeaveReason::None => {
            let semesters = law.leave_without_reason_semesters;
            let months = first.plus_months_clamped(semesters * law.semester_months).plus_days(-1);
            (
                months.max(Semester::of(first).later(semesters - 1).days().last),
                "degree.leave_without_reason_semesters",
            )
        }
        _ => (first.plus_months_clamped(law.leave_months).plus_days(-1), "degree.leave_months"),
    };
    let evidence = vec![
        case.law_fact("longest_leave", key),
        case.rows("reason", whole.reason.code(), Table::Leaves, whole.lines.clone()),
        case.figure(
            "leave",
            format!("{first} to {}", whole.period.last),
            "leaves of one reason without a gap",
        ),
        case.figure("last_day_possible", last, "first day + longest leave"),
    ];
    let days = last.days_until(whole.period.last);
    if days <= 0 {
        let message = format!("The leave from {first} ends by {last}.");
        return Report::new(Outcome::Met, message, evidence)
            .margin(format!("{} to spare", counted(-days, "day", "days")));
    }
    let unless = match whole.reason {
        LeaveReason::None => "it cannot be extended",
        _ => "longer only by exemption",
    };
    let message =
        format!("The leave from {first} lasts to {}, at most to {last}: {unless}.", whole.period.last);
    Report::new(Outcome::NotMet, message, evidence)
        .margin(format!("{} too long", counted(days, "day", "days")))
        .severity(Severity::Notice)
}

/// Exams taken and projects submitted on a day of the leave, when all study must rest.
fn studied(case: &Case, leave: &Leave) -> Option<Report> {
    let inside = |day: Option<Day>| day.is_some_and(|day| leave.period.contains(day));
    let exams: Vec<u32> = case
        .results()
        .filter(|row| !row.transferred && row.code.took_part && inside(row.exam_date))
        .map(|row| row.line)
        .collect();
    let submitted = |day: Option<Day>| inside(day.filter(|day| *day <= case.cutoffs.inspection_date));
    let projects = case.projects().map(|projects| {
        let inside = projects.filter(|project| submitted(project.submitted_on));
        inside.map(|project| project.line).collect::<Vec<u32>>()
    });
    let (first, taken) = (leave.period.first, counted(exams.len(), "exam", "exams"));
    let no_exam = exams.is_empty();
    let mut evidence = vec![
        case.rows("leave_begins", first, Table::Leaves, [leave.line]),
        case.rows("exams_during_leave", exams.len(), Table::Results, exams),
    ];
    let message = match projects {
        Ok(projects) if no_exam && projects.is_empty() => return None,
        Ok(projects) => {
            let submitted = counted(projects.len(), "project", "projects").to_string();
            let fact = "projects_submitted_during_leave";
            evidence.push(case.rows(fact, projects.len(), Table::Projects, projects));
            format!("Leave from {first}: {taken} taken and {submitted} submitted during it.")
        }
        Err(_) if first > case.cutoffs.inspection_date => return None,
        Err(unknown) => {
            let message = format!(
                "Leave from {first}: {taken} taken during it; whether projects were submitted is unknown: {unknown}."
            );
            if no_exam {
                let report = Report::new(Outcome::unknown(unknown), message, evidence);
                return Some(report.severity(Severity::Info));
            }
            message
        }
    };
    let why = "all study activities stop during a leave".to_owned();
    Some(Report::new(Outcome::NeedsHuman(why), message, evidence).severity(Severity::Notice))
}
