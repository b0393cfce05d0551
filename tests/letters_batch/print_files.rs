//! The print files: one for each kind, whose pages are those of its letters.

use super::*;

/// The print file has the pages of the letters, and a blank one where the pipeline asks for it.
#[test]
fn a_print_file_binds_the_pages() {
    let pages = |bytes: &[u8]| lopdf::Document::load_mem(bytes).expect("a PDF").get_pages().len();
    let exports = exports();
    let of = |separator| {
        let (written, files) = run_with(&exports, &inspection(), separator, 2).expect("written");
        let letters: usize =
            files.iter().filter(|(name, _)| name.starts_with("letters/")).map(|(_, b)| pages(b)).sum();
        let print = files.iter().filter(|(name, _)| name.starts_with("print/"));
        let prints: Vec<usize> = print.map(|(_, bytes)| pages(bytes)).collect();
        (letters, prints.iter().sum::<usize>(), prints, written.counts.len())
    };
    let (letters, bound, _, kinds) = of(Separator::None);
    assert_eq!((letters, kinds), (bound, 7));
    assert_eq!(of(Separator::BlankPage).1, bound + 9);
    let (_, even, of_kind, _) = of(Separator::EvenPages);
    assert!(even >= bound && of_kind.iter().all(|pages| pages.is_multiple_of(2)));
}

/// Every page of a print file says which letter it is of, page by page.
fn letters_by_page(print: &lopdf::Document) -> Vec<String> {
    let ids = print.get_pages().into_keys().map(|page| {
        let text = print.extract_text(&[page]).expect("text").replace(char::is_whitespace, "");
        let is_id = |part: &&str| part.len() == 16 && part.bytes().all(|b| b.is_ascii_hexdigit());
        let windows = (0..text.len().saturating_sub(15)).filter_map(|from| text.get(from..from + 16));
        windows.rev().find(is_id).expect("a letter id").to_owned()
    });
    let mut ids: Vec<String> = ids.collect();
    ids.dedup();
    ids
}

