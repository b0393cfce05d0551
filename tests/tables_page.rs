//! The reference of tables and columns says what the contract, the files of a run and the law say. Every
//! message names table and column.

#[path = "support/klip.rs"]
#[allow(dead_code, reason = "the tests of the commands use the rest")]
mod program;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::PathBuf;

use arrow::datatypes::DataType;
use klippekort::contract::codes::{ProgrammeLevel, Status};
use klippekort::contract::{Column, Kind, Table};
use klippekort::letters::worklist;
use klippekort::output::Action;
use klippekort::rules::RULES;
use klippekort::verdicts::*;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use program::{SAMPLE, at, code, klip, stderr, text};

/// Needed on some rows only, as `src/ingest/row_rules.rs` says.
const NEEDED_ON_SOME_ROWS: [(&str, &str); 2] = [("results", "exam_date"), ("exemptions", "amount")];

/// The columns of closed lists in the tables that go out.
const LISTS: [(&str, &[&str]); 17] = [
    ("action", Action::CODES),
    ("external_third", ExternalThird::CODES),
    ("five_ects", FiveEcts::CODES),
    ("flips", Reading::CODES),
    ("guidance", Guidance::CODES),
    ("letters", LetterKind::CODES),
    ("letters_held", LetterKind::CODES),
    ("level", ProgrammeLevel::CODES),
    ("maximum_state", MaximumState::CODES),
    ("pass_fail_third", PassFailThird::CODES),
    ("progress", Progress::CODES),
    ("regime", Regime::CODES),
    ("severity", Severity::CODES),
    ("start_check", StartCheck::CODES),
    ("state", AttemptState::CODES),
    ("status", Status::CODES),
    ("su_status", SuStatus::CODES),
];

/// What stands under a heading.
#[derive(Default)]
struct Section {
    text: String,
    /// The cells of its table, without the headings.
    rows: Vec<Vec<String>>,
}

impl Section {
    fn column(&self, at: usize) -> Vec<&str> {
        self.rows.iter().map(|row| row[at].as_str()).collect()
    }
}

/// By heading, of chapters and of sections.
fn page() -> BTreeMap<String, Section> {
    let text = fs::read_to_string(at("docs/tables.md")).expect("the page");
    let mut sections: BTreeMap<String, Section> = BTreeMap::new();
    let mut heading = String::new();
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("## ").or(line.strip_prefix("### ")) {
            heading = title.to_owned();
            assert!(!sections.contains_key(&heading), "docs/tables.md: two sections {heading}");
            sections.insert(heading.clone(), Section::default());
            continue;
        }
        let section = sections.entry(heading.clone()).or_default();
        match line.strip_prefix("| ").and_then(|line| line.strip_suffix(" |")) {
            Some(cells) => section.rows.push(cells.split(" | ").map(str::to_owned).collect()),
            None => section.text.push_str(line),
        }
    }
    for section in sections.values_mut().filter(|section| !section.rows.is_empty()) {
        let headings = section.rows.remove(0);
        let short = section.rows.iter().find(|row| row.len() != headings.len());
        assert!(short.is_none(), "docs/tables.md: {short:?} has not the cells of {headings:?}");
    }
    sections
}

fn none(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "docs/tables.md:\n{}\n", wrong.join("\n"));
}

/// What is missing, superfluous or in another place, by name.
fn in_order(table: &str, listed: &[&str], wanted: &[&str]) -> Vec<String> {
    let missing = wanted.iter().filter(|name| !listed.contains(name));
    let more = listed.iter().filter(|name| !wanted.contains(name));
    let mut wrong: Vec<String> = missing.map(|name| format!("{table}.{name} is missing")).collect();
    wrong.extend(more.map(|name| format!("{table}.{name}: there is none")));
    if wrong.is_empty() {
        let moved = listed.iter().zip(wanted).find(|(listed, wanted)| listed != wanted);
        wrong.extend(moved.map(|(listed, wanted)| format!("{table}.{listed} stands where {wanted} belongs")));
        wrong.extend((listed.len() != wanted.len()).then(|| format!("{table}: a column stands twice")));
    }
    wrong
}

fn differs(place: &str, listed: &str, wanted: &str) -> Option<String> {
    (listed != wanted).then(|| format!("{place} is \"{wanted}\", not \"{listed}\""))
}

