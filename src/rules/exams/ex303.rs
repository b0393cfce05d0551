#![doc = include_str!("ex303.md")]

use crate::base::{Day, counted};
use crate::contract::Table;
use crate::rules::exams::ex301;
use crate::rules::{
    Case, Decisions, Family, Judges, LostRows, Outcome, Report, Rule, RuleStatus, Unfavourable, loudest,
};
use crate::student::exports::Project;
use crate::student::view::{Known, ResultRow};
use crate::verdicts::{Evidence, Severity};

pub static RULE: Rule = Rule {
    code: "EX303",
    name: "project-agreements",
    title: "Attempts that agreements on theses and final projects use",
    family: Family::Exams,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[Table::CourseEquivalences, Table::Exemptions, Table::Projects],
    parameters: &["exams.attempts_allowed", "exams.not_met_result", "exams.new_agreement_months"],
    sources: &["Study rules, Master's thesis, Project period and Deadline"],
    documentation: include_str!("ex303.md"),
    judges: Judges::Inspected,
    calls_for: &[],
    unfavourable: Some(Unfavourable {
        told: |_, decisions| decisions.attempts.at_limit().next().is_some(),
        lost_rows: LostRows::OfEnrolment,
        joined: None,
    }),
    speaks,
    report,
};

/// An agreement that has begun, and the results that came of it.
struct Agreement<'a> {
    project: &'a Project,
    group: u32,
    end: End,
    /// Own results, EX301's among them.
    results: Vec<ResultRow<'a>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Abandoned(Day),
    /// The deadline passed without a submission in time.
    Missed(Day),
    /// Under way, handed in or assessed.
    Regular,
    /// Marked as finished, with neither submission nor result.
    Unclear,
}

impl Agreement<'_> {
    /// Counted by EX301 through a result.
    fn counted(&self) -> bool {
        self.results.iter().any(|row| row.code.uses_attempt)
    }

    fn ill(&self) -> bool {
        self.results.iter().any(|row| row.code.ill)
    }

    /// Something came of it that waits for nothing. It is no pass: of a group that is passed nothing is asked.
    fn failed(&self) -> bool {
        self.results.iter().any(|row| row.code.uses_attempt && !row.code.provisional)
    }
}

/// Whether agreements use attempts, beside EX301's, in a group of which the student is told how many
/// are left.
pub fn uses_more(case: &Case, attempts: &ex301::Attempts) -> bool {
    attempts.at_limit().any(|told| uses_more_in(case, told.group))
}

/// The same of one group.
pub fn uses_more_in(case: &Case, group: u32) -> bool {
    let Ok(projects) = case.projects() else { return false };
    let catalogue = &case.exports.catalogue;
    let in_group = |project: &Project| project.course.is_some_and(|it| catalogue.group(it) == group);
    let of_group =
        projects.filter(|project| project.kind.is_final_project()).filter(|project| in_group(project));
    let mut of_group: Vec<(u32, &Project)> = of_group.map(|project| (group, project)).collect();
    of_group.sort_by_key(|(_, project)| (project.starts_on, project.due_on));
    !of_group.is_empty() && agreements(case, &of_group).iter().any(|agreement| !agreement.counted())
}

fn speaks(case: &Case, decisions: &Decisions) -> Option<Severity> {
    if case.projects().is_ok_and(|mut projects| !projects.any(|project| project.kind.is_final_project())) {
        return None;
    }
    loudest(&report(case, decisions))
}

fn report(case: &Case, decisions: &Decisions) -> Vec<Report> {
    said(case, decisions)
        .unwrap_or_else(|unknown| vec![Report::unknown(unknown, Vec::new()).severity(Severity::Info)])
}

