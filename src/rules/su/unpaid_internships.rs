//! Unpaid internships: the extra portions that they give, and money from the host. Part of SU104.

use super::kroner;
use crate::base::{Day, counted};
use crate::contract::Table;
use crate::contract::codes::{GrantReason, ProjectKind};
use crate::rules::{Case, Decisions, known};
use crate::student::exports::Project;
use crate::student::view::{Known, Unknown};
use crate::verdicts::{Evidence, Severity};

/// Money from the host of an unpaid internship above what it may be; hundredths of a krone a month.
pub struct Excess<'a> {
    pub project: &'a Project,
    pub what: &'static str,
    pub amount: i32,
    /// Kroner.
    pub limit: i32,
    pub key: &'static str,
    /// The day whose limit decides.
    pub day: Day,
}

/// The unpaid internships begun by the inspection.
pub struct Unpaid<'a> {
    pub lines: Vec<u32>,
    /// Gratuities and covered expenses above their limits.
    pub excesses: Vec<Excess<'a>>,
    /// One of them still runs.
    pub running: bool,
    /// Extra portions granted for an internship.
    pub granted: Known<i32>,
    /// The most that they give.
    pub most: i32,
}

pub fn decide<'a>(case: &Case<'a>) -> Known<Unpaid<'a>> {
    let date = case.cutoffs.inspection_date;
    let begun = case
        .projects()?
        .filter(|project| project.kind == ProjectKind::InternshipUnpaid && project.starts_on <= date);
    let lines: Vec<u32> = begun.clone().map(|project| project.line).collect();
    let excesses = begun.clone().flat_map(|project| excesses(case, project)).collect();
    let running = begun.filter(|project| date <= project.deadline()).any(|project| {
        let ended = [project.finished_on, project.abandoned_on].into_iter().flatten().min();
        ended.is_none_or(|day| day > date)
    });
    let granted = case.grants().map(|grants| {
        grants.filter(|grant| grant.reason == GrantReason::Internship).map(|grant| grant.portions).sum()
    });
    let most = case.law.internship_portions * lines.len() as i32;
    Ok(Unpaid { lines, excesses, running, granted, most })
}

/// A cell that is empty says nothing. The rate of SU is that of the day the internship began.
fn excesses<'a>(case: &Case<'a>, project: &'a Project) -> impl Iterator<Item = Excess<'a>> + use<'a> {
    let rate = case.law.monthly_su_dkk.on(project.starts_on);
    let limit = case.law.internship_gratuity_limit_dkk;
    let today = case.cutoffs.inspection_date;
    let money = [
        ("gratuity", project.gratuity, Some(limit), "su.internship_gratuity_limit_dkk", today),
        ("covered expenses", project.expenses, rate, "su.monthly_su_dkk", project.starts_on),
    ];
    money.into_iter().filter_map(move |(what, amount, limit, key, day)| {
        let (amount, limit) = (amount?, limit?);
        let above = i64::from(amount) > i64::from(limit) * 100;
        above.then_some(Excess { project, what, amount, limit, key, day })
    })
}

/// By what the portions of an unpaid internship require.
pub fn is_inactive(decisions: &Decisions) -> bool {
    decisions.progress.is_inactive() == Ok(true) || decisions.start_check.is_failed() == Ok(true)
}

impl Unpaid<'_> {
    pub fn severity(&self, decisions: &Decisions) -> Option<Severity> {
        let excess = (!self.excesses.is_empty()).then_some(Severity::Review);
        self.portions_severity(decisions).max(excess)
    }

    pub fn portions_severity(&self, decisions: &Decisions) -> Option<Severity> {
        match self.granted {
            _ if self.lines.is_empty() => None,
            Err(_) => Some(Severity::Review),
            Ok(granted) if granted > self.most => Some(Severity::Review),
            Ok(granted) => {
                (self.running && (granted == 0 || is_inactive(decisions))).then_some(Severity::Notice)
            }
        }
    }

    pub fn messages(&self, case: &Case, decisions: &Decisions) -> Vec<String> {
        let excess = |excess: &Excess| {
            let Excess { project, what, limit, .. } = excess;
            let amount = kroner(excess.amount.into());
            format!(
                "Unpaid internship from {}: {what} of {amount} DKK a month, above {limit} DKK.",
                project.starts_on
            )
        };
        let portions = self.portions_message(case, decisions).into_iter();
        portions.chain(self.excesses.iter().map(excess)).collect()
    }

    fn portions_message(&self, case: &Case, decisions: &Decisions) -> Option<String> {
        if self.lines.is_empty() {
            return None;
        }
        let portions = case.law.internship_portions;
        // Of one that is over, the activity of its time decided.
        let activity = match (decisions.progress.is_inactive(), decisions.start_check.is_failed()) {
            _ if !self.running => "",
            (Ok(true), _) | (_, Ok(true)) => " Study activity is required, and the student is inactive.",
            (Ok(false), Ok(false)) => "",
            (Err(_), _) | (_, Err(_)) => " Study activity is required, and is unknown.",
        };
        Some(match self.granted {
            Ok(0) if !self.running => {
                "Unpaid internship: over, and no extra portions were granted.".to_owned()
            }
            Ok(0) => {
                let portions = counted(portions, "extra portion", "extra portions");
                format!("Unpaid internship: {portions} can be applied for.{activity}")
            }
            Ok(granted) => {
                let most = counted(self.most, "extra portion", "extra portions");
                format!("Unpaid internship: {granted} of at most {most} granted.{activity}")
            }
            Err(unknown) => {
                let Unknown::Absent(_) = unknown else { return None };
                format!("Unpaid internship: extra portions unknown, {unknown}.{activity}")
            }
        })
    }

    pub fn facts(&self, case: &Case) -> Vec<Evidence> {
        if self.lines.is_empty() {
            return Vec::new();
        }
        let mut facts = vec![case.law_fact("internship_portions", "su.internship_portions")];
        for excess in &self.excesses {
            let line = [excess.project.line];
            facts.push(case.law_fact_on("limit_dkk", excess.key, excess.day));
            facts.push(case.rows("amount_dkk", kroner(excess.amount.into()), Table::Projects, line));
        }
        if self.excesses.is_empty() {
            facts.push(case.law_fact("gratuity_limit_dkk", "su.internship_gratuity_limit_dkk"));
        }
        let count = self.lines.len();
        facts.push(case.rows("unpaid_internships", count, Table::Projects, self.lines.iter().copied()));
        let formula = "extra portions with the reason internship";
        facts.push(case.figure("granted", known(self.granted), formula));
        facts
    }
}
