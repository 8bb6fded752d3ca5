//! Stochastic gradient descent with a longer step now and then.

use super::cnc_pgd::CncScales;
use super::parameters::{batch_size, count, second_step};
use super::trial::{plain_step, sampled};
use crate::linalg::{Vector, copy};
use crate::optim::first_order::gradient_step;
use crate::optim::preset::numbers;
use crate::optim::{Family, Method, Optimizer, Oracle, Phase, Preset, Requirement, Step, StepError};

const SOURCE: &str = "Daneshmand, Kohler, Lucchi, Hofmann 2018, Algorithm 2";

/// x ← x − r∇f_z(x) where t mod t_thres = 0, t = 1, 2, …, else x ← x − η∇f_z(x), with η < r: under the CNC condition the
/// longer steps leave strict saddles. Each step asks b component gradients. The paper returns a random iterate; here the
/// iterate goes on.
///
/// Preset: the orders of the paper's Table 2 with all absolute constants 1 and l, ℓ ≥ 1: r and f_thres as in
/// [`CNC_PGD`](super::cnc_pgd::CNC_PGD), η = min(ε²/ℓ, r/2), t_thres = ω/(η√ρ ε^{2/5}).
pub(in crate::optim) const CNC_SGD: Method = Method {
    id: "cnc_sgd",
    name: "CNC-SGD",
    family: Family::Stochastic,
    formula: "x ← x − η ĝ;  every t_thres steps x ← x − r ĝ",
    summary: "Stochastic gradient descent whose longer steps, now and then, are proven to throw it off strict saddles.",
    source: SOURCE,
    parameters: &[
        gradient_step(0.3, 1e-3, SOURCE),
        second_step("perturbation_step", "r", 1.0, 1e-2, "step per unit of sampled gradient in a longer step", SOURCE),
        count("threshold_time", "t_thres", 20.0, "steps from a longer one to the next", SOURCE),
        batch_size("b", 1.0, "samples a step, drawn with replacement", SOURCE),
    ],
    random: true,
    escapes: true,
    requires: Requirement::Nothing,
    preset: Some(Preset {
        source: "Daneshmand, Kohler, Lucchi, Hofmann 2018, Table 2 (orders)",
        settings: |a| {
            let CncScales { kick, omega, smoothness, .. } = CncScales::new(a);
            let step_size = (a.epsilon * a.epsilon / smoothness).min(0.5 * kick);
            let time = omega / (step_size * a.hessian_lipschitz.sqrt() * libm::pow(a.epsilon, 0.4));
            numbers([("step_size", step_size), ("perturbation_step", kick), ("threshold_time", time)])
        },
    }),
    build: |values, start| {
        Box::new(LongerSteps {
            x: copy(start),
            step_size: values.number("step_size"),
            perturbation_step: values.number("perturbation_step"),
            threshold_time: values.integer("threshold_time"),
            batch_size: values.integer("batch_size"),
            round: 0,
        })
    },
};

#[derive(Clone)]
struct LongerSteps {
    x: Vector,
    step_size: f64,
    perturbation_step: f64,
    threshold_time: usize,
    batch_size: usize,
    round: usize,
}

impl Optimizer for LongerSteps {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        let sample = oracle.draw(self.batch_size);
        let (f, linear) = sampled(oracle, &self.x, &sample)?;
        self.round = (self.round + 1) % self.threshold_time;
        let (step_size, phase) = match self.round {
            0 => (self.perturbation_step, Phase::Perturbation),
            _ => (self.step_size, Phase::Descent),
        };
        Ok(plain_step(oracle, &mut self.x, step_size, linear, f, phase))
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }

    fn relocate(&mut self, x: &[f64]) {
        self.x = copy(x);
    }
}
