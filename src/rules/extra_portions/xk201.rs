#![doc = include_str!("xk201.md")]

use super::conditions::conditions;
use super::delay::{
    WholeDelay, expected, facts_of_support, facts_of_whole, months_supported, own_passed, passed_fact,
    whole_delay,
};
use crate::base::{Ects, Period, counted};
use crate::contract::Table;
use crate::contract::codes::{ClaimReason, GrantReason};
use crate::law::Parameters;
use crate::rules::exams::ex301;
use crate::rules::{
    Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus, known, missing_reason,
};
use crate::student::exports::{Claim, Grant};
use crate::student::leave;
use crate::student::view::{Known, Unknown, grants_of};
use crate::verdicts::{
    Cap, Condition, ConditionState, DraftKind, Evidence, Paper, ReviewReason, Reviews, Severity,
};

pub static RULE: Rule = Rule {
    code: "XK201",
    name: "extra-portions-estimate",
    title: "Extra portions an application would be worth",
    family: Family::ExtraPortions,
    status: RuleStatus::Stable,
    since: "0.1.0",
    needs: &[
        Table::CourseEquivalences,
        Table::ExamRegistrations,
        Table::ExtraPortionGrants,
        Table::ExtraPortionClaims,
        Table::Leaves,
    ],
    parameters: &[
        "extra_portions.ects_per_month",
        "extra_portions.grading_lag_months",
        "extra_portions.committee_limit",
        "extra_portions.documents_days",
        "extra_portions.accepted_certificates",
    ],
    sources: &[
        "SU office pages, Additional SU grant portions",
        "National appeals board: delay is measured in ECTS",
    ],
    documentation: include_str!("xk201.md"),
    judges: Judges::Applications,
    calls_for: &[Paper::Draft(DraftKind::ExtraKlipDecision)],
    unfavourable: None,
    speaks,
    report,
};

/// The estimate of one application.
#[derive(Clone, Debug)]
pub struct Estimate<'a> {
    pub claim: &'a Claim,
    /// First day of the period to the last day of the month after it.
    pub window: Period,
    pub months_supported: i32,
    pub expected: Known<Ects>,
    pub passed: Known<Ects>,
    pub delay: Known<Ects>,
    pub remainder: Known<Ects>,
    /// Delay since the programme began, over all of it.
    pub whole_delay: Known<WholeDelay>,
    /// Portions already granted for an overlapping period.
    pub granted: Known<i32>,
    /// What is left of the portions for committee work; `None` for any other reason, or unknown.
    pub committee_left: Option<i32>,
    pub portions: Known<i32>,
    pub capped_by: Option<Cap>,
    pub conditions: Vec<Condition>,
    /// Why a person must look at it: conditions that are not met or unknown, and doubts about the data.
    pub reviews: Reviews,
}

impl Estimate<'_> {
    pub fn open_conditions(&self) -> impl Iterator<Item = &Condition> {
        self.conditions.iter().filter(|condition| condition.state != ConditionState::Met)
    }
}

pub fn decide<'a>(case: &Case<'a>) -> Vec<Estimate<'a>> {
    let mut claims = case.claims().peekable();
    if claims.peek().is_none() {
        return Vec::new();
    }
    let overlapping_courses = ex301::decide(case).blocked_pair == Ok(true);
    let estimates = claims.map(|claim| {
        let mut estimate = estimate(case, claim);
        estimate.reviews = reviews(case, &estimate, overlapping_courses);
        estimate
    });
    estimates.collect()
}

/// First day of the period to the last day of the months in which its exams are assessed.
pub fn window(claim: &Claim, law: &Parameters) -> Period {
    Period {
        first: claim.period_from.first_day(),
        last: claim.period_to.plus(law.grading_lag_months).last_day(),
    }
}

fn estimate<'a>(case: &Case<'a>, claim: &'a Claim) -> Estimate<'a> {
    let law = case.law;
    let window = window(claim, law);
    let months_supported = months_supported(case, claim);
    let expected = expected(case, months_supported, window);
    let passed = own_passed(case, |pass| window.contains(pass));
    let delay = expected.and_then(|expected| passed.map(|passed| (expected - passed).or_zero()));
    let whole_delay = whole_delay(case, claim.period_to, window);
    let granted = granted_for_overlap(case, claim);
    let per_portion = law.ects_per_month;
    let of_committee = granted_for_committee(case);
    let is_committee = claim.reason == ClaimReason::Committee;
    let committee_left =
        of_committee.ok().filter(|_| is_committee).map(|granted| (law.committee_limit - granted).max(0));
    let (portions, capped_by) = match (delay, whole_delay, granted, of_committee) {
        (Ok(delay), Ok(whole_delay), Ok(granted), Ok(_)) => {
            let steps = [
                (Cap::Support, months_supported),
                (Cap::Applied, claim.months_applied),
                (Cap::WholeDelay, whole_delay.ects.whole_steps(per_portion)),
            ];
            let (portions, capped_by) = cap(delay.whole_steps(per_portion), &steps, granted, committee_left);
            (Ok(portions), capped_by)
        }
        (Err(unknown), ..) | (_, Err(unknown), ..) | (.., Err(unknown), _) | (.., Err(unknown)) => {
            (Err(unknown), None)
        }
    };
    Estimate {
        claim,
        window,
        months_supported,
        expected,
        passed,
        delay,
        remainder: delay.map(|delay| delay.remainder(per_portion)),
        whole_delay,
        granted,
        committee_left,
        portions,
        capped_by,
        conditions: conditions(case, claim, months_supported, window.last),
        reviews: Reviews::default(),
    }
}

