//! What a run has grown by: how a run that grows on another thread comes to the one that is looked at.

use super::driver::Run;
use super::status::Status;
use super::trace::{Growing, Keyframe};

/// What a run has that an earlier state of it has not.
pub struct Part {
    grown: Growing,
    now: Keyframe,
    status: Status,
}

/// The last row and keyframe of a run that were handed on.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    /// The step after the last row.
    pub(super) rows_to: u64,
    /// The last keyframe's step.
    pub(super) keyframe: u64,
}

impl Run {
    /// The end of what is there now.
    pub fn mark(&self) -> Mark {
        self.trace().mark()
    }

    /// What has come since `mark`, which goes to the end.
    pub fn since(&self, mark: &mut Mark) -> Part {
        let grown = self.trace().since(*mark);
        *mark = self.mark();
        Part { grown, now: self.now().clone(), status: self.status().clone() }
    }

    /// Takes over what the same run has grown by elsewhere.
    pub fn absorb(&mut self, part: Part) {
        self.replace(part.now, part.status, part.grown);
    }
}
