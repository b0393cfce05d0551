//! Fills the letters' law from the dated parameters of the inspection.

use super::context::Menus;
use super::law::{Bilingual, Citation, FrameReduction, LetterLaw, Office, ResultWords, RulesPerKind};
use crate::base::Day;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::law::{Law, Parameters, Reader, Value};
use crate::verdicts::{DraftKind, LetterKind, Regime};

/// The law of the letters on the inspection date. Amounts that a rule reads come from the rule's own
/// parameters, for each cohort of programme starts.
pub fn law_in_force(law: &Law) -> Result<LetterLaw, Diagnostics> {
    let mut reader = Reader::new(&law.book, law.inspection_date, law.inspection_date);
    let read = &mut reader;
    for (start, parameters) in law.cohorts() {
        if let Some(problem) = unexplained_requirement(law, *start, parameters) {
            read.problem(problem);
        }
    }
    let letter_law = LetterLaw {
        university: bilingual(read, "letters.university"),
        su_office: office(read, "letters.su_office"),
        study_office: office(read, "letters.study_office"),
        national_agency: bilingual(read, "letters.national_agency"),
        su_self_service: read.text("letters.su_self_service"),
        su_menus: Menus {
            extra_portions: read.text("letters.su_menus.extra_portions"),
            change: read.text("letters.su_menus.change"),
            resume: read.text("letters.su_menus.resume"),
            progress: read.text("letters.su_menus.progress"),
        },
        result_words: ResultWords {
            not_attended: result_words(law, read, "not_attended"),
            prerequisite_not_met: result_words(law, read, "prerequisite_not_met"),
            not_passed: bilingual(read, "letters.result_words.not_passed"),
        },
        exemption_board_beng: bilingual(read, "letters.exemption_board_beng"),
        exemption_board_bsc_msc: bilingual(read, "letters.exemption_board_bsc_msc"),
        exemption_application: bilingual(read, "letters.exemption_application"),
        response_days: read.number("letters.response_days"),
        response_time: read.text("letters.response_time"),
        ects_per_portion: read.ects("extra_portions.ects_per_month"),
        appeal_weeks: read.number("extra_portions.appeal_weeks"),
        appeal_marking: bilingual(read, "letters.appeal_marking"),
        processing_weeks: read.number("extra_portions.processing_weeks"),
        stop_months: read.number("letters.stop_months"),
        amounts: law.cohorts().to_vec(),
        frame_reductions: law.cohorts().iter().map(|(start, _)| frame_reduction(law, *start)).collect(),
        rules: RulesPerKind {
            hearing_notice: citations(read, LetterKind::HearingNotice.code()),
            start_check_hearing: citations(read, LetterKind::StartCheckHearing.code()),
            attempts_used_up: citations(read, LetterKind::AttemptsUsedUp.code()),
            last_attempt: citations(read, LetterKind::LastAttempt.code()),
            five_ects_warning: citations(read, LetterKind::FiveEctsWarning.code()),
            guidance_invitation: citations(read, LetterKind::GuidanceInvitation.code()),
            portions_running_out: citations(read, LetterKind::PortionsRunningOut.code()),
            legacy_hearing: citations(read, DraftKind::LegacyHearing.code()),
            start_check_decision: citations(read, DraftKind::StartCheckDecision.code()),
            extra_klip_decision: citations(read, DraftKind::ExtraKlipDecision.code()),
        },
    };
    reader.finish(letter_law)
}

fn bilingual(read: &mut Reader, key: &str) -> Bilingual {
    Bilingual { da: read.text(&format!("{key}.da")), en: read.text(&format!("{key}.en")) }
}

/// The hearing notice explains the requirement by control points; under another method its
/// explanation would be false, and better no run than false letters.
fn unexplained_requirement(law: &Law, start: Day, parameters: &Parameters) -> Option<Diagnostic> {
    const KEY: &str = "su.requirement_method";
    if parameters.regime != Regime::SixMonths || parameters.requirement.in_steps() {
        return None;
    }
    let place = law.value(KEY, start).map_or_else(|| Place::file("law"), |value| value.place.clone());
    let message =
        format!("{KEY} must be `step` under the six-month regime: the hearing notice explains no other");
    Some(Diagnostic::setup(place, message))
}

/// The codes of a result, and its words.
fn result_words(law: &Law, read: &mut Reader, result: &str) -> (Vec<String>, Bilingual) {
    let key = format!("letters.result_words.{result}");
    let codes = read.list(&format!("{key}.codes"));
    for code in codes.iter().filter(|code| !law.result_codes.iter().any(|known| known.code == **code)) {
        let message = format!("{key}.codes names {code}, which is no result code");
        read.problem(Diagnostic::setup(Place::file("law"), message));
    }
    (codes, bilingual(read, &key))
}

/// Whether the frame of a cohort is smaller than on the day before its value came into force.
fn frame_reduction(law: &Law, start: Day) -> Option<FrameReduction> {
    const KEY: &str = "su.frame_portions";
    let now = law.value(KEY, start)?;
    let (since, begun_from) = (now.windows[0].from?, now.windows[1].from?);
    let before = law.value_on(KEY, since.plus_days(-1), start)?;
    match (&now.value, &before.value) {
        (Value::Int(now), Value::Int(before)) if now < before => Some(FrameReduction { begun_from, since }),
        _ => None,
    }
}

fn office(read: &mut Reader, key: &str) -> Office {
    let danish = read.list(&format!("{key}.contact_lines.da"));
    let english = read.list(&format!("{key}.contact_lines.en"));
    if danish.len() != english.len() {
        let message = format!("{key}.contact_lines has not as many lines in Danish as in English");
        read.problem(Diagnostic::setup(Place::file("law"), message));
    }
    Office {
        name: bilingual(read, &format!("{key}.name")),
        email: read.text(&format!("{key}.email")),
        contact_lines: danish.into_iter().zip(english).map(|(da, en)| Bilingual { da, en }).collect(),
    }
}

fn citations(read: &mut Reader, kind: &str) -> Vec<Citation> {
    let ids = read.list(&format!("letters.rules.{kind}"));
    let citation = |id: &String| {
        let key = format!("letters.citation.{id}");
        let title = bilingual(read, &key);
        let paragraph = read.text(&format!("{key}.paragraph"));
        Citation { title_da: title.da, title_en: title.en, paragraph }
    };
    ids.iter().map(citation).collect()
}
