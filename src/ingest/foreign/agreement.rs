//! Cells that are sent as what they are, and converted column by column, give the rows, the rejects and the
//! repairs that their texts give, row by row, whatever they hold.

use std::sync::Arc;

use arrow::array::*;
use arrow::compute::cast;
use arrow::datatypes::{DataType, TimeUnit, i256};
use proptest::prelude::*;

use super::super::checked_rows::CheckedRows;
use super::arrays::{column, plain_text};
use super::column::Column;
use super::frame::{Batch, Frame, RowMark};
use super::plain_rows::PlainRows;
use super::rows::Reader;
use crate::contract::{Kind, Table};
use crate::ingest::convert::{Converter, Keys};
use crate::ingest::keys::KeyIndex;
use crate::ingest::staged::Piece;
use crate::pipeline::{Dialect, TableSettings};
use crate::student::result_codes::{ResultCode, ResultCodes};

/// At the edges of what any kind or form holds, and beyond them.
const NUMBERS: &[i64] = &[
    0,
    1,
    2,
    3,
    7,
    12,
    24,
    52,
    100,
    361,
    750,
    1_005,
    36_000,
    36_001,
    -1,
    -5,
    -750,
    20_000,
    -25_567,
    -25_568,
    84_005,
    84_006,
    2_932_896,
    2_932_897,
    -719_162,
    -719_163,
    9_999_999,
    10_000_000,
    200_000_000,
    2_000_000_000,
    2_000_000_001,
    i32::MAX as i64,
    i32::MIN as i64,
    i32::MIN as i64 + 1,
    i32::MIN as i64 - 1,
    u32::MAX as i64,
    i64::MAX,
    i64::MIN,
];

const TEXTS: &[&str] = &[
    "",
    " ",
    " E1",
    "E1",
    "E2",
    "E9",
    "01005",
    "1005",
    "1",
    "0",
    "-1",
    "true",
    "FALSE",
    "ja",
    "2",
    "02",
    "12",
    "7.5",
    "7.50",
    "7,5",
    "7.555",
    "361",
    "20000001",
    "2027-03",
    "2027-3",
    "2027-03-01",
    "2027-02-30",
    "1899-12-31",
    "01-03-2027",
    "a\nb",
    "a\tb",
    "x\u{200B}",
    "\u{A0}",
    "SÃ¸ren",
    "Søren",
    "=1",
    "'1",
    "#N/A",
    "1E+05",
    "010190-1234",
    "0101901234",
    "101901234",
    "plus",
];

const FLOATS: &[f64] = &[0.0, -0.0, 1.0, 2.0, 7.5, 2.55, 7.555, -5.0, 361.0, 1e300, f64::NAN, f64::INFINITY];

fn types() -> Vec<DataType> {
    use DataType::*;
    let units = [TimeUnit::Second, TimeUnit::Millisecond, TimeUnit::Microsecond, TimeUnit::Nanosecond];
    let mut types =
        vec![Null, Boolean, Int8, Int16, Int32, Int64, UInt8, UInt16, UInt32, UInt64, Float32, Float64];
    types.extend([Date32, Date64, Utf8, LargeUtf8, Utf8View, Binary]);
    types.extend(units.into_iter().map(|unit| Timestamp(unit, None)));
    types.push(Timestamp(TimeUnit::Second, Some("UTC".into())));
    types
        .extend([(7, 2), (9, 1), (5, 0), (38, 3), (18, 4), (38, 30), (9, -2)].map(|(p, s)| Decimal128(p, s)));
    types.extend([Decimal32(7, 2), Decimal64(12, 3), Decimal256(50, 2)]);
    types.extend(
        [(Int8, Utf8), (Int32, Utf8), (UInt16, LargeUtf8), (Int32, Int64)]
            .map(|(keys, values)| Dictionary(Box::new(keys), Box::new(values))),
    );
    types
}

/// The type that cells of a kind have in most files.
fn usual(kind: Kind) -> DataType {
    match kind {
        Kind::Date => DataType::Date32,
        Kind::Bool => DataType::Boolean,
        Kind::Int { .. } => DataType::Int32,
        Kind::Ects { .. } | Kind::Kroner => DataType::Decimal128(9, 2),
        _ => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
    }
}

/// A number and a text that are sound cells of a kind.
fn sound(kind: Kind) -> (i64, &'static str) {
    match kind {
        Kind::Text => (0, "Søren"),
        Kind::Key => (0, "K17"),
        Kind::Cpr => (0, "010190-1234"),
        Kind::Reference(Table::Enrolments) => (0, "E1"),
        Kind::Reference(Table::Courses) => (0, "01005"),
        Kind::Reference(_) => (0, "BSC-of-a-long-code"),
        Kind::Code(codes) => (0, codes[0]),
        Kind::ResultCode => (0, "02"),
        Kind::Bool => (1, "true"),
        Kind::Int { least, most } => (i64::from(most.min(least + 3)), "3"),
        Kind::Date => (20_000, "2027-03-01"),
        Kind::Month => (0, "2027-03"),
        Kind::Ects { .. } | Kind::Kroner => (750, "7.50"),
    }
}

