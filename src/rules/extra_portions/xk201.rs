#![doc = include_str!("xk201.md")]

use super::conditions::conditions;
use crate::base::{Ects, Month, Period, counted};
use crate::contract::Table;
use crate::rules::exams::ex301;
use crate::rules::{
    Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus, known, missing_reason,
};
use crate::student::codes::{ClaimReason, GrantReason, PaymentKind};
use crate::student::exports::Claim;
use crate::student::leave;
use crate::student::view::{Known, grants_of};
use crate::verdicts::{
    Condition, ConditionState, DraftKind, Evidence, Paper, ReviewReason, Reviews, Severity,
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
    pub whole_delay: Known<Ects>,
    /// Portions already granted for an overlapping period.
    pub granted: Known<i32>,
    pub portions: Known<i32>,
    pub capped_by: Option<&'static str>,
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
    let claims = case.claims();
    // Asked only where there is an application.
    let overlapping_courses = !claims.is_empty() && ex301::decide(case).blocked_pair == Ok(true);
    let estimates = claims.iter().map(|claim| {
        let mut estimate = estimate(case, claim);
        estimate.reviews = reviews(case, &estimate, overlapping_courses);
        estimate
    });
    estimates.collect()
}

fn estimate<'a>(case: &Case<'a>, claim: &'a Claim) -> Estimate<'a> {
    let law = case.law;
    let window = Period {
        first: claim.period_from.first_day(),
        last: claim.period_to.plus(law.grading_lag_months).last_day(),
    };
    let months_supported = months_supported(case, claim);
    let expected = expected(case, months_supported, window);
    let passed = own_passed(case, |pass| window.contains(pass));
    let delay = expected.and_then(|expected| passed.map(|passed| (expected - passed).or_zero()));
    let whole_delay = whole_delay(case, claim.period_to, window);
    let granted = granted_for_overlap(case, claim);
    let per_portion = law.ects_per_month;
    let (portions, capped_by) = match (delay, whole_delay, granted, committee_room(case)) {
        (Ok(delay), Ok(whole_delay), Ok(granted), Ok(committee_room)) => {
            let steps = [
                ("support", months_supported),
                ("applied", claim.months_applied),
                ("whole_delay", whole_delay.whole_steps(per_portion)),
            ];
            let committee_room = (claim.reason == ClaimReason::Committee).then_some(committee_room);
            let (portions, capped_by) = cap(delay.whole_steps(per_portion), &steps, granted, committee_room);
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
    let lost = |table: Table, of: &[u32]| case.exports.lost_rows_of(table).any(|named| of.contains(&named));
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
fn cap(
    by_delay: i32,
    caps: &[(&'static str, i32)],
    granted: i32,
    committee_room: Option<i32>,
) -> (i32, Option<&'static str>) {
    let mut portions = by_delay;
    let mut capped_by = None;
    for (name, limit) in caps {
        if *limit < portions {
            (portions, capped_by) = (*limit, Some(*name));
        }
    }
    if granted > 0 && portions > 0 {
        (portions, capped_by) = ((portions - granted).max(0), Some("granted"));
    }
    if let Some(room) = committee_room
        && room < portions
    {
        (portions, capped_by) = (room.max(0), Some("committee"));
    }
    (portions, capped_by)
}

/// What the step did that [`Estimate::capped_by`] names.
pub fn limit_in_words(capped_by: &str) -> &'static str {
    match capped_by {
        "support" => "limited by the months with support",
        "applied" => "limited by what was applied for",
        "whole_delay" => "limited by the delay in all since the programme began",
        "granted" => "reduced by what was granted for an overlapping period",
        "committee" => "limited by what is left for committee work",
        _ => "limited",
    }
}

fn in_period(claim: &Claim, month: Month) -> bool {
    claim.period_from <= month && month <= claim.period_to
}

/// Months of the period with an ordinary payment, plus those with another student support.
fn months_supported(case: &Case, claim: &Claim) -> i32 {
    let mut months: Vec<Month> = case
        .payments()
        .filter(|row| row.kind == PaymentKind::Ordinary && row.portions > 0 && in_period(claim, row.month))
        .map(|row| row.month)
        .collect();
    months.sort_unstable();
    months.dedup();
    let in_all = claim.period_to.index() - claim.period_from.index() + 1;
    (months.len() as i32 + claim.other_support_months).min(in_all)
}

/// Five ECTS a supported month; no more than the exams registered for in the window hold.
fn expected(case: &Case, months_supported: i32, window: Period) -> Known<Ects> {
    case.equivalences()?;
    let by_support = case.law.ects_per_month * months_supported;
    let catalogue = &case.exports.catalogue;
    let mut registered: Vec<(u32, u32)> = case
        .registrations()?
        .filter(|registration| window.contains(registration.exam_date))
        .map(|registration| (catalogue.group(registration.course), registration.course))
        .collect();
    if registered.is_empty() {
        return Ok(by_support);
    }
    // Each group once, by the lowest course code registered for.
    registered.sort_unstable();
    registered.dedup_by_key(|(group, _)| *group);
    let ects =
        registered.iter().filter_map(|(_, course)| catalogue.course(*course)).map(|course| course.ects).sum();
    Ok(by_support.min(ects))
}

fn own_passed(case: &Case, when: impl Fn(crate::base::Day) -> bool) -> Known<Ects> {
    let own = case.counted_passes(|_| false)?.filter(|pass| !pass.transferred && when(pass.assessed_on));
    Ok(own.map(|pass| pass.ects).sum())
}

fn whole_delay(case: &Case, period_to: Month, window: Period) -> Known<Ects> {
    // A programme that has ended was studied until its last month.
    let until = case.ended_on().map_or(period_to, |ended| period_to.min(ended.month()));
    let enrolled = until.index() - case.enrolment.started_on.month().index() + 1;
    let on_leave = leave::whole_months_until(case.leaves()?, period_to.last_day());
    let passed = own_passed(case, |assessed_on| assessed_on <= window.last)?;
    Ok((case.law.ects_per_month * (enrolled - on_leave) - passed).or_zero())
}

/// All portions of grants, whatever their reason, whose period overlaps the claim's.
fn granted_for_overlap(case: &Case, claim: &Claim) -> Known<i32> {
    let overlapping = case
        .grants()?
        .filter(|grant| grant.period_from <= claim.period_to && claim.period_from <= grant.period_to);
    Ok(overlapping.map(|grant| grant.portions).sum())
}

/// What is left of the student's portions for committee work, over all enrolments.
fn committee_room(case: &Case) -> Known<i32> {
    let mut granted = 0;
    for index in case.enrolments_of_student() {
        let grants = grants_of(case.exports, *index as usize, case.cutoffs.inspection_date)?;
        granted += grants
            .filter(|grant| grant.reason == GrantReason::Committee)
            .map(|grant| grant.portions)
            .sum::<i32>();
    }
    Ok((case.law.committee_limit - granted).max(0))
}

fn severity(estimate: &Estimate) -> Severity {
    let open = estimate.portions.is_err() || !estimate.reviews.is_empty();
    if open { Severity::Review } else { Severity::Info }
}

fn speaks(_: &Case, decisions: &Decisions) -> Option<Severity> {
    decisions.claims.iter().map(severity).max()
}

fn report(case: &Case, decisions: &Decisions) -> Vec<Report> {
    if decisions.claims.is_empty() {
        let why = if case.exports.is_absent(Table::ExtraPortionClaims) {
            "the table extra_portion_claims was not given"
        } else {
            "there is no application"
        };
        return vec![Report::new(Outcome::NotApplicable(why.to_owned()), "No application.", Vec::new())];
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
    let (comma, limit) = estimate.capped_by.map_or(("", ""), |by| (", ", limit_in_words(by)));
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
    let claim = estimate.claim;
    let paid = case.payments().filter(|row| row.kind == PaymentKind::Ordinary && in_period(claim, row.month));
    let mut facts = vec![
        case.rows("claim", &claim.claim_id, Table::ExtraPortionClaims, [claim.line]),
        case.figure(
            "window",
            format!("{} to {}", estimate.window.first, estimate.window.last),
            "period and grading lag",
        ),
        case.rows("months_supported", estimate.months_supported, Table::SuPayments, paid.map(|row| row.line)),
        case.law_fact("ects_per_month", "extra_portions.ects_per_month"),
        case.figure(
            "ects_expected",
            known(estimate.expected),
            "ects_per_month × months_supported, at most the exams registered for",
        ),
        case.figure("ects_passed", known(estimate.passed), "own counted passes assessed in the window"),
        case.figure("ects_delay", known(estimate.delay), "max(0, ects_expected − ects_passed)"),
        case.figure(
            "whole_delay",
            known(estimate.whole_delay),
            "ects_per_month × months enrolled and not on leave, less own ECTS",
        ),
        case.figure("months_applied", claim.months_applied, "by the form"),
        case.figure("granted_for_overlap", known(estimate.granted), "grants whose period overlaps"),
        case.figure(
            "portions_estimate",
            known(estimate.portions),
            "the delay in whole portions, within its limits",
        ),
    ];
    for condition in &estimate.conditions {
        facts.push(case.figure(
            condition.name.code(),
            condition.state.code(),
            "condition of the application",
        ));
    }
    facts
}
