//! The rules: one file each, a pure function of one enrolment and the law of its dates.
//!
//! # How a rule is built
//!
//! A rule `XX123` has three places, found by one path:
//! `src/rules/<family>/xx123.rs` (the code) beside `xx123.md` (what it decides, for whom, on what
//! basis, with an example: the same text serves this documentation, `klip rule XX123` and the
//! reference), `tests/cases/<family>/xx123.toml` (its cases, boundaries and missing data), and
//! the family's file in `pipelines/law/` (its amounts, dated).
//!
//! The code has a `decide` function, which makes the typed decision that the tables are filled
//! from, and a `report` function, which says the decision in words with its evidence. Decisions
//! are made for every enrolment; reports only for the ones that have something to say, and by
//! `klip explain`. So the batch and the explanation can never disagree. Where no table has a column
//! for it, `speaks` decides; an enrolment that the rule does not concern must cost it next to nothing.
//!
//! To add one: write the three files, one line in [`RULES`], and one field in [`Decisions`] when a
//! table has a column for it. Whom it judges and what it has written stand in its [`Rule`]. The tests of the registry say what was forgotten.

mod case;
pub mod coverage;
mod report;

pub mod cards;
pub mod degree;
pub mod exams;
pub mod extra_portions;
pub mod su;

pub use case::{Case, Words};
pub use report::{Outcome, Report, known, loud_alone, loudest, missing_reason};

use crate::contract::Table;
use crate::student::view::{Known, ResultRow};
use crate::verdicts::{Paper, Severity};

/// What a rule is, apart from its code.
#[derive(Debug)]
pub struct Rule {
    /// Never reused.
    pub code: &'static str,
    /// The condition in kebab case.
    pub name: &'static str,
    pub title: &'static str,
    pub family: Family,
    pub status: RuleStatus,
    /// Version of klippekort that first had it.
    pub since: &'static str,
    /// Optional tables without which it (or a part of it) is unknown.
    pub needs: &'static [Table],
    /// Keys of the law parameters it reads.
    pub parameters: &'static [&'static str],
    /// Who says so.
    pub sources: &'static [&'static str],
    /// Markdown: what it decides, who it applies to, basis, exceptions, example, not covered.
    pub documentation: &'static str,
    /// Whom it judges.
    pub judges: Judges,
    /// What its verdicts have written; nothing while it is in preview.
    pub calls_for: &'static [Paper],
    /// `None` when no student is told anything by it to their disadvantage.
    pub unfavourable: Option<Unfavourable>,
    /// The severity of what it has to say about a case; `None` when there is nothing to say.
    pub speaks: fn(&Case, &Decisions) -> Option<Severity>,
    /// The decision in words with its evidence, one report per scope (course group, claim).
    pub report: fn(&Case, &Decisions) -> Vec<Report>,
}

/// Whose enrolments a rule judges.
#[derive(Clone, Copy, Debug)]
pub enum Judges {
    /// Those that are inspected.
    Inspected,
    /// Also those that are not, when it has something to say of them: this tells at little cost.
    EndedToo(fn(&Case) -> bool),
    /// Applications, each by itself, whatever has become of its enrolment.
    Applications,
}

/// What a student is told by a rule to their disadvantage, and which rows that could not be read make
/// that doubtful.
#[derive(Debug)]
pub struct Unfavourable {
    /// Whether it is told in this case.
    pub told: fn(&Case, &Decisions) -> bool,
    pub lost_rows: LostRows,
    /// `None` when equivalences do not matter. A lost one is a doubt when it may make one course group
    /// of one of the first groups and another of the second.
    pub joined: Option<[CourseGroups; 2]>,
}

pub type CourseGroups = fn(&Case, &Decisions) -> Vec<u32>;

/// Whose lost rows matter, and of which tables.
#[derive(Clone, Copy, Debug)]
pub enum LostRows {
    /// The enrolment's own, of the tables that the rule needs.
    OfEnrolment,
    /// Those of any enrolment of the student, because the rule sums over them.
    OfStudent(&'static [Table]),
}

/// In the order in which an SU office asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    Su,
    ExtraPortions,
    Exams,
    Degree,
    Cards,
}

