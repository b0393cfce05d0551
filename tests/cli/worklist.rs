//! The worklist from the run to the approved letters, as a caseworker works it off.

mod refused;
mod rounds;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use calamine::Data;
use serde_json::Value;

use crate::workbook::{Rows, all_text, column, rows, save, sheet_names};
use crate::*;

struct Office {
    _scratch: tempfile::TempDir,
    home: PathBuf,
    run: PathBuf,
}

/// A run over sample_data in a folder of its own.
fn office() -> Office {
    let scratch = tempfile::tempdir().unwrap();
    let home = scratch.path().join("out");
    let ran = klip(&["run", SAMPLE, "--output", text(&home), "--quiet"]);
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    let run = home.join("inspection_date=2027-03-15");
    Office { _scratch: scratch, home, run }
}

impl Office {
    fn worklist(&self) -> Rows {
        rows(&self.run.join("worklist.xlsx"), "worklist")
    }

    fn record(&self) -> Value {
        serde_json::from_str(&fs::read_to_string(self.run.join("run.json")).unwrap()).unwrap()
    }

    /// Works off the worklist after `edit`; the arguments come last.
    fn work_off(&self, edit: impl FnOnce(&mut Rows, &mut Rows), arguments: &[&str]) -> Output {
        let original = self.run.join("worklist.xlsx");
        let (mut worklist, mut run) = (rows(&original, "worklist"), rows(&original, "run"));
        edit(&mut worklist, &mut run);
        let edited = self.home.join("edited.xlsx");
        save(&edited, &worklist, &run);
        let fixed = ["letters", crate::text(&self.run), "--worklist", crate::text(&edited)];
        klip(&[&fixed[..], arguments].concat())
    }

    fn folders_of_letters(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.home).unwrap().map(|entry| entry.unwrap().path());
        let mut found: Vec<PathBuf> = entries.filter(|path| text(path).contains("/letters_")).collect();
        found.sort();
        found
    }
}

fn sum(counts: &Value) -> u64 {
    counts.as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum()
}

/// Approves the rows whose `letter` is one of these.
fn approve(worklist: &mut Rows, kinds: &[&str]) -> usize {
    let (decision, letter) = (column(worklist, "decision"), column(worklist, "letter"));
    let mut approved = 0;
    for row in worklist.iter_mut().skip(1) {
        if kinds.contains(&crate::workbook::text(&row[letter]).as_str()) {
            row[decision] = Data::String("Approve ".to_owned());
            approved += 1;
        }
    }
    approved
}

fn approving(kind: &'static str) -> impl Fn(&mut Rows, &mut Rows) + Copy {
    move |worklist, _| {
        approve(worklist, &[kind]);
    }
}

#[test]
fn every_case_that_wants_something_has_its_row() {
    let office = office();
    let (path, record) = (office.run.join("worklist.xlsx"), office.record());
    assert_eq!(sheet_names(&path), ["worklist", "run"]);
    let list = office.worklist();
    let (step, letter) = (column(&list, "step"), column(&list, "letter"));
    let mut letters: BTreeMap<String, u64> = BTreeMap::new();
    let mut reviews = 0;
    for row in &list[1..] {
        let of = |heading: &str| &row[column(&list, heading)];
        let said = crate::workbook::text(of("reasons"));
        match crate::workbook::text(&row[step]).as_str() {
            "letter" => *letters.entry(crate::workbook::text(&row[letter])).or_default() += 1,
            "draft" => {}
            "review" => {
                assert_eq!(row[letter], Data::Empty);
                reviews += 1;
            }
            "look" => assert_eq!(row[letter], Data::Empty),
            other => panic!("the step {other}"),
        }
        assert!(!said.is_empty(), "{row:?}");
        assert_eq!((of("decision"), of("note")), (&Data::Empty, &Data::Empty));
        // Typed cells: ids are text, amounts numbers, dates dates; unknown is empty.
        assert!(matches!(of("enrolment_id"), Data::String(_)) && matches!(of("name"), Data::String(_)));
        assert!(matches!(of("klip_net"), Data::Float(_) | Data::Empty), "{row:?}");
        assert!(matches!(of("started_on"), Data::DateTime(_)), "{row:?}");
        assert!(matches!(of("deadline"), Data::DateTime(_) | Data::Empty), "{row:?}");
    }
    let due: BTreeMap<String, u64> = serde_json::from_value(record["letters"].clone()).unwrap();
    assert_eq!(letters, due);
    // Two ended only after the inspection: not inspected, but for a person.
    let ended_later = record["students"]["excluded"]["status_conflict"].as_u64().unwrap();
    assert_eq!(reviews, record["verdicts"]["needs_review"]["true"].as_u64().unwrap() + ended_later);
    assert_eq!(ended_later, 2);
    let outputs = record["outputs"].as_array().unwrap();
    let listed = outputs.iter().find(|output| output["path"] == "worklist.xlsx").unwrap();
    assert_eq!(listed["rows"].as_u64().unwrap(), list.len() as u64 - 1);

    let run = rows(&path, "run");
    let value = |name: &str| run.iter().find(|row| row[0] == name).unwrap()[1].clone();
    assert_eq!(value("inspection_date"), Data::String("2027-03-15".to_owned()));
    assert_eq!(value("rows: review"), Data::Float(reviews as f64));
    let inputs = record["inputs"].as_array().unwrap();
    let register = inputs.iter().find(|input| input["table"] == "enrolments").unwrap();
    let rejected = register["rows_rejected"].as_f64().filter(|rows| *rows > 0.0).unwrap();
    assert_eq!(value("rows rejected (rejected.csv): enrolments"), Data::Float(rejected));

    // An office file may hold names, but neither addresses, CPR numbers nor anything on health.
    let seen = all_text(&path).to_lowercase();
    for never in ["@", " ill", "illness", "sick", "chronic", "certificate", "doctor", "medical"] {
        assert!(!seen.contains(never), "{never} in the worklist");
    }
}

