//! Perturbed accelerated gradient descent.

use super::parameters::{count, curvature, gradient_threshold, length};
use super::trial::{jump, look, offset, plain_step, whole};
use crate::linalg::{Vector, copy, dot, norm, zeros};
use crate::optim::first_order::gradient_step;
use crate::optim::preset::numbers;
use crate::optim::{
    Assumptions, Default, Family, Geometry, Method, Optimizer, Oracle, Parameter, Phase, Preset, Requirement, Span, Step,
    StepError,
};

const SOURCE: &str = "Jin, Netrapalli, Jordan 2018, Algorithms 2 and 3";

/// y = x + (1 − θ)v, x⁺ = y − η∇f(y), v⁺ = x⁺ − x. Where ‖∇f(x)‖ ≤ ε and no kick fell in the last T steps, x is moved to a point
/// uniform in a ball around it first. Where f(x) ≤ f(y) + ⟨∇f(y), x − y⟩ − (γ/2)‖x − y‖², f is too nonconvex between x and y
/// for the momentum: negative-curvature exploitation sets v⁺ = 0 and, if ‖v‖ < s, x⁺ to the lower one of x ± s v/‖v‖; else
/// x⁺ = x.
///
/// A kick is a trial of its own and asks one gradient; a step asks two (one where v = 0, as y = x), an exploitation with
/// ‖v‖ < s two values more. Exploitations are recorded as searches.
///
/// Preset: κ = ℓ/√(ρε), χ = max(1, log(nℓΔ_f/(ρεδ))), η = 1/(4ℓ), θ = 1/(4√κ), γ = θ²/η, s = γ/(4ρ), T = χ√κ, r = ηε/χ⁵, with
/// the absolute constant c = 1.
pub(in crate::optim) const PAGD: Method = Method {
    id: "pagd",
    name: "Perturbed accelerated descent",
    family: Family::Stochastic,
    formula: "y = x + (1 − θ) v,  x ← y − η ∇f(y);  kick where ‖g‖ ≤ ε;  ± s v/‖v‖ where f is too nonconvex",
    summary: "Accelerated descent that turns its momentum into a way down where it meets negative curvature.",
    source: SOURCE,
    parameters: &[
        gradient_step(0.25, 1e-2, SOURCE),
        Parameter {
            name: "theta",
            symbol: "θ",
            default: Default::Fixed(0.1),
            span: Span::Log { min: 1e-9, max: 1.0 },
            meaning: "share of the momentum that is lost in a step",
            source: SOURCE,
        },
        curvature("curvature", "γ", 0.04, 0.1, "nonconvexity above which the momentum is not trusted", SOURCE),
        length("exploit_radius", "s", 0.1, 0.05, "length of the move along the momentum", SOURCE),
        length("perturbation_radius", "r", 0.05, 0.05, "radius of the ball from which a kick is drawn", SOURCE),
        gradient_threshold("ε", 3e-4, SOURCE),
        count("threshold_time", "T", 50.0, "steps from a kick to the next", SOURCE),
    ],
    random: true,
    escapes: true,
    requires: Requirement::Nothing,
    preset: Some(Preset {
        source: "Jin, Netrapalli, Jordan 2018, Equation 3",
        settings: |a| {
            let Assumptions { smoothness, hessian_lipschitz, epsilon, .. } = *a;
            let kappa = smoothness / a.curvature();
            let chi = Assumptions::log(a.dim as f64 * smoothness * a.decrease / (hessian_lipschitz * epsilon * a.failure));
            let (step_size, theta) = (0.25 / smoothness, (0.25 / kappa.sqrt()).min(1.0));
            let gamma = theta * theta / step_size;
            numbers([
                ("step_size", step_size),
                ("theta", theta),
                ("curvature", gamma),
                ("exploit_radius", gamma / (4.0 * hessian_lipschitz)),
                ("perturbation_radius", step_size * epsilon / (chi * chi * chi * chi * chi)),
                ("gradient_threshold", epsilon),
                ("threshold_time", chi * kappa.sqrt()),
            ])
        },
    }),
    build: |values, start| {
        Box::new(PerturbedAccelerated {
            x: copy(start),
            v: zeros(start.len()),
            step_size: values.number("step_size"),
            theta: values.number("theta"),
            curvature: values.number("curvature"),
            exploit_radius: values.number("exploit_radius"),
            perturbation_radius: values.number("perturbation_radius"),
            gradient_threshold: values.number("gradient_threshold"),
            threshold_time: values.integer("threshold_time"),
            age: None,
        })
    },
};

