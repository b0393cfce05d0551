//! What every letter says, whatever its kind.

use super::context::*;
use super::forms;
use super::law::{Citation, LetterLaw};
use crate::base::Cutoffs;
use crate::contract::codes::Language;
use crate::student::exports::Registered;

/// Whom a letter is to, on what and by which rules.
pub(super) struct Frame<'a> {
    pub code: &'static str,
    pub letter_id: String,
    pub about_su: bool,
    pub rules: &'a [Citation],
    pub who: Registered<'a>,
}

impl Frame<'_> {
    /// The letter without the parts of its kind.
    pub fn letter(self, law: &LetterLaw, cutoffs: &Cutoffs) -> Result<LetterContext, BuildError> {
        let Frame { who: Registered { enrolment, person, programme }, about_su, .. } = self;
        let language = enrolment.language;
        let date = |day| forms::date(day, language);
        let office = if about_su { &law.su_office } else { &law.study_office };
        let name = format!("{} {}", person.given_name.trim(), person.family_name.trim());
        Ok(LetterContext {
            kind: self.code,
            language: language.code(),
            letter_id: self.letter_id,
            recipient: Recipient {
                name: filled(&name, &enrolment.student_id),
                given_name: person.given_name.clone(),
                family_name: person.family_name.clone(),
                email: person.email.clone(),
                student_id: enrolment.student_id.to_string(),
                enrolment_id: enrolment.enrolment_id.to_string(),
                masked_cpr: Perhaps(person.cpr.as_ref().map(crate::base::Cpr::masked)),
            },
            programme: ProgrammePart {
                title: filled(&programme.title, &programme.code),
                code: programme.code.clone(),
                started_on: date(enrolment.started_on),
            },
            dates: DatesPart {
                letter: date(cutoffs.inspection_date),
                results_through: date(cutoffs.results_through),
            },
            authority: Authority {
                university: law.university.in_language(language).to_owned(),
                office: office.name.in_language(language).to_owned(),
                email: office.email.clone(),
                contact_lines: office
                    .contact_lines
                    .iter()
                    .map(|line| line.in_language(language).to_owned())
                    .collect(),
                national_agency: law.national_agency.in_language(language).to_owned(),
                self_service: law.su_self_service.clone(),
                menus: law.su_menus.clone(),
                exemption_board: law.exemption_board(programme.level).in_language(language).to_owned(),
                exemption_application: law.exemption_application.in_language(language).to_owned(),
            },
            rules: rules(self.rules, language)?,
            answer: None,
            su_dates: about_su.then(|| SuDates {
                payments_through: forms::month(cutoffs.payments_through, language),
                stop: date(law.stop(cutoffs.inspection_date)),
            }),
            su: None,
            shortfall: None,
            applying: None,
            diagram: None,
            start_check: None,
            attempts: None,
            five_ects: None,
            guidance: None,
            portions: None,
            legacy: None,
            hearing: None,
            appeal: None,
            extra_klip: None,
        })
    }
}

/// A text without its outer blanks; a cell of nothing but blanks gives way to the key beside it.
fn filled(text: &str, key: &str) -> String {
    let text = text.trim();
    if text.is_empty() { key.to_owned() } else { text.to_owned() }
}

/// A text is cited once, with all its paragraphs; where one citation is of the whole text, they are parts of it.
fn rules(cited: &[Citation], language: Language) -> Result<Vec<Rule>, BuildError> {
    if cited.is_empty() {
        return Err(BuildError::MissingLaw("rules"));
    }
    let title = |citation: &Citation| citation.title(language).to_owned();
    let mut rules: Vec<Rule> = Vec::new();
    for citation in cited {
        if rules.iter().any(|rule| rule.title == title(citation)) {
            continue;
        }
        let of_text = cited.iter().filter(|other| other.title(language) == citation.title(language));
        let (whole, named): (Vec<&str>, Vec<&str>) =
            of_text.map(|other| other.paragraph.as_str()).partition(|paragraph| paragraph.is_empty());
        let named = (!named.is_empty()).then(|| forms::paragraphs(&named, language));
        let part_of = |paragraphs: String| match (whole.is_empty(), language) {
            (true, _) => paragraphs,
            (false, Language::Da) => format!("herunder {paragraphs}"),
            (false, Language::En) => format!("including {paragraphs}"),
        };
        rules.push(Rule { title: title(citation), paragraph: Perhaps(named.map(part_of)) });
    }
    Ok(rules)
}