#[test]
fn enrolments_that_are_not_inspected_have_their_rows_too() {
    let office = office();
    let list = office.worklist();
    let of = |row: &[Data], heading: &str| crate::workbook::text(&row[column(&list, heading)]);
    let row_of = |id: &str| {
        let rows: Vec<_> = list[1..].iter().filter(|row| of(row, "enrolment_id") == id).collect();
        assert_eq!(rows.len(), 1, "{id}");
        rows[0]
    };
    // SU after the end of a programme, of students who have no other.
    for id in ["E9000129", "E9000130"] {
        let row = row_of(id);
        assert_eq!((of(row, "step").as_str(), of(row, "rules").as_str()), ("look", "SU113"), "{id}");
        assert!(of(row, "reasons").contains("after its end"), "{}", of(row, "reasons"));
    }
    let scenarios = fs::read_to_string("sample_data/scenarios.toml").unwrap();
    for scenario in ["withdrawn-later", "completed-later"] {
        let after = scenarios.split(&format!("id = \"{scenario}\"\nenrolment_id = \"")).nth(1).unwrap();
        let row = row_of(&after[..8]);
        assert_eq!((of(row, "step").as_str(), of(row, "rules").as_str()), ("review", "SU105"));
        assert!(of(row, "reasons").contains("after the inspection"), "{}", of(row, "reasons"));
    }
    let summary = klip(&["run", SAMPLE, "--dry-run"]);
    let told = stdout(&summary);
    assert!(told.contains("2 ended only after the inspection (for a person to look at)"), "{told}");
}

#[test]
fn who_keeps_su_though_inactive_is_on_the_list_with_the_last_day() {
    let office = office();
    let list = office.worklist();
    let of = |row: &[Data], heading: &str| crate::workbook::text(&row[column(&list, heading)]);
    // The scenario `thesis-covers`.
    let row = list.iter().find(|row| of(row, "enrolment_id") == "E9000021").expect("a row");
    assert_eq!((of(row, "step").as_str(), of(row, "rules").as_str()), ("look", "SU101, SU105"));
    let reasons = of(row, "reasons");
    assert!(
        reasons.contains("Keeps SU while registered for the final project, until 2027-04-01."),
        "{reasons}"
    );
}

#[test]
fn workbooks_of_the_same_run_are_the_same_bytes() {
    let (one, other) = (office(), office());
    for name in ["worklist.xlsx", "mail_merge.xlsx"] {
        assert_eq!(fs::read(one.run.join(name)).unwrap(), fs::read(other.run.join(name)).unwrap(), "{name}");
    }
}

#[test]
fn an_untouched_worklist_holds_everything() {
    let office = office();
    let worked = office.work_off(|_, _| (), &[]);
    assert_eq!(code(&worked), 0, "{}", stderr(&worked));
    let record = office.record();
    let (due, held) = (sum(&record["letters"]), sum(&record["letters_held"]));
    let told = stdout(&worked);
    let line = format!("Letters: 0 written + {due} not approved + {held} for review = {} that", due + held);
    assert!(told.contains(&line), "{told}");
    assert!(office.folders_of_letters()[0].join("run.json").is_file());
    assert!(!office.folders_of_letters()[0].join("letters").exists());
}

