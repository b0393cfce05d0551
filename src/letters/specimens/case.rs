//! One invented student whose figures follow from the law in force.

use std::collections::BTreeSet;

use crate::base::{Cpr, Cutoffs, Day, Ects, Month, Semester};
use crate::contract::codes::*;
use crate::law::Parameters;
use crate::letters::context::{self, BuildError, Facts, LetterContext};
use crate::letters::drafts;
use crate::letters::hearings::Round;
use crate::letters::law::LetterLaw;
use crate::letters::sendable::Sendable;
use crate::letters::worklist::{Entry, Step};
use crate::student::exports::{Claim, Enrolment, Person, Programme, Registered};
use crate::verdicts::*;

/// One student, with everything that a letter is built from.
#[derive(Clone)]
pub(super) struct Case {
    pub person: Person,
    pub enrolment: Enrolment,
    pub programme: Programme,
    pub row: InspectionRow,
    pub attempts: Vec<AttemptRow>,
    pub progress: Vec<ProgressPoint>,
    pub particulars: Particulars,
    pub claim: (ClaimRow, Claim),
    /// The application is one that is not decided.
    pub undecided: bool,
}

pub(super) const CONDITIONS: [ReviewReason; 9] = [
    ReviewReason::SupportInPeriod,
    ReviewReason::DelayHasArisen,
    ReviewReason::CertificateAccepted,
    ReviewReason::CertificateSigned,
    ReviewReason::CertificatePeriodStated,
    ReviewReason::PersonalStatement,
    ReviewReason::DocumentsInTime,
    ReviewReason::NotChronic,
    ReviewReason::NoParentalPeriod,
];

impl Case {
    pub fn new(
        start: Day,
        amounts: &Parameters,
        law: &LetterLaw,
        cutoffs: &Cutoffs,
        language: Language,
    ) -> Case {
        let enrolment = enrolment(start, language);
        let row = inspection_row(start, amounts, cutoffs);
        let progress = vec![ProgressPoint {
            month: cutoffs.inspection_date.month(),
            klip_net: row.klip_net,
            ects: row.ects_counted,
        }];
        Case {
            person: Person {
                given_name: "Åse".to_owned(),
                family_name: "Prøve".to_owned(),
                email: "s000001@student.example".to_owned(),
                cpr: Cpr::parse("9901990007"),
            },
            programme: Programme {
                code: "MSC-PRV".to_owned(),
                title: "Prøveuddannelse".to_owned(),
                level: ProgrammeLevel::MSc,
                ects: Ects::points(120),
                prescribed_months: 24,
                max_months: 36,
                line: 0,
            },
            enrolment,
            particulars: particulars(start, &row, amounts),
            row,
            attempts: Vec::new(),
            progress,
            claim: claim(law, cutoffs.inspection_date.month()),
            undecided: false,
        }
    }

