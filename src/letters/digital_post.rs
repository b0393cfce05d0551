//! `digital_post/`: what a sender system needs to send each letter as Digital Post. Nothing is sent.
//!
//! One JSON object per line and letter, with the names of MeMo 1.2 in the order of its schema. What
//! only the sender system can know is left out: `createdDateTime`, the content in base64 (`filename`
//! and `sha256` name the PDF in the same folder tree), and `notification`, which may carry nothing
//! sensitive. `mandatory` and `legalNotification` are decisions of a person and stand as false.
//!
//! Here alone the whole CPR number is written. Students who are exempt from Digital Post, or whose
//! number is not known, are listed in a file of their own, without it.

use chrono::{Datelike, Weekday};
use csv::Writer;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::context::LetterContext;
use super::mail_merge::csv_cell;
use crate::base::{Day, hexadecimal};
use crate::diagnostics::{Diagnostic, Place};
use crate::output::spreadsheet_csv;
use crate::student::exports::Person;

const MESSAGES: &str = "digital_post/messages.jsonl";
const ELSEWHERE: &str = "digital_post/not_digital.csv";

/// The longest label and file name of MeMo.
const LONGEST_LABEL: usize = 256;

/// A letter that is finished, and whom it is for.
pub struct Posted<'a> {
    pub letter: &'a LetterContext,
    pub title: &'a str,
    /// Relative to the run's folder.
    pub file: &'a str,
    /// Of the file, in hexadecimal.
    pub sha256: &'a str,
    pub person: &'a Person,
    /// Not exempt.
    pub digital_post: bool,
    /// Last day and clock time of the answer, of letters that hear the student.
    pub answer_by: Option<(Day, &'a str)>,
}

/// Collects the records of a run. The order is the caller's.
pub struct DigitalPost {
    sender_cvr: String,
    messages: Vec<u8>,
    elsewhere: Writer<Vec<u8>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    memo_version: &'static str,
    message_type: &'static str,
    #[serde(rename = "messageUUID")]
    message_uuid: String,
    #[serde(rename = "messageID")]
    message_id: &'a str,
    label: String,
    mandatory: bool,
    legal_notification: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_by_date_time: Option<String>,
    sender: Party<'a>,
    recipient: Recipient<'a>,
    message_body: Body<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Party<'a> {
    #[serde(rename = "senderID")]
    sender_id: &'a str,
    id_type: &'static str,
    label: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Recipient<'a> {
    #[serde(rename = "recipientID")]
    recipient_id: &'a str,
    id_type: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    main_document: MainDocument<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MainDocument<'a> {
    #[serde(rename = "mainDocumentID")]
    main_document_id: &'a str,
    label: String,
    file: File<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct File<'a> {
    encoding_format: &'static str,
    filename: &'a str,
    language: &'a str,
    sha256: &'a str,
}

impl DigitalPost {
    pub fn new(sender_cvr: &str) -> Result<DigitalPost, Diagnostic> {
        let mut elsewhere = spreadsheet_csv::writer(Vec::new()).map_err(unwritten)?;
        elsewhere
            .write_record(["enrolment_id", "student_id", "letter", "language", "file", "reason"])
            .map_err(unwritten)?;
        Ok(DigitalPost { sender_cvr: sender_cvr.to_owned(), messages: Vec::new(), elsewhere })
    }

