//! Analysts' tables under pseudonyms: useful to who may not know, useless to find out.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use serde_json::Value;

use crate::leaks::cells;
use crate::*;

fn key_file(folder: &Path, name: &str, bytes: &[u8], mode: u32) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    path
}

/// The key of the known answers, which another program computed.
fn known_key(folder: &Path) -> PathBuf {
    key_file(folder, "known.key", &(0..32).collect::<Vec<u8>>(), 0o600)
}
const KNOWN_KEY_ID: &str = "cad10b3bb416f0cf";
const KNOWN_E9000106: &str = "8ef18c6f64167207738f90a4b21b90fc";

fn run_with(key: &Path, output: &Path) -> PathBuf {
    let ran = klip(&["run", SAMPLE, "--output", text(output), "--pseudonymise", text(key), "--json"]);
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    let summary: Value = serde_json::from_str(&stdout(&ran)).unwrap();
    PathBuf::from(summary["run_folder"].as_str().unwrap())
}

fn names(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// Every student, enrolment and claim of the sample exports.
fn identifiers() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (table, columns) in [("enrolments", 2), ("extra_portion_claims", 2)] {
        let bytes = fs::read(format!("{}/sample_data/{table}.csv", env!("CARGO_MANIFEST_DIR"))).unwrap();
        for line in String::from_utf8_lossy(&bytes).lines().skip(1) {
            found.extend(line.split(';').take(columns).map(str::to_owned));
        }
    }
    found.remove("");
    found
}

const TABLES: [&str; 7] =
    ["attempts", "curriculum", "extra_portions", "findings", "inspection", "programme_ratios", "progress"];

#[test]
fn no_identifier_of_the_exports_is_left_anywhere() {
    let folder = tempfile::tempdir().unwrap();
    let run = run_with(&known_key(folder.path()), &folder.path().join("runs"));
    let expected: BTreeSet<String> = TABLES
        .iter()
        .map(|table| format!("{table}.parquet"))
        .chain(["run.json".to_owned(), "run.json.sha256".to_owned()])
        .collect();
    assert_eq!(names(&run), expected);
    let identifiers = identifiers();
    assert!(identifiers.len() > 600, "{}", identifiers.len());
    for name in &expected {
        let path = run.join(name);
        let bytes = if name.ends_with(".parquet") { cells(&path) } else { fs::read(&path).unwrap() };
        let content = String::from_utf8(bytes).unwrap();
        let words: BTreeSet<&str> = content.split(|c: char| !c.is_alphanumeric()).collect();
        for identifier in &identifiers {
            assert!(!words.contains(identifier.as_str()), "{identifier} in {name}");
        }
    }
    // Nor does a rule write one into its words, where it would have to be found again.
    klip(&["run", SAMPLE, "--output", text(folder.path()), "--no-letters", "--quiet"]);
    let plain = cells(&folder.path().join("inspection_date=2027-03-15/findings.parquet"));
    for cell in String::from_utf8(plain).unwrap().lines() {
        let words = cell.split([' ', ',', '}', '.', ';']).filter(|_| !identifiers.contains(cell));
        for id in words.filter(|word| identifiers.contains(*word)) {
            assert!(cell.contains(&format!("{{fact: claim, value: {id}")), "{cell}");
        }
    }
    assert_eq!(code(&klip(&["verify", text(&run)])), 0);
    assert_eq!(code(&klip(&["verify", text(&run.parent().unwrap().join("current"))])), 0);
}

