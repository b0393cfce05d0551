//! The two large tables: joined with the catalogue, sorted, and handed over as columns.
//!
//! This is the work of a data frame of integer columns. The columns are sort keys that hold
//! everything a row consists of, most significant first, so that sorting compares three integers
//! and rows that are equal in every column are neighbours afterwards. It runs after all parallel
//! reading is over, for polars has a thread pool of its own.

use polars::prelude::{
    ChunkTake, ChunkedArray, Column, DataFrame, IntoColumn, NewChunkedArray, PolarsError, PolarsNumericType,
    PolarsResult, SortMultipleOptions, UInt32Chunked, UInt32Type, UInt64Chunked, UInt64Type,
};

use super::reason::Reason;
use super::small_tables::offsets;
use super::staged::{ColumnData, EMPTY, Rejection, Rows};
use super::values::FIRST_DAY;
use crate::diagnostics::{Diagnostic, Place};
use crate::student::exports::{Catalogue, NO_DAY, Payments, Results, result_flag};
use crate::student::result_codes::ResultCodes;

/// Days from the first day that a date column can hold fit 17 bits.
const DAY_BITS: u32 = 17;
const ECTS_BITS: u32 = 16;
const COURSE_BITS: u32 = 29;
/// A day, or 0 for none.
const EXAM_DAY_BITS: u32 = DAY_BITS + 1;

/// Puts the results in order and rejects rows that are equal in every column; also gives the
/// enrolments of rejected rows.
pub fn results(
    rows: Rows,
    catalogue: &mut Catalogue,
    codes: &ResultCodes,
    enrolments: usize,
    rejections: &mut Vec<Rejection>,
) -> Result<(Results, Vec<u32>), Diagnostic> {
    let rows = place_foreign_courses(rows, catalogue);
    let course = numbers(&rows, 1).iter().map(|course| course.unsigned_abs()).collect::<Vec<_>>();
    let group = join_groups(catalogue, &course).map_err(defect)?;
    let (place, preference, rest) = result_keys(&rows, &course, &group, codes);
    let lines = rows.lines;
    // The keys hold everything; sorting needs room for a second copy of them.
    drop((course, group, rows.columns));
    let frame = sorted(vec![
        key("place", place),
        key("preference", preference),
        key("rest", rest),
        UInt32Chunked::from_vec("line".into(), lines).into_column(),
    ])
    .map_err(defect)?;
    unpack_results(&frame, enrolments, rejections).map_err(defect)
}

/// Numbers the codes outside the catalogue after it, in their own order. Codes of rows that were
/// rejected are left out.
fn place_foreign_courses(mut rows: Rows, catalogue: &mut Catalogue) -> Rows {
    let Some(ColumnData::Numbers(course)) = rows.columns.get_mut(1) else { return rows };
    let mut used = vec![false; rows.foreign_courses.len()];
    for number in course.iter().filter(|number| **number < 0) {
        used[(-1 - number) as usize] = true;
    }
    let mut foreign = (0..used.len()).filter(|number| used[*number]).collect::<Vec<_>>();
    foreign.sort_by_key(|number| rows.foreign_courses.get(*number as u32));
    let mut index_of = vec![0; used.len()];
    for number in foreign {
        let index = catalogue.codes.len();
        catalogue.codes.push(rows.foreign_courses.get(number as u32).to_owned());
        catalogue.group_of.push(index as u32);
        index_of[number] = index as i32;
    }
    for number in course.iter_mut().filter(|number| **number < 0) {
        *number = index_of[(-1 - *number) as usize];
    }
    rows
}

/// A join on a dense index is a gather: the row of a course index is the index itself.
fn join_groups(catalogue: &Catalogue, course: &[u32]) -> PolarsResult<Vec<u32>> {
    let groups = UInt32Chunked::from_vec("group".into(), catalogue.group_of.clone());
    let wanted = UInt32Chunked::from_slice("course".into(), course);
    let joined = groups.take(&wanted)?.rechunk().into_owned();
    Ok(joined.cont_slice()?.to_vec())
}

