//! Applications for extra portions: what caps the estimate, and each condition.

use klippekort::base::Day;
use klippekort::contract::Table;
use klippekort::generate::catalogue::MSC;
use klippekort::generate::rows::Cell;

use crate::book::{Book, day, month};
use crate::student::Student;

/// What an application says. The default fulfils every condition.
#[derive(Clone, Copy)]
struct Claim {
    reason: &'static str,
    period: [&'static str; 2],
    applied: i32,
    form: &'static str,
    received_after: Option<i32>,
    certificate: &'static str,
    chronic: bool,
    statement: bool,
    signed: Option<bool>,
    period_stated: Option<bool>,
    other_support: Option<i32>,
}

const PLAIN: Claim = Claim {
    reason: "illness",
    period: ["2026-11", "2027-01"],
    applied: 3,
    form: "2027-02-10",
    received_after: Some(10),
    certificate: "general_practitioner",
    chronic: false,
    statement: true,
    signed: Some(true),
    period_stated: Some(true),
    other_support: None,
};

const AUTUMN: Claim = Claim { period: ["2026-09", "2026-12"], applied: 4, form: "2027-01-20", ..PLAIN };

fn claim(student: Student<'_>, claim: Claim) -> Student<'_> {
    let form = day(claim.form);
    let row = [
        student.claim_id(),
        student.enrolment(),
        Cell::Code(claim.reason),
        Cell::Month(month(claim.period[0])),
        Cell::Month(month(claim.period[1])),
        Cell::Int(claim.applied),
        Cell::Day(form),
        Cell::maybe(claim.received_after, |days| Cell::Day(Day::plus_days(form, days))),
        Cell::Code(claim.certificate),
        Cell::Bool(claim.chronic),
        Cell::Bool(claim.statement),
        Cell::maybe(claim.signed, Cell::Bool),
        Cell::maybe(claim.period_stated, Cell::Bool),
        Cell::maybe(claim.other_support, Cell::Int),
    ];
    student.row(Table::ExtraPortionClaims, row)
}

/// Twelve klip and 60 ECTS, all passed by June 2026.
fn ahead<'b>(book: &'b mut Book, id: &'static str, what: &'static str) -> Student<'b> {
    book.student(id, MSC, "2025-02-01", what).su("2026-03", "2027-02").ladder_on(
        0,
        60,
        &["2025-06-24", "2026-06-24"],
    )
}

/// The same, and one course passed in January 2027.
fn usual<'b>(book: &'b mut Book, id: &'static str, what: &'static str) -> Student<'b> {
    ahead(book, id, what).result("22511", "7", "2027-01-26")
}

pub fn write(book: &mut Book) {
    caps(book);
    conditions(book);
}

fn caps(book: &mut Book) {
    let plain = usual(book, "claim-plain", "ill for three months, one course passed");
    claim(plain, PLAIN)
        .claim_outcome(2, Some("none"), &[], &[])
        .why("exp 5*3 = 15, got 5, d = 10: 2; all = 5*24-65 = 55: 11; applied 3");
    let remainder = ahead(book, "claim-remainder", "the delay is not a whole number of portions");
    claim(remainder.result("01037", "BE", "2027-01-26"), PLAIN)
        .claim_outcome(2, Some("none"), &[], &[])
        .why("exp 15, got 2.5, d = 12.5: 2, and 2.5 over");
    let early = Claim { period: ["2026-01", "2026-03"], form: "2026-05-20", ..PLAIN };
    claim(ahead(book, "claim-support", "only the last of three months had SU"), early)
        .claim_outcome(1, None, &[], &[])
        .why("s = 1: exp = 5, got 0 in January to April 2026, d = 5: 1");
    let other = Claim { other_support: Some(1), ..early };
    claim(ahead(book, "claim-other-support", "and another month with another student support"), other)
        .claim_outcome(2, None, &[], &[])
        .why("s = 1+1 = 2: exp = 10, got 0, d = 10: 2");
    let applied = Claim { applied: 2, ..AUTUMN };
    claim(ahead(book, "claim-applied", "applied for fewer months than the delay"), applied)
        .claim_outcome(2, Some("applied"), &[], &[])
        .why("exp 20, got 0, d = 20: 4; applied 2");
    let granted = ahead(book, "claim-granted", "one portion is already granted for the period");
    claim(granted.grant("2026-11-01", 1, "illness", "2026-09", "2026-09"), AUTUMN)
        .claim_outcome(3, Some("granted"), &[], &[])
        .expect("klip_net", 11)
        .why("min(4, 4, 4, 11) - 1 = 3");
    let committee = ahead(book, "claim-committee", "eleven committee portions have been granted");
    claim(
        committee.grant("2025-12-15", 11, "committee", "2025-02", "2025-12"),
        Claim { reason: "committee", certificate: "none", ..AUTUMN },
    )
    .claim_outcome(1, Some("committee"), &[], &[])
    .claim_conditions_not_held()
    .expect("klip_net", 1)
    .why("min(4, 4, 4, 11) = 4; at most 12-11 = 1");
    let registered = ahead(book, "claim-registered", "registered for one course only in the window");
    claim(registered.register("22511", "2027-01-15", ""), PLAIN)
        .claim_outcome(1, None, &[], &[])
        .why("exp = min(15, 5) = 5, got 0, d = 5: 1");
    let whole = book
        .student("claim-whole-delay", MSC, "2025-02-01", "hardly behind in all, though late in the period")
        .su("2026-03", "2027-02")
        .ladder_on(0, 110, &["2025-06-24", "2026-06-24"]);
    claim(whole, AUTUMN)
        .claim_outcome(1, Some("whole_delay"), &[], &[])
        .why("d = 20: 4, but all = 5*23-110 = 5: 1");
}

