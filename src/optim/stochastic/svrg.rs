//! Stochastic variance-reduced gradient.

use super::parameters::{batch_size, inner_length};
use super::reservoir::Reservoir;
use super::snapshot::Snapshot;
use super::trial::plain_step;
use crate::linalg::{Vector, copy, norm};
use crate::optim::first_order::{Preconditioned, descend, gradient_step};
use crate::optim::preset::numbers;
use crate::optim::{Default, Family, Method, Optimizer, Oracle, Parameter, Phase, Preset, Requirement, Span, Step, StepError};

/// m where there are no samples.
const INNER_LENGTH: usize = 20;

const SOURCE: &str = "Johnson, Zhang 2013, Figure 1";

/// At a snapshot x̃ the whole gradient μ = ∇f(x̃); then m inner steps x ← x − η(∇fᵢ(x) − ∇fᵢ(x̃) + μ) from x̃, i random. The next
/// snapshot is the last x, xₘ (option I), or xₜ with t ~ U{0, …, m − 1} (option II, the one of the proof): then the snapshot's
/// step is recorded from xₘ, its region around xₜ, and f(xₘ) was not asked.
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
        Parameter {
            name: "next_snapshot",
            symbol: "x̃",
            default: Default::Fixed(0.0),
            span: Span::Choice { options: &["last", "random"] },
            meaning: "the last iterate of the inner steps is the next snapshot (option I), or a random one of those before it (option II)",
            source: SOURCE,
        },
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
            drawn: (values.choice("next_snapshot") == "random").then(Reservoir::default),
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
    /// Of the iterates of the epoch, for option II.
    drawn: Option<Reservoir<Vector>>,
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
            if let Some(drawn) = &mut self.drawn {
                drawn.offer(&self.x, oracle.rng());
            }
            return Ok(plain_step(oracle, &mut self.x, self.step_size, linear, f, Phase::Descent));
        }
        let at = self.drawn.as_ref().and_then(Reservoir::kept).map_or_else(|| copy(&self.x), |drawn| copy(drawn));
        let (f, snapshot) = Snapshot::take(oracle, &at, None)?;
        let linear = copy(&snapshot.mean);
        self.epoch = Some((snapshot, 1));
        if let Some(drawn) = &mut self.drawn {
            *drawn = Reservoir::default();
            drawn.offer(&at, oracle.rng());
        }
        let f = if at == self.x { f } else { f64::NAN };
        let length = norm(&linear);
        let region = Preconditioned::ball(self.step_size, linear, length, &at, copy);
        Ok(Step { phase: Phase::Snapshot, ..descend(&mut self.x, f, length, f64::NAN, region) })
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }

    fn relocate(&mut self, x: &[f64]) {
        self.x = copy(x);
        // The next snapshot is not one of the points that were left.
        if let Some(drawn) = &mut self.drawn {
            *drawn = Reservoir::default();
        }
    }
}
