#![doc = include_str!("su108.md")]

use std::collections::BTreeMap;

use super::earlier::{inactive_by, inactive_facts, left_before};
use super::{in_month, month_list, payment_lines, programme_begun, sum};
use crate::base::{Day, Month, counted};
use crate::contract::Table;
use crate::contract::codes::{ParentalRole, PaymentKind};
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus};
use crate::student::exports::ParentalRight;
use crate::student::view::{Known, Unknown};
use crate::verdicts::{Evidence, Severity};

pub static RULE: Rule = Rule {
    code: "SU108",
    name: "parental-su",
    title: "Parental SU: portions, timing and what it goes with",
    family: Family::Su,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[Table::ParentalRights],
    parameters: &[
        "su.parental_portions",
        "su.parental_portions_single_parent",
        "su.parental_portions_moved",
        "su.parental_birth_months",
        "su.parental_co_parent_months",
        "su.parental_monthly_portions",
        "su.frame_portions",
        "su.frame_supplement_portions",
        "su.support_extension_applies",
    ],
    sources: &["SU office pages, Parental SU", "SU office pages, Dependents supplement"],
    documentation: include_str!("su108.md"),
    judges: Judges::Inspected,
    calls_for: &[],
    unfavourable: None,
    speaks,
    report,
};

/// What the rights give, and how the payments stand to it.
pub struct Rights {
    pub rows: usize,
    pub portions: i32,
    /// Portions of a child above what its right gives, and of these what may have been moved.
    pub above: i32,
    pub moved: i32,
    /// Portions paid beyond all rights.
    pub overdrawn: i32,
    /// Portions of the rights paid before the right to them began.
    pub early: i32,
    /// Other programmes of the student with a right, in words.
    pub elsewhere: Vec<String>,
    /// Portions paid on all programmes beyond what the children give, when there are several.
    pub above_in_all: i32,
}

pub struct ParentalSu {
    pub drawn: Vec<(Month, i32)>,
    pub rights: Known<Rights>,
    /// Months with a dependents supplement or a supplementary loan as well.
    pub clashes: Vec<(Month, i32)>,
    /// Months with more portions than the forms of payment have.
    pub crowded: Vec<(Month, i32)>,
    /// Months on top of ordinary SU.
    pub together: Vec<(Month, i32)>,
    /// Inactive by the end of the month before the first one.
    pub inactive_before: Known<bool>,
    /// Inactive by the end of the month before one on top of ordinary SU.
    pub inactive_together: Known<bool>,
    /// Without ordinary portions left before one on top of ordinary SU.
    pub none_left: Known<bool>,
}

pub fn decide(case: &Case) -> ParentalSu {
    let months = |kind: PaymentKind| -> Vec<(Month, i32)> { case.portions_by_month(kind).collect() };
    let drawn = months(PaymentKind::Parental);
    let rights = case.parental_rights().map(|rights| judge(case, rights, &drawn));
    if drawn.is_empty() {
        let none = Vec::new;
        let (inactive_before, inactive_together, none_left) = (Ok(false), Ok(false), Ok(false));
        let (clashes, crowded, together) = (none(), none(), none());
        return ParentalSu {
            drawn,
            rights,
            clashes,
            crowded,
            together,
            inactive_before,
            inactive_together,
            none_left,
        };
    }
    let ordinary = months(PaymentKind::Ordinary);
    let only = |wanted: &dyn Fn(Month, i32) -> bool| -> Vec<(Month, i32)> {
        drawn.iter().copied().filter(|(month, portions)| wanted(*month, *portions)).collect()
    };
    let most = case.law.parental_monthly_portions;
    let together = only(&|month, _| in_month(&ordinary, month) > 0);
    let any = |test: &dyn Fn(Month) -> Known<bool>| -> Known<bool> {
        together.iter().try_fold(false, |found, (month, _)| Ok(found || test(*month)?))
    };
    ParentalSu {
        rights,
        clashes: only(&|month, _| has_supplement(case, month)),
        crowded: only(&|month, portions| portions + in_month(&ordinary, month) > most),
        inactive_before: drawn.first().map_or(Ok(false), |(month, _)| inactive_by(case, month.plus(-1))),
        inactive_together: any(&|month| inactive_by(case, month.plus(-1))),
        none_left: any(&|month| Ok(left_before(case, month)? == 0)),
        together,
        drawn,
    }
}

