//! Descent until the gradient is small, then a search for negative curvature: the frame of Neon and Neon2.

use super::trial::{averaged, batch, gradient_descent, jump, look, offset, plain_step};
use crate::linalg::{Vector, copy, dot, norm};
use crate::optim::{Geometry, Optimizer, Oracle, Phase, Step, StepError};

/// What is known of f at the point around which is searched.
#[derive(Clone)]
pub(super) struct Reference {
    pub f: f64,
    pub gradient: Vector,
}

/// One look of a search.
pub(super) struct Look {
    /// Where was looked, from x.
    pub trial: Vector,
    /// The curvature that was measured along it.
    pub curvature: f64,
    /// [`Phase::Search`], or [`Phase::Certification`] for a test of what was found.
    pub phase: Phase,
    pub outcome: Outcome,
}

/// How a search stands after a look.
pub(super) enum Outcome {
    /// It goes on.
    Searching,
    /// A unit vector v, and vᵀ∇²f v as far as it was measured.
    Found(Vector, f64),
    /// There is no direction of the curvature that is sought.
    Nothing,
}

/// A search for a direction of negative curvature around a point, one look a call.
pub(super) trait Finder: Clone + Send + 'static {
    /// Begins anew at `x`.
    fn begin(&mut self, x: &[f64], oracle: &mut Oracle<'_>);

    /// Looks once; on an error the search stands as before.
    fn look(&mut self, x: &[f64], reference: &Reference, oracle: &mut Oracle<'_>) -> Result<Look, StepError>;
}

impl Look {
    /// The trial at `x` that this look was.
    pub fn record(&self, x: &[f64], f: f64) -> Step {
        let phase = if matches!(self.outcome, Outcome::Nothing) { Phase::Certification } else { self.phase };
        let geometry = match unit(&self.trial) {
            Some(direction) => Geometry::NegativeCurvature { direction, curvature: self.curvature },
            None => Geometry::Point,
        };
        look(x, copy(&self.trial), f, phase, geometry)
    }
}

/// u/‖u‖; none for 0.
pub(super) fn unit(u: &[f64]) -> Option<Vector> {
    let length = norm(u);
    (length > 0.0 && length.is_finite()).then(|| u.iter().map(|v| v / length).collect())
}

/// ⟨u, difference⟩/‖u‖², the curvature along u where the difference is ∇f(x + u) − ∇f(x).
pub(super) fn quotient(u: &[f64], difference: &[f64]) -> f64 {
    dot(u, difference) / dot(u, u)
}

/// How the sign of a direction is chosen.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Sign {
    /// Down the slope: ⟨∇f(x), v⟩ ≤ 0.
    Down,
    /// Either, with the same probability.
    Random,
}

/// Moves `x` by `length` along ±v; the model promises −⟨g, s⟩ − ½sᵀ∇²f s.
pub(super) fn follow(
    x: &mut Vector,
    (direction, curvature): (&[f64], f64),
    length: f64,
    sign: Sign,
    reference: Option<&Reference>,
    oracle: &mut Oracle<'_>,
) -> Step {
    let slope = reference.map_or(f64::NAN, |r| dot(&r.gradient, direction));
    let negative = match sign {
        Sign::Down => slope > 0.0,
        Sign::Random => oracle.rng().uniform() < 0.5,
    };
    let along = if negative { -length } else { length };
    let to = offset(x, along, direction);
    let geometry = Geometry::NegativeCurvature { direction: copy(direction), curvature };
    let (f, gradient_norm) = reference.map_or((f64::NAN, f64::NAN), |r| (r.f, norm(&r.gradient)));
    let predicted = -along * slope - 0.5 * along * along * curvature;
    Step { predicted, ..jump(x, to, f, gradient_norm, Phase::Descent, geometry) }
}

/// Gradient descent, on a batch or the whole, while ‖g‖ > g_thres; else a search, whose direction is followed for a fixed
/// length; where there is none the method ends.
#[derive(Clone)]
pub(super) struct Escape<F> {
    pub x: Vector,
    pub step_size: f64,
    /// Samples of a gradient; `None`: all.
    pub batch_size: Option<usize>,
    pub gradient_threshold: f64,
    pub curvature_step: f64,
    pub sign: Sign,
    pub finder: F,
    pub mode: Mode,
}

/// What an [`Escape`] does next.
#[derive(Clone)]
pub(super) enum Mode {
    Descend,
    Search(Reference),
    Follow(Reference, Vector, f64),
    Ended,
}

impl<F: Finder> Escape<F> {
    fn look(&mut self, reference: Reference, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        let seen = self.finder.look(&self.x, &reference, oracle)?;
        let record = seen.record(&self.x, reference.f);
        self.mode = match seen.outcome {
            Outcome::Searching => Mode::Search(reference),
            Outcome::Found(direction, curvature) => Mode::Follow(reference, direction, curvature),
            Outcome::Nothing => Mode::Ended,
        };
        Ok(record)
    }
}

impl<F: Finder> Optimizer for Escape<F> {
    fn position(&self) -> &[f64] {
        &self.x
    }

    fn step(&mut self, oracle: &mut Oracle<'_>) -> Result<Step, StepError> {
        match &self.mode {
            Mode::Ended => Err(StepError::Finished(
                "the search found no direction of negative curvature: the point is returned as second-order stationary",
            )),
            Mode::Follow(reference, direction, curvature) => {
                let found = (direction.as_slice(), *curvature);
                let step = follow(&mut self.x, found, self.curvature_step, self.sign, Some(reference), oracle);
                self.mode = Mode::Descend;
                Ok(step)
            }
            Mode::Search(reference) => {
                let reference = reference.clone();
                self.look(reference, oracle)
            }
            Mode::Descend => {
                let batch = self.batch_size.and_then(|size| batch(oracle, size));
                let (f, gradient) = averaged(oracle, &self.x, batch.as_ref())?;
                if norm(&gradient) <= self.gradient_threshold {
                    self.finder.begin(&self.x, oracle);
                    return self.look(Reference { f, gradient }, oracle);
                }
                Ok(match batch {
                    None => gradient_descent(&mut self.x, self.step_size, gradient, f),
                    Some(_) => plain_step(oracle, &mut self.x, self.step_size, gradient, f, Phase::Descent),
                })
            }
        }
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }

    fn relocate(&mut self, x: &[f64]) {
        self.x = copy(x);
        self.mode = Mode::Descend;
    }
}
