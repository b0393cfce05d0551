//! Bytes to letters, line by line.
//!
//! A byte order mark decides. Without one, a file is UTF-8 when it is valid UTF-8 or holds at least
//! one valid multi-byte letter (then a line with other bytes is damaged and rejected); only a file
//! with no such letter can be Windows-1252. A wrong guess would turn distinct names into equal ones.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;

use crate::pipeline::Encoding;

/// What the bytes of a file say of its encoding.
#[derive(Clone, Copy, Debug, Default)]
pub struct Traces {
    pub valid_multi_byte: bool,
    pub invalid: bool,
}

impl Traces {
    /// Looks at a piece of the file that ends at a line end.
    pub fn look(&mut self, piece: &[u8]) {
        if piece.is_ascii() {
            return;
        }
        if std::str::from_utf8(piece).is_ok() {
            self.valid_multi_byte = true;
            return;
        }
        for chunk in piece.utf8_chunks() {
            self.valid_multi_byte |= !chunk.valid().is_ascii();
            self.invalid |= !chunk.invalid().is_empty();
        }
    }

    /// The first encoding of the pipeline's list that the file can have.
    pub fn choose(self, allowed: &[Encoding]) -> Encoding {
        let can_be_utf8 = !self.invalid || self.valid_multi_byte;
        let fits = |encoding: &&Encoding| match encoding {
            Encoding::Utf8 => can_be_utf8,
            Encoding::Windows1252 => true,
        };
        allowed.iter().find(fits).or(allowed.first()).copied().unwrap_or(Encoding::Utf8)
    }
}

/// A line as text, or, when it holds bytes that are no letters, a likeness of it in which each of
/// them is U+FFFD.
pub fn decode(line: &[u8], encoding: Encoding) -> Result<Cow<'_, str>, Cow<'_, str>> {
    match (encoding, std::str::from_utf8(line)) {
        (Encoding::Utf8, Ok(text)) => Ok(Cow::Borrowed(text)),
        (Encoding::Utf8, Err(_)) => Err(String::from_utf8_lossy(line)),
        (Encoding::Windows1252, Ok(text)) if line.is_ascii() => Ok(Cow::Borrowed(text)),
        (Encoding::Windows1252, _) => {
            let (text, _) = WINDOWS_1252.decode_without_bom_handling(line);
            // The five bytes without a letter become the control characters of the same number.
            if line.iter().any(|byte| matches!(byte, 0x81 | 0x8D | 0x8F | 0x90 | 0x9D)) {
                let likeness = text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c });
                return Err(Cow::Owned(likeness.collect()));
            }
            Ok(text)
        }
    }
}

/// Whether a text holds a control character (NUL and tab among them) other than the separator, or
/// a character that shows an earlier loss or cannot be seen.
pub fn has_control(text: &str, separator: u8) -> bool {
    let ascii = text.bytes().any(|byte| (byte < 0x20 || byte == 0x7F) && byte != separator);
    ascii || (!text.is_ascii() && (text.chars().any(is_no_letter) || is_encoded_twice(text)))
}

/// `Ã¸` for `ø`: UTF-8 that was read as Windows-1252 and written again. Only the pairs that letters
/// of European names become; none of them stands in a name.
fn is_encoded_twice(text: &str) -> bool {
    text.match_indices('Ã').any(|(at, first)| {
        let second = text[at + first.len()..].chars().next();
        second.is_some_and(|c| "¦¸¥†˜…©¶¤¼‰„¨«¡³±§".contains(c))
    })
}

/// Letters that were lost before the file was written, and marks that make equal words unequal: a
/// key with a byte order mark inside looks like the key, and is another.
pub fn is_no_letter(character: char) -> bool {
    matches!(
        character,
        '\u{80}'..='\u{9F}'
            | '\u{AD}'
            | '\u{200B}'
            | '\u{200E}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}'
            | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFF}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [Encoding; 2] = [Encoding::Utf8, Encoding::Windows1252];

    fn chosen(bytes: &[u8]) -> Encoding {
        let mut traces = Traces::default();
        traces.look(bytes);
        traces.choose(&BOTH)
    }

    #[test]
    fn one_valid_letter_makes_the_file_utf8() {
        assert_eq!(chosen(b"plain"), Encoding::Utf8);
        assert_eq!(chosen("Søren".as_bytes()), Encoding::Utf8);
        assert_eq!(chosen(b"S\xF8ren"), Encoding::Windows1252);
        assert_eq!(chosen(b"S\xF8ren og S\xC3\xB8ren"), Encoding::Utf8);
    }

    #[test]
    fn bytes_without_a_letter_are_refused() {
        assert_eq!(decode(b"S\xF8ren \x80", Encoding::Windows1252).as_deref(), Ok("Søren €"));
        for byte in [0x81, 0x8D, 0x8F, 0x90, 0x9D] {
            assert_eq!(decode(&[b'a', byte], Encoding::Windows1252).as_deref(), Err(&Cow::from("a\u{FFFD}")));
        }
        assert!(decode(b"S\xF8ren", Encoding::Utf8).is_err());
        assert!(has_control("a\u{85}b", b',') && has_control("a\0b", b',') && has_control("a\tb", b','));
        assert!(!has_control("a\tb", b'\t'));
        for lost in ["S\u{FFFD}ren", "\u{FEFF}01005", "01\u{200B}005", "01\u{AD}005"] {
            assert!(has_control(lost, b';'), "{lost:?}");
        }
        assert!(has_control("SÃ¸ren", b';') && has_control("Ã…se", b';') && !has_control("JOÃO SÃ", b';'));
        assert!(!has_control("Søren Åse\u{A0}Ł ‘quoted’ – €", b';'));
    }
}
