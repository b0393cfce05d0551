#![doc = include_str!("ex306.md")]

use crate::base::counted;
use crate::contract::Table;
use crate::rules::exams::ex302::{Binding, State};
use crate::rules::exams::room::{self, Amount};
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus};
use crate::student::exports::{Course, Registration};
use crate::student::view::{Known, ResultRow};
use crate::verdicts::Severity;

pub static RULE: Rule = Rule {
    code: "EX306",
    name: "exam-registrations",
    title: "Registrations for what is passed, overlaps, or is beyond the programme",
    family: Family::Exams,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[Table::CourseEquivalences, Table::ExamRegistrations, Table::Projects],
    parameters: &["exams.refused_levels"],
    sources: &["Study rules, Rules for choice of courses"],
    documentation: include_str!("ex306.md"),
    judges: Judges::Inspected,
    calls_for: &[],
    unfavourable: None,
    speaks,
    report,
};

fn speaks(case: &Case, decisions: &Decisions) -> Option<Severity> {
    let judged = match nothing_ahead(case) {
        Ok(true) => return None,
        Ok(false) => judged(case, decisions),
        Err(unknown) => Err(unknown),
    };
    let Ok(judged) = judged else { return Some(Severity::Review) };
    let notes = judged.notes.iter().map(|(_, _, note)| note.severity());
    notes.max().max(judged.amount.severity())
}

/// What stands in the way of each registration, and then of all of them together.
fn report(case: &Case, decisions: &Decisions) -> Vec<Report> {
    let judged = match judged(case, decisions) {
        Ok(judged) => judged,
        Err(unknown) => return vec![Report::unknown(unknown, Vec::new()).severity(Severity::Review)],
    };
    let notes = judged.notes.iter();
    let mut reports: Vec<Report> =
        notes.map(|(group, row, note)| in_words(case, *group, row, note)).collect();
    let alone = reports.is_empty();
    // What fits is said only when there is nothing else to say.
    if alone || judged.amount.severity().is_some() {
        reports.push(room::in_words(case, &judged.amount));
    }
    reports
}

/// The registrations for exams not held before the inspection.
fn ahead<'a>(case: &Case<'a>) -> Known<impl Iterator<Item = &'a Registration> + use<'a>> {
    let inspection = case.cutoffs.inspection_date;
    Ok(case.registrations()?.filter(move |row| row.exam_date >= inspection))
}

fn nothing_ahead(case: &Case) -> Known<bool> {
    let mut ahead = ahead(case)?;
    case.equivalences()?;
    Ok(ahead.next().is_none())
}

