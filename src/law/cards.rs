//! Policies of student cards, as data: which steps lead to a card, and what a lost one costs.

use super::reader::Reader;
use crate::base::Day;
use crate::contract::codes::{CardIssuer, codes};

codes!(
    /// What must have happened before a card can be used.
    CardStep {
        Photo => "photo",
        Pin => "pin",
        Place => "place",
        Order => "order",
        Collect => "collect",
        Activate => "activate",
        SemesterFee => "semester_fee",
        HospitalCard => "hospital_card",
        AddedFunctions => "added_functions",
    }
);

codes!(
    /// What to do about a card that was lost or cannot be used any more.
    CardRemedy {
        DeactivateAndOrder => "deactivate_and_order",
        OrderAgain => "order_again",
        Replace => "replace",
        TurnIn => "turn_in",
        Reissue => "reissue",
    }
);

codes!(
    /// An occasion for a fee.
    CardEvent { New => "new", Lost => "lost", WornOut => "worn_out", PhotoRefused => "photo_refused" }
);

/// `lost 150`; `?` for an amount that the source does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardFee {
    pub event: CardEvent,
    /// Whole units of the policy's currency.
    pub amount: Option<i32>,
}

impl CardFee {
    fn from_code(text: &str) -> Option<CardFee> {
        let (event, amount) = text.split_once(' ')?;
        let amount = if amount == "?" { None } else { Some(amount.parse().ok().filter(|fee| *fee >= 0)?) };
        Some(CardFee { event: CardEvent::from_code(event)?, amount })
    }
}

/// Old cards that give way to new ones.
#[derive(Clone, Debug)]
pub struct CardSwitch {
    /// Programmes begun on or after it came with the new card.
    pub new_card_from: Day,
    /// First day without access for old cards.
    pub old_card_ends: Day,
    /// Hours of the day at which access moves to the new card, ascending.
    pub update_hours: Vec<i32>,
}

#[derive(Clone, Debug)]
pub struct CardPolicy {
    pub issuer: CardIssuer,
    pub steps: Vec<CardStep>,
    pub lost: CardRemedy,
    pub worn_out: CardRemedy,
    pub fees: Vec<CardFee>,
    pub currency: String,
    pub reorder_needs_activation: bool,
    pub production_working_days: i32,
    pub switch: Option<CardSwitch>,
}

/// Every policy, and whose holds where a card names no issuer.
#[derive(Clone, Debug)]
pub struct Cards {
    issuer: CardIssuer,
    /// In the order of [`CardIssuer::ALL`].
    policies: Vec<CardPolicy>,
}

impl Cards {
    pub(super) fn read(read: &mut Reader) -> Cards {
        let issuer = read.code("cards.issuer", CardIssuer::from_code, CardIssuer::Dtu);
        Cards { issuer, policies: CardIssuer::ALL.iter().map(|issuer| policy(read, *issuer)).collect() }
    }

    /// The policy of an issuer, or of the one that the law names.
    pub fn policy(&self, issuer: Option<CardIssuer>) -> &CardPolicy {
        &self.policies[issuer.unwrap_or(self.issuer) as usize]
    }
}

fn policy(read: &mut Reader, issuer: CardIssuer) -> CardPolicy {
    let key = |name: &str| format!("cards.{}.{name}", issuer.code());
    CardPolicy {
        issuer,
        steps: read.codes(&key("steps"), CardStep::from_code),
        lost: read.code(&key("lost"), CardRemedy::from_code, CardRemedy::Replace),
        worn_out: read.code(&key("worn_out"), CardRemedy::from_code, CardRemedy::Replace),
        fees: read.codes(&key("fees"), CardFee::from_code),
        currency: read.text(&key("currency")),
        reorder_needs_activation: read.yes_no(&key("reorder_needs_activation")),
        production_working_days: read.number(&key("production_working_days")),
        switch: (issuer == CardIssuer::Ntu).then(|| CardSwitch {
            new_card_from: read.day(&key("new_card_from")),
            old_card_ends: read.day(&key("old_card_ends")),
            update_hours: {
                let hour = |text: &str| text.parse().ok().filter(|hour| (0..24).contains(hour));
                let mut hours = read.codes(&key("update_hours"), hour);
                hours.sort_unstable();
                hours
            },
        }),
    }
}
