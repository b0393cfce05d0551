#![doc = include_str!("su104.md")]

use std::collections::BTreeMap;

use super::unpaid_internships::{self, Unpaid, is_inactive};
use super::{double_payments, in_month, month_list, payment_lines, payments_of, sum};
use crate::base::{Day, Month, counted};
use crate::contract::Table;
use crate::contract::codes::PaymentKind;
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus};
use crate::student::exports::Payment;
use crate::student::exports::Project;
use crate::student::view::Known;
use crate::verdicts::{Evidence, Severity};

pub static RULE: Rule = Rule {
    code: "SU104",
    name: "internship",
    title: "SU during a paid internship, extra portions for an unpaid one",
    family: Family::Su,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[Table::Projects, Table::ExtraPortionGrants],
    parameters: &[
        "su.internship_months",
        "su.double_payment_portions",
        "su.internship_portions",
        "su.internship_gratuity_limit_dkk",
        "su.monthly_su_dkk",
    ],
    sources: &["SU office pages, Paid internship", "SU office pages, Unpaid internship"],
    documentation: include_str!("su104.md"),
    judges: Judges::Inspected,
    calls_for: &[],
    unfavourable: None,
    speaks,
    report,
};

/// One paid internship begun by the inspection.
pub struct PaidInternship<'a> {
    pub project: &'a Project,
    /// Month of the start.
    pub first: Month,
    /// Ordinary SU of its months without excuse.
    pub conflicts: Vec<(Month, i32)>,
    /// When it was abandoned, and ordinary SU that may have been rightly paid from that month on.
    pub abandoned: Option<Day>,
    pub open: Vec<(Month, i32)>,
    /// Two portions in the month before.
    pub doubled: bool,
    /// More than that.
    pub excess: i32,
    /// The portion of a double payment that the month after did not make up for.
    pub kept: i32,
    /// Paid in the first month, as by a registration one month late.
    pub late: bool,
    /// Portions in the month after; `None` while it is not known.
    pub after: Option<i32>,
}

impl PaidInternship<'_> {
    /// Every portion without excuse, by month: in the internship, in the month before and in the one after.
    fn in_conflict(&self, internship_months: i32) -> Vec<(Month, i32)> {
        let around = [(self.first.plus(-1), self.excess), (self.first.plus(internship_months), self.kept)];
        let around = around.into_iter().filter(|(_, portions)| *portions > 0);
        self.conflicts.iter().copied().chain(around).collect()
    }

    fn severity(&self) -> Option<Severity> {
        if self.late || !self.open.is_empty() {
            Some(Severity::Review)
        } else if !self.conflicts.is_empty() || self.kept > 0 || self.excess > 0 {
            Some(Severity::Action)
        } else {
            (self.doubled && self.after.is_none()).then_some(Severity::Notice)
        }
    }
}

pub struct Internships<'a> {
    pub paid: Vec<PaidInternship<'a>>,
    pub unpaid: Unpaid<'a>,
    /// Double payments that none of them explains.
    pub doubled: Vec<(Month, i32)>,
}

impl Internships<'_> {
    /// Of the internships, without the double payments.
    fn severity(&self, decisions: &Decisions) -> Option<Severity> {
        let paid = self.paid.iter().filter_map(PaidInternship::severity).max();
        paid.max(self.unpaid.severity(decisions))
    }
}

pub fn decide<'a>(case: &Case<'a>) -> Known<Internships<'a>> {
    Ok(Internships {
        paid: case.paid_internships()?.map(|project| paid(case, project)).collect(),
        unpaid: unpaid_internships::decide(case)?,
        doubled: double_payments::unexplained(case, case.projects()?),
    })
}

/// Whether SU in the first month of a paid internship may be a registration one month late.
pub fn registered_late(case: &Case) -> bool {
    case.paid_internships().is_ok_and(|mut projects| projects.any(|project| paid(case, project).late))
}

