//! What an inspection said about `E1`, by the column names of the contract, and how it differs
//! from what a case expects.

use std::collections::BTreeMap;

use klippekort::engine::explain::Explanation;
use klippekort::verdicts::{AttemptRow, ClaimRow, Inspection, InspectionRow, Reviews};

use super::row::text_of;

/// A column: one value, or a list.
#[derive(Clone, PartialEq, Eq)]
enum Seen {
    One(String),
    List(Vec<String>),
}

impl std::fmt::Display for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Seen::One(text) => f.write_str(text),
            Seen::List(items) => write!(f, "[{}]", items.join(", ")),
        }
    }
}

type Columns = BTreeMap<&'static str, Seen>;

pub const SUBJECT: &str = "E1";
pub const UNKNOWN: &str = "unknown";

fn one(value: impl ToString) -> Seen {
    Seen::One(value.to_string())
}

fn known<T: ToString>(value: Option<T>) -> Seen {
    Seen::One(value.map_or(UNKNOWN.to_owned(), |value| value.to_string()))
}

fn list<T: ToString>(items: impl IntoIterator<Item = T>) -> Seen {
    Seen::List(items.into_iter().map(|item| item.to_string()).collect())
}

fn review_reasons(reviews: Reviews) -> Seen {
    list(reviews.iter().map(|reason| reason.code()))
}

fn inspection_columns(row: &InspectionRow) -> Columns {
    Columns::from([
        ("student_id", one(&row.student_id)),
        ("enrolment_id", one(&row.enrolment_id)),
        ("programme_code", one(&row.programme_code)),
        ("level", one(row.level.code())),
        ("started_on", one(row.started_on)),
        ("status", one(row.status.code())),
        ("inspection_date", one(row.inspection_date)),
        ("regime", one(row.regime.code())),
        ("klip_gross", one(row.klip_gross)),
        ("klip_parental", one(row.klip_parental)),
        ("klip_extra", known(row.klip_extra)),
        ("klip_net", known(row.klip_net)),
        ("control_point", known(row.control_point)),
        ("ects_counted", known(row.ects_counted)),
        ("ects_provisional", known(row.ects_provisional)),
        ("ects_transferred", known(row.ects_transferred)),
        ("ects_required", known(row.ects_required)),
        ("ects_missing", known(row.ects_missing)),
        ("ects_behind", known(row.ects_behind)),
        ("progress", known(row.progress.map(|value| value.code()))),
        ("start_check", known(row.start_check.map(|value| value.code()))),
        ("su_status", known(row.su_status.map(|value| value.code()))),
        ("robust", known(row.robust)),
        ("flips", row.flips.as_ref().map_or(known::<bool>(None), |all| list(all.iter().map(|it| it.code())))),
        ("portions_left", known(row.portions_left)),
        ("ects_last_two_semesters", known(row.ects_last_two_semesters)),
        ("five_ects", known(row.five_ects.map(|value| value.code()))),
        ("maximum_date", known(row.maximum_date)),
        ("maximum_state", known(row.maximum_state.map(|value| value.code()))),
        ("months_late", known(row.months_late)),
        ("guidance", known(row.guidance.map(|value| value.code()))),
        ("courses_last_attempt", known(row.courses_last_attempt)),
        ("courses_exhausted", known(row.courses_exhausted)),
        ("pass_fail_ects", known(row.pass_fail_ects)),
        ("external_ects", known(row.external_ects)),
        ("ratio_base", known(row.ratio_base)),
        ("pass_fail_third", known(row.pass_fail_third.map(|value| value.code()))),
        ("external_third", known(row.external_third.map(|value| value.code()))),
        ("needs_review", one(!row.reviews.is_empty())),
        ("review_reasons", review_reasons(row.reviews)),
        ("letters", list(row.letters.iter().map(|letter| letter.code()))),
        ("letters_held", list(row.letters_held.iter().map(|letter| letter.code()))),
    ])
}

fn attempt_columns(row: &AttemptRow) -> Columns {
    Columns::from([
        ("used", one(row.used)),
        ("allowed", known(row.allowed)),
        ("ill", one(row.ill)),
        ("passed", one(row.passed)),
        ("pending", one(row.pending)),
        ("state", known(row.state.map(|value| value.code()))),
        ("last_exam_date", known(row.last_exam_date)),
    ])
}

