//! All letters of a run: names, order, counts and the mail-merge file.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[path = "letters/fixture.rs"]
#[allow(dead_code, reason = "shared with the tests of the single letter")]
mod fixture;

use fixture::*;
use klippekort::diagnostics::{Diagnostic, Diagnostics, Place};
use klippekort::ingest;
use klippekort::letters::batch::file_name;
use klippekort::letters::context::letter_id;
use klippekort::letters::hearings::{Hearings, Round};
use klippekort::letters::mail_merge::{LONGEST_CELL, cells, csv_cell, headings};
use klippekort::letters::print_file::LETTERS_PER_PART;
use klippekort::letters::worklist;
use klippekort::letters::{Batch, Draft, Press, Selection, Store, Templates, Written, write_all};
use klippekort::pipeline::Separator;
use klippekort::student::codes::{CourseLevel, Grading, Language};
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
    second.enrolment_id = "E2".to_owned();
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
        lost_equivalences: Vec::new(),
        identity_conflicts: Vec::new(),
        previous: None,
        students: Students::default(),
        curricula: Default::default(),
    }
}

/// Rows in the wrong order on purpose.
fn inspection() -> Inspection {
    let mut second = row();
    second.enrolment_id = "E2".to_owned();
    second.letters = vec![LetterKind::PortionsRunningOut, LetterKind::GuidanceInvitation];
    Inspection {
        inspection: vec![second, row()],
        register_index: vec![1, 0],
        attempts: attempts(),
        progress: vec![("E1".into(), progress(&row())), ("E2".into(), progress(&row()))],
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
        dates: dates(),
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
        inspection_date: dates().inspection,
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
    let hearing = |id: &str| file_name(&letter_id(heard_on, id, LetterKind::StartCheckHearing.code()));
    let hearings = Hearings(vec![Round {
        on: heard_on,
        answer_by: day("2026-09-29"),
        answer_time: "12:00".to_owned(),
        written: ["E1", "E2"].map(hearing).into(),
    }]);
    let drafts: Vec<_> = decided
        .approved
        .iter()
        .filter_map(|row| Draft::approved(*row, &hearings, dates().inspection).expect("heard"))
        .collect();
    assert_eq!((drafts.len(), decided.left_out), (2, 0));

    let templates = Templates::load(&root().join("reports/letters")).unwrap();
    let batch = Batch {
        exports: &exports,
        inspection: &inspection,
        law: &law,
        templates: &templates,
        press: &Press::new().unwrap(),
        dates: dates(),
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

/// The print file has the pages of the letters, and a blank one where the pipeline asks for it.
#[test]
fn a_print_file_binds_the_pages() {
    let pages = |bytes: &[u8]| lopdf::Document::load_mem(bytes).expect("a PDF").get_pages().len();
    let exports = exports();
    let of = |separator| {
        let (written, files) = run_with(&exports, &inspection(), separator, 2).expect("written");
        let letters: usize =
            files.iter().filter(|(name, _)| name.starts_with("letters/")).map(|(_, b)| pages(b)).sum();
        let print = files.iter().filter(|(name, _)| name.starts_with("print/"));
        let prints: Vec<usize> = print.map(|(_, bytes)| pages(bytes)).collect();
        (letters, prints.iter().sum::<usize>(), prints, written.counts.len())
    };
    let (letters, bound, _, kinds) = of(Separator::None);
    assert_eq!((letters, kinds), (bound, 7));
    assert_eq!(of(Separator::BlankPage).1, bound + 9);
    let (_, even, of_kind, _) = of(Separator::EvenPages);
    assert!(even >= bound && of_kind.iter().all(|pages| pages.is_multiple_of(2)));
}

/// Every page of a print file says which letter it is of, page by page.
fn letters_by_page(print: &lopdf::Document) -> Vec<String> {
    let ids = print.get_pages().into_keys().map(|page| {
        let text = print.extract_text(&[page]).expect("text").replace(char::is_whitespace, "");
        let is_id = |part: &&str| part.len() == 16 && part.bytes().all(|b| b.is_ascii_hexdigit());
        let windows = (0..text.len().saturating_sub(15)).filter_map(|from| text.get(from..from + 16));
        windows.rev().find(is_id).expect("a letter id").to_owned()
    });
    let mut ids: Vec<String> = ids.collect();
    ids.dedup();
    ids
}

/// Many letters of a kind are one file of one document, in their order, whatever the threads.
#[test]
fn a_kind_has_one_print_file_whatever_the_number_of_letters() {
    let (mut exports, mut inspection) = (exports(), inspection());
    let of_all = |number: usize| {
        let enrolment_id = format!("E{number:03}");
        let mut row = row();
        row.enrolment_id = enrolment_id.as_str().into();
        row.letters = vec![LetterKind::LastAttempt];
        let own = attempts().into_iter().map(|mut attempt| {
            attempt.enrolment_id = enrolment_id.as_str().into();
            attempt
        });
        (row, own.collect::<Vec<_>>())
    };
    const LETTERS: usize = 2 * LETTERS_PER_PART + 3;
    let (rows, attempts): (Vec<_>, Vec<_>) = (0..LETTERS).map(of_all).unzip();
    inspection.inspection = rows;
    inspection.register_index = (0..LETTERS as u32).collect();
    exports.people = vec![person(); LETTERS];
    exports.enrolments = inspection
        .inspection
        .iter()
        .map(|row| {
            let mut enrolment = enrolment(Language::Da);
            enrolment.enrolment_id = row.enrolment_id.to_string();
            enrolment
        })
        .collect();
    inspection.attempts = attempts.concat();
    let run = |threads, separator| run_with(&exports, &inspection, separator, threads).expect("written").1;
    let files = run(1, Separator::None);
    assert!(files == run(3, Separator::None), "the threads do not show");

    let (print, letters): (Stored, Stored) =
        files.into_iter().partition(|(name, _)| name.starts_with("print/"));
    let [(name, bytes)] = &print[..] else { panic!("{} print files", print.len()) };
    assert_eq!((name.as_str(), letters.len()), ("print/last_attempt.pdf", LETTERS));
    let print = lopdf::Document::load_mem(bytes).expect("a PDF");
    let in_order: Vec<&str> =
        letters.iter().map(|(name, _)| &name["letters/".len()..name.len() - ".pdf".len()]).collect();
    assert_eq!(letters_by_page(&print), in_order);
    let pages_of_letters: usize =
        letters.iter().map(|(_, bytes)| lopdf::Document::load_mem(bytes).unwrap().get_pages().len()).sum();
    let pages = print.get_pages().len();
    assert_eq!(pages, pages_of_letters);
    assert!(bytes.len() < 4_000 * pages, "{} bytes a page", bytes.len() / pages);

    // What a file has once, and says of the whole.
    let of_type = |wanted: &str| {
        let is_it = |object: &&lopdf::Object| {
            let dictionary = match object {
                lopdf::Object::Stream(stream) => &stream.dict,
                object => object.as_dict().unwrap_or(&EMPTY),
            };
            dictionary.get(b"Type").and_then(lopdf::Object::as_name).is_ok_and(|t| t == wanted.as_bytes())
        };
        print.objects.values().filter(is_it).collect::<Vec<_>>()
    };
    for once in ["Catalog", "Metadata", "OutputIntent"] {
        assert_eq!(of_type(once).len(), 1, "{once}");
    }
    assert_eq!(of_type("Page").len(), pages);
    let catalog = print.catalog().expect("a catalogue");
    for tagged in ["StructTreeRoot", "MarkInfo", "Outlines", "Lang"] {
        assert!(!catalog.has(tagged.as_bytes()), "{tagged}");
    }
    let metadata = of_type("Metadata")[0].as_stream().expect("a stream");
    let metadata = String::from_utf8(metadata.content.clone()).expect("UTF-8");
    let [of_document, of_content] =
        &print.trailer.get(b"ID").and_then(lopdf::Object::as_array).expect("ids")[..]
    else {
        panic!("two identifiers")
    };
    let text =
        |id: &lopdf::Object| String::from_utf8(id.as_str().expect("a string").to_vec()).expect("ASCII");
    for said in [
        format!("<xmpTPg:NPages>{pages}</"),
        format!("<xmpMM:DocumentID>{}</", text(of_document)),
        format!("<xmpMM:InstanceID>{}</", text(of_content)),
        "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</".to_owned(),
    ] {
        assert_eq!(metadata.matches(&said).count(), 1, "{said}");
    }
    assert!(!metadata.contains("dc:language") && !metadata.contains("pdfuaid"));
    // Nothing refers to what is not there, and only what holds others is referred to by nothing.
    let mut holders: Vec<_> = [of_type("ObjStm"), of_type("XRef")].concat();
    let unreached = print.clone().prune_objects();
    holders.retain(|holder| !unreached.iter().any(|id| print.objects[id] == **holder));
    assert!(holders.is_empty() && unreached.len() == of_type("ObjStm").len() + 1);
    let there = |id: &lopdf::ObjectId| print.objects.contains_key(id);
    for object in print.objects.values() {
        assert!(references(object).iter().all(there), "{object:?}");
    }

    // One page after every letter, and an identifier of its own.
    let blank = run(2, Separator::BlankPage).pop().expect("a file").1;
    let blank = lopdf::Document::load_mem(&blank).expect("a PDF");
    assert_eq!(blank.get_pages().len(), pages + LETTERS);
    let ids =
        |print: &lopdf::Document| print.trailer.get(b"ID").and_then(lopdf::Object::as_array).unwrap().clone();
    assert_eq!(ids(&print)[0], ids(&blank)[0]);
    assert_ne!(ids(&print)[1], ids(&blank)[1]);
}

static EMPTY: std::sync::LazyLock<lopdf::Dictionary> = std::sync::LazyLock::new(lopdf::Dictionary::new);

fn references(object: &lopdf::Object) -> Vec<lopdf::ObjectId> {
    match object {
        lopdf::Object::Reference(id) => vec![*id],
        lopdf::Object::Array(items) => items.iter().flat_map(references).collect(),
        lopdf::Object::Dictionary(dictionary) => {
            dictionary.iter().flat_map(|(_, value)| references(value)).collect()
        }
        lopdf::Object::Stream(stream) => {
            stream.dict.iter().flat_map(|(_, value)| references(value)).collect()
        }
        _ => Vec::new(),
    }
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
        dates: dates(),
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

/// What Word's driver must find: text in every cell, headings first, no formula, nothing cut or
/// reformatted; the CSV beside it says the same, defused.
#[test]
fn the_workbook_to_merge_from_is_all_text_and_never_a_formula() {
    use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
    let hostile = [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "=HYPERLINK(\"http://x\")",
        "=cmd|' /C calc'!A0",
        " =1+1",
        "\t=1",
        "0800",
        "00001234",
        "1e5",
        "1/2",
        "2027-03-15",
        "TRUE",
        "'quoted",
        "a;b\"c",
        "Åse\r\nÆ",
        "_x0041_",
    ];
    let mut exports = exports();
    let mut inspection = Inspection { attempts: attempts(), ..inspection() };
    let (enrolment, person) = (exports.enrolments[0].clone(), exports.people[0].clone());
    let row = row();
    (exports.enrolments, exports.people) = (Vec::new(), Vec::new());
    (inspection.inspection, inspection.register_index) = (Vec::new(), Vec::new());
    for (index, name) in hostile.iter().enumerate() {
        let mut one = enrolment.clone();
        one.enrolment_id = format!("E{index:02}");
        let mut its = row.clone();
        its.enrolment_id.clone_from(&one.enrolment_id);
        its.letters = vec![LetterKind::GuidanceInvitation];
        inspection.inspection.push(its);
        inspection.register_index.push(index as u32);
        exports.enrolments.push(one);
        let mut other = person.clone();
        other.given_name = (*name).to_owned();
        exports.people.push(other);
    }
    inspection.attempts.clear();
    let (written, _) = run_with(&exports, &inspection, Separator::None, 2).expect("written");
    let mut book: Xlsx<_> =
        open_workbook_from_rs(std::io::Cursor::new(written.mail_merge.1)).expect("a workbook");
    assert_eq!(book.sheet_names(), ["mail_merge"]);
    assert!(book.worksheet_formula("mail_merge").expect("a sheet").used_cells().next().is_none());
    let sheet = book.worksheet_range("mail_merge").expect("a sheet");
    let rows: Vec<&[Data]> = sheet.rows().collect();
    let headed: Vec<String> = rows[0].iter().map(ToString::to_string).collect();
    assert_eq!(headed, headings());
    let csv = String::from_utf8(written.mail_merge.0).expect("UTF-8");
    let mut csv =
        csv::ReaderBuilder::new().delimiter(b';').from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    let at = |heading: &str| headed.iter().position(|other| other == heading).expect("a column");
    for ((name, row), line) in hostile.iter().zip(&rows[1..]).zip(csv.records()) {
        let line = line.expect("a row");
        assert!(row.iter().all(|cell| matches!(cell, Data::String(_) | Data::Empty)), "{row:?}");
        assert!(row.iter().all(|cell| cell.to_string().chars().count() <= LONGEST_CELL));
        let shown: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        assert_eq!(row[at("given_name")], Data::String(shown.clone()), "{name:?}");
        for (cell, text) in row.iter().zip(line.iter()) {
            assert_eq!(csv_cell(&cell.to_string()).trim_start_matches('\''), text.trim_start_matches('\''));
        }
        let runs = shown.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
        assert_eq!(
            line[at("given_name")].starts_with('\''),
            runs || name.starts_with(['\'', '\t']),
            "{name:?}"
        );
    }
}

#[test]
fn cells_are_defused_and_short() {
    for start in ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "\0"] {
        assert!(csv_cell(&format!("{start}1")).starts_with('\''), "{start:?}");
    }
    assert_eq!(csv_cell("a=b\r\nc"), "a=b  c");
    assert_eq!(csv_cell(&"å".repeat(300)).chars().count(), LONGEST_CELL);
    assert_eq!(csv_cell(&format!("={}", "å".repeat(254))).chars().count(), LONGEST_CELL);
    for heading in headings() {
        assert!(heading.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{heading}");
    }
}

/// Each figure part of the context must be found, value by value, in the row.
#[test]
fn the_row_holds_every_figure_that_the_letter_quotes() {
    fn leaves(value: &serde_json::Value, into: &mut Vec<String>) {
        match value {
            serde_json::Value::String(text) => into.push(text.clone()),
            serde_json::Value::Array(items) => items.iter().for_each(|item| leaves(item, into)),
            serde_json::Value::Object(fields) => fields.values().for_each(|field| leaves(field, into)),
            _ => {}
        }
    }
    for (kind, language) in all() {
        let letter = letter(kind, language);
        let row = cells(&letter, "letters/x.pdf");
        assert_eq!(row.len(), headings().len());
        let json = serde_json::to_value(&letter).expect("JSON");
        for part in ["answer", "su", "start_check", "attempts", "five_ects", "guidance", "portions", "dates"]
        {
            let mut quoted = Vec::new();
            leaves(&json[part], &mut quoted);
            for figure in quoted {
                let found =
                    row.iter().any(|cell| *cell == figure || (part == "attempts" && cell.contains(&figure)));
                assert!(found, "{}: {part} {figure}", kind.code());
            }
        }
    }
}