fn reviews(case: &Case, estimate: &Estimate, overlapping_courses: bool) -> Reviews {
    let mut reviews = Reviews::default();
    for condition in estimate.open_conditions() {
        reviews.add(condition.name);
    }
    if let Some(reason) = estimate.portions.err().and_then(missing_reason) {
        reviews.add(reason);
    }
    let mut when = |condition: bool, reason: ReviewReason| {
        if condition {
            reviews.add(reason);
        }
    };
    let lost = |table: Table, of: &[u32]| of.iter().any(|it| case.exports.has_lost_row(table, *it as usize));
    let committee = estimate.claim.reason == ClaimReason::Committee;
    when(case.exports.rejected_input.get(case.index).copied().unwrap_or(true), ReviewReason::RejectedInput);
    when(lost(Table::ExamRegistrations, &[case.index as u32]), ReviewReason::RejectedInput);
    // Portions for committee work are limited over all enrolments.
    when(
        committee && lost(Table::ExtraPortionGrants, case.enrolments_of_student()),
        ReviewReason::RejectedInput,
    );
    when(case.exports.has_identity_conflict(case.index), ReviewReason::IdentityConflict);
    when(case.leaves().is_ok_and(leave::overlap), ReviewReason::OverlappingLeaves);
    when(overlapping_courses, ReviewReason::BlockedPair);
    reviews
}

/// The smallest of delay and caps, less what is granted, and the committee limit last. Names the
/// last step that lowered the figure.
fn cap(by_delay: i32, caps: &[(Cap, i32)], granted: i32, committee_left: Option<i32>) -> (i32, Option<Cap>) {
    let mut portions = by_delay;
    let mut capped_by = None;
    for (cap, limit) in caps {
        if *limit < portions {
            (portions, capped_by) = (*limit, Some(*cap));
        }
    }
    if granted > 0 && portions > 0 {
        (portions, capped_by) = ((portions - granted).max(0), Some(Cap::Granted));
    }
    if let Some(left) = committee_left
        && left < portions
    {
        (portions, capped_by) = (left, Some(Cap::Committee));
    }
    (portions, capped_by)
}

/// All portions of grants, whatever their reason, whose period overlaps the claim's.
fn granted_for_overlap(case: &Case, claim: &Claim) -> Known<i32> {
    Ok(overlapping_grants(case, claim)?.map(|grant| grant.portions).sum())
}

fn overlapping_grants<'a>(case: &Case<'a>, claim: &Claim) -> Known<impl Iterator<Item = &'a Grant>> {
    let (from, to) = (claim.period_from, claim.period_to);
    Ok(case.grants()?.filter(move |grant| grant.period_from <= to && from <= grant.period_to))
}

/// Portions granted to the student for committee work, over all enrolments.
fn granted_for_committee(case: &Case) -> Known<i32> {
    let mut granted = 0;
    for index in case.enrolments_of_student() {
        let grants = grants_of(case.exports, *index as usize, case.cutoffs.inspection_date)?;
        granted += grants
            .filter(|grant| grant.reason == GrantReason::Committee)
            .map(|grant| grant.portions)
            .sum::<i32>();
    }
    Ok(granted)
}

/// What makes an estimate unknown is a review too.
fn severity(estimate: &Estimate) -> Severity {
    if estimate.reviews.is_empty() { Severity::Info } else { Severity::Review }
}

fn speaks(_: &Case, decisions: &Decisions) -> Option<Severity> {
    decisions.claims.iter().map(severity).max()
}

fn report(case: &Case, decisions: &Decisions) -> Vec<Report> {
    if decisions.claims.is_empty() {
        if case.exports.is_absent(Table::ExtraPortionClaims) {
            return vec![Report::unknown(Unknown::Absent(Table::ExtraPortionClaims), Vec::new())];
        }
        let why = "there is no application".to_owned();
        return vec![Report::new(Outcome::NotApplicable(why), "No application.", Vec::new())];
    }
    let several = decisions.claims.len() > 1;
    decisions.claims.iter().map(|estimate| report_one(case, estimate, several)).collect()
}