fn said(case: &Case, decisions: &Decisions) -> Known<Vec<Report>> {
    let mut projects = case.projects()?;
    let inspection = case.cutoffs.inspection_date;
    let catalogue = &case.exports.catalogue;
    let mut of_course: Vec<(u32, &Project)> = Vec::new();
    let mut reports = Vec::new();
    for project in projects.clone().filter(|project| project.kind.is_final_project()) {
        match project.course {
            Some(course) => of_course.push((catalogue.group(course), project)),
            None if project.starts_on > inspection => {}
            None => {
                let why = format!("the project begun on {} names no course", project.starts_on);
                let message = format!("Attempts are unknown: {why}.");
                let report = Report::new(Outcome::Unknown(why), message, dates(case, project));
                reports.push(report.severity(Severity::Info));
            }
        }
    }
    of_course.sort_by_key(|(group, project)| (*group, project.starts_on, project.due_on));
    for of_group in of_course.chunk_by(|one, other| one.0 == other.0) {
        let group = of_group[0].0;
        let groups = decisions.attempts.groups.as_ref().map_err(|unknown| *unknown)?;
        let own = groups.iter().find(|attempts| attempts.group == group);
        if case.results().any(|row| row.group == group && row.code.passed) {
            continue;
        }
        let agreements = agreements(case, of_group);
        reports.extend(agreements.iter().filter_map(|agreement| unrecorded(case, agreement)));
        reports.extend(new_agreement(case, of_group, &agreements));
        let allowed = own.map_or_else(|| ex301::allowed(case, group), |attempts| attempts.allowed);
        let used = own.map_or(0, |attempts| attempts.used);
        reports.extend(count(case, &agreements, used, allowed?));
    }
    if reports.is_empty() {
        let why = "of what is not passed, no agreement has begun without a result that uses its attempt";
        let message = match projects.find(|project| project.starts_on > inspection) {
            Some(project) if project.kind.is_final_project() => {
                format!(
                    "The agreement may be cancelled until {}, when it uses an attempt.",
                    project.starts_on
                )
            }
            _ => "No agreement uses an attempt that EX301 does not count.".to_owned(),
        };
        reports.push(Report::new(Outcome::NotApplicable(why.to_owned()), message, Vec::new()));
    }
    Ok(reports)
}

