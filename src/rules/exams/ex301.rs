#![doc = include_str!("ex301.md")]

use crate::base::{Day, counted};
use crate::contract::Table;
use crate::contract::codes::ExemptionKind;
use crate::rules::exams::ex302::{self, State};
use crate::rules::exams::{blocked_pairs, ex303};
use crate::rules::{
    Case, Decisions, Family, Judges, LostRows, Outcome, Report, Rule, RuleStatus, Unfavourable, known,
};
use crate::student::exports::Exemption;
use crate::student::view::{Known, ResultRow};
use crate::verdicts::{AttemptState, LetterKind, Paper, Severity};

pub static RULE: Rule = Rule {
    code: "EX301",
    name: "exam-attempts",
    title: "Attempts used of those allowed, per course group",
    family: Family::Exams,
    status: RuleStatus::Stable,
    since: "0.1.0",
    needs: &[Table::CourseEquivalences, Table::Exemptions],
    parameters: &["exams.attempts_allowed", "exams.readmission_extra_attempts"],
    sources: &[
        "Study rules, Exam attempts",
        "Study rules, Readmission",
        "Study rules, Cancellation of courses",
    ],
    documentation: include_str!("ex301.md"),
    judges: Judges::Inspected,
    calls_for: &[Paper::Letter(LetterKind::AttemptsUsedUp), Paper::Letter(LetterKind::LastAttempt)],
    unfavourable: Some(Unfavourable {
        told: |_, decisions| decisions.attempts.at_limit().next().is_some(),
        lost_rows: LostRows::OfEnrolment,
        joined: Some([
            |_, decisions| decisions.attempts.at_limit().map(|attempts| attempts.group).collect(),
            |case, _| case.results().map(|row| row.group).collect(),
        ]),
    }),
    speaks,
    report,
};

/// The attempts at one course group with a result of its own.
#[derive(Clone, Debug)]
pub struct GroupAttempts<'a> {
    pub group: u32,
    pub name: &'a str,
    pub used: i32,
    pub allowed: Known<i32>,
    pub ill: i32,
    /// By any row, also a transferred one.
    pub passed: bool,
    pub pending: bool,
    pub state: Known<AttemptState>,
    pub last_exam_date: Option<Day>,
}

pub struct Attempts<'a> {
    /// Sorted by group.
    pub groups: Known<Vec<GroupAttempts<'a>>>,
    /// Groups passed by any row, also a transferred one; sorted. Empty while the groups are unknown.
    pub passed: Vec<u32>,
    /// Overlapping courses that must not be merged: both passed, or used up only together.
    pub blocked_pair: Known<bool>,
}

impl<'a> Attempts<'a> {
    /// The groups of which a student is told: one attempt left, or none.
    pub fn at_limit(&self) -> impl Iterator<Item = &GroupAttempts<'a>> {
        let told = |group: &&GroupAttempts| {
            matches!(group.state, Ok(AttemptState::LastAttempt | AttemptState::Exhausted))
        };
        self.groups.iter().flatten().filter(told)
    }

    /// How many groups are in a state; unknown as soon as one of them is.
    pub fn count(&self, state: AttemptState) -> Known<i32> {
        let groups = self.groups.as_ref().map_err(|unknown| *unknown)?;
        groups.iter().try_fold(0, |count, group| Ok(count + i32::from(group.state? == state)))
    }
}

pub fn decide<'a>(case: &Case<'a>) -> Attempts<'a> {
    if let Err(unknown) = case.equivalences() {
        return Attempts { groups: Err(unknown), passed: Vec::new(), blocked_pair: Err(unknown) };
    }
    let rows = case.results();
    let most = rows.size_hint().1.unwrap_or_default();
    let (mut groups, mut passed) = (Vec::with_capacity(most), Vec::with_capacity(most));
    let mut close = |group: u32, tally: Tally| {
        if tally.passed {
            passed.push(group);
        }
        if tally.has_own_result {
            groups.push(group_attempts(case, group, &tally));
        }
    };
    let mut current: Option<(u32, Tally)> = None;
    rows.for_each(|row| {
        if let Some((group, tally)) = current.take_if(|(group, _)| *group != row.group) {
            close(group, tally);
        }
        current.get_or_insert_with(|| (row.group, Tally::default())).1.add(&row);
    });
    if let Some((group, tally)) = current {
        close(group, tally);
    }
    let doubtful = blocked_pairs::doubtful(case, &groups, &passed);
    let blocked_pair = match doubtful.unknown {
        _ if !doubtful.pairs.is_empty() => Ok(true),
        unknown => unknown.map_or(Ok(false), Err),
    };
    Attempts { groups: Ok(groups), passed, blocked_pair }
}