fn report_one(case: &Case, estimate: &Estimate, several: bool) -> Report {
    let claim = estimate.claim;
    let evidence = evidence(case, estimate);
    // By its days: an id in words might not be recognised when it is to become a pseudonym.
    let which = match several {
        true => {
            let form = claim.form_completed_on;
            format!("Application of {form} for {} to {}. ", claim.period_from, claim.period_to)
        }
        false => String::new(),
    };
    let for_a_person = for_a_person(estimate);
    let and_why = for_a_person.as_ref().map_or(String::new(), |why| format!(" For a person: {why}."));
    let portions = match estimate.portions {
        Ok(portions) => portions,
        Err(unknown) => {
            let unknown = Report::unknown(unknown, evidence);
            let message = format!("{which}{}{and_why}", unknown.message);
            return Report { message, ..unknown }.scope(claim.claim_id.clone());
        }
    };
    let (comma, limit) = estimate.capped_by.map_or(("", ""), |cap| (", ", cap.meaning()));
    let estimated = counted(portions, "portion", "portions");
    let message = format!("{which}Estimate: {estimated}{comma}{limit}. A proposal, not a decision.{and_why}");
    let outcome = match (for_a_person, portions) {
        (Some(why), _) => Outcome::NeedsHuman(why),
        (None, 0) => Outcome::NotMet,
        (None, _) => Outcome::Met,
    };
    let margin = format!("{} ECTS beyond whole portions", known(estimate.remainder));
    Report::new(outcome, message, evidence).scope(claim.claim_id.clone()).margin(margin)
}

/// The doubts about the data, the conditions that are not met, and those that are unknown.
fn for_a_person(estimate: &Estimate) -> Option<String> {
    let conditions = |state: ConditionState| {
        let of_state = estimate.conditions.iter().filter(move |condition| condition.state == state);
        of_state.map(|condition| in_message(condition.name)).collect::<Vec<_>>()
    };
    let is_condition = |reason: &ReviewReason| estimate.conditions.iter().any(|it| it.name == *reason);
    // What makes the estimate unknown is said with it.
    let said_already = estimate.portions.err().and_then(missing_reason);
    let doubts = estimate.reviews.iter().filter(|reason| !is_condition(reason));
    let doubts = doubts.filter(|reason| Some(*reason) != said_already);
    let parts = [
        ("", doubts.map(in_message).collect::<Vec<_>>()),
        ("conditions not met: ", conditions(ConditionState::NotMet)),
        ("conditions unknown: ", conditions(ConditionState::Unknown)),
    ];
    let said = parts.iter().filter(|(_, what)| !what.is_empty());
    let said = said.map(|(how, what)| format!("{how}{}", what.join(", "))).collect::<Vec<_>>();
    (!said.is_empty()).then(|| said.join("; "))
}

/// In words, without saying anything of the illness.
fn in_message(reason: ReviewReason) -> &'static str {
    match reason {
        ReviewReason::NotChronic => "the condition about the illness",
        other => other.meaning(),
    }
}

fn evidence(case: &Case, estimate: &Estimate) -> Vec<Evidence> {
    let (claim, window) = (estimate.claim, estimate.window);
    let days = format!("{} to {}", window.first, window.last);
    let mut facts = vec![
        case.rows("claim", &claim.claim_id, Table::ExtraPortionClaims, [claim.line]),
        case.figure("window", days, "period and grading lag"),
    ];
    facts.extend(facts_of_support(case, claim, estimate.months_supported, window));
    facts.extend([
        case.figure(
            "ects_expected",
            known(estimate.expected),
            "ects_per_month × months_supported, at most the exams registered for",
        ),
        passed_fact(case, "ects_passed", estimate.passed, |day| window.contains(day)),
        case.figure("ects_delay", known(estimate.delay), "max(0, ects_expected − ects_passed)"),
    ]);
    facts.extend(facts_of_whole(case, estimate.whole_delay, window));
    let by_form = |fact, value: String| case.rows(fact, value, Table::ExtraPortionClaims, [claim.line]);
    facts.push(by_form("months_applied", claim.months_applied.to_string()));
    let grants = overlapping_grants(case, claim).into_iter().flatten().map(|grant| grant.line);
    facts.push(case.rows("granted_for_overlap", known(estimate.granted), Table::ExtraPortionGrants, grants));
    if claim.reason == ClaimReason::Committee {
        let granted = known(granted_for_committee(case));
        facts.push(case.figure("granted_for_committee", granted, "over all enrolments of the student"));
        facts.push(case.law_fact("committee_limit", "extra_portions.committee_limit"));
    }
    let within = "the delay in whole portions, within its limits";
    facts.push(case.figure("portions_estimate", known(estimate.portions), within));
    for condition in &estimate.conditions {
        let (name, state) = (condition.name.code(), condition.state.code());
        facts.push(match condition.name {
            ReviewReason::SupportInPeriod => case.figure(name, state, "months_supported"),
            ReviewReason::DelayHasArisen => {
                case.figure(name, state, "whether the window is over, with its results known")
            }
            ReviewReason::NoParentalPeriod => case.figure(name, state, "parental SU in the period"),
            _ => by_form(name, state.to_owned()),
        });
    }
    let received = claim.documents_received_on.map_or("not known".to_owned(), |day| day.to_string());
    facts.extend([
        by_form("form_completed_on", claim.form_completed_on.to_string()),
        by_form("documents_received_on", received),
        case.law_fact("documents_days", "extra_portions.documents_days"),
    ]);
    facts
}
