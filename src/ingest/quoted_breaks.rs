//! Records of several lines, where the pipeline allows line breaks inside quotation marks.
//!
//! A quotation mark that is not closed on its line is more often damage than a text of several lines.
//! So a line takes the lines after it only when everything fits: they end at the first line end with an
//! even number of quotation marks since its beginning, within [`MOST`] bytes, and together they are
//! exactly the cells of the header. Otherwise the line stands alone, is rejected for its mark, and
//! reading goes on at the next line.
//!
//! Two stray marks can make one record of the rows between them. Each whole row has the separators of
//! a whole row, and a true record has them once; so when two of its lines have that many, nobody can
//! tell, and every line of it is rejected.

use std::borrow::Cow;
use std::io;
use std::ops::Range;

use memchr::{memchr, memchr_iter, memrchr};

use super::encoding::{self, decode};
use super::record::{Cells, line_end, without_line_end};
use super::source::Blocks;
use crate::contract::Column;
use crate::pipeline::Encoding;

/// Two bytes for every character that a cell of a spreadsheet can hold.
pub const MOST: usize = 1 << 16;

/// What stands in columns that are read by people alone. In all others a line break is damage.
const FREE_TEXTS: [&str; 5] = ["title", "given_name", "family_name", "transferred_from", "campus"];

pub fn is_free_text(column: &Column) -> bool {
    FREE_TEXTS.contains(&column.name)
}

/// How far the record that begins at a line goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// The line alone.
    Line,
    /// Up to this byte.
    Record(usize),
    /// Up to this byte, and it may as well be several rows.
    Ambiguous(usize),
    /// What follows must be known first.
    Undecided,
}

/// Finds the records of one file.
pub struct Records {
    pub separator: u8,
    pub encoding: Encoding,
    /// Cells of the header.
    pub width: usize,
    /// [`MOST`].
    pub most: usize,
}

impl Records {
    /// Of the record that begins at `from`. `bytes` end with a line.
    pub fn extent(&self, bytes: &[u8], from: usize) -> Extent {
        let (mut quotes, mut whole_rows, mut at) = (0, 0, from);
        while at < bytes.len() {
            let end = line_end(bytes, at);
            let line = &bytes[at..end];
            quotes += memchr_iter(b'"', line).count();
            whole_rows += usize::from(memchr_iter(self.separator, line).count() + 1 >= self.width);
            let first = at == from;
            at = end;
            if quotes % 2 == 0 {
                return match first || !self.fits(&bytes[from..end]) {
                    true => Extent::Line,
                    false if whole_rows > 1 => Extent::Ambiguous(end),
                    false => Extent::Record(end),
                };
            }
            if at - from > self.most {
                return Extent::Line;
            }
        }
        Extent::Undecided
    }

    fn fits(&self, record: &[u8]) -> bool {
        let (Ok(text) | Err(text)) = decode(without_line_end(record), self.encoding);
        let mut cells = Cells::default();
        record.len() <= self.most && cells.split(&text, self.separator).is_ok() && cells.len() == self.width
    }

    /// Leaves the records of a block that are decided, and gives the rest back; gives where parts of
    /// about `part` bytes begin and end, after the `body` bytes of a header.
    pub fn take(
        &self,
        blocks: &mut Blocks,
        block: &mut Vec<u8>,
        body: usize,
        part: usize,
    ) -> io::Result<Vec<Range<usize>>> {
        loop {
            let (parts, decided) = self.cut(&block[body..], part, blocks.ended());
            let end = body + decided;
            blocks.give_back(&block[end..]);
            block.truncate(end);
            if end > 0 || blocks.ended() {
                return Ok(parts.into_iter().map(|part| part.start + body..part.end + body).collect());
            }
            // The block was shorter than its first record: the next one is longer.
            blocks.next_block(block)?;
        }
    }

    /// Parts that end between records, and where the first record begins that is undecided until more
    /// of the file is there.
    fn cut(&self, body: &[u8], part: usize, last: bool) -> (Vec<Range<usize>>, usize) {
        let (mut parts, mut start, mut at) = (Vec::new(), 0, 0);
        while at < body.len() {
            if at - start >= part {
                parts.push(start..at);
                start = at;
            }
            // A line without a quotation mark is a record.
            let search = body.len().min(at + part);
            let quote = memchr(b'"', &body[at..search]).map_or(search, |quote| at + quote);
            let line = memrchr(b'\n', &body[at..quote]).map_or(at, |before| at + before + 1);
            if line > at {
                at = line;
                continue;
            }
            at = match self.extent(body, at) {
                Extent::Record(end) | Extent::Ambiguous(end) => end,
                Extent::Undecided if !last => break,
                Extent::Line | Extent::Undecided => line_end(body, at),
            };
        }
        if at > start {
            parts.push(start..at);
        }
        (parts, at)
    }
}

