//! The progress diagram as coordinates: zones, the student's curve and the marks on them.
//!
//! x is net klip, y is ECTS. The border between green and yellow is the norm, a straight line of ECTS
//! per klip. The border between yellow and red is what the law requires at each number of klip: where
//! it requires by control points it rises in steps, and stays level between them. So a dot stands in
//! red exactly when the verdict is that ECTS are missing.
//!
//! All coordinates are integers, in micrometres from the upper left corner of the plot.

use serde::Serialize;

use crate::base::Ects;
use crate::law::Requirement;
use crate::verdicts::ProgressPoint;

/// The plot's size in micrometres.
const WIDTH: i64 = 84_000;
const HEIGHT: i64 = 38_000;

/// Axis ends that every student has at least.
const FEWEST_CONTROL_POINTS: i32 = 2;

/// Labels on an axis before every second one is left out.
const MOST_TICKS: i32 = 11;

type Point = (i64, i64);

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tick {
    pub at: i64,
    pub label: String,
}

/// What is missing, as a line at the student's own number of klip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Missing {
    pub x: i64,
    pub from: i64,
    pub to: i64,
}

/// A label beside a mark; `key` is the label's key in the wording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    pub key: &'static str,
    pub x: i64,
    pub y: i64,
    /// The text ends at the point instead of beginning there.
    pub left: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plot {
    pub width: i64,
    pub height: i64,
    /// The ends of the axes in klip and ECTS.
    #[serde(skip)]
    pub ends: (i32, Ects),
    pub x_ticks: Vec<Tick>,
    pub y_ticks: Vec<Tick>,
    pub green: Vec<Point>,
    pub yellow: Vec<Point>,
    pub red: Vec<Point>,
    pub norm: Vec<Point>,
    pub requirement: Vec<Point>,
    pub curve: Vec<Point>,
    pub end: Point,
    /// Of the control point, when one is reached.
    pub control: Option<i64>,
    pub missing: Option<Missing>,
    pub notes: Vec<Note>,
}

/// What the student stands at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub net: i32,
    pub counted: Ects,
    pub control_point: i32,
    pub missing: Ects,
}

/// Months whose figures are unknown are left out of the curve; the standing ends it.
pub fn plot(law: &Requirement, points: &[ProgressPoint], standing: Standing) -> Plot {
    let step = law.step();
    let known = points.iter().filter_map(|point| Some((point.klip_net?, point.ects?)));
    let mut curve: Vec<(i32, Ects)> = known.chain([(standing.net, standing.counted)]).collect();
    curve.dedup();

    let most = curve.iter().map(|(net, _)| *net).max().unwrap_or(0);
    let right = (most.div_euclid(step) + 1).max(FEWEST_CONTROL_POINTS) * step;
    let rows = law.ects_per_portion * step;
    let highest = curve.iter().map(|(_, ects)| *ects).max().unwrap_or(Ects::ZERO);
    let levels = (highest.whole_steps(rows) + 1).max(right / step);
    let top = rows * levels;

    let x = |net: i32| i64::from(net) * WIDTH / i64::from(right.max(1));
    let y = |ects: Ects| {
        let full = i64::from(top.as_hundredths().max(1));
        HEIGHT - i64::from(ects.as_hundredths()) * HEIGHT / full
    };
    let at = |(net, ects): (i32, Ects)| (x(net), y(ects));

    let norm = vec![at((0, Ects::ZERO)), at((right, law.ects_per_portion * right))];
    let mut requirement = vec![at((0, law.required(0)))];
    for net in 1..=right {
        if law.in_steps() {
            requirement.push(at((net, law.required(net - 1))));
        }
        requirement.push(at((net, law.required(net))));
    }
    let requirement = without_middles(requirement);

    let mut green = norm.clone();
    green.extend([(WIDTH, 0), (0, 0)]);
    let mut yellow = norm.clone();
    yellow.extend(requirement.iter().rev());
    let mut red = requirement.clone();
    red.extend([(WIDTH, HEIGHT), (0, HEIGHT)]);

    let own = law.required(standing.net);
    let missing = (standing.missing > Ects::ZERO).then(|| Missing {
        x: x(standing.net),
        from: y(standing.counted),
        to: y(own),
    });
    let control = (standing.control_point > 0).then(|| x(standing.control_point));
    Plot {
        width: WIDTH,
        height: HEIGHT,
        ends: (right, top),
        x_ticks: ticks(right / step, |n| Tick { at: x(n * step), label: (n * step).to_string() }),
        y_ticks: ticks(levels, |n| Tick { at: y(rows * n), label: (rows * n).to_string() }),
        notes: notes(control, missing),
        green: without_middles(green),
        yellow: without_middles(yellow),
        red: without_middles(red),
        norm,
        requirement,
        end: at((standing.net, standing.counted)),
        curve: curve.into_iter().map(at).collect(),
        control,
        missing,
    }
}

/// The control point is named at the top of its line, on the side that has room. What is missing is
/// named below the dot at the right edge: ECTS never fall, so there the curve cannot be.
fn notes(control: Option<i64>, missing: Option<Missing>) -> Vec<Note> {
    const BESIDE: i64 = 1_500;
    const BELOW_TOP: i64 = 5_000;
    const BELOW_DOT: i64 = 9_000;
    let mut notes = Vec::new();
    if let Some(control) = control {
        let left = control > WIDTH / 2;
        let beside = if left { -BESIDE } else { BESIDE };
        notes.push(Note { key: "control", x: control + beside, y: BELOW_TOP, left });
    }
    if let Some(missing) = missing {
        let y = (missing.from + BELOW_DOT).min(HEIGHT - BESIDE);
        notes.push(Note { key: "missing", x: WIDTH - BESIDE, y, left: true });
    }
    notes
}

fn ticks(count: i32, tick: impl Fn(i32) -> Tick) -> Vec<Tick> {
    let every = count / MOST_TICKS + 1;
    (0..=count).filter(|n| n % every == 0).map(tick).collect()
}

/// Leaves out points on the straight line between their neighbours, and doubled ones.
fn without_middles(points: Vec<Point>) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::with_capacity(points.len());
    for point in points {
        if kept.last() == Some(&point) {
            continue;
        }
        if let [.., a, b] = kept[..]
            && ((a.0 == b.0 && b.0 == point.0) || (a.1 == b.1 && b.1 == point.1))
        {
            kept.pop();
        }
        kept.push(point);
    }
    kept
}
