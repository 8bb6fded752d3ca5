//! The trials of which the methods of this family are made.

use crate::linalg::{Vector, copy, norm, zeros};
use crate::optim::first_order::{Preconditioned, descend, descend_by};
use crate::optim::{Geometry, Oracle, Phase, Sample, Step, StepError, Verdict};

/// Moves `x` by −η l and records the ball in which the step minimizes ⟨l, s⟩, in vectors of earlier records.
pub(super) fn plain_step(oracle: &mut Oracle<'_>, x: &mut Vector, step_size: f64, linear: Vector, f: f64, phase: Phase) -> Step {
    let length = norm(&linear);
    let region = Preconditioned::ball(step_size, linear, length, x, |a| oracle.copy(a));
    let mut step = descend_by(x, f, length, f64::NAN, region, |a| oracle.copy(a));
    step.phase = phase;
    step
}

/// Moves `x` by −η∇f(x), whose model promises η‖∇f(x)‖².
pub(super) fn gradient_descent(x: &mut Vector, step_size: f64, gradient: Vector, f: f64) -> Step {
    let length = norm(&gradient);
    let (region, slope) = Preconditioned::plain(step_size, gradient).region(x);
    descend(x, f, length, step_size * slope, region)
}

/// Moves `x` to `to`, which no model chose.
pub(super) fn jump(x: &mut Vector, to: Vector, f: f64, gradient_norm: f64, phase: Phase, geometry: Geometry) -> Step {
    let from = std::mem::replace(x, to);
    let trial = x.iter().zip(&from).map(|(a, b)| a - b).collect();
    let (predicted, actual) = (f64::NAN, f64::NAN);
    Step { trial, x: copy(x), from, verdict: Verdict::Accepted, phase, f, gradient_norm, predicted, actual, geometry }
}

/// Looks at `x` + `trial` and stays at `x`.
pub(super) fn look(x: &[f64], trial: Vector, f: f64, phase: Phase, geometry: Geometry) -> Step {
    Step {
        from: copy(x),
        trial,
        x: copy(x),
        verdict: Verdict::Rejected,
        phase,
        f,
        gradient_norm: f64::NAN,
        predicted: f64::NAN,
        actual: f64::NAN,
        geometry,
    }
}

/// a + t b.
pub(super) fn offset(a: &[f64], t: f64, b: &[f64]) -> Vector {
    a.iter().zip(b).map(|(ai, bi)| ai + t * bi).collect()
}

/// The gradient of `sample` at `x`, with the component's value.
pub(super) fn sampled(oracle: &mut Oracle<'_>, x: &[f64], sample: &Sample) -> Result<(f64, Vector), StepError> {
    let mut gradient = oracle.zeros(x.len());
    let f = oracle.sample_gradient(x, sample, &mut gradient)?;
    Ok((f, gradient))
}

/// The whole gradient at `x`, with f(x).
pub(super) fn whole(oracle: &mut Oracle<'_>, x: &[f64]) -> Result<(f64, Vector), StepError> {
    let mut gradient = zeros(x.len());
    let f = oracle.gradient(x, &mut gradient)?;
    Ok((f, gradient))
}

/// `size` draws, or `None` for the whole sum where it has no more components than that: then the mean is exact.
pub(super) fn batch(oracle: &mut Oracle<'_>, size: usize) -> Option<Sample> {
    if oracle.samples().is_some_and(|samples| size >= samples) { None } else { Some(oracle.draw(size)) }
}

/// The gradient of a [`batch`] at `x`, with its value.
pub(super) fn averaged(oracle: &mut Oracle<'_>, x: &[f64], batch: Option<&Sample>) -> Result<(f64, Vector), StepError> {
    match batch {
        Some(sample) => sampled(oracle, x, sample),
        None => whole(oracle, x),
    }
}