/// What parental SU does not go with.
const SUPPLEMENTS: [PaymentKind; 2] = [PaymentKind::DependentsSupplement, PaymentKind::SupplementaryLoan];

/// A supplement or loan for dependents is no klip: it may have an amount and no portions. What was repaid
/// is none.
fn has_supplement(case: &Case, month: Month) -> bool {
    SUPPLEMENTS.into_iter().any(|kind| {
        let rows = case.payments().iter().filter(|row| row.kind == kind && row.month == month);
        let (portions, amount) = rows.fold((0, 0), |(portions, amount), row| {
            (portions + row.portions, amount + row.amount.map_or(0, i64::from))
        });
        portions > 0 || amount > 0
    })
}

/// The earliest month that can be paid.
fn first_month(case: &Case, right: &ParentalRight) -> Month {
    let law = case.law;
    match right.role {
        ParentalRole::Birth => right.due_on.plus_months_clamped(-law.parental_birth_months).month(),
        ParentalRole::CoParent => {
            right.due_on.plus_months_clamped(-law.parental_co_parent_months).month().plus(1)
        }
    }
}

fn judge(case: &Case, rights: &[ParentalRight], drawn: &[(Month, i32)]) -> Rights {
    let law = case.law;
    let single = case.enrolment.single_parent;
    let limit = if single { law.parental_portions_single_parent } else { law.parental_portions };
    let mut children: BTreeMap<&str, (i32, bool)> = BTreeMap::new();
    for right in rights {
        let (portions, co_parent) = children.entry(right.child.as_str()).or_default();
        *portions += right.portions;
        *co_parent |= right.role == ParentalRole::CoParent;
    }
    let above = |portions: i32| (portions - limit).max(0);
    let moved = |portions: i32, co_parent: bool| {
        if co_parent && !single { above(portions).min(law.parental_portions_moved) } else { 0 }
    };
    let portions: i32 = rights.iter().map(|right| right.portions).sum();
    let overdrawn = (sum(drawn) - portions).max(0);
    let begun = |by: Month| -> i32 {
        rights.iter().filter(|right| first_month(case, right) <= by).map(|right| right.portions).sum()
    };
    let mut so_far = 0;
    let ahead = drawn.iter().map(|(month, drawn)| {
        so_far += drawn;
        so_far.min(portions) - begun(*month)
    });
    let early = ahead.max().unwrap_or(0).max(0);
    let (elsewhere, above_in_all) = in_all(case);
    Rights {
        elsewhere,
        above_in_all,
        rows: rights.len(),
        portions,
        above: children.values().map(|(portions, _)| above(*portions)).sum(),
        moved: children.values().map(|(portions, co_parent)| moved(*portions, *co_parent)).sum(),
        overdrawn,
        early,
    }
}

/// A child gives its portions once, whatever the programme. `child` and due date tell children apart: a
/// right that moved to a new programme is registered there again, with what is left of it.
fn in_all(case: &Case) -> (Vec<String>, i32) {
    let law = case.law;
    let mut children: BTreeMap<(&str, Day), bool> = BTreeMap::new();
    let (mut elsewhere, mut paid) = (Vec::new(), 0);
    for view in case.enrolments_of_student().iter().map(|index| case.other(*index)) {
        let Ok(rights) = view.parental_rights() else { continue };
        for right in rights {
            let co_parent = children.entry((right.child.as_str(), right.due_on)).or_default();
            *co_parent |= right.role == ParentalRole::CoParent;
        }
        if !rights.is_empty() {
            paid += view.portions_paid(PaymentKind::Parental);
        }
        if !rights.is_empty() && view.index != case.index {
            elsewhere.push(programme_begun(&view));
        }
    }
    if elsewhere.is_empty() {
        return (elsewhere, 0);
    }
    let single = case.enrolment.single_parent;
    let given = children.values().map(|co_parent| match (single, *co_parent) {
        (true, _) => law.parental_portions_single_parent,
        (false, true) => law.parental_portions + law.parental_portions_moved,
        (false, false) => law.parental_portions,
    });
    let above = (paid - given.sum::<i32>()).max(0);
    (elsewhere, above)
}

