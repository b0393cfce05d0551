//! Several rounds of letters: nobody gets one twice, and nobody is heard after the decision.

use super::*;

/// The run of another day, in the same folder.
fn inspect_again(office: &mut Office, date: &str, more: &[&str]) {
    let home = text(&office.home);
    let fixed = ["run", SAMPLE, "--output", home, "--quiet", "--inspection-date", date];
    let ran = klip(&[&fixed[..], more].concat());
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    office.run = office.home.join(format!("inspection_date={date}"));
}

/// The exports of the sample, to be mended.
fn sample_copy(office: &Office) -> PathBuf {
    let exports = office.home.join("mended");
    fs::create_dir(&exports).unwrap();
    for entry in fs::read_dir("sample_data").unwrap().map(|entry| entry.unwrap().path()) {
        fs::copy(&entry, exports.join(entry.file_name().unwrap())).unwrap();
    }
    exports
}

fn refused(worked: &Output, says: &str) {
    assert_eq!(code(worked), 3, "{}", stdout(worked));
    assert!(stderr(worked).contains(says), "{}", stderr(worked));
}

#[test]
fn a_letter_is_written_once_whatever_became_of_the_run_and_of_the_folder() {
    let mut office = office();
    let hear = approving("hearing_notice");
    assert_eq!(code(&office.work_off(hear, &[])), 0);
    let written = office.folders_of_letters().remove(0);

    // The exports were mended, and the same day was inspected again.
    let exports = sample_copy(&office);
    let courses = fs::read(exports.join("courses.csv")).unwrap();
    fs::write(exports.join("courses.csv"), [&courses[..], b"\r\n"].concat()).unwrap();
    inspect_again(&mut office, "2027-03-15", &["--input", text(&exports)]);
    refused(&office.work_off(hear, &[]), "written here before");

    // Under another name, and with the new round in another folder.
    let renamed = office.home.join("sent in March");
    fs::rename(&written, &renamed).unwrap();
    refused(&office.work_off(hear, &[]), "written here before");
    let elsewhere = office.home.join("elsewhere");
    refused(&office.work_off(hear, &["--output", text(&elsewhere)]), "written here before");

    // A round of which nothing can be told.
    fs::rename(&renamed, &written).unwrap();
    fs::write(written.join("run.json"), "{").unwrap();
    refused(&office.work_off(hear, &[]), "which letters were written here cannot be told");
    assert_eq!(code(&office.work_off(hear, &["--again", "--output", text(&elsewhere)])), 0);
}

#[test]
fn templates_changed_since_the_run_are_told_and_recorded() {
    let mut office = office();
    let templates = office.home.join("letters");
    copy("reports/letters", &templates);
    let pipeline = plain_pipeline_with(&office.home, "");
    let exports = office.home.join("exports");
    let made = klip(&["generate", "--students", "200", "--output", text(&exports)]);
    assert_eq!(code(&made), 0, "{}", stderr(&made));
    let (home, pipeline) = (text(&office.home), text(&pipeline));
    let ran = klip(&["run", pipeline, "--input", text(&exports), "--output", home, "--quiet"]);
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    let of_run = office.record()["templates"].clone();
    assert_eq!(of_run["sha256"].as_str().map(str::len), Some(64));

    let worked = office.work_off(|_, _| (), &[]);
    assert!(!stdout(&worked).contains("Templates changed"), "{}", stdout(&worked));
    let hearing = templates.join("hearing_notice.da.txt");
    let wording = fs::read_to_string(&hearing).unwrap();
    fs::write(&hearing, wording + "\nEn linje mere.\n").unwrap();
    let worked = office.work_off(approving("hearing_notice"), &["--again"]);
    assert_eq!(code(&worked), 0, "{}", stderr(&worked));
    let told =
        "Templates changed since the run; these letters follow them as they are now: hearing_notice.da.txt\n";
    assert!(stdout(&worked).contains(told), "{}", stdout(&worked));
    let folders = office.folders_of_letters();
    let records = folders.iter().map(|folder| {
        office.run = folder.clone();
        office.record()["templates"].clone()
    });
    let records: Vec<Value> = records.collect();
    assert!(records.contains(&of_run) && records.iter().any(|record| *record != of_run), "{records:?}");
}

