//! What an inspection said about `E1`, by the column names of the contract, and how it differs
//! from what a case expects.

use std::collections::BTreeMap;

use klippekort::base::Ects;
use klippekort::engine::explain::Explanation;
use klippekort::student::exports::Claim;
use klippekort::verdicts::*;

use super::particulars::particulars;
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
        ("five_ects_semesters", list(row.five_ects_semesters.iter().map(|missed| missed.first_month()))),
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

fn ratio_columns(row: &ProgrammeRatios) -> Columns {
    let ects = |sum: Option<i64>| known(sum.map(|hundredths| Ects::hundredths(hundredths as i32)));
    Columns::from([
        ("students", one(row.students)),
        ("own_ects", ects(row.own_ects)),
        ("pass_fail_ects", ects(row.pass_fail_ects)),
        ("external_ects", ects(row.external_ects)),
        ("pass_fail_within", one(row.pass_fail_within)),
        ("pass_fail_breached", one(row.pass_fail_breached)),
        ("external_met", one(row.external_met)),
        ("external_reachable", one(row.external_reachable)),
        ("external_unreachable", one(row.external_unreachable)),
        ("unknown", one(row.unknown)),
    ])
}

fn point_columns(point: &ProgressPoint) -> Columns {
    Columns::from([("klip_net", known(point.klip_net)), ("ects", known(point.ects))])
}

/// One column that is not as expected.
pub struct Difference {
    pub column: String,
    pub expected: String,
    pub got: String,
}

/// What is expected cannot be compared: it would check nothing.
fn mistaken(column: &str, mistake: String, found: &mut Vec<Difference>) {
    found.push(Difference { column: column.to_owned(), expected: mistake, got: "nothing to compare".into() });
}

/// Compares what a case expects with what was said. An unknown column is a difference too.
///
/// Beside the columns: `inspected`, `excluded`, `findings` and `says` (of the rule of the file only),
/// `attempts`, `claims`, `missing`, `curve` (by month), `ratios` (by programme), `undecided` (applications),
/// [`particulars`], for any list column `<column>_with` and `<column>_without`; and of [`explained`] about the
/// rule of the file, `explains`: lines or their beginnings, and `explains_without`: words that must not stand
/// there. What has the wrong type, or is empty where that checks nothing, is a difference too.
pub fn differences(
    expect: &toml::Table,
    inspection: &Inspection,
    rule: &str,
    explained: &dyn Fn() -> String,
    undecided: &[&Claim],
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
                for words in texts(key, &listed(value), &mut found) {
                    if !said.iter().any(|message| message.contains(&words)) {
                        let (column, got) = (key.clone(), said.join(" "));
                        found.push(Difference { column, expected: words, got });
                    }
                }
            }
            "attempts" => {
                let rows = inspection.attempts.iter().filter(|row| row.enrolment_id == SUBJECT);
                let rows = rows.map(|row| (row.course_group.to_string(), attempt_columns(row)));
                nested(key, &rows.collect(), value, &mut found);
            }
            "curve" => {
                let points = inspection.progress.iter().filter(|(id, _)| id == SUBJECT);
                let points = points.flat_map(|(_, points)| points);
                let rows = points.map(|point| (point.month.to_string(), point_columns(point)));
                nested(key, &rows.collect(), value, &mut found);
            }
            "ratios" => {
                let rows = inspection.programme_ratios.iter();
                let rows = rows.map(|row| (row.programme_code.clone(), ratio_columns(row)));
                nested(key, &rows.collect(), value, &mut found);
            }
            "claims" => {
                let rows = inspection.extra_portions.iter();
                claims(&rows.map(|row| (row.claim_id.as_str(), row)).collect(), value, &mut found);
            }
            "explains" => {
                let said = explained();
                for line in texts(key, value, &mut found) {
                    if !said.lines().any(|one| one.starts_with(&line)) {
                        found.push(Difference { column: key.clone(), expected: line, got: said.clone() });
                    }
                }
            }
            "explains_without" => {
                let said = explained();
                for words in texts(key, value, &mut found) {
                    if said.contains(&words) {
                        let expected = format!("nothing of {words:?}");
                        found.push(Difference { column: key.clone(), expected, got: said.clone() });
                    }
                }
            }
            "undecided" => {
                compare(key, Some(list(undecided.iter().map(|claim| &claim.claim_id))), value, &mut found);
            }
            "particulars" => {
                let told = inspection.particulars_of(SUBJECT).map_or(Vec::new(), particulars);
                compare(key, Some(Seen::List(told)), value, &mut found);
            }
            "missing" => requirements(inspection, value, &mut found),
            _ => column(key, &columns, value, &mut found),
        }
    }
    found
}

