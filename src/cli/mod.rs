//! The command line: the only room with a terminal, an environment or a clock.
//!
//! One file per command. A command returns an [`Exit`] or the problems it met; nothing but this
//! room prints, and nothing prints a value of a student's row unless the user asked for that
//! student.

mod args;
mod check;
mod confinement;
mod explain;
mod explanation_json;
mod explanation_text;
mod generate;
mod inspect;
mod inspecting;
mod law;
mod letter_files;
mod letters;
mod pseudonyms;
mod read_foreign;
mod reference;
mod reread;
mod rule;
mod run;
mod run_sheet;
mod summary;
mod terminal;
mod values;
mod verify;

use std::panic::PanicHookInfo;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Parser;

use crate::base::Day;
use crate::diagnostics::{Blame, Diagnostic, Diagnostics, Place};
use args::{Cli, Command};

/// By the clock. No verdict and no file depends on it.
fn today() -> Day {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Day::from_epoch_days(i32::try_from(seconds / 86_400).unwrap_or(0))
}

/// How a command ends. The table is part of `klip --help`, of the README, and of the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: done, with findings at or above `--fail-on`.
    Findings,
    /// 2: command line, pipeline or law.
    Setup,
    /// 3: input refused.
    Input,
    /// 4: output or internal.
    Output,
}

impl Exit {
    pub const fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Findings => 1,
            Exit::Setup => 2,
            Exit::Input => 3,
            Exit::Output => 4,
        }
    }
}

impl From<Blame> for Exit {
    fn from(blame: Blame) -> Exit {
        match blame {
            Blame::Setup => Exit::Setup,
            Blame::Input => Exit::Input,
            Blame::Output => Exit::Output,
        }
    }
}

/// Parses the command line (clap itself ends with 2 on a usage error) and runs the command.
pub fn main() -> ExitCode {
    confinement::confine();
    std::panic::set_hook(Box::new(|panic| terminal::error(&defect(panic))));
    let cli = Cli::parse();
    let ended = std::panic::catch_unwind(|| match cli.command {
        Command::Run(args) => run::run(&args),
        Command::Check(args) => check::check(&args),
        Command::Explain(args) => explain::explain(&args),
        Command::Letters(args) => letters::letters(&args),
        Command::Verify(args) => verify::verify(&args),
        Command::Rule(args) => rule::rule(&args),
        Command::Law(args) => law::law(&args),
        Command::Generate(args) => generate::generate(&args),
        Command::Inspect(args) => inspect::inspect(&args),
        Command::ReadForeign(args) => read_foreign::read_foreign(args),
    });
    let exit = match ended {
        Ok(Ok(exit)) => exit,
        Ok(Err(problems)) => report(&problems),
        Err(_) => Exit::Output,
    };
    let exit = match terminal::lost() {
        None => exit,
        Some(error) => report(&output_lost(error, exit).into()),
    };
    ExitCode::from(exit.code())
}

fn output_lost(error: &std::io::Error, exit: Exit) -> Diagnostic {
    let rest = match exit {
        Exit::Done | Exit::Findings => {
            "; the command itself was done, and a folder that it writes is published"
        }
        Exit::Setup | Exit::Input | Exit::Output => "",
    };
    let message = format!("what was printed is not all there: {error}{rest}");
    Diagnostic::output(Place::file("standard output"), message)
        .hint("make room where it was to be written, and repeat the command")
}

/// A panic names its place in the program only: its message could hold a value of a row.
fn defect(panic: &PanicHookInfo<'_>) -> String {
    let place = panic.location().map_or_else(|| "unknown place".to_owned(), ToString::to_string);
    format!(
        "error: klip has a defect at {place}\n  help: please report this place, and run again: what is published is always whole"
    )
}

fn report(problems: &Diagnostics) -> Exit {
    terminal::error(problems.to_string().trim_end());
    let (count, listed) = (problems.len(), problems.iter().count());
    if count > listed {
        terminal::error(&format!("{count} problems found, the first {listed} are listed"));
    } else if count > 1 {
        terminal::error(&format!("{count} problems found"));
    }
    Exit::from(problems.blame())
}

#[cfg(test)]
mod tests {
    use std::panic;
    use std::sync::{Arc, Mutex};

    #[test]
    fn a_panic_tells_its_place_and_never_what_it_held() {
        let told = Arc::new(Mutex::new(Vec::new()));
        let (ours, teller) = (std::thread::current().id(), told.clone());
        let usual = Arc::new(panic::take_hook());
        let others = usual.clone();
        panic::set_hook(Box::new(move |info| {
            if std::thread::current().id() == ours {
                teller.lock().expect("told").push(super::defect(info));
            } else {
                others(info);
            }
        }));
        let held = "991299-4242 Sentinelina".to_owned();
        let _ = panic::catch_unwind(|| panic!("{held}"));
        let _ = panic::catch_unwind(|| panic::panic_any(held.clone()));
        let _ = panic::catch_unwind(|| held.parse::<i32>().expect("a number"));
        drop(panic::take_hook());
        panic::set_hook(Box::new(move |info| usual(info)));
        let told = told.lock().expect("told");
        assert_eq!(told.len(), 3);
        for text in told.iter() {
            assert!(text.contains("src/cli/mod.rs:"), "{text}");
            assert!(!text.contains("4242") && !text.contains("Sentinelina"), "{text}");
        }
    }
}
