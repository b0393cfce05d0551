//! `klip`: the command line of klippekort.

use std::process::ExitCode;

fn main() -> ExitCode {
    klippekort::cli::main()
}
