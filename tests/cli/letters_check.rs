//! `klip letters check` finds what a hand in the templates can break, and says where.

use std::fs;

use crate::*;

/// The check of the letters, and that of everything, with templates of which one was changed.
fn with(template: &str, change: impl Fn(&str) -> String) -> [Output; 2] {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("letters");
    copy("reports/letters", &folder);
    let path = folder.join(template);
    let before = fs::read_to_string(&path).unwrap();
    let after = change(&before);
    assert_ne!(before, after, "{template}");
    fs::write(&path, after).unwrap();
    let pipeline = plain_pipeline_with(scratch.path(), "");
    let pipeline = text(&pipeline);
    [klip(&["letters", "check", pipeline]), klip(&["check", pipeline])]
}

#[test]
fn the_shipped_wording_is_in_order() {
    let checked = klip(&["letters", "check", SAMPLE]);
    assert_eq!(code(&checked), 0, "{}", stderr(&checked));
    assert!(stdout(&checked).contains("10 kinds in both languages"), "{}", stdout(&checked));
}

#[test]
fn only_the_dates_can_be_said_otherwise() {
    let checked = klip(&["letters", "check", SAMPLE, "--inspection-date", "2027-09-15"]);
    assert_eq!(code(&checked), 0, "{}", stderr(&checked));
    for ignored in ["--input", "--previous"] {
        let checked = klip(&["letters", "check", SAMPLE, ignored, "sample_data"]);
        assert_eq!(code(&checked), 2, "{ignored}");
        assert!(stderr(&checked).contains(ignored), "{}", stderr(&checked));
    }
}

/// Template, what is done to it, what is then said.
type Case = (&'static str, Box<dyn Fn(&str) -> String>, &'static str);

#[test]
fn every_fault_names_its_template() {
    let without = |part: &'static str| move |text: &str| text.replace(part, "");
    let cases: Vec<Case> = vec![
        ("last_attempt.en.txt", Box::new(without("{% include \"_rules.en.txt\" %}")), "does not cite"),
        ("_facts_su.da.txt", Box::new(without("{{ masked }}")), "masked CPR"),
        ("legacy_hearing.da.txt", Box::new(without("# UDKAST: ")), "title"),
        ("_draft.en.txt", Box::new(without("DRAFT, not sent. ")), "pages do not say DRAFT"),
        ("_appeal.da.txt", Box::new(without("{{ appeal.marking }}")), "appeal is marked"),
        ("_appeal.en.txt", Box::new(without("{{ appeal.weeks }}")), "weeks of an appeal"),
        (
            "guidance_invitation.en.txt",
            Box::new(|text| text.replacen("\n## ", "\nOne paragraph more.\n\n## ", 1)),
            "not the same parts",
        ),
        ("hearing_notice.en.txt", Box::new(|text| text.replacen("Dear", "\u{1F44B} Dear", 1)), "U+1F44B"),
        (
            "hearing_notice.da.txt",
            Box::new(|text| text.replacen("Kære", "Du har været syg. Kære", 1)),
            "speaks of health: `syg`",
        ),
        (
            "hearing_notice.en.txt",
            Box::new(|text| text.replacen("Dear {{ recipient.name }}", "Dear {{ recipient.nickname }}", 1)),
            "cannot be written",
        ),
    ];
    for (template, change, says) in cases {
        let [letters, everything] = with(template, change);
        assert_eq!(code(&letters), 2, "{template}: {}", stdout(&letters));
        for checked in [letters, everything] {
            assert_ne!(code(&checked), 0, "{template}: {}", stdout(&checked));
            let told = stderr(&checked);
            assert!(told.contains(says), "{template}: {told}");
            let language = &template[template.len() - 6..];
            assert!(told.contains(language), "{template}: {told}");
        }
    }
    let [gone, _] = with("portions_running_out.da.txt", |_| String::new());
    assert_eq!(code(&gone), 2);
    assert!(stderr(&gone).contains("portions_running_out.da.txt"), "{}", stderr(&gone));
}
