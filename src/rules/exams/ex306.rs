#![doc = include_str!("ex306.md")]

use crate::base::{Ects, counted};
use crate::contract::Table;
use crate::rules::exams::ex302::{Binding, State};
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus};
use crate::student::exports::{Course, Project, Registration};
use crate::student::view::{Known, ResultRow};
use crate::verdicts::Severity;

pub static RULE: Rule = Rule {
    code: "EX306",
    name: "exam-registrations",
    title: "Registrations for what is passed, overlaps, or is beyond the programme",
    family: Family::Exams,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[Table::CourseEquivalences, Table::ExamRegistrations],
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
    notes.max().max(judged.amount.room.severity())
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
    if alone || judged.amount.room.severity().is_some() {
        reports.push(amount_in_words(case, &judged));
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
            Note::Overlaps(_) | Note::OverlapsWithBound(_) => Severity::Notice,
        }
    }
}

struct Judged<'a> {
    /// Sorted by group.
    passes: Vec<ResultRow<'a>>,
    /// The first registration of each group that is not passed, sorted by group.
    open: Vec<(u32, &'a Registration)>,
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
    let settled = decisions.passes()?.iter().filter(|pass| !pass.code.provisional);
    let passes: Vec<ResultRow> = settled.copied().collect();
    let (mut notes, mut open) = (Vec::new(), Vec::<(u32, &Registration)>::new());
    let mut passed_first = None;
    for (group, row) in ahead {
        match pass_of(&passes, group) {
            Some(pass) if pass.assessed_on <= row.registered_on => {
                if passed_first != Some(group) {
                    passed_first = Some(group);
                    notes.push((group, row, Note::Passed(*pass)));
                }
            }
            Some(_) => {}
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
    let amount = amount(case, &passes, &open)?;
    Ok(Judged { passes, open, notes, amount })
}

/// What fills the programme, beside the passes and the registrations.
struct Amount<'a> {
    passed: Ects,
    registered: Ects,
    /// Final projects under way.
    projects: Vec<&'a Project>,
    under_way: Ects,
    /// Groups with an exam held whose result is not known.
    held: Vec<(u32, &'a Registration)>,
    awaited: Ects,
    room: Room,
}

/// How the registrations fit into the programme.
enum Room {
    Left(Ects),
    /// With so much too many.
    Beyond(Ects),
    /// With so much too many if all exams that were held are passed.
    PerhapsBeyond(Ects),
}

impl Room {
    fn severity(&self) -> Option<Severity> {
        match self {
            Room::Left(_) => None,
            Room::Beyond(_) => Some(Severity::Action),
            Room::PerhapsBeyond(_) => Some(Severity::Info),
        }
    }
}

fn amount<'a>(
    case: &Case<'a>,
    passes: &[ResultRow<'a>],
    open: &[(u32, &'a Registration)],
) -> Known<Amount<'a>> {
    let of = |row: &Registration| case.exports.catalogue.course(row.course).map(|course| course.ects);
    let sum = |rows: &[(u32, &Registration)]| -> Ects { rows.iter().filter_map(|(_, row)| of(row)).sum() };
    let (projects, held) = (projects(case, passes, open), awaited(case, passes, open)?);
    let passed: Ects = passes.iter().map(|pass| pass.ects).sum();
    let under_way: Ects = projects.iter().map(|project| project.ects).sum();
    let (registered, awaited) = (sum(open), sum(&held));
    let left = case.programme.ects - passed - registered - under_way;
    let room = if registered <= Ects::ZERO || left >= awaited && left >= Ects::ZERO {
        Room::Left(left.or_zero())
    } else if left < Ects::ZERO {
        // Of what is passed beyond the programme nothing is to be refused any more.
        Room::Beyond((Ects::ZERO - left).min(registered))
    } else {
        Room::PerhapsBeyond(awaited - left)
    };
    Ok(Amount { passed, registered, projects, under_way, held, awaited, room })
}

/// Of passed and registered courses, projects are none yet. Not known: none, for a registration that
/// is too much without them is too much with them.
fn projects<'a>(case: &Case<'a>, passes: &[ResultRow], open: &[(u32, &Registration)]) -> Vec<&'a Project> {
    let Ok(projects) = case.projects() else { return Vec::new() };
    let inspection = case.cutoffs.inspection_date;
    let catalogue = &case.exports.catalogue;
    let under_way = projects.iter().filter(|project| {
        let group = project.course.map(|course| catalogue.group(course));
        let ended = [project.finished_on, project.abandoned_on].into_iter().flatten().min();
        let elsewhere =
            |group: u32| pass_of(passes, group).is_some() || open.iter().any(|(other, _)| *other == group);
        project.kind.is_final_project()
            && project.starts_on <= inspection
            && inspection <= project.deadline()
            && ended.is_none_or(|day| day > inspection)
            && group.is_some_and(|group| !elsewhere(group))
    });
    under_way.collect()
}

fn awaited<'a>(
    case: &Case<'a>,
    passes: &[ResultRow],
    open: &[(u32, &Registration)],
) -> Known<Vec<(u32, &'a Registration)>> {
    let catalogue = &case.exports.catalogue;
    // A group with an exam ahead is open or passed, so what is neither was held.
    let mut found: Vec<(u32, &Registration)> = case
        .registrations()?
        .map(|row| (catalogue.group(row.course), row))
        .filter(|(group, row)| {
            let known = |result: ResultRow| result.group == *group && result.exam_date >= Some(row.exam_date);
            pass_of(passes, *group).is_none()
                && open.iter().all(|(other, _)| other != group)
                && !case.results().any(known)
        })
        .collect();
    found.sort_by_key(|(group, row)| (*group, row.exam_date));
    found.dedup_by_key(|(group, _)| *group);
    Ok(found)
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
        _ => report,
    }
}

