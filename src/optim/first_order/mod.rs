//! Methods that see gradients only.
//!
//! May import `linalg` and the contract of `optim`. A method is a `Rule`: from the gradient it says which linear
//! function it minimizes in which ellipsoid; the machine around it makes the step and the record. One rule a file.

mod adagrad;
mod adagrad_full;
mod adam;
mod adaptive;
mod first_order_tr;
mod gd;
mod heavy_ball;
mod nesterov;
mod rmsprop;
mod rmsprop_full;

use super::{Default, Exit, Geometry, Method, Optimizer, Oracle, Parameter, Path, Phase, Region, Span, Step, StepError, Verdict};
use crate::linalg::{Metric, Vector, copy, dot, norm, zeros};

/// The methods of this family, in the order in which the window lists them.
pub(super) const METHODS: &[Method] = &[
    gd::GD,
    heavy_ball::HEAVY_BALL,
    nesterov::NESTEROV,
    adagrad::ADAGRAD,
    adagrad_full::ADAGRAD_FULL,
    rmsprop::RMSPROP,
    rmsprop_full::RMSPROP_FULL,
    adam::ADAM,
    first_order_tr::FIRST_ORDER_TR,
];

/// A preconditioned step s = −η M⁻¹l, the minimizer of ⟨l, s⟩ over ‖s‖_M ≤ Δ = η‖l‖_{M⁻¹}
/// (Kohler, Adolphs, Lucchi 2020, Lemma 1).
pub(super) struct Preconditioned {
    /// η.
    pub step_size: f64,
    /// l: the gradient, or the momentum in its place.
    pub linear: Vector,
    /// M.
    pub metric: Metric,
    /// M⁻¹l.
    pub direction: Vector,
}

impl Preconditioned {
    /// The plain step −ηl in a ball.
    #[inline]
    pub fn plain(step_size: f64, linear: Vector) -> Self {
        Self { step_size, direction: copy(&linear), linear, metric: Metric::Sphere }
    }

    /// ‖l‖_{M⁻¹} with M⁻¹l = `direction`.
    #[inline]
    pub fn dual_norm(metric: &Metric, linear: &[f64], direction: &[f64]) -> f64 {
        if matches!(metric, Metric::Sphere) { norm(linear) } else { dot(linear, direction).max(0.0).sqrt() }
    }

    /// The region of the lemma around `center`, with the step in it; ‖l‖²_{M⁻¹} beside it.
    #[inline(always)]
    pub fn region(self, center: &[f64]) -> (Region, f64) {
        let slope = dot(&self.linear, &self.direction).max(0.0);
        let dual = Self::dual_norm(&self.metric, &self.linear, &self.direction);
        let mut step = self.direction;
        step.iter_mut().for_each(|d| *d *= -self.step_size);
        let region = Region {
            center: copy(center),
            metric: self.metric,
            radius: self.step_size * dual,
            linear: self.linear,
            second_order: false,
            path: Path::from_buf_and_len([copy(&step), Vector::new()], 1),
            step,
            exit: if dual == 0.0 { Exit::ZeroGradient } else { Exit::Boundary },
            multiplier: 1.0 / self.step_size,
        };
        (region, slope)
    }
}

/// What tells one first-order method from another.
pub(super) trait Rule: Clone + Send + 'static {
    /// Whether l is the gradient of f at x, so that ⟨l, s⟩ models f.
    const MODELS_F: bool;

    /// Where the gradient is asked, if not at x.
    fn probe(&self, _x: &[f64]) -> Option<Vector> {
        None
    }

    /// Takes the gradient in and says which step to make.
    fn precondition(&mut self, gradient: &[f64]) -> Preconditioned;
}

/// The machine around a rule: one gradient, one step, always accepted.
#[derive(Clone)]
pub(super) struct Machine<R> {
    x: Vector,
    rule: R,
}

impl<R: Rule> Machine<R> {
    /// At `start`.
    pub fn boxed(start: &[f64], rule: R) -> Box<dyn Optimizer> {
        Box::new(Self { x: copy(start), rule })
    }
}

impl<R: Rule> Optimizer for Machine<R> {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        let mut gradient = zeros(self.x.len());
        let f = match self.rule.probe(&self.x) {
            None => oracle.gradient(&self.x, &mut gradient)?,
            Some(at) => {
                oracle.gradient(&at, &mut gradient)?;
                f64::NAN
            }
        };
        let plan = self.rule.precondition(&gradient);
        let step_size = plan.step_size;
        let (region, slope) = plan.region(&self.x);
        let predicted = if R::MODELS_F { step_size * slope } else { f64::NAN };
        Ok(descend(&mut self.x, f, norm(&gradient), predicted, region))
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }
}

/// Moves `x` by the region's step and records it.
#[inline(always)]
pub(super) fn descend(x: &mut Vector, f: f64, gradient_norm: f64, predicted: f64, region: Region) -> Step {
    let from = copy(x);
    for (xi, si) in x.iter_mut().zip(&region.step) {
        *xi += si;
    }
    Step {
        from,
        trial: copy(&region.step),
        x: copy(x),
        verdict: Verdict::Accepted,
        phase: Phase::Descent,
        f,
        gradient_norm,
        predicted,
        actual: f64::NAN,
        geometry: Geometry::TrustRegion(region),
    }
}

/// η of a method whose step scales with the gradient.
pub(super) const fn gradient_step(times: f64, plain: f64, source: &'static str) -> Parameter {
    Parameter {
        name: "step_size",
        symbol: "η",
        default: Default::GradientStep { times, plain },
        span: Span::Log { min: 1e-10, max: 1e4 },
        meaning: "step per unit of gradient; about 1/ℓ with ℓ the largest curvature",
        source,
    }
}

/// η of a method that normalizes its gradients: a length in x.
pub(super) const fn step_length(times: f64, plain: f64, source: &'static str) -> Parameter {
    Parameter {
        name: "step_size",
        symbol: "η",
        default: Default::Length { times, plain },
        span: Span::Log { min: 1e-10, max: 1e4 },
        meaning: "length of a step in each coordinate while the gradient keeps its size",
        source,
    }
}

/// A weight in [0, 1) of what has been.
pub(super) const fn decay(
    name: &'static str,
    symbol: &'static str,
    value: f64,
    meaning: &'static str,
    source: &'static str,
) -> Parameter {
    Parameter { name, symbol, default: Default::Fixed(value), span: Span::Linear { min: 0.0, max: 0.999_999 }, meaning, source }
}

/// μ.
pub(super) const fn momentum(source: &'static str) -> Parameter {
    Parameter {
        name: "momentum",
        symbol: "μ",
        default: Default::Fixed(0.9),
        span: Span::Linear { min: 0.0, max: 1.0 },
        meaning: "share of the last step's momentum that is kept",
        source,
    }
}

/// Whether ε is added to the root of the second moment or below it.
pub(super) const fn epsilon_place(source: &'static str) -> Parameter {
    Parameter {
        name: "epsilon_place",
        symbol: "ε in",
        default: Default::Fixed(0.0),
        span: Span::Choice { options: &["outside", "inside"] },
        meaning: "outside the root, √v + ε, or inside it, √(v + ε)",
        source,
    }
}

/// ε beside the root of a second moment.
pub(super) const fn epsilon(value: f64, source: &'static str) -> Parameter {
    Parameter {
        name: "epsilon",
        symbol: "ε",
        default: Default::Fixed(value),
        span: Span::Log { min: 1e-30, max: 1e2 },
        meaning: "keeps the ellipsoid bounded where gradients vanish",
        source,
    }
}
