//! Why a row was rejected or repaired: one closed list, in words in rejected.csv.

/// Gives each reason its code, its explanation and what to do about it.
macro_rules! reasons {
    ($($variant:ident $code:literal $explanation:literal $advice:literal)+) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Reason { $($variant),+ }

        impl Reason {
            pub const ALL: &'static [Reason] = &[$(Reason::$variant),+];

            /// The code in `rejected.parquet`.
            pub const fn code(self) -> &'static str {
                match self { $(Reason::$variant => $code),+ }
            }

            /// What is wrong, in one line.
            pub const fn explanation(self) -> &'static str {
                match self { $(Reason::$variant => $explanation),+ }
            }

            /// What to do, in one line.
            pub const fn advice(self) -> &'static str {
                match self { $(Reason::$variant => $advice),+ }
            }
        }
    };
}

reasons! {
    BlankLine "blank_line"
        "The line has no content."
        "Remove the line; exports often end with one."
    MissingCell "missing_cell"
        "A cell that is needed is empty, or the line has fewer cells than the header."
        "Fill in the cell, or look for a line break inside a text."
    BrokenLine "broken_line"
        "The line has one cell alone, or follows such a line and may be the rest of it."
        "Look for a line break inside the first cell, or remove the note between the rows."
    ExtraCell "extra_cell"
        "The line has more cells than the header."
        "Put texts that contain the separator in quotes."
    StrayQuote "stray_quote"
        "A quotation mark stands inside a text, or a quoted text is not closed on its line."
        "Put the whole text in quotes and double the marks inside it; line breaks need quoted_line_breaks = true."
    BadEncoding "bad_encoding"
        "The line holds bytes that are no letters in the file's encoding, or control characters."
        "Export again as UTF-8, or name the encoding in the pipeline."
    LineBreak "line_break"
        "A cell that is no free text (an id, a code, a date, a number) goes over several lines."
        "Write the cell on one line (in a spreadsheet Alt+Enter made the line break)."
    BadNumber "bad_number"
        "The cell is not a number in the file's dialect."
        "Check decimal and thousands marks against [dialect] in the pipeline."
    ExcessDecimals "excess_decimals"
        "The number has more than two decimals."
        "Export ECTS and amounts with at most two decimals; nothing is rounded here."
    OutOfRange "out_of_range"
        "The value lies outside what the column can hold, or a period ends before it begins."
        "Check for swapped cells, a wrong year or swapped dates."
    BadDate "bad_date"
        "The cell is not a date in one of the forms of the pipeline."
        "Add the form to `dates` in [dialect], or correct the cell."
    BadMonth "bad_month"
        "The cell is not a month as YYYY-MM."
        "Export months as YYYY-MM."
    BadBool "bad_bool"
        "The cell is not 1/0, true/false or ja/nej."
        "Use one of these words."
    UnknownCode "unknown_code"
        "The word is not in the column's list of codes."
        "Map the word under [tables.<table>.values.<column>] in the pipeline."
    SpreadsheetDamage "spreadsheet_damage"
        "The cell holds what a spreadsheet made of a text: an error value, a date, or more digits than it keeps."
        "Correct the cell at its source, and format the column as text before the data go in."
    BadCpr "bad_cpr"
        "The cell is not shaped like a civil registration number."
        "Export it as text with ten characters."
    UnknownEnrolment "unknown_enrolment"
        "No enrolment has this id."
        "Export both tables on the same day, and look for the enrolment among the rejected rows."
    UnknownCourse "unknown_course"
        "The course code is not in the catalogue."
        "Add the course, or mark the result as transferred when it is credit from outside."
    UnknownProgramme "unknown_programme"
        "The programme code is not among the programmes."
        "Add the programme."
    DuplicateKey "duplicate_key"
        "Another row has the same key; one of them was kept."
        "Remove the row that is wrong. An enrolment with two different rows goes to review."
    DuplicateRow "duplicate_row"
        "Another result, grant or exemption is equal in every column; one of them was kept."
        "Find out whether it was registered twice."
    Repayment "repayment"
        "A payment with a negative amount has portions, which would count as used once more."
        "Export the payments that stand, or give the repayment 0 portions where nothing else was paid."
    RepairedCode "repaired_code"
        "The result was written as a spreadsheet writes it (2 for 02) and was read as the code meant."
        "Nothing, or export the column as text."
    RepairedCpr "repaired_cpr"
        "The civil registration number had lost its leading zero and was given it back."
        "Nothing, or export the column as text."
    RepairedCourseCode "repaired_course_code"
        "The course code had lost its leading zero and was given it back."
        "Nothing, or export the column as text."
    RepairedDate "repaired_date"
        "The workbook shows the date as a number of days and was read as the day it counts to."
        "Nothing, or format the column as dates."
    RepairedMonth "repaired_month"
        "The spreadsheet had made the first day of the month of it and was read as the month."
        "Nothing, or export the column as text."
}
