//! Lines that the gate must reject or repair. They are written as text: the tables could not
//! hold them. Dates are Danish, as in every file of the sample.

use klippekort::contract::Table;
use klippekort::generate::catalogue::{MSC, MSC_THESIS};

use crate::book::{Book, Broken};
use crate::student::Student;

fn steady<'b>(book: &'b mut Book, id: &'static str, what: &'static str) -> Student<'b> {
    book.student(id, MSC, "2025-02-01", what).su("2026-03", "2027-02").ladder(60)
}

pub fn write(book: &mut Book) {
    results(book);
    other_tables(book);
    register(book);
}

fn results(book: &mut Book) {
    let lines = [
        ("missing_cell", "{E};22511;5;7"),
        ("missing_cell", "{E};22511;;7;16-01-2026;26-01-2026;nej;;;"),
        ("extra_cell", "{E};22511;5;7;16-01-2026;26-01-2026;nej;;;;;;ekstra"),
        ("stray_quote", "{E};22511;5;7;16-01-2026;26-01-2026;nej;\"Lund;;"),
        ("bad_number", "{E};22511;fem;7;16-01-2026;26-01-2026;nej;;;"),
        ("excess_decimals", "{E};22511;5,125;7;16-01-2026;26-01-2026;nej;;;"),
        ("out_of_range", "{E};22511;999;7;16-01-2026;26-01-2026;nej;;;"),
        ("bad_date", "{E};22511;5;7;16-01-2026;31-02-2026;nej;;;"),
        ("bad_bool", "{E};22511;5;7;16-01-2026;26-01-2026;måske;;;"),
        ("unknown_code", "{E};22511;5;13;16-01-2026;26-01-2026;nej;;;"),
        ("unknown_course", "{E};99999;5;7;16-01-2026;26-01-2026;nej;;;"),
        ("unknown_enrolment", "E9999999;22511;5;7;16-01-2026;26-01-2026;nej;;;"),
        ("duplicate_row", "{E};10122;5;7;14-06-2025;24-06-2025;nej;;;"),
        ("blank_line", ""),
    ];
    let mut student = steady(book, "rejected-results", "a dozen rows of results that cannot be read");
    for (reason, line) in lines {
        student = student.broken(Table::Results, reason, line);
    }
    // A letter of another encoding: no UTF-8.
    let mut line = format!("{};22511;5;7;16-01-2026;26-01-2026;ja;K", student.enrolment_id()).into_bytes();
    line.push(0xF8);
    line.extend(b"benhavn;;");
    student.book.broken.push(Broken { table: Table::Results, reason: "bad_encoding", line });
    student.reviews(&["rejected_input"]).why("whatever the rows say, a person must look at them");
    steady(book, "repaired", "a spreadsheet has eaten the zeros of a grade and of a course code")
        .broken(Table::Results, "repaired_code", "{E};22511;5;2;16-01-2026;26-01-2026;nej;;;")
        .broken(Table::Results, "repaired_course_code", "{E};1005;10;7;16-01-2026;26-01-2026;nej;;;")
        .progress(12, "75", "on_track", "active")
        .why("2 is read as 02 and 1005 as 01005: 60+5+10 = 75, and no review");
}

fn other_tables(book: &mut Book) {
    let student = steady(book, "rejected-payments", "payments that cannot be read");
    student
        .broken(Table::SuPayments, "bad_month", "{E};2026-13;ordinary;1;7426")
        .broken(Table::SuPayments, "out_of_range", "{E};2026-02;ordinary;9;7426")
        .broken(Table::SuPayments, "bad_number", "{E};2026-02;ordinary;en;7426")
        .broken(Table::SuPayments, "unknown_code", "{E};2026-02;feriepenge;1;7426")
        .reviews(&["rejected_input"])
        .why("klip may be missing");
    steady(book, "rejected-grant", "a grant whose portions are no number")
        .broken(Table::ExtraPortionGrants, "bad_number", "{E};15-06-2026;halvanden;illness;2026-03;2026-04")
        .reviews(&["rejected_input"])
        .why("the deduction is not known");
    steady(book, "rejected-leave", "a leave that ends before it begins")
        .broken(Table::Leaves, "out_of_range", "{E};01-02-2026;31-01-2026;none;")
        .reviews(&["rejected_input"])
        .why("a period ends on or after its first day");
    let project = format!("{{E}};afhandling;30;01-02-2027;30-06-2027;;;;{MSC_THESIS};;;;;;");
    steady(book, "rejected-project", "a project of a kind nobody knows")
        .broken(Table::Projects, "unknown_code", &project)
        .reviews(&["rejected_input"])
        .why("it might cover the inspection");
    steady(book, "rejected-exemption", "an exemption without a date")
        .broken(Table::Exemptions, "missing_cell", "{E};study_activity;;;0")
        .reviews(&["rejected_input"])
        .why("granted_on is needed");
}

/// Enrolments that are rejected have no other row, for those would be rejected with them.
fn register(book: &mut Book) {
    let name = "Ågot;Sønderby;s990000@student.example;da;DK;DK";
    let tail = "01-09-2026;active;;0;;;;;";
    let lines = [
        ("bad_cpr", format!("s990001;E8190001;12345;{name};MSC-FYS;{tail}")),
        ("repaired_cpr", format!("s990002;E8190002;199050001;{name};MSC-FYS;{tail}")),
        ("unknown_programme", format!("s990003;E8190003;;{name};MSC-ALKYMI;{tail}")),
        ("unknown_code", format!("s990004;E8190004;;{name};MSC-FYS;01-09-2026;sleeping;;0;;;;;")),
        ("bad_date", format!("s990005;E8190005;;{name};MSC-FYS;2026-09;active;;0;;;;;")),
    ];
    for (reason, line) in lines {
        book.broken.push(Broken { table: Table::Enrolments, reason, line: line.into_bytes() });
    }
    steady(book, "two-rows", "the same key on two different rows of the register")
        .broken(
            Table::Enrolments,
            "duplicate_key",
            "s990006;{E};;Ågot;Sønderby;s990006@student.example;da;DK;DK;MSC-FYS;01-02-2025;active;;12;;;;;",
        )
        .reviews(&["rejected_input"])
        .why("nobody knows which of the two is right");
}
