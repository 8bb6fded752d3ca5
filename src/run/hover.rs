//! Methods that neither rest at a strict saddle nor leave it.

use super::status::{Status, StopRules};
use crate::linalg::{Vector, all_finite, axpy, copy, dot, newton_step, norm, symmetric_eigen, zeros};
use crate::optim::{Optimizer, Oracle};
use crate::problem::Objective;

/// Steps beyond the end that are looked at: so many thirds of so many steps.
const THIRDS: usize = 3;
const STEPS: usize = 1024;
/// Between these the largest distance changes from one third to the next where a method hovers.
const LEAST_SHARE: f64 = 0.05;
const LARGEST_SHARE: f64 = 2.0;
/// Above this dimension nothing is judged: eigenvalues would cost more than the run.
const MAX_DIM: usize = 64;
/// Most Newton steps to the saddle.
const NEWTON_STEPS: usize = 20;
/// A part of x − x* this small, relative to it, is rounding.
const ROUNDING: f64 = 1e-12;

/// [`Status::StrictSaddle`] where the method hovers over one.
///
/// A method whose steps do not go to zero with the gradient (RMSProp's have length η) comes to no rest on the stable manifold of
/// a saddle: it leaps to and fro over it, in bursts between which it may come as near as rounding lets it. From the state at
/// the end the method goes on for three times 1024 steps that are neither recorded nor counted. It hovers where Newton's method on ∇f
/// leads to a strict saddle x*, and then
///
/// * the part of x − x* along the eigenvectors with λ < 0 never grows, and no random number is drawn: noise leads away in the end;
/// * in each of the last two thirds some step leads to the other side of x*;
/// * the largest distance ‖x − x*‖ of the last third is between a twentieth and twice that of the third before. Bursts differ by
///   less, and an oscillation that dies out, even by momentum of 0.99, falls by more.
///
/// The first third is for what comes before the first burst. A slow passage is not taken for it: what is to leave grows along
/// those eigenvectors. The steps are those after the end and not those before it, so that a fork, whose recording does not reach
/// back, ends as the run from which it was forked.
///
/// That a method circles a minimum is not told in this way. [`Status::Minimum`] means that one was found to ε_g, and races
/// count it so; to circle it at a distance of η is not to have found it: its steps are spent.
pub(super) fn over_saddle(
    rules: &StopRules,
    objective: &dyn Objective,
    mut optimizer: Box<dyn Optimizer>,
    mut oracle: Oracle<'_>,
) -> Option<Status> {
    if objective.dim() > MAX_DIM {
        return None;
    }
    let random = oracle.rng().clone();
    let saddle = Saddle::near(rules, objective, optimizer.position())?;
    let (mut before, mut last) = (Third::default(), Third::default());
    for _ in 0..THIRDS {
        (before, last) = (last, Third::default());
        for _ in 0..STEPS {
            let from = copy(optimizer.position());
            optimizer.step(&mut oracle).ok()?;
            let to = optimizer.position();
            let least = ROUNDING * distance(&from, &saddle.x);
            if saddle.departure(to) > saddle.departure(&from).max(least) || *oracle.rng() != random {
                return None;
            }
            last.take_in(&saddle.x, &from, to);
        }
    }
    let lasts = before.crosses && last.crosses && (LEAST_SHARE..=LARGEST_SHARE).contains(&(last.farthest / before.farthest));
    lasts.then_some(Status::StrictSaddle { lambda_min: saddle.lambda_min, hovers: Some(last.longest) })
}

/// What was seen of some steps.
#[derive(Default)]
struct Third {
    /// max ‖x − x*‖.
    farthest: f64,
    /// The longest step.
    longest: f64,
    /// Whether a step has led to the other side of x*.
    crosses: bool,
}

impl Third {
    fn take_in(&mut self, saddle: &[f64], from: &[f64], to: &[f64]) {
        self.farthest = self.farthest.max(distance(from, saddle));
        self.longest = self.longest.max(distance(to, from));
        self.crosses |= from.iter().zip(to).zip(saddle).fold(0.0, |sum, ((a, b), s)| sum + (a - s) * (b - s)) < 0.0;
    }
}

/// A strict saddle.
struct Saddle {
    x: Vector,
    lambda_min: f64,
    /// The eigenvectors with λ < 0.
    down: Vec<Vector>,
}

impl Saddle {
    /// The one to which Newton's method leads from `x`.
    fn near(rules: &StopRules, objective: &dyn Objective, x: &[f64]) -> Option<Self> {
        let n = x.len();
        let (mut at, mut gradient, mut hessian) = (copy(x), zeros(n), zeros(n * n));
        for _ in 0..NEWTON_STEPS {
            objective.value_gradient_hessian(&at, &mut gradient, &mut hessian);
            if !all_finite(&gradient) || !all_finite(&hessian) {
                return None;
            }
            let step = newton_step(&gradient, &hessian, n);
            axpy(1.0, &step, &mut at);
            if norm(&step) <= ROUNDING * distance(&at, x) {
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
