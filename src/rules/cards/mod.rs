//! ID5: student cards, by the policy of the university that gives them out.

pub mod id501;