#[test]
fn only_what_is_approved_is_written_and_the_run_is_not_touched() {
    let office = office();
    let kinds = ["hearing_notice", "legacy_hearing", "extra_klip_decision"];
    let mut approved = 0;
    let worked = office.work_off(|worklist, _| approved = approve(worklist, &kinds), &[]);
    assert_eq!(code(&worked), 0, "{}", stderr(&worked));
    assert_eq!(code(&klip(&["verify", text(&office.run)])), 0);
    let folder = &office.folders_of_letters()[0];
    assert_eq!(code(&klip(&["verify", text(folder)])), 0);
    // Who reads tables through `current` still finds the run.
    assert_eq!(fs::read_link(office.home.join("current")).unwrap(), Path::new("inspection_date=2027-03-15"));

    let merged = rows(&folder.join("mail_merge.xlsx"), "mail_merge");
    assert_eq!(merged.len() - 1, approved);
    let (letter, file) = (column(&merged, "letter"), column(&merged, "file"));
    for row in &merged[1..] {
        let (letter, file) = (crate::workbook::text(&row[letter]), crate::workbook::text(&row[file]));
        assert!(kinds.contains(&letter.as_str()), "{letter}");
        assert_eq!(file.starts_with("drafts/"), letter != "hearing_notice", "{file}");
        let made = fs::read(folder.join(&file)).unwrap();
        assert!(made.starts_with(b"%PDF-"), "{file}");
        if letter == "hearing_notice" {
            // The very letter of the run, under the same name.
            assert_eq!(made, fs::read(office.run.join(&file)).unwrap());
        }
    }
    let record: Value = serde_json::from_str(&fs::read_to_string(folder.join("run.json")).unwrap()).unwrap();
    for what in ["letters", "drafts"] {
        let settled = &record["worklist"][what];
        let count = |key: &str| settled[key].as_u64().unwrap();
        assert_eq!(count("proposed"), count("written") + count("held") + count("for_review"), "{what}");
        assert!(count("written") > 0 && count("held") > 0, "{what}");
    }

    // Nobody gets a letter twice because a second version of the worklist approves it again.
    let note = |worklist: &mut Rows, _: &mut Rows| {
        approve(worklist, &["hearing_notice"]);
        let note = column(worklist, "note");
        worklist[1][note] = Data::String("looked at".to_owned());
    };
    let again = office.work_off(note, &[]);
    assert_eq!(code(&again), 3);
    assert!(stderr(&again).contains("written here before"), "{}", stderr(&again));
    assert_eq!(office.folders_of_letters().len(), 1);
    assert_eq!(code(&office.work_off(note, &["--again"])), 0);
    assert_eq!(office.folders_of_letters().len(), 2);
}

/// The law of hearing a party: first the hearing, then its deadline, then the decision.
#[test]
fn a_start_check_is_decided_only_after_a_hearing_whose_deadline_is_over() {
    let mut office = office();
    let hear = approving("start_check_hearing");
    let decide = approving("start_check_decision");
    let refused = |worked: &Output, says: &str| {
        assert_eq!(code(worked), 3, "{}", stdout(worked));
        let told = stderr(worked);
        assert!(told.contains(says) && told.contains("--heard FOLDER"), "{told}");
    };
    // At once, in the round of the hearing, with no hearing or with one of another kind.
    refused(&office.work_off(decide, &[]), "start_check_decision is approved, but no hearing");
    assert_eq!(office.folders_of_letters(), Vec::<PathBuf>::new());
    let other = approving("last_attempt");
    assert_eq!(code(&office.work_off(other, &[])), 0);
    let others = office.folders_of_letters().remove(0);
    refused(&office.work_off(decide, &["--heard", text(&others)]), "no hearing of this student");
    assert_eq!(code(&office.work_off(hear, &[])), 0);
    let heard = office.folders_of_letters().into_iter().find(|folder| *folder != others).unwrap();
    let given = ["--heard", text(&others), "--heard", text(&heard)];
    refused(&office.work_off(decide, &given), "the hearing of 2027-03-15 can be answered until 2027-03-29");

    for (date, late) in [("2027-03-29", false), ("2027-03-30", true)] {
        let home = text(&office.home);
        let ran = klip(&["run", SAMPLE, "--output", home, "--quiet", "--inspection-date", date]);
        assert_eq!(code(&ran), 0, "{}", stderr(&ran));
        office.run = office.home.join(format!("inspection_date={date}"));
        refused(&office.work_off(decide, &[]), "no hearing of this student");
        let worked = office.work_off(decide, &given);
        if !late {
            refused(&worked, "can be answered until 2027-03-29");
            continue;
        }
        assert_eq!(code(&worked), 0, "{}", stderr(&worked));
        let folders = office.folders_of_letters();
        let folder = folders.iter().find(|folder| text(folder).contains(date)).unwrap();
        let merged = rows(&folder.join("mail_merge.xlsx"), "mail_merge");
        let of = |heading: &str| column(&merged, heading);
        assert!(merged.len() > 3, "{merged:?}");
        for row in &merged[1..] {
            let of = |heading: &str| crate::workbook::text(&row[of(heading)]);
            assert_eq!(of("letter"), "start_check_decision");
            assert!(["15 March 2027", "15. marts 2027"].contains(&of("hearing_date").as_str()), "{row:?}");
            let last_day = of("hearing_answer_date");
            assert!(["29 March 2027", "29. marts 2027"].contains(&last_day.as_str()), "{row:?}");
        }
        let record: Value =
            serde_json::from_str(&fs::read_to_string(folder.join("run.json")).unwrap()).unwrap();
        assert_eq!(record["worklist"]["heard"][1]["path"], text(&heard));
        assert_eq!(record["worklist"]["heard"][1]["inspection_date"], "2027-03-15");
    }
    let none = office.work_off(decide, &["--heard", "no_such_folder"]);
    assert!(code(&none) == 3 && stderr(&none).contains("no_such_folder"), "{}", stderr(&none));
}

