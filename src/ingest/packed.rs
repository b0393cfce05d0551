//! Rows of the two large tables as records of a few words.
//!
//! A record holds everything its row consists of, so that rows are kept, sorted and compared without
//! their columns. The first word is the enrolment, later the member of its bucket; the last the line.

use super::staged::EMPTY;
use super::values::FIRST_DAY;
use crate::contract::column;
use crate::student::exports::{NO_DAY, result_flag};

/// Enrolment, preference (high, low), other cells, line.
pub type ResultRecord = [u32; 5];
/// Enrolment, month and kind and portions, amount, line.
pub type PaymentRecord = [u32; 4];

/// Position of `transferred_from`, the one text of a result: it is kept apart, by line.
pub const ORIGIN: usize = column!(Results.transferred_from);

/// Days from the first day that a date column can hold fit 17 bits.
const DAY_BITS: u32 = 17;
const ECTS_BITS: u32 = 16;
const COURSE_BITS: u32 = 29;
/// A day, or 0 for none.
const EXAM_DAY_BITS: u32 = DAY_BITS + 1;
const CODE_BITS: u32 = 8;
/// The result says where it was transferred from.
const HAS_ORIGIN: u32 = 1 << 31;
/// The course number counts codes outside the catalogue.
pub const FOREIGN: u32 = 1 << (COURSE_BITS - 1);

/// Packs the cells of a result, by their position in the contract.
#[inline]
pub fn result(cell: impl Fn(usize) -> i32, origin: bool, line: u32) -> ResultRecord {
    let course = match cell(column!(Results.course_code)) {
        number @ 0.. => number.unsigned_abs(),
        foreign => FOREIGN | (-1 - foreign).unsigned_abs(),
    };
    let is_true = |at: usize| cell(at) == 1;
    let transferred = is_true(column!(Results.transferred));
    let transitional = is_true(column!(Results.transitional));
    let superseded = is_true(column!(Results.superseded));
    let mut preference = u64::from(transferred);
    preference = preference << DAY_BITS | u64::from(day_bits(cell(column!(Results.assessed_on))));
    preference = preference << ECTS_BITS | u64::from(cell(column!(Results.ects)).cast_unsigned());
    preference = preference << COURSE_BITS | u64::from(course);
    let flags = (u32::from(transferred) * u32::from(result_flag::TRANSFERRED))
        | (u32::from(transitional) * u32::from(result_flag::TRANSITIONAL))
        | (u32::from(superseded) * u32::from(result_flag::SUPERSEDED));
    let exam_date = cell(column!(Results.exam_date));
    let exam_day = if exam_date == EMPTY { 0 } else { day_bits(exam_date) + 1 };
    // Flags first: between passes equal so far, one that is not transitional counts.
    let code = cell(column!(Results.result)).cast_unsigned();
    let others = flags << (EXAM_DAY_BITS + CODE_BITS) | exam_day << CODE_BITS | code;
    let origin = if origin { HAS_ORIGIN } else { 0 };
    let enrolment = cell(column!(Results.enrolment_id)).cast_unsigned();
    [enrolment, (preference >> 32) as u32, preference as u32, others | origin, line]
}

/// What a result record holds.
#[derive(Clone, Copy)]
pub struct ResultCells(pub ResultRecord);

impl ResultCells {
    fn preference(self) -> u64 {
        u64::from(self.0[1]) << 32 | u64::from(self.0[2])
    }

    pub fn course(self) -> u32 {
        self.0[2] & ((1 << COURSE_BITS) - 1)
    }

    pub fn with_course(self, course: u32) -> ResultRecord {
        let mut record = self.0;
        record[2] = record[2] & !((1 << COURSE_BITS) - 1) | course;
        record
    }

    pub fn ects(self) -> i32 {
        (self.preference() >> COURSE_BITS) as i32 & ((1 << ECTS_BITS) - 1)
    }

    pub fn assessed_on(self) -> i32 {
        day_of((self.preference() >> (COURSE_BITS + ECTS_BITS)) as u32 & ((1 << DAY_BITS) - 1))
    }

    pub fn code(self) -> u8 {
        self.0[3] as u8
    }

    pub fn exam_date(self) -> i32 {
        match self.0[3] >> CODE_BITS & ((1 << EXAM_DAY_BITS) - 1) {
            0 => NO_DAY,
            day => day_of(day - 1),
        }
    }

    pub fn flags(self) -> u8 {
        ((self.0[3] & !HAS_ORIGIN) >> (EXAM_DAY_BITS + CODE_BITS)) as u8
    }

    pub fn has_origin(self) -> bool {
        self.0[3] & HAS_ORIGIN != 0
    }

    pub fn line(self) -> u32 {
        self.0[4]
    }

    /// The order within an enrolment, up to where it was transferred from: the first passing row of a
    /// group is the one that counts. See [`crate::student::exports::Results`].
    pub fn order(self, group: u32, provisional: bool) -> u128 {
        let preference = u64::from(provisional) << 63 | self.preference();
        u128::from(group) << 96 | u128::from(preference) << 32 | u128::from(self.0[3] & !HAS_ORIGIN)
    }
}

