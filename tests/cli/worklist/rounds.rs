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
    let exports = office.home.join("mended");
    fs::create_dir(&exports).unwrap();
    for entry in fs::read_dir("sample_data").unwrap().map(|entry| entry.unwrap().path()) {
        fs::copy(&entry, exports.join(entry.file_name().unwrap())).unwrap();
    }
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
    let templates = office.home.join("templates");
    copy_templates(&templates);
    let shipped = fs::canonicalize("reports/letters").unwrap();
    let pipeline = plain_pipeline_with(&office.home, "");
    let settings = fs::read_to_string(&pipeline).unwrap().replace(text(&shipped), text(&templates));
    fs::write(&pipeline, settings).unwrap();
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
