//! A case file: defaults, and cases that say only what differs from them.
//!
//! ```toml
//! [defaults]
//! inspection_date = "2026-11-30"     # payments_through and results_through: optional
//! given = ["leaves"]                 # optional tables that were given, with rows or without
//! programmes = [{ programme_code = "BSC", level = "BSc", ects = "180" }]
//! enrolment = { programme_code = "BSC", started_on = "2022-09-01" }
//! columns.su_payments = { portions = 2 }   # cells that the rows of a table may leave out
//!
//! [[case]]
//! name = "…"
//! why = "the arithmetic, in words"
//! kind = "ordinary"                  # boundary, missing, law_date
//! enrolment = { started_on = "2016-07-01" }
//! su_payments = [{ from = "2025-09", months = 18 }]
//! absent = ["leaves"]
//! expect = { klip_net = 18 }
//! ```
//!
//! Rows of programmes and courses are laid over the defaults by key; rows of any other table take
//! the place of the default rows. A row that names no enrolment belongs to `E1`. `enrolments` adds
//! further enrolments, `previous` is an earlier inspection and its verdict on `E1`, empty when it was
//! not inspected (`previous = { inspection_date = "2026-09-15", su_status = "inactive" }`),
//! `rejected_input` names enrolments with a rejected row, `lost_rows` those and the table
//! (`lost_rows = { leaves = ["E1"] }`), and `lost_equivalences` the courses of equivalences that were
//! rejected, `""` for one that cannot be read (`[["01001", ""]]`). In results `course`
//! is short for `course_code`, and `ects` and `exam_date` may be left out (the catalogue's ECTS,
//! the day of assessment; `exam_date = "none"` is an empty cell).

use std::fs;
use std::path::Path;

use klippekort::base::{Cutoffs, Day, Month};
use klippekort::contract::Table;

use super::exports::Rows;
use super::row::{overlaid, text_of, usual};

pub const KINDS: [&str; 4] = ["ordinary", "boundary", "missing", "law_date"];

pub struct CaseFile {
    /// Upper-case code of the rule, from the file name.
    pub rule: String,
    pub shown: String,
    pub cases: Vec<Case>,
}

pub struct Case {
    pub name: String,
    pub kind: String,
    /// Cut-offs, rows and expectations; or what is wrong with the case.
    pub content: Result<Content, String>,
}

pub struct Content {
    pub cutoffs: Cutoffs,
    pub rows: Rows,
    pub expect: toml::Table,
}

const DEFAULT_KEYS: [&str; 6] =
    ["inspection_date", "payments_through", "results_through", "given", "enrolment", "columns"];
const CASE_KEYS: [&str; 12] = [
    "name",
    "why",
    "kind",
    "inspection_date",
    "payments_through",
    "results_through",
    "enrolment",
    "absent",
    "previous",
    "rejected_input",
    "lost_rows",
    "lost_equivalences",
];

pub fn read(path: &Path) -> Result<CaseFile, String> {
    let shown = path.file_name().map_or(String::new(), |name| name.to_string_lossy().into_owned());
    let text = fs::read_to_string(path).map_err(|error| format!("{shown}: {error}"))?;
    let mut file: toml::Table = text.parse().map_err(|error| format!("{shown}: {error}"))?;
    let Some(toml::Value::Table(defaults)) = file.remove("defaults") else {
        return Err(format!("{shown}: [defaults] is needed"));
    };
    let Some(toml::Value::Array(entries)) = file.remove("case") else {
        return Err(format!("{shown}: [[case]] is needed"));
    };
    if let Some(key) = file.keys().next() {
        return Err(format!("{shown}: unknown key {key}"));
    }
    unknown_key(&defaults, &DEFAULT_KEYS).map_err(|error| format!("{shown}: [defaults] {error}"))?;
    let mut cases = Vec::new();
    for entry in entries {
        let toml::Value::Table(entry) = entry else { return Err(format!("{shown}: [[case]] is a table")) };
        let text = |key: &str| entry.get(key).and_then(toml::Value::as_str).unwrap_or("").to_owned();
        let (name, kind) = (text("name"), text("kind"));
        if name.is_empty() || text("why").is_empty() || !KINDS.contains(&kind.as_str()) {
            return Err(format!("{shown}: {name:?} needs a name, a why and a kind of {KINDS:?}"));
        }
        if cases.iter().any(|case: &Case| case.name == name) {
            return Err(format!("{shown}: {name:?} stands twice"));
        }
        let content = content(&defaults, &entry);
        cases.push(Case { name, kind, content });
    }
    let rule = shown.trim_end_matches(".toml").to_uppercase();
    Ok(CaseFile { rule, shown, cases })
}

fn unknown_key(table: &toml::Table, known: &[&str]) -> Result<(), String> {
    let fits = |key: &&String| !known.contains(&key.as_str()) && Table::from_name(key).is_none();
    table.keys().find(fits).map_or(Ok(()), |key| Err(format!("unknown key {key}")))
}

