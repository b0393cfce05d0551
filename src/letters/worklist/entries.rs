//! Which cases stand on the worklist, and what is proposed for each.

use super::Source;
use crate::base::Day;
use crate::contract::codes::codes;
use crate::letters::drafts;
use crate::letters::hears_the_student;
use crate::rules::su::{su105, su106};
use crate::rules::{self, Judges};
use crate::student::exports::{Claim, Registered};
use crate::student::undecided::undecided;
use crate::verdicts::{
    ClaimRow, DraftKind, Finding, Inspection, InspectionRow, LetterKind, Paper, Particulars, ReviewReason,
    Severity,
};

codes!(
    /// What a row asks of the caseworker.
    Step {
        Letter => "letter",
        Draft => "draft",
        Review => "review",
        Look => "look",
    }
);

/// One row: a case and what is proposed for it.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    pub step: Step,
    /// Of the steps that write something.
    pub paper: Option<Paper>,
    pub who: Registered<'a>,
    /// `None` when the enrolment is not inspected: its application is judged, or what it says of SU.
    pub row: Option<&'a InspectionRow>,
    pub claim: Option<(&'a ClaimRow, &'a Claim)>,
    pub particulars: Option<&'a Particulars>,
    /// Applications for extra portions of this enrolment that are not decided.
    pub undecided: Vec<&'a Claim>,
    /// Of this enrolment, of every severity.
    pub findings: Vec<&'a Finding>,
    /// The student's answer, or the office's decision on an application, is due by then.
    pub deadline: Option<Day>,
    /// Why the row is here.
    pub reasons: String,
}

impl Entry<'_> {
    pub fn claim_id(&self) -> &str {
        self.claim.map_or("", |(row, _)| &row.claim_id)
    }

    /// The rules that want an action or an eye, and the one that the letter rests on.
    pub fn rules(&self) -> impl Iterator<Item = &'static str> {
        let spoken_of = |finding: &&&Finding| {
            wants_an_eye(finding) || self.paper.is_some_and(|paper| calls_for(finding, paper))
        };
        self.findings.iter().filter(spoken_of).map(|finding| finding.rule)
    }
}

/// Every case that wants an action or an eye: one row per letter that is due, per draft that a
/// person may approve, per enrolment or application that needs review, and per enrolment, inspected or
/// not, with another finding that wants an eye. Sorted by enrolment, step, kind and claim.
pub fn entries<'a>(source: &Source<'a>) -> Vec<Entry<'a>> {
    let inspection = source.inspection;
    let mut entries = Vec::new();
    for (row, register) in inspection.inspection.iter().zip(&inspection.register_index) {
        of_enrolment(source, row, *register as usize, &mut entries);
    }
    for of_one in inspection.findings.chunk_by(|one, next| one.enrolment_id == next.enrolment_id) {
        entries.extend(of_not_inspected(source, of_one));
    }
    for claim in &inspection.extra_portions {
        entries.extend(of_claim(source, claim));
    }
    entries.sort_by(|a, b| key(a).cmp(&key(b)));
    entries
}

/// Whether an inspected enrolment stands on the worklist; `findings` are its own. Applications stand
/// there too, each by itself, and enrolments that are not inspected whose findings want an eye.
pub fn concerns(row: &InspectionRow, findings: &[Finding]) -> bool {
    !row.letters.is_empty()
        || !row.reviews.is_empty()
        || drafts::offered_to(row).next().is_some()
        || findings.iter().any(wants_an_eye)
}

fn key<'e>(entry: &'e Entry<'_>) -> (&'e str, Step, &'static str, &'e str) {
    let paper = entry.paper.map_or("", Paper::code);
    (&entry.who.enrolment.enrolment_id, entry.step, paper, entry.claim_id())
}

