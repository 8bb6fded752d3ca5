//! What trust-region methods share: the ratio that judges a trial, the rule for the radius, and the shape of the region.

use super::second_moment::{Epsilon, SecondMoment};
use super::{Default, Parameter, Span, Values};
use crate::linalg::{Metric, Vector, all_finite, copy, sum};

const SOURCE: &str = "Kohler, Adolphs, Lucchi 2020, Algorithm 1";
/// A radius below this stays: squares must not underflow.
const SMALLEST_RADIUS: f64 = 1e-150;

/// Δ₀.
pub(super) const RADIUS: Parameter = Parameter {
    name: "radius",
    symbol: "Δ₀",
    default: Default::Length { times: 1.0, plain: 1.0 },
    span: Span::Log { min: 1e-12, max: 1e12 },
    meaning: "first radius, in the norm of M",
    source: SOURCE,
};

/// Δmax.
pub(super) const RADIUS_MAX: Parameter = Parameter {
    name: "radius_max",
    symbol: "Δmax",
    default: Default::Length { times: 10.0, plain: 10.0 },
    span: Span::Log { min: 1e-12, max: 1e12 },
    meaning: "largest radius, in the norm of M",
    source: SOURCE,
};

/// η₁.
pub(super) const ETA1: Parameter =
    ratio("eta1", "η₁", 1e-4, "smallest ratio of actual to predicted decrease at which a step is taken");

/// η₂.
pub(super) const ETA2: Parameter = ratio("eta2", "η₂", 0.95, "smallest ratio at which the radius grows");

/// γ₁.
pub(super) const GROW: Parameter = factor("grow", "γ₁", "factor of the radius after a very good step");

/// γ₂.
pub(super) const SHRINK: Parameter = factor("shrink", "γ₂", "divisor of the radius after a rejected step");

/// β of the RMSProp shapes.
pub(super) const BETA: Parameter = Parameter {
    name: "beta",
    symbol: "β",
    default: Default::Fixed(0.8),
    span: Span::Linear { min: 0.0, max: 0.999_999 },
    meaning: "weight of past squared gradients in the RMSProp ellipsoids",
    source: SOURCE,
};

/// ε of the shapes.
pub(super) const EPSILON: Parameter = Parameter {
    name: "epsilon",
    symbol: "ε",
    default: Default::Fixed(1e-10),
    span: Span::Log { min: 1e-30, max: 1e2 },
    meaning: "where the accumulators start; their eigenvalues never fall below it",
    source: SOURCE,
};

/// The choice of the shape M.
pub(super) const fn metric(options: &'static [&'static str]) -> Parameter {
    Parameter {
        name: "metric",
        symbol: "M",
        default: Default::Fixed(0.0),
        span: Span::Choice { options },
        meaning: "shape of the region: a ball, or the ellipsoid of the gradients so far",
        source: SOURCE,
    }
}

const fn ratio(name: &'static str, symbol: &'static str, value: f64, meaning: &'static str) -> Parameter {
    let span = Span::Linear { min: 0.0, max: 1.0 };
    Parameter { name, symbol, default: Default::Fixed(value), span, meaning, source: SOURCE }
}

const fn factor(name: &'static str, symbol: &'static str, meaning: &'static str) -> Parameter {
    let span = Span::Log { min: 1.01, max: 100.0 };
    Parameter { name, symbol, default: Default::Fixed(2.0), span, meaning, source: SOURCE }
}

/// What became of a trial step s.
pub(super) struct Trial {
    /// x + s.
    pub point: Vector,
    /// f(x) − f(x+s).
    pub actual: f64,
    /// ρ, up to the rounding of f; NaN for s = 0.
    pub ratio: f64,
    /// Whether x + s is the next iterate.
    pub taken: bool,
    /// Whether s = 0: nothing was asked, and the radius stays.
    pub still: bool,
}

/// Decreases of f smaller than this are rounding (Conn, Gould, Toint 2000, §17.4.2).
pub(super) fn rounding(f: f64) -> f64 {
    10.0 * f64::EPSILON * f.abs()
}

/// Tries x + s: ρ = (f(x) − f(x+s)) / (−m(s)) with −m(s) = `predicted`, both decreases known up to the [`rounding`] of f; taken where
/// ρ ≥ `eta1`. `value` gives f.
pub(super) fn judge(eta1: f64, x: &[f64], f: f64, s: &[f64], predicted: f64, value: impl FnOnce(&[f64]) -> f64) -> Trial {
    let point = sum(x, s);
    if s.iter().all(|si| *si == 0.0) {
        return Trial { point, actual: 0.0, ratio: f64::NAN, taken: false, still: true };
    }
    let actual = f - value(&point);
    let ratio = (actual + rounding(f)) / (predicted + rounding(f));
    let taken = ratio >= eta1 && actual.is_finite() && all_finite(&point);
    Trial { point, actual, ratio, taken, still: false }
}

