//! What must hold of every text, however strange. `fuzz/` searches for texts of which it does not.

use std::path::Path;
use std::sync::LazyLock;

use klippekort::base::{Cpr, Day, Ects, Month};
use klippekort::contract::Table;
use klippekort::ingest::probe;
use klippekort::law::LawBook;
use klippekort::pipeline::{Overrides, Pipeline};

/// A line that is accepted says the same when it is written again with every cell in quotes.
pub fn record(data: &[u8]) {
    let Some((first, line)) = data.split_first() else { return };
    let separator = [b';', b',', b'\t', b'|'][usize::from(first % 4)];
    let Some(Ok(cells)) = probe::line(line, separator, first & 8 != 0) else { return };
    let marks = line.iter().filter(|byte| **byte == separator).count();
    assert!(!cells.is_empty() && cells.len() <= marks + 1);
    let quoted = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")));
    let again = quoted.collect::<Vec<_>>().join(&char::from(separator).to_string());
    assert_eq!(probe::line(again.as_bytes(), separator, false), Some(Ok(cells)));
}

/// A number that is read is the number that its digits are, in either dialect.
pub fn decimal(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for danish in [true, false] {
        let Ok(value) = probe::hundredths(text, danish) else { continue };
        let digits = |text: &str| text.trim_start_matches('0').to_owned();
        let written = digits(&text.chars().filter(char::is_ascii_digit).collect::<String>());
        let decimals = text.rsplit_once(if danish { ',' } else { '.' }).map_or(0, |(_, part)| part.len());
        assert!(decimals <= 2 && value.abs() <= 100_000_000_000_099, "{text}");
        // Beyond this the digits are cut: every range of the contract ends far below.
        if value.abs() < 1_000_000_000 {
            assert_eq!(
                digits(&value.abs().to_string()),
                digits(&format!("{written}{}", "0".repeat(2 - decimals))),
                "{text}"
            );
            let plain = Ects::hundredths(value as i32).to_string();
            assert_eq!(probe::hundredths(&plain, false), Ok(value), "{text}");
            assert_eq!(probe::hundredths(&plain.replace('.', ","), true), Ok(value), "{text}");
        }
    }
}

/// A day or month that is read has one ISO form, which is read alike.
pub fn date(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(day) = probe::day(text) {
        assert_eq!(Day::parse_iso(&day.to_string()), Some(day));
        assert_eq!(probe::day(&day.to_string()), Ok(day));
        assert_eq!(text.bytes().filter(u8::is_ascii_digit).count(), 8);
    }
    if let Ok(month) = probe::month(text) {
        assert_eq!((Month::parse_iso(text), month.to_string().as_str()), (Some(month), text));
    }
}

/// A civil registration number is ten characters, and neither its own forms nor a masked cell show it.
pub fn cpr(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let masked = probe::masked(text);
    assert!(masked.chars().count() <= 60 && !masked.contains(char::is_control));
    let Some(number) = Cpr::parse(text) else { return };
    assert_eq!(format!("{number:?}"), "Cpr(hidden)");
    assert_eq!(number.masked(), format!("{}-XXXX", &text[..6]));
    assert!(!masked.contains(&text[..6]), "{masked}");
}

/// Columns are found at most once each, inside the header, and under their own or mapped name.
pub fn header(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let names = text.split(';').map(|name| name.trim().to_owned()).collect::<Vec<_>>();
    let table = Table::ALL[data.len() % Table::ALL.len()];
    let settings = DANISH.table(table);
    let Ok(positions) = probe::columns(table, settings, &names) else { return };
    for ((column, mapped), position) in table.columns().iter().zip(&settings.headers).zip(&positions) {
        let Some(at) = position else {
            assert!(column.optional);
            continue;
        };
        assert!(names[*at] == column.name || Some(&names[*at]) == mapped.as_ref());
        assert_eq!(positions.iter().filter(|other| *other == position).count(), 1);
    }
}

static DANISH: LazyLock<Pipeline> = LazyLock::new(|| {
    let text = include_str!("../../pipelines/semester_inspection.toml");
    match Pipeline::from_text(Path::new("pipelines/danish.toml"), text, &Overrides::default()) {
        Ok(pipeline) => pipeline,
        Err(problems) => panic!("{problems}"),
    }
});

/// A pipeline is read, or refused with problems in this file, on its lines.
pub fn pipeline(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let lines = text.matches('\n').count() + 1;
    if let Err(problems) = Pipeline::from_text(Path::new("p.toml"), text, &Overrides::default()) {
        assert!(!problems.is_empty());
        for problem in problems.iter() {
            assert_eq!(problem.place.file, "p.toml", "{problem}");
            assert!(problem.place.line.is_none_or(|line| (1..=lines).contains(&line)), "{problem}");
        }
    }
}

/// Law is read, or refused with problems that say which file.
pub fn law(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let lines = text.matches('\n').count() + 1;
    if let Err(problems) = LawBook::from_texts(&[("law/su.toml".to_owned(), text.to_owned())]) {
        assert!(!problems.is_empty());
        for problem in problems.iter() {
            assert!(!problem.message.is_empty() && problem.place.file.starts_with("law"), "{problem}");
            assert!(problem.place.line.is_none_or(|line| (1..=lines).contains(&line)), "{problem}");
        }
    }
}
