//! How far a run looks.

use serde::{Deserialize, Serialize};

use super::{Day, Month};

/// The day a run speaks for, and how far each kind of data reaches. Nothing later is known. Letters are dated
/// on the inspection date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cutoffs {
    pub inspection_date: Day,
    /// Inclusive.
    pub payments_through: Month,
    /// Inclusive.
    pub results_through: Day,
}
