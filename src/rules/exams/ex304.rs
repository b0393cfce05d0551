#![doc = include_str!("ex304.md")]

use crate::base::Day;
use crate::contract::Table;
use crate::contract::codes::Grading;
use crate::rules::exams::part_grades::{FinalGrade, Part, Scale, final_grade};
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus};
use crate::student::exports::PartResult;
use crate::student::view::{Known, ResultRow, Unknown};
use crate::verdicts::{Evidence, Severity};

pub static RULE: Rule = Rule {
    code: "EX304",
    name: "part-exams",
    title: "Final grade of part-exams with partial grades",
    family: Family::Exams,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[Table::PartResults, Table::ExamRegistrations],
    parameters: &[
        "exams.part_grades",
        "exams.part_pass_grade",
        "exams.part_floor_grade",
        "exams.part_missing_result",
        "exams.not_met_result",
    ],
    sources: &["Study rules, Part-exams assessed with partial grades"],
    documentation: include_str!("ex304.md"),
    judges: Judges::Inspected,
    calls_for: &[],
    unfavourable: None,
    speaks,
    report,
};

fn speaks(case: &Case, _: &Decisions) -> Option<Severity> {
    let Ok(rows) = case.part_results() else { return Some(Severity::Info) };
    if has_lost_part(case) {
        return Some(Severity::Review);
    }
    if rows.is_empty() {
        return None;
    }
    let exams = held(case, rows);
    exams.iter().filter_map(|parts| judged(case, &exams, parts).severity()).max()
}

fn report(case: &Case, _: &Decisions) -> Vec<Report> {
    let rows = match case.part_results() {
        Ok(rows) => rows,
        Err(unknown) => return vec![Report::unknown(unknown, Vec::new())],
    };
    if has_lost_part(case) {
        let why = "a row of the table part_results that names the enrolment was rejected".to_owned();
        return vec![Report::for_a_person("Part-exams: no final grade can be worked out.", why, Vec::new())];
    }
    let exams = held(case, rows);
    let verdicts: Vec<(&[PartResult], Verdict)> =
        exams.iter().map(|parts| (*parts, judged(case, &exams, parts))).collect();
    let any = verdicts.iter().any(|(_, verdict)| verdict.severity().is_some());
    let told = verdicts.iter().filter(|(_, verdict)| !any || verdict.severity().is_some());
    let reports: Vec<Report> = told.map(|(parts, verdict)| in_words(case, parts, verdict)).collect();
    if !reports.is_empty() {
        return reports;
    }
    let why = "no part-exam with a partial grade was held".to_owned();
    vec![Report::new(Outcome::NotApplicable(why), "No part-exams.", Vec::new())]
}

/// Of which exam is not known.
fn has_lost_part(case: &Case) -> bool {
    case.exports.has_lost_row(Table::PartResults, case.index)
}

/// The parts of each exam held by the inspection, by course and then by date.
fn held<'a>(case: &Case, rows: &'a [PartResult]) -> Vec<&'a [PartResult]> {
    rows.chunk_by(|one, other| (one.course, one.exam_date) == (other.course, other.exam_date))
        .filter(|parts| parts[0].exam_date <= case.cutoffs.inspection_date)
        .collect()
}

/// The result that the parts of an exam give, beside the one in the record.
enum Verdict<'a> {
    Undecided(Undecided),
    NotRecorded(&'a str),
    /// The record is no assessment of the parts.
    NotCompared(&'a str, ResultRow<'a>),
    Agrees(&'a str, ResultRow<'a>),
    Differs(&'a str, ResultRow<'a>),
    /// The same, but a later exam of the course has a part that this one lacks: perhaps not all parts are here.
    PerhapsDiffers(&'a str, ResultRow<'a>, &'a PartResult),
    /// Not as recorded, or nothing is; but whether the exam was withdrawn from in time is not known.
    PerhapsWithdrawn(&'a str, Option<ResultRow<'a>>, Unknown),
}

/// Why the parts of an exam make no final grade.
struct Undecided {
    why: String,
    severity: Option<Severity>,
}

impl Verdict<'_> {
    fn severity(&self) -> Option<Severity> {
        match self {
            Verdict::Undecided(undecided) => undecided.severity,
            Verdict::NotRecorded(_) | Verdict::PerhapsWithdrawn(..) => Some(Severity::Info),
            Verdict::NotCompared(..) | Verdict::Agrees(..) => None,
            Verdict::Differs(..) => Some(Severity::Action),
            Verdict::PerhapsDiffers(..) => Some(Severity::Review),
        }
    }
}

