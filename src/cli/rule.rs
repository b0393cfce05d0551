//! `klip rule`: what a rule decides, from the same text as the documentation.

use std::fmt::Display;

use serde_json::{Value, json};

use super::Exit;
use super::args::RuleArgs;
use super::{law, reference, terminal};
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::law::LawBook;
use crate::rules::coverage::{self, Source, Statement};
use crate::rules::{self, RULES, Rule};

pub fn rule(args: &RuleArgs) -> Result<Exit, Diagnostics> {
    let book = law::book(None)?;
    match &args.code {
        None if args.reference => terminal::print(reference::page(&book)?.trim_end()),
        None if args.json => {
            let sources = coverage::sources()?;
            let all: Vec<Value> = RULES.iter().map(|rule| as_json(rule, &book, &sources)).collect();
            terminal::print(&format!("{:#}", Value::from(all)));
        }
        None => {
            for rule in RULES {
                let status = rule.status.name();
                terminal::print(&format!("{}  {:8}  {:26}  {}", rule.code, status, rule.name, rule.title));
            }
            terminal::print(reference::statements()?.trim_end());
        }
        Some(code) => {
            let rule = rules::rule(code).ok_or_else(|| unknown(code))?;
            let sources = coverage::sources()?;
            let text = if args.json {
                format!("{:#}", as_json(rule, &book, &sources))
            } else {
                as_text(rule, &book, &sources)
            };
            terminal::print(&text);
        }
    }
    Ok(Exit::Done)
}

pub fn unknown(code: &str) -> Diagnostic {
    let codes: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
    Diagnostic::setup(Place::file("command line"), format!("there is no rule {code}"))
        .hint(format!("the rules are {}", codes.join(", ")))
}

fn as_text(rule: &Rule, book: &LawBook, sources: &[Source]) -> String {
    let mut text = format!("{}\n", rule.documentation.trim_end());
    text.push_str(&format!(
        "\n## Rule\n\n{} ({}), {} since {}, family {}\n",
        rule.code,
        rule.name,
        rule.status.name(),
        rule.since,
        rule.family.folder()
    ));
    list(&mut text, "Sources", rule.sources);
    let decides =
        decided(rule, sources).map(|(_, statement)| format!("{}: {}", statement.place, statement.says));
    list(&mut text, "Statements of the sources that it decides", &decides.collect::<Vec<_>>());
    list(&mut text, "Optional tables it needs", rule.needs);
    let parameters = rule.parameters.iter().map(|key| {
        let values = book.parameter(key).into_iter().flat_map(|parameter| &parameter.values);
        let values = values.map(|value| {
            format!("\n    {} ({}): {}", value.value, law::windows(value).join("; "), value.citation())
        });
        format!("{key}{}", values.collect::<String>())
    });
    list(&mut text, "Parameters", &parameters.collect::<Vec<_>>());
    text.trim_end().to_owned()
}

/// A section, unless there is nothing in it.
fn list(text: &mut String, heading: &str, items: &[impl Display]) {
    if items.is_empty() {
        return;
    }
    text.push_str(&format!("\n## {heading}\n\n"));
    for item in items {
        text.push_str(&format!("- {item}\n"));
    }
}

/// The statements that a rule decides, each with its source.
fn decided<'s>(rule: &'s Rule, sources: &'s [Source]) -> impl Iterator<Item = (&'s Source, &'s Statement)> {
    let all =
        sources.iter().flat_map(|source| source.statements.iter().map(move |statement| (source, statement)));
    all.filter(|(_, statement)| statement.rules.iter().any(|code| code == rule.code))
}

fn as_json(rule: &Rule, book: &LawBook, sources: &[Source]) -> Value {
    let decides: Vec<Value> = decided(rule, sources)
        .map(|(source, statement)| {
            json!({ "source": source.title, "place": statement.place, "says": statement.says })
        })
        .collect();
    let parameters: Vec<Value> = rule
        .parameters
        .iter()
        .map(|key| {
            let parameter = book.parameter(key);
            let values: Vec<Value> = parameter
                .into_iter()
                .flat_map(|parameter| &parameter.values)
                .map(|value| {
                    json!({
                        "value": value.value.to_string(),
                        "in_force": law::windows(value),
                        "source": value.source,
                        "paragraph": value.paragraph,
                        "checked_on": value.checked_on.to_string(),
                        "review_by": value.review_by.to_string(),
                    })
                })
                .collect();
            json!({
                "key": key,
                "unit": parameter.map(|parameter| parameter.unit.clone()),
                "meaning": parameter.map(|parameter| parameter.meaning.clone()),
                "values": values,
            })
        })
        .collect();
    json!({
        "code": rule.code,
        "name": rule.name,
        "title": rule.title,
        "family": rule.family.folder(),
        "status": rule.status.name(),
        "since": rule.since,
        "optional_tables": rule.needs.iter().map(|table| table.name()).collect::<Vec<_>>(),
        "sources": rule.sources,
        "parameters": parameters,
        "decides": decides,
        "documentation": rule.documentation,
    })
}