    fn registered(&self) -> Registered<'_> {
        Registered { enrolment: &self.enrolment, person: &self.person, programme: &self.programme }
    }

    pub fn letter(
        &self,
        kind: LetterKind,
        law: &LetterLaw,
        cutoffs: &Cutoffs,
    ) -> Result<LetterContext, BuildError> {
        let sendable =
            Sendable::check(&self.row, kind).map_err(|_| BuildError::Inconsistent("the specimen"))?;
        let facts = Facts {
            attempts: &self.attempts,
            progress: &self.progress,
            particulars: Some(&self.particulars),
            undecided: &self.waiting(),
        };
        context::build(sendable, self.registered(), &facts, law, cutoffs)
    }

    fn waiting(&self) -> Vec<&Claim> {
        self.undecided.then_some(&self.claim.1).into_iter().collect()
    }

    pub fn draft(
        &self,
        kind: DraftKind,
        law: &LetterLaw,
        cutoffs: &Cutoffs,
    ) -> Result<LetterContext, BuildError> {
        let is_claim = kind == DraftKind::ExtraKlipDecision;
        let entry = Entry {
            step: Step::Draft,
            paper: Some(Paper::Draft(kind)),
            who: self.registered(),
            row: Some(&self.row),
            claim: is_claim.then_some((&self.claim.0, &self.claim.1)),
            particulars: Some(&self.particulars),
            undecided: self.waiting(),
            findings: Vec::new(),
            deadline: None,
            reasons: String::new(),
        };
        let answer_by = cutoffs.inspection_date.plus_days(-1);
        // A check is late or in time by the day of its hearing.
        let on = match self.row.start_check {
            Some(StartCheck::Failed) => self.row.started_on.plus_months_clamped(6),
            _ => answer_by.plus_days(-law.response_days),
        };
        let heard = Round { on, answer_by, answer_time: law.response_time.clone(), written: BTreeSet::new() };
        drafts::wording_of(kind, &entry, Some(&heard), law, cutoffs)
    }

    pub fn guided(&mut self, guidance: Guidance, months_late: i32) {
        (self.row.guidance, self.row.months_late) = (Some(guidance), Some(months_late));
        self.particulars.prescribed_end =
            Some(self.row.inspection_date.plus_months_clamped(-months_late).plus_days(-1));
    }

    /// One course at its limit, with every result that uses an attempt.
    pub fn at_limit(&mut self, title: &str, state: AttemptState, used: i32) {
        let course_group = format!("{:05}", 1_005 + self.attempts.len());
        let name = CourseName { code: course_group.as_str().into(), title: title.to_owned() };
        let today = self.row.inspection_date;
        let attempt = |number: i32| UsedAttempt {
            course: name.clone(),
            exam_date: Some(today.plus_days(-120 * (used - number))),
            result: ["EM", "IG", "00", "SN"][(number % 4) as usize].into(),
        };
        self.attempts.push(AttemptRow {
            enrolment_id: self.row.enrolment_id.clone(),
            course_group: name.code.clone(),
            used,
            allowed: Some(used.max(1)),
            ill: 0,
            passed: false,
            pending: false,
            state: Some(state),
            last_exam_date: Some(today),
        });
        self.particulars.courses.push(CourseAtLimit {
            course_group: name.code.clone(),
            title: name.title.clone(),
            attempts: (0..used).map(attempt).collect(),
        });
    }

    /// So many passes do not count.
    pub fn not_counting(&mut self, count: usize) {
        let pass = |number: usize| NotCounted {
            pass: self.pass(number, Ects::points(5)),
            counted: CourseName { code: "01001".into(), title: "Matematik 1".to_owned() },
        };
        self.particulars.not_counted = Some((0..count).map(pass).collect());
    }

    /// Passed in the last semesters.
    pub fn passed(&mut self, ects: Ects) {
        self.row.ects_last_two_semesters = Some(ects);
        let passed = (ects > Ects::ZERO).then(|| self.pass(0, ects));
        self.particulars.five_ects = Some(passed.into_iter().collect());
    }

    fn pass(&self, number: usize, ects: Ects) -> Pass {
        let course = CourseName { code: format!("{:05}", 10_850 + number).into(), title: "Fysik".to_owned() };
        Pass { course, assessed_on: self.row.inspection_date.plus_days(-100), ects }
    }

    /// So many portions are left, by what the programme gives or by the frame.
    pub fn portions_left(&mut self, left: i32, by_frame: bool) {
        self.row.portions_left = Some(left);
        if let Some(sum) = &mut self.particulars.portions {
            sum.used_here += sum.left_of_programme() - left;
            sum.used_in_all = sum.used_here;
            if by_frame {
                sum.used_in_all += sum.left_of_frame() - left;
                (sum.used_here, sum.granted_here) = (sum.used_here - 6, 0);
            }
        }
    }

    /// One portion less, for this reason.
    pub fn cap(&mut self, cap: Cap, per_portion: Ects) {
        let (row, form) = &mut self.claim;
        let less = row.portions_estimate.unwrap_or_default() - 1;
        (row.portions_estimate, row.capped_by) = (Some(less), Some(cap));
        match cap {
            Cap::Support => row.months_supported = less,
            Cap::Applied => form.months_applied = less,
            Cap::WholeDelay => row.ects_whole_delay = Some(per_portion * less),
            Cap::Granted => row.portions_granted = Some(1),
            Cap::Committee => row.committee_left = Some(less),
        }
    }

    pub fn open(&mut self, position: usize) {
        if let Some(condition) = self.claim.0.conditions.get_mut(position) {
            condition.state = ConditionState::NotMet;
            self.claim.0.reviews.add(condition.name);
        }
    }
}

fn enrolment(start: Day, language: Language) -> Enrolment {
    Enrolment {
        student_id: "s000001".into(),
        enrolment_id: "E0000001".into(),
        has_cpr: true,
        language,
        country: "DK".into(),
        citizenship: None,
        programme: 0,
        started_on: start,
        status: Status::Active,
        ended_on: None,
        support_extension_months: Some(12),
        shortening_credit: Ects::ZERO,
        readmitted_on: None,
        disability_supplement: false,
        single_parent: false,
        digital_post: true,
        line: 0,
    }
}

