//! The parameters that the rules read, typed and fixed for one inspection and one cohort.

use super::book::LawBook;
use super::cards::Cards;
use super::lists::{OverTime, ReexamPeriod, ThesisLength, day_of_year, grade, month_number, refused_level};
use super::reader::Reader;
use super::requirement::{Requirement, RequirementMethod};
use crate::base::{Day, Ects, Holidays, YearlyPause};
use crate::contract::codes::{Certificate, CourseLevel, GrantReason, PaymentKind, ProgrammeLevel};
use crate::diagnostics::Diagnostics;
use crate::verdicts::Regime;

/// One field per parameter, or per few that belong together; the comments give their keys.
#[derive(Clone, Debug)]
pub struct Parameters {
    /// `su.regime`
    pub regime: Regime,
    /// `su.regime_needs_review`
    pub regime_needs_review: bool,
    pub requirement: Requirement,
    /// `su.counted_payment_kinds`
    pub counted_payments: Vec<PaymentKind>,
    /// `su.deducted_grant_reasons`
    pub deducted_grants: Vec<GrantReason>,
    /// `su.start_check_due_months`
    pub start_check_due_months: i32,
    /// `su.start_check_late_months`
    pub start_check_late_months: i32,
    /// `su.frame_portions`
    pub frame_portions: OverTime<i32>,
    /// `su.frame_supplement_portions`
    pub frame_supplement_portions: OverTime<i32>,
    /// `su.support_extension_applies`
    pub support_extension_applies: OverTime<bool>,
    /// `su.credit_ects_per_portion`
    pub credit_ects_per_portion: Ects,
    /// `su.portions_left_warning`
    pub portions_left_warning: i32,
    /// `su.internship_months`
    pub internship_months: i32,
    /// `su.internship_portions`
    pub internship_portions: i32,
    /// `su.internship_gratuity_limit_dkk`
    pub internship_gratuity_limit_dkk: i32,
    /// `su.monthly_su_dkk`
    pub monthly_su_dkk: OverTime<i32>,
    /// `su.double_payment_portions`
    pub double_payment_portions: i32,
    /// `su.parental_portions`
    pub parental_portions: i32,
    /// `su.parental_portions_single_parent`
    pub parental_portions_single_parent: i32,
    /// `su.parental_portions_moved`
    pub parental_portions_moved: i32,
    /// `su.parental_birth_months`
    pub parental_birth_months: i32,
    /// `su.parental_co_parent_months`
    pub parental_co_parent_months: i32,
    /// `su.parental_monthly_portions`
    pub parental_monthly_portions: i32,
    /// `su.holiday_months`
    pub holiday_months: i32,
    /// `su.early_start_months`
    pub early_start_months: Vec<u32>,
    /// `su.citizenship_of_denmark`
    pub citizenship_of_denmark: Vec<String>,
    /// `su.beng_support_ends_months`
    pub beng_support_ends_months: i32,
    /// `su.youth_card_least_days`
    pub youth_card_least_days: i32,
    /// `su.youth_card_most_days`
    pub youth_card_most_days: i32,
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
    /// `exams.discontinued_reexams`
    pub discontinued_reexams: i32,
    /// `exams.quick_reexam_results`
    pub quick_reexam_results: Vec<String>,
    /// `exams.quick_reexam_days`
    pub quick_reexam_days: i32,
    /// `exams.refused_levels`
    pub refused_levels: Vec<(ProgrammeLevel, CourseLevel)>,
    /// `exams.not_met_result`
    pub not_met_result: String,
    /// `exams.new_agreement_months`
    pub new_agreement_months: i32,
    /// `exams.part_grades`, as recorded and in numbers, ascending.
    pub part_grades: Vec<(String, i32)>,
    /// `exams.part_pass_grade`
    pub part_pass_grade: i32,
    /// `exams.part_floor_grade`
    pub part_floor_grade: i32,
    /// `exams.part_missing_result`
    pub part_missing_result: String,
    /// `cards.*`
    pub cards: Cards,
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
    /// `degree.thesis_extension_weeks`
    pub thesis_extension_weeks: i32,
    /// `degree.thesis_extension_ects`
    pub thesis_extension_ects: Ects,
    /// `degree.thesis_impairment_weeks`
    pub thesis_impairment_weeks: i32,
    /// `degree.thesis_reexam_weeks`
    pub thesis_reexam_weeks: i32,
    /// `degree.thesis_board_weeks`
    pub thesis_board_weeks: i32,
    /// `degree.defence_working_days`
    pub defence_working_days: i32,
    /// `degree.leave_ects`
    leave_ects_bachelor: Ects,
    /// `degree.leave_ects_master`
    leave_ects_master: Ects,
    /// `degree.leave_without_reason_semesters`
    pub leave_without_reason_semesters: i32,
    /// `degree.leave_months`
    pub leave_months: i32,
    /// `degree.leave_application_weeks`
    pub leave_application_weeks: i32,
    /// `degree.transitional_lacking_ects`
    pub transitional_lacking_ects: Ects,
    /// `degree.complaint_weeks`
    pub complaint_weeks: i32,
    /// `degree.complaint_pause`
    pub complaint_pause: YearlyPause,
    /// `degree.diploma_weeks`
    pub diploma_weeks: i32,
    /// `degree.diploma_pause`
    pub diploma_pause: YearlyPause,
    /// `degree.general_engineering_ects`
    general_engineering_ects_bachelor: Ects,
    /// `degree.general_engineering_ects_master`
    general_engineering_ects_master: Ects,
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

