//! Courses that overlap without being the same (kind `blocked`): EX301's count of passes and attempts is
//! for a person where it would be another one if they were merged, or were not.

use crate::contract::Table;
use crate::rules::exams::ex301::GroupAttempts;
use crate::rules::{Case, Outcome, Report};
use crate::student::view::Unknown;
use crate::verdicts::AttemptState;

/// Pairs, by group or by course, of which a person must judge the passes or attempts.
pub struct Doubtful {
    pub pairs: Vec<(u32, u32)>,
    /// Why one more may be, if it is not known.
    pub unknown: Option<Unknown>,
}

/// Both passed, or the limit is reached by both together alone. `groups` and `passed` are sorted by group.
pub fn doubtful(case: &Case, groups: &[GroupAttempts], passed: &[u32]) -> Doubtful {
    let mut doubtful = of_two_groups(case, groups, passed);
    let within = case.exports.catalogue.blocked_within.iter().copied();
    doubtful.pairs.extend(within.filter(|pair| is_doubtful_within(case, groups, *pair)));
    doubtful
}

fn find<'g, 'a>(groups: &'g [GroupAttempts<'a>], group: u32) -> Option<&'g GroupAttempts<'a>> {
    let found = groups.binary_search_by_key(&group, |attempts| attempts.group).ok()?;
    groups.get(found)
}

fn of_two_groups(case: &Case, groups: &[GroupAttempts], passed: &[u32]) -> Doubtful {
    let catalogue = &case.exports.catalogue;
    let both_passed =
        |pair: &(u32, u32)| [pair.0, pair.1].iter().all(|group| passed.binary_search(group).is_ok());
    let pairs = passed.iter().flat_map(|group| catalogue.blocked_from(*group)).copied();
    let mut doubtful = Doubtful { pairs: pairs.filter(both_passed).collect(), unknown: None };
    for one in groups.iter().filter(|one| !one.passed) {
        for pair in catalogue.blocked_from(one.group).iter().filter(|pair| !both_passed(pair)) {
            let Some(other) = find(groups, pair.1).filter(|other| !other.passed) else { continue };
            let (limit_one, limit_other) = match (one.allowed, other.allowed) {
                (Ok(limit_one), Ok(limit_other)) => (limit_one, limit_other),
                (Err(why), _) | (_, Err(why)) => {
                    doubtful.unknown = doubtful.unknown.or(Some(why));
                    continue;
                }
            };
            let each_below = one.used < limit_one && other.used < limit_other;
            let both_used = one.used > 0 && other.used > 0;
            if each_below && both_used && one.used + other.used >= limit_one.min(limit_other) {
                doubtful.pairs.push(*pair);
            }
        }
    }
    doubtful.pairs.sort_unstable();
    doubtful
}

/// Two courses of one group, by the rows that call them the same. An unknown limit sends the group to a person
/// by itself.
fn is_doubtful_within(case: &Case, groups: &[GroupAttempts], (one, other): (u32, u32)) -> bool {
    let passes = |course: u32| case.results().any(|row| row.course == course && row.code.passed);
    let used = |course: u32| {
        let own = case.results().filter(|row| row.course == course && !row.transferred);
        own.filter(|row| row.code.uses_attempt).count() as i32
    };
    if passes(one) && passes(other) {
        return true;
    }
    let Some(group) = find(groups, case.exports.catalogue.group(one)) else { return false };
    let Ok(limit) = group.allowed else { return false };
    let told = matches!(group.state, Ok(AttemptState::LastAttempt | AttemptState::Exhausted));
    let (one, other) = (used(one), used(other));
    told && one > 0 && other > 0 && one.max(other) < limit
}

pub fn in_words(case: &Case, (one, other): (u32, u32)) -> Report {
    let catalogue = &case.exports.catalogue;
    let names = [one, other].map(|course| catalogue.code(course));
    let groups = [one, other].map(|course| catalogue.group(course));
    let lines = case.results().filter(|row| groups.contains(&row.group)).map(|row| row.line);
    let evidence = vec![case.rows("overlapping_courses", names.join(" "), Table::Results, lines)];
    let why = if groups[0] == groups[1] {
        "two courses are overlapping by one row and the same by others, and the student has results in both"
    } else {
        "two courses that overlap are both passed, or reach the limit only together"
    };
    let message = format!(
        "Overlapping courses {} and {}: a person decides how their attempts and passes count.",
        names[0], names[1]
    );
    Report::new(Outcome::NeedsHuman(why.to_owned()), message, evidence)
        .scope(format!("blocked_pair {}", names.join(" ")))
}
