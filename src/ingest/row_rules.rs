//! What the cells of a row must be to each other.

use super::reason::Reason;
use super::staged::Value;
use crate::contract::codes::ExemptionKind;
use crate::contract::{Table, column};

/// Columns that are needed on some rows only; [`check`] says on which.
pub fn may_be_empty(table: Table, column: &str) -> bool {
    matches!((table, column), (Table::Results, "exam_date") | (Table::Exemptions, "amount"))
}

/// The column to blame and the reason, for a row whose cells are well formed each by itself.
pub fn check(table: Table, values: &[Value]) -> Result<(), (&'static str, Reason)> {
    let at = |name: &str| {
        let position = table.columns().iter().position(|column| column.name == name);
        position.map_or(Value::Empty, |position| values[position])
    };
    let ordered = |first: &str, last: &'static str| match (at(first), at(last)) {
        (Value::Number(first), Value::Number(end)) if end < first => Err((last, Reason::OutOfRange)),
        _ => Ok(()),
    };
    let needed = |name: &'static str| match at(name) {
        Value::Empty => Err((name, Reason::MissingCell)),
        _ => Ok(()),
    };
    match table {
        Table::Results
            if values[column!(Results.exam_date)] == Value::Empty
                && values[column!(Results.transferred)] != Value::Number(1) =>
        {
            Err(("exam_date", Reason::MissingCell))
        }
        // The portions are paid back, but would be counted as used once more.
        Table::SuPayments => {
            match (values[column!(SuPayments.portions)], values[column!(SuPayments.amount_dkk)]) {
                (Value::Number(portions), Value::Number(amount)) if portions > 0 && amount < 0 => {
                    Err(("amount_dkk", Reason::Repayment))
                }
                _ => Ok(()),
            }
        }
        // Every limit of the programme, of time or of support, would be reached on its first day.
        Table::Programmes => ["ects", "prescribed_months", "max_months"]
            .into_iter()
            .find(|name| at(name) == Value::Number(0))
            .map_or(Ok(()), |name| Err((name, Reason::OutOfRange))),
        Table::Leaves | Table::ApprovalsAbroad | Table::YouthCards => ordered("from_date", "to_date"),
        Table::ExtraPortionGrants | Table::ExtraPortionClaims => ordered("period_from", "period_to"),
        Table::Projects => ordered("starts_on", "due_on"),
        Table::StudentCards => ["collected_on", "activated_on", "lost_on"]
            .into_iter()
            .try_for_each(|later| ordered("ordered_on", later)),
        Table::Exemptions => {
            let kind = match values[column!(Exemptions.kind)] {
                Value::Number(position) => ExemptionKind::from_index(position as usize),
                _ => None,
            };
            if kind == Some(ExemptionKind::ExtraAttempt) {
                needed("course_code")?;
            }
            if kind == Some(ExemptionKind::StudyActivity) { Ok(()) } else { needed("amount") }
        }
        _ => Ok(()),
    }
}
