//! One PDF from many, page after page, in memory that does not grow with it.
//!
//! Every part is a whole file of the export. Of each only what its pages need is taken, and written at
//! once under new numbers; what is the same in several parts (colour profiles, patterns, a font with
//! the same characters) is written once. Kept are the places of the objects. The end has what a file
//! has once: page tree, metadata, output intent, identifiers, table of places.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::pdf_objects::{Container, Plain, Spot, ending, is_stream, referred, renumbered, write};
use crate::base::hexadecimal;

/// The number of the page tree; the roots of the parts are its children.
const PAGE_TREE: usize = 1;

/// A file that grows. `None` of its functions: a part is not of the shape that the export writes.
pub struct Binder {
    /// Of every number that was given away.
    spots: Vec<Spot>,
    written: u64,
    roots: Vec<usize>,
    pages: usize,
    /// Objects that later parts may have too, by what they say.
    known: BTreeMap<[u8; 32], usize>,
    whole: Option<Whole>,
    hash: Sha256,
}

/// What the first part says of the whole file.
struct Whole {
    metadata: String,
    information: Vec<u8>,
    output_intents: usize,
    identifiers: String,
}

impl Binder {
    pub fn new() -> Binder {
        Binder {
            spots: vec![Spot::Nowhere; PAGE_TREE + 1],
            written: 0,
            roots: Vec::new(),
            pages: 0,
            known: BTreeMap::new(),
            whole: None,
            hash: Sha256::new(),
        }
    }

    /// The next bytes of the file.
    pub fn add(&mut self, part: &[u8]) -> Option<Vec<u8>> {
        let part = Plain::read(part)?;
        let catalog = part.object(referred(part.trailer, "/Root")?)?;
        let root = referred(catalog, "/Pages")?;
        let container = self.number();
        let mut copy = Copy {
            to: self,
            from: &part,
            numbers: BTreeMap::new(),
            bytes: Vec::new(),
            small: Container::default(),
            container,
        };
        if copy.to.whole.is_none() {
            copy.bytes.extend_from_slice(part.header);
            let output_intents = copy.object(referred(catalog, "/OutputIntents")?)?;
            copy.to.whole = Some(Whole::read(&part, catalog, output_intents)?);
        }
        copy.pages(root)?;
        let Copy { mut bytes, small, .. } = copy;
        self.spots[container] = Spot::At(self.written + bytes.len() as u64);
        write(&mut bytes, container, &small.into_object()?);
        Some(self.counted(bytes))
    }

    /// The last bytes of the file.
    pub fn finish(mut self) -> Option<Vec<u8>> {
        let whole = self.whole.take()?;
        let [container, metadata, information, catalog] = [(); 4].map(|()| self.number());
        let instance = self.hash.clone().finalize();
        let instance = hexadecimal(&instance[..16]);
        let identifiers = whole.identifiers.replace(whole.instance()?, &instance);

        let mut bytes = Vec::new();
        self.spots[metadata] = Spot::At(self.written);
        let text = whole.metadata_of(self.pages, &instance)?;
        let keys = format!("<</Type/Metadata/Subtype/XML/Length {}>>\nstream\n", text.len());
        write(&mut bytes, metadata, &[keys.as_bytes(), text.as_bytes(), b"\nendstream"].concat());

        let kids: Vec<String> = self.roots.iter().map(|root| format!("{root} 0 R")).collect();
        let tree = format!("<</Type/Pages/Count {}/Kids[{}]>>", self.pages, kids.join(" "));
        let intents = whole.output_intents;
        let root = format!(
            "<</Type/Catalog/Pages {PAGE_TREE} 0 R/Metadata {metadata} 0 R/OutputIntents {intents} 0 R>>"
        );
        let mut small = Container::default();
        for (number, object) in
            [(PAGE_TREE, tree.as_bytes()), (information, &whole.information), (catalog, root.as_bytes())]
        {
            self.spots[number] = Spot::In(container, small.add(number, object));
        }
        self.spots[container] = Spot::At(self.written + bytes.len() as u64);
        write(&mut bytes, container, &small.into_object()?);
        let start = self.written + bytes.len() as u64;
        let trailer = format!("/Root {catalog} 0 R/Info {information} 0 R{identifiers}");
        bytes.extend(ending(&self.spots, start, trailer.as_bytes())?);
        Some(bytes)
    }

    fn number(&mut self) -> usize {
        self.spots.push(Spot::Nowhere);
        self.spots.len() - 1
    }

