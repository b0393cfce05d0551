#![doc = include_str!("ex305.md")]

use crate::base::{Day, Ects, Month, counted};
use crate::contract::Table;
use crate::law::reexam_month;
use crate::rules::exams::ex301::GroupAttempts;
use crate::rules::exams::ex302;
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus};
use crate::student::view::{Known, ResultRow, Unknown};
use crate::verdicts::{AttemptState, Evidence, Severity};

pub static RULE: Rule = Rule {
    code: "EX305",
    name: "re-exam-period",
    title: "Month of the re-exam of a course not passed",
    family: Family::Exams,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[Table::CourseEquivalences, Table::Exemptions, Table::Projects],
    parameters: &[
        "exams.attempts_allowed",
        "exams.reexam_results",
        "exams.reexam_months",
        "exams.discontinued_reexams",
        "exams.quick_reexam_results",
        "exams.quick_reexam_days",
    ],
    sources: &["Study rules, Re-exams", "Study rules, Quick re-exam"],
    documentation: include_str!("ex305.md"),
    judges: Judges::Inspected,
    calls_for: &[],
    unfavourable: None,
    speaks,
    report,
};

fn speaks(case: &Case, decisions: &Decisions) -> Option<Severity> {
    match judged(case, decisions) {
        Ok(judged) => judged.map(|reexam| reexam.severity()).max(),
        Err(_) => Some(Severity::Review),
    }
}

/// One report per course group whose re-exam lies ahead or cannot be placed.
fn report(case: &Case, decisions: &Decisions) -> Vec<Report> {
    let mut reports: Vec<Report> = match judged(case, decisions) {
        Ok(judged) => judged.map(|reexam| in_words(case, &reexam)).collect(),
        Err(unknown) => vec![Report::unknown(unknown, Vec::new()).severity(Severity::Review)],
    };
    if reports.is_empty() {
        reports.extend(unsaid(case, decisions).map(|group| nothing_said(case, group)));
    }
    if reports.is_empty() {
        let message = "No re-exam lies ahead.";
        reports.push(Report::new(Outcome::Met, message, vec![list(case)]));
    }
    reports
}

/// Which result it is may tell of more than the exam, so it is not named.
fn nothing_said(case: &Case, group: &GroupAttempts) -> Report {
    let why = match group.passed {
        true => "what came of its exams is not settled",
        false => "its latest result is none of those that have a re-exam in these months",
    };
    let why = why.to_owned();
    let message = format!("Course group {}: nothing can be said of a re-exam: {why}.", group.name);
    let latest = case.results().filter(|row| row.group == group.group).max_by_key(|row| row.assessed_on);
    let latest = latest.map(|row| case.rows("latest_result", row.assessed_on, Table::Results, [row.line]));
    let evidence = latest.into_iter().chain([list(case)]).collect();
    Report::new(Outcome::Unknown(why), message, evidence).scope(group.name)
}

fn list(case: &Case) -> Evidence {
    case.law_fact("reexam_months", "exams.reexam_months")
}

/// The re-exam of a course group whose latest result asks for one.
struct Reexam<'c, 'a> {
    group: &'c GroupAttempts<'a>,
    latest: ResultRow<'a>,
    exam: Day,
    when: When,
}

