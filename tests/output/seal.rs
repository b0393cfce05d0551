//! No byte of a run can change, vanish or appear unseen.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use klippekort::output::{Stage, verify};

use crate::record::record;

/// A run of three small files beside its record and seal.
fn published(folder: &Path) -> (PathBuf, String) {
    let stage = Stage::begin(folder, "run").expect("stage");
    stage.write("inspection.parquet", b"PAR1 not really PAR1").expect("written");
    stage.write("letters/K-17.html", b"<p>Hej</p>").expect("written");
    stage.write("empty.csv", b"").expect("written");
    let seal = record().write(&stage).expect("written").seal;
    (stage.publish().expect("published"), seal)
}

const FILES: [&str; 5] =
    ["inspection.parquet", "letters/K-17.html", "empty.csv", "run.json", "run.json.sha256"];

/// What `verify` says of a run with some files' contents replaced.
fn verdict_of(run: &Path, changed: &BTreeMap<&str, Vec<u8>>) -> Result<(), String> {
    let before: Vec<(&str, Vec<u8>)> =
        changed.keys().map(|name| (*name, fs::read(run.join(name)).expect("read"))).collect();
    for (name, bytes) in changed {
        fs::write(run.join(name), bytes).expect("written");
    }
    let verdict = verify(run, None).map(|_| ()).map_err(|problems| problems.to_string());
    for (name, bytes) in before {
        fs::write(run.join(name), bytes).expect("restored");
    }
    verdict
}

#[test]
fn every_changed_missing_or_extra_byte_is_found() {
    let folder = tempfile::tempdir().expect("folder");
    let (run, _) = published(folder.path());
    verify(&run, None).expect("as it was written");
    let mut changes = 0;
    for name in FILES {
        let bytes = fs::read(run.join(name)).expect("read");
        let mut damaged: Vec<Vec<u8>> = Vec::new();
        for at in 0..bytes.len() {
            for flip in [0x01, 0x20, 0x80] {
                let mut changed = bytes.clone();
                changed[at] ^= flip;
                damaged.push(changed);
            }
            let mut without = bytes.clone();
            without.remove(at);
            damaged.push(without);
            damaged.push(bytes[..at].to_vec());
        }
        for at in 0..=bytes.len() {
            for extra in [b'\n', b' ', 0, b'x'] {
                let mut with = bytes.clone();
                with.insert(at, extra);
                damaged.push(with);
            }
        }
        for changed in damaged.into_iter().filter(|changed| *changed != bytes) {
            changes += 1;
            let verdict = verdict_of(&run, &BTreeMap::from([(name, changed.clone())]));
            assert!(verdict.is_err(), "{name}: {:?}", String::from_utf8_lossy(&changed));
        }
    }
    assert!(changes > 5_000, "{changes}");
    verify(&run, None).expect("as it was written");
}

#[test]
fn whole_files_and_what_only_looks_like_one_are_found() {
    let folder = tempfile::tempdir().expect("folder");
    let (run, seal) = published(folder.path());
    for name in FILES {
        let path = run.join(name);
        let aside = folder.path().join("aside");
        fs::rename(&path, &aside).expect("moved");
        let told = verify(&run, None).expect_err(name).to_string();
        assert!(told.contains(name), "{told}");
        // A link to the very same bytes is not the file.
        symlink(&aside, &path).expect("linked");
        let told = verify(&run, None).expect_err(name).to_string();
        assert!(told.contains("not a plain file") || told.contains("seal"), "{told}");
        fs::remove_file(&path).expect("removed");
        fs::rename(&aside, &path).expect("moved back");
    }
    for extra in ["x.csv", "letters/K-18.html", ".hidden"] {
        fs::write(run.join(extra), "").expect("written");
        assert!(verify(&run, None).expect_err("extra").to_string().contains(extra));
        fs::remove_file(run.join(extra)).expect("removed");
    }
    fs::create_dir(run.join("empty")).expect("made");
    assert!(verify(&run, None).expect_err("extra").to_string().contains("empty/"));
    fs::remove_dir(run.join("empty")).expect("removed");
    assert_eq!(verify(&run, Some(&seal[..16])).expect("as it was written").seal, seal);
}

/// A record and a seal that were both rewritten agree with each other; the seal noted elsewhere tells.
#[test]
fn a_run_rewritten_whole_has_another_seal() {
    let folder = tempfile::tempdir().expect("folder");
    let (_, seal) = published(folder.path());
    let stage = Stage::begin(folder.path(), "run").expect("stage");
    stage.write("inspection.parquet", b"PAR1 forged PAR1").expect("written");
    record().write(&stage).expect("written");
    let run = stage.publish().expect("published");
    let forged = verify(&run, None).expect("whole in itself").seal;
    assert_ne!(forged, seal);
    let told = verify(&run, Some(&seal)).expect_err("another seal").to_string();
    assert!(told.contains("not the run that printed that seal"), "{told}");
}