#[test]
fn letters_of_an_earlier_date_are_told() {
    let mut office = office();
    let warn = approving("portions_running_out");
    let worked = office.work_off(warn, &[]);
    assert_eq!(code(&worked), 0);
    assert!(!stdout(&worked).contains("also written"), "{}", stdout(&worked));
    let written = office.folders_of_letters().remove(0);
    inspect_again(&mut office, "2027-04-05", &[]);
    let worked = office.work_off(warn, &[]);
    assert_eq!(code(&worked), 0, "{}", stderr(&worked));
    let told = stdout(&worked);
    assert!(told.contains("were also written on 2027-03-15 (") && told.contains(text(&written)), "{told}");
}

#[test]
fn drafts_of_an_earlier_date_are_told_and_no_start_check_is_decided_twice() {
    let mut office = office();
    let (hear, decide) = (approving("start_check_hearing"), approving("start_check_decision"));
    let propose = approving("extra_klip_decision");
    assert_eq!(code(&office.work_off(hear, &[])), 0);
    let march = office.folders_of_letters().remove(0);
    assert_eq!(code(&office.work_off(propose, &[])), 0);

    inspect_again(&mut office, "2027-04-05", &[]);
    let heard = ["--heard", text(&march)];
    let decided = office.work_off(decide, &heard);
    assert_eq!(code(&decided), 0, "{}", stderr(&decided));
    let told = stdout(&office.work_off(propose, &[]));
    assert!(told.contains(" also written on 2027-03-15 ("), "{told}");

    inspect_again(&mut office, "2027-04-20", &[]);
    let twice = "start_check_decision is approved, and a decision was drafted here: E";
    refused(&office.work_off(decide, &heard), twice);
    let again = office.work_off(decide, &[&heard[..], &["--again"]].concat());
    assert_eq!(code(&again), 0, "{}", stderr(&again));
}

#[test]
fn what_is_written_once_more_leaves_the_first_as_it_was() {
    let office = office();
    assert_eq!(code(&office.work_off(approving("portions_running_out"), &[])), 0);
    let first = office.folders_of_letters().remove(0);
    let record = fs::read(first.join("run.json")).unwrap();
    let edited = office.home.join("edited.xlsx");
    for round in ["_2", "_3"] {
        let again = klip(&["letters", text(&office.run), "--worklist", text(&edited), "--again"]);
        assert_eq!(code(&again), 0, "{}", stderr(&again));
        assert!(office.folders_of_letters().contains(&PathBuf::from(format!("{}{round}", text(&first)))));
    }
    assert_eq!(office.folders_of_letters().len(), 3);
    assert_eq!(fs::read(first.join("run.json")).unwrap(), record);
}

#[test]
fn a_round_is_found_beside_a_run_that_is_named_by_a_link() {
    let mut office = office();
    let warn = approving("portions_running_out");
    assert_eq!(code(&office.work_off(warn, &[])), 0);
    let elsewhere = office.home.join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let link = elsewhere.join("inspection_date=2027-03-15");
    std::os::unix::fs::symlink(fs::canonicalize(&office.run).unwrap(), &link).unwrap();
    office.run = link;
    refused(&office.work_off(warn, &[]), "written here before");
}

#[test]
fn letters_that_another_run_of_the_day_would_not_write_are_told() {
    let office = office();
    assert_eq!(code(&office.work_off(approving("hearing_notice"), &[])), 0);
    // By the payments of two years earlier hardly anybody has used enough klip.
    let arguments = ["run", SAMPLE, "--output", text(&office.home), "--payments-through", "2025-03"];
    let ran = klip(&arguments);
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    let told = stdout(&ran);
    assert!(
        told.contains("It replaces a run of this date: ") && told.contains("not called for any more"),
        "{told}"
    );
    let again = stdout(&klip(&arguments));
    assert!(!again.contains("It replaces"), "{again}");
    let worked = office.work_off(approving("five_ects_warning"), &[]);
    assert_eq!(code(&worked), 0, "{}", stderr(&worked));
    assert!(
        stdout(&worked).contains(" written before that this run does not call for ("),
        "{}",
        stdout(&worked)
    );
}