enum When {
    /// Whether attempts are left is unknown.
    Unknown(Unknown),
    /// With the reason.
    Unplaced(&'static str),
    /// Number of the re-exam after the end of a course discontinued on a day, beyond those there are.
    TooLate(i32, Day),
    Ahead {
        month: Month,
        /// The same, of those there are.
        further: Option<(i32, Day)>,
        /// Until when a quick re-exam may be asked for.
        quick: Option<Day>,
    },
}

impl Reexam<'_, '_> {
    fn severity(&self) -> Severity {
        match self.when {
            When::Unknown(_) => Severity::Review,
            When::TooLate(..) | When::Ahead { quick: Some(_), .. } => Severity::Notice,
            When::Unplaced(_) | When::Ahead { quick: None, .. } => Severity::Info,
        }
    }
}

fn judged<'c, 'a>(
    case: &'c Case<'a>,
    decisions: &'c Decisions<'a>,
) -> Known<impl Iterator<Item = Reexam<'c, 'a>>> {
    let groups = attempted(case, decisions)?.filter(|group| !group.passed);
    Ok(groups.filter_map(|group| reexam(case, group)))
}

/// Course groups of no project whose attempts are not known to be used up.
fn attempted<'c, 'a>(
    case: &'c Case<'a>,
    decisions: &'c Decisions<'a>,
) -> Known<impl Iterator<Item = &'c GroupAttempts<'a>>> {
    let groups = decisions.attempts.groups.as_ref().map_err(|unknown| *unknown)?;
    let projects = case.projects()?;
    let catalogue = &case.exports.catalogue;
    let of_project = move |group: u32| {
        projects.clone().any(|project| project.course.is_some_and(|course| catalogue.group(course) == group))
    };
    let attempted =
        move |group: &&GroupAttempts| group.state != Ok(AttemptState::Exhausted) && !of_project(group.group);
    Ok(groups.iter().filter(attempted))
}

/// Not passed by a settled result, and with a latest one that the rule says nothing of.
fn unsaid<'c, 'a>(
    case: &'c Case<'a>,
    decisions: &'c Decisions<'a>,
) -> impl Iterator<Item = &'c GroupAttempts<'a>> {
    let silent = |group: &&GroupAttempts| {
        let of_group = || case.results().filter(|row| row.group == group.group);
        let settled = of_group().any(|row| row.code.passed && !row.code.provisional);
        let listed = |row: ResultRow| case.law.reexam_results.contains(&row.code.code);
        !settled && (group.passed || latest(case, group).is_some_and(|row| !listed(row)))
    };
    attempted(case, decisions).into_iter().flatten().filter(silent)
}

/// The own result of the latest exam.
fn latest<'a>(case: &Case<'a>, group: &GroupAttempts) -> Option<ResultRow<'a>> {
    let own = case.results().filter(|row| row.group == group.group && !row.transferred);
    own.max_by_key(|row| (row.exam_date, row.assessed_on))
}

/// `None`: the latest result asks for no re-exam, or its re-exam month is over.
fn reexam<'c, 'a>(case: &Case<'a>, group: &'c GroupAttempts<'a>) -> Option<Reexam<'c, 'a>> {
    let latest = latest(case, group)?;
    if !case.law.reexam_results.contains(&latest.code.code) {
        return None;
    }
    let exam = latest.exam_date?;
    let said = |when: When| Some(Reexam { group, latest, exam, when });
    // Exemptions and a readmission only add to the attempts.
    match group.state {
        Err(unknown) if group.used >= case.law.attempts_allowed => return said(When::Unknown(unknown)),
        _ => {}
    }
    let periods = &case.law.reexam_periods;
    let own = case.results().filter(|row| row.group == group.group && !row.transferred);
    let mut earlier = own.filter_map(|row| row.exam_date).filter(|day| *day < exam);
    if earlier.any(|day| reexam_month(periods, day) == Some(exam.month())) {
        return said(When::Unplaced("the last exam was itself held in a re-exam period"));
    }
    let Some(first) = reexam_month(periods, exam) else {
        return said(When::Unplaced("the list has no re-exam period for the month of the exam"));
    };
    let month = not_over(case, group.group, first)?;
    match further_reexam(case, group.group, month) {
        Some((number, discontinued)) if number > case.law.discontinued_reexams => {
            said(When::TooLate(number, discontinued))
        }
        further => said(When::Ahead { month, further, quick: quick(case, &latest) }),
    }
}

/// The re-exam month, or the same month of a later year when it is over and the course, discontinued since, has a
/// further re-exam in it.
fn not_over(case: &Case, group: u32, first: Month) -> Option<Month> {
    let over = |month: Month| month.last_day() < case.cutoffs.inspection_date;
    if !over(first) {
        return Some(first);
    }
    let mut month = first;
    while over(month) {
        month = month.plus(12);
    }
    let (number, _) = further_reexam(case, group, month)?;
    (number <= case.law.discontinued_reexams).then_some(month)
}

