//! Perturbed gradient descent.

use crate::linalg::{Vector, norm};
use crate::optim::first_order::{Preconditioned, descend, gradient_step};
use crate::optim::{
    Default, Family, Geometry, Method, Optimizer, Oracle, Parameter, Phase, Requirement, Span, Step, StepError, Verdict,
};

const SOURCE: &str = "Jin, Ge, Netrapalli, Kakade, Jordan 2017, Algorithm 2";

/// Gradient descent that, where ‖∇f(x)‖ ≤ g_thres and no kick fell in the last t_thres iterations, kicks x to a point uniform
/// in a ball around it; when t_thres iterations later f has not fallen by f_thres, it returns to the point before the kick
/// and ends there (Jin, Ge, Netrapalli, Kakade, Jordan 2017, Algorithm 2, with η, r and the thresholds set directly).
///
/// A kick is a trial of its own, and no iteration t passes with it.
pub(in crate::optim) const PGD: Method = Method {
    id: "pgd",
    name: "Perturbed gradient descent",
    family: Family::Stochastic,
    formula: "x ← x − η g;  if ‖g‖ ≤ g_thres: x ← x + ξ, ξ ~ Ball(r)",
    summary: "Gradient descent with a random kick at critical points: it falls off strict saddles and certifies minima.",
    source: SOURCE,
    parameters: &[
        gradient_step(1.0, 1e-2, SOURCE),
        Parameter {
            name: "perturbation_radius",
            symbol: "r",
            default: Default::Length { times: 0.05, plain: 0.05 },
            span: Span::Log { min: 1e-12, max: 1e6 },
            meaning: "radius of the ball from which a kick is drawn",
            source: SOURCE,
        },
        Parameter {
            name: "gradient_threshold",
            symbol: "g_thres",
            default: Default::Gradient { times: 3e-4, plain: 1e-3 },
            span: Span::Log { min: 1e-15, max: 1e9 },
            meaning: "gradient norm at which a point counts as critical",
            source: SOURCE,
        },
        Parameter {
            name: "threshold_time",
            symbol: "t_thres",
            default: Default::Fixed(100.0),
            span: Span::Integer { min: 1, max: 1_000_000_000 },
            meaning: "iterations that a kick is given to show a decrease",
            source: SOURCE,
        },
        Parameter {
            name: "value_threshold",
            symbol: "f_thres",
            default: Default::Decrease { times: 1e-5, plain: 1e-5 },
            span: Span::Log { min: 1e-30, max: 1e9 },
            meaning: "decrease of f after a kick below which the point before it is returned",
            source: SOURCE,
        },
    ],
    random: true,
    escapes: true,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        Box::new(PerturbedDescent {
            x: Vector::from_slice(start),
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
    /// x̃, the point before it, and f there.
    from: Vector,
    f: f64,
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

impl PerturbedDescent {
    /// A move to `x` that is not a descent step.
    fn jump(&mut self, x: Vector, f: f64, gradient_norm: f64, phase: Phase, geometry: Geometry) -> Step {
        let from = std::mem::replace(&mut self.x, x);
        Step {
            trial: self.x.iter().zip(&from).map(|(a, b)| a - b).collect(),
            x: self.x.clone(),
            from,
            verdict: Verdict::Accepted,
            phase,
            f,
            gradient_norm,
            predicted: f64::NAN,
            actual: f64::NAN,
            geometry,
        }
    }
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
        let mut gradient = Vector::from_elem(0.0, self.x.len());
        let f = oracle.gradient(&self.x, &mut gradient)?;
        let length = norm(&gradient);
        if length <= self.gradient_threshold && self.kick.as_ref().is_none_or(|kick| kick.age > self.threshold_time) {
            let radius = self.perturbation_radius;
            let mut x = Vector::from_elem(0.0, self.x.len());
            oracle.rng().fill_ball(radius, &mut x);
            x.iter_mut().zip(&self.x).for_each(|(a, b)| *a += b);
            self.kick = Some(Kick { from: self.x.clone(), f, age: 0 });
            return Ok(self.jump(x, f, length, Phase::Perturbation, Geometry::Perturbation { radius }));
        }
        if let Some(kick) = &mut self.kick {
            if kick.age == self.threshold_time && f - kick.f > -self.value_threshold {
                let x = kick.from.clone();
                self.ended = true;
                return Ok(self.jump(x, f, length, Phase::Certification, Geometry::Point));
            }
            kick.age += 1;
        }
        let (region, slope) = Preconditioned::plain(self.step_size, gradient).region(&self.x);
        Ok(descend(&mut self.x, f, length, self.step_size * slope, region))
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }
}
