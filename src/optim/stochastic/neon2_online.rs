//! Neon2, online: negative curvature by differences of sampled gradients.

use super::parameters::{batch_size, count, curvature, curvature_step, gradient_threshold, length, second_step};
use super::reservoir::Reservoir;
use super::search::{Escape, Finder, Look, Mode, Outcome, Reference, Sign, quotient, unit};
use super::trial::{averaged, batch, offset, sampled};
use crate::linalg::{Vector, copy, norm, zeros};
use crate::optim::first_order::gradient_step;
use crate::optim::preset::numbers;
use crate::optim::{Assumptions, Family, Method, Oracle, Phase, Preset, Requirement, StepError};

const SOURCE: &str = "Allen-Zhu, Li 2018, Algorithms Neon2-online and Neon2-online-weak";

/// Stochastic gradient descent with batches of b samples (all where there are no more) while ‖∇f_B(x)‖ > g_thres. Else the
/// search: u of length σ in a random direction, u ← u − η′(∇fᵢ(x + u) − ∇fᵢ(x)), i random, until ‖u‖ ≥ r: then v = u_s/‖u_s‖ with s
/// uniform over the looks, which is tested with m samples: z = v′ᵀ(∇f_B(x + v′) − ∇f_B(x))/‖v′‖² at v′ = (δ/(16 L₂))v.
/// Where z ≤ −3δ/4, x moves by δ/L₂ along ±v with a random sign. After T looks, or a failed test, the search begins again; after
/// `attempts` of them there is no curvature below −δ, and the method ends.
///
/// A descent asks b component gradients, a look two, a test 2m, the first look of a search b more, a move none; batches of
/// all samples are whole gradients.
///
/// Preset, with δ = √(ρε), p the probability of failure and the absolute constant C₀ = 2: η′ = δ/(4ℓ² log(n/p)),
/// T = 4 log(n/p)/(η′δ), r = (n/p)²σ with σ such that r is a hundredth of δ/ρ, m = ℓ² log(1/p)/δ², log(1/p) attempts, and
/// b = 8V/ε².
pub(in crate::optim) const NEON2_ONLINE: Method = Method {
    id: "neon2_online",
    name: "Neon2, online",
    family: Family::Stochastic,
    formula: "at ‖ĝ‖ ≤ g_thres: u ← u − η′ (∇fᵢ(x + u) − ∇fᵢ(x));  x ← x ± (δ/L₂) v where vᵀ∇²f v ≤ −3δ/4",
    summary: "Finds negative curvature from pairs of sampled gradients, and tests the direction before it is followed.",
    source: SOURCE,
    parameters: &[
        gradient_step(1.0, 1e-2, SOURCE),
        batch_size("b", 1000.0, "samples of a gradient", SOURCE),
        gradient_threshold("g_thres", 1e-2, SOURCE),
        second_step("search_step", "η′", 1.0, 1e-2, "step of the search per unit of gradient difference", SOURCE),
        curvature("curvature", "δ", 0.05, 0.1, "size of the negative curvature that is sought", SOURCE),
        count("search_length", "T", 80.0, "looks after which a search gives up", SOURCE),
        length("perturbation_radius", "σ", 1e-3, 1e-3, "length of the vector with which a search begins", SOURCE),
        length("escape_radius", "r", 0.05, 0.05, "length at which a vector counts as grown", SOURCE),
        count("attempts", "Θ(log 1/p)", 5.0, "searches that must fail before the method ends", SOURCE),
        count("test_samples", "m", 100.0, "samples by which a direction is tested", SOURCE),
        curvature_step(0.5, SOURCE),
    ],
    random: true,
    escapes: true,
    requires: Requirement::Nothing,
    preset: Some(Preset {
        source: "Allen-Zhu, Li 2018, Lemma 3.1 and Theorem 1 (constants of our own)",
        settings: |a| {
            let (smoothness, delta) = (a.smoothness, a.curvature().min(a.smoothness));
            let spread = a.dim as f64 / a.failure;
            let log = Assumptions::log(spread);
            let search = delta / (4.0 * smoothness * smoothness * log);
            let (step, radius) = (delta / a.hessian_lipschitz, 0.01 * delta / a.hessian_lipschitz);
            let attempts = Assumptions::log(1.0 / a.failure);
            numbers([
                ("step_size", 1.0 / smoothness),
                ("batch_size", 8.0 * a.variance / (a.epsilon * a.epsilon)),
                ("gradient_threshold", a.epsilon),
                ("search_step", search),
                ("curvature", delta),
                ("search_length", 4.0 * log / (search * delta)),
                ("perturbation_radius", radius / (spread * spread)),
                ("escape_radius", radius),
                ("attempts", attempts),
                ("test_samples", smoothness * smoothness * attempts / (delta * delta)),
                ("curvature_step", step),
            ])
        },
    }),
    build: |values, start| {
        let curvature_step = values.number("curvature_step");
        Box::new(Escape {
            x: copy(start),
            step_size: values.number("step_size"),
            batch_size: Some(values.integer("batch_size")),
            gradient_threshold: values.number("gradient_threshold"),
            curvature_step,
            sign: Sign::Random,
            finder: Online {
                step: values.number("search_step"),
                curvature: values.number("curvature"),
                length: values.integer("search_length"),
                perturbation_radius: values.number("perturbation_radius"),
                escape_radius: values.number("escape_radius"),
                attempts: values.integer("attempts"),
                test_samples: values.integer("test_samples"),
                test_step: curvature_step / 16.0,
                u: zeros(start.len()),
                looks: 0,
                attempt: 0,
                seen: Reservoir::default(),
                candidate: None,
            },
            mode: Mode::Descend,
        })
    },
};

