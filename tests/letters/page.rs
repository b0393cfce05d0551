//! Reading a letter as a person would.

use klippekort::letters::LetterContext;
use klippekort::letters::context::PassShown;

pub fn has_word(text: &str, word: &str) -> bool {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '-');
    if word.chars().all(char::is_uppercase) {
        return words.flat_map(|w| w.split('-')).any(|w| w == word);
    }
    words.flat_map(|w| w.split('-').chain([w])).any(|w| w.to_lowercase() == word.to_lowercase())
}

/// Six digits, perhaps a hyphen, four digits, alone among other characters.
pub fn cpr_shaped(text: &str) -> Option<&str> {
    text.split(|c: char| !c.is_ascii_digit() && c != '-').find(|token| {
        let digits = token.replace('-', "");
        digits.len() == 10 && (token.len() == 10 || token.as_bytes()[6] == b'-')
    })
}

/// Every text of a letter or draft as the templates see it, with its place (`su.net`).
pub fn texts(letter: &LetterContext) -> Vec<(String, String)> {
    fn collect(at: &str, value: &serde_json::Value, into: &mut Vec<(String, String)>) {
        let below = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
        match value {
            serde_json::Value::String(text) => into.push((at.to_owned(), text.clone())),
            serde_json::Value::Array(items) => items.iter().for_each(|item| collect(at, item, into)),
            serde_json::Value::Object(fields) => {
                fields.iter().for_each(|(name, field)| collect(&below(name), field, into));
            }
            _ => {}
        }
    }
    let mut texts = Vec::new();
    collect("", &serde_json::to_value(letter).expect("JSON"), &mut texts);
    texts
}

