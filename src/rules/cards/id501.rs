#![doc = include_str!("id501.md")]

use crate::base::{Day, Holidays, counted};
use crate::contract::Table;
use crate::law::{CardEvent, CardPolicy, CardRemedy, CardStep, CardSwitch};
use crate::rules::{Case, Decisions, Family, Judges, Outcome, Report, Rule, RuleStatus};
use crate::student::exports::StudentCard;
use crate::student::view::Known;
use crate::verdicts::{Evidence, Severity};

pub static RULE: Rule = Rule {
    code: "ID501",
    name: "student-card",
    title: "Next step to a student card that can be used, its fee, and what blocks it",
    family: Family::Cards,
    status: RuleStatus::Preview,
    since: "0.1.0",
    needs: &[Table::StudentCards],
    parameters: &[
        "cards.issuer",
        "cards.dtu.steps",
        "cards.dtu.lost",
        "cards.dtu.worn_out",
        "cards.dtu.fees",
        "cards.dtu.currency",
        "cards.dtu.reorder_needs_activation",
        "cards.dtu.production_working_days",
        "cards.ntnu.steps",
        "cards.ntnu.lost",
        "cards.ntnu.worn_out",
        "cards.ntnu.fees",
        "cards.ntnu.currency",
        "cards.ntnu.reorder_needs_activation",
        "cards.ntnu.production_working_days",
        "cards.ntu.steps",
        "cards.ntu.lost",
        "cards.ntu.worn_out",
        "cards.ntu.fees",
        "cards.ntu.currency",
        "cards.ntu.reorder_needs_activation",
        "cards.ntu.production_working_days",
        "cards.ntu.new_card_from",
        "cards.ntu.old_card_ends",
        "cards.ntu.update_hours",
    ],
    sources: &["Student ID cards, DTU", "Student card, NTNU", "Student ID card application, NTU"],
    documentation: include_str!("id501.md"),
    judges: Judges::Inspected,
    calls_for: &[],
    unfavourable: None,
    speaks,
    report,
};

/// The next step to a card that can be used.
struct Next {
    step: String,
    fee: Option<CardEvent>,
    blocked_by: Option<String>,
    /// Days until something can be done or ends, in words.
    margin: Option<String>,
}

/// What the card waits for, or why that is unknown.
enum Verdict {
    Ready,
    Next(Next),
    Unknown(String),
}

fn next(step: impl Into<String>) -> Next {
    Next { step: step.into(), fee: None, blocked_by: None, margin: None }
}

/// The latest card ordered by the inspection, or one that is not. `None`: no card in the table.
fn card<'a>(case: &Case<'a>) -> Known<Option<&'a StudentCard>> {
    let inspection = case.cutoffs.inspection_date;
    let is_known = |card: &StudentCard| card.ordered_on.is_none_or(|day| day <= inspection);
    Ok(case.student_cards()?.iter().max_by_key(|card| (is_known(card), card.ordered_on)))
}

