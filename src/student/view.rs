//! One enrolment, as slices of the sorted rows.

use super::exports::*;
use super::previous::{PreviousInspection, PreviousVerdict};
use super::result_codes::{ResultCode, ResultCodes};
use crate::base::{Cutoffs, Day, Ects, Month};
use crate::contract::Table;
use crate::contract::codes::{PaymentKind, ProjectKind, Status};

/// What a value is when the data to decide it are missing. Never a zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// An optional table was not given.
    Absent(Table),
    /// The student's months of extended support are not in the register.
    SupportExtension,
    /// An exam was held whose result is not yet known.
    ExamResult,
    /// No earlier run was given.
    PreviousRun,
    /// A thesis project names no course, and one that was passed may be its.
    ThesisCourse,
}

/// A value, or why it is unknown.
pub type Known<T> = Result<T, Unknown>;

/// One row of the results of an enrolment.
#[derive(Clone, Copy, Debug)]
pub struct ResultRow<'a> {
    /// Course index of the catalogue.
    pub course: u32,
    /// Group index of the course.
    pub group: u32,
    pub ects: Ects,
    pub code: &'a ResultCode,
    pub exam_date: Option<Day>,
    pub assessed_on: Day,
    /// Credit from outside the university.
    pub transferred: bool,
    pub transitional: bool,
    pub superseded: bool,
    pub line: u32,
}

impl ResultRow<'_> {
    /// Transferred no later than the programme began.
    pub fn is_entry_credit(&self, started_on: Day) -> bool {
        self.transferred && self.assessed_on <= started_on
    }
}

impl Enrolment {
    /// Ended by its status, but only after a day: the two contradict each other.
    pub fn ends_after(&self, day: Day) -> bool {
        self.status.has_ended() && self.ended_on.is_some_and(|ended| ended > day)
    }
}

/// Why an enrolment is not inspected that ended only after the inspection.
pub const ENDS_LATER: &str = "status_conflict";

/// Everything about one enrolment. Copying it copies references only.
#[derive(Clone, Copy)]
pub struct EnrolmentView<'a> {
    pub exports: &'a Exports,
    results: &'a Results,
    su_payments: &'a Payments,
    small: &'a SmallTables,
    pub codes: &'a ResultCodes,
    pub cutoffs: Cutoffs,
    /// Index into the register.
    pub index: usize,
    pub enrolment: &'a Enrolment,
    pub programme: &'a Programme,
}

