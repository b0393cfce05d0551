#![doc = include_str!("dg404.md")]

use crate::base::{Day, Ects};
use crate::contract::Table;
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus};
use crate::student::codes::ExemptionKind;
use crate::student::leave;
use crate::student::view::Known;
use crate::verdicts::{MaximumState, Severity};

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
        let projects = case.projects()?.iter().filter(|project| project.kind.is_final_project());
        let extended = projects.filter_map(|project| project.extended_to).max();
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
    // After a readmission the clock is a new one: leaves and exemptions before it are spent.
    let since = |day: Day| readmitted.is_none_or(|readmitted| day >= readmitted);
    let leaves = case.leaves()?.iter().filter(|leave| since(leave.period.first));
    let leave =
        leave::semesters(leaves, law.leave_rounding_months, law.semester_months) * law.semester_months;
    let exemptions = case
        .exemptions()?
        .filter(|exemption| exemption.kind == ExemptionKind::MaximumDuration && since(exemption.granted_on));
    let exemptions = exemptions.map(|exemption| exemption.amount).sum();
    match readmitted {
        None => {
            let credit = semesters(case.enrolment.shortening_credit);
            let transitional =
                if shortened_by_transitional_semester(case)? { law.semester_months } else { 0 };
            Ok(Months { from, base: case.programme.max_months, credit, leave, transitional, exemptions })
        }
        Some(readmitted) => {
            let passes = case.counted_passes(|_| false)?.filter(|pass| pass.assessed_on <= readmitted);
            let credit = semesters(passes.map(|pass| pass.ects).sum());
            let base = prescribed_months(case) + law.readmission_months;
            Ok(Months { from, base, credit, leave, transitional: 0, exemptions })
        }
    }
}

/// A semester per semester's worth of the programme's ECTS.
pub fn prescribed_months(case: &Case) -> i32 {
    let semester_ects = case.law.semester_ects(case.programme.level).as_hundredths();
    case.programme.ects.as_hundredths() * case.law.semester_months / semester_ects.max(1)
}

fn shortened_by_transitional_semester(case: &Case) -> Known<bool> {
    if !case.programme.level.is_master() || !case.results().any(|row| row.transitional) {
        return Ok(false);
    }
    let passed: Ects =
        case.counted_passes(|_| false)?.filter(|pass| pass.transitional).map(|pass| pass.ects).sum();
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
        let lines = case
            .leaves()
            .map(|leaves| leaves.iter().map(|leave| leave.line).collect())
            .unwrap_or_else(|_| Vec::new());
        evidence.extend([
            case.register("counted_from", months.from),
            case.programme_fact("months_of_the_programme", months.base),
            case.register("months_off_for_credit", months.credit),
            case.rows("months_of_leave", months.leave, Table::Leaves, lines),
            case.figure(
                "months_off_for_transitional_semester",
                months.transitional,
                "enough ECTS passed in it",
            ),
            case.figure("months_of_exemptions", months.exemptions, "maximum_duration exemptions granted"),
        ]);
    }
    let (last_day, state) = match (maximum.last_day, maximum.state) {
        (Ok(last_day), Ok(state)) => (last_day, state),
        (Err(unknown), _) | (_, Err(unknown)) => return vec![Report::unknown(unknown, evidence)],
    };
    evidence.push(case.figure(
        "maximum_date",
        last_day,
        "start + months − 1 day; not before a final project's extension",
    ));
    let days = last_day.epoch_days() - case.cutoffs.inspection_date.epoch_days();
    let (outcome, message, margin) = match state {
        MaximumState::Within => {
            (Outcome::Met, format!("Maximum duration ends {last_day}."), format!("{days} days left"))
        }
        MaximumState::LastSemester => (
            Outcome::Met,
            format!("Last semester: maximum duration ends {last_day}."),
            format!("{days} days left"),
        ),
        MaximumState::Exceeded => {
            (Outcome::NotMet, format!("Maximum duration ended {last_day}."), format!("{} days past", -days))
        }
    };
    vec![Report::new(outcome, message, evidence).margin(margin)]
}