fn verdict(case: &Case, policy: &CardPolicy, card: &StudentCard) -> Verdict {
    let inspection = case.cutoffs.inspection_date;
    let known = |day: Option<Day>| day.filter(|day| *day <= inspection);
    let activated = known(card.activated_on).is_some();
    let collected = known(card.collected_on).is_some() || came_with_admission(case, policy);
    // Before there is a card of the new kind, the one that is lost or worn out is the old one.
    let is_old = policy.switch.is_some() && !activated && !collected;
    if known(card.lost_on).is_some() && !is_old {
        return Verdict::Next(remedy(policy, policy.lost, CardEvent::Lost, card, activated));
    }
    if card.worn_out == Some(true) && !is_old {
        return Verdict::Next(remedy(policy, policy.worn_out, CardEvent::WornOut, card, activated));
    }
    if card.photo_refused == Some(true) {
        let fee = Some(CardEvent::PhotoRefused);
        return Verdict::Next(Next { fee, ..next("give another photo, for a new card") });
    }
    // A card that was activated went through every step before.
    let is_activation = |step: &CardStep| activated && *step == CardStep::Activate;
    let behind = policy.steps.iter().position(is_activation).map_or(0, |at| at + 1);
    for step in &policy.steps[behind..] {
        let done = match step {
            CardStep::Photo => card.photo_in_register.ok_or("whether there is a photo"),
            CardStep::Pin => card.pin_chosen.ok_or("whether a PIN was chosen"),
            CardStep::Place => Ok(card.campus.is_some()),
            CardStep::Order => Ok(known(card.ordered_on).is_some()),
            CardStep::Collect => Ok(collected),
            CardStep::Activate => Ok(activated),
            CardStep::SemesterFee => card.semester_fee_paid.ok_or("whether the semester fee is paid"),
            CardStep::HospitalCard => match (card.medicine, card.hospital_card) {
                (Some(false), _) | (_, Some(true)) => Ok(true),
                (Some(true), Some(false)) => Ok(false),
                (Some(true), None) => Err("whether there is a card of the hospital"),
                (None, _) => Err("whether the programme is one of medicine and health"),
            },
            CardStep::AddedFunctions => {
                card.added_functions.map(|left| !left).ok_or("whether the old card had added functions")
            }
        };
        match done {
            Ok(true) => {}
            Ok(false) => return waits_for(case, policy, card, *step),
            Err(what) => return Verdict::Unknown(format!("{what} is not in the table")),
        }
    }
    Verdict::Ready
}

fn came_with_admission(case: &Case, policy: &CardPolicy) -> bool {
    policy.switch.as_ref().is_some_and(|switch| case.enrolment.started_on >= switch.new_card_from)
}

fn remedy(
    policy: &CardPolicy,
    remedy: CardRemedy,
    event: CardEvent,
    card: &StudentCard,
    activated: bool,
) -> Next {
    if policy.reorder_needs_activation && !activated {
        let blocked_by = Some("the card was never activated, so none can be ordered by oneself".to_owned());
        return Next {
            fee: Some(event),
            blocked_by,
            ..next("write to the card office and ask for a new card")
        };
    }
    let step = match remedy {
        CardRemedy::DeactivateAndOrder => "deactivate the card and order a new one",
        CardRemedy::OrderAgain => "order a new card",
        CardRemedy::Replace => "replace the card and pay for the new one",
        CardRemedy::TurnIn => "turn in the old card for a new one",
        CardRemedy::Reissue => "have a card of the new kind issued",
    };
    let orders = policy.steps.contains(&CardStep::Order);
    let no_photo = orders && card.photo_in_register == Some(false);
    Next { fee: Some(event), blocked_by: no_photo.then(|| NO_PHOTO.to_owned()), ..next(step) }
}

const NO_PHOTO: &str = "no card can be ordered without a photo";

fn waits_for(case: &Case, policy: &CardPolicy, card: &StudentCard, step: CardStep) -> Verdict {
    let blocked = |next: Next, by: &str| Next { blocked_by: Some(by.to_owned()), ..next };
    let first = Some(CardEvent::New);
    Verdict::Next(match step {
        CardStep::Photo => {
            let photo = Next { fee: first, ..next("have a photo of oneself in the register") };
            if policy.steps.contains(&CardStep::Order) { blocked(photo, NO_PHOTO) } else { photo }
        }
        CardStep::Pin => Next { fee: first, ..next("choose a PIN") },
        CardStep::Place => Next { fee: first, ..next("choose where to collect the card") },
        CardStep::Order => Next { fee: first, ..next("order the card") },
        CardStep::Collect => return collect(case, policy, card),
        CardStep::Activate => match (&policy.switch, card.address_abroad) {
            (Some(switch), _) => activate(case, switch),
            _ if card.collected_on.is_some_and(|day| day <= case.cutoffs.inspection_date) => {
                next("activate the card")
            }
            (None, Some(true)) => next("collect the card where the e-mail says, and activate it"),
            (None, Some(false)) => next("wait for the card by post, and activate it"),
            (None, None) => {
                next("activate the card when it has come, by post or, with an address abroad, by pick-up")
            }
        },
        CardStep::SemesterFee => blocked(next("pay the semester fee"), "access is renewed by the fee"),
        CardStep::HospitalCard => next("get the hospital's card too"),
        CardStep::AddedFunctions => next(format!(
            "set up the added functions of the old card again{}",
            policy.switch.as_ref().and_then(|switch| moved(case, switch, card)).unwrap_or_default()
        )),
    })
}

