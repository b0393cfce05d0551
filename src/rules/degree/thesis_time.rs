//! The time of a thesis after its start: what it may be longer for, and when it is defended. Part of
//! DG406.

use crate::base::{Day, Ects, counted};
use crate::contract::Table;
use crate::rules::{Case, Outcome, Report};
use crate::student::exports::{Project, Registration};
use crate::verdicts::Severity;

/// Exams of other courses from the start of a thesis to a later day.
pub struct Beside {
    /// ECTS of courses examined for the first time, without those registered for from the start on.
    pub courses: Ects,
    /// Courses with an attempt before the start that was no pass.
    pub reexams: i32,
}

/// From the results, and from the registrations where they were given.
pub fn beside(case: &Case, thesis: &Project, last: Day) -> Beside {
    let catalogue = &case.exports.catalogue;
    let inside = |day: Day| thesis.starts_on <= day && day <= last;
    let registered: Vec<&Registration> = case.registrations().map_or(Vec::new(), Iterator::collect);
    let too_late = |row: &Registration| row.registered_on >= thesis.starts_on;
    let late: Vec<(u32, Day)> = registered
        .iter()
        .filter(|row| too_late(row))
        .map(|row| (catalogue.group(row.course), row.exam_date))
        .collect();
    // Group, registered for too late, course: of several exams of a group the one in time comes first.
    let mut exams: Vec<(u32, bool, u32)> = Vec::new();
    for row in case.results().filter(|row| !row.transferred) {
        if let Some(day) = row.exam_date.filter(|day| inside(*day)) {
            exams.push((row.group, late.contains(&(row.group, day)), row.course));
        }
    }
    for row in registered.iter().filter(|row| inside(row.exam_date)) {
        exams.push((catalogue.group(row.course), too_late(row), row.course));
    }
    exams.sort_unstable();
    exams.dedup_by_key(|(group, ..)| *group);
    let own = thesis.course.map(|course| catalogue.group(course));
    let mut beside = Beside { courses: Ects::ZERO, reexams: 0 };
    for (group, late, course) in exams.into_iter().filter(|(group, ..)| Some(*group) != own) {
        let before = |day: Option<Day>| day.is_some_and(|day| day < thesis.starts_on);
        let mut attempts =
            case.results().filter(|row| row.group == group && !row.transferred && before(row.exam_date));
        match attempts.next() {
            None if late => {}
            None => beside.courses += catalogue.course(course).map_or(Ects::ZERO, |course| course.ects),
            Some(first) if !first.code.passed && attempts.all(|row| !row.code.passed) => beside.reexams += 1,
            Some(_) => {}
        }
    }
    beside
}

/// Weeks granted beyond what the law knows.
pub fn weeks_granted(case: &Case, thesis: &Project) -> Option<Report> {
    let law = case.law;
    let over = |weeks: Option<i32>, most: i32| weeks.is_some_and(|weeks| weeks > most);
    let parts = [
        (thesis.impairment_weeks, law.thesis_impairment_weeks, "a documented impairment"),
        (thesis.board_weeks, law.thesis_board_weeks, "the board of studies"),
    ];
    let found: Vec<String> = parts
        .iter()
        .filter(|(weeks, most, _)| over(*weeks, *most))
        .map(|(weeks, most, what)| {
            let weeks = counted(weeks.unwrap_or(0), "week", "weeks");
            format!("{weeks} by {what}, at most {most}")
        })
        .collect();
    if found.is_empty() {
        return None;
    }
    let evidence = vec![
        case.law_fact("impairment_weeks_at_most", "degree.thesis_impairment_weeks"),
        case.law_fact("board_weeks_at_most", "degree.thesis_board_weeks"),
        case.rows("weeks_granted", found.join("; "), Table::Projects, [thesis.line]),
    ];
    let message = format!("The thesis is longer than may be granted: {}.", found.join("; "));
    Some(Report::new(Outcome::NotMet, message, evidence).severity(Severity::Notice))
}