/// What `klip explain` says, a line each: the outcome, what it is because of, the margin, the message, and
/// every fact with the number of input rows it rests on; and the rows that are in doubt, by table.
pub fn explained(explanations: impl Iterator<Item = Explanation>) -> String {
    let mut lines = String::new();
    for explanation in explanations {
        for doubt in explanation.rows_in_doubt {
            lines += &format!("{}: {} of {} rows\n", doubt.reason.code(), doubt.table, doubt.lines.len());
        }
        for report in explanation.rules.into_iter().flat_map(|said| said.reports) {
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
    for (code, wanted) in &table("missing", value, found) {
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
    let mut plain = table("claims", value, found);
    for (name, wanted) in plain.clone() {
        let Some(conditions) = wanted.get("conditions") else { continue };
        for (condition, state) in table(&format!("claims.{name}.conditions"), conditions, found) {
            let column = format!("claims.{name}.{condition}");
            if ReviewReason::from_code(&condition).is_none() {
                mistaken(&column, "the name of a condition".to_owned(), found);
            }
            let conditions = rows.get(name.as_str()).map_or(&[][..], |row| row.conditions.as_slice());
            let said = conditions.iter().find(|said| said.name.code() == condition);
            let said = one(said.map_or("not asked", |said| said.state.code()));
            compare(&column, Some(said), &state, found);
        }
        match plain.get_mut(&name).and_then(toml::Value::as_table_mut) {
            Some(columns) if columns.len() > 1 => drop(columns.remove("conditions")),
            _ => drop(plain.remove(&name)),
        }
    }
    // Of a claim, only the conditions may be expected.
    if !plain.is_empty() {
        let columns = rows.iter().map(|(name, row)| ((*name).to_owned(), claim_columns(row))).collect();
        nested("claims", &columns, &toml::Value::Table(plain), found);
    }
}

/// `{ key = { column = value } }`; `{ key = "absent" }` for a row that must not be there.
fn nested(what: &str, rows: &BTreeMap<String, Columns>, value: &toml::Value, found: &mut Vec<Difference>) {
    for (name, wanted) in &table(what, value, found) {
        let name = format!("{what}.{name}");
        match (wanted, rows.get(&name[what.len() + 1..])) {
            (toml::Value::Table(_), Some(columns)) => {
                let mut inner = Vec::new();
                let wanted = table(&name, wanted, found);
                wanted.iter().for_each(|(key, value)| column(key, columns, value, &mut inner));
                found.extend(inner.into_iter().map(|difference| Difference {
                    column: format!("{name}.{}", difference.column),
                    ..difference
                }));
            }
            (_, row) => {
                compare(&name, Some(one(row.map_or("absent", |_| "present"))), wanted, found);
            }
        }
    }
}

fn column(key: &str, columns: &Columns, value: &toml::Value, found: &mut Vec<Difference>) {
    let part = |suffix: &str| {
        let name = key.strip_suffix(suffix)?;
        columns.get(name).map(|seen| (name, seen))
    };
    let (name, said, wanted) = match (part("_with"), part("_without")) {
        (Some((name, Seen::List(said))), _) => (name, said, true),
        (_, Some((name, Seen::List(said)))) => (name, said, false),
        _ => return compare(key, columns.get(key).cloned(), value, found),
    };
    let items = texts(key, value, found);
    if items.iter().any(|item| said.contains(item) != wanted) {
        let got = Seen::List(said.clone()).to_string();
        found.push(Difference { column: key.to_owned(), expected: format!("[{}]", items.join(", ")), got });
    }
    // One that is misspelt is never there.
    let known = |item: &str| match name {
        "review_reasons" => ReviewReason::from_code(item).is_some(),
        "letters" | "letters_held" => LetterKind::from_code(item).is_some(),
        "flips" => Reading::from_code(item).is_some(),
        _ => false,
    };
    for item in items.iter().filter(|item| !known(item)) {
        mistaken(key, format!("a code of {name}, not {item:?}"), found);
    }
}

/// One text as a list of it.
fn listed(value: &toml::Value) -> toml::Value {
    if value.is_str() { toml::Value::Array(vec![value.clone()]) } else { value.clone() }
}

/// The texts of a list, of which there must be some.
fn texts(column: &str, value: &toml::Value, found: &mut Vec<Difference>) -> Vec<String> {
    let items = value.as_array().filter(|items| !items.is_empty());
    let items = items.and_then(|items| items.iter().map(|item| text_of(item).ok()).collect());
    let items: Option<Vec<String>> = items.filter(|items: &Vec<String>| !items.contains(&String::new()));
    if items.is_none() {
        mistaken(column, "a list of texts".to_owned(), found);
    }
    items.unwrap_or_default()
}

/// The entries of a table, of which there must be some.
fn table(column: &str, value: &toml::Value, found: &mut Vec<Difference>) -> toml::Table {
    let entries = value.as_table().filter(|entries| !entries.is_empty());
    if entries.is_none() {
        mistaken(column, "a table with entries".to_owned(), found);
    }
    entries.cloned().unwrap_or_default()
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