/// What the rows of one group add up to.
#[derive(Default)]
struct Tally {
    used: i32,
    ill: i32,
    passed: bool,
    pending: bool,
    has_own_result: bool,
    last_exam_date: Option<Day>,
}

impl Tally {
    fn add(&mut self, row: &ResultRow) {
        self.passed |= row.code.passed;
        if row.transferred {
            return;
        }
        self.has_own_result = true;
        self.used += i32::from(row.code.uses_attempt);
        self.ill += i32::from(row.code.ill);
        self.pending |= row.code.provisional;
        self.last_exam_date = self.last_exam_date.max(row.exam_date);
    }
}

fn group_attempts<'a>(case: &Case<'a>, group: u32, tally: &Tally) -> GroupAttempts<'a> {
    let allowed = allowed(case, group);
    let state = if tally.passed {
        Ok(AttemptState::Passed)
    } else {
        allowed.map(|allowed| match tally.used {
            used if used >= allowed => AttemptState::Exhausted,
            used if used == allowed - 1 => AttemptState::LastAttempt,
            _ => AttemptState::Open,
        })
    };
    GroupAttempts {
        group,
        name: case.exports.catalogue.code(group),
        used: tally.used,
        allowed,
        ill: tally.ill,
        passed: tally.passed,
        pending: tally.pending,
        state,
        last_exam_date: tally.last_exam_date,
    }
}

/// The results of a group that use an attempt each.
pub fn using_attempts<'a>(case: &Case<'a>, group: u32) -> impl Iterator<Item = ResultRow<'a>> {
    let own = case.results().filter(move |row| row.group == group && !row.transferred);
    own.filter(|row| row.code.uses_attempt)
}

/// Exemptions that give further attempts in a group.
fn extra_attempts<'a>(case: &Case<'a>, group: u32) -> Known<impl Iterator<Item = &'a Exemption>> {
    let catalogue = &case.exports.catalogue;
    let of_group = move |course: u32| catalogue.group(course) == group;
    Ok(case.exemptions()?.filter(move |exemption| {
        exemption.kind == ExemptionKind::ExtraAttempt && exemption.course.is_some_and(of_group)
    }))
}

pub(super) fn allowed(case: &Case, group: u32) -> Known<i32> {
    let granted = |by: Day| -> Known<i32> {
        let by_then = extra_attempts(case, group)?.filter(|exemption| exemption.granted_on <= by);
        Ok(by_then.map(|exemption| exemption.amount).sum())
    };
    let base = case.law.attempts_allowed;
    let mut allowed = base + granted(case.cutoffs.inspection_date)?;
    if let Some(readmitted) = case.readmitted_on() {
        let mut before = Tally::default();
        case.results()
            .filter(|row| row.group == group && row.assessed_on <= readmitted)
            .for_each(|row| before.add(&row));
        if !before.passed && before.used >= base + granted(readmitted)? {
            allowed += case.law.readmission_extra_attempts;
        }
    }
    Ok(allowed)
}

/// Why EX302 releases the student from a course group. Without registrations only a course that is not
/// offered any more is known to.
fn release(case: &Case, decisions: &Decisions, group: u32) -> Option<String> {
    match &decisions.bindings {
        Ok(bindings) => bindings.iter().find(|binding| binding.group == group)?.state.release(),
        Err(_) => {
            ex302::discontinued(case, group).and_then(|day| State::ReleasedByDiscontinuation(day).release())
        }
    }
}

/// Whether the student is released from a group of which they would be told.
pub fn released_at_limit(case: &Case, decisions: &Decisions) -> bool {
    decisions.attempts.at_limit().any(|group| release(case, decisions, group.group).is_some())
}

fn speaks(case: &Case, decisions: &Decisions) -> Option<Severity> {
    let attempts = &decisions.attempts;
    let Ok(groups) = &attempts.groups else { return Some(Severity::Review) };
    let any = |state: AttemptState| groups.iter().any(|group| group.state == Ok(state));
    let pending = attempts.at_limit().any(|group| group.pending);
    let held = pending || released_at_limit(case, decisions) || ex303::uses_more(case, attempts);
    if held || groups.iter().any(|group| group.state.is_err()) || attempts.blocked_pair != Ok(false) {
        Some(Severity::Review)
    } else if any(AttemptState::Exhausted) {
        Some(Severity::Action)
    } else if any(AttemptState::LastAttempt) {
        Some(Severity::Notice)
    } else {
        None
    }
}