/// Everything there is to say, the loudest decides.
fn remarks(case: &Case, parental: &ParentalSu) -> Vec<(Severity, String)> {
    let portions = |number: i32| counted(number, "portion", "portions");
    let mut said = Vec::new();
    let mut say = |severity, text: String| said.push((severity, text));
    match &parental.rights {
        Err(absent @ Unknown::Absent(_)) if !parental.drawn.is_empty() => {
            say(Severity::Review, format!("Portions and timing unknown: {absent}."));
        }
        Err(_) => {}
        Ok(rights) => {
            if rights.moved > 0 {
                let moved = "only as portions moved from the other parent";
                let text = format!("{} above the right of a child: {moved}.", portions(rights.moved));
                say(Severity::Review, text);
            }
            if rights.above > rights.moved {
                let most = portions(case.law.parental_portions_moved);
                let text = format!(
                    "{} above the right of a child that nobody may hold: at most {most} can be moved, to a \
                     co-parent who is not single.",
                    portions(rights.above - rights.moved)
                );
                say(Severity::Review, text);
            }
            if rights.rows == 0 && rights.overdrawn > 0 {
                let where_else = match rights.elsewhere.as_slice() {
                    [] => String::new(),
                    others => format!(" on this programme; {} has one", others.join(", ")),
                };
                say(
                    Severity::Review,
                    format!("{} paid, but no right is registered{where_else}.", portions(rights.overdrawn)),
                );
            } else if rights.overdrawn > 0 {
                say(Severity::Action, format!("{} paid beyond the right.", portions(rights.overdrawn)));
            }
            if rights.rows > 0 && rights.above_in_all > 0 {
                let others = rights.elsewhere.join(", ");
                say(
                    Severity::Review,
                    format!(
                        "{} paid on this programme and {others} together above what the children give.",
                        portions(rights.above_in_all)
                    ),
                );
            }
            if rights.early > 0 {
                let both = match rights.overdrawn {
                    0 => "",
                    _ => " A portion may be in both: it is not to be repaid twice.",
                };
                let early = portions(rights.early);
                say(Severity::Action, format!("{early} paid before the right began.{both}"));
            }
        }
    }
    if !parental.clashes.is_empty() {
        let months = month_list(&parental.clashes);
        say(Severity::Action, format!("Together with a supplement or loan for dependents in {months}."));
    }
    if !parental.crowded.is_empty() {
        let (most, months) = (case.law.parental_monthly_portions, month_list(&parental.crowded));
        let most = portions(most);
        say(Severity::Review, format!("More than {most} a month, ordinary ones included: {months}."));
    }
    let checks = [
        (parental.inactive_before, "inactive in the month before the first parental SU"),
        (parental.inactive_together, "inactive before a month on top of ordinary SU"),
        (parental.none_left, "without ordinary portions left before a month on top of ordinary SU"),
    ];
    for (found, what) in checks {
        match found {
            Ok(true) => say(Severity::Review, format!("By these tables {what}.")),
            Ok(false) => {}
            Err(unknown) => {
                let loud =
                    if unknown == Unknown::SupportExtension { Severity::Info } else { Severity::Review };
                say(loud, format!("Unknown whether {what}: {unknown}."));
            }
        }
    }
    said
}

fn speaks(case: &Case, _: &Decisions) -> Option<Severity> {
    let drawn = case.portions_by_month(PaymentKind::Parental).next().is_some();
    if !drawn && case.parental_rights().unwrap_or_default().is_empty() {
        return None;
    }
    remarks(case, &decide(case)).into_iter().map(|(severity, _)| severity).max()
}