/// Cells of a type; numbers in its own unit, of which `off` is a part.
fn array(
    kind: &DataType,
    numbers: &[Option<i64>],
    texts: &[Option<&str>],
    floats: &[Option<f64>],
    off: i64,
) -> ArrayRef {
    let whole: ArrayRef = Arc::new(Int64Array::from(numbers.to_vec()));
    let ticks = |day: i64| -> ArrayRef {
        let ticks =
            numbers.iter().map(|number| number.and_then(|number| number.checked_mul(day)?.checked_add(off)));
        Arc::new(Int64Array::from(ticks.collect::<Vec<_>>()))
    };
    let a_day = |unit: &TimeUnit| match unit {
        TimeUnit::Second => 86_400,
        TimeUnit::Millisecond => 86_400_000,
        TimeUnit::Microsecond => 86_400_000_000,
        TimeUnit::Nanosecond => 86_400_000_000_000,
    };
    let wide = || numbers.iter().map(|number| number.map(i128::from));
    let array: ArrayRef = match kind {
        DataType::Null => new_null_array(kind, numbers.len()),
        DataType::Float32 | DataType::Float64 => {
            cast(&Float64Array::from(floats.to_vec()), kind).expect("a number")
        }
        DataType::Date32 => cast(&cast(&whole, &DataType::Int32).expect("a number"), kind).expect("a day"),
        DataType::Date64 => cast(&ticks(86_400_000), kind).expect("a day"),
        DataType::Timestamp(unit, _) => cast(&ticks(a_day(unit)), kind).expect("a time"),
        DataType::Decimal128(precision, scale) => Arc::new(
            Decimal128Array::from_iter(wide()).with_precision_and_scale(*precision, *scale).expect("a type"),
        ),
        DataType::Decimal256(precision, scale) => Arc::new(
            Decimal256Array::from_iter(wide().map(|number| number.map(i256::from_i128)))
                .with_precision_and_scale(*precision, *scale)
                .expect("a type"),
        ),
        DataType::Decimal64(precision, scale) => Arc::new(
            Decimal64Array::from(numbers.to_vec())
                .with_precision_and_scale(*precision, *scale)
                .expect("a type"),
        ),
        DataType::Decimal32(precision, scale) => {
            let narrow = numbers.iter().map(|number| number.and_then(|number| i32::try_from(number).ok()));
            let narrow = Decimal32Array::from(narrow.collect::<Vec<_>>());
            Arc::new(narrow.with_precision_and_scale(*precision, *scale).expect("a type"))
        }
        DataType::Dictionary(_, values) if values.is_integer() => cast(&whole, kind).expect("a number"),
        DataType::Boolean => cast(&whole, kind).expect("a number"),
        kind if kind.is_integer() => cast(&whole, kind).expect("a number"),
        _ => cast(&StringArray::from(texts.to_vec()), kind).expect("a text"),
    };
    array
}

struct World {
    keys: Keys,
    codes: ResultCodes,
    settings: TableSettings,
}

impl World {
    fn new(table: Table) -> World {
        let code = |code: &str, aliases: &[&str]| ResultCode {
            code: code.to_owned(),
            aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            passed: true,
            uses_attempt: true,
            took_part: true,
            provisional: false,
            ill: false,
            cheating: false,
        };
        let of = |texts: &[&str]| KeyIndex::of(texts.iter().copied());
        let keys = Keys {
            programmes: of(&["BSC-of-a-long-code", "1"]),
            courses: of(&["01005", "1"]),
            enrolments: of(&["E1", "E2", "12"]),
            ..Keys::default()
        };
        let columns = table.columns();
        let words = columns.iter().map(|column| match column.kind {
            Kind::Code(_) => vec![("plus".to_owned(), 1), ("1".to_owned(), 0)],
            _ => Vec::new(),
        });
        let settings = TableSettings {
            file: None,
            sheet: None,
            declared_empty: false,
            dialect: Dialect::plain(),
            headers: vec![None; columns.len()],
            words: words.collect(),
        };
        let codes = ResultCodes::new(vec![code("02", &["2"]), code("12", &[]), code("1", &[])]);
        World { keys, codes, settings }
    }

    fn converter(&self, table: Table) -> Converter<'_> {
        Converter::new(table, &self.settings.dialect, &self.settings, &self.keys, &self.codes)
    }
}

fn batch(columns: Vec<Column>, rows: usize) -> Batch {
    Batch { lines: (1..=rows as u32).collect(), marks: vec![RowMark::Row; rows], columns }
}

