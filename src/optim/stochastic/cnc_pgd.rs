//! Gradient descent perturbed by single stochastic gradients.

use super::parameters::{batch_size, count, gradient_threshold, second_step};
use super::trial::{gradient_descent, plain_step, sampled, whole};
use crate::linalg::{Vector, copy, norm};
use crate::optim::first_order::gradient_step;
use crate::optim::preset::numbers;
use crate::optim::{Assumptions, Family, Method, Optimizer, Oracle, Phase, Preset, Requirement, Step, StepError};

const SOURCE: &str = "Daneshmand, Kohler, Lucchi, Hofmann 2018, Algorithm 1";

/// Gradient descent that, where ‖∇f(x)‖ ≤ g_thres and t_thres rounds have passed since the last time, makes one stochastic
/// step x − r∇f_z(x) instead. Under the CNC condition E ⟨∇f_z, v⟩² ≥ γ along the most negative curvature this leaves strict
/// saddles in a time that does not depend on n. g_thres is the plain norm, √ of the paper's threshold on its square.
///
/// A descent asks one gradient; a stochastic step asks the gradient that is found small and b component gradients. The paper
/// returns a random iterate; here the iterate goes on.
///
/// Preset: Table 1 of the paper with the absolute constants c₁ = c₂ = c₃ = 1 and l, ℓ ≥ 1: r = δγε^{4/5}/(l³ℓ²),
/// t_thres = ℓω/(√ρ ε^{2/5}) with ω = log(lℓ/(γδε)), g_thres² = f_thres/t_thres, f_thres = δγ²ε^{8/5}/(l²ℓ)².
pub(in crate::optim) const CNC_PGD: Method = Method {
    id: "cnc_pgd",
    name: "SGD-GD (CNC-PGD)",
    family: Family::Stochastic,
    formula: "x ← x − η g;  if ‖g‖ ≤ g_thres: x ← x − r ĝ",
    summary: "One sampled gradient is kick enough: its noise points along negative curvature, in any dimension.",
    source: SOURCE,
    parameters: &[
        gradient_step(1.0, 1e-2, SOURCE),
        second_step("perturbation_step", "r", 2.0, 2e-2, "step per unit of sampled gradient in a kick", SOURCE),
        gradient_threshold("g_thres", 3e-4, SOURCE),
        count("threshold_time", "t_thres", 50.0, "rounds from a kick to the next", SOURCE),
        batch_size("b", 1.0, "samples of a kick, drawn with replacement", SOURCE),
    ],
    random: true,
    escapes: true,
    requires: Requirement::Nothing,
    preset: Some(Preset {
        source: "Daneshmand, Kohler, Lucchi, Hofmann 2018, Table 1",
        settings: |a| {
            let CncScales { kick, value, omega, smoothness } = CncScales::new(a);
            let time = smoothness * omega / (a.hessian_lipschitz.sqrt() * libm::pow(a.epsilon, 0.4));
            numbers([
                ("step_size", 1.0 / smoothness),
                ("perturbation_step", kick),
                ("threshold_time", time),
                ("gradient_threshold", (value / time).sqrt()),
            ])
        },
    }),
    build: |values, start| {
        Box::new(StochasticKicks {
            x: copy(start),
            step_size: values.number("step_size"),
            perturbation_step: values.number("perturbation_step"),
            gradient_threshold: values.number("gradient_threshold"),
            threshold_time: values.integer("threshold_time"),
            batch_size: values.integer("batch_size"),
            age: None,
        })
    },
};

/// What the two tables of the paper share, with all absolute constants 1.
pub(super) struct CncScales {
    /// r = δγε^{4/5}/(l³ℓ²).
    pub kick: f64,
    /// f_thres = δγ²ε^{8/5}/(l²ℓ)².
    pub value: f64,
    /// ω = log(lℓ/(γδε)).
    pub omega: f64,
    /// ℓ ≥ 1.
    pub smoothness: f64,
}

impl CncScales {
    pub fn new(a: &Assumptions) -> Self {
        let (l, smoothness) = (a.gradient_bound.max(1.0), a.smoothness.max(1.0));
        let level = libm::pow(a.epsilon, 0.8);
        let bound = l * l * smoothness;
        Self {
            kick: a.failure * a.gamma * level / (bound * l * smoothness),
            value: a.failure * a.gamma * a.gamma * level * level / (bound * bound),
            omega: Assumptions::log(l * smoothness / (a.gamma * a.failure * a.epsilon)),
            smoothness,
        }
    }
}

#[derive(Clone)]
struct StochasticKicks {
    x: Vector,
    step_size: f64,
    perturbation_step: f64,
    gradient_threshold: f64,
    threshold_time: usize,
    batch_size: usize,
    /// t − t_noise.
    age: Option<usize>,
}

impl Optimizer for StochasticKicks {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        let (f, gradient) = whole(oracle, &self.x)?;
        if norm(&gradient) <= self.gradient_threshold && self.age.is_none_or(|age| age >= self.threshold_time) {
            let sample = oracle.draw(self.batch_size);
            let (f, linear) = sampled(oracle, &self.x, &sample)?;
            self.age = Some(1);
            return Ok(plain_step(oracle, &mut self.x, self.perturbation_step, linear, f, Phase::Perturbation));
        }
        self.age = self.age.map(|age| age + 1);
        Ok(gradient_descent(&mut self.x, self.step_size, gradient, f))
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }

    fn relocate(&mut self, x: &[f64]) {
        self.x = copy(x);
    }
}
