//! The two large tables, bucket by bucket: put in order, freed of equal rows, and unpacked when
//! the bucket is inspected.

use std::io;

use super::buckets::Buckets;
use super::keys::KeyIndex;
use super::misfits::{Misfits, Standards};
use super::packed::{FOREIGN, PaymentCells, PaymentRecord, ResultCells, ResultRecord};
use super::plausible::{
    MOST_ECTS, MOST_PORTIONS, PaymentFacts, Reach, ResultFacts, STALE_DAYS, STALE_MONTHS, TooMuch,
};
use super::reason::Reason;
use super::seasons::Seasons;
use super::staged::{Piece, Rejection, Rows};
use crate::base::Month;
use crate::contract::codes::PaymentKind;
use crate::diagnostics::{Diagnostic, Place};
use crate::student::exports::{Catalogue, Members, Payment, Payments, Results, StoredResult};
use crate::student::result_codes::ResultCodes;

/// Puts the results of every bucket in order and rejects rows that are equal in every column. The line of
/// an original row is the first of its file.
pub fn settle_results(
    piece: &mut Piece,
    catalogue: &mut Catalogue,
    codes: &ResultCodes,
    buckets: &Buckets,
    results_through: i32,
    standards: &Standards,
) -> Result<ResultFacts, Diagnostic> {
    let rows = &mut piece.rows;
    let course_of = place_foreign_courses(&rows.foreign_courses, catalogue);
    let order = ResultOrder::new(rows, catalogue, codes, &course_of);
    let settled = rows.partition.settle::<5, _>(buckets.count(), |bucket, records, sorted| {
        let members = buckets.members(bucket);
        let own = members.own();
        by_member(records, sorted, members.count());
        let mut scratch = Vec::new();
        for of_member in records.chunk_by_mut(|a, b| a[0] == b[0]) {
            order.sort(of_member, &mut scratch);
        }
        let mut dropped = Vec::new();
        records.dedup_by(|later, first| {
            let equal = order.equal(*first, *later);
            // A guest is rejected in its own bucket.
            if equal && (later[0] as usize) < own.len() {
                dropped.push((own.start as u32 + later[0], later[4]));
            }
            equal
        });
        let mut facts = ResultFacts::default();
        for of_member in records.chunk_by(|a, b| a[0] == b[0]) {
            let member = of_member[0][0] as usize;
            // Guests come last.
            if member >= own.len() {
                break;
            }
            facts.rows += of_member.len() as u64;
            let cells = || of_member.iter().map(|record| ResultCells(*record));
            facts.reach.add(Reach::of(cells().map(ResultCells::assessed_on), results_through, STALE_DAYS));
            let sum: i64 = cells().map(|cells| i64::from(cells.ects())).sum();
            let line = cells().map(ResultCells::line).min();
            facts.too_much.extend(TooMuch::of(sum, MOST_ECTS, of_member.len(), line));
            facts.misfits.add(Misfits::of(of_member, own.start + member, standards));
            facts.seasons.add(Seasons::of(of_member, results_through));
        }
        (facts, dropped)
    });
    let mut facts = ResultFacts::default();
    for (of_bucket, dropped) in settled.map_err(unreadable)? {
        facts.add(of_bucket);
        for (enrolment, line) in dropped {
            piece.named.push((enrolment, line));
            piece.rejections.push(Rejection::of_row(line, Reason::DuplicateRow));
        }
    }
    Ok(facts)
}

/// Numbers the codes outside the catalogue after it, in their own order; gives the course index of
/// each.
fn place_foreign_courses(foreign: &KeyIndex, catalogue: &mut Catalogue) -> Vec<u32> {
    let ranks = foreign.ranks();
    let first = catalogue.codes.len() as u32;
    let mut codes = vec![String::new(); ranks.len()];
    for (number, rank) in ranks.iter().enumerate() {
        codes[*rank as usize - 1] = foreign.get(number as u32).to_owned();
    }
    catalogue.group_of.extend((0..codes.len() as u32).map(|position| first + position));
    catalogue.codes.append(&mut codes);
    ranks.into_iter().map(|rank| first + rank - 1).collect()
}

/// The order of results within an enrolment.
struct ResultOrder<'a> {
    group_of: &'a [u32],
    course_of_foreign: &'a [u32],
    provisional: [bool; 256],
    /// Line and rank of the text that says where a result was transferred from, by line.
    origins: Vec<(u32, u32)>,
}

/// The order of a record, and the record.
type Ordered = (u128, ResultRecord);