fn undecided<T>(why: impl Into<String>, severity: Option<Severity>) -> Result<T, Undecided> {
    Err(Undecided { why: why.into(), severity })
}

fn judged<'a>(case: &Case<'a>, exams: &[&'a [PartResult]], parts: &[PartResult]) -> Verdict<'a> {
    let verdict = compared(case, exams, parts);
    let (computed, recorded) = match verdict {
        Verdict::NotRecorded(computed) => (computed, None),
        Verdict::Differs(computed, row) | Verdict::PerhapsDiffers(computed, row, _) => (computed, Some(row)),
        other => return other,
    };
    match withdrawn(case, parts) {
        Ok(_) => verdict,
        Err(unknown) => Verdict::PerhapsWithdrawn(computed, recorded, unknown),
    }
}

/// As if an exam was not withdrawn from where that is unknown.
fn compared<'a>(case: &Case<'a>, exams: &[&'a [PartResult]], parts: &[PartResult]) -> Verdict<'a> {
    let (course, exam) = (parts[0].course, parts[0].exam_date);
    let computed = match computed(case, exams, parts) {
        Ok(computed) => computed,
        Err(undecided) => return Verdict::Undecided(undecided),
    };
    let of_exam = |row: &ResultRow| !row.transferred && row.course == course && row.exam_date == Some(exam);
    let Some(recorded) = case.results().filter(of_exam).max_by_key(|row| row.assessed_on) else {
        return Verdict::NotRecorded(computed);
    };
    let code = &recorded.code.code;
    let comparable =
        *code == case.law.not_met_result || recorded.code.took_part && !recorded.code.provisional;
    if !comparable {
        Verdict::NotCompared(computed, recorded)
    } else if code == computed {
        Verdict::Agrees(computed, recorded)
    } else {
        // No earlier exam has a part that is lacking here: then there would be no grade.
        let of_course = exams.iter().filter(|other| other[0].course == course);
        match of_course.copied().find_map(|other| part_beyond(other, parts)) {
            Some(part) => Verdict::PerhapsDiffers(computed, recorded, part),
            None => Verdict::Differs(computed, recorded),
        }
    }
}

/// A part of an exam that another one has no row of.
fn part_beyond<'a>(exam: &'a [PartResult], other: &[PartResult]) -> Option<&'a PartResult> {
    exam.iter().find(|part| other.iter().all(|own| own.part != part.part))
}