fn in_words(case: &Case, reexam: &Reexam) -> Report {
    let Reexam { group, latest, exam, when } = reexam;
    let name = group.name;
    let mut evidence = vec![case.rows("exam_date", *exam, Table::Results, [latest.line]), list(case)];
    let further_fact = || case.law_fact("further_reexams", "exams.discontinued_reexams");
    let allowed = case.law.discontinued_reexams;
    let report = match *when {
        When::Unknown(unknown) => {
            let message = format!("Course group {name}: whether an attempt is left is unknown: {unknown}.");
            Report::new(Outcome::unknown(unknown), message, evidence)
        }
        When::Unplaced(why) => {
            let message = format!("Course group {name}: the month of the next exam is unknown: {why}.");
            Report::new(Outcome::Unknown(why.to_owned()), message, evidence)
        }
        When::TooLate(number, discontinued) => {
            let message = format!(
                "Course group {name}: discontinued on {discontinued}, and its {} over.",
                counted(allowed, "further re-exam is", "further re-exams are")
            );
            evidence.push(further_fact());
            Report::new(Outcome::NotMet, message, evidence)
                .margin(counted(number - allowed, "re-exam too late", "re-exams too late").to_string())
        }
        When::Ahead { month, further, quick } => {
            let mut message = format!("Course group {name}: the re-exam is in {month}");
            if let Some((number, discontinued)) = further {
                evidence.push(further_fact());
                message.push_str(&format!(
                    ", number {number} of {allowed} after the course was discontinued on {discontinued}"
                ));
            }
            message.push_str(registered(case, group.group, month));
            message.push('.');
            if has_parts(case, latest.course) {
                message.push_str(" Only the last part-exam is repeated.");
            }
            if let Some(by) = quick {
                message.push_str(&format!(
                    " It is the last course: a quick re-exam may be asked for until {by}."
                ));
                evidence.extend(for_quick(case, latest));
            }
            let days = case.cutoffs.inspection_date.days_until(month.first_day());
            let margin = if days > 0 {
                format!("{} until it begins", counted(days, "day", "days"))
            } else {
                format!("{} into it", counted(-days, "day", "days"))
            };
            Report::new(Outcome::Met, message, evidence).margin(margin)
        }
    };
    report.scope(name).severity(reexam.severity())
}

/// Which re-exam after the end of a discontinued course the one of a month is, counted from 1.
fn further_reexam(case: &Case, group: u32, month: Month) -> Option<(i32, Day)> {
    let discontinued = ex302::discontinued(case, group)?;
    let ended = discontinued.month();
    let years = month.year() - ended.year();
    // The same month of every year; that of the end itself is none after it.
    let number = if Month::new(ended.year(), month.number()) > ended { years + 1 } else { years };
    (number > 0).then_some((number, discontinued))
}

fn registered(case: &Case, group: u32, month: Month) -> &'static str {
    let Ok(mut rows) = case.registrations() else { return "" };
    let catalogue = &case.exports.catalogue;
    if rows.any(|row| catalogue.group(row.course) == group && row.exam_date.month() == month) {
        "; registered"
    } else {
        "; not registered yet"
    }
}

fn has_parts(case: &Case, course: u32) -> bool {
    case.part_results().is_ok_and(|parts| parts.iter().any(|part| part.course == course))
}

/// Until when a quick re-exam may be asked for: nothing else is missing, and the result allows it.
fn quick(case: &Case, latest: &ResultRow) -> Option<Day> {
    let by = latest.assessed_on.plus_days(case.law.quick_reexam_days);
    if by < case.cutoffs.inspection_date || !case.law.quick_reexam_results.contains(&latest.code.code) {
        return None;
    }
    let passed: Ects = case.counted_passes(|_| false).ok()?.map(|pass| pass.ects).sum();
    let programme = case.programme.ects;
    (passed < programme && programme <= passed + latest.ects).then_some(by)
}

fn for_quick(case: &Case, latest: &ResultRow) -> Vec<Evidence> {
    let passes: Vec<ResultRow> = case.counted_passes(|_| false).into_iter().flatten().collect();
    let passed: Ects = passes.iter().map(|pass| pass.ects).sum();
    vec![
        case.rows("ects_passed", passed, Table::Results, passes.iter().map(|pass| pass.line)),
        case.rows("ects_of_the_course", latest.ects, Table::Results, [latest.line]),
        case.programme_fact("programme_ects", case.programme.ects),
        case.law_fact("quick_reexam_days", "exams.quick_reexam_days"),
    ]
}
