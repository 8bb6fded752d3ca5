//! Stochastic variance-reduced gradient.

use super::parameters::{batch_size, inner_length};
use super::snapshot::Snapshot;
use super::trial::plain_step;
use crate::linalg::{Vector, copy};
use crate::optim::first_order::gradient_step;
use crate::optim::preset::numbers;
use crate::optim::{Family, Method, Optimizer, Oracle, Phase, Preset, Requirement, Step, StepError};

/// m where there are no samples.
const INNER_LENGTH: usize = 20;

const SOURCE: &str = "Johnson, Zhang 2013, Figure 1, option I";

/// At a snapshot x̃ the whole gradient μ = ∇f(x̃); then m inner steps x ← x − η(∇fᵢ(x) − ∇fᵢ(x̃) + μ) from x̃, i random; the last
/// x is the next snapshot.
///
/// In the first inner step the correction vanishes whatever i is: it is x̃ − ημ and recorded as the snapshot, which asks one
/// gradient. Each of the other m − 1 asks 2b component gradients. The isotropic noise of a plain function is the same at x
/// and at x̃: there the method is gradient descent.
///
/// Preset: η = 0.1/ℓ and m twice the number of samples, as in the paper's experiments.
pub(in crate::optim) const SVRG: Method = Method {
    id: "svrg",
    name: "SVRG",
    family: Family::Stochastic,
    formula: "x ← x − η (∇fᵢ(x) − ∇fᵢ(x̃) + ∇f(x̃))",
    summary: "Corrects each sampled gradient by a whole one from time to time: the noise dies out and the step need not.",
    source: SOURCE,
    parameters: &[
        gradient_step(0.5, 1e-2, SOURCE),
        inner_length(
            "steps from a snapshot to the next; 0: twice the samples, as in the paper, or 20 where f is no finite sum",
            SOURCE,
        ),
        batch_size("b", 1.0, "samples an inner step, drawn with replacement", SOURCE),
    ],
    random: true,
    escapes: false,
    requires: Requirement::Nothing,
    preset: Some(Preset {
        source: "Johnson, Zhang 2013, Section 5",
        settings: |a| numbers([("step_size", 0.1 / a.smoothness), ("inner_length", 2.0 * a.samples as f64)]),
    }),
    build: |values, start| {
        Box::new(VarianceReduced {
            x: copy(start),
            step_size: values.number("step_size"),
            inner_length: values.integer("inner_length"),
            batch_size: values.integer("batch_size"),
            epoch: None,
        })
    },
};

#[derive(Clone)]
struct VarianceReduced {
    x: Vector,
    step_size: f64,
    /// 0: by the number of samples.
    inner_length: usize,
    batch_size: usize,
    /// The snapshot and the inner steps made since.
    epoch: Option<(Snapshot, usize)>,
}

impl Optimizer for VarianceReduced {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        let inner_length = match self.inner_length {
            0 => oracle.samples().map_or(INNER_LENGTH, |samples| 2 * samples),
            set => set,
        };
        if let Some((snapshot, steps)) = self.epoch.as_mut().filter(|(_, steps)| *steps < inner_length) {
            let sample = oracle.draw(self.batch_size);
            let (f, linear) = snapshot.corrected(oracle, &self.x, &sample)?;
            *steps += 1;
            return Ok(plain_step(oracle, &mut self.x, self.step_size, linear, f, Phase::Descent));
        }
        let (f, snapshot) = Snapshot::take(oracle, &self.x, None)?;
        let linear = copy(&snapshot.mean);
        self.epoch = Some((snapshot, 1));
        Ok(plain_step(oracle, &mut self.x, self.step_size, linear, f, Phase::Snapshot))
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }
}
