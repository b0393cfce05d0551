//! Every file of the polluted corpus at the gate: nothing wrong is accepted without a word.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod cells;
mod corpus;
mod lines;
mod verdict;

use std::collections::BTreeMap;

use corpus::Polluted;
use tempfile::TempDir;
use verdict::{Gate, Verdict};

#[test]
fn nothing_wrong_is_accepted_without_a_word() {
    let folder = TempDir::new().unwrap();
    let sounds = corpus::sound(folder.path());
    let mut counts: BTreeMap<Verdict, u32> = BTreeMap::new();
    let (mut told, mut all) = (Vec::new(), 0);
    for danish in [true, false] {
        let name = if danish { "danish" } else { "plain" };
        let mut gate =
            Gate::open(&folder.path().join(name), &folder.path().join(format!("{name}-gate")), danish);
        for sound in sounds.iter().filter(|sound| sound.danish == danish) {
            for polluted in corpus::pollute(sound) {
                all += 1;
                let verdict = gate.judge(sound, &polluted);
                *counts.entry(verdict).or_default() += 1;
                if verdict != Verdict::Exact {
                    let of = if polluted.of_form { "line" } else { "cell" };
                    let Polluted { touched, pollution, .. } = polluted;
                    told.push(format!("{verdict:?}: {name} {} {touched:?} {of} {pollution}", sound.table));
                }
            }
        }
    }
    let exact = counts.get(&Verdict::Exact).copied().unwrap_or(0);
    assert!(all >= 2_000, "{all} files");
    assert!(!counts.contains_key(&Verdict::Silent), "of {all}: {counts:?}\n{}", told.join("\n"));
    assert!(exact * 100 >= all * 95, "of {all}: {counts:?}\n{}", told.join("\n"));
}