impl<'a> ResultOrder<'a> {
    fn new(
        rows: &Rows,
        catalogue: &'a Catalogue,
        codes: &ResultCodes,
        course_of_foreign: &'a [u32],
    ) -> ResultOrder<'a> {
        let mut provisional = [false; 256];
        for (position, code) in codes.iter().enumerate().take(256) {
            provisional[position] = code.provisional;
        }
        let texts = rows.origins.iter().map(|(_, text)| text.as_ref());
        let texts = texts.collect::<Vec<_>>();
        let index = KeyIndex::of(texts.iter().copied());
        let ranks = index.ranks();
        let rank = |text: &str| index.find(text.as_bytes()).map_or(0, |number| ranks[number as usize]);
        let mut origins: Vec<(u32, u32)> =
            rows.origins.iter().map(|(line, text)| (*line, rank(text))).collect();
        origins.sort_unstable();
        ResultOrder { group_of: &catalogue.group_of, course_of_foreign, provisional, origins }
    }

    /// Sorts the records of one enrolment; foreign courses get their index.
    fn sort(&self, records: &mut [ResultRecord], scratch: &mut Vec<Ordered>) {
        scratch.clear();
        scratch.extend(records.iter().map(|record| {
            let mut cells = ResultCells(*record);
            let course = cells.course();
            if course & FOREIGN != 0 {
                let index = self.course_of_foreign.get((course & !FOREIGN) as usize);
                cells = ResultCells(cells.with_course(index.copied().unwrap_or(0)));
            }
            (self.order(cells), cells.0)
        }));
        scratch.sort_unstable_by_key(|(order, _)| *order);
        for equal in scratch.chunk_by_mut(|a, b| a.0 == b.0).filter(|equal| equal.len() > 1) {
            let last = |record: ResultRecord| (self.origin(ResultCells(record)), ResultCells(record).line());
            equal.sort_unstable_by_key(|(_, record)| last(*record));
        }
        for (record, (_, sorted)) in records.iter_mut().zip(scratch) {
            *record = *sorted;
        }
    }

    fn order(&self, cells: ResultCells) -> u128 {
        let group = self.group_of.get(cells.course() as usize).copied().unwrap_or(cells.course());
        cells.order(group, self.provisional[cells.code() as usize])
    }

    /// The rank of the text; 0 for none.
    fn origin(&self, cells: ResultCells) -> u32 {
        if !cells.has_origin() {
            return 0;
        }
        let found = self.origins.binary_search_by_key(&cells.line(), |(line, _)| *line);
        found.map_or(0, |position| self.origins[position].1)
    }

    /// Equal in every cell but the line.
    fn equal(&self, a: ResultRecord, b: ResultRecord) -> bool {
        a[..4] == b[..4] && self.origin(ResultCells(a)) == self.origin(ResultCells(b))
    }
}

/// Sorts by the first word, which is below `members`; `sorted` is room for it.
fn by_member<const N: usize>(records: &mut Vec<[u32; N]>, sorted: &mut Vec<[u32; N]>, members: usize) {
    let mut next = offsets(records, members);
    sorted.resize(records.len(), [0; N]);
    for record in records.iter() {
        let at = &mut next[record[0] as usize];
        sorted[*at as usize] = *record;
        *at += 1;
    }
    std::mem::swap(records, sorted);
}

/// Puts the payments of every bucket in order: by enrolment, month, kind, portions and amount.
pub fn settle_payments(
    rows: &mut Rows,
    buckets: &Buckets,
    payments_through: i32,
) -> Result<PaymentFacts, Diagnostic> {
    let settled = rows.partition.settle::<4, _>(buckets.count(), |bucket, records, sorted| {
        let own = buckets.members(bucket).own().len();
        let mut facts = PaymentFacts::default();
        by_member(records, sorted, buckets.members(bucket).count());
        for of_member in records.chunk_by_mut(|a, b| a[0] == b[0]) {
            of_member.sort_unstable_by_key(|record| PaymentCells(*record).order());
            if of_member[0][0] as usize >= own {
                continue;
            }
            facts.rows += of_member.len() as u64;
            let cells = || of_member.iter().map(|record| PaymentCells(*record));
            facts.ordinary +=
                cells().filter(|cells| cells.kind() == PaymentKind::Ordinary as usize).count() as u64;
            facts.reach.add(Reach::of(cells().map(PaymentCells::month), payments_through, STALE_MONTHS));
            let sum: i64 = cells().map(|cells| i64::from(cells.portions())).sum();
            let line = cells().map(PaymentCells::line).min();
            facts.too_much.extend(TooMuch::of(sum, MOST_PORTIONS, of_member.len(), line));
            for pair in of_member.windows(2).filter(|pair| pair[0][1] == pair[1][1]) {
                facts.add_repeated(PaymentCells(pair[0]).line().max(PaymentCells(pair[1]).line()));
            }
        }
        facts
    });
    let mut facts = PaymentFacts::default();
    settled.map_err(unreadable)?.into_iter().for_each(|of_bucket| facts.add(of_bucket));
    Ok(facts)
}

/// The settled results of one bucket, unpacked.
pub fn results_of(
    records: &[ResultRecord],
    members: Members,
    count: usize,
    catalogue: &Catalogue,
) -> Results {
    let row = |record: &ResultRecord| {
        let cells = ResultCells(*record);
        StoredResult {
            course: cells.course(),
            group: catalogue.group(cells.course()),
            ects: cells.ects(),
            exam_date: cells.exam_date(),
            assessed_on: cells.assessed_on(),
            line: cells.line(),
            code: cells.code(),
            flags: cells.flags(),
        }
    };
    Results { offsets: offsets(records, count), members, rows: records.iter().map(row).collect() }
}

pub fn payments_of(records: &[PaymentRecord], members: Members, count: usize) -> Payments {
    let row = |record: &PaymentRecord| {
        let cells = PaymentCells(*record);
        Payment {
            month: Month::from_index(cells.month()),
            kind: PaymentKind::ALL[cells.kind()],
            portions: cells.portions(),
            amount: cells.amount(),
            line: cells.line(),
        }
    };
    Payments { offsets: offsets(records, count), members, rows: records.iter().map(row).collect() }
}

fn offsets<const N: usize>(records: &[[u32; N]], members: usize) -> Vec<u32> {
    super::small_tables::offsets(records.iter().map(|record| record[0]), members)
}

pub fn unreadable(error: io::Error) -> Diagnostic {
    let message = format!("rows could not be kept in a temporary file: {error}");
    Diagnostic::output(Place::file("rows of the exports"), message)
        .hint("make room on the disk of the output folder, or give the run more memory with --memory")
}
