//! The command line, as types. The help texts are written for a caseworker: prose is one line, so that it is
//! broken where the terminal ends, and a command fits into 80 columns.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::values::{
    parse_day, parse_days, parse_letter, parse_month, parse_seal, parse_severity, parse_size,
};
use crate::base::{Day, Month};
use crate::verdicts::{LetterKind, Severity};

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  done, with findings at or above --fail-on
  2  the command, the pipeline file, the law or the letter templates are wrong
  3  an input file or a worklist cannot be used, or too many rows do not fit;
     a run is no longer what it was; klip inspect leaves something open
  4  the output could not be written, or the program has a defect";

/// Semester inspections of an SU office: from exports to verdicts, tables and letters.
#[derive(Debug, Parser)]
#[command(name = "klip", version, after_help = EXIT_CODES, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Inspect every student: read the exports, decide, write tables and letters.
    #[command(after_help = "\
Examples:
  klip run pipelines/semester_inspection.toml
  klip run pipelines/semester_inspection.toml --input /eksport/marts \\
      --output /inspektion --inspection-date 2027-03-15
  klip run pipelines/semester_inspection_plain.toml --input exports --dry-run

The results are in OUTPUT/inspection_date=DATE/, and OUTPUT/current leads to the newest. Nothing of \
a run is visible before it is complete.

Exit codes: 0 done; 1 done, with findings at or above --fail-on; 2 command, pipeline or law; 3 input \
refused; 4 output or internal.")]
    Run(Run),
    /// Check pipeline, law, letters and the headers of the exports, without evaluating anything.
    Check(Check),
    /// Show how each verdict on a student came about, down to the input cells and the law.
    #[command(after_help = "\
Examples:
  klip explain runs/inspection_date=2027-03-15 E9000001
  klip explain runs/inspection_date=2027-03-15 s900001 SU101 --json")]
    Explain(Explain),
    /// Check the letters' wording, preview a letter, or write the letters that a worklist approves.
    #[command(
        args_conflicts_with_subcommands = true,
        subcommand_negates_reqs = true,
        arg_required_else_help = true,
        after_help = "\
Examples:
  klip letters check pipelines/semester_inspection.toml
  klip letters preview runs/inspection_date=2027-03-15 s900001
  klip letters runs/inspection_date=2027-03-15 --worklist /sager/worklist.xlsx

The last one reads a worklist.xlsx in which a caseworker has filled in `decision`, and writes the approved \
letters and drafts into a folder beside the run: OUTPUT/letters_inspection_date=DATE_WORKLIST/. The run \
itself is never changed. A letter that an earlier worklist of the run has written is not written again, as long \
as its folder stands beside the run or in --output.

A start check takes two rounds, each with a run of its own, because the student is heard before it is decided:
  klip letters runs/inspection_date=2027-03-15 --worklist /sager/march.xlsx
approves start_check_hearing. When the last day for an answer is over, inspect again, with what is known by then:
  klip run PIPELINE --input DIR --inspection-date 2027-04-05 \\
      --payments-through 2027-03 --previous runs/inspection_date=2027-03-15
  klip letters runs/inspection_date=2027-04-05 --worklist /sager/april.xlsx \\
      --heard runs/letters_inspection_date=2027-03-15_WORKLIST
approves start_check_decision, and holds the hearing that stands beside it again."
    )]
    Letters(Letters),
    /// Check that a run folder is still exactly what the run wrote.
    Verify(Verify),
    /// Show what a rule decides, its sources, its parameters and its status.
    Rule(RuleArgs),
    /// Check the law files, show a parameter, or list what is to be reviewed.
    Law(LawArgs),
    /// Write invented exports of every table, for trying things out.
    Generate(Generate),
    /// Look at exports and draft dialect, headers and words for a pipeline file.
    #[command(after_help = "\
