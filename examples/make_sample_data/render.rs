//! `scenarios.toml`, and the table of the README made from it.

use std::fmt::Write;

use crate::book::{Book, Scenario, Value};

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn list(texts: &[&str]) -> String {
    format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
}

fn value(column: &str, value: &Value) -> String {
    match value {
        Value::Text(text) if column == "flips" => list(&[text]),
        Value::Text(text) => quoted(text),
        Value::Int(number) => number.to_string(),
        Value::Bool(yes) => yes.to_string(),
    }
}

const TOML_HEAD: &str = "\
# What an inspection of this folder on 2027-03-15 must say. Made by examples/make_sample_data;
# change the scenarios there. A column that is not named is not held; \"unknown\" is a null.
# `review_reasons` and `letters` are complete lists where they are named; of `findings` those are held
# that are named.

inspection_date = \"2027-03-15\"
";

pub fn toml(book: &Book) -> Result<String, std::fmt::Error> {
    let mut out = TOML_HEAD.to_owned();
    for scenario in &book.scenarios {
        writeln!(out, "\n[[scenario]]")?;
        writeln!(out, "id = {}", quoted(scenario.id))?;
        writeln!(out, "enrolment_id = {}", quoted(&scenario.enrolment))?;
        writeln!(out, "what = {}", quoted(scenario.what))?;
        writeln!(out, "why = {}", quoted(scenario.why))?;
        if !scenario.inspected {
            writeln!(out, "inspected = false")?;
        }
        if let Some(reasons) = &scenario.reviews {
            writeln!(out, "review_reasons = {}", list(reasons))?;
        }
        if let Some(kinds) = &scenario.letters {
            writeln!(out, "letters = {}", list(kinds))?;
        }
        if !scenario.columns.is_empty() {
            let columns =
                scenario.columns.iter().map(|(name, wanted)| format!("{name} = {}", value(name, wanted)));
            writeln!(out, "[scenario.inspection]\n{}", columns.collect::<Vec<_>>().join("\n"))?;
        }
        if !scenario.findings.is_empty() {
            writeln!(out, "[scenario.findings]")?;
            for (rule, severity) in &scenario.findings {
                writeln!(out, "{rule} = {}", quoted(severity))?;
            }
        }
        for attempt in &scenario.attempts {
            writeln!(out, "[scenario.attempts.{}]", quoted(attempt.group))?;
            writeln!(out, "state = {}", quoted(attempt.state))?;
            writeln!(out, "used = {}\nallowed = {}", attempt.used, attempt.allowed)?;
        }
        for claim in &scenario.claims {
            writeln!(out, "[scenario.claims.{}]", quoted(&claim.claim_id))?;
            writeln!(out, "portions_estimate = {}", claim.portions)?;
            if let Some(by) = claim.capped_by {
                writeln!(out, "capped_by = {}", quoted(if by == "none" { "unknown" } else { by }))?;
            }
            if let Some([not_met, unknown]) = &claim.conditions {
                writeln!(out, "not_met = {}\nunknown = {}", list(not_met), list(unknown))?;
            }
        }
    }
    for broken in &book.broken {
        writeln!(out, "\n[[rejected]]")?;
        writeln!(out, "table = {}", quoted(broken.table.name()))?;
        writeln!(out, "reason = {}", quoted(broken.reason))?;
    }
    Ok(out)
}

fn expected(scenario: &Scenario) -> String {
    if !scenario.inspected {
        return "no row in the inspection".to_owned();
    }
    let text = |name: &str, wanted: &Value| format!("{name} {}", value(name, wanted).replace('"', ""));
    let mut parts: Vec<String> = scenario.columns.iter().map(|(name, wanted)| text(name, wanted)).collect();
    parts.extend(scenario.findings.iter().map(|(rule, severity)| format!("{rule}: {severity}")));
    for attempt in &scenario.attempts {
        parts.push(format!("{} {} {}/{}", attempt.group, attempt.state, attempt.used, attempt.allowed));
    }
    for claim in &scenario.claims {
        let capped =
            claim.capped_by.filter(|by| *by != "none").map_or(String::new(), |by| format!(" by {by}"));
        parts.push(format!("{}: {} portions{capped}", claim.claim_id, claim.portions));
        for (state, names) in ["not met", "unknown"].iter().zip(claim.conditions.iter().flatten()) {
            parts.extend(names.iter().map(|name| format!("{name} {state}")));
        }
    }
    for (word, list) in [("review", &scenario.reviews), ("letter", &scenario.letters)] {
        parts.extend(list.iter().flatten().map(|code| format!("**{word}: {code}**")));
    }
    parts.join(", ")
}

const README_HEAD: &str = "\
# Sample data

Exports of an invented university: **nobody in this folder exists**. Names are drawn from lists, addresses
end in `.example`, and every civil registration number has a date that no calendar knows. The folder is
written by

```console
$ cargo run --release --example make_sample_data
```

and looks like what a Danish office exports: semicolons, decimal commas, dd-mm-yyyy, ja/nej, CR LF, rows in
no order. `enrolments.csv` is Windows-1252, `leaves.csv` UTF-8 with a byte order mark, the rest UTF-8. Most
students are filler; the ones below were written by hand, each for one thing, with the arithmetic. The
same list, for programs, is in `scenarios.toml`. Inspect on 2027-03-15.
";

pub fn readme(book: &Book) -> Result<String, std::fmt::Error> {
    let mut out = README_HEAD.to_owned();
    writeln!(out, "\n## Scenarios\n\n| scenario | enrolment | what is special | expected | because |")?;
    writeln!(out, "|---|---|---|---|---|")?;
    for scenario in &book.scenarios {
        let (what, why) = (scenario.what, scenario.why);
        writeln!(
            out,
            "| {} | {} | {what} | {} | {why} |",
            scenario.id,
            scenario.enrolment,
            expected(scenario)
        )?;
    }
    writeln!(out, "\n## Broken rows\n\n| table | reason | lines |\n|---|---|---|")?;
    let mut counted: Vec<(&str, &str, usize)> = Vec::new();
    for broken in &book.broken {
        let found = counted.iter_mut().find(|row| (row.0, row.1) == (broken.table.name(), broken.reason));
        match found {
            Some(row) => row.2 += 1,
            None => counted.push((broken.table.name(), broken.reason, 1)),
        }
    }
    for (table, reason, lines) in counted {
        writeln!(out, "| {table} | {reason} | {lines} |")?;
    }
    Ok(out)
}
