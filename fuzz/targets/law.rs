#![no_main]

#[path = "../../tests/properties/texts.rs"]
#[allow(dead_code)]
mod texts;

libfuzzer_sys::fuzz_target!(|data: &[u8]| texts::law(data));
