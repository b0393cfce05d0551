//! The closed code lists of the contract, as types: a column of codes holds positions in the list.

/// Gives an enum its contract codes, in both directions.
macro_rules! codes {
    ($(#[$meta:meta])* $name:ident { $($variant:ident => $code:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($variant),+ }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// In the order of [`Self::ALL`].
            pub const CODES: &'static [&'static str] = &[$($code),+];

            /// The code in files and tables.
            pub const fn code(self) -> &'static str {
                match self { $($name::$variant => $code),+ }
            }

            pub fn from_code(code: &str) -> Option<$name> {
                match code { $($code => Some($name::$variant),)+ _ => None }
            }

            /// By the position in [`Self::CODES`].
            pub fn from_index(index: usize) -> Option<$name> {
                $name::ALL.get(index).copied()
            }
        }
    };
}
pub(crate) use codes;

codes!(Status { Active => "active", OnLeave => "on_leave", Completed => "completed", Withdrawn => "withdrawn" });

impl Status {
    pub const fn has_ended(self) -> bool {
        matches!(self, Status::Completed | Status::Withdrawn)
    }
}

codes!(Language { Da => "da", En => "en" });

codes!(ProgrammeLevel { BEng => "BEng", BSc => "BSc", MSc => "MSc", MScIndustry => "MSc-Industry" });

impl ProgrammeLevel {
    /// Master programmes, the industry variant among them.
    pub const fn is_master(self) -> bool {
        matches!(self, ProgrammeLevel::MSc | ProgrammeLevel::MScIndustry)
    }
}

codes!(CourseLevel { BEng => "BEng", BSc => "BSc", MSc => "MSc", PhD => "PhD" });

codes!(Grading { SevenPoint => "seven_point", PassFail => "pass_fail" });

codes!(EquivalenceKind { Same => "same", Blocked => "blocked" });

codes!(PaymentKind {
    Ordinary => "ordinary",
    Parental => "parental",
    CompletionLoan => "completion_loan",
    DependentsSupplement => "dependents_supplement",
    SupplementaryLoan => "supplementary_loan",
});

codes!(GrantReason {
    Illness => "illness",
    Committee => "committee",
    Special => "special",
    Internship => "internship",
});

codes!(ClaimReason { Illness => "illness", Committee => "committee", Special => "special" });

codes!(Certificate {
    GeneralPractitioner => "general_practitioner",
    HospitalDoctor => "hospital_doctor",
    Psychiatrist => "psychiatrist",
    Psychologist => "psychologist",
    Physiotherapist => "physiotherapist",
    Acupuncturist => "acupuncturist",
    JournalExtract => "journal_extract",
    None => "none",
});

codes!(LeaveReason {
    Parental => "parental",
    Military => "military",
    Illness => "illness",
    Relative => "relative",
    Athlete => "athlete",
    Special => "special",
    None => "none",
});

codes!(ExemptionKind {
    ExtraAttempt => "extra_attempt",
    StudyActivity => "study_activity",
    MaximumDuration => "maximum_duration",
});

codes!(ProjectKind {
    BscProject => "bsc_project",
    BengProject => "beng_project",
    MscThesis => "msc_thesis",
    InternshipPaid => "internship_paid",
    InternshipUnpaid => "internship_unpaid",
});

impl ProjectKind {
    /// BSc/BEng project or MSc thesis; internships are none.
    pub const fn is_final_project(self) -> bool {
        matches!(self, ProjectKind::BscProject | ProjectKind::BengProject | ProjectKind::MscThesis)
    }
}

codes!(ParentalRole { Birth => "birth", CoParent => "co_parent" });

codes!(
    /// A university that gives out student cards.
    CardIssuer { Dtu => "dtu", Ntnu => "ntnu", Ntu => "ntu" }
);
