//! Everything a letter takes from law and from the university: names, dates, amounts, citations.
//!
//! A plain struct without loading: the dated parameters choose the values of the inspection date and
//! fill it. Nothing here has a default, so a value that the law file forgets is an error there.

use super::context::Menus;
use crate::base::{Day, Ects};
use crate::contract::codes::{Language, ProgrammeLevel};
use crate::law::Parameters;
use crate::verdicts::{DraftKind, LetterKind};

/// One text in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bilingual {
    pub da: String,
    pub en: String,
}

impl Bilingual {
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Da => &self.da,
            Language::En => &self.en,
        }
    }
}

/// An office that signs letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    pub name: Bilingual,
    pub email: String,
    /// Telephone, hours, address: one line each, ready to print.
    pub contact_lines: Vec<Bilingual>,
}

/// An act, an order or a set of study rules that a letter relies on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citation {
    pub title_da: String,
    pub title_en: String,
    /// In Danish form (`§ 19`); empty when the whole text is cited. Section numbers that nobody has
    /// read in an official copy stay empty.
    pub paragraph: String,
}

impl Citation {
    pub fn title(&self, language: Language) -> &str {
        match language {
            Language::Da => &self.title_da,
            Language::En => &self.title_en,
        }
    }
}

/// A frame of portions that became smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameReduction {
    /// For programmes begun on that day or later.
    pub begun_from: Day,
    pub since: Day,
}

/// Results that use an attempt, in words that name no reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultWords {
    /// Codes, and what is said of them.
    pub not_attended: (Vec<String>, Bilingual),
    pub prerequisite_not_met: (Vec<String>, Bilingual),
    /// Of every other code.
    pub not_passed: Bilingual,
}

impl ResultWords {
    pub fn of(&self, code: &str) -> &Bilingual {
        let named = [&self.not_attended, &self.prerequisite_not_met].into_iter();
        let mut named = named.filter(|(codes, _)| codes.iter().any(|of_words| of_words == code));
        named.next().map_or(&self.not_passed, |(_, words)| words)
    }
}

/// The citations of each kind: a kind without a list cannot be expressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesPerKind {
    pub hearing_notice: Vec<Citation>,
    pub start_check_hearing: Vec<Citation>,
    pub attempts_used_up: Vec<Citation>,
    pub last_attempt: Vec<Citation>,
    pub five_ects_warning: Vec<Citation>,
    pub guidance_invitation: Vec<Citation>,
    pub portions_running_out: Vec<Citation>,
    pub legacy_hearing: Vec<Citation>,
    pub start_check_decision: Vec<Citation>,
    pub extra_klip_decision: Vec<Citation>,
}

impl RulesPerKind {
    pub fn of(&self, kind: LetterKind) -> &[Citation] {
        match kind {
            LetterKind::HearingNotice => &self.hearing_notice,
            LetterKind::StartCheckHearing => &self.start_check_hearing,
            LetterKind::AttemptsUsedUp => &self.attempts_used_up,
            LetterKind::LastAttempt => &self.last_attempt,
            LetterKind::FiveEctsWarning => &self.five_ects_warning,
            LetterKind::GuidanceInvitation => &self.guidance_invitation,
            LetterKind::PortionsRunningOut => &self.portions_running_out,
        }
    }

    pub fn of_draft(&self, kind: DraftKind) -> &[Citation] {
        match kind {
            DraftKind::LegacyHearing => &self.legacy_hearing,
            DraftKind::StartCheckDecision => &self.start_check_decision,
            DraftKind::ExtraKlipDecision => &self.extra_klip_decision,
        }
    }
}

/// The law of the letters on one inspection date.
#[derive(Clone, Debug)]
pub struct LetterLaw {
    pub university: Bilingual,
    /// Signs the letters about SU.
    pub su_office: Office,
    /// Signs the letters about the university's study rules.
    pub study_office: Office,
    /// Decides study activity under the six-month regime.
    pub national_agency: Bilingual,
    /// The self-service where SU is applied for and resumed.
    pub su_self_service: String,
    pub su_menus: Menus,
    pub result_words: ResultWords,
    /// Grants exemptions on BEng programmes.
    pub exemption_board_beng: Bilingual,
    /// Grants exemptions on BSc and MSc programmes.
    pub exemption_board_bsc_msc: Bilingual,
    /// Where an exemption is applied for.
    pub exemption_application: Bilingual,

    pub response_days: i32,
    /// `HH:MM`, a time of the last day.
    pub response_time: String,
    /// ECTS of one extra portion.
    pub ects_per_portion: Ects,
    /// Weeks from receipt within which an appeal must have reached the university.
    pub appeal_weeks: i32,
    /// What an appeal is marked with, so that it is sent on.
    pub appeal_marking: Bilingual,
    /// Weeks within which the office decides an application for extra portions.
    pub processing_weeks: i32,
    /// SU stops on the first day of this many months after the inspection month.
    pub stop_months: i32,

    /// First programme start of each cohort, ascending and never empty, with the amounts that a letter
    /// explains: those that the rules judged the student by.
    pub amounts: Vec<(Day, Parameters)>,
    /// Of each cohort, when its frame is smaller than it was.
    pub frame_reductions: Vec<Option<FrameReduction>>,
    pub rules: RulesPerKind,
}

impl LetterLaw {
    /// The day from which SU stops after an inspection.
    pub fn stop(&self, inspection: Day) -> Day {
        inspection.month().plus(self.stop_months).first_day()
    }

    /// The amounts for a programme begun on `start`.
    pub fn amounts_for(&self, start: Day) -> &Parameters {
        &self.amounts[self.cohort(start)].1
    }

    pub fn frame_reduction_for(&self, start: Day) -> Option<FrameReduction> {
        self.frame_reductions.get(self.cohort(start)).copied().flatten()
    }

    fn cohort(&self, start: Day) -> usize {
        self.amounts.partition_point(|(first, _)| *first <= start).saturating_sub(1)
    }

    pub fn exemption_board(&self, level: ProgrammeLevel) -> &Bilingual {
        match level {
            ProgrammeLevel::BEng => &self.exemption_board_beng,
            ProgrammeLevel::BSc | ProgrammeLevel::MSc | ProgrammeLevel::MScIndustry => {
                &self.exemption_board_bsc_msc
            }
        }
    }
}
