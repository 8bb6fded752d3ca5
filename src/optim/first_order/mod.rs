//! Methods that see gradients only.
//!
//! May import `linalg` and the contract of `optim`. A method is a `Rule`: from the gradient it says which linear
//! function it minimizes in which ellipsoid; the machine around it makes the step and the record. One method a file.

mod adadelta;
mod adagrad;
mod adagrad_full;
mod adam;
mod adamw;
mod adaptive;
mod aggmo;
mod amsgrad;
mod bfgs;
mod cg;
mod first_order_tr;
mod gd;
mod heavy_ball;
mod lbfgs;
mod line_search;
mod moments;
mod nadam;
mod nesterov;
mod ngd;
mod parameters;
mod rmsprop;
mod rmsprop_full;
mod searched;

pub(super) use parameters::gradient_step;
use parameters::{BATCH_SIZE, decay, epsilon, epsilon_place, momentum, step_length};

use super::schedule::{Schedule, scheduled};
use super::{Exit, Geometry, Method, Optimizer, Oracle, Path, Phase, Region, Step, StepError, Values, Verdict};
use crate::linalg::{Metric, Vector, copy, dot, norm, zeros};

/// The methods of this family, in the order in which the window lists them.
pub(super) const METHODS: &[Method] = &[
    gd::GD,
    heavy_ball::HEAVY_BALL,
    nesterov::NESTEROV,
    aggmo::AGGMO,
    ngd::NGD,
    adagrad::ADAGRAD,
    adagrad_full::ADAGRAD_FULL,
    rmsprop::RMSPROP,
    rmsprop_full::RMSPROP_FULL,
    adam::ADAM,
    amsgrad::AMSGRAD,
    adamw::ADAMW,
    nadam::NADAM,
    adadelta::ADADELTA,
    cg::CG,
    bfgs::BFGS,
    lbfgs::LBFGS,
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

    /// The step −ηl/m, elementwise, in the ellipsoid of M = diag(m).
    #[inline]
    pub fn diagonal(step_size: f64, linear: Vector, m: Vector) -> Self {
        let mut direction = copy(&linear);
        direction.iter_mut().zip(&m).for_each(|(l, mi)| *l /= mi);
        Self { step_size, linear, metric: Metric::Diagonal(m), direction }
    }

    /// ‖l‖_{M⁻¹} with M⁻¹l = `direction`.
    #[inline]
    pub fn dual_norm(metric: &Metric, linear: &[f64], direction: &[f64]) -> f64 {
        if matches!(metric, Metric::Sphere) { norm(linear) } else { dot(linear, direction).max(0.0).sqrt() }
    }

    /// The region of a [plain](Self::plain) step around `center`, with ‖l‖ known: [`region`](Self::region) without the copy of l
    /// and the sums; `copy` makes its vectors.
    #[inline]
    pub fn ball(step_size: f64, linear: Vector, length: f64, center: &[f64], mut copy: impl FnMut(&[f64]) -> Vector) -> Region {
        let mut step = copy(&linear);
        step.iter_mut().for_each(|s| *s *= -step_size);
        Region {
            center: copy(center),
            metric: Metric::Sphere,
            radius: step_size * length,
            linear,
            second_order: false,
            path: Path::from_buf_and_len([copy(&step), Vector::new()], 1),
            step,
            exit: if length == 0.0 { Exit::ZeroGradient } else { Exit::Boundary },
            multiplier: 1.0 / step_size,
        }
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
    fn models_f(&self) -> bool {
        false
    }

    /// Where the gradient is asked, if not at x.
    fn probe(&self, _x: &[f64]) -> Option<Vector> {
        None
    }

    /// The centre of the region, if not x.
    fn center(&self, _x: &[f64], _step_size: f64) -> Option<Vector> {
        None
    }

    /// What carries past gradients on as a direction, for a method around this one.
    fn momenta(&mut self) -> Vec<&mut Vector> {
        Vec::new()
    }

    /// Takes the gradient in and says which step to make with this step size.
    fn precondition(&mut self, gradient: &[f64], step_size: f64) -> Preconditioned;
}

/// The machine around a rule: one gradient, one step, always accepted.
#[derive(Clone)]
pub(super) struct Machine<R> {
    x: Vector,
    schedule: Schedule,
    /// Steps made.
    t: u64,
    /// b; 0: the whole gradient.
    batch_size: usize,
    rule: R,
}

impl<R: Rule> Machine<R> {
    /// At `start`, with the schedule of the declared step size.
    pub fn boxed(start: &[f64], values: &Values<'_>, rule: R) -> Box<dyn Optimizer> {
        let batch_size = values.integer("batch_size");
        Box::new(Self { x: copy(start), schedule: Schedule::new(values), t: 0, batch_size, rule })
    }

    /// Writes ∇f(at), or that of a batch, of a plain function with the noise that is declared for it, and returns its value.
    fn ask(&self, oracle: &mut Oracle<'_>, at: &[f64], gradient: &mut [f64]) -> Result<f64, StepError> {
        if self.batch_size == 0 || !oracle.samples_gradients() {
            return oracle.gradient(at, gradient);
        }
        let sample = oracle.draw(self.batch_size);
        oracle.sample_gradient(at, &sample, gradient)
    }
}

impl<R: Rule> Optimizer for Machine<R> {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        let mut gradient = zeros(self.x.len());
        let f = match self.rule.probe(&self.x) {
            None => self.ask(oracle, &self.x, &mut gradient)?,
            Some(at) => {
                self.ask(oracle, &at, &mut gradient)?;
                f64::NAN
            }
        };
        let step_size = self.schedule.at(self.t);
        self.t += 1;
        let plan = self.rule.precondition(&gradient, step_size);
        let (multiple, center) = (plan.step_size, self.rule.center(&self.x, step_size));
        let (region, slope) = plan.region(center.as_deref().unwrap_or(&self.x));
        let predicted = if self.rule.models_f() { multiple * slope } else { f64::NAN };
        Ok(descend(&mut self.x, f, norm(&gradient), predicted, region))
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }

    fn relocate(&mut self, x: &[f64]) {
        self.x = copy(x);
    }

    fn momenta(&mut self) -> Vec<&mut Vector> {
        self.rule.momenta()
    }
}

/// Moves `x` to the region's centre and on by its step, and records it.
#[inline(always)]
pub(super) fn descend(x: &mut Vector, f: f64, gradient_norm: f64, predicted: f64, region: Region) -> Step {
    descend_by(x, f, gradient_norm, predicted, region, copy)
}

/// As [`descend`]; `copy` makes the vectors of the record.
#[inline(always)]
pub(super) fn descend_by(
    x: &mut Vector,
    f: f64,
    gradient_norm: f64,
    predicted: f64,
    region: Region,
    mut copy: impl FnMut(&[f64]) -> Vector,
) -> Step {
    let from = copy(x);
    let mut trial = copy(&region.step);
    for (((xi, ti), si), ci) in x.iter_mut().zip(&mut trial).zip(&region.step).zip(&region.center) {
        // The trial is s itself where the region is around x.
        *ti += ci - *xi;
        *xi = ci + si;
    }
    Step {
        from,
        trial,
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
