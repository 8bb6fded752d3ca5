//! Momentum on quadratics, one eigenvector of the Hessian at a time (Goh 2017, "Why Momentum Really Works").

use super::critical_points::newton_to_critical;
use crate::linalg::{Vector, dot, symmetric_eigen};
use crate::problem::Objective;

/// Two curvatures, or two Hessians, within this share of their size are the same.
const SAME: f64 = 1e-9;

/// The methods whose iteration along an eigenvector is linear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// x ← x − ηλx.
    GradientDescent,
    /// b ← μb + λx, x ← x − ηb.
    HeavyBall,
    /// b ← μb + λx, x ← x − η(λx + μb); the velocity form has the same eigenvalues.
    Nesterov,
}

/// How the coordinate of a mode goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regime {
    /// One real eigenvalue in [0, 1): without momentum it falls on one side.
    Monotone,
    /// The dominant eigenvalue is real and negative: it changes its sign at each step.
    Alternating,
    /// Complex eigenvalues: underdamped, it oscillates.
    Oscillating,
    /// A double eigenvalue: the least rate for this momentum.
    Critical,
    /// Two real eigenvalues, the dominant one positive: the momentum is too small to swing.
    Overdamped,
    /// Rate 1 or more: it does not converge. So does every mode of negative curvature: that is how a saddle is left.
    Divergent,
}

/// One mode of the iteration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mode {
    /// Real and imaginary parts of σ₁ and σ₂, the dominant one first.
    pub eigenvalues: [[f64; 2]; 2],
    /// max |σ|: what a step leaves of the mode.
    pub rate: f64,
    /// How it goes.
    pub regime: Regime,
}

/// Parameters that are best for all curvatures in an interval, and their rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Optimum {
    /// η*.
    pub step_size: f64,
    /// μ*.
    pub momentum: f64,
    /// The rate of the slowest mode.
    pub rate: f64,
}

impl Scheme {
    /// The scheme of a method of the registry; `None` for one that has no modes.
    pub fn of_method(id: &str) -> Option<Self> {
        match id {
            "gd" => Some(Self::GradientDescent),
            "heavy_ball" => Some(Self::HeavyBall),
            "nesterov" => Some(Self::Nesterov),
            _ => None,
        }
    }

    /// R of (b, x)⁺ = R (b, x) along an eigenvector of curvature λ, in the library's form of the method.
    pub fn matrix(self, step_size: f64, momentum: f64, curvature: f64) -> [[f64; 2]; 2] {
        let (eta, mu, lambda) = (step_size, momentum, curvature);
        match self {
            Self::GradientDescent => [[0.0, lambda], [0.0, 1.0 - eta * lambda]],
            Self::HeavyBall => [[mu, lambda], [-eta * mu, 1.0 - eta * lambda]],
            Self::Nesterov => [[mu, lambda], [-eta * mu * mu, 1.0 - eta * lambda * (1.0 + mu)]],
        }
    }

    /// The mode with z = ηλ. Its eigenvalues are the roots of σ² − τσ + δ with
    /// τ = 1 − z, δ = 0 (gradient descent), τ = 1 + μ − z, δ = μ (heavy ball), τ = (1+μ)(1−z), δ = μ(1−z) (Nesterov).
    pub fn mode(self, z: f64, momentum: f64) -> Mode {
        let mu = momentum;
        let (trace, determinant) = match self {
            Self::GradientDescent => (1.0 - z, 0.0),
            Self::HeavyBall => (1.0 + mu - z, mu),
            Self::Nesterov => ((1.0 + mu) * (1.0 - z), mu * (1.0 - z)),
        };
        let discriminant = trace * trace - 4.0 * determinant;
        let is_double = discriminant.abs() <= 1e-14 * trace.abs().max(1.0) && self != Self::GradientDescent;
        let eigenvalues = if discriminant < 0.0 && !is_double {
            let imaginary = 0.5 * (-discriminant).sqrt();
            [[0.5 * trace, imaginary], [0.5 * trace, -imaginary]]
        } else {
            // The root of larger size without cancellation; the other from the product.
            let large = 0.5 * (trace + discriminant.max(0.0).sqrt().copysign(trace));
            let small = if large == 0.0 { 0.0 } else { determinant / large };
            [[large, 0.0], [small, 0.0]]
        };
        let [real, imaginary] = eigenvalues[0];
        let rate = if imaginary == 0.0 { real.abs() } else { determinant.sqrt() };
        let regime = match () {
            () if rate >= 1.0 || rate.is_nan() => Regime::Divergent,
            () if imaginary != 0.0 => Regime::Oscillating,
            () if is_double => Regime::Critical,
            () if real < 0.0 => Regime::Alternating,
            () if self == Self::GradientDescent => Regime::Monotone,
            () => Regime::Overdamped,
        };
        Mode { eigenvalues, rate, regime }
    }

