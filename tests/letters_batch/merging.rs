//! What a mail merge reads: a row for each letter.

use super::*;

/// What Word's driver must find: text in every cell, headings first, no formula, nothing cut or
/// reformatted; the CSV beside it says the same, defused.
#[test]
fn the_workbook_to_merge_from_is_all_text_and_never_a_formula() {
    use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
    let hostile = [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "=HYPERLINK(\"http://x\")",
        "=cmd|' /C calc'!A0",
        " =1+1",
        "\t=1",
        "0800",
        "00001234",
        "1e5",
        "1/2",
        "2027-03-15",
        "TRUE",
        "'quoted",
        "a;b\"c",
        "Åse\r\nÆ",
        "_x0041_",
    ];
    let mut exports = exports();
    let mut inspection = Inspection { attempts: Vec::new(), ..inspection() };
    let (enrolment, person) = (exports.enrolments[0].clone(), exports.people[0].clone());
    let row = row();
    (exports.enrolments, exports.people) = (Vec::new(), Vec::new());
    (inspection.inspection, inspection.register_index) = (Vec::new(), Vec::new());
    inspection.particulars = Vec::new();
    for (index, name) in hostile.iter().enumerate() {
        let mut one = enrolment.clone();
        one.enrolment_id = format!("E{index:02}").into();
        let mut its = row.clone();
        its.enrolment_id.clone_from(&one.enrolment_id);
        its.letters = vec![LetterKind::GuidanceInvitation];
        inspection.particulars.push(told(&one.enrolment_id));
        inspection.inspection.push(its);
        inspection.register_index.push(index as u32);
        exports.enrolments.push(one);
        let mut other = person.clone();
        other.given_name = (*name).to_owned();
        exports.people.push(other);
    }
    let (written, _) = run_with(&exports, &inspection, Separator::None, 2).expect("written");
    let mut book: Xlsx<_> =
        open_workbook_from_rs(std::io::Cursor::new(written.mail_merge.1)).expect("a workbook");
    assert_eq!(book.sheet_names(), ["mail_merge"]);
    assert!(book.worksheet_formula("mail_merge").expect("a sheet").used_cells().next().is_none());
    let sheet = book.worksheet_range("mail_merge").expect("a sheet");
    let rows: Vec<&[Data]> = sheet.rows().collect();
    let headed: Vec<String> = rows[0].iter().map(ToString::to_string).collect();
    assert_eq!(headed, headings());
    assert_eq!(rows.len() - 1, hostile.len());
    let csv = String::from_utf8(written.mail_merge.0).expect("UTF-8");
    let mut csv =
        csv::ReaderBuilder::new().delimiter(b';').from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    let lines: Vec<_> = csv.records().map(Result::unwrap).collect();
    assert_eq!(lines.len(), hostile.len());
    let at = |heading: &str| headed.iter().position(|other| other == heading).expect("a column");
    for ((name, row), line) in hostile.iter().zip(&rows[1..]).zip(&lines) {
        assert!(row.iter().all(|cell| matches!(cell, Data::String(_) | Data::Empty)), "{row:?}");
        assert!(row.iter().all(|cell| cell.to_string().chars().count() <= LONGEST_CELL));
        let shown: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        assert_eq!(row[at("given_name")], Data::String(shown.clone()), "{name:?}");
        for (cell, text) in row.iter().zip(line.iter()) {
            assert_eq!(csv_cell(&cell.to_string()).trim_start_matches('\''), text.trim_start_matches('\''));
        }
        let runs = shown.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
        assert_eq!(
            line[at("given_name")].starts_with('\''),
            runs || name.starts_with(['\'', '\t']),
            "{name:?}"
        );
    }
}

#[test]
fn cells_are_defused_and_short() {
    for start in ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "\0"] {
        assert!(csv_cell(&format!("{start}1")).starts_with('\''), "{start:?}");
    }
    assert_eq!(csv_cell("a=b\r\nc"), "a=b  c");
    assert_eq!(csv_cell(&"å".repeat(300)).chars().count(), LONGEST_CELL);
    assert_eq!(csv_cell(&format!("={}", "å".repeat(254))).chars().count(), LONGEST_CELL);
    for heading in headings() {
        assert!(heading.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{heading}");
    }
}

/// Places of the context that are in no column: what every letter of a kind says alike, the whole name,
/// whose parts have columns, and what another place says too.
const WITHOUT_A_COLUMN: [&str; 9] = [
    "letter_id",
    "authority.",
    "rules.",
    "recipient.name",
    "recipient.masked_cpr",
    "start_check.late",
    "guidance.maximum_passed",
    "portions.reduced.frame",
    "extra_klip.period_until",
];

fn has_a_column(letter: &LetterContext, place: &str) -> bool {
    let calculated = letter.su.is_some() || letter.legacy.is_some();
    match place {
        // A decision is dated when it is sent.
        "dates.letter" => letter.appeal.is_none(),
        // Told only where SU may be stopped.
        "su_dates.stop" => {
            let unpaid = letter.start_check.as_ref().is_some_and(|check| check.unpaid.0.is_some());
            (letter.answer.is_some() || letter.hearing.is_some()) && !unpaid
        }
        // The diagram draws what is calculated, and says by what.
        "diagram.net" | "diagram.counted" | "diagram.required" | "diagram.missing" => !calculated,
        "diagram.control_point" | "diagram.allowed_delay_ects" => !calculated,
        "su.ects_per_portion" | "su.portions_per_control_point" => letter.diagram.is_none(),
        _ => !WITHOUT_A_COLUMN.iter().any(|without| place.starts_with(without)),
    }
}

/// Each text of each letter and draft is made one of its own: it must be found in the row.
#[test]
fn the_row_holds_every_figure_that_the_letter_quotes() {
    for Specimen { kind, mut letter, .. } in of_every_outcome() {
        // A cell of 255 characters holds the attempts of one course, and the number of the rest.
        for course in letter.attempts.iter_mut().flat_map(|attempts| &mut attempts.courses) {
            course.attempts.truncate(1);
        }
        for (number, field) in page::text_fields(&mut letter).into_iter().enumerate() {
            *field = format!("<{number}>");
        }
        let row = cells(&letter, "letters/x.pdf");
        assert_eq!(row.len(), headings().len());
        for (place, text) in page::texts(&letter) {
            let found = row.iter().any(|cell| cell.contains(&text));
            assert!(found || !has_a_column(&letter, &place), "{kind}: {place}");
        }
    }
}