impl<'a> EnrolmentView<'a> {
    pub fn new(
        exports: &'a Exports,
        codes: &'a ResultCodes,
        cutoffs: Cutoffs,
        index: usize,
    ) -> EnrolmentView<'a> {
        let enrolment = &exports.enrolments[index];
        let programme = &exports.programmes[enrolment.programme as usize];
        let (results, su_payments, small) = (&exports.results, &exports.su_payments, &exports.small);
        EnrolmentView { exports, results, su_payments, small, codes, cutoffs, index, enrolment, programme }
    }

    /// The same enrolment with its rows taken from its bucket.
    pub fn within(self, bulk: &'a Bulk) -> EnrolmentView<'a> {
        EnrolmentView { results: &bulk.results, su_payments: &bulk.su_payments, small: &bulk.small, ..self }
    }

    /// Active or on leave, and begun by the inspection date; otherwise why it is not inspected.
    pub fn exclusion(&self) -> Option<&'static str> {
        match self.enrolment.status {
            Status::Completed | Status::Withdrawn if self.ends_later() => Some(ENDS_LATER),
            Status::Completed => Some("completed"),
            Status::Withdrawn => Some("withdrawn"),
            _ if self.enrolment.started_on > self.cutoffs.inspection_date => Some("not_begun"),
            _ => None,
        }
    }

    /// Ended by the register, but only after the inspection: an export younger than the inspection, or
    /// a wrong day. Whether it was to be inspected is then for a person.
    pub fn ends_later(&self) -> bool {
        self.enrolment.ends_after(self.cutoffs.inspection_date)
    }

    /// The day the programme ended, when it has.
    pub fn ended_on(&self) -> Option<Day> {
        self.enrolment.ended_on.filter(|_| self.enrolment.status.has_ended() && !self.ends_later())
    }

    /// Results that count anywhere: known by the cut-off, not superseded, and not marked
    /// transitional on a bachelor programme. In the order in which the first pass of a group is
    /// the one that counts.
    pub fn results(&self) -> impl Iterator<Item = ResultRow<'a>> + use<'a> {
        let view = *self;
        let bachelor = !view.programme.level.is_master();
        let through = view.cutoffs.results_through;
        view.all_results().filter(move |row| {
            row.assessed_on <= through && !row.superseded && !(bachelor && row.transitional)
        })
    }

    /// The same enrolment with results read up to another day.
    pub fn reading_results_through(self, day: Day) -> EnrolmentView<'a> {
        EnrolmentView { cutoffs: Cutoffs { results_through: day, ..self.cutoffs }, ..self }
    }

    /// Every row, also superseded ones and what the cut-off hides: only for what [`Self::results`]
    /// leaves out on purpose.
    pub fn all_results(&self) -> impl Iterator<Item = ResultRow<'a>> + use<'a> {
        let codes = self.codes;
        self.results.of(self.index).iter().filter_map(move |row| {
            Some(ResultRow {
                course: row.course,
                group: row.group,
                ects: Ects::hundredths(row.ects),
                code: codes.get(row.code)?,
                exam_date: (row.exam_date != NO_DAY).then(|| Day::from_epoch_days(row.exam_date)),
                assessed_on: Day::from_epoch_days(row.assessed_on),
                transferred: row.flags & result_flag::TRANSFERRED != 0,
                transitional: row.flags & result_flag::TRANSITIONAL != 0,
                superseded: row.flags & result_flag::SUPERSEDED != 0,
                line: row.line,
            })
        })
    }

    /// The pass that counts of every course group, without the rows that `leave_out` names.
    pub fn counted_passes<F>(&self, leave_out: F) -> Known<impl Iterator<Item = ResultRow<'a>> + use<'a, F>>
    where
        F: Fn(&ResultRow<'a>) -> bool + 'a,
    {
        self.equivalences()?;
        let mut last_group = None;
        Ok(self.results().filter(move |row| {
            if !row.code.passed || leave_out(row) || last_group == Some(row.group) {
                return false;
            }
            last_group = Some(row.group);
            true
        }))
    }

    /// The pass that counts of every course group, where all of them are wanted more than once.
    pub fn passes(&self) -> Known<Vec<ResultRow<'a>>> {
        let counted = self.counted_passes(|_| false)?;
        let mut passes = Vec::with_capacity(self.results.of(self.index).len());
        passes.extend(counted);
        Ok(passes)
    }

    /// All payments of the months that are known, by month, kind, portions and amount.
    pub fn payments(&self) -> &'a [Payment] {
        let rows = self.su_payments.of(self.index);
        &rows[..rows.partition_point(|row| row.month <= self.cutoffs.payments_through)]
    }

    /// Those of one kind, each month by itself.
    pub fn payments_by_month(&self, kind: PaymentKind) -> impl Iterator<Item = &'a [Payment]> + use<'a> {
        let of_one_kind = self.payments().chunk_by(|a, b| (a.month, a.kind) == (b.month, b.kind));
        of_one_kind.filter(move |rows| rows[0].kind == kind)
    }

    /// Portions of every kind of payment in the months that are known, in the order of the kinds.
    pub fn portions_by_kind(&self) -> [i32; PaymentKind::ALL.len()] {
        let mut sums = [0; PaymentKind::ALL.len()];
        self.payments().iter().for_each(|row| sums[row.kind as usize] += row.portions);
        sums
    }

    /// Portions of one kind of payment in the months that are known.
    pub fn portions_paid(&self, kind: PaymentKind) -> i32 {
        self.payments().iter().filter(|row| row.kind == kind).map(|row| row.portions).sum()
    }

    /// Portions of one kind of payment month by month, without the months of none.
    pub fn portions_by_month(&self, kind: PaymentKind) -> impl Iterator<Item = (Month, i32)> + use<'a> {
        self.portions_by_month_of(move |row| row == kind)
    }

    /// The same of several kinds together.
    pub fn portions_by_month_of<F>(&self, kinds: F) -> impl Iterator<Item = (Month, i32)> + use<'a, F>
    where
        F: Fn(PaymentKind) -> bool,
    {
        let months = self.payments().chunk_by(|a, b| a.month == b.month).map(move |rows| {
            let portions = rows.iter().filter(|row| kinds(row.kind)).map(|row| row.portions).sum();
            (rows[0].month, portions)
        });
        months.filter(|(_, portions)| *portions > 0)
    }

    /// Extra portions granted by the inspection.
    pub fn grants(&self) -> Known<impl Iterator<Item = &'a Grant> + use<'a>> {
        grants_of(self.exports, self.index, self.cutoffs.inspection_date)
    }

    /// Leaves with their whole length, future ones too.
    pub fn leaves(&self) -> Known<&'a [Leave]> {
        self.small(&self.small.leaves, Table::Leaves)
    }

    /// Exemptions granted by the inspection.
    pub fn exemptions(&self) -> Known<impl Iterator<Item = &'a Exemption> + use<'a>> {
        let date = self.cutoffs.inspection_date;
        let rows = optional(&self.exports.exemptions, Table::Exemptions, self.index)?;
        Ok(rows.iter().filter(move |exemption| exemption.granted_on <= date))
    }

    /// Projects and internships, future ones too. One abandoned before its first day never was, once that is known.
    pub fn projects(&self) -> Known<impl Iterator<Item = &'a Project> + Clone + use<'a>> {
        let rows = self.small(&self.small.projects, Table::Projects)?;
        let date = self.cutoffs.inspection_date;
        Ok(rows.iter().filter(move |project| !project.was_cancelled_by(date)))
    }

    /// BSc/BEng projects and MSc theses that were not abandoned by the inspection.
    pub fn final_projects(&self) -> Known<impl Iterator<Item = &'a Project> + use<'a>> {
        let date = self.cutoffs.inspection_date;
        Ok(self.projects()?.filter(move |project| {
            project.kind.is_final_project() && project.abandoned_on.is_none_or(|abandoned| abandoned > date)
        }))
    }

    /// Registered for a BSc/BEng project or MSc thesis on the inspection date; of several, the one
    /// that ends last.
    pub fn current_final_project(&self) -> Known<Option<&'a Project>> {
        let date = self.cutoffs.inspection_date;
        let current = self.final_projects()?.filter(|project| {
            project.starts_on <= date
                && date <= project.deadline()
                && project.finished_on.is_none_or(|finished| finished > date)
        });
        Ok(current.max_by_key(|project| project.deadline()))
    }

    /// Paid internships begun by the inspection.
    pub fn paid_internships(&self) -> Known<impl Iterator<Item = &'a Project> + use<'a>> {
        let date = self.cutoffs.inspection_date;
        let paid = self.projects()?.filter(|project| project.kind == ProjectKind::InternshipPaid);
        Ok(paid.filter(move |project| project.starts_on <= date))
    }

    /// Registrations known by the inspection and not withdrawn by then, for courses that were not
    /// cancelled: no exam of those is held.
    pub fn registrations(&self) -> Known<impl Iterator<Item = &'a Registration> + use<'a>> {
        let date = self.cutoffs.inspection_date;
        let rows = self.small(&self.small.exam_registrations, Table::ExamRegistrations)?;
        Ok(rows.iter().filter(move |row| {
            row.registered_on <= date
                && row.withdrawn_on.is_none_or(|withdrawn| withdrawn > date)
                && !row.course_cancelled
        }))
    }

    /// Registrations known by the inspection, also the ones withdrawn and of cancelled courses.
    pub fn registrations_and_withdrawals(&self) -> Known<impl Iterator<Item = &'a Registration> + use<'a>> {
        let date = self.cutoffs.inspection_date;
        let rows = self.small(&self.small.exam_registrations, Table::ExamRegistrations)?;
        Ok(rows.iter().filter(move |row| row.registered_on <= date))
    }

    pub fn approvals_abroad(&self) -> Known<&'a [ApprovalAbroad]> {
        self.small(&self.small.approvals_abroad, Table::ApprovalsAbroad)
    }

    pub fn parental_rights(&self) -> Known<&'a [ParentalRight]> {
        self.small(&self.small.parental_rights, Table::ParentalRights)
    }

    /// Youth cards with their whole period, future ones too.
    pub fn youth_cards(&self) -> Known<&'a [YouthCard]> {
        self.small(&self.small.youth_cards, Table::YouthCards)
    }

    pub fn exam_complaints(&self) -> Known<&'a [ExamComplaint]> {
        self.small(&self.small.exam_complaints, Table::ExamComplaints)
    }

    pub fn part_results(&self) -> Known<&'a [PartResult]> {
        self.small(&self.small.part_results, Table::PartResults)
    }

    pub fn early_starts(&self) -> Known<&'a [EarlyStart]> {
        self.small(&self.small.early_starts, Table::EarlyStarts)
    }

    pub fn transitional_semesters(&self) -> Known<&'a [TransitionalSemester]> {
        self.small(&self.small.transitional_semesters, Table::TransitionalSemesters)
    }

    pub fn student_cards(&self) -> Known<&'a [StudentCard]> {
        self.small(&self.small.student_cards, Table::StudentCards)
    }

    fn small<T>(&self, table: &'a Option<Grouped<T>>, name: Table) -> Known<&'a [T]> {
        let rows = table.as_ref().ok_or(Unknown::Absent(name))?;
        Ok(self.small.members.position(self.index).map_or(&[], |position| rows.of(position)))
    }

    /// Applications whose form was completed by the inspection.
    pub fn claims(&self) -> impl Iterator<Item = &'a Claim> + use<'a> {
        let date = self.cutoffs.inspection_date;
        let rows = self.exports.extra_portion_claims.as_ref().map_or(&[][..], |claims| claims.of(self.index));
        rows.iter().filter(move |claim| claim.form_completed_on <= date)
    }

    /// Course groups mean nothing before the table of equivalences is known.
    pub fn equivalences(&self) -> Known<()> {
        if self.exports.catalogue.equivalences_known {
            Ok(())
        } else {
            Err(Unknown::Absent(Table::CourseEquivalences))
        }
    }

    /// Readmitted by the inspection.
    pub fn readmitted_on(&self) -> Option<Day> {
        self.enrolment.readmitted_on.filter(|day| *day <= self.cutoffs.inspection_date)
    }

    /// The earlier inspection, and what it said of this enrolment; `None`: not inspected then.
    pub fn previous(&self) -> Known<(&'a PreviousInspection, Option<&'a PreviousVerdict>)> {
        let previous = self.exports.previous.as_ref().ok_or(Unknown::PreviousRun)?;
        Ok((previous, previous.verdicts.get(self.index).and_then(Option::as_ref)))
    }

    /// Another enrolment of the register, seen from the same day.
    pub fn other(&self, index: u32) -> EnrolmentView<'a> {
        let enrolment = &self.exports.enrolments[index as usize];
        let programme = &self.exports.programmes[enrolment.programme as usize];
        EnrolmentView { index: index as usize, enrolment, programme, ..*self }
    }

    /// All enrolments of the same student, this one among them, by register index.
    pub fn enrolments_of_student(&self) -> &'a [u32] {
        self.exports.enrolments_of_student(self.index)
    }
}

/// Grants of any enrolment of the register made by a date.
pub fn grants_of(exports: &Exports, index: usize, by: Day) -> Known<impl Iterator<Item = &Grant> + '_> {
    let rows = optional(&exports.extra_portion_grants, Table::ExtraPortionGrants, index)?;
    Ok(rows.iter().filter(move |grant| grant.granted_on <= by))
}

fn optional<T>(table: &Option<Grouped<T>>, name: Table, index: usize) -> Known<&[T]> {
    table.as_ref().map(|rows| rows.of(index)).ok_or(Unknown::Absent(name))
}