    /// The interval of z = ηλ in which the eigenvalues are complex: ((1−√μ)², (1+√μ)²) for the heavy ball,
    /// (((1−μ)/(1+μ))², 1) for Nesterov; empty for gradient descent. At its lower end the mode is critically damped.
    pub fn oscillating(self, momentum: f64) -> [f64; 2] {
        let (mu, square) = (momentum, |v: f64| v * v);
        match self {
            Self::GradientDescent => [1.0, 1.0],
            Self::HeavyBall => [square(1.0 - mu.sqrt()), square(1.0 + mu.sqrt())],
            Self::Nesterov => [square((1.0 - mu) / (1.0 + mu)), 1.0],
        }
    }

    /// The z = ηλ from which on the mode diverges: 2, 2 + 2μ, (2 + 2μ)/(1 + 2μ).
    pub fn stability_limit(self, momentum: f64) -> f64 {
        match self {
            Self::GradientDescent => 2.0,
            Self::HeavyBall => 2.0 + 2.0 * momentum,
            Self::Nesterov => (2.0 + 2.0 * momentum) / (1.0 + 2.0 * momentum),
        }
    }

    /// The parameters with the least rate of the slowest mode where all curvatures are in [low, high], 0 < low ≤ high, κ = high/low:
    ///
    /// | method | η* | μ* | rate |
    /// |---|---|---|---|
    /// | gradient descent | 2/(low + high) | 0 | (κ−1)/(κ+1) |
    /// | heavy ball (Polyak 1964) | 4/(√low + √high)² | rate² | (√κ−1)/(√κ+1) |
    /// | Nesterov (Lessard, Recht, Packard 2016) | 4/(3 high + low) | (√(3κ+1)−2)/(√(3κ+1)+2) | 1 − 2/√(3κ+1) |
    pub fn optimum(self, low: f64, high: f64) -> Optimum {
        let (small, large) = (low.sqrt(), high.sqrt());
        match self {
            Self::GradientDescent => Optimum { step_size: 2.0 / (low + high), momentum: 0.0, rate: (high - low) / (high + low) },
            Self::HeavyBall => {
                let rate = (large - small) / (large + small);
                Optimum { step_size: 4.0 / ((small + large) * (small + large)), momentum: rate * rate, rate }
            }
            Self::Nesterov => {
                let root = (3.0 * high / low + 1.0).sqrt();
                Optimum { step_size: 4.0 / (3.0 * high + low), momentum: (root - 2.0) / (root + 2.0), rate: 1.0 - 2.0 / root }
            }
        }
    }
}

/// The quadratic that f is, or is near a critical point.
#[derive(Clone, Debug, PartialEq)]
pub struct Linearization {
    /// x*, the critical point.
    pub at: Vector,
    /// Eigenvalues of ∇²f(x*), ascending.
    pub curvatures: Vector,
    /// Its orthonormal eigenvectors in the same order.
    pub axes: Vec<Vector>,
    /// Whether ∇²f is the same everywhere it was looked at: f is this quadratic.
    pub exact: bool,
}

impl Linearization {
    /// At the critical point to which Newton's method leads from `x`, not farther than `reach` from there; `None` where it
    /// leads to none. Costs Hessians and eigenvalues; the objective is asked directly.
    pub fn near(objective: &dyn Objective, x: &[f64], reach: f64) -> Option<Self> {
        let at = newton_to_critical(objective, x, reach)?;
        let n = at.len();
        let hessian_at = |x: &[f64]| {
            let (mut gradient, mut hessian) = (vec![0.0; n], vec![0.0; n * n]);
            objective.value_gradient_hessian(x, &mut gradient, &mut hessian);
            hessian
        };
        let hessian = hessian_at(&at);
        let eigen = symmetric_eigen(&hessian, n);
        let size = eigen.values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        let places = (0..n).flat_map(|i| [-0.37, 0.61].map(|share| (i, share)));
        let exact = places.into_iter().all(|(i, share)| {
            let mut other = at.clone();
            other[i] += share * reach;
            hessian_at(&other).iter().zip(&hessian).all(|(a, b)| (a - b).abs() <= SAME * size)
        });
        eigen.values.iter().all(|v| v.is_finite()).then_some(Self { at, curvatures: eigen.values, axes: eigen.vectors, exact })
    }

    /// |cᵢ| = |⟨x − x*, vᵢ⟩| for each mode.
    pub fn coordinates(&self, x: &[f64]) -> Vector {
        let offset: Vector = x.iter().zip(&self.at).map(|(a, b)| a - b).collect();
        self.axes.iter().map(|axis| dot(axis, &offset).abs()).collect()
    }

    /// The parameters of least rate for the positive curvatures; `None` where there is no positive one.
    pub fn optimum(&self, scheme: Scheme) -> Option<Optimum> {
        let size = self.curvatures.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        let mut positive = self.curvatures.iter().copied().filter(|v| *v > SAME * size);
        let low = positive.next()?;
        Some(scheme.optimum(low, positive.next_back().unwrap_or(low)))
    }
}
