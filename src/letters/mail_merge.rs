//! `mail_merge.csv` and `mail_merge.xlsx`: one row per letter, with every figure the letter quotes.
//!
//! Both have short ASCII headings, no line break in a cell, no cell over 255 characters; figures carry
//! the form of the letter's language. The workbook is the source to merge from, for its cells are text
//! and stay as they are written. The CSV (UTF-8 with BOM, semicolons, CRLF) is read by programs that
//! guess: they may run a cell as a formula, so such a cell is defused by a leading apostrophe, which a
//! merge would print, and they drop leading zeros.

use csv::Writer;

use super::context::LetterContext;
use super::merge_book::MergeBook;
use crate::base::Day;
use crate::diagnostics::{Diagnostic, Place};
use crate::output::spreadsheet_csv::{self, without_formula};

/// Merge fields beyond this are cut by the programs that read them.
pub const LONGEST_CELL: usize = 255;

type Column = (&'static str, fn(&LetterContext, &str) -> Option<String>);

macro_rules! of_part {
    ($part:ident, $field:ident) => {
        |letter, _| letter.$part.as_ref().map(|part| part.$field.clone())
    };
}

/// A figure of the SU notice, or the same figure of the hearing under the earlier rules.
macro_rules! of_su {
    ($field:ident) => {
        |letter, _| {
            let legacy = || letter.legacy.as_ref().map(|part| part.$field.clone());
            letter.su.as_ref().map(|part| part.$field.clone()).or_else(legacy)
        }
    };
}

/// The same, or where the letter has no calculation, the figure of its diagram.
macro_rules! of_diagram {
    ($su:ident, $diagram:ident) => {
        |letter, _| {
            let legacy = || letter.legacy.as_ref().map(|part| part.$su.clone());
            let drawn = || letter.diagram.as_ref().map(|part| part.$diagram.clone());
            letter.su.as_ref().map(|part| part.$su.clone()).or_else(legacy).or_else(drawn)
        }
    };
}

/// Heading and content. Empty when the kind does not quote the figure.
const COLUMNS: &[Column] = &[
    ("enrolment_id", |letter, _| Some(letter.recipient.enrolment_id.clone())),
    ("letter", |letter, _| Some(letter.kind.to_owned())),
    ("language", |letter, _| Some(letter.language.to_owned())),
    ("given_name", |letter, _| Some(letter.recipient.given_name.clone())),
    ("family_name", |letter, _| Some(letter.recipient.family_name.clone())),
    ("email", |letter, _| Some(letter.recipient.email.clone())),
    ("file", |_, file| Some(file.to_owned())),
    ("student_id", |letter, _| Some(letter.recipient.student_id.clone())),
    ("programme_code", |letter, _| Some(letter.programme.code.clone())),
    ("programme_title", |letter, _| Some(letter.programme.title.clone())),
    ("started_on", |letter, _| Some(letter.programme.started_on.clone())),
    // A decision is dated when it is sent.
    ("letter_date", |letter, _| letter.appeal.is_none().then(|| letter.dates.letter.clone())),
    ("results_through", |letter, _| Some(letter.dates.results_through.clone())),
    ("payments_through", of_part!(su_dates, payments_through)),
    ("stop_on", |letter, _| {
        // Said only where SU may be stopped.
        let unpaid = letter.start_check.as_ref().is_some_and(|check| check.unpaid.0.is_some());
        let stops = (letter.answer.is_some() || letter.hearing.is_some()) && !unpaid;
        letter.su_dates.as_ref().filter(|_| stops).map(|su_dates| su_dates.stop.clone())
    }),
    ("deadline_date", of_part!(answer, date)),
    ("deadline_time", of_part!(answer, time)),
    ("klip_gross", of_su!(gross)),
    ("klip_extra", of_su!(extra)),
    ("klip_net", of_diagram!(net, net)),
    ("klip_parental", of_su!(parental)),
    ("control_point", |letter, _| {
        let drawn = || letter.diagram.as_ref()?.control_point.0.clone();
        letter.su.as_ref().map(|part| part.control_point.clone()).or_else(drawn)
    }),
    ("ects_counted", of_diagram!(ects_counted, counted)),
    ("ects_transferred", of_su!(ects_transferred)),
    ("ects_awaiting", of_su!(ects_awaiting)),
    ("ects_at_control_point", of_part!(su, ects_at_control_point)),
    ("ects_required", of_diagram!(ects_required, required)),
    ("not_counted", |letter, _| {
        let passes = letter.shortfall.as_ref()?.not_counted.0.as_ref()?;
        Some(listed(passes.iter().map(|other| {
            let counted = titled(&other.counted_code, &other.counted_title);
            format!("{} = {counted}", passed(&other.pass))
        })))
    }),
    ("programme_ects", |letter, _| letter.shortfall.as_ref()?.above_programme.0.clone()),
    ("applications", |letter, _| {
        let applications = &letter.shortfall.as_ref()?.applications;
        Some(listed(applications.iter().map(|application| application.claim_id.clone())))
    }),
    ("documents_days", of_part!(applying, documents_days)),
    ("ects_missing", |letter, _| {
        let legacy = || letter.legacy.as_ref().map(|part| part.ects_missing.clone());
        let drawn = || letter.diagram.as_ref()?.missing.0.clone();
        letter.su.as_ref().map(|part| part.ects_missing.clone()).or_else(legacy).or_else(drawn)
    }),
    ("allowed_delay_ects", of_diagram!(allowed_delay_ects, allowed_delay_ects)),
    ("ects_per_klip", |letter, _| {
        let claimed = || letter.extra_klip.as_ref().map(|part| part.ects_per_portion.clone());
        let legacy = || letter.legacy.as_ref().map(|part| part.ects_per_portion.clone());
        let drawn = || letter.diagram.as_ref().map(|part| part.ects_per_portion.clone());
        drawn().or_else(legacy).or_else(claimed)
    }),
    ("klip_per_control_point", of_part!(diagram, portions_per_control_point)),
    ("control_points", |letter, _| letter.diagram.as_ref().map(control_points)),
    ("start_check_months", of_part!(start_check, months)),
    ("start_check_late", |letter, _| {
        letter.start_check.as_ref().map(|check| i32::from(check.late.0.is_some()).to_string())
    }),
    ("attempts_ordinary", of_part!(attempts, ordinary)),
    ("courses_count", |letter, _| letter.attempts.as_ref().map(|part| part.courses.len().to_string())),
    ("courses", |letter, _| letter.attempts.as_ref().map(courses)),
    ("attempts", |letter, _| letter.attempts.as_ref().map(attempts)),
    ("five_ects_passed", of_part!(five_ects, passed)),
    ("five_ects_required", of_part!(five_ects, required)),
    ("five_ects_semesters", |letter, _| letter.five_ects.as_ref().map(semesters)),
    ("five_ects_courses", |letter, _| Some(listed(letter.five_ects.as_ref()?.courses.iter().map(passed)))),
    ("guidance", |letter, _| {
        let guidance = letter.guidance.as_ref()?;
        let interview = guidance.personal_interview.0.is_some();
        Some(if interview { "personal_interview" } else { "information_meeting" }.to_owned())
    }),
    ("months_late", of_part!(guidance, months_late)),
    ("prescribed_end", of_part!(guidance, prescribed_end)),
    ("readmitted_on", |letter, _| letter.guidance.as_ref()?.readmitted_on.0.clone()),
    ("guidance_from_months", |letter, _| offer(letter).map(|offer| offer.from_months.clone())),
    ("guidance_after_months", |letter, _| offer(letter).map(|offer| offer.after_months.clone())),
    ("maximum_date", |letter, _| letter.guidance.as_ref()?.maximum_date.0.clone()),
    ("maximum_passed", |letter, _| {
        let guidance = letter.guidance.as_ref()?;
        Some(i32::from(guidance.maximum_passed.0.is_some()).to_string())
    }),
    ("klip_left", of_part!(portions, left)),
    ("klip_warning_level", of_part!(portions, warning_level)),
    ("klip_prescribed", of_part!(portions, prescribed)),
    ("klip_extension", of_part!(portions, extension)),
    ("klip_credit", of_part!(portions, credit)),
    ("klip_granted_here", of_part!(portions, granted_here)),
    ("klip_used_here", of_part!(portions, used_here)),
    ("klip_left_of_programme", of_part!(portions, left_of_programme)),
    ("klip_frame", of_part!(portions, frame)),
    ("klip_frame_supplement", |letter, _| letter.portions.as_ref()?.supplement.0.clone()),
    ("klip_granted_in_all", of_part!(portions, granted_in_all)),
    ("klip_used_in_all", of_part!(portions, used_in_all)),
    ("klip_left_of_frame", of_part!(portions, left_of_frame)),
    ("frame_reduced_since", |letter, _| Some(letter.portions.as_ref()?.reduced.0.as_ref()?.since.clone())),
    ("frame_reduced_begun_from", |letter, _| {
        Some(letter.portions.as_ref()?.reduced.0.as_ref()?.begun_from.clone())
    }),
    ("ects_of_net_klip", of_part!(legacy, ects_norm)),
    ("hearing_date", of_part!(hearing, date)),
    ("hearing_answer_date", of_part!(hearing, answer_date)),
    ("hearing_answer_time", of_part!(hearing, answer_time)),
    ("hearing_decided_in", of_part!(hearing, decided_in)),
    ("hearing_stop_on", |letter, _| letter.hearing.as_ref()?.earlier_stop.0.clone()),
    ("appeal_weeks", of_part!(appeal, weeks)),
    ("appeal_marking", of_part!(appeal, marking)),
    ("claim_id", of_part!(extra_klip, claim_id)),
    ("claim_period_from", of_part!(extra_klip, period_from)),
    ("claim_period_to", of_part!(extra_klip, period_to)),
    ("claim_passed_from", of_part!(extra_klip, passed_from)),
    ("claim_passed_to", of_part!(extra_klip, passed_to)),
    ("claim_klip_applied", of_part!(extra_klip, months_applied)),
    ("claim_months_supported", of_part!(extra_klip, months_supported)),
    ("claim_period_months", |letter, _| letter.extra_klip.as_ref()?.supported_in_part.0.clone()),
    ("claim_ects_expected", of_part!(extra_klip, ects_expected)),
    ("claim_ects_passed", of_part!(extra_klip, ects_passed)),
    ("claim_ects_delay", of_part!(extra_klip, ects_delay)),
    ("claim_ects_remainder", of_part!(extra_klip, ects_remainder)),
    ("claim_ects_whole_delay", of_part!(extra_klip, ects_whole_delay)),
    ("claim_klip_granted", of_part!(extra_klip, granted)),
    ("claim_committee_left", |letter, _| letter.extra_klip.as_ref()?.committee_left.0.clone()),
    ("claim_klip_proposed", of_part!(extra_klip, estimate)),
];

fn offer(letter: &LetterContext) -> Option<&super::context::GuidanceOffer> {
    let guidance = letter.guidance.as_ref()?;
    guidance.information_meeting.0.as_ref().or(guidance.personal_interview.0.as_ref())
}

/// `6: 0 / 27.5; 12: 30 / 40`: portions, ECTS required and counted at each control point.
fn control_points(part: &super::context::DiagramFigures) -> String {
    let points = part.control_points.iter();
    let points = points.map(|point| format!("{}: {} / {}", point.portions, point.required, point.counted));
    points.collect::<Vec<_>>().join("; ")
}

/// `1 February 2026 - 31 August 2026; …`.
fn semesters(part: &super::context::FiveEctsFigures) -> String {
    let semesters = part.semesters.iter().map(|semester| format!("{} - {}", semester.first, semester.last));
    semesters.collect::<Vec<_>>().join("; ")
}

/// `01005 Mathematics 3/3; …`.
fn courses(part: &super::context::AttemptFigures) -> String {
    listed(
        part.courses.iter().map(|course| {
            format!("{} {}/{}", titled(&course.code, &course.title), course.used, course.allowed)
        }),
    )
}

/// `01005 Mathematics: no. 1, 24 May 2026, not passed; …`.
fn attempts(part: &super::context::AttemptFigures) -> String {
    listed(part.courses.iter().flat_map(|course| &course.attempts).map(|attempt| {
        let course = titled(&attempt.code, &attempt.title);
        format!("{course}: no. {}, {}, {}", attempt.number, attempt.date, attempt.result)
    }))
}

/// `10852 Physics (26 January 2026, 5)`.
fn passed(pass: &super::context::PassShown) -> String {
    format!("{} ({}, {})", titled(&pass.code, &pass.title), pass.date, pass.ects)
}

fn titled(code: &str, title: &str) -> String {
    format!("{code} {title}").trim_end().to_owned()
}

/// Whole items only, the rest as a number.
fn listed(items: impl Iterator<Item = String>) -> String {
    const ROOM_FOR_REST: usize = 8;
    let items: Vec<String> = items.collect();
    let mut listed = String::new();
    for (position, item) in items.iter().enumerate() {
        let between = if position == 0 { "" } else { "; " };
        if listed.chars().count() + between.len() + item.chars().count() > LONGEST_CELL - ROOM_FOR_REST {
            listed.push_str(&format!(" (+{})", items.len() - position));
            break;
        }
        listed.push_str(between);
        listed.push_str(item);
    }
    listed
}

pub fn headings() -> Vec<&'static str> {
    COLUMNS.iter().map(|(heading, _)| *heading).collect()
}

