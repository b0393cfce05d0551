//! PDF files as numbered objects: read from the plain shape that the export writes, written packed.
//!
//! Packed means as PDF 1.5 and later allow and PDF/A-2 permits: small objects together in one
//! compressed stream, and a compressed table of places. Streams stay as they are.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// A file that has every object by itself and one table of places.
pub struct Plain<'a> {
    /// What stands before the first object.
    pub header: &'a [u8],
    /// By number, without `obj` and `endobj`; `None` for a free number.
    pub objects: Vec<Option<&'a [u8]>>,
    /// What the trailer says beside the size: root, information, identifiers.
    pub trailer: &'a [u8],
}

impl<'a> Plain<'a> {
    /// `None` when the file has another shape.
    pub fn read(pdf: &'a [u8]) -> Option<Plain<'a>> {
        let table = last(pdf, b"startxref")?;
        let table: usize = text(&pdf[table..])?.split_whitespace().nth(1)?.parse().ok()?;
        let trailer = table + first(pdf.get(table..)?, b"trailer")?;
        let places = places(text(&pdf[table..trailer])?)?;
        let mut ends: Vec<usize> = places.iter().flatten().copied().chain([table]).collect();
        ends.sort_unstable();
        let object = |(number, place): (usize, &Option<usize>)| {
            let Some(place) = *place else { return Some(None) };
            let end = ends[ends.partition_point(|end| *end <= place)];
            let opening = format!("{number} 0 obj\n");
            let object = pdf.get(place..end)?.trim_ascii_end().strip_prefix(opening.as_bytes())?;
            Some(Some(object.strip_suffix(b"endobj")?.trim_ascii_end()))
        };
        let objects = places.iter().enumerate().map(object).collect::<Option<_>>()?;
        let header = pdf.get(..*ends.first()?)?;
        Some(Plain { header, objects, trailer: trailer_keys(&pdf[trailer..])? })
    }
}

pub fn is_stream(object: &[u8]) -> bool {
    object.ends_with(b"endstream")
}

/// Small objects that are packed together.
#[derive(Default)]
pub struct Container {
    index: String,
    objects: Vec<u8>,
    count: usize,
}

impl Container {
    /// The position of the object within the container.
    pub fn add(&mut self, number: usize, object: &[u8]) -> usize {
        self.index.push_str(&format!("{number} {} ", self.objects.len()));
        self.objects.extend_from_slice(object);
        self.objects.push(b'\n');
        self.count += 1;
        self.count - 1
    }

    /// The container as an object.
    pub fn into_object(self) -> Option<Vec<u8>> {
        let keys = format!("/Type/ObjStm/N {}/First {}", self.count, self.index.len());
        stream(keys.as_bytes(), &[self.index.as_bytes(), &self.objects].concat())
    }
}

/// Where an object stands.
#[derive(Clone, Copy, Debug, Default)]
pub enum Spot {
    #[default]
    Nowhere,
    /// Offset in the file.
    At(u64),
    /// Number of the container, and the position in it.
    In(usize, usize),
}

/// The end of a packed file: the table of places, which is itself the object after all others and
/// stands at `start`.
pub fn ending(spots: &[Spot], start: u64, trailer: &[u8]) -> Option<Vec<u8>> {
    let mut rows = Vec::with_capacity((spots.len() + 1) * 7);
    for spot in spots.iter().chain([&Spot::At(start)]) {
        let (kind, place, position) = match *spot {
            Spot::Nowhere => (0, 0, 0),
            Spot::At(offset) => (1, u32::try_from(offset).ok()?, 0),
            Spot::In(container, position) => (2, u32::try_from(container).ok()?, position),
        };
        rows.push(kind);
        rows.extend_from_slice(&place.to_be_bytes());
        rows.extend_from_slice(&u16::try_from(position).ok()?.to_be_bytes());
    }
    let keys = format!("/Type/XRef/W[1 4 2]/Size {}", spots.len() + 1).into_bytes();
    let mut pdf = Vec::new();
    write(&mut pdf, spots.len(), &stream(&[keys.as_slice(), trailer].concat(), &rows)?);
    pdf.extend_from_slice(format!("startxref\n{start}\n%%EOF").as_bytes());
    Some(pdf)
}

pub fn write(pdf: &mut Vec<u8>, number: usize, object: &[u8]) {
    pdf.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
    pdf.extend_from_slice(object);
    pdf.extend_from_slice(b"\nendobj\n");
}

fn stream(keys: &[u8], content: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).ok()?;
    let content = encoder.finish().ok()?;
    let end = format!("/Filter/FlateDecode/Length {}>>\nstream\n", content.len());
    Some([b"<<", keys, end.as_bytes(), &content, b"\nendstream"].concat())
}