fn paid<'a>(case: &Case<'a>, project: &'a Project) -> PaidInternship<'a> {
    let law = case.law;
    let months: Vec<(Month, i32)> = case.portions_by_month(PaymentKind::Ordinary).collect();
    let first = project.starts_on.month();
    let next = first.plus(law.internship_months);
    let after = (next <= case.cutoffs.payments_through).then(|| in_month(&months, next));
    let before = in_month(&months, first.plus(-1));
    let doubled = before >= law.double_payment_portions;
    let excess = (before - law.double_payment_portions).max(0);
    let abandoned = project.abandoned_on.filter(|day| *day <= case.cutoffs.inspection_date);
    let kept = match after {
        Some(portions) if doubled && abandoned.is_none() => portions.min(law.double_payment_portions - 1),
        _ => 0,
    };
    let is_open = |month: Month| abandoned.is_some_and(|day| day.month() <= month);
    let single = in_month(&months, first) == 1 && !is_open(first);
    let late = !doubled && single && after.is_none_or(|portions| portions == 0);
    let end = if doubled && abandoned.is_some() { next.plus(1) } else { next };
    let inside = months.into_iter().filter(|(month, _)| first <= *month && *month < end);
    let (open, inside): (Vec<_>, Vec<_>) = inside.partition(|(month, _)| is_open(*month));
    let conflicts = inside.into_iter().filter(|(month, _)| !(late && *month == first)).collect();
    PaidInternship { project, first, conflicts, abandoned, open, doubled, excess, kept, late, after }
}

fn speaks(case: &Case, decisions: &Decisions) -> Option<Severity> {
    let Ok(mut projects) = case.projects() else {
        return (case.portions_paid(PaymentKind::Ordinary) > 0).then_some(Severity::Review);
    };
    let doubled = !double_payments::unexplained(case, projects.clone()).is_empty();
    let doubled = doubled.then_some(Severity::Review);
    if projects.all(|project| project.kind.is_final_project()) {
        return doubled;
    }
    decide(case).ok().and_then(|found| found.severity(decisions)).max(doubled)
}

/// Double payments without an internship by themselves; what is in order is not said beside them.
fn report(case: &Case, decisions: &Decisions) -> Vec<Report> {
    let found = match decide(case) {
        Ok(found) => found,
        Err(unknown) => return vec![Report::unknown(unknown, Vec::new())],
    };
    let internships = of_internships(case, decisions, &found);
    if found.doubled.is_empty() {
        return vec![internships];
    }
    let told = found.severity(decisions).map(|severity| internships.severity(severity));
    told.into_iter().chain([double_payments::in_words(case, &found.doubled)]).collect()
}

fn of_internships(case: &Case, decisions: &Decisions, found: &Internships) -> Report {
    if found.paid.is_empty() && found.unpaid.lines.is_empty() {
        let why = "no internship has begun by the inspection".to_owned();
        return Report::new(Outcome::NotApplicable(why), "No internship.", Vec::new());
    }
    let mut messages: Vec<String> =
        found.paid.iter().map(|internship| paid_message(case, internship)).collect();
    messages.extend(found.unpaid.messages(case, decisions));
    let portions = in_conflict(case, &found.paid);
    let report = Report::new(outcome(found, decisions), messages.join(" "), evidence(case, found));
    report.margin(format!("{} in conflict", counted(portions, "portion", "portions")))
}

/// Portions without excuse, each once though its month belongs to two internships.
fn in_conflict(case: &Case, paid: &[PaidInternship]) -> i32 {
    let mut by_month: BTreeMap<Month, i32> = BTreeMap::new();
    for (month, portions) in
        paid.iter().flat_map(|internship| internship.in_conflict(case.law.internship_months))
    {
        let most = by_month.entry(month).or_default();
        *most = portions.max(*most);
    }
    by_month.into_values().sum()
}

