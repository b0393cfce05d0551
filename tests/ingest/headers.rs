//! Headers at the gate: under which names columns are found, and what is told where they are not.

use klippekort::contract::Table;

use crate::exports_folder::{ExportsFolder, problems, read, snapshot};

#[test]
fn mapped_and_own_names_are_understood_side_by_side() {
    let expected = snapshot(&read(&ExportsFolder::danish()).exports);
    let folder = ExportsFolder::danish();
    folder.rewrite(Table::Leaves, |text| text.replace("Fra;", "from_date;").replace("barsel", "parental"));
    assert_eq!(snapshot(&read(&folder).exports), expected);
    folder.rewrite(Table::Leaves, |text| text.replace("from_date;", "from_date;Fra;"));
    assert!(problems(&folder).contains("from_date stands under its own name and under the mapped one"));
}

#[test]
fn a_mapped_header_of_an_optional_column_that_is_not_there_is_told() {
    let mapped =
        || ExportsFolder::plain().with_settings("[tables.leaves.columns]\napplied_on = \"Ansøgt\"\n");
    let files = read(&mapped()).files;
    let leaves = files.iter().find(|file| file.table == Table::Leaves).expect("read");
    assert_eq!(leaves.notices, ["`Ansøgt` is not in the file: applied_on is empty"]);
    let folder = mapped();
    folder.rewrite(Table::Leaves, |text| {
        let cell = |at: usize| if at == 0 { "Ansøgt d." } else { "" };
        text.lines().enumerate().map(|(at, line)| format!("{line},{}\n", cell(at))).collect()
    });
    let told = problems(&folder);
    let renamed = "applied_on is mapped to `Ansøgt`, which the file has not; it has `Ansøgt d.`";
    assert!(told.contains(renamed), "{told}");
}

#[test]
fn a_header_in_other_letters_is_the_one_that_was_meant() {
    let header = |folder: &ExportsFolder, table: Table, from: &str, to: &str| {
        folder.rewrite(table, |text| text.replacen(from, to, 1));
        problems(folder)
    };
    // Mapped and optional: its cells would all be empty.
    let mapped = "[tables.enrolments.columns]\nreadmitted_on = \"Genindskrevet på ny\"\n";
    for name in ["GENINDSKREVET PÅ NY", "genindskrevet_på_ny", "GenindskrevetPåNy", "GENINDSKREVET PAA NY"]
    {
        let told =
            header(&ExportsFolder::plain().with_settings(mapped), Table::Enrolments, "readmitted_on", name);
        let said = format!(
            "readmitted_on is mapped to `Genindskrevet på ny`, which the file has not; it has `{name}`"
        );
        assert!(told.contains(&said), "{told}");
    }
    // Not mapped: only what is the contract's own name.
    let told = header(&ExportsFolder::plain(), Table::Enrolments, "readmitted_on", "Readmitted On");
    assert!(told.contains("column readmitted_on stands in the file as `Readmitted On`"), "{told}");
    // Needed: it is missing in any case, and the hint knows it.
    let told = header(&ExportsFolder::plain(), Table::SuPayments, "portions", "PORTIONS");
    assert!(told.contains("column portions is missing"), "{told}");
    assert!(told.contains("a column with a similar name, `PORTIONS`"), "{told}");
    // A stranger is none of them.
    let folder = ExportsFolder::plain();
    folder.rewrite(Table::Enrolments, |text| text.replacen("readmitted_on", "NOTE", 1));
    read(&folder);
}

#[test]
fn headers_in_capitals_are_told_in_every_format() {
    let settings = "[tables.exam_registrations.columns]\nwithdrawn_on = \"Afmeldt på\"\n";
    let said = "withdrawn_on is mapped to `Afmeldt på`, which the file has not; it has `AFMELDT PÅ`";
    let csv = ExportsFolder::plain().with_settings(settings);
    csv.rewrite(Table::ExamRegistrations, |text| text.replacen("withdrawn_on", "AFMELDT PÅ", 1));
    assert!(problems(&csv).contains(said));
    let parquet = ExportsFolder::parquet(false).with_settings(settings);
    parquet.rename_parquet_column(Table::ExamRegistrations, "withdrawn_on", "AFMELDT PÅ");
    assert!(problems(&parquet).contains(said));
    let workbook = ExportsFolder::workbooks().with_plain_pipeline().with_settings(settings);
    workbook.write_workbook(Table::ExamRegistrations, |sheet| {
        sheet.write_string(0, 4, "AFMELDT PÅ").unwrap();
    });
    assert!(problems(&workbook).contains(said));
}
