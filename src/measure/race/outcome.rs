//! What is kept of a run.

use crate::linalg::Vector;
use crate::optim::Counts;
use crate::run::Status;
use serde::Serialize;

/// Bytes of samples that a race keeps at most.
const MEMORY: usize = 64 << 20;

/// The state of a run after some step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// f.
    pub f: f64,
    /// ‖∇f‖, of the whole function.
    pub gradient_norm: f32,
    /// ‖x − x_s‖, the distance from the saddle to be left; NaN without one.
    pub distance: f32,
    /// What was spent.
    pub cost: Cost,
}

/// What a run has spent, in the units of the budget axes; 2³² − 1 stands for more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// Trials.
    pub steps: u32,
    /// Gradients of components: a whole gradient of a sum over m samples counts m, one of a plain function 1.
    pub gradients: u32,
    /// Hessian-vector products of components, counted in the same way; a Hessian counts n products.
    pub products: u32,
    /// Gradients and products on one batch, whatever its size.
    pub backpropagations: u32,
}

impl Cost {
    /// The cost of `counts` after `steps` trials in dimension `dim` on a sum of `samples` (1 for a plain function).
    pub fn new(steps: u64, counts: &Counts, dim: usize, samples: usize) -> Self {
        let (n, m) = (dim as u64, samples as u64);
        let saturated = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        Self {
            steps: saturated(steps),
            gradients: saturated(m * counts.gradient + counts.sample_gradient),
            products: saturated(m * (counts.hessian_vector + n * counts.hessian) + counts.sample_hessian_vector),
            backpropagations: saturated(counts.backpropagations),
        }
    }
}

/// A run that has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Its seed.
    pub seed: u64,
    /// Whether it drew a random number.
    pub random: bool,
    /// How it stands.
    pub status: Status,
    /// The last iterate.
    pub x: Vector,
    /// f there.
    pub f: f64,
    /// ‖∇f‖ there.
    pub gradient_norm: f64,
    /// The smallest eigenvalue of the Hessian there; NaN where Lanczos does not find it (or is not asked, in a sweep, beyond 64 variables).
    pub lambda_min: f64,
    /// The lowest finite f of its samples; +∞ without one.
    pub lowest: f64,
    /// What it spent.
    pub cost: Cost,
    /// What it had spent when f was at the target for the first time.
    pub reached: Option<Cost>,
    /// The first step from which f stays below the level of the saddle ([`Gate`](super::Gate)).
    pub escaped: Option<u32>,
    /// The states that were recorded: the start first, the end last.
    pub samples: Vec<Sample>,
    /// Whether the budget of steps cut it off before it was in a minimum: what it would do with more is not known.
    pub cut: bool,
}

impl Outcome {
    /// Whether it diverged.
    pub fn has_diverged(&self) -> bool {
        matches!(self.status, Status::Diverged { .. })
    }
}

/// The steps at which states are recorded: k, then k + max(1, k / 2^shift).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Grid {
    shift: Option<u32>,
}

impl Grid {
    /// Only the start and the end.
    pub const ENDS: Self = Self { shift: None };

    /// The finest grid, up to a state every 1/128 of the steps, with which `runs` runs of `steps` stay within the memory.
    pub fn fitting(runs: usize, steps: u64) -> Self {
        let bytes = |shift: &u32| Self { shift: Some(*shift) }.points(steps).saturating_mul(runs * size_of::<Sample>());
        let shift = (3..=7).rev().find(|shift| bytes(shift) <= MEMORY).unwrap_or(3);
        Self { shift: Some(shift) }
    }

    /// The next recorded step after `step`.
    pub fn after(self, step: u64) -> u64 {
        self.shift.map_or(u64::MAX, |shift| step + (step >> shift).max(1))
    }

    /// Recorded steps of a run of `steps`.
    pub fn points(self, steps: u64) -> usize {
        std::iter::successors(Some(0), |k| Some(self.after(*k))).take_while(|k| *k <= steps).count()
    }
}
