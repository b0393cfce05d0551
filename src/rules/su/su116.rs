#![doc = include_str!("su116.md")]

use crate::base::{Day, Period, counted};
use crate::contract::Table;
use crate::contract::codes::ProgrammeLevel;
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus};
use crate::student::view::Known;
use crate::verdicts::{Evidence, Severity};

pub static RULE: Rule = Rule {
    code: "SU116",
    name: "youth-card",
    title: "Youth cards: period, end of the programme, full-time, no other subsidy",
    family: Family::Su,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[Table::YouthCards, Table::Leaves],
    parameters: &["su.youth_card_least_days", "su.youth_card_most_days"],
    sources: &["SU office pages, Youth cards", "SU office pages, Youth card validity period"],
    documentation: include_str!("su116.md"),
    judges: Judges::Inspected,
    calls_for: &[],
    unfavourable: None,
    speaks,
    report,
};

pub struct Cards {
    pub count: usize,
    /// Cards shorter or longer than a card can be, with their days.
    pub wrong: Vec<(Period, i32)>,
    pub part_time: bool,
    /// Periods of cards beside which another transport subsidy was given.
    pub subsidised: Vec<Period>,
    pub last: Option<Day>,
    /// Last day of the programme, when it has not passed.
    pub end: Known<Option<Day>>,
}

impl Cards {
    fn breaks_a_condition(&self) -> bool {
        self.part_time || !self.wrong.is_empty() || !self.subsidised.is_empty()
    }

    /// Days from the last card to the end of the programme that no new card can be made for.
    fn uncovered(&self, least: i32) -> Option<i32> {
        let days = self.last?.days_until(self.end.ok()??);
        (0 < days && days < least).then_some(days)
    }
}

pub fn decide(case: &Case, decisions: &Decisions) -> Known<Cards> {
    let cards = case.youth_cards()?;
    let law = case.law;
    let days = |period: Period| period.first.days_until(period.last) + 1;
    let fits = |days: i32| law.youth_card_least_days <= days && days <= law.youth_card_most_days;
    let periods = cards.iter().map(|card| (card.period, days(card.period)));
    let end = match case.enrolment.ended_on {
        Some(day) => Ok(day),
        None => decisions.lateness.prescribed_end.map(|end| end.plus_days(-1)),
    };
    Ok(Cards {
        count: cards.len(),
        wrong: periods.filter(|(_, days)| !fits(*days)).collect(),
        subsidised: cards
            .iter()
            .filter(|card| card.other_subsidy == Some(true))
            .map(|card| card.period)
            .collect(),
        part_time: case.programme.level == ProgrammeLevel::MScIndustry,
        last: cards.iter().map(|card| card.period.last).max(),
        end: end.map(|day| Some(day).filter(|day| *day >= case.cutoffs.inspection_date)),
    })
}

fn speaks(case: &Case, decisions: &Decisions) -> Option<Severity> {
    let Ok(cards) = decide(case, decisions) else { return Some(Severity::Info) };
    if cards.count == 0 {
        None
    } else if cards.breaks_a_condition() {
        Some(Severity::Review)
    } else if cards.end.is_err() {
        Some(Severity::Info)
    } else {
        cards.uncovered(case.law.youth_card_least_days).map(|_| Severity::Notice)
    }
}

fn report(case: &Case, decisions: &Decisions) -> Vec<Report> {
    let cards = match decide(case, decisions) {
        Ok(cards) => cards,
        Err(unknown) => return vec![Report::unknown(unknown, Vec::new())],
    };
    let Some(last) = cards.last else {
        let why = "no youth card is registered".to_owned();
        return vec![Report::new(Outcome::NotApplicable(why), "No youth card.", Vec::new())];
    };
    let (least, most) = (case.law.youth_card_least_days, case.law.youth_card_most_days);
    let mut messages = Vec::new();
    for (period, days) in &cards.wrong {
        let (first, last, days) = (period.first, period.last, counted(*days, "day", "days"));
        messages.push(format!("A youth card {first} to {last} has {days}; it must have {least} to {most}."));
    }
    if cards.part_time {
        messages.push("A youth card needs a full-time programme.".to_owned());
    }
    for period in &cards.subsidised {
        messages.push(format!(
            "Beside the youth card {} to {} another transport subsidy was given.",
            period.first, period.last
        ));
    }
    let uncovered = cards.uncovered(least);
    if let (Some(days), Ok(Some(end))) = (uncovered, cards.end) {
        messages.push(format!(
            "The last youth card ends {last}, {} before the programme ends on {end}: too few for a new one.",
            counted(days, "day", "days")
        ));
    }
    let mut outcome = match (cards.breaks_a_condition(), uncovered, cards.end) {
        (true, ..) => Outcome::NeedsHuman("a youth card does not meet its conditions".to_owned()),
        (false, _, Err(unknown)) => Outcome::unknown(unknown),
        (false, Some(_), Ok(_)) => Outcome::NotMet,
        (false, None, Ok(_)) => Outcome::Met,
    };
    if messages.is_empty() {
        match cards.end {
            Ok(_) => messages.push(format!("The last youth card ends {last}.")),
            Err(unknown) => messages.push(format!(
                "Whether the last youth card reaches the end of the programme is unknown: {unknown}."
            )),
        }
    }
    if outcome == Outcome::Met && cards.end == Ok(None) {
        outcome =
            Outcome::Unknown("the end of the programme has passed by the register and its length".to_owned());
    }
    let report = Report::new(outcome, messages.join(" "), evidence(case, &cards, last));
    vec![match cards.end {
        Ok(Some(end)) => {
            let days = end.days_until(last);
            let margin = if days < 0 {
                format!("last card ends {} before the programme does", counted(-days, "day", "days"))
            } else {
                format!("last card ends {} after the programme does", counted(days, "day", "days"))
            };
            report.margin(margin)
        }
        _ => report,
    }]
}

fn evidence(case: &Case, cards: &Cards, last: Day) -> Vec<Evidence> {
    let rows = case.youth_cards().unwrap_or(&[]).iter();
    let subsidised: Vec<u32> =
        rows.filter(|card| card.other_subsidy == Some(true)).map(|card| card.line).collect();
    let lines = case.youth_cards().map_or(Vec::new(), |cards| cards.iter().map(|card| card.line).collect());
    let end = match cards.end {
        Ok(Some(end)) => end.to_string(),
        Ok(None) => "passed".to_owned(),
        Err(_) => "unknown".to_owned(),
    };
    vec![
        case.law_fact("least_days", "su.youth_card_least_days"),
        case.law_fact("most_days", "su.youth_card_most_days"),
        case.rows("youth_cards", cards.count, Table::YouthCards, lines.iter().copied()),
        case.rows("other_subsidy", cards.subsidised.len(), Table::YouthCards, subsidised.iter().copied()),
        case.rows("last_card_ends_on", last, Table::YouthCards, lines),
        case.figure("programme_ends_on", end, "of the register, else the prescribed end with leave"),
    ]
}