fn content(defaults: &toml::Table, case: &toml::Table) -> Result<Content, String> {
    let mut keys = CASE_KEYS.to_vec();
    keys.push("expect");
    unknown_key(case, &keys)?;
    let expect = match case.get("expect") {
        Some(toml::Value::Table(expect)) if !expect.is_empty() => expect.clone(),
        _ => return Err("expect is needed".to_owned()),
    };
    Ok(Content { cutoffs: cutoffs(defaults, case)?, rows: rows(defaults, case)?, expect })
}

fn cutoffs(defaults: &toml::Table, case: &toml::Table) -> Result<Cutoffs, String> {
    let text = |key: &str| case.get(key).or(defaults.get(key)).map(text_of).transpose();
    let day = |key: &str| match text(key)? {
        Some(text) => Day::parse_iso(&text).map(Some).ok_or(format!("{key} cannot be {text:?}")),
        None => Ok(None),
    };
    let inspection_date = day("inspection_date")?.ok_or("inspection_date is needed")?;
    let payments_through = match text("payments_through")? {
        Some(text) => Month::parse_iso(&text).ok_or(format!("payments_through cannot be {text:?}"))?,
        None => inspection_date.month(),
    };
    let results_through = day("results_through")?.unwrap_or(inspection_date);
    Ok(Cutoffs { inspection_date, payments_through, results_through })
}

fn rows(defaults: &toml::Table, case: &toml::Table) -> Result<Rows, String> {
    let usual = usual();
    let empty = toml::Table::new();
    let table_of = |holder: &toml::Table, key: &str| match holder.get(key) {
        None => Ok(empty.clone()),
        Some(toml::Value::Table(table)) => Ok(table.clone()),
        Some(_) => Err(format!("{key} is a table")),
    };
    let columns = table_of(defaults, "columns")?;
    if let Some(key) = columns.keys().find(|key| Table::from_name(key).is_none()) {
        return Err(format!("columns: no table {key}"));
    }
    let mut rows = Rows::default();
    for table in Table::ALL {
        let cells = overlaid(&table_of(&usual, table.name())?, &table_of(&columns, table.name())?);
        let mut own = list(defaults, table)?;
        match (table, case.contains_key(table.name())) {
            (_, false) => {}
            (Table::Programmes, true) => lay_over(&mut own, list(case, table)?, "programme_code"),
            (Table::Courses, true) => lay_over(&mut own, list(case, table)?, "course_code"),
            (_, true) => own = list(case, table)?,
        }
        let mut all: Vec<toml::Table> = own.iter().map(|row| overlaid(&cells, row)).collect();
        if table == Table::Enrolments {
            let first = overlaid(&cells, &table_of(defaults, "enrolment")?);
            // Further enrolments of the register differ from the first as it is by default.
            all = own.iter().map(|row| overlaid(&first, row)).collect();
            all.push(overlaid(&first, &table_of(case, "enrolment")?));
        }
        rows.of.insert(table, all);
    }
    for name in names(defaults, "given")? {
        rows.given.insert(Table::from_name(&name).ok_or(format!("given: no table {name}"))?);
    }
    for name in names(case, "absent")? {
        let table = Table::from_name(&name).ok_or(format!("absent: no table {name}"))?;
        if !rows.given.remove(&table) {
            return Err(format!("absent: {name} is not given anyway"));
        }
    }
    rows.rejected = names(case, "rejected_input")?;
    for key in table_of(case, "lost_rows")?.keys() {
        let table = Table::from_name(key).ok_or(format!("lost_rows: no table {key}"))?;
        rows.lost.insert(table, names(&table_of(case, "lost_rows")?, key)?);
    }
    if let Some(pairs) = case.get("lost_equivalences") {
        let wrong = "lost_equivalences is a list of two courses each";
        for pair in pairs.as_array().ok_or(wrong)? {
            let codes = pair.as_array().map(|pair| pair.iter().map(text_of).collect::<Result<Vec<_>, _>>());
            let codes = codes.transpose()?.and_then(|codes| <[String; 2]>::try_from(codes).ok());
            rows.lost_equivalences.push(codes.ok_or(wrong)?);
        }
    }
    if case.contains_key("previous") {
        rows.previous = Some(table_of(case, "previous")?);
    }
    Ok(rows)
}

fn lay_over(rows: &mut Vec<toml::Table>, others: Vec<toml::Table>, key: &str) {
    for other in others {
        match rows.iter_mut().find(|row| row.get(key) == other.get(key)) {
            Some(row) => row.extend(other),
            None => rows.push(other),
        }
    }
}

fn list(holder: &toml::Table, table: Table) -> Result<Vec<toml::Table>, String> {
    let wrong = || format!("{table} is a list of rows");
    let Some(value) = holder.get(table.name()) else { return Ok(Vec::new()) };
    let items = value.as_array().ok_or_else(wrong)?;
    items.iter().map(|item| item.as_table().cloned().ok_or_else(wrong)).collect()
}

fn names(holder: &toml::Table, key: &str) -> Result<Vec<String>, String> {
    let Some(value) = holder.get(key) else { return Ok(Vec::new()) };
    let items = value.as_array().ok_or(format!("{key} is a list"))?;
    items.iter().map(text_of).collect()
}
