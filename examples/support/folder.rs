//! Letters go into a folder, as they come.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use klippekort::diagnostics::{Diagnostic, Diagnostics, Place};
use klippekort::letters::Store;

/// Where the files go.
pub struct Folder<'a>(pub &'a Path);

impl Store for Folder<'_> {
    fn whole(&mut self, name: &str, bytes: &[u8]) -> Result<(), Diagnostics> {
        told(name, fs::write(self.0.join(name), bytes))
    }

    fn more(&mut self, name: &str, bytes: &[u8]) -> Result<(), Diagnostics> {
        let path = self.0.join(name);
        let file = fs::create_dir_all(path.parent().unwrap_or(self.0))
            .and_then(|()| OpenOptions::new().create(true).append(true).open(&path));
        told(name, file.and_then(|mut file| file.write_all(bytes)))
    }

    fn close(&mut self, _: &str) -> Result<(), Diagnostics> {
        Ok(())
    }
}

fn told(name: &str, done: io::Result<()>) -> Result<(), Diagnostics> {
    done.map_err(|error| Diagnostic::output(Place::file(name), error.to_string()).into())
}