fn claim_columns(row: &ClaimRow) -> Columns {
    Columns::from([
        ("enrolment_id", one(&row.enrolment_id)),
        ("months_supported", one(row.months_supported)),
        ("ects_expected", known(row.ects_expected)),
        ("ects_passed", known(row.ects_passed)),
        ("ects_delay", known(row.ects_delay)),
        ("ects_remainder", known(row.ects_remainder)),
        ("portions_estimate", known(row.portions_estimate)),
        ("capped_by", one(row.capped_by.map_or("nothing", |cap| cap.code()))),
        ("needs_review", one(!row.reviews.is_empty())),
        ("review_reasons", review_reasons(row.reviews)),
    ])
}

/// One column that is not as expected.
pub struct Difference {
    pub column: String,
    pub expected: String,
    pub got: String,
}

/// Compares what a case expects with what was said. An unknown column is a difference too.
///
/// Beside the columns: `inspected`, `excluded`, `findings` and `says` (of the rule of the file only),
/// `attempts`, `claims`, `missing`, for any list column `<column>_with` and `<column>_without`; and of
/// [`explained`] about the rule of the file, `explains`: lines or their beginnings, and `explains_without`:
/// words that must not stand there.
pub fn differences(
    expect: &toml::Table,
    inspection: &Inspection,
    rule: &str,
    explained: &dyn Fn() -> String,
) -> Vec<Difference> {
    let row = inspection.inspection.iter().find(|row| row.enrolment_id == SUBJECT);
    let columns = row.map(inspection_columns).unwrap_or_default();
    let mut found = Vec::new();
    for (key, value) in expect {
        match key.as_str() {
            "inspected" => compare(key, Some(one(row.is_some())), value, &mut found),
            "excluded" => {
                let reason = inspection.excluded.first().map_or("nothing", |(reason, _)| reason);
                compare(key, Some(one(reason)), value, &mut found);
            }
            "findings" => {
                let said = inspection.findings.iter().filter(|f| f.enrolment_id == SUBJECT && f.rule == rule);
                // One per course group or claim: what counts here is that the rule speaks, and how loud.
                let mut said: Vec<String> =
                    said.map(|f| format!("{}:{}", f.rule, f.severity.code())).collect();
                said.dedup();
                compare(key, Some(Seen::List(said)), value, &mut found);
            }
            // Words that the finding of the rule must hold.
            "says" => {
                let said = inspection.findings.iter().filter(|f| f.enrolment_id == SUBJECT && f.rule == rule);
                let said: Vec<&str> = said.map(|f| f.message.as_str()).collect();
                let wanted = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
                for words in wanted.iter().map(|words| text_of(words).unwrap_or_else(|error| error)) {
                    if !said.iter().any(|message| message.contains(&words)) {
                        let (column, got) = ("says".to_owned(), said.join(" "));
                        found.push(Difference { column, expected: words, got });
                    }
                }
            }
            "attempts" => {
                let rows = inspection.attempts.iter().filter(|row| row.enrolment_id == SUBJECT);
                let rows = rows.map(|row| (row.course_group.as_str(), attempt_columns(row)));
                nested(key, &rows.collect(), value, &mut found);
            }
            "claims" => {
                let rows = inspection.extra_portions.iter();
                claims(&rows.map(|row| (row.claim_id.as_str(), row)).collect(), value, &mut found);
            }
            "explains" => {
                let said = explained();
                for line in value.as_array().into_iter().flatten().filter_map(|line| line.as_str()) {
                    if !said.lines().any(|one| one.starts_with(line)) {
                        let (column, expected) = (key.clone(), line.to_owned());
                        found.push(Difference { column, expected, got: said.clone() });
                    }
                }
            }
            "explains_without" => {
                let said = explained();
                for words in value.as_array().into_iter().flatten().filter_map(|words| words.as_str()) {
                    if said.contains(words) {
                        let expected = format!("nothing of {words:?}");
                        found.push(Difference { column: key.clone(), expected, got: said.clone() });
                    }
                }
            }
            "missing" => requirements(inspection, value, &mut found),
            _ => column(key, &columns, value, &mut found),
        }
    }
    found
}

/// What `klip explain` says, a line each: the outcome, what it is because of, the margin, the message, and
/// every fact with the number of input rows it rests on.
pub fn explained(explanations: impl Iterator<Item = Explanation>) -> String {
    let mut lines = String::new();
    for said in explanations.flat_map(|explanation| explanation.rules) {
        for report in said.reports {
            lines += &format!("outcome: {}\n", report.outcome.name());
            lines += &format!("because: {}\n", report.outcome.because().unwrap_or("none"));
            lines += &format!("margin: {}\n", report.margin.as_deref().unwrap_or("none"));
            lines += &format!("message: {}\n", report.message);
            for fact in report.evidence {
                let rows = fact.rows.map_or(String::new(), |(_, lines)| format!(" of {} rows", lines.len()));
                lines += &format!("{}: {}{rows}\n", fact.fact, fact.value);
            }
        }
    }
    lines
}

