//! One line to cells.
//!
//! A record layer of our own, because the common readers accept what must not be accepted: lines
//! that are too short are padded with nulls, a stray quotation mark swallows the lines after it,
//! and rows disappear without a count. Here a record is one line, so a damaged line costs itself
//! and nothing else: reading goes on at the next line end. Where the pipeline allows line breaks in quotation
//! marks, [`super::quoted_breaks`] says first which lines are one record.

use memchr::{memchr, memchr_iter};

use super::reason::Reason;

/// The cells of the line that was split last; reused from line to line.
#[derive(Default)]
pub struct Cells {
    /// The text of the cells when quotation marks had to be taken out.
    unquoted: String,
    bounds: Vec<(usize, usize)>,
    is_unquoted: bool,
}

impl Cells {
    /// Splits a line. On an error the cells before the damage can still be read.
    pub fn split(&mut self, line: &str, separator: u8) -> Result<(), Reason> {
        self.bounds.clear();
        self.is_unquoted = memchr(b'"', line.as_bytes()).is_some();
        if self.is_unquoted {
            return self.split_quoted(line, separator);
        }
        let mut from = 0;
        for to in memchr_iter(separator, line.as_bytes()) {
            self.bounds.push((from, to));
            from = to + 1;
        }
        self.bounds.push((from, line.len()));
        Ok(())
    }

    fn split_quoted(&mut self, line: &str, separator: u8) -> Result<(), Reason> {
        self.unquoted.clear();
        let mut rest = line;
        loop {
            let from = self.unquoted.len();
            let end;
            if let Some(quoted) = rest.strip_prefix('"') {
                end = 1 + self.take_quoted(quoted)?;
            } else {
                end = memchr(separator, rest.as_bytes()).unwrap_or(rest.len());
                if memchr(b'"', &rest.as_bytes()[..end]).is_some() {
                    return Err(Reason::StrayQuote);
                }
                self.unquoted.push_str(&rest[..end]);
            }
            match rest.as_bytes().get(end) {
                Some(byte) if *byte != separator => return Err(Reason::StrayQuote),
                after => {
                    self.bounds.push((from, self.unquoted.len()));
                    if after.is_none() {
                        return Ok(());
                    }
                    rest = &rest[end + 1..];
                }
            }
        }
    }

    /// Copies a quoted text up to its closing mark; gives the length up to and with that mark.
    fn take_quoted(&mut self, text: &str) -> Result<usize, Reason> {
        let mut at = 0;
        loop {
            let mark = at + memchr(b'"', &text.as_bytes()[at..]).ok_or(Reason::StrayQuote)?;
            self.unquoted.push_str(&text[at..mark]);
            if text.as_bytes().get(mark + 1) != Some(&b'"') {
                return Ok(mark + 1);
            }
            self.unquoted.push('"');
            at = mark + 2;
        }
    }

    pub fn len(&self) -> usize {
        self.bounds.len()
    }

    /// A cell without its quotation marks. `line` is the line that was split.
    fn whole<'a>(&'a self, line: &'a str, position: usize) -> Option<&'a str> {
        let (from, to) = *self.bounds.get(position)?;
        let text = if self.is_unquoted { self.unquoted.as_str() } else { line };
        text.get(from..to)
    }

    /// A cell without the blanks around it, the no-break space of web pages and spreadsheets among
    /// them.
    pub fn cell<'a>(&'a self, line: &'a str, position: usize) -> Option<&'a str> {
        self.whole(line, position).map(str::trim)
    }

    /// Whether a cell, blanks around it included, has a line break.
    pub fn spans_lines(&self, line: &str, position: usize) -> bool {
        self.whole(line, position).is_some_and(|cell| cell.contains('\n'))
    }

    /// Characters of a cell, blanks included, without its quotation marks.
    pub fn width(&self, line: &str, position: usize) -> usize {
        self.whole(line, position).map_or(0, |cell| cell.chars().count())
    }

    pub fn all_empty(&self, line: &str) -> bool {
        (0..self.len()).all(|position| self.cell(line, position).is_none_or(str::is_empty))
    }
}

/// Where the line ends that `from` is in, with its line feed.
pub fn line_end(bytes: &[u8], from: usize) -> usize {
    memchr(b'\n', &bytes[from..]).map_or(bytes.len(), |end| from + end + 1)
}

/// A line without its line feed or carriage return and line feed.
pub fn without_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// The separator that a first line `sep=;` announces.
pub fn announced_separator(line: &[u8]) -> Option<u8> {
    let rest = line.get(..4).filter(|word| word.eq_ignore_ascii_case(b"sep=")).map(|_| &line[4..])?;
    match rest {
        [mark @ (b';' | b',' | b'\t' | b'|')] => Some(*mark),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(line: &str) -> Result<Vec<String>, Reason> {
        let mut cells = Cells::default();
        cells.split(line, b';')?;
        Ok((0..cells.len()).filter_map(|at| cells.cell(line, at)).map(str::to_owned).collect())
    }

    #[test]
    fn quoted_cells_hold_separators_and_doubled_quotes() {
        assert_eq!(split("a;;c"), Ok(vec!["a".into(), "".into(), "c".into()]));
        assert_eq!(split(r#""a;b";" ""x"" ";"#), Ok(vec!["a;b".into(), r#""x""#.into(), "".into()]));
        assert_eq!(split(r#""""#), Ok(vec!["".into()]));
        assert_eq!(split("\u{A0}a b\u{A0};\u{2007} "), Ok(vec!["a b".into(), "".into()]));
    }

    #[test]
    fn stray_quotes_are_refused() {
        for line in [r#"a"b;c"#, r#""a"b;c"#, r#""a;b"#, r#"a;""x"#, r#"a; "b""#] {
            assert_eq!(split(line), Err(Reason::StrayQuote), "{line}");
        }
    }
}
