//! Analysts' tables under pseudonyms: who has the key can tell who is meant, nobody else.
//!
//! A pseudonym is the first 128 bits of HMAC-SHA-256 of the identifier and what kind it is, in
//! hexadecimal. The same key gives the same pseudonyms in every run, so a recipient can follow a
//! case over the years; two recipients have two keys and cannot put their tables together. What
//! the rows say of a person (programme, start, course of study) stays, so the tables are
//! pseudonymous, never anonymous.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use compact_str::format_compact;
use hmac::{Hmac, KeyInit, Mac};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::base::hexadecimal;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::student::exports::Exports;
use crate::verdicts::{Finding, Inspection};

const SHORTEST_KEY: u64 = 32;
/// A key is drawn, never typed; a longer file is another file named by mistake.
const LONGEST_KEY: u64 = 4096;
const PSEUDONYM_BYTES: usize = 16;
const KEY_ID_BYTES: usize = 8;

/// What the record says of a run under pseudonyms.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PseudonymRecord {
    pub method: String,
    /// Of the key, and nothing that helps to find it.
    pub key_id: String,
}

/// What an identifier identifies; the same text has another pseudonym in another column.
#[derive(Clone, Copy, Debug)]
pub enum Identifier {
    Student,
    Enrolment,
    Claim,
    Finding,
}

impl Identifier {
    const fn column(self) -> &'static str {
        match self {
            Identifier::Student => "student_id",
            Identifier::Enrolment => "enrolment_id",
            Identifier::Claim => "claim_id",
            Identifier::Finding => "finding_id",
        }
    }
}

/// A recipient's key. It has no `Debug`.
pub struct PseudonymKey(Hmac<Sha256>);

impl PseudonymKey {
    /// Reads a key file: at least 32 bytes, its owner's alone, and not below the output folder,
    /// which may be handed on.
    pub fn read(path: &Path, output_folder: &Path) -> Result<PseudonymKey, Diagnostics> {
        let refused = |message: String, hint: &str| {
            let place = Place::file(path.display().to_string());
            Diagnostics::from(Diagnostic::setup(place, message).hint(hint))
        };
        let draw = "name the key of the run, or for a new recipient draw one: (umask 077; head -c 32 /dev/urandom > KEYFILE)";
        let mut file =
            File::open(path).map_err(|error| refused(format!("the key cannot be read: {error}"), draw))?;
        let facts =
            file.metadata().map_err(|error| refused(format!("the key cannot be read: {error}"), draw))?;
        if !facts.is_file() {
            return Err(refused("the key is not a plain file".to_owned(), draw));
        }
        if facts.permissions().mode() & 0o077 != 0 {
            return Err(refused(
                "others may read this key".to_owned(),
                "chmod 600 KEYFILE, or draw a new one",
            ));
        }
        if !(SHORTEST_KEY..=LONGEST_KEY).contains(&facts.len()) {
            let message =
                format!("a key has {SHORTEST_KEY} to {LONGEST_KEY} bytes, this file {}", facts.len());
            return Err(refused(message, draw));
        }
        let home = |path: &Path| fs::canonicalize(path);
        if let (Ok(key), Ok(output)) = (home(path), home(output_folder))
            && key.starts_with(output)
        {
            return Err(refused(
                "the key lies in the output folder, and would be handed on with the tables".to_owned(),
                "move it to a folder of its own",
            ));
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)
            .map_err(|error| refused(format!("the key cannot be read: {error}"), draw))?;
        let mac = Hmac::new_from_slice(&bytes)
            .map_err(|error| refused(format!("the key cannot be used: {error}"), draw))?;
        Ok(PseudonymKey(mac))
    }

    pub fn record(&self) -> PseudonymRecord {
        PseudonymRecord { method: "HMAC-SHA-256, first 128 bits".to_owned(), key_id: self.id() }
    }

    /// Tells keys apart.
    pub fn id(&self) -> String {
        self.digest("key_id", "", KEY_ID_BYTES)
    }

    pub fn pseudonym(&self, kind: Identifier, identifier: &str) -> String {
        self.digest(kind.column(), identifier, PSEUDONYM_BYTES)
    }

    fn digest(&self, kind: &str, text: &str, bytes: usize) -> String {
        let mut mac = self.0.clone();
        mac.update(kind.as_bytes());
        mac.update(b"\0");
        mac.update(text.as_bytes());
        hexadecimal(&mac.finalize().into_bytes()[..bytes])
    }

