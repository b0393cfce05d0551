//! The sizes of a workbook's container, before its content is parsed.
//!
//! A declared size may lie, so every part that will be parsed is also inflated once, through a
//! reader that stops; that costs a fraction of parsing it.

use std::fs::File;
use std::io::{self, BufReader, Read as _};
use std::path::Path;

use zip::ZipArchive;

const MOST_FILE: u64 = 256 << 20;
const MOST_PARTS: usize = 10_000;
/// Of all parts together.
const MOST_INFLATED: u64 = 2 << 30;
/// Parts that the library keeps in memory as a whole: texts, styles, the list of sheets.
const MOST_KEPT: u64 = 128 << 20;
/// Inflated to packed bytes of a part. Sheets of spreadsheets reach twenty or so.
const MOST_RATIO: u64 = 100;
/// Below this a ratio says nothing.
const SMALL_PART: u64 = 1 << 20;

pub fn check(path: &Path) -> Result<(), String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let bytes = file.metadata().map_err(|error| error.to_string())?.len();
    if bytes > MOST_FILE {
        return Err(format!("it is larger than {} MiB", MOST_FILE >> 20));
    }
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|_| "it is no zip container")?;
    if archive.len() > MOST_PARTS {
        return Err(format!("it has more than {MOST_PARTS} parts"));
    }
    let mut all = 0;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|_| "a part of it is damaged, or it has a password")?;
        let (declared, packed) = (part.size(), part.compressed_size());
        let sheet = part.name().is_ok_and(|name| name.contains("worksheets/"));
        all += declared;
        let ratio = declared > SMALL_PART && declared / MOST_RATIO > packed;
        if ratio || all > MOST_INFLATED || (!sheet && declared > MOST_KEPT) {
            return Err(TOO_LARGE.to_owned());
        }
        let mut part = part.take(declared + 1);
        let inflated = io::copy(&mut part, &mut io::sink()).map_err(|_| "a part of it is damaged")?;
        if inflated != declared {
            return Err("a part of it is larger than it declares".to_owned());
        }
    }
    Ok(())
}

const TOO_LARGE: &str = "a part of it unpacks to more than any export holds";
