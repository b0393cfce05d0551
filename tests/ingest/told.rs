//! What a run tells of files that it reads, or cannot read as they are.

use std::fs;

use klippekort::contract::Table;

use crate::exports_folder::{ExportsFolder, problems, read};

fn notices(folder: &ExportsFolder, table: Table) -> Vec<String> {
    told(folder, table).0
}

/// The notices of a table's file, and those of them that are doubts.
fn told(folder: &ExportsFolder, table: Table) -> (Vec<String>, Vec<String>) {
    let ingested = read(folder);
    let file = ingested.files.into_iter().find(|file| file.table == table).expect("reported");
    (file.notices, file.doubts)
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

/// They are in order, unless so many are of the next half year that the dates are those of the last inspection.
#[test]
fn rows_long_after_the_cut_offs_are_doubtful() {
    let doubts = |table: Table, count: usize, row: &dyn Fn(usize) -> String| {
        let folder = ExportsFolder::plain();
        (0..count).for_each(|number| {
            folder.append_line(table, &row(number));
        });
        let mut doubts = told(&folder, table).1;
        doubts.retain(|doubt| doubt.contains("three months after"));
        doubts
    };
    let said = "21 rows are more than three months after the run: are its dates the right ones?";
    let results = |count: usize, day: &str| {
        let row = |number: usize| format!("E1,01005,5,12,2027-02-{:02},{day},0,,,", number % 28 + 1);
        doubts(Table::Results, count, &row)
    };
    assert_eq!((results(20, "2027-06-16"), results(21, "2027-06-15")), (vec![], vec![]));
    assert_eq!(results(21, "2027-06-16"), [said]);
    let payments = |count: usize, month: &str| {
        let row = |number: usize| format!("E1,{month},ordinary,1,{}.00", 6000 + number);
        doubts(Table::SuPayments, count, &row)
    };
    assert_eq!((payments(20, "2027-07"), payments(21, "2027-06")), (vec![], vec![]));
    assert_eq!(payments(21, "2027-07"), [said]);
}

#[test]
fn what_is_passed_over_or_contradicts_itself_is_told() {
    let folder = ExportsFolder::plain();
    fs::write(folder.path("courses (1).csv"), "").unwrap();
    fs::write(folder.path("courses.txt"), "").unwrap();
    assert_eq!(notices(&folder, Table::Courses), ["courses (1).csv beside it is not read"]);
    assert!(read(&folder).not_read.unwrap().contains("no table reads courses.txt; name"));
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

#[test]
fn results_assessed_before_their_exam_are_told() {
    let told = |count: usize| {
        let folder = ExportsFolder::plain();
        for number in 0..count {
            let (month, day) = (number / 28 + 1, number % 28 + 1);
            folder.append_line(
                Table::Results,
                &format!("E2,10999,2.25,00,2026-02-{day:02},2026-0{month}-01,0,,,"),
            );
        }
        let mut told = notices(&folder, Table::Results);
        told.retain(|notice| notice.contains("before their exam"));
        told
    };
    // That of the first of February is assessed on the day of the exam.
    assert_eq!(told(20), [""; 0]);
    let told = told(21);
    assert!(
        told[0].starts_with("21 results of 25 that are not transferred have an assessment before"),
        "{told:?}"
    );
    assert!(told[0].contains("are exam_date and assessed_on mapped the wrong way round"), "{told:?}");
}

/// More enrolments than a run may lose, begun long before the inspection.
fn with_enrolments(folder: ExportsFolder, payment: impl Fn(usize) -> String) -> ExportsFolder {
    for number in 10..32 {
        let row = format!("S{number},E{number},,A,B,a@example.org,da,DK,,CS,2024-09-01,active,,,,,,,");
        folder.append_line(Table::Enrolments, &row);
        folder.append_line(Table::SuPayments, &format!("E{number},{}", payment(number)));
    }
    folder
}

#[test]
fn payments_of_which_none_or_few_are_ordinary_are_told() {
    let loan = |_: usize| "2026-10,completion_loan,1,".to_owned();
    let folder = with_enrolments(ExportsFolder::plain(), loan);
    let told = notices(&folder, Table::SuPayments);
    assert!(told.iter().any(|told| told.starts_with("2 of 25 rows are ordinary SU, which most")), "{told:?}");
    let mixed =
        |number: usize| if number.is_multiple_of(2) { "2026-10,ordinary,1,".to_owned() } else { loan(0) };
    let told = notices(&with_enrolments(ExportsFolder::plain(), mixed), Table::SuPayments);
    assert!(!told.iter().any(|told| told.contains("ordinary")), "{told:?}");
    folder.rewrite(Table::SuPayments, |text| text.replace("ordinary", "parental"));
    let told = problems(&folder);
    assert!(told.contains("no row of su_payments is ordinary SU, though 24 enrolments began"), "{told}");
    assert!(told.contains("[tables.su_payments.values.kind]"), "{told}");
}

#[test]
fn a_copy_beside_a_file_that_the_pipeline_names_is_told() {
    let named = "[tables.leaves]\nfile = \"Orlov.csv\"\n";
    let beside = |name: &str| {
        let folder = ExportsFolder::plain().with_settings(named);
        fs::rename(folder.path("leaves.csv"), folder.path("Orlov.csv")).unwrap();
        fs::write(folder.path(name), "").unwrap();
        notices(&folder, Table::Leaves)
    };
    for copy in ["Orlov (1).csv", "Orlov - Kopi.csv", "Kopi af Orlov.csv", "orlov_2.CSV", "Orlov.xlsx"] {
        assert_eq!(beside(copy), [format!("{copy} beside it is not read")], "{copy}");
    }
    for other in ["Orlov_oversigt.csv", "Orlov2025.csv", "Vejledning orlov.csv", "Orlov (1).txt"] {
        assert_eq!(beside(other), [""; 0], "{other}");
    }
}

#[test]
fn a_table_that_is_lost_as_a_whole_is_told_before_what_follows_from_it() {
    let many = |folder: &ExportsFolder, table: Table, row: &dyn Fn(usize) -> String| {
        (0..30).for_each(|number| _ = folder.append_line(table, &row(number)));
    };
    // Every payment has another form of months: that is all.
    let folder = with_enrolments(ExportsFolder::plain(), |_| "202610,ordinary,1,".to_owned());
    folder.rewrite(Table::SuPayments, |text| text.replace(",2026-", ",2026"));
    let told = problems(&folder);
    assert!(
        told.contains("all 25 rows of su_payments rejected") && told.contains("bad_month 25 times"),
        "{told}"
    );
    assert_eq!(told.matches("error:").count(), 1, "{told}");
    // So few that a run might lose them are told there as well, with their reason.
    let few = with_enrolments(ExportsFolder::plain(), |_| "2026-10,ordinary,1,".to_owned());
    few.rewrite(Table::SuPayments, |text| {
        let header = text.lines().next().unwrap();
        format!("{header}\nE1,202610,ordinary,1,\n")
    });
    let told = problems(&few);
    assert!(told.contains("1 row of su_payments rejected (bad_month), and it has no other"), "{told}");
    // No course is known: the results are not to be blamed.
    let folder = ExportsFolder::plain();
    many(&folder, Table::Courses, &|number| format!("2{number:04},Title,5,Bachelor,seven_point,1,"));
    many(&folder, Table::Results, &|number| format!("E1,2{number:04},5,12,2026-12-10,2026-12-20,0,,,"));
    folder.rewrite(Table::Courses, |text| text.replace(",BSc,", ",Bachelor,").replace(",MSc,", ",Kandidat,"));
    let told = problems(&folder);
    assert!(
        told.contains("all 34 rows of courses rejected") && told.contains("unknown_code 34 times"),
        "{told}"
    );
    assert!(!told.contains("of results rejected") && !told.contains("Add the course"), "{told}");
    // Some courses are known: the others may be why, and come first.
    folder.rewrite(Table::Courses, |text| text.replace("Physics,2.25,Kandidat", "Physics,2.25,MSc"));
    let told = problems(&folder);
    assert!(
        told.contains(
            "33 rows of courses.csv rejected, first on line 2 (unknown_code): mend them first. Add"
        ),
        "{told}"
    );
}

#[test]
fn a_table_without_one_accepted_row_is_told_however_short_it_is() {
    let folder = ExportsFolder::plain();
    folder.rewrite(Table::Leaves, |text| text.replace("parental", "barsel"));
    let told = notices(&folder, Table::Leaves);
    assert_eq!(told, ["1 row, and none was accepted (unknown_code): it is read as if it were empty"]);
    folder.rewrite(Table::Leaves, |text| format!("{}\n\n", text.lines().next().unwrap()));
    assert_eq!(notices(&folder, Table::Leaves), [""; 0]);
}

#[test]
fn ids_that_may_be_numbers_of_persons_are_told() {
    let doubts = |count: usize| {
        let folder = ExportsFolder::plain();
        for number in 0..150 {
            let id = if number < count { format!("010199{:04}", number) } else { format!("S{number:05}") };
            let row = format!("{id},X{number:04},,Ann,Lee,l@example.org,en,UK,,CS,2026-09-01,active,,6,,,,,");
            folder.append_line(Table::Enrolments, &row);
        }
        let mut doubts = told(&folder, Table::Enrolments).1;
        doubts.retain(|doubt| doubt.contains("CPR"));
        doubts
    };
    assert_eq!(doubts(20), [""; 0]);
    let said = "21 of 153 in student_id look like civil registration numbers (CPR): ids stand in every table and \
                file name";
    assert_eq!(doubts(21), [said]);
}

#[test]
fn one_student_id_for_many_persons_stops_the_run() {
    let told = |count: usize| {
        let folder = ExportsFolder::plain();
        for number in 0..count {
            let row =
                format!("UNKNOWN,X{number:04},,Ann,Lee,l@example.org,en,UK,,CS,2026-09-01,active,,6,,,,,");
            folder.append_line(Table::Enrolments, &row);
        }
        folder
    };
    assert_eq!(read(&told(50)).exports.enrolments.len(), 53);
    let problems = problems(&told(51));
    assert!(problems.contains("51 enrolments have this student_id"), "{problems}");
    assert!(problems.contains("enrolments.csv:5:1") && !problems.contains("UNKNOWN"), "{problems}");
}