/// As [`encoding::has_control`], but for the line breaks.
pub fn has_control(record: &str, separator: u8) -> bool {
    let line = |line: &str| encoding::has_control(line.strip_suffix('\r').unwrap_or(line), separator);
    record.split('\n').any(line)
}

/// The text of a cell with a blank for every line break.
pub fn on_one_line(cell: &str) -> Cow<'_, str> {
    if memchr(b'\n', cell.as_bytes()).is_none() {
        return Cow::Borrowed(cell);
    }
    let lines = cell.lines().map(str::trim).filter(|line| !line.is_empty());
    Cow::Owned(lines.collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    const RECORDS: Records = Records { separator: b';', encoding: Encoding::Utf8, width: 3, most: 64 };

    fn extent(text: &str) -> Extent {
        RECORDS.extent(text.as_bytes(), 0)
    }

    #[test]
    fn a_record_goes_on_only_where_everything_fits() {
        for (text, lines) in [
            ("a;\"b\nc\";d\n", 2),
            ("a;\"b\r\nc\";d\r\n", 2),
            ("\"a\n\n\n\";\"b\nc\";\"d;\"\n", 5),
            ("a;b;\"c \"\"d\"\"\n\"\n", 2),
            ("a;\"b\nc\";d", 2),
        ] {
            let end = text.split_inclusive('\n').take(lines).map(str::len).sum();
            assert_eq!(extent(text), Extent::Record(end), "{text:?}");
            assert_eq!(
                extent(&format!("{text}{}x;y;z\n", if text.ends_with('\n') { "" } else { "\n" })),
                Extent::Record(end + usize::from(!text.ends_with('\n'))),
                "{text:?}"
            );
        }
        for alone in [
            "a;b;c\nd\";e;f\n",
            "a;\"b\";c\n",
            "a;\"b\nc\"d;e\n",
            "a;\"b\nc\"\n",
            "a;\"b\nc\";d;e\n",
            "a\"b;c;d\ne\";f;g\n",
            "a;\"\"b\n\"\";c\n",
        ] {
            assert_eq!(extent(alone), Extent::Line, "{alone:?}");
        }
        assert_eq!(extent("a;\"b;c\nd;e;f\n"), Extent::Undecided);
    }

    #[test]
    fn a_record_ends_at_the_bound() {
        let of = |length: usize| format!("a;\"{}\n\";c\n", "b".repeat(length));
        assert_eq!(extent(&of(64 - 8)), Extent::Record(64));
        assert_eq!(extent(&of(64 - 7)), Extent::Line);
        assert_eq!(extent(&format!("a;\"{}\n", "b".repeat(100))), Extent::Line);
    }

    #[test]
    fn rows_between_two_stray_marks_are_no_text() {
        for (text, lines) in
            [("a;\"b;c\nd;e\";f\n", 2), ("a;b;\"c\nd;e;f\ng\"\n", 3), ("\"a\nd;e;f\ng\";h;i\n", 3)]
        {
            assert_eq!(extent(text), Extent::Ambiguous(text.len()), "{text:?}");
            assert_eq!(text.matches('\n').count(), lines);
        }
    }

    /// The records that [`Records::take`] finds, whatever the sizes of blocks and parts.
    fn records(text: &str, block: usize, part: usize) -> Vec<String> {
        let mut blocks = Blocks::new(Box::new(Cursor::new(text.as_bytes().to_vec())), block, 0);
        let (mut bytes, mut all) = (Vec::new(), Vec::new());
        loop {
            blocks.next_block(&mut bytes).expect("memory is readable");
            let parts = RECORDS.take(&mut blocks, &mut bytes, 0, part).expect("memory is readable");
            if bytes.is_empty() {
                return all;
            }
            let mut taken = 0;
            for part in parts {
                assert_eq!(part.start, taken);
                taken = part.end;
                // As a part is read: nothing beyond it is known.
                let (part, mut at) = (&bytes[part], 0);
                while at < part.len() {
                    let end = match RECORDS.extent(part, at) {
                        Extent::Record(end) | Extent::Ambiguous(end) => end,
                        Extent::Line | Extent::Undecided => line_end(part, at),
                    };
                    all.push(String::from_utf8_lossy(&part[at..end]).into_owned());
                    at = end;
                }
            }
            assert_eq!(taken, bytes.len());
        }
    }

    #[test]
    fn where_blocks_and_parts_are_cut_never_matters() {
        let text = "a;b;c\nd;\"e\n\nf\";g\nh;\"i;j\nk;l;m\n\"n\no\";p;q\nr;\"s\";t\nu;\"v;w\nx;y\";z\n1;\"2;3\n4;5;6";
        let whole = records(text, 1 << 20, 1 << 20);
        assert_eq!(whole.concat(), text);
        assert_eq!(whole.len(), 9, "{whole:?}");
        for block in 1..40 {
            for part in [1, 2, 5, 17, 1000] {
                assert_eq!(records(text, block, part), whole, "{block} {part}");
            }
        }
    }
}
