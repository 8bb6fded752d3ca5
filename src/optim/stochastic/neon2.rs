//! Neon2, deterministic: negative curvature by Chebyshev polynomials of gradient differences.

use super::parameters::{count, curvature, curvature_step, gradient_threshold, length, second_step};
use super::search::{Escape, Finder, Look, Mode, Outcome, Reference, Sign, quotient, unit};
use super::trial::{offset, whole};
use crate::linalg::{Vector, copy, norm, zeros};
use crate::optim::first_order::gradient_step;
use crate::optim::preset::numbers;
use crate::optim::{Assumptions, Family, Method, Oracle, Phase, Preset, Requirement, StepError};

const SOURCE: &str = "Allen-Zhu, Li 2018, Algorithm Neon2-det";

/// Gradient descent while ‖∇f(x)‖ > g_thres. Else the search: with M(y) = −(∇f(x + y) − ∇f(x))/L + (1 − 3δ/(4L))y, y₀ = 0 and
/// y₁ = ξ of length σ in a random direction, y_{t+1} = 2M(y_t) − y_{t−1} and d = y_{t+1} − M(y_t), which are U_t(M)ξ and T_t(M)ξ:
/// eigenvalues of ∇²f above −3δ/4 (and below 2L) do not grow, those below −δ do. Where ‖d‖ ≥ r, x moves by δ/L₂ along ±d/‖d‖
/// with a random sign; after T looks there is no curvature below −δ, and the method ends.
///
/// A descent asks one gradient, a look one and the first look of a search one more, a move none.
///
/// Preset, with δ = √(ρε), p the probability of failure and the absolute constant C₁ = 2: T = 4 log(n/p) √(ℓ/δ), r = (n/p)²σ,
/// and σ such that r is a hundredth of δ/ρ.
pub(in crate::optim) const NEON2: Method = Method {
    id: "neon2",
    name: "Neon2, deterministic",
    family: Family::Stochastic,
    formula: "at ‖g‖ ≤ g_thres: y ← 2 M(y) − y₋, M ≈ (1 − 3δ/4L) I − ∇²f/L;  x ← x ± (δ/L₂) d/‖d‖",
    summary: "Neon with Chebyshev polynomials: the square root of the power method's time to see negative curvature.",
    source: SOURCE,
    parameters: &[
        gradient_step(1.0, 1e-2, SOURCE),
        gradient_threshold("g_thres", 3e-4, SOURCE),
        second_step("search_step", "1/L", 0.5, 1e-2, "one over a bound on the curvature", SOURCE),
        curvature("curvature", "δ", 0.05, 0.1, "size of the negative curvature that is sought", SOURCE),
        count("search_length", "T", 60.0, "looks after which a search gives up", SOURCE),
        length("perturbation_radius", "σ", 1e-4, 1e-4, "length of the vector with which a search begins", SOURCE),
        length("escape_radius", "r", 0.01, 0.01, "length at which a vector counts as grown", SOURCE),
        curvature_step(0.5, SOURCE),
    ],
    random: true,
    escapes: true,
    requires: Requirement::Nothing,
    preset: Some(Preset {
        source: "Allen-Zhu, Li 2018, Theorem 5 (constants of our own)",
        settings: |a| {
            let (smoothness, delta) = (a.smoothness, a.curvature().min(a.smoothness));
            let spread = a.dim as f64 / a.failure;
            let (step, radius) = (delta / a.hessian_lipschitz, 0.01 * delta / a.hessian_lipschitz);
            numbers([
                ("step_size", 1.0 / smoothness),
                ("search_step", 1.0 / smoothness),
                ("gradient_threshold", a.epsilon),
                ("curvature", delta),
                ("search_length", 4.0 * Assumptions::log(spread) * (smoothness / delta).sqrt()),
                ("perturbation_radius", radius / (spread * spread)),
                ("escape_radius", radius),
                ("curvature_step", step),
            ])
        },
    }),
    build: |values, start| {
        Box::new(Escape {
            x: copy(start),
            step_size: values.number("step_size"),
            batch_size: None,
            gradient_threshold: values.number("gradient_threshold"),
            curvature_step: values.number("curvature_step"),
            sign: Sign::Random,
            finder: Chebyshev {
                step: values.number("search_step"),
                curvature: values.number("curvature"),
                length: values.integer("search_length"),
                perturbation_radius: values.number("perturbation_radius"),
                escape_radius: values.number("escape_radius"),
                before: zeros(start.len()),
                y: zeros(start.len()),
                looks: 0,
            },
            mode: Mode::Descend,
        })
    },
};

#[derive(Clone)]
struct Chebyshev {
    /// 1/L.
    step: f64,
    curvature: f64,
    length: usize,
    perturbation_radius: f64,
    escape_radius: f64,
    /// y_{t−1} and y_t.
    before: Vector,
    y: Vector,
    looks: usize,
}

impl Finder for Chebyshev {
    fn begin(&mut self, x: &[f64], oracle: &mut Oracle<'_>) {
        self.looks = 0;
        self.before = zeros(x.len());
        self.y = zeros(x.len());
        oracle.rng().fill_sphere(self.perturbation_radius, &mut self.y);
    }

    fn look(&mut self, x: &[f64], reference: &Reference, oracle: &mut Oracle<'_>) -> Result<Look, StepError> {
        let (_, gradient) = whole(oracle, &offset(x, 1.0, &self.y))?;
        let difference = offset(&gradient, -1.0, &reference.gradient);
        let shift = 1.0 - 0.75 * self.curvature * self.step;
        let image: Vector = self.y.iter().zip(&difference).map(|(y, d)| shift * y - self.step * d).collect();
        let next: Vector = image.iter().zip(&self.before).map(|(m, b)| 2.0 * m - b).collect();
        let grown = offset(&next, -1.0, &image);
        let trial = std::mem::replace(&mut self.y, next);
        let curvature = quotient(&trial, &difference);
        self.before = copy(&trial);
        self.looks += 1;
        let outcome = match unit(&grown) {
            Some(direction) if norm(&grown) >= self.escape_radius => Outcome::Found(direction, curvature),
            _ if self.looks >= self.length => Outcome::Nothing,
            _ => Outcome::Searching,
        };
        Ok(Look { trial, curvature, phase: Phase::Search, outcome })
    }
}