    /// ECTS to have before a leave without reason.
    pub fn leave_ects(&self, level: ProgrammeLevel) -> Ects {
        if level.is_master() { self.leave_ects_master } else { self.leave_ects_bachelor }
    }

    /// ECTS of general engineering courses, at most; `None` where the law says nothing.
    pub fn general_engineering_ects(&self, level: ProgrammeLevel) -> Option<Ects> {
        match level {
            ProgrammeLevel::BEng => None,
            ProgrammeLevel::BSc => Some(self.general_engineering_ects_bachelor),
            ProgrammeLevel::MSc | ProgrammeLevel::MScIndustry => Some(self.general_engineering_ects_master),
        }
    }

    pub(super) fn resolve(book: &LawBook, inspection: Day, start: Day) -> Result<Parameters, Diagnostics> {
        let mut read = Reader::new(book, inspection, start);
        let parameters = Parameters {
            regime: read.code("su.regime", Regime::from_code, Regime::SixMonths),
            regime_needs_review: read.yes_no("su.regime_needs_review"),
            requirement: Requirement {
                method: read.code(
                    "su.requirement_method",
                    RequirementMethod::from_code,
                    RequirementMethod::Step,
                ),
                allowed_delay: read.ects("su.allowed_delay_ects"),
                ects_per_portion: read.ects("su.ects_per_portion"),
                control_point_portions: read.number("su.control_point_portions"),
            },
            counted_payments: read.codes("su.counted_payment_kinds", PaymentKind::from_code),
            deducted_grants: read.codes("su.deducted_grant_reasons", GrantReason::from_code),
            start_check_due_months: read.number("su.start_check_due_months"),
            start_check_late_months: read.number("su.start_check_late_months"),
            frame_portions: read.number_over_time("su.frame_portions"),
            frame_supplement_portions: read.number_over_time("su.frame_supplement_portions"),
            support_extension_applies: read.yes_no_over_time("su.support_extension_applies"),
            credit_ects_per_portion: read.ects("su.credit_ects_per_portion"),
            portions_left_warning: read.number("su.portions_left_warning"),
            internship_months: read.number("su.internship_months"),
            internship_portions: read.number("su.internship_portions"),
            internship_gratuity_limit_dkk: read.number("su.internship_gratuity_limit_dkk"),
            monthly_su_dkk: read.number_over_time("su.monthly_su_dkk"),
            double_payment_portions: read.number("su.double_payment_portions"),
            parental_portions: read.number("su.parental_portions"),
            parental_portions_single_parent: read.number("su.parental_portions_single_parent"),
            parental_portions_moved: read.number("su.parental_portions_moved"),
            parental_birth_months: read.number("su.parental_birth_months"),
            parental_co_parent_months: read.number("su.parental_co_parent_months"),
            parental_monthly_portions: read.number("su.parental_monthly_portions"),
            holiday_months: read.number("su.holiday_months"),
            early_start_months: read.codes("su.early_start_months", month_number),
            citizenship_of_denmark: read.list("su.citizenship_of_denmark"),
            beng_support_ends_months: read.number("su.beng_support_ends_months"),
            youth_card_least_days: read.number("su.youth_card_least_days"),
            youth_card_most_days: read.number("su.youth_card_most_days"),
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
            reexam_results: read.list("exams.reexam_results"),
            reexam_periods: read.codes("exams.reexam_months", ReexamPeriod::from_code),
            discontinued_reexams: read.number("exams.discontinued_reexams"),
            quick_reexam_results: read.list("exams.quick_reexam_results"),
            quick_reexam_days: read.number("exams.quick_reexam_days"),
            refused_levels: read.codes("exams.refused_levels", refused_level),
            not_met_result: read.text("exams.not_met_result"),
            new_agreement_months: read.number("exams.new_agreement_months"),
            part_grades: read.codes("exams.part_grades", grade),
            part_pass_grade: read.code("exams.part_pass_grade", |text| text.parse().ok(), 0),
            part_floor_grade: read.code("exams.part_floor_grade", |text| text.parse().ok(), 0),
            part_missing_result: read.text("exams.part_missing_result"),
            cards: Cards::read(&mut read),
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
            thesis_extension_weeks: read.number("degree.thesis_extension_weeks"),
            thesis_extension_ects: read.ects("degree.thesis_extension_ects"),
            thesis_impairment_weeks: read.number("degree.thesis_impairment_weeks"),
            thesis_reexam_weeks: read.number("degree.thesis_reexam_weeks"),
            thesis_board_weeks: read.number("degree.thesis_board_weeks"),
            defence_working_days: read.number("degree.defence_working_days"),
            leave_ects_bachelor: read.ects("degree.leave_ects"),
            leave_ects_master: read.ects("degree.leave_ects_master"),
            leave_without_reason_semesters: read.number("degree.leave_without_reason_semesters"),
            leave_months: read.number("degree.leave_months"),
            leave_application_weeks: read.number("degree.leave_application_weeks"),
            transitional_lacking_ects: read.ects("degree.transitional_lacking_ects"),
            complaint_weeks: read.number("degree.complaint_weeks"),
            complaint_pause: pause(&read.codes("degree.complaint_pause", day_of_year)),
            diploma_weeks: read.number("degree.diploma_weeks"),
            diploma_pause: pause(&read.codes("degree.diploma_pause", day_of_year)),
            general_engineering_ects_bachelor: read.ects("degree.general_engineering_ects"),
            general_engineering_ects_master: read.ects("degree.general_engineering_ects_master"),
            holidays: Holidays::new(
                read.codes("degree.fixed_holidays", day_of_year),
                read.codes("degree.easter_holidays", |text| text.parse().ok()),
                Some((
                    read.number("degree.prayer_day_after_easter"),
                    read.code("degree.prayer_day_abolished_from", Day::parse_iso, inspection),
                )),
            ),
        };
        read.finish(parameters)
    }
}

/// A first and a last day; anything else is no pause.
fn pause(days: &[(u32, u32)]) -> YearlyPause {
    match days {
        [first, last] => YearlyPause { days: Some((*first, *last)) },
        _ => YearlyPause::default(),
    }
}