    pub fn add(&mut self, posted: &Posted<'_>) -> Result<(), Diagnostic> {
        let cpr = match (&posted.person.cpr, posted.digital_post) {
            (Some(cpr), true) => cpr,
            (None, _) => return self.list_elsewhere(posted, "no_cpr"),
            (Some(_), false) => return self.list_elsewhere(posted, "exempt"),
        };
        let name = posted.file.rsplit('/').next().unwrap_or(posted.file);
        let id = name.split('.').next().unwrap_or(name);
        let label: String = posted.title.chars().take(LONGEST_LABEL).collect();
        let message = Message {
            memo_version: "1.2",
            message_type: "DIGITALPOST",
            message_uuid: uuid(id),
            message_id: id,
            label: label.clone(),
            mandatory: false,
            legal_notification: false,
            reply_by_date_time: posted.answer_by.map(|(day, time)| zulu(day, time)),
            sender: Party {
                sender_id: &self.sender_cvr,
                id_type: "CVR",
                label: &posted.letter.authority.university,
            },
            recipient: Recipient { recipient_id: cpr.as_recipient(), id_type: "CPR" },
            message_body: Body {
                main_document: MainDocument {
                    main_document_id: id,
                    label,
                    file: File {
                        encoding_format: "application/pdf",
                        filename: posted.file,
                        language: posted.letter.language,
                        sha256: posted.sha256,
                    },
                },
            },
        };
        serde_json::to_writer(&mut self.messages, &message).map_err(unwritten)?;
        self.messages.push(b'\n');
        Ok(())
    }

    fn list_elsewhere(&mut self, posted: &Posted<'_>, reason: &str) -> Result<(), Diagnostic> {
        let (letter, recipient) = (posted.letter, &posted.letter.recipient);
        let cells = [
            &recipient.enrolment_id,
            &recipient.student_id,
            letter.kind,
            letter.language,
            posted.file,
            reason,
        ];
        self.elsewhere.write_record(cells.map(csv_cell)).map_err(unwritten)
    }

    /// The files by name.
    pub fn finish(self) -> Result<[(&'static str, Vec<u8>); 2], Diagnostic> {
        let elsewhere = self.elsewhere.into_inner().map_err(|error| unwritten(error.into_error()))?;
        Ok([(MESSAGES, self.messages), (ELSEWHERE, elsewhere)])
    }
}

fn unwritten(error: impl std::fmt::Display) -> Diagnostic {
    Diagnostic::output(Place::file("digital_post"), format!("a record cannot be written: {error}"))
}

/// In the pattern of a version 4 UUID, and the same whenever the same letter is made.
fn uuid(letter_id: &str) -> String {
    let mut bytes: Vec<u8> =
        Sha256::digest(format!("message {letter_id}")).iter().take(16).copied().collect();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hexadecimal(&bytes);
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// A clock time `HH:MM` of a Danish day as UTC. Summer time runs from the last Sunday of March to the
/// last Sunday of October; both change while offices are closed.
fn zulu(day: Day, time: &str) -> String {
    let summer = last_sunday(day, 3) <= day && day < last_sunday(day, 10);
    let (hour, minute) = time.split_once(':').unwrap_or((time, "00"));
    let behind = if summer { 2 } else { 1 };
    let hour: i32 = hour.parse::<i32>().unwrap_or(0) - behind;
    let (day, hour) = if hour < 0 { (day.plus_days(-1), hour + 24) } else { (day, hour) };
    format!("{day}T{hour:02}:{minute}:00Z")
}

fn last_sunday(of_year: Day, month: u32) -> Day {
    let last = crate::base::Month::new(of_year.date().year(), month).last_day();
    let after_sunday = last.date().weekday().days_since(Weekday::Sun);
    last.plus_days(-(after_sunday as i32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn danish_clock_times_become_utc_on_both_sides_of_the_change() {
        for (day, time, expected) in [
            ("2027-03-27", "12:00", "2027-03-27T11:00:00Z"),
            ("2027-03-28", "12:00", "2027-03-28T10:00:00Z"),
            ("2027-10-30", "12:00", "2027-10-30T10:00:00Z"),
            ("2027-10-31", "12:00", "2027-10-31T11:00:00Z"),
            ("2028-01-01", "00:30", "2027-12-31T23:30:00Z"),
        ] {
            assert_eq!(zulu(Day::parse_iso(day).expect("a date"), time), expected);
        }
    }

    #[test]
    fn a_uuid_has_its_version_and_variant_and_is_stable() {
        let uuid = uuid("00ff");
        assert_eq!(uuid, super::uuid("00ff"));
        assert_ne!(uuid, super::uuid("00fe"));
        assert!(uuid.len() == 36 && &uuid[14..15] == "4" && "89ab".contains(&uuid[19..20]), "{uuid}");
    }
}