/// As it comes out of the pipe.
fn sent(batch: Batch) -> Batch {
    let mut bytes = Vec::new();
    Frame::Batch(batch).write(&mut bytes).expect("memory is writable");
    match Frame::read(&mut &bytes[..]) {
        Ok(Frame::Batch(batch)) => batch,
        _ => panic!("the batch does not come back"),
    }
}

/// Everything that a piece says.
fn said(piece: &Piece) -> String {
    let rows = &piece.rows;
    let cell = |column: usize, row: usize| (rows.number(column, row), rows.text(column, row));
    let columns = (0..rows.columns.len())
        .map(|column| (0..rows.len()).map(|row| cell(column, row)).collect::<Vec<_>>())
        .collect::<Vec<_>>();
    let foreign = &rows.foreign_courses;
    let foreign = (0..foreign.len() as u32).map(|number| foreign.get(number)).collect::<Vec<_>>();
    let texts = (0..rows.texts.len() as u32).map(|number| rows.texts.get(number)).collect::<Vec<_>>();
    let kept = (&rows.lines, columns, &rows.records, texts, &rows.origins, foreign, piece.rows_read);
    format!("{kept:#?} {:#?}", (&piece.rejections, &piece.named, &piece.lost_keys))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn typed_cells_and_their_texts_give_the_same_rows(
        table in 0..Table::ALL.len(),
        rows in 1..12_usize,
        picks in proptest::collection::vec(any::<u16>(), 64..512),
    ) {
        let table = Table::ALL[table];
        let world = World::new(table);
        let converter = world.converter(table);
        let mut picks = picks.into_iter().map(usize::from).cycle();
        let mut pick = move |of: usize| picks.next().unwrap_or_default() % of;
        let types = types();
        let (mut typed, mut texts, mut positions) = (Vec::new(), Vec::new(), Vec::new());
        for contract in table.columns() {
            if contract.optional && pick(8) == 0 {
                positions.push(None);
                continue;
            }
            let kind = if pick(12) == 0 { types[pick(types.len())].clone() } else { usual(contract.kind) };
            let (number, text) = sound(contract.kind);
            let odd = [0, 2, 40, 400][pick(4)];
            let null = [0, 0, 3][pick(3)];
            let (mut numbers, mut words, mut floats) = (Vec::new(), Vec::new(), Vec::new());
            // One more in front, which is cut off.
            for _ in 0..=rows {
                let is_null = null > 0 && pick(null) == 0;
                let is_odd = odd > 0 && pick(odd) == 0;
                let nth = pick(1 << 12);
                numbers.push((!is_null).then(|| if is_odd { NUMBERS[nth % NUMBERS.len()] } else { number }));
                words.push((!is_null).then(|| if is_odd { TEXTS[nth % TEXTS.len()] } else { text }));
                floats.push((!is_null).then(|| FLOATS[nth % FLOATS.len()]));
            }
            let off = i64::from(pick(5) == 0);
            let array = array(&kind, &numbers, &words, &floats, off).slice(1, rows);
            match (column(&array), plain_text(&array)) {
                (Ok(column), Ok(text)) => {
                    for row in 0..rows {
                        prop_assert_eq!(column.text(row), text.value(row), "{:?}", array);
                    }
                    positions.push(Some(typed.len()));
                    typed.push(column);
                    texts.push(Column::of_texts(text));
                }
                (column, text) => {
                    prop_assert_eq!(column.err(), text.err());
                    return Ok(());
                }
            }
        }
        let (typed, texts) = (sent(batch(typed, rows)), sent(batch(texts, rows)));
        let reader = Reader { converter: &converter, positions: &positions, typed: false };
        let slow = said(&reader.read(&texts, None, 0..rows));
        for batch in [&typed, &texts] {
            let plain = PlainRows::new(&converter, &positions, batch);
            prop_assert_eq!(&said(&reader.read(batch, Some(&plain), 0..rows)), &slow);
        }
    }
}

#[test]
fn sound_rows_of_the_usual_types_take_the_fast_way() {
    for table in Table::ALL {
        let world = World::new(table);
        let converter = world.converter(table);
        // More rows than are held at a time.
        let rows = 3000;
        let columns = table.columns().iter().map(|contract| {
            let (number, text) = sound(contract.kind);
            let array = array(
                &usual(contract.kind),
                &vec![Some(number); rows],
                &vec![Some(text); rows],
                &vec![Some(1.0); rows],
                0,
            );
            column(&array).expect("a sound column")
        });
        let batch = sent(batch(columns.collect(), rows));
        let positions = (0..batch.columns.len()).map(Some).collect::<Vec<_>>();
        let mut piece = Piece::new(table);
        PlainRows::new(&converter, &positions, &batch).read(0..rows, &mut piece, |row, _| {
            panic!("row {row} of {table} takes the slow way");
        });
        assert_eq!(piece.rows_read, 3000);
    }
}
