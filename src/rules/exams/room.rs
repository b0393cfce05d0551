//! Whether the registrations of EX306 fit into the programme.

use crate::base::Ects;
use crate::contract::Table;
use crate::rules::{Case, Outcome, Report};
use crate::student::exports::{Project, Registration};
use crate::student::view::{Known, ResultRow, Unknown};
use crate::verdicts::{Evidence, Severity};

/// What fills the programme.
pub struct Amount<'a> {
    /// Settled passes, sorted by group.
    passes: Vec<ResultRow<'a>>,
    passed: Ects,
    /// The first registration of each group that is not passed, sorted by group.
    open: Vec<(u32, &'a Registration)>,
    registered: Ects,
    /// Final projects under way that name their course.
    projects: Vec<&'a Project>,
    under_way: Ects,
    perhaps: Perhaps<'a>,
    room: Room,
}

/// What may fill the programme too.
struct Perhaps<'a> {
    /// Groups with an exam held whose result is not known.
    held: Vec<(u32, &'a Registration)>,
    held_ects: Ects,
    /// Passes that await a decision.
    awaiting: Vec<ResultRow<'a>>,
    awaiting_ects: Ects,
    /// Final projects under way without a course: they may be passed or registered for.
    unnamed: Vec<&'a Project>,
    unnamed_ects: Ects,
    /// Why projects are not known.
    projects: Option<Unknown>,
}

impl Perhaps<'_> {
    fn ects(&self) -> Ects {
        self.held_ects + self.awaiting_ects + self.unnamed_ects
    }

    /// What is unknown, in words.
    fn why(&self) -> String {
        let known = [
            (self.held_ects, "exams were held whose results are not known"),
            (self.awaiting_ects, "results await a decision"),
            (self.unnamed_ects, "a final project under way names no course"),
        ];
        let mut words: Vec<String> =
            known.iter().filter(|(ects, _)| *ects > Ects::ZERO).map(|(_, why)| (*why).to_owned()).collect();
        words.extend(self.projects.map(|unknown| unknown.to_string()));
        words.join(", and ")
    }
}

enum Room {
    /// Registered for no course that is not passed. What is left, when it is not less than nothing.
    NothingRegistered(Option<Ects>),
    Left(Ects),
    /// With so much too many.
    Beyond(Ects),
    /// With so much too many if everything that may fill the programme does.
    PerhapsBeyond(Ects),
    /// So much is left without the projects, which are not known.
    PerhapsLeft(Ects),
}

impl Amount<'_> {
    pub fn severity(&self) -> Option<Severity> {
        match self.room {
            Room::NothingRegistered(_) | Room::Left(_) => None,
            Room::Beyond(_) => Some(Severity::Action),
            Room::PerhapsBeyond(_) | Room::PerhapsLeft(_) => Some(Severity::Info),
        }
    }
}

/// `passes` are the settled ones, `counted` also those that await a decision.
pub fn amount<'a>(
    case: &Case<'a>,
    passes: Vec<ResultRow<'a>>,
    counted: &[ResultRow<'a>],
    open: Vec<(u32, &'a Registration)>,
) -> Known<Amount<'a>> {
    let is_open = |group: u32| open.iter().any(|(other, _)| *other == group);
    let is_taken = |group: u32| passes.iter().any(|pass| pass.group == group) || is_open(group);
    let catalogue = &case.exports.catalogue;
    let group_of = |project: &Project| project.course.map(|course| catalogue.group(course));
    let (unnamed, mut projects): (Vec<&Project>, Vec<&Project>) =
        under_way(case).partition(|project| project.course.is_none());
    projects.retain(|project| group_of(project).is_some_and(|group| !is_taken(group)));
    let is_new =
        |group: u32| !is_taken(group) && projects.iter().all(|project| group_of(project) != Some(group));
    let held = held(case, is_new)?;
    let is_held = |group: u32| held.iter().any(|(other, _)| *other == group);
    // What is settled is taken already.
    let awaits = |pass: &&ResultRow| is_new(pass.group) && !is_held(pass.group);
    let awaiting: Vec<ResultRow> = counted.iter().filter(awaits).copied().collect();
    let of = |(_, row): &(u32, &Registration)| catalogue.course(row.course).map(|course| course.ects);
    let passed: Ects = passes.iter().map(|pass| pass.ects).sum();
    let registered = open.iter().filter_map(of).sum();
    let under_way: Ects = projects.iter().map(|project| project.ects).sum();
    let perhaps = Perhaps {
        held_ects: held.iter().filter_map(of).sum(),
        held,
        awaiting_ects: awaiting.iter().map(|pass| pass.ects).sum(),
        awaiting,
        unnamed_ects: unnamed.iter().map(|project| project.ects).sum(),
        unnamed,
        projects: case.projects().err(),
    };
    let left = case.programme.ects - passed - registered - under_way;
    let room = room(left, registered, &perhaps);
    Ok(Amount { passes, passed, open, registered, projects, under_way, perhaps, room })
}