/// Printed after some working days; a new kind of card is given out once, for nothing.
fn collect(case: &Case, policy: &CardPolicy, card: &StudentCard) -> Verdict {
    let inspection = case.cutoffs.inspection_date;
    let fee = Some(CardEvent::New);
    let Some(switch) = &policy.switch else {
        let place = card.campus.as_deref().unwrap_or_default();
        let step = format!("collect the card in person at {place}, with a valid ID");
        // The calendar of public holidays is Denmark's: only weekends are known elsewhere.
        let ordered = card.ordered_on.filter(|day| *day <= inspection);
        let ready =
            ordered.map(|day| Holidays::default().working_day_after(day, policy.production_working_days));
        return Verdict::Next(match ready {
            Some(ready) if ready > inspection => Next {
                fee,
                blocked_by: Some(format!("the card is ready on {ready}")),
                margin: Some(format!("{} until it is", counted(inspection.days_until(ready), "day", "days"))),
                ..next(step)
            },
            Some(_) => Next { fee, ..next(step) },
            None => {
                let days = counted(policy.production_working_days, "working day", "working days");
                let blocked_by = Some(format!("ready {days} after photo, PIN and place were given"));
                Next { fee, blocked_by, ..next(step) }
            }
        });
    };
    let ends = switch.old_card_ends;
    let days = inspection.days_until(ends);
    let access = if days > 0 {
        format!("{} until old cards open no door", counted(days, "day", "days"))
    } else {
        no_access(days)
    };
    let margin = Some(access);
    match card.on_leave {
        None if inspection <= ends => {
            Verdict::Unknown("whether the student is on leave is not in the table".to_owned())
        }
        Some(true) if inspection <= ends => Verdict::Next(Next {
            fee,
            blocked_by: Some(format!("on leave: given out after {ends}")),
            margin,
            ..next("collect the new card at the registrar's or academic affairs office")
        }),
        Some(true) => Verdict::Next(Next {
            fee,
            margin,
            ..next("collect the new card at the registrar's or academic affairs office")
        }),
        None => Verdict::Next(Next {
            fee,
            margin,
            ..next(
                "collect the new card: at the department with the old one or a proof of enrolment, and sign; \
                 if on leave, at the registrar's or academic affairs office",
            )
        }),
        Some(false) => Verdict::Next(Next {
            fee,
            margin,
            ..next(
                "collect the new card at the department with the old one or a proof of enrolment, and sign",
            )
        }),
    }
}

fn no_access(days: i32) -> String {
    format!("{} since old cards open no door", counted(-days, "day", "days"))
}

fn activate(case: &Case, switch: &CardSwitch) -> Next {
    let days = case.cutoffs.inspection_date.days_until(switch.old_card_ends);
    let had_old_card = case.enrolment.started_on < switch.new_card_from;
    let hours: Vec<String> = switch.update_hours.iter().map(|hour| format!("{hour:02}:00")).collect();
    let margin = match (had_old_card, days > 0) {
        (false, _) => None,
        (true, true) => Some(format!("{} until the old card opens no door", counted(days, "day", "days"))),
        (true, false) => Some(no_access(days)),
    };
    let step = match (had_old_card, days > 0) {
        (true, true) => format!(
            "activate the new card; access moves from the old one at the next update ({})",
            hours.join(", ")
        ),
        (true, false) => "activate the new card; old cards open no door any more".to_owned(),
        (false, _) => "activate the new card".to_owned(),
    };
    Next { margin, ..next(step) }
}

