//! Neon: negative curvature originated from noise.

use super::parameters::{count, curvature_step, decrease, gradient_threshold, length, second_step};
use super::search::{Escape, Finder, Look, Mode, Outcome, Reference, Sign, quotient, unit};
use super::trial::{offset, whole};
use crate::linalg::{Vector, copy, dot, norm, zeros};
use crate::optim::first_order::gradient_step;
use crate::optim::preset::numbers;
use crate::optim::{Assumptions, Default, Family, Method, Oracle, Parameter, Phase, Preset, Requirement, Span, StepError};

const SOURCE: &str = "Xu, Jin, Yang 2018, Algorithm NEON";

/// Gradient descent while ‖∇f(x)‖ > g_thres. Else the search: u ~ Ball(r), u ← u − η′(∇f(x + u) − ∇f(x)), the power method on
/// I − η′∇²f(x), until f(x + u) − f(x) − ⟨∇f(x), u⟩ ≤ −2.5 F: then x moves by δ/L₂ along u/‖u‖, down the slope. After t steps,
/// or where ‖u‖ > U, there is no negative curvature that counts, and the method ends.
///
/// With the momentum ζ > 0 the search is that of NEON+: y ← u − η′(∇f(x + u) − ∇f(x)), u ← y + ζ(y − y₋), Nesterov's method, which takes the
/// order of √(ℓ/δ) looks for ℓ/δ; the paper has ζ = 1 − √(η′δ). The test stays that of NEON: the paper's second one, of
/// the curvature between y and u, guards functions that are not quadratic around x.
///
/// A descent asks one gradient, a look one (with f(x + u)) and the first look of a search one more, a move none.
///
/// Preset, with δ = √(ρε), p the probability of failure and Λ = log(nℓ/(δp)): η = η′ = 1/ℓ, t = Λ/(ηδ), F = ηδ³ℓ/(ρ²Λ³),
/// r = √η δ²/(√ℓ ρΛ²), U = 4(√(ηℓ) F/ρ)^{1/3}, and F is divided by 2.5: the absolute constant of t and U is 1 here.
pub(in crate::optim) const NEON: Method = Method {
    id: "neon",
    name: "Neon",
    family: Family::Stochastic,
    formula: "at ‖g‖ ≤ g_thres: u ← u − η′ (∇f(x + u) − ∇f(x));  x ← x ± (δ/L₂) u/‖u‖",
    summary: "Finds a way down from a saddle with gradients alone: noise, magnified until it shows negative curvature.",
    source: SOURCE,
    parameters: &[
        gradient_step(1.0, 1e-2, SOURCE),
        gradient_threshold("g_thres", 3e-4, SOURCE),
        second_step("search_step", "η′", 1.0, 1e-2, "step of the search per unit of gradient difference", SOURCE),
        count("search_length", "t", 100.0, "looks after which a search gives up", SOURCE),
        length("perturbation_radius", "r", 0.03, 0.01, "radius of the ball in which a search begins", SOURCE),
        length("escape_radius", "U", 1.0, 1.0, "distance beyond which a search gives up", SOURCE),
        decrease("value_threshold", "F", 4e-4, 1e-5, "two fifths of the decrease beyond the slope that shows curvature", SOURCE),
        curvature_step(0.5, SOURCE),
        Parameter {
            name: "search_momentum",
            symbol: "ζ",
            default: Default::Fixed(0.0),
            span: Span::Linear { min: 0.0, max: 1.0 },
            meaning: "share of the last difference that a look goes on: NEON+; 0: NEON",
            source: "Xu, Jin, Yang 2018, Algorithm NEON+",
        },
    ],
    random: true,
    escapes: true,
    requires: Requirement::Nothing,
    preset: Some(Preset {
        source: "Xu, Jin, Yang 2018, Theorem 1",
        settings: |a| {
            let (smoothness, rho, delta) = (a.smoothness, a.hessian_lipschitz, a.curvature().min(a.smoothness));
            let log = Assumptions::log(a.dim as f64 * smoothness / (delta * a.failure));
            let value = delta * delta * delta / (rho * rho * log * log * log);
            numbers([
                ("step_size", 1.0 / smoothness),
                ("search_step", 1.0 / smoothness),
                ("gradient_threshold", a.epsilon),
                ("search_length", smoothness * log / delta),
                ("perturbation_radius", delta * delta / (smoothness * rho * log * log)),
                ("escape_radius", 4.0 * libm::cbrt(value / rho)),
                ("value_threshold", value / 2.5),
                ("curvature_step", delta / rho),
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
            sign: Sign::Down,
            finder: Neon {
                step: values.number("search_step"),
                length: values.integer("search_length"),
                perturbation_radius: values.number("perturbation_radius"),
                escape_radius: values.number("escape_radius"),
                value_threshold: values.number("value_threshold"),
                momentum: values.number("search_momentum"),
                u: zeros(start.len()),
                y: zeros(start.len()),
                looks: 0,
            },
            mode: Mode::Descend,
        })
    },
};

#[derive(Clone)]
struct Neon {
    step: f64,
    length: usize,
    perturbation_radius: f64,
    escape_radius: f64,
    value_threshold: f64,
    /// ζ.
    momentum: f64,
    u: Vector,
    /// The last point before the momentum was added.
    y: Vector,
    looks: usize,
}

impl Finder for Neon {
    fn begin(&mut self, x: &[f64], oracle: &mut Oracle<'_>) {
        self.looks = 0;
        self.u = zeros(x.len());
        oracle.rng().fill_ball(self.perturbation_radius, &mut self.u);
        self.y = copy(&self.u);
    }

    fn look(&mut self, x: &[f64], reference: &Reference, oracle: &mut Oracle<'_>) -> Result<Look, StepError> {
        let (f, gradient) = whole(oracle, &offset(x, 1.0, &self.u))?;
        let difference = offset(&gradient, -1.0, &reference.gradient);
        let curvature = quotient(&self.u, &difference);
        let mut next = offset(&self.u, -self.step, &difference);
        let y = copy(&next);
        if self.momentum > 0.0 {
            next.iter_mut().zip(&self.y).for_each(|(u, before)| *u += self.momentum * (*u - before));
        }
        self.y = y;
        let trial = std::mem::replace(&mut self.u, next);
        self.looks += 1;
        let beyond_slope = f - reference.f - dot(&reference.gradient, &trial);
        let outcome = match unit(&trial) {
            Some(direction) if beyond_slope <= -2.5 * self.value_threshold => Outcome::Found(direction, curvature),
            _ if self.looks >= self.length || norm(&self.u) > self.escape_radius => Outcome::Nothing,
            _ => Outcome::Searching,
        };
        Ok(Look { trial, curvature, phase: Phase::Search, outcome })
    }
}
