//! The two large tables.

use super::*;

impl Builder<'_> {
    pub(super) fn results(&self, catalogue: &Catalogue, codes: &ResultCodes) -> Result<Results, String> {
        let mut found = Vec::new();
        for row in self.read(Table::Results, &["course"])? {
            let course = course(catalogue, &row)?;
            let text = row.text("result")?;
            let (code, _) = codes.find(&text).ok_or(format!("no result code {text:?}"))?;
            let provisional = codes.get(code).is_some_and(|code| code.provisional);
            let assessed_on = row.day("assessed_on")?;
            let transferred = row.truth("transferred")?;
            let ects = match (row.optional_ects("ects")?, catalogue.course(course)) {
                (Some(ects), _) => ects,
                (None, Some(course)) => course.ects,
                (None, None) => return Err("ECTS are needed outside the catalogue".to_owned()),
            };
            let exam_date = match row.optional("exam_date")?.as_deref() {
                None => assessed_on.epoch_days(),
                Some("none") if transferred => NO_DAY,
                Some(_) => row.day("exam_date")?.epoch_days(),
            };
            let flag =
                |column: &str, bit: u8| row.optional_truth(column).map(|f| f.map_or(0, |f| bit * f as u8));
            let flags = flag("transferred", result_flag::TRANSFERRED)?
                | flag("transitional", result_flag::TRANSITIONAL)?
                | flag("superseded", result_flag::SUPERSEDED)?;
            // The order of the counted pass, then every other column.
            let order = (provisional, transferred, assessed_on, ects, course, code, exam_date, flags);
            found.push((self.index(&row)?, catalogue.group(course), order));
        }
        found.sort();
        let mut results =
            Results { offsets: self.offsets(found.iter().map(|row| row.0)), ..Results::default() };
        for (_, group, (_, _, assessed_on, ects, course, code, exam_date, flags)) in found {
            let (ects, assessed_on) = (ects.as_hundredths(), assessed_on.epoch_days());
            let row = StoredResult { course, group, ects, exam_date, assessed_on, line: 0, code, flags };
            results.rows.push(row);
        }
        Ok(results)
    }

    /// `{ month }`, or `{ from, months }` for a run of months.
    pub(super) fn payments(&self) -> Result<Payments, String> {
        let mut found = Vec::new();
        for row in self.read(Table::SuPayments, &["from", "months"])? {
            let kind = row.code("kind", PaymentKind::from_code)?;
            let run = row.optional("from")?.or(row.optional("months")?);
            let (first, months) = match (row.optional_month("month")?, run) {
                (Some(_), Some(_)) => return Err("a month, or from and months".to_owned()),
                (Some(month), None) => (month, 1),
                (None, _) => (row.month("from")?, row.int("months")?),
            };
            let amount = row.optional_ects("amount_dkk")?.map(|kroner| kroner.as_hundredths());
            for month in 0..months {
                let month = first.plus(month);
                found.push((self.index(&row)?, month, kind, row.int("portions")?, amount));
            }
        }
        found.sort();
        let mut payments =
            Payments { offsets: self.offsets(found.iter().map(|row| row.0)), ..Payments::default() };
        for (_, month, kind, portions, amount) in found {
            payments.rows.push(Payment { month, portions, amount, line: 0, kind });
        }
        Ok(payments)
    }
}
