//! All letters of a run: names, order, counts and the mail-merge file.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[path = "../letters/fixture.rs"]
#[allow(dead_code, reason = "shared with the tests of the single letter")]
mod fixture;
mod merging;
#[path = "../letters/page.rs"]
#[allow(dead_code, reason = "shared with the tests of the single letter")]
mod page;
mod print_files;

use fixture::*;
use klippekort::contract::codes::{CourseLevel, Grading, Language};
use klippekort::diagnostics::{Diagnostic, Diagnostics, Place};
use klippekort::ingest;
use klippekort::letters::context::LetterContext;
use klippekort::letters::context::letter_id;
use klippekort::letters::hearings::{Hearings, Round};
use klippekort::letters::letter_file;
use klippekort::letters::mail_merge::{LONGEST_CELL, cells, csv_cell, headings};
use klippekort::letters::print_file::LETTERS_PER_PART;
use klippekort::letters::specimens::Specimen;
use klippekort::letters::worklist;
use klippekort::letters::{Batch, Draft, Press, Selection, Store, Templates, Written, write_all};
use klippekort::pipeline::Separator;
use klippekort::student::exports::*;
use klippekort::verdicts::*;

fn course(code: &str, title: &str) -> Course {
    Course {
        code: code.to_owned(),
        title: title.to_owned(),
        ects: klippekort::base::Ects::points(5),
        level: CourseLevel::BSc,
        grading: Grading::SevenPoint,
        external_examiner: false,
        oral: None,
        discontinued_on: None,
        general_engineering: None,
        line: 2,
    }
}

fn exports() -> Exports {
    let mut second = enrolment(Language::En);
    second.enrolment_id = "E2".into();
    let mut person_two = person();
    person_two.given_name = "=1+1".to_owned();
    Exports {
        enrolments: vec![enrolment(Language::Da), second],
        people: vec![person(), person_two],
        programmes: vec![programme()],
        catalogue: Catalogue {
            courses: vec![course("01005", "Matematik 1"), course("02105", "Algoritmer")],
            ..Catalogue::default()
        },
        results: Results::default(),
        su_payments: Payments::default(),
        extra_portion_grants: None,
        extra_portion_claims: None,
        exemptions: None,
        small: SmallTables::default(),
        rejected_input: vec![false, false],
        lost_rows: Vec::new(),
        contradicting_rows: Vec::new(),
        lost_equivalences: Vec::new(),
        identity_conflicts: Vec::new(),
        previous: None,
        students: Students::default(),
        curricula: Default::default(),
    }
}

/// What the letters to an enrolment tell beside its row.
fn told(enrolment_id: &str) -> Particulars {
    let mut row = row();
    row.enrolment_id = enrolment_id.into();
    particulars(&row)
}

/// Rows in the wrong order on purpose.
fn inspection() -> Inspection {
    let mut second = row();
    second.enrolment_id = "E2".into();
    second.letters = vec![LetterKind::PortionsRunningOut, LetterKind::GuidanceInvitation];
    Inspection {
        inspection: vec![second, row()],
        register_index: vec![1, 0],
        attempts: attempts(),
        progress: vec![("E1".into(), progress(&row())), ("E2".into(), progress(&row()))],
        particulars: ["E1", "E2"].map(told).into(),
        ..Inspection::default()
    }
}

/// File names and bytes.
type Stored = Vec<(String, Vec<u8>)>;

/// Files in the order in which they are whole; a file that grows is none before it is closed.
#[derive(Default)]
struct Files {
    whole: Stored,
    growing: Option<(String, Vec<u8>)>,
    calls: usize,
    /// The disk is full at this call.
    full_at: Option<usize>,
}

impl Files {
    fn call(&mut self, name: &str) -> Result<(), Diagnostics> {
        self.calls += 1;
        let full = Diagnostic::output(Place::file(name), "no space left on device");
        if self.full_at == Some(self.calls) { Err(full.into()) } else { Ok(()) }
    }
}

impl Store for Files {
    fn whole(&mut self, name: &str, bytes: &[u8]) -> Result<(), Diagnostics> {
        self.whole.push((name.to_owned(), bytes.to_vec()));
        self.call(name)
    }

    fn more(&mut self, name: &str, bytes: &[u8]) -> Result<(), Diagnostics> {
        let (growing, grown) = self.growing.get_or_insert_with(|| (name.to_owned(), Vec::new()));
        assert_eq!(growing, name, "one file grows at a time");
        grown.extend_from_slice(bytes);
        self.call(name)
    }

    fn close(&mut self, name: &str) -> Result<(), Diagnostics> {
        let grown = self.growing.take().expect("a file that grew");
        assert_eq!(grown.0, name);
        self.whole.push(grown);
        self.call(name)
    }
}

fn run(inspection: &Inspection) -> Result<(Written, Stored), Diagnostics> {
    run_with(&exports(), inspection, Separator::None, 2)
}