fn coded(name: &str, codes: &[&str]) -> String {
    let codes: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
    if codes.is_empty() { name.to_owned() } else { format!("{name}: {}", codes.join(", ")) }
}

fn kind(kind: Kind) -> String {
    match kind {
        Kind::Text => "text".to_owned(),
        Kind::Key => "key".to_owned(),
        Kind::Reference(table) => format!("key of `{table}`"),
        Kind::Cpr => "CPR number".to_owned(),
        Kind::Code(codes) => coded("code", codes),
        Kind::ResultCode => "result code".to_owned(),
        Kind::Int { least, most } => format!("whole number, {least} to {most}"),
        Kind::Bool => "yes/no".to_owned(),
        Kind::Date => "date".to_owned(),
        Kind::Month => "month".to_owned(),
        Kind::Ects { most } => format!("ECTS, 0 to {most}"),
        Kind::Kroner => "kroner".to_owned(),
    }
}

/// Whether a cell may be empty, as the word that the page begins with.
fn emptiness(table: Table, column: &Column) -> &'static str {
    match NEEDED_ON_SOME_ROWS.contains(&(table.name(), column.name)) {
        _ if column.optional => "yes",
        true => "only",
        false => "no",
    }
}

#[test]
fn every_input_table_has_the_columns_of_the_contract() {
    let page = page();
    let mut wrong = Vec::new();
    for table in Table::ALL {
        let Some(section) = page.get(table.name()) else {
            wrong.push(format!("{table} has no section"));
            continue;
        };
        let begins = if table.required() { "Required." } else { "Optional." };
        if !section.text.starts_with(begins) {
            wrong.push(format!("{table} does not begin with `{begins}`"));
        }
        let names: Vec<&str> = table.columns().iter().map(|column| column.name).collect();
        wrong.extend(in_order(table.name(), &section.column(0), &names));
        for row in &section.rows {
            let Some(column) = table.columns().iter().find(|column| column.name == row[0]) else { continue };
            let place = format!("{table}.{}", column.name);
            let first_word = row[2].split([' ', ',']).next().unwrap_or_default();
            wrong.extend(differs(&format!("the type of {place}"), &row[1], &kind(column.kind)));
            let wanted = emptiness(table, column);
            wrong.extend(differs(&format!("whether {place} may be empty"), first_word, wanted));
            wrong.extend(row[3].is_empty().then(|| format!("{place} has no meaning")));
        }
    }
    let described =
        |section: &Section| ["Required.", "Optional."].iter().any(|it| section.text.starts_with(it));
    let described = page.iter().filter(|(_, section)| described(section));
    let more = described.filter(|(name, _)| Table::from_name(name).is_none());
    wrong.extend(more.map(|(name, _)| format!("{name}: there is no such table")));
    none(wrong);
}

#[test]
fn every_table_that_may_be_absent_names_the_rules_that_need_it() {
    let section = &page()["Tables that are not given"];
    let optional = Table::ALL.into_iter().filter(|table| !table.required());
    let wanted: Vec<String> = optional.clone().map(|table| format!("`{table}`")).collect();
    let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
    let mut wrong = in_order("tables that are not given", &section.column(0), &wanted);
    for (table, row) in optional.zip(&section.rows) {
        let rules = RULES.iter().filter(|rule| rule.needs.contains(&table));
        let rules: Vec<&str> = rules.map(|rule| rule.code).collect();
        wrong.extend(differs(&format!("what needs {table}"), &row[1], &rules.join(", ")));
    }
    none(wrong);
}

#[test]
fn codes_of_results_and_reviews_are_all_there() {
    let page = page();
    let law = fs::read_to_string(at("pipelines/law/result_codes.toml")).expect("the law");
    let law: toml::Table = law.parse().expect("TOML");
    let yes_or_no = |code: &toml::Value, key: &str| if code[key] == true.into() { "yes" } else { "no" };
    let of_law = law["result_code"].as_array().expect("a list").iter().map(|code| {
        let does = ["passed", "uses_attempt", "took_part"].map(|key| yes_or_no(code, key));
        format!("`{}` {}", code["code"].as_str().expect("a text"), does.join(" "))
    });
    let on_page = page["Result codes"].rows.iter();
    let on_page: Vec<String> =
        on_page.map(|row| [&row[0], &row[2], &row[3], &row[4]].map(String::as_str).join(" ")).collect();
    assert_eq!(on_page, of_law.collect::<Vec<_>>(), "docs/tables.md, Result codes");
    let reviews = page["Review reasons"].rows.iter().map(|row| row.join(" "));
    let known = ReviewReason::ALL.iter().map(|reason| format!("`{}` {}", reason.code(), reason.meaning()));
    assert_eq!(reviews.collect::<Vec<_>>(), known.collect::<Vec<_>>(), "docs/tables.md, Review reasons");
}

