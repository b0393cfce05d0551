#![doc = include_str!("dg412.md")]

use crate::base::{Day, Ects, counted};
use crate::contract::Table;
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus, loudest};
use crate::student::view::{Known, ResultRow};
use crate::verdicts::{Evidence, Severity};

pub static RULE: Rule = Rule {
    code: "DG412",
    name: "credit-transfer",
    title: "Age and size of credit, general engineering, and what must be passed here",
    family: Family::Degree,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[Table::CourseEquivalences],
    parameters: &[
        "degree.entry_credit_months",
        "degree.partial_credit_ects",
        "degree.partial_credit_parts",
        "degree.passed_here_ects",
        "degree.passed_here_ects_master",
        "degree.general_engineering_ects",
        "degree.general_engineering_ects_master",
    ],
    sources: &["Study rules, Credit transfer"],
    documentation: include_str!("dg412.md"),
    judges: Judges::Inspected,
    calls_for: &[],
    unfavourable: None,
    speaks,
    report,
};

fn speaks(case: &Case, decisions: &Decisions) -> Option<Severity> {
    let here = match here(case, decisions) {
        Ok(here) => here.is_short().then_some(Severity::Notice),
        Err(_) => Some(Severity::Review),
    };
    loudest(&of_credit(case, decisions)).max(here)
}

fn report(case: &Case, decisions: &Decisions) -> Vec<Report> {
    let mut all = of_credit(case, decisions);
    match here(case, decisions) {
        // What is in order is only said when everything is.
        Ok(here) if all.is_empty() || here.is_short() => {
            all.push(passed_here(case, decisions, here));
        }
        Ok(_) => {}
        Err(unknown) => {
            let report = Report::unknown(unknown, Vec::new()).severity(Severity::Review);
            all.push(report.scope("passed_here"));
        }
    }
    all
}

/// What is wrong with credit that was transferred, and with what was passed.
fn of_credit(case: &Case, decisions: &Decisions) -> Vec<Report> {
    let mut all: Vec<Report> = Vec::new();
    let entry: Vec<ResultRow> =
        counted_rows(case).filter(|row| row.is_entry_credit(case.enrolment.started_on)).collect();
    if !entry.is_empty() {
        all.extend(too_old(case, &entry));
        all.extend(undated(case, &entry));
        all.extend(too_small(case, &entry));
    }
    all.extend(old_at_readmission(case));
    all.extend(general_engineering(case, decisions));
    all
}

/// Whether some entry credit that counts is too old at admission: a person decides.
pub fn has_too_old_entry_credit(case: &Case) -> bool {
    counted_rows(case).any(|row| is_too_old(case, &row))
}

/// The pass that counts of every course group. Without equivalences every course is a group of its own: no
/// credit is then overlooked.
fn counted_rows<'a>(case: &Case<'a>) -> impl Iterator<Item = ResultRow<'a>> + use<'a> {
    let mut last_group = None;
    case.results().filter(move |row| row.code.passed && last_group.replace(row.group) != Some(row.group))
}

fn is_too_old(case: &Case, row: &ResultRow) -> bool {
    let (admitted, months) = (case.enrolment.started_on, case.law.entry_credit_months);
    row.is_entry_credit(admitted)
        && row.exam_date.is_some_and(|day| day.plus_months_clamped(months) < admitted)
}

/// More than the months before admission; the day itself is not.
fn too_old(case: &Case, entry: &[ResultRow]) -> Option<Report> {
    let (admitted, months) = (case.enrolment.started_on, case.law.entry_credit_months);
    let old: Vec<_> = entry.iter().filter(|row| is_too_old(case, row)).collect();
    let oldest = old.iter().filter_map(|row| row.exam_date).min()?;
    let why = "credit passed so long before admission is as a rule not transferred".to_owned();
    let message = format!(
        "{} of entry credit passed more than {} before admission.",
        counted(old.len(), "row", "rows"),
        counted(months, "month", "months")
    );
    let evidence = vec![
        case.law_fact("entry_credit_months", "degree.entry_credit_months"),
        case.register("started_on", admitted),
        case.rows("oldest_exam", oldest, Table::Results, old.iter().map(|row| row.line)),
        courses(case, &old),
    ];
    let days = oldest.plus_months_clamped(months).days_until(admitted);
    let report = Report::new(Outcome::NeedsHuman(why), message, evidence).scope("too_old");
    Some(
        report.severity(Severity::Review).margin(format!("at most {} too old", counted(days, "day", "days"))),
    )
}

fn undated(case: &Case, entry: &[ResultRow]) -> Option<Report> {
    let undated: Vec<&ResultRow> = entry.iter().filter(|row| row.exam_date.is_none()).collect();
    if undated.is_empty() {
        return None;
    }
    let why = "entry credit without the day it was passed".to_owned();
    let message = format!("{} of {why}: the age is unknown.", counted(undated.len(), "row", "rows"));
    let evidence = vec![
        case.law_fact("entry_credit_months", "degree.entry_credit_months"),
        case.rows(
            "rows_without_exam_date",
            undated.len(),
            Table::Results,
            undated.iter().map(|row| row.line),
        ),
        courses(case, &undated),
    ];
    Some(Report::new(Outcome::Unknown(why), message, evidence).scope("undated").severity(Severity::Notice))
}

fn courses(case: &Case, rows: &[&ResultRow]) -> Evidence {
    case.courses(rows.iter().map(|row| (row.course, row.line)))
}