/// Many letters of a kind are one file of one document, in their order, whatever the threads.
#[test]
fn a_kind_has_one_print_file_whatever_the_number_of_letters() {
    let (mut exports, mut inspection) = (exports(), inspection());
    let of_all = |number: usize| {
        let enrolment_id = format!("E{number:03}");
        let mut row = row();
        row.enrolment_id = enrolment_id.as_str().into();
        row.letters = vec![LetterKind::LastAttempt];
        let own = attempts().into_iter().map(|mut attempt| {
            attempt.enrolment_id = enrolment_id.as_str().into();
            attempt
        });
        (row, own.collect::<Vec<_>>())
    };
    const LETTERS: usize = 2 * LETTERS_PER_PART + 3;
    let (rows, attempts): (Vec<_>, Vec<_>) = (0..LETTERS).map(of_all).unzip();
    inspection.inspection = rows;
    inspection.register_index = (0..LETTERS as u32).collect();
    exports.people = vec![person(); LETTERS];
    exports.enrolments = inspection
        .inspection
        .iter()
        .map(|row| {
            let mut enrolment = enrolment(Language::Da);
            enrolment.enrolment_id = row.enrolment_id.clone();
            enrolment
        })
        .collect();
    inspection.attempts = attempts.concat();
    inspection.particulars = inspection.inspection.iter().map(|row| told(&row.enrolment_id)).collect();
    let run = |threads, separator| run_with(&exports, &inspection, separator, threads).expect("written").1;
    let files = run(1, Separator::None);
    assert!(files == run(3, Separator::None), "the threads do not show");

    let (print, letters): (Stored, Stored) =
        files.into_iter().partition(|(name, _)| name.starts_with("print/"));
    let [(name, bytes)] = &print[..] else { panic!("{} print files", print.len()) };
    assert_eq!((name.as_str(), letters.len()), ("print/last_attempt.pdf", LETTERS));
    let print = lopdf::Document::load_mem(bytes).expect("a PDF");
    let in_order: Vec<&str> =
        letters.iter().map(|(name, _)| &name["letters/".len()..name.len() - ".pdf".len()]).collect();
    assert_eq!(letters_by_page(&print), in_order);
    let pages_of_letters: usize =
        letters.iter().map(|(_, bytes)| lopdf::Document::load_mem(bytes).unwrap().get_pages().len()).sum();
    let pages = print.get_pages().len();
    assert_eq!(pages, pages_of_letters);
    assert!(bytes.len() < 4_000 * pages, "{} bytes a page", bytes.len() / pages);

    // What a file has once, and says of the whole.
    let of_type = |wanted: &str| {
        let is_it = |object: &&lopdf::Object| {
            let dictionary = match object {
                lopdf::Object::Stream(stream) => &stream.dict,
                object => object.as_dict().unwrap_or(&EMPTY),
            };
            dictionary.get(b"Type").and_then(lopdf::Object::as_name).is_ok_and(|t| t == wanted.as_bytes())
        };
        print.objects.values().filter(is_it).collect::<Vec<_>>()
    };
    for once in ["Catalog", "Metadata", "OutputIntent"] {
        assert_eq!(of_type(once).len(), 1, "{once}");
    }
    assert_eq!(of_type("Page").len(), pages);
    let catalog = print.catalog().expect("a catalogue");
    for tagged in ["StructTreeRoot", "MarkInfo", "Outlines", "Lang"] {
        assert!(!catalog.has(tagged.as_bytes()), "{tagged}");
    }
    let metadata = of_type("Metadata")[0].as_stream().expect("a stream");
    let metadata = String::from_utf8(metadata.content.clone()).expect("UTF-8");
    let [of_document, of_content] =
        &print.trailer.get(b"ID").and_then(lopdf::Object::as_array).expect("ids")[..]
    else {
        panic!("two identifiers")
    };
    let text =
        |id: &lopdf::Object| String::from_utf8(id.as_str().expect("a string").to_vec()).expect("ASCII");
    for said in [
        format!("<xmpTPg:NPages>{pages}</"),
        format!("<xmpMM:DocumentID>{}</", text(of_document)),
        format!("<xmpMM:InstanceID>{}</", text(of_content)),
        "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</".to_owned(),
    ] {
        assert_eq!(metadata.matches(&said).count(), 1, "{said}");
    }
    assert!(!metadata.contains("dc:language") && !metadata.contains("pdfuaid"));
    // Nothing refers to what is not there, and only what holds others is referred to by nothing.
    let mut holders: Vec<_> = [of_type("ObjStm"), of_type("XRef")].concat();
    let unreached = print.clone().prune_objects();
    holders.retain(|holder| !unreached.iter().any(|id| print.objects[id] == **holder));
    assert!(holders.is_empty() && unreached.len() == of_type("ObjStm").len() + 1);
    let there = |id: &lopdf::ObjectId| print.objects.contains_key(id);
    for object in print.objects.values() {
        assert!(references(object).iter().all(there), "{object:?}");
    }

    // One page after every letter, and an identifier of its own.
    let blank = run(2, Separator::BlankPage).pop().expect("a file").1;
    let blank = lopdf::Document::load_mem(&blank).expect("a PDF");
    assert_eq!(blank.get_pages().len(), pages + LETTERS);
    let ids =
        |print: &lopdf::Document| print.trailer.get(b"ID").and_then(lopdf::Object::as_array).unwrap().clone();
    assert_eq!(ids(&print)[0], ids(&blank)[0]);
    assert_ne!(ids(&print)[1], ids(&blank)[1]);
}

static EMPTY: std::sync::LazyLock<lopdf::Dictionary> = std::sync::LazyLock::new(lopdf::Dictionary::new);

fn references(object: &lopdf::Object) -> Vec<lopdf::ObjectId> {
    match object {
        lopdf::Object::Reference(id) => vec![*id],
        lopdf::Object::Array(items) => items.iter().flat_map(references).collect(),
        lopdf::Object::Dictionary(dictionary) => {
            dictionary.iter().flat_map(|(_, value)| references(value)).collect()
        }
        lopdf::Object::Stream(stream) => {
            stream.dict.iter().flat_map(|(_, value)| references(value)).collect()
        }
        _ => Vec::new(),
    }
}
