//! Two rows or more on one line, because the line ends between them were lost.
//!
//! The line is rejected, and the cells of its first row name one enrolment. The enrolments of the other
//! rows have lost a row as well. Their ids stand where they would stand in a row, and when the id is the
//! first cell, what was before it is glued to it: the end of such a cell is tried. To send an enrolment
//! too many to a person is no harm; to lose one is.

use super::keys::KeyIndex;

/// Longer than any id.
const LONGEST: usize = 64;

/// What the rows after the first name. `cells` are those of the line, `width` those of the header, and
/// `positions` of the cells that name something.
pub fn named(cells: &[&str], width: usize, positions: &[usize], keys: &KeyIndex) -> Vec<u32> {
    let mut named = Vec::new();
    // Each joint makes one cell of two.
    let rest = width.saturating_sub(1);
    if rest == 0 || cells.len() < width + rest {
        return named;
    }
    for position in positions {
        named.extend(cells.iter().skip(rest).filter_map(|cell| keys.find(cell.as_bytes())));
        if *position > 0 {
            continue;
        }
        for cell in cells.iter().skip(rest).step_by(rest) {
            let from = cell.ceil_char_boundary(cell.len().saturating_sub(LONGEST));
            let ends = cell[from..].char_indices().map(|(at, _)| &cell[from + at..]);
            named.extend(ends.filter_map(|end| keys.find(end.as_bytes())));
        }
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_line_is_named() {
        let keys = KeyIndex::of(["E1", "E2", "E3", "17"].into_iter());
        let named = |line: &str, width, position| {
            named(&line.split(';').collect::<Vec<_>>(), width, &[position], &keys)
        };
        assert_eq!(named("E1;5;7E2;5;7", 3, 0), [1]);
        assert_eq!(named("E1;5;E2;5;\rE3;5;7", 3, 0), [1, 1, 2]);
        assert_eq!(named("E1;5;øE2;5;E3;5;7", 3, 0), [2, 1, 2]);
        assert_eq!(named("E1;5;7;E2;5;7", 3, 0), [1]);
        assert_eq!(named("5;E1;75;E2;7", 3, 1), [1]);
        assert_eq!(named("E1;5;117;5;7", 3, 0), [3]);
        // One row, of one cell too many.
        assert_eq!(named("E1;5;7;17", 3, 0), [0_u32; 0]);
        assert_eq!(named("E1;E2", 1, 0), [0_u32; 0]);
    }
}
