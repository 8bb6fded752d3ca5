//! The records of the steps in sight, replayed once: what regions, arrows and rejected trials are drawn from.

use crate::problem::Plane;
use crate::ui::session::{Lane, Record};
use crate::view::region_trail;
use std::collections::HashSet;

/// Replays that a frame makes at most for one method, beside the current step's.
const REPLAYS: usize = 12;
/// Records kept for one method.
const KEPT: usize = 512;
/// Rejected trials, or looks of a search, that are drawn, the latest.
const TRIALS: usize = 120;

/// The replayed records of one method.
#[derive(Default)]
pub struct Records {
    generation: u64,
    kept: HashSet<u64>,
    replays: usize,
    missing: bool,
}

impl Records {
    /// Begins a frame; another run forgets everything.
    pub fn follow(&mut self, generation: u64) {
        if self.generation != generation || self.kept.len() > KEPT {
            *self = Self { generation, ..Self::default() };
        }
        self.replays = 0;
        self.missing = false;
    }

    /// Whether something was left for the next frame.
    pub fn is_missing(&self) -> bool {
        self.missing
    }

    /// The record of a step, at once.
    pub fn now(&mut self, lane: &Lane, step: u64) -> Option<Record> {
        let record = lane.record(step);
        self.kept.insert(step);
        self.missing |= record.is_none() && lane.is_replaying();
        record
    }

    /// The record of a step, if there is still time in this frame.
    fn soon(&mut self, lane: &Lane, step: u64) -> Option<Record> {
        if !self.kept.contains(&step) {
            if self.replays >= REPLAYS {
                self.missing = true;
                return None;
            }
            self.replays += 1;
        }
        self.now(lane, step)
    }

    /// The records of the steps whose regions are shown with `step`, the latest first, each with its opacity.
    pub fn trail(&mut self, lane: &Lane, step: u64, every: u32) -> Vec<(Record, f32)> {
        let wanted = region_trail(step, every).rev();
        wanted.filter_map(|(k, opacity)| Some((self.soon(lane, k)?, opacity))).collect()
    }

    /// The latest of the trials in `rows`, the last one first: (from, to) in the plane.
    pub fn trials(&mut self, lane: &Lane, plane: &Plane, rows: &[u32]) -> Vec<[[f64; 2]; 2]> {
        let mut found = Vec::new();
        let Some(trace) = lane.run().map(crate::run::Run::trace) else { return found };
        for row in rows.iter().rev().take(TRIALS) {
            if let Some(record) = self.soon(lane, trace.step_of(*row as usize)) {
                let (record, _) = &*record;
                let (from, _) = plane.project(&record.from);
                let [u, v] = plane.project_vector(&record.trial);
                found.push([from, [from[0] + u, from[1] + v]]);
            }
        }
        found
    }
}