fn room(left: Ects, registered: Ects, perhaps: &Perhaps) -> Room {
    if registered <= Ects::ZERO {
        Room::NothingRegistered(Some(left).filter(|left| *left >= Ects::ZERO))
    } else if left < Ects::ZERO {
        // Of what is passed beyond the programme nothing is to be refused any more.
        Room::Beyond((Ects::ZERO - left).min(registered))
    } else if left < perhaps.ects() {
        Room::PerhapsBeyond(perhaps.ects() - left)
    } else if perhaps.projects.is_some() {
        Room::PerhapsLeft(left)
    } else {
        Room::Left(left)
    }
}

/// Final projects begun and not ended by the inspection. Of those not known there are none here: a registration
/// that is too much without them is too much with them.
fn under_way<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a Project> + use<'a> {
    let inspection = case.cutoffs.inspection_date;
    case.projects().into_iter().flatten().filter(move |project| {
        let ended = [project.finished_on, project.abandoned_on].into_iter().flatten().min();
        project.kind.is_final_project()
            && project.starts_on <= inspection
            && inspection <= project.deadline()
            && ended.is_none_or(|day| day > inspection)
    })
}

/// A group with an exam ahead is open or passed, so what is neither was held.
fn held<'a>(case: &Case<'a>, is_new: impl Fn(u32) -> bool) -> Known<Vec<(u32, &'a Registration)>> {
    let catalogue = &case.exports.catalogue;
    let mut found: Vec<(u32, &Registration)> = case
        .registrations()?
        .map(|row| (catalogue.group(row.course), row))
        .filter(|(group, row)| {
            let known = |result: ResultRow| result.group == *group && result.exam_date >= Some(row.exam_date);
            is_new(*group) && !case.results().any(known)
        })
        .collect();
    found.sort_by_key(|(group, row)| (*group, row.exam_date));
    found.dedup_by_key(|(group, _)| *group);
    Ok(found)
}

/// Passed, registered and planned ECTS against those of the programme.
pub fn in_words(case: &Case, amount: &Amount) -> Report {
    let registered = amount.registered;
    let (outcome, message, margin) = match amount.room {
        Room::NothingRegistered(left) => {
            let message = "Registered for no course that is not passed.";
            let report = Report::new(Outcome::Met, message, evidence(case, amount));
            return match left {
                Some(left) => report.margin(format!("{left} ECTS left")),
                None => report,
            };
        }
        Room::Left(left) => {
            let message =
                format!("Registered for {registered} ECTS of courses not passed; within the programme.");
            let report = Report::new(Outcome::Met, message, evidence(case, amount));
            return report.margin(format!("{left} ECTS left"));
        }
        Room::Beyond(over) => {
            let message = format!("Registered for {over} ECTS beyond those of the programme; refused.");
            (Outcome::NotMet, message, format!("{over} ECTS too many"))
        }
        Room::PerhapsBeyond(over) => {
            let why = amount.perhaps.why();
            let message = format!("Registered for up to {over} ECTS beyond those of the programme: {why}.");
            (Outcome::Unknown(why), message, format!("at most {over} ECTS too many"))
        }
        Room::PerhapsLeft(left) => {
            let why = amount.perhaps.why();
            let message = format!(
                "Registered for {registered} ECTS of courses not passed; whether they fit is unknown: {why}."
            );
            (Outcome::Unknown(why), message, format!("{left} ECTS left without projects"))
        }
    };
    let report = Report::new(outcome, message, evidence(case, amount)).scope("programme_ects").margin(margin);
    Report { severity: amount.severity(), ..report }
}

fn evidence(case: &Case, amount: &Amount) -> Vec<Evidence> {
    let registrations = Table::ExamRegistrations;
    let lines = |rows: &[(u32, &Registration)]| rows.iter().map(|(_, row)| row.line).collect::<Vec<_>>();
    let of_projects = |projects: &[&Project]| projects.iter().map(|it| it.line).collect::<Vec<_>>();
    let of_results = |rows: &[ResultRow]| rows.iter().map(|row| row.line).collect::<Vec<_>>();
    let Amount { passes, passed, open, registered, projects, under_way, perhaps, .. } = amount;
    let mut facts = vec![
        case.rows("ects_passed", passed, Table::Results, of_results(passes)),
        case.rows("ects_registered", registered, registrations, lines(open)),
        case.programme_fact("programme_ects", case.programme.ects),
    ];
    if *under_way > Ects::ZERO {
        facts.push(case.rows("ects_under_way", under_way, Table::Projects, of_projects(projects)));
    }
    if perhaps.held_ects > Ects::ZERO {
        facts.push(case.rows("ects_awaited", perhaps.held_ects, registrations, lines(&perhaps.held)));
    }
    if perhaps.awaiting_ects > Ects::ZERO {
        let rows = of_results(&perhaps.awaiting);
        facts.push(case.rows("ects_awaiting_decision", perhaps.awaiting_ects, Table::Results, rows));
    }
    if perhaps.unnamed_ects > Ects::ZERO {
        let rows = of_projects(&perhaps.unnamed);
        facts.push(case.rows("ects_under_way_without_course", perhaps.unnamed_ects, Table::Projects, rows));
    }
    facts
}