fn of_enrolment<'a>(
    source: &Source<'a>,
    row: &'a InspectionRow,
    register: usize,
    entries: &mut Vec<Entry<'a>>,
) {
    let Some(blank) = Entry::blank(source, register, Some(row)) else { return };
    let mut papers: Vec<Paper> = row.letters.iter().copied().map(Paper::Letter).collect();
    papers.extend(drafts::offered_to(row).map(Paper::Draft));
    for paper in &papers {
        let said = blank.findings.iter().filter(|finding| calls_for(finding, *paper));
        let mut reasons: Vec<String> = said.map(|finding| finding.message.clone()).collect();
        reasons.extend(review_reasons(row));
        if hears_on_progress(*paper) {
            reasons.extend(blank.undecided.iter().map(|claim| before_its_decision(claim)));
        }
        if *paper == Paper::Draft(DraftKind::StartCheckDecision) {
            reasons.push(AFTER_THE_HEARING.to_owned());
        }
        if let Paper::Letter(kind) = *paper
            && let Some(before) = source.exports.previous.as_ref()
            && before.called_for(register, kind)
        {
            reasons.push(format!("Also called for by the inspection of {}.", before.inspection_date));
        }
        entries.push(Entry {
            step: step(*paper),
            paper: Some(*paper),
            deadline: deadline(source, *paper),
            reasons: reasons.join(" "),
            ..blank.clone()
        });
    }
    if !row.reviews.is_empty() {
        let reasons = review_reasons(row).join(" ");
        entries.push(Entry { step: Step::Review, reasons, ..blank });
        return;
    }
    let spoken_for =
        |finding: &Finding| is_of_claims(finding) || papers.iter().any(|paper| calls_for(finding, *paper));
    let rest = blank.findings.iter().filter(|finding| wants_an_eye(finding) && !spoken_for(finding));
    let rest: Vec<String> = rest.map(|finding| told(finding)).collect();
    if !rest.is_empty() {
        entries.push(Entry { step: Step::Look, reasons: rest.join(" "), ..blank });
    }
}

/// Of an enrolment that is not inspected, whose findings these are: to be reviewed when it may be that it
/// should have been.
fn of_not_inspected<'a>(source: &Source<'a>, findings: &'a [Finding]) -> Option<Entry<'a>> {
    let register = source.exports.index_of(&findings.first()?.enrolment_id)?;
    if source.inspection.register_index.binary_search(&(register as u32)).is_ok() {
        return None;
    }
    let said: Vec<String> = findings.iter().filter(|finding| wants_an_eye(finding)).map(told).collect();
    if said.is_empty() {
        return None;
    }
    let blank = Entry::blank(source, register, None)?;
    let in_doubt = blank.who.enrolment.ends_after(source.inspection_date);
    let step = if in_doubt { Step::Review } else { Step::Look };
    Some(Entry { step, reasons: said.join(" "), ..blank })
}

fn told(finding: &Finding) -> String {
    format!("{}: {}", finding.rule, finding.message)
}

fn of_claim<'a>(source: &Source<'a>, claim: &'a ClaimRow) -> Option<Entry<'a>> {
    let exports = source.exports;
    let register = source.exports.index_of(&claim.enrolment_id)?;
    let form = exports.extra_portion_claims.as_ref()?.of(register);
    let form = form.iter().find(|form| form.claim_id == claim.claim_id)?;
    let position = source.inspection.register_index.binary_search(&(register as u32)).ok();
    let row = position.and_then(|position| source.inspection.inspection.get(position));
    let paper = drafts::offered_for(claim).then_some(Paper::Draft(DraftKind::ExtraKlipDecision));
    Some(Entry {
        step: paper.map_or(Step::Review, step),
        paper,
        claim: Some((claim, form)),
        deadline: Some(form.form_completed_on.plus_days(7 * source.law.processing_weeks)),
        reasons: claim_reasons(claim),
        ..Entry::blank(source, register, row)?
    })
}

impl<'a> Entry<'a> {
    fn blank(source: &Source<'a>, register: usize, row: Option<&'a InspectionRow>) -> Option<Entry<'a>> {
        let who = source.exports.registered(register)?;
        Some(Entry {
            step: Step::Look,
            paper: None,
            who,
            row,
            claim: None,
            particulars: source.inspection.particulars_of(&who.enrolment.enrolment_id),
            undecided: undecided(source.exports, register, source.inspection_date),
            findings: findings(source.inspection, &who.enrolment.enrolment_id),
            deadline: None,
            reasons: String::new(),
        })
    }
}