#[test]
fn the_pseudonym_is_the_known_one_and_every_row_follows_it() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("runs");
    let key = known_key(folder.path());
    let run = run_with(&key, &output);
    assert!(run.ends_with(format!("pseudonymised={KNOWN_KEY_ID}/inspection_date=2027-03-15")));
    let record: Value = serde_json::from_slice(&fs::read(run.join("run.json")).unwrap()).unwrap();
    assert_eq!(record["pseudonyms"]["key_id"], KNOWN_KEY_ID);
    klip(&["run", SAMPLE, "--output", text(&output), "--quiet"]);
    let plain = output.join("inspection_date=2027-03-15");
    for table in TABLES {
        let count = |run: &Path, word: &str| {
            let content = String::from_utf8(cells(&run.join(format!("{table}.parquet")))).unwrap();
            content.matches(word).count()
        };
        let (before, after) = (count(&plain, "E9000106"), count(&run, KNOWN_E9000106));
        assert_eq!(before, after, "{table}");
        assert!(before > 0 || table == "programme_ratios", "{table}");
        let rows = |run: &Path| -> Value {
            let record: Value = serde_json::from_slice(&fs::read(run.join("run.json")).unwrap()).unwrap();
            let outputs = record["outputs"].as_array().unwrap().clone();
            outputs.into_iter().find(|file| file["path"] == format!("{table}.parquet")).unwrap()["rows"]
                .clone()
        };
        assert_eq!(rows(&plain), rows(&run), "{table}");
    }
    // The same key gives the same bytes; another one shares no pseudonym with it.
    let again = run_with(&key, &folder.path().join("again"));
    let other_key = key_file(folder.path(), "other.key", &[7; 32], 0o600);
    let other = run_with(&other_key, &output);
    for table in TABLES {
        let bytes = |run: &Path| fs::read(run.join(format!("{table}.parquet"))).unwrap();
        assert_eq!(bytes(&run), bytes(&again), "{table}");
    }
    let pseudonyms = |run: &Path| -> BTreeSet<String> {
        let content = String::from_utf8(cells(&run.join("inspection.parquet"))).unwrap();
        let of_32 = |word: &&str| word.len() == 32 && word.bytes().all(|b| b.is_ascii_hexdigit());
        content.lines().filter(of_32).map(str::to_owned).collect()
    };
    assert!(pseudonyms(&run).len() > 300 && pseudonyms(&run).is_disjoint(&pseudonyms(&other)));
}

#[test]
fn a_key_that_is_short_shared_or_among_the_tables_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("runs");
    fs::create_dir(&output).unwrap();
    let cases = [
        (folder.path().join("none.key"), "cannot be read"),
        (key_file(folder.path(), "short.key", &[1; 31], 0o600), "32 to 4096 bytes"),
        (key_file(folder.path(), "long.key", &[1; 4097], 0o600), "32 to 4096 bytes"),
        (key_file(folder.path(), "group.key", &[1; 32], 0o640), "others may read"),
        (key_file(folder.path(), "world.key", &[1; 32], 0o604), "others may read"),
        (key_file(&output, "inside.key", &[1; 32], 0o600), "output folder"),
        (folder.path().to_path_buf(), "not a plain file"),
    ];
    for (key, message) in cases {
        let ran = klip(&["run", SAMPLE, "--output", text(&output), "--pseudonymise", text(&key)]);
        assert_eq!(code(&ran), 2, "{message}: {}", stderr(&ran));
        assert!(stderr(&ran).contains(message) && stderr(&ran).contains("help: "), "{}", stderr(&ran));
    }
    assert_eq!(names(&output), BTreeSet::from(["inside.key".to_owned()]));
    let accepted = key_file(folder.path(), "read_only.key", &[1; 32], 0o400);
    run_with(&accepted, &output);
}

#[test]
fn who_has_the_key_can_explain_a_pseudonym_and_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let key = known_key(folder.path());
    let run = run_with(&key, &folder.path().join("runs"));
    let other = key_file(folder.path(), "other.key", &[7; 32], 0o600);
    for arguments in [vec![], vec!["--pseudonymise", text(&other)]] {
        for id in ["E9000106", KNOWN_E9000106] {
            let refused = klip(&[vec!["explain", text(&run), id], arguments.clone()].concat());
            assert_eq!((code(&refused), stdout(&refused).as_str()), (2, ""), "{}", stderr(&refused));
            assert!(stderr(&refused).contains("--pseudonymise"), "{}", stderr(&refused));
        }
    }
    let explained = klip(&["explain", text(&run), KNOWN_E9000106, "SU101", "--pseudonymise", text(&key)]);
    assert_eq!(code(&explained), 0, "{}", stderr(&explained));
    assert!(stdout(&explained).contains("E9000106"), "{}", stdout(&explained));
}

#[test]
fn no_letter_comes_from_a_run_under_pseudonyms() {
    let scratch = tempfile::tempdir().unwrap();
    let run = run_with(&known_key(scratch.path()), &scratch.path().join("runs"));
    for asked in [
        &["letters", "preview", text(&run), "E9000106"][..],
        &["letters", text(&run), "--worklist", "w.xlsx"],
    ] {
        let refused = klip(asked);
        assert_eq!(code(&refused), 2, "{}", stdout(&refused));
        assert!(stderr(&refused).contains("letters bear names"), "{}", stderr(&refused));
    }
    assert!(!run.parent().unwrap().join("preview").exists());
}
