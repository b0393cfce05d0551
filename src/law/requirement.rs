//! The ECTS that the law asks for, by net klip: the one place where they are worked out.

use super::reader::Reader;
use crate::base::Ects;
use crate::contract::codes::codes;

codes!(
    /// How the required ECTS follow from net klip.
    RequirementMethod { Step => "step", Linear => "linear" }
);

/// What progress is asked for. Rules judge by it, and letters explain it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// `su.requirement_method`
    pub method: RequirementMethod,
    /// `su.ects_per_portion`
    pub ects_per_portion: Ects,
    /// `su.allowed_delay_ects`
    pub allowed_delay: Ects,
    /// `su.control_point_portions`
    pub control_point_portions: i32,
}

impl Requirement {
    pub(super) fn read(read: &mut Reader) -> Requirement {
        Requirement {
            method: read.code("su.requirement_method", RequirementMethod::from_code, RequirementMethod::Step),
            ects_per_portion: read.ects_above_zero("su.ects_per_portion"),
            allowed_delay: read.ects("su.allowed_delay_ects"),
            control_point_portions: read.number_above_zero("su.control_point_portions"),
        }
    }

    /// Whether it rises at control points and stays level between them.
    pub fn in_steps(&self) -> bool {
        self.method == RequirementMethod::Step
    }

    /// Net klip from one control point to the next; never none.
    pub fn step(&self) -> i32 {
        self.control_point_portions.max(1)
    }

    /// The last full control point of net klip.
    pub fn control_point(&self, net: i32) -> i32 {
        net.div_euclid(self.step()) * self.step()
    }

    /// What the klip that count correspond to before the allowed delay: all of them, or those up to the
    /// control point.
    pub fn norm(&self, net: i32) -> Ects {
        self.ects_per_portion * if self.in_steps() { self.control_point(net) } else { net }
    }

    pub fn required(&self, net: i32) -> Ects {
        (self.norm(net) - self.allowed_delay).or_zero()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_level_between_control_points_and_a_line_is_not() {
        let steps = Requirement {
            method: RequirementMethod::Step,
            ects_per_portion: Ects::points(5),
            allowed_delay: Ects::points(30),
            control_point_portions: 6,
        };
        let line = Requirement { method: RequirementMethod::Linear, ..steps };
        for (net, in_steps, in_a_line) in [(0, 0, 0), (7, 0, 5), (11, 0, 25), (12, 30, 30), (17, 30, 55)] {
            let required = (steps.required(net), line.required(net));
            assert_eq!(required, (Ects::points(in_steps), Ects::points(in_a_line)), "{net}");
        }
        assert_eq!((steps.norm(17), line.norm(17)), (Ects::points(60), Ects::points(85)));
        // A law without control points stops no run by a division.
        assert_eq!(Requirement { control_point_portions: 0, ..steps }.control_point(17), 17);
    }
}
