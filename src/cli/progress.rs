//! How far a computation is, on standard error.

use super::commands::seconds;
use crate::linalg::Job;
use std::io::IsTerminal;

/// Seconds before anything is said.
const PATIENCE: f64 = 1.0;
/// Seconds from a line to the next: on a terminal, where it is rewritten, and elsewhere.
const PAUSES: [f64; 2] = [0.2, 10.0];

/// One line that is rewritten, or a line now and then where standard error is no terminal; none for what takes less than a second.
pub(super) struct Progress {
    what: &'static str,
    /// When the next line is due, in [`seconds`].
    due: f64,
    terminal: bool,
    /// Characters of the line that stands.
    shown: usize,
}

impl Progress {
    /// Of a computation that begins now.
    pub fn new(what: &'static str) -> Self {
        Self { what, due: seconds() + PATIENCE, terminal: std::io::stderr().is_terminal(), shown: 0 }
    }

    /// Says that this share is done, from 0 to 1, if it is time to.
    pub fn say(&mut self, share: f64) {
        let now = seconds();
        if now < self.due {
            return;
        }
        let line = format!("{}: {:.0} %", self.what, 100.0 * share);
        if self.terminal {
            eprint!("\r{line}");
            self.shown = self.shown.max(line.chars().count());
        } else {
            eprintln!("{line}");
        }
        self.due = now + PAUSES[usize::from(!self.terminal)];
    }
}

/// The output of a job; how far it is is said while it takes its time.
pub(super) fn finish<J: Job>(job: J, what: &'static str) -> Option<J::Output> {
    let mut progress = Progress::new(what);
    finish_telling(job, &mut |share| progress.say(share))
}

/// The output of a job, which tells the share that is done.
pub(super) fn finish_telling<J: Job>(mut job: J, tell: &mut dyn FnMut(f64)) -> Option<J::Output> {
    while job.advance() {
        tell(job.progress());
    }
    job.into_output()
}

impl Drop for Progress {
    /// Leaves the terminal's line empty.
    fn drop(&mut self) {
        if self.shown > 0 {
            eprint!("\r{:width$}\r", "", width = self.shown);
        }
    }
}
