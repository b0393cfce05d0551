//! How a cell may be shown: nothing personal, nothing shaped like a CPR number, at most 60
//! characters. Columns shift in damaged files, so the shape is masked in every column.

const LONGEST: usize = 60;

/// The text of a cell as the table of rejected rows may show it.
pub fn shown(text: &str, personal: bool) -> String {
    if text.is_empty() {
        return String::new();
    }
    if personal || text.contains('@') {
        return "(hidden)".to_owned();
    }
    let masked = mask_numbers(text);
    if masked.chars().count() <= LONGEST {
        return masked;
    }
    let mut cut = masked.chars().take(LONGEST - 1).collect::<String>();
    cut.push('…');
    cut
}

fn mask_numbers(text: &str) -> String {
    let mut rest = text;
    let mut masked = String::with_capacity(text.len());
    while let Some(next) = rest.chars().next() {
        match cpr_shape(rest.as_bytes()) {
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

/// Length of a CPR number at the beginning: six digits, perhaps a hyphen or blank, four letters or
/// digits; or nine digits, one that lost its leading zero.
fn cpr_shape(bytes: &[u8]) -> Option<usize> {
    let all = |range: std::ops::Range<usize>, fits: fn(&u8) -> bool| {
        bytes.get(range).is_some_and(|part| part.iter().all(fits))
    };
    if !all(0..6, u8::is_ascii_digit) {
        return None;
    }
    if matches!(bytes.get(6), Some(b'-' | b' ')) && all(7..11, u8::is_ascii_alphanumeric) {
        return Some(11);
    }
    if all(6..10, u8::is_ascii_alphanumeric) {
        return Some(10);
    }
    all(6..9, u8::is_ascii_digit).then_some(9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_shaped_like_a_cpr_number_is_shown() {
        for hidden in ["990199-0007", "nr 9901990007.", "990199 AB07", "990199007", "x990199-0007y"] {
            let text = shown(hidden, false);
            assert!(text.contains("XXXXXX-XXXX") && !text.contains("990199"), "{text}");
        }
        assert_eq!(shown("Anna", true), "(hidden)");
        assert_eq!(shown("anna@example.org", false), "(hidden)");
        assert_eq!(shown("2027-03-15", false), "2027-03-15");
        assert_eq!(shown("ø".repeat(61).as_str(), false), format!("{}…", "ø".repeat(59)));
        assert_eq!(shown("", true), "");
    }
}
