//! What a run keeps: a row per step, thinned to a memory budget, and keyframes from which any step is replayed.

use super::part::Mark;
use crate::linalg::Rng;
use crate::optim::{Counts, Optimizer, Phase, Step, Verdict};

/// Bytes of rows that a trace keeps at most; beyond, every second row goes.
const ROW_BUDGET: usize = 32 << 20;
/// Rows that a new trace has room for.
const FIRST_ROWS: usize = 64;
/// Bytes of keyframes that a trace keeps at most.
const KEYFRAME_BUDGET: usize = 16 << 20;

/// The numbers of a step that curves are drawn from. The whole record comes by replay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// [`Geometry::radius`](crate::optim::Geometry::radius) of the step.
    pub radius: f64,
    /// ρ = actual/predicted; NaN where unknown.
    pub ratio: f64,
    /// Backpropagations up to and with this step.
    pub backpropagations: u32,
    /// Function values asked up to and with this step.
    pub values: u32,
    /// Whether the trial was accepted.
    pub verdict: Verdict,
    /// What the method was doing.
    pub phase: Phase,
}

/// The state of a run after some step.
#[derive(Clone)]
pub(super) struct Keyframe {
    pub step: u64,
    pub optimizer: Box<dyn Optimizer>,
    pub rng: Rng,
    pub counts: Counts,
    /// Steps in a row that did not move.
    pub unmoved: u32,
    /// The step from which on a small gradient is looked at again.
    pub next_look: u64,
}

/// Rows and keyframes that a trace has and an earlier state of it has not.
pub(super) struct Growing {
    stride: u64,
    /// The row that the first of `rows` is.
    from: usize,
    rows: Vec<Row>,
    positions: Vec<f64>,
    keyframes: Vec<Keyframe>,
}

/// The recording. Row 0 is the start; row `i` is the state `i * stride()` steps later.
#[derive(Clone)]
pub struct Trace {
    dim: usize,
    first: u64,
    stride: u64,
    positions: Vec<f64>,
    rows: Vec<Row>,
    row_limit: usize,
    keyframes: Vec<Keyframe>,
    keyframe_interval: u64,
    keyframe_limit: usize,
}

impl Trace {
    pub(super) fn new(start: Keyframe) -> Self {
        let dim = start.optimizer.position().len();
        let row_bytes = size_of::<Row>() + size_of_val(start.optimizer.position());
        let mut trace = Self {
            dim,
            first: start.step,
            stride: 1,
            positions: Vec::with_capacity(FIRST_ROWS * dim),
            rows: Vec::with_capacity(FIRST_ROWS),
            row_limit: previous_power_of_two((ROW_BUDGET / row_bytes).max(16)),
            keyframes: Vec::new(),
            keyframe_interval: 64,
            keyframe_limit: (KEYFRAME_BUDGET / (1024 + 8 * dim * size_of::<f64>())).clamp(4, 512),
        };
        trace.positions.extend_from_slice(start.optimizer.position());
        trace.rows.push(Row {
            radius: f64::NAN,
            ratio: f64::NAN,
            backpropagations: saturated(start.counts.backpropagations),
            values: saturated(start.counts.value),
            verdict: Verdict::Accepted,
            phase: Phase::Descent,
        });
        trace.keyframes.push(start);
        trace
    }

    /// n.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// The step of row 0: 0, or where the run was forked.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// The step of a row.
    pub fn step_of(&self, row: usize) -> u64 {
        self.first + row as u64 * self.stride
    }

    /// The last row at or before `step`; `None` before the first one. It may not be recorded yet.
    pub fn row_of(&self, step: u64) -> Option<usize> {
        Some(usize::try_from(step.checked_sub(self.first)? / self.stride).unwrap_or(usize::MAX))
    }

    /// Steps from one row to the next: 1 until the memory budget is reached, then a power of two.
    pub fn stride(&self) -> u64 {
        self.stride
    }

