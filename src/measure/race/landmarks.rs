//! What of a landscape a race is measured against: the saddle to be left, the lowest value, the target.

use crate::linalg::{Vector, norm};
use crate::measure::PointReport;
use crate::problem::Kind;
use serde::Serialize;

/// The target's share of the way from f(x₀) down to f*.
const TARGET: f64 = 1e-3;

/// What is known of the landscape around a start.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Landmarks {
    /// The saddle that runs are to leave.
    pub gate: Option<Gate>,
    /// The lowest critical value.
    pub lowest: Option<f64>,
    /// The value to be reached: f* + 10⁻³ (f(x₀) − f*).
    pub target: Option<f64>,
}

/// A strict saddle, and the level below which a run has left it.
///
/// It is the critical point with λ_min < 0 that is nearest to x₀ of those not above it. A run has escaped at the first step
/// from which f stays below `level` = f(x_s) − min(½|λ_min|Δ², ½(f(x_s) − f_next)): Δ is the landscape's length, so the
/// first is the decrease that the curvature promises along a unit eigenvector at that distance; f_next is the highest
/// minimum below the saddle, so no run that rests in one counts as caught. Noise that lifts a run back above the level
/// takes its escape back.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gate {
    /// x_s.
    pub x: Vector,
    /// f(x_s).
    pub value: f64,
    /// The smallest eigenvalue of the Hessian there.
    pub lambda_min: f64,
    /// Below this the saddle is left.
    pub level: f64,
}

impl Landmarks {
    /// The landmarks for runs from `start`, where f is `f_start`, on a landscape with these critical points and the length
    /// `radius`.
    pub fn new(points: &[PointReport], start: &[f64], f_start: f64, radius: f64) -> Self {
        let lowest = points.iter().map(|p| p.value).filter(|f| f.is_finite()).reduce(f64::min);
        let target = lowest.filter(|f| *f < f_start).map(|f| f + TARGET * (f_start - f));
        Self { gate: Gate::nearest(points, start, f_start, radius), lowest, target }
    }
}

impl Gate {
    fn nearest(points: &[PointReport], start: &[f64], f_start: f64, radius: f64) -> Option<Self> {
        let ceiling = f_start + Kind::TOLERANCE * f_start.abs().max(1.0);
        let strict = points.iter().filter(|p| p.kind != Kind::Regular && p.index > 0 && p.value <= ceiling);
        let distance = |p: &PointReport| norm(&p.x.iter().zip(start).map(|(a, b)| a - b).collect::<Vector>());
        let saddle = strict.min_by(|p, q| distance(p).total_cmp(&distance(q)))?;
        let lambda_min = *saddle.eigenvalues.first()?;
        let below = points.iter().filter(|p| p.kind == Kind::Minimum && p.value < saddle.value).map(|p| p.value);
        let fall = below.reduce(f64::max).map_or(f64::INFINITY, |next| 0.5 * (saddle.value - next));
        let level = saddle.value - fall.min(0.5 * lambda_min.abs() * radius * radius);
        Some(Self { x: Vector::from_slice(&saddle.x), value: saddle.value, lambda_min, level })
    }
}
