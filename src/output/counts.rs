//! What an inspection adds up to: the numbers of `run.json` and of the summary.
//!
//! Every code of a verdict is listed, also with 0, and so is `unknown`: a reader who compares two
//! runs must not have to know which codes could have been there.

use std::collections::BTreeMap;

use super::run_record::{Counts, StudentsRecord};
use crate::verdicts::{
    AttemptState, ExternalThird, FiveEcts, Guidance, Inspection, InspectionRow, LetterKind, MaximumState,
    PassFailThird, Progress, Regime, ReviewReason, StartCheck, SuStatus,
};

const UNKNOWN: &str = "unknown";
const YES_OR_NO: &[&str] = &["true", "false"];

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerdictCounts {
    pub students: StudentsRecord,
    /// Column to counts by code. `attempt_state` counts rows of `attempts.parquet`, every other
    /// column rows of `inspection.parquet`.
    pub verdicts: BTreeMap<String, Counts>,
    pub review_reasons: Counts,
    pub letters: Counts,
    pub letters_held: Counts,
}

impl VerdictCounts {
    /// Adds what another part of the register adds up to.
    pub fn add(&mut self, other: VerdictCounts) {
        self.students.register += other.students.register;
        self.students.inspected += other.students.inspected;
        add(&mut self.students.excluded, other.students.excluded);
        for (column, counts) in other.verdicts {
            add(self.verdicts.entry(column).or_default(), counts);
        }
        add(&mut self.review_reasons, other.review_reasons);
        add(&mut self.letters, other.letters);
        add(&mut self.letters_held, other.letters_held);
    }
}

fn add(all: &mut Counts, part: Counts) {
    for (code, number) in part {
        *all.entry(code).or_default() += number;
    }
}

pub fn count(inspection: &Inspection, register_len: usize) -> VerdictCounts {
    let rows = &inspection.inspection;
    let mut excluded = Counts::new();
    for (reason, number) in &inspection.excluded {
        *excluded.entry((*reason).to_owned()).or_default() += u64::from(*number);
    }
    VerdictCounts {
        students: StudentsRecord { register: register_len as u64, inspected: rows.len() as u64, excluded },
        verdicts: verdicts(inspection),
        review_reasons: tally(
            ReviewReason::CODES,
            rows.iter().flat_map(|row| row.reviews.iter()).map(|reason| reason as usize),
        ),
        letters: tally(
            LetterKind::CODES,
            rows.iter().flat_map(|row| &row.letters).map(|kind| *kind as usize),
        ),
        letters_held: tally(
            LetterKind::CODES,
            rows.iter().flat_map(|row| &row.letters_held).map(|kind| *kind as usize),
        ),
    }
}

fn verdicts(inspection: &Inspection) -> BTreeMap<String, Counts> {
    let rows = &inspection.inspection;
    let of = |codes: &[&str], verdict: fn(&InspectionRow) -> Option<usize>| {
        with_unknown(codes, rows.iter().map(verdict))
    };
    let yes_or_no = |answer: bool| usize::from(!answer);
    let columns = [
        ("regime", of(Regime::CODES, |r| Some(r.regime as usize))),
        ("progress", of(Progress::CODES, |r| r.progress.map(|v| v as usize))),
        ("start_check", of(StartCheck::CODES, |r| r.start_check.map(|v| v as usize))),
        ("su_status", of(SuStatus::CODES, |r| r.su_status.map(|v| v as usize))),
        ("robust", with_unknown(YES_OR_NO, rows.iter().map(|r| r.robust.map(yes_or_no)))),
        ("five_ects", of(FiveEcts::CODES, |r| r.five_ects.map(|v| v as usize))),
        ("maximum_state", of(MaximumState::CODES, |r| r.maximum_state.map(|v| v as usize))),
        ("guidance", of(Guidance::CODES, |r| r.guidance.map(|v| v as usize))),
        ("pass_fail_third", of(PassFailThird::CODES, |r| r.pass_fail_third.map(|v| v as usize))),
        ("external_third", of(ExternalThird::CODES, |r| r.external_third.map(|v| v as usize))),
        ("portions_left", with_unknown(&["known"], rows.iter().map(|r| r.portions_left.map(|_| 0)))),
        ("needs_review", tally(YES_OR_NO, rows.iter().map(|r| yes_or_no(!r.reviews.is_empty())))),
        (
            "attempt_state",
            with_unknown(
                AttemptState::CODES,
                inspection.attempts.iter().map(|r| r.state.map(|v| v as usize)),
            ),
        ),
    ];
    columns.into_iter().map(|(column, counts)| (column.to_owned(), counts)).collect()
}

fn with_unknown(codes: &[&str], answers: impl Iterator<Item = Option<usize>>) -> Counts {
    tally(&[codes, &[UNKNOWN]].concat(), answers.map(|answer| answer.unwrap_or(codes.len())))
}

/// `answers` are positions in the list of codes.
fn tally(codes: &[&str], answers: impl Iterator<Item = usize>) -> Counts {
    let mut numbers = vec![0; codes.len()];
    answers.for_each(|answer| numbers[answer] += 1);
    codes.iter().map(|code| (*code).to_owned()).zip(numbers).collect()
}