fn result_keys(
    rows: &Rows,
    course: &[u32],
    group: &[u32],
    codes: &ResultCodes,
) -> (Vec<u64>, Vec<u64>, Vec<u64>) {
    let mut provisional = [false; 256];
    for (position, code) in codes.iter().enumerate().take(256) {
        provisional[position] = code.provisional;
    }
    let (enrolment, ects) = (numbers(rows, 0), numbers(rows, 2));
    let (exam_date, assessed_on) = (numbers(rows, 4), numbers(rows, 5));
    let code = small(rows, 3);
    let (transferred, transitional, superseded) = (small(rows, 6), small(rows, 8), small(rows, 9));
    let ranks = rows.texts.ranks();
    let mut place = Vec::with_capacity(rows.len());
    let mut preference = Vec::with_capacity(rows.len());
    let mut rest = Vec::with_capacity(rows.len());
    for row in 0..rows.len() {
        place.push(u64::from(enrolment[row].unsigned_abs()) << 32 | u64::from(group[row]));
        let mut wanted = u64::from(provisional[code[row] as usize]);
        wanted = wanted << 1 | u64::from(transferred[row] == 1);
        wanted = wanted << DAY_BITS | day_bits(assessed_on[row]);
        wanted = wanted << ECTS_BITS | u64::from(ects[row].unsigned_abs());
        wanted = wanted << COURSE_BITS | u64::from(course[row]);
        preference.push(wanted);
        let flags = (u8::from(transferred[row] == 1) * result_flag::TRANSFERRED)
            | (u8::from(transitional[row] == 1) * result_flag::TRANSITIONAL)
            | (u8::from(superseded[row] == 1) * result_flag::SUPERSEDED);
        // 0 is the empty date.
        let exam_day = if exam_date[row] == EMPTY { 0 } else { day_bits(exam_date[row]) + 1 };
        let from = rows.text_number(7, row).map_or(0, |number| ranks[number as usize]);
        // Flags first: between passes equal so far, one that is not transitional counts.
        let others = u64::from(flags) << (EXAM_DAY_BITS + 8) | exam_day << 8 | u64::from(code[row]);
        rest.push(others << 32 | u64::from(from));
    }
    (place, preference, rest)
}

fn unpack_results(
    frame: &DataFrame,
    enrolments: usize,
    rejections: &mut Vec<Rejection>,
) -> PolarsResult<(Results, Vec<u32>)> {
    let place = column::<UInt64Type>(frame, "place")?;
    let preference = column::<UInt64Type>(frame, "preference")?;
    let rest = column::<UInt64Type>(frame, "rest")?;
    let line = column::<UInt32Type>(frame, "line")?;
    let (place, preference) = (place.cont_slice()?, preference.cont_slice()?);
    let (rest, line) = (rest.cont_slice()?, line.cont_slice()?);
    let mut named = Vec::new();
    let mut kept = Vec::with_capacity(place.len());
    for row in 0..place.len() {
        let equal = |other: usize| {
            place[other] == place[row] && preference[other] == preference[row] && rest[other] == rest[row]
        };
        if row > 0 && equal(row - 1) {
            named.push((place[row] >> 32) as u32);
            rejections.push(Rejection {
                line: line[row],
                column: "",
                reason: Reason::DuplicateRow,
                value: String::new(),
                repaired: false,
            });
        } else {
            kept.push(row);
        }
    }
    let low = |value: u64, bits: u32| value & ((1 << bits) - 1);
    let results = Results {
        offsets: offsets(kept.iter().map(|row| (place[*row] >> 32) as u32), enrolments),
        course: each(&kept, |row| low(preference[row], COURSE_BITS) as u32),
        group: each(&kept, |row| place[row] as u32),
        ects: each(&kept, |row| low(preference[row] >> COURSE_BITS, ECTS_BITS) as i32),
        code: each(&kept, |row| (rest[row] >> 32) as u8),
        exam_date: each(&kept, |row| match low(rest[row] >> (32 + 8), EXAM_DAY_BITS) {
            0 => NO_DAY,
            day => day_of(day - 1),
        }),
        assessed_on: each(&kept, |row| day_of(low(preference[row] >> (COURSE_BITS + ECTS_BITS), DAY_BITS))),
        flags: each(&kept, |row| (rest[row] >> (32 + 8 + EXAM_DAY_BITS)) as u8),
        line: each(&kept, |row| line[row]),
    };
    Ok((results, named))
}

fn each<T>(rows: &[usize], value: impl Fn(usize) -> T) -> Vec<T> {
    rows.iter().map(|row| value(*row)).collect()
}

