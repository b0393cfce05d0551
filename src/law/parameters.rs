//! The parameters that the rules read, typed and fixed for one inspection and one cohort.

use super::book::{LawBook, Value};
use super::lists::{ReexamPeriod, ThesisLength, day_of_year, month_number};
use crate::base::{Day, Ects, Holidays};
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::student::codes::{Certificate, GrantReason, PaymentKind, ProgrammeLevel, codes};
use crate::verdicts::Regime;

codes!(
    /// How the required ECTS follow from net klip.
    RequirementMethod { Step => "step", Linear => "linear" }
);

/// One field per parameter; the comment gives its key.
#[derive(Clone, Debug)]
pub struct Parameters {
    /// `su.regime`
    pub regime: Regime,
    /// `su.regime_needs_review`
    pub regime_needs_review: bool,
    /// `su.requirement_method`
    pub requirement_method: RequirementMethod,
    /// `su.allowed_delay_ects`
    pub allowed_delay: Ects,
    /// `su.ects_per_portion`
    pub ects_per_portion: Ects,
    /// `su.control_point_portions`
    pub control_point_portions: i32,
    /// `su.counted_payment_kinds`
    pub counted_payments: Vec<PaymentKind>,
    /// `su.deducted_grant_reasons`
    pub deducted_grants: Vec<GrantReason>,
    /// `su.start_check_due_months`
    pub start_check_due_months: i32,
    /// `su.start_check_late_months`
    pub start_check_late_months: i32,
    /// `su.frame_portions`
    pub frame_portions: i32,
    /// `su.frame_supplement_portions`
    pub frame_supplement_portions: i32,
    /// `su.support_extension_applies`
    pub support_extension_applies: bool,
    /// `su.credit_ects_per_portion`
    pub credit_ects_per_portion: Ects,
    /// `su.portions_left_warning`
    pub portions_left_warning: i32,
    /// `extra_portions.ects_per_month`
    pub ects_per_month: Ects,
    /// `extra_portions.grading_lag_months`
    pub grading_lag_months: i32,
    /// `extra_portions.committee_limit`
    pub committee_limit: i32,
    /// `extra_portions.documents_days`
    pub documents_days: i32,
    /// `extra_portions.accepted_certificates`
    pub accepted_certificates: Vec<Certificate>,
    /// `exams.attempts_allowed`
    pub attempts_allowed: i32,
    /// `exams.readmission_extra_attempts`
    pub readmission_extra_attempts: i32,
    /// `degree.third_parts`
    pub third_parts: i32,
    /// `degree.five_ects`
    pub five_ects: Ects,
    /// `degree.five_ects_semesters`
    pub five_ects_semesters: i32,
    /// `degree.semester_months`
    pub semester_months: i32,
    /// `degree.semester_ects`
    semester_ects_full_time: Ects,
    /// `degree.semester_ects_industry`
    semester_ects_industry: Ects,
    /// `degree.leave_rounding_months`
    pub leave_rounding_months: i32,
    /// `degree.transitional_ects`
    pub transitional_ects: Ects,
    /// `degree.readmission_months`
    pub readmission_months: i32,
    /// `degree.last_semester_months`
    pub last_semester_months: i32,
    /// `degree.information_meeting_months`
    pub information_meeting_months: i32,
    /// `degree.personal_interview_months`
    pub personal_interview_months: i32,
    /// `exams.reexam_results`
    pub reexam_results: Vec<String>,
    /// `exams.reexam_months`
    pub reexam_periods: Vec<ReexamPeriod>,
    /// `degree.thesis_missing_ects`
    pub thesis_missing_ects: Ects,
    /// `degree.thesis_lengths`
    thesis_lengths_full_time: Vec<ThesisLength>,
    /// `degree.thesis_lengths_industry`
    thesis_lengths_industry: Vec<ThesisLength>,
    /// `degree.half_month_days`
    pub half_month_days: i32,
    /// `degree.transitional_limit_ects`
    pub transitional_limit_ects: Ects,
    /// `degree.transitional_new_rules_from`
    pub transitional_new_rules_from: Day,
    /// `degree.exchange_ects_before`
    pub exchange_ects_before: Ects,
    /// `degree.exchange_transfer_ects`
    pub exchange_transfer_ects: Ects,
    /// `degree.grading_working_days`
    pub grading_working_days: i32,
    /// `degree.three_week_months`
    pub three_week_months: Vec<u32>,
    /// `degree.entry_credit_months`
    pub entry_credit_months: i32,
    /// `degree.partial_credit_ects`
    pub partial_credit_ects: Ects,
    /// `degree.partial_credit_parts`
    pub partial_credit_parts: i32,
    /// `degree.passed_here_ects`
    passed_here_ects_bachelor: Ects,
    /// `degree.passed_here_ects_master`
    passed_here_ects_master: Ects,
    /// `degree.fixed_holidays`, `degree.easter_holidays` and the day abolished.
    pub holidays: Holidays,
}