/// Packs the cells of a payment, by their position in the contract.
#[inline]
pub fn payment(cell: impl Fn(usize) -> i32, line: u32) -> PaymentRecord {
    // Months of the years 1900 to 2199 fit 16 bits; portions are at most three.
    let month = cell(column!(SuPayments.month)).cast_unsigned();
    let kind = cell(column!(SuPayments.kind)).cast_unsigned();
    let portions = cell(column!(SuPayments.portions)).cast_unsigned();
    let enrolment = cell(column!(SuPayments.enrolment_id)).cast_unsigned();
    let amount = cell(column!(SuPayments.amount_dkk)).cast_unsigned();
    [enrolment, month << 16 | kind << 8 | portions, amount, line]
}

/// What a payment record holds.
#[derive(Clone, Copy)]
pub struct PaymentCells(pub PaymentRecord);

impl PaymentCells {
    pub fn month(self) -> i32 {
        (self.0[1] >> 16) as i32
    }

    /// Position in the code list of payment kinds.
    pub fn kind(self) -> usize {
        usize::from((self.0[1] >> 8) as u8)
    }

    pub fn portions(self) -> i32 {
        i32::from(self.0[1] as u8)
    }

    /// Hundredths of a krone.
    pub fn amount(self) -> Option<i32> {
        Some(self.0[2].cast_signed()).filter(|amount| *amount != EMPTY)
    }

    pub fn line(self) -> u32 {
        self.0[3]
    }

    /// The order within an enrolment: by month, kind, portions, amount and line.
    pub fn order(self) -> u128 {
        let [_, rest, amount, line] = self.0.map(u128::from);
        rest << 64 | amount << 32 | line
    }
}

fn day_bits(day: i32) -> u32 {
    (day - FIRST_DAY).cast_unsigned()
}

fn day_of(bits: u32) -> i32 {
    bits as i32 + FIRST_DAY
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Day;

    fn day(text: &str) -> i32 {
        Day::parse_iso(text).expect("a date").epoch_days()
    }

    #[test]
    fn every_day_of_the_contract_fits_its_bits() {
        assert_eq!(day("1900-01-01"), FIRST_DAY);
        assert!(day_bits(day("2199-12-31")) + 1 < 1 << DAY_BITS);
        assert_eq!(1 + 1 + DAY_BITS + ECTS_BITS + COURSE_BITS, 64);
        const { assert!(3 + EXAM_DAY_BITS + CODE_BITS < 32) };
    }

    #[test]
    fn a_record_gives_back_its_cells() {
        let (first, last) = (day("1900-01-01"), day("2199-12-31"));
        for (exam, assessed) in [(first, last), (last, first), (EMPTY, last)] {
            for flags in 0..8 {
                let bit = |bit: i32| (flags >> bit) & 1;
                let cells = [7, 12_345, 36_000, 255, exam, assessed, bit(0), EMPTY, bit(1), bit(2)];
                let record = ResultCells(result(|at| cells[at], flags == 1, 99));
                assert_eq!(
                    (record.0[0], record.course(), record.ects(), record.code()),
                    (7, 12_345, 36_000, 255)
                );
                assert_eq!((record.exam_date(), record.assessed_on()), (exam, assessed));
                assert_eq!(
                    (i32::from(record.flags()), record.has_origin(), record.line()),
                    (flags, flags == 1, 99)
                );
            }
        }
        let foreign = ResultCells(result(|at| [0, -3, 0, 0, 0, 0, 1, 0, 0, 0][at], false, 1));
        assert_eq!((foreign.course(), ResultCells(foreign.with_course(5)).course()), (FOREIGN | 2, 5));
        for (amount, expected) in [(742_650, Some(742_650)), (-1, Some(-1)), (0, Some(0)), (EMPTY, None)] {
            let cells = [3, 2199 * 12 + 11, 255, 3, amount];
            let paid = PaymentCells(payment(|at| cells[at], 4));
            assert_eq!((paid.month(), paid.kind(), paid.portions()), (2199 * 12 + 11, 255, 3));
            assert_eq!((paid.amount(), paid.line()), (expected, 4));
        }
    }

    #[test]
    fn payments_are_in_order_by_every_cell_and_the_line() {
        let cells = [
            ([1, 24_000, 0, 1, EMPTY], 9),
            ([1, 24_000, 0, 1, 0], 9),
            ([1, 24_000, 0, 1, EMPTY], 10),
            ([1, 24_000, 0, 2, 0], 1),
            ([1, 24_000, 1, 1, 0], 1),
            ([1, 24_001, 0, 1, 0], 1),
        ];
        let mut records = cells.map(|(cells, line)| payment(|at| cells[at], line));
        let expected = {
            let mut sorted = records;
            sorted.sort_unstable();
            sorted
        };
        records.reverse();
        records.sort_unstable_by_key(|record| PaymentCells(*record).order());
        assert_eq!(records, expected);
        let orders = records.map(|record| PaymentCells(record).order());
        assert!(orders.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
