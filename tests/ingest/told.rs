//! What a run tells of files that it reads, or cannot read as they are.

use std::fs;

use klippekort::contract::Table;

use crate::exports_folder::{ExportsFolder, problems, read};

fn notices(folder: &ExportsFolder, table: Table) -> Vec<String> {
    let ingested = read(folder);
    let file = ingested.files.into_iter().find(|file| file.table == table).expect("reported");
    file.notices
}

#[test]
fn one_cause_is_told_where_a_header_is_not_understood() {
    let told_of = |change: &dyn Fn(String) -> String| {
        let folder = ExportsFolder::plain();
        folder.rewrite(Table::Leaves, |text| change(text.to_owned()));
        problems(&folder)
    };
    for (mark, words) in [(";", "`;`"), ("\t", "a tabulator"), ("|", "`|`")] {
        let told = told_of(&|text| text.replace(',', mark));
        let cause = format!("the cells of the header are separated by {words}, and `,` is expected");
        assert!(told.contains(&cause) && told.contains("[tables.leaves]"), "{told}");
        assert_eq!(told.matches("error:").count(), 1, "{told}");
    }
    for (above, line) in [("\n", 2), ("Leaves of 15 March 2027\n\n", 3), ("\"Leaves\"; all\n", 2)] {
        let told = told_of(&|text| format!("{above}{text}"));
        assert!(told.contains(&format!("the header stands in line {line}, below other lines")), "{told}");
        assert!(told.contains(&format!("leaves.csv:{line}:1")), "{told}");
        assert_eq!(told.matches("error:").count(), 1, "{told}");
    }
    let told = told_of(&|text| format!("\n{}", text.replace(',', ";")));
    assert!(told.contains("in line 2, below other lines; the cells of the header are separated"), "{told}");
    // One column of the table is no header; and a header with most of its columns is none that stands elsewhere.
    let told = told_of(&|text| text.replacen("from_date", "from", 1).replacen("to_date", "to", 1));
    assert!(told.contains("column from_date is missing") && told.contains("column to_date"), "{told}");
    let told = told_of(&|_| "a,b\nreason\n".to_owned());
    assert_eq!(told.matches(" is missing").count(), 4, "{told}");
    let told = told_of(&|_| "\n\n".to_owned());
    assert!(told.contains("the file is empty"), "{told}");
}

#[test]
fn how_far_the_rows_reach_is_told_beside_the_cut_offs() {
    let reached = |table: Table, row: &str| {
        let folder = ExportsFolder::plain();
        let header = fs::read_to_string(folder.path(&format!("{table}.csv"))).unwrap();
        folder.rewrite(table, |_| format!("{}\n{row}\n", header.lines().next().unwrap()));
        notices(&folder, table)
    };
    // The inspection of the plain pipeline is on 2027-03-15.
    let result =
        |assessed: &str| reached(Table::Results, &format!("E1,01005,5,12,2026-12-10,{assessed},0,,,"));
    assert_eq!(result("2027-01-14"), [""; 0]);
    let told = result("2027-01-13");
    assert!(told[0].contains("newest result was assessed on 2027-01-13, 61 days before"), "{told:?}");
    assert_eq!(result("2027-03-16"), ["1 row was assessed after results_through 2027-03-15: not counted"]);
    let payment = |month: &str| reached(Table::SuPayments, &format!("E1,{month},ordinary,1,6589.00"));
    assert_eq!(payment("2027-03"), [""; 0]);
    let told = payment("2027-02");
    assert!(
        told[0].contains("newest payment is of 2027-02, 1 month before payments_through 2027-03"),
        "{told:?}"
    );
    assert_eq!(payment("2027-04"), ["1 row is of a month after payments_through 2027-03: not counted"]);
}

#[test]
fn what_is_passed_over_or_contradicts_itself_is_told() {
    let folder = ExportsFolder::plain();
    fs::write(folder.path("courses (1).csv"), "").unwrap();
    fs::write(folder.path("courses.txt"), "").unwrap();
    assert_eq!(notices(&folder, Table::Courses), ["courses (1).csv beside it is not read"]);
    assert_eq!(notices(&folder, Table::CourseEquivalences), [""; 0]);
    // Nor is the file of another table called unread, whatever its name.
    let named = ExportsFolder::plain().with_settings("[tables.leaves]\nfile = \"courses_leaves.csv\"\n");
    fs::rename(named.path("leaves.csv"), named.path("courses_leaves.csv")).unwrap();
    assert_eq!(notices(&named, Table::Courses), [""; 0]);
    folder.rewrite(Table::Programmes, |text| text.replace(",36,48", ",36,35"));
    assert_eq!(
        notices(&folder, Table::Programmes),
        ["line 2: max_months 35 is less than prescribed_months 36"]
    );
    folder.append_line(Table::CourseEquivalences, "01005,02102,blocked");
    let told = notices(&folder, Table::CourseEquivalences);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("01005 and 02102 are blocked and, by other rows, the same"), "{told:?}");
}

#[test]
fn many_results_that_do_not_go_with_course_or_start_are_told() {
    let told = |count: usize, row: &dyn Fn(usize) -> String| {
        let folder = ExportsFolder::plain();
        (0..count).for_each(|number| {
            folder.append_line(Table::Results, &row(number));
        });
        let mut told = notices(&folder, Table::Results);
        told.retain(|notice| notice.contains("sorted by itself"));
        told
    };
    // Four of the rows that are there are own, too.
    let others = |number: usize| format!("E1,01005,6,00,2026-12-10,2026-12-{:02},0,,,", number % 28 + 1);
    assert_eq!(told(20, &others), [""; 0]);
    let ects = told(21, &others);
    assert!(ects[0].starts_with("21 results of 25 that are not transferred have other ECTS"), "{ects:?}");
    let early = |number: usize| format!("E1,01005,5,00,2026-08-{:02},2026-12-10,0,,,", number % 28 + 1);
    let start = told(21, &early);
    assert!(start[0].contains("have an exam before the programme began") && start.len() == 1, "{start:?}");
    let transferred = |number: usize| early(number).replace(",0,,,", ",1,Aalborg,,");
    assert_eq!(told(21, &transferred), [""; 0]);
}
