//! The parameters that the rules read, typed and fixed for one inspection and one cohort.

use super::book::LawBook;
use super::cards::Cards;
use super::lists::{OverTime, ReexamPeriod, ThesisLength, day_of_year, grade, month_number, refused_level};
use super::reader::Reader;
use super::requirement::Requirement;
use crate::base::{Day, Ects, Holidays, YearlyPause};
use crate::contract::codes::{Certificate, CourseLevel, GrantReason, PaymentKind, ProgrammeLevel};
use crate::diagnostics::Diagnostics;
use crate::verdicts::Regime;

/// Makes [`Parameters`]: of each its field, its type, and how it is read by which key.
macro_rules! parameters {
    (
        one_by_one {
            $($(#[$more:meta])* $see:vis $field:ident: $type:ty = $read:ident($key:literal $(, $with:expr)*);)+
        }
        together { $($(#[$keys:meta])* $several:ident: $of:ty = $from:expr;)+ }
    ) => {
        /// One field per parameter, or per few that belong together. What they mean, their units and
        /// their sources stand in the files of law under their keys.
        #[derive(Clone, Debug)]
        pub struct Parameters {
            $(#[doc = concat!("`", $key, "`")] $(#[$more])* $see $field: $type,)+
            $($(#[$keys])* pub $several: $of,)+
        }

        impl Parameters {
            pub(super) fn resolve(
                book: &LawBook,
                inspection: Day,
                start: Day,
            ) -> Result<Parameters, Diagnostics> {
                let mut read = Reader::new(book, inspection, start);
                let parameters = Parameters {
                    $($field: read.$read($key $(, $with)*),)+
                    $($several: $from(&mut read),)+
                };
                read.finish(parameters)
            }
        }
    };
}

parameters! {
    one_by_one {
        pub regime: Regime = code("su.regime", Regime::from_code, Regime::SixMonths);
        pub regime_needs_review: bool = yes_no("su.regime_needs_review");
        pub counted_payments: Vec<PaymentKind> = codes("su.counted_payment_kinds", PaymentKind::from_code);
        pub deducted_grants: Vec<GrantReason> = codes("su.deducted_grant_reasons", GrantReason::from_code);
        pub start_check_due_months: i32 = number("su.start_check_due_months");
        pub start_check_late_months: i32 = number("su.start_check_late_months");
        pub frame_portions: OverTime<i32> = number_over_time("su.frame_portions");
        pub frame_supplement_portions: OverTime<i32> = number_over_time("su.frame_supplement_portions");
        pub support_extension_applies: OverTime<bool> = yes_no_over_time("su.support_extension_applies");
        pub credit_ects_per_portion: Ects = ects_above_zero("su.credit_ects_per_portion");
        pub portions_left_warning: i32 = number("su.portions_left_warning");
        pub internship_months: i32 = number_above_zero("su.internship_months");
        pub internship_portions: i32 = number("su.internship_portions");
        pub internship_gratuity_limit_dkk: i32 = number("su.internship_gratuity_limit_dkk");
        pub monthly_su_dkk: OverTime<i32> = number_over_time("su.monthly_su_dkk");
        pub double_payment_portions: i32 = number("su.double_payment_portions");
        pub parental_portions: i32 = number("su.parental_portions");
        pub parental_portions_single_parent: i32 = number("su.parental_portions_single_parent");
        pub parental_portions_moved: i32 = number("su.parental_portions_moved");
        pub parental_birth_months: i32 = number("su.parental_birth_months");
        pub parental_co_parent_months: i32 = number("su.parental_co_parent_months");
        pub parental_monthly_portions: i32 = number("su.parental_monthly_portions");
        pub holiday_months: i32 = number("su.holiday_months");
        pub early_start_months: Vec<u32> = codes("su.early_start_months", month_number);
        pub citizenship_of_denmark: Vec<String> = list("su.citizenship_of_denmark");
        pub beng_support_ends_months: i32 = number("su.beng_support_ends_months");
        pub youth_card_least_days: i32 = number("su.youth_card_least_days");
        pub youth_card_most_days: i32 = number("su.youth_card_most_days");
        pub ects_per_month: Ects = ects_above_zero("extra_portions.ects_per_month");
        pub grading_lag_months: i32 = number("extra_portions.grading_lag_months");
        pub committee_limit: i32 = number("extra_portions.committee_limit");
        pub documents_days: i32 = number("extra_portions.documents_days");
        pub accepted_certificates: Vec<Certificate> =
            codes("extra_portions.accepted_certificates", Certificate::from_code);
        pub attempts_allowed: i32 = number("exams.attempts_allowed");
        pub readmission_extra_attempts: i32 = number("exams.readmission_extra_attempts");
        pub third_parts: i32 = number_above_zero("degree.third_parts");
        pub five_ects: Ects = ects("degree.five_ects");
        pub five_ects_semesters: i32 = number_above_zero("degree.five_ects_semesters");
        pub semester_months: i32 = number_above_zero("degree.semester_months");
        semester_ects_full_time: Ects = ects_above_zero("degree.semester_ects");
        semester_ects_industry: Ects = ects_above_zero("degree.semester_ects_industry");
        pub leave_rounding_months: i32 = number("degree.leave_rounding_months");
        pub transitional_ects: Ects = ects("degree.transitional_ects");
        pub readmission_months: i32 = number("degree.readmission_months");
        pub last_semester_months: i32 = number("degree.last_semester_months");
        pub information_meeting_months: i32 = number("degree.information_meeting_months");
        pub personal_interview_months: i32 = number("degree.personal_interview_months");
        pub reexam_results: Vec<String> = list("exams.reexam_results");
        pub reexam_periods: Vec<ReexamPeriod> = codes("exams.reexam_months", ReexamPeriod::from_code);
        pub discontinued_reexams: i32 = number("exams.discontinued_reexams");
        pub quick_reexam_results: Vec<String> = list("exams.quick_reexam_results");
        pub quick_reexam_days: i32 = number("exams.quick_reexam_days");
        pub refused_levels: Vec<(ProgrammeLevel, CourseLevel)> = codes("exams.refused_levels", refused_level);
        pub not_met_result: String = text("exams.not_met_result");
        pub new_agreement_months: i32 = number("exams.new_agreement_months");
        /// As recorded and in numbers, ascending.
        pub part_grades: Vec<(String, i32)> = codes("exams.part_grades", grade);
        pub part_pass_grade: i32 = code("exams.part_pass_grade", |text| text.parse().ok(), 0);
        pub part_floor_grade: i32 = code("exams.part_floor_grade", |text| text.parse().ok(), 0);
        pub part_missing_result: String = text("exams.part_missing_result");
        pub thesis_missing_ects: Ects = ects("degree.thesis_missing_ects");
        thesis_lengths_full_time: Vec<ThesisLength> = codes("degree.thesis_lengths", ThesisLength::from_code);
        thesis_lengths_industry: Vec<ThesisLength> =
            codes("degree.thesis_lengths_industry", ThesisLength::from_code);
        pub half_month_days: i32 = number("degree.half_month_days");
        pub transitional_limit_ects: Ects = ects("degree.transitional_limit_ects");
        pub transitional_new_rules_from: Day = day("degree.transitional_new_rules_from");
        pub exchange_ects_before: Ects = ects("degree.exchange_ects_before");
        pub exchange_transfer_ects: Ects = ects("degree.exchange_transfer_ects");
        pub grading_working_days: i32 = number("degree.grading_working_days");
        pub three_week_months: Vec<u32> = codes("degree.three_week_months", month_number);
        pub entry_credit_months: i32 = number("degree.entry_credit_months");
        pub partial_credit_ects: Ects = ects("degree.partial_credit_ects");
        pub partial_credit_parts: i32 = number_above_zero("degree.partial_credit_parts");
        passed_here_ects_bachelor: Ects = ects("degree.passed_here_ects");
        passed_here_ects_master: Ects = ects("degree.passed_here_ects_master");
        pub thesis_extension_weeks: i32 = number("degree.thesis_extension_weeks");
        pub thesis_extension_ects: Ects = ects("degree.thesis_extension_ects");
        pub thesis_impairment_weeks: i32 = number("degree.thesis_impairment_weeks");
        pub thesis_reexam_weeks: i32 = number("degree.thesis_reexam_weeks");
        pub thesis_board_weeks: i32 = number("degree.thesis_board_weeks");
        pub defence_working_days: i32 = number("degree.defence_working_days");
        leave_ects_bachelor: Ects = ects("degree.leave_ects");
        leave_ects_master: Ects = ects("degree.leave_ects_master");
        pub leave_without_reason_semesters: i32 = number("degree.leave_without_reason_semesters");
        pub leave_months: i32 = number("degree.leave_months");
        pub leave_application_weeks: i32 = number("degree.leave_application_weeks");
        pub transitional_lacking_ects: Ects = ects("degree.transitional_lacking_ects");
        pub complaint_weeks: i32 = number("degree.complaint_weeks");
        pub diploma_weeks: i32 = number("degree.diploma_weeks");
        general_engineering_ects_bachelor: Ects = ects("degree.general_engineering_ects");
        general_engineering_ects_master: Ects = ects("degree.general_engineering_ects_master");
    }
    together {
        requirement: Requirement = Requirement::read;
        /// `cards.*`
        cards: Cards = Cards::read;
        /// `degree.complaint_pause`
        complaint_pause: YearlyPause = |read: &mut Reader| read.pause("degree.complaint_pause");
        /// `degree.diploma_pause`
        diploma_pause: YearlyPause = |read: &mut Reader| read.pause("degree.diploma_pause");
        /// `degree.fixed_holidays`, `degree.easter_holidays` and the day abolished.
        holidays: Holidays = holidays;
    }
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
}

fn holidays(read: &mut Reader) -> Holidays {
    let fixed = read.codes("degree.fixed_holidays", day_of_year);
    let from_easter = read.codes("degree.easter_holidays", |text| text.parse().ok());
    let prayer_day = read.number("degree.prayer_day_after_easter");
    let abolished = (prayer_day, read.day("degree.prayer_day_abolished_from"));
    Holidays::new(fixed, from_easter, Some(abolished))
}
