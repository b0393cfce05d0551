//! Every file of the polluted corpus at the gate: nothing wrong is accepted without a word.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]
#![allow(clippy::print_stdout, reason = "with --nocapture: the figures of docs/input.md")]

mod cells;
mod corpus;
mod lines;
mod notes;
mod verdict;

use std::collections::BTreeMap;
use std::path::Path;

use corpus::{Polluted, Sound};
use tempfile::TempDir;
use verdict::{Gate, Verdict};

/// What became of the files of a corpus, and a line of each that was not exact.
#[derive(Default)]
struct Counts {
    of: BTreeMap<Verdict, u32>,
    told: Vec<String>,
}

impl Counts {
    fn judge(&mut self, gate: &mut Gate, sound: &Sound, polluted: Vec<Polluted>) {
        for polluted in polluted {
            let verdict = gate.judge(sound, &polluted);
            *self.of.entry(verdict).or_default() += 1;
            if verdict != Verdict::Exact {
                let of = if polluted.of_form { "line" } else { "cell" };
                let Polluted { touched, pollution, .. } = polluted;
                let dialect = if sound.danish { "danish" } else { "plain" };
                self.told
                    .push(format!("{verdict:?}: {dialect} {} {touched:?} {of} {pollution}", sound.table));
            }
        }
    }

    /// None silent, and of a hundred at least 95 exact.
    fn check(self, least: u32) {
        let all = self.of.values().sum::<u32>();
        let exact = self.of.get(&Verdict::Exact).copied().unwrap_or(0);
        println!("of {all}: {:?}", self.of);
        let told = format!("of {all}: {:?}\n{}", self.of, self.told.join("\n"));
        assert!(all >= least, "{told}");
        assert!(!self.of.contains_key(&Verdict::Silent), "{told}");
        assert!(exact * 100 >= all * 95, "{told}");
    }
}

fn gate(folder: &Path, danish: bool, settings: &str) -> Gate {
    let name = if danish { "danish" } else { "plain" };
    Gate::open(&folder.join(name), &folder.join(format!("{name}-gate")), danish, settings)
}

#[test]
fn nothing_wrong_is_accepted_without_a_word() {
    let folder = TempDir::new().unwrap();
    let sounds = corpus::sound(folder.path());
    let mut counts = Counts::default();
    for danish in [true, false] {
        let mut gate = gate(folder.path(), danish, "");
        for sound in sounds.iter().filter(|sound| sound.danish == danish) {
            counts.judge(&mut gate, sound, corpus::pollute(sound));
        }
    }
    counts.check(2_000);
}

/// The same where the pipeline allows quoted line breaks and the rows around the bad one have them.
#[test]
fn quoted_line_breaks_hide_nothing() {
    let folder = TempDir::new().unwrap();
    let sounds = corpus::sound(folder.path());
    let mut counts = Counts::default();
    let mut gate = gate(folder.path(), true, "quoted_line_breaks = true");
    for sound in sounds.into_iter().filter(|sound| sound.danish) {
        let sound = notes::with_notes(sound);
        counts.judge(&mut gate, &sound, corpus::pollute(&sound));
        counts.judge(&mut gate, &sound, notes::pollute(&sound));
    }
    counts.check(2_000);
}
