//! `klip rule`: what a rule decides, from the same text as the documentation.

use serde_json::{Value, json};

use super::Exit;
use super::args::RuleArgs;
use super::{law, reference, terminal};
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::law::LawBook;
use crate::rules::coverage::{self, Source};
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
            let text = if args.json {
                format!("{:#}", as_json(rule, &book, &coverage::sources()?))
            } else {
                as_text(rule, &book)
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

fn as_text(rule: &Rule, book: &LawBook) -> String {
    let mut text = format!("{}\n", rule.documentation.trim_end());
    text.push_str(&format!(
        "\n## Rule\n\n{} ({}), {} since {}, family {}\n",
        rule.code,
        rule.name,
        rule.status.name(),
        rule.since,
        rule.family.folder()
    ));
    text.push_str("\n## Sources\n\n");
    for source in rule.sources {
        text.push_str(&format!("- {source}\n"));
    }
    text.push_str("\n## Optional tables it needs\n\n");
    for table in rule.needs {
        text.push_str(&format!("- {table}\n"));
    }
    text.push_str("\n## Parameters\n\n");
    for key in rule.parameters {
        text.push_str(&format!("- {key}\n"));
        for value in book.parameter(key).into_iter().flat_map(|parameter| &parameter.values) {
            let windows: Vec<String> = law::windows(value);
            text.push_str(&format!("    {} ({}): {}\n", value.value, windows.join("; "), value.citation()));
        }
    }
    text.trim_end().to_owned()
}

fn as_json(rule: &Rule, book: &LawBook, sources: &[Source]) -> Value {
    let decides: Vec<Value> = sources
        .iter()
        .flat_map(|source| source.statements.iter().map(move |statement| (source, statement)))
        .filter(|(_, statement)| statement.rules.iter().any(|code| code == rule.code))
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