    fn counted(&mut self, bytes: Vec<u8>) -> Vec<u8> {
        self.written += bytes.len() as u64;
        self.hash.update(&bytes);
        bytes
    }
}

impl Whole {
    fn read(part: &Plain<'_>, catalog: &[u8], output_intents: usize) -> Option<Whole> {
        let metadata = std::str::from_utf8(part.object(referred(catalog, "/Metadata")?)?).ok()?;
        let trailer = std::str::from_utf8(part.trailer).ok()?;
        let whole = Whole {
            metadata: between(metadata, "stream\n", "\nendstream")?.to_owned(),
            information: part.object(referred(part.trailer, "/Info")?)?.to_vec(),
            output_intents,
            identifiers: trailer[trailer.find("/ID")?..].to_owned(),
        };
        whole.identifiers.contains(whole.instance()?).then_some(whole)
    }

    /// The identifier that depends on the content.
    fn instance(&self) -> Option<&str> {
        between(&self.metadata, "<xmpMM:InstanceID>", "</").filter(|instance| !instance.is_empty())
    }

    /// The metadata with the pages of the whole, and without the language of its first letter.
    fn metadata_of(&self, pages: usize, instance: &str) -> Option<String> {
        let metadata = self.metadata.replace(self.instance()?, instance);
        let (before, after) = metadata.split_once("<xmpTPg:NPages>")?;
        let metadata = format!("{before}<xmpTPg:NPages>{pages}{}", &after[after.find("</")?..]);
        let language = between(&metadata, "<dc:language>", "</dc:language>");
        let language = language.map(|language| format!("<dc:language>{language}</dc:language>"));
        Some(metadata.replace(&language.unwrap_or_default(), ""))
    }
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(between, _)| between)
}

impl<'a> Plain<'a> {
    fn object(&self, number: usize) -> Option<&'a [u8]> {
        *self.objects.get(number)?
    }
}

/// A part on its way into the file.
struct Copy<'a> {
    to: &'a mut Binder,
    from: &'a Plain<'a>,
    /// Old and new; no new one while what the object refers to is copied.
    numbers: BTreeMap<usize, Option<usize>>,
    bytes: Vec<u8>,
    small: Container,
    container: usize,
}

impl Copy<'_> {
    /// The pages of a part under their root.
    fn pages(&mut self, root: usize) -> Option<()> {
        let mut pages = Vec::new();
        let tree = self.from.object(root)?;
        renumbered(tree, &mut |page| {
            pages.push(page);
            Some(page)
        })?;
        // Pages name their root, and may name each other.
        for old in pages.iter().chain([&root]) {
            let new = self.to.number();
            self.numbers.insert(*old, Some(new));
        }
        for page in &pages {
            let object = self.from.object(*page)?;
            if !object.starts_with(b"<</Type/Page/") {
                return None;
            }
            let object = renumbered(object, &mut |old| match self.from.object(old)? {
                content if is_stream(content) => self.content(old),
                _ => self.object(old),
            })?;
            self.place(self.numbers[page]?, &object);
        }
        let tree = renumbered(tree, &mut |page| self.numbers[&page])?;
        let tree = [format!("<</Parent {PAGE_TREE} 0 R").as_bytes(), tree.strip_prefix(b"<<")?].concat();
        let new = self.numbers[&root]?;
        self.place(new, &tree);
        self.to.roots.push(new);
        self.to.pages += pages.len();
        Some(())
    }

    /// What no other page has.
    fn content(&mut self, old: usize) -> Option<usize> {
        let object = renumbered(self.from.object(old)?, &mut |old| self.object(old))?;
        let number = self.to.number();
        self.place(number, &object);
        Some(number)
    }

    /// What other pages and parts may have too.
    fn object(&mut self, old: usize) -> Option<usize> {
        if let Some(number) = self.numbers.get(&old) {
            return *number;
        }
        self.numbers.insert(old, None);
        let object = renumbered(self.from.object(old)?, &mut |old| self.object(old))?;
        let said = Sha256::digest(&object).into();
        let number = match self.to.known.get(&said) {
            Some(number) => *number,
            None => {
                let number = self.to.number();
                self.to.known.insert(said, number);
                self.place(number, &object);
                number
            }
        };
        self.numbers.insert(old, Some(number));
        Some(number)
    }

    fn place(&mut self, number: usize, object: &[u8]) {
        self.to.spots[number] = if is_stream(object) {
            let offset = self.to.written + self.bytes.len() as u64;
            write(&mut self.bytes, number, object);
            Spot::At(offset)
        } else {
            Spot::In(self.container, self.small.add(number, object))
        };
    }
}