/// The findings of one enrolment; the table is sorted by its key.
fn findings<'a>(inspection: &'a Inspection, enrolment_id: &str) -> Vec<&'a Finding> {
    let all = &inspection.findings;
    let first = all.partition_point(|finding| finding.enrolment_id.as_str() < enrolment_id);
    all[first..].iter().take_while(|finding| finding.enrolment_id == enrolment_id).collect()
}

/// Whether a person is to act on it or to look at it.
pub fn wants_an_eye(finding: &Finding) -> bool {
    finding.severity >= Severity::Action
        || (finding.severity == Severity::Notice && KEEPS_OR_RESUMES_SU.contains(&finding.rule))
}

/// Notices that the office acts on by knowing them: who keeps SU though inactive, and until when; who can
/// have it again when they apply.
const KEEPS_OR_RESUMES_SU: [&str; 2] = [su105::RULE.code, su106::RULE.code];

/// Whether the finding is of the rule that has the paper written.
fn calls_for(finding: &Finding, paper: Paper) -> bool {
    rules::calling_for(paper).is_some_and(|rule| rule.code == finding.rule)
}

/// Applications have rows of their own.
fn is_of_claims(finding: &Finding) -> bool {
    rules::rule(finding.rule).is_some_and(|rule| matches!(rule.judges, Judges::Applications))
}

const fn step(paper: Paper) -> Step {
    match paper {
        Paper::Letter(_) => Step::Letter,
        Paper::Draft(_) => Step::Draft,
    }
}

fn deadline(source: &Source<'_>, paper: Paper) -> Option<Day> {
    let hears = match paper {
        Paper::Letter(kind) => hears_the_student(kind),
        Paper::Draft(kind) => kind == DraftKind::LegacyHearing,
    };
    hears.then(|| source.inspection_date.plus_days(source.law.response_days))
}

const AFTER_THE_HEARING: &str =
    "Only after a hearing of an earlier run whose deadline is over: klip letters … --heard FOLDER.";

/// What these ask for is less with more extra portions.
const fn hears_on_progress(paper: Paper) -> bool {
    matches!(paper, Paper::Letter(LetterKind::HearingNotice) | Paper::Draft(DraftKind::LegacyHearing))
}

fn before_its_decision(claim: &Claim) -> String {
    format!(
        "No grant answers application {} for extra klip of {}: unless it was refused, decide it first; granted, it \
         would lower the requirement.",
        claim.claim_id, claim.form_completed_on
    )
}

/// Why a person must look, in words.
fn review_reasons(row: &InspectionRow) -> Vec<String> {
    let mut reasons: Vec<String> =
        row.reviews.iter().map(|reason| format!("Review: {}.", reason.meaning())).collect();
    let left_out: Vec<&str> = row.flips.iter().flatten().map(|reading| reading.leaves_out()).collect();
    if !left_out.is_empty() {
        reasons
            .push(format!("The verdict would be the other one without {}.", left_out.join(", or without ")));
    }
    reasons
}

fn claim_reasons(claim: &ClaimRow) -> String {
    let estimate = match claim.portions_estimate {
        Some(portions) => format!("Estimate in portions: {portions}, a proposal."),
        None => "No estimate.".to_owned(),
    };
    let capped = claim.capped_by.map_or(String::new(), |cap| format!(" The estimate is {}.", cap.meaning()));
    let open: Vec<String> = drafts::open_conditions(claim)
        .map(|condition| format!("{} ({})", drafts::neutral(condition.name), condition.state.code()))
        .collect();
    let open =
        if open.is_empty() { String::new() } else { format!(" Conditions open: {}.", open.join("; ")) };
    let doubts: Vec<&str> = drafts::doubts(claim).map(ReviewReason::meaning).collect();
    let doubts = if doubts.is_empty() { String::new() } else { format!(" Review: {}.", doubts.join("; ")) };
    format!("{estimate}{capped}{open}{doubts}")
}
