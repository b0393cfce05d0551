//! The dice: small, fast and ours, so that the same seed gives the same data for ever.
//!
//! SplitMix64 (Steele, Lea and Flood 2014): one addition and a mixing of bits per draw. Every
//! student gets dice of their own, made from the seed and the student's number; so no student
//! depends on another, and the number of threads cannot be seen in the data. All choices are made
//! in integers.

/// A stream of numbers that looks random and is not.
#[derive(Clone, Debug)]
pub struct Chance(u64);

const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

impl Chance {
    /// The dice of one thing (a student, a chunk) under one seed.
    pub fn of(seed: u64, thing: u64) -> Chance {
        Chance(mix(mix(seed.wrapping_add(STEP)) ^ thing.wrapping_mul(STEP)))
    }

    /// Dice beside these, which stay where they are: for columns added later, so that all others keep
    /// their values.
    pub fn apart(&self) -> Chance {
        Chance(mix(self.0 ^ STEP))
    }

    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// 0 to `limit` − 1; 0 when there is nothing to choose from.
    pub fn below(&mut self, limit: u32) -> u32 {
        let scaled = (self.draw() >> 32) * u64::from(limit);
        (scaled >> 32) as u32
    }

    /// `least` to `most`, both included.
    pub fn between(&mut self, least: i32, most: i32) -> i32 {
        least + self.below((most - least + 1).unsigned_abs()) as i32
    }

    /// True in so many cases of a thousand.
    pub fn per_mille(&mut self, cases: u32) -> bool {
        self.below(1000) < cases
    }

    pub fn pick<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[self.below(things.len() as u32) as usize]
    }

    /// One of the things, each as likely as its weight says.
    pub fn weighted<T: Copy>(&mut self, things: &[(u32, T)]) -> T {
        let total = things.iter().map(|thing| thing.0).sum();
        let mut drawn = self.below(total);
        for (weight, thing) in things {
            if drawn < *weight {
                return *thing;
            }
            drawn -= weight;
        }
        things[0].1
    }

    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            things.swap(last, self.below(last as u32 + 1) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_thing_give_the_same_draws() {
        let draws = |seed, thing| {
            let mut chance = Chance::of(seed, thing);
            (0..50).map(|_| chance.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(draws(1, 2), draws(1, 2));
        assert_ne!(draws(1, 2), draws(1, 3));
        assert_ne!(draws(1, 2), draws(2, 2));
        assert!(draws(7, 7).iter().all(|drawn| *drawn < 1000));
    }
}