fn in_words(case: &Case, parts: &[PartResult], verdict: &Verdict) -> Report {
    let exam = parts[0].exam_date;
    let name = case.exports.catalogue.code(parts[0].course);
    let told = |words: String| format!("Course {name}, exam of {exam}: {words}.");
    let (outcome, message, recorded) = match verdict {
        Verdict::Undecided(Undecided { why, severity }) => {
            let outcome = match severity {
                Some(Severity::Review) => Outcome::NeedsHuman(why.clone()),
                Some(_) => Outcome::Unknown(why.clone()),
                None => Outcome::NotApplicable(why.clone()),
            };
            (outcome, told(format!("no final grade can be worked out: {why}")), None)
        }
        Verdict::NotRecorded(computed) => {
            let outcome = Outcome::Unknown("no result is recorded".to_owned());
            (outcome, told(format!("{computed} by its parts, and no result is recorded")), None)
        }
        Verdict::NotCompared(computed, row) => {
            let why = "the recorded result is no assessment of the parts";
            let message = told(format!("{computed} by its parts; not compared: {why}"));
            (Outcome::NotApplicable(why.to_owned()), message, Some(row))
        }
        Verdict::Agrees(computed, row) => {
            (Outcome::Met, told(format!("{computed} by its parts, as recorded")), Some(row))
        }
        Verdict::Differs(computed, row) => {
            let recorded = &row.code.code;
            let message = told(format!("{computed} by its parts, but {recorded} is recorded"));
            (Outcome::NotMet, message, Some(row))
        }
        Verdict::PerhapsDiffers(computed, row, part) => {
            let why =
                format!("whether part {:?}, which the exam of {} has, is missing", part.part, part.exam_date);
            let recorded = &row.code.code;
            let message =
                told(format!("{computed} by its parts, but {recorded} is recorded. For a person: {why}"));
            (Outcome::NeedsHuman(why), message, Some(row))
        }
        Verdict::PerhapsWithdrawn(computed, row, unknown) => {
            let why = format!("whether it was withdrawn from in time is unknown, for {unknown}");
            let message = told(format!("{computed} by its parts, but not compared: {why}"));
            (Outcome::Unknown(why), message, row.as_ref())
        }
    };
    let mut evidence = evidence(case, parts);
    if let Some(row) = recorded {
        evidence.push(case.rows("recorded", &row.code.code, Table::Results, [row.line]));
    }
    let margin = margin(case, parts);
    let scope = format!("{name} {exam}");
    Report { severity: verdict.severity(), margin, ..Report::new(outcome, message, evidence) }.scope(scope)
}

/// The partial grade of a part: `None` when it was not taken.
fn grade(case: &Case, part: &PartResult) -> Result<Option<i32>, Undecided> {
    let Some(code) = part.code.and_then(|code| case.codes.get(code)) else { return Ok(None) };
    if code.code == case.law.not_met_result {
        return Ok(None);
    }
    match case.law.part_grades.iter().find(|(text, _)| *text == code.code) {
        Some((_, grade)) => Ok(Some(*grade)),
        None => undecided(
            format!("part {:?} has a result that is no grade of the scale", part.part),
            Some(Severity::Review),
        ),
    }
}

fn scale<'a>(case: &Case, grades: &'a [i32]) -> Scale<'a> {
    Scale { grades, pass: case.law.part_pass_grade, floor: case.law.part_floor_grade }
}

/// The result to be recorded. A part that an earlier one of `exams` has must be carried over.
fn computed<'a>(
    case: &Case<'a>,
    exams: &[&[PartResult]],
    parts: &[PartResult],
) -> Result<&'a str, Undecided> {
    let law = case.law;
    let course = parts[0].course;
    if withdrawn(case, parts) == Ok(true) {
        return undecided("the exam was withdrawn from in time", None);
    }
    if case.exports.catalogue.course(course).is_some_and(|course| course.grading == Grading::PassFail) {
        return undecided("the course is assessed pass/fail", Some(Severity::Review));
    }
    if let Some(pair) = parts.windows(2).find(|pair| pair[0].part == pair[1].part) {
        return undecided(format!("part {:?} stands twice", pair[0].part), Some(Severity::Review));
    }
    let earlier =
        exams.iter().filter(|exam| exam[0].course == course && exam[0].exam_date < parts[0].exam_date);
    let complete = earlier.copied().find_map(|earlier| part_beyond(earlier, parts));
    if let Some(part) = complete {
        let why = format!(
            "part {:?}, which the exam of {} had, has no row for this one",
            part.part, part.exam_date
        );
        return undecided(why, Some(Severity::Info));
    }
    let taken = parts.iter().map(|part| Ok(Part { weight: part.weight, grade: grade(case, part)? }));
    let taken = taken.collect::<Result<Vec<Part>, Undecided>>()?;
    let grades: Vec<i32> = law.part_grades.iter().map(|(_, grade)| *grade).collect();
    match final_grade(scale(case, &grades), &taken) {
        Some(FinalGrade::Grade { grade, .. }) => {
            let text = law.part_grades.iter().find(|(_, number)| *number == grade);
            text.map_or_else(|| undecided("the scale is empty", None), |(text, _)| Ok(text.as_str()))
        }
        Some(FinalGrade::NotPassed) => Ok(&law.part_missing_result),
        Some(FinalGrade::NotMet) => Ok(&law.not_met_result),
        None => undecided("a part has no weight", Some(Severity::Review)),
    }
}