impl Parameters {
    /// ECTS of one semester of a programme: half of that for the part-time industry master.
    pub fn semester_ects(&self, level: ProgrammeLevel) -> Ects {
        match level {
            ProgrammeLevel::MScIndustry => self.semester_ects_industry,
            _ => self.semester_ects_full_time,
        }
    }

    /// The lengths of a thesis: twice as long in the part-time industry master.
    pub fn thesis_lengths(&self, level: ProgrammeLevel) -> &[ThesisLength] {
        match level {
            ProgrammeLevel::MScIndustry => &self.thesis_lengths_industry,
            _ => &self.thesis_lengths_full_time,
        }
    }

    /// ECTS that must be passed here.
    pub fn passed_here_ects(&self, level: ProgrammeLevel) -> Ects {
        if level.is_master() { self.passed_here_ects_master } else { self.passed_here_ects_bachelor }
    }

    pub(super) fn resolve(book: &LawBook, inspection: Day, start: Day) -> Result<Parameters, Diagnostics> {
        let mut read = Reader { book, inspection, start, problems: Diagnostics::default() };
        let parameters = Parameters {
            regime: read.code("su.regime", Regime::from_code, Regime::SixMonths),
            regime_needs_review: read.yes_no("su.regime_needs_review"),
            requirement_method: read.code(
                "su.requirement_method",
                RequirementMethod::from_code,
                RequirementMethod::Step,
            ),
            allowed_delay: read.ects("su.allowed_delay_ects"),
            ects_per_portion: read.ects("su.ects_per_portion"),
            control_point_portions: read.number("su.control_point_portions"),
            counted_payments: read.codes("su.counted_payment_kinds", PaymentKind::from_code),
            deducted_grants: read.codes("su.deducted_grant_reasons", GrantReason::from_code),
            start_check_due_months: read.number("su.start_check_due_months"),
            start_check_late_months: read.number("su.start_check_late_months"),
            frame_portions: read.number("su.frame_portions"),
            frame_supplement_portions: read.number("su.frame_supplement_portions"),
            support_extension_applies: read.yes_no("su.support_extension_applies"),
            credit_ects_per_portion: read.ects("su.credit_ects_per_portion"),
            portions_left_warning: read.number("su.portions_left_warning"),
            ects_per_month: read.ects("extra_portions.ects_per_month"),
            grading_lag_months: read.number("extra_portions.grading_lag_months"),
            committee_limit: read.number("extra_portions.committee_limit"),
            documents_days: read.number("extra_portions.documents_days"),
            accepted_certificates: read.codes("extra_portions.accepted_certificates", Certificate::from_code),
            attempts_allowed: read.number("exams.attempts_allowed"),
            readmission_extra_attempts: read.number("exams.readmission_extra_attempts"),
            third_parts: read.number("degree.third_parts"),
            five_ects: read.ects("degree.five_ects"),
            five_ects_semesters: read.number("degree.five_ects_semesters"),
            semester_months: read.number("degree.semester_months"),
            semester_ects_full_time: read.ects("degree.semester_ects"),
            semester_ects_industry: read.ects("degree.semester_ects_industry"),
            leave_rounding_months: read.number("degree.leave_rounding_months"),
            transitional_ects: read.ects("degree.transitional_ects"),
            readmission_months: read.number("degree.readmission_months"),
            last_semester_months: read.number("degree.last_semester_months"),
            information_meeting_months: read.number("degree.information_meeting_months"),
            personal_interview_months: read.number("degree.personal_interview_months"),
            reexam_results: read.codes("exams.reexam_results", |code| Some(code.to_owned())),
            reexam_periods: read.codes("exams.reexam_months", ReexamPeriod::from_code),
            thesis_missing_ects: read.ects("degree.thesis_missing_ects"),
            thesis_lengths_full_time: read.codes("degree.thesis_lengths", ThesisLength::from_code),
            thesis_lengths_industry: read.codes("degree.thesis_lengths_industry", ThesisLength::from_code),
            half_month_days: read.number("degree.half_month_days"),
            transitional_limit_ects: read.ects("degree.transitional_limit_ects"),
            transitional_new_rules_from: read.code(
                "degree.transitional_new_rules_from",
                Day::parse_iso,
                inspection,
            ),
            exchange_ects_before: read.ects("degree.exchange_ects_before"),
            exchange_transfer_ects: read.ects("degree.exchange_transfer_ects"),
            grading_working_days: read.number("degree.grading_working_days"),
            three_week_months: read.codes("degree.three_week_months", month_number),
            entry_credit_months: read.number("degree.entry_credit_months"),
            partial_credit_ects: read.ects("degree.partial_credit_ects"),
            partial_credit_parts: read.number("degree.partial_credit_parts"),
            passed_here_ects_bachelor: read.ects("degree.passed_here_ects"),
            passed_here_ects_master: read.ects("degree.passed_here_ects_master"),
            holidays: Holidays {
                fixed: read.codes("degree.fixed_holidays", day_of_year),
                from_easter: read.codes("degree.easter_holidays", |text| text.parse().ok()),
                abolished: Some((
                    read.number("degree.prayer_day_after_easter"),
                    read.code("degree.prayer_day_abolished_from", Day::parse_iso, inspection),
                )),
            },
        };
        read.problems.into_result(parameters)
    }
}