/// Three control points and a half reached, and a course missing at the last of them.
fn inspection_row(start: Day, law: &Parameters, cutoffs: &Cutoffs) -> InspectionRow {
    let step = law.requirement.step().max(2);
    let reached =
        (law.requirement.allowed_delay.whole_steps(law.requirement.ects_per_portion) / step + 2) * step;
    let (extra, net) = (2, reached + step / 2);
    let required = law.requirement.required(net);
    let missing = Ects::hundredths(750).min(required);
    let counted = required - missing;
    InspectionRow {
        student_id: "s000001".into(),
        enrolment_id: "E0000001".into(),
        programme_code: "MSC-PRV".to_owned(),
        level: ProgrammeLevel::MSc,
        started_on: start,
        status: Status::Active,
        inspection_date: cutoffs.inspection_date,
        regime: if law.requirement.in_steps() { Regime::SixMonths } else { Regime::TwelveMonths },
        klip_gross: net + extra,
        klip_parental: 4,
        klip_extra: Some(extra),
        klip_net: Some(net),
        control_point: Some(reached),
        ects_counted: Some(counted),
        ects_provisional: Some(Ects::points(5).min(counted)),
        ects_transferred: Some(Ects::points(10).min(counted)),
        ects_required: Some(required),
        ects_missing: Some(missing),
        ects_behind: Some(law.requirement.ects_per_portion * net - counted),
        progress: Some(Progress::Inactive),
        start_check: Some(StartCheck::Failed),
        su_status: Some(SuStatus::Inactive),
        robust: Some(true),
        flips: Some(Vec::new()),
        portions_left: Some(0),
        ects_last_two_semesters: Some(Ects::ZERO),
        five_ects: Some(FiveEcts::NotMet),
        five_ects_semesters: semesters_before(cutoffs.inspection_date, law.five_ects_semesters),
        maximum_date: Some(cutoffs.inspection_date.plus_days(100)),
        maximum_state: Some(MaximumState::Within),
        months_late: Some(law.information_meeting_months),
        guidance: Some(Guidance::InformationMeeting),
        courses_last_attempt: Some(0),
        courses_exhausted: Some(0),
        pass_fail_ects: None,
        external_ects: None,
        ratio_base: None,
        pass_fail_third: None,
        external_third: None,
        reviews: Reviews::default(),
        letters: Vec::new(),
        letters_held: Vec::new(),
    }
}

/// With an extension, credit and extra portions, as far as the law has them.
fn particulars(start: Day, row: &InspectionRow, law: &Parameters) -> Particulars {
    let today = row.inspection_date;
    let extends = law.support_extension_applies.on_or_first(today);
    let calculation = PortionsCalculation {
        prescribed: 24,
        extension: if extends { 12 } else { 0 },
        credit: 1,
        granted_here: 2,
        used_here: 10,
        frame: law.frame_portions.on_or_first(today),
        supplement: law.frame_supplement_portions.on_or_first(today),
        granted_in_all: 2,
        used_in_all: 10,
    };
    Particulars {
        enrolment_id: row.enrolment_id.clone(),
        courses: Vec::new(),
        not_counted: Some(Vec::new()),
        five_ects: Some(Vec::new()),
        portions: Some(calculation),
        prescribed_end: None,
        readmitted_on: Some(start),
    }
}

/// The latest first.
fn semesters_before(inspection: Day, count: i32) -> Vec<Semester> {
    let all = std::iter::successors(Some(Semester::of(inspection).previous()), |it| Some(it.previous()));
    all.take(count as usize).collect()
}

/// Three months with support, two portions and a half of delay, all conditions met.
fn claim(law: &LetterLaw, month: Month) -> (ClaimRow, Claim) {
    let expected = law.ects_per_portion * 3;
    let passed = Ects::hundredths(250);
    let delay = expected - passed;
    let estimate = delay.whole_steps(law.ects_per_portion);
    let row = ClaimRow {
        claim_id: "K000001".to_owned(),
        enrolment_id: "E0000001".into(),
        months_supported: 3,
        ects_expected: Some(expected),
        ects_passed: Some(passed),
        ects_delay: Some(delay),
        ects_remainder: Some(delay.remainder(law.ects_per_portion)),
        portions_estimate: Some(estimate),
        capped_by: None,
        conditions: CONDITIONS
            .iter()
            .map(|name| Condition { name: *name, state: ConditionState::Met })
            .collect(),
        reviews: Reviews::default(),
        ects_whole_delay: Some(delay + delay),
        portions_granted: Some(0),
        committee_left: None,
    };
    let form = Claim {
        claim_id: "K000001".to_owned(),
        reason: ClaimReason::Special,
        period_from: month.plus(-6),
        period_to: month.plus(-4),
        months_applied: estimate,
        form_completed_on: month.first_day(),
        documents_received_on: None,
        certificate: Certificate::None,
        chronic: false,
        statement: true,
        certificate_signed: None,
        certificate_period_stated: None,
        other_support_months: 0,
        line: 0,
    };
    (row, form)
}