fn report(case: &Case, _: &Decisions) -> Vec<Report> {
    let parental = decide(case);
    let remarks = remarks(case, &parental);
    let loudest = remarks.iter().map(|(severity, _)| *severity).max();
    let rights_known = match &parental.rights {
        Err(unknown) => Err(*unknown),
        Ok(_) => Ok(false),
    };
    let checks = [rights_known, parental.inactive_before, parental.inactive_together, parental.none_left];
    let unknown = checks.into_iter().find_map(Result::err);
    let outcome = match (loudest, unknown, &parental.rights) {
        (_, Some(unknown), _) => Outcome::unknown(unknown),
        // Nothing is drawn then: without a right that would be loud.
        (None, None, Ok(rights)) if rights.rows == 0 => {
            Outcome::NotApplicable("no parental SU and no right to it".to_owned())
        }
        (None, ..) => Outcome::Met,
        (Some(Severity::Review), ..) => {
            Outcome::NeedsHuman("a condition of parental SU needs a person".to_owned())
        }
        (Some(_), ..) => Outcome::NotMet,
    };
    let message = match &parental.rights {
        Err(unknown) if remarks.is_empty() => {
            format!("No parental SU paid; whether there is a right to it is unknown: {unknown}.")
        }
        Ok(_) if remarks.is_empty() => {
            let paid = counted(sum(&parental.drawn), "parental portion", "parental portions");
            format!("{paid} paid, nothing to say.")
        }
        _ => remarks.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(" "),
    };
    let report = Report::new(outcome, message, evidence(case, &parental));
    vec![match &parental.rights {
        Ok(rights) => {
            let (one, other) = ("parental portion", "parental portions");
            report.margin(match rights.portions - sum(&parental.drawn) {
                left if left >= 0 => format!("{} of the right left", counted(left, one, other)),
                over => format!("{} beyond the right", counted(-over, one, other)),
            })
        }
        Err(_) => report,
    }]
}

fn evidence(case: &Case, parental: &ParentalSu) -> Vec<Evidence> {
    let lines = |kind, months| payment_lines(case, kind, months);
    let supplements = SUPPLEMENTS.into_iter().flat_map(|kind| lines(kind, &parental.clashes));
    let mut facts = vec![
        case.law_fact("portions_per_child", "su.parental_portions"),
        case.law_fact("portions_per_child_single_parent", "su.parental_portions_single_parent"),
        case.register("single_parent", case.enrolment.single_parent),
        case.rows(
            "drawn",
            sum(&parental.drawn),
            Table::SuPayments,
            lines(PaymentKind::Parental, &parental.drawn),
        ),
        case.rows(
            "months_with_ordinary",
            parental.together.len(),
            Table::SuPayments,
            lines(PaymentKind::Ordinary, &parental.together),
        ),
        case.rows("months_with_supplement", parental.clashes.len(), Table::SuPayments, supplements),
    ];
    let inactive = |month: Month| inactive_by(case, month) == Ok(true);
    let first = parental.drawn.first().filter(|_| parental.inactive_before == Ok(true));
    let together = parental.together.iter().filter(|_| parental.inactive_together == Ok(true));
    let months = first.into_iter().chain(together).map(|(month, _)| month.plus(-1));
    if let Some(month) = months.filter(|month| inactive(*month)).min() {
        facts.extend(inactive_facts(case, month));
    }
    if parental.none_left == Ok(true) {
        let none = |month: &Month| left_before(case, *month) == Ok(0);
        if let Some(month) = parental.together.iter().map(|(month, _)| *month).find(none) {
            let day = month.first_day();
            facts.push(case.figure("no_portions_left_before", month, "as in SU107, by the law of the month"));
            facts.push(case.law_fact_on("frame_portions", "su.frame_portions", day));
        }
    }
    if let (Ok(rows), Ok(rights)) = (case.parental_rights(), &parental.rights) {
        let of_all = rows.iter().map(|right| right.line);
        facts.push(case.rows("portions_of_rights", rights.portions, Table::ParentalRights, of_all));
        if let Some(first) = rows.iter().map(|right| first_month(case, right)).min() {
            facts.push(case.figure("earliest_month", first, "from the due dates and roles"));
        }
    }
    facts
}
