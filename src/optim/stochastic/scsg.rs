//! Stochastically controlled stochastic gradient.

use super::parameters::{batch_size, count};
use super::snapshot::Snapshot;
use super::trial::{look, plain_step};
use crate::linalg::{Rng, Vector, copy, norm, zeros};
use crate::optim::first_order::gradient_step;
use crate::optim::preset::numbers;
use crate::optim::{Family, Geometry, Method, Optimizer, Oracle, Phase, Preset, Requirement, Step, StepError};

const SOURCE: &str = "Lei, Ju, Chen, Jordan 2017, Algorithm 1";

/// As SVRG, with the snapshot's gradient over B samples (over all where there are no more) and a random number N of inner
/// steps of b samples each, P(N = k) = (1 − q)qᵏ with q = B/(B + b), B/b on average.
///
/// The first inner step is −ημ whatever is drawn and recorded with the snapshot, which asks B component gradients (or one
/// whole one); where N = 0 the snapshot is looked at and nothing moves. Each other step asks 2b component gradients. The
/// paper returns a random snapshot; here the iterate goes on.
///
/// Preset: b = 1, B = min(m, V/ε²), η = (b/B)^{2/3}/(3ℓ).
pub(in crate::optim) const SCSG: Method = Method {
    id: "scsg",
    name: "SCSG",
    family: Family::Stochastic,
    formula: "x ← x − η (∇fᵢ(x) − ∇fᵢ(x̃) + ∇f_B(x̃)),  N ~ Geom steps",
    summary: "SVRG that never looks at all samples: large batches for snapshots, epochs of random length.",
    source: SOURCE,
    parameters: &[
        gradient_step(0.5, 1e-2, SOURCE),
        count("snapshot_batch", "B", 20.0, "samples of a snapshot", SOURCE),
        batch_size("b", 1.0, "samples an inner step, drawn with replacement", SOURCE),
    ],
    random: true,
    escapes: false,
    requires: Requirement::Nothing,
    preset: Some(Preset {
        source: "Lei, Ju, Chen, Jordan 2017, Theorem 3.1 and Corollary 3.3",
        settings: |a| {
            let wanted = a.variance / (a.epsilon * a.epsilon);
            let batch = if a.samples > 1 { wanted.min(a.samples as f64) } else { wanted };
            let batch = batch.ceil().max(1.0);
            let step_size = libm::pow(batch, -2.0 / 3.0) / (3.0 * a.smoothness);
            numbers([("step_size", step_size), ("snapshot_batch", batch), ("batch_size", 1.0)])
        },
    }),
    build: |values, start| {
        Box::new(Controlled {
            x: copy(start),
            step_size: values.number("step_size"),
            snapshot_batch: values.integer("snapshot_batch"),
            batch_size: values.integer("batch_size"),
            epoch: None,
        })
    },
};

#[derive(Clone)]
struct Controlled {
    x: Vector,
    step_size: f64,
    snapshot_batch: usize,
    batch_size: usize,
    /// The snapshot and the inner steps that are left.
    epoch: Option<(Snapshot, u64)>,
}

/// k with probability (1 − q)qᵏ, k = 0, 1, …
fn geometric(q: f64, rng: &mut Rng) -> u64 {
    (libm::log(1.0 - rng.uniform()) / libm::log(q)) as u64
}

impl Optimizer for Controlled {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        if let Some((snapshot, left)) = self.epoch.as_mut().filter(|(_, left)| *left > 0) {
            let sample = oracle.draw(self.batch_size);
            let (f, linear) = snapshot.corrected(oracle, &self.x, &sample)?;
            *left -= 1;
            return Ok(plain_step(oracle, &mut self.x, self.step_size, linear, f, Phase::Descent));
        }
        let (f, snapshot) = Snapshot::take(oracle, &self.x, Some(self.snapshot_batch))?;
        let (large, small) = (self.snapshot_batch as f64, self.batch_size as f64);
        let steps = geometric(large / (large + small), oracle.rng());
        let linear = copy(&snapshot.mean);
        self.epoch = Some((snapshot, steps.saturating_sub(1)));
        if steps == 0 {
            let gradient_norm = norm(&linear);
            return Ok(Step { gradient_norm, ..look(&self.x, zeros(self.x.len()), f, Phase::Snapshot, Geometry::Point) });
        }
        Ok(plain_step(oracle, &mut self.x, self.step_size, linear, f, Phase::Snapshot))
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }

    fn relocate(&mut self, x: &[f64]) {
        self.x = copy(x);
    }
}
