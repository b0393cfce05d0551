//! Which course fills which requirement, so that the least is missing: exact, and the same every time.
//!
//! Requirements are bins. A course is poured into one of those that it may fill; what the bin cannot
//! take flows to the bin it is part of, and from the outermost one out to the electives. So what ends
//! up missing depends on what was poured where, never on the order, and a course that may fill one bin
//! only belongs there: leaving it out never helps. Only courses with a choice are searched, by dynamic
//! programming over what is missing so far: there are never more states than that, whatever the
//! number of courses, and most students have no such course at all.
//!
//! Least missing in the requirements is least missing in all, for the electives take whatever is left.
//! Of equally good assignments the one with the fewest open requirements stands, then the one
//! whose earlier requirements lack least beside what their parts lack, then the one whose earlier courses
//! fill earlier requirements.

use crate::base::Ects;
use crate::student::curriculum::{Curriculum, MOST_REQUIREMENTS};

/// What each requirement lacks beyond its parts, in hundredths of a point.
pub type Lacking = [i32; MOST_REQUIREMENTS];

/// A passed course that may fill some requirement.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    pub ects: Ects,
    /// Bits of the requirements; at least one.
    pub fills: u16,
}

/// What is lacking under the best assignment. `placed` gets the requirement of each item.
pub fn best(curriculum: &Curriculum, items: &[Item], placed: &mut Vec<u8>) -> Lacking {
    let mut lacking = [0; MOST_REQUIREMENTS];
    for (bin, requirement) in lacking.iter_mut().zip(&curriculum.requirements) {
        *bin = requirement.free.as_hundredths();
    }
    placed.clear();
    placed.extend(items.iter().map(|item| item.fills.trailing_zeros() as u8));
    let choice = |item: &Item| item.fills.count_ones() > 1;
    for item in items.iter().filter(|item| !choice(item)) {
        pour(curriculum, &mut lacking, item.ects, item.fills.trailing_zeros() as usize);
    }
    if items.iter().any(choice) { search(curriculum, lacking, items, placed) } else { lacking }
}

/// Pours a course into a requirement; what it cannot take flows to what it is part of.
fn pour(curriculum: &Curriculum, lacking: &mut Lacking, ects: Ects, requirement: usize) {
    let (mut left, mut bin) = (ects.as_hundredths(), Some(requirement));
    while let Some(at) = bin {
        let taken = left.min(lacking[at]);
        lacking[at] -= taken;
        left -= taken;
        bin = curriculum.requirements[at].part_of;
    }
}

/// What is lacking after some courses with a choice, and how it came about.
struct State {
    lacking: Lacking,
    /// Position among the states before the last course.
    before: u32,
    /// Requirement that the last course was poured into.
    last: u8,
}

/// Requirements that lack something, or a part of them does. A part stands after what it is part of.
fn open(curriculum: &Curriculum, lacking: &Lacking) -> usize {
    let mut open = lacking.map(|lack| lack > 0);
    for (at, requirement) in curriculum.requirements.iter().enumerate().rev() {
        if let Some(whole) = requirement.part_of {
            open[whole] |= open[at];
        }
    }
    open.iter().filter(|open| **open).count()
}