/// Less than the course has in the catalogue, and less than may be transferred of it.
fn too_small(case: &Case, entry: &[ResultRow]) -> Option<Report> {
    let (least, parts) = (case.law.partial_credit_ects, case.law.partial_credit_parts);
    let small = entry.iter().filter(|row| {
        case.exports.catalogue.course(row.course).is_some_and(|course| {
            row.ects < course.ects && (row.ects < least || row.ects * parts < course.ects)
        })
    });
    let small: Vec<&ResultRow> = small.collect();
    if small.is_empty() {
        return None;
    }
    let message = format!(
        "{} of partial entry credit below {least} ECTS or one part in {parts} of the course.",
        counted(small.len(), "row", "rows")
    );
    let evidence = vec![
        case.law_fact("partial_credit_ects", "degree.partial_credit_ects"),
        case.law_fact("partial_credit_parts", "degree.partial_credit_parts"),
        case.rows("partial_rows", small.len(), Table::Results, small.iter().map(|row| row.line)),
        courses(case, &small),
    ];
    Some(Report::new(Outcome::NotMet, message, evidence).scope("too_small").severity(Severity::Notice))
}

/// Passed more than the months before a readmission; the day itself is not.
fn old_at_readmission(case: &Case) -> Option<Report> {
    let (readmitted, months) = (case.readmitted_on()?, case.law.entry_credit_months);
    let is_old = |exam: Day| exam.plus_months_clamped(months) < readmitted;
    let old: Vec<ResultRow> =
        case.results().filter(|row| row.code.passed && row.exam_date.is_some_and(is_old)).collect();
    let oldest = old.iter().filter_map(|row| row.exam_date).min()?;
    let why = "courses passed so long before readmission are as a rule not transferred".to_owned();
    let message = format!(
        "{} more than {} before readmission.",
        counted(old.len(), "pass", "passes"),
        counted(months, "month", "months")
    );
    let evidence = vec![
        case.law_fact("entry_credit_months", "degree.entry_credit_months"),
        case.register("readmitted_on", readmitted),
        case.rows("oldest_exam", oldest, Table::Results, old.iter().map(|row| row.line)),
        courses(case, &old.iter().collect::<Vec<_>>()),
    ];
    let days = oldest.plus_months_clamped(months).days_until(readmitted);
    let report = Report::new(Outcome::NeedsHuman(why), message, evidence).scope("old_at_readmission");
    Some(
        report.severity(Severity::Review).margin(format!("at most {} too old", counted(days, "day", "days"))),
    )
}

/// More of the courses that the catalogue marks than a programme may hold.
fn general_engineering(case: &Case, decisions: &Decisions) -> Option<Report> {
    let limit = case.law.general_engineering_ects(case.programme.level)?;
    let catalogue = &case.exports.catalogue;
    let is_marked = |pass: &&ResultRow| {
        catalogue.course(pass.course).is_some_and(|course| course.general_engineering == Some(true))
    };
    // Without equivalences `passed_here` says what is missing.
    let marked = decisions.passes().ok()?.iter().filter(is_marked);
    let passed: Ects = marked.clone().map(|pass| pass.ects).sum();
    if passed <= limit {
        return None;
    }
    let master = case.programme.level.is_master();
    let key =
        if master { "degree.general_engineering_ects_master" } else { "degree.general_engineering_ects" };
    let evidence = vec![
        case.law_fact("general_engineering_at_most", key),
        case.rows("general_engineering_ects", passed, Table::Results, marked.map(|pass| pass.line)),
    ];
    let message = format!("{passed} ECTS of general engineering courses passed, at most {limit}.");
    let report = Report::new(Outcome::NotMet, message, evidence).scope("general_engineering");
    Some(report.severity(Severity::Notice).margin(format!("{} ECTS too many", passed - limit)))
}

/// The programme less what was transferred during it must leave the ECTS to be passed here.
struct Here {
    transferred: Ects,
    reach: Ects,
    wanted: Ects,
}

impl Here {
    fn is_short(&self) -> bool {
        self.reach < self.wanted
    }
}

fn here(case: &Case, decisions: &Decisions) -> Known<Here> {
    let transferred = during(case, decisions.passes()?).map(|pass| pass.ects).sum();
    let wanted = case.law.passed_here_ects(case.programme.level);
    Ok(Here { transferred, reach: case.programme.ects - transferred, wanted })
}

/// Passes transferred during the programme.
fn during<'p, 'a>(
    case: &Case,
    passes: &'p [ResultRow<'a>],
) -> impl Iterator<Item = &'p ResultRow<'a>> + use<'p, 'a> {
    let admitted = case.enrolment.started_on;
    passes.iter().filter(move |pass| pass.transferred && !pass.is_entry_credit(admitted))
}

fn passed_here(case: &Case, decisions: &Decisions, here: Here) -> Report {
    let Here { transferred, reach, wanted } = here;
    let lines = during(case, decisions.passes().unwrap_or_default()).map(|pass| pass.line);
    let level = case.programme.level;
    let key = if level.is_master() { "degree.passed_here_ects_master" } else { "degree.passed_here_ects" };
    let evidence = vec![
        case.law_fact("ects_to_pass_here", key),
        case.programme_fact("programme_ects", case.programme.ects),
        case.rows("ects_transferred_during", transferred, Table::Results, lines),
        case.figure("ects_within_reach", reach, "programme − transferred during it, entry credit aside"),
    ];
    let report = if here.is_short() {
        let message =
            format!("Only {reach} ECTS are left to be passed here, at least {wanted}; entry credit aside.");
        Report::new(Outcome::NotMet, message, evidence)
            .margin(format!("{} ECTS short", wanted - reach))
            .severity(Severity::Notice)
    } else {
        let message = format!("{reach} ECTS can be passed here, at least {wanted}; entry credit aside.");
        Report::new(Outcome::Met, message, evidence).margin(format!("{} ECTS above", reach - wanted))
    };
    report.scope("passed_here")
}
