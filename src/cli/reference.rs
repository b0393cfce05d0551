//! The reference page of the rules, made from the registry, the law and the lists of statements.

use std::fmt::Write;

use super::law;
use crate::diagnostics::Diagnostics;
use crate::law::LawBook;
use crate::rules::coverage::{self, Source, Undecided};
use crate::rules::{RULES, Rule};

const INTRODUCTION: &str = "\
# The rules, and the statements they decide

<!-- Made by `klip rule --reference > docs/rules.md`; a test holds it to the code, the law and the lists of statements. -->

Every rule with what it reads, and every statement of the sources that data could decide, with the
rule that decides it or why none does. The page of a rule (`klip rule CODE`) has its arithmetic,
exceptions and an example; the statements are kept in `src/rules/coverage/`.
";

/// The page as Markdown.
pub fn page(book: &LawBook) -> Result<String, Diagnostics> {
    let mut page = INTRODUCTION.to_owned();
    page.push_str("\n## Rules\n");
    RULES.iter().for_each(|rule| describe(&mut page, rule, book));
    for source in coverage::sources()? {
        tabulate(&mut page, &source);
    }
    Ok(page)
}

/// The statements as lines for a terminal.
pub fn statements() -> Result<String, Diagnostics> {
    let mut text = String::new();
    for source in coverage::sources()? {
        add(&mut text, format_args!("\n{} ({})\n", source.title, summary(&source)));
        for statement in &source.statements {
            let (place, by) = (&statement.place, statement.decided_by());
            add(&mut text, format_args!("  {place}: {}\n      {by}\n", statement.says));
        }
    }
    Ok(text)
}

fn add(text: &mut String, piece: std::fmt::Arguments) {
    // Writing to a text cannot fail.
    let _ = text.write_fmt(piece);
}

fn describe(page: &mut String, rule: &Rule, book: &LawBook) {
    let family = rule.family.folder();
    let file = rule.code.to_lowercase();
    add(page, format_args!("\n### {}: {}\n\n", rule.code, rule.title));
    add(page, format_args!("`{}`, {} since {}. ", rule.name, rule.status.name(), rule.since));
    add(
        page,
        format_args!(
            "[Page](../src/rules/{family}/{file}.md), [cases](../tests/cases/{family}/{file}.toml).\n"
        ),
    );
    add(page, format_args!("Sources: {}.\n", rule.sources.join("; ")));
    if !rule.needs.is_empty() {
        let tables: Vec<&str> = rule.needs.iter().map(|table| table.name()).collect();
        add(page, format_args!("Unknown, in whole or in part, without: {}.\n", tables.join(", ")));
    }
    if !rule.parameters.is_empty() {
        page.push_str("\n| parameter | value | in force | source |\n|---|---|---|---|\n");
    }
    for key in rule.parameters {
        for value in book.parameter(key).into_iter().flat_map(|parameter| &parameter.values) {
            let windows = law::windows(value).join("; ");
            let row = [format!("`{key}`"), value.value.to_string(), windows, value.citation()];
            add(page, format_args!("| {} |\n", row.map(|cell| cell_text(&cell)).join(" | ")));
        }
    }
}

fn tabulate(page: &mut String, source: &Source) {
    add(page, format_args!("\n## {}\n\n{}.\n", source.title, summary(source)));
    page.push_str("\n| place | statement | decided by |\n|---|---|---|\n");
    for statement in &source.statements {
        let row = [statement.place.clone(), statement.says.clone(), statement.decided_by()];
        add(page, format_args!("| {} |\n", row.map(|cell| cell_text(&cell)).join(" | ")));
    }
}

fn summary(source: &Source) -> String {
    let count = |reason| source.statements.iter().filter(|statement| statement.none == reason).count();
    let undecided = [Undecided::Person, Undecided::NoData, Undecided::Elsewhere]
        .map(|reason| format!("{} {}", reason.words(), count(Some(reason))));
    format!(
        "{} statements: decided by a rule {}, {}",
        source.statements.len(),
        count(None),
        undecided.join(", ")
    )
}

fn cell_text(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
