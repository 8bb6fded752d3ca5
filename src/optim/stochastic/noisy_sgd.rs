//! Stochastic gradient descent with noise of its own.

use super::parameters::{batch_size, gradient};
use super::trial::{plain_step, sampled};
use crate::linalg::{Vector, axpy, copy, zeros};
use crate::optim::first_order::gradient_step;
use crate::optim::preset::numbers;
use crate::optim::schedule::{Schedule, scheduled};
use crate::optim::{Family, Method, Optimizer, Oracle, Phase, Preset, Requirement, Step, StepError};

const SOURCE: &str = "Ge, Huang, Jin, Yuan 2015, Algorithm 1";

/// x ← x − η(∇f_z(x) + σn) with n uniform on the unit sphere; the paper has σ = 1. Each step asks b component gradients.
///
/// Preset: the paper leaves η = 1/poly(n, 1/ε). Here η = min(1, ε²)/ℓ: in a bowl of curvature ℓ noise of length 1 then keeps
/// E ‖∇f‖² near ηℓ/2 ≤ ε², and T ~ 1/η² grows as ε⁻⁴.
pub(in crate::optim) const NOISY_SGD: Method = Method {
    id: "noisy_sgd",
    name: "Noisy SGD",
    family: Family::Stochastic,
    formula: "x ← x − η (ĝ + σ n),  n ~ U(sphere)",
    summary: "Adds noise in every direction to the sampled gradient, so that no saddle holds it, whatever the samples are.",
    source: SOURCE,
    parameters: scheduled![
        gradient_step(0.5, 1e-3, SOURCE),
        gradient("noise", "σ", 0.1, 1.0, "length of the noise added to each gradient", SOURCE),
        batch_size("b", 1.0, "samples a step, drawn with replacement", SOURCE),
    ],
    random: true,
    escapes: true,
    requires: Requirement::Nothing,
    preset: Some(Preset {
        source: "Ge, Huang, Jin, Yuan 2015, Theorem 6 (orders)",
        settings: |a| numbers([("step_size", (a.epsilon * a.epsilon).min(1.0) / a.smoothness), ("noise", 1.0)]),
    }),
    build: |values, start| {
        Box::new(NoisyDescent {
            x: copy(start),
            schedule: Schedule::new(values),
            t: 0,
            noise: values.number("noise"),
            batch_size: values.integer("batch_size"),
        })
    },
};

#[derive(Clone)]
struct NoisyDescent {
    x: Vector,
    schedule: Schedule,
    t: u64,
    noise: f64,
    batch_size: usize,
}

impl Optimizer for NoisyDescent {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        let sample = oracle.draw(self.batch_size);
        let (f, mut linear) = sampled(oracle, &self.x, &sample)?;
        let mut noise = zeros(self.x.len());
        oracle.rng().fill_sphere(self.noise, &mut noise);
        axpy(1.0, &noise, &mut linear);
        let step_size = self.schedule.at(self.t);
        self.t += 1;
        Ok(plain_step(oracle, &mut self.x, step_size, linear, f, Phase::Descent))
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }

    fn relocate(&mut self, x: &[f64]) {
        self.x = copy(x);
    }
}
