#![doc = include_str!("dg409.md")]

use crate::base::Ects;
use crate::contract::Table;
use crate::rules::{Case, Decisions, Family, Outcome, Report, Rule, RuleStatus, loudest};
use crate::student::view::ResultRow;
use crate::verdicts::Severity;

pub static RULE: Rule = Rule {
    code: "DG409",
    name: "transitional-semester",
    title: "MSc courses taken in a transitional semester",
    family: Family::Degree,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[Table::CourseEquivalences],
    parameters: &["degree.transitional_limit_ects", "degree.transitional_new_rules_from"],
    sources: &["Study rules, Transferring to an MSc programme"],
    documentation: include_str!("dg409.md"),
    speaks,
    report,
};

fn speaks(case: &Case, decisions: &Decisions) -> Option<Severity> {
    loudest(&said(case, decisions))
}

fn report(case: &Case, decisions: &Decisions) -> Vec<Report> {
    said(case, decisions)
}

fn said(case: &Case, _: &Decisions) -> Vec<Report> {
    let through = case.cutoffs.results_through;
    let rows: Vec<ResultRow> = case
        .all_results()
        .filter(|row| row.transitional && !row.superseded && row.assessed_on <= through)
        .collect();
    if rows.is_empty() {
        let why = "no result is marked transitional".to_owned();
        let message = "No course of a transitional semester.";
        return vec![Report::new(Outcome::NotApplicable(why), message, Vec::new())];
    }
    let limit_fact = case.law_fact("transitional_limit_ects", "degree.transitional_limit_ects");
    if let Err(unknown) = case.equivalences() {
        return vec![Report::unknown(unknown, vec![limit_fact]).severity(Severity::Review)];
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
    let report = if taken > limit {
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
    };
    vec![report]
}
