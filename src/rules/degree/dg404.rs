#![doc = include_str!("dg404.md")]

use crate::base::{Day, Ects, counted};
use crate::contract::Table;
use crate::contract::codes::{ExemptionKind, ProgrammeLevel};
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus, known};
use crate::student::exports::{Exemption, Leave};
use crate::student::leave;
use crate::student::view::{Known, ResultRow};
use crate::verdicts::{Evidence, MaximumState, Severity};

pub static RULE: Rule = Rule {
    code: "DG404",
    name: "maximum-duration",
    title: "Within the maximum duration of study",
    family: Family::Degree,
    status: RuleStatus::Stable,
    since: "0.1.0",
    needs: &[Table::Leaves, Table::Exemptions, Table::Projects, Table::CourseEquivalences],
    parameters: &[
        "degree.semester_months",
        "degree.semester_ects",
        "degree.semester_ects_industry",
        "degree.leave_rounding_months",
        "degree.transitional_ects",
        "degree.readmission_months",
        "degree.last_semester_months",
    ],
    sources: &["Study rules, Maximum duration of study", "Study rules, Readmission"],
    documentation: include_str!("dg404.md"),
    judges: Judges::Inspected,
    calls_for: &[],
    unfavourable: None,
    speaks,
    report,
};

#[derive(Clone, Copy, Debug)]
pub struct MaximumDuration {
    pub months: Known<Months>,
    /// Last day of the programme.
    pub last_day: Known<Day>,
    pub state: Known<MaximumState>,
}

/// The months that are added, all at once, to the day the clock started.
#[derive(Clone, Copy, Debug)]
pub struct Months {
    /// Programme start, or readmission.
    pub from: Day,
    pub base: i32,
    /// Taken off for entry credit, or for what was passed by the readmission.
    pub credit: i32,
    pub leave: i32,
    pub transitional: i32,
    pub exemptions: i32,
}

impl Months {
    fn total(&self) -> i32 {
        self.base - self.credit + self.leave - self.transitional + self.exemptions
    }
}

pub fn decide(case: &Case) -> MaximumDuration {
    let months = months(case);
    let last_day = months.and_then(|months| {
        let last = months.from.plus_months_clamped(months.total()).plus_days(-1);
        let extended = case.final_projects()?.filter_map(|project| project.extended_to).max();
        Ok(extended.map_or(last, |extended| last.max(extended)))
    });
    let inspection = case.cutoffs.inspection_date;
    let state = last_day.map(|last| {
        if inspection > last {
            MaximumState::Exceeded
        } else if inspection.plus_months_clamped(case.law.last_semester_months) >= last {
            MaximumState::LastSemester
        } else {
            MaximumState::Within
        }
    });
    MaximumDuration { months, last_day, state }
}

fn months(case: &Case) -> Known<Months> {
    let law = case.law;
    let semester_ects = law.semester_ects(case.programme.level);
    let semesters = |ects: Ects| ects.whole_steps(semester_ects) * law.semester_months;
    let readmitted = case.readmitted_on();
    let from = readmitted.unwrap_or(case.enrolment.started_on);
    let leave = months_of_leave(case, leaves(case)?);
    let exemptions = exemptions(case)?.map(|exemption| exemption.amount).sum();
    match readmitted {
        None => {
            let credit = semesters(case.enrolment.shortening_credit);
            let transitional =
                if shortened_by_transitional_semester(case)? { law.semester_months } else { 0 };
            Ok(Months { from, base: case.programme.max_months, credit, leave, transitional, exemptions })
        }
        Some(readmitted) => {
            let credit = semesters(passed_by(case, readmitted)?.map(|pass| pass.ects).sum());
            let base = prescribed_months(case) + law.readmission_months;
            Ok(Months { from, base, credit, leave, transitional: 0, exemptions })
        }
    }
}

/// After a readmission the clock is a new one: what was before it is spent.
fn since(case: &Case) -> impl Fn(Day) -> bool + use<> {
    let readmitted = case.readmitted_on();
    move |day| readmitted.is_none_or(|readmitted| day >= readmitted)
}

fn leaves<'a>(case: &Case<'a>) -> Known<impl Iterator<Item = &'a Leave> + use<'a>> {
    let since = since(case);
    Ok(case.leaves()?.iter().filter(move |leave| since(leave.period.first)))
}

fn exemptions<'a>(case: &Case<'a>) -> Known<impl Iterator<Item = &'a Exemption> + use<'a>> {
    let since = since(case);
    let prolongs = move |exemption: &&Exemption| {
        exemption.kind == ExemptionKind::MaximumDuration && since(exemption.granted_on)
    };
    Ok(case.exemptions()?.filter(prolongs))
}

/// The passes that a readmission takes off its time.
fn passed_by<'a>(case: &Case<'a>, day: Day) -> Known<impl Iterator<Item = ResultRow<'a>> + use<'a>> {
    Ok(case.counted_passes(|_| false)?.filter(move |pass| pass.assessed_on <= day))
}

fn transitional<'a>(case: &Case<'a>) -> Known<impl Iterator<Item = ResultRow<'a>> + use<'a>> {
    Ok(case.counted_passes(|_| false)?.filter(|pass| pass.transitional))
}

/// Months of the whole semesters on leave.
pub fn months_of_leave<'l>(case: &Case, leaves: impl IntoIterator<Item = &'l Leave>) -> i32 {
    let law = case.law;
    leave::semesters(leaves, law.leave_rounding_months, law.semester_months) * law.semester_months
}

