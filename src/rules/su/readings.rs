//! The readings that the sources leave open of SU101: entry credit, results that await a decision, completion
//! loans, and the course of a paid internship.

use crate::base::Ects;
use crate::contract::Table;
use crate::contract::codes::PaymentKind;
use crate::rules::Case;
use crate::student::view::{Known, ResultRow};
use crate::verdicts::{Evidence, Reading};

/// A reading under which the verdict is the other one, with its figures.
#[derive(Clone, Copy, Debug)]
pub struct Flip {
    pub reading: Reading,
    pub net: i32,
    pub ects: Ects,
}

/// Portions counted as used, less the extra ones; `loan` is the part of `gross` paid as completion loan.
#[derive(Clone, Copy)]
pub struct Portions {
    pub gross: i32,
    pub extra: i32,
    pub loan: i32,
}

/// Makes the verdict again under each reading the sources leave open, one at a time.
pub fn robustness<'a>(
    case: &Case<'a>,
    inactive: bool,
    portions: Portions,
    passes: &[ResultRow<'a>],
) -> (Known<bool>, Vec<Flip>, bool) {
    let mut flips = Vec::new();
    for reading in Reading::ALL {
        if let Some((net, ects)) = under(case, *reading, portions, passes)
            && (ects < case.law.requirement.required(net)) != inactive
        {
            flips.push(Flip { reading: *reading, net, ects });
        }
    }
    let internships = internship_groups(case);
    let robust = match &internships {
        _ if !flips.is_empty() => Ok(false),
        Ok(_) => Ok(true),
        Err(unknown) => Err(*unknown),
    };
    (robust, flips, internships.is_ok_and(|(_, course_unknown)| course_unknown))
}

/// Net klip and ECTS under a reading; `None` when it changes neither, or is not known.
fn under<'a>(
    case: &Case<'a>,
    reading: Reading,
    Portions { gross, extra, loan }: Portions,
    passes: &[ResultRow<'a>],
) -> Option<(i32, Ects)> {
    let started_on = case.enrolment.started_on;
    let ects = match reading {
        Reading::EntryCredit => total_without(case, passes, move |row| row.is_entry_credit(started_on))?,
        Reading::Awaiting => total_without(case, passes, |row| row.code.provisional)?,
        Reading::CompletionLoan if loan == 0 => return None,
        Reading::CompletionLoan => {
            let counted = passes.iter().map(|pass| pass.ects).sum();
            return Some(((gross - loan - extra).max(0), counted));
        }
        Reading::PaidInternship => {
            let (groups, _) = internship_groups(case).ok().filter(|(groups, _)| !groups.is_empty())?;
            total_without(case, passes, move |row| groups.contains(&row.group))?
        }
    };
    Some(((gross - extra).max(0), ects))
}

/// What counts without some rows; another pass of a group may then be the one that counts. `None` when no
/// pass that counts is left out: nothing changes then.
fn total_without<'a>(
    case: &Case<'a>,
    passes: &[ResultRow<'a>],
    leave_out: impl Fn(&ResultRow<'a>) -> bool + 'a,
) -> Option<Ects> {
    if !passes.iter().any(&leave_out) {
        return None;
    }
    Some(case.counted_passes(leave_out).ok()?.map(|pass| pass.ects).sum())
}

/// Course groups of the paid internships, and whether one of them names no course.
fn internship_groups(case: &Case) -> Known<(Vec<u32>, bool)> {
    let mut groups = Vec::new();
    let mut unknown = false;
    for internship in case.paid_internships()? {
        match internship.course {
            Some(course) => groups.push(case.exports.catalogue.group(course)),
            None => unknown = true,
        }
    }
    Ok((groups, unknown))
}

/// The figure that a reading changes, what is required then, and the rows that it does not count.
pub fn facts(case: &Case, flips: &[Flip], passes: &[ResultRow]) -> Vec<Evidence> {
    let fact = |flip: &Flip| {
        let required = case.law.requirement.required(flip.net);
        match flip.reading {
            Reading::CompletionLoan => case.figure(
                "klip_net_without_completion_loan",
                flip.net,
                format!("klip_net without completion-loan instalments; ects_required would be {required}"),
            ),
            Reading::EntryCredit => without(case, "ects_without_entry_credit", flip, required),
            Reading::Awaiting => without(case, "ects_without_awaiting", flip, required),
            Reading::PaidInternship => without(case, "ects_without_paid_internship", flip, required),
        }
    };
    flips.iter().flat_map(|flip| [fact(flip), left_out(case, flip.reading, passes)]).collect()
}

/// The rows that a reading does not count.
fn left_out(case: &Case, reading: Reading, passes: &[ResultRow]) -> Evidence {
    let started_on = case.enrolment.started_on;
    let results = |leave_out: &dyn Fn(&ResultRow) -> bool| {
        let lines: Vec<u32> = passes.iter().filter(|pass| leave_out(pass)).map(|pass| pass.line).collect();
        case.rows("rows_left_out", lines.len(), Table::Results, lines)
    };
    match reading {
        Reading::EntryCredit => results(&|pass| pass.is_entry_credit(started_on)),
        Reading::Awaiting => results(&|pass| pass.code.provisional),
        Reading::PaidInternship => {
            let groups = internship_groups(case).map_or(Vec::new(), |(groups, _)| groups);
            results(&|pass| groups.contains(&pass.group))
        }
        Reading::CompletionLoan => {
            let loans = case
                .payments()
                .iter()
                .filter(|row| row.kind == PaymentKind::CompletionLoan && row.portions > 0);
            let lines: Vec<u32> = loans.map(|row| row.line).collect();
            case.rows("rows_left_out", lines.len(), Table::SuPayments, lines)
        }
    }
}

fn without(case: &Case, fact: &'static str, flip: &Flip, required: Ects) -> Evidence {
    let left_out = flip.reading.leaves_out();
    let formula = format!("ECTS of the course groups passed without {left_out}; {required} are required");
    case.figure(fact, flip.ects, formula)
}
