//! The second sheet of the worklist: which run this is, its dates and its counts.

use crate::letters::worklist::{self, RunSheet, Step};
use crate::output::{Counts, RunRecord};

pub fn run_sheet(record: &RunRecord, source: &worklist::Source<'_>) -> RunSheet {
    let dates = &record.dates;
    let mut sheet = vec![
        ("run_id".to_owned(), record.run_id()),
        ("title".to_owned(), record.pipeline.title.clone()),
        ("inspection_date".to_owned(), dates.inspection_date.to_string()),
        ("payments_through".to_owned(), dates.payments_through.to_string()),
        ("results_through".to_owned(), dates.results_through.to_string()),
        ("program".to_owned(), format!("{} {}", record.tool.name, record.tool.version)),
        ("pipeline".to_owned(), record.pipeline.path.clone()),
        ("enrolments in the register".to_owned(), record.students.register.to_string()),
        ("enrolments inspected".to_owned(), record.students.inspected.to_string()),
    ];
    // Whom they were about may be in no row of the worklist.
    for input in record.inputs.iter().filter(|input| input.rows_rejected > 0) {
        sheet.push((
            format!("rows rejected (rejected.csv): {}", input.table),
            input.rows_rejected.to_string(),
        ));
    }
    // Who approves letters may never see the summary.
    for input in &record.inputs {
        sheet.extend(
            input.doubts.iter().map(|doubt| (format!("check first: {}", input.table), doubt.clone())),
        );
    }
    sheet.extend(
        record.files_not_there.iter().map(|file| ("check first: not there".to_owned(), file.clone())),
    );
    sheet.extend(
        record.files_not_read.iter().map(|files| ("check first: not read".to_owned(), files.clone())),
    );
    let entries = worklist::entries(source);
    for step in Step::ALL {
        let rows = entries.iter().filter(|entry| entry.step == *step).count();
        sheet.push((format!("rows: {}", step.code()), rows.to_string()));
    }
    let mut counts = |of: &str, counts: &Counts| {
        let some = counts.iter().filter(|(_, count)| **count > 0);
        sheet.extend(some.map(|(code, count)| (format!("{of}: {code}"), count.to_string())));
    };
    counts("letters due", &record.letters);
    counts("letters held for review", &record.letters_held);
    counts("review", &record.review_reasons);
    sheet
}