    /// The rows, the start first.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The iterates of the rows, `dim` numbers each.
    pub fn positions(&self) -> &[f64] {
        &self.positions
    }

    /// The iterate of a row.
    pub fn position(&self, row: usize) -> &[f64] {
        &self.positions[row * self.dim..(row + 1) * self.dim]
    }

    /// Bytes held, without the allocator's own.
    pub fn bytes(&self) -> usize {
        self.positions.capacity() * size_of::<f64>()
            + self.rows.capacity() * size_of::<Row>()
            + self.keyframes.len() * (1024 + 8 * self.dim * size_of::<f64>())
    }

    #[inline]
    pub(super) fn push(&mut self, step: u64, record: &Step, counts: Counts) {
        // The stride is a power of two.
        let since = step - self.first;
        if since & (self.stride - 1) != 0 {
            return;
        }
        if self.rows.len() == self.row_limit {
            self.thin();
            if since & (self.stride - 1) != 0 {
                return;
            }
        }
        match record.x[..] {
            // Without a call.
            [x, y] => self.positions.extend_from_slice(&[x, y]),
            _ => self.positions.extend_from_slice(&record.x),
        }
        self.rows.push(Row {
            radius: record.geometry.radius(),
            ratio: record.ratio(),
            backpropagations: saturated(counts.backpropagations),
            values: saturated(counts.value),
            verdict: record.verdict,
            phase: record.phase,
        });
    }

    /// The step at which the next keyframe is due.
    pub(super) fn next_keyframe(&self) -> u64 {
        self.keyframes.last().map_or(0, |k| k.step) + self.keyframe_interval
    }

    pub(super) fn push_keyframe(&mut self, keyframe: Keyframe) {
        self.keyframes.push(keyframe);
        if self.keyframes.len() > self.keyframe_limit {
            self.keyframe_interval *= 2;
            let (first, interval) = (self.first, self.keyframe_interval);
            self.keyframes.retain(|k| (k.step - first).is_multiple_of(interval));
        }
    }

    /// The last keyframe at or before `step`.
    pub(super) fn keyframe_before(&self, step: u64) -> &Keyframe {
        let after = self.keyframes.partition_point(|k| k.step <= step);
        &self.keyframes[after.saturating_sub(1)]
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { rows_to: self.step_of(self.rows.len()), keyframe: self.keyframes.last().map_or(0, |k| k.step) }
    }

    pub(super) fn since(&self, mark: Mark) -> Growing {
        let from = usize::try_from((mark.rows_to - self.first).div_ceil(self.stride)).unwrap_or(usize::MAX).min(self.rows.len());
        Growing {
            stride: self.stride,
            from,
            rows: self.rows[from..].to_vec(),
            positions: self.positions[from * self.dim..].to_vec(),
            keyframes: self.keyframes.iter().filter(|k| k.step > mark.keyframe).cloned().collect(),
        }
    }

    pub(super) fn absorb(&mut self, grown: Growing) {
        while self.stride < grown.stride {
            self.thin();
        }
        let known = self.rows.len().saturating_sub(grown.from).min(grown.rows.len());
        self.rows.extend_from_slice(&grown.rows[known..]);
        self.positions.extend_from_slice(&grown.positions[known * self.dim..]);
        for keyframe in grown.keyframes {
            if (keyframe.step - self.first).is_multiple_of(self.keyframe_interval) {
                self.push_keyframe(keyframe);
            }
        }
    }

    fn thin(&mut self) {
        self.stride *= 2;
        let kept = self.rows.len().div_ceil(2);
        for i in 1..kept {
            self.rows[i] = self.rows[2 * i];
            self.positions.copy_within(2 * i * self.dim..(2 * i + 1) * self.dim, i * self.dim);
        }
        self.rows.truncate(kept);
        self.positions.truncate(kept * self.dim);
    }
}

fn previous_power_of_two(n: usize) -> usize {
    1 << n.ilog2()
}

fn saturated(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
