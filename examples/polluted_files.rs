//! Writes the polluted corpus, what must be said of each file, and what klip's gate and the `csv`
//! crate with a width check say: `cargo run --release --example polluted_files -- FOLDER`.
//!
//! `files/*.csv` and `manifest.csv` (file, table, dialect, pollution, class, lines, rows_lost,
//! expected, klip, csv_crate); `schema.csv` names the columns. `benches/polluted/compare.py` reads
//! the corpus with other readers.

#![allow(clippy::print_stdout, reason = "a program for contributors that says what it wrote")]

#[path = "../tests/polluted/cells.rs"]
mod cells;
#[path = "../tests/polluted/corpus.rs"]
mod corpus;
#[path = "../tests/polluted/lines.rs"]
mod lines;
#[path = "../tests/polluted/verdict.rs"]
mod verdict;

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use klippekort::contract::Kind;

use corpus::{Expected, Polluted, Sound};
use verdict::Gate;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("give an empty folder")?);
    let files = folder.join("files");
    fs::create_dir_all(&files)?;
    let sounds = corpus::sound(&folder.join("sound"));
    let mut schema = csv::Writer::from_path(folder.join("schema.csv"))?;
    schema.write_record(["table", "dialect", "header", "kind", "optional"])?;
    let mut manifest = csv::Writer::from_path(folder.join("manifest.csv"))?;
    let head = ["file", "table", "dialect", "pollution", "class", "lines", "rows_lost", "expected", "klip"];
    manifest.write_record(head.iter().chain(&["csv_crate"]))?;
    let mut number = 0;
    for danish in [true, false] {
        let name = if danish { "danish" } else { "plain" };
        let mut gate =
            Gate::open(&folder.join("sound").join(name), &folder.join(format!("gate-{name}")), danish, "");
        for sound in sounds.iter().filter(|sound| sound.danish == danish) {
            for (header, column) in sound.header.split(sound.separator).zip(sound.table.columns()) {
                let optional = column.optional || matches!(column.name, "exam_date" | "amount");
                let optional = if optional { "1" } else { "0" };
                schema.write_record([sound.table.name(), name, header, kind(column.kind), optional])?;
            }
            for polluted in corpus::pollute(sound) {
                number += 1;
                let file = format!("{number:05}-{}-{name}.csv", sound.table);
                fs::write(files.join(&file), &polluted.bytes)?;
                let numbers = |numbers: Vec<String>| numbers.join(" ");
                let expected = match polluted.expected {
                    Expected::Reject(reasons) => {
                        numbers(reasons.iter().map(|r| r.code().to_owned()).collect())
                    }
                    Expected::Mend(reason) => format!("mend {}", reason.code()),
                    Expected::Same => "same".to_owned(),
                    Expected::RejectOrNotice => "reject or notice".to_owned(),
                };
                manifest.write_record([
                    file.as_str(),
                    sound.table.name(),
                    name,
                    polluted.pollution,
                    if polluted.of_form { "form" } else { "cell" },
                    &numbers(polluted.touched.iter().map(u32::to_string).collect()),
                    &numbers(polluted.removed.iter().map(usize::to_string).collect()),
                    &expected,
                    &format!("{:?}", gate.judge(sound, &polluted)),
                    csv_crate(sound, &polluted),
                ])?;
            }
        }
        fs::remove_dir_all(folder.join(format!("gate-{name}")))?;
    }
    manifest.flush()?;
    schema.flush()?;
    println!("{number} files in {}", files.display());
    Ok(())
}

const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Ects { .. } | Kind::Kroner => "decimal",
        Kind::Int { .. } => "int",
        Kind::Date => "date",
        Kind::Month => "month",
        Kind::Bool => "bool",
        _ => "text",
    }
}

/// The `csv` crate, which refuses records of another width than the header's; texts only.
fn csv_crate(sound: &Sound, polluted: &Polluted) -> &'static str {
    let mut reader =
        csv::ReaderBuilder::new().delimiter(sound.separator as u8).from_reader(&polluted.bytes[..]);
    let mut rows = Vec::new();
    let mut refused = 0;
    for record in reader.records() {
        match record {
            Ok(record) => rows.push(record.iter().map(str::to_owned).collect::<Vec<_>>()),
            Err(_) => refused += 1,
        }
    }
    let kept = |removed: &[usize]| {
        let rows = sound.rows.iter().enumerate().filter(|(at, _)| !removed.contains(at));
        rows.map(|(_, row)| row.clone()).collect::<Vec<_>>()
    };
    match refused {
        // Nothing was lost, whatever the file looked like.
        0 if rows == kept(&[]) => "Exact",
        0 => "Silent",
        _ if rows == kept(&polluted.removed) => "Exact",
        _ => "TooMuch",
    }
}
