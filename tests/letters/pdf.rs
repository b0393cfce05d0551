//! Reading a PDF as a program that reads aloud would: structure, text and paths.

use std::collections::BTreeMap;

use lopdf::content::Content;
use lopdf::{Dictionary, Document, Object};

pub fn open(bytes: &[u8]) -> Document {
    Document::load_mem(bytes).expect("a PDF")
}

pub fn dictionary<'a>(pdf: &'a Document, object: &'a Object) -> &'a Dictionary {
    match pdf.dereference(object).expect("an object").1 {
        Object::Stream(stream) => &stream.dict,
        other => other.as_dict().expect("a dictionary"),
    }
}

pub fn string(object: &Object) -> String {
    lopdf::decode_text_string(object).expect("a text string")
}

/// One element of the structure tree.
#[derive(Clone, Debug)]
pub struct Element {
    pub role: String,
    pub alternative: Option<String>,
    pub scope: Option<String>,
}

/// All elements, in the order of reading.
pub fn structure(pdf: &Document) -> Vec<Element> {
    let root = dictionary(pdf, pdf.catalog().expect("a catalog").get(b"StructTreeRoot").expect("tags"));
    let mut elements = Vec::new();
    walk(pdf, root.get(b"K").expect("children"), &mut elements);
    elements
}

fn walk(pdf: &Document, node: &Object, elements: &mut Vec<Element>) {
    match pdf.dereference(node).expect("a node").1 {
        Object::Array(nodes) => nodes.iter().for_each(|node| walk(pdf, node, elements)),
        Object::Dictionary(node) if node.has(b"S") => {
            let attributes: Vec<&Dictionary> = match node.get(b"A") {
                Ok(Object::Array(all)) => all.iter().map(|one| dictionary(pdf, one)).collect(),
                Ok(one) => vec![dictionary(pdf, one)],
                Err(_) => Vec::new(),
            };
            let scope = attributes.iter().find_map(|one| one.get(b"Scope").ok());
            let name =
                |object: &Object| String::from_utf8_lossy(object.as_name().expect("a name")).into_owned();
            elements.push(Element {
                role: name(node.get(b"S").expect("a role")),
                alternative: node.get(b"Alt").ok().map(string),
                scope: scope.map(name),
            });
            if let Ok(children) = node.get(b"K") {
                walk(pdf, children, elements);
            }
        }
        _ => {}
    }
}

/// Character codes of two bytes to text, from the font's ToUnicode.
type Mapping = BTreeMap<u16, String>;

/// Panics when a font lacks its file or its ToUnicode: such text could not be copied or read aloud.
fn mapping(pdf: &Document, font: &Dictionary) -> Mapping {
    let descendant = font.get(b"DescendantFonts").and_then(Object::as_array).expect("a composite font");
    let descriptor = dictionary(pdf, &descendant[0]).get(b"FontDescriptor").expect("a descriptor");
    let descriptor = dictionary(pdf, descriptor);
    assert!([&b"FontFile2"[..], b"FontFile3"].iter().any(|key| descriptor.has(key)), "not embedded");
    let stream = pdf.dereference(font.get(b"ToUnicode").expect("ToUnicode")).expect("a stream").1;
    let text = stream.as_stream().expect("a stream").decompressed_content().expect("readable");
    let text = String::from_utf8_lossy(&text).into_owned();
    let mut mapping = Mapping::new();
    for part in text.split("beginbfchar").skip(1) {
        let part = part.split("endbfchar").next().unwrap_or_default();
        let codes: Vec<&str> = part.split(['<', '>']).skip(1).step_by(2).collect();
        for pair in codes.chunks_exact(2) {
            mapping.insert(u16::from_str_radix(pair[0], 16).expect("a code"), utf16(pair[1]));
        }
    }
    assert!(!text.contains("beginbfrange"), "ranges are not read here");
    mapping
}

fn utf16(hexadecimal: &str) -> String {
    let units: Vec<u16> = hexadecimal
        .as_bytes()
        .chunks(4)
        .map(|four| u16::from_str_radix(std::str::from_utf8(four).expect("ASCII"), 16).expect("a unit"))
        .collect();
    String::from_utf16_lossy(&units)
}

/// All text of the document that is not an artifact (page footers, repeated headings), in order.
pub fn text(pdf: &Document) -> String {
    let mut text = String::new();
    for (_, page) in pdf.get_pages() {
        let fonts = pdf.get_page_fonts(page).expect("fonts");
        let mappings: BTreeMap<&[u8], Mapping> =
            fonts.iter().map(|(name, font)| (name.as_slice(), mapping(pdf, font))).collect();
        let content = Content::decode(&pdf.get_page_content(page)).expect("operations");
        let mut font: &[u8] = b"";
        // Of every open marked content: whether it is an artifact, and what is said in its place.
        let mut marked: Vec<(bool, Option<String>)> = Vec::new();
        for operation in &content.operations {
            match operation.operator.as_str() {
                "BDC" | "BMC" => {
                    let artifact = operation.operands[0].as_name().is_ok_and(|name| name == b"Artifact");
                    let instead = operation.operands.get(1).and_then(|properties| properties.as_dict().ok());
                    let instead = instead.and_then(|d| d.get(b"ActualText").ok()).map(string);
                    marked.push((artifact, instead));
                }
                "EMC" => {
                    let (artifact, instead) = marked.pop().expect("balanced");
                    if let Some(instead) = instead
                        && !artifact
                        && !marked.iter().any(|(artifact, _)| *artifact)
                    {
                        text.push_str(&instead);
                    }
                }
                "Tf" => font = operation.operands[0].as_name().expect("a font"),
                "Tj" | "TJ" if marked.iter().all(|(artifact, instead)| !artifact && instead.is_none()) => {
                    let mapping = &mappings[font];
                    let parts = match &operation.operands[0] {
                        Object::Array(parts) => parts.clone(),
                        one => vec![one.clone()],
                    };
                    for code in parts.iter().filter_map(|part| part.as_str().ok()).flat_map(|b| b.chunks(2)) {
                        let code = u16::from_be_bytes([code[0], code[1]]);
                        text.push_str(mapping.get(&code).map_or("", String::as_str));
                    }
                    text.push(' ');
                }
                _ => {}
            }
        }
    }
    text
}

/// Every path of lines as the steps between its points, in points of the page.
#[allow(clippy::float_arithmetic, reason = "a page is measured in fractions of points")]
pub fn paths(pdf: &Document) -> Vec<Vec<(f32, f32)>> {
    let mut paths = Vec::new();
    for (_, page) in pdf.get_pages() {
        let content = Content::decode(&pdf.get_page_content(page)).expect("operations");
        let mut at = (0.0, 0.0);
        for operation in &content.operations {
            let number = |index: usize| operation.operands[index].as_float().expect("a number");
            match operation.operator.as_str() {
                "m" => {
                    at = (number(0), number(1));
                    paths.push(Vec::new());
                }
                "l" => {
                    let to = (number(0), number(1));
                    paths.last_mut().expect("begun").push((to.0 - at.0, to.1 - at.1));
                    at = to;
                }
                _ => {}
            }
        }
    }
    paths
}
