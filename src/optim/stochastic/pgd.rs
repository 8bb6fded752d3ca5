//! Perturbed gradient descent.

use super::parameters::{count, decrease, gradient_threshold, length};
use super::trial::{gradient_descent, jump, whole};
use crate::linalg::{Vector, copy, norm, zeros};
use crate::optim::first_order::gradient_step;
use crate::optim::preset::numbers;
use crate::optim::{Assumptions, Family, Geometry, Method, Optimizer, Oracle, Phase, Preset, Requirement, Step, StepError};

const SOURCE: &str = "Jin, Ge, Netrapalli, Kakade, Jordan 2017, Algorithm 2";

/// Gradient descent that, where ‖∇f(x)‖ ≤ g_thres and no kick fell in the last t_thres iterations, kicks x to a point uniform
/// in a ball around it; when t_thres iterations later f has not fallen by f_thres, it returns to the point before the kick
/// and ends there (Jin, Ge, Netrapalli, Kakade, Jordan 2017, Algorithm 2, with η, r and the thresholds set directly).
///
/// A kick is a trial of its own, and no iteration t passes with it. Every trial asks one gradient.
///
/// Preset: Algorithm 2 with c = 1: χ = 3 max(log(nℓΔ_f/(ε²δ)), 4), η = 1/ℓ, r = ε/(χ²ℓ), g_thres = ε/χ²,
/// f_thres = √(ε³/ρ)/χ³, t_thres = χℓ/√(ρε).
pub(in crate::optim) const PGD: Method = Method {
    id: "pgd",
    name: "Perturbed gradient descent",
    family: Family::Stochastic,
    formula: "x ← x − η g;  if ‖g‖ ≤ g_thres: x ← x + ξ, ξ ~ Ball(r)",
    summary: "Gradient descent with a random kick at critical points: it falls off strict saddles and certifies minima.",
    source: SOURCE,
    parameters: &[
        gradient_step(1.0, 1e-2, SOURCE),
        length("perturbation_radius", "r", 0.05, 0.05, "radius of the ball from which a kick is drawn", SOURCE),
        gradient_threshold("g_thres", 3e-4, SOURCE),
        count("threshold_time", "t_thres", 100.0, "iterations that a kick is given to show a decrease", SOURCE),
        decrease(
            "value_threshold",
            "f_thres",
            1e-5,
            1e-5,
            "decrease of f after a kick below which the point before it is returned",
            SOURCE,
        ),
    ],
    random: true,
    escapes: true,
    requires: Requirement::Nothing,
    preset: Some(Preset {
        source: SOURCE,
        settings: |a| {
            let Assumptions { smoothness, hessian_lipschitz, epsilon, .. } = *a;
            let spread = a.dim as f64 * smoothness * a.decrease / (epsilon * epsilon * a.failure);
            let chi = 3.0 * libm::log(spread).max(4.0);
            numbers([
                ("step_size", 1.0 / smoothness),
                ("perturbation_radius", epsilon / (chi * chi * smoothness)),
                ("gradient_threshold", epsilon / (chi * chi)),
                ("value_threshold", (epsilon * epsilon * epsilon / hessian_lipschitz).sqrt() / (chi * chi * chi)),
                ("threshold_time", chi * smoothness / a.curvature()),
            ])
        },
    }),
    build: |values, start| {
        Box::new(PerturbedDescent {
            x: copy(start),
            step_size: values.number("step_size"),
            perturbation_radius: values.number("perturbation_radius"),
            gradient_threshold: values.number("gradient_threshold"),
            threshold_time: values.integer("threshold_time"),
            value_threshold: values.number("value_threshold"),
            kick: None,
            ended: false,
        })
    },
};

/// The last kick.
#[derive(Clone)]
struct Kick {
    /// x̃, the point before it, and f there; none where the iterate was moved since, so that the kick can show nothing about x̃.
    before: Option<(Vector, f64)>,
    /// t − t_noise.
    age: usize,
}

#[derive(Clone)]
struct PerturbedDescent {
    x: Vector,
    step_size: f64,
    perturbation_radius: f64,
    gradient_threshold: f64,
    threshold_time: usize,
    value_threshold: f64,
    kick: Option<Kick>,
    ended: bool,
}

impl Optimizer for PerturbedDescent {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        if self.ended {
            return Err(StepError::Finished(
                "the kick brought no decrease: the point is returned as a second-order stationary point",
            ));
        }
        let (f, gradient) = whole(oracle, &self.x)?;
        let length = norm(&gradient);
        if length <= self.gradient_threshold && self.kick.as_ref().is_none_or(|kick| kick.age > self.threshold_time) {
            let radius = self.perturbation_radius;
            let mut x = zeros(self.x.len());
            oracle.rng().fill_ball(radius, &mut x);
            x.iter_mut().zip(&self.x).for_each(|(a, b)| *a += b);
            self.kick = Some(Kick { before: Some((copy(&self.x), f)), age: 0 });
            return Ok(jump(&mut self.x, x, f, length, Phase::Perturbation, Geometry::Perturbation { radius }));
        }
        if let Some(kick) = &mut self.kick {
            if let Some((x, before)) = &kick.before
                && kick.age == self.threshold_time
                && f - before > -self.value_threshold
            {
                let x = copy(x);
                self.ended = true;
                return Ok(jump(&mut self.x, x, f, length, Phase::Certification, Geometry::Point));
            }
            kick.age += 1;
        }
        Ok(gradient_descent(&mut self.x, self.step_size, gradient, f))
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }

    fn relocate(&mut self, x: &[f64]) {
        self.x = copy(x);
        self.ended = false;
        if let Some(kick) = &mut self.kick {
            kick.before = None;
        }
    }
}
