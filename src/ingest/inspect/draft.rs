//! The proposal as TOML.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::{About, Open, Seen};
use crate::base::counted;
use crate::contract::Table;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::ingest::report::Format;

/// One key of the dialect: what each file says of it.
struct Key {
    name: &'static str,
    /// `None` for a file that says nothing.
    said: Vec<Option<String>>,
    /// A file leaves it open.
    open: bool,
}

pub fn write(seen: &[Seen], open: &mut Diagnostics) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let of = |said: &dyn Fn(&Seen) -> Option<String>| seen.iter().map(said).collect::<Vec<_>>();
    let keys = [
        Key {
            name: "separator",
            said: of(&|file| file.sample.separator.map(|mark| quoted(&char::from(mark).to_string()))),
            open: false,
        },
        Key {
            name: "decimal",
            said: of(&|file| file.evidence.decimal.map(|mark| quoted(&mark.to_string()))),
            open: is_open(seen, About::Decimals),
        },
        Key {
            name: "thousands",
            said: of(&|file| file.evidence.thousands.map(|mark| quoted(&mark.to_string()))),
            open: false,
        },
        Key {
            name: "encoding",
            said: of(&|file| file.sample.encoding.map(|name| format!("[{}]", quoted(name)))),
            open: false,
        },
    ];
    let mut text = format!(
        "# Proposed by `klip inspect` from {}. Review every line, complete the pipeline (see\n\
         # pipelines/semester_inspection.toml), then: klip check PIPELINE --input DIR\n",
        counted(seen.len(), "file", "files")
    );
    let shared = dialect(seen, &keys, &mut text, open);
    let mut order = (0..seen.len()).collect::<Vec<_>>();
    order.sort_by_key(|at| seen[*at].mapping.table);
    for at in order {
        let differing = keys.iter().zip(&shared).filter(|(_, shared)| !**shared);
        let own =
            differing.filter_map(|(key, _)| Some((key.name, key.said[at].clone()?))).collect::<Vec<_>>();
        table(&seen[at], &own, &mut text);
    }
    text
}

fn is_open(seen: &[Seen], about: About) -> bool {
    seen.iter().any(|file| file.open().any(|open| open.about == about))
}

/// Writes [dialect]; tells of each key whether it holds for all files.
fn dialect(seen: &[Seen], keys: &[Key], text: &mut String, open: &mut Diagnostics) -> Vec<bool> {
    if seen.iter().all(|file| file.sample.separator.is_none()) {
        return vec![true; keys.len()];
    }
    text.push_str("\n[dialect]\n");
    let mut shared = Vec::new();
    for key in keys {
        let said = key.said.iter().flatten().collect::<BTreeSet<_>>();
        let only = said.first().filter(|_| said.len() == 1);
        match only {
            Some(value) if !key.open => {
                let _ = writeln!(text, "{} = {value}", key.name);
            }
            _ if key.open => {
                let _ = writeln!(text, "{} = \"\"  # to be decided: see what is open", key.name);
            }
            _ if key.name == "decimal" && said.is_empty() => {
                text.push_str("decimal = \"\"  # to be decided: no number of these files has decimals\n");
                open.push(
                    Diagnostic::input(
                        Place::file("[dialect]"),
                        "no number has decimals, so the decimal mark cannot be seen",
                    )
                    .hint("write decimal = \",\" or decimal = \".\""),
                );
            }
            _ => {}
        }
        shared.push(said.len() < 2);
    }
    let forms =
        seen.iter().filter_map(|file| file.evidence.dates.as_ref()).flatten().collect::<BTreeSet<_>>();
    let forms = forms.into_iter().map(|form| format!("\"{form}\"")).collect::<Vec<_>>();
    match (is_open(seen, About::Dates), forms.is_empty()) {
        (true, _) => {
            let seen = if forms.is_empty() { "none".to_owned() } else { forms.join(", ") };
            let _ = writeln!(text, "dates = []  # to be decided: see what is open; sure: {seen}");
        }
        (false, false) => {
            let _ = writeln!(text, "dates = [{}]", forms.join(", "));
        }
        (false, true) => {}
    }
    shared
}

fn table(file: &Seen, own: &[(&'static str, String)], text: &mut String) {
    let table = file.mapping.table;
    let _ = writeln!(text, "\n[tables.{table}]");
    let evidence = file.sample.notes.iter().chain(&file.mapping.notes).chain(&file.evidence.notes);
    for note in evidence {
        let _ = writeln!(text, "# {}", note.replace(char::is_control, " "));
    }
    for Open { message, .. } in file.open() {
        let _ = writeln!(text, "# OPEN: {}", message.replace(char::is_control, " "));
    }
    let usual = |format: Option<Format>| format.map(|format| format!("{table}.{}", format.name()));
    if usual(file.sample.format).as_deref() != Some(file.name.as_str()) {
        let _ = writeln!(text, "file = {}", toml::Value::String(file.name.clone()));
    }
    if let Some(sheet) = &file.sample.sheet {
        let _ = writeln!(text, "sheet = {}", toml::Value::String(sheet.clone()));
    }
    for (key, value) in own {
        let _ = writeln!(text, "{key} = {value}");
    }
    if file.sample.line_breaks {
        text.push_str("quoted_line_breaks = true\n");
    }
    columns(file, table, text);
    let mut last = "";
    for (column, word, code) in &file.evidence.words {
        if *column != last {
            let _ = writeln!(text, "[tables.{table}.values.{column}]");
            last = column;
        }
        let _ = writeln!(text, "{} = \"{code}\"", toml::Value::String(word.clone()));
    }
}

fn columns(file: &Seen, table: Table, text: &mut String) {
    let columns = table.columns().iter().zip(&file.mapping.positions);
    let mapped = columns.filter_map(|(column, at)| {
        let header = file.sample.header.get((*at)?)?;
        (header != column.name).then_some((column.name, header))
    });
    let mapped = mapped.collect::<Vec<_>>();
    if mapped.is_empty() {
        return;
    }
    let _ = writeln!(text, "[tables.{table}.columns]");
    for (name, header) in mapped {
        let _ = writeln!(text, "{name} = {}", toml::Value::String(header.clone()));
    }
}
