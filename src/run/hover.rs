//! Methods that neither rest at a strict saddle nor leave it.

use super::status::{Status, StopRules};
use crate::linalg::{Vector, all_finite, axpy, copy, dot, newton_step, norm, symmetric_eigen, zeros};
use crate::optim::{Optimizer, Oracle};
use crate::problem::Objective;

/// Steps beyond the end that are looked at.
const STEPS: usize = 32;
/// Above this dimension nothing is judged: eigenvalues would cost more than the run.
const MAX_DIM: usize = 64;
/// Most Newton steps to the saddle.
const NEWTON_STEPS: usize = 20;
/// A part of x − x* this small, relative to it, is rounding.
const ROUNDING: f64 = 1e-12;

/// [`Status::StrictSaddle`] where the method hovers over one.
///
/// A method whose steps do not go to zero with the gradient (RMSProp's have length η) comes to no rest on the stable manifold of
/// a saddle: it leaps to and fro over it. From the state at the end the method goes on for 32 steps that are neither recorded nor
/// counted. It hovers where Newton's method on ∇f leads to a strict saddle x* no farther away than the step is long, and then
///
/// * every step is at least as long as the distance ‖x − x*‖ from which it is made: it leaps over x*;
/// * these distances neither double nor halve from the first half of the steps to the second;
/// * the part of x − x* along the eigenvectors with λ < 0 does not grow;
/// * no random number is drawn: noise leads away in the end.
///
/// A slow passage is not taken for it: there steps are ηλ times the distance, and what is to leave grows along those
/// eigenvectors. An oscillation that dies out halves its distances or will be at rest. The steps are those after the end and not
/// those before it, so that a fork, whose recording does not reach back, ends as the run from which it was forked.
///
/// That a method circles a minimum is not told in this way. [`Status::Minimum`] means that one was found to ε_g, and races
/// count it so; to circle it at a distance of η is not to have found it: its steps are spent.
pub(super) fn over_saddle(
    rules: &StopRules,
    objective: &dyn Objective,
    mut optimizer: Box<dyn Optimizer>,
    mut oracle: Oracle<'_>,
) -> Option<Status> {
    let n = objective.dim();
    if n > MAX_DIM {
        return None;
    }
    let random = oracle.rng().clone();
    let mut saddle: Option<Saddle> = None;
    let (mut halves, mut longest) = ([0.0_f64; 2], 0.0_f64);
    for k in 0..STEPS {
        let from = copy(optimizer.position());
        optimizer.step(&mut oracle).ok()?;
        let length = distance(optimizer.position(), &from);
        let saddle = match &saddle {
            Some(saddle) => saddle,
            None => saddle.insert(Saddle::near(rules, objective, &from, length)?),
        };
        let away = distance(&from, &saddle.x);
        let leaps = away <= length && length.is_finite();
        if !leaps || saddle.departure(optimizer.position()) > saddle.departure(&from).max(ROUNDING * away) {
            return None;
        }
        let half = &mut halves[k * 2 / STEPS];
        *half = half.max(away);
        longest = longest.max(length);
    }
    let [first, second] = halves;
    let lasts = second >= 0.5 * first && second <= 2.0 * first && *oracle.rng() == random;
    saddle.filter(|_| lasts).map(|saddle| Status::StrictSaddle { lambda_min: saddle.lambda_min, hovers: Some(longest) })
}

/// A strict saddle.
struct Saddle {
    x: Vector,
    lambda_min: f64,
    /// The eigenvectors with λ < 0.
    down: Vec<Vector>,
}

impl Saddle {
    /// The one to which Newton's method leads from `x` without going farther away than `reach`.
    fn near(rules: &StopRules, objective: &dyn Objective, x: &[f64], reach: f64) -> Option<Self> {
        let n = x.len();
        let (mut at, mut gradient, mut hessian) = (copy(x), zeros(n), zeros(n * n));
        for _ in 0..NEWTON_STEPS {
            objective.value_gradient_hessian(&at, &mut gradient, &mut hessian);
            if !all_finite(&gradient) || !all_finite(&hessian) {
                return None;
            }
            let step = newton_step(&gradient, &hessian, n);
            axpy(1.0, &step, &mut at);
            let gone = distance(&at, x);
            if gone.is_nan() || gone > reach {
                return None;
            }
            if norm(&step) <= ROUNDING * reach {
                break;
            }
        }
        let Some(Status::StrictSaddle { lambda_min, .. }) = rules.stationary(objective, &at) else { return None };
        objective.hessian(&at, &mut hessian);
        let eigen = symmetric_eigen(&hessian, n);
        let down = eigen.values.iter().zip(eigen.vectors).filter(|(value, _)| **value < 0.0).map(|(_, vector)| vector);
        Some(Self { x: at, lambda_min, down: down.collect() })
    }

    /// The length of the part of x − x* along the eigenvectors with λ < 0.
    fn departure(&self, x: &[f64]) -> f64 {
        let apart: Vector = x.iter().zip(&self.x).map(|(a, b)| a - b).collect();
        norm(&self.down.iter().map(|q| dot(q, &apart)).collect::<Vector>())
    }
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    norm(&a.iter().zip(b).map(|(p, q)| p - q).collect::<Vector>())
}