/// One report per course group that is not simply passed or open, and one for the whole.
fn report(case: &Case, decisions: &Decisions) -> Vec<Report> {
    let attempts = &decisions.attempts;
    let groups = match &attempts.groups {
        Ok(groups) => groups,
        Err(unknown) => return vec![Report::unknown(*unknown, Vec::new())],
    };
    let mut reports = Vec::new();
    for group in groups {
        let release = release(case, decisions, group.group);
        let message = match (group.state, &release) {
            (Ok(AttemptState::Passed | AttemptState::Open), _) => continue,
            (Ok(AttemptState::LastAttempt), _) => "one attempt is left",
            (Ok(AttemptState::Exhausted), None) => {
                "all attempts are used; without an exemption applied for by the next check the university \
                 considers disenrolment"
            }
            (Ok(AttemptState::Exhausted), _) => "all attempts are used",
            (Err(unknown), _) => {
                let message = format!(
                    "Course group {}: how many attempts are allowed is unknown: {unknown}.",
                    group.name
                );
                let report = Report::new(Outcome::unknown(unknown), message, evidence(case, group));
                reports.push(report.scope(group.name));
                continue;
            }
        };
        let by_agreement = ex303::uses_more_in(case, group.group);
        let but = match &release {
            None if by_agreement => {
                ", but EX303 counts one more, by an agreement without a result".to_owned()
            }
            None => String::new(),
            Some(why) => format!(", but EX302 releases the student on request: {why}"),
        };
        let message = format!("Course group {}: {message}{but}.", group.name);
        let outcome = match group.state {
            _ if release.is_some() => {
                Outcome::NeedsHuman("the student may be released from the course".to_owned())
            }
            _ if group.pending => Outcome::NeedsHuman("one of them awaits a decision".to_owned()),
            _ if by_agreement => Outcome::NeedsHuman("an agreement without a result may use one".to_owned()),
            Ok(AttemptState::Exhausted) => Outcome::NotMet,
            _ => Outcome::Met,
        };
        let left = group.allowed.map(|allowed| (allowed - group.used).max(0));
        let left = left.map(|left| counted(left, "attempt left", "attempts left"));
        let report = Report::new(outcome, message, evidence(case, group)).scope(group.name);
        reports.push(report.margin(known(left)));
    }
    let doubtful = blocked_pairs::doubtful(case, groups, &attempts.passed);
    reports.extend(doubtful.pairs.into_iter().map(|pair| blocked_pairs::in_words(case, pair)));
    reports
        .extend(doubtful.unknown.map(|unknown| Report::unknown(unknown, Vec::new()).scope("blocked_pair")));
    if reports.is_empty() {
        let message = format!(
            "{} on its last attempt.",
            counted(
                groups.len(),
                "course group with own results, not",
                "course groups with own results, none"
            )
        );
        let own = case.results().filter(|row| !row.transferred).map(|row| row.line);
        let evidence = vec![
            case.law_fact("attempts_allowed_by_rule", "exams.attempts_allowed"),
            case.rows("course_groups", groups.len(), Table::Results, own),
        ];
        reports.push(Report::new(Outcome::Met, message, evidence));
    }
    reports
}

fn evidence(case: &Case, group: &GroupAttempts) -> Vec<crate::verdicts::Evidence> {
    let using = using_attempts(case, group.group).map(|row| row.line);
    let mut facts = vec![
        case.figure("course_group", group.name, "smallest code of all versions"),
        case.rows("attempts_used", group.used, Table::Results, using),
        case.law_fact("attempts_allowed_by_rule", "exams.attempts_allowed"),
        case.figure("attempts_allowed", known(group.allowed), "rule + granted exemptions + readmission"),
        case.figure("pending", group.pending, "a result awaits a decision"),
    ];
    let exemptions = extra_attempts(case, group.group).into_iter().flatten();
    let lines: Vec<u32> = exemptions.map(|exemption| exemption.line).collect();
    if !lines.is_empty() {
        facts.push(case.rows("exemptions", lines.len(), Table::Exemptions, lines));
    }
    facts
}
