//! Records for Digital Post: one per letter, the whole CPR number here and nowhere else.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::*;

const SECTION: &str = "[digital_post]\nwrite = true\nsender_cvr = \"12345678\"";

#[test]
fn every_letter_has_a_record_or_stands_in_the_list_of_the_others() {
    let scratch = tempfile::tempdir().unwrap();
    let (input, output) = (scratch.path().join("in"), scratch.path().join("out"));
    klip(&["generate", "--students", "300", "--seed", "3", "--output", text(&input)]);
    let pipeline = plain_pipeline_with(scratch.path(), SECTION);
    let ran = klip(&["run", text(&pipeline), "--input", text(&input), "--output", text(&output), "--json"]);
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    let record: Value = serde_json::from_slice(&ran.stdout).unwrap();
    let due: u64 = record["letters"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
    let run = output.join("inspection_date=2027-03-15");
    assert_eq!(code(&klip(&["verify", text(&run)])), 0);

    let register = fs::read_to_string(input.join("enrolments.csv")).unwrap();
    let numbers: BTreeSet<String> =
        register.lines().skip(1).map(|line| line.split(',').nth(2).unwrap().replace('-', "")).collect();
    let messages = fs::read_to_string(run.join("digital_post/messages.jsonl")).unwrap();
    let mut ids = BTreeSet::new();
    let mut heard = 0;
    for line in messages.lines() {
        let message: Value = serde_json::from_str(line).unwrap();
        let said = |pointer: &str| message.pointer(pointer).unwrap().as_str().unwrap().to_owned();
        assert_eq!((said("/memoVersion"), said("/messageType")), ("1.2".into(), "DIGITALPOST".into()));
        assert_eq!((said("/sender/senderID"), said("/sender/idType")), ("12345678".into(), "CVR".into()));
        assert_eq!(said("/recipient/idType"), "CPR");
        assert!(
            said("/recipient/recipientID").len() == 10 && numbers.contains(&said("/recipient/recipientID"))
        );
        assert_eq!((&message["mandatory"], &message["legalNotification"]), (&false.into(), &false.into()));
        let file = said("/messageBody/mainDocument/file/filename");
        let bytes = fs::read(run.join(&file)).unwrap();
        assert_eq!(said("/messageBody/mainDocument/file/sha256"), klippekort::base::sha256_hex(&bytes));
        assert_eq!(said("/messageBody/mainDocument/file/encodingFormat"), "application/pdf");
        assert!(["da", "en"].contains(&said("/messageBody/mainDocument/file/language").as_str()));
        assert!(!said("/label").is_empty() && said("/label").chars().count() <= 256);
        // 29 March 2027 at 12:00, in summer time.
        if let Some(by) = message.get("replyByDateTime") {
            assert_eq!(by, "2027-03-29T10:00:00Z");
            heard += 1;
        }
        assert!(ids.insert(said("/messageUUID")), "an id twice");
    }
    let others = fs::read_to_string(run.join("digital_post/not_digital.csv")).unwrap();
    let others: Vec<&str> = others.lines().skip(1).collect();
    assert!(others.iter().all(|line| line.ends_with(";exempt") || line.ends_with(";no_cpr")), "{others:?}");
    assert_eq!(ids.len() + others.len(), due as usize);
    assert!(!ids.is_empty() && !others.is_empty() && heard > 0 && heard < ids.len());
    for number in numbers.iter().filter(|number| number.len() == 10) {
        assert!(!others.iter().any(|line| line.contains(number.as_str())));
    }
}

#[test]
fn nothing_is_written_unasked_and_a_wrong_sender_is_refused() {
    let scratch = tempfile::tempdir().unwrap();
    for (section, expected) in [("", 0), ("[digital_post]\nwrite = false", 0), (SECTION, 0)] {
        let pipeline = plain_pipeline_with(scratch.path(), section);
        let output = scratch.path().join("out");
        let input = scratch.path().join("in");
        if !input.exists() {
            klip(&["generate", "--students", "5", "--output", text(&input)]);
        }
        let ran =
            klip(&["run", text(&pipeline), "--input", text(&input), "--output", text(&output), "--quiet"]);
        assert_eq!(code(&ran), expected, "{}", stderr(&ran));
        let there = output.join("inspection_date=2027-03-15/digital_post").exists();
        assert_eq!(there, section == SECTION, "{section}");
    }
    for wrong in
        ["write = true", "write = true\nsender_cvr = \"1234567\"", "write = true\nsender = \"12345678\""]
    {
        let pipeline = plain_pipeline_with(scratch.path(), &format!("[digital_post]\n{wrong}"));
        let ran = klip(&["run", text(&pipeline), "--dry-run"]);
        assert_eq!(code(&ran), 2, "{wrong}");
        assert!(stderr(&ran).contains("digital_post.sender"), "{}", stderr(&ran));
    }
}