/// Every text that comes from the data or the law, kind and language aside.
pub fn text_fields(letter: &mut LetterContext) -> Vec<&mut String> {
    let (recipient, programme, dates) = (&mut letter.recipient, &mut letter.programme, &mut letter.dates);
    let authority = &mut letter.authority;
    let mut fields = vec![
        &mut letter.letter_id,
        &mut recipient.name,
        &mut recipient.given_name,
        &mut recipient.family_name,
        &mut recipient.email,
        &mut recipient.student_id,
        &mut recipient.enrolment_id,
        &mut programme.title,
        &mut programme.code,
        &mut programme.started_on,
        &mut dates.letter,
        &mut dates.results_through,
        &mut authority.university,
        &mut authority.office,
        &mut authority.email,
        &mut authority.national_agency,
        &mut authority.self_service,
        &mut authority.menus.extra_portions,
        &mut authority.menus.change,
        &mut authority.menus.resume,
        &mut authority.menus.progress,
        &mut authority.exemption_board,
        &mut authority.exemption_application,
    ];
    fields.extend(&mut recipient.masked_cpr.0);
    fields.extend(&mut authority.contact_lines);
    for rule in &mut letter.rules {
        fields.push(&mut rule.title);
        fields.extend(&mut rule.paragraph.0);
    }
    if let Some(answer) = &mut letter.answer {
        fields.extend([&mut answer.date, &mut answer.time]);
    }
    if let Some(su_dates) = &mut letter.su_dates {
        fields.extend([&mut su_dates.payments_through, &mut su_dates.stop]);
    }
    if let Some(su) = &mut letter.su {
        fields.extend([&mut su.gross, &mut su.extra, &mut su.net, &mut su.parental, &mut su.control_point]);
        fields.extend([&mut su.ects_transferred, &mut su.ects_awaiting, &mut su.ects_at_control_point]);
        fields.extend([&mut su.ects_counted, &mut su.ects_required, &mut su.ects_missing]);
        fields.extend([&mut su.allowed_delay_ects, &mut su.ects_per_portion]);
        fields.push(&mut su.portions_per_control_point);
    }
    if let Some(shortfall) = &mut letter.shortfall {
        for other in shortfall.not_counted.0.iter_mut().flatten() {
            fields.extend(of_pass(&mut other.pass));
            fields.extend([&mut other.counted_code, &mut other.counted_title]);
        }
        fields.extend(&mut shortfall.above_programme.0);
        fields.extend(shortfall.applications.iter_mut().map(|application| &mut application.claim_id));
    }
    if let Some(applying) = &mut letter.applying {
        fields.push(&mut applying.documents_days);
    }
    if let Some(diagram) = &mut letter.diagram {
        fields.extend([&mut diagram.net, &mut diagram.counted, &mut diagram.required]);
        fields.extend([&mut diagram.ects_per_portion, &mut diagram.allowed_delay_ects]);
        fields.push(&mut diagram.portions_per_control_point);
        fields.extend(diagram.control_point.0.iter_mut().chain(&mut diagram.missing.0));
        for point in &mut diagram.control_points {
            fields.extend([&mut point.portions, &mut point.required, &mut point.counted]);
        }
    }
    if let Some(check) = &mut letter.start_check {
        fields.push(&mut check.months);
        fields.extend(&mut check.late.0);
    }
    if let Some(attempts) = &mut letter.attempts {
        fields.push(&mut attempts.ordinary);
        for course in &mut attempts.courses {
            fields.extend([&mut course.code, &mut course.title, &mut course.used, &mut course.allowed]);
            for attempt in &mut course.attempts {
                fields.extend([&mut attempt.code, &mut attempt.title, &mut attempt.date]);
                fields.extend([&mut attempt.result, &mut attempt.number]);
            }
        }
    }
    if let Some(five_ects) = &mut letter.five_ects {
        fields.extend([&mut five_ects.passed, &mut five_ects.required]);
        for semester in &mut five_ects.semesters {
            fields.extend([&mut semester.first, &mut semester.last]);
        }
        fields.extend(five_ects.courses.iter_mut().flat_map(of_pass));
    }
    if let Some(guidance) = &mut letter.guidance {
        fields.extend([&mut guidance.months_late, &mut guidance.prescribed_end]);
        fields.extend(&mut guidance.readmitted_on.0);
        fields.extend(&mut guidance.maximum_date.0);
        fields.extend(&mut guidance.maximum_passed.0);
        for offer in guidance.information_meeting.0.iter_mut().chain(&mut guidance.personal_interview.0) {
            fields.extend([&mut offer.from_months, &mut offer.after_months]);
        }
    }
    if let Some(portions) = &mut letter.portions {
        fields.extend([&mut portions.left, &mut portions.warning_level, &mut portions.prescribed]);
        fields.extend([&mut portions.extension, &mut portions.credit, &mut portions.granted_here]);
        fields.extend([&mut portions.used_here, &mut portions.frame, &mut portions.granted_in_all]);
        fields.extend([&mut portions.used_in_all, &mut portions.left_of_programme]);
        fields.push(&mut portions.left_of_frame);
        fields.extend(&mut portions.supplement.0);
        if let Some(reduced) = &mut portions.reduced.0 {
            fields.extend([&mut reduced.begun_from, &mut reduced.since, &mut reduced.frame]);
        }
    }
    if let Some(legacy) = &mut letter.legacy {
        fields.extend([&mut legacy.gross, &mut legacy.extra, &mut legacy.net, &mut legacy.parental]);
        fields.extend([&mut legacy.ects_counted, &mut legacy.ects_transferred, &mut legacy.ects_awaiting]);
        fields.extend([&mut legacy.ects_norm, &mut legacy.ects_required, &mut legacy.ects_missing]);
        fields.extend([&mut legacy.allowed_delay_ects, &mut legacy.ects_per_portion]);
    }
    if let Some(hearing) = &mut letter.hearing {
        fields.extend([&mut hearing.date, &mut hearing.answer_date, &mut hearing.answer_time]);
        fields.push(&mut hearing.decided_in);
        fields.extend(&mut hearing.earlier_stop.0);
    }
    if let Some(appeal) = &mut letter.appeal {
        fields.extend([&mut appeal.weeks, &mut appeal.marking]);
    }
    if let Some(claim) = &mut letter.extra_klip {
        fields.extend([&mut claim.claim_id, &mut claim.period_from, &mut claim.period_to]);
        fields.extend([&mut claim.months_applied, &mut claim.months_supported]);
        fields.extend([&mut claim.passed_from, &mut claim.passed_to]);
        fields.extend(&mut claim.supported_in_part.0);
        fields.extend([&mut claim.ects_expected, &mut claim.ects_passed, &mut claim.ects_delay]);
        fields.extend([&mut claim.ects_remainder, &mut claim.ects_per_portion]);
        fields.extend([&mut claim.ects_whole_delay, &mut claim.granted, &mut claim.estimate]);
        fields.extend(claim.period_until.0.iter_mut().chain(&mut claim.committee_left.0));
    }
    fields
}

fn of_pass(pass: &mut PassShown) -> [&mut String; 4] {
    [&mut pass.code, &mut pass.title, &mut pass.date, &mut pass.ects]
}
