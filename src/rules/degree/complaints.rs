//! Complaints about exams: in time or not. Part of DG411.

use crate::base::{Day, counted};
use crate::contract::Table;
use crate::rules::{Case, Outcome, Report};
use crate::student::exports::ExamComplaint;
use crate::student::view::Known;
use crate::verdicts::Severity;

/// The last day of a complaint, counted from the exam and, where it is known, from the grade.
struct Judged<'a> {
    complaint: &'a ExamComplaint,
    by_exam: Day,
    by_grade: Option<Day>,
    /// The one that decides, or why that is unknown.
    last_day: Result<Day, &'static str>,
}

impl Judged<'_> {
    fn severity(&self) -> Option<Severity> {
        match self.last_day {
            Err(_) => Some(Severity::Info),
            Ok(last_day) => (self.complaint.submitted_on > last_day).then_some(Severity::Notice),
        }
    }
}

/// Complaints known by the inspection.
fn judged<'a>(case: &Case<'a>) -> Known<impl Iterator<Item = Judged<'a>>> {
    let known = case.exam_complaints()?.iter();
    let known = known.filter(|complaint| complaint.submitted_on <= case.cutoffs.inspection_date);
    Ok(known.map(|complaint| judge(case, complaint)))
}

pub fn severity(case: &Case) -> Option<Severity> {
    judged(case).ok()?.filter_map(|complaint| complaint.severity()).max()
}

/// One report per complaint.
pub fn said(case: &Case) -> Vec<Report> {
    match judged(case) {
        Ok(complaints) => {
            let scoped = |(at, row): (usize, Judged)| of(case, &row).scope(format!("complaint {at}"));
            complaints.enumerate().map(scoped).collect()
        }
        // No table says that there is no complaint either: only the explanation tells.
        Err(absent) => vec![Report::unknown(absent, Vec::new()).scope("complaints")],
    }
}

/// Two weeks from the grade, or from an oral exam itself.
fn judge<'a>(case: &Case, complaint: &'a ExamComplaint) -> Judged<'a> {
    let (law, catalogue) = (case.law, &case.exports.catalogue);
    let group = catalogue.group(complaint.course);
    // A new assessment after the complaint keeps the exam's date: the first one was complained of.
    let graded = case
        .all_results()
        .filter(|row| !row.transferred && row.group == group && row.exam_date == Some(complaint.exam_date))
        .map(|row| row.assessed_on)
        .filter(|day| *day <= case.cutoffs.results_through)
        .min();
    let last_day = |from: Day| law.complaint_pause.day_after(from, 7 * law.complaint_weeks);
    let submitted = complaint.submitted_on;
    let by_exam = last_day(complaint.exam_date);
    let by_grade = graded.map(last_day);
    let oral = catalogue.course(complaint.course).and_then(|course| course.oral);
    let last_day = match (oral, by_grade) {
        (Some(true), _) => Ok(by_exam),
        (Some(false), Some(day)) => Ok(day),
        // In time by the earlier day is in time by either, late by the later one late by either.
        (None, Some(day)) if submitted > day => Ok(day),
        (_, _) if submitted <= by_exam => Ok(by_exam),
        (_, None) => Err("the day of the grade is not known"),
        (_, Some(_)) => Err("the catalogue does not say whether the exam is oral"),
    };
    Judged { complaint, by_exam, by_grade, last_day }
}

fn of(case: &Case, judged: &Judged) -> Report {
    let Judged { complaint, by_exam, by_grade, last_day } = judged;
    let (submitted, severity) = (complaint.submitted_on, judged.severity());
    let mut evidence = vec![
        case.law_fact("complaint_weeks", "degree.complaint_weeks"),
        case.law_fact("days_left_out", "degree.complaint_pause"),
        case.rows("submitted_on", submitted, Table::ExamComplaints, [complaint.line]),
        case.figure("last_day_from_the_exam", by_exam, "exam + weeks, without the days left out"),
    ];
    if let Some(day) = by_grade {
        evidence.push(case.figure(
            "last_day_from_the_grade",
            day,
            "grade + weeks, without the days left out",
        ));
    }
    let course = case.exports.catalogue.code(complaint.course);
    let message = format!("Complaint of {submitted} about the exam in {course} on {}", complaint.exam_date);
    let mut report = match last_day {
        Err(why) => {
            let outcome = Outcome::Unknown((*why).to_owned());
            Report::new(outcome, format!("{message}: unknown whether in time, {why}."), evidence)
        }
        Ok(last_day) => {
            let days = last_day.days_until(submitted);
            if severity.is_none() {
                let message = format!("{message}: in time until {last_day}.");
                Report::new(Outcome::Met, message, evidence)
                    .margin(format!("{} to spare", counted(-days, "day", "days")))
            } else {
                let message = format!("{message}: too late, in time until {last_day}.");
                Report::new(Outcome::NotMet, message, evidence)
                    .margin(format!("{} late", counted(days, "day", "days")))
            }
        }
    };
    report.severity = severity;
    report
}
