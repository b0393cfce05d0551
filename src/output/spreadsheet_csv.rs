//! CSV for people, who open it in Excel by double click: UTF-8 with byte order mark, semicolons, CRLF, and
//! no cell that is run.

use std::borrow::Cow;
use std::io::{self, Write};

use csv::{Terminator, Writer, WriterBuilder};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Begins a file. What a cell holds is for [`without_formula`] to make safe.
pub fn writer<W: Write>(mut file: W) -> io::Result<Writer<W>> {
    file.write_all(BYTE_ORDER_MARK)?;
    Ok(WriterBuilder::new().delimiter(b';').terminator(Terminator::CRLF).from_writer(file))
}

/// Whether Excel, LibreOffice or Google Sheets, reading the text as typed input, would calculate it. Some
/// drop leading blanks first; the full-width signs are read as the ordinary ones in East Asian locales.
pub fn runs_as_formula(text: &str) -> bool {
    let first = text.trim_start_matches(' ');
    first.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n', '\0'])
}

/// A cell that would be run, with an apostrophe before it: text.
pub fn without_formula(cell: &str) -> Cow<'_, str> {
    if runs_as_formula(cell) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}