/// Passed, registered and planned ECTS against those of the programme.
fn amount_in_words(case: &Case, judged: &Judged) -> Report {
    let Judged { passes, open, amount, .. } = judged;
    let lines = |rows: &[(u32, &Registration)]| rows.iter().map(|(_, row)| row.line).collect::<Vec<_>>();
    let registrations = Table::ExamRegistrations;
    let registered = amount.registered;
    let mut evidence = vec![
        case.rows("ects_passed", amount.passed, Table::Results, passes.iter().map(|pass| pass.line)),
        case.rows("ects_registered", registered, registrations, lines(open)),
        case.programme_fact("programme_ects", case.programme.ects),
    ];
    if amount.under_way > Ects::ZERO {
        let lines = amount.projects.iter().map(|project| project.line);
        evidence.push(case.rows("ects_under_way", amount.under_way, Table::Projects, lines));
    }
    if amount.awaited > Ects::ZERO {
        evidence.push(case.rows("ects_awaited", amount.awaited, registrations, lines(&amount.held)));
    }
    let (outcome, message, margin) = match amount.room {
        Room::Left(left) => {
            let message =
                format!("Registered for {registered} ECTS of courses not passed; within the programme.");
            return Report::new(Outcome::Met, message, evidence).margin(format!("{left} ECTS left"));
        }
        Room::Beyond(over) => {
            let message = format!("Registered for {over} ECTS beyond those of the programme; refused.");
            (Outcome::NotMet, message, format!("{over} ECTS too many"))
        }
        Room::PerhapsBeyond(over) => {
            let why = "exams were held whose results are not known".to_owned();
            let message = format!("Registered for up to {over} ECTS beyond those of the programme: {why}.");
            (Outcome::Unknown(why), message, format!("{over} ECTS too many if all are passed"))
        }
    };
    let report = Report::new(outcome, message, evidence).scope("programme_ects").margin(margin);
    Report { severity: amount.room.severity(), ..report }
}
