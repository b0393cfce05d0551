//! Directions that no verdict may turn against: more ECTS never worsens one, more klip never
//! improves one; and neither the order of the rows nor where a file is cut changes anything.

use std::fs;
use std::sync::LazyLock;

use klippekort::base::{Cutoffs, Day, Month};
use klippekort::contract::Table;
use klippekort::engine;
use klippekort::law::{Law, LawBook};
use klippekort::verdicts::{FiveEcts, InspectionRow, Progress, SuStatus};
use proptest::prelude::*;

use crate::exports_folder::{ExportsFolder, read, snapshot};
use crate::support::exports::{Rows, build};
use crate::support::row::{overlaid, usual};

const INSPECTION: &str = "2027-03-15";
const COURSES: usize = 24;

static LAW: LazyLock<Law> = LazyLock::new(|| {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/law");
    let law = LawBook::load(&folder).and_then(|book| Law::in_force(book, day(INSPECTION)));
    law.unwrap_or_else(|problems| panic!("{problems}"))
});

fn day(text: &str) -> Day {
    Day::parse_iso(text).expect("a date")
}

/// One student: start, months with a klip, and per course ECTS in halves, months ago, and result.
#[derive(Clone, Debug)]
struct Student {
    started: usize,
    klip: i32,
    results: Vec<(i32, i32, usize)>,
}

/// Starts on both sides of the change of regime in 2016.
const STARTS: [&str; 6] =
    ["2015-09-01", "2016-06-30", "2016-07-01", "2021-02-01", "2024-09-01", "2026-09-01"];
const RESULTS: [&str; 6] = ["12", "7", "02", "00", "-3", "EM"];

fn student() -> impl Strategy<Value = Student> {
    let results = prop::collection::vec((1..60_i32, 0..60_i32, 0..RESULTS.len()), 0..COURSES - 1);
    (0..STARTS.len(), 0..70_i32, results).prop_map(|(started, klip, results)| Student {
        started,
        klip,
        results,
    })
}

fn table(text: &str) -> toml::Table {
    text.parse().expect("cells as TOML")
}

fn inspected(student: &Student) -> InspectionRow {
    let usual = usual();
    let row = |table_name: Table, cells: String| {
        let usual = usual.get(table_name.name()).and_then(toml::Value::as_table).cloned().unwrap_or_default();
        overlaid(&usual, &table(&cells))
    };
    let mut rows = Rows::default();
    let start = STARTS[student.started];
    let programme = "programme_code = \"BSC\"\nlevel = \"BSc\"\nects = \"180\"".to_owned();
    rows.of.insert(Table::Programmes, vec![row(Table::Programmes, programme)]);
    let course = |nth: usize| row(Table::Courses, format!("course_code = \"{nth:05}\""));
    rows.of.insert(Table::Courses, (0..COURSES).map(course).collect());
    let enrolment =
        format!("programme_code = \"BSC\"\nstarted_on = \"{start}\"\nsupport_extension_months = 12");
    rows.of.insert(Table::Enrolments, vec![row(Table::Enrolments, enrolment)]);
    let last = day(INSPECTION).month();
    let first = day(start).month();
    let most = last.index() - first.index() + 1;
    // From the latest month backwards, so that one more klip is one more month.
    let payments = (0..student.klip.min(most)).map(|ago| {
        let month = Month::from_index(last.index() - ago);
        row(Table::SuPayments, format!("month = \"{month}\""))
    });
    rows.of.insert(Table::SuPayments, payments.collect());
    let results = student.results.iter().enumerate().map(|(nth, (ects, ago, result))| {
        let month = Month::from_index((last.index() - 1 - ago).max(first.index()));
        let (exam, assessed) = (month.first_day(), month.last_day());
        let ects = format!("{}.{}", ects / 2, ects % 2 * 5);
        let result = RESULTS[*result];
        let cells = format!(
            "course_code = \"{nth:05}\"\nects = \"{ects}\"\nresult = \"{result}\"\nexam_date = \"{exam}\"\nassessed_on = \"{assessed}\""
        );
        row(Table::Results, cells)
    });
    rows.of.insert(Table::Results, results.collect());
    rows.given = Table::ALL.into_iter().filter(|table| !table.required()).collect();
    let exports = build(&rows, &LAW.result_codes).unwrap_or_else(|error| panic!("{error}"));
    let cutoffs = Cutoffs {
        inspection_date: day(INSPECTION),
        payments_through: last,
        results_through: day(INSPECTION),
    };
    let inspection = engine::inspect(&exports, &LAW, cutoffs, &|_| {});
    inspection.inspection.into_iter().next().expect("one student, inspected")
}