/// What stands in the way of a registration.
enum Note<'a> {
    /// By the pass, known when the student registered.
    Passed(ResultRow<'a>),
    /// By the pass, later: the exam still stands.
    PassedSince(ResultRow<'a>),
    /// With a course that is passed.
    Overlaps(ResultRow<'a>),
    /// With a group that the student is bound by.
    OverlapsWithBound(u32),
    /// A course of a level that the programme may not hold.
    RefusedLevel(&'a Course),
}

impl Note<'_> {
    fn severity(&self) -> Severity {
        match self {
            Note::Passed(_) | Note::RefusedLevel(_) => Severity::Action,
            Note::PassedSince(_) | Note::Overlaps(_) | Note::OverlapsWithBound(_) => Severity::Notice,
        }
    }
}

struct Judged<'a> {
    /// With group and registration.
    notes: Vec<(u32, &'a Registration, Note<'a>)>,
    amount: Amount<'a>,
}

fn judged<'a>(case: &Case<'a>, decisions: &Decisions<'a>) -> Known<Judged<'a>> {
    let catalogue = &case.exports.catalogue;
    let mut ahead: Vec<(u32, &Registration)> =
        ahead(case)?.map(|row| (catalogue.group(row.course), row)).collect();
    ahead.sort_by_key(|(group, row)| (*group, row.registered_on, row.exam_date));
    // A pass that awaits a decision counts in a group without any other.
    let counted = decisions.passes()?;
    let passes: Vec<ResultRow> = counted.iter().filter(|pass| !pass.code.provisional).copied().collect();
    let (mut notes, mut open) = (Vec::new(), Vec::<(u32, &Registration)>::new());
    let mut said = None;
    for (group, row) in ahead {
        match pass_of(&passes, group) {
            Some(pass) => {
                let since = row.registered_on < pass.assessed_on;
                if said != Some((group, since)) {
                    said = Some((group, since));
                    let note = if since { Note::PassedSince(*pass) } else { Note::Passed(*pass) };
                    notes.push((group, row, note));
                }
            }
            None if open.last().is_some_and(|(known, _)| *known == group) => {}
            None => open.push((group, row)),
        }
    }
    for (group, row) in &open {
        let (group, row) = (*group, *row);
        if catalogue.blocked.iter().any(|pair| pair.0 == group || pair.1 == group) {
            let bindings = decisions.bindings.as_ref().map_err(|unknown| *unknown)?;
            let blocks =
                |other: u32| catalogue.blocked.binary_search(&(other.min(group), other.max(group))).is_ok();
            if let Some(pass) = passes.iter().find(|pass| blocks(pass.group)) {
                notes.push((group, row, Note::Overlaps(*pass)));
            }
            let bound =
                |binding: &&Binding| matches!(binding.state, State::Bound(_)) && blocks(binding.group);
            if let Some(binding) = bindings.iter().find(bound) {
                notes.push((group, row, Note::OverlapsWithBound(binding.group)));
            }
        }
        let refused =
            |course: &&Course| case.law.refused_levels.contains(&(case.programme.level, course.level));
        if let Some(course) = catalogue.course(row.course).filter(refused) {
            notes.push((group, row, Note::RefusedLevel(course)));
        }
    }
    let amount = room::amount(case, passes, counted, open)?;
    Ok(Judged { notes, amount })
}

fn pass_of<'r, 'a>(passes: &'r [ResultRow<'a>], group: u32) -> Option<&'r ResultRow<'a>> {
    let found = passes.binary_search_by_key(&group, |pass| pass.group).ok()?;
    passes.get(found)
}

fn in_words(case: &Case, group: u32, row: &Registration, note: &Note) -> Report {
    let catalogue = &case.exports.catalogue;
    let name = catalogue.code(group);
    let registered = || case.rows("registered_on", row.registered_on, Table::ExamRegistrations, [row.line]);
    let evidence = |pass: &ResultRow| {
        vec![
            case.rows("passed_on", pass.assessed_on, Table::Results, [pass.line]),
            registered(),
            case.rows("exam_date", row.exam_date, Table::ExamRegistrations, [row.line]),
        ]
    };
    let (message, evidence) = match note {
        Note::Passed(pass) => {
            let message =
                format!("Course group {name}: registered for an exam although already passed; refused.");
            (message, evidence(pass))
        }
        Note::PassedSince(pass) => {
            let message = format!(
                "Course group {name}: passed since it was registered for; the exam of {} still stands.",
                row.exam_date
            );
            (message, evidence(pass))
        }
        Note::Overlaps(pass) => {
            let other = catalogue.code(pass.group);
            let message =
                format!("Course group {name}: registered, and it overlaps with {other}, which is passed.");
            (message, evidence(pass))
        }
        Note::OverlapsWithBound(other) => {
            let other = catalogue.code(*other);
            let message = format!(
                "Course group {name}: registered, and it overlaps with {other}, which the student is bound by."
            );
            (message, vec![registered()])
        }
        Note::RefusedLevel(course) => {
            let (programme, level) = (case.programme.level.code(), course.level.code());
            let message = format!(
                "Course group {name}: registered for course {} of level {level} on a programme of level {programme}; refused.",
                course.code
            );
            let facts = vec![
                registered(),
                case.programme_fact("programme_level", programme),
                case.law_fact("refused_levels", "exams.refused_levels"),
            ];
            (message, facts)
        }
    };
    let report = Report::new(Outcome::NotMet, message, evidence).scope(name).severity(note.severity());
    match note {
        Note::Passed(pass) => {
            let days = pass.assessed_on.days_until(row.registered_on);
            report.margin(format!("registered {} after the pass", counted(days, "day", "days")))
        }
        Note::PassedSince(pass) => {
            let days = row.registered_on.days_until(pass.assessed_on);
            report.margin(format!("registered {} before the pass", counted(days, "day", "days")))
        }
        _ => report,
    }
}
