//! Packs the small objects of a PDF together, as PDF 1.5 and later allow and PDF/A-2 permits.
//!
//! The tags of an accessible letter are some hundred small objects, which the export writes one by one
//! and uncompressed. Packed into one compressed object stream with a compressed table of places, the
//! letter is the same document in half the bytes. Streams (text, fonts, metadata) stay as they are.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// The same document, smaller; `None` when the file is not of the plain shape that the export writes.
pub fn packed(pdf: &[u8]) -> Option<Vec<u8>> {
    let table = last(pdf, b"startxref")?;
    let table: usize = text(&pdf[table..])?.split_whitespace().nth(1)?.parse().ok()?;
    let trailer = table + first(pdf.get(table..)?, b"trailer")?;
    let kept_keys = trailer_keys(&pdf[trailer..])?;
    let places = places(text(&pdf[table..trailer])?)?;

    let mut ends: Vec<usize> = places.iter().flatten().copied().chain([table]).collect();
    ends.sort_unstable();
    let first_object = *ends.first()?;
    let mut packed = pdf.get(..first_object)?.to_vec();
    let (mut index, mut small) = (String::new(), Vec::new());
    // Of every object number: nothing, an offset, or a position in the object stream.
    let mut entries: Vec<(u8, usize, usize)> = Vec::with_capacity(places.len() + 2);
    let container = places.len();
    let mut inside = 0;
    for (number, place) in places.iter().enumerate() {
        let Some(place) = *place else {
            entries.push((0, 0, 0));
            continue;
        };
        let end = ends[ends.partition_point(|end| *end <= place)];
        let object = pdf[place..end].trim_ascii_end();
        let opening = format!("{number} 0 obj\n");
        let body = object.strip_prefix(opening.as_bytes())?.strip_suffix(b"endobj")?.trim_ascii_end();
        if body.ends_with(b"endstream") {
            entries.push((1, packed.len(), 0));
            packed.extend_from_slice(object);
            packed.push(b'\n');
        } else {
            entries.push((2, container, inside));
            inside += 1;
            index.push_str(&format!("{number} {} ", small.len()));
            small.extend_from_slice(body);
            small.push(b'\n');
        }
    }
    entries.push((1, packed.len(), 0));
    let keys = format!("/Type/ObjStm/N {inside}/First {}", index.len());
    write_stream(&mut packed, container, keys.as_bytes(), &[index.as_bytes(), &small].concat())?;

    let start = packed.len();
    entries.push((1, start, 0));
    let mut rows = Vec::with_capacity(entries.len() * 7);
    for (kind, place, position) in &entries {
        rows.push(*kind);
        rows.extend_from_slice(&u32::try_from(*place).ok()?.to_be_bytes());
        rows.extend_from_slice(&u16::try_from(*position).ok()?.to_be_bytes());
    }
    let keys = format!("/Type/XRef/W[1 4 2]/Size {}", entries.len()).into_bytes();
    let keys = [keys.as_slice(), kept_keys].concat();
    write_stream(&mut packed, container + 1, &keys, &rows)?;
    packed.extend_from_slice(format!("startxref\n{start}\n%%EOF").as_bytes());
    Some(packed)
}

fn write_stream(pdf: &mut Vec<u8>, number: usize, keys: &[u8], content: &[u8]) -> Option<()> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).ok()?;
    let content = encoder.finish().ok()?;
    pdf.extend_from_slice(format!("{number} 0 obj\n<<").as_bytes());
    pdf.extend_from_slice(keys);
    pdf.extend_from_slice(format!("/Filter/FlateDecode/Length {}>>\nstream\n", content.len()).as_bytes());
    pdf.extend_from_slice(&content);
    pdf.extend_from_slice(b"\nendstream\nendobj\n");
    Some(())
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

/// What the trailer says beside the size: root, information, identifiers.
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
    fn an_unknown_shape_is_left_alone() {
        for file in [
            "",
            "%PDF-1.7",
            "startxref\n9\n%%EOF",
            "xref\n0 1\n0000000000 65535 f \ntrailer\n<<>>\nstartxref\n0\n%%EOF",
        ] {
            assert_eq!(packed(file.as_bytes()), None, "{file}");
        }
    }
}
