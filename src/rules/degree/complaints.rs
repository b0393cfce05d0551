//! Complaints about exams: in time or not. Part of DG411.

use crate::base::Day;
use crate::contract::Table;
use crate::rules::{Case, Outcome, Report};
use crate::student::exports::ExamComplaint;
use crate::verdicts::Severity;

/// One report per complaint known by the inspection.
pub fn said(case: &Case) -> Vec<Report> {
    match case.exam_complaints() {
        Ok(complaints) => {
            let known = complaints.iter().filter(|row| row.submitted_on <= case.cutoffs.inspection_date);
            let reports = known.enumerate().map(|(at, row)| of(case, row).scope(format!("complaint {at}")));
            reports.collect()
        }
        // No table says that there is no complaint either: only the explanation tells.
        Err(absent) => vec![Report::unknown(absent, Vec::new()).scope("complaints")],
    }
}

/// Two weeks from the grade, or from an oral exam itself.
fn of(case: &Case, complaint: &ExamComplaint) -> Report {
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
    let course = catalogue.code(complaint.course);
    let message = format!("Complaint of {submitted} about the exam in {course} on {}", complaint.exam_date);
    let last_day = match (oral, by_grade) {
        (Some(true), _) => by_exam,
        (Some(false), Some(day)) => day,
        // In time by the earlier day is in time by either, late by the later one late by either.
        (None, Some(day)) if submitted > day => day,
        (_, _) if submitted <= by_exam => by_exam,
        (_, grade) => {
            let why = match grade {
                None => "the day of the grade is not known",
                Some(_) => "the catalogue does not say whether the exam is oral",
            };
            let outcome = Outcome::Unknown(why.to_owned());
            let report =
                Report::new(outcome, format!("{message}: unknown whether in time, {why}."), evidence);
            return report.severity(Severity::Info);
        }
    };
    let days = submitted.epoch_days() - last_day.epoch_days();
    if days <= 0 {
        let message = format!("{message}: in time until {last_day}.");
        return Report::new(Outcome::Met, message, evidence).margin(format!("{} days to spare", -days));
    }
    Report::new(Outcome::NotMet, format!("{message}: too late, in time until {last_day}."), evidence)
        .margin(format!("{days} days late"))
        .severity(Severity::Notice)
}