/// The higher the worse.
fn progress(row: &InspectionRow) -> u8 {
    match row.progress.expect("nothing is missing") {
        Progress::OnTrack => 0,
        Progress::Behind => 1,
        Progress::Inactive => 2,
    }
}

fn is_inactive(row: &InspectionRow) -> bool {
    matches!(row.su_status, Some(SuStatus::Inactive))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn more_ects_never_worsens_a_verdict(student in student(), ects in 1..60_i32, ago in 0..60_i32) {
        let before = inspected(&student);
        let mut more = student.clone();
        more.results.push((ects, ago, 0));
        let after = inspected(&more);
        prop_assert!(progress(&after) <= progress(&before), "{:?} to {:?}", before.progress, after.progress);
        prop_assert!(after.ects_missing <= before.ects_missing);
        prop_assert!(after.ects_counted >= before.ects_counted);
        prop_assert!(is_inactive(&before) || !is_inactive(&after));
        prop_assert!(after.ects_last_two_semesters >= before.ects_last_two_semesters);
        prop_assert!(before.five_ects != Some(FiveEcts::Met) || after.five_ects == before.five_ects);
        prop_assert_eq!((after.klip_net, after.ects_required), (before.klip_net, before.ects_required));
    }

    #[test]
    fn more_klip_never_improves_a_verdict(student in student(), klip in 1..20_i32) {
        let before = inspected(&student);
        let after = inspected(&Student { klip: student.klip + klip, ..student.clone() });
        prop_assert!(progress(&after) >= progress(&before), "{:?} to {:?}", before.progress, after.progress);
        prop_assert!(after.ects_required >= before.ects_required);
        prop_assert!(after.ects_missing >= before.ects_missing);
        prop_assert!(after.portions_left <= before.portions_left);
        prop_assert!(is_inactive(&after) || !is_inactive(&before));
        prop_assert_eq!(after.ects_counted, before.ects_counted);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_the_rows_never_matters(seeds in prop::collection::vec(any::<u64>(), 8)) {
        let folder = ExportsFolder::plain();
        let expected = snapshot(&read(&folder).exports);
        let tables = Table::ALL.into_iter().filter(|table| folder.path(&format!("{table}.csv")).is_file());
        for (table, seed) in tables.zip(seeds.iter().cycle()) {
            folder.rewrite(table, |text| {
                let (header, rows) = text.split_once('\n').unwrap();
                let mut rows = rows.lines().collect::<Vec<_>>();
                rows.sort_by_key(|row| row.bytes().fold(*seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)));
                format!("{header}\n{}\n", rows.join("\n"))
            });
        }
        prop_assert_eq!(snapshot(&read(&folder).exports), expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    /// A file is read in parts of about a mebibyte; a column that nobody reads moves the cuts.
    #[test]
    fn where_a_file_is_cut_never_matters(widths in prop::collection::vec(0..90_usize, 1..7)) {
        let rows = |filled: &dyn Fn(usize) -> String| {
            let folder = ExportsFolder::plain();
            let mut text = "enrolment_id,course_code,exam_date,registered_on,withdrawn_on,note\n".to_owned();
            for nth in 0..40_000 {
                let (day, month, enrolment) = (nth % 28 + 1, nth / 28 % 12 + 1, nth % 2 + 1);
                // Every thousandth row has a date that there is not.
                let day = if nth % 1000 == 999 { 32 } else { day };
                text += &format!("E{enrolment},01005,2026-{month:02}-{day:02},2026-01-01,,{}\n", filled(nth));
            }
            fs::write(folder.path("exam_registrations.csv"), text).unwrap();
            let ingested = read(&folder);
            let lines = ingested.rejected.iter().map(|row| row.line).collect::<Vec<_>>();
            (format!("{:?}", ingested.exports.small.exam_registrations), lines)
        };
        let plain = rows(&|_| String::new());
        prop_assert_eq!(plain.1.len(), 40);
        let filled = rows(&|nth| "x".repeat(widths[nth % widths.len()]));
        prop_assert!(filled == plain);
    }
}