Examples:
  klip inspect /eksport/marts/*.csv
  klip inspect resultater.csv indskrivninger.xlsx > draft.toml

The draft goes to standard output and says what it rests on. What the files leave open is named with \
both readings, stays open in the draft, and ends the command with exit code 3. No cell is shown.")]
    Inspect(Inspect),
    /// Read a workbook or a Parquet file for another klip.
    #[command(hide = true)]
    ReadForeign(ReadForeign),
}

#[derive(Debug, Args)]
pub struct Inspect {
    /// Files as they come: one per table.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// The command by which klip reads foreign formats in a process of its own.
#[derive(Debug, Args)]
pub struct ReadForeign {
    pub format: String,
    pub path: PathBuf,
    #[arg(long)]
    pub table: String,
    #[arg(long)]
    pub sheet: Option<String>,
    /// Bytes that it may write to.
    #[arg(long)]
    pub memory: u64,
    /// Of processor time.
    #[arg(long)]
    pub seconds: u64,
    /// Positions in the header.
    #[arg(long, value_delimiter = ',', num_args = 0..)]
    pub columns: Option<Vec<usize>>,
}

#[derive(Debug, Args)]
pub struct LawArgs {
    #[command(subcommand)]
    pub command: LawCommand,
    /// Folder of the law files; default: pipelines/law, or the law built into klip.
    #[arg(long, value_name = "DIR", global = true)]
    pub law: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum LawCommand {
    /// Every parameter that rules and letters need has exactly one value on every date, with its source.
    Check,
    /// All values of a parameter, with their windows and sources.
    Show {
        /// The key, such as su.frame_portions.
        parameter: String,
    },
    /// Values whose review date has passed or is near.
    Due {
        /// How near, such as 180d.
        #[arg(long, value_name = "DAYS", default_value = "180d", value_parser = parse_days)]
        within: i32,
        /// Counted from this day; default: today (YYYY-MM-DD).
        #[arg(long, value_name = "DATE", value_parser = parse_day)]
        on: Option<Day>,
    },
}

/// What `run` and `check` can say instead of the pipeline file.
#[derive(Debug, Args)]
pub struct Overrides {
    /// Folder with the exports, instead of the pipeline's.
    #[arg(long, value_name = "DIR")]
    pub input: Option<PathBuf>,
    #[command(flatten)]
    pub dates: DateOverrides,
    /// The run of an earlier inspection: shows who can resume SU, and exports that shrank since.
    #[arg(long, value_name = "RUN")]
    pub previous: Option<PathBuf>,
}

/// The dates instead of the pipeline file's: all that the letters of no exports depend on.
#[derive(Debug, Args)]
pub struct DateOverrides {
    /// The day the run speaks for; nothing after it is known (YYYY-MM-DD).
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    pub inspection_date: Option<Day>,
    /// Last month of payments that counts; default: the inspection month (YYYY-MM).
    #[arg(long, value_name = "MONTH", value_parser = parse_month)]
    pub payments_through: Option<Month>,
    /// Last day of results that counts; default: the inspection date (YYYY-MM-DD).
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    pub results_through: Option<Day>,
}

#[derive(Debug, Args)]
pub struct Run {
    /// The pipeline file.
    pub pipeline: PathBuf,
    #[command(flatten)]
    pub overrides: Overrides,
    /// Folder that receives the run folder, instead of the pipeline's.
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Threads to use; default: one per core. The results do not depend on it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Memory to use, such as 2GiB; what exceeds it waits in a temporary file in the output folder.
    /// The results do not depend on it.
    #[arg(long, value_name = "SIZE", default_value = "2GiB", value_parser = parse_size)]
    pub memory: u64,
    /// Read, decide and summarise, but write nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Write analysts' tables only, under pseudonyms of this key, into
    /// OUTPUT/pseudonymised=KEY_ID/inspection_date=DATE/. One key per recipient: at least 32 random
    /// bytes in a file that only you may read, outside the output folder.
    #[arg(long, value_name = "KEYFILE")]
    pub pseudonymise: Option<PathBuf>,
    /// Write the tables alone: no letters, print files, mail merge or worklist.
    #[arg(long)]
    pub no_letters: bool,
    /// End with exit code 1 when a finding is at or above this severity: info, notice, action or review.
    #[arg(long, value_name = "SEVERITY", value_parser = parse_severity)]
    pub fail_on: Option<Severity>,
    /// List the first rejected and repaired rows with their values; personal columns and whatever
    /// looks like a CPR number or a name stay hidden. Without it only places and reasons are shown.
    #[arg(long, conflicts_with_all = ["quiet", "json"])]
    pub show_values: bool,
    /// No summary and no progress; errors are still shown.
    #[arg(long, short)]
    pub quiet: bool,
    /// The summary as JSON on standard output.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Check {
    /// The pipeline file.
    pub pipeline: PathBuf,
    #[command(flatten)]
    pub overrides: Overrides,
}

#[derive(Debug, Args)]
pub struct Explain {
    /// The run folder, such as runs/inspection_date=2027-03-15 or runs/current.
    pub run: PathBuf,
    /// A student id or an enrolment id.
    #[arg(value_name = "STUDENT_OR_ENROLMENT")]
    pub id: String,
    /// Only this rule, such as SU101.
    pub rule: Option<String>,
    /// The key of a run under pseudonyms; the student or enrolment may then be a pseudonym.
    #[arg(long, value_name = "KEYFILE")]
    pub pseudonymise: Option<PathBuf>,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Letters {
    #[command(subcommand)]
    pub command: Option<LettersCommand>,
    /// The run folder, such as runs/inspection_date=2027-03-15.
    #[arg(required = true)]
    pub run: Option<PathBuf>,
    /// The worklist.xlsx of that run, edited.
    #[arg(long, value_name = "FILE", required = true)]
    pub worklist: Option<PathBuf>,
    /// Folder that receives the folder of letters; default: the one that holds the run. Always use the
    /// same: letters are known as written only where they stand beside the run or in this folder.
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// The folder of letters, or the run, in which start_check_hearing was written and from which it was
    /// sent. Needed to approve start_check_decision, in a run later than the deadline of the hearing. May
    /// be given several times.
    #[arg(long, value_name = "FOLDER")]
    pub heard: Vec<PathBuf>,
    /// Also write letters that an earlier worklist of this run has written.
    #[arg(long)]
    pub again: bool,
    /// Threads to use; default: one per core. The letters do not depend on it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

#[derive(Debug, Subcommand)]
pub enum LettersCommand {
    /// Render every kind in both languages for every outcome that can cause it, and check the wording.
    Check {
        /// The pipeline file, for its templates, law and dates.
        #[arg(default_value = "pipelines/semester_inspection.toml")]
        pipeline: PathBuf,
        #[command(flatten)]
        dates: DateOverrides,
    },
    /// Make the letters due to one student, and say where they are.
    #[command(after_help = "\
Examples:
  klip letters preview runs/inspection_date=2027-03-15 E9000001
  klip letters preview runs/inspection_date=2027-03-15 s900001 \\
      --letter hearing_notice --output /temp")]
    Preview {
        /// The run folder, such as runs/inspection_date=2027-03-15.
        run: PathBuf,
        /// A student id or an enrolment id.
        #[arg(value_name = "STUDENT_OR_ENROLMENT")]
        id: String,
        /// Only this kind, such as hearing_notice.
        #[arg(long, value_name = "KIND", value_parser = parse_letter)]
        letter: Option<LetterKind>,
        /// Folder for the letters; default: a folder `preview` beside the run.
        #[arg(long, value_name = "DIR")]
        output: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub struct Verify {
    /// The run folder, such as runs/inspection_date=2027-03-15 or runs/current.
    pub run: PathBuf,
    /// The seal that the run printed, or its first 16 characters or more: finds also a run that
    /// was rewritten whole.
    #[arg(long, value_name = "SEAL", value_parser = parse_seal)]
    pub seal: Option<String>,
}

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub struct RuleArgs {
    /// The code, such as SU101.
    #[arg(required_unless_present_any = ["all", "reference"])]
    pub code: Option<String>,
    /// Every rule, one line each, and every statement of the sources with what decides it.
    #[arg(long, conflicts_with_all = ["code", "reference"])]
    pub all: bool,
    /// The reference page (docs/rules.md) as Markdown.
    #[arg(long, conflicts_with_all = ["code", "json"])]
    pub reference: bool,
    /// As JSON, with the whole documentation.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Generate {
    /// How many students to invent.
    #[arg(long, value_name = "N")]
    pub students: u32,
    /// The same seed gives the same students.
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// An empty or new folder.
    #[arg(long, value_name = "DIR")]
    pub output: PathBuf,
    /// How numbers and dates are written, and which headers.
    #[arg(long, value_enum, default_value_t = Dialect::Plain)]
    pub dialect: Dialect,
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    pub format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Dialect {
    /// Semicolon, decimal comma, dd-mm-yyyy, Danish headers.
    Danish,
    /// Comma, decimal point, ISO dates, the contract's headers.
    Plain,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Csv,
    Parquet,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn prose_is_left_to_the_terminal_and_commands_fit() {
        let mut commands = vec![Cli::command()];
        while let Some(command) = commands.pop() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let lines: Vec<&str> = help.lines().collect();
            let is_prose = |line: &str| !line.is_empty() && !line.starts_with(' ');
            for pair in lines.windows(2) {
                assert!(!(is_prose(pair[0]) && is_prose(pair[1])), "broken by hand: {pair:?}");
            }
            for line in lines.into_iter().filter(|line| !is_prose(line)) {
                assert!(line.len() <= 80, "too long: {line}");
            }
            commands.extend(command.get_subcommands().cloned());
        }
    }
}
