//! How dates, months and figures are written in each language.

use crate::base::{Day, Ects, Month};
use crate::contract::codes::Language;

const DANISH_MONTHS: [&str; 12] = [
    "januar",
    "februar",
    "marts",
    "april",
    "maj",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "december",
];

const ENGLISH_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `april 2027` / `April 2027`.
pub fn month(month: Month, language: Language) -> String {
    let names = match language {
        Language::Da => DANISH_MONTHS,
        Language::En => ENGLISH_MONTHS,
    };
    format!("{} {}", names[month.number() as usize - 1], month.year())
}

/// `1. april 2027` / `1 April 2027`.
pub fn date(day: Day, language: Language) -> String {
    let dot = if language == Language::Da { "." } else { "" };
    format!("{}{dot} {}", day.of_month(), month(day.month(), language))
}

/// `7,5` / `7.5`.
pub fn ects(amount: Ects, language: Language) -> String {
    match language {
        Language::Da => amount.to_string().replace('.', ","),
        Language::En => amount.to_string(),
    }
}

/// With a minus sign that stays at its figure.
pub fn whole(number: i32) -> String {
    if number < 0 { format!("\u{2212}{}", number.unsigned_abs()) } else { number.to_string() }
}

/// `§ 19` / `section 19`. Only the plain form is translated; a longer reference stays as it is.
pub fn paragraph(danish: &str, language: Language) -> String {
    match (language, danish.strip_prefix("§ ")) {
        (Language::En, Some(number)) if number.chars().all(|c| c.is_ascii_alphanumeric()) => {
            format!("section {number}")
        }
        _ => danish.to_owned(),
    }
}

/// `§§ 24 og 25` / `sections 24 and 25`; references that are longer are only listed.
pub fn paragraphs(danish: &[&str], language: Language) -> String {
    let plain: Option<Vec<&str>> = danish
        .iter()
        .map(|one| one.strip_prefix("§ ").filter(|number| number.chars().all(|c| c.is_ascii_alphanumeric())))
        .collect();
    let (mark, and) = match language {
        Language::Da => ("§§", "og"),
        Language::En => ("sections", "and"),
    };
    match (plain.as_deref(), danish) {
        (Some([first @ .., last]), [_, _, ..]) => format!("{mark} {} {and} {last}", first.join(", ")),
        _ => danish.iter().map(|one| paragraph(one, language)).collect::<Vec<_>>().join("; "),
    }
}

/// `12:00` / `12:00 noon`; any other time as it is.
pub fn clock(time: &str, language: Language) -> String {
    let noon = language == Language::En && time == "12:00";
    if noon { format!("{time} noon") } else { time.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_figures_take_the_form_of_the_language() {
        let day = Day::ymd(2027, 4, 1).expect("a date");
        assert_eq!(date(day, Language::Da), "1. april 2027");
        assert_eq!(date(day, Language::En), "1 April 2027");
        assert_eq!(date(day.plus_days(-1), Language::Da), "31. marts 2027");
        assert_eq!(month(Month::new(2028, 12), Language::En), "December 2028");
        assert_eq!(ects(Ects::hundredths(750), Language::Da), "7,5");
        assert_eq!(ects(Ects::hundredths(750), Language::En), "7.5");
        assert_eq!(ects(Ects::points(30), Language::Da), "30");
        assert_eq!([whole(-2), whole(0)], ["\u{2212}2", "0"]);
        assert_eq!(paragraph("§ 19", Language::En), "section 19");
        assert_eq!(paragraph("§ 6, stk. 4", Language::En), "§ 6, stk. 4");
        assert_eq!(paragraph("§ 19", Language::Da), "§ 19");
        assert_eq!(paragraphs(&["§ 19"], Language::En), "section 19");
        assert_eq!(paragraphs(&["§ 19", "§ 46"], Language::Da), "§§ 19 og 46");
        assert_eq!(paragraphs(&["§ 19", "§ 24", "§ 46"], Language::En), "sections 19, 24 and 46");
        assert_eq!(paragraphs(&["§ 2, stk. 1", "§ 46"], Language::En), "§ 2, stk. 1; section 46");
        assert_eq!(clock("12:00", Language::En), "12:00 noon");
        assert_eq!([clock("12:00", Language::Da), clock("14:00", Language::En)], ["12:00", "14:00"]);
    }
}
