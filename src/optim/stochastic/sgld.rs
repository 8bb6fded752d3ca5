//! Stochastic gradient Langevin dynamics.

use super::parameters::{batch_size, decrease, length};
use super::trial::{plain_step, sampled};
use crate::linalg::{Vector, copy, norm, zeros};
use crate::optim::first_order::gradient_step;
use crate::optim::preset::numbers;
use crate::optim::{Family, Method, Optimizer, Oracle, Phase, Preset, Requirement, Step, StepError, Verdict};

const SOURCE: &str = "Zhang, Liang, Charikar 2017, Algorithm 1";

/// y = x − η∇f_z(x) + √(2η/ξ) w with w ~ N(0, I); x ← y if ‖y − x‖ ≤ D and y is in K, else x stays. 1/ξ is the temperature,
/// and K the ball of radius R around x₀. Each trial asks b component gradients.
///
/// With a small η the iterates are distributed as exp(−ξf): in a bowl of curvature λ with variance 1/(ξλ). The paper returns
/// the lowest point that was visited; here the iterate goes on.
///
/// Preset: the paper leaves polynomials. Here ξ = nℓ/ε², at which E ‖∇f‖² = ε² where all curvatures are ℓ, η = 0.1/ℓ, and
/// D = η√(2ℓΔ_f) + 4√(2ηn/ξ): the longest gradient step below f(x₀) and four deviations of the noise.
pub(in crate::optim) const SGLD: Method = Method {
    id: "sgld",
    name: "Langevin dynamics (SGLD)",
    family: Family::Stochastic,
    formula: "x ← x − η ĝ + √(2η/ξ) w,  w ~ N(0, I)",
    summary: "Wanders with the density exp(−ξ f): low places are visited longest, and shallow minima are left.",
    source: SOURCE,
    parameters: &[
        gradient_step(0.5, 1e-3, SOURCE),
        decrease("temperature", "1/ξ", 0.01, 1e-2, "one over the inverse temperature ξ, in units of f", SOURCE),
        length("longest_step", "D", 10.0, 1e3, "length beyond which a step is rejected", SOURCE),
        length("domain_radius", "R", 1e3, 1e6, "radius of the ball around the start that is never left", SOURCE),
        batch_size("b", 1.0, "samples a step, drawn with replacement", SOURCE),
    ],
    random: true,
    escapes: true,
    requires: Requirement::Nothing,
    preset: Some(Preset {
        source: "Zhang, Liang, Charikar 2017 (orders)",
        settings: |a| {
            let (step_size, n) = (0.1 / a.smoothness, a.dim as f64);
            let temperature = a.epsilon * a.epsilon / (n * a.smoothness);
            let longest = step_size * (2.0 * a.smoothness * a.decrease).sqrt() + 4.0 * (2.0 * step_size * n * temperature).sqrt();
            numbers([("step_size", step_size), ("temperature", temperature), ("longest_step", longest)])
        },
    }),
    build: |values, start| {
        Box::new(Langevin {
            x: copy(start),
            start: copy(start),
            step_size: values.number("step_size"),
            temperature: values.number("temperature"),
            longest_step: values.number("longest_step"),
            domain_radius: values.number("domain_radius"),
            batch_size: values.integer("batch_size"),
        })
    },
};

#[derive(Clone)]
struct Langevin {
    x: Vector,
    start: Vector,
    step_size: f64,
    temperature: f64,
    longest_step: f64,
    domain_radius: f64,
    batch_size: usize,
}

impl Optimizer for Langevin {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        let sample = oracle.draw(self.batch_size);
        let (f, mut linear) = sampled(oracle, &self.x, &sample)?;
        let mut noise = zeros(self.x.len());
        oracle.rng().fill_normal(&mut noise);
        // s = −η (ĝ − √(2/(ηξ)) w).
        let scale = (2.0 * self.temperature / self.step_size).sqrt();
        linear.iter_mut().zip(&noise).for_each(|(l, w)| *l -= scale * w);
        let mut to = copy(&self.x);
        let step = plain_step(oracle, &mut to, self.step_size, linear, f, Phase::Descent);
        let outside = to.iter().zip(&self.start).map(|(a, b)| a - b).collect::<Vector>();
        if norm(&step.trial) <= self.longest_step && norm(&outside) <= self.domain_radius {
            self.x = to;
            return Ok(step);
        }
        Ok(Step { x: copy(&self.x), verdict: Verdict::Rejected, ..step })
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }

    fn relocate(&mut self, x: &[f64]) {
        self.x = copy(x);
    }
}
