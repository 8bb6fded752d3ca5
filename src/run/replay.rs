//! A step of a run to be made again, anywhere.

use super::driver::Run;
use super::trace::Keyframe;
use crate::linalg::{Job, Vector};
use crate::optim::{Counts, Noise, Oracle, Step};
use crate::problem::Objective;
use std::sync::Arc;

/// What the record of one step is replayed from, as a [`Job`] of a step a slice; it can go to another thread. There is no output where
/// the step cannot be made.
pub struct Replay {
    objective: Arc<dyn Objective>,
    noise: Noise,
    first: u64,
    from: Keyframe,
    step: u64,
    record: Option<(Step, Counts)>,
    done: bool,
}

impl Run {
    /// What the record of trial `step` is replayed from; `None` up to the first row and beyond the end.
    pub fn replay(&self, step: u64) -> Option<Replay> {
        if step <= self.trace().first() || step > self.len() {
            return None;
        }
        let from = self.trace().keyframe_before(step - 1).clone();
        let (objective, noise) = (Arc::clone(self.objective()), self.setup().noise);
        Some(Replay { objective, noise, first: from.step, from, step, record: None, done: false })
    }

    /// The iterates after each of these numbers of trials, which ascend: in one replay, where the trace has not kept them.
    pub fn iterates(&self, steps: impl IntoIterator<Item = u64>) -> impl Iterator<Item = Vector> {
        let mut now: Option<Keyframe> = None;
        steps.into_iter().map(move |step| {
            let step = step.clamp(self.trace().first(), self.len());
            if let Some(kept) = self.kept(step) {
                return Vector::from_slice(kept);
            }
            let before = self.trace().keyframe_before(step);
            let from = now.take().filter(|now| (before.step..=step).contains(&now.step)).unwrap_or_else(|| before.clone());
            let there = self.replayed(from, step);
            let position = Vector::from_slice(there.optimizer.position());
            now = Some(there);
            position
        })
    }
}

impl Replay {
    /// How many steps have to be made.
    pub fn steps(&self) -> u64 {
        self.step - self.from.step
    }
}

impl Job for Replay {
    type Output = (Step, Counts);

    fn advance(&mut self) -> bool {
        if self.done {
            return false;
        }
        let from = &mut self.from;
        let mut oracle = Oracle::new(&*self.objective, from.rng.clone(), from.counts).with_noise(self.noise);
        let record = from.optimizer.step(&mut oracle).ok();
        (from.rng, from.counts) = oracle.into_parts();
        from.step += 1;
        self.done = record.is_none() || from.step >= self.step;
        if let Some(record) = record.filter(|_| self.done) {
            self.record = Some((record, from.counts));
        }
        !self.done
    }

    fn progress(&self) -> f64 {
        (self.from.step - self.first) as f64 / (self.step - self.first).max(1) as f64
    }

    fn output(&self) -> Option<&(Step, Counts)> {
        self.record.as_ref()
    }

    fn into_output(self) -> Option<(Step, Counts)> {
        self.record
    }
}