/// The agreements of one course group that have begun, each with its results: a result belongs to
/// one agreement only.
fn agreements<'a>(case: &Case<'a>, of_group: &[(u32, &'a Project)]) -> Vec<Agreement<'a>> {
    let inspection = case.cutoffs.inspection_date;
    let group = of_group[0].0;
    let own = case.results().filter(|row| row.group == group && !row.transferred);
    let mut left: Vec<ResultRow<'a>> = own.collect();
    let day = |row: &ResultRow| row.exam_date.unwrap_or(row.assessed_on);
    left.sort_by_key(|row| (day(row), row.assessed_on));
    let mut found = Vec::new();
    for (at, (_, project)) in of_group.iter().enumerate() {
        if project.starts_on > inspection {
            break;
        }
        let next = of_group.get(at + 1).map(|(_, next)| next.starts_on);
        let fits = |row: &ResultRow| project.starts_on <= day(row) && next.is_none_or(|next| day(row) < next);
        let not_met =
            |row: &ResultRow| row.code.code == case.law.not_met_result && project.starts_on <= day(row);
        let assessed = left.iter().any(|row| fits(row) && row.code.took_part);
        let absent = left.iter().any(|row| fits(row) && not_met(row));
        let end = end(case, project, assessed, absent);
        // EM may be dated on the old deadline, when the next agreement has begun already.
        let recorded = matches!(end, End::Abandoned(_) | End::Missed(_))
            .then(|| left.iter().position(not_met))
            .flatten();
        let results = match recorded {
            Some(position) => vec![left.remove(position)],
            None => left.extract_if(.., |row| fits(row)).collect(),
        };
        found.push(Agreement { project, group, end, results });
    }
    found
}

/// By the register, and whether a result in its time says that it was assessed or not met.
fn end(case: &Case, project: &Project, assessed: bool, not_met: bool) -> End {
    let inspection = case.cutoffs.inspection_date;
    let known = |day: Option<Day>| day.filter(|day| *day <= inspection);
    let deadline = project.deadline();
    if let Some(day) = known(project.abandoned_on) {
        return End::Abandoned(day);
    }
    match known(project.submitted_on) {
        _ if assessed => End::Regular,
        Some(submitted) if submitted > deadline => End::Missed(deadline),
        None if deadline < inspection && !not_met && known(project.finished_on).is_some() => End::Unclear,
        None if deadline < inspection => End::Missed(deadline),
        _ => End::Regular,
    }
}

/// An abandoned or missed project that is not recorded as such.
fn unrecorded(case: &Case, agreement: &Agreement) -> Option<Report> {
    let not_met = &case.law.not_met_result;
    if agreement.results.iter().any(|row| row.code.code == *not_met) {
        return None;
    }
    let name = case.exports.catalogue.code(agreement.group);
    let inspection = case.cutoffs.inspection_date;
    let (what, day) = match agreement.end {
        End::Abandoned(day) => (format!("the project was abandoned on {day}"), day),
        End::Missed(deadline) if !agreement.ill() => {
            (format!("the deadline {deadline} was missed"), deadline)
        }
        End::Unclear => {
            let why = "the project is marked as finished without submission or result".to_owned();
            let message = format!("Course group {name}: {why}.");
            let report = Report::new(Outcome::Unknown(why), message, dates(case, agreement.project));
            return Some(report.scope(name).severity(Severity::Info));
        }
        End::Missed(_) | End::Regular => return None,
    };
    let message = format!("Course group {name}: {what}, which uses an attempt; {not_met} is not recorded.");
    let mut evidence = dates(case, agreement.project);
    evidence.push(case.law_fact("not_met_result", "exams.not_met_result"));
    let days = day.days_until(inspection);
    let report = Report::new(Outcome::NotMet, message, evidence).scope(name);
    Some(report.severity(Severity::Action).margin(format!("{} ago", counted(days, "day", "days"))))
}

/// After a missed deadline or a failed exam, the next agreement has three months.
fn new_agreement(case: &Case, of_group: &[(u32, &Project)], agreements: &[Agreement]) -> Vec<Report> {
    let months = case.law.new_agreement_months;
    let in_words = counted(months, "month", "months");
    let name = case.exports.catalogue.code(of_group[0].0);
    let mut reports = Vec::new();
    for (at, agreement) in agreements.iter().enumerate() {
        let asks_for_new = match agreement.end {
            End::Regular => agreement.failed(),
            End::Missed(_) => !agreement.ill(),
            End::Abandoned(_) | End::Unclear => false,
        };
        if !asks_for_new {
            continue;
        }
        let Some((_, next)) = of_group.get(at + 1) else {
            let message = format!(
                "Course group {name}: a new agreement has to be handed in within {in_words} of its approval."
            );
            let evidence = vec![case.law_fact("new_agreement_months", "exams.new_agreement_months")];
            let report = Report::new(Outcome::NotMet, message, evidence).scope(name);
            reports.push(report.severity(Severity::Info));
            continue;
        };
        let limit = next.starts_on.plus_months_clamped(months);
        if next.due_on > limit {
            let over = limit.days_until(next.due_on);
            let message = format!(
                "Course group {name}: the new agreement runs to {}, past {limit}, {in_words} after its start.",
                next.due_on
            );
            let mut evidence = dates(case, next);
            evidence.push(case.law_fact("new_agreement_months", "exams.new_agreement_months"));
            let report = Report::new(Outcome::NotMet, message, evidence).scope(name);
            reports.push(
                report
                    .severity(Severity::Notice)
                    .margin(format!("{} too long", counted(over, "day", "days"))),
            );
        }
    }
    reports
}

/// EX301's count by results, and what the agreements without a result add to it.
fn count(case: &Case, agreements: &[Agreement], used: i32, allowed: i32) -> Option<Report> {
    let open: Vec<&Agreement> = agreements.iter().filter(|agreement| !agreement.counted()).collect();
    let last = open.last()?;
    let name = case.exports.catalogue.code(last.group);
    let total = used + open.len() as i32;
    let severity = match allowed - total {
        left if left < 0 => Severity::Action,
        0 => Severity::Notice,
        _ => Severity::Info,
    };
    let mut message = format!(
        "Course group {name}: {total} of {allowed} attempts, {} and {} without a result that uses one.",
        counted(used, "by a result", "by results"),
        counted(open.len(), "by an agreement", "by agreements")
    );
    if total > allowed {
        message.push_str(" No attempt was left for the last agreement.");
    } else if total == allowed {
        message.push_str(" It is the last attempt.");
    }
    let mut evidence = vec![
        case.figure("attempts_used", used, "by results, as EX301 counts"),
        case.figure("agreements_without_result", open.len(), "begun, without a result that uses one"),
        case.law_fact("attempts_allowed_by_rule", "exams.attempts_allowed"),
    ];
    evidence.extend(open.iter().flat_map(|agreement| dates(case, agreement.project)));
    let outcome = if total > allowed { Outcome::NotMet } else { Outcome::Met };
    let report = Report::new(outcome, message, evidence).scope(name).severity(severity);
    Some(report.margin(counted((allowed - total).max(0), "attempt left", "attempts left").to_string()))
}

fn dates(case: &Case, project: &Project) -> Vec<Evidence> {
    let fact = |fact, day: Day| case.rows(fact, day, Table::Projects, [project.line]);
    vec![fact("starts_on", project.starts_on), fact("deadline", project.deadline())]
}
