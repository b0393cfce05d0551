//! How a cell may be shown: nothing personal, nothing shaped like a CPR number, at most 60
//! characters. Columns shift in damaged files, so the shape is masked in every column.

use super::quoted_breaks::is_free_text;
use super::spreadsheet;
use crate::contract::{Column, Kind, Table};

const LONGEST: usize = 60;

/// Whether a cell may hold the name of a person and must not be shown. In a table of people a name may
/// stand in any column of a row whose cells have shifted; in a table about students somebody may have
/// written one where an id belongs. The words of a code list and of titles must be seen to be mended:
/// there only what is written like a whole name is hidden.
pub fn hides(columns: &[Column], column: &Column, text: &str) -> bool {
    let of_people = columns.iter().any(|column| column.personal);
    let about_students = || columns.iter().any(|column| column.kind == Kind::Reference(Table::Enrolments));
    let of_words =
        is_free_text(column) || matches!(column.kind, Kind::Code(_) | Kind::ResultCode | Kind::Bool);
    column.personal
        || match (of_people, of_words) {
            (true, _) => may_be_name(text),
            (false, true) => about_students() && may_be_whole_name(text),
            (false, false) => about_students() && may_be_name(text) && !spreadsheet::damaged(text),
        }
}

/// The text of a cell as the table of rejected rows may show it.
pub fn shown(text: &str, personal: bool) -> String {
    if text.is_empty() {
        return String::new();
    }
    if personal || text.contains('@') {
        return "(hidden)".to_owned();
    }
    let masked = mask_numbers(text).replace(char::is_control, "\u{FFFD}");
    if masked.chars().count() <= LONGEST {
        return masked;
    }
    let mut cut = masked.chars().take(LONGEST - 1).collect::<String>();
    cut.push('…');
    cut
}

/// The name of a file that may be about anybody.
pub fn file_shown(name: &str) -> String {
    shown(name, may_be_whole_name(name))
}

/// Letters without any digit: a code may look so, and so does every name.
fn may_be_name(text: &str) -> bool {
    let without_digit = !text.chars().any(|c| c.is_ascii_digit());
    (without_digit && text.chars().any(char::is_alphabetic)) || may_be_whole_name(text)
}

/// Two words or more with capital letters.
fn may_be_whole_name(text: &str) -> bool {
    let words = text.split(|c: char| c.is_whitespace() || c == ',' || c == '_');
    words.filter(|word| word.chars().next().is_some_and(char::is_uppercase)).count() > 1
}

fn mask_numbers(text: &str) -> String {
    let mut rest = text;
    let mut masked = String::with_capacity(text.len());
    while let Some(next) = rest.chars().next() {
        match cpr_shape(rest) {
            Some(length) => {
                masked.push_str("XXXXXX-XXXX");
                rest = &rest[length..];
            }
            None => {
                masked.push(next);
                rest = &rest[next.len_utf8()..];
            }
        }
    }
    masked
}

/// Marks and blanks that may follow each other within a number, such as ` - `.
const MARKS: usize = 3;

/// Length of a CPR number at the beginning: six digits, perhaps marks or blanks between them and
/// after them, four letters or digits; or nine digits, one that lost its leading zero.
fn cpr_shape(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    if bytes.get(..9).is_some_and(|nine| nine.iter().all(u8::is_ascii_digit)) {
        return Some(if bytes.get(9).is_some_and(u8::is_ascii_alphanumeric) { 10 } else { 9 });
    }
    let mut characters = text.char_indices().peekable();
    let mut set_apart = false;
    for position in 0..10 {
        let fits =
            if position < 6 { |c: char| c.is_ascii_digit() } else { |c: char| c.is_ascii_alphanumeric() };
        if matches!(position, 2 | 4 | 6) {
            let marks =
                (0..MARKS).take_while(|_| characters.next_if(|(_, c)| !c.is_alphanumeric()).is_some());
            let mark = marks.count() > 0;
            // Both marks or none: `01.01.99` is a date of birth, `2027-03` is a month.
            if position == 4 && mark != set_apart {
                return None;
            }
            set_apart = mark;
        }
        characters.next_if(|(_, c)| fits(*c))?;
    }
    Some(characters.peek().map_or(text.len(), |(at, _)| *at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_shaped_like_a_cpr_number_is_shown() {
        for hidden in [
            "990199-0007",
            "nr 9901990007.",
            "990199 AB07",
            "990199007",
            "x990199-0007y",
            "990199–0007",
            "99 01 99 0007",
            "990199 - 0007",
            "990199-\u{A0}0007",
            "990199\u{200B}-0007",
            "99. 01. 99 - 0007",
        ] {
            let text = shown(hidden, false);
            assert!(text.contains("XXXXXX-XXXX") && !text.contains("99"), "{text}");
        }
        assert_eq!(shown("Anna", true), "(hidden)");
        assert_eq!(shown("anna@example.org", false), "(hidden)");
        assert_eq!(shown("2027-03-15", false), "2027-03-15");
        assert_eq!(shown("ø".repeat(61).as_str(), false), format!("{}…", "ø".repeat(59)));
        assert_eq!(shown("", true), "");
    }

    #[test]
    fn a_name_is_hidden_wherever_somebody_wrote_it() {
        let hides = |table: Table, name: &str, text: &str| {
            let column = table.columns().iter().find(|column| column.name == name).expect("a column");
            hides(table.columns(), column, text)
        };
        for (table, column) in [
            (Table::Results, "enrolment_id"),
            (Table::Results, "course_code"),
            (Table::Results, "exam_date"),
            (Table::SuPayments, "portions"),
            (Table::ExtraPortionClaims, "claim_id"),
            (Table::ParentalRights, "child"),
            (Table::Enrolments, "status"),
        ] {
            for text in ["Anna", "anna lee", "Lee, Anna", "Anna Lee 2"] {
                assert!(hides(table, column, text), "{text} in {column}");
            }
            assert!(!hides(table, column, "E1234") && !hides(table, column, "12. marts 2027"));
        }
        for (table, column) in [(Table::Leaves, "reason"), (Table::Results, "transferred_from")] {
            assert!(hides(table, column, "Anna Lee") && hides(table, column, "Lee, Anna"));
            assert!(!hides(table, column, "sygdom") && !hides(table, column, "særlige forhold"));
        }
        assert!(!hides(Table::Results, "exam_date", "#REF!") && hides(Table::Enrolments, "email", "x"));
        // Nothing there is about a student.
        assert!(!hides(Table::Courses, "title", "Anna Lee") && !hides(Table::Courses, "course_code", "MAT"));
    }
}
