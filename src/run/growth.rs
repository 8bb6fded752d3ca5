//! Forks of runs that are not made yet.

use super::driver::Run;
use crate::optim::{Method, Settings, SettingsError};
use std::collections::BTreeMap;

/// Where a run is forked, and with what it goes on.
#[derive(Clone)]
pub struct Fork {
    /// The step of the run that is forked; its end where it ends before.
    pub step: u64,
    /// The method that goes on.
    pub method: &'static Method,
    /// What differs from its defaults.
    pub settings: Settings,
    /// Coordinates that are set to other values there.
    pub moved: BTreeMap<usize, f64>,
}

/// A run that has to be grown: an origin with the forks that lead to the run.
#[derive(Clone)]
pub struct Growth {
    run: Run,
    /// The next one last.
    forks: Vec<Fork>,
}

impl Growth {
    /// The origin, at its start, and the forks in their order.
    ///
    /// # Errors
    /// [`SettingsError`] where the settings of a fork do not fit its method.
    pub fn new(origin: Run, mut forks: Vec<Fork>) -> Result<Self, SettingsError> {
        for fork in &forks {
            origin.fork(&Fork { step: 0, ..fork.clone() })?;
        }
        forks.reverse();
        Ok(Self { run: origin, forks })
    }

    /// The run that is being made.
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// Makes up to `trials` trials on the way to the last fork; returns the run once it is there.
    ///
    /// # Errors
    /// [`SettingsError`] where the settings of a fork do not fit its method.
    pub fn advance(mut self, trials: u64) -> Result<Grown, SettingsError> {
        let Some(fork) = self.forks.last() else { return Ok(Grown::Whole(self.run)) };
        let wanted = fork.step.saturating_sub(self.run.len()).min(trials);
        if self.run.advance(wanted) < wanted || self.run.len() >= fork.step {
            self.run = self.run.fork(fork)?;
            self.forks.pop();
        }
        Ok(if self.forks.is_empty() { Grown::Whole(self.run) } else { Grown::Partly(self) })
    }

    /// The run, however long it takes.
    ///
    /// # Errors
    /// [`SettingsError`] where the settings of a fork do not fit its method.
    pub fn finish(self) -> Result<Run, SettingsError> {
        let mut growth = self;
        loop {
            match growth.advance(u64::MAX)? {
                Grown::Whole(run) => return Ok(run),
                Grown::Partly(rest) => growth = rest,
            }
        }
    }
}

/// What has grown.
pub enum Grown {
    /// The run, at its first step.
    Whole(Run),
    /// Not yet the run.
    Partly(Growth),
}
