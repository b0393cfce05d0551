//! Invented people: names drawn from lists, numbers that no person can have.

use super::chance::Chance;

const DANISH_GIVEN: &[&str] = &[
    "Søren", "Åse", "Bjørn", "Maja", "Rasmus", "Freja", "Kasper", "Signe", "Jeppe", "Ida", "Mikkel", "Sofie",
    "Emil", "Laura", "Oskar", "Clara", "Anton", "Karla", "Villads", "Ellen", "Jørgen", "Birgitte", "Malthe",
    "Astrid", "Esben", "Gry", "Troels", "Liv", "Thøger", "Solveig", "Magnus", "Josefine",
];
const DANISH_FAMILY: &[&str] = &[
    "Ørsted",
    "Ågård",
    "Lynge",
    "Bæk",
    "Kjærgaard",
    "Østerby",
    "Nørholm",
    "Vestergaard",
    "Damsgård",
    "Toft",
    "Krogh",
    "Højlund",
    "Brandt",
    "Møllegaard",
    "Skovlund",
    "Fjeldsted",
    "Bisgaard",
    "Juhl",
    "Rønne",
    "Thorup",
    "Engmark",
    "Lillelund",
    "Sønderskov",
    "Birkelund",
    "Ravn",
    "Hedegård",
    "Kirkeby",
    "Strandby",
];
const FOREIGN_GIVEN: &[&str] = &[
    "Amélie",
    "Zoë",
    "Wei",
    "Priya",
    "Mateusz",
    "Ingrid",
    "Luca",
    "Fatima",
    "Jürgen",
    "Chiara",
    "Nikolaos",
    "Ana",
    "Tomás",
    "Yuki",
    "Elif",
    "Arjun",
    "Katarzyna",
    "Óscar",
    "Lucía",
    "Pavel",
    "Hana",
    "Samuel",
];
const FOREIGN_FAMILY: &[&str] = &[
    "Lindqvist",
    "Müller",
    "Moreau",
    "Rossi",
    "Kowalski",
    "Papadakis",
    "Tanaka",
    "Chen",
    "Sharma",
    "Novak",
    "García",
    "O'Neill",
    "Fernández",
    "Yildiz",
    "Andersson",
    "van Dijk",
    "Costa",
    "Horvat",
    "Nguyen",
    "Haugen",
];
/// Country of the address and citizenship. The first are Nordic and EU, the last are neither.
const HOMES: &[&str] = &["SE", "DE", "FR", "IT", "PL", "ES", "GR", "NO", "IN", "CN", "JP", "TR"];

#[derive(Clone, Debug)]
pub struct Person {
    pub given_name: &'static str,
    pub family_name: &'static str,
    pub email: String,
    /// `None`: not in the register.
    pub cpr: Option<String>,
    pub language: &'static str,
    pub country: &'static str,
    pub citizenship: Option<&'static str>,
}

pub fn email(student: u32) -> String {
    format!("s{student:06}@student.example")
}

/// How many numbers there are: days, months, years and serials.
const CPR_NUMBERS: u64 = 21 * 12 * 13 * 10_000;
/// Has no factor in common with them, so that students in a row get numbers far apart, none twice.
const CPR_STEP: u64 = 15_485_863;

/// Ten digits whose day is between 71 and 91, so that nobody can have the number; of each student
/// another one, for two students with one number would be one person under two ids.
pub fn impossible_cpr(student: u32) -> String {
    let number = u64::from(student) * CPR_STEP % CPR_NUMBERS;
    let (date, serial) = (number / 10_000, number % 10_000);
    let (day, month, year) = (71 + date % 21, 1 + date / 21 % 12, (95 + date / 252) % 100);
    format!("{day:02}{month:02}{year:02}-{serial:04}")
}

/// Another number, for a student who has two: half the numbers away, so that of millions nobody else has it.
pub fn second_cpr(student: u32) -> String {
    impossible_cpr(student + CPR_NUMBERS as u32 / 2)
}

pub fn person(student: u32, chance: &mut Chance) -> Person {
    let danish = chance.per_mille(720);
    let home = *chance.pick(HOMES);
    Person {
        given_name: chance.pick::<&'static str>(if danish { DANISH_GIVEN } else { FOREIGN_GIVEN }),
        family_name: chance.pick::<&'static str>(if danish { DANISH_FAMILY } else { FOREIGN_FAMILY }),
        email: email(student),
        cpr: (!chance.per_mille(8)).then(|| {
            // What is drawn after it stays what it is for each seed.
            (0..4).for_each(|_| _ = chance.draw());
            impossible_cpr(student)
        }),
        language: if danish && !chance.per_mille(40) { "da" } else { "en" },
        country: if danish || chance.per_mille(900) { "DK" } else { home },
        citizenship: match (danish, chance.per_mille(15)) {
            (_, true) => None,
            (true, _) => Some("DK"),
            (false, _) => Some(home),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Cpr;

    #[test]
    fn no_number_can_be_a_persons() {
        let mut all = std::collections::BTreeSet::new();
        for student in 0..100_000 {
            let number = impossible_cpr(student);
            assert!(Cpr::parse(&number).is_some(), "{number}");
            assert!(("71".."92").contains(&&number[..2]), "{number}");
            assert!(all.insert(number), "{student}");
        }
    }
}