/// `missing = { B = "5" }`: what the curriculum still asks, requirement by requirement; `total` and the
/// like too.
fn requirements(inspection: &Inspection, value: &toml::Value, found: &mut Vec<Difference>) {
    for (code, wanted) in value.as_table().into_iter().flatten() {
        let of_subject = inspection
            .curriculum
            .iter()
            .filter(|row| inspection.inspection[row.inspected as usize].enrolment_id == SUBJECT);
        let named = of_subject.filter(|row| inspection.requirements[usize::from(row.requirement)] == *code);
        let said = named.map(|row| known(row.missing)).next();
        compare(&format!("missing.{code}"), said, wanted, found);
    }
}

fn claims(rows: &BTreeMap<&str, &ClaimRow>, value: &toml::Value, found: &mut Vec<Difference>) {
    let mut plain = toml::Table::new();
    for (name, wanted) in value.as_table().into_iter().flatten() {
        let Some(mut wanted) = wanted.as_table().cloned() else {
            plain.insert(name.clone(), wanted.clone());
            continue;
        };
        if let Some(conditions) = wanted.remove("conditions") {
            for (condition, state) in conditions.as_table().into_iter().flatten() {
                let conditions = rows.get(name.as_str()).map_or(&[][..], |row| row.conditions.as_slice());
                let said = conditions.iter().find(|said| said.name.code() == condition);
                let said = one(said.map_or("not asked", |said| said.state.code()));
                compare(&format!("claims.{name}.{condition}"), Some(said), state, found);
            }
        }
        plain.insert(name.clone(), toml::Value::Table(wanted));
    }
    let columns = rows.iter().map(|(name, row)| (*name, claim_columns(row))).collect();
    nested("claims", &columns, &toml::Value::Table(plain), found);
}

/// `{ key = { column = value } }`; `{ key = "absent" }` for a row that must not be there.
fn nested(what: &str, rows: &BTreeMap<&str, Columns>, value: &toml::Value, found: &mut Vec<Difference>) {
    for (name, wanted) in value.as_table().into_iter().flatten() {
        match (wanted.as_table(), rows.get(name.as_str())) {
            (Some(wanted), Some(columns)) => {
                let mut inner = Vec::new();
                wanted.iter().for_each(|(key, value)| column(key, columns, value, &mut inner));
                found.extend(inner.into_iter().map(|difference| Difference {
                    column: format!("{what}.{name}.{}", difference.column),
                    ..difference
                }));
            }
            (_, row) => {
                let said = one(row.map_or("absent", |_| "present"));
                compare(&format!("{what}.{name}"), Some(said), wanted, found);
            }
        }
    }
}

fn column(key: &str, columns: &Columns, value: &toml::Value, found: &mut Vec<Difference>) {
    let part = |suffix: &str| key.strip_suffix(suffix).and_then(|name| columns.get(name));
    let items: Vec<String> = value.as_array().into_iter().flatten().filter_map(|v| text_of(v).ok()).collect();
    let (said, fits) = match (part("_with"), part("_without")) {
        (Some(Seen::List(said)), _) => (said, items.iter().all(|item| said.contains(item))),
        (_, Some(Seen::List(said))) => (said, !items.iter().any(|item| said.contains(item))),
        _ => return compare(key, columns.get(key).cloned(), value, found),
    };
    if !fits || items.is_empty() {
        let got = Seen::List(said.clone()).to_string();
        found.push(Difference { column: key.to_owned(), expected: format!("[{}]", items.join(", ")), got });
    }
}

fn compare(column: &str, said: Option<Seen>, value: &toml::Value, found: &mut Vec<Difference>) {
    let expected = match value {
        toml::Value::Array(items) => items.iter().map(text_of).collect::<Result<_, _>>().map(Seen::List),
        other => text_of(other).map(Seen::One),
    };
    let (expected, got) = match (expected, said) {
        (Ok(expected), Some(said)) if expected == said => return,
        (expected, said) => (
            expected.map_or_else(|error| error, |expected| expected.to_string()),
            said.map_or("no such column, or no row".to_owned(), |said| said.to_string()),
        ),
    };
    found.push(Difference { column: column.to_owned(), expected, got });
}
