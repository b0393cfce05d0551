//! The figures that the two one-third rules share: DG401 (pass/fail) and DG402 (external).
//!
//! Grading form and examiner are those of the counted course in the catalogue, never read off the
//! grade. Both thirds are taken of the programme's ECTS less what was transferred from other
//! universities, and checked against the whole programme: where the two bases disagree, a person
//! looks at the case.

use crate::base::Ects;
use crate::contract::codes::Grading;
use crate::rules::Case;
use crate::student::exports::Course;
use crate::student::view::{Known, ResultRow};
use crate::verdicts::{ExternalThird, PassFailThird};

#[derive(Clone, Debug)]
pub struct Thirds {
    pub shares: Known<Shares>,
    /// Known when the final projects are: theses always have an external examiner.
    pub external: Known<Ects>,
    pub pass_fail_third: Known<PassFailThird>,
    pub external_third: Known<ExternalThird>,
    /// With the whole programme as base, the verdict would differ.
    pub pass_fail_base_matters: bool,
    pub external_base_matters: bool,
    /// A final project's course has no external examiner in the catalogue.
    pub project_without_examiner: bool,
    /// A final project names no course, so its pass cannot be told from others.
    pub project_without_course: bool,
}

/// Sums over the counted passes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shares {
    /// Own passed ECTS.
    pub own: Ects,
    /// Of them assessed pass/fail.
    pub pass_fail: Ects,
    pub transferred: Ects,
    /// Programme ECTS less the transferred ones, not below 0.
    pub base: Ects,
}

impl Shares {
    /// What is still to be passed here. It stays the same when the whole programme is tried as
    /// base: credit that was transferred is not open again.
    pub fn open(&self) -> Ects {
        (self.base - self.own).or_zero()
    }
}

pub fn decide(case: &Case, passes: Known<&[ResultRow]>) -> Thirds {
    let shares = passes.map(|passes| shares(case, passes));
    let courses = final_project_courses(case);
    let external = passes.and_then(|passes| match &courses {
        Ok(courses) => Ok(external(case, passes, courses)),
        Err(unknown) => Err(*unknown),
    });
    let pass_fail_of = |base: fn(&Case, Shares) -> Ects| {
        shares.map(|shares| pass_fail_third(case, shares.pass_fail, base(case, shares)))
    };
    let external_of = |base: fn(&Case, Shares) -> Ects| -> Known<ExternalThird> {
        Ok(external_third(case, external?, shares?.open(), base(case, shares?)))
    };
    let without_transfers: fn(&Case, Shares) -> Ects = |_, shares| shares.base;
    let whole_programme: fn(&Case, Shares) -> Ects = |case, _| case.programme.ects;
    Thirds {
        shares,
        external,
        pass_fail_third: pass_fail_of(without_transfers),
        external_third: external_of(without_transfers),
        pass_fail_base_matters: pass_fail_of(without_transfers) != pass_fail_of(whole_programme),
        external_base_matters: external_of(without_transfers) != external_of(whole_programme),
        project_without_examiner: courses.is_ok_and(|courses| {
            let catalogue = &case.exports.catalogue;
            courses
                .iter()
                .any(|course| catalogue.course(*course).is_some_and(|course| !course.external_examiner))
        }),
        project_without_course: case.projects().is_ok_and(|mut projects| {
            projects.any(|project| project.kind.is_final_project() && project.course.is_none())
        }),
    }
}

fn shares(case: &Case, passes: &[ResultRow]) -> Shares {
    let mut shares = Shares::default();
    for pass in passes {
        if pass.transferred {
            shares.transferred += pass.ects;
        } else {
            shares.own += pass.ects;
            if catalogued(case, pass.course).is_some_and(|course| course.grading == Grading::PassFail) {
                shares.pass_fail += pass.ects;
            }
        }
    }
    shares.base = (case.programme.ects - shares.transferred).or_zero();
    shares
}

fn external(case: &Case, passes: &[ResultRow], final_projects: &[u32]) -> Ects {
    let catalogue = &case.exports.catalogue;
    let groups: Vec<u32> = final_projects.iter().map(|course| catalogue.group(*course)).collect();
    let own = passes.iter().filter(|pass| !pass.transferred);
    let external = own.filter(|pass| {
        groups.contains(&pass.group)
            || catalogued(case, pass.course).is_some_and(|course| course.external_examiner)
    });
    external.map(|pass| pass.ects).sum()
}

fn catalogued<'a>(case: &Case<'a>, course: u32) -> Option<&'a Course> {
    case.exports.catalogue.course(course)
}

/// Course indexes of the final projects of the enrolment.
fn final_project_courses(case: &Case) -> Known<Vec<u32>> {
    let projects = case.projects()?.filter(|project| project.kind.is_final_project());
    Ok(projects.filter_map(|project| project.course).collect())
}

fn pass_fail_third(case: &Case, pass_fail: Ects, base: Ects) -> PassFailThird {
    if pass_fail * case.law.third_parts > base { PassFailThird::Breached } else { PassFailThird::Within }
}

fn external_third(case: &Case, external: Ects, open: Ects, base: Ects) -> ExternalThird {
    let parts = case.law.third_parts;
    if external * parts >= base {
        ExternalThird::Met
    } else if (external + open) * parts < base {
        ExternalThird::Unreachable
    } else {
        ExternalThird::Reachable
    }
}
