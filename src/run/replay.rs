//! A step of a run to be made again, anywhere.

use super::driver::Run;
use super::trace::Keyframe;
use crate::optim::{Counts, Noise, Oracle, Step};
use crate::problem::Objective;
use std::sync::Arc;

/// What the record of one step is replayed from; it can go to another thread.
pub struct Replay {
    objective: Arc<dyn Objective>,
    noise: Noise,
    from: Keyframe,
    step: u64,
}

impl Run {
    /// What the record of trial `step` is replayed from; `None` up to the first row and beyond the end.
    pub fn replay(&self, step: u64) -> Option<Replay> {
        if step <= self.trace().first() || step > self.len() {
            return None;
        }
        let from = self.trace().keyframe_before(step - 1).clone();
        Some(Replay { objective: Arc::clone(self.objective()), noise: self.setup().noise, from, step })
    }
}

impl Replay {
    /// How many steps have to be made.
    pub fn steps(&self) -> u64 {
        self.step - self.from.step
    }

    /// The record and the counts after it.
    pub fn run(self) -> Option<(Step, Counts)> {
        let mut from = self.from;
        let mut oracle = Oracle::new(&*self.objective, from.rng, from.counts).with_noise(self.noise);
        for _ in from.step + 1..self.step {
            from.optimizer.step(&mut oracle).ok()?;
        }
        let record = from.optimizer.step(&mut oracle).ok()?;
        Some((record, oracle.counts()))
    }
}
