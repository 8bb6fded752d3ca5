//! Where results go.

use super::{CliError, arguments::Output};
use serde::Serialize;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

impl Output {
    /// The stream to write to: the file, which must not be there yet, or standard output.
    pub(super) fn open(&self) -> Result<Box<dyn Write>, CliError> {
        match &self.out {
            Some(path) => Ok(Box::new(self.create(path)?)),
            None => Ok(Box::new(BufWriter::new(std::io::stdout().lock()))),
        }
    }

    /// A file to write to, which must not be there yet without --force.
    pub(super) fn create(&self, path: &Path) -> Result<BufWriter<File>, CliError> {
        let name = path.display().to_string();
        let mut options = std::fs::OpenOptions::new();
        options.write(true);
        if self.force {
            options.create(true).truncate(true);
        } else {
            options.create_new(true);
        }
        let file = options.open(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => CliError::Exists(name),
            _ => CliError::File { path: name, error },
        })?;
        Ok(BufWriter::new(file))
    }

    /// Writes a value as JSON and a line end.
    pub(super) fn json(&self, value: &impl Serialize) -> Result<(), CliError> {
        let mut out = self.open()?;
        serde_json::to_writer_pretty(&mut out, value).map_err(std::io::Error::from)?;
        writeln!(out)?;
        Ok(out.flush()?)
    }
}
