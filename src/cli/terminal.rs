//! Writing to the terminal. A closed pipe is not an error: the reader had enough. Where the output goes to a file
//! that cannot hold it, the command has failed.

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::OnceLock;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Why something that was printed did not arrive.
static LOST: OnceLock<io::Error> = OnceLock::new();

pub fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = writeln!(out, "{text}").and_then(|()| out.flush())
        && error.kind() != ErrorKind::BrokenPipe
    {
        let _ = LOST.set(error);
    }
}

/// Why not all that was printed arrived, if so.
pub fn lost() -> Option<&'static io::Error> {
    LOST.get()
}

pub fn error(text: &str) {
    let mut out = std::io::stderr().lock();
    let _ = writeln!(out, "{text}");
}

/// Progress on standard error, only when that is a terminal and the user did not ask for quiet.
pub struct Progress(ProgressBar);

impl Progress {
    pub fn new(quiet: bool) -> Progress {
        let visible = !quiet && std::io::stderr().is_terminal();
        let target = if visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        bar.enable_steady_tick(Duration::from_millis(120));
        Progress(bar)
    }

    /// A step without a known length.
    pub fn step(&self, what: &'static str) {
        self.0.set_style(ProgressStyle::default_spinner());
        self.0.set_message(what);
    }

    /// A step of `length` enrolments.
    pub fn enrolments(&self, length: usize) {
        if let Ok(style) = ProgressStyle::with_template("inspecting {bar:30} {pos} of {len} enrolments") {
            self.0.set_style(style);
        }
        self.0.set_length(length as u64);
    }

    pub fn advance(&self, by: u64) {
        self.0.inc(by);
    }

    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}
