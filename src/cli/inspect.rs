//! `klip inspect`: a draft of the pipeline from the files themselves, with its evidence.

use super::args::Inspect;
use super::{Exit, report, terminal};
use crate::diagnostics::Diagnostics;
use crate::ingest::inspect::propose;

/// Prints the draft even when something in it is open.
pub fn inspect(args: &Inspect) -> Result<Exit, Diagnostics> {
    let proposal = propose(&args.files, std::env::current_exe().ok().as_deref())?;
    terminal::print(proposal.toml.trim_end());
    if proposal.open.is_empty() { Ok(Exit::Done) } else { Ok(report(&proposal.open)) }
}
