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

/// Ten digits whose day is between 71 and 91, so that nobody can have the number.
pub fn impossible_cpr(chance: &mut Chance) -> String {
    let day = chance.between(71, 91);
    let month = chance.between(1, 12);
    let year = (95 + chance.below(13)) % 100;
    let serial = chance.below(10_000);
    format!("{day:02}{month:02}{year:02}-{serial:04}")
}

pub fn person(student: u32, chance: &mut Chance) -> Person {
    let danish = chance.per_mille(720);
    let home = *chance.pick(HOMES);
    Person {
        given_name: chance.pick::<&'static str>(if danish { DANISH_GIVEN } else { FOREIGN_GIVEN }),
        family_name: chance.pick::<&'static str>(if danish { DANISH_FAMILY } else { FOREIGN_FAMILY }),
        email: email(student),
        cpr: (!chance.per_mille(8)).then(|| impossible_cpr(chance)),
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
        let mut chance = Chance::of(1, 1);
        for _ in 0..1000 {
            let number = impossible_cpr(&mut chance);
            assert!(Cpr::parse(&number).is_some(), "{number}");
            assert!(("71".."92").contains(&&number[..2]), "{number}");
        }
    }
}