/// Payments by enrolment, month, kind and portions.
pub fn payments(rows: Rows, enrolments: usize) -> Result<Payments, Diagnostic> {
    let (enrolment, month, portions) = (numbers(&rows, 0), numbers(&rows, 1), numbers(&rows, 3));
    let kind = small(&rows, 2);
    let keys = (0..rows.len())
        .map(|row| {
            // Months of the years 1900 to 2199 fit 16 bits; portions are at most three.
            let mut packed = u64::from(enrolment[row].unsigned_abs());
            packed = packed << 16 | u64::from(month[row].unsigned_abs());
            packed = packed << 8 | u64::from(kind[row]);
            packed << 8 | u64::from(portions[row].unsigned_abs())
        })
        .collect::<Vec<_>>();
    let lines = UInt32Chunked::from_vec("line".into(), rows.lines).into_column();
    drop(rows.columns);
    let frame = sorted(vec![key("payment", keys), lines]).map_err(defect)?;
    let unpack = || -> PolarsResult<Payments> {
        let keys = column::<UInt64Type>(&frame, "payment")?;
        let line = column::<UInt32Type>(&frame, "line")?;
        let keys = keys.cont_slice()?;
        Ok(Payments {
            offsets: offsets(keys.iter().map(|key| (key >> 32) as u32), enrolments),
            month: keys.iter().map(|key| i32::from((key >> 16) as u16)).collect(),
            kind: keys.iter().map(|key| (key >> 8) as u8).collect(),
            portions: keys.iter().map(|key| i32::from(*key as u8)).collect(),
            line: line.cont_slice()?.to_vec(),
        })
    };
    unpack().map_err(defect)
}

fn key(name: &'static str, keys: Vec<u64>) -> Column {
    UInt64Chunked::from_vec(name.into(), keys).into_column()
}

/// Sorts by all columns in their order.
fn sorted(columns: Vec<Column>) -> PolarsResult<DataFrame> {
    let names = columns.iter().map(|column| column.name().clone()).collect::<Vec<_>>();
    let mut frame = DataFrame::new_infer_height(columns)?;
    frame.sort_in_place(names, SortMultipleOptions::default())?;
    Ok(frame)
}

fn column<T: PolarsNumericType>(frame: &DataFrame, name: &str) -> PolarsResult<ChunkedArray<T>> {
    let series = frame.column(name)?.as_materialized_series();
    let column: &ChunkedArray<T> = series.as_ref().as_ref();
    Ok(column.rechunk().into_owned())
}

fn numbers(rows: &Rows, column: usize) -> &[i32] {
    match rows.columns.get(column) {
        Some(ColumnData::Numbers(cells)) => cells,
        _ => &[],
    }
}

fn small(rows: &Rows, column: usize) -> &[u8] {
    match rows.columns.get(column) {
        Some(ColumnData::Small(cells)) => cells,
        _ => &[],
    }
}

fn day_bits(day: i32) -> u64 {
    (day - FIRST_DAY).unsigned_abs().into()
}

fn day_of(bits: u64) -> i32 {
    bits as i32 + FIRST_DAY
}

fn defect(error: PolarsError) -> Diagnostic {
    Diagnostic::output(Place::file("results and payments"), format!("the rows could not be sorted: {error}"))
        .hint("this is a defect of klip, or there is not enough memory")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Day;
    use crate::contract::Table;

    #[test]
    fn every_day_of_the_contract_fits_its_bits() {
        let day = |text: &str| Day::parse_iso(text).expect("a date").epoch_days();
        assert_eq!(day("1900-01-01"), FIRST_DAY);
        assert!(day_bits(day("2199-12-31")) + 1 < 1 << DAY_BITS);
        assert_eq!(day_of(day_bits(day("2027-03-15"))), day("2027-03-15"));
        assert_eq!(2 + DAY_BITS + ECTS_BITS + COURSE_BITS, 64);
    }

    #[test]
    fn columns_stand_where_the_keys_look_for_them() {
        let names = |table: Table| table.columns().iter().map(|column| column.name).collect::<Vec<_>>();
        assert_eq!(
            names(Table::Results),
            [
                "enrolment_id",
                "course_code",
                "ects",
                "result",
                "exam_date",
                "assessed_on",
                "transferred",
                "transferred_from",
                "transitional",
                "superseded"
            ]
        );
        assert_eq!(names(Table::SuPayments)[..4], ["enrolment_id", "month", "kind", "portions"]);
    }
}
