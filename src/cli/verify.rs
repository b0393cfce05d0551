//! `klip verify`: is a run folder still exactly what the run wrote?

use super::args::Verify;
use super::{Exit, terminal};
use crate::diagnostics::Diagnostics;
use crate::output;

pub fn verify(args: &Verify) -> Result<Exit, Diagnostics> {
    let sealed = output::verify(&args.run, args.seal.as_deref())?;
    terminal::print(&format!(
        "{}: all {} files are as the run wrote them\nSeal {}",
        args.run.display(),
        sealed.record.outputs.len(),
        sealed.seal
    ));
    Ok(Exit::Done)
}
