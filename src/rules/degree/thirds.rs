//! The figures that the two one-third rules share: DG401 (pass/fail) and DG402 (external).
//!
//! Grading form and examiner are those of the counted course in the catalogue, never read off the
//! grade. Both thirds are taken of the programme's ECTS less what was transferred from other
//! universities, and checked against the whole programme: where the two bases disagree, a person
//! looks at the case.

use crate::base::Ects;
use crate::rules::Case;
use crate::student::codes::Grading;
use crate::student::exports::Course;
use crate::student::view::Known;
use crate::verdicts::{ExternalThird, PassFailThird};

#[derive(Clone, Debug)]
pub struct Thirds {
    pub shares: Known<Shares>,
    /// Known when the final projects are: theses always have an external examiner.
    pub external: Known<Ects>,
    pub pass_fail_third: Known<PassFailThird>,
    pub external_third: Known<ExternalThird>,
    /// With the whole programme as base, this verdict would differ.
    pub pass_fail_base_matters: bool,
    pub external_base_matters: bool,
    /// A final project's course has no external examiner in the catalogue.
    pub project_without_examiner: bool,
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

pub fn decide(case: &Case) -> Thirds {
    let programme = case.programme.ects;
    let project_groups = final_project_courses(case);
    let shares = shares(case);
    let external =
        shares.and_then(|_| external(case, project_groups.as_deref().map_err(|unknown| *unknown)?));
    let pass_fail_third = shares.map(|shares| pass_fail_third(case, shares.pass_fail, shares.base));
    let external_third = shares
        .and_then(|shares| external.map(|external| external_third(case, external, shares.own, shares.base)));
    let pass_fail_base_matters = shares
        .is_ok_and(|shares| Ok(self::pass_fail_third(case, shares.pass_fail, programme)) != pass_fail_third);
    let external_base_matters = shares.is_ok_and(|shares| {
        external.is_ok_and(|external| {
            Ok(self::external_third(case, external, shares.own, programme)) != external_third
        })
    });
    let project_without_examiner = project_groups.is_ok_and(|groups| {
        groups.iter().any(|group| {
            case.exports.catalogue.course(*group).is_some_and(|course| !course.external_examiner)
        })
    });
    Thirds {
        shares,
        external,
        pass_fail_third,
        external_third,
        pass_fail_base_matters,
        external_base_matters,
        project_without_examiner,
    }
}

fn shares(case: &Case) -> Known<Shares> {
    let mut shares = Shares::default();
    for pass in case.counted_passes(|_| false)? {
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
    Ok(shares)
}

fn external(case: &Case, final_projects: &[u32]) -> Known<Ects> {
    let catalogue = &case.exports.catalogue;
    let groups: Vec<u32> = final_projects.iter().map(|course| catalogue.group(*course)).collect();
    let own = case.counted_passes(|_| false)?.filter(|pass| !pass.transferred);
    let external = own.filter(|pass| {
        groups.contains(&pass.group)
            || catalogued(case, pass.course).is_some_and(|course| course.external_examiner)
    });
    Ok(external.map(|pass| pass.ects).sum())
}

fn catalogued<'a>(case: &Case<'a>, course: u32) -> Option<&'a Course> {
    case.exports.catalogue.course(course)
}

/// Course indexes of the final projects of the enrolment.
fn final_project_courses(case: &Case) -> Known<Vec<u32>> {
    let projects = case.projects()?.iter().filter(|project| project.kind.is_final_project());
    Ok(projects.filter_map(|project| project.course).collect())
}

fn pass_fail_third(case: &Case, pass_fail: Ects, base: Ects) -> PassFailThird {
    if pass_fail * case.law.third_parts > base { PassFailThird::Breached } else { PassFailThird::Within }
}

fn external_third(case: &Case, external: Ects, own: Ects, base: Ects) -> ExternalThird {
    let parts = case.law.third_parts;
    let open = (base - own).or_zero();
    if external * parts >= base {
        ExternalThird::Met
    } else if (external + open) * parts < base {
        ExternalThird::Unreachable
    } else {
        ExternalThird::Reachable
    }
}