/// Withdrawn from in time, and not registered for again: then no attempt was used, whatever parts were taken.
fn withdrawn(case: &Case, parts: &[PartResult]) -> Known<bool> {
    let inspection = case.cutoffs.inspection_date;
    let mut withdrawn = false;
    for row in case.registrations_and_withdrawals()? {
        if (row.course, row.exam_date) == (parts[0].course, parts[0].exam_date) {
            let in_time = row.withdrawn_on.is_some_and(|day| {
                day <= inspection && row.withdrawal_deadline.is_none_or(|deadline| day <= deadline)
            });
            if !in_time {
                return Ok(false);
            }
            withdrawn = true;
        }
    }
    Ok(withdrawn)
}

/// Weighted sum of the partial grades and sum of the weights; `None` when a part has no grade.
fn mean(case: &Case, parts: &[PartResult]) -> Option<(i64, i64)> {
    parts.iter().try_fold((0, 0), |(points, weights), part| {
        let grade = i64::from(grade(case, part).ok()??);
        Some((points + grade * i64::from(part.weight), weights + i64::from(part.weight)))
    })
}

/// How far the mean lies from a pass, as an exact fraction.
fn margin(case: &Case, parts: &[PartResult]) -> Option<String> {
    let (points, weights) = mean(case, parts)?;
    let over = points - i64::from(case.law.part_pass_grade) * weights;
    let side = if over.is_negative() { "below" } else { "above" };
    let floor = case.law.part_floor_grade;
    let is_below_floor = |part: &PartResult| matches!(grade(case, part), Ok(Some(grade)) if grade < floor);
    let also =
        if parts.iter().any(is_below_floor) { "; a part is below the least partial grade" } else { "" };
    let hundredths = (over.abs() * 100).checked_div(weights)?;
    let distance = match (over, hundredths) {
        (0, _) => "exactly a pass".to_owned(),
        (_, 0) => format!("less than 0.01 {side} a pass"),
        _ => format!("{}.{:02} {side} a pass", hundredths / 100, hundredths % 100),
    };
    Some(format!("mean grade {distance}{also}"))
}

/// A grade, or that the prerequisite was not met. Any other result may tell of an illness or a suspicion.
fn result_shown<'a>(case: &Case<'a>, part: &PartResult) -> &'a str {
    let Some(code) = part.code.and_then(|code| case.codes.get(code)) else { return "not taken" };
    let is_shown = code.code == case.law.not_met_result || matches!(grade(case, part), Ok(Some(_)));
    if is_shown { &code.code } else { "no grade" }
}

fn evidence(case: &Case, parts: &[PartResult]) -> Vec<Evidence> {
    let text =
        |part: &PartResult| format!("{} ({}, weight {})", part.part, result_shown(case, part), part.weight);
    let day = |exam: Day| exam.to_string();
    let mut facts = vec![
        case.rows(
            "parts",
            parts.iter().map(text).collect::<Vec<_>>().join(", "),
            Table::PartResults,
            parts.iter().map(|part| part.line),
        ),
        case.figure("exam_date", day(parts[0].exam_date), "all parts of one date are one attempt"),
        case.law_fact("scale", "exams.part_grades"),
        case.law_fact("least_mean", "exams.part_pass_grade"),
        case.law_fact("least_partial_grade", "exams.part_floor_grade"),
    ];
    if let Some((points, weights)) = mean(case, parts) {
        facts.push(case.figure("mean", format!("{points}/{weights}"), "weighted sum / sum of weights"));
    }
    facts
}