/// An object with every reference replaced by what `new` makes of it; strings and the content of a stream
/// are left alone. `None` when `new` gives none, or a string does not end.
pub fn renumbered(object: &[u8], new: &mut dyn FnMut(usize) -> Option<usize>) -> Option<Vec<u8>> {
    let end = if is_stream(object) { first(object, b"stream\n")? } else { object.len() };
    let (words, content) = object.split_at(end);
    let mut out = Vec::with_capacity(object.len());
    let mut rest = words;
    while let Some(byte) = rest.first() {
        let length = match byte {
            b'(' => string_length(rest)?,
            byte if !is_regular(*byte) => 1,
            _ => rest.iter().position(|byte| !is_regular(*byte)).unwrap_or(rest.len()),
        };
        let (word, after) = rest.split_at(length);
        rest = after;
        let reference =
            after.strip_prefix(b" 0 R").filter(|after| !after.first().is_some_and(|b| is_regular(*b)));
        match (number(word), reference) {
            (Some(old), Some(after)) => {
                out.extend_from_slice(format!("{} 0 R", new(old)?).as_bytes());
                rest = after;
            }
            _ => out.extend_from_slice(word),
        }
    }
    out.extend_from_slice(content);
    Some(out)
}

/// The object that a dictionary refers to under a key such as `/Root`.
pub fn referred(dictionary: &[u8], key: &str) -> Option<usize> {
    let value = &dictionary[first(dictionary, format!("{key} ").as_bytes())? + key.len() + 1..];
    let digits = value.iter().position(|byte| !byte.is_ascii_digit())?;
    value[digits..].starts_with(b" 0 R").then(|| number(&value[..digits]))?
}

fn number(word: &[u8]) -> Option<usize> {
    word.iter().all(u8::is_ascii_digit).then(|| text(word)?.parse().ok())?
}

/// Neither blank nor a delimiter.
fn is_regular(byte: u8) -> bool {
    !matches!(
        byte,
        b' ' | b'\0' | b'\t' | b'\n' | 12 | b'\r' | b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}'
    ) && !matches!(byte, b'/' | b'%')
}

/// With its parentheses, which may be nested or escaped.
fn string_length(string: &[u8]) -> Option<usize> {
    let (mut depth, mut escaped) = (0, false);
    let ends = |byte: &u8| {
        match byte {
            _ if escaped => {
                escaped = false;
                return false;
            }
            b'\\' => escaped = true,
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        depth == 0
    };
    Some(string.iter().position(ends)? + 1)
}

/// Offset of every object number, `None` for a free one.
fn places(table: &str) -> Option<Vec<Option<usize>>> {
    let mut lines = table.lines();
    if lines.next()? != "xref" {
        return None;
    }
    let (from, count) = lines.next()?.split_once(' ')?;
    let count: usize = count.trim().parse().ok()?;
    if from != "0" {
        return None;
    }
    let places: Vec<Option<usize>> = lines
        .map(|line| {
            let mut parts = line.split_whitespace();
            let (offset, generation, kind) = (parts.next()?, parts.next()?, parts.next()?);
            match kind {
                "n" if generation == "00000" => Some(Some(offset.parse().ok()?)),
                "f" => Some(None),
                _ => None,
            }
        })
        .collect::<Option<_>>()?;
    (places.len() == count).then_some(places)
}

fn trailer_keys(trailer: &[u8]) -> Option<&[u8]> {
    let from = first(trailer, b"/Root")?;
    let to = last(trailer, b">>")?;
    trailer.get(from..to)
}

fn text(bytes: &[u8]) -> Option<&str> {
    // The file may go on with something else than text.
    let end = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(bytes.len());
    std::str::from_utf8(&bytes[..end]).ok()
}

fn first(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, wanted)
}

fn last(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::rfind(bytes, wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_shape_is_not_read() {
        for file in [
            "",
            "%PDF-1.7",
            "startxref\n9\n%%EOF",
            "xref\n0 1\n0000000000 65535 f \ntrailer\n<<>>\nstartxref\n0\n%%EOF",
        ] {
            assert!(Plain::read(file.as_bytes()).is_none(), "{file}");
        }
    }

    #[test]
    fn references_are_renumbered_and_nothing_else() {
        let new = |object: &str| {
            let new = renumbered(object.as_bytes(), &mut |old| Some(old + 100));
            new.map(|new| String::from_utf8(new).expect("text"))
        };
        for (object, expected) in [
            ("<</Parent 1 0 R/Kids[2 0 R 13 0 R]>>", "<</Parent 101 0 R/Kids[102 0 R 113 0 R]>>"),
            ("[5 12 0 R/XYZ 0 0 0]", "[5 112 0 R/XYZ 0 0 0]"),
            (
                "<</c0 9 0 R/Title(a 3 0 R \\) (4 0 R) 5 0 R)>>",
                "<</c0 109 0 R/Title(a 3 0 R \\) (4 0 R) 5 0 R)>>",
            ),
            ("[0 0 595.5 1 0 Rest 7 0 R]", "[0 0 595.5 1 0 Rest 107 0 R]"),
            ("<</A 1 0 R>>\nstream\n1 0 R\nendstream", "<</A 101 0 R>>\nstream\n1 0 R\nendstream"),
            ("6 0 R", "106 0 R"),
        ] {
            assert_eq!(new(object).as_deref(), Some(expected), "{object}");
        }
        assert_eq!(new("<</Title(never ends\\)>>"), None);
        assert_eq!(renumbered(b"[1 0 R]", &mut |_| None), None);
    }

    #[test]
    fn a_key_is_looked_up_whole() {
        let dictionary = b"<</PagesOld 3 0 R/Pages 17 0 R/Count 4>>";
        assert_eq!(referred(dictionary, "/Pages"), Some(17));
        assert_eq!((referred(dictionary, "/Count"), referred(dictionary, "/Root")), (None, None));
    }
}