/// The ECTS of a semester, as a fact.
pub fn semester_ects_fact(case: &Case) -> Evidence {
    let industry = case.programme.level == ProgrammeLevel::MScIndustry;
    let key = if industry { "degree.semester_ects_industry" } else { "degree.semester_ects" };
    case.law_fact("semester_ects", key)
}

/// A semester per semester's worth of the programme's ECTS.
pub fn prescribed_months(case: &Case) -> i32 {
    let semester_ects = case.law.semester_ects(case.programme.level).as_hundredths();
    case.programme.ects.as_hundredths() * case.law.semester_months / semester_ects
}

fn shortened_by_transitional_semester(case: &Case) -> Known<bool> {
    // No row of a bachelor programme: there they do not count.
    if !case.results().any(|row| row.transitional) {
        return Ok(false);
    }
    let passed: Ects = transitional(case)?.map(|pass| pass.ects).sum();
    Ok(passed >= case.law.transitional_ects)
}

fn speaks(_: &Case, decisions: &Decisions) -> Option<Severity> {
    match decisions.maximum.state {
        Err(_) => Some(Severity::Review),
        Ok(MaximumState::Exceeded) => Some(Severity::Action),
        Ok(MaximumState::LastSemester) => Some(Severity::Notice),
        Ok(MaximumState::Within) => None,
    }
}

fn report(case: &Case, decisions: &Decisions) -> Vec<Report> {
    let maximum = &decisions.maximum;
    let mut evidence = vec![case.law_fact("semester_months", "degree.semester_months")];
    if let Ok(months) = maximum.months {
        evidence.extend(facts(case, &months));
    }
    let (last_day, state) = match (maximum.last_day, maximum.state) {
        (Ok(last_day), Ok(state)) => (last_day, state),
        (Err(unknown), _) | (_, Err(unknown)) => return vec![Report::unknown(unknown, evidence)],
    };
    let projects = case.final_projects().into_iter().flatten();
    if let Some(held_back) = projects.filter(|project| project.extended_to == Some(last_day)).last() {
        evidence.push(case.rows("extended_to", last_day, Table::Projects, [held_back.line]));
    }
    evidence.push(case.figure(
        "maximum_date",
        last_day,
        "start + months − 1 day; not before a final project's extension",
    ));
    let days = case.cutoffs.inspection_date.days_until(last_day);
    let left = counted(days, "day left", "days left");
    let (outcome, message, margin) = match state {
        MaximumState::Within => {
            (Outcome::Met, format!("Maximum duration ends {last_day}."), left.to_string())
        }
        MaximumState::LastSemester => {
            (Outcome::Met, format!("Last semester: maximum duration ends {last_day}."), left.to_string())
        }
        MaximumState::Exceeded => {
            let past = counted(-days, "day past", "days past");
            (Outcome::NotMet, format!("Maximum duration ended {last_day}."), past.to_string())
        }
    };
    vec![Report::new(outcome, message, evidence).margin(margin)]
}

/// Where each month that is added or taken off comes from.
fn facts(case: &Case, months: &Months) -> Vec<Evidence> {
    fn lines<T>(rows: Known<impl Iterator<Item = T>>, line: fn(T) -> u32) -> Vec<u32> {
        rows.map_or(Vec::new(), |rows| rows.map(line).collect())
    }
    let semester_ects = semester_ects_fact(case);
    let mut facts = vec![case.register("counted_from", months.from)];
    match case.readmitted_on() {
        None => facts.extend([
            case.programme_fact("months_of_the_programme", months.base),
            semester_ects,
            case.register("shortening_credit_ects", case.enrolment.shortening_credit),
            case.figure("months_off_for_credit", months.credit, PER_SEMESTER_OF_CREDIT),
        ]),
        Some(readmitted) => {
            let passed = passed_by(case, readmitted).map(|passes| passes.map(|pass| pass.ects).sum::<Ects>());
            let rows = lines(passed_by(case, readmitted), |pass| pass.line);
            facts.extend([
                case.programme_fact("ects_of_the_programme", case.programme.ects),
                semester_ects,
                case.law_fact("readmission_months", "degree.readmission_months"),
                case.figure("months_of_the_programme", months.base, PER_SEMESTER_AFTER_READMISSION),
                case.rows("ects_passed_by_readmission", known(passed), Table::Results, rows),
                case.figure("months_off_for_credit", months.credit, PER_SEMESTER_PASSED),
            ]);
        }
    }
    let of_exemptions = lines(exemptions(case), |exemption| exemption.line);
    let in_transit = lines(transitional(case), |pass| pass.line);
    facts.extend([
        case.rows("months_of_leave", months.leave, Table::Leaves, lines(leaves(case), |leave| leave.line)),
        case.rows("months_off_for_transitional_semester", months.transitional, Table::Results, in_transit),
        case.rows("months_of_exemptions", months.exemptions, Table::Exemptions, of_exemptions),
    ]);
    facts
}

const PER_SEMESTER_OF_CREDIT: &str = "semester_months × whole semester_ects of shortening_credit_ects";
const PER_SEMESTER_PASSED: &str = "semester_months × whole semester_ects of ects_passed_by_readmission";
const PER_SEMESTER_AFTER_READMISSION: &str =
    "semester_months × ects_of_the_programme / semester_ects + readmission_months";
