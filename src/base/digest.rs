//! SHA-256, by which a file is known again, and the one way in which bytes are written as text.

use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

/// Lower-case hexadecimal, digit by digit.
pub fn hex_digits(bytes: &[u8]) -> impl Iterator<Item = char> {
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half)]);
    bytes.iter().flat_map(move |byte| [digit(byte >> 4), digit(byte & 15)])
}

pub fn hexadecimal(bytes: &[u8]) -> String {
    hex_digits(bytes).collect()
}

/// SHA-256 in hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// An id that tells nothing of the text it is made of: the first 16 digits of its SHA-256.
pub fn opaque_id(text: &str) -> String {
    hexadecimal(&Sha256::digest(text)[..8])
}

/// How many bytes come, to the end, and their SHA-256 in hexadecimal. Never holds them all.
pub fn sha256_of(mut source: impl Read) -> io::Result<(u64, String)> {
    let mut hash = Sha256::new();
    let mut part = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        match source.read(&mut part)? {
            0 => return Ok((bytes, hexadecimal(&hash.finalize()))),
            read => {
                hash.update(&part[..read]);
                bytes += read as u64;
            }
        }
    }
}

/// File names with the SHA-256 of their content, and the SHA-256 over names and contents of all, hex. The
/// folder that holds them is no part of it. `files`: path and text of each, in their order.
pub fn sha256_of_texts(files: &[(String, String)]) -> (Vec<(String, String)>, String) {
    let (mut hashes, mut all) = (Vec::new(), Sha256::new());
    for (path, text) in files {
        let name = Path::new(path).file_name();
        let name = name.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        all.update(name.as_bytes());
        all.update([0]);
        all.update(text.as_bytes());
        hashes.push((name, sha256_hex(text.as_bytes())));
    }
    (hashes, hexadecimal(&all.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_in_parts_has_the_hash_of_the_whole() {
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256_hex(b"abc"), known);
        assert_eq!(sha256_of(&b"abc"[..]).expect("bytes"), (3, known.to_owned()));
        let long = vec![b'a'; 100_000];
        assert_eq!(sha256_of(&long[..]).expect("bytes"), (100_000, sha256_hex(&long)));
    }
}