fn run_with(
    exports: &Exports,
    inspection: &Inspection,
    separator: Separator,
    threads: usize,
) -> Result<(Written, Stored), Diagnostics> {
    let templates = Templates::load(&root().join("reports/letters"))?;
    let (law, press) = (law(), Press::new()?);
    let batch = Batch {
        exports,
        inspection,
        law: &law,
        templates: &templates,
        press: &press,
        cutoffs: cutoffs(),
        separator,
        threads,
        only: None,
    };
    let mut files = Files::default();
    let written = write_all(&batch, &mut files)?;
    assert!(files.growing.is_none(), "every file is closed");
    Ok((written, files.whole))
}

#[test]
fn letters_come_in_order_with_opaque_names_and_are_counted() {
    let (written, files) = run(&inspection()).expect("written");
    let text = String::from_utf8(written.mail_merge.0).expect("UTF-8");
    let lines: Vec<&str> = text.split("\r\n").filter(|line| !line.is_empty()).collect();
    assert!(text.starts_with("\u{feff}enrolment_id;letter;language;given_name;family_name;email;file;"));
    let letters = || files.iter().filter(|(name, _)| name.starts_with("letters/"));
    assert_eq!((letters().count(), lines.len()), (9, 10));
    let keys: Vec<String> =
        lines[1..].iter().map(|l| l.split(';').take(2).collect::<Vec<_>>().join(" ")).collect();
    assert!(keys.is_sorted() && keys[8] == "E2 portions_running_out", "{keys:?}");
    for line in &lines[1..] {
        let named = letters().filter(|(name, _)| line.contains(name.as_str())).count();
        assert_eq!(named, 1, "{line}");
    }
    for (name, bytes) in letters() {
        assert!(bytes.starts_with(b"%PDF-1.7"), "{name}");
        let id = name.strip_prefix("letters/").and_then(|n| n.strip_suffix(".pdf")).expect("a name");
        assert!(id.len() == 16 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{name}");
    }
    let prints: Vec<&str> =
        files.iter().map(|(name, _)| name.as_str()).filter(|name| name.starts_with("print/")).collect();
    let wanted: Vec<String> =
        LetterKind::ALL.iter().map(|kind| format!("print/{}.pdf", kind.code())).collect();
    assert_eq!(prints, wanted);
    assert!(lines[9].contains(";en;'=1+1;"), "{}", lines[9]);
    assert_eq!(written.counts.iter().map(|(_, n)| n).sum::<u32>(), 9);
    assert!(written.counts.contains(&(LetterKind::PortionsRunningOut, 2)));
}

#[test]
fn a_name_depends_on_inspection_enrolment_and_kind() {
    let name = |date: &str, enrolment: &str, kind| letter_id(day(date), enrolment, LetterKind::code(kind));
    let first = name("2027-03-18", "E1", LetterKind::LastAttempt);
    assert_eq!(first, name("2027-03-18", "E1", LetterKind::LastAttempt));
    assert_ne!(first, name("2027-09-18", "E1", LetterKind::LastAttempt));
    assert_ne!(first, name("2027-03-18", "E2", LetterKind::LastAttempt));
    assert_ne!(first, name("2027-03-18", "E1", LetterKind::HearingNotice));
}

#[test]
fn the_files_do_not_depend_on_the_threads() {
    let (exports, inspection) = (exports(), inspection());
    let run = |threads| run_with(&exports, &inspection, Separator::None, threads).expect("written");
    let (one, three) = (run(1), run(3));
    assert_eq!(one.0, three.0);
    assert!(one.1 == three.1 && one.1.len() == 16);
}

/// The same of a draft: it is listed, and the approved draft to somebody else is written.
#[test]
fn a_draft_without_glyphs_is_listed_and_the_others_go_on() {
    let (mut exports, mut inspection, law) = (exports(), inspection(), law());
    exports.people[1].given_name = "小明".to_owned();
    for row in &mut inspection.inspection {
        row.letters = vec![LetterKind::StartCheckHearing];
    }
    let source = worklist::Source {
        exports: &exports,
        inspection: &inspection,
        law: &law,
        inspection_date: cutoffs().inspection_date,
    };
    let run = vec![("run_id".to_owned(), "r".to_owned())];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worklist.xlsx");
    std::fs::write(&path, worklist::write(&source, &run).unwrap().0).unwrap();
    let sheet = |name: &str| {
        let mut rows = ingest::sheet(None, &path, name)?;
        for row in &mut rows {
            if row.cells.iter().any(|cell| cell == "tstart_check_decision") {
                row.cells[0] = "tapprove".to_owned();
            }
        }
        Ok(rows)
    };
    let entries = worklist::entries(&source);
    let decided = worklist::read("worklist.xlsx", &sheet, &source, &entries, "r").unwrap();
    let heard_on = day("2026-09-15");
    let hearing = |id: &str| letter_file(heard_on, id, LetterKind::StartCheckHearing.code());
    let hearings = Hearings {
        given: vec![Round {
            on: heard_on,
            answer_by: day("2026-09-29"),
            answer_time: "12:00".to_owned(),
            written: ["E1", "E2"].map(hearing).into(),
        }],
        beside: Vec::new(),
    };
    let drafts: Vec<_> = decided
        .approved
        .iter()
        .filter_map(|row| Draft::approved(*row, &hearings, cutoffs().inspection_date).expect("heard"))
        .collect();
    assert_eq!((drafts.len(), decided.left_out), (2, 0));

    let templates = Templates::load(&root().join("reports/letters")).unwrap();
    let batch = Batch {
        exports: &exports,
        inspection: &inspection,
        law: &law,
        templates: &templates,
        press: &Press::new().unwrap(),
        cutoffs: cutoffs(),
        separator: Separator::None,
        threads: 1,
        only: Some(Selection { letters: &Default::default(), drafts: &drafts }),
    };
    let mut files = Files::default();
    let written = write_all(&batch, &mut files).unwrap();
    let files: Vec<String> = files.whole.into_iter().map(|(name, _)| name).collect();
    let failed: Vec<_> = written.failed.iter().map(|f| (f.enrolment_id.as_str(), f.kind.code())).collect();
    assert_eq!((written.drafts, failed), (1, vec![("E2", "start_check_decision")]));
    assert!(files.len() == 1 && files[0].starts_with("drafts/"), "{files:?}");
}

#[test]
fn a_worklist_with_many_problems_lists_the_first_and_counts_them_all() {
    let (exports, inspection, law) = (exports(), inspection(), law());
    let source = worklist::Source {
        exports: &exports,
        inspection: &inspection,
        law: &law,
        inspection_date: cutoffs().inspection_date,
    };
    let entries = worklist::entries(&source);
    let row = |line: u32, cells: &[&str]| ingest::SheetRow {
        line,
        cells: cells.iter().map(|cell| format!("t{cell}")).collect(),
    };
    let sheet = |name: &str| match name {
        "run" => Ok(vec![row(1, &["run_id", "r"])]),
        _ => Ok([row(1, &worklist::headings())]
            .into_iter()
            .chain((2..32).map(|line| row(line, &["?"])))
            .collect()),
    };
    let problems = worklist::read("worklist.xlsx", &sheet, &source, &entries, "r").unwrap_err();
    let lines: Vec<_> = problems.iter().filter_map(|problem| problem.place.line).collect();
    assert_eq!((problems.len(), lines), (30, (2..22).collect()));
}

/// A name in a script that no font has costs that student's letters, and nobody else's.
#[test]
fn a_letter_without_glyphs_is_listed_and_the_others_go_on() {
    let mut exports = exports();
    exports.people[1].given_name = "小明".to_owned();
    let (written, files) = run_with(&exports, &inspection(), Separator::None, 2).expect("written");
    let failed: Vec<_> = written.failed.iter().map(|f| (f.enrolment_id.as_str(), f.kind.code())).collect();
    assert_eq!(failed, [("E2", "guidance_invitation"), ("E2", "portions_running_out")]);
    assert!(written.failed.iter().all(|f| f.reason.contains("U+5C0F") && !f.reason.contains('小')));
    assert_eq!(written.counts.iter().map(|(_, n)| n).sum::<u32>(), 7);
    assert_eq!(files.iter().filter(|(name, _)| name.starts_with("letters/")).count(), 7);
    let rows = String::from_utf8(written.mail_merge.0).expect("UTF-8");
    assert!(rows.lines().all(|line| !line.starts_with("E2")), "{rows}");
}

/// A store that is full stops everything at once.
#[test]
fn nothing_more_is_handed_over_after_a_full_disk() {
    let (exports, inspection, law) = (exports(), inspection(), law());
    let (templates, press) = (
        Templates::load(&root().join("reports/letters")).expect("templates"),
        Press::new().expect("a press"),
    );
    let batch = Batch {
        exports: &exports,
        inspection: &inspection,
        law: &law,
        templates: &templates,
        press: &press,
        cutoffs: cutoffs(),
        separator: Separator::None,
        threads: 2,
        only: None,
    };
    let mut calls = Files::default();
    write_all(&batch, &mut calls).expect("room for all");
    // Letters, and every step of a print file.
    for full_at in 1..=calls.calls {
        let mut files = Files { full_at: Some(full_at), ..Files::default() };
        let full = write_all(&batch, &mut files).expect_err("full").to_string();
        assert!(full.contains("no space left") && files.calls == full_at, "{full_at}: {full}");
    }
}

#[test]
fn a_letter_that_cannot_be_built_stops_the_run() {
    let mut held = inspection();
    held.inspection[1].reviews.add(ReviewReason::Abroad);
    let problems = run(&held).expect_err("a defect").to_string();
    assert!(problems.contains("enrolment E1") && problems.contains("waits for a person"), "{problems}");
    let mut unknown = inspection();
    unknown.inspection[1].klip_extra = None;
    assert!(run(&unknown).expect_err("a defect").to_string().contains("`klip_extra` is unknown"));
}