/// When a trial is taken and what becomes of the radius (Conn, Gould, Toint 2000, Algorithm 6.1.1; Kohler, Adolphs,
/// Lucchi 2020, Algorithm 1).
#[derive(Clone, Copy)]
pub(super) struct RadiusRule {
    eta1: f64,
    eta2: f64,
    grow: f64,
    shrink: f64,
    radius_max: f64,
}

impl RadiusRule {
    /// From [`ETA1`], [`ETA2`], [`GROW`], [`SHRINK`] and [`RADIUS_MAX`].
    pub fn new(values: &Values<'_>) -> Self {
        Self {
            eta1: values.number("eta1"),
            eta2: values.number("eta2"),
            grow: values.number("grow"),
            shrink: values.number("shrink"),
            radius_max: values.number("radius_max"),
        }
    }

    /// [`judge`] with η₁.
    pub fn judge(&self, x: &[f64], f: f64, s: &[f64], predicted: f64, value: impl FnOnce(&[f64]) -> f64) -> Trial {
        judge(self.eta1, x, f, s, predicted, value)
    }

    /// Δ ← min(γ₁Δ, Δmax) where a taken trial has ρ ≥ η₂, Δ/γ₂ after one that was not taken, Δ else.
    pub fn next_radius(&self, radius: f64, trial: &Trial) -> f64 {
        if trial.still {
            radius
        } else if !trial.taken {
            (radius / self.shrink).max(SMALLEST_RADIUS)
        } else if trial.ratio >= self.eta2 {
            (self.grow * radius).min(self.radius_max)
        } else {
            radius
        }
    }
}

/// The shape rule of M: a ball, or the root of a second moment of the gradients at the iterates.
#[derive(Clone)]
pub(super) struct Shape {
    /// None for a shape that does not change.
    moment: Option<SecondMoment>,
    /// That shape.
    fixed: Metric,
    /// Of the past and of the new gradient in the accumulator.
    weights: [f64; 2],
    epsilon: f64,
    /// βᵗ of Adam's shape: its moment starts at 0 and is divided by 1 − βᵗ; 0 for the others.
    forgotten: f64,
}

impl Shape {
    /// `metric`: sphere, adagrad, adagrad_full, rmsprop, rmsprop_full, whose accumulators start at ε; or adam, adam_full, whose start at 0.
    pub fn new(metric: &str, beta: f64, epsilon: f64, n: usize) -> Self {
        let adam = metric.starts_with("adam");
        let initial = if adam { 0.0 } else { epsilon };
        Self {
            moment: (metric != "sphere").then(|| SecondMoment::new(n, metric.ends_with("_full"), initial)),
            fixed: Metric::Sphere,
            weights: if adam || metric.starts_with("rmsprop") { [beta, 1.0 - beta] } else { [1.0, 1.0] },
            epsilon,
            forgotten: f64::from(u8::from(adam)),
        }
    }

    /// One ellipsoid for the whole run.
    pub fn fixed(metric: Metric) -> Self {
        Self { moment: None, fixed: metric, weights: [1.0, 1.0], epsilon: 0.0, forgotten: 0.0 }
    }

    /// Takes in the gradient at a new iterate; M.
    pub fn update(&mut self, g: &[f64]) -> Metric {
        self.accumulate(g);
        let known = 1.0 - self.forgotten;
        let Some(moment) = &self.moment else { return self.fixed.clone() };
        match moment.metric(Epsilon::Floor(self.epsilon * known)) {
            // (v/(1 − βᵗ))^½.
            Metric::Diagonal(m) if known < 1.0 => Metric::Diagonal(m.iter().map(|v| v / known.sqrt()).collect()),
            Metric::Full(m) if known < 1.0 => Metric::Full(m.iter().map(|v| v / known.sqrt()).collect()),
            metric => metric,
        }
    }

    /// As [`update`](Self::update), with M⁻¹g.
    pub fn update_preconditioned(&mut self, g: &[f64]) -> (Metric, Vector) {
        let metric = self.update(g);
        let mut direction = copy(g);
        metric.factor(g.len()).solve(&mut direction);
        (metric, direction)
    }

    fn accumulate(&mut self, g: &[f64]) {
        let [keep, weight] = self.weights;
        if let Some(moment) = self.moment.as_mut() {
            moment.update(keep, weight, g);
            self.forgotten *= keep;
        }
    }
}
