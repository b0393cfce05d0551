#![doc = include_str!("dg409.md")]

use crate::base::Ects;
use crate::contract::Table;
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus, loud_alone, loudest};
use crate::student::exports::TransitionalSemester;
use crate::student::view::{Known, ResultRow};
use crate::verdicts::Severity;

pub static RULE: Rule = Rule {
    code: "DG409",
    name: "transitional-semester",
    title: "Transitional semester: ECTS lacking before, MSc courses taken",
    family: Family::Degree,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[Table::CourseEquivalences, Table::TransitionalSemesters],
    parameters: &[
        "degree.transitional_limit_ects",
        "degree.transitional_lacking_ects",
        "degree.transitional_new_rules_from",
    ],
    sources: &["Study rules, Transferring to an MSc programme"],
    documentation: include_str!("dg409.md"),
    judges: Judges::Inspected,
    calls_for: &[],
    unfavourable: None,
    speaks,
    report: said,
};

fn speaks(case: &Case, decisions: &Decisions) -> Option<Severity> {
    let none = marked(case).next().is_none() && case.transitional_semesters().is_ok_and(<[_]>::is_empty);
    if none { None } else { loudest(&said(case, decisions)) }
}

fn said(case: &Case, decisions: &Decisions) -> Vec<Report> {
    let mut all = vec![taken(case).scope("taken")];
    match applications(case, decisions) {
        Ok(reports) => all.extend(reports),
        // Nothing says that there was an application: only the explanation tells.
        Err(absent) => all.push(Report::unknown(absent, Vec::new()).scope("lacking")),
    }
    loud_alone(all)
}

/// What a bachelor programme lacked on the day of each application.
fn applications(case: &Case, decisions: &Decisions) -> Known<Vec<Report>> {
    if case.programme.level.is_master() {
        return Ok(Vec::new());
    }
    let rows = case.transitional_semesters()?;
    let known = rows.iter().filter(|row| row.applied_on <= case.cutoffs.inspection_date);
    let reports = known
        .enumerate()
        .map(|(position, row)| Ok(lacking(case, decisions, row)?.scope(format!("lacking {position}"))));
    Ok(reports.collect::<Known<Vec<Report>>>().unwrap_or_else(|unknown| {
        vec![Report::unknown(unknown, Vec::new()).severity(Severity::Review).scope("lacking")]
    }))
}

fn lacking(case: &Case, decisions: &Decisions, row: &TransitionalSemester) -> Known<Report> {
    let (applied, limit) = (row.applied_on, case.law.transitional_lacking_ects);
    let (mut passed, mut lines) = (Ects::ZERO, Vec::new());
    for pass in decisions.passes()?.iter().filter(|pass| pass.assessed_on <= applied) {
        passed += pass.ects;
        lines.push(pass.line);
    }
    let lacking = (case.programme.ects - passed).or_zero();
    let evidence = vec![
        case.law_fact("ects_that_may_be_lacking", "degree.transitional_lacking_ects"),
        case.law_fact("new_rules_from", "degree.transitional_new_rules_from"),
        case.rows("applied_on", applied, Table::TransitionalSemesters, [row.line]),
        case.rows("ects_passed_by_then", passed, Table::Results, lines),
        case.figure("ects_lacking", lacking, "programme − passed by the application"),
    ];
    let message = format!("Transitional semester applied for on {applied} with {lacking} ECTS lacking");
    let since = case.law.transitional_new_rules_from;
    Ok(if lacking > limit {
        let known_through = case.cutoffs.results_through;
        let outcome = if known_through < applied {
            Outcome::Unknown(format!("results are known only through {known_through}"))
        } else {
            Outcome::NotMet
        };
        Report::new(outcome, format!("{message}: at most {limit}."), evidence)
            .margin(format!("{} ECTS too many", lacking - limit))
            .severity(Severity::Notice)
    } else if applied >= since {
        let why = format!("new requirements apply from {since} and are not in the law files");
        Report::new(Outcome::NeedsHuman(why.clone()), format!("{message}; {why}."), evidence)
            .margin(format!("{} ECTS to spare by the earlier rule", limit - lacking))
            .severity(Severity::Review)
    } else {
        Report::new(Outcome::Met, format!("{message}."), evidence)
            .margin(format!("{} ECTS to spare", limit - lacking))
    })
}

/// Rows taken under the transitional procedure, which do not count on the bachelor programme.
fn marked<'a>(case: &Case<'a>) -> impl Iterator<Item = ResultRow<'a>> + use<'a> {
    let through = case.cutoffs.results_through;
    case.all_results().filter(move |row| row.transitional && !row.superseded && row.assessed_on <= through)
}

fn taken(case: &Case) -> Report {
    let rows: Vec<ResultRow> = marked(case).collect();
    if rows.is_empty() {
        let why = "no result is marked transitional".to_owned();
        let message = "No course of a transitional semester.";
        return Report::new(Outcome::NotApplicable(why), message, Vec::new());
    }
    let limit_fact = case.law_fact("transitional_limit_ects", "degree.transitional_limit_ects");
    if let Err(unknown) = case.equivalences() {
        return Report::unknown(unknown, vec![limit_fact]).severity(Severity::Review);
    }
    // Rows are ordered by group; of several attempts the largest amount counts, once.
    let groups = rows.chunk_by(|a, b| a.group == b.group);
    let taken: Ects = groups.filter_map(|group| group.iter().map(|row| row.ects).max()).sum();
    let limit = case.law.transitional_limit_ects;
    let since = case.law.transitional_new_rules_from;
    let evidence = vec![
        limit_fact,
        case.law_fact("new_rules_from", "degree.transitional_new_rules_from"),
        case.rows("transitional_ects", taken, Table::Results, rows.iter().map(|row| row.line)),
    ];
    let message = format!("{taken} ECTS of MSc courses taken under the transitional procedure");
    if taken > limit {
        Report::new(Outcome::NotMet, format!("{message}: at most {limit} in all."), evidence)
            .margin(format!("{} ECTS too many", taken - limit))
            .severity(Severity::Notice)
    } else if rows.iter().any(|row| row.exam_date.unwrap_or(row.assessed_on) >= since) {
        let why = format!("new requirements apply from {since} and are not in the law files");
        Report::new(Outcome::NeedsHuman(why.clone()), format!("{message}; {why}."), evidence)
            .margin(format!("{} ECTS left by the earlier rule", limit - taken))
            .severity(Severity::Review)
    } else {
        Report::new(Outcome::Met, format!("{message}."), evidence)
            .margin(format!("{} ECTS left", limit - taken))
    }
}