#[test]
fn a_round_whose_record_was_changed_vouches_for_nothing() {
    let office = office();
    let warn = approving("portions_running_out");
    assert_eq!(code(&office.work_off(warn, &[])), 0);
    let written = office.folders_of_letters().remove(0);
    let record = fs::read_to_string(written.join("run.json")).unwrap();
    fs::write(written.join("run.json"), record.replace("letters/", "letters-")).unwrap();
    refused(
        &office.work_off(approving("five_ects_warning"), &[]),
        "which letters were written here cannot be told",
    );
}

#[test]
fn a_decision_passes_over_no_hearing_and_no_hearing_follows_it() {
    let mut office = office();
    let (hear, decide) = (approving("start_check_hearing"), approving("start_check_decision"));
    assert_eq!(code(&office.work_off(hear, &[])), 0);
    let march = office.folders_of_letters().remove(0);

    inspect_again(&mut office, "2027-04-05", &[]);
    assert_eq!(code(&office.work_off(hear, &[])), 0);
    // Heard again in April, which the office does not mention.
    let heard = ["--heard", text(&march)];
    refused(&office.work_off(decide, &heard), "the hearing of 2027-04-05 can be answered until 2027-04-19");
    inspect_again(&mut office, "2027-04-20", &[]);
    refused(&office.work_off(decide, &heard), "the student was heard again on 2027-04-05");

    let folders = office.folders_of_letters();
    let april = folders.iter().find(|folder| text(folder).contains("2027-04-05")).unwrap();
    assert_eq!(code(&office.work_off(decide, &["--heard", text(&march), "--heard", text(april)])), 0);
    refused(
        &office.work_off(hear, &[]),
        "start_check_hearing is approved, and a decision was drafted here: E",
    );
}

#[test]
fn an_answer_that_was_due_long_ago_is_told() {
    let mut office = office();
    inspect_again(&mut office, "2026-09-15", &[]);
    let worked = office.work_off(approving("portions_running_out"), &[]);
    assert_eq!(code(&worked), 0, "{}", stderr(&worked));
    assert!(!stdout(&worked).contains("which is past"), "{}", stdout(&worked));
    let worked = office.work_off(approving("hearing_notice"), &[]);
    assert_eq!(code(&worked), 0, "{}", stderr(&worked));
    assert!(
        stdout(&worked).contains("ask for an answer by 2026-09-29, which is past"),
        "{}",
        stdout(&worked)
    );
}

#[test]
fn a_hearing_that_could_only_be_written_by_hand_was_written() {
    let mut office = office();
    let merge = fs::read_to_string(office.run.join("mail_merge.csv")).unwrap();
    let heard = merge.lines().find(|row| row.contains("start_check_hearing")).unwrap();
    let enrolment = heard.split([';', ',']).next().unwrap();
    let exports = sample_copy(&office);
    // A given name in a script that no font has; the file is windows-1252, as UTF-8 it says the same.
    let register = exports.join("enrolments.csv");
    let rows: String = fs::read(&register).unwrap().into_iter().map(char::from).collect();
    let unprintable = rows.lines().map(|row| {
        let mut cells: Vec<&str> = row.split(';').collect();
        if cells[1] == enrolment {
            cells[3] = "\u{5C0F}";
        }
        cells.join(";") + "\n"
    });
    fs::write(&register, unprintable.collect::<String>()).unwrap();
    inspect_again(&mut office, "2027-03-15", &["--input", text(&exports)]);
    let march = office.run.clone();
    inspect_again(&mut office, "2027-04-05", &["--input", text(&exports)]);

    let decide = approving("start_check_decision");
    let worked = office.work_off(decide, &["--heard", text(&march)]);
    assert_eq!(code(&worked), 0, "{}", stderr(&worked));
    assert!(stdout(&worked).contains(" + 1 that cannot be printed (see run.json)"), "{}", stdout(&worked));
    // Decided by hand is decided.
    let hear_that_one = |worklist: &mut Rows, _: &mut Rows| {
        let (decision, letter) = (column(worklist, "decision"), column(worklist, "letter"));
        let of = column(worklist, "enrolment_id");
        for row in worklist.iter_mut().skip(1) {
            if row[letter] == "start_check_hearing" && row[of] == enrolment {
                row[decision] = Data::String("approve".to_owned());
            }
        }
    };
    refused(&office.work_off(hear_that_one, &[]), &format!("a decision was drafted here: {enrolment}"));
}
