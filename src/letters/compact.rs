//! Packs the small objects of a letter together.
//!
//! The tags of an accessible letter are some hundred small objects, which the export writes one by one
//! and uncompressed. Packed, the letter is the same document in half the bytes.

use super::pdf_objects::{Container, Plain, Spot, ending, is_stream, write};

/// The same document, smaller; `None` when the file is not of the plain shape that the export writes.
pub fn packed(pdf: &[u8]) -> Option<Vec<u8>> {
    let plain = Plain::read(pdf)?;
    let mut packed = plain.header.to_vec();
    let mut small = Container::default();
    let container = plain.objects.len();
    let mut spots = vec![Spot::Nowhere; container];
    for (number, object) in plain.objects.iter().enumerate() {
        let Some(object) = *object else { continue };
        if is_stream(object) {
            spots[number] = Spot::At(packed.len() as u64);
            write(&mut packed, number, object);
        } else {
            spots[number] = Spot::In(container, small.add(number, object));
        }
    }
    spots.push(Spot::At(packed.len() as u64));
    write(&mut packed, container, &small.into_object()?);
    let start = packed.len() as u64;
    packed.extend(ending(&spots, start, plain.trailer)?);
    Some(packed)
}