impl Family {
    /// The folder of its rules, cases and law.
    pub const fn folder(self) -> &'static str {
        match self {
            Family::Su => "su",
            Family::ExtraPortions => "extra_portions",
            Family::Exams => "exams",
            Family::Degree => "degree",
            Family::Cards => "cards",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleStatus {
    Preview,
    Stable,
    Deprecated,
}

impl RuleStatus {
    pub const fn name(self) -> &'static str {
        match self {
            RuleStatus::Preview => "preview",
            RuleStatus::Stable => "stable",
            RuleStatus::Deprecated => "deprecated",
        }
    }
}

/// Every rule, sorted by code.
pub static RULES: &[&Rule] = &[
    &degree::dg401::RULE,
    &degree::dg402::RULE,
    &degree::dg403::RULE,
    &degree::dg404::RULE,
    &degree::dg405::RULE,
    &degree::dg406::RULE,
    &degree::dg407::RULE,
    &degree::dg408::RULE,
    &degree::dg409::RULE,
    &degree::dg410::RULE,
    &degree::dg411::RULE,
    &degree::dg412::RULE,
    &exams::ex301::RULE,
    &exams::ex302::RULE,
    &exams::ex303::RULE,
    &exams::ex304::RULE,
    &exams::ex305::RULE,
    &exams::ex306::RULE,
    &cards::id501::RULE,
    &su::su101::RULE,
    &su::su102::RULE,
    &su::su103::RULE,
    &su::su104::RULE,
    &su::su105::RULE,
    &su::su106::RULE,
    &su::su107::RULE,
    &su::su108::RULE,
    &su::su109::RULE,
    &su::su110::RULE,
    &su::su111::RULE,
    &su::su112::RULE,
    &su::su113::RULE,
    &su::su114::RULE,
    &su::su115::RULE,
    &su::su116::RULE,
    &extra_portions::xk201::RULE,
];

/// The rule that decides nothing without the run of an earlier inspection.
pub static NEEDS_PREVIOUS_RUN: &Rule = &su::su106::RULE;

/// A rule by its code, in any case.
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.code.eq_ignore_ascii_case(code))
}

/// The rule whose verdict has this written.
pub fn calling_for(paper: Paper) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.calls_for.contains(&paper))
}

/// What every rule decided about one enrolment.
pub struct Decisions<'a> {
    /// The pass that counts of every course group, which most rules go through.
    pub passes: Known<Vec<ResultRow<'a>>>,
    pub progress: su::su101::StudyProgress,
    pub start_check: su::su102::StartCheckDecision,
    pub final_project: su::su105::FinalProject<'a>,
    pub portions: su::su107::PortionsLeft,
    pub attempts: exams::ex301::Attempts<'a>,
    pub bindings: Known<Vec<exams::ex302::Binding<'a>>>,
    pub thirds: degree::thirds::Thirds,
    pub five_ects: degree::dg403::FiveEctsDecision,
    pub maximum: degree::dg404::MaximumDuration,
    pub lateness: degree::dg405::Lateness,
    pub curriculum: Option<Known<degree::dg407::Standing<'a>>>,
    pub claims: Vec<extra_portions::xk201::Estimate<'a>>,
}

impl<'a> Decisions<'a> {
    pub fn passes(&self) -> Known<&[ResultRow<'a>]> {
        self.passes.as_deref().map_err(|unknown| *unknown)
    }

    /// Inactive by SU101, and nothing keeps SU.
    pub fn stop_for_progress(&self) -> bool {
        self.final_project.stops_for_progress() && self.progress.is_inactive() == Ok(true)
    }

    /// The start check is failed, and nothing keeps SU.
    pub fn stop_for_start_check(&self) -> bool {
        self.final_project.stops() && self.start_check.is_failed() == Ok(true)
    }
}

/// Runs every rule on an inspected enrolment, each once.
pub fn decide<'a>(case: &Case<'a>) -> Decisions<'a> {
    let counted = case.passes();
    let passes = counted.as_deref().map_err(|unknown| *unknown);
    let progress = su::su101::decide(case, passes);
    let start_check = su::su102::decide(case);
    let final_project = su::su105::decide(case, &progress, &start_check);
    let attempts = exams::ex301::decide(case);
    Decisions {
        final_project,
        portions: su::su107::decide(case),
        bindings: exams::ex302::decide(case, &attempts.passed),
        attempts,
        thirds: degree::thirds::decide(case, passes),
        five_ects: degree::dg403::decide(case, passes),
        maximum: degree::dg404::decide(case),
        lateness: degree::dg405::decide(case),
        curriculum: degree::dg407::decide(case, passes),
        claims: extra_portions::xk201::decide(case),
        progress,
        start_check,
        passes: counted,
    }
}