fn arrow_type(data_type: &DataType) -> String {
    match data_type {
        DataType::Utf8 => "string".to_owned(),
        DataType::Dictionary(_, _) => "dictionary".to_owned(),
        DataType::Int32 => "int32".to_owned(),
        DataType::Boolean => "bool".to_owned(),
        DataType::Date32 => "date32".to_owned(),
        DataType::Decimal128(digits, scale) => format!("decimal128({digits},{scale})"),
        DataType::List(item) => format!("list of {}", arrow_type(item.data_type())),
        DataType::Struct(parts) => {
            let names: Vec<&str> = parts.iter().map(|part| part.name().as_str()).collect();
            format!("struct({})", names.join(", "))
        }
        other => panic!("the page has no word for {other}"),
    }
}

/// A run over the sample data, into a folder that is removed.
fn run() -> (tempfile::TempDir, PathBuf) {
    let output = tempfile::tempdir().expect("a folder");
    let ran = klip(&["run", SAMPLE, "--quiet", "--output", text(output.path())]);
    assert_eq!(code(&ran), 0, "{}", stderr(&ran));
    let folder = output.path().join("inspection_date=2027-03-15");
    (output, folder)
}

#[test]
fn every_file_of_a_run_has_the_columns_of_the_page() {
    let (page, (_output, folder)) = (page(), run());
    let mut wrong = Vec::new();
    let mut tables: Vec<String> = page.keys().filter(|name| name.ends_with(".parquet")).cloned().collect();
    for entry in fs::read_dir(&folder).expect("the run") {
        let name = entry.expect("an entry").file_name().into_string().expect("UTF-8");
        if !name.ends_with(".parquet") {
            continue;
        }
        let Some(section) = page.get(&name) else {
            wrong.push(format!("{name} has no section"));
            continue;
        };
        tables.retain(|table| *table != name);
        let file = File::open(folder.join(&name)).expect("a table");
        let schema = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet").schema().clone();
        let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        wrong.extend(in_order(&name, &section.column(0), &names));
        for row in &section.rows {
            let Ok(field) = schema.field_with_name(&row[0]) else { continue };
            let place = format!("{name}.{}", field.name());
            let codes =
                LISTS.iter().find(|(column, _)| column == field.name()).map_or(&[][..], |list| list.1);
            let wanted = coded(&arrow_type(field.data_type()), codes);
            wrong.extend(differs(&format!("the type of {place}"), &row[1], &wanted));
            if (row[2] == "never") == field.is_nullable() {
                wrong.push(format!("when {place} is null: the schema allows it: {}", field.is_nullable()));
            }
            wrong.extend(row[3].is_empty().then(|| format!("{place} has no meaning")));
        }
    }
    wrong.extend(tables.iter().map(|table| format!("{table}: a run writes none")));

    let merge = fs::read_to_string(folder.join("mail_merge.csv")).expect("the mail merge");
    let header = merge.trim_start_matches('\u{feff}').lines().next().unwrap_or_default();
    let header: Vec<&str> = header.split(';').collect();
    wrong.extend(in_order("mail_merge.csv", &page["mail_merge.csv"].column(0), &header));
    let headings = worklist::headings();
    wrong.extend(in_order("worklist.xlsx", &page["worklist.xlsx"].column(0), &headings));
    let record = fs::read(folder.join("run.json")).expect("the record");
    let record: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(&record).expect("an object");
    let fields = page["run.json"].column(0);
    let unlisted = record.keys().filter(|key| !fields.contains(&format!("`{key}`").as_str()));
    wrong.extend(unlisted.map(|key| format!("run.json.{key} is missing")));
    none(wrong);
}