fn outcome(found: &Internships, decisions: &Decisions) -> Outcome {
    let paid = found.paid.iter().filter_map(PaidInternship::severity).max();
    match (paid, found.unpaid.granted, found.unpaid.portions_severity(decisions)) {
        (Some(Severity::Review), ..) if found.paid.iter().any(|internship| !internship.open.is_empty()) => {
            Outcome::NeedsHuman(
                "which months stay without SU after an abandoned internship is not in the rules".to_owned(),
            )
        }
        (Some(Severity::Review), ..) => {
            Outcome::NeedsHuman("SU in the first month may be a registration one month late".to_owned())
        }
        (Some(Severity::Action), ..) => Outcome::NotMet,
        _ if !found.unpaid.excesses.is_empty() => {
            Outcome::NeedsHuman("money from the host above what an unpaid internship may give".to_owned())
        }
        (_, Err(unknown), Some(_)) => Outcome::unknown(unknown),
        (_, Ok(_), Some(Severity::Review)) => {
            Outcome::NeedsHuman("more extra portions are granted than the internship gives".to_owned())
        }
        (Some(_), ..) => Outcome::Unknown("the month after the internship is not yet known".to_owned()),
        (None, _, Some(_)) if is_inactive(decisions) => Outcome::NotMet,
        _ => Outcome::Met,
    }
}

fn paid_message(case: &Case, internship: &PaidInternship) -> String {
    let last = internship.first.plus(case.law.internship_months - 1);
    let abandoned = internship.abandoned.map_or(String::new(), |day| format!(", abandoned on {day}"));
    let mut text = format!("Paid internship {} to {last}{abandoned}:", internship.first);
    if !internship.conflicts.is_empty() {
        text += &format!(" ordinary SU in {};", month_list(&internship.conflicts));
    }
    if !internship.open.is_empty() {
        text += &format!(
            " ordinary SU in {}, not before the month it was abandoned in: whether it stays is for a person;",
            month_list(&internship.open)
        );
    }
    if internship.late {
        text += &match internship.after {
            Some(_) => format!(
                " SU in {} and none in {}: perhaps registered one month late;",
                internship.first,
                last.plus(1)
            ),
            None => format!(
                " SU in {}: perhaps registered one month late, {} is not yet known;",
                internship.first,
                last.plus(1)
            ),
        };
    }
    if internship.doubled {
        text += match internship.after {
            Some(0) => " double payment before it, made up for after it;",
            Some(_) => " double payment before it, but SU in the month after it;",
            None => " double payment before it, the month after it is not yet known;",
        };
    }
    if internship.excess > 0 {
        text += &format!(" {} more than that before it;", counted(internship.excess, "portion", "portions"));
    }
    if text.ends_with(':') {
        text += " no ordinary SU;";
    }
    text.pop();
    text + "."
}

fn evidence(case: &Case, found: &Internships) -> Vec<Evidence> {
    let mut facts = Vec::new();
    if !found.paid.is_empty() {
        facts.push(case.law_fact("internship_months", "su.internship_months"));
        facts.push(case.law_fact("double_payment_portions", "su.double_payment_portions"));
    }
    for internship in &found.paid {
        let conflicts = internship.in_conflict(case.law.internship_months);
        let lines = payment_lines(case, PaymentKind::Ordinary, &conflicts);
        let starts_on = internship.project.starts_on;
        facts.push(case.rows("internship_starts_on", starts_on, Table::Projects, [internship.project.line]));
        facts.push(case.rows("conflicting_portions", sum(&conflicts), Table::SuPayments, lines));
        if internship.late {
            let first = [(internship.first, 0)];
            let rows: Vec<&Payment> = payments_of(case, PaymentKind::Ordinary, &first).collect();
            let portions: i32 = rows.iter().map(|row| row.portions).sum();
            let lines = rows.iter().map(|row| row.line);
            facts.push(case.rows("portions_in_first_month", portions, Table::SuPayments, lines));
        }
        if let Some(day) = internship.abandoned {
            let lines = payment_lines(case, PaymentKind::Ordinary, &internship.open);
            facts.push(case.rows("abandoned_on", day, Table::Projects, [internship.project.line]));
            facts.push(case.rows("portions_since", sum(&internship.open), Table::SuPayments, lines));
        }
    }
    facts.extend(found.unpaid.facts(case));
    facts
}
