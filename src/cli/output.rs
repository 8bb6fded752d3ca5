//! Where results go.

use super::{CliError, arguments::Output};
use serde::Serialize;
use std::fs::File;
use std::io::{BufWriter, Error, ErrorKind, Write};
use std::path::{Path, PathBuf};

impl Output {
    /// Refuses a file that cannot be written.
    pub(super) fn check(&self) -> Result<(), CliError> {
        self.out.as_ref().map_or(Ok(()), |path| self.place(path).map(drop))
    }

    /// Writes to the file, which must not be there yet without --force, or to standard output.
    pub(super) fn write(&self, content: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<(), CliError> {
        match &self.out {
            Some(path) => self.write_file(path, content),
            None => Ok(fill(std::io::stdout().lock(), content)?),
        }
    }

    /// Writes a file, which must not be there yet without --force. Where that fails, what was there before is there still.
    pub(super) fn write_file(
        &self,
        path: &Path,
        content: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> Result<(), CliError> {
        let place = self.place(path)?;
        replace(&place, content).map_err(|error| CliError::File { path: path.display().to_string(), error })
    }

    /// Where a file of this name will stand, links followed.
    ///
    /// # Errors
    /// [`CliError`] where it is there already and stays without --force, or where no file can be.
    pub(super) fn place(&self, path: &Path) -> Result<PathBuf, CliError> {
        let failed = |error: Error| CliError::File { path: path.display().to_string(), error };
        match std::fs::metadata(path) {
            Ok(_) if !self.force => Err(CliError::Exists(path.display().to_string())),
            Ok(found) if found.is_dir() => Err(failed(ErrorKind::IsADirectory.into())),
            // What is no file, as a pipe, has no other place.
            Ok(found) if !found.is_file() => Ok(path.to_owned()),
            Ok(_) => path.canonicalize().map_err(failed),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let name = path.file_name().ok_or_else(|| failed(error))?;
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
                Ok(folder.canonicalize().map_err(failed)?.join(name))
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Writes a value as JSON and a line end.
    pub(super) fn json(&self, value: &impl Serialize) -> Result<(), CliError> {
        self.write(|out| {
            serde_json::to_writer_pretty(&mut *out, value)?;
            writeln!(out)
        })
    }
}

/// Writes beside the file first, and takes its name when all is written; what is no file is written to at once.
fn replace(place: &Path, content: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> std::io::Result<()> {
    let before = std::fs::metadata(place).ok();
    if before.as_ref().is_some_and(|before| !before.is_file()) {
        return fill(File::options().write(true).open(place)?, content);
    }
    let part = place.with_file_name(format!(".saddlescope-{}.part", std::process::id()));
    let written = File::create(&part)
        .and_then(|file| fill(file, content))
        .and_then(|()| before.map_or(Ok(()), |before| std::fs::set_permissions(&part, before.permissions())))
        .and_then(|()| std::fs::rename(&part, place));
    if written.is_err() {
        // The first fault is the one to be told.
        drop(std::fs::remove_file(&part));
    }
    written
}

fn fill(out: impl Write, content: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> std::io::Result<()> {
    let mut out = BufWriter::new(out);
    content(&mut out)?;
    out.flush()
}