#[test]
fn rows_may_be_sorted_and_left_out_and_columns_moved() {
    let office = office();
    let mut approved = 0;
    let shuffle = |worklist: &mut Rows, _: &mut Rows| {
        approved = approve(worklist, &["guidance_invitation"]);
        worklist[1..].reverse();
        let letter = column(worklist, "letter");
        worklist.retain(|row| row[letter] != "portions_running_out");
        for row in worklist.iter_mut() {
            row.rotate_left(3);
            row.push(Data::String("a column of the office's own".to_owned()));
        }
    };
    let worked = office.work_off(shuffle, &[]);
    assert_eq!(code(&worked), 0, "{}", stderr(&worked));
    let told = stdout(&worked);
    assert!(told.contains(&format!("Letters: {approved} written")), "{told}");
    assert!(told.contains("45 rows of the run are not in this worklist"), "{told}");
}

#[test]
fn changed_exports_are_refused_before_a_letter_is_written() {
    let scratch = tempfile::tempdir().unwrap();
    let (input, output) = (scratch.path().join("in"), scratch.path().join("out"));
    klip(&["generate", "--students", "40", "--seed", "1", "--output", text(&input)]);
    let ran = klip(&["run", PLAIN, "--input", text(&input), "--output", text(&output), "--quiet"]);
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    let run = output.join("inspection_date=2027-03-15");
    let path = input.join("leaves.csv");
    let content = fs::read_to_string(&path).unwrap();
    fs::write(&path, content + "E0000001,2027-01-01,2027-01-31,none\n").unwrap();
    let worked = klip(&["letters", text(&run), "--worklist", text(&run.join("worklist.xlsx"))]);
    assert_eq!(code(&worked), 3);
    assert!(stderr(&worked).contains("leaves.csv") && stderr(&worked).contains("changed"));
}

#[test]
fn a_preview_is_the_letter_of_the_run_and_a_held_case_has_none() {
    let office = office();
    let shown = klip(&["letters", "preview", text(&office.run), "E9000001"]);
    assert_eq!(code(&shown), 0, "{}", stderr(&shown));
    let told = stdout(&shown);
    let path = PathBuf::from(told.trim().rsplit(": ").next().unwrap());
    let name = path.file_name().unwrap();
    assert_eq!(fs::read(&path).unwrap(), fs::read(office.run.join("letters").join(name)).unwrap());
    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(code(&klip(&["verify", text(&office.run)])), 0);

    let list = office.worklist();
    let (step, held, id) =
        (column(&list, "step"), column(&list, "letters_held"), column(&list, "enrolment_id"));
    let waiting = list.iter().find(|row| row[step] == "review" && row[held] != Data::Empty).unwrap();
    let refused = klip(&["letters", "preview", text(&office.run), &crate::workbook::text(&waiting[id])]);
    assert_eq!(code(&refused), 2);
    assert!(stderr(&refused).contains("waits for a person"), "{}", stderr(&refused));
    assert_eq!(code(&klip(&["letters", "preview", text(&office.run), "nobody"])), 2);
}
