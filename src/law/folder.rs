//! A folder of TOML files read whole, as the law and the curricula are kept.

use std::io;
use std::path::Path;

use crate::diagnostics::{Diagnostic, Diagnostics, Place};

/// Path and text of a file.
pub(super) type Text = (String, String);

/// Every `*.toml` of a folder, sorted, and what is wrong with those that cannot be read. An error when the
/// folder itself cannot.
pub(super) fn texts(folder: &Path) -> io::Result<(Vec<Text>, Diagnostics)> {
    let mut paths: Vec<_> = std::fs::read_dir(folder)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    paths.sort();
    let (mut texts, mut problems) = (Vec::new(), Diagnostics::default());
    for path in paths {
        let name = path.display().to_string();
        match std::fs::read_to_string(&path) {
            Ok(text) => texts.push((name, text)),
            Err(error) => problems.push(
                Diagnostic::setup(Place::file(name), format!("cannot be read as UTF-8: {error}"))
                    .hint("save it as UTF-8 and let it be read, or take it out of the folder"),
            ),
        }
    }
    Ok((texts, problems))
}

/// What was read of the files that could be, or the problems of all files together.
pub(super) fn together<T>(mut problems: Diagnostics, read: Result<T, Diagnostics>) -> Result<T, Diagnostics> {
    match read {
        Ok(read) => problems.into_result(read),
        Err(found) => {
            problems.extend(found);
            Err(problems.sorted())
        }
    }
}