#[derive(Clone)]
struct PerturbedAccelerated {
    x: Vector,
    v: Vector,
    step_size: f64,
    theta: f64,
    curvature: f64,
    exploit_radius: f64,
    perturbation_radius: f64,
    gradient_threshold: f64,
    threshold_time: usize,
    /// Steps since the last kick.
    age: Option<usize>,
}

impl PerturbedAccelerated {
    /// x ± s v/‖v‖, or x where the momentum is longer than s: then `plain`, the step that is not made, is shown.
    fn exploit(&mut self, f: f64, gradient_norm: f64, measured: f64, plain: Vector, oracle: &mut Oracle<'_>) -> Step {
        let speed = norm(&self.v);
        let direction: Vector = self.v.iter().map(|c| c / speed).collect();
        self.v = zeros(self.x.len());
        let geometry = Geometry::NegativeCurvature { direction: copy(&direction), curvature: measured };
        if speed >= self.exploit_radius {
            return Step { gradient_norm, ..look(&self.x, plain, f, Phase::Search, geometry) };
        }
        let [ahead, behind] = [self.exploit_radius, -self.exploit_radius].map(|s| offset(&self.x, s, &direction));
        let (f_ahead, f_behind) = (oracle.value(&ahead), oracle.value(&behind));
        // A side where f is not finite loses against any other.
        let (to, f_to) = if f_behind < f_ahead || f_ahead.is_nan() { (behind, f_behind) } else { (ahead, f_ahead) };
        Step { actual: f - f_to, ..jump(&mut self.x, to, f, gradient_norm, Phase::Search, geometry) }
    }
}

impl Optimizer for PerturbedAccelerated {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        let (f, gradient) = whole(oracle, &self.x)?;
        let gradient_norm = norm(&gradient);
        if gradient_norm <= self.gradient_threshold && self.age.is_none_or(|age| age > self.threshold_time) {
            let mut to = zeros(self.x.len());
            oracle.rng().fill_ball(self.perturbation_radius, &mut to);
            to.iter_mut().zip(&self.x).for_each(|(a, b)| *a += b);
            self.age = Some(0);
            let geometry = Geometry::Perturbation { radius: self.perturbation_radius };
            return Ok(jump(&mut self.x, to, f, gradient_norm, Phase::Perturbation, geometry));
        }
        let carried: Vector = self.v.iter().map(|v| (1.0 - self.theta) * v).collect();
        let distance = dot(&carried, &carried);
        let (ahead, f_ahead) = if distance > 0.0 {
            let (f, gradient) = whole(oracle, &offset(&self.x, 1.0, &carried))?;
            (gradient, f)
        } else {
            (gradient, f)
        };
        self.age = self.age.map(|age| age + 1);
        // s = carried − η∇f(y): the minimizer of the linear term ∇f(y) − carried/η.
        let linear = offset(&ahead, -1.0 / self.step_size, &carried);
        // Half the curvature between x and y, times ‖x − y‖².
        let excess = f - f_ahead + dot(&ahead, &carried);
        if distance > 0.0 && excess <= -0.5 * self.curvature * distance {
            let plain = linear.iter().map(|l| -self.step_size * l).collect();
            return Ok(self.exploit(f, gradient_norm, 2.0 * excess / distance, plain, oracle));
        }
        let step = plain_step(oracle, &mut self.x, self.step_size, linear, f, Phase::Descent);
        self.v = copy(&step.trial);
        Ok(Step { gradient_norm, ..step })
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }

    fn relocate(&mut self, x: &[f64]) {
        self.x = copy(x);
    }

    fn momenta(&mut self) -> Vec<&mut Vector> {
        vec![&mut self.v]
    }
}
