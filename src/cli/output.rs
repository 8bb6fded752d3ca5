//! Where results go.

use super::{CliError, arguments::Output};
use serde::Serialize;
use std::io::{BufWriter, Write};

impl Output {
    /// The stream to write to: the file, which must not be there yet, or standard output.
    pub(super) fn open(&self) -> Result<Box<dyn Write>, CliError> {
        let Some(path) = &self.out else {
            return Ok(Box::new(BufWriter::new(std::io::stdout().lock())));
        };
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
        Ok(Box::new(BufWriter::new(file)))
    }

    /// Writes a value as JSON and a line end.
    pub(super) fn json(&self, value: &impl Serialize) -> Result<(), CliError> {
        let mut out = self.open()?;
        serde_json::to_writer_pretty(&mut out, value).map_err(std::io::Error::from)?;
        writeln!(out)?;
        Ok(out.flush()?)
    }
}
