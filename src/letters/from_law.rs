//! Fills the letters' law from the dated parameters of the inspection.

use super::law::{Amounts, Bilingual, Citation, LetterLaw, Office, RulesPerKind};
use crate::base::Day;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::law::{Law, Parameters, RequirementMethod, Value};
use crate::verdicts::{LetterKind, Regime};

/// The law of the letters on the inspection date. Amounts that a rule reads come from the rule's own
/// parameters, for each cohort of programme starts.
pub fn law_in_force(law: &Law) -> Result<LetterLaw, Diagnostics> {
    let mut read = Reader { law, problems: Diagnostics::default() };
    for (start, parameters) in law.cohorts() {
        if let Some(problem) = unexplained_requirement(law, *start, parameters) {
            read.problems.push(problem);
        }
    }
    let letter_law = LetterLaw {
        university: read.bilingual("letters.university"),
        su_office: read.office("letters.su_office"),
        study_office: read.office("letters.study_office"),
        national_agency: read.bilingual("letters.national_agency"),
        su_self_service: read.text("letters.su_self_service"),
        exemption_board_beng: read.bilingual("letters.exemption_board_beng"),
        exemption_board_bsc_msc: read.bilingual("letters.exemption_board_bsc_msc"),
        exemption_application: read.bilingual("letters.exemption_application"),
        response_days: read.number("letters.response_days"),
        response_time: read.text("letters.response_time"),
        stop_months: read.number("letters.stop_months"),
        amounts: law.cohorts().iter().map(|(start, parameters)| (*start, amounts(parameters))).collect(),
        rules: RulesPerKind {
            hearing_notice: read.citations(LetterKind::HearingNotice),
            start_check_hearing: read.citations(LetterKind::StartCheckHearing),
            attempts_used_up: read.citations(LetterKind::AttemptsUsedUp),
            last_attempt: read.citations(LetterKind::LastAttempt),
            five_ects_warning: read.citations(LetterKind::FiveEctsWarning),
            guidance_invitation: read.citations(LetterKind::GuidanceInvitation),
            portions_running_out: read.citations(LetterKind::PortionsRunningOut),
        },
    };
    read.problems.into_result(letter_law)
}

fn amounts(parameters: &Parameters) -> Amounts {
    Amounts {
        allowed_delay: parameters.allowed_delay,
        ects_per_portion: parameters.ects_per_portion,
        portions_per_control_point: parameters.control_point_portions,
        start_check_months: parameters.start_check_late_months,
        portions_warning_level: parameters.portions_left_warning,
        attempts_allowed: parameters.attempts_allowed,
        five_ects_required: parameters.five_ects,
        guidance_meeting_from_months: parameters.information_meeting_months,
        guidance_interview_after_months: parameters.personal_interview_months,
    }
}

/// The hearing notice explains the requirement by control points; under another method its
/// explanation would be false, and better no run than false letters.
fn unexplained_requirement(law: &Law, start: Day, parameters: &Parameters) -> Option<Diagnostic> {
    const KEY: &str = "su.requirement_method";
    if parameters.regime != Regime::SixMonths || parameters.requirement_method == RequirementMethod::Step {
        return None;
    }
    let place = law.value(KEY, start).map_or_else(|| Place::file("law"), |value| value.place.clone());
    let message =
        format!("{KEY} must be `step` under the six-month regime: the hearing notice explains no other");
    Some(Diagnostic::setup(place, message))
}

/// Reads texts and collects what is missing; after a problem nothing that was read is used.
struct Reader<'a> {
    law: &'a Law,
    problems: Diagnostics,
}

impl Reader<'_> {
    fn value(&mut self, key: &str) -> Option<(Value, Place)> {
        match self.law.value(key, self.law.inspection_date) {
            Some(value) => Some((value.value.clone(), value.place.clone())),
            None => {
                let message = format!("the law has no value of {key} on {}", self.law.inspection_date);
                self.problems.push(Diagnostic::setup(Place::file("law"), message));
                None
            }
        }
    }

    fn wrong(&mut self, key: &str, place: Place, wanted: &str) {
        self.problems.push(Diagnostic::setup(place, format!("{key} must be {wanted}")));
    }

    fn text(&mut self, key: &str) -> String {
        match self.value(key) {
            Some((Value::Text(text), _)) => text,
            Some((_, place)) => {
                self.wrong(key, place, "a text");
                String::new()
            }
            None => String::new(),
        }
    }

    fn number(&mut self, key: &str) -> i32 {
        match self.value(key) {
            Some((Value::Int(number), _)) => number,
            Some((_, place)) => {
                self.wrong(key, place, "a whole number");
                0
            }
            None => 0,
        }
    }

    fn list(&mut self, key: &str) -> Vec<String> {
        match self.value(key) {
            Some((Value::List(items), _)) => items,
            Some((_, place)) => {
                self.wrong(key, place, "a list of texts");
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    fn bilingual(&mut self, key: &str) -> Bilingual {
        Bilingual { da: self.text(&format!("{key}.da")), en: self.text(&format!("{key}.en")) }
    }

    fn office(&mut self, key: &str) -> Office {
        let danish = self.list(&format!("{key}.contact_lines.da"));
        let english = self.list(&format!("{key}.contact_lines.en"));
        if danish.len() != english.len() {
            let message = format!("{key}.contact_lines has not as many lines in Danish as in English");
            self.problems.push(Diagnostic::setup(Place::file("law"), message));
        }
        Office {
            name: self.bilingual(&format!("{key}.name")),
            email: self.text(&format!("{key}.email")),
            contact_lines: danish.into_iter().zip(english).map(|(da, en)| Bilingual { da, en }).collect(),
        }
    }

    fn citations(&mut self, kind: LetterKind) -> Vec<Citation> {
        let ids = self.list(&format!("letters.rules.{}", kind.code()));
        let citation = |id: &String| {
            let key = format!("letters.citation.{id}");
            let title = self.bilingual(&key);
            let paragraph = self.text(&format!("{key}.paragraph"));
            Citation { title_da: title.da, title_en: title.en, paragraph }
        };
        ids.iter().map(citation).collect()
    }
}
