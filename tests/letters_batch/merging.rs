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
    for (index, name) in hostile.iter().enumerate() {
        let mut one = enrolment.clone();
        one.enrolment_id = format!("E{index:02}").into();
        let mut its = row.clone();
        its.enrolment_id.clone_from(&one.enrolment_id);
        its.letters = vec![LetterKind::GuidanceInvitation];
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
/// whose parts have columns, and what belongs on the letter only.
const WITHOUT_A_COLUMN: [&str; 5] =
    ["letter_id", "authority.", "rules.", "recipient.name", "recipient.masked_cpr"];

/// A decision is dated when it is sent, and the day without SU is told only where SU may be stopped.
fn is_told(letter: &LetterContext, place: &str) -> bool {
    match place {
        "dates.letter" => letter.appeal.is_none(),
        "su_dates.stop" => letter.answer.is_some() || letter.hearing.is_some(),
        _ => !WITHOUT_A_COLUMN.iter().any(|without| place.starts_with(without)),
    }
}

/// Every text of a letter or draft must be found in the row, and more of it than who it is for.
#[test]
fn the_row_holds_every_figure_that_the_letter_quotes() {
    for Specimen { kind, letter, .. } in of_every_outcome() {
        let row = cells(&letter, "letters/x.pdf");
        assert_eq!(row.len(), headings().len());
        let mut figures = 0;
        for (place, figure) in page::texts(&letter).into_iter().filter(|(place, _)| is_told(&letter, place)) {
            // Lists stand in one cell.
            let is_list = ["attempts.", "five_ects.", "diagram."].iter().any(|part| place.starts_with(part));
            let found = row.iter().any(|cell| *cell == figure || (is_list && cell.contains(&figure)));
            assert!(found, "{kind}: {place} {figure}");
            let of_anybody = ["kind", "recipient.", "programme.", "dates."];
            figures += usize::from(!of_anybody.iter().any(|part| place.starts_with(part)));
        }
        assert!(figures > 0, "{kind} quotes nothing");
    }
}
