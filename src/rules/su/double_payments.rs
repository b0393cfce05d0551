//! Double payments that no paid internship explains. Part of SU104.

use super::{month_list, payment_lines, sum};
use crate::base::Month;
use crate::contract::Table;
use crate::contract::codes::{PaymentKind, ProjectKind};
use crate::rules::{Case, Report};
use crate::student::exports::Project;
use crate::verdicts::Severity;

/// Months with two or more ordinary portions, and no paid internship that begins in the month after; those of
/// an internship and the month after it are judged with it. Of one that begins after the inspection the double
/// payment is known before. `projects` are all of the enrolment.
pub fn unexplained<'a>(
    case: &Case<'a>,
    projects: impl Iterator<Item = &'a Project> + Clone,
) -> Vec<(Month, i32)> {
    let is_judged = |month: Month| {
        projects.clone().any(|project| {
            let paid = project.kind == ProjectKind::InternshipPaid;
            let first = project.starts_on.month();
            paid && (first.plus(-1)..=first.plus(case.law.internship_months)).contains(&month)
        })
    };
    let months = case.portions_by_month(PaymentKind::Ordinary);
    let doubled = |portions: i32| portions >= case.law.double_payment_portions;
    months.filter(|(month, portions)| doubled(*portions) && !is_judged(*month)).collect()
}

pub fn in_words(case: &Case, months: &[(Month, i32)]) -> Report {
    let message = format!("Double payment in {}.", month_list(months));
    let lines = payment_lines(case, PaymentKind::Ordinary, months);
    let facts = vec![
        case.law_fact("double_payment_portions", "su.double_payment_portions"),
        case.rows("portions_doubled", sum(months), Table::SuPayments, lines),
    ];
    let why = "a double payment is for the month before a paid internship, and none begins then".to_owned();
    Report::for_a_person(message, why, facts).scope("double_payment").severity(Severity::Review)
}