fn conditions(book: &mut Book) {
    let chronic = Claim { chronic: true, ..PLAIN };
    claim(usual(book, "claim-chronic", "a chronic illness"), chronic)
        .claim_outcome(2, Some("none"), &["not_chronic"], &[])
        .why("the estimate is unchanged, a person decides");
    let psychologist = Claim { certificate: "psychologist", ..PLAIN };
    claim(usual(book, "claim-psychologist", "a certificate by a psychologist"), psychologist)
        .claim_outcome(2, Some("none"), &["certificate_accepted"], &[])
        .why("not one of the three who may certify");
    let journal = Claim { certificate: "journal_extract", ..PLAIN };
    claim(usual(book, "claim-journal", "an extract of the journal"), journal)
        .claim_outcome(2, Some("none"), &["certificate_accepted"], &[])
        .why("an extract is no certificate");
    let in_time = Claim { received_after: Some(21), certificate: "psychiatrist", ..PLAIN };
    claim(usual(book, "claim-21-days", "documents on the 21st day"), in_time)
        .claim_outcome(2, Some("none"), &[], &[])
        .why("2027-02-10 + 21 days: in time");
    let late = Claim { received_after: Some(22), certificate: "hospital_doctor", ..PLAIN };
    claim(usual(book, "claim-22-days", "documents on the 22nd day"), late)
        .claim_outcome(2, Some("none"), &["documents_in_time"], &[])
        .why("2027-02-10 + 22 days: one day late");
    let bare = Claim { statement: false, signed: None, period_stated: Some(false), ..PLAIN };
    claim(usual(book, "claim-bare", "no statement, no period, nobody noted the signature"), bare)
        .claim_outcome(
            2,
            Some("none"),
            &["certificate_period_stated", "personal_statement"],
            &["certificate_signed"],
        )
        .why("an empty cell is unknown, not false");
    let parental = usual(book, "claim-parental", "on parental SU in the period");
    claim(
        parental.pay("parental", "2026-12", "2026-12", 1).parent("child-1", "2026-12-10", "co_parent", 9),
        PLAIN,
    )
    .claim_outcome(2, Some("none"), &["no_parental_period"], &[])
    .why("December 2026 has a parental portion beside the ordinary one");
    let soon = Claim { period: ["2027-01", "2027-02"], applied: 2, form: "2027-03-01", ..PLAIN };
    claim(ahead(book, "claim-too-soon", "the exam periods are not over"), soon)
        .claim_outcome(2, Some("none"), &["delay_has_arisen"], &[])
        .why("the window ends on 2027-03-31, after the inspection; exp 10, got 0: 2");
    let before = Claim { period: ["2025-09", "2025-11"], form: "2026-01-10", ..PLAIN };
    claim(ahead(book, "claim-no-support", "no support in the period"), before)
        .claim_outcome(0, Some("none"), &["support_in_period"], &[])
        .why("s = 0: exp = 0, d = 0");
}