#[derive(Clone)]
struct Online {
    step: f64,
    curvature: f64,
    length: usize,
    perturbation_radius: f64,
    escape_radius: f64,
    attempts: usize,
    test_samples: usize,
    test_step: f64,
    u: Vector,
    looks: usize,
    attempt: usize,
    /// u_s.
    seen: Reservoir<Vector>,
    /// v, which waits for its test.
    candidate: Option<Vector>,
}

impl Online {
    fn restart(&mut self, oracle: &mut Oracle<'_>) {
        (self.looks, self.seen, self.candidate) = (0, Reservoir::default(), None);
        oracle.rng().fill_sphere(self.perturbation_radius, &mut self.u);
    }

    fn fail(&mut self, oracle: &mut Oracle<'_>) -> Outcome {
        self.attempt += 1;
        self.restart(oracle);
        if self.attempt >= self.attempts { Outcome::Nothing } else { Outcome::Searching }
    }

    fn test(&mut self, x: &[f64], v: Vector, oracle: &mut Oracle<'_>) -> Result<Look, StepError> {
        let trial: Vector = v.iter().map(|c| self.test_step * c).collect();
        let batch = batch(oracle, self.test_samples);
        let (_, there) = averaged(oracle, &offset(x, 1.0, &trial), batch.as_ref())?;
        let (_, here) = averaged(oracle, x, batch.as_ref())?;
        let curvature = quotient(&trial, &offset(&there, -1.0, &here));
        let outcome = if curvature <= -0.75 * self.curvature { Outcome::Found(v, curvature) } else { self.fail(oracle) };
        Ok(Look { trial, curvature, phase: Phase::Certification, outcome })
    }
}

impl Finder for Online {
    fn begin(&mut self, x: &[f64], oracle: &mut Oracle<'_>) {
        self.attempt = 0;
        self.u = zeros(x.len());
        self.restart(oracle);
    }

    fn look(&mut self, x: &[f64], _: &Reference, oracle: &mut Oracle<'_>) -> Result<Look, StepError> {
        if let Some(v) = self.candidate.clone() {
            return self.test(x, v, oracle);
        }
        let sample = oracle.draw(1);
        let (_, there) = sampled(oracle, &offset(x, 1.0, &self.u), &sample)?;
        let (_, here) = sampled(oracle, x, &sample)?;
        let difference = offset(&there, -1.0, &here);
        let curvature = quotient(&self.u, &difference);
        let next = offset(&self.u, -self.step, &difference);
        let trial = std::mem::replace(&mut self.u, next);
        self.looks += 1;
        self.seen.offer(&self.u, oracle.rng());
        let mut outcome = Outcome::Searching;
        if norm(&self.u) >= self.escape_radius {
            self.candidate = self.seen.kept().and_then(|u| unit(u));
        }
        if self.candidate.is_none() && self.looks >= self.length {
            outcome = self.fail(oracle);
        }
        Ok(Look { trial, curvature, phase: Phase::Search, outcome })
    }
}