    /// The real identifier of a student or an enrolment of the register.
    pub fn reveal<'e>(&self, exports: &'e Exports, pseudonym: &str) -> Option<&'e str> {
        exports.enrolments.iter().find_map(|enrolment| {
            let ids = [
                (Identifier::Enrolment, &enrolment.enrolment_id),
                (Identifier::Student, &enrolment.student_id),
            ];
            ids.into_iter()
                .find(|(kind, id)| self.pseudonym(*kind, id) == pseudonym)
                .map(|(_, id)| id.as_str())
        })
    }

    /// The same inspection under pseudonyms, every table sorted by its new keys. Places in the
    /// register are numbered anew: nothing may be read from the old order.
    pub fn pseudonymise(&self, mut inspection: Inspection, exports: &Exports) -> Inspection {
        let known = Known::of(&inspection, exports);
        inspection.inspection.par_iter_mut().for_each(|row| {
            row.student_id = self.pseudonym(Identifier::Student, &row.student_id).into();
            row.enrolment_id = self.pseudonym(Identifier::Enrolment, &row.enrolment_id).into();
        });
        // Rows of the curriculum name their enrolment by its position, which the new order moves.
        let mut order: Vec<u32> = (0..).take(inspection.inspection.len()).collect();
        order.par_sort_unstable_by_key(|position| &inspection.inspection[*position as usize].enrolment_id);
        let mut moved_to = vec![0_u32; order.len()];
        for (now, before) in (0_u32..).zip(&order) {
            moved_to[*before as usize] = now;
        }
        for row in &mut inspection.curriculum {
            row.inspected = moved_to[row.inspected as usize];
        }
        inspection.curriculum.par_sort_unstable_by_key(|row| (row.inspected, row.requirement));
        inspection.inspection.par_sort_unstable_by(|a, b| a.enrolment_id.cmp(&b.enrolment_id));
        inspection.register_index = (0..).take(inspection.inspection.len()).collect();
        inspection.attempts.par_iter_mut().for_each(|row| {
            row.enrolment_id = self.pseudonym(Identifier::Enrolment, &row.enrolment_id).into();
        });
        inspection.attempts.par_sort_unstable_by(|a, b| {
            (&a.enrolment_id, &a.course_group).cmp(&(&b.enrolment_id, &b.course_group))
        });
        inspection.extra_portions.par_iter_mut().for_each(|row| {
            row.claim_id = self.pseudonym(Identifier::Claim, &row.claim_id);
            row.enrolment_id = self.pseudonym(Identifier::Enrolment, &row.enrolment_id).into();
        });
        inspection.extra_portions.par_sort_unstable_by(|a, b| a.claim_id.cmp(&b.claim_id));
        inspection.findings.par_iter_mut().for_each(|finding| self.pseudonymise_finding(finding, &known));
        inspection
            .findings
            .par_sort_unstable_by(|a, b| (&a.enrolment_id, a.rule).cmp(&(&b.enrolment_id, b.rule)));
        inspection
            .progress
            .par_iter_mut()
            .for_each(|(enrolment, _)| *enrolment = self.pseudonym(Identifier::Enrolment, enrolment).into());
        inspection.progress.par_sort_unstable_by(|a, b| a.0.cmp(&b.0));
        // For letters alone, and nobody is written to under a pseudonym.
        inspection.particulars.clear();
        inspection
    }

    /// A finding's own id is a plain hash of the enrolment's: who knows the ids could try them all.
    fn pseudonymise_finding(&self, finding: &mut Finding, known: &Known) {
        finding.finding_id =
            format_compact!("{}-{}", finding.rule, self.pseudonym(Identifier::Finding, &finding.finding_id));
        finding.enrolment_id = self.pseudonym(Identifier::Enrolment, &finding.enrolment_id).into();
        finding.message = self.text(&finding.message, known);
        for fact in &mut finding.evidence {
            fact.value = match fact.fact {
                "claim" => self.pseudonym(Identifier::Claim, &fact.value),
                _ => self.text(&fact.value, known),
            }
            .into();
            let source = match fact.source.split_once("enrolment_id=") {
                Some((table, id)) => {
                    format!("{table}enrolment_id={}", self.pseudonym(Identifier::Enrolment, id))
                }
                None => self.text(&fact.source, known),
            };
            fact.source = source.into();
        }
    }

    /// No rule writes an id into its words; should one ever do, it is replaced here, unless it could be a figure.
    fn text(&self, text: &str, known: &Known) -> String {
        let in_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '.');
        let mut written = String::with_capacity(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.find(|c| !in_word(c)).unwrap_or(rest.len());
            let word = &rest[..end];
            let bare = word.trim_end_matches('.');
            match known.kind(bare) {
                Some(kind) => {
                    written.push_str(&self.pseudonym(kind, bare));
                    written.push_str(&word[bare.len()..]);
                }
                None => written.push_str(word),
            }
            let between = rest[end..].find(in_word).map_or(rest.len(), |next| end + next);
            written.push_str(&rest[end..between]);
            rest = &rest[between..];
        }
        written
    }
}

/// Every identifier of the exports that a text could hold.
struct Known(HashMap<String, Identifier>);

impl Known {
    fn of(inspection: &Inspection, exports: &Exports) -> Known {
        let mut known = HashMap::new();
        for claim in &inspection.extra_portions {
            known.insert(claim.claim_id.clone(), Identifier::Claim);
        }
        for enrolment in &exports.enrolments {
            known.insert(enrolment.student_id.to_string(), Identifier::Student);
            known.insert(enrolment.enrolment_id.to_string(), Identifier::Enrolment);
        }
        Known(known)
    }

    /// A short number in a text is a figure, also where an office numbers its students from 1.
    fn kind(&self, word: &str) -> Option<Identifier> {
        const LONGEST_FIGURE: usize = 5;
        let figure = word.len() <= LONGEST_FIGURE && !word.chars().any(char::is_alphabetic);
        if figure { None } else { self.0.get(word).copied() }
    }
}
