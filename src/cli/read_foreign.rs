//! `klip read-foreign`: the child process that reads a workbook or a Parquet file for another klip.

use std::io::BufWriter;

use super::Exit;
use super::args::ReadForeign;
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::ingest::{self, ForeignRequest, Format};

/// Writes frames to standard output; what is wrong with the file is a frame, too.
pub fn read_foreign(args: ReadForeign) -> Result<Exit, Diagnostics> {
    let format = Format::from_name(&args.format).ok_or_else(|| {
        Diagnostic::setup(Place::file("read-foreign"), "the format is not known").hint("xlsx or parquet")
    })?;
    let request = ForeignRequest {
        format,
        path: args.path,
        sheet: args.sheet,
        table: args.table,
        columns: args.columns,
    };
    let mut out = BufWriter::with_capacity(1 << 18, std::io::stdout().lock());
    ingest::serve_foreign(&request, args.memory, args.seconds, &mut out);
    Ok(Exit::Done)
}