/// The cells of one letter, not yet defused: what a typed workbook writes.
pub fn cells(letter: &LetterContext, file: &str) -> Vec<String> {
    COLUMNS.iter().map(|(_, content)| content(letter, file).unwrap_or_default()).collect()
}

/// One line of at most `longest` characters, the rest cut off. What no workbook can hold is a blank.
pub fn one_line(text: &str, longest: usize) -> String {
    let printed = |c: char| if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') { ' ' } else { c };
    let line: String = text.chars().map(printed).collect();
    if line.chars().count() <= longest {
        return line;
    }
    line.chars().take(longest - 1).chain(['…']).collect()
}

/// One line, defused, at most [`LONGEST_CELL`] characters.
pub fn csv_cell(text: &str) -> String {
    one_line(&without_formula(text), LONGEST_CELL)
}

/// Collects the rows of both files. The order of the rows is the caller's.
pub struct MailMerge {
    csv: Writer<Vec<u8>>,
    book: MergeBook,
}

impl MailMerge {
    pub fn new(inspection: Day) -> Result<MailMerge, Diagnostic> {
        let mut csv = spreadsheet_csv::writer(Vec::new()).map_err(unwritten)?;
        csv.write_record(headings()).map_err(unwritten)?;
        Ok(MailMerge { csv, book: MergeBook::new(&headings(), inspection)? })
    }

    pub fn add(&mut self, cells: &[String]) -> Result<(), Diagnostic> {
        self.csv.write_record(cells.iter().map(|cell| csv_cell(cell))).map_err(unwritten)?;
        self.book.add(cells)
    }

    /// `mail_merge.csv` and `mail_merge.xlsx`.
    pub fn finish(self) -> Result<(Vec<u8>, Vec<u8>), Diagnostic> {
        let csv = self.csv.into_inner().map_err(|error| unwritten(error.into_error()))?;
        Ok((csv, self.book.finish()?))
    }
}

fn unwritten(error: impl std::fmt::Display) -> Diagnostic {
    Diagnostic::output(Place::file("mail_merge.csv"), format!("a row cannot be written: {error}"))
}
