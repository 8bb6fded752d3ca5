//! The stochastic trust-region method with random models.

use super::part::{MOST_SAMPLES, Part, first_batch};
use super::spectral::{Trial, conclude};
use crate::linalg::{Metric, Vector, copy, norm, symmetric_eigenvalues, zeros};
use crate::optim::subproblem;
use crate::optim::trust::{self, judge};
use crate::optim::{Default, Family, Geometry, Method, Optimizer, Oracle, Parameter, Region, Requirement, Span, Step, StepError};

const SOURCE: &str = "Chen, Menickelly, Scheinberg 2018, Stochastic optimization using a trust-region method and random models";
/// A radius below this stays: squares must not underflow.
const SMALLEST_RADIUS: f64 = 1e-150;

/// s minimizes the sampled model in the ball of radius Δ; it is taken where ρ ≥ η₁ for sampled values and ‖ĝ‖ ≥ η₂Δ, and Δ then grows by γ,
/// else falls by γ. The batches keep the model accurate to Δ² and the values to Δ²: ∝ Δ⁻² for the model, ∝ Δ⁻⁴ for the values.
///
/// Of order two (Blanchet, Cartis, Menickelly, Scheinberg 2019, Section 4) the model is fully quadratic: its gradient is accurate to Δ² and
/// its Hessian to Δ, the values to Δ³, with batches ∝ Δ⁻⁴, Δ⁻² and Δ⁻⁶. Negative curvature is a reason to go on, too: the test on the
/// gradient becomes max{‖ĝ‖, −λ_min(Ĥ) Δ₀} ≥ η₂Δ, with the first radius Δ₀ as the length that the paper leaves out.
pub(in crate::optim) const STORM: Method = Method {
    id: "storm",
    name: "STORM",
    family: Family::SecondOrder,
    formula: "x ← x + argmin { ĝᵀs + ½ sᵀĤs : ‖s‖ ≤ Δ } if ρ̂ ≥ η₁ and ‖ĝ‖ ≥ η₂Δ",
    summary: "A trust region that also tells noise: it shrinks where samples deceive it, and takes more of them then.",
    source: SOURCE,
    parameters: &[
        trust::RADIUS,
        trust::RADIUS_MAX,
        Parameter {
            name: "eta1",
            symbol: "η₁",
            default: Default::Fixed(0.1),
            span: Span::Linear { min: 0.0, max: 1.0 },
            meaning: "smallest ratio of estimated to predicted decrease at which a step is taken",
            source: SOURCE,
        },
        Parameter {
            name: "eta2",
            symbol: "η₂",
            default: Default::Curvature { times: 0.01, plain: 0.1 },
            span: Span::Log { min: 1e-12, max: 1e12 },
            meaning: "a step is taken only where the gradient of the model is at least this times Δ",
            source: SOURCE,
        },
        Parameter {
            name: "gamma",
            symbol: "γ",
            default: Default::Fixed(2.0),
            span: Span::Log { min: 1.01, max: 100.0 },
            meaning: "factor of the radius after a step, divisor after a rejected trial",
            source: SOURCE,
        },
        Parameter {
            name: "first_batch",
            symbol: "b₀",
            default: Default::Fixed(0.0),
            span: Span::Integer { min: 0, max: 1_000_000 },
            meaning: "samples at the first radius; 0: a twentieth of all, or 1 where f is no finite sum",
            source: SOURCE,
        },
        Parameter {
            name: "order",
            symbol: "order",
            default: Default::Fixed(0.0),
            span: Span::Choice { options: &["first", "second"] },
            meaning: "second: larger batches, and steps are taken for negative curvature, too",
            source: "Blanchet, Cartis, Menickelly, Scheinberg 2019, Convergence rate analysis of a stochastic trust-region method via supermartingales, Section 4",
        },
    ],
    random: true,
    escapes: false,
    requires: Requirement::Nothing,
    preset: None,
    build: |values, start| {
        let radius = values.number("radius");
        Box::new(Storm {
            x: copy(start),
            radius,
            first_radius: radius,
            radius_max: values.number("radius_max").max(radius),
            eta1: values.number("eta1"),
            eta2: values.number("eta2"),
            gamma: values.number("gamma"),
            first: values.integer("first_batch"),
            second: values.choice("order") == "second",
        })
    },
};

#[derive(Clone)]
struct Storm {
    x: Vector,
    radius: f64,
    first_radius: f64,
    radius_max: f64,
    eta1: f64,
    eta2: f64,
    gamma: f64,
    first: usize,
    /// Whether curvature counts.
    second: bool,
}

impl Optimizer for Storm {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        let (n, radius) = (self.x.len(), self.radius);
        let first = first_batch(self.first, oracle) as f64;
        let ratio = self.first_radius / radius;
        let square = ratio * ratio;
        let size = |power: f64| (first * power).clamp(1.0, MOST_SAMPLES).ceil() as usize;
        let (mut g, mut h) = (zeros(n), zeros(n * n));
        let model = Part::draw(size(square), oracle);
        if self.second {
            let gradients = Part::draw(size(square * square), oracle);
            Part::derivatives([&gradients, &model], &self.x, &mut g, &mut h, oracle)?;
        } else {
            Part::derivatives([&model; 2], &self.x, &mut g, &mut h, oracle)?;
        }
        let solution = subproblem::exact(&g, &h, &Metric::Sphere, radius);
        let values = Part::draw(size(if self.second { square * square * square } else { square * square }), oracle);
        let (f, gradient_norm) = (values.value(&self.x, oracle), norm(&g));
        let predicted = solution.model_decrease;
        let found = judge(self.eta1, &self.x, f, &solution.step, predicted, |point| values.value(point, oracle));
        let fall =
            if self.second { self.first_radius * -symmetric_eigenvalues(&h, n).first().copied().unwrap_or(0.0) } else { 0.0 };
        let accepted = found.still || found.taken && gradient_norm.max(fall) >= self.eta2 * radius;
        if !found.still {
            self.radius =
                if accepted { (self.gamma * radius).min(self.radius_max) } else { (radius / self.gamma).max(SMALLEST_RADIUS) };
        }
        let geometry = Geometry::TrustRegion(Region {
            center: copy(&self.x),
            metric: Metric::Sphere,
            radius,
            linear: g,
            second_order: true,
            step: copy(&solution.step),
            path: solution.path,
            exit: solution.exit,
            multiplier: solution.multiplier,
        });
        let trial = Trial { step: solution.step, accepted, predicted, actual: found.actual, geometry };
        Ok(conclude(&mut self.x, f, gradient_norm, trial))
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }

    fn relocate(&mut self, x: &[f64]) {
        self.x = copy(x);
    }
}