fn search(curriculum: &Curriculum, start: Lacking, items: &[Item], placed: &mut [u8]) -> Lacking {
    let choices: Vec<usize> = (0..items.len()).filter(|at| items[*at].fills.count_ones() > 1).collect();
    let mut layers = vec![vec![State { lacking: start, before: 0, last: 0 }]];
    for at in &choices {
        let previous = &layers[layers.len() - 1];
        let mut next = Vec::new();
        for (before, state) in previous.iter().enumerate() {
            for bin in (0..MOST_REQUIREMENTS).filter(|bin| items[*at].fills & (1 << bin) != 0) {
                let mut lacking = state.lacking;
                pour(curriculum, &mut lacking, items[*at].ects, bin);
                next.push(State { lacking, before: before as u32, last: bin as u8 });
            }
        }
        // States stand in the order of their assignments; of two with the same lack the first stays.
        let mut order: Vec<usize> = (0..next.len()).collect();
        order.sort_by(|a, b| next[*a].lacking.cmp(&next[*b].lacking).then(a.cmp(b)));
        order.dedup_by(|a, b| next[*a].lacking == next[*b].lacking);
        order.sort_unstable();
        let mut kept = order.into_iter().peekable();
        let mut position = 0;
        next.retain(|_| {
            let keep = kept.next_if_eq(&position).is_some();
            position += 1;
            keep
        });
        layers.push(next);
    }
    let standing =
        |state: &State| (state.lacking.iter().sum::<i32>(), open(curriculum, &state.lacking), state.lacking);
    let last = &layers[layers.len() - 1];
    let Some((mut at, best)) = last.iter().enumerate().min_by_key(|(_, state)| standing(state)) else {
        return start;
    };
    let lacking = best.lacking;
    for (layer, item) in layers[1..].iter().zip(&choices).rev() {
        placed[*item] = layer[at].last;
        at = layer[at].before as usize;
    }
    lacking
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::chance::Chance;
    use crate::student::curriculum::{Ceilings, Requirement};

    fn requirement(ects: i32, part_of: Option<usize>) -> Requirement {
        Requirement {
            code: String::new(),
            title: String::new(),
            ects: Ects::hundredths(ects),
            part_of,
            free: Ects::ZERO,
            thesis: false,
        }
    }

    /// ECTS in hundredths, with the position of the whole.
    fn curriculum(all: &[(i32, Option<usize>)]) -> Curriculum {
        let mut requirements: Vec<Requirement> =
            all.iter().map(|(ects, part_of)| requirement(*ects, *part_of)).collect();
        for at in 0..requirements.len() {
            let parts = requirements.iter().filter(|part| part.part_of == Some(at)).map(|part| part.ects);
            requirements[at].free = requirements[at].ects - parts.sum();
        }
        let total = Ects::points(120);
        Curriculum::new(String::new(), String::new(), total, requirements, Ceilings::default())
    }

    /// Missing in all by the definition alone: of a requirement the larger of what its parts lack and
    /// what it lacks itself of all that was put into it and its parts.
    fn missing(curriculum: &Curriculum, amounts: &[i32]) -> i32 {
        fn of(curriculum: &Curriculum, amounts: &[i32], at: usize) -> (i32, i32) {
            let parts = (0..curriculum.requirements.len())
                .filter(|part| curriculum.requirements[*part].part_of == Some(at));
            let (lack, inside) = parts
                .map(|part| of(curriculum, amounts, part))
                .fold((0, amounts[at]), |sum, part| (sum.0 + part.0, sum.1 + part.1));
            (lack.max(curriculum.requirements[at].ects.as_hundredths() - inside), inside)
        }
        let tops = (0..amounts.len()).filter(|at| curriculum.requirements[*at].part_of.is_none());
        tops.map(|top| of(curriculum, amounts, top).0).sum()
    }

    /// Tries every assignment, leaving out among them.
    fn least_missing(curriculum: &Curriculum, items: &[Item], amounts: &mut Vec<i32>) -> i32 {
        let Some((item, rest)) = items.split_first() else { return missing(curriculum, amounts) };
        let mut least = least_missing(curriculum, rest, amounts);
        for bin in (0..amounts.len()).filter(|bin| item.fills & (1 << bin) != 0) {
            amounts[bin] += item.ects.as_hundredths();
            least = least.min(least_missing(curriculum, rest, amounts));
            amounts[bin] -= item.ects.as_hundredths();
        }
        least
    }

    #[test]
    fn no_assignment_is_better() {
        let mut chance = Chance::of(407, 1);
        let mut with_choice = 0;
        for _ in 0..3000 {
            let count = chance.between(1, 6);
            let mut all: Vec<(i32, Option<usize>)> = Vec::new();
            for at in 0..count {
                let above = (at > 0 && chance.per_mille(500)).then(|| chance.below(at as u32) as usize);
                all.push((chance.between(1, 6) * 250, above));
            }
            // A whole asks for at least its parts, from the last one up.
            for at in (0..all.len()).rev() {
                let parts: i32 = all.iter().filter(|part| part.1 == Some(at)).map(|part| part.0).sum();
                all[at].0 = all[at].0.max(parts);
            }
            let curriculum = curriculum(&all);
            let mut items = Vec::new();
            for _ in 0..chance.between(0, 6) {
                let fills = chance.between(1, (1 << count) - 1) as u16;
                items.push(Item { ects: Ects::hundredths(chance.between(1, 4) * 250), fills });
            }
            with_choice += items.iter().filter(|item| item.fills.count_ones() > 1).count();
            let mut placed = Vec::new();
            let lacking = best(&curriculum, &items, &mut placed);
            let least = least_missing(&curriculum, &items, &mut vec![0; all.len()]);
            assert_eq!(lacking.iter().sum::<i32>(), least, "{all:?} {items:?}");
            // What is said to be placed gives just that lack.
            let mut amounts = vec![0; all.len()];
            for (item, bin) in items.iter().zip(&placed) {
                assert!(item.fills & (1 << bin) != 0);
                amounts[*bin as usize] += item.ects.as_hundredths();
            }
            assert_eq!(missing(&curriculum, &amounts), least, "{all:?} {items:?} {placed:?}");
        }
        assert!(with_choice > 3000);
    }

    #[test]
    fn the_order_of_the_courses_does_not_matter() {
        let curriculum = curriculum(&[(2000, None), (500, Some(0)), (500, Some(0)), (1500, None)]);
        let item = |ects: i32, fills: u16| Item { ects: Ects::hundredths(ects), fills };
        let mut items = vec![
            item(500, 0b1010),
            item(1000, 0b1010),
            item(500, 0b1100),
            item(500, 0b0001),
            item(750, 0b1001),
        ];
        let mut chance = Chance::of(407, 2);
        let wanted = best(&curriculum, &items, &mut Vec::new());
        for _ in 0..50 {
            chance.shuffle(&mut items);
            assert_eq!(best(&curriculum, &items, &mut Vec::new()), wanted);
        }
    }

    #[test]
    fn of_equals_the_fewest_open_then_the_earlier_stands() {
        let item = |ects: i32| Item { ects: Ects::hundredths(ects), fills: 0b11 };
        let mut placed = Vec::new();
        // 5 of a requirement of 5 leaves one open; 5 of one of 30 would leave both.
        let lacking = best(&curriculum(&[(3000, None), (500, None)]), &[item(500)], &mut placed);
        assert_eq!((lacking[0], lacking[1], placed[0]), (3000, 0, 1));
        let lacking = best(&curriculum(&[(500, None), (500, None)]), &[item(500)], &mut placed);
        assert_eq!((lacking[0], lacking[1], placed[0]), (0, 500, 0));
        // A whole is open as long as a part of it is: what a part alone lacks is worth more.
        let parts = curriculum(&[(1000, None), (500, Some(0)), (500, None)]);
        let lacking = best(&parts, &[Item { ects: Ects::hundredths(500), fills: 0b101 }], &mut placed);
        assert_eq!((lacking[..3].to_vec(), placed[0]), (vec![500, 500, 0], 2));
    }

    #[test]
    fn sixty_courses_that_fit_everywhere_leave_nothing_lacking() {
        let curriculum =
            curriculum(&[(3000, None), (500, Some(0)), (500, Some(0)), (1000, Some(0)), (3000, None)]);
        let items = vec![Item { ects: Ects::points(5), fills: 0b11110 }; 60];
        let lacking = best(&curriculum, &items, &mut Vec::new());
        assert_eq!(lacking.iter().sum::<i32>(), 0);
    }
}
