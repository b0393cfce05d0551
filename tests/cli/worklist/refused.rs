//! Worklists that come back changed or damaged.

use std::io::{Read as _, Write as _};

use super::*;

#[test]
fn a_worklist_that_does_not_fit_is_refused_and_nothing_is_written() {
    let office = office();
    let set = |heading: &'static str, step: &'static str, value: Data| {
        move |worklist: &mut Rows, _: &mut Rows| {
            let (position, steps) = (column(worklist, heading), column(worklist, "step"));
            let row = worklist.iter_mut().find(|row| row[steps] == step).unwrap();
            row[position] = value;
        }
    };
    let word = |word: &str| Data::String(word.to_owned());
    type Edit = Box<dyn FnOnce(&mut Rows, &mut Rows)>;
    let edits: Vec<(&str, Edit)> = vec![
        ("`klip_net` is not as the run wrote it", Box::new(set("klip_net", "letter", Data::Float(1.5)))),
        ("`ects_counted` is not as the run wrote it", Box::new(set("ects_counted", "review", word("60")))),
        ("`deadline` is not as the run wrote it", Box::new(set("deadline", "review", Data::Float(46_000.0)))),
        ("`letter` is not as the run wrote it", Box::new(set("letter", "review", word("hearing_notice")))),
        ("`name` is not as the run wrote it", Box::new(set("name", "letter", Data::Empty))),
        ("not one of the run's", Box::new(set("case_id", "letter", word("0123456789abcdef")))),
        ("neither approve nor hold", Box::new(set("decision", "letter", word("ja")))),
        ("not a text", Box::new(set("decision", "letter", Data::Float(1.0)))),
        ("no letter that could be approved", Box::new(set("decision", "review", word("approve")))),
        ("no letter that could be approved", Box::new(set("decision", "look", word("approve")))),
        (
            "in an earlier row already",
            Box::new(|worklist, _| {
                let row = worklist[1].clone();
                worklist.push(row);
            }),
        ),
        (
            "`step` is missing",
            Box::new(|worklist, _| {
                let step = column(worklist, "step");
                worklist[0][step] = Data::String("trin".to_owned());
            }),
        ),
        (
            "approved together",
            Box::new(|worklist, _| {
                approve(worklist, &["start_check_hearing", "start_check_decision"]);
            }),
        ),
        ("another run", Box::new(|_, run| run[0][1] = Data::String("0000000000000000".to_owned()))),
    ];
    for (says, edit) in edits {
        let worked = office.work_off(edit, &[]);
        assert_eq!(code(&worked), 3, "{says}: {}", stdout(&worked));
        assert!(stderr(&worked).contains(says), "{says}: {}", stderr(&worked));
        assert_eq!(office.folders_of_letters(), Vec::<PathBuf>::new(), "{says}");
    }
    let no_workbook = office.home.join("list.xlsx");
    fs::write(&no_workbook, "decision;note").unwrap();
    let worked = klip(&["letters", text(&office.run), "--worklist", text(&no_workbook)]);
    assert_eq!(code(&worked), 3);
    assert!(stderr(&worked).contains("not a workbook"), "{}", stderr(&worked));
    let missing = klip(&["letters", text(&office.run), "--worklist", "no_such.xlsx"]);
    assert!(code(&missing) == 3 && stderr(&missing).contains("no_such.xlsx"));
    assert_eq!(code(&klip(&["letters", text(&office.run)])), 2);
}

/// The worklist with its first sheet changed, part by part.
fn with_sheet(from: &Path, to: &Path, change: impl Fn(String) -> String) {
    let mut zip = zip::ZipArchive::new(fs::File::open(from).unwrap()).unwrap();
    let mut changed = zip::ZipWriter::new(fs::File::create(to).unwrap());
    for at in 0..zip.len() {
        let mut part = zip.by_index(at).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        if name == "xl/worksheets/sheet1.xml" {
            text = change(text);
        }
        changed.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        changed.write_all(text.as_bytes()).unwrap();
    }
    changed.finish().unwrap();
}

/// It comes back by mail, so it may be anything.
#[test]
fn a_worklist_that_unpacks_to_gigabytes_is_refused_and_a_far_cell_costs_nothing() {
    let office = office();
    let original = office.run.join("worklist.xlsx");
    let edited = office.home.join("edited.xlsx");
    let work_off = || klip(&["letters", text(&office.run), "--worklist", text(&edited)]);
    with_sheet(&original, &edited, |sheet| {
        sheet.replace("</sheetData>", &format!("{}</sheetData>", " ".repeat(64 << 20)))
    });
    assert!(edited.metadata().unwrap().len() < 1 << 20);
    let worked = work_off();
    assert_eq!(code(&worked), 3, "{}", stdout(&worked));
    assert!(stderr(&worked).contains("unpacks to more than"), "{}", stderr(&worked));
    assert_eq!(office.folders_of_letters(), Vec::<PathBuf>::new());

    let far = r#"<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>"#;
    with_sheet(&original, &edited, |sheet| sheet.replace("</sheetData>", far));
    let worked = work_off();
    assert_eq!(code(&worked), 0, "{}", stderr(&worked));
    assert!(stdout(&worked).contains("Letters: 0 written"), "{}", stdout(&worked));
}