/// When the access moves or moved to the new card, as far as the hour of its activation is known.
fn moved(case: &Case, switch: &CardSwitch, card: &StudentCard) -> Option<String> {
    let (day, hour) = (card.activated_on?, card.activated_hour?);
    // Nothing moves where there was no old card, or where it opened no door any more.
    if case.enrolment.started_on >= switch.new_card_from || day >= switch.old_card_ends {
        return None;
    }
    let (day, update) = match switch.update_hours.iter().find(|update| **update > hour) {
        Some(update) => (day, *update),
        None => (day.plus_days(1), *switch.update_hours.first()?),
    };
    let moves = if day < case.cutoffs.inspection_date { "moved" } else { "moves" };
    Some(format!("; access {moves} to the new card at the update of {day} {update:02}:00"))
}

fn speaks(case: &Case, _: &Decisions) -> Option<Severity> {
    // Without the table no finding: student cards are a matter apart from the inspection.
    let Some(card) = card(case).ok()? else { return Some(Severity::Info) };
    match verdict(case, case.law.cards.policy(card.issuer), card) {
        Verdict::Ready => None,
        Verdict::Next(_) => Some(Severity::Notice),
        Verdict::Unknown(_) => Some(Severity::Info),
    }
}

fn report(case: &Case, _: &Decisions) -> Vec<Report> {
    let card = match card(case) {
        Ok(card) => card,
        Err(unknown) => return vec![Report::unknown(unknown, Vec::new())],
    };
    let Some(card) = card else {
        let why = "the table of student cards has no row of this enrolment".to_owned();
        let evidence = vec![case.law_fact("policy", "cards.issuer")];
        return vec![Report::new(Outcome::Unknown(why.clone()), format!("Student card: {why}."), evidence)];
    };
    let policy = case.law.cards.policy(card.issuer);
    let evidence = evidence(case, policy, card);
    let issuer = policy.issuer.code().to_uppercase();
    vec![match verdict(case, policy, card) {
        Verdict::Ready => {
            let message = match policy.switch.as_ref().and_then(|switch| moved(case, switch, card)) {
                Some(moved) => format!("Student card ({issuer}): in order{moved}."),
                None => format!("Student card ({issuer}): in order."),
            };
            Report::new(Outcome::Met, message, evidence)
        }
        Verdict::Unknown(why) => {
            let message = format!("Student card ({issuer}): the next step is unknown: {why}.");
            Report::new(Outcome::Unknown(why), message, evidence)
        }
        Verdict::Next(next) => {
            let blocked = next.blocked_by.map_or(String::new(), |by| format!(" Blocked: {by}."));
            let fee = next.fee.map_or(String::new(), |event| format!(" Fee: {}.", fee(policy, event)));
            let message = format!("Student card ({issuer}): next, {}.{fee}{blocked}", next.step);
            let report = Report::new(Outcome::NotMet, message, evidence);
            match next.margin {
                Some(margin) => report.margin(margin),
                None => report,
            }
        }
    }]
}

fn fee(policy: &CardPolicy, event: CardEvent) -> String {
    match policy.fees.iter().find(|fee| fee.event == event).map(|fee| fee.amount) {
        Some(Some(0)) => "none".to_owned(),
        Some(Some(amount)) => format!("{} {amount}", policy.currency),
        Some(None) => "paid by the student, the amount is not named".to_owned(),
        None => "the policy names none".to_owned(),
    }
}

fn evidence(case: &Case, policy: &CardPolicy, card: &StudentCard) -> Vec<Evidence> {
    let row = |fact, value: String| case.rows(fact, value, Table::StudentCards, [card.line]);
    let day = |day: Option<Day>| day.map_or("empty".to_owned(), |day| day.to_string());
    let key = |name: &str| format!("cards.{}.{name}", policy.issuer.code());
    let mut facts = vec![
        match card.issuer {
            Some(issuer) => row("policy", issuer.code().to_owned()),
            None => case.law_fact("policy", "cards.issuer"),
        },
        case.law_fact("steps", &key("steps")),
        case.law_fact("fees", &key("fees")),
        row("ordered_on", day(card.ordered_on)),
        row("collected_on", day(card.collected_on)),
        row("activated_on", day(card.activated_on)),
        row("lost_on", day(card.lost_on)),
    ];
    if policy.switch.is_some() {
        facts.push(case.law_fact("new_card_from", &key("new_card_from")));
        facts.push(case.law_fact("old_card_ends", &key("old_card_ends")));
    }
    facts
}