/// Reads typed values and collects every problem. The stand-ins it returns after a problem are
/// never seen: the whole resolution fails.
struct Reader<'a> {
    book: &'a LawBook,
    inspection: Day,
    start: Day,
    problems: Diagnostics,
}

impl Reader<'_> {
    fn value(&mut self, key: &str) -> Option<(Value, Place)> {
        let Some(parameter) = self.book.parameter(key) else {
            let place = Place::file("law");
            self.problems.push(
                Diagnostic::setup(place, format!("the law has no parameter {key}")).hint(
                    "every parameter of pipelines/law/ is needed; restore it from the program's own law",
                ),
            );
            return None;
        };
        match parameter.at(self.inspection, self.start) {
            Ok(value) => Some((value.value.clone(), value.place.clone())),
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        }
    }

    fn wrong(&mut self, key: &str, place: Place, wanted: &str) {
        self.problems.push(Diagnostic::setup(place, format!("{key} must be {wanted}")));
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

    fn ects(&mut self, key: &str) -> Ects {
        match self.value(key) {
            Some((Value::Ects(amount), _)) => amount,
            Some((_, place)) => {
                self.wrong(key, place, "an ECTS amount");
                Ects::ZERO
            }
            None => Ects::ZERO,
        }
    }

    fn yes_no(&mut self, key: &str) -> bool {
        match self.value(key) {
            Some((Value::Bool(value), _)) => value,
            Some((_, place)) => {
                self.wrong(key, place, "true or false");
                false
            }
            None => false,
        }
    }

    fn code<T>(&mut self, key: &str, read: impl Fn(&str) -> Option<T>, otherwise: T) -> T {
        match self.value(key) {
            Some((Value::Text(text), place)) => read(&text).unwrap_or_else(|| {
                self.wrong(key, place, "one of its known codes");
                otherwise
            }),
            Some((_, place)) => {
                self.wrong(key, place, "a code");
                otherwise
            }
            None => otherwise,
        }
    }

    fn codes<T>(&mut self, key: &str, read: impl Fn(&str) -> Option<T>) -> Vec<T> {
        match self.value(key) {
            Some((Value::List(items), place)) => {
                let found: Vec<T> = items.iter().filter_map(|item| read(item)).collect();
                if found.len() != items.len() {
                    self.wrong(key, place, "a list of known codes");
                }
                found
            }
            Some((_, place)) => {
                self.wrong(key, place, "a list of codes");
                Vec::new()
            }
            None => Vec::new(),
        }
    }
}