/// An extension after the start: weeks of the board of studies, and one for each re-exam.
pub fn extension(case: &Case, thesis: &Project) -> Option<Report> {
    let extended = thesis.extended_to.filter(|day| *day > thesis.due_on)?;
    let law = case.law;
    let days = thesis.due_on.days_until(extended);
    let reexams = beside(case, thesis, extended).reexams * law.thesis_reexam_weeks;
    let evidence = vec![
        case.law_fact("board_weeks_at_most", "degree.thesis_board_weeks"),
        case.law_fact("weeks_for_each_reexam", "degree.thesis_reexam_weeks"),
        case.rows("extended_to", extended, Table::Projects, [thesis.line]),
        case.figure("days_extended", days, "extension − due date"),
        case.figure("weeks_for_reexams", reexams, "courses failed before the start and examined during it"),
    ];
    let message = format!("The thesis was extended by {}", counted(days, "day", "days"));
    let most = 7 * (law.thesis_board_weeks + reexams);
    let granted = thesis.board_weeks.map(|weeks| 7 * (weeks + reexams));
    // What is too long may be explained by re-exams that only registrations show.
    let explained = granted.unwrap_or(most).min(most);
    let no_registrations = case.registrations().err().filter(|_| days > explained);
    let report = if let Some(unknown) = no_registrations {
        let why = format!("whether re-exams explain more than {explained} of them, {unknown}");
        Report::new(Outcome::Unknown(why.clone()), format!("{message}. Unknown: {why}."), evidence)
            .margin(format!("{} not explained", counted(days - explained, "day", "days")))
            .severity(Severity::Review)
    } else if days > most {
        let message = format!("{message}, at most {most} without the board of exemptions.");
        Report::new(Outcome::NotMet, message, evidence)
            .margin(format!("{} too long", counted(days - most, "day", "days")))
            .severity(Severity::Notice)
    } else if days <= 7 * reexams || granted.is_some_and(|granted| days <= granted) {
        Report::new(Outcome::Met, format!("{message}, as granted."), evidence)
            .margin(format!("{} to spare", counted(granted.unwrap_or(7 * reexams) - days, "day", "days")))
    } else if let Some(granted) = granted {
        let why = "the weeks granted do not explain it".to_owned();
        Report::new(Outcome::NeedsHuman(why), format!("{message}, but by {granted} as granted."), evidence)
            .margin(format!("{} not explained", counted(days - granted, "day", "days")))
            .severity(Severity::Notice)
    } else {
        let why = "the weeks granted by the board of studies are not known".to_owned();
        Report::new(Outcome::Unknown(why.clone()), format!("{message}: {why}."), evidence)
            .margin(format!("{} below the most", counted(most - days, "day", "days")))
    };
    Some(report)
}

/// At most so many working days after the deadline; an extension moves the deadline.
pub fn defence(case: &Case, thesis: &Project) -> Option<Report> {
    let today = case.cutoffs.inspection_date;
    let allowed = case.law.defence_working_days;
    let deadline = thesis.deadline();
    let last_day = case.law.holidays.working_day_after(deadline, allowed);
    let mut evidence = vec![
        case.law_fact("defence_working_days", "degree.defence_working_days"),
        case.rows("deadline", deadline, Table::Projects, [thesis.line]),
        case.figure("last_day_of_defence", last_day, "deadline + working days"),
    ];
    let known = |day: Option<Day>| day.filter(|day| *day <= today);
    let ended = known(thesis.finished_on).or(known(thesis.abandoned_on)).is_some();
    let (held, message) = match (known(thesis.defended_on), exams(case, thesis)) {
        (Some(defended), _) => (defended, format!("The thesis was defended on {defended}")),
        (None, _) if known(thesis.submitted_on).is_none() || ended => return None,
        (None, Exams::Held(exam, line)) => {
            evidence.push(case.rows("exam_date", exam, Table::Results, [line]));
            (exam, format!("The thesis was examined on {exam}"))
        }
        (None, Exams::AssessedWithout) => return None,
        (None, Exams::OfNoCourse) if today > last_day => {
            let why = "the project names no course, so its result is not known".to_owned();
            let message = format!("The thesis is submitted; unknown whether it was defended: {why}.");
            return Some(Report::new(Outcome::Unknown(why), message, evidence).severity(Severity::Info));
        }
        (None, Exams::None | Exams::OfNoCourse) => {
            (today, format!("The thesis is submitted and by {today} not defended"))
        }
    };
    if held <= last_day {
        let left =
            counted(case.law.holidays.working_days_until(held, last_day), "working day", "working days");
        let margin = format!("{left} to spare");
        let message = format!("{message}; it may be until {last_day}.");
        return Some(Report::new(Outcome::Met, message, evidence).margin(margin));
    }
    let late = last_day.days_until(held);
    // The study rules ask for no approval where the board moved the end.
    let unless = match thesis.extended_to {
        Some(_) => "as far as possible after the extension",
        None => "unless the head of department approved",
    };
    let message = format!("{message}, at the latest on {last_day} {unless}.");
    let report = Report::new(Outcome::NotMet, message, evidence);
    Some(report.margin(format!("{} late", counted(late, "day", "days"))).severity(Severity::Notice))
}

/// What the results say of the defence.
enum Exams {
    /// On this day, by the row on this line; the first that the student took part in.
    Held(Day, u32),
    /// By absence, which ends the wait for a defence.
    AssessedWithout,
    /// None yet, or illness.
    None,
    OfNoCourse,
}

fn exams(case: &Case, thesis: &Project) -> Exams {
    let Some(course) = thesis.course else { return Exams::OfNoCourse };
    let group = case.exports.catalogue.group(course);
    let (mut held, mut assessed) = (None, false);
    for row in case.results().filter(|row| row.group == group && !row.transferred && !row.code.ill) {
        let Some(exam) = row.exam_date.filter(|day| *day >= thesis.starts_on) else { continue };
        assessed = true;
        if row.code.took_part {
            held = held.into_iter().chain([(exam, row.line)]).min();
        }
    }
    match held {
        Some((exam, line)) => Exams::Held(exam, line),
        None if assessed => Exams::AssessedWithout,
        None => Exams::None,
    }
}
